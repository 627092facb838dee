"""How far predictions lie from measurements: factors, coverage, width and score of intervals, conformal factors.

Pure functions of arrays. A measurement that is missing is NaN, and so is whatever follows from it; counts and medians
leave it out.
"""

from __future__ import annotations

import numpy as np

from imac_arch.data.arrays import Array

__all__ = [
    "conformal",
    "coverage",
    "factors",
    "interval_score",
    "largest_by",
    "median_factor",
    "rank",
    "width",
    "within",
]


def factors(predicted: Array, measured: Array) -> Array:
    """Return by which factor each prediction is off, whichever way, at least 1."""
    off: Array = np.exp(np.abs(np.log(predicted / measured)))
    return off


def median_factor(predicted: Array, measured: Array) -> float:
    """Return the median factor over what was measured; NaN where nothing was."""
    off = _known(factors(predicted, measured))
    return float(np.median(off)) if off.size else float("nan")


def within(predicted: Array, measured: Array, factor: float) -> float:
    """Return the share of what was measured that is predicted within a factor; NaN where nothing was."""
    off = _known(factors(predicted, measured))
    return float(np.mean(off <= factor)) if off.size else float("nan")


def coverage(low: Array, high: Array, measured: Array) -> float:
    """Return the share of what was measured that lies within its interval; NaN where nothing was."""
    known = np.isfinite(measured) & np.isfinite(low) & np.isfinite(high)
    inside = (low <= measured) & (measured <= high)
    return float(np.mean(inside[known])) if known.any() else float("nan")


def width(low: Array, high: Array) -> Array:
    """Return the width of intervals in decades."""
    decades: Array = np.log10(high / low)
    return decades


def interval_score(low: Array, high: Array, measured: Array, level: float) -> Array:
    """Return the score of intervals in decades, the less the better: their width, and 2/(1 - level) times what the
    measurement misses them by (Gneiting and Raftery 2007, doi:10.1198/016214506000001437, section 6.2).

    Args:
        low: lower ends, above 0.
        high: upper ends.
        measured: NaN where nothing was measured.
        level: of the intervals, such as 0.9.
    """
    below, above = np.log10(low / measured), np.log10(measured / high)
    missed = np.maximum(below, 0) + np.maximum(above, 0)
    score: Array = width(low, high) + 2 / (1 - level) * missed
    return score


def rank(count: int, level: float) -> int:
    """Return which of ``count`` scores, the least being 1, a split-conformal interval of a level takes: the least rank
    that reaches (count + 1) level, and the largest score where there are too few for that level."""
    # round-off must not lift 9 of 9 scores to a tenth
    wanted = np.nextafter((count + 1) * level, 0)
    return int(min(np.ceil(wanted), count))


def conformal(scores: Array, level: float) -> float:
    """Return the split-conformal quantile of scores; NaN where there are none.

    At least ceil((n + 1) level) of them are needed for the level to be guaranteed: 9 for 90 %.
    """
    known = np.sort(_known(scores))
    return float(known[rank(known.size, level) - 1]) if known.size else float("nan")


def largest_by(values: Array, group: Array) -> tuple[Array, Array]:
    """Return the groups, sorted, and the largest known value of each; NaN for a group that has none.

    Points of one chip are alike: a chip counts once, by the point that fits least.
    """
    names, place = np.unique(group, return_inverse=True)
    largest = np.full(names.size, -np.inf)
    np.maximum.at(largest, place, np.where(np.isfinite(values), values, -np.inf))
    return names, np.where(np.isfinite(largest), largest, np.nan)


def _known(values: Array) -> Array:
    chosen: Array = values[np.isfinite(values)]
    return chosen
