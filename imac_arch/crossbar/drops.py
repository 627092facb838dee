"""Voltage drops along the wires, and the solution of weakly coupled crossbars from them.

The currents i of the cells obey ``(M + C) i = v``: M holds the resistances of the cells (and, with the averaging read,
of the loads), C the drops that currents make along the wires. Both are symmetric, and no eigenvalue of ``M^-1 C`` lies
beyond the largest drop that the conductances themselves would make as currents, the *coupling*. So conjugate gradients
on M converge at a rate that is known beforehand, each step being a handful of running sums; for few inputs this beats
the elimination by far. It is used only where the steps that it needs are known to be few.

What is left, ``r = v - (M + C) i``, bounds the error: as C is positive semidefinite, the error of the currents is at
most ``|r|`` in the norm of the cells, ``|r|^2 = sum g r^2``, whatever the coupling c; that of ``M^-1 (v - C i)``, the
state that is returned, is at most ``c/(1 + c)`` of it. A bit line adds up currents with ``sum g`` at most.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from imac_arch.crossbar.laws import State
from imac_arch.crossbar.wires import Array

__all__ = ["ROUNDING", "Wiring", "line_drops", "steps_needed", "sweep"]

ROUNDING = 2.0**-50  # what counts as exact, relative to the largest source
_SMALL = 96  # lines up to which a matrix product is faster than sums


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
        alike = left.size == rows * cols and max(rows, cols) <= _SMALL
        left, below = left.reshape(-1, rows, cols)[:1], below.reshape(-1, rows, cols)[:1]
        if alike and (left == left[:, :1]).all() and (below == below[:, :, :1]).all():
            along, down = np.cumsum(left[0, 0]), np.cumsum(below[0, ::-1, 0])[::-1]
            self.paths = np.minimum.outer(along, along), np.minimum.outer(down, down)  # the shorter path is common

    def falls(self, current: Array) -> tuple[Array, Array]:
        """Return what word lines and bit lines take from each cell [V], as ``line_drops`` does."""
        if self.paths is None:
            return line_drops(current, self.left, self.below)
        return current @ self.paths[0], self.paths[1] @ current

    def coupling(self, conductance: Array) -> float:
        """Return the largest drop that the conductances would make as currents [S -> 1]."""
        word, bit = self.falls(conductance)
        return float((word + bit).max(initial=0.0))


def steps_needed(coupled: float, tolerance: float) -> float:
    """Return how many steps reach a relative tolerance with this coupling; infinite where it is endless."""
    if not np.isfinite(coupled):
        return np.inf
    root = np.sqrt(1.0 + coupled)
    rate = coupled / (root + 1.0) ** 2
    return 1.0 + (float(np.ceil(np.log(tolerance / (2 * root)) / np.log(rate))) if rate > 0 else 0.0)


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
    step, stiff, last = cell, cell, np.ones(volts.shape[:-1])
    enough = (lines.goal(cell, tolerance) / 2) ** 2
    for count in range(int(steps_needed(coupled, tolerance)) + 2):
        fresh = lines.alone(left_over)
        off = np.einsum("...ij,...ij->...", left_over, fresh)
        if np.all(off <= enough):
            break
        if count:
            share = (off / last)[..., None, None]
            step *= share
            step += fresh
            stiff *= share
            stiff += left_over
        else:
            step, stiff = fresh, left_over.copy()
        last = np.where(off > 0, off, 1.0)
        made = lines.falls(step)
        made += stiff
        power = np.einsum("...ij,...ij->...", step, made)
        size = np.divide(off, power, out=np.zeros_like(power), where=power > 0)[..., None, None]
        cell += size * step
        made *= size
        left_over -= made
    return lines.proven(cell, tolerance)


class _Lines(NamedTuple):
    """A crossbar with its inputs.

    Attributes:
        g: of the cells [S].
        wiring: what takes voltage from them.
        source: of each cell's word line [V], (..., rows, cols).
        whole: what holds the end of each bit line [S], (..., cols); None with a virtual ground.
        reach: of an error of the state, in the norm of the cells, into each output, (..., cols).
        rounding: what such an error is by rounding alone, (...).
    """

    g: Array
    wiring: Wiring
    source: Array
    whole: Array | None
    reach: Array
    rounding: Array

    @classmethod
    def of(cls, g: Array, wiring: Wiring, volts: Array, load: Array | None, coupled: float) -> _Lines:
        source = np.broadcast_to(volts[..., None], np.broadcast_shapes((*volts.shape, 1), g.shape))
        summed = g.sum(axis=-2)
        reach = np.sqrt(summed) * (coupled / (1.0 + coupled))
        if load is not None:
            reach = np.sqrt(np.divide(1.0 + coupled, summed, out=np.zeros_like(summed), where=summed > 0))
        rounding = ROUNDING * np.abs(volts).max(axis=-1, initial=0.0) * np.sqrt(summed.sum(axis=-1))
        return cls(g, wiring, source, None if load is None else summed + load, reach, rounding)

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
        """Return the error of the state that may be left, in the norm of the cells, (...)."""
        wanted = tolerance * np.abs(self.outputs(current)).max(axis=-1, initial=0.0)
        largest = np.broadcast_to(self.reach.max(axis=-1, initial=0.0), wanted.shape)
        enough = np.divide(wanted, largest, out=np.zeros_like(wanted), where=largest > 0)
        return np.asarray(np.maximum(enough, self.rounding))

    def proven(self, current: Array, tolerance: float) -> tuple[State, Array] | None:
        """Return the state one step on and its bounds, from what is really left over; None where that is too much."""
        word, bit = self.wiring.falls(current)
        free = self.source - word - bit
        ends = np.zeros(free.shape[:-2] + free.shape[-1:])
        if self.whole is not None:
            ends = (self.g * free).sum(axis=-2) / self.whole
        new = self.g * (free - ends[..., None, :])
        change = new - current
        change *= change
        change /= np.where(self.g > 0, self.g, np.inf)
        error, lines = np.sqrt(change.sum(axis=(-2, -1))), sum(new.shape[-2:])
        if not np.all(error <= np.maximum(self.goal(new, tolerance), self.rounding * lines)):
            return None
        size = np.abs(new).sum(axis=-2)
        if self.whole is not None:
            size = np.abs(self.source).max(axis=-2)
        bound = self.reach * error[..., None] + np.finfo(np.float64).eps * lines * size
        return State(self.source - word, ends[..., None, :] + bit, new, ends), bound
