"""A JSON Schema for each kind of file: every shipped file carries the line that editors find it by, and holds to it."""

import copy
import json
import re
import subprocess
import sys

import jsonschema
import pytest
from typer.testing import CliRunner

from imac_arch.cli import app
from imac_arch.components.base import Law
from imac_arch.data.errors import ImacError
from imac_arch.data.files import parse_text, read_yaml
from imac_arch.data.registry import FOLDERS
from imac_arch.data.schema import validate
from imac_arch.network import NetworkFile
from imac_arch.studies.schemas import FILES, schema_text
from tests.helpers import ROOT

TECH = ROOT / "tech"
SHIPPED = {f"{kind}/{path.stem}": (kind, path) for kind in FOLDERS for path in (TECH / FOLDERS[kind]).glob("*.yaml")}
LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)")
NETWORK = """
layers: [784, {width: 128, activation: sigmoid, row_tiles: 4}, 10]
bias: row
input: {mean: 0.1, mean_square: {value: 0.05, range: [0.04, 0.06]}, tiles: [{rows: 32, variance: 0.1}]}
"""


@pytest.fixture(scope="module")
def checkers():
    schemas = {kind: json.loads(schema_text(kind)) for kind in FILES}
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    return {kind: jsonschema.Draft202012Validator(schema) for kind, schema in schemas.items()}


def test_there_is_a_schema_for_each_kind_of_file():
    assert set(FILES) == {*FOLDERS, "network"}
    assert {path.name for path in TECH.glob("*.schema.json")} == {f"{kind}.schema.json" for kind in FILES}


def covers(wide, narrow):
    """Whether a schema admits what another one does: a new kind is one more option, a field must be the same."""
    if isinstance(narrow, dict) and isinstance(wide, dict):
        same = "properties" not in narrow or set(wide.get("properties", ())) == set(narrow["properties"])
        return same and all(key in wide and covers(wide[key], value) for key, value in narrow.items())
    if isinstance(narrow, list) and isinstance(wide, list):
        return all(any(covers(mine, theirs) for mine in wide) for theirs in narrow)
    return wide == narrow


def numbers_in_place(schema):
    """Return a schema with forms of numbers where they are used, for their names count them."""
    forms = {f"#/$defs/{name}": part for name, part in schema["$defs"].items() if re.fullmatch(r"Number\d+", name)}

    def put(part):
        if isinstance(part, list):
            return [put(item) for item in part]
        if not isinstance(part, dict):
            return part
        own = {key: put(value) for key, value in part.items() if f"#/$defs/{key}" not in forms}
        return {**own, "$ref": forms[part["$ref"]]} if part.get("$ref") in forms else own

    return put(schema)


def test_the_shipped_schemas_are_covered_by_what_the_command_prints():
    """In a process of its own, in which no test has made kinds known. A kind or law that is added is one more option,
    so that it is one file; whatever else changes is no longer covered."""
    code = "import json, imac_arch.studies.schemas as s; print(json.dumps([*map(s.schema_text, s.FILES)]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    for kind, text in zip(FILES, json.loads(done.stdout), strict=True):
        shipped = json.loads((TECH / f"{kind}.schema.json").read_text())
        assert covers(numbers_in_place(json.loads(text)), numbers_in_place(shipped)), f"tech schema --of {kind}"


def test_a_changed_or_new_field_is_no_longer_covered():
    shipped = json.loads((TECH / "technology.schema.json").read_text())
    for change in ({"description": "another"}, {"maximum": 3}, None):
        other = copy.deepcopy(shipped)
        properties = other["$defs"]["DifferentialAmplifier"]["properties"]
        properties["more" if change is None else "area"] = change or {}
        assert not covers(numbers_in_place(other), numbers_in_place(shipped))
    other = copy.deepcopy(shipped)
    other["$defs"]["Follower"] = {"type": "object"}
    assert covers(numbers_in_place(other), numbers_in_place(shipped))


def test_the_command_prints_the_schema_of_a_kind_of_file():
    done = CliRunner().invoke(app, ["tech", "schema", "--of", "network"])
    assert done.stdout == schema_text("network")
    wrong = CliRunner().invoke(app, ["tech", "schema", "--of", "bord"])
    assert (wrong.exit_code, "did you mean 'board'" in wrong.output) == (2, True)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_file_holds_to_the_schema_that_it_names(name, checkers):
    kind, path = SHIPPED[name]
    line = LINE.match(path.read_text().splitlines()[0])
    assert line, f"{name} begins with no line for editors"
    assert (path.parent / line[1]).resolve() == TECH / f"{kind}.schema.json"
    checkers[kind].validate(read_yaml(path).data)


def changed(data, path, value):
    *above, last = path
    here = data
    for step in above:
        here = here[step]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return data


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("board/h100", ("board", "peek"), "1 W"), ("board/h100", ("board", "peak"), "fast"),
        ("board/h100", ("node",), None), ("scenario/amin2022", ("targets", 0, "kind"), "abuot"),
        ("scenario/amin2022", ("targets", 0, "metric"), None), ("neuron/lut", ("neuron", "kind"), "lutt"),
        ("neuron/lut", ("title",), None), ("law/adc_survey", ("a0",), None), ("law/adc_survey", ("kind",), "adc_survy"),
        ("law/adc_survey", ("kind",), None), ("law/constants", ("values",), 3), ("law/scaling", ("table",), None),
        ("technology/reram", ("read", "circuit"), "average"),
    ],
)  # fmt: skip
def test_a_schema_refuses_what_the_check_refuses(name, path, value, checkers):
    kind, file = SHIPPED[name]
    assert checkers[kind].is_valid(read_yaml(file).data)
    assert not checkers[kind].is_valid(changed(read_yaml(file).data, path, value))


def test_every_kind_of_law_has_its_keys(checkers):
    for kind, law in Law.kinds.items():
        required = [name for name, field in law.model_fields.items() if field.is_required()]
        errors = list(checkers["law"].iter_errors({"kind": kind, "nokey": 1}))
        said = " ".join(error.message for error in errors)
        assert "'nokey' was unexpected" in said
        assert all(repr(name) in said for name in required)


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        (("", ""), True), (("784, ", ""), True), (("128", "many"), False), (("row_tiles", "row_tile"), False),
        (("row\n", "rows\n"), False), (("sigmoid", "sigmod"), False), (("mean: 0.1", "mean: lots"), False),
        (("[784, {width: 128, activation: sigmoid, row_tiles: 4}, 10]", "[784]"), False),
    ],
)  # fmt: skip
def test_a_network_holds_to_its_schema(change, fits, checkers):
    document = parse_text(NETWORK.replace(*change), "net.yaml")
    assert checkers["network"].is_valid(document.data) is fits
    if fits and change != ("784, ", ""):
        assert validate(NetworkFile, document).network().macs == 784 * 128 + 1280
    if not fits:
        with pytest.raises(ImacError):
            validate(NetworkFile, document)
