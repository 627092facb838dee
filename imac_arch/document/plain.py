"""Records as plain data and as JSON, and the JSON Schema of a record type."""

from __future__ import annotations

import dataclasses
import json
import math
import types
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["json_schema", "to_json", "to_plain"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


@lru_cache(maxsize=256)
def _names(record: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(record))


def to_plain(part: object) -> Any:
    """Return a record as dictionaries, lists, texts and finite numbers; what is NaN or infinite becomes None.

    Raises:
        TypeError: something that is no record, tuple, dictionary, text or number.
    """
    if part is None or isinstance(part, str | int):
        return part
    if isinstance(part, float):
        return part if math.isfinite(part) else None
    if isinstance(part, tuple | list):
        return [to_plain(item) for item in part]
    if isinstance(part, dict):
        return {key: to_plain(value) for key, value in part.items()}
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return {name: to_plain(getattr(part, name)) for name in _names(type(part))}
    raise TypeError(f"a {type(part).__name__} has no place in a document")


def to_json(record: object) -> str:
    """Return a record as the text of a JSON document."""
    return json.dumps(to_plain(record), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def json_schema(record: type[DataclassInstance]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what :func:`to_plain` makes of a record type: every field is required
    and no other is allowed."""
    definitions: dict[str, Any] = {}
    whole = _object(record, definitions)
    return {"$schema": DIALECT, "title": record.__name__, **whole, "$defs": dict(sorted(definitions.items()))}


def _object(record: type[DataclassInstance], definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(record)
    properties = {name: _form(hints[name], definitions) for name in _names(record)}
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
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
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
