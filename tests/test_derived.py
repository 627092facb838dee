"""What follows from a technology's numbers, as `tech check` and `tech show` say it."""

import json

import jsonschema
import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.document.plain import json_schema
from imac_arch.studies.catalog import shown
from imac_arch.studies.derived import SIZES, derived
from imac_arch.studies.schemas import DOCUMENTS
from tests.helpers import approx, run, technology


def told(*words, code=0):
    done = CliRunner().invoke(app, ["tech", *words])
    assert done.exit_code == code, done.output
    return done.stdout


def figures(name, overrides=None):
    return {row.name: row.figure for row in derived(name, overrides).figures}


def test_a_cell_and_its_lines():
    """Resistances as in the published netlist; a segment by hand: rho L/(w t) with the size effect."""
    found = figures("sot_mram")
    assert found["low_resistance"].value == approx(8488.26, rel=1e-6)
    assert found["high_resistance"].value == approx(25464.79, rel=1e-6)
    assert found["low_current"].value == approx(0.8 / 8488.26, rel=1e-6)
    assert found["cell_area"].value == approx(108e-9 * 207e-9)
    word, bit = (found[f"{line}_line_resistance"].value for line in ("word", "bit"))
    assert word / bit == approx(2 * 108 / 207)  # two cells a weight
    assert word == approx(18.5, rel=2e-3)
    cell = found["bit_line_capacitance"].value - found["bit_line_wire_capacitance"].value
    assert cell == approx(0.2e-15)
    assert found["word_line_capacitance"].value - found["word_line_wire_capacitance"].value == approx(2 * cell)


def test_an_interval_is_that_of_the_range_it_follows_from():
    ra = technology("sot_mram_imec").components["synapse"].ra
    found = figures("sot_mram_imec")["low_resistance"]
    assert found.interval.low / found.value == approx(ra.range[0] / ra.value, rel=0.01)
    assert found.interval.high / found.value == approx(ra.range[1] / ra.value, rel=0.01)


@pytest.mark.parametrize("arch", ["imac", "mixed_signal"])
def test_settling_is_that_of_a_full_subarray(arch):
    facts = run("31-31-32", archs=[arch])[arch].bill.facts
    assert figures("sot_mram")[f"settling_{arch}"].value == approx(float(facts["settle"][-1].ravel()[0]))


@pytest.mark.parametrize(
    ("name", "overrides"), [("reram", {}), ("sram_cim", {}), ("sot_mram_imec", {"read.voltage": "0.1 V"})]
)
def test_the_largest_sound_subarray_works_and_the_next_does_not(name, overrides):
    found = {each.architecture: each for each in derived(name, overrides).sound}["mixed_signal"]
    slices = int(technology(name).components["synapse"].columns_per_weight.value)

    def verdict(lines):
        net, options = f"{lines - 1}-{lines - 1}-{lines // slices}", {"subarray": f"{lines}x{lines}", "samples": 0}
        given = imac_arch.compare(
            net, name, arch=["mixed_signal"], baseline="mixed_signal", overrides=overrides, **options
        )
        return given.verdicts().set_index(["technology", "architecture"])["verdict"][name, "mixed_signal"]

    assert verdict(found.lines) == "works"
    assert verdict(2 * found.lines) != "works"
    for limit in found.limits:
        assert found.lines in limit.clear
        assert set(limit.clear) < set(SIZES)


def test_what_no_size_clears_is_named():
    found = {each.architecture: each for each in derived("sot_mram").sound}["mixed_signal"]
    assert found.lines is None
    assert found.by_size == 8
    never = {limit.code for limit in found.limits if not limit.clear}
    assert never == {"current_density", "read_disturb"}
    text = told("check", "sot_mram")
    assert "mixed_signal  none; 8x8 but for current_density, read_disturb, which no size clears" in text


def test_the_check_prints_figures_as_a_comparison_does():
    text = told("check", "sot_mram")
    rows = dict(line.rsplit("   ", 1) for line in text.splitlines() if line.startswith("R_"))
    assert {key.strip(): value.strip() for key, value in rows.items()} == {"R_P": "8.49 kΩ", "R_AP": "25.5 kΩ"}
    assert "0.496 fF [0.3, 0.9]" in text
    document = json.loads(told("check", "sot_mram", "--json"))
    assert document["derived"]["figures"][2]["unit"] == "m^2"
    assert json.loads(told("check", "h100", "--json"))["derived"] is None


def test_what_is_shown_is_a_file_again(tmp_path):
    text = told("show", "sot_mram", "--set", "read.voltage=0.4 V")
    assert "#   read current of a cell at R_P                           47.1 µA" in text.splitlines()
    path = tmp_path / "sot_mram.yaml"
    path.write_text(text)
    assert told("show", str(path)) == text
    document = json.loads(told("show", str(path), "--json"))
    jsonschema.validate(document, json_schema(DOCUMENTS["shown"]), cls=jsonschema.Draft202012Validator)
    assert text.startswith(document["yaml"])
    voltage = next(row for row in document["provenance"] if row["path"] == "read.voltage")
    assert (voltage["value"], voltage["unit"]) == (0.4, "V")


def test_what_cannot_be_evaluated_is_said():
    bare = derived("sot_mram", {"components.wire": "none", "components.logic": "none"})
    assert not any("line" in row.name for row in bare.figures)
    empty = derived("sot_mram", {"components.synapse": "none"})
    assert (empty.figures, empty.sound) == ((), ())
    assert "'synapse'" in empty.problems[0]
    huge = derived("sot_mram", dict.fromkeys(("subarray.rows", "subarray.cols"), "{value: 1e8, range: [1e8, 1e8]}"))
    assert len(huge.problems) == 2
    relu = {"components.neuron": "{kind: per_activation, activations: {relu: none}}"}
    assert [each.architecture for each in derived("sot_mram", relu).sound] == ["imac", "mixed_signal"]
    assert shown("sram_cim").derived.problems == ()
