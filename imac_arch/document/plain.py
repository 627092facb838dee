"""Records as plain data and as JSON, and the JSON Schema of a record type."""

from __future__ import annotations

import json
import math
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from imac_arch.data.records import NamedTuple

__all__ = ["DIALECT", "LEFT_OUT", "json_schema", "to_json", "to_plain"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LEFT_OUT = "provenance"  # of a brief document
_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def to_plain(part: object) -> Any:
    """Return a record as dictionaries, lists, texts and finite numbers; what is NaN or infinite becomes None. A field
    ``from_`` is called ``from``, which Python reserves.

    Raises:
        TypeError: something that is no record, tuple, dictionary, text or number.
    """
    if part is None or isinstance(part, str | int):
        return part
    if isinstance(part, float):
        return part if math.isfinite(part) else None
    if isinstance(part, tuple) and hasattr(part, "_fields"):
        return {name.rstrip("_"): to_plain(value) for name, value in zip(part._fields, part, strict=True)}
    if isinstance(part, tuple | list):
        return [to_plain(item) for item in part]
    if isinstance(part, dict):
        return {key: to_plain(value) for key, value in part.items()}
    raise TypeError(f"a {type(part).__name__} has no place in a document")


def to_json(record: object, *, compact: bool = False, brief: bool = False) -> str:
    """Return a record as the text of a JSON document; a compact one has no layout, a brief one no provenance."""
    layout: dict[str, Any] = {"separators": (",", ":")} if compact else {"indent": 2}
    plain = to_plain(record)
    if brief and isinstance(plain, dict):
        plain.pop(LEFT_OUT, None)
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, **layout) + "\n"


def json_schema(record: type[NamedTuple]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what :func:`to_plain` makes of a record type: every field is required
    and no other is allowed; the provenance of a whole document may be left out."""
    definitions: dict[str, Any] = {}
    whole = _object(record, definitions)
    whole["required"] = [name for name in whole["required"] if name != LEFT_OUT]
    return {"$schema": DIALECT, "title": record.__name__, **whole, "$defs": dict(sorted(definitions.items()))}


def _object(record: type[NamedTuple], definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(record)
    properties = {name.rstrip("_"): _form(hints[name], definitions) for name in hints}
    described = {"description": " ".join(record.__doc__.split())} if record.__doc__ else {}
    return {
        "type": "object", **described, "properties": properties, "required": list(properties),
        "additionalProperties": False,
    }  # fmt: skip


def _form(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type hint.

    Raises:
        TypeError: a hint that no document may have, such as Any.
    """
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    if hasattr(hint, "_fields"):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}  # a record may hold its own kind
            definitions[hint.__name__] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_form(option, definitions) for option in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple and arguments[-1:] == (Ellipsis,):
        return {"type": "array", "items": _form(arguments[0], definitions)}
    if origin is tuple:
        forms = [_form(item, definitions) for item in arguments]
        return {"type": "array", "prefixItems": forms, "minItems": len(forms), "maxItems": len(forms)}
    if origin is dict and arguments[0] is str:
        return {"type": "object", "additionalProperties": _form(arguments[1], definitions)}
    raise TypeError(f"{hint} has no place in a document")
