"""The command ``sensitivity`` and its four exits, and what it says of wrong input."""

import json

import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.studies.schemas import schema_text
from imac_arch.studies.sensitivity.described import _descriptions
from imac_arch.technology_files import load_laws
from tests.helpers import approx

SMALL = ["sensitivity", "--net", "16-8-4", "--samples", "300", "--sobol", "0", "--metric", "energy"]


def call(*words):
    return CliRunner().invoke(app, [*words])


def test_the_document_holds_to_its_schema_and_is_the_same_twice():
    first, second = (call(*SMALL, "--json") for _ in range(2))
    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    document = json.loads(first.stdout)
    jsonschema.validate(document, json.loads(schema_text("sensitivity")))
    (row,) = document["results"]
    assert (row["architecture"], row["baseline"], row["metric"]) == ("imac", "mixed_signal", "energy")
    assert sum(share["share"] for share in row["budget"]) + row["unexplained"] == approx(1.0)


def test_terminal_page_and_frames(tmp_path):
    done = call(*SMALL, "-o", str(tmp_path / "s.html"))
    assert done.exit_code == 0, done.output
    for text in ("Uncertainty budget", "unexplained", "One at a time", "What would flip it"):
        assert text in done.stdout
    page = (tmp_path / "s.html").read_text()
    assert page.count('class="plot"') == 3
    assert page.count('id="provenance"') == 1
    assert "http" not in page.partition("<main")[0].replace("http-equiv", "")
    found = imac_arch.sensitivity("16-8-4", metrics="energy", samples=300, sobol=0)
    assert repr(found) == "<Sensitivity 16-8-4: energy of imac>"
    assert eval(found.document.python, {"imac_arch": imac_arch}).document == found.document
    compared = imac_arch.compare("16-8-4", arch=["imac", "mixed_signal"], samples=0, accuracy="none").document
    read = {row.path: row for row in compared.provenance}
    assert found.document.provenance
    assert all(read[row.path] == row for row in found.document.provenance if row.path in read)
    assert {path for driver in found.document.drivers for path in driver.paths} <= {
        row.path for row in found.document.provenance
    }
    frame = found.to_frame()
    assert frame["share"].sum() == approx(1.0)
    assert {"path", "bound", "at", "probability"} <= set(found.flips().columns)
    assert set(found.figures()) == {"r1-shares", "r1-tornado", "r1-flips"}
    assert found.figures()["r1-tornado"].layout.xaxis.title.text == "energy per inference:<br>times less"


def test_a_precision_is_that_of_the_comparison():
    words = [*SMALL, "--arch", "digital", "--precision", "native", "--json"]
    given = {"arch": ["digital", "mixed_signal"], "precision": "native", "samples": 300, "accuracy": "none"}
    ratios = imac_arch.compare("16-8-4", **given).document.ratios
    (ratio,) = (each for each in ratios if (each.metric, each.architecture) == ("energy", "digital"))
    assert json.loads(call(*words).stdout)["results"][0]["value"]["value"] == ratio.value


def test_less_than_eighty_kilobytes_for_each_further_technology():
    def page(*names):
        return imac_arch.sensitivity("784-128-10", list(names), samples=300, sobol=64).page()

    pages = page("sot_mram"), page("sot_mram", "reram"), page("sot_mram", "reram", "pcm")
    sizes = [len(each.encode()) for each in pages]
    assert sizes[0] <= 2_000_000
    assert np.diff(sizes).max() <= 80_000
    assert [each.count("first 8 lines; JSON and csv have all.") for each in pages] == [0, 1, 1]


def test_it_says_what_was_set_what_is_idle_and_what_groups_are():
    given = ("--baseline", "digital", "--set", "mac.weight_bits=8")
    equal, native = (call(*SMALL, *given, *more) for more in ((), ("--precision", "native")))
    assert equal.exit_code == native.exit_code == 0, equal.output + native.output
    idle = "components.mac.weight_bits was set, but no figure here depends on it; it counts at native precision."
    assert [idle in " ".join(each.stdout.split()) for each in (equal, native)] == [True, False]
    assert "; set: components.mac.weight_bits 8\n" in equal.stdout
    assert "; set: components.mac.weight_bits 8; native precision\n" in native.stdout
    sides = call(*SMALL, "--subarray", "8x4").stdout
    assert "; set: subarray.rows 8, subarray.cols 4\n" in sides
    settle = "amplifier_settle_time: components.amplifier.settle_time"
    for tech, more in (("sot_mram", ""), ("reram", ", components.front_end.settle_time, drawn together")):
        done = call("sensitivity", "--samples", "100", "--sobol", "0", "--metric", "latency", "--tech", tech)
        assert f"{settle}{more}\n" in done.stdout


def test_a_metric_alone_has_no_flips_and_its_own_unit():
    found = imac_arch.sensitivity("16-8-4", arch="digital", baseline="none", metrics="energy", samples=300, sobol=0)
    (row,) = found.document.results
    assert (row.baseline, row.unit, row.flips) == (None, "J", ())
    compared = imac_arch.compare("16-8-4", arch="digital", baseline="digital", samples=300, accuracy="none")
    assert row.value == compared.document.architectures[0].metrics["energy"]


def test_a_bar_goes_from_the_result_at_the_low_end_of_a_range_to_that_at_the_high_end():
    given = {"net": "16-8-4", "arch": "imac", "baseline": "imac", "samples": 0, "accuracy": "none"}
    found = imac_arch.sensitivity("16-8-4", arch="imac", baseline="none", metrics="energy", samples=0, sobol=0).document
    drivers = {driver.name: driver for driver in found.drivers}
    looked = 0
    for bar in found.results[0].tornado[:4]:
        driver = drivers[bar.driver]
        if driver.range is None or driver.dist != "lognormal":  # a group, or of other ends
            continue
        (path,) = driver.paths
        for end, value in zip(driver.range, (bar.low, bar.high), strict=True):
            alone = imac_arch.compare(**given, overrides={path: f"{end!r} {driver.unit}".strip()}).document
            assert value == approx(alone.architectures[0].metrics["energy"].value, rel=1e-9)
        looked += 1
    assert looked > 1


def test_a_ratio_is_above_one_where_it_favours_the_design():
    """Of what is better when it is more, too."""
    wanted = ["energy", "throughput", "tops_per_watt"]
    found = imac_arch.sensitivity("16-8-4", metrics=wanted, samples=0, sobol=0).document
    compared = imac_arch.compare("16-8-4", samples=0, accuracy="none").document
    ratios = {ratio.metric: ratio.value for ratio in compared.ratios if ratio.architecture == "imac"}
    assert {row.metric: row.value.value for row in found.results} == approx({name: ratios[name] for name in wanted})


def test_a_number_of_which_kinds_say_different_things_has_no_description():
    said = _descriptions(load_laws())
    assert said("laws.adc_sar.table.3.bit_power") == "power of a converter per bit"
    assert said("components.digital_neuron.bits") == ""


def test_what_does_not_apply_is_empty():
    found = imac_arch.sensitivity("16-8-4", arch="gpu", baseline="none", metrics="subarrays", samples=300)
    (row,) = found.document.results
    assert (row.value.value, row.budget, row.tornado, row.flips) == (None, (), (), ())


def test_indices_asked_for_stand_beside_the_budget():
    found = imac_arch.sensitivity("16-8-4", metrics="latency", samples=300, sobol=32)
    (row,) = found.document.results
    assert row.evaluations == 32 * (len(found.document.drivers) + 2)
    assert row.indices[0].total > 0.1
    told = {share.driver: share.about for share in row.budget}
    assert told["laws.adc_survey.default_rate"]  # which its field says, not its type


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--metric", "enrgy"], "did you mean 'energy'"), (["--sobol", "100"], "a power of two"),
        (["--arch", "imacc"], "did you mean 'imac'"), (["--arch", "imac", "--baseline", "imac"], "no design beside"),
        (["--metric", "leakage"], "leakage has no ratio"), (["--net", "16-x"], "16-x"),
        (["--samples", "-1"], "samples are not allowed"),
    ],
)  # fmt: skip
def test_wrong_input(words, said):
    done = call("sensitivity", *words)
    assert done.exit_code == 2
    assert said in done.output


def test_a_scenario_and_a_baseline_elsewhere():
    """A declared cycle is the analog design's alone, and a baseline may stand on another technology."""
    for given in ({"scenario": "amin2022"}, {"tech": ["sot_mram", "reram"], "baseline": "mixed_signal@sot_mram"}):
        found = imac_arch.sensitivity(samples=300, sobol=0, metrics="energy", **given).document
        compared = imac_arch.compare(samples=300, accuracy="none", net="784-128-10", **given).document
        ratios = {(r.technology, r.metric): r for r in compared.ratios if r.architecture == "imac"}
        for row in found.results:
            assert row.value.value == approx(ratios[row.technology, "energy"].value, rel=1e-12)
        assert {drive.technology for drive in compared.drives} == {row.technology for row in found.results}


@pytest.mark.parametrize("words", [["--scenario", "zand2020"], ["--net", "16-8-4", "--timing", "declared"]])
def test_a_declared_cycle_need_not_apply_to_the_baseline(words):
    done = call("sensitivity", *words, "--samples", "0", "--sobol", "0", "--metric", "latency", "--json=brief")
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)["results"]
    assert (row["architecture"], row["baseline"]) == ("imac", "mixed_signal")


def test_a_declared_cycle_that_applies_to_no_design_is_refused():
    done = call(*SMALL, "--timing", "declared", "--arch", "digital", "--baseline", "none")
    assert done.exit_code == 2
    assert "a declared cycle applies to none of: digital; use --timing settled" in done.stderr


@pytest.mark.parametrize(
    ("words", "architecture", "baseline"),
    [
        (["--net", "16-8-4", "--arch", "digital"], "digital", "mixed_signal"),
        (["--scenario", "imac_sim"], "imac", None),
        (["--scenario", "marinella2018"], "mixed_signal", "digital"),
    ],
)
def test_there_is_something_to_look_at_without_a_baseline(words, architecture, baseline):
    done = call("sensitivity", *words, "--samples", "0", "--sobol", "0", "--metric", "energy", "--json=brief")
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)["results"][0]
    assert (row["architecture"], row["baseline"]) == (architecture, baseline)
