"""Scenarios: what they fix, what an explicit option changes, and what each assumption carries."""

import pytest

from imac_arch.data.registry import names
from imac_arch.studies.scenario import load_scenario
from imac_arch.technology_files import load_technology
from tests.helpers import approx, plain

NETS = {name: load_scenario(name).model.network for name in names("scenario")}


def document(name, **options):
    return plain(NETS[name], scenario=name, samples=0, **options)


@pytest.mark.parametrize("name", NETS)
def test_no_number_is_tuned_to_a_result(name):
    scenario = load_scenario(name).model
    loaded = load_technology(scenario.technology, scenario.overrides)
    from imac_arch.data.walk import each_quantity

    assert [p for p, q in each_quantity(loaded.model) if q.status == "calibrated"] == []
    assert [p for p, q in each_quantity(loaded.model) if not q.sourced] == []
    assert scenario.name == name


def test_zand_2020_holds_by_orders_of_magnitude():
    targets = document("zand2020")["scenario"]["targets"]
    assert targets[0]["value"] >= 100
    assert targets[1]["value"] >= 1e4
    assert targets[0]["value"] == approx(133, rel=0.05)
    assert targets[1]["value"] == approx(2.2e4, rel=0.05)


@pytest.mark.parametrize("name", NETS)
def test_a_scenario_alone_names_its_technology_and_timing(name):
    scenario, found = load_scenario(name).model, document(name)
    assert found["technologies"][0]["name"] == scenario.technology
    assert found["conditions"]["timing"] == scenario.timing
    assert {a["name"] for a in found["architectures"]} == set(scenario.architectures)


@pytest.mark.parametrize("name", NETS)
def test_the_default_says_something_else(name):
    for target in document(name)["scenario"]["targets"]:
        assert target["default"] is not None
        assert target["default"] != target["value"]


def test_taking_back_an_assumption_that_changes_nothing_changes_nothing():
    """The subarray of the scenario is the default one, so without it the targets stay."""
    found = document("amin2022")["scenario"]
    reached = [t["value"] for t in found["targets"]]
    row = next(a for a in found["assumptions"] if "32 x 32" in a["assumption"])
    assert row["without"] == approx(reached, rel=1e-12)


def test_assumptions_are_weighed_under_the_options_that_the_user_gave():
    """With 8 bits asked for, the rows beside the targets must rest on 8 bits too."""
    found = document("amin2022", adc_bits=8)["scenario"]
    reached = [t["value"] for t in found["targets"]]
    row = next(a for a in found["assumptions"] if "32 x 32" in a["assumption"])
    assert row["without"] == approx(reached, rel=1e-12)


def test_an_error_never_names_an_option_that_was_not_given():
    """A field of a part that the scenario neglects: the place is the scenario, not a --set that nobody wrote."""
    with pytest.raises(Exception, match="gain") as caught:
        document("amin2022", overrides={"components.amplifier.gain": "20"})
    assert "--set components.amplifier=" not in str(caught.value)
