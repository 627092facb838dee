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

from typing import Any

import numpy as np

from imac_arch.data.arrays import HALF, ONE, TWO, ZERO, Array, ndim, over_layers
from imac_arch.data.records import NamedTuple

__all__ = [
    "Lines", "Modes", "drawn_by", "excitation", "far_share", "line_modes", "line_power", "mode_squares", "own_answer",
    "reached_by", "signal_share", "signal_share_all_on", "slow_cell", "time_constant",
]  # fmt: skip

COUNT = 4  # slow modes that are told apart
NO_RESISTANCE = np.full((), 1e-15)  # ohm; keeps wires without resistance out of the denominators
NO_ARGUMENT = np.full((), 1e-30)  # likewise for k of beta tan beta = k, whose root is then the square root of k
NO_SIGNAL = np.full((), 1e-6)  # of a cell's or a line's conductance: the limit of none
NO_CHARGE, NO_CONDUCTANCE, TINY = np.full((), 1e-30), np.full((), 1e-30), np.full((), np.finfo(float).tiny)  # F, S
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
        factor: q, what a cell draws relative to its conductance, (modes + 1, ...); last that of all higher modes.
        passed: share of a current that all cells send alike which a bit line passes on to ground at its end while its
            cells leak, (...).
    """

    share: Array
    own: Array
    factor: Array
    passed: Array

    def at(self, place: Any) -> Modes:
        """Return the modes at a place, or at an index of several axes, behind that of the modes."""
        place = place if isinstance(place, tuple) else (place,)
        share, own, factor = (part[(slice(None), *place)] for part in self[:3])
        return Modes(share, own, factor, self.passed[place])


def _in_front(count: int, axes: int) -> Array:
    """Return 0, 1 ... along an axis before ``axes`` others."""
    return np.arange(count, dtype=float).reshape(-1, *(1,) * axes)


def _constants(number: int) -> tuple[float, float, float, float]:
    """Return start, end and slopes of the rational form of a root, see :func:`mode_squares`."""
    most, end = 2.0 * number + 2, np.pi**2 / 2 * (number + 0.5)  # the latter for k to infinity
    bend = (end - most) / (1 - end / 3) if number == 0 else end - most
    return np.pi * number, end, end * bend, bend + most


_TABLE = np.array([_constants(number) for number in range(COUNT)]).T
_, _END, _CROSS, _BEND = (np.full((), number) for number in _TABLE[:, 0])


def mode_squares(k: Array, axes: int | None = None) -> Array:
    """Return the squares of the first roots of ``beta tan beta = k`` for k > 0, one in each half period, (COUNT, ...).

    They lie along an axis before ``axes`` others, those of ``k`` where none are given. The form is rational in
    ``y (y + n pi)``, ``beta = y + n pi``: exact to second order for small k and to first order for large ones, within
    0.3 % of the first root's square and 1.3 % of the others' in between.
    """
    start, end, cross, bend = _TABLE.reshape(4, -1, *(1,) * (ndim(k) if axes is None else axes))
    root = (np.sqrt(start * start + FOUR * k * _over(k, end, cross, bend)) + start) * HALF
    squares: Array = root * root
    return squares


def _over(k: Any, end: Any, cross: Any, bend: Any) -> Any:
    """Return ``y (y + n pi)/k``, which for the first root is its square over k."""
    return (end * k + cross) / (k * (k + bend) + cross)


def line_modes(lines: Lines) -> Modes:
    """Return the modes of the bit lines."""
    r_bit, rows, g = np.maximum(lines.r_bit, NO_RESISTANCE), lines.rows, lines.g_cell
    axes = max(map(ndim, lines))
    k, beta2 = _roots(rows, r_bit, lines.end, axes)
    local = np.maximum(np.sqrt(r_bit * g), NO_ARGUMENT)
    length = rows * local
    factor = beta2 / (beta2 + length * length)
    last = np.broadcast_to(ONE - local / np.sqrt(local * local + FOUR), np.shape(factor)[1:])
    return Modes(
        share=_weight(k, beta2) * k / beta2,
        own=np.minimum(np.maximum(rows - _in_front(COUNT, axes), ZERO), ONE) / rows,
        factor=np.concatenate([factor, last[None]]),
        passed=np.tanh(length) / length,
    )


def _roots(rows: Array, r_bit: Array, end: Array, axes: int) -> tuple[Array, Array]:
    """Return k of bit lines, and the squares of the roots, along an axis before ``axes`` others."""
    k = np.maximum(rows * r_bit / (r_bit * HALF + ONE / np.maximum(end, TINY)), NO_ARGUMENT)
    return k, mode_squares(k, axes)


def _weight(k: Array, beta2: Array) -> Array:
    """Return what modes are to be weighted with: tan beta = k/beta, so that no sine need be computed."""
    weight: Array = TWO * k / (k * (k + ONE) + beta2)
    return weight


def drawn_by(lines: Lines, factor: Array) -> Array:
    """Return what a word line draws through its driver in each mode [S].

    Args:
        lines: of the crossbar.
        factor: what a cell draws relative to its conductance, see :class:`Modes`.
    """
    x = _lengths(lines, factor)
    taken = x * np.tanh(x)
    segments = lines.cols * np.maximum(lines.r_word, NO_RESISTANCE)
    fed: Array = taken / (segments + (lines.r_source + lines.r_word * HALF) * taken)
    return fed


def _lengths(lines: Lines, factor: Array) -> Array:
    """Return the electrical length of a word line in each mode, ``cols sqrt(r_w 2 g q)``."""
    ladder = lines.cols * np.sqrt(np.maximum(lines.r_word, NO_RESISTANCE) * TWO * lines.g_cell)
    lengths: Array = ladder * np.sqrt(factor)
    return lengths


def reached_by(lines: Lines, factor: Array, drawn: Array) -> Array:
    """Return the share of a word line's source that reaches its far end in each mode; arguments as of
    :func:`drawn_by`, and what that gives."""
    decay = np.exp(-_lengths(lines, factor))  # cosh itself would overflow for long lines
    share: Array = TWO * decay / (ONE + decay * decay) * (ONE - (lines.r_source + lines.r_word * HALF) * drawn)
    return share


def excitation(modes: Modes, square: Array, common: Array, alone: Array) -> Array:
    """Return what excites each mode, last all higher ones, (modes + 1, ...). All are sums of mean squares over rows.

    Args:
        modes: of the bit lines.
        square: of the inputs.
        common: of what all rows have in common.
        alone: of what each row has alone, times what the bit lines answer to it, see :func:`own_answer`.
    """
    slow = common * modes.share + alone * modes.own
    parts: Array = np.concatenate([slow, (square - over_layers(slow))[None]])
    return parts


def own_answer(spread: Array, rows: Array, within: Array) -> Array:
    """Return the mean of ``G^2/(sum G + Y)`` over ``g^2/(sum g + Y)``, to second order; exact for a single row.

    Args:
        spread: relative variance of the cells' conductance.
        rows: cells on the line.
        within: share of the cells in ``sum g + Y``; 0 at a virtual ground.
    """
    answer: Array = ONE + spread * (ONE - within * (TWO - within) / rows)
    return answer


def line_power(drawn: Array, excitation: Array, r_source: Array) -> tuple[Array, Array]:
    """Return the mean power of all word lines of a crossbar, drivers included, and what the drivers lose of it [W].

    Args:
        drawn: by a word line in each mode, see :func:`drawn_by` [S].
        excitation: of each mode, see :func:`excitation` [V^2].
        r_source: driver of a word line [ohm].
    """
    flowing = excitation * drawn
    return over_layers(flowing), r_source * over_layers(flowing * drawn)


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
    cell, total, r_bit = reached * modes.factor, lines.rows * lines.g_cell, np.maximum(lines.r_bit, NO_RESISTANCE)
    k, beta2 = _roots(lines.rows, r_bit, lines.end, max(map(ndim, lines)))
    length2 = lines.rows * r_bit * total
    signal = _weight(k, beta2) * (modes.passed * length2 + k) / (length2 + beta2)
    kept = modes.passed * cell[-1] + over_layers(signal * (cell[:-1] - cell[-1]))
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
    feed = np.maximum(lines.r_source + lines.r_word * HALF, NO_RESISTANCE)
    fed = _over(np.maximum(cols * lines.r_word / feed, NO_ARGUMENT), _END, _CROSS, _BEND) / (cols * feed) + pair
    quick = fed / np.maximum(c_word, NO_CHARGE)  # rate of a word line alone, which others are relative to
    # conductances at the end of a bit line are relative to a segment of it, those of a cell to the m-th part of that
    whole = rows * r_bit
    alone = _in_front(2, max(map(ndim, (*lines, g_slow, c_word, c_bit, c_end)))) > ZERO
    cell = whole * np.maximum(np.where(alone, g_slow, lines.g_cell), NO_CONDUCTANCE)
    coupling, stored = whole * lines.g_cell * pair / fed, whole * np.maximum(c_bit, NO_CHARGE) * quick
    hung, end = r_bit * c_end * quick, r_bit * np.minimum(lines.end, ONE / NO_RESISTANCE)
    left, lost, both, own, fourfold, most = end, ZERO, ONE, ONE, FOUR * coupling, end + ONE
    for step in range(steps):
        if step:
            lost = np.minimum(np.stack((both, own)) * hung, most)
            left = end - lost
        behind = ONE + left * HALF  # the last node lies half a segment from where the line ends
        ended = left / behind
        over, steep = _ended(rows * ended, step > 0)
        slope = over / (steep * behind * behind)
        bit, charge = ended * over + slope * lost + cell, stored + slope * hung
        kept, free = (charge[0], charge[1]) if step else (charge, charge)  # the first tangent is the same for both
        held, apart = bit[0], kept - bit[0]
        both = TWO * (held - coupling) / (kept + held + np.sqrt(apart * apart + fourfold * kept))
        own = np.minimum(bit[1] / free, ONE)
    slowest: Array = ONE / (quick * np.minimum(both, own))
    return slowest


def _ended(k: Array, negative: bool) -> tuple[Array, Array]:
    """Return the square of the first root of ``beta tan beta = k`` over k, and that over the square's slope.

    Where k is negative the square is too, and the root imaginary, ``x tanh x = -k``: a rational form, exact at both
    ends and within 2 %.
    """
    above = np.maximum(k, ZERO) if negative else k
    over = _over(above, _END, _CROSS, _BEND)
    if negative:
        depth = above - k
        over = over * (depth + ONE / (ONE + depth * (TWO_THIRDS + depth * TWO_NINTHS)))
    return over, (k + ONE + over) * HALF


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
    rise = np.square(np.tan(np.maximum(angle, ZERO)))  # NumPy is quicker at tangents than at sines
    count = rows * (rise / (ONE + rise)) - QUARTER
    slowest: Array = np.minimum(g, g_least + step * np.maximum(count, ZERO) / rows)
    return slowest
