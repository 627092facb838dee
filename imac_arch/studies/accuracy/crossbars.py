"""The linear maps of a network's crossbars: programmed, with wires, drivers and loads, and without.

Of every subarray one exact operator is found; every inference is then a matrix product. Programmed conductances vary
from cell to cell. A programming is exact, solved anew, or takes from the exact solution of the nominal cells how much
of each cell's contribution the wires leave (``G_eff,0/G_0``, for averaging of the transfer ratios), which is right to
first order in the deviations.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imac_arch.case import Case
from imac_arch.circuit import column_weights, layer_circuit, tile_sizes
from imac_arch.crossbar.exact import bit_line_ends, loaded_ends
from imac_arch.crossbar.layer import CheckedLayer, Layer
from imac_arch.data.arrays import Array, single
from imac_arch.line_ends import converted
from imac_arch.mapping import dealt

__all__ = ["Crossbars", "before_converters", "crossbars", "pairs"]

LEAST = 1 / 20  # of its nominal conductance, what a cell keeps at least however it varies
RESISTANCES = {"wires": ("r_word", "r_bit"), "drivers": ("r_source",), "loads": ("g_load",)}  # of a circuit, by effect
Pieces = list[tuple[slice, slice]]


@dataclass(frozen=True)
class Crossbars:
    """The crossbars of one layer.

    Attributes:
        circuit: the whole layer as one circuit, see :func:`imac_arch.circuit.layer_circuit`.
        checked: the same, checked.
        order: which row of the stored weights each word line holds.
        load: at the end of each bit line [S], (2 columns,); zeros with a virtual ground.
        unit: differential output of a pair per stored weight 1 and full input, without wires, in amperes per volt, or
            volts per volt; of an averaging tile of mean height, for tiles' voltages count alike.
        shared: whether the lines of all row tiles are one line each.
        ends: what the ends of the nominal cells' bit lines see, by shape of subarray; any load or offset follows from
            it.
    """

    circuit: Layer
    checked: CheckedLayer
    order: NDArray[np.int64]
    load: Array
    unit: float
    shared: bool
    ends: dict[int, tuple[Array, Array]] = field(default_factory=dict)

    @cached_property
    def dealt(self) -> bool:
        """Whether word lines hold rows in another order than that of the stored weights."""
        return bool(np.any(np.diff(self.order) != 1))

    @property
    def averaging(self) -> bool:
        """Whether lines are read by their voltages."""
        return self.circuit.read == "averaging"

    @property
    def wired(self) -> bool:
        """Whether a wire or driver has any resistance."""
        wires = self.checked.wires
        return bool(wires.word.any() or wires.bit.any() or wires.source.any() or wires.sense.any())

    @property
    def amplifiers(self) -> int:
        """How many amplifiers stand behind a weight column: those of each row tile, or one."""
        return len(self.tiles) if self.circuit.joining == "voltage_tie" else 1

    @property
    def nominal(self) -> Array:
        """Conductances as they were meant [S], (rows, 2 columns)."""
        return self.checked.conductance

    @property
    def tiles(self) -> list[slice]:
        """The word lines of each row tile."""
        return self.checked.row_tiles

    def ideal(self, conductance: Array) -> Array:
        """Return what each bit line reads per volt on each word line without wires, (rows, 2 columns)."""
        if not self.averaging:
            return conductance
        if self.shared:
            alone: Array = conductance / (conductance.sum(axis=0) + self.load)
            return alone
        starts, heights = [rows.start for rows in self.tiles], [rows.stop - rows.start for rows in self.tiles]
        total = np.add.reduceat(conductance, starts) + self.load
        return conductance / np.repeat(total * len(self.tiles), heights, axis=0)

    def exact(self, conductance: Array) -> Array:
        """Return the same with wires, drivers and loads."""
        wires = self.checked.wires
        if not self.wired:
            return self.ideal(conductance)
        if wires.sense.any():
            return replace(self.circuit, conductance=conductance, g_load=self.load, stage=None).map()
        found = np.empty_like(conductance)
        joined = {cols.start: np.diag(self.load[cols]) for cols in self.checked.col_tiles}  # of row tiles on one line
        for number, pieces in enumerate(self._alike()):
            transfer, output = self._ends(number, pieces, conductance)
            if self.averaging and self.shared:
                maps = np.swapaxes(transfer, -1, -2)
                for (_, cols), seen in zip(pieces, output, strict=True):
                    joined[cols.start] = joined[cols.start] + seen
            elif self.averaging:
                load = np.stack([self.load[cols] for _, cols in pieces])
                maps = loaded_ends(transfer, output, load) / len(self.tiles)
            else:
                maps = np.swapaxes(transfer, -1, -2)
            for piece, part in zip(pieces, maps, strict=True):
                found[piece] = part
        if self.averaging and self.shared:
            for cols in self.checked.col_tiles:
                found[:, cols] = np.linalg.solve(joined[cols.start], found[:, cols].T).T
        return found

    def shifted(self, offsets: Array) -> Array:
        """Return what offsets of virtual grounds add to the differential currents of the nominal cells [A].

        An offset parts the ends of a pair by as much; what flows then is what the ends see of one another, through
        cells, wires and drivers.

        Args:
            offsets: of each row tile, or of all alike [V], (tiles or 1, columns).

        Returns:
            (tiles, columns).
        """
        columns = offsets.shape[1]
        ends = np.broadcast_to(np.repeat(offsets, 2, axis=1) * np.tile([1 / 2, -1 / 2], columns),
                               (len(self.tiles), 2 * columns))  # fmt: skip
        places = {rows.start: number for number, rows in enumerate(self.tiles)}
        found = np.zeros((len(self.tiles), columns))
        for number, pieces in enumerate(self._alike()):
            seen = self._ends(number, pieces, self.nominal)[1]
            for (rows, cols), output in zip(pieces, seen, strict=True):
                tile = places[rows.start]
                found[tile, cols.start // 2 : cols.stop // 2] = -pairs(output @ ends[tile, cols])
        return found

    def _ends(self, number: int, pieces: Pieces, conductance: Array) -> tuple[Array, Array]:
        """Return what the ends of bit lines see in subarrays of one shape, see :func:`bit_line_ends`."""
        nominal, wires = conductance is self.nominal, self.checked.wires
        if nominal and number in self.ends:
            return self.ends[number]
        g, word, bit = (np.stack([of[piece] for piece in pieces]) for of in (conductance, wires.word, wires.bit))
        if not self.wired:  # every end sees its own cells and nothing else
            return np.swapaxes(g, -1, -2), g.sum(axis=-2)[..., None] * np.eye(g.shape[-1])
        source = np.stack([wires.source[rows] for rows, _ in pieces])
        ends = bit_line_ends(g, word, bit, source)
        if nominal:
            self.ends[number] = ends
        return ends

    def _alike(self) -> list[Pieces]:
        """Return the subarrays by shape, so that those of one shape are solved together."""
        shapes: dict[tuple[int, int], Pieces] = {}
        for rows, cols in product(self.tiles, self.checked.col_tiles):
            shapes.setdefault((rows.stop - rows.start, cols.stop - cols.start), []).append((rows, cols))
        return list(shapes.values())

    def programmed(self, sigma: float, stuck: float, generator: np.random.Generator) -> Array:
        """Return conductances of one programming [S].

        Args:
            sigma: relative standard deviation of a cell.
            stuck: share of cells that hold the least or the largest conductance, each as often, whatever they should.
            generator: of random numbers.
        """
        g = self.nominal
        cells = generator.standard_normal(g.shape)  # in place: what takes time here is memory
        cells *= sigma
        cells += 1
        np.maximum(cells, LEAST, out=cells)
        cells *= g
        if stuck:
            ends = np.where(generator.random(g.shape) < 1 / 2, g.min(), g.max())
            cells = np.where(generator.random(g.shape) < stuck, ends, cells)
        return cells


def crossbars(case: Case, weights: Sequence[Array], without: AbstractSet[str] = frozenset()) -> list[Crossbars]:
    """Return the crossbars of every layer, holding these weights, with what ends their lines before amplifiers.

    Args:
        case: network and technology; taken at the medians.
        weights: of each layer, between -1 and 1, (inputs + 1, outputs), the bias last.
        without: effects that are left out, of ``wires``, ``drivers`` and ``loads``.

    Raises:
        UsageError: the technology has no synapse.
    """
    return [_layer(case, layer, stored, without) for layer, stored in enumerate(weights)]


def before_converters(
    case: Case, layers: Sequence[Crossbars], without: AbstractSet[str] = frozenset()
) -> list[Crossbars]:
    """Return the same crossbars with what ends their lines before converters, each row tile for itself."""
    load = 0.0 if "loads" in without else single(converted(case).load(case))
    found = []
    for layer in layers:
        loads = np.full_like(layer.load, load)
        heights = [rows.stop - rows.start for rows in layer.tiles]
        found.append(replace(layer, load=loads, shared=False, unit=_unit(case, layer.circuit, heights, load, False)))
    return found


def _layer(case: Case, layer: int, stored: Array, without: AbstractSet[str]) -> Crossbars:
    heights, bias = tile_sizes(case, layer)[0], case.network.bias_rows
    order = np.arange(sum(heights))
    if case.technology.mapping.order == "interleaved":
        order = dealt(heights, bias)
    circuit = layer_circuit(case, layer, column_weights(case, stored[order]))
    if circuit.cell is not None:  # at the read voltage: a linear map has no other
        circuit = circuit.linear(single(case.technology.read.voltage.x))
    left: dict[str, Any] = {name: 0.0 for effect, names in RESISTANCES.items() if effect in without for name in names}
    circuit = replace(circuit, **left)
    checked = replace(circuit, joining="current").checked()  # tiles are read one by one here; ideal amplifiers tie too
    load = np.zeros(checked.conductance.shape[1]) if checked.load is None else checked.load
    shared = circuit.joining == "current"
    return Crossbars(circuit, checked, order, load, _unit(case, circuit, heights, float(load[0]), shared), shared)


def _unit(case: Case, circuit: Layer, heights: Sequence[int], load: float, shared: bool) -> float:
    """Return the differential output of a pair per stored weight 1 and full input."""
    voltage = np.ravel(case.technology.read.voltage.x)[0]
    plus, minus = (np.ravel(g) for g in case.synapse.conductances(np.array([-1.0, 1.0]), voltage))
    step = float((plus[1] - plus[0] + minus[0] - minus[1]) / 2)
    if circuit.read != "averaging":
        return step
    level, tiles = float((plus.sum() + minus.sum()) / 4), 1 if shared else len(heights)
    return step / (sum(heights) / tiles * level + load) / tiles


def pairs(lines: Array) -> Array:
    """Return the differences of pairs of bit lines, (..., columns)."""
    return lines[..., 0::2] - lines[..., 1::2]
