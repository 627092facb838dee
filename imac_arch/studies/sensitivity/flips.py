"""How far each number alone is from reversing a ratio: one coarse array of all numbers, then where the sign changes.

A number is looked at as far as is usual for its field, and over its own range.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from statistics import NormalDist
from typing import Literal

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.quantity import Quantity
from imac_arch.data.records import NamedTuple
from imac_arch.document.drives import Flip
from imac_arch.roots import first_turn, outwards
from imac_arch.studies.sensitivity.model import Model, Number, Question, Spot, about

__all__ = ["Care", "flips", "probability", "reach"]

FAR = 1e3  # a factor, where nothing is known to be usual
Z95 = 1.6448536269514722  # the 95th percentile of the standard normal distribution
Bound = Literal["below", "above"]
BOUNDS: tuple[Bound, Bound] = ("below", "above")


class Care(NamedTuple):
    """How closely numbers are looked at: values to either side at first, of numbers without a range too, values between
    two of them, and how often at most; how near to each other, as a factor, two values are between which nothing more
    is looked for, and how many flips of each ratio, the nearest, are wanted, None for all."""

    coarse: int = 12
    bare: int = 12
    fine: int = 8
    rounds: int = 5
    tight: float = 1.0
    nearest: int | None = None


class _Ray(NamedTuple):
    """A number from where it stands to one end of where it is looked at."""

    number: Number
    bound: Bound
    end: float


class _Found(NamedTuple):
    """Between which values of a number a ratio is 1, and the logarithms of the ratio there."""

    ray: _Ray
    question: int
    before: float
    after: float
    logs: tuple[float, float]


def flips(
    model: Model, questions: Sequence[Question], numbers: Sequence[Number], care: Care, apart: Collection[str] = ()
) -> list[list[Flip]]:
    """Return for each question where each number flips it; those that never do have one row each, at the end, unless
    only the nearest are wanted.

    Args:
        model: designs at their medians.
        questions: ratios.
        numbers: those that are moved, one at a time.
        care: how closely.
        apart: paths of numbers that are moved in an array of their own: what depends on the other ones alone is then a
            single value there, and the other way round. The results are the same.
    """
    parts = [[number for number in numbers if (number.quantity.path in apart) is own] for own in (False, True)]
    found: list[_Found] = []
    signs = np.zeros(len(questions))
    for part in filter(None, parts):
        own, signs = _coarse(model, questions, part, care)
        found += own
    places = {number.spot: k for k, number in enumerate(numbers)}
    found.sort(key=lambda each: places[each.ray.number.spot])
    for _ in range(care.rounds):
        if care.nearest is not None:
            found = _near(found, care.nearest)
        wide = [each for each in found if _wide(each, care.tight)]
        if not wide:
            break
        nearer = dict(zip(map(id, wide), _closer(model, questions, wide, care.fine, signs), strict=True))
        found = [nearer.get(id(each), each) for each in found]
    of_all = numbers if care.nearest is None else ()
    return [_rows(of_all, [each for each in found if each.question == k]) for k in range(len(questions))]


def _coarse(
    model: Model, questions: Sequence[Question], numbers: Sequence[Number], care: Care
) -> tuple[list[_Found], Array]:
    """Return between which values of numbers ratios are 1, and the signs of their logarithms at the medians, from one
    array of designs."""
    rays = [_Ray(number, bound, end) for number in numbers for bound, end in _ends(number.quantity)]
    counts = (care.coarse if ray.number.quantity.uncertain else care.bare for ray in rays)
    values = [_between(ray, ray.number.quantity.value, ray.end, count) for ray, count in zip(rays, counts, strict=True)]
    logs, places, start = _logs(model, questions, rays, values)
    signs = np.sign(start)
    found = []
    turned = np.isfinite(logs) & (np.sign(logs) != signs[:, None])
    owners = np.repeat(np.arange(len(rays)), [len(own) for own in values])
    for at in sorted(set(owners[turned.any(axis=0)].tolist())):
        ray, place = rays[at], places[at]
        for k in np.flatnonzero(turned[:, place].any(axis=1)).tolist():
            first = ray.number.quantity.value, float(start[k])
            if each := _turn(ray, k, first[0], values[at], logs[k, place], first[1], signs[k]):
                found.append(each)
    return found, signs


def _turn(
    ray: _Ray, question: int, before: float, values: Sequence[float], logs: Array, first: float, sign: float
) -> _Found | None:
    """Return between which values the sign changes, where the ratio is known on both sides."""
    known = np.isfinite(logs)
    turned = first_turn(before, values, known & (np.sign(logs) != sign))
    if turned is None or not math.isfinite(first):
        return None
    low, high = turned
    by_value = dict(zip(values, logs.tolist(), strict=True)) | {before: first}
    return _Found(ray, question, low, high, (by_value[low], by_value[high])) if math.isfinite(by_value[low]) else None


def _wide(found: _Found, tight: float) -> bool:
    """Whether the values between which a ratio is 1 are far from each other; counts are next to each other at last."""
    low, high = sorted((found.before, found.after))
    said = found.ray.number.quantity.declared
    if said is not None and said.whole:
        return high - low > 1
    return low <= 0 or high > tight * low


def _near(found: Sequence[_Found], count: int) -> list[_Found]:
    """Return those that may be among so many nearest ones of their question: what lies between two values is at most as
    near as the one and at least as near as the other."""
    kept: list[_Found] = []
    for k in dict.fromkeys(each.question for each in found):
        own = [each for each in found if each.question == k]
        surely = sorted(_nearness(_flip(each.ray.number, each.ray.bound, each.after)) for each in own)
        limit = surely[min(count, len(surely)) - 1]
        kept += [each for each in own if _nearness(_flip(each.ray.number, each.ray.bound, each.before)) <= limit]
    return kept


def _closer(
    model: Model, questions: Sequence[Question], found: Sequence[_Found], count: int, signs: Array
) -> list[_Found]:
    """Return where the ratio is 1 between values that are nearer to each other."""
    rays = [each.ray for each in found]
    values = [_between(each.ray, each.before, each.after, count) for each in found]
    logs, places, _ = _logs(model, questions, rays, values)
    nearer = []
    for each, own, place in zip(found, values, places, strict=True):
        k = each.question
        turned = _turn(each.ray, k, each.before, own, logs[k, place], each.logs[0], signs[k]) if own else None
        nearer.append(turned or each)
    return nearer


def _logs(
    model: Model, questions: Sequence[Question], rays: Sequence[_Ray], values: Sequence[Sequence[float]]
) -> tuple[Array, list[slice], Array]:
    """Return the logarithms of all ratios for all values of all rays, where those of each ray are, and the logarithms
    at the medians, from one array of designs."""
    count = sum(map(len, values))
    points: dict[Spot, Array] = {}
    start, places = 0, []
    for ray, own in zip(rays, values, strict=True):
        spot = ray.number.spot
        if spot not in points:
            points[spot] = np.full(count + 1, ray.number.quantity.value)  # the last one at the medians
        points[spot][start : start + len(own)] = own
        places.append(slice(start, start + len(own)))
        start += len(own)
    with np.errstate(all="ignore"):
        logs = np.log(model.outcomes(questions, points, count + 1))
    return logs[:, :-1], places, logs[:, -1]


def _between(ray: _Ray, start: float, end: float, count: int) -> list[float]:
    """Return values outwards; whole ones of what is counted."""
    values = outwards(start, end, count)
    said = ray.number.quantity.declared
    if said is None or not said.whole:
        return values
    whole = dict.fromkeys(float(round(value)) for value in values)
    return [value for value in whole if (value > start) == (end > start) and value != start]


def reach(quantity: Quantity) -> tuple[float, float]:
    """Return between which values a number is looked at: those that are usual for its field, and its own range."""
    value, said = quantity.value, quantity.declared
    usual = None if said is None else said.common
    low, high = usual or (min(value / FAR, value * FAR), max(value / FAR, value * FAR))
    low, high = min(low, value), max(high, value)
    if quantity.range is not None:
        low, high = min(low, quantity.range[0]), max(high, quantity.range[1])
    if said is not None and usual is None:
        bounds = [each for each in (said.ge, said.gt) if each is not None]
        low = max(low, *bounds) if bounds else low
        bounds = [each for each in (said.le, said.lt) if each is not None]
        high = min(high, *bounds) if bounds else high
    if low == 0 < value:
        low = value / FAR
    return low, high


def _ends(quantity: Quantity) -> list[tuple[Bound, float]]:
    low, high = reach(quantity)
    return [(bound, end) for bound, end in zip(BOUNDS, (low, high), strict=True) if end != quantity.value]


def _rows(numbers: Sequence[Number], found: Sequence[_Found]) -> list[Flip]:
    rows = [_row(each) for each in found]
    turned = {each.ray.number.spot for each in found}
    never = [_flip(number, None, None) for number in numbers if number.spot not in turned]
    return sorted(rows, key=_nearness) + never


def _row(found: _Found) -> Flip:
    said = found.ray.number.quantity.declared
    if said is not None and said.whole:
        return _flip(found.ray.number, found.ray.bound, found.after)
    before, after = found.logs
    share = before / (before - after) if before != after else 0.0  # both ends lie on different sides
    if found.before * found.after > 0:
        at = found.before * (found.after / found.before) ** share
    else:
        at = found.before + (found.after - found.before) * share
    return _flip(found.ray.number, found.ray.bound, at)


def _flip(number: Number, bound: Bound | None, at: float | None) -> Flip:
    quantity = number.quantity
    chance = None if not quantity.uncertain else 0.0 if at is None else probability(quantity, bound or "above", at)
    return Flip(
        number.spot[1], about(quantity), quantity.value, quantity.unit, bound, at,
        None if at is None or not quantity.value else at / quantity.value, chance, reach(quantity),
    )  # fmt: skip


def _nearness(flip: Flip) -> tuple[float, float]:
    """Order by how likely a number is there, then by how far it is as a factor."""
    factor = math.inf if not flip.factor or flip.factor < 0 else abs(math.log(flip.factor))
    return -(flip.probability or 0.0), factor


def probability(quantity: Quantity, bound: Bound, at: float) -> float:
    """Return the probability of a number with a range to be below or above a value."""
    if quantity.range is None:
        return 0.0
    low, high = quantity.range
    if quantity.dist == "uniform":
        below = min(max((at - low) / (high - low), 0.0), 1.0)
    elif quantity.dist == "normal":
        below = NormalDist(quantity.value, (high - low) / (2 * Z95)).cdf(at)
    else:
        far = low if at < quantity.value else high
        if far == quantity.value or at <= 0:
            below = 0.0 if at < quantity.value or at <= 0 else 1.0
        else:
            below = NormalDist().cdf(Z95 * math.log(at / quantity.value) / abs(math.log(far / quantity.value)))
    return below if bound == "below" else 1 - below
