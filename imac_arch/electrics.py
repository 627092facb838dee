"""The electrics of a network's subarrays: static power, settling, and what the lines must carry. One module for every
architecture that reads a crossbar.

Tiles of one shape are alike, so power and charge are those of one subarray, for each shape of tile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from imac_arch.case import Case, LineStatistics
from imac_arch.components.cost import NOTHING_READ, Cells
from imac_arch.crossbar.lines import (
    attenuation,
    bit_line_power,
    far_column_share,
    ladder_length,
    settling_time,
    time_constant,
    word_line_input_resistance,
)
from imac_arch.data.arrays import ZERO, Array, over_layers
from imac_arch.data.recording import Readings, note_all, recording
from imac_arch.line_ends import Ends, tiles_of_a_line
from imac_arch.supply import swing

__all__ = ["Electrics", "LineElectrics", "electrics", "line_electrics"]


class LineElectrics(NamedTuple):
    """What the lines of a layer's subarrays have whatever flows on them; arrays over (layers, *grid, samples).

    Attributes:
        cells: conductances of its cells.
        g_line: what one weight loads its word line with [S].
        r_word: segment of a word line [ohm].
        c_pair: at each weight of a word line, cells included [F].
        c_bit: wire of a bit-line segment [F].
        settle: time in which the slowest line settles [s].
        input_resistance: of the widest word line [ohm].
        length: electrical length x of the widest word line.
        far_share: share of the input that reaches its last column.
        line_current: at the driven end of an active word line [A].
        line_density: that current over the section of the wire [A/m^2].
        junction_density: at full voltage across the most conductive cell [A/m^2]; 0 where no junction limits it.
        load_ratio: load conductance over that of the bit line.
        load: share of a tile in the conductance that ends its bit lines [S].
        c_end: share of a tile in the capacitance that ends its bit lines [F].
        sharing: row tiles whose bit lines are one line.
        inputs: rows that carry inputs, for each shape of tile in turn, (shapes, layers, *grid, samples).
        rows: rows in use, likewise.
        cols: weight columns in use, likewise.
        counts: subarrays of the shape, likewise.
    """

    cells: Cells
    g_line: Array
    r_word: Array
    c_pair: Array
    c_bit: Array
    settle: Array
    input_resistance: Array
    length: Array
    far_share: Array
    line_current: Array
    line_density: Array
    junction_density: Array
    load_ratio: Array
    load: Array
    c_end: Array
    sharing: Array
    inputs: Array
    rows: Array
    cols: Array
    counts: Array

    def facts(self) -> dict[str, Array]:
        """Return what warnings look at."""
        inner: tuple[str, ...] = ("cells", "g_line", "r_word", "c_pair", "c_bit", "load", "c_end", "sharing")
        inner += ("inputs", "rows", "cols", "counts")
        return {name: value for name, value in self._asdict().items() if name not in inner}


class Electrics(NamedTuple):
    """What one subarray needs, for each shape of tile in turn; arrays over (shapes, layers, *grid, samples).

    Attributes:
        lines: what does not depend on what flows.
        power: static power while biased [W].
        ideal_power: the same without wires [W].
        charge: energy that charges word and bit lines in one pass [J].
        recorded: all numbers behind them.
    """

    lines: LineElectrics
    power: Array
    ideal_power: Array
    charge: Array
    recorded: Readings = NOTHING_READ

    def note(self) -> None:
        """Note that the numbers behind these electrics were read."""
        note_all(self.recorded)

    def total(self, name: str) -> Array:
        """Return ``power``, ``ideal_power`` or ``charge`` of all subarrays of each layer."""
        return over_layers(self.lines.counts * getattr(self, name))

    def facts(self) -> dict[str, Array]:
        """Return what warnings look at."""
        return {**self.lines.facts(), "ideal_power": self.total("ideal_power")}


def line_electrics(case: Case, ends: Ends) -> LineElectrics:
    """Return what the lines of a case have whatever flows on them.

    Weights are random, every level as likely as the other: of binary ones half the cells are on, half off. Row tiles
    whose lines are joined are alike, so each carries an equal share of what ends their line.
    """
    read, mapping, synapse, wire = case.technology.read, case.mapping, case.synapse, case.wire
    voltage = read.voltage.x
    cells = synapse.cells(voltage)
    g_line = cells.pair * synapse.line_share
    r_word, r_bit, c_word, c_bit = wire.segments(case.context) if wire else (ZERO, ZERO, ZERO, ZERO)
    c_pair = c_word + 2 * synapse.capacitance.x
    x = ladder_length(mapping.widest, r_word, g_line)
    with np.errstate(divide="ignore"):  # a line that carries no current has no end of resistance
        resistance = word_line_input_resistance(x, mapping.widest, g_line)
    bit_sum, sharing = mapping.tallest * cells.mean, tiles_of_a_line(case, ends)
    load, c_end = ends.load(case) / sharing, read.load_capacitance.x / sharing
    tau = time_constant(
        mapping.tallest,
        mapping.widest,
        bit_sum,
        load,
        c_bit + synapse.capacitance.x,
        c_pair,
        c_end,
        r_bit,
        r_word,
    )
    current = voltage / resistance
    inputs, rows, cols, counts = (
        np.stack(np.broadcast_arrays(*(getattr(tile, name) for tile in mapping.tiles), case.each))[:-1]
        for name in ("inputs", "rows", "cols", "count")
    )
    return LineElectrics(
        cells=cells,
        g_line=g_line,
        r_word=r_word,
        c_pair=c_pair,
        c_bit=c_bit,
        settle=settling_time(tau, read.settle_bits.x),
        input_resistance=resistance,
        length=x,
        far_share=far_column_share(x),
        line_current=current,
        line_density=current / wire.section(case.context) if wire else np.zeros(()),
        junction_density=synapse.junction_density(voltage),
        load_ratio=load / bit_sum,
        load=load,
        c_end=c_end,
        sharing=sharing,
        inputs=inputs,
        rows=rows,
        cols=cols,
        counts=counts,
    )


def electrics(case: Case, ends: Ends, *, bitwise: bool = False) -> Electrics:
    """Return the electrics of a case.

    Args:
        case: the case.
        ends: how its bit lines end.
        bitwise: whether word lines carry one bit of a value at a time, not the value.
    """
    with recording() as readings:
        tiles = _electrics(case, case.lines.bitwise() if bitwise else case.lines, ends)
    return tiles._replace(recorded=readings)


def _electrics(case: Case, values: LineStatistics, ends: Ends) -> Electrics:
    lines = case.context.memo.get(("line electrics", ends), lambda: line_electrics(case, ends))
    read, cells = case.technology.read, lines.cells
    statistics, voltage = values.encoded(read.encoding), read.voltage.x
    mean, mean_square = statistics.mean, statistics.mean_square
    inputs, rows, cols = lines.inputs, lines.rows, lines.cols
    bias = rows - inputs
    line = bit_line_power(
        read.circuit,
        rows * cells.mean,
        cells.mean * (inputs * mean_square + bias),
        cells.mean * (inputs * mean + bias),
        cells.square * inputs * (mean_square - mean**2) / lines.sharing,  # independent over all rows of a joined line
        voltage,
        lines.load,
    )
    ideal = 2 * cols * line
    swings = swing(values.mean, values.mean_square, read.encoding)
    word_lines = inputs * swings * cols * lines.c_pair * voltage**2
    bit_swing = voltage * (mean if read.circuit == "averaging" else ZERO)
    bit_lines = 2 * cols * (rows * lines.c_bit + lines.c_end) * bit_swing**2
    return Electrics(
        lines=lines,
        power=ideal * attenuation(ladder_length(cols, lines.r_word, lines.g_line)),
        ideal_power=ideal,
        charge=word_lines + bit_lines,
    )
