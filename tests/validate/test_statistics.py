"""Statistics of predictions against measurements, held against cases done by hand and against chance."""

import numpy as np
import pytest

from imac_arch.studies.validate.intervals import conformal_scores, intervals, pools
from imac_arch.studies.validate.statistics import (
    conformal,
    coverage,
    factors,
    interval_score,
    largest_by,
    median_factor,
    rank,
    width,
    within,
)
from tests.helpers import approx

MEASURED = np.array([1.0, 2.0, 4.0, np.nan])
PREDICTED = np.array([2.0, 1.0, 4.0, 9.0])


def test_factors_look_both_ways_and_leave_out_what_was_not_measured():
    assert factors(PREDICTED, MEASURED)[:3] == approx([2, 2, 1])
    assert median_factor(PREDICTED, MEASURED) == approx(2)
    assert within(PREDICTED, MEASURED, 1.5) == approx(1 / 3)
    assert np.isnan(median_factor(PREDICTED, np.full(4, np.nan)))


def test_intervals_are_judged_by_width_and_by_what_they_miss():
    low, high = np.array([0.1, 3.0]), np.array([10.0, 30.0])
    measured = np.array([1.0, 300.0])
    assert width(low, high) == approx([2, 1])
    assert coverage(low, high, measured) == approx(0.5)
    # a decade beyond the upper end costs 2/(1 - 0.9) decades
    assert interval_score(low, high, measured, 0.9) == approx([2, 1 + 20])
    mirrored = interval_score(1 / high, 1 / low, 1 / measured, 0.9)
    assert mirrored == approx(interval_score(low, high, measured, 0.9))


@pytest.mark.parametrize(("count", "expected"), [(9, 9), (10, 10), (19, 18), (29, 27), (5, 5), (99, 90)])
def test_the_rank_is_that_of_split_conformal_intervals(count, expected):
    assert rank(count, 0.9) == expected


def test_conformal_quantiles_cover_at_their_level():
    generator = np.random.default_rng(3)
    held = [conformal(row[:-1], 0.9) >= row[-1] for row in generator.standard_cauchy((4000, 15))]
    assert 0.9 - 0.015 < np.mean(held) < 0.9 + 1 / 16 + 0.015


def test_a_chip_counts_once_by_its_worst_point():
    names, largest = largest_by(np.array([1.0, 5.0, np.nan, 2.0]), np.array([0, 0, 1, 2]))
    assert names.tolist() == [0, 1, 2]
    assert largest == approx([5, np.nan, 2], nan_ok=True)


def made_up(family, count, spread, seed=0):
    """Measurements about predictions of 1, two points a chip."""
    generator = np.random.default_rng(seed)
    chip = np.repeat(np.arange(count), 2)
    return np.exp(spread * generator.normal(size=2 * count)), chip, [family] * (2 * count)


def test_families_with_few_chips_take_the_scores_of_all():
    many, first, names = made_up("sram", 12, 0.2)
    few, second, others = made_up("digital", 4, 0.2, seed=1)
    measured, chip = np.concatenate([many, few]), np.concatenate([first, 12 + second])
    scores = conformal_scores(np.ones(32), np.ones(32), measured)
    found = pools(scores, chip, names + others, 0.9, few=9)
    assert found["sram"].families == ("sram",)
    assert found["sram"].chips == 12
    assert found["digital"].families == ("digital", "sram")
    assert found["digital"].chips == 16


def test_intervals_hold_the_share_of_chips_that_they_promise():
    measured, chip, family = made_up("sram", 400, 0.5)
    low, high = intervals(np.ones(800), np.ones(800), measured, chip, family, 0.9, few=9)
    inside = (low <= measured) & (measured <= high)
    held = np.mean([inside[chip == one].all() for one in range(400)])
    assert 0.87 < held < 0.93


def test_an_interval_does_not_see_its_own_chip():
    measured, chip, family = made_up("sram", 12, 0.1)
    measured[0] = 100.0
    _, high = intervals(np.ones(24), np.ones(24), measured, chip, family, 0.9, few=9)
    assert high[0] < 2
    assert high[-1] > 50  # the others saw it


def test_a_wider_input_keeps_the_wider_interval():
    measured, chip, family = made_up("sram", 12, 0.3)
    low, high = np.ones(24), np.ones(24)
    low[:2], high[:2] = 0.2, 5.0
    ends = intervals(low, high, measured, chip, family, 0.9, few=9)
    assert width(*ends)[0] > width(*ends)[5] + 1
