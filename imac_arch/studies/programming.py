"""Writing a network into its cells: a one-off before the first inference, never mixed into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import Case
from imac_arch.components.synapse import Synapse
from imac_arch.data.quantity import Array
from imac_arch.document.samples import at_medians, figures
from imac_arch.document.studied import ProgrammingRow
from imac_arch.evaluate import Inputs

__all__ = ["programming"]


def programming(inputs: Inputs, architectures: Sequence[str]) -> Iterator[ProgrammingRow]:
    """Give energy [J], time [s] and endurance of loading the network, for each architecture with a crossbar.

    The junctions of analog neurons are written with the weights. Where the technology says nothing about writing, the
    figures are empty.
    """
    technology = inputs.technology
    synapse = technology.components.get("synapse")
    if not isinstance(synapse, Synapse):
        return
    mapping = Case(inputs.network, technology, inputs.laws, None, np.ones(())).mapping
    weights: Array = (mapping.total_rows * mapping.total_cols).sum(axis=0) * synapse.cells_per_weight.x
    for name in architectures:
        roles = ARCHITECTURES[name].roles
        if "synapse" not in roles:
            continue
        own = getattr(technology.components.get("neuron"), "cells", None) if "neuron" in roles else None
        neurons = np.zeros(()) if own is None else mapping.fan_out.sum(axis=0) * own.x
        load = synapse.programming.load(weights + neurons) if synapse.programming else None
        yield ProgrammingRow(
            technology=technology.name,
            architecture=name,
            synapse_cells=at_medians(weights) or 0.0,
            neuron_cells=at_medians(neurons) or 0.0,
            **figures({name: None if load is None else getattr(load, name) for name in ("energy", "time", "loads")}),
        )
