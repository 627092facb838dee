"""A technology that says only what differs from another one."""

import json

import pytest
import yaml
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import FileErrors, UnknownName
from imac_arch.data.registry import names
from imac_arch.data.walk import each_quantity
from imac_arch.studies.catalog import shown
from imac_arch.studies.templates import template_text
from imac_arch.technology_files import load_technology
from tests.helpers import ROOT


def write(folder, name, text):
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return str(path)


def test_what_is_not_said_comes_from_the_base(tmp_path):
    own = write(tmp_path, "mine", "name: mine\nextends: sot_mram\nread: {voltage: 0.2 V}\n")
    found, base = load_technology(own).model, load_technology("sot_mram").model
    assert found.name == "mine"
    assert found.read.voltage.value == 0.2
    assert found.read.load_conductance == base.read.load_conductance
    assert found.components == base.components
    assert found.sources == base.sources


def test_a_number_and_a_component_of_another_kind_replace_the_old_one_whole(tmp_path):
    text = "name: mine\nextends: sot_mram\nread: {settle_bits: {value: 7, status: assumed, note: more}}\n"
    found = load_technology(write(tmp_path, "mine", text)).model
    assert found.read.settle_bits.range is None
    with pytest.raises(FileErrors, match="missing key 'r_on'"):
        load_technology(write(tmp_path, "mine", text + "components: {synapse: {kind: resistive_pair}}\n"))


def test_errors_name_the_file_in_which_they_stand(tmp_path):
    below = write(tmp_path, "below", (ROOT / "tech/sot_mram.yaml").read_text().replace("value: 14 nm", "value: 14 kg"))
    above = write(tmp_path, "above", "name: above\nextends: ./below.yaml\nread: {voltage: 0.2 A}\n")
    with pytest.raises(FileErrors) as caught:
        load_technology(above)
    places = {".".join(map(str, p.path)): (p.file, p.line) for p in caught.value.problems}
    assert places["read.voltage"] == (above, 3)
    assert places["node.value"] == (below, 6)


def test_a_part_that_was_replaced_no_longer_stands_in_the_base(tmp_path):
    text = "name: mine\nextends: sot_mram\ncomponents:\n  synapse:\n    kind: resistive_pair\n    ra: 1 ohm*m^2\n"
    with pytest.raises(FileErrors) as caught:
        load_technology(write(tmp_path, "mine", text))
    assert {p.file for p in caught.value.problems} == {str(tmp_path / "mine.yaml")}


@pytest.mark.parametrize("base", ["sot_mam", "./absent.yaml", "mine.yaml", "[a]", "''"])
def test_a_base_that_cannot_be_is_an_error_at_its_place(tmp_path, base):
    own = write(tmp_path, "mine", f"name: mine\nextends: {base}\n")
    with pytest.raises(FileErrors) as caught:
        load_technology(own)
    assert [(p.file, p.line) for p in caught.value.problems] == [(own, 2)]


def test_two_files_that_extend_each_other_are_an_error(tmp_path):
    a = write(tmp_path, "a", "name: a\nextends: b.yaml\n")
    write(tmp_path, "b", "name: b\nextends: a.yaml\n")
    with pytest.raises(FileErrors, match="circular 'extends'"):
        load_technology(a)


def test_an_override_is_laid_over_both(tmp_path):
    own = write(tmp_path, "mine", "name: mine\nextends: sot_mram\nread: {voltage: 0.2 V}\n")
    found = load_technology(own, {"read.voltage": "0.3 V", "components.amplifier.gain": "20"})
    assert found.model.read.voltage.value == 0.3
    assert found.model.components["amplifier"].gain.value == 20
    assert found.place(("components", "adc", "law")).startswith("tech/sot_mram.yaml:")
    assert found.place(("components", "amplifier", "gain")).startswith("tech/sot_mram.yaml:")


def test_the_place_of_a_warning_says_whether_the_value_is_inherited(tmp_path):
    own = write(tmp_path, "mine", "name: mine\nextends: sot_mram\nread: {voltage: 0.2 V}\n")
    found = load_technology(own, {"components.wire.height": "40 nm"})
    inherited, mine, set_ = ("components", "wire", "width"), ("read", "voltage"), ("components", "wire", "height")
    assert found.said(inherited) == f"{found.place(inherited)}, inherited by mine"
    assert found.said(mine) == found.place(mine)
    assert found.said(set_) == found.place(set_)
    warnings = imac_arch.compare("784-16-10", "reram", samples=0, accuracy="none").document.warnings
    files = {row.where for row in warnings if row.where.startswith("tech/sot_mram_imec.yaml:")}
    assert files
    assert all(where.endswith(", inherited by reram") for where in files)


@pytest.mark.parametrize("name", names("technology"))
def test_shipped_files_satisfy_the_shipped_schema(name):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "tech/technology.schema.json").read_text())
    data = yaml.safe_load((ROOT / "tech" / f"{name}.yaml").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(_numbers(data))] == []
    next(iter(data["components"].values()))["bogus"] = 1
    assert list(validator.iter_errors(_numbers(data)))


def _numbers(part):
    """YAML 1.1 leaves ``1e-8`` a text where YAML 1.2 has a number."""
    if isinstance(part, dict):
        return {key: _numbers(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_numbers(value) for value in part]
    try:
        return float(part) if isinstance(part, str) else part
    except ValueError:
        return part


@pytest.mark.parametrize("name", names("technology"))
def test_a_technology_shown_in_full_is_the_same_one(name, tmp_path):
    path = tmp_path / f"{name}.yaml"
    path.write_text(shown(name).yaml)
    printed, shipped = load_technology(str(path)).model, load_technology(name).model
    assert printed == shipped.model_copy(update={"extends": None})


def test_what_is_shown_holds_what_was_set():
    assert "voltage: 0.3 V" in shown("reram", {"read.voltage": "0.3 V"}).yaml


def test_the_template_has_every_key_and_nobodys_number(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(template_text("mine"))
    found = load_technology(str(path)).model
    assert found.name == "mine"
    assert set(found.components) == {*load_technology("sot_mram").model.components, "adder_tree"}  # named as not there
    assert {q.status for _, q in each_quantity(found)} == {"assumed"}


def test_a_new_technology_says_only_what_differs(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(template_text("mine", "reram"))
    found = load_technology(str(path)).model
    assert found.components == load_technology("reram").model.components
    with pytest.raises(UnknownName, match="did you mean 'reram'"):
        template_text("mine", "rream")


def test_the_commands_write_and_show(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    for words in (["a.yaml"], ["b.yaml", "--extends", "sot_mram"]):
        assert runner.invoke(app, ["tech", "new", *words]).exit_code == 0
        assert runner.invoke(app, ["tech", "check", words[0]]).exit_code == 0
    before = (tmp_path / "a.yaml").read_text()
    kept = runner.invoke(app, ["tech", "new", "a.yaml"])
    assert (kept.exit_code, (tmp_path / "a.yaml").read_text()) == (4, before)
    assert runner.invoke(app, ["tech", "new", "a.txt"]).exit_code == 2
    shown = runner.invoke(app, ["tech", "show", "reram"])
    assert shown.exit_code == 0
    assert yaml.safe_load(shown.stdout)["components"]["synapse"]["kind"] == "resistive_pair"
