"""Junctions as they are measured: r_p and r_ap in the place of ra and tmr, a diameter in that of length and width."""

import json
import math

import jsonschema
import numpy as np
import pytest

import imac_arch
from imac_arch.data.errors import FileErrors
from imac_arch.data.files import read_yaml
from imac_arch.studies.derived import derived
from imac_arch.studies.schemas import schema_text
from imac_arch.technology_files import load_technology
from tests.helpers import ROOT, approx, run

TEXT = (ROOT / "tech" / "sot_mram.yaml").read_text()
ROWS = TEXT[TEXT.index("  synapse:") :].splitlines(keepends=True)
PAIR = "".join(row for row in ROWS[:9] if row.split(":")[0].strip() in ("ra", "tmr"))
SIZE = "".join(row for row in ROWS[:9] if row.split(":")[0].strip() in ("length", "width"))
AREA = math.pi / 4 * 50e-9 * 30e-9
MEASURED = f"    r_p: {1e-11 / AREA:.17g} ohm\n    r_ap: {3e-11 / AREA:.17g} ohm\n"
SYNAPSE = "components.synapse"


def loaded(tmp_path, text):
    path = tmp_path / "sot_mram.yaml"
    path.write_text(text)
    return load_technology(str(path)).model.components


def metrics(**options):
    found = run(archs=("imac", "mixed_signal"), **options)
    return {
        (name, key): value for name, each in found.items() for key, value in each.metrics.items() if value is not None
    }


@pytest.mark.parametrize("role", ["synapse", "neuron"])
def test_resistances_are_those_of_product_and_size(role, tmp_path):
    before, after = TEXT.split(f"  {role}:\n")
    assert PAIR in after
    given = f"{before}  {role}:\n{after.replace(PAIR, MEASURED, 1).replace(SIZE, '', 1)}"
    one, other = loaded(tmp_path, TEXT)[role], loaded(tmp_path, given)[role]
    assert float(one.parallel) == approx(8488.26, rel=1e-6)
    assert float(other.parallel) == approx(float(one.parallel), rel=1e-14)
    assert float(other.unbiased) == approx(float(one.unbiased), rel=1e-14)
    assert float(other.magnetoresistance) == approx(2, rel=1e-14)


def test_a_design_of_resistances_is_that_of_product_and_size():
    given = {f"{SYNAPSE}.r_p": f"{1e-11 / AREA:.17g} ohm", f"{SYNAPSE}.r_ap": f"{3e-11 / AREA:.17g} ohm"}
    plain, measured = metrics(), metrics(overrides=given)
    assert plain.keys() == measured.keys()
    for key, value in plain.items():
        assert measured[key] == approx(value, rel=1e-12)
    biased = {f"{SYNAPSE}.v_half": "0.5 V"}
    for (key, one), other in zip(
        metrics(overrides=biased).items(), metrics(overrides=biased | given).values(), strict=True
    ):
        assert other == approx(one, rel=1e-12), key


def test_a_range_of_a_resistance_is_drawn_as_it_is_given():
    span = "{value: 10 kohm, range: [8 kohm, 15 kohm], status: measured}"
    given = {f"{SYNAPSE}.r_p": span, f"{SYNAPSE}.r_ap": "30 kohm"}
    found = imac_arch.compare("784-128-10", overrides=given, samples=2000).document
    number = next(row for row in found.provenance if row.path == f"{SYNAPSE}.r_p")
    assert (number.value, number.range, number.status) == (1e4, (8e3, 15e3), "measured")
    assert not any(row.path in (f"{SYNAPSE}.ra", f"{SYNAPSE}.tmr") for row in found.provenance)
    figures = {row.title: row.figure for row in derived("sot_mram", given).figures}
    low, high = figures["R_P"].interval
    assert (low, high) == approx((8e3, 15e3), rel=0.01)
    assert figures["R_AP"].interval.low == figures["R_AP"].interval.high == 3e4


def test_a_source_stays_with_its_resistance(tmp_path):
    text = TEXT.replace(
        PAIR,
        "    r_p: {value: 8 kohm, range: [7 kohm, 9 kohm], source: bitcell, status: measured}\n    r_ap: 24 kohm\n",
        1,
    )
    path = tmp_path / "sot_mram.yaml"
    path.write_text(text)
    found = imac_arch.compare("784-128-10", tech=str(path), samples=0).document
    number = next(row for row in found.provenance if row.path == f"{SYNAPSE}.r_p")
    assert [citation.key for citation in number.source] == ["bitcell"]
    assert number.where == f"sot_mram.yaml:{text[: text.index('r_p:')].count(chr(10)) + 1}"


def test_a_round_junction_has_its_diameter(tmp_path):
    text = TEXT.replace(SIZE, "    diameter: 40 nm\n", 1)
    synapse = loaded(tmp_path, text)["synapse"]
    assert float(synapse.area) == approx(math.pi * 20e-9**2, rel=1e-12)
    assert float(synapse.parallel) == approx(1e-11 / (math.pi * 20e-9**2), rel=1e-12)


def test_density_is_neglected_where_no_size_is_given_but_the_voltage_is_not():
    given = {
        f"{SYNAPSE}.{key}": value
        for key, value in {"length": "null", "width": "null", "r_p": "8 kohm", "r_ap": "24 kohm"}.items()
    }
    result = imac_arch.compare("784-128-10", overrides=given, samples=0)
    assert any(row.where == f"{SYNAPSE}.diameter" for row in result.document.neglected)
    assert "read voltage" in set(result.checks().query("code == 'read_disturb'")["quantity"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((PAIR, PAIR + "    r_p: 8 kohm\n"), "give ra and tmr, or r_p and r_ap, not both; found ra and tmr and r_p"),
        ((PAIR, PAIR + MEASURED), "not both"),
        ((PAIR, "    r_p: 8 kohm\n"), "missing key 'r_ap': r_p and r_ap stand together"),
        ((PAIR, ""), "missing keys 'ra' and 'tmr', or 'r_p' and 'r_ap' in their place"),
        ((PAIR, "    ra: 10 ohm*um^2\n"), "missing key 'tmr'"),
        ((PAIR, "    r_p: 8 kohm\n    r_ap: 7 kohm\n"), "r_ap must exceed r_p, not 7 kohm against 8 kohm"),
        ((SIZE, SIZE + "    diameter: 40 nm\n"), "give length and width, or diameter, not both"),
        ((SIZE, "    length: 40 nm\n"), "missing key 'width'"),
        ((SIZE, ""), "ra needs the size of the junction: give length and width, or diameter"),
    ],
)
def test_what_says_too_much_or_too_little_is_refused(change, said, tmp_path):
    with pytest.raises(FileErrors, match=r"components\.synapse") as error:
        loaded(tmp_path, TEXT.replace(*change, 1))
    assert said in str(error.value)


def test_an_option_or_a_file_above_takes_the_place_of_what_says_the_same(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\nextends: sot_mram\ncomponents:\n"
        "  synapse: {diameter: 40 nm, r_p: 5 kohm, r_ap: 12 kohm}\n  neuron: {diameter: 30 nm}\n"
    )
    parts = load_technology(str(path)).model.components
    assert (parts["synapse"].ra, parts["synapse"].length, parts["neuron"].width) == (None, None, None)
    assert parts["neuron"].ra is not None
    changed = load_technology(str(path), {f"{SYNAPSE}.ra": "10 ohm*um^2", f"{SYNAPSE}.tmr": "100 %"}).model.components
    assert changed["synapse"].r_p is None
    with pytest.raises(FileErrors, match="not both"):
        load_technology("sot_mram", {f"{SYNAPSE}.ra": "10 ohm*um^2", f"{SYNAPSE}.r_p": "5 kohm"})


def test_samples_whose_resistances_cross_are_left_out():
    span = "{{value: {} kohm, range: [{} kohm, {} kohm], dist: uniform}}"
    crossing = {f"{SYNAPSE}.r_p": span.format(10, 1, 19), f"{SYNAPSE}.r_ap": span.format(20, 11, 29)}
    valid = run(overrides=crossing, samples=400, archs=("imac",))["imac"].valid
    assert valid[..., 0].all()
    assert 0 < np.count_nonzero(~valid) < 200


def test_an_axis_may_lead_through_resistances():
    axes = {f"{SYNAPSE}.r_p": [5e3, 8e3]}
    found = run(axes=axes, archs=("imac",))["imac"].bill.facts["line_current"]
    alone = run(overrides={f"{SYNAPSE}.r_p": "5 kohm", f"{SYNAPSE}.r_ap": "15 kohm"}, archs=("imac",))["imac"]
    assert found[:, 0] == approx(alone.bill.facts["line_current"], rel=1e-12)


def test_the_schema_knows_both_ways():
    schema = json.loads(schema_text())
    data = read_yaml(ROOT / "tech" / "sot_mram.yaml").data
    synapse = data["components"]["synapse"]
    measured = {key: value for key, value in synapse.items() if key not in ("ra", "tmr")}
    for fields, fits in ((synapse, True), (measured | {"r_p": "8 kohm", "r_ap": "9 kohm"}, True), (measured, False)):
        document = {**data, "components": {**data["components"], "synapse": fields}}
        assert jsonschema.Draft202012Validator(schema).is_valid(document) is fits
    part = {"name": "mine", "extends": "sot_mram", "components": {"synapse": {"kind": "mtj_pair", "r_p": "8 kohm"}}}
    jsonschema.validate(part, schema, cls=jsonschema.Draft202012Validator)
