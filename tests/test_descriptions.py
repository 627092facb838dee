"""Every field that can stand in a file is described in one line, for editors and for readers of the code."""

import ast
import json
import re
from typing import Annotated, get_args

import jsonschema
import pytest
from pydantic import BaseModel

from imac_arch.components.base import Component, Law
from imac_arch.data.fields import describe_field
from imac_arch.data.quantity import In, Quantity, about
from imac_arch.macro import Macro, Macros
from imac_arch.network import NetworkFile
from imac_arch.studies.scenario import Scenario
from imac_arch.studies.schemas import schema_text
from imac_arch.technology import Board, NeuronFile, Technology
from tests.helpers import ROOT

MOST = 120  # characters: one line of an editor's hover
ROOTS = (
    Technology,
    Board,
    NeuronFile,
    Scenario,
    NetworkFile,
    Macro,
    Macros,
    *Component.kinds.values(),
    *Law.kinds.values(),
)


def within(annotation):
    """Give every model that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from within(argument)


def reachable():
    known, left = {}, list(ROOTS)
    while left:
        model = left.pop()
        if model.__qualname__ not in known:
            known[model.__qualname__] = model
            left += [part for field in model.model_fields.values() for part in within(field.annotation)]
    return [known[name] for name in sorted(known)]


def faults(model):
    texts = {name: describe_field(field) for name, field in model.model_fields.items()}
    for name, text in texts.items():
        if not text.strip():
            yield f"{name} has no description"
        if len(text) > MOST or "\n" in text:
            yield f"{name}: more than one line of {MOST} characters"
        if text in [other for key, other in texts.items() if key != name]:
            yield f"{name}: another field is described in the same words"


def test_the_walk_meets_nested_parts():
    names = {model.__qualname__ for model in reachable()}
    assert {"Source", "Read", "Subarray", "Programming", "LogicRow", "Activity", "Claim", "Target"} <= names
    assert len(names) > 50


@pytest.mark.parametrize("model", reachable(), ids=lambda model: model.__qualname__)
def test_every_field_is_described_once(model):
    assert list(faults(model)) == []


def test_the_walk_finds_what_is_wrong():
    class Lacking(BaseModel):
        bare: Annotated[Quantity, In("m")]
        first: Annotated[Quantity, In("m", "a length")]
        second: Annotated[int | None, about("a length")] = None
        long: Annotated[str, about("x" * (MOST + 1))] = ""

    assert [fault.split(" ")[0].rstrip(":") for fault in faults(Lacking)] == ["bare", "first", "second", "long"]


def test_the_schema_carries_the_descriptions():
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for model in (Technology.model_fields["read"].annotation, *Component.kinds.values()):
        if model.__qualname__ in schema["$defs"]:
            shown = schema["$defs"][model.__qualname__]["properties"]
            assert {name: shown[name].get("description", "").partition("; usually")[0] for name in shown} == {
                name: describe_field(field) for name, field in model.model_fields.items()
            }
    number = schema["$defs"]["DifferentialAmplifier"]["properties"]["area"]
    forms = schema["$defs"][number["$ref"].rsplit("/", 1)[1]]["anyOf"]
    assert forms[0]["description"] == "an area, such as '0.05 um^2'"


TOLD = {"arrays"}  # of a published chip: says to whom reads its file that figures are of one


def test_every_field_is_read():
    """Somewhere in the package each field is asked for: as an attribute, by its name, or by the end of it."""
    nodes = [node for path in (ROOT / "imac_arch").rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    asked = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    asked |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    ends = tuple(
        end for node in nodes if isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant)
        for end in [node.values[-1].value] if re.fullmatch("_[a-z]+", end)
    )  # fmt: skip
    names = {(model.__qualname__, name) for model in reachable() for name in model.model_fields}
    unread = {(model, name) for model, name in names if name not in asked | TOLD and not name.endswith(ends)}
    assert ", ".join(sorted(".".join(pair) for pair in unread)) == ""
