"""Predictions of each chip by what was set without it: leave-one-out and nested, and the fit that saw them all.

*Leave-one-out*: only the constants were set without the chip, in the structure of the law. *Nested*: constants and
structure were; the structure is chosen among the declared alternatives by leaving out each of the remaining chips in
turn. Leave-one-out alone flatters: what is over-fitted is the structure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.studies.validate.constants import FitRule, predict, set_constants

__all__ = ["Folds", "Totals", "folds"]


@dataclass(frozen=True, slots=True)
class Totals:
    """What is predicted and measured of one quantity at every operating point.

    Attributes:
        scaled: (structures, constants, points), what each constant scales, at constants of 1.
        fixed: (structures, points), what no constant scales.
        measured: (points,), NaN where nothing was measured.
        chip: (points,), the number of the chip.
        seen: (points,), whether constants may be set on the point: tier A.
    """

    scaled: Array
    fixed: Array
    measured: Array
    chip: Array
    seen: Array

    @property
    def weights(self) -> Array:
        """Each chip that may be seen weighs 1, shared by its points."""
        used = self.seen & np.isfinite(self.measured)
        counts = np.bincount(self.chip[used], minlength=int(self.chip.max(initial=-1)) + 1)
        shares: Array = np.where(used, 1 / np.maximum(counts[self.chip], 1), 0)
        return shares


@dataclass(frozen=True, slots=True)
class Folds:
    """Predictions of one quantity by kind, and what they rest on.

    Attributes:
        none: (points,), with every constant 1, in the structure of the law.
        fit: (points,), constants set on all chips.
        leave_one_out: (points,), constants set without the chip.
        nested: (points,), constants and structure set without the chip.
        constants: (constants,), set on all chips in the structure of the law.
        without: (chips, constants), set without the chip in the structure of the law.
        structure: number of the structure of the law.
        best: number of the structure that all chips together choose.
        picked: (chips,), number of the structure chosen without the chip.
        scores: (structures,), mean residual of each structure when every chip is left out in turn.
    """

    none: Array
    fit: Array
    leave_one_out: Array
    nested: Array
    constants: Array
    without: Array
    structure: int
    best: int
    picked: Array
    scores: Array


def folds(totals: Totals, rule: FitRule, structure: int = 0) -> Folds:
    """Return predictions by kind, those that choose no structure in that of the law; the first of equally good ones is
    chosen."""
    chips = np.arange(int(totals.chip.max()) + 1)
    others = np.where(totals.chip == chips[:, None], 0, totals.weights)  # (chips, points)
    every = _set(totals, totals.weights, rule)  # (structures, constants)
    without = _set(totals, others[:, None], rule)  # (chips, structures, constants)
    scores, inner = _scores(totals, others, without, rule)
    picked = np.argmin(inner, axis=1)
    own = without[totals.chip, structure]  # (points, constants)
    chosen = picked[totals.chip]
    points = np.arange(totals.chip.size)
    return Folds(
        none=predict(np.ones_like(every[0]), totals.scaled[structure], totals.fixed[structure]),
        fit=predict(every[structure], totals.scaled[structure], totals.fixed[structure]),
        leave_one_out=np.sum(own * totals.scaled[structure].T, axis=-1) + totals.fixed[structure],
        nested=np.sum(without[totals.chip, chosen] * totals.scaled[chosen, :, points], axis=-1)
        + totals.fixed[chosen, points],
        constants=every[structure],
        without=without[:, structure],
        structure=structure,
        best=int(np.argmin(scores)),
        picked=picked,
        scores=scores,
    )


def _set(totals: Totals, weights: Array, rule: FitRule) -> Array:
    return set_constants(totals.scaled, totals.fixed, totals.measured, weights, rule)


def _scores(totals: Totals, others: Array, without: Array, rule: FitRule) -> tuple[Array, Array]:
    """Return the mean residual of each structure (structures,), and that of each without a chip (chips, structures),
    every remaining chip being predicted by constants set without it too."""
    weights = totals.weights
    alone = predict(without, totals.scaled, totals.fixed)  # (chips left out, structures, points)
    scores = _mean(_own(alone, totals.chip), totals, weights, rule)
    inner = []
    for left in others:
        pairs = np.where(totals.chip == np.arange(len(others))[:, None], 0, left)
        twice = _set(totals, pairs[:, None], rule)
        inner.append(_mean(_own(predict(twice, totals.scaled, totals.fixed), totals.chip), totals, left, rule))
    return scores, np.array(inner)


def _own(predicted: Array, chip: Array) -> Array:
    """Return of (chips left out, structures, points) each point by the constants without its own chip."""
    own: Array = predicted[chip, :, np.arange(chip.size)].T
    return own


def _mean(predicted: Array, totals: Totals, weights: Array, rule: FitRule) -> Array:
    """Return the mean residual over chips (structures,), none counting more than the rule's cap."""
    used = weights > 0
    residual = np.minimum(np.abs(np.log(predicted[:, used] / totals.measured[used])), rule.cap)
    mean: Array = np.sum(residual * weights[used], axis=-1) / np.sum(weights[used])
    return mean
