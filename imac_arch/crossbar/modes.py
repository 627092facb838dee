"""Closed forms for a whole crossbar: word lines and bit lines coupled by their cells, by separable modes.

A bit line of resistance has few slow modes ``cos(beta z)``, z from its open top to its end, and in each of them it
answers a word line as one conductance: a cell of conductance g then draws ``q g`` from its word line, where
``q = beta^2/(beta^2 + m^2 r_b g)``. With that the word line is a ladder that is solved in closed form. What is left,
the share of all higher modes, sees the bit line locally. Inputs that all rows have in common excite the modes by their
shares of a constant, the input of a single row all of them alike.

No constant is fitted. ``benchmarks/closed_forms.py`` holds the forms against the exact network over random circuits.

Functions broadcast, use SI units and apply nothing but arithmetic, ufuncs, ``np.where`` and sums over the modes. The
modes are the first axis of what holds them. An ideal virtual ground is an infinite ``end``; wires, drivers and loads
may be zero.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from imac_arch.data.arrays import HALF, ONE, TWO, ZERO, Array, ndim, over_layers

__all__ = [
    "LineConductance", "Lines", "Modes", "drawn_by", "far_share", "line_conductance", "line_modes", "line_power",
    "mode_squares", "own_answer", "reached_by", "signal_share", "signal_share_all_on", "slow_cell", "time_constant",
]  # fmt: skip

COUNT = 4  # slow modes that are told apart
NO_RESISTANCE = np.full((), 1e-15)  # ohm; keeps wires without resistance out of the denominators
NO_ARGUMENT = np.full((), 1e-30)  # likewise for k of beta tan beta = k, whose root is then the square root of k
NO_SIGNAL = np.full((), 1e-6)  # of a cell's or a line's conductance: the limit of none
NO_CHARGE, TINY = np.full((), 1e-30), np.full((), np.finfo(float).tiny)  # the first in F
FOUR, QUARTER, TWO_THIRDS = np.full((), TWO * TWO), np.full((), HALF * HALF), np.full((), TWO / (ONE + TWO))
TWO_NINTHS = np.full((), TWO_THIRDS * TWO_THIRDS * HALF)
LOG_TWO, ROOT_HALF_PI = np.log(TWO)[...], np.sqrt(np.pi * HALF)[...]
STEPS = 3  # of the averaging read's time constant


class Lines(NamedTuple):
    """A crossbar of equal cells; arrays that broadcast.

    Attributes:
        cols: weights on a word line.
        rows: cells on a bit line.
        r_word: segment of a word line, one a weight [ohm]; 0 where the cells are gated.
        r_bit: segment of a bit line [ohm].
        g_cell: mean conductance of a cell [S]; a weight loads its word line with two.
        r_source: driver of a word line [ohm].
        end: what ends a bit line [S]: its load, the inverse of its sense resistance, infinite for a virtual ground.
    """

    cols: Array
    rows: Array
    r_word: Array
    r_bit: Array
    g_cell: Array
    r_source: Array
    end: Array


class Modes(NamedTuple):
    """Modes of the bit lines, the slow ones along the first axis.

    Attributes:
        share: of each in what is the same in all rows, (modes, ...).
        own: of each in what one row has alone, (modes, ...).
        signal: of each in the current that a bit line passes on when all cells send one, (modes, ...).
        factor: q, what a cell draws relative to its conductance, (modes + 1, ...); last that of all higher modes.
        passed: share of that current that a bit line passes on to ground at its end while its cells leak, (...).
    """

    share: Array
    own: Array
    signal: Array
    factor: Array
    passed: Array

    def at(self, place: Any) -> Modes:
        """Return the modes at a place, or at an index of several axes, behind that of the modes."""
        place = place if isinstance(place, tuple) else (place,)
        share, own, signal, factor = (part[(slice(None), *place)] for part in self[:4])
        return Modes(share, own, signal, factor, self.passed[place])


class LineConductance(NamedTuple):
    """What a word line draws, in siemens through its driver: power per square of the voltage.

    Attributes:
        common: of inputs that all rows have in common.
        local: of an input to which the other rows have no answer.
        own: what the bit lines answer to the input of a single row, besides ``local``, for equal cells.
    """

    common: Array
    local: Array
    own: Array


def _in_front(count: int, axes: int) -> Array:
    """Return 0, 1 ... along an axis before ``axes`` others."""
    return np.arange(count, dtype=float).reshape(-1, *(1,) * axes)


def _constants(number: int) -> tuple[float, float, float, float]:
    """Return end and slopes of the rational form of a root, see :func:`mode_squares`."""
    most, end = 2.0 * number + 2, np.pi**2 / 2 * (number + 0.5)  # the latter for k to infinity
    bend = (end - most) / (1 - end / 3) if number == 0 else end - most
    return end, most, end * bend, bend


_FIRST = tuple(np.full((), number) for number in _constants(0))
_TABLE = np.array([(np.pi * number, *_constants(number)) for number in range(COUNT)]).T


def mode_squares(k: Array, axes: int | None = None) -> Array:
    """Return the squares of the first roots of ``beta tan beta = k`` for k > 0, one in each half period, (COUNT, ...).

    They lie along an axis before ``axes`` others, those of ``k`` where none are given. The form is rational in
    ``y (y + n pi)``, ``beta = y + n pi``: exact to second order for small k and to first order for large ones, within
    0.3 % of the first root's square and 1.3 % of the others' in between.
    """
    start, end, most, cross, bend = _TABLE.reshape(5, -1, *(1,) * (ndim(k) if axes is None else axes))
    root = (np.sqrt(start * start + FOUR * _product(k, end, most, cross, bend)) + start) * HALF
    squares: Array = root * root
    return squares


def _product(k: Array, end: Any, most: Any, cross: Any, bend: Any) -> Array:
    above = k * (k + bend)
    product: Array = end * above / (above + (most * k + cross))
    return product


def line_modes(lines: Lines) -> Modes:
    """Return the modes of the bit lines."""
    r_bit, rows, g = np.maximum(lines.r_bit, NO_RESISTANCE), lines.rows, lines.g_cell
    k = np.maximum(rows * r_bit / (r_bit * HALF + ONE / np.maximum(lines.end, TINY)), NO_ARGUMENT)
    axes = max(map(ndim, lines))
    beta2 = mode_squares(k, axes)
    local = np.maximum(np.sqrt(r_bit * g), NO_ARGUMENT)
    length = rows * local
    length2, damped = length * length, np.tanh(length) * length
    weight = TWO * k / (k * (k + ONE) + beta2)  # tan beta = k/beta, so that sine and cosine need not be computed
    factor = beta2 / (beta2 + length2)
    last = np.broadcast_to(ONE - local / np.sqrt(local * local + FOUR), np.shape(factor)[1:])
    return Modes(
        share=weight * k / beta2,
        own=np.minimum(np.maximum(rows - _in_front(COUNT, axes), ZERO), ONE) / rows,
        signal=weight * (damped + k) / (length2 + beta2),
        factor=np.concatenate([factor, last[None]]),
        passed=damped / length2,
    )


def drawn_by(lines: Lines, factor: Array) -> Array:
    """Return what a word line draws through its driver in each mode [S].

    Args:
        lines: of the crossbar.
        factor: what a cell draws relative to its conductance, see :class:`Modes`.
    """
    load = TWO * lines.cols * lines.g_cell * factor
    x = np.maximum(np.sqrt(lines.cols * lines.r_word * load), NO_ARGUMENT)
    taken = load * np.tanh(x)
    fed: Array = taken / (x + (lines.r_source + lines.r_word * HALF) * taken)
    return fed


def reached_by(lines: Lines, factor: Array, drawn: Array) -> Array:
    """Return the share of a word line's source that reaches its far end in each mode; arguments as of
    :func:`drawn_by`, and what that gives."""
    x2 = TWO * lines.cols * lines.cols * lines.r_word * lines.g_cell * factor
    decay = np.exp(-np.sqrt(x2))  # cosh itself would overflow for long lines
    share: Array = TWO * decay / (ONE + decay * decay) * (ONE - (lines.r_source + lines.r_word * HALF) * drawn)
    return share


def line_conductance(modes: Modes, drawn: Array) -> LineConductance:
    """Return what a word line draws for inputs that rows share, and for its own.

    Args:
        modes: of the bit lines.
        drawn: in each mode, see :func:`drawn_by` [S].
    """
    local = drawn[-1]
    beyond = drawn[:-1] - local
    return LineConductance(local + over_layers(modes.share * beyond), local, over_layers(modes.own * beyond))


def own_answer(spread: Array, rows: Array, within: Array) -> Array:
    """Return the mean of ``G^2/(sum G + Y)`` over ``g^2/(sum g + Y)``, to second order; exact for a single row.

    Args:
        spread: relative variance of the cells' conductance.
        rows: cells on the line.
        within: share of the cells in ``sum g + Y``; 0 at a virtual ground.
    """
    answer: Array = ONE + spread * (ONE - within * (TWO - within) / rows)
    return answer


def line_power(
    drawn: LineConductance, rows: Array, common: Array, fixed: Array, random: Array, excess: Array, own: Array
) -> Array:
    """Return the mean power of all word lines of a crossbar relative to the square of the voltage, in siemens.

    Args:
        drawn: by its word lines.
        rows: their number.
        common: mean square of what all rows have in common, without fluctuations.
        fixed: mean square of what else does not fluctuate, such as a bias row that differs from the others.
        random: mean variance of an input.
        excess: variance of the mean of the rows beyond ``random/rows``, which independent inputs have.
        own: see :func:`own_answer`, over the number of crossbars whose lines are one.
    """
    uniform = (common + excess) * drawn.common
    return rows * (uniform + (fixed + random - excess) * drawn.local + random * own * drawn.own)


def far_share(reached: Array, modes: Modes, together: Array) -> Array:
    """Return the share of an active word line's voltage that reaches its far end.

    Args:
        reached: by each mode, see :func:`reached_by`.
        modes: of the bit lines.
        together: of the mean square of the inputs, the part that all rows have in common: mean^2/(mean square).
    """
    weights = modes.own + together * (modes.share - modes.own)
    share: Array = reached[-1] + over_layers(weights * (reached[:-1] - reached[-1]))
    return share


def signal_share(lines: Lines, modes: Modes, reached: Array) -> Array:
    """Return the slope of the last pair's differential output over that without wires.

    Rows are driven independently of one another, so that it does not depend on their mean: what a row sends reaches
    the last cell as that of a single row does, and the bit line passes it on.

    Args:
        lines: of the crossbar.
        modes: of its bit lines.
        reached: see :func:`reached_by`.
    """
    share: Array = reached[-1] * modes.passed * _divided(lines, modes)
    return share


def signal_share_all_on(lines: Lines, modes: Modes, reached: Array) -> Array:
    """Return the same over random weights with the same voltage on all rows: a virtual ground's, with all inputs on.

    All cells of a bit line then draw from it at once, which leaves less voltage to each. Of an averaging read the
    differential output of equal inputs is nothing but what its load takes.
    """
    cell = reached * modes.factor
    kept = modes.passed * cell[-1] + over_layers(modes.signal * (cell[:-1] - cell[-1]))
    total = lines.rows * lines.g_cell
    end = np.maximum(lines.end, np.maximum(NO_SIGNAL * total, TINY))
    share: Array = np.maximum(kept, ZERO) * _divided(lines, modes) * (1 + total / end)  # none but for rounding if open
    return share


def _divided(lines: Lines, modes: Modes) -> Array:
    """Return the part of a bit line's current that its end takes, with wires over without."""
    total = lines.rows * lines.g_cell
    end = np.maximum(lines.end, np.maximum(NO_SIGNAL * total, TINY))
    return (ONE + total / end) / (ONE + total * modes.passed * (ONE / end + lines.r_bit * HALF))


def time_constant(lines: Lines, g_slow: Array, c_word: Array, c_bit: Array, c_end: Array, steps: int = STEPS) -> Array:
    """Return the slowest time constant of a crossbar [s]: of its coupled lines, or of its slowest bit line alone.

    A word line of mode ``a`` [S per weight] and a bit line of mode ``b`` [S per cell] decay with the smaller root of
    ``(a + g_w - lambda c_w)(b + g - lambda c_b) = g_w g``, a single bit line, whose word lines stand still, with
    ``b + g = lambda c_b``. What ends a bit line, ``end - lambda c_end``, decides on b; it is followed by tangents, from
    above and with errors that square in each step.

    Args:
        lines: of the crossbar.
        g_slow: mean conductance of a cell on the bit line that conducts least, see :func:`slow_cell` [S].
        c_word: capacitance of a word line per weight, its cells included [F].
        c_bit: capacitance of a bit line per cell, the cell included [F].
        c_end: capacitance at the end of a bit line [F].
        steps: one is exact where the end is grounded or has no capacitance.
    """
    rows, cols, r_bit, pair = lines.rows, lines.cols, np.maximum(lines.r_bit, NO_RESISTANCE), TWO * lines.g_cell
    c_word, c_bit = np.maximum(c_word, NO_CHARGE), np.maximum(c_bit, NO_CHARGE)
    feed = np.maximum(lines.r_source + lines.r_word * HALF, NO_RESISTANCE)
    k = np.maximum(cols * lines.r_word / feed, NO_ARGUMENT)
    fed = (_product(k, *_FIRST) / (k * cols * feed) + pair) / c_word
    alone = _in_front(2, max(map(ndim, (*lines, g_slow, c_word, c_bit, c_end))))
    g = lines.g_cell + alone * (g_slow - lines.g_cell)
    coupling = (ONE - alone) * pair * g / c_word
    end, length, half = np.minimum(lines.end, ONE / NO_RESISTANCE), rows * r_bit, r_bit * HALF
    squared, least, two, four, fed_twice = rows * length, -ONE / r_bit, TWO * coupling, FOUR * coupling, TWO * fed
    left, rate = end, fed
    for step in range(steps):
        if step:
            left = np.maximum(end - rate * c_end, least)
        behind = ONE + left * half  # the last node lies half a segment from where the line ends
        square, slope = _ended(length * left / behind, step > 0)
        slope = slope / (rows * behind * behind)
        charge = c_bit + slope * c_end
        bit, word = square / squared + slope * (end - left) + g, fed * charge
        apart = word - bit
        rate = (fed_twice * bit - two) / (word + bit + np.sqrt(apart * apart + four * charge))
    slowest: Array = ONE / np.minimum(rate[0], rate[1])
    return slowest


def _ended(k: Array, negative: bool) -> tuple[Array, Array]:
    """Return the square of the first root of ``beta tan beta = k``, which is negative where k is, and its slope.

    Below zero the root is imaginary, ``x tanh x = -k``: a rational form, exact at both ends and within 2 %.
    """
    square = _product(np.maximum(k, NO_ARGUMENT), *_FIRST)
    if negative:
        depth = np.maximum(-k, ZERO)
        square = square - depth * (depth + ONE / (ONE + depth * (TWO_THIRDS + depth * TWO_NINTHS)))
    k = k + NO_ARGUMENT  # of what is no longer than that, 0 among it, the limit
    return square, TWO * square / (k * (k + ONE) + square)


def slow_cell(g: Array, square: Array, g_least: Array, rows: Array, lines: Array) -> Array:
    """Return the mean conductance of a cell on the one of many random bit lines that conducts least [S].

    A cell is taken for one of two levels that has the same least value, mean and variance. The count of its upper level
    is binomial, normal as an arc sine; the least of N normals is exceeded by ``Q(z) = 1 - 2^(-1/N)``, z from
    ``Q(z) = 2 phi(z)/(z + sqrt(z^2 + 4))``. Counts are whole, which leaves a quarter less on average: the mean of the
    exact distribution is met within 0.3 of a cell for 8 to 256 rows and 16 to 1024 lines.

    Args:
        g: mean conductance of a cell [S].
        square: mean of its square [S^2].
        g_least: smallest conductance of a cell [S].
        rows: cells on a bit line.
        lines: number of bit lines.
    """
    above = np.maximum(g - g_least, np.maximum(NO_SIGNAL * g, TINY))
    step = above + np.maximum(square - g * g, ZERO) / above
    rare = -np.expm1(-LOG_TWO / lines)
    z, scale = np.sqrt(-TWO * np.log(rare)), rare * ROOT_HALF_PI
    for _ in range(2):
        z = np.sqrt(np.maximum(-TWO * np.log(scale * (z + np.sqrt(z * z + FOUR))), ZERO))
    angle = np.arcsin(np.sqrt(above / step)) - z / (TWO * np.sqrt(rows))
    sine = np.sin(np.maximum(angle, ZERO))
    count = rows * sine * sine - QUARTER
    slowest: Array = np.minimum(g, g_least + step * np.maximum(count, ZERO) / rows)
    return slowest
