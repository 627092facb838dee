"""Published accuracies: the claims of every scenario of accuracies, with verdicts and what explains a difference."""

import pytest

import imac_arch
from imac_arch.data.errors import UsageError
from imac_arch.data.registry import names
from imac_arch.document.plain import to_plain
from imac_arch.studies.accuracy import published
from imac_arch.studies.accuracy.published import _verdict
from imac_arch.studies.reproduce import missed_by
from imac_arch.studies.scenario import Target, load_scenario

SCENARIOS = [name for name in names("scenario") if name.startswith("accuracy_")]


def claims_of(name, **options):
    found = imac_arch.accuracy(scenario=name, **{"images": 300, "programmings": 1, **options})
    return found, {claim.claim: claim for claim in found.document.published.claims}


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_claim_says_what_explains_a_difference(name):
    scenario = load_scenario(name).model
    assert all(target.why for target in scenario.accuracies)
    assert scenario.note
    assert not any(target.basis == "calibrated" for target in scenario.targets)


def test_accuracy_falls_between_64_and_128_as_published(monkeypatch):
    figure = published._figure

    def own(scenario, target, fields, how, *rest):  # by default nothing is judged here, the other claims do that
        return figure(scenario, target, fields, how, *rest) if how.gain == "given" else published.Found(None)

    monkeypatch.setattr(published, "_figure", own)
    found, claims = claims_of("accuracy_imac_sim")
    values = [claim.value for claim in claims.values()]
    assert [claim.published for claim in claims.values()] == [0.92, 0.78, 0.1, 0.1]
    assert values[0] >= 0.9
    assert values[0] > values[1] > 0.5
    assert max(values[2:]) <= 0.4
    assert {claim.gain for claim in claims.values()} == {"given"}
    assert found.document.conditions.gain == "given"
    assert "92 % on 32 x 32 subarrays" in found.page()
    assert "less robust" in found.page()
    assert to_plain(found.document)["published"]["claims"][0]["status"].endswith("points")


def test_partitioning_recovers_what_is_lost_unpartitioned():
    _, claims = claims_of("accuracy_amin2022", images=1000)
    whole, parted = claims.values()
    assert whole.value <= 0.15
    assert parted.value >= 0.94
    assert parted.holds
    assert parted.otherwise is not None
    assert whole.default <= 0.15 < 0.9 < parted.default


def test_binary_weights_alone_cost_less_than_claimed():
    (claim,) = claims_of("accuracy_zand2020", images=1000)[1].values()
    assert 0.02 < claim.value < 0.08
    assert not claim.holds
    assert claim.status.startswith("missed, -")
    assert claim.low < claim.value < claim.high


def test_verdicts_by_hand():
    def target(kind, metric="accuracy", value=0.5):
        return Target(claim="x", metric=metric, architecture="imac", value=value, kind=kind, tolerance=0.1, source="a")

    def verdict(of, value):
        return _verdict(of, value, missed_by(of, value))

    assert verdict(target("about"), 0.52) == "reproduced, +2.0 points"
    assert verdict(target("about"), 0.4) == "missed, -10.0 points"
    assert verdict(target("at_most", "accuracy_loss", 0.01), 0.002) == "reproduced"
    assert verdict(target("at_least", "least_resistance", 1e6), 5e5) == "missed by a factor of 2"
    assert _verdict(target("at_least", "least_resistance", 1e6), None, None) == "no value keeps the accuracy"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"scenario": "imac_sim"}, "claims no accuracy; these do: accuracy_amin2022"),
        ({"scenario": "accuracy_imac_sim", "net": "784-16-10"}, "net: a scenario brings its own"),
        ({"scenario": "accuracy_imac_sim", "study": "sigma"}, "study: a scenario brings its own"),
    ],
)
def test_what_a_scenario_brings_is_not_asked_for(options, said):
    with pytest.raises(UsageError, match=said):
        imac_arch.accuracy(**options)
