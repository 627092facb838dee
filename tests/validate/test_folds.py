"""Constants set on made-up chips: known ones come back, outliers and removed chips move them little, and what is
declared as structure is chosen without the chip it is judged by."""

from dataclasses import replace

import numpy as np

from imac_arch.studies.validate.constants import FitRule, predict, set_constants
from imac_arch.studies.validate.folds import Totals, folds
from imac_arch.studies.validate.statistics import median_factor
from tests.helpers import approx

RULE = FitRule(smoothing=0.1, pull=0.01, cap=2.0, tolerance=1e-8, steps=200)
TRUE = np.array([0.5, 3.0])


def chips(count=12, spread=0.0, seed=0, structures=1):
    """Chips of two points each, whose energies follow the first structure."""
    generator = np.random.default_rng(seed)
    scaled = np.exp(generator.normal(size=(structures, 2, 2 * count)))
    fixed = 0.3 * np.exp(generator.normal(size=(structures, 2 * count)))
    measured = predict(TRUE, scaled[0], fixed[0]) * np.exp(spread * generator.normal(size=2 * count))
    return Totals(scaled, fixed, measured, np.repeat(np.arange(count), 2), np.ones(2 * count, dtype=bool))


def test_known_constants_come_back():
    found = folds(chips(), RULE)
    assert found.constants == approx(TRUE, rel=0.03)
    assert found.fit == approx(chips().measured, rel=0.05)
    assert found.none == approx(chips().scaled[0].sum(axis=0) + chips().fixed[0])


def test_nothing_to_set_on_leaves_every_constant_at_one():
    totals = chips()
    found = set_constants(totals.scaled[0], totals.fixed[0], totals.measured, np.zeros(24), RULE)
    assert found == approx([1, 1])


def test_an_outlier_moves_the_constants_little():
    clean, spoiled = chips(spread=0.1), chips(spread=0.1)
    spoiled.measured[:2] *= 50
    assert folds(spoiled, RULE).constants == approx(folds(clean, RULE).constants, rel=0.25)


def test_left_out_constants_are_those_of_a_fit_without_the_chip():
    totals = chips(spread=0.3)
    found = folds(totals, RULE)
    kept = totals.chip != 3
    alone = set_constants(
        totals.scaled[0][:, kept], totals.fixed[0][kept], totals.measured[kept], totals.weights[kept], RULE
    )
    assert found.without[3] == approx(alone, rel=1e-6)
    own = ~kept
    assert found.leave_one_out[own] == approx(predict(alone, totals.scaled[0][:, own], totals.fixed[0][own]), rel=1e-6)


def test_points_that_may_not_be_seen_set_nothing():
    totals = chips(spread=0.1)
    totals.seen[:2] = False
    before = folds(totals, RULE)
    totals.measured[:2] *= 100
    after = folds(totals, RULE)
    assert after.constants == approx(before.constants, rel=1e-9)
    assert after.nested == approx(before.nested, rel=1e-9)


def test_the_structure_is_chosen_without_the_chip():
    """Two structures that fit every other chip equally well: only the chip itself would tell which of them holds."""
    totals = chips(structures=2)
    totals.scaled[1], totals.fixed[1] = totals.scaled[0], totals.fixed[0]
    totals.scaled[1, :, :2] *= 9
    totals.fixed[1, :2] *= 9
    totals.measured[:2] *= 9  # in truth the second structure
    found = folds(totals, RULE)
    assert found.best == 1
    assert found.picked[0] == 0
    assert found.nested[0] == approx(totals.measured[0] / 9, rel=0.05)


def test_freedom_of_structure_shows_in_the_nested_figure_alone():
    """Among random structures the best one flatters: left-one-out looks better than what holds for a chip not met."""
    generator = np.random.default_rng(5)
    count = 16
    scaled = np.exp(1.5 * generator.normal(size=(60, 1, count)))
    totals = Totals(scaled, np.full((60, count), 1e-9), np.ones(count), np.arange(count), np.ones(count, dtype=bool))
    found = folds(totals, RULE, folds(totals, RULE).best)
    ones = np.ones(count)
    assert median_factor(found.fit, ones) < median_factor(found.leave_one_out, ones) * 1.1
    assert median_factor(found.leave_one_out, ones) < 0.8 * median_factor(found.nested, ones)


def test_names_and_order_of_chips_mean_nothing():
    totals = chips(spread=0.4, structures=3)
    order = np.random.default_rng(2).permutation(24)
    renamed = np.random.default_rng(3).permutation(12)
    shuffled = Totals(
        totals.scaled[..., order], totals.fixed[..., order], totals.measured[order], renamed[totals.chip[order]],
        totals.seen[order],
    )  # fmt: skip
    first, second = folds(totals, RULE), folds(shuffled, RULE)
    assert second.constants == approx(first.constants, rel=1e-6)
    for kind in ("none", "fit", "leave_one_out", "nested"):
        assert getattr(second, kind) == approx(getattr(first, kind)[order], rel=1e-6)


def test_a_pull_towards_one_keeps_a_chip_from_ruling_the_others():
    totals = chips(spread=0.5)

    def influence(rule):
        found = folds(totals, rule)
        moved = [predict(own, totals.scaled[0], totals.fixed[0]) / found.fit for own in found.without]
        return np.max(np.abs(np.log(moved)))

    assert influence(replace(RULE, pull=3.0)) < 0.5 * influence(RULE)
