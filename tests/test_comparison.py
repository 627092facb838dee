"""The document: its names, its arithmetic, its warnings, and what options do."""

import json
import math

import pytest

from imac_arch import compare
from imac_arch.data.errors import ImacError, InfeasibleError, UnknownName, UsageError
from imac_arch.show.report.tiles import draw_tiles
from tests.helpers import ALL, approx, plain

NAMES = {
    "schema_version", "network", "technologies", "conditions", "architectures", "mapping", "ratios", "breakdown",
    "components", "provenance", "neglected", "warnings",
}  # fmt: skip
METRICS = (
    "area", "power", "latency", "interval", "throughput", "energy", "energy_active", "leakage", "pap", "eap", "edp",
    "tops", "tops_per_watt", "tops_per_mm2", "power_density", "utilization", "subarrays",
)  # fmt: skip


@pytest.fixture(scope="module")
def document():
    return json.loads(compare("784-128-10", "sot_mram", samples=200).to_json())


def test_the_promised_names_are_there(document):
    assert set(document) >= NAMES
    assert set(document["conditions"]) >= {
        "subarray", "read", "encoding", "timing", "bias_window", "adc_law", "bits", "batch", "gpu", "baseline",
        "scenario",
        "seed", "samples",
    }  # fmt: skip
    listed = [a["name"] for a in document["architectures"]]
    assert [name for name in listed if name in ALL] == list(ALL)
    for row in document["architectures"]:
        assert set(row) >= {"metrics", "technology", "settled", "declared"}
        assert set(row["metrics"]) >= set(METRICS)
        for figure in row["metrics"].values():
            assert set(figure) == {"value", "interval"}
            assert figure["value"] is None or math.isfinite(figure["value"])
            limits = figure["interval"]
            assert limits is None or limits["low"] <= limits["high"]
    assert document["network"]["macs"] == 101_632
    assert document["mapping"][0] == document["mapping"][0] | {
        "rows": 785, "cols": 128, "row_tiles": 25, "col_tiles": 4, "subarrays": 100,
    }  # fmt: skip
    assert {r["status"] for r in document["provenance"]} <= {
        "published", "measured", "simulated", "derived", "scaled", "fitted", "assumed",
    }  # fmt: skip


def test_the_document_adds_up(document):
    for row in document["architectures"]:
        parts = [p for p in document["breakdown"] if p["architecture"] == row["name"]]
        for name in ("energy", "area", "latency"):
            assert sum(p[name] for p in parts) == approx(row["metrics"][name]["value"], rel=1e-12)
    by_name = {
        row["name"]: {name: f["value"] for name, f in row["metrics"].items()} for row in document["architectures"]
    }
    for ratio in document["ratios"]:
        mine, theirs = by_name[ratio["architecture"]][ratio["metric"]], by_name[ratio["baseline"]][ratio["metric"]]
        higher = ratio["metric"] in ("throughput", "tops", "tops_per_watt", "tops_per_mm2")
        assert ratio["value"] == (mine / theirs if higher else theirs / mine)
        assert ratio["interval"]["low"] <= ratio["interval"]["high"]


def test_default_warnings(document):
    codes = {w["code"] for w in document["warnings"]}
    assert codes >= {
        "ir_drop", "current_density", "read_disturb", "load", "heat", "declared_cycle", "rank_differs",
    }  # fmt: skip
    assert not codes & {"unsourced", "unequal_precision"}
    assert all(w["message"] and w["where"] for w in document["warnings"])
    megohm = {w.code for w in compare("784-128-10", "sot_mram_imec", samples=0).document.warnings}
    assert not megohm & {"ir_drop", "load", "declared_cycle", "drive"}


def test_a_missing_driver_and_a_law_at_its_own_node_are_said(document):
    found = compare("784-128-10", overrides={"components.row_driver": "none"}, adc_law="in_array", samples=0).document
    texts = {w.code: w.message for w in found.warnings}
    drives = {w.architecture: w.message for w in found.warnings if w.code == "drive"}
    assert "no row driver is counted: a word line draws up to 2.19 mA" in drives["mixed_signal"]
    assert "current of a word line 2.19 mA in layer 1, 4.1 times the limit (limit 532 µA" in drives["imac"]
    assert "28 nm" in texts["law_node"]
    assert any(n.what == "row_driver" for n in found.neglected)


def test_a_short_form_is_counted_as_unsourced(tmp_path):
    from tests.conftest import ROOT

    text = (ROOT / "tech/sot_mram.yaml").read_text()
    start = text.index("vdd: {")
    path = tmp_path / "t.yaml"
    path.write_text(text[:start] + "vdd: 0.8 V\n" + text[text.index("\n", start) + 1 :])
    warnings = compare("784-10", str(path), samples=0).document.warnings
    (message,) = (w.message for w in warnings if w.code == "unsourced")
    assert message.startswith("1 number without a source: vdd")


@pytest.mark.parametrize("name", ["amin2022", "zand2020", "imac_sim"])
def test_scenarios_reach_their_targets_and_say_what_carries_them(name):
    found = plain({"amin2022": "784-128-10", "zand2020": "784-16-10", "imac_sim": "400-120-84-10"}[name],
                  scenario=name, samples=0)  # fmt: skip
    assert found["conditions"]["scenario"] == name
    missed = [t["claim"] for t in found["scenario"]["targets"] if not t["holds"]]
    assert missed == (["more than 1.1 times the power"] if name == "amin2022" else [])  # by 2 %
    assert len(found["scenario"]["assumptions"]) >= 4
    assert all(row["without"] or row["note"] for row in found["scenario"]["assumptions"])
    calibrated = [row["path"] for row in found["provenance"] if row["status"] == "calibrated"]
    assert calibrated == (["components.synapse.ra"] if name == "imac_sim" else [])


def test_amin2022_by_the_numbers():
    found = plain("784-128-10", scenario="amin2022", samples=0)
    ratios = {r["metric"]: r["value"] for r in found["ratios"]}
    for metric, published in (("power", 1.1), ("latency", 12), ("energy", 13.3)):
        assert ratios[metric] == approx(published, rel=0.15)
    assert ratios["energy"] == approx(ratios["power"] * ratios["latency"], rel=1e-9)


def test_explicit_options_win_over_a_scenario():
    found = plain("784-128-10", scenario="amin2022", adc_bits=8, timing="settled", samples=0)
    assert found["conditions"]["timing"] == "settled"
    bits = next(r for r in found["provenance"] if r["path"] == "components.adc.bits")
    assert bits["value"] == 8


def test_two_technologies_stand_side_by_side():
    found = plain("784-128-10", ["sot_mram", "sot_mram_imec"], samples=20)
    assert [t["name"] for t in found["technologies"]] == ["sot_mram", "sot_mram_imec"]
    shown = [(a["technology"], a["name"]) for a in found["architectures"] if a["name"] in ALL]
    assert shown == [(tech, name) for tech in ("sot_mram", "sot_mram_imec") for name in ALL]
    assert {r["technology"] for r in found["ratios"]} == {"sot_mram", "sot_mram_imec"}
    boards = [a for a in found["architectures"] if a["name"] == "gpu"]
    assert boards[0]["metrics"]["energy"] == boards[1]["metrics"]["energy"]


def test_the_break_even_batch_is_the_first_that_wins():
    found = plain("784-128-10", samples=0)
    row = next(r for r in found["break_even"] if r["architecture"] == "imac" and r["metric"] == "throughput")
    imac = next(a for a in found["architectures"] if a["name"] == "imac")["metrics"]["interval"]["value"]

    def board(batch):
        rows = plain("784-128-10", arch=["gpu"], baseline="gpu", batch=batch, samples=0)["architectures"]
        return rows[0]["metrics"]["interval"]["value"]

    assert board(row["batch"]) < imac <= board(row["batch"] - 1)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"net": "784"}, UsageError), ({"tech": "x"}, UnknownName), ({"arch": ["x"]}, UnknownName),
        ({"baseline": "x"}, UnknownName), ({"gpu": "x"}, UnknownName), ({"batch": 0}, UsageError),
        ({"subarray": "0x128"}, UsageError), ({"adc_law": "x"}, UnknownName), ({"adc_bits": 40}, UsageError),
        ({"timing": "x"}, UnknownName), ({"samples": -1}, UsageError), ({"seed": -1}, UsageError),
        ({"tech": ["sot_mram", "sot_mram"]}, UsageError), ({"scenario": "x"}, UnknownName),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_arguments_are_errors_with_exit_code_two(options, kind):
    with pytest.raises(kind) as caught:
        compare(**{"net": "784-10", "samples": 0, **options})
    assert isinstance(caught.value, ImacError)
    assert caught.value.exit_code == 2


def test_extreme_networks_stay_finite():
    for net in ("1-1", "1000000-10", "3-1000000", "-".join(["64"] * 60)):
        compare(net, samples=0).to_json()


def test_zero_samples_give_points():
    found = plain("784-10", samples=0)
    for row in found["architectures"]:
        for figure in row["metrics"].values():
            limits = figure["interval"]
            assert limits is None or limits["low"] == limits["high"] == figure["value"]


def test_partitions_are_mapped_drawn_and_paid_for():
    whole, cut = (
        compare("400-120-84-10", "sot_mram", samples=0, arch="imac", tiles=tiles).document
        for tiles in (None, "16x8,8x8,8x1")
    )
    counts = [(row.row_tiles, row.col_tiles, row.subarrays) for row in cut.mapping]
    assert counts == [(16, 8, 128), (8, 8, 64), (8, 1, 8)]
    amplifiers = [
        sum(row.instances for row in d.breakdown if row.component == "differential amplifier") for d in (whole, cut)
    ]
    # row tiles times the 32 columns of each subarray: 13 x 4, 4 x 3 and 3 x 1 of them, or those asked for
    assert amplifiers == [(13 * 4 + 4 * 3 + 3) * 32, (16 * 8 + 8 * 8 + 8 * 1) * 32]
    assert cut.architectures[0].metrics["utilization"].value < whole.architectures[0].metrics["utilization"].value
    drawing = draw_tiles(cut.mapping[0])
    assert [found.kind for found in drawing.rectangles].count("tile") == 128
    assert "16 by 8 tiles on 128 subarrays" in drawing.label
    for tiles, says in (("12x8,8x8,8x1", "layer 1: 12 row tiles"), ("16x8,8x8,8x11", "layer 3: 11 column tiles")):
        with pytest.raises(InfeasibleError, match=says):
            compare("400-120-84-10", "sot_mram", samples=0, tiles=tiles)
