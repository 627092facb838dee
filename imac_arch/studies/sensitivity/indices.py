"""Sobol indices by Saltelli's design, and results with one driver at a time at the ends of its range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from statistics import NormalDist

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple
from imac_arch.studies.sensitivity.model import Driver, Model, Outcomes, Question, Spot

__all__ = ["Indices", "saltelli", "sobol", "tornado"]

LOW, HIGH = 5, 95  # percentiles
RESAMPLES = 200  # of the points, for intervals
MANY = 2**15  # points from which it takes less time to record a program first
AT_ONCE = 2**14  # points that are evaluated together
TINY = 1e-24  # variance of the logarithm of what is the same everywhere


class Indices(NamedTuple):
    """First-order and total indices of each driver, with their 90 % intervals by bootstrap."""

    first: Array
    first_ends: tuple[Array, Array]
    total: Array
    total_ends: tuple[Array, Array]


def tornado(model: Model, questions: Sequence[Question], drivers: Sequence[Driver]) -> Array:
    """Return results with each driver in turn at its 5th and 95th percentile: (questions, drivers, 2)."""
    count = 2 * len(drivers)
    if not count:
        return np.zeros((len(questions), 0, 2))
    uniform = np.array([LOW, HIGH]) / 100
    normal = np.array([NormalDist().inv_cdf(u) for u in uniform])
    values: dict[Spot, Array] = {}
    for place, driver in enumerate(drivers):
        ends = driver.at(normal, uniform)
        for number in driver.numbers:
            values[number.spot] = np.full(count, number.quantity.value)
            values[number.spot][2 * place : 2 * place + 2] = ends[number.spot]
    return model.outcomes(questions, values, count).reshape(len(questions), -1, 2)


def sobol(
    model: Model, questions: Sequence[Question], drivers: Sequence[Driver], base: int, seed: int
) -> list[Indices | None]:
    """Return the indices for the logarithm of each result.

    Args:
        model: designs.
        questions: results.
        drivers: what is drawn.
        base: points of a design, a power of two; it is evaluated so often for each driver, and twice more.
        seed: of the points.
    """
    from scipy.special import ndtri

    def values(uniform: Array) -> dict[Spot, Array]:
        normal = ndtri(uniform)
        found: dict[Spot, Array] = {}
        for k, driver in enumerate(drivers):
            found |= driver.at(normal[k], uniform[k])
        return found

    outcomes = _outcomes(model, questions, values, len(drivers), base)

    def logs(uniform: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.log(outcomes(values(uniform), uniform.shape[1]))

    return saltelli(logs, len(drivers), base, seed)


def _outcomes(
    model: Model, questions: Sequence[Question], values: Callable[[Array], dict[Spot, Array]], drivers: int, base: int
) -> Outcomes:
    """Return what evaluates points: a program where there are many and it can be recorded, to the same bits."""
    if base * (drivers + 2) >= MANY:
        ends = values(np.repeat([_ends(base)], drivers, axis=0))
        with suppress(TypeError):
            return model.recorded(questions, {spot: (float(own.min()), float(own.max())) for spot, own in ends.items()})
    return partial(model.outcomes, questions)


def _ends(base: int) -> tuple[float, float]:
    """Return the least and the largest score of a design of so many points: those of 0 and 1 are infinite."""
    return 1 / (2 * base), 1 - 1 / (2 * base)


def saltelli(function: Callable[[Array], Array], drivers: int, base: int, seed: int) -> list[Indices | None]:
    """Return the indices of functions of independent uniform numbers, by Saltelli's design of Sobol points.

    Args:
        function: of (drivers, points), returns (results, points); where one is not finite the point is left out.
        drivers: how many.
        base: points of the design, a power of two.
        seed: of the scrambling.
    """
    from scipy.stats import qmc  # loads for half a second

    points = qmc.Sobol(2 * drivers, seed=seed).random(base).T
    first, second = np.clip(points[:drivers], *_ends(base)), np.clip(points[drivers:], *_ends(base))
    at_first, at_second = function(first), function(second)
    mixed = []
    together = max(AT_ONCE // base, 1)
    for start in range(0, drivers, together):
        places = range(start, min(start + together, drivers))
        changed = np.tile(first, len(places))
        for n, k in enumerate(places):
            changed[k, n * base : (n + 1) * base] = second[k]
        mixed.append(function(changed).reshape(len(at_first), len(places), base))
    crossed = np.concatenate(mixed, axis=1)  # (results, drivers, points)
    return [_indices(*each, seed) for each in zip(at_first, at_second, crossed, strict=True)]


def _indices(first: Array, second: Array, crossed: Array, seed: int) -> Indices | None:
    """Return the indices of one result from its values at the points of both halves of the design, and at those of the
    first half with one number each of the second: the estimators of Saltelli et al. 2010, Comput. Phys. Commun. 181,
    259, table 2, (b) and (f). None where it does not vary."""
    known = np.isfinite(first) & np.isfinite(second) & np.isfinite(crossed).all(axis=0)
    if known.sum() < 2:
        return None
    a, b, ab = first[known], second[known], crossed[:, known]
    mean = np.concatenate([a, b]).mean()
    a, b, ab = a - mean, b - mean, ab - mean
    squares, alone, whole = (a**2 + b**2) / 2, b * (ab - a), (a - ab) ** 2 / 2
    if not squares.mean() > TINY:
        return None
    counts = np.random.default_rng(seed).multinomial(a.size, np.full(a.size, 1 / a.size), RESAMPLES).astype(float)
    spread = counts @ squares
    drawn = [counts @ each.T / spread[:, None] for each in (alone, whole)]
    low, high = ([np.percentile(each, end, axis=0) for each in drawn] for end in (LOW, HIGH))
    variance = squares.mean()
    return Indices(alone.mean(axis=1) / variance, (low[0], high[0]), whole.mean(axis=1) / variance, (low[1], high[1]))
