"""Choices side by side: each alternative is the design that its settings would give."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from imac_arch import compare
from imac_arch.cli import app
from imac_arch.components.adc import adc_laws
from imac_arch.evaluate import evaluate
from imac_arch.studies.choices import side_by_side
from tests.helpers import approx, first, inputs, plain, run

NET = "784-128-10"
# what a user would ask for to have each alternative
ASKED = {
    ("precision", "equal"): {},
    ("precision", "4/4/4"): {
        "precision": "native",
        "overrides": {"components.mac.weight_bits": "4", "components.mac.activation_bits": "4"},
    },
    ("precision", "8/8/8"): {"precision": "native"},
    **{("adc_law", law): {"overrides": {"components.adc.law": law}} for law in adc_laws()},
    **{
        ("columns_per_adc", str(n)): {"overrides": {"components.adc.columns_per_adc": str(n)}} for n in (4, 8, 16)
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def rows():
    return {(row["choice"], row["name"]): row for row in plain(NET, samples=50)["alternatives"]}


def test_the_choices_are_precision_laws_and_columns(rows):
    assert list(rows) == list(ASKED)
    by_architecture = {key: row["architecture"] for key, row in rows.items()}
    assert {row for (choice, _), row in by_architecture.items() if choice == "precision"} == {"digital"}
    assert {row for (choice, _), row in by_architecture.items() if choice != "precision"} == {"mixed_signal"}
    assert {(row["choice"], row["name"]) for row in rows.values() if row["chosen"]} == {
        ("precision", "equal"), ("adc_law", "survey"), ("columns_per_adc", "8"),
    }  # fmt: skip
    assert tuple(rows["precision", "4/4/4"]["bits"].values()) == (4, 4, 4)
    assert tuple(rows["precision", "equal"]["bits"].values()) == (1, 1, 4)


@pytest.mark.parametrize("key", ASKED, ids=" ".join)
def test_an_alternative_is_the_design_that_its_settings_give(rows, key):
    row = rows[key]
    asked = run(NET, archs=["imac", row["architecture"]], **ASKED[key])
    alone, subject = asked[row["architecture"]].metrics, asked["imac"].metrics
    for name, figure in row["metrics"].items():
        expected = alone[name]
        assert (figure["value"] is None) == (expected is None)
        assert expected is None or figure["value"] == approx(first(expected), rel=1e-12), name
    for name in ("energy", "latency", "area"):
        assert row["ratios"][name]["value"] == approx(first(alone[name]) / first(subject[name]), rel=1e-12)


def test_alternatives_share_the_draws_of_the_comparison():
    """The first draws of all: the interval of a ratio is that of the same samples, and no other."""
    given = inputs(NET, samples=600)
    evaluations = evaluate(given, ["imac", "mixed_signal"])
    found = {row.name: row for row in side_by_side(given, evaluations) if row.choice == "columns_per_adc"}
    asked = inputs(
        NET, samples=600, overrides={"components.adc.columns_per_adc": "4"}
    )  # fmt: skip
    imac, mixed = evaluate(asked, ["imac", "mixed_signal"])
    ratio = np.broadcast_to(mixed.metrics["energy"] / imac.metrics["energy"], (601,))
    low, high = np.percentile(ratio[1:501], [5, 95])
    ends = found["4"].ratios["energy"].interval
    assert (ends.low, ends.high) == (approx(low, rel=1e-9), approx(high, rel=1e-9))
    low, high = np.percentile(evaluations[1].metrics["energy"][1:], [5, 95])  # as compared: all of its draws
    assert (found["8"].metrics["energy"].interval.low, found["8"].metrics["energy"].interval.high) == (
        approx(low, rel=1e-9), approx(high, rel=1e-9),
    )  # fmt: skip


def test_what_is_chosen_follows_the_design():
    found = plain(
        NET, samples=0, precision="native", adc_law="fixed", overrides={"components.adc.columns_per_adc": "16"}
    )
    chosen = {row["choice"]: row["name"] for row in found["alternatives"] if row["chosen"]}
    assert chosen == {"precision": "8/8/8", "adc_law": "fixed", "columns_per_adc": "16"}
    for row in found["alternatives"]:
        if row["chosen"]:
            whole = next(a for a in found["architectures"] if a["name"] == row["architecture"])
            assert row["metrics"] == {name: whole["settled"][name] for name in row["metrics"]}
            assert set(row["metrics"]) == {metric["name"] for metric in found["metrics"] if metric["summary"]}


def test_a_design_that_has_none_of_the_alternatives_stands_beside_them():
    found = plain(NET, samples=0, overrides={"components.adc.columns_per_adc": "5"})
    rows = [row for row in found["alternatives"] if row["choice"] == "columns_per_adc"]
    assert [(row["name"], row["chosen"]) for row in rows] == [
        ("4", False), ("8", False), ("16", False), ("as compared", True),
    ]  # fmt: skip
    whole = next(a for a in found["architectures"] if a["name"] == "mixed_signal")["metrics"]
    assert rows[-1]["metrics"]["energy"] == whole["energy"]
    assert len({row["metrics"]["latency"]["value"] for row in rows}) == 4


def test_an_alternative_that_does_not_apply_says_why():
    rows = plain(NET, adc_bits=4, adc_law="in_array", samples=0)["alternatives"]
    row = next(r for r in rows if r["name"] == "accelergy")
    assert "outside the range" in row["error"]
    assert (row["bits"], row["metrics"], row["ratios"]) == (None, {}, {})
    laws = [r["metrics"]["energy"]["value"] for r in rows if r["choice"] == "adc_law" and not r["error"]]
    assert len(laws) >= 2


def test_alternatives_are_settled_where_a_cycle_is_declared():
    """Nothing but the subject declares one; ratios are over its figures at that cycle."""
    declared, settled = (plain(NET, samples=0, timing=timing) for timing in ("declared", "settled"))
    for one, other in zip(declared["alternatives"], settled["alternatives"], strict=True):
        assert one["error"] == ""
        assert one["metrics"] == other["metrics"]
        assert one["ratios"]["latency"]["value"] == approx(one["metrics"]["latency"]["value"] / 1e-9, rel=1e-12)


def test_without_the_architectures_there_is_nothing_beside(tmp_path):
    assert plain(NET, samples=0, arch=["imac", "gpu"])["alternatives"] == []
    alone = plain(NET, samples=0, arch=["digital"])["alternatives"]
    assert [row["name"] for row in alone] == ["equal", "4/4/4", "8/8/8"]
    assert all(row["subject"] is None and row["ratios"] == {} for row in alone)


def test_terminal_and_report_show_them_side_by_side(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    two = ["--tech", "sot_mram", "--tech", "sot_mram_imec"]
    done = CliRunner().invoke(app, ["compare", "--net", NET, *two, "--samples", "20", "-q", "-o", "x.html"])
    assert done.exit_code == 0
    page = (tmp_path / "x.html").read_text()
    for title in (
        "digital by bits of weight/input/activation", "mixed_signal by converter law",
        "mixed_signal by columns per converter",
    ):  # fmt: skip
        assert title in done.stdout
        assert title in page
    lines = [line.split() for line in done.stdout.splitlines()]
    (equal,) = (line for line in lines if line[:4] == ["equal", "1/1/4", "(sot_mram)", "*"])
    value = next(
        row for row in json.loads(compare(NET, samples=0).to_json())["alternatives"] if row["name"] == "equal"
    )["metrics"]["energy"]["value"]
    assert f"{value * 1e9:.3g}" in equal
    assert sum(line[:2] == ["8", "(sot_mram)"] for line in lines) == 1


def test_python_has_them_as_a_frame():
    result = compare(NET, samples=20)
    found = result.alternatives()
    assert list(dict.fromkeys(zip(found["choice"], found["name"], strict=True))) == list(ASKED)
    row = next(r for r in result.document.alternatives if r.name == "4/4/4")
    (own,) = found[(found["name"] == "4/4/4") & (found["metric"] == "energy")].to_dict("records")
    energy, ratio = row.metrics["energy"], row.ratios["energy"]
    assert (own["value"], own["low"], own["unit"]) == (energy.value, energy.interval.low, "J")
    assert (own["ratio"], own["ratio_high"]) == (ratio.value, ratio.interval.high)
    assert found[found["chosen"]]["name"].unique().tolist() == ["equal", "survey", "8"]
