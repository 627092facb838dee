"""Writing a network into its cells: a one-off before the first inference, never mixed into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.roles import NEURON, SYNAPSE
from imac_arch.data.arrays import ZERO, Array
from imac_arch.document.samples import at_medians, figures
from imac_arch.document.studied import ProgrammingRow
from imac_arch.inputs import Inputs

__all__ = ["programming"]


def programming(inputs: Inputs, architectures: Sequence[str]) -> Iterator[ProgrammingRow]:
    """Give energy [J], time [s] and endurance of loading the network, for each architecture with a crossbar.

    The junctions of analog neurons are written with the weights. Where the technology says nothing about writing, the
    figures are empty.
    """
    case = inputs.case()
    synapse = case.optional(SYNAPSE)
    if synapse is None:
        return
    mapping = case.mapping
    weights: Array = (mapping.total_rows * mapping.total_cols).sum(axis=0) * synapse.cells_per_weight.x
    for name in architectures:
        roles = ARCHITECTURES[name].roles
        if SYNAPSE.name not in roles:
            continue
        neurons: Array = ZERO
        for neuron, served in case.by_activation(NEURON) if NEURON.name in roles else ():
            if neuron.cells is not None:
                neurons = neurons + (served * mapping.fan_out).sum(axis=0) * neuron.cells.x
        load = synapse.programming.load(weights + neurons) if synapse.programming else None
        yield ProgrammingRow(
            technology=inputs.technology.name,
            architecture=name,
            synapse_cells=at_medians(weights) or 0.0,
            neuron_cells=at_medians(neurons) or 0.0,
            **figures({name: None if load is None else getattr(load, name) for name in ("energy", "time", "loads")}),
        )
