"""The uncertainty budget: how much of the spread each uncertain number is behind, from samples already drawn.

The logarithm of a metric is fitted by two straight lines of each standard-normal score, one below and one above the
median, as two-piece log-normal numbers enter products. Scores are independent, so that the variances of the fitted
pieces add up; what the fit leaves is the share that is unexplained.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.document.shapes import Interval

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

__all__ = ["ENDS", "Fit", "fitted", "narrowed", "span"]

ENDS = (5, 95)
BLOCKS = 40  # of samples, drawn with replacement
ROOM = 2  # samples for each coefficient, at least
TINY = 1e-24  # variance of the logarithm of what is the same everywhere
FLAT = 1e-12  # of the largest variance


class Fit(NamedTuple):
    """A fit of the logarithm of a result.

    Attributes:
        r2: share of the variance that is explained, adjusted for the number of coefficients.
        shares: of each driver; they sum to ``r2``.
        low: 5th percentile of each share, over samples drawn anew from the samples.
        high: 95th percentile.
        slopes: below and above the median, (drivers, 2).
    """

    r2: float
    shares: Array
    low: Array
    high: Array
    slopes: Array

    def without(self, logs: Array, scores: Array, place: int) -> Array:
        """Return the logarithms with a driver held at its median."""
        below, above = self.slopes[place]
        kept: Array = logs - below * np.minimum(scores[place], 0) - above * np.maximum(scores[place], 0)
        return kept


def fitted(results: Array, scores: Array, resamples: int = 0, seed: int = 0) -> list[Fit | None]:
    """Fit logarithms of results over the scores of what drives them.

    Args:
        results: (results, samples); finite.
        scores: (drivers, samples).
        resamples: how often samples are drawn anew for the intervals of the shares; 0 for none.
        seed: of that.

    Returns:
        None for a result that does not vary, and for all where samples are too few.
    """
    drivers, samples = scores.shape
    if not drivers or samples < ROOM * 2 * drivers + 2:
        return [None] * len(results)
    with _one_thread().limit(limits=1):
        whole, ends = _moments(results, scores, resamples, seed)
    return [
        None if not variance > 0 else Fit(r2, own, *ends[k], slopes)
        for k, (r2, own, slopes, variance) in enumerate(whole)
    ]


@cache
def _one_thread() -> ThreadpoolController:
    """Return what keeps the algebra to one thread: its matrices are small, and threads that wait take time as well."""
    from threadpoolctl import ThreadpoolController  # not before there is something to fit

    return ThreadpoolController()


def _moments(
    results: Array, scores: Array, resamples: int, seed: int
) -> tuple[list[tuple[float, Array, Array, float]], list[tuple[Array, Array]]]:
    """Return what :func:`_solved` does of each result, and the ends of the intervals of its shares."""
    drivers, samples = scores.shape
    rows = np.concatenate([np.ones((1, samples)), np.minimum(scores, 0), np.maximum(scores, 0), results])
    blocks = min(BLOCKS, samples) if resamples else 1
    moments = [part @ part.T for part in np.array_split(rows, blocks, axis=1)]
    whole = _solved(sum(moments[1:], moments[0]), drivers, len(results))
    ends: list[tuple[Array, Array]] = [(np.full(drivers, np.nan),) * 2] * len(results)
    if resamples:
        drawn, stacked = np.random.default_rng(seed), np.stack(moments)
        counts = drawn.multinomial(blocks, np.full(blocks, 1 / blocks), resamples)
        again = [_solved(np.tensordot(count, stacked, 1), drivers, len(results)) for count in counts.astype(float)]
        shares = [np.array([solved[k][1] for solved in again]) for k in range(len(results))]
        ends = [tuple(np.percentile(each, ENDS, axis=0)) for each in shares]
    return whole, ends


def _solved(moments: Array, drivers: int, results: int) -> list[tuple[float, Array, Array, float]]:
    """Return R2, shares, slopes and variance of each result, from the sums of products of all rows."""
    count = moments[0, 0]
    mean = moments[0, 1:] / count
    spread = moments[1:, 1:] / count - np.outer(mean, mean)
    size = 2 * drivers
    inner, across = spread[:size, :size], spread[:size, size:]
    slopes = np.linalg.lstsq(inner, across, rcond=None)[0] if _flat(inner) else np.linalg.solve(inner, across)
    found = []
    for k in range(results):
        variance, own = float(spread[size + k, size + k]), slopes[:, k]
        if not variance > TINY:
            found.append((0.0, np.zeros(drivers), own.reshape(2, drivers).T, 0.0))
            continue
        explained = float(own @ across[:, k]) / variance
        r2 = 1 - (1 - explained) * (count - 1) / max(count - size - 1, 1)
        r2 = min(max(float(r2), 0.0), 1.0)
        below, above = own[:drivers], own[drivers:]
        at = np.arange(drivers)
        parts = (
            below**2 * inner[at, at]
            + above**2 * inner[at + drivers, at + drivers]
            + 2 * below * above * inner[at, at + drivers]
        )
        shares = r2 * parts / parts.sum() if parts.sum() > 0 else parts
        found.append((r2, shares, np.stack([below, above], axis=1), variance))
    return found


def _flat(matrix: Array) -> bool:
    """Whether a score does not vary in these samples."""
    diagonal = np.diagonal(matrix)
    return bool(diagonal.min() <= FLAT * diagonal.max())


def span(values: Array | Sequence[float]) -> Interval:
    """Return the 90 % interval of finite values."""
    ordered = np.sort(np.asarray(values, dtype=float))
    places = np.array(ENDS) / 100 * (ordered.size - 1)
    return Interval(*np.interp(places, np.arange(ordered.size), ordered).tolist())


def narrowed(whole: Interval, frozen: Interval) -> float:
    """Return by which share an interval of logarithms is narrower than another."""
    return 1 - (frozen.high - frozen.low) / (whole.high - whole.low)
