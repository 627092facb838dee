"""Intervals of predictions: what the ranges of the inputs give, moved to hold what other chips of the family needed.

Split-conformal with the ends of the propagated interval (Romano et al. 2019, arXiv:1905.03222): the score of a chip is
how far its measurement lies outside its own interval, negative inside; an interval is widened by the quantile of the
scores of the other chips. So a chip of which less is known keeps the wider interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.studies.validate.statistics import conformal, largest_by

__all__ = ["Pool", "conformal_scores", "intervals", "pools"]


@dataclass(frozen=True, slots=True)
class Pool:
    """The chips whose scores widen the intervals of a family.

    Attributes:
        families: of the chips in the pool; more than one where a family alone has too few.
        widening: the conformal factor in logarithms, of a chip that is not among them.
        chips: how many chips have a score.
    """

    families: tuple[str, ...]
    widening: float
    chips: int


def conformal_scores(low: Array, high: Array, measured: Array) -> Array:
    """Return how far, in logarithms, each measurement lies outside its interval; negative inside, NaN if missing."""
    score: Array = np.maximum(np.log(low / measured), np.log(measured / high))
    return score


def pools(scores: Array, chip: Array, family: Sequence[str], level: float, few: int) -> dict[str, Pool]:
    """Return the pool of each family: its own chips, or those of all families where it has fewer than ``few``."""
    by_chip = _by_chip(scores, chip, family)
    names = sorted({name for name, _ in by_chip.values()})
    found = {}
    for name in names:
        own = tuple(names) if _counted(by_chip, (name,)).size < few else (name,)
        held = _counted(by_chip, own)
        found[name] = Pool(own, conformal(held, level), held.size)
    return found


def intervals(
    low: Array, high: Array, measured: Array, chip: Array, family: Sequence[str], level: float, few: int
) -> tuple[Array, Array]:
    """Return the ends of each point's interval, widened by the scores of the other chips of its pool.

    Args:
        low: lower ends of the propagated intervals, (points,).
        high: upper ends.
        measured: NaN where nothing was measured.
        chip: number of the chip of each point.
        family: name of the family of each point.
        level: of the intervals.
        few: chips below which families are pooled.
    """
    scores = conformal_scores(low, high, measured)
    widening = np.full(low.shape, np.nan)
    for left in np.unique(chip):
        mine = chip == left
        name = next(given for given, own in zip(family, mine, strict=True) if own)
        found = pools(np.where(mine, np.nan, scores), chip, family, level, few)
        widening[mine] = found[name].widening
    return low * np.exp(-widening), high * np.exp(widening)


def _by_chip(scores: Array, chip: Array, family: Sequence[str]) -> dict[int, tuple[str, float]]:
    """Return of each chip its family and its largest score."""
    names, largest = largest_by(scores, chip)
    belongs = dict(zip(chip.tolist(), family, strict=True))
    return {int(name): (belongs[int(name)], float(score)) for name, score in zip(names, largest, strict=True)}


def _counted(by_chip: dict[int, tuple[str, float]], families: tuple[str, ...]) -> Array:
    held: Array = np.array([score for name, score in by_chip.values() if name in families])
    known: Array = held[np.isfinite(held)]
    return known
