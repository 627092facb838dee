"""The JSON document row by row: the promised keys, and the type of every value."""

import json
import math

import pytest

from imac_arch.api import compare
from tests.helpers import ALL, approx

NUMBER, TEXT, OPTIONAL, SPAN = (int, float), str, (int, float, type(None)), (dict, type(None))
ROWS = {
    "mapping": {
        "rows": int, "cols": int, "row_tiles": int, "col_tiles": int, "subarrays": int, "utilization": NUMBER,
    },
    "ratios": {"metric": TEXT, "baseline": TEXT, "architecture": TEXT, "value": OPTIONAL, "interval": SPAN},
    "breakdown": {
        "architecture": TEXT, "layer": (int, type(None)), "component": TEXT, "instances": NUMBER, "actions": NUMBER,
        "area": NUMBER, "energy": NUMBER, "leakage_energy": NUMBER, "latency": NUMBER,
    },
    "components": {"architecture": TEXT, "component": TEXT, "area": NUMBER, "action_energy": NUMBER,
                   "latency": NUMBER, "leakage": NUMBER, "law": TEXT, "source": list},
    "provenance": {"path": TEXT, "value": (int, float, str), "unit": TEXT, "source": list, "status": TEXT,
                   "range": (list, type(None))},
    "neglected": {"architecture": TEXT, "what": TEXT, "note": TEXT},
    "warnings": {"code": TEXT, "message": TEXT, "where": TEXT},
    "technologies": {"name": TEXT, "node": NUMBER, "hash": TEXT},
}  # fmt: skip
CASES = {
    "plain": {}, "two": {"tech": ["sot_mram", "sot_mram_imec"]}, "piped": {"pipelined": True, "batch": 5},
    "declared": {"timing": "declared"}, "amin2022": {"scenario": "amin2022"},
    "analog": {"arch": ["imac"], "baseline": "imac"},
    "board": {"arch": ["gpu"], "baseline": "gpu"}, "points": {"samples": 0},
    "grey": {"overrides": {"read.input_bits": "8"}},
}  # fmt: skip


@pytest.fixture(scope="module", params=CASES, ids=str)
def document(request):
    return json.loads(compare("784-128-10", **{"samples": 30, **CASES[request.param]}).to_json())


def test_every_row_has_the_promised_keys_and_types(document):
    for table, kinds in ROWS.items():
        assert isinstance(document[table], list)
        for row in document[table]:
            for key, kind in kinds.items():
                assert key in row, (table, key)
                assert isinstance(row[key], kind), (table, key, row[key])
                assert not isinstance(row[key], bool)


def test_no_number_is_nan_or_infinite(document):
    def walk(part):
        if isinstance(part, dict):
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)
        elif isinstance(part, float):
            assert math.isfinite(part)

    walk(document)


def test_network_and_conditions(document):
    network = document["network"]
    assert [set(layer) for layer in network["layers"]] == [
        {"fan_in", "fan_out", "activation", "row_tiles", "col_tiles"}
    ] * 2
    assert (network["macs"], network["ops"]) == (101_632, 203_264)
    conditions = document["conditions"]
    assert set(conditions["subarray"]) == {"rows", "cols"}
    assert isinstance(document["schema_version"], str)
    assert all(len(t["hash"]) == 64 for t in document["technologies"])
    assert conditions["timing"] in ("settled", "declared")


def test_rows_and_columns_of_the_mapping(document):
    by_layer = [(r["rows"], r["cols"]) for r in document["mapping"][:2]]
    assert by_layer in ([(785, 128), (129, 10)], [])
    assert all(r["subarrays"] == r["row_tiles"] * r["col_tiles"] for r in document["mapping"])


def test_breakdown_sums_to_each_architecture(document):
    for row in document["architectures"]:
        key = (row["name"], row["technology"])
        parts = [p for p in document["breakdown"] if (p["architecture"], p["technology"]) == key]
        whole = {name: figure["value"] for name, figure in row["metrics"].items()}
        for name in ("area", "latency", "energy"):
            assert math.fsum(p[name] for p in parts) == approx(whole[name], rel=1e-12)
        active = math.fsum(p["energy"] - p["leakage_energy"] for p in parts)
        assert active == approx(whole["energy_active"], rel=1e-9)
        assert all(0 <= p["leakage_energy"] <= p["energy"] for p in parts)


def test_identities_of_the_printed_numbers(document):
    for row in document["architectures"]:
        for figures in filter(None, (row["metrics"], row["declared"], row["settled"])):
            values = {name: figure["value"] for name, figure in figures.items()}
            assert values["power"] * values["interval"] == approx(values["energy"], rel=1e-12)
            assert values["power"] * values["area"] == approx(values["pap"], rel=1e-12)
            assert values["energy"] * values["area"] == approx(values["eap"], rel=1e-12)
            assert values["energy"] * values["latency"] == approx(values["edp"], rel=1e-12)
            assert values["throughput"] * values["interval"] == approx(1, rel=1e-12)
            assert values["tops"] * 1e12 * values["interval"] == approx(203_264, rel=1e-12)
            assert values["tops_per_watt"] == approx(values["tops"] / values["power"], rel=1e-12)
            assert values["tops_per_mm2"] == approx(values["tops"] / (values["area"] * 1e6), rel=1e-12)
            assert values["power_density"] == approx(values["power"] / values["area"], rel=1e-12)


def test_ratios_are_quotients_of_printed_values_and_above_1_favours(document):
    printed = {
        (r["name"], r["technology"]): {name: figure["value"] for name, figure in r["metrics"].items()}
        for r in document["architectures"]
    }
    for ratio in document["ratios"]:
        mine = printed[ratio["architecture"], ratio["technology"]][ratio["metric"]]
        theirs = printed[ratio["baseline"], ratio["technology"]][ratio["metric"]]
        higher = ratio["metric"] == "throughput" or ratio["metric"].startswith("tops")
        assert ratio["value"] == (mine / theirs if higher else theirs / mine)
        assert ratio["baseline"] == document["conditions"]["baseline"] != ratio["architecture"]


def test_only_the_analog_architecture_declares_a_cycle(document):
    for row in (row for row in document["architectures"] if row["name"] in ALL):
        wanted = row["name"] == "imac" and row["technology"] == "sot_mram"
        assert (row["declared"] is not None) == wanted
        if wanted:
            assert row["declared"]["interval"]["value"] == 1e-9
            assert row["declared"]["area"] == row["metrics"]["area"]


def test_what_does_not_apply_is_null(document):
    for row in document["architectures"]:
        assert (row["metrics"]["subarrays"]["value"] is None) == (row["name"] in ("digital", "gpu"))


def test_a_second_comparison_is_the_same_document(document):
    """The seed decides; conditions say which."""
    options = next(v for v in CASES.values() if v.get("scenario") == document["conditions"]["scenario"] and v)
    one, two = (compare("784-128-10", **{"samples": 30, **options}).to_json() for _ in range(2))
    assert one == two
