"""What would flip a ratio, against one evaluation at a time, and probabilities against samples."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import brentq

import imac_arch
from imac_arch.data.quantity import In, Quantity
from imac_arch.data.walk import each_quantity
from imac_arch.network import NetworkFile
from imac_arch.roots import first_turn, outwards
from imac_arch.studies.sensitivity.beside import CARE
from imac_arch.studies.sensitivity.flips import flips, probability, reach
from imac_arch.studies.sensitivity.model import Model, Question, Side
from tests.helpers import approx, inputs, run


@pytest.fixture(scope="module")
def document():
    return imac_arch.sensitivity(sobol=0).document


def ratio(path, value, unit, metric="energy"):
    """The ratio of mixed_signal to imac with one field set by itself."""
    found = run(overrides={path: f"{value!r} {unit}".strip()}, archs=("imac", "mixed_signal"))
    mine, theirs = (np.ravel(found[name].metrics[metric])[0] for name in ("imac", "mixed_signal"))
    return theirs / mine


@pytest.mark.parametrize(
    ("metric", "path"),
    [("energy", "components.amplifier.settle_time"), ("energy", "laws.adc_survey.residual_energy"),
     ("energy", "components.amplifier.load"), ("area", "components.amplifier.area"),
     ("latency", "components.neuron.ra")],
)  # fmt: skip
def test_a_flip_is_where_brute_force_finds_it(document, metric, path):
    row = next(row for row in document.results if row.metric == metric)
    flip = next(flip for flip in row.flips if flip.path == path)
    unit = flip.unit

    def log_ratio(scale):
        return math.log(ratio(path, flip.value * math.exp(scale), unit, metric))

    span = math.log(flip.factor)
    root = brentq(log_ratio, span / 2, span * 1.2, xtol=1e-9)
    assert flip.at == approx(flip.value * math.exp(root), rel=1e-4)
    sides = (log_ratio(span * 0.99), log_ratio(span * 1.01))
    assert sides[0] * sides[1] < 0
    assert flip.bound == ("above" if flip.factor > 1 else "below")


def test_a_number_that_never_flips_does_so_nowhere(document):
    energy = next(row for row in document.results if row.metric == "energy")
    never = [flip for flip in energy.flips if flip.at is None]
    assert 100 < len(never) < len(energy.flips)
    model = Model([inputs(samples=0)])
    question = Question("energy", Side(0, "imac"), Side(0, "mixed_signal"))
    start = model.outcomes([question], {}, 1)[0, 0]
    looked = 0
    for flip in never[::12]:
        if flip.path.startswith(("laws.", "board.", "network.")) or flip.value <= 0 or flip.looked[0] <= 0:
            continue
        values = np.geomspace(*flip.looked, 200)
        values = np.unique(np.round(values)) if flip.path.endswith(("rows", "cols", "bits")) else values
        found = model.outcomes([question], {(0, flip.path): values}, len(values))[0]
        assert not np.any((found < 1) == (start >= 1)), flip.path
        looked += 1
    assert looked > 3


def test_flips_are_in_order_and_each_number_has_a_row(document):
    for row in document.results:
        chances = [flip.probability or 0.0 for flip in row.flips if flip.at is not None]
        assert all(a >= b for a, b in pairwise(chances))
        places = [flip.at is None for flip in row.flips]
        assert places == sorted(places)
        assert len({(flip.path, flip.bound) for flip in row.flips}) == len(row.flips)


@pytest.mark.parametrize(
    ("dist", "bounds", "at"),
    [("lognormal", (0.5, 8.0), 4.0), ("lognormal", (0.5, 8.0), 0.7), ("uniform", (0.5, 1.8), 1.6),
     ("normal", (0.2, 1.8), 0.4), ("lognormal", (1.0, 3.0), 2.0)],
)  # fmt: skip
def test_a_probability_is_the_share_of_samples(dist, bounds, at):
    quantity = Quantity(1.0, "", bounds, dist)
    uniform = (np.arange(100_000) + 0.5) / 100_000
    from scipy.special import ndtri

    drawn = quantity.quantile(ndtri(uniform), uniform)
    for bound, share in (("below", np.mean(drawn < at)), ("above", np.mean(drawn > at))):
        assert probability(quantity, bound, at) == approx(share, abs=1e-3)


def test_a_number_is_looked_at_as_far_as_is_usual_and_over_its_own_range():
    said = In("J", "energy", usual="1 fJ .. 10 pJ")
    quantity = Quantity(1e-13, "J", declared=said)
    assert reach(quantity) == approx((1e-15, 1e-11))
    assert reach(replace(quantity, range=(1e-16, 1e-12))) == approx((1e-16, 1e-11))
    assert reach(replace(quantity, value=1e-10)) == approx((1e-15, 1e-10))
    nothing = replace(quantity, declared=In("J", "energy", usual="0 J .. 10 pJ"))
    assert reach(nothing) == approx((1e-16, 1e-11))  # a thousandth in the place of zero


def test_values_lead_outwards_and_the_first_turn_counts():
    values = outwards(1.0, 16.0, 4)
    assert values == approx([2.0, 4.0, 8.0, 16.0])
    assert outwards(-1.0, 1.0, 2) == approx([0.0, 1.0])
    turned = np.array([False, True, False, True])
    assert first_turn(1.0, values, turned) == approx((2.0, 4.0))
    assert first_turn(1.0, values, ~turned) == approx((1.0, 2.0))
    assert first_turn(1.0, values, np.zeros(4, dtype=bool)) is None


def test_numbers_in_two_arrays_flip_where_they_do_in_one():
    given = inputs("12-4", tech="reram", samples=0)
    model, sides = Model([given]), (Side(0, "imac"), Side(0, "mixed_signal"))
    questions = [Question(metric, *sides) for metric in ("energy", "latency", "area")]
    numbers = model.numbers({quantity.path for _, quantity in each_quantity(given.technology)})
    together = flips(model, questions, numbers, CARE)
    apart = flips(model, questions, numbers, CARE, {number.quantity.path for number in numbers[::3]})
    assert apart == together
    assert all(len(rows) >= 3 and all(flip.at is not None for flip in rows) for rows in together)


def test_a_comparison_has_the_nearest_of_them(document):
    compared = imac_arch.compare("784-128-10", accuracy="none").document
    assert [drive.metric for drive in compared.drives] == ["energy", "latency", "area"]
    for drive, row in zip(compared.drives, document.results, strict=True):
        assert len(drive.flips) == 3
        known = {(flip.path, flip.bound): flip for flip in row.flips}
        for own, near in zip(drive.flips, row.flips, strict=False):
            assert own.at == approx(known[own.path, own.bound].at, rel=0.01)
            assert own.probability or approx(near.probability or 0.0, abs=1e-3) == 0.0
            assert abs(math.log(own.factor)) == approx(abs(math.log(near.factor)), rel=0.01)  # of two alike either one
        assert drive.shares[0].driver == max(row.budget, key=lambda share: share.share).driver
        assert drive.shares[0].share == approx(row.budget[0].share, rel=1e-6)
        assert drive.r2 == approx(row.r2, rel=1e-9)
        assert drive.unexplained == approx(1 - drive.r2, rel=1e-9)  # of all shares, not of those that are told


def test_numbers_of_a_network_move_what_rests_on_them():
    def net(mean):
        return NetworkFile(layers=[31, 8], input={"mean": {"value": mean}, "mean_square": {"value": mean}}).network()

    model, values = Model([inputs(net(0.2), samples=0)]), np.array([0.2, 0.4])
    points = {(None, f"network.input.{name}"): values for name in ("mean", "mean_square")}
    found = model.outcomes([Question("energy", Side(0, "imac"), None)], points, 2)[0]
    alone = [np.ravel(run(net(mean), archs=["imac"])["imac"].metrics["energy"])[0] for mean in values.tolist()]
    assert found == approx(alone)
    assert found[1] > 1.001 * found[0]
