"""The JSON Schemas of every kind of file, and of the documents that commands print."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from imac_arch.components.base import Law
from imac_arch.data.errors import UnknownName
from imac_arch.data.fields import describe_field
from imac_arch.data.records import NamedTuple
from imac_arch.document.accuracy import AccuracyDocument
from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.crossbar import CheckDocument
from imac_arch.document.difference import DifferenceDocument
from imac_arch.document.explanation import CatalogDocument, ExplanationDocument, FileCheckDocument, TechnologyDocument
from imac_arch.document.keys import KeysDocument
from imac_arch.document.neurons import NeuronsDocument
from imac_arch.document.optimum import OptimumDocument
from imac_arch.document.plain import DIALECT, json_schema
from imac_arch.document.sensitivity import SensitivityDocument
from imac_arch.document.sweep import SweepDocument
from imac_arch.document.validation import ValidationDocument
from imac_arch.macro import Macro, Macros
from imac_arch.network import NetworkFile
from imac_arch.studies.scenario import Scenario
from imac_arch.technology import Board, NeuronFile, Technology

__all__ = ["DOCUMENTS", "FILES", "schema_text"]

PART = "Part"
DOCUMENTS: dict[str, type[NamedTuple]] = {
    "comparison": ComparisonDocument, "sweep": SweepDocument, "neurons": NeuronsDocument,
    "explanation": ExplanationDocument,
    "check": CheckDocument, "catalog": CatalogDocument, "file_check": FileCheckDocument,
    "difference": DifferenceDocument, "accuracy": AccuracyDocument,
    "validation": ValidationDocument, "shown": TechnologyDocument, "keys": KeysDocument,
    "sensitivity": SensitivityDocument, "optimum": OptimumDocument,
}  # fmt: skip
TECHNOLOGY, LAW, MACRO = "technology", "law", "macro"
MODELS: dict[str, type[BaseModel]] = {
    TECHNOLOGY: Technology, "board": Board, "scenario": Scenario, "network": NetworkFile, "neuron": NeuronFile,
}  # fmt: skip
FILES = (*MODELS, LAW, MACRO)


def schema_text(of: str = TECHNOLOGY) -> str:
    """Return the JSON Schema of a kind of file or of a document as text.

    Raises:
        UnknownName: there is no such kind of file, nor such a document.
    """
    if of in FILES:
        return json.dumps(_of_file(of), indent=1, sort_keys=True) + "\n"
    if of not in DOCUMENTS:
        raise UnknownName("schema", of, [*FILES, *DOCUMENTS])
    return json.dumps(json_schema(DOCUMENTS[of]), indent=1) + "\n"


def _partial(definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the definitions under names of their own, asking for nothing: a file that extends another may leave out
    whatever stands there."""
    return {f"{name}{PART}": _renamed(definition) for name, definition in definitions.items()}


def _renamed(part: Any) -> Any:
    if isinstance(part, dict):
        kept = {
            key: _renamed(value) for key, value in part.items() if key != "required" or {"value", "values"} & set(value)
        }
        if "$ref" in kept:
            kept["$ref"] += PART
        if "mapping" in kept:  # of a discriminator: kind to definition
            kept["mapping"] = {kind: f"{ref}{PART}" for kind, ref in part["mapping"].items()}
        return kept
    return [_renamed(item) for item in part] if isinstance(part, list) else part


def _shared(part: Any, numbers: dict[str, Any]) -> Any:
    """Return a schema in which equal forms of a number stand once, in ``numbers``."""
    if isinstance(part, list):
        return [_shared(item, numbers) for item in part]
    if not isinstance(part, dict):
        return part
    if "oneOf" in part:  # several kinds may admit the same empty form
        part = {("anyOf" if key == "oneOf" else key): value for key, value in part.items()}
    if any("range" in option.get("properties", {}) for option in part.get("anyOf", ()) if isinstance(option, dict)):
        form = {"anyOf": part["anyOf"]}
        name = next((n for n, known in numbers.items() if known == form), f"Number{len(numbers) + 1}")
        numbers[name] = form
        rest = {key: value for key, value in part.items() if key != "anyOf"}
        return {**rest, "$ref": f"#/$defs/{name}"}
    return {key: _shared(value, numbers) for key, value in part.items()}


def _hovers(part: Any) -> Any:
    """Return a schema in which the usual range of a field stands in the line that editors show of it."""
    if isinstance(part, list):
        return [_hovers(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _hovers(value) for key, value in part.items()}
    options = (option for option in part.get("anyOf", ()) if isinstance(option, dict))  # of a field that may be absent
    usual = next((each["usual"] for each in (part, *options) if isinstance(each.get("usual"), str)), "")
    if not usual:
        return kept
    said = "; ".join(text for text in (kept.get("description", ""), f"usually {usual}") if text)
    return {**{key: value for key, value in kept.items() if key != "usual"}, "description": said}


def _of_file(of: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file."""
    whole = {LAW: _laws, MACRO: _macros}.get(of)
    schema = _hovers(MODELS[of].model_json_schema() if whole is None else whole())
    schema |= {"$schema": DIALECT, "title": f"imac-arch {of}"}
    schema = _extending(schema) if of == TECHNOLOGY else schema
    numbers: dict[str, Any] = {}
    shared: dict[str, Any] = _shared(schema, numbers)
    return {**shared, "$defs": {**shared.get("$defs", {}), **numbers}}


def _extending(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema by which a file that extends another one need not be whole."""
    whole = {key: schema.pop(key) for key in ("properties", "required", "additionalProperties", "type")}
    choice = {
        "if": {"type": "object", "required": ["extends"]},
        "then": {**_renamed(whole), "required": ["name", "extends"]},
        "else": whole,
    }
    return {**schema, **choice, "$defs": schema["$defs"] | _partial(schema["$defs"])}


def _laws() -> dict[str, Any]:
    """Return the schema of laws, each by its kind."""
    laws = sorted(Law.kinds.items())
    _, schema = models_json_schema([(law, "validation") for _, law in laws], ref_template="#/$defs/{model}")
    own = [
        {"if": {"properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/{law.__name__}"}}
        for kind, law in laws
    ]
    kinds = {"enum": [kind for kind, _ in laws], "description": describe_field(laws[0][1].model_fields["kind"])}
    return {"type": "object", "required": ["kind"], "properties": {"kind": kinds}, "allOf": own, **schema}


def _macros() -> dict[str, Any]:
    """Return the schema of a macro file: of one chip, or of several, by its kind."""
    _, schema = models_json_schema([(Macro, "validation"), (Macros, "validation")], ref_template="#/$defs/{model}")
    several = {"properties": {"kind": {"const": "macros"}}, "required": ["kind"]}
    one, many = ({"$ref": f"#/$defs/{model.__name__}"} for model in (Macro, Macros))
    return {"type": "object", "if": several, "then": many, "else": one, **schema}
