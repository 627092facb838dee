"""The electrics of a network's subarrays: static power, settling, and what the lines must carry. One module for every
architecture that reads a crossbar.

Tiles of one shape are alike, so power and charge are those of one subarray, for each shape of tile. Word lines, bit
lines, drivers and what ends the lines act together: see :mod:`imac_arch.crossbar.modes`.
"""

from __future__ import annotations

import numpy as np

from imac_arch.case import Case, LineStatistics
from imac_arch.charging import pass_energy, pass_time
from imac_arch.components.cost import NOTHING_READ, Cells
from imac_arch.crossbar.lines import bit_line_power, settling_time
from imac_arch.crossbar.modes import (
    STEPS,
    Lines,
    Modes,
    drawn_by,
    excitation,
    far_share,
    line_modes,
    line_power,
    own_answer,
    reached_by,
    signal_share,
    signal_share_all_on,
    slow_cell,
    time_constant,
)
from imac_arch.data.arrays import ONE, TWO, ZERO, Array, ndim, over_layers
from imac_arch.data.recording import Readings, note_all, recording
from imac_arch.data.records import NamedTuple
from imac_arch.line_ends import Ends, tiles_of_a_line
from imac_arch.supply import swing
from imac_arch.wiring import Wiring, wiring

__all__ = ["Electrics", "LineElectrics", "electrics", "line_electrics"]

TINY = np.full((), np.finfo(float).tiny)


class LineElectrics(NamedTuple):
    """What the lines of a layer's subarrays have whatever flows on them; arrays over (layers, *grid, samples).

    Attributes:
        wiring: what they are made of.
        settle: time in which the slowest line settles, with its driver [s]; a virtual ground is ideal here.
        signal_share: slope of the last pair's differential output over that without wires, in the largest tile.
        signal_share_all_on: the same with all inputs on.
        load_ratio: load conductance over that of the bit line.
        load: share of a tile in the conductance that ends its bit lines [S].
        c_end: share of a tile in the capacitance that ends its bit lines [F].
        sharing: row tiles whose bit lines are one line.
        drawn: by a word line and its driver in each mode, by rows and columns of the tiles,
            (modes + 1, heights, widths, ...) [S].
        excess: variance of the mean of a line's inputs beyond that of independent ones, over that of one input, by rows
            of the tiles, (heights, 1, ...).
        within: modes of the bit lines, by rows of the tiles, (modes, heights, 1, ...).
        modes: of the bit lines of the largest tile.
        reached: of its word lines in each mode, see :func:`imac_arch.crossbar.modes.reached_by`.
    """

    wiring: Wiring
    settle: Array
    signal_share: Array
    signal_share_all_on: Array
    load_ratio: Array
    load: Array
    c_end: Array
    sharing: Array
    drawn: Array
    excess: Array
    within: Modes
    modes: Modes
    reached: Array

    @property
    def cells(self) -> Cells:
        """Conductances of its cells."""
        return self.wiring.cells

    @property
    def c_bit(self) -> Array:
        """Wire of a bit-line segment [F]."""
        return self.wiring.c_bit

    @property
    def input_resistance(self) -> Array:
        """Of the widest word line without its driver [ohm]."""
        return self.wiring.input_resistance

    @property
    def line_current(self) -> Array:
        """At the driven end of an active word line [A]."""
        return self.wiring.line_current

    @property
    def inputs(self) -> Array:
        """Rows that carry inputs, (shapes, layers, *grid, samples)."""
        return self.wiring.inputs

    @property
    def rows(self) -> Array:
        """Rows in use, (shapes, layers, *grid, samples)."""
        return self.wiring.rows

    @property
    def counts(self) -> Array:
        """Subarrays of each shape, (shapes, layers, *grid, samples)."""
        return self.wiring.counts

    def facts(self) -> dict[str, Array]:
        """Return what warnings look at."""
        own = ("settle", "signal_share", "signal_share_all_on", "load_ratio")
        made_of = ("input_resistance", "length", "line_current", "line_density", "junction_density")
        return {
            **{name: getattr(self, name) for name in own},
            **{name: getattr(self.wiring, name) for name in made_of},
        }


class Electrics(NamedTuple):
    """What one subarray needs, for each shape of tile in turn; arrays over (shapes, layers, *grid, samples).

    Attributes:
        lines: what does not depend on what flows.
        power: static power of cells and wires while biased [W].
        driver_power: what its drivers lose of their voltage, all of them together [W].
        ideal_power: power without wires and drivers [W].
        charge: energy that charges word and bit lines in one pass [J].
        far_share: share of an active word line's voltage at its last column, in the largest tile of each layer.
        recorded: all numbers behind them.
    """

    lines: LineElectrics
    power: Array
    driver_power: Array
    ideal_power: Array
    charge: Array
    far_share: Array
    recorded: Readings = NOTHING_READ

    def note(self) -> None:
        """Note that the numbers behind these electrics were read."""
        note_all(self.recorded)

    @property
    def drawn_power(self) -> Array:
        """Static power of cells, wires and drivers [W]."""
        return self.power + self.driver_power

    def total(self, name: str) -> Array:
        """Return a power or ``charge`` of all subarrays of each layer."""
        return over_layers(self.lines.counts * getattr(self, name))

    def facts(self) -> dict[str, Array]:
        """Return what warnings look at."""
        return {**self.lines.facts(), "far_share": self.far_share, "ideal_power": self.total("ideal_power")}


def line_electrics(case: Case, ends: Ends) -> LineElectrics:
    """Return what the lines of a case have whatever flows on them.

    Row tiles whose lines are joined are alike, so each carries an equal share of what ends their line.
    """
    made: Wiring = case.context.memo.get("wiring", lambda: wiring(case))
    read, mapping, synapse, cells = case.technology.read, case.mapping, case.synapse, made.cells
    sharing = tiles_of_a_line(case, ends)
    held, load, c_end = read.circuit == "virtual_ground", ends.load(case) / sharing, read.load_capacitance.x / sharing
    r_word = made.r_word * synapse.line_share
    heights = mapping.sides[0][::2]
    end = np.asarray(np.inf) if held else load
    whole = Lines(made.widths[0], made.heights, r_word, made.r_bit, cells.mean, made.source, end)
    modes = line_modes(whole)
    last, factor = modes.at(0), modes.factor[:, :, None]
    drawn = drawn_by(whole._replace(cols=made.widths), factor)
    largest = whole._replace(rows=made.tallest, cols=made.widest)
    reached = reached_by(largest, last.factor, drawn[:, 0, 0])
    signal = signal_share(largest, last, reached)
    slow, excess = case.context.memo.get(("joined", id(sharing)), lambda: _of_joined(case, made, sharing), keep=sharing)
    tau = time_constant(
        largest,
        slow,
        made.c_pair,
        made.c_bit + synapse.capacitance.x,
        c_end,
        steps=1 if held else STEPS,
    )
    if synapse.gated:  # the gates are lines of their own, before the bit lines
        tau = tau + made.r_word * made.c_pair * made.widest**2 / 2
    return LineElectrics(
        wiring=made,
        settle=settling_time(tau, read.settle_bits.x) if read.time is None else case.each * read.time.x,
        signal_share=signal,
        # an averaged output has nothing of what all rows share
        signal_share_all_on=signal_share_all_on(largest, last, reached) if held else signal,
        load_ratio=load / (made.tallest * cells.mean),
        load=load,
        c_end=c_end,
        sharing=sharing,
        drawn=drawn[:, heights],
        excess=excess,
        within=modes.at((heights, None)),
        modes=last,
        reached=reached,
    )


def _of_joined(case: Case, made: Wiring, sharing: Array) -> tuple[Array, Array]:
    """Return the mean conductance of a cell on the slowest line of ``sharing`` row tiles, and the ``excess`` of its
    inputs."""
    mapping, cells = case.mapping, made.cells
    length, count = made.tallest * sharing, TWO * mapping.total_cols * mapping.row_tiles / sharing
    return slow_cell(cells.mean, cells.square, cells.least, length, count), case.excess(_by_rows(made.inputs) * sharing)


def _by_rows(values: Array) -> Array:
    """Return values of each shape of tile by its rows alone, which its columns, changing first, do not change."""
    return values[::2, None]


def _by_shape(values: Array) -> Array:
    """Return values by rows and columns of tiles for each shape in turn."""
    return values.reshape(-1, *values.shape[2:])


def electrics(case: Case, ends: Ends, *, bitwise: bool = False) -> Electrics:
    """Return the electrics of a case.

    Args:
        case: the case.
        ends: how its bit lines end.
        bitwise: whether word lines carry one bit of a value at a time, not the value.
    """
    with recording() as readings:
        values = case.lines.bitwise() if bitwise else case.lines
        tiles = _electrics(case, values, ends) if case.technology.read.conducts else _transient(case, values, ends)
    return tiles._replace(recorded=readings)


def _transient(case: Case, values: LineStatistics, ends: Ends) -> Electrics:
    """Return the electrics of lines that are charged or discharged once a pass: nothing flows in the end, so that wires
    take no signal and drivers have nothing to hold."""
    made: Wiring = case.context.memo.get("wiring", lambda: wiring(case))
    sharing = tiles_of_a_line(case, ends)
    c_end, none = case.technology.read.load_capacitance.x / sharing, made.counts * ZERO
    no_modes = Modes(ZERO, ZERO, ZERO, ZERO)
    lines = LineElectrics(
        wiring=made,
        settle=pass_time(case, made, c_end),
        signal_share=case.each,
        signal_share_all_on=case.each,
        load_ratio=case.each * ZERO,
        load=ZERO,
        c_end=c_end,
        sharing=sharing,
        drawn=ZERO,
        excess=ZERO,
        within=no_modes,
        modes=no_modes,
        reached=ZERO,
    )
    charge = pass_energy(case, made, values, c_end)
    return Electrics(lines, none, none, none, charge, case.each)


def _electrics(case: Case, values: LineStatistics, ends: Ends) -> Electrics:
    lines: LineElectrics = case.context.memo.get(("line electrics", ends), lambda: line_electrics(case, ends))
    made, read, cells = lines.wiring, case.technology.read, lines.cells
    statistics = values.encoded(read.encoding)
    mean, square, voltage = statistics.mean, statistics.mean_square, read.voltage.x
    inputs, rows, cols = _by_rows(made.inputs), _by_rows(made.rows), made.cols[:2]
    bias, used = rows - inputs, np.maximum(rows, ONE)  # a shape may have no rows
    variance, squared = square - mean * mean, voltage * voltage
    sum_mean, sum_square, sum_random = inputs * mean + bias, inputs * square + bias, inputs * variance
    level, filled, on_line = sum_mean / used, inputs / used, rows * cells.mean
    spread = cells.square / (cells.mean * cells.mean) - ONE
    excess = filled * sum_random * lines.excess
    averaging = read.circuit == "averaging"
    total = np.maximum(on_line + lines.load, TINY)
    within = on_line / total if averaging else ZERO
    own = own_answer(spread, used * lines.sharing, within) / lines.sharing
    alone, common = own * sum_random, sum_mean * level + excess
    excited = excitation(lines.within, *(squared * each for each in (sum_square, common, alone)))
    power, lost = line_power(lines.drawn, excited, made.source)
    random_square = cells.mean * cells.mean * (alone + rows * excess)
    sent, pairs = cells.mean * sum_mean, TWO * cols
    ideal = pairs * bit_line_power(
        read.circuit, on_line, cells.mean * sum_square, sent, random_square, voltage, lines.load
    )
    swings = swing(values.mean, values.mean_square, read.encoding)
    word_lines = inputs * swings * cols * made.c_pair * squared
    if case.synapse.read_capacitance is not None:
        word_lines = word_lines + pairs * (inputs * swings + bias) * case.synapse.read_capacitance.x * squared
    bit_lines = ZERO
    if averaging:
        mean_square = squared * (sent * sent + random_square) / (total * total)
        bit_lines = pairs * (rows * made.c_bit + lines.c_end) * mean_square
    alike = lines.excess[0, 0] if ndim(lines.excess) else lines.excess  # of the taller tiles
    together = (mean * mean + alike * variance) / np.maximum(square, TINY)
    return Electrics(
        lines=lines,
        power=_by_shape(np.maximum(power - lost, ZERO)),  # a single row without a load draws nothing, but for rounding
        driver_power=_by_shape(np.maximum(lost, ZERO)),
        ideal_power=_by_shape(ideal),
        charge=_by_shape(word_lines + bit_lines),
        far_share=far_share(lines.reached, lines.modes, together),
    )
