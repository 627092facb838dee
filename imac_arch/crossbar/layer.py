"""A layer of a network as one circuit: its crossbars with wires, drivers, loads, capacitances and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.cell import Cell, checked_cells, differential
from imac_arch.crossbar.exact import effective_conductance, effective_transfer
from imac_arch.crossbar.joined import settled_ends
from imac_arch.crossbar.partition import JOININGS, Joining, layer_map, spans
from imac_arch.crossbar.reads import Read, checked_load
from imac_arch.crossbar.settling import dominant_time_constant, step_settling_time
from imac_arch.crossbar.solution import Solution, solve
from imac_arch.crossbar.stage import Stage
from imac_arch.crossbar.wires import (
    Array,
    Capacitances,
    CrossbarError,
    Supply,
    Wires,
    checked_capacitances,
    checked_conductance,
    checked_wires,
)
from imac_arch.data.errors import UnknownName

__all__ = ["CheckedLayer", "Layer", "checked_chain", "checked_inputs"]


@dataclass(frozen=True)
class CheckedLayer:
    """A layer whose values are known to fit, all of them broadcast to their full shape.

    Attributes:
        conductance: of the cells [S], (rows, cols).
        wires: of all segments, drivers and terminations [ohm].
        load: at the ends of the bit lines [S], (cols,); None with a virtual ground.
        capacitances: of all nodes [F].
        row_tiles: the word lines of each row tile.
        col_tiles: the bit lines of each column tile.
        tied: whether row tiles keep their amplifiers, whose outputs are tied.
        inputs: word lines that carry inputs, the bias not counted.
        cell: how conductances depend on voltage, or None.
    """

    conductance: Array
    wires: Wires
    load: Array | None
    capacitances: Capacitances
    row_tiles: list[slice]
    col_tiles: list[slice]
    tied: bool
    inputs: int
    cell: Cell | None = None


@dataclass(frozen=True)
class Layer:
    """The crossbars of a layer with their wires, their read circuit and what follows.

    The fields are the arguments of ``solve`` and, for a layer cut into tiles, of ``partition.layer_map``. They are
    checked by ``checked`` and by every method that computes from them.

    Attributes:
        conductance: (rows, cols) [S]; with a ``stage`` the columns alternate +, -, +, - ...
        r_word: segment of a word line [ohm].
        r_bit: segment of a bit line [ohm].
        r_source: driver [ohm].
        r_sense: termination with a virtual ground [ohm].
        read: "virtual_ground" or "averaging".
        g_load: load of the averaging read [S].
        c_word: at each word-line node [F].
        c_bit: at each bit-line node [F].
        c_end: where the bit line ends [F].
        stage: amplifiers and neurons, or None where the bit lines are the output.
        heights: word lines of each row tile; one tile where none are given.
        widths: bit lines of each column tile, likewise; even numbers with a ``stage``.
        joining: of row tiles, "current" or "voltage_tie", which needs a ``stage``.
        bias: voltage of a last word line beside the inputs [V], or None.
        r_far_source: from the last cell of a word line of each tile to its source [ohm]; infinite: an open end.
        r_far_sense: from the top cell of a bit line of each tile to its end [ohm], likewise.
        cell: how conductances depend on voltage, where they do; ``conductance`` is then that at zero voltage.
        supply: what feeds the cells: "word_line", or "source_line" beside each bit line of a layer of one tile; its
            inputs are then those lines, and the gates of the cells stand in ``conductance``.
    """

    conductance: ArrayLike
    r_word: ArrayLike
    r_bit: ArrayLike
    r_source: ArrayLike = 0.0
    r_sense: ArrayLike = 0.0
    read: Read = "virtual_ground"
    g_load: ArrayLike = 0.0
    c_word: ArrayLike = 0.0
    c_bit: ArrayLike = 0.0
    c_end: ArrayLike = 0.0
    stage: Stage | None = None
    heights: Sequence[int] = ()
    widths: Sequence[int] = ()
    joining: Joining = "current"
    bias: float | None = None
    r_far_source: ArrayLike = np.inf
    r_far_sense: ArrayLike = np.inf
    cell: Cell | None = None
    supply: Supply = "word_line"

    def checked(self) -> CheckedLayer:
        """Return the layer with every value checked and broadcast.

        Raises:
            CrossbarError: a value that cannot be, or tiles that do not add up.
            UnknownName: a read circuit or joining that does not exist.
        """
        g = checked_conductance(self.conductance)
        if g.ndim != 2:
            raise CrossbarError(f"conductance: shape {g.shape}; a layer is (rows, cols)")
        wires = checked_wires(
            g.shape, self.r_word, self.r_bit, self.r_source, self.r_sense, self.r_far_source, self.r_far_sense,
            supply=self.supply,
        )  # fmt: skip
        if wires.vertical and (len(self.heights) > 1 or len(self.widths) > 1 or self.bias is not None):
            raise CrossbarError("supply: source lines feed a layer of one tile without bias")
        load = checked_load(g, wires, self.read, self.g_load)
        rows, cols = g.shape
        if self.stage is not None and cols % 2:
            raise CrossbarError(f"conductance: {cols} bit lines; pairs need an even number")
        if self.joining not in JOININGS:
            raise UnknownName("joining", self.joining, JOININGS)
        row_tiles, col_tiles = spans("heights", self.heights, rows), spans("widths", self.widths, cols)
        tied = self.joining == "voltage_tie" and len(row_tiles) > 1
        if tied and self.stage is None:
            raise CrossbarError("joining: voltage_tie ties amplifiers; the layer has no stage")
        if self.stage is not None and any((part.stop - part.start) % 2 for part in col_tiles):
            raise CrossbarError(f"widths: {tuple(self.widths)}; a tile holds whole pairs of bit lines")
        if self.bias is not None and not np.isfinite(self.bias):
            raise CrossbarError(f"bias: {self.bias}; needed is a finite value in V")
        capacitances = checked_capacitances(g.shape, self.c_word, self.c_bit, self.c_end)
        inputs = cols if wires.vertical else rows - (self.bias is not None)
        return CheckedLayer(g, wires, load, capacitances, row_tiles, col_tiles, tied, inputs, self.cell)

    def tile(self, row_tile: int = 0, col_tile: int = 0) -> Layer:
        """Return one crossbar of the layer, whose word lines are all inputs.

        Args:
            row_tile: counted from 0.
            col_tile: counted from 0.

        Raises:
            CrossbarError: a value that cannot be, or a tile that the layer has not.
            UnknownName: a read circuit or joining that does not exist.
        """
        whole = self.checked()
        if not (0 <= row_tile < len(whole.row_tiles) and 0 <= col_tile < len(whole.col_tiles)):
            raise CrossbarError(
                f"tile {row_tile},{col_tile}: the layer has {len(whole.row_tiles)} x {len(whole.col_tiles)} tiles"
            )
        rows, cols = whole.row_tiles[row_tile], whole.col_tiles[col_tile]
        return replace(
            self,
            conductance=whole.conductance[rows, cols],
            r_word=whole.wires.word[rows, cols],
            r_bit=whole.wires.bit[rows, cols],
            r_source=whole.wires.source[rows],
            r_sense=whole.wires.sense[cols],
            r_far_source=whole.wires.far_source[rows],
            r_far_sense=whole.wires.far_sense[cols],
            cell=None if self.cell is None else self.cell.part(rows, cols),
            g_load=0.0 if whole.load is None else whole.load[cols],
            c_word=whole.capacitances.word[rows, cols],
            c_bit=whole.capacitances.bit[rows, cols],
            c_end=whole.capacitances.end[cols],
            heights=(),
            widths=(),
            bias=None,
        )

    def drive(self, inputs: ArrayLike) -> Array:
        """Return the voltages of all word lines [V], (..., rows): the inputs (..., inputs), then the bias, if any."""
        volts = np.asarray(inputs, dtype=np.float64)
        if self.bias is None:
            return volts
        return np.concatenate([volts, np.full((*volts.shape[:-1], 1), self.bias)], axis=-1)

    def map(self) -> Array:
        """Return what each bit line reads per volt on each word line, (rows, cols), in siemens or volts per volt.

        Raises:
            CrossbarError: a value that cannot be, or tiles that do not add up.
            UnknownName: a read circuit or joining that does not exist.
        """
        self._refuse_cells("linear map")
        if self.supply == "source_line":  # no bit line sees another's
            lines = {name: value for name, value in self._lines().items() if name not in ("read", "g_load", "r_sense")}
            if self.read == "averaging":
                return np.diag(effective_transfer(self.conductance, **lines, g_load=self.g_load, supply=self.supply))
            return np.diag(effective_conductance(self.conductance, **lines, r_sense=self.r_sense, supply=self.supply))
        return layer_map(
            self.conductance, heights=self.heights, widths=self.widths, joining=self.joining, **self._lines()
        )

    def ends(self, drive: ArrayLike) -> Array:
        """Return what each bit line reads [A] or [V], (..., cols); of tied row tiles the mean.

        Args:
            drive: voltages of the word lines, the bias included [V], (..., rows).

        Raises:
            CrossbarError: a value that cannot be, tiles that do not add up, or cells that do not settle.
            UnknownName: a read circuit or joining that does not exist.
        """
        if self.cell is None:
            return np.asarray(drive, dtype=np.float64) @ self.map()
        if self.supply == "source_line":
            state = self.solve(drive)
            return state.output_current if self.read == "virtual_ground" else state.output_voltage
        return settled_ends(
            self.cell, self.conductance, drive, heights=self.heights, widths=self.widths, joining=self.joining,
            **self._lines(),
        )  # fmt: skip

    def solve(self, drive: ArrayLike) -> Solution:
        """Return every voltage and current of a layer that is one crossbar, as ``solve`` does.

        Args:
            drive: voltages of the word lines, the bias included [V], (..., rows).

        Raises:
            CrossbarError: a value that cannot be, or more than one tile.
            UnknownName: a read circuit that does not exist.
        """
        self._refuse_tiles()
        return solve(self.conductance, drive, **self._lines(), supply=self.supply, cell=self.cell)

    def time_constant(self) -> float:
        """Return the time constant of the slowest mode of a layer that is one crossbar [s].

        Raises:
            CrossbarError: a value that cannot be, more than one tile, or a bit line that nothing discharges.
            UnknownName: a read circuit that does not exist.
        """
        self._refuse_tiles()
        self._refuse_cells("time constant")
        self._refuse_source_lines()
        slow = dominant_time_constant(self.conductance, **self._lines(), **self._charges())
        return float(slow.time_constant)

    def settling_time(self, drive: ArrayLike, bits: float) -> float:
        """Return when the outputs have settled after a step of all sources, as ``step_settling_time`` does [s].

        Of a layer cut into tiles it is the time of the first among the largest ones, taken by itself.

        Args:
            drive: what the sources step to, the bias included [V], (rows,).
            bits: to settle to.

        Raises:
            CrossbarError: a value that cannot be.
            UnknownName: a read circuit or joining that does not exist.
        """
        self._refuse_source_lines()
        whole = self.checked()
        row_tile, col_tile = (_largest(parts) for parts in (whole.row_tiles, whole.col_tiles))
        driven = np.asarray(drive, dtype=np.float64)[whole.row_tiles[row_tile]]
        tile = self.tile(row_tile, col_tile)
        if tile.cell is not None:  # what is left of a step decays at the slopes of the cells where it ends
            end = tile.solve(driven)
            slope = differential(tile.cell, end.cell_voltage, checked_conductance(tile.conductance))
            tile = replace(tile, conductance=slope, cell=None)
        return step_settling_time(tile.conductance, driven, bits=bits, **tile._lines(), **tile._charges())

    def _lines(self) -> dict[str, Any]:
        """Return wires and read circuit by the names of the arguments that take them."""
        names = ("r_word", "r_bit", "r_source", "r_sense", "read", "g_load", "r_far_source", "r_far_sense")
        return {name: getattr(self, name) for name in names}

    def _charges(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("c_word", "c_bit", "c_end")}

    def linear(self, voltage: ArrayLike) -> Layer:
        """Return the layer with the conductances that its cells have under a voltage, which then stay.

        Args:
            voltage: across the cells [V], broadcasts to (rows, cols).

        Raises:
            CrossbarError: a conductance that cannot be.
        """
        if self.cell is None:
            return self
        g = checked_conductance(self.conductance)
        across = np.broadcast_to(np.asarray(voltage, dtype=np.float64), g.shape)
        return replace(self, conductance=checked_cells(self.cell, across, g), cell=None)

    def _refuse_cells(self, what: str) -> None:
        if self.cell is not None:
            raise CrossbarError(f"cells whose conductance depends on voltage have no {what}; take linear(voltage)")

    def _refuse_source_lines(self) -> None:
        if self.supply == "source_line":
            raise CrossbarError("supply: the settling of source lines is not modelled")

    def _refuse_tiles(self) -> None:
        if len(self.heights) > 1 or len(self.widths) > 1:
            count = f"{len(self.heights) or 1} x {len(self.widths) or 1}"
            raise CrossbarError(f"a layer of {count} tiles is not one crossbar; take one by tile(row_tile, col_tile)")


def checked_chain(layers: Sequence[Layer]) -> list[CheckedLayer]:
    """Return the layers of a network, checked, from the inputs to the outputs.

    Raises:
        CrossbarError: no layer, a value that cannot be, or neurons that do not fit the word lines that they drive.
        UnknownName: a read circuit or joining that does not exist.
    """
    if not layers:
        raise CrossbarError("a network needs at least one layer")
    chain = [layer.checked() for layer in layers]
    for k, (layer, here, there) in enumerate(zip(layers, chain, chain[1:], strict=False)):
        if layer.stage is None:
            raise CrossbarError(f"layer {k} has no stage to drive layer {k + 1}")
        if here.conductance.shape[1] != 2 * there.inputs:
            neurons = here.conductance.shape[1] // 2
            raise CrossbarError(f"layer {k} has {neurons} neurons, layer {k + 1} {there.inputs} word lines")
    return chain


def checked_inputs(layer: CheckedLayer, inputs: ArrayLike) -> Array:
    """Return the inputs of a layer [V], (..., inputs).

    Raises:
        CrossbarError: another shape, or a value that is not finite.
    """
    volts = np.asarray(inputs, dtype=np.float64)
    if volts.shape[-1:] != (layer.inputs,) or not np.isfinite(volts).all():
        raise CrossbarError(f"inputs: shape {volts.shape}; needed are {layer.inputs} finite values in V")
    return volts


def _largest(parts: Sequence[slice]) -> int:
    sizes = [part.stop - part.start for part in parts]
    return sizes.index(max(sizes))
