"""Voltage drops along the wires, and the solution of weakly coupled crossbars from them.

The currents i of the cells obey ``(M + C) i = v``: M holds the resistances of the cells (and, with the averaging read,
of the loads), C the drops that currents make along the wires. Both are symmetric, and no eigenvalue of ``M^-1 C`` lies
beyond the largest drop that the conductances themselves would make as currents, the *coupling* c. So the voltages
across the cells, ``x = M i`` with ``x + C M^-1 x = v``, follow from Chebyshev's iteration for eigenvalues from 1 to
1 + c in a number of steps that is known beforehand, without an inner product or a factor to try; for few inputs this
beats the elimination by far. It is used only where the steps that it needs are few.

What is left, ``r = v - (M + C) i``, bounds the error: as C is positive semidefinite, the error of the currents is at
most ``|r|`` in the norm of M, ``|r|^2 = r M^-1 r``, whatever the coupling; that of ``M^-1 (v - C i)``, the state that
is returned, is at most ``c/(1 + c)`` of it. A bit line adds up currents with ``sum g`` at most.
"""

from __future__ import annotations

import numpy as np

from imac_arch.crossbar.laws import State
from imac_arch.crossbar.wires import Array
from imac_arch.data.records import NamedTuple

__all__ = ["ROUNDING", "Wiring", "line_drops", "steps_needed", "sweep"]

ROUNDING = 2.0**-50  # what counts as exact, relative to the largest source
_SMALL = 192  # lines up to which a matrix product is faster than sums


def line_drops(current: Array, left: Array, below: Array) -> tuple[Array, Array]:
    """Return the fall of the voltage [V] from the source to each word-line node and from each bit-line node to its end.

    Args:
        current: through each cell [A], (..., rows, cols).
        left: segment to the left of each cell, the driver included [ohm].
        below: segment below each cell, the termination included [ohm].
    """
    along = np.cumsum(current[..., ::-1], axis=-1)[..., ::-1]
    down = np.cumsum(current, axis=-2)
    return np.cumsum(left * along, axis=-1), np.cumsum((below * down)[..., ::-1, :], axis=-2)[..., ::-1, :]


class Wiring:
    """The wires of crossbars, as what takes voltage from their cells.

    Where all word lines are alike and all bit lines too, what they take is a product with the matrix of common paths,
    which for small crossbars is sooner found than sums along the lines.
    """

    def __init__(self, left: Array, below: Array) -> None:
        """Take segments to the left of and below each cell, drivers and terminations included [ohm]."""
        self.left, self.below = left, below
        self.paths: tuple[Array, Array] | None = None
        rows, cols = left.shape[-2:]
        if left.size == rows * cols and max(rows, cols) <= _SMALL:
            left, below = left.reshape(rows, cols), below.reshape(rows, cols)
            if (left == left[:1]).all() and (below == below[:, :1]).all():
                along, down = np.cumsum(left[0]), np.cumsum(below[::-1, 0])[::-1]
                self.paths = np.minimum.outer(along, along), np.minimum.outer(down, down)  # the shorter path is common

    def falls(self, current: Array) -> tuple[Array, Array]:
        """Return what word lines and bit lines take from each cell [V], as ``line_drops`` does."""
        if self.paths is None:
            return line_drops(current, self.left, self.below)
        return current @ self.paths[0], self.paths[1] @ current

    def coupling(self, conductance: Array) -> float:
        """Return the largest drop that the conductances would make as currents [S -> 1], or a little more.

        It is that of the farthest cell of a word line and of a bit line, of all lines.
        """
        if self.paths is None:
            along = np.cumsum(self.left, axis=-1)
            down = np.cumsum(self.below[..., ::-1, :], axis=-2)[..., ::-1, :]
            word, bit = (conductance * along).sum(axis=-1), (conductance * down).sum(axis=-2)
        else:
            word, bit = conductance @ self.paths[0][-1], self.paths[1][0] @ conductance
        return float(word.max(initial=0.0) + bit.max(initial=0.0))


def steps_needed(coupled: float, tolerance: float) -> float:
    """Return how many steps leave no more than a tolerance of what was left over; infinite where coupling is endless.

    Chebyshev's polynomial of degree k is ``cosh(k arccosh(z))`` where the iteration stands, z = 1 + 2/coupled.
    """
    if not np.isfinite(coupled):
        return np.inf
    if coupled <= 0 or tolerance >= 1:
        return 0.0
    return float(np.ceil(np.arccosh(1 / tolerance) / np.arccosh(1 + 2 / coupled)))


def sweep(
    conductance: Array,
    wiring: Wiring,
    volts: Array,
    load: Array | None,
    coupled: float,
    tolerance: float = ROUNDING,
) -> tuple[State, Array] | None:
    """Return the state of a crossbar and the largest error of each output, or None where it is not proven to hold.

    Args:
        conductance: [S], broadcasts to (..., rows, cols).
        wiring: of the same crossbars.
        volts: sources [V], (..., rows).
        load: of the bit lines [S], (..., cols), or None where they end in virtual ground.
        coupled: their coupling.
        tolerance: of the outputs, relative to the largest of a crossbar, or to rounding.

    Returns:
        the state, and bounds [A], or [V] with loads, (..., cols).
    """
    lines = _Lines.of(conductance, wiring, volts, load, coupled)
    cell = lines.alone(lines.source)
    left_over = lines.falls(cell)
    np.negative(left_over, out=left_over)
    goal = lines.goal(cell, tolerance) / (1 + coupled)  # wires may leave so little of the outputs
    steps = int(steps_needed(coupled, lines.share_left(left_over, goal)))
    half = coupled / 2
    middle, share = 1 + half, half / (1 + half)
    across, step = np.broadcast_to(lines.source, cell.shape).copy(), left_over
    step /= middle
    for count in range(steps):
        if count:
            left_over = lines.falls(cell)
            left_over += across
            np.subtract(lines.source, left_over, out=left_over)
            last, share = share, half / (2 * middle - half * share)
            left_over *= 2 * share / half
            step *= last * share
            step += left_over
        across += step
        cell = lines.alone(across)
    return lines.proven(across, cell, tolerance)


class _Lines(NamedTuple):
    """A crossbar with its inputs.

    Attributes:
        g: of the cells [S].
        wiring: what takes voltage from them.
        source: of each word line [V], (..., rows, 1).
        whole: what holds the end of each bit line [S], (..., cols); None with a virtual ground.
        reach: of an error of the state, in the norm of M, into each output, (..., cols).
        largest: of these, (...); infinite where none reaches any.
        rounding: what such an error is by rounding alone, (...).
    """

    g: Array
    wiring: Wiring
    source: Array
    whole: Array | None
    reach: Array
    largest: Array
    rounding: Array

    @classmethod
    def of(cls, g: Array, wiring: Wiring, volts: Array, load: Array | None, coupled: float) -> _Lines:
        summed = g.sum(axis=-2)
        reach = np.sqrt(summed) * (coupled / (1.0 + coupled))
        if load is not None:
            reach = np.sqrt(np.divide(1.0 + coupled, summed, out=np.zeros_like(summed), where=summed > 0))
        largest = reach.max(axis=-1, initial=0.0)
        largest = np.where(largest > 0, largest, np.inf)
        rounding = ROUNDING * np.abs(volts).max(axis=-1, initial=0.0) * np.sqrt(summed.sum(axis=-1))
        whole = None if load is None else summed + load
        return cls(g, wiring, volts[..., None], whole, reach, largest, rounding)

    def alone(self, voltage: Array) -> Array:
        """Return what the cells alone would carry of voltages from line to line [A]: M^-1."""
        current: Array = self.g * voltage
        if self.whole is not None:
            current = self.g * (voltage - (current.sum(axis=-2) / self.whole)[..., None, :])
        return current

    def falls(self, current: Array) -> Array:
        """Return what the wires take from each cell's voltage [V]: C."""
        word, bit = self.wiring.falls(current)
        word += bit
        return word

    def outputs(self, current: Array) -> Array:
        """Return what the bit lines read [A], or [V] with loads, (..., cols)."""
        if self.whole is None:
            return np.asarray(current.sum(axis=-2))
        return np.asarray((self.g * (self.source - self.falls(current))).sum(axis=-2) / self.whole)

    def goal(self, current: Array, tolerance: float) -> Array:
        """Return the error of the state that may be left, in the norm of M, (...)."""
        wanted = tolerance * np.abs(self.outputs(current)).max(axis=-1, initial=0.0)
        return np.asarray(np.maximum(wanted / self.largest, self.rounding))

    def share_left(self, left_over: Array, goal: Array) -> float:
        """Return the least share of what is left over [V] that may stay, of all crossbars."""
        size = _norm(left_over, self.alone(left_over))
        return float(np.divide(goal, size, out=np.ones(size.shape), where=size > goal).min(initial=1.0))

    def proven(self, across: Array, current: Array, tolerance: float) -> tuple[State, Array] | None:
        """Return the state one step on and its bounds, from what is really left over; None where that is too much."""
        word, bit = self.wiring.falls(current)
        reached = self.source - word
        free = reached - bit
        ends = np.zeros(free.shape[:-2] + free.shape[-1:])
        if self.whole is not None:
            ends = (self.g * free).sum(axis=-2) / self.whole
            bit += ends[..., None, :]
        new = self.g * (reached - bit)
        free -= across
        error, lines = _norm(free, new - current), sum(new.shape[-2:])
        if not np.all(error <= np.maximum(self.goal(new, tolerance), self.rounding * lines)):
            return None
        size = np.abs(new).sum(axis=-2)
        if self.whole is not None:
            size = np.abs(self.source).max(axis=-2)
        bound = self.reach * error[..., None] + np.finfo(np.float64).eps * lines * size
        return State(reached, bit, new, ends), bound


def _norm(left_over: Array, current: Array) -> Array:
    """Return the norm of what is left over [V], from the currents that it would drive [A]."""
    size: Array = np.sqrt(np.maximum(np.einsum("...ij,...ij->...", left_over, current), 0.0))  # not below by rounding
    return size
