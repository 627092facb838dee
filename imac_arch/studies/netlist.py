"""A subarray or a whole network as a netlist, and our exact solution held against ngspice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from imac_arch.case import Case
from imac_arch.circuit import Block, blocks, held, layer_circuit, line_values, volts
from imac_arch.components.base import Laws
from imac_arch.components.synapse import Synapse
from imac_arch.crossbar.lines import settling_time
from imac_arch.crossbar.netlist import Layer, Transient, netlist, outputs
from imac_arch.crossbar.ngspice import SpiceResult, run_ngspice
from imac_arch.crossbar.settling import dominant_time_constant, step_settling_time
from imac_arch.crossbar.solve import solve
from imac_arch.data.errors import InfeasibleError, UsageError
from imac_arch.data.quantity import Array
from imac_arch.evaluate import Inputs, prepare
from imac_arch.mapping import refuse_tiles
from imac_arch.network import Network
from imac_arch.network_files import load_network
from imac_arch.options import explicit_fields
from imac_arch.technology import load_laws, load_technology
from imac_arch.weights import draw_inputs, random_weights, read_inputs, read_weights, weight_shapes

__all__ = ["MARK", "Circuit", "circuit", "export"]

MARK = "* imac-arch netlist"
MOST = 2**16  # cells of a netlist; its operating point takes ngspice many minutes
WATCHED = 2**12  # cells of a subarray whose transient is checked: a minute, growing with more than their square
STEPS = 200  # of the transient; it is watched for twice the time in which it should settle
EXACT, SETTLING = 1e-6, 1e-1  # allowed errors of the operating point and of the settling time


@dataclass(frozen=True)
class Circuit:
    """A netlist and what it was made from.

    Attributes:
        title: what it is, without the mark.
        notes: what a reader should know, a line each.
        layers: from the inputs to the outputs.
        inputs: of the first layer [V].
        bits: to which lines settle.
        whole: a whole network, not a single subarray.
    """

    title: str
    notes: tuple[str, ...]
    layers: tuple[Layer, ...]
    inputs: Array
    bits: float
    whole: bool

    def settling(self) -> float:
        """Return when the bit lines have settled after a step of all sources [s]; of a network the sum over layers,
        each with the inputs of the first."""
        return sum(_settling(layer, self._drive(layer), self.bits) for layer in self.layers)

    @property
    def watched(self) -> bool:
        """Whether a check watches the settling: of one subarray that is not too large."""
        return not self.whole and int(np.size(self.layers[0].conductance)) <= WATCHED

    def text(self, *, transient: bool = True) -> str:
        """Return the netlist.

        Args:
            transient: with the step response, where there is anything to charge.
        """
        stop = 2 * self.settling() if transient else 0.0
        step = Transient(stop, stop / STEPS) if stop > 0 else None
        text = netlist(self.layers, self.inputs, transient=step, title=f"{MARK[2:]}: {self.title}")
        first, rest = text.split("\n", 1)
        return "\n".join([first, *(f"* {note}" for note in self.notes), rest])

    def check(self, *, timeout: float | None = None) -> list[dict[str, Any]]:
        """Run the netlist through ngspice and return what it is held against, a row each.

        The settling is held against the transient where ``watched``.

        A row has ``what``, ``unit``, ``ours``, ``ngspice``, ``error`` (relative to the largest of its kind), ``limit``
        (None where none is set) and ``ok``. Of many values the one that is furthest off is shown.

        Args:
            timeout: how long to wait for ngspice [s]; None waits for ever.

        Raises:
            InputOutputError: ngspice is not there, does not finish or fails.
        """
        found = run_ngspice(self.text(transient=self.watched), timeout=timeout)
        rows = [_row(*group, EXACT) for group in self._groups(found.values)]
        if self.whole:
            return rows
        layer = self.layers[0]
        state = solve(
            layer.conductance, self.inputs, layer.r_word, layer.r_bit, layer.r_source, read=layer.read,
            g_load=layer.g_load,
        )  # fmt: skip
        drawn = -sum(volt * found.values[f"i(vin0_{i})"] for i, volt in enumerate(self.inputs))
        rows.append(_row("power drawn", "W", [float(state.power_drawn)], [drawn], EXACT))
        ours = self.settling() if self.watched else 0.0
        if ours > 0:
            theirs = _measured(found, len(np.atleast_2d(layer.conductance)[0]), self.bits)
            rows.append(_row(f"settling to {self.bits:g} bits", "s", [ours], [theirs], SETTLING))
            slow = dominant_time_constant(
                layer.conductance, layer.r_word, layer.r_bit, layer.r_source, c_word=layer.c_word, c_bit=layer.c_bit,
                c_end=layer.c_end, read=layer.read, g_load=layer.g_load,
            )  # fmt: skip
            pole = float(settling_time(slow.time_constant, np.asarray(self.bits)))
            rows.append(_row("the same, slowest pole alone", "s", [pole], [theirs], None))
        return rows

    def _drive(self, layer: Layer) -> Array:
        """Return inputs for an estimate of the settling of a layer [V], its bias included."""
        if layer is self.layers[0]:
            return self.inputs if layer.bias is None else np.append(self.inputs, layer.bias)
        return np.full(np.asarray(layer.conductance).shape[0], float(np.abs(self.inputs).max(initial=0.0)) or 1.0)

    def _groups(self, found: Mapping[str, float]) -> Iterator[tuple[str, str, list[float], list[float]]]:
        """Give what is alike: what it is, its unit, our values and those of ngspice."""
        wanted = outputs(self.layers, self.inputs)
        for k, layer in enumerate(self.layers):
            on = f"layer {k + 1}: " if self.whole else ""
            lines = ("bit-line currents", "A") if layer.read == "virtual_ground" else ("bit-line voltages", "V")
            kinds = (
                (f"i(vo{k}_", *lines), (f"v(o{k}_", *lines), (f"v(d{k}_", "amplifiers", "V"),
                (f"v(x{k + 1}_", "neurons", "V"),
            )  # fmt: skip
            for start, what, unit in kinds:
                names = [name for name in wanted if name.startswith(start)]
                if names:
                    ours, theirs = ([values[name] for name in names] for values in (wanted, found))
                    yield f"{on}{len(names)} {what}", unit, ours, theirs


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
    if seed < 0:
        raise UsageError(f"seed {seed} is not allowed; it must be 0 or more")
    if subarray_index is not None and layer is None:
        raise UsageError("--subarray-index needs --layer; without it the whole network is written")
    place = re.fullmatch(r"\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*", subarray_index or "0,0")
    if place is None:
        raise UsageError(f"subarray {subarray_index!r}: write row tile,column tile, counted from 0, such as 0,0")
    network = load_network(net)
    network = network if tiles is None else network.partitioned(tiles)
    technology = load_technology(tech, explicit_fields(subarray, read=read, overrides=overrides)).model
    laws = Laws({name: found.model for name, found in load_laws().items()})
    prepared = prepare(network, technology, laws, None)
    refuse_tiles(prepared.case().mapping, network.tiles)
    count = network.layers[min(max(layer or 1, 1), len(network.layers)) - 1].fan_in
    return export(
        prepared, layer=layer, subarray=(int(place[1]), int(place[2])),
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
    middle = inputs.nominal()
    case = middle.case()
    network, read = middle.network, middle.technology.read
    count = len(network.layers)
    if layer is not None and not 1 <= layer <= count:
        raise UsageError(f"layer {layer} is not in {network.name}, which has layers 1 to {count}")
    number = (layer or 1) - 1
    block = None if layer is None else _block(case, number, subarray)
    size = f"{network.name} on {middle.technology.name}"
    cells = 2 * int(np.sum(case.mapping.total_rows * case.mapping.total_cols))
    if block is not None:
        cells = 2 * (block.rows.stop - block.rows.start) * (block.cols.stop - block.cols.start)
    if cells > MOST:
        what = "choose a smaller subarray" if block else "name a subarray with --layer and --subarray-index"
        raise InfeasibleError(f"{size}: {cells:,} cells are too many for a netlist, which holds {MOST:,}; {what}")
    synapse = case.required("synapse", Synapse, "a crossbar")
    if block is None and int(synapse.columns_per_weight.value) > 1:
        raise UsageError(f"{size}: weights in slices of bits have no neuron of their own; name a subarray with --layer")
    generator = np.random.default_rng([seed, count])
    drawn = " and ".join(name for name, part in (("weights", weights), ("inputs", values)) if part is None)
    given = random_weights(network, synapse.levels, generator) if weights is None else weights
    if values is None:
        mean, square = (
            float(np.ravel(part)[number if np.size(part) > 1 else 0])
            for part in (case.lines.mean, case.lines.mean_square)
        )
        values = draw_inputs(mean, square, network.layers[number].fan_in, generator)
    driven = volts(case, values)
    numbers = range(count) if block is None else [number]
    layers = tuple(layer_circuit(case, k, held(case, given[k]), block) for k in numbers)
    if block is None:
        driven = driven[: network.layers[0].fan_in]
        if any(part.stage is None for part in layers):
            raise UsageError(f"{size}: a network requires role 'amplifier'; name a subarray with --layer")
        title = f"{size}, all {count} layers, {int(np.sum(case.mapping.subarrays))} subarrays"
    else:
        driven = driven[block.rows]
        title = f"{size}, layer {layer}, subarray {subarray[0]},{subarray[1]}"
    shapes = ", ".join(f"{rows} x {cols}" for rows, cols in weight_shapes(network))
    lines = line_values(case)
    notes = (
        f"weights {shapes} (rows with the bias, columns); read {read.circuit}, row tiles joined by {read.joining}",
        f"segments {lines.r_word:.6g} ohm (word) and {lines.r_bit:.6g} ohm (bit)"
        + (f"; random {drawn}, seed {seed}" if drawn else ""),
        *(
            ["gated cells: the supply gives their current, here the sources of the word lines do"]
            if synapse.gated
            else []
        ),
        "run it: ngspice -b FILE; it prints the operating point and writes the step response to transient.txt",
    )
    return Circuit(title, notes, layers, driven, float(read.settle_bits.x), block is None)


def _block(case: Case, layer: int, subarray: tuple[int, int]) -> Block:
    found = {(block.row_tile, block.col_tile): block for block in blocks(case, layer)}
    if subarray not in found:
        rows, cols = (max(index[side] for index in found) + 1 for side in (0, 1))
        raise UsageError(
            f"subarray {subarray[0]},{subarray[1]} is not in layer {layer + 1}, which has {rows} x {cols}: "
            f"row tiles 0 to {rows - 1}, column tiles 0 to {cols - 1}"
        )
    return found[subarray]


def _settling(layer: Layer, drive: Array, bits: float) -> float:
    """Return when the tiles of a layer have settled, each by itself [s]."""
    g, capacitance = np.asarray(layer.conductance), np.broadcast_to(layer.c_word, np.shape(layer.conductance))
    segments = np.broadcast_to(layer.r_word, g.shape)
    height, width = max(layer.heights or [g.shape[0]]), max(layer.widths or [g.shape[1]])
    tall, wide = slice(0, height), slice(0, width)  # the larger tiles come first
    return step_settling_time(
        g[tall, wide], drive[tall], segments[tall, wide], layer.r_bit, layer.r_source, bits=bits,
        c_word=capacitance[tall, wide], c_bit=layer.c_bit, c_end=layer.c_end, read=layer.read, g_load=layer.g_load,
    )  # fmt: skip


def _measured(found: SpiceResult, lines: int, bits: float) -> float:
    """Return when all bit lines have settled in the transient of ngspice [s]; infinite where they have not."""
    if found.time is None or found.traces is None:
        return float("inf")
    traces = found.traces[:, :lines]
    off = np.abs(traces - traces[-1]).max(axis=1) / np.abs(traces[-1]).max()
    within = 2.0 ** -(bits + 1)
    last = int(np.flatnonzero(off > within)[-1])
    if last + 1 >= len(off):
        return float("inf")
    share = np.log(off[last] / within) / np.log(off[last] / max(off[last + 1], np.finfo(float).tiny))
    return float(found.time[last] + share * (found.time[last + 1] - found.time[last]))


def _row(what: str, unit: str, ours: Sequence[float], theirs: Sequence[float], limit: float | None) -> dict[str, Any]:
    mine, other = np.asarray(ours), np.asarray(theirs)
    full = float(np.abs(other).max()) or 1.0
    worst = int(np.argmax(np.abs(mine - other)))
    error = abs(float(mine[worst]) - float(other[worst])) / full if np.isfinite(other[worst]) else float("inf")
    return {
        "what": what, "unit": unit, "ours": float(mine[worst]), "ngspice": float(other[worst]), "error": error,
        "limit": limit, "ok": limit is None or error <= limit,
    }  # fmt: skip
