"""Budgets and indices against functions whose answers are known, and against drawing anew."""

import math

import numpy as np
import pytest

import imac_arch
from imac_arch.inputs import drawn_scores
from imac_arch.studies.sensitivity import indices
from imac_arch.studies.sensitivity.budget import fitted, span
from imac_arch.studies.sensitivity.indices import Indices, saltelli
from imac_arch.studies.sensitivity.model import Model
from imac_arch.studies.sensitivity.shares import Budget, _by_indices
from tests.helpers import approx, inputs

SIGMAS = (1.0, 0.5, 0.25, 0.0)


def scores(drivers, samples=4000, seed=0):
    return np.stack([drawn_scores(f"number {k}", seed, samples) for k in range(drivers)])


def test_a_product_of_log_normals_has_the_budget_of_its_sigmas():
    z = scores(len(SIGMAS))
    (fit,) = fitted((np.array(SIGMAS) @ z)[None], z, 50)
    variance = sum(s**2 for s in SIGMAS)
    assert fit.r2 == approx(1.0, rel=1e-9)
    assert fit.shares == pytest.approx([s**2 / variance for s in SIGMAS], abs=0.02)
    assert np.all(fit.low <= fit.shares + 1e-9)
    assert np.all(fit.shares <= fit.high + 1e-9)


def test_a_two_piece_number_is_fitted_piece_by_piece():
    z = scores(2)
    logs = np.where(z[0] < 0, 0.2, 1.5) * z[0] + 0.1 * z[1]
    (fit,) = fitted(logs[None], z)
    assert fit.slopes[0] == approx([0.2, 1.5])
    assert fit.r2 == approx(1.0, rel=1e-9)


def test_what_two_numbers_do_together_is_unexplained():
    z = scores(2)
    (fit,) = fitted((z[0] * z[1])[None], z)
    assert fit.r2 < 0.01
    assert fit.shares.sum() == approx(fit.r2, abs=1e-12)


def test_a_number_that_raises_a_result_both_ways_has_the_share_of_what_it_moves():
    """``|z|`` has a variance of ``1 - 2/pi``, less than its two pieces together."""
    z = scores(2)
    (fit,) = fitted((np.abs(z[0]) + z[1])[None], z)
    own = 1 - 2 / math.pi
    assert fit.shares == pytest.approx([own / (1 + own), 1 / (1 + own)], abs=0.02)


def test_what_samples_follow_by_chance_is_not_explained():
    """Forty coefficients follow two fifths of a noise of a hundred samples."""
    z = scores(20, samples=100)
    noise = np.stack([drawn_scores(f"noise {k}", 0, 100) for k in range(20)])
    assert np.mean([fit.r2 for fit in fitted(noise, z)]) < 0.15


@pytest.mark.parametrize("count", [1, 2, 11, 101, 250])
def test_the_interval_lies_between_the_percentiles(count):
    values = drawn_scores("a", 3, count)
    assert span(values) == approx(np.percentile(values, (5, 95)), rel=1e-12)


def test_a_share_by_indices_is_never_less_than_none():
    """A first-order index is estimated, and may come out below zero."""
    model = Model([inputs("16-8-4", samples=0)])
    drivers = model.drivers({"vdd", "components.amplifier.settle_time", "components.amplifier.area"})[:2]
    first, total = np.array([-0.02, 0.6]), np.array([0.1, 0.7])
    found = Indices(first, (first - 0.1, first + 0.1), total, (total, total))
    budget = _by_indices(Budget(), found, drivers, 64, instead=True)
    assert [share.share for share in budget.shares] == approx([0.6, 0.0])
    assert budget.unexplained == approx(0.4)
    assert [row.first for row in budget.indices] == approx([0.6, -0.02])


def test_too_few_samples_make_no_budget():
    z = scores(8, samples=20)
    assert fitted(z[:1], z) == [None]
    assert fitted(np.ones((1, 4000)), scores(2)) == [None]  # nothing varies


def test_ishigami():
    """First-order and total indices in closed form: Saltelli et al. 2000."""
    a, b = 7.0, 0.1

    def ishigami(u):
        x = math.pi * (2 * u - 1)
        return (np.sin(x[0]) + a * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0]))[None]

    one = (1 + b * math.pi**4 / 5) ** 2 / 2
    two, both = a**2 / 8, b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    variance = one + two + both
    (found,) = saltelli(ishigami, 3, 2**12, seed=1)
    assert found.first == pytest.approx([one / variance, two / variance, 0], abs=0.02)
    assert found.total == pytest.approx([(one + both) / variance, two / variance, both / variance], abs=0.02)
    for exact, (low, high) in ((found.first, found.first_ends), (found.total, found.total_ends)):
        assert np.all((low <= exact) & (exact <= high))
        assert np.all(high - low < 0.2)


@pytest.mark.parametrize("options", [{}, {"tech": ["sot_mram", "reram"], "arch": ["imac", "gpu"]}], ids=str)
def test_indices_from_programs_are_those_of_evaluations(monkeypatch, options):
    """Recorded or evaluated, to the last bit, and a block of points as well as one."""
    wanted = {"net": "16-8-4", "samples": 300, "sobol": 16, "metrics": ["energy", "latency"], **options}
    recorded = []
    replay = Model.recorded
    monkeypatch.setattr(Model, "recorded", lambda *given: recorded.append(1) or replay(*given))
    monkeypatch.setattr(indices, "MANY", 1)
    program = imac_arch.sensitivity(**wanted).document
    assert recorded
    monkeypatch.setattr(indices, "MANY", 2**60)
    monkeypatch.setattr(indices, "AT_ONCE", 1)
    evaluated = imac_arch.sensitivity(**wanted).document
    assert len(recorded) == 1
    assert program.results[0].indices
    assert program == evaluated


@pytest.fixture(scope="module")
def ratios():
    return imac_arch.sensitivity(sobol=0).document


def test_shares_sum_to_one(ratios):
    for row in ratios.results:
        assert sum(share.share for share in row.budget) + row.unexplained == approx(1.0, rel=1e-12)
        assert row.r2 > 0.9
        assert row.method == "samples"


def test_the_interval_and_value_are_those_of_the_comparison(ratios):
    compared = imac_arch.compare("784-128-10", accuracy="none").document
    by_metric = {r.metric: r for r in compared.ratios if r.architecture == "imac"}
    for row in ratios.results:
        other = by_metric[row.metric]
        assert row.value.value == approx(other.value, rel=1e-12)
        assert row.value.interval == approx(other.interval, rel=1e-12)


@pytest.mark.parametrize("metric", ["energy", "area"])
def test_the_first_entry_frozen_shrinks_the_interval_as_announced(ratios, metric):
    row = next(row for row in ratios.results if row.metric == metric)
    top = row.budget[0]
    frozen = {f"{top.driver}.range": [f"{1 - 1e-9:.9f}", f"{1 + 1e-9:.9f}"]}
    again = imac_arch.sensitivity(metrics=metric, sobol=0, overrides=frozen).document.results[0]
    whole, held = (math.log(each.high / each.low) for each in (row.value.interval, again.value.interval))
    assert top.narrows > 0.2
    assert 1 - held / whole == approx(top.narrows, abs=0.04)
    assert again.value.interval == approx(top.frozen, rel=0.15)
