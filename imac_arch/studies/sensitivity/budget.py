"""The uncertainty budget: how much of the spread each uncertain number is behind, from samples already drawn.

The logarithm of a metric is fitted by two straight lines of each standard-normal score, one below and one above the
median, as two-piece log-normal numbers enter products. Scores are independent, so that the variances of the fitted
pieces add up; what the fit leaves is the share that is unexplained.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple
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
        own, (below, above) = scores[place], self.slopes[place]
        kept: Array = logs - np.where(own < 0, below, above) * own
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
        whole, (low, high) = _moments(results, scores, resamples, seed)
    return [
        None
        if not whole.variances[0, k] > 0
        else Fit(float(whole.r2[0, k]), whole.shares[0, k], low[k], high[k], whole.slopes[0, k])
        for k in range(len(results))
    ]


@cache
def _one_thread() -> ThreadpoolController:
    """Return what keeps the algebra to one thread: its matrices are small, and threads that wait take time as well."""
    from threadpoolctl import ThreadpoolController  # not before there is something to fit

    return ThreadpoolController()


class _Solved(NamedTuple):
    """Fits of all results to several sets of samples: R2 and variances (sets, results), shares (sets, results,
    drivers), and slopes (sets, results, drivers, 2)."""

    r2: Array
    shares: Array
    slopes: Array
    variances: Array


def _moments(results: Array, scores: Array, resamples: int, seed: int) -> tuple[_Solved, tuple[Array, Array]]:
    """Return the fit to all samples, and the ends of the intervals of its shares, (results, drivers) each."""
    drivers, samples = scores.shape
    rows = np.concatenate([np.ones((1, samples)), np.minimum(scores, 0), np.maximum(scores, 0), results])
    blocks = min(BLOCKS, samples) if resamples else 1
    moments = np.stack([part @ part.T for part in np.array_split(rows, blocks, axis=1)])
    whole = _solved(moments.sum(axis=0)[None], drivers)
    if not resamples:
        unknown = np.full((len(results), drivers), np.nan)
        return whole, (unknown, unknown)
    counts = np.random.default_rng(seed).multinomial(blocks, np.full(blocks, 1 / blocks), resamples).astype(float)
    again = _solved((counts @ moments.reshape(blocks, -1)).reshape(resamples, *moments.shape[1:]), drivers)
    low, high = np.percentile(again.shares, ENDS, axis=0)
    return whole, (low, high)


def _solved(moments: Array, drivers: int) -> _Solved:
    """Return the fits that follow from the sums of products of all rows, (sets, rows, rows)."""
    count = moments[:, 0, 0, None]
    mean = moments[:, 0, 1:] / count
    spread = moments[:, 1:, 1:] / count[..., None]
    spread -= mean[:, :, None] * mean[:, None, :]
    size = 2 * drivers
    inner, across = spread[:, :size, :size], spread[:, :size, size:]
    slopes = _slopes(inner, across)
    variances = np.diagonal(spread[:, size:, size:], axis1=1, axis2=2)
    varies = variances > TINY
    with np.errstate(all="ignore"):
        explained = np.einsum("sdr,sdr->sr", slopes, across) / variances
        r2 = np.clip(1 - (1 - explained) * (count - 1) / np.maximum(count - size - 1, 1), 0.0, 1.0)
        at = np.arange(drivers)
        below, above = np.swapaxes(slopes[:, :drivers], 1, 2), np.swapaxes(slopes[:, drivers:], 1, 2)
        parts = (
            below**2 * inner[:, None, at, at]
            + above**2 * inner[:, None, at + drivers, at + drivers]
            + 2 * below * above * inner[:, None, at, at + drivers]
        )
        sums = parts.sum(axis=-1, keepdims=True)
        shares = np.where(varies[..., None], np.where(sums > 0, r2[..., None] * parts / sums, parts), 0.0)
    return _Solved(np.where(varies, r2, 0.0), shares, np.stack([below, above], axis=-1), variances * varies)


def _slopes(inner: Array, across: Array) -> Array:
    """Return the least squares; of sets of samples in which a score does not vary, the shortest."""
    diagonal = np.diagonal(inner, axis1=1, axis2=2)
    flat = diagonal.min(axis=1) <= FLAT * diagonal.max(axis=1)
    found = np.empty_like(across)
    found[~flat] = np.linalg.solve(inner[~flat], across[~flat])
    for k in np.flatnonzero(flat):
        found[k] = np.linalg.lstsq(inner[k], across[k], rcond=None)[0]
    return found


def span(values: Array | Sequence[float]) -> Interval:
    """Return the 90 % interval of finite values."""
    array = np.asarray(values, dtype=float)
    places = [end / 100 * (array.size - 1) for end in ENDS]
    firsts = [min(int(place), array.size - 2) if array.size > 1 else 0 for place in places]
    needed = sorted({k for first in firsts for k in (first, min(first + 1, array.size - 1))})
    ordered = np.partition(array, needed)
    found = []
    for place, first in zip(places, firsts, strict=True):
        low, high = float(ordered[first]), float(ordered[min(first + 1, array.size - 1)])
        found.append(low + (high - low) * (place - first))
    return Interval(*found)


def narrowed(whole: Interval, frozen: Interval) -> float:
    """Return by which share an interval of logarithms is narrower than another."""
    return 1 - (frozen.high - frozen.low) / (whole.high - whole.low)
