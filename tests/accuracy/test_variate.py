"""The control variate: what cheap programmings are worth beside exact ones, by simulation and on crossbars."""

import json

import numpy as np
import pytest

import imac_arch
from imac_arch.data.errors import UsageError
from imac_arch.studies.accuracy import judge
from imac_arch.studies.accuracy.crossbars import pairs
from imac_arch.studies.accuracy.judge import Experiment, _rules, judged_chips
from imac_arch.studies.accuracy.laws import chosen
from imac_arch.studies.accuracy.statistics import drawn
from imac_arch.studies.accuracy.variate import controlled, corrected, correlation
from tests.accuracy.bench import on_bench
from tests.helpers import approx

SMALL = "784-16-10"
FIELDS = {"components.synapse.variation": "20 %"}


def chips(generator, count, images, bias, noise):
    """Return what exact and cheap programmings classify correctly: the cheap ones are more accurate by ``bias``."""
    level = 0.7 + 0.05 * generator.standard_normal(count)
    own = level + noise * generator.standard_normal(count)
    hard = (np.arange(images) + 0.5) / images
    return [hard < np.clip(of, 0, 1)[:, None] for of in (own, level + bias)]


def never():
    raise AssertionError("nothing more is to be solved")


def test_cheap_programmings_that_are_exact_count_as_such():
    exact, _ = chips(np.random.default_rng(0), 50, 400, 0.0, 0.02)
    found = corrected(exact[:10], exact)
    assert found.by_image == approx(exact.mean(axis=0), rel=1e-12, abs=1e-12)
    assert (found.value, found.variance) == approx((drawn(exact).value, drawn(exact).variance), rel=1e-12)
    assert found.known == approx(50, rel=1e-12)


def test_exact_accuracies_may_fall_faster_than_cheap_ones():
    """Of 100 images the cheap ones lose 1, 2, 3 ..., the exact ones twice as many."""
    lost = np.array([1, 2, 3, 4, 10, 12])
    cheap = np.arange(100) >= lost[:, None]
    exact = np.arange(100) >= 2 * lost[:4, None]
    found = corrected(exact, cheap)
    assert found.value == approx(1 - 2 * lost.mean() / 100, rel=1e-12)
    assert found.by_chip == approx(1 - 2 * lost / 100, rel=1e-12)
    assert found.variance == approx(4 * np.var(lost / 100, ddof=1), rel=1e-12)


def test_what_cheap_programmings_are_off_by_is_taken_away():
    generator, far, alone, inside = np.random.default_rng(1), [], [], 0
    for _ in range(300):
        exact, cheap = chips(generator, 100, 500, 0.1, 0.005)
        found, control = controlled(exact[:10], cheap, never)
        assert control.used
        far.append(found.value - exact.mean())
        alone.append(exact[:10].mean() - exact.mean())
        reach = 1.833 * np.sqrt(found.variance / found.known)
        inside += abs(far[-1]) < reach
        assert found.variance == approx(drawn(exact).variance, rel=0.6)
    assert abs(np.mean(far)) < 0.001  # cheap ones are 10 points better
    assert np.std(far) < np.std(alone) / 2
    assert inside > 240


def test_programmings_that_do_not_go_together_are_solved_exactly():
    generator = np.random.default_rng(2)
    exact, cheap = (chips(generator, 30, 300, 0.0, 0.0)[0] for _ in range(2))
    found, control = controlled(exact[:10], cheap, lambda: [exact[10:]])
    assert not control.used
    assert control.correlation < control.least == 0.9
    assert found.value == approx(exact.mean(), rel=1e-12)
    assert found.known == 30
    again, _ = controlled(exact[:10], cheap, never, control._replace(used=True))
    assert again.by_chip.size == 30
    assert not controlled(exact[:10], ~exact, lambda: [exact[10:]])[1].used  # one falls where the other rises


def test_accuracies_that_do_not_differ_have_no_correlation():
    same, other = np.full(5, 0.9), np.array([0.9, 0.8, 0.9, 0.9, 0.9])
    assert correlation(same, same) is None
    assert correlation(same, other) == correlation(other, same) == 0
    assert correlation(other, 2 * other) == approx(1)


@pytest.mark.accuracy
@pytest.mark.parametrize("technology", ["sot_mram", "sot_mram_imec"])
def test_on_crossbars_it_agrees_with_exact_programmings(technology):
    """The averaging read and the virtual ground: the mean over 18 programmings from six that are solved."""
    hardware, images = on_bench(technology, FIELDS, SMALL, Experiment(programmings=18, control=6), images=300)
    right = {
        exact: np.stack(
            [chosen(hardware.analog(hardware._programming(k, exact), "nominal")) == images.y for k in range(18)]
        )
        for exact in (False, True)
    }
    found, control = controlled(right[True][:6], right[False], never)
    assert control.correlation > 0.9
    assert abs(found.value - right[True].mean()) < 1.9 * np.sqrt(found.variance / found.known)
    assert found.known > 8


@pytest.mark.accuracy
def test_the_averaging_read_takes_ratios_of_transfers():
    """Ratios of conductances, right for a virtual ground, miss that the line's whole conductance varies too."""
    hardware, _ = on_bench("sot_mram", FIELDS, SMALL, Experiment(programmings=3), images=300)
    off = {"transfers": 0.0, "conductances": 0.0}
    for number in range(3):
        exact = hardware._programming(number, True)
        transfers = hardware._programming(number, False)
        for k, layer in enumerate(hardware.layers):
            g = layer.programmed(hardware.sigma, 0.0, np.random.default_rng([0, number, k]))
            conductances = pairs(hardware.nominal[k] * (g / layer.nominal))
            for name, found in (("transfers", transfers[k]), ("conductances", conductances)):
                off[name] += float(((found - exact[k]) ** 2).sum())
    assert off["transfers"] < 0.5 * off["conductances"]


@pytest.mark.accuracy
def test_the_rule_beside_is_the_other_one_and_counts_by_what_the_first_decides(monkeypatch):
    asked, experiment = [], Experiment(images=60, programmings=5, control=3)

    def kept(exact, quick, others, like=None):
        asked.append(like)
        return controlled(exact, quick, others, like)

    hardware, images = on_bench("sot_mram", FIELDS, SMALL, experiment, images=60)
    alone = {rule: judged_chips(hardware, "analog", images.y, [rule])[0][0] for rule in ("nominal", "trimmed", "given")}
    monkeypatch.setattr(judge, "controlled", kept)
    for rule, beside in (("nominal", "trimmed"), ("trimmed", "nominal"), ("given", "trimmed")):
        assert _rules(rule) == (rule, beside)
        (own, first), (other, second) = judged_chips(hardware, "analog", images.y, _rules(rule))
        assert (own.value, asked[-2]) == (alone[rule].value, None)
        assert first == second == asked[-1]
        if second.used == judged_chips(hardware, "analog", images.y, [beside])[0][1].used:
            assert other.value == approx(alone[beside].value, rel=1e-12)
    assert len({found.value for found in alone.values()}) > 1


@pytest.mark.accuracy
def test_the_correlation_is_said_and_handed_out():
    found = imac_arch.accuracy(SMALL, arch="imac", images=200, programmings=12, overrides=FIELDS)
    control = found.document.accuracy[0].control
    assert (control.exact, found.document.conditions.control, found.document.accuracy[0].programmings) == (10, 10, 12)
    said = f"a correlation of {control.correlation:.3f}"
    assert said in found.page()
    assert json.loads(found.to_json())["accuracy"][0]["control"]["correlation"] == control.correlation
    assert found.to_frame()["correlation"][0] == control.correlation


@pytest.mark.parametrize(("programmings", "control"), [(20, 2), (20, -1), (20, 20), (8, 9)])
def test_too_few_or_too_many_exact_programmings(programmings, control):
    with pytest.raises(UsageError, match=rf"--control is {control}"):
        imac_arch.accuracy(SMALL, programmings=programmings, control=control)
