"""The JSON Schemas of technology files and of the documents that commands print."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from imac_arch.data.errors import UnknownName
from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.crossbar import CheckDocument
from imac_arch.document.difference import DifferenceDocument
from imac_arch.document.explanation import CatalogDocument, ExplanationDocument, FileCheckDocument, TechnologyDocument
from imac_arch.document.neurons import NeuronsDocument
from imac_arch.document.plain import json_schema
from imac_arch.technology import Technology

__all__ = ["DOCUMENTS", "schema_text"]

PART = "Part"
DOCUMENTS: dict[str, type[NamedTuple]] = {
    "comparison": ComparisonDocument, "neurons": NeuronsDocument, "explanation": ExplanationDocument,
    "check": CheckDocument, "catalog": CatalogDocument, "file_check": FileCheckDocument,
    "difference": DifferenceDocument, "shown": TechnologyDocument,
}  # fmt: skip
TECHNOLOGY = "technology"


def schema_text(of: str = TECHNOLOGY) -> str:
    """Return the JSON Schema of a technology file or of a document as text.

    Raises:
        UnknownName: there is no such document.
    """
    if of != TECHNOLOGY and of not in DOCUMENTS:
        raise UnknownName("schema", of, [TECHNOLOGY, *DOCUMENTS])
    schema = _technology() if of == TECHNOLOGY else json_schema(DOCUMENTS[of])
    return json.dumps(schema, indent=1, sort_keys=of == TECHNOLOGY) + "\n"


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
    if isinstance(kept.get("usual"), str):
        usual = f"usually {kept.pop('usual')}"
        kept["description"] = "; ".join(text for text in (kept.get("description", ""), usual) if text)
    return kept


def _technology() -> dict[str, Any]:
    """Return the JSON Schema of a technology file."""
    schema: dict[str, Any] = _hovers(Technology.model_json_schema())
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "imac-arch technology"
    keys = ("properties", "required", "additionalProperties", "type")
    whole = {key: schema.pop(key) for key in keys}
    schema["if"] = {"type": "object", "required": ["extends"]}
    schema["then"] = {**_renamed(whole), "required": ["name", "extends"]}
    schema["else"] = whole
    schema["$defs"] |= _partial(schema["$defs"])
    numbers: dict[str, Any] = {}
    schema = _shared(schema, numbers)
    schema["$defs"] |= numbers
    return schema
