"""A subarray or a whole network as a netlist: from names and files to the circuit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from imac_arch.case import Case
from imac_arch.circuit import (
    Block,
    activity,
    block_at,
    cell_count,
    column_weights,
    layer_circuit,
    line_values,
    subarray_count,
    tile_sizes,
    word_line_voltages,
)
from imac_arch.crossbar.tiles import too_long
from imac_arch.data.arrays import Array
from imac_arch.data.errors import InfeasibleError, UsageError
from imac_arch.inputs import Inputs
from imac_arch.mapping import refuse_tiles
from imac_arch.network import Network
from imac_arch.passes import refuse_no_circuit
from imac_arch.paths import found_fields
from imac_arch.resolve import Request, explicit_fields, resolve
from imac_arch.studies.circuit_check import MARK, Circuit
from imac_arch.weights import draw_inputs, random_weights, read_inputs, read_weights, weight_shapes

__all__ = ["MARK", "circuit", "export"]

MOST = 2**16  # cells of a netlist; its operating point takes ngspice many minutes


def circuit(
    net: str | Path | Network,
    tech: str = "sot_mram",
    *,
    layer: int | None = None,
    subarray_index: str | None = None,
    subarray: str | None = None,
    tiles: str | None = None,
    read: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    weights: str | Path | None = None,
    inputs: str | Path | None = None,
    seed: int = 0,
) -> Circuit:
    """Return one subarray, or without ``layer`` the whole network, as a circuit, from names and files.

    Args:
        net: ``784-128-10``, the path of a YAML file, or a Network.
        tech: technology by name or path.
        layer: counted from 1.
        subarray_index: ``0,0``, row tile and column tile, counted from 0.
        subarray: ``128x128``, rows by weight columns.
        tiles: ``16x8,8x8,8x1``, row tiles x column tiles of each layer.
        read: ``averaging`` or ``virtual_ground``.
        overrides: any field of the technology by its dotted path.
        weights: see :func:`imac_arch.weights.read_weights`; random where None are given.
        inputs: see :func:`imac_arch.weights.read_inputs`, those of the layer; random where None are given.
        seed: of what is random.

    Raises:
        ImacError: a wrong name, value, file or path, or a circuit too large; see :mod:`imac_arch.data.errors`.
    """
    if subarray_index is not None and layer is None:
        raise UsageError("--subarray-index needs --layer; without it the whole network is written")
    index = re.fullmatch(r"\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*", subarray_index or "0,0")
    if index is None:
        raise UsageError(f"subarray {subarray_index!r}: write row tile,column tile, counted from 0, such as 0,0")
    fields = explicit_fields(subarray, read=read, overrides=found_fields(overrides or {}, [tech]))
    prepared = resolve(Request(net, tech, fields=fields, tiles=tiles, seed=seed)).inputs
    network = prepared.network
    refuse_tiles(prepared.case().mapping, network.tiles, prepared.grid)
    count = network.layers[min(max(layer or 1, 1), len(network.layers)) - 1].fan_in
    return export(
        prepared, layer=layer, subarray=(int(index[1]), int(index[2])),
        weights=None if weights is None else read_weights(weights, network),
        values=None if inputs is None else read_inputs(inputs, count), seed=seed,
    )  # fmt: skip


def export(
    inputs: Inputs,
    *,
    layer: int | None = None,
    subarray: tuple[int, int] = (0, 0),
    weights: Sequence[Array] | None = None,
    values: Array | None = None,
    seed: int = 0,
) -> Circuit:
    """Return one subarray, or without ``layer`` the whole network, as a circuit at the medians of the technology.

    Args:
        inputs: network, technology and laws.
        layer: counted from 1.
        subarray: row tile and column tile, counted from 0.
        weights: of each layer, between -1 and 1, (rows, outputs); random ones where None are given.
        values: normalised inputs of the layer, or of the network, (inputs,); random ones of the statistics of a
            comparison where None are given.
        seed: of what is random.

    Raises:
        UsageError: a layer or subarray that does not exist.
        InfeasibleError: more cells than ngspice can be expected to solve.
    """
    network, case = inputs.network, inputs.case()
    chosen = _chosen(case, network, layer, subarray)
    size = f"{network.name} on {inputs.technology.name}"
    refuse_no_circuit(case, "a netlist is of")
    _refuse(case, chosen.block, size)
    drawn = " and ".join(name for name, part in (("weights", weights), ("inputs", values)) if part is None)
    generator = np.random.default_rng([seed, len(network.layers)])
    if weights is None:
        weights = random_weights(network, case.synapse.levels, generator)
    if values is None:
        values = draw_inputs(*activity(case, chosen.first), network.layers[chosen.first].fan_in, generator)
    layers = tuple(layer_circuit(case, k, column_weights(case, weights[k]), chosen.block) for k in chosen.numbers)
    driven = word_line_voltages(case, values, network.bias_rows)
    if chosen.block is None:
        driven = driven[: network.layers[0].fan_in]
        if any(part.stage is None for part in layers):
            raise UsageError(f"{size}: a network requires role 'amplifier'; name a subarray with --layer")
    else:
        driven = driven[chosen.block.rows]
    notes = _notes(case, inputs, f"; random {drawn}, seed {seed}" if drawn else "")
    bits = case.grid.at_median(inputs.technology.read.settle_bits.x) or 0.0
    return Circuit(f"{size}, {chosen.title}", notes, layers, driven, bits, chosen.block is None)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What of a network is written.

    Attributes:
        numbers: of the layers, counted from 0.
        block: the subarray of a single layer; None for whole layers.
        title: what it is, in words.
    """

    numbers: range
    block: Block | None
    title: str

    @property
    def first(self) -> int:
        return self.numbers.start


def _chosen(case: Case, network: Network, layer: int | None, subarray: tuple[int, int]) -> _Chosen:
    """Return what is written of a network; layers count from 1, tiles from 0."""
    count = len(network.layers)
    if layer is None:
        return _Chosen(range(count), None, f"all {count} layers, {subarray_count(case)} subarrays")
    if not 1 <= layer <= count:
        raise UsageError(f"layer {layer} is not in {network.name}, which has layers 1 to {count}")
    rows, cols = (len(sizes) for sizes in tile_sizes(case, layer - 1))
    if not (0 <= subarray[0] < rows and 0 <= subarray[1] < cols):
        raise UsageError(
            f"subarray {subarray[0]},{subarray[1]} is not in layer {layer}, which has {rows} x {cols}: "
            f"row tiles 0 to {rows - 1}, column tiles 0 to {cols - 1}"
        )
    title = f"layer {layer}, subarray {subarray[0]},{subarray[1]}"
    return _Chosen(range(layer - 1, layer), block_at(case, layer - 1, *subarray), title)


def _refuse(case: Case, block: Block | None, size: str) -> None:
    """Raise where a circuit is too large for ngspice, or where a network has no neurons of its own."""
    cells = cell_count(case) if block is None else 2 * block.shape[0] * block.shape[1]
    if cells > MOST:
        what = "choose a smaller subarray" if block else "name a subarray with --layer and --subarray-index"
        raise InfeasibleError(f"{size}: {cells:,} cells are too many for a netlist, which holds {MOST:,}; {what}")
    sizes = [tile_sizes(case, k) for k in range(len(case.network.layers))] if block is None else []
    for rows, cols in [block.shape] if block else [(heights[0], widths[0]) for heights, widths in sizes]:
        if problem := too_long(rows, 2 * cols):
            raise InfeasibleError(f"{size}: {problem}")
    if block is None and (case.grid.at_median(case.synapse.columns_per_weight.x) or 0.0) > 1:
        raise UsageError(f"{size}: weights in slices of bits have no neuron of their own; name a subarray with --layer")


def _notes(case: Case, inputs: Inputs, random: str) -> tuple[str, ...]:
    """Return what the head of a netlist says."""
    shapes = ", ".join(f"{rows} x {cols}" for rows, cols in weight_shapes(inputs.network))
    read, lines = inputs.technology.read, line_values(case)
    gated = ("gated cells: the supply gives their current, here the sources of the word lines do",)
    return (
        f"weights {shapes} (rows with the bias, columns); read {read.circuit}, row tiles joined by {read.joining}",
        f"segments {lines.r_word:.6g} ohm (word) and {lines.r_bit:.6g} ohm (bit){random}",
        *(gated if case.synapse.gated else ()),
        "run it: ngspice -b FILE; it prints the operating point and writes the step response to transient.txt",
    )
