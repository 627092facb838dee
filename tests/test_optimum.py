"""The best design is that of a plain loop, proven or found, with what each constraint costs."""

import itertools
import json
import shlex

import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.checks import checks, severity
from imac_arch.cli import app
from imac_arch.data.errors import InfeasibleError, UnknownName, UsageError
from imac_arch.evaluate import evaluate
from imac_arch.resolve import Request, resolve
from imac_arch.studies.knobs import own_knobs
from imac_arch.studies.schemas import schema_text
from imac_arch.studies.sweep.subject import given_subject
from imac_arch.technology_files import load_laws
from tests.helpers import approx, first

AXES = [
    "subarray=16,32,64",
    "read.voltage=0.05 V,0.1 V,0.2 V",
    "amplifier.settle_time=geomspace(0.2 ns, 3 ns, 4)",
    "row_driver.loss=2 %,5 %,10 %",
]
TECH = "pcm"  # of which some designs work, others are doubtful or fail


def best(*subject, over=AXES, **more):
    return imac_arch.optimize(tech=TECH, minimize="energy", subject=list(subject), over=over, **more)


def row_of(found, name):
    return next(row for row in found.document.architectures if row.name == name)


@pytest.fixture(scope="module")
def designs():
    """Every design of the axes."""
    return imac_arch.sweep(tech=TECH, over=AXES).to_frame()


# ---- proven ----


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        ((), lambda d, n: d[f"{n}.verdict"] == "works"),
        (("verdict>=doubtful", "area<=0.05 mm^2"),
         lambda d, n: (d[f"{n}.verdict"] != "fails") & (d[f"{n}.area"] <= 0.05e-6)),
        (("verdict=any", "latency<20 ns"), lambda d, n: d[f"{n}.latency"] < 20e-9),
        (("margin_ir_drop>=1.02", "verdict=any"), lambda d, n: d[f"{n}.margin_ir_drop"] >= 1.02),
    ],
)  # fmt: skip
def test_the_optimum_is_the_best_of_all_designs_that_keep_the_constraints(designs, texts, kept):
    found = best(*texts, arch=["imac", "mixed_signal"])
    for name in ("imac", "mixed_signal"):
        row, mask = row_of(found, name), kept(designs, name)
        if not mask.any():
            assert (row.status, row.optimum) == ("none", None)
            continue
        energies = np.unique(designs[f"{name}.energy"][mask])
        assert (row.status, row.method) == ("proven", "exhaustive")
        assert row.optimum.metrics["energy"] == energies[0]
        assert [each.metrics["energy"] for each in row.runners_up] == list(energies[1:6])
        assert kept(designs[designs[f"{name}.energy"] == energies[0]], name).any()


def test_axes_that_an_architecture_does_not_touch_are_not_varied():
    found = best("verdict=any")
    assert row_of(found, "imac").knobs == ("subarray", "read.voltage", "amplifier.settle_time", "row_driver.loss")
    assert row_of(found, "mixed_signal").designs == 27
    digital = row_of(found, "digital")
    assert (digital.knobs, digital.method, digital.designs, digital.evaluated) == ((), "fixed", 1, 1)
    assert digital.optimum.metrics == digital.default.metrics


def test_what_a_constraint_costs_is_the_best_design_without_it(designs):
    sound = designs[designs["imac.verdict"] != "fails"]
    power = sound["imac.power"][sound["imac.latency"].idxmin()] * 0.9
    texts = ("verdict>=doubtful", f"power<={power:.9g} W", "area<=1 m^2")
    found = imac_arch.optimize(tech=TECH, minimize="latency", subject=texts, over=AXES, arch="imac")
    row = row_of(found, "imac")
    kept = [designs["imac.verdict"] != "fails", designs["imac.power"] <= power, designs["imac.area"] <= 1]
    latency = designs["imac.latency"]
    least = latency[np.logical_and.reduce(kept)].min()
    assert row.optimum.metrics["latency"] == least
    for k, bound in enumerate(row.bindings):
        without = latency[np.logical_and.reduce([each for j, each in enumerate(kept) if j != k])].min()
        assert (bound.constraint, bound.without) == (texts[k], without)
        assert bound.gain == approx(least / without)
    assert row.bindings[1].gain > 1 == row.bindings[2].gain
    counts = [int(np.logical_and.reduce(kept[: k + 1]).sum()) for k in range(3)]
    assert [each.designs for each in row.left] == counts


def test_designs_with_the_same_objective_are_told_apart_by_energy_latency_and_area(designs):
    found = imac_arch.optimize(tech=TECH, minimize="area", over=AXES, subject="verdict=any", arch="imac")
    row = row_of(found, "imac")
    alike = designs[designs["imac.area"] == designs["imac.area"].min()]
    assert row.optimum.alike == len(alike) > 1
    assert row.optimum.metrics["energy"] == alike["imac.energy"].min()


def test_more_is_better_where_it_is_asked_for(designs):
    found = imac_arch.optimize(tech=TECH, maximize="tops_per_watt", over=AXES, subject="verdict=any", arch="imac")
    assert row_of(found, "imac").optimum.metrics["tops_per_watt"] == designs["imac.tops_per_watt"].max()
    assert found.best()["tops_per_watt"] == designs["imac.tops_per_watt"].max()


def test_what_a_constraint_costs_is_a_factor_where_more_is_better_too(designs):
    area = designs["imac.area"].min()
    texts = ("verdict=any", f"area<={area:.17g} m^2")
    found = imac_arch.optimize(tech=TECH, maximize="tops_per_watt", over=AXES, subject=texts, arch="imac")
    every, small = (own["imac.tops_per_watt"].max() for own in (designs, designs[designs["imac.area"] == area]))
    (bound,) = row_of(found, "imac").bindings
    assert (bound.without, bound.gain) == (every, approx(every / small))
    assert bound.gain > 1


def test_an_optimum_is_the_single_comparison_with_its_settings():
    found = best("verdict=any", over=[*AXES, "read.circuit=averaging,virtual_ground"], arch=["imac", "mixed_signal"])
    for row in found.document.architectures:
        alone = imac_arch.compare(
            "784-128-10", TECH, arch=row.name, overrides=row.optimum.settings, samples=0, accuracy="none"
        ).to_frame()
        for metric, value in row.optimum.metrics.items():
            assert value == approx(float(alone[alone["metric"] == metric]["value"].iloc[0]), rel=1e-12), metric
        assert set(alone["verdict"]) == {row.optimum.verdict}


# ---- found ----


@pytest.mark.parametrize("texts", [("verdict=any",), ("verdict>=doubtful", "area<=0.03 mm^2")])
def test_a_search_finds_the_optimum_that_all_designs_prove(texts):
    over = [*AXES[1:], "subarray=range(8,65,2)", "read.settle_bits=range(4,9)"]
    proven = row_of(best(*texts, over=over, arch="imac"), "imac")
    found = row_of(best(*texts, over=over, arch="imac", most=1), "imac")
    assert (found.status, found.method, found.confirmed) == ("found", "search", True)
    assert found.optimum.metrics == proven.optimum.metrics
    for a, b in zip(found.bindings, proven.bindings, strict=True):
        assert a.without == b.without


def test_a_search_goes_through_words_and_long_axes():
    over = [
        "read.circuit=averaging,virtual_ground",
        "subarray=range(2,513)",
        "amplifier.settle_time=geomspace(0.2 ns, 3 ns, 5000)",
    ]
    row = row_of(best("verdict=any", over=over, arch="imac", most=10**6), "imac")
    assert (row.designs, row.status) == (2 * 511 * 5000, "found")
    assert row.evaluated < 10**6
    coarse = [over[0], "subarray=range(2,513,20)", "amplifier.settle_time=geomspace(0.2 ns, 3 ns, 9)"]
    near = row_of(best("verdict=any", over=coarse, arch="imac"), "imac")
    assert row.optimum.metrics["energy"] <= near.optimum.metrics["energy"]
    alone = imac_arch.compare(
        "784-128-10", TECH, arch="imac", overrides=row.optimum.settings, samples=0, accuracy="none"
    ).document
    assert row.optimum.metrics["energy"] == approx(alone.architectures[0].metrics["energy"].value, rel=1e-12)


def test_a_search_is_not_led_to_designs_that_cannot_be():
    settle = "front_end.settle_time=geomspace(0.5 ns, 5 ns, 2000)"
    over = ["adc.bits=range(3,13)", settle, "adc.rate=geomspace(10 MHz, 1 GHz, 2000)"]
    frame = imac_arch.sweep(tech=TECH, arch="mixed_signal", over=["adc.bits=3,12", settle, "adc.rate=1 GHz"]).to_frame()
    assert (frame["mixed_signal.verdict"] == "refused").mean() == 0.5
    row = row_of(best("verdict=any", over=over, arch="mixed_signal", most=10**5), "mixed_signal")
    assert row.status == "found"
    assert row.optimum.metrics["energy"] <= frame["mixed_signal.energy"].min()


# ---- fair ----

HELD = {"subarray.rows": "32", "subarray.cols": "32", "mac.rows": "16", "mac.cols": "16", "adc.rate": "100 MHz",
        "digital_neuron.shared": "8", "front_end.settle_time": "1 ns"}  # fmt: skip


def test_fair_rankings_are_those_of_a_plain_loop():
    """Each architecture with every value of its knobs, one evaluation a design."""
    found = imac_arch.optimize(tech="reram", minimize="energy", fair=True, overrides=HELD, arch=[*KNOBS])
    laws = load_laws()
    knobs = {knob.name: knob.values for knob in own_knobs(resolve(Request("784-128-10", "reram"), laws).inputs)}
    paths = {f"components.{path}" if "subarray" not in path else path: text for path, text in HELD.items()}
    least = {}
    for name, own in KNOBS.items():
        assert set(row_of(found, name).knobs) == set(own)
        for values in itertools.product(*(knobs[path] for path in own)):
            fields = {**paths, **dict(zip(own, values, strict=True))}
            inputs = resolve(Request("784-128-10", "reram", fields=fields), laws).inputs
            (alone,) = evaluate(inputs, [name])
            if first(severity(checks(alone, inputs.case()), inputs.grid)) == 0:
                energy = first(alone.metrics["energy"])
                least[name] = min(energy, least.get(name, np.inf))
    optima = {row.name: row.optimum.metrics["energy"] for row in found.document.architectures if row.optimum}
    assert optima == {name: approx(value, rel=1e-12) for name, value in least.items()}
    assert sorted(optima, key=optima.get) == sorted(least, key=least.get)
    assert {"mixed_signal", "digital"} <= set(least)


KNOBS = {
    "imac": ("components.amplifier.settle_time",),
    "mixed_signal": ("components.adc.columns_per_adc",),
    "digital": ("components.mac.clock", "components.mac.weight_port"),
}


def test_ratios_stand_at_defaults_and_at_optima():
    document = imac_arch.optimize(tech="reram", minimize="energy", fair=True, overrides=HELD).document
    rows = {row.name: row for row in document.architectures}
    base = rows[document.baseline]
    for each in document.ratios:
        own = rows[each.architecture]
        assert each.default == approx(base.default.metrics[each.metric] / own.default.metrics[each.metric])
        if own.optimum is not None:
            assert each.optimum == approx(base.optimum.metrics[each.metric] / own.optimum.metrics[each.metric])
    assert {each.metric for each in document.ratios} == {"energy", "latency", "area", "pap"}


@pytest.mark.parametrize("tech", ["sram_cim", "sram_digital_cim"])
def test_every_kind_of_technology_has_knobs_of_its_own(tech):
    held = {"subarray.cols": "64", "mac.rows": "16", "mac.cols": "16", "adc.rate": "100 MHz"}
    document = imac_arch.optimize(
        tech=tech, minimize="energy", fair=True, overrides=held, subject="verdict=any"
    ).document
    assert all(row.status == "proven" for row in document.architectures)
    assert sum(bool(row.knobs) for row in document.architectures) >= 2


# ---- exits ----


def call(*words):
    return CliRunner().invoke(app, ["optimize", *words])


ASKED = ("--minimize", "energy", "--over", "subarray=16,32", "--subject", "verdict=any", "--arch", "imac")


def test_json_is_what_its_schema_says_and_there_is_a_file_of_every_kind(tmp_path):
    done = call(*ASKED, "-o", str(tmp_path / "o.html"), "--json")
    document = json.loads(done.stdout)
    jsonschema.Draft202012Validator(json.loads(schema_text("optimum"))).validate(document)
    assert document["architectures"][0]["status"] == "proven"
    page = (tmp_path / "o.html").read_text()
    assert "least energy per inference" in page
    found = best("verdict=any", over=["subarray=16,32"], arch="imac")
    for kind in ("csv", "md", "tex"):
        assert "imac" in found.text(kind)


def test_the_terminal_says_who_is_best_and_the_command_that_shows_it():
    done = call(*ASKED, "--arch", "digital")
    assert "Best is imac" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "again: " in line]
    again = CliRunner().invoke(app, [*shlex.split(line.partition("imac-arch ")[2]), "--samples", "0", "--json"])
    figures = json.loads(again.stdout)
    assert figures["conditions"]["overrides"] == {"subarray.rows": "32", "subarray.cols": "32"}


def test_the_frame_has_a_row_per_design():
    found = best("verdict=any", over=["subarray=16,32,64"], arch=["imac", "digital"])
    frame = found.to_frame()
    assert list(frame["place"].fillna(0)) == [0, 1, 2, 3, 0, 1]
    assert found.best()["architecture"] == "imac"
    with pytest.raises(UnknownName, match="gpu"):
        found.best("gpu")


# ---- wrong input ----


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"minimize": None}, "one objective"),
        ({"maximize": "area"}, "sweep --pareto energy,area"),
        ({"minimize": "energi"}, "did you mean 'energy'"),
        ({"minimize": "accuracy"}, "classifying images.*--subject 'accuracy>=0.95'"),
        ({"over": []}, "needs axes"),
        ({"over": ["subaray=1,2"]}, "did you mean 'subarray'"),
        ({"subject": "aera<=1 mm^2"}, "did you mean 'area'"),
        ({"subject": "area<=1"}, "has no unit"),
        ({"subject": "area<=1 ns"}, "area"),
        ({"subject": "area"}, "write 'area<=0.1 mm"),
        ({"subject": "area=1 mm^2"}, "area<=1 mm"),
        ({"subject": "verdict<=works"}, "verdict>=doubtful"),
        ({"subject": "verdict=work"}, "did you mean 'works'"),
        ({"subject": "margin_irdrop>=1.2"}, "did you mean 'ir_drop'"),
        ({"subject": "margin_accuracy>=1"}, "the accuracy is found where it is bounded"),
        ({"subject": "accuracy>=95"}, "between 0 and 1; did you mean 95 %"),
        ({"subject": "accuracy>=-1"}, "between 0 and 1$"),
        ({"subject": ["area<=1 mm^2", "area<2 mm^2"]}, "bounded twice"),
        ({"baseline": "imak"}, "did you mean 'imac'"),
        ({"most": 0}, "--most 0"),
        ({"overrides": {"subarray.rows": "32"}}, "both set and varied"),
    ],
)
def test_what_is_wrong_is_said(more, told):
    given = {"minimize": "energy", "over": ["subarray=32,64"], "arch": "imac", **more}
    with pytest.raises(UsageError, match=told):
        imac_arch.optimize(**given)


def test_constraints_that_nobody_meets_say_which_one_kills_the_last_design():
    with pytest.raises(InfeasibleError) as error:
        best("verdict=any", "energy<=1 J", "area<=1 um^2", "latency<=1 s", arch=["imac", "digital"])
    text = str(error.value)
    assert "imac: area<=1 um^2 leaves none of 108 designs; the nearest has 0.0" in text
    assert "digital: area<=1 um^2 leaves none of one design" in text
    over = ["--over", "tech=sot_mram,reram", "--over", "subarray=16,32,64"]  # one has a check that the other lacks
    done = call("--minimize", "energy", *over, "--precision", "native", "--set", "adc.bits=8")
    assert "Optimum of 784-128-10: least energy" in done.output
    assert "over tech (2), subarray (3); set: components.adc.bits 8; native precision" in done.output
    assert "verdict=works leaves none of 6 designs; the nearest doubtful: " in done.output
    assert "--subject 'accuracy>=0.95'" in done.output
    done = call("--minimize", "energy", "--over", "subarray=32,64", "--arch", "imac")
    assert done.exit_code == 3
    assert "verdict=works leaves none of 2 designs; the nearest fails: " in done.output


def test_a_bound_in_other_units_is_the_bound():
    for text, value in (("area<=0.1 mm^2", 1e-7), ("tops_per_watt>=10 Top/s/W", 10), ("utilization>=80 %", 0.8),
                        ("pap<=1 mW*mm^2", 1e-9), ("tops_per_mm2>=1 Top/s/mm2", 1)):  # fmt: skip
        assert given_subject([text]).constraints[0].bound == approx(value)
