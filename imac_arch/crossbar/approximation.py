"""A closed form for weakly coupled crossbars that knows how wrong it can be.

Let F be the operator that turns the cells' currents into what the wires take away from them: the effective
conductance is the series ``sum_k (-1)^k T_k``, with T_0 the conductance itself, T_1 = G*(a + b) with the first-order
drops a and b along word and bit line, and every T_k >= 0. The closed form ``G/(1 + a + b)`` has the first two terms
right. For the rest, column sums obey ``T_(k+1) <= T_k Q`` with the small matrix

    Q[j', j] = max_i(G_ij) * R_word(j, j') + [j = j'] * max_i(b_ij)

(R_word: the common path from the driver, its largest over the rows), hence a bound by a geometric series of matrices;
the transposed argument bounds it along the other side, and the smaller bound counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.drops import line_drops
from imac_arch.crossbar.wires import Array, CrossbarError, checked_conductance, checked_wires

__all__ = ["Approximation", "approximate_conductance"]


@dataclass(frozen=True)
class Approximation:
    """An approximate effective conductance and how wrong each entry can be.

    Attributes:
        conductance: (..., rows, cols) [S].
        bound: the exact value lies within this of ``conductance``, same shape [S].
        error: the largest bound relative to the largest conductance of the same bit line, (...).
    """

    conductance: Array
    bound: Array
    error: Array


def approximate_conductance(
    conductance: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    *,
    tolerance: float,
) -> Approximation:
    """Return ``G/(1 + a + b)`` with its error bound, or refuse.

    Args:
        conductance: of the cells [S], (..., rows, cols).
        r_word: as in ``effective_conductance`` [ohm].
        r_bit: as in ``effective_conductance`` [ohm].
        r_source: as in ``effective_conductance`` [ohm].
        r_sense: as in ``effective_conductance`` [ohm].
        tolerance: largest error of an entry, relative to the largest entry of its bit line.

    Raises:
        CrossbarError: a value that cannot be, or a bound above ``tolerance``.
    """
    g = checked_conductance(conductance)
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense, plain=True)
    if not 0 < tolerance < np.inf:
        raise CrossbarError(f"tolerance: {tolerance}; needed is a number above 0")
    left, below = wires.left, wires.below
    a, b = line_drops(g, left, below)
    drop = a + b
    value = g / (1.0 + drop)
    kept = value * drop**2  # what the closed form has beyond first order
    along, down = np.cumsum(left, axis=-1), np.cumsum(below[..., ::-1, :], axis=-2)[..., ::-1, :]
    rest = _series(g * drop, g, along.max(axis=-2), b.max(axis=-2))
    other = _series(
        np.swapaxes(g * drop, -1, -2)[..., ::-1],
        np.swapaxes(g, -1, -2)[..., ::-1],
        down.max(axis=-1)[..., ::-1],
        a.max(axis=-1)[..., ::-1],
    )
    from_second, from_third = (
        np.minimum(mine, np.swapaxes(theirs[..., ::-1], -1, -2)) for mine, theirs in zip(rest, other, strict=True)
    )
    rounding = np.finfo(np.float64).eps * sum(g.shape[-2:]) * g
    # The exact rest lies between -T_3 - T_5 ... and T_2 + T_4 + ..., the closed form's at ``kept``.
    bound = np.maximum(from_second - kept, from_third + kept) + rounding
    largest = value.max(axis=-2)
    ratio = np.divide(bound.max(axis=-2), largest, out=np.zeros_like(largest), where=bound.max(axis=-2) > 0)
    error = ratio.max(axis=-1)
    if not np.all(error <= tolerance):
        raise CrossbarError(
            f"the closed form may be wrong by {error.max():.2g} of a bit line's largest conductance, more than the "
            f"tolerance {tolerance:g}; use effective_conductance, which is exact"
        )
    return Approximation(value, bound, error)


def _series(first: Array, g: Array, path: Array, own: Array) -> tuple[Array, Array]:
    """Return bounds on the sums of T_k over k >= 2 and over k >= 3; infinite where the series need not converge."""
    size = g.shape[-1]
    index = np.arange(size)
    step = path[..., np.minimum.outer(index, index)] * g.max(axis=-2)[..., None, :]
    step[..., index, index] += own
    endless = np.full_like(first, np.inf)
    rest = np.eye(size) - step
    try:
        # A positive vector that the matrix maps to a positive one proves that the series converges (M-matrix).
        ones = np.ones((*step.shape[:-1], 1))
        proof = np.linalg.solve(rest, ones)
        inverse = np.linalg.solve(np.swapaxes(rest, -1, -2), np.swapaxes(first @ step, -1, -2))
    except np.linalg.LinAlgError:
        return endless, endless
    converges = np.asarray((proof > 0).all(axis=(-2, -1)))[..., None, None]
    from_second = np.where(converges, np.swapaxes(inverse, -1, -2), np.inf)
    from_third = np.where(converges, np.swapaxes(inverse, -1, -2) @ step, np.inf)
    return from_second, from_third
