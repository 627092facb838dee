"""Scenarios: what they fix, what an explicit option changes, and what each assumption carries."""

import io
import re

import pytest
from rich.console import Console

from imac_arch.api import compare
from imac_arch.data.errors import FileErrors, UsageError
from imac_arch.data.registry import names
from imac_arch.show.comparison import comparison_sheet
from imac_arch.studies.reproduce import missed_by, missed_text
from imac_arch.studies.scenario import Target, load_scenario
from imac_arch.technology_files import load_technology
from tests.helpers import ROOT, approx, plain

ALL = {name: load_scenario(name).model for name in names("scenario")}
NETS = {name: scenario.network for name, scenario in ALL.items() if scenario.figures}  # others are about accuracies


def document(name, **options):
    return plain(NETS[name], scenario=name, samples=0, **options)


@pytest.mark.parametrize("name", ALL)
def test_no_number_is_tuned_to_a_result(name):
    scenario = load_scenario(name).model
    loaded = load_technology(scenario.technology, scenario.overrides)
    from imac_arch.data.walk import each_quantity

    tuned = [p for p, q in each_quantity(loaded.model) if q.status == "calibrated"]
    calibrated = any(target.basis == "calibrated" for target in scenario.targets)
    assert tuned == ([("components", "synapse", "ra")] if calibrated else [])
    assert calibrated == (name == "imac_sim")
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


def test_a_bound_that_is_missed_is_missed_by_so_much():
    power, latency, energy = document("amin2022")["scenario"]["targets"]
    assert power["kind"] == "at_least"
    assert power["value"] == approx(1.08, abs=0.005)
    assert (power["holds"], power["status"]) == (False, "missed by 2 %")
    assert (latency["value"], energy["value"]) == (approx(12.2, rel=5e-3), approx(13.2, rel=5e-3))
    assert [(t["holds"], t["status"]) for t in (latency, energy)] == [(True, "reproduced")] * 2


@pytest.mark.parametrize(
    ("kind", "value", "missed"),
    [("about", 11, 0), ("about", 12, 0.2), ("about", 8, 0.2), ("at_least", 9, 0.1), ("at_least", 10, 0),
     ("at_least", 99, 0), ("at_most", 11, 0.1), ("at_most", 10, 0), ("at_most", 1, 0)],
)  # fmt: skip
def test_how_far_a_claim_is_missed(kind, value, missed):
    target = Target(claim="x", metric="power", architecture="imac", value=10, kind=kind, tolerance=0.15, source="a")
    assert missed_by(target, value) == approx(missed, abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [("about", 11, ""), ("about", 12, "missed by 20 %, above"), ("about", 8, "missed by 20 %, below"),
     ("about", 50, "missed by a factor of 5, above"), ("about", 2, "missed by a factor of 5, below"),
     ("about", 0, "missed by 100 %, below"), ("at_least", 2, "missed by a factor of 5"), ("at_least", 99, ""),
     ("at_least", 9.8, "missed by 2 %"), ("at_most", 50, "missed by a factor of 5")],
)  # fmt: skip
def test_to_which_side_a_claim_is_missed_is_said_where_its_kind_does_not(kind, value, says):
    target = Target(claim="x", metric="power", architecture="imac", value=10, kind=kind, tolerance=0.15, source="a")
    assert missed_text(target, value) == says


@pytest.mark.parametrize("name", NETS)
def test_claims_are_judged_on_the_network_that_they_are_about(name):
    own = document(name)["scenario"]
    assert all(target["holds"] is not None for target in own["targets"])
    other = plain("32-16-8", scenario=name, samples=0, subarray="32x32")["scenario"]
    for target in other["targets"]:
        assert target["holds"] is None
        assert target["status"] == f"not judged: the scenario is about {NETS[name]}"
    assert own["network"] == NETS[name]


def test_the_crossbars_of_imac_sim_draw_what_its_authors_plot():
    """3.2, 1.9, 1.0 and 1.0 W on 32, 64, 128 and 256, +-0.1 W; one resistance was set to meet them."""
    area, *powers = document("imac_sim")["scenario"]["targets"]
    assert (area["value"], area["basis"]) == (approx(3401.6e-12, rel=1e-4), "reproduced")
    assert [target["published"] for target in powers] == [3.2, 1.9, 1.0, 1.0]
    for target in powers:
        assert (target["status"], target["component"], target["unit"]) == ("calibrated", "crossbar", "W")
        assert target["value"] == approx(target["published"], rel=0.15)
    drawn = [target["value"] for target in powers]
    assert [round(power / drawn[0], 2) for power in drawn] == [
        1.0,
        approx(0.57, abs=0.03),
        *[approx(0.29, abs=0.02)] * 2,
    ]


def test_a_power_of_a_component_is_its_part_of_the_whole():
    """32 x 32 is the design of the scenario too: its crossbars draw what the breakdown says."""
    found = document("imac_sim")
    rows = [row for row in found["breakdown"] if row["component"] == "crossbar"]
    interval = found["architectures"][0]["metrics"]["interval"]["value"]
    drawn = sum(row["energy"] - row["leakage_energy"] for row in rows) / interval
    assert found["scenario"]["targets"][1]["value"] == approx(drawn)


def test_readers_are_told_how_claims_are_met_and_what_was_not_read():
    def told(name):
        sheet = comparison_sheet(compare(scenario=name, samples=0).document)
        return " ".join(note for section in sheet.sections for note in section.notes)

    amin = told("amin2022")
    assert "reproduced: no number is fitted; the discrete assumptions were chosen because they reproduce it" in amin
    assert "The network that the paper evaluates could not be read" in amin
    assert "calibrated: a number was set to meet it" in told("imac_sim")
    assert "predicted: nothing was chosen to meet it" in told("marinella2018")
    assert "predicted" not in amin
    html = compare(scenario="amin2022", samples=0).text("html")
    assert "the discrete assumptions were chosen because they reproduce it" in html
    assert "missed by 2 %" in html


def test_a_component_has_no_latency_of_its_own(tmp_path):
    text = (ROOT / "tech/scenarios/imac_sim.yaml").read_text()
    path = tmp_path / "s.yaml"
    path.write_text(text.replace("metric: power, component: crossbar", "metric: latency, component: crossbar", 1))
    with pytest.raises(FileErrors, match="a component has no latency of its own; it has area, energy, power"):
        load_scenario(str(path))


def test_an_error_never_names_an_option_that_was_not_given():
    """A field of a part that the scenario neglects: the place is the scenario, not a --set that nobody wrote."""
    with pytest.raises(Exception, match="gain") as caught:
        document("amin2022", overrides={"components.amplifier.gain": "20"})
    assert "--set components.amplifier=" not in str(caught.value)


def test_every_figure_of_a_scenario_has_that_of_the_default_beside_it():
    found = compare(scenario="amin2022", samples=20)
    document = found.document
    usual = {row.name: row for row in compare("784-128-10", samples=0).document.architectures}
    for row in document.architectures:
        assert set(row.by_default) == set(row.metrics)
        for name in ("energy", "area", "latency"):
            assert row.by_default[name] == approx(usual[row.name].metrics[name].value)
    mine, theirs = (row.by_default for row in document.architectures)
    for ratio in document.ratios:
        assert ratio.by_default == approx(
            mine[ratio.metric] / theirs[ratio.metric]
            if next(m.better for m in document.metrics if m.name == ratio.metric) == "higher"
            else theirs[ratio.metric] / mine[ratio.metric]
        )
    banner = "Scenario amin2022: published assumptions, not this project's defaults"
    assert document.scenario.banner == banner
    shown = io.StringIO()
    found.to_terminal(Console(file=shown, width=160))
    assert f"{banner}. Energy per inference of imac: 1.16 nJ here; the same design" in shown.getvalue()
    assert re.search(r"1.16 nJ† \[[^]]+\] \(2.51 nJ\)", shown.getvalue())
    page = found.page()
    assert page.index(banner.replace("'", "&#39;")) < page.index("<main")
    assert page.count('<small class="beside">default ') >= 2 * sum(m.summary for m in document.metrics)
    assert "this project's defaults: 1.8x less" in page
    assert "2.51 nJ" in found.text("md")
    assert found.csv().splitlines()[0].endswith(",verdict,by_default")


def test_without_a_scenario_nothing_stands_beside():
    document = compare("16-8-4", samples=0).document
    assert {row.by_default for row in document.architectures} == {None}
    assert {ratio.by_default for ratio in document.ratios} == {None}


def test_each_technology_of_a_scenario_has_its_own_default():
    document = compare(tech=["sot_mram", "reram"], scenario="amin2022", timing="settled", samples=0).document
    usual = compare("784-128-10", "reram", samples=0).document
    (energy,) = [r.metrics["energy"].value for r in usual.architectures if r.name == "imac"]
    (row,) = [r for r in document.architectures if (r.name, r.technology) == ("imac", "reram")]
    assert row.by_default["energy"] == approx(energy)


def test_a_scenario_of_accuracies_is_no_comparison():
    with pytest.raises(UsageError, match="accuracy --scenario accuracy_imac_sim"):
        compare(scenario="accuracy_imac_sim", samples=0)
    for name, scenario in ALL.items():
        assert name.startswith("accuracy_") == (not scenario.figures)
        assert bool(scenario.figures) != bool(scenario.accuracies)
