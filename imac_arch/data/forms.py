"""The forms in which a file writes a quantity, as a JSON Schema that editors complete and check by."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Literal, get_args

from imac_arch.data.units import describe

__all__ = ["DISTS", "KEYS", "STATUSES", "Status", "json_forms", "misfit", "no_range"]

Status = Literal[
    "published", "measured", "simulated", "derived", "scaled", "fitted", "calibrated", "assumed"
]  # fmt: skip
STATUSES: tuple[str, ...] = get_args(Status)
DISTS = ("lognormal", "uniform", "normal")
KEYS = ("value", "values", "range", "dist", "group", "source", "status", "note")


def json_forms(unit: str, plain: bool, words: Sequence[str]) -> dict[str, Any]:
    """Return the schema of a quantity: a text, a mapping, what several sources say, or a keyword."""
    pattern = r"^\s*[+-]?[0-9.]" if plain else r"^\s*[+-]?[0-9.][0-9.eE+-]*\s*\S"
    text: dict[str, Any] = {"type": "string", "pattern": pattern, "description": describe(unit)}
    value: dict[str, Any] = {"anyOf": [{"type": "number"}, text]} if plain else text
    properties = {
        "value": value,
        "range": {"type": "array", "items": value, "minItems": 2, "maxItems": 2},
        "dist": {"enum": list(DISTS)},
        "group": {"type": "string"},
        "source": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "status": {"enum": list(STATUSES)},
        "note": {"type": "string"},
        "values": {"type": "array", "items": {"type": "object"}, "minItems": 2},
    }
    either = [{"required": ["value"]}, {"required": ["values"]}]
    form = {"type": "object", "properties": properties, "oneOf": either, "additionalProperties": False}
    return {"anyOf": [value, form, *({"const": word} for word in words)]}


def no_range(given: object) -> str:
    """Return what is said of a range that is no list; of a text such as ``1 ns - 10 ns``, how to write it."""
    text = f"a range must be a list [low, high], not {given!r}"
    ends = re.split(r" ?\.\.+ ?| to | ?(?<![eE])- ?| ?[–—] ?|, ?", given) if isinstance(given, str) else []
    ends = [end.strip() for end in ends]
    if len(ends) != 2 or not all(re.match(r"[0-9.]", end) for end in ends):
        return text
    unit = re.sub(r"^[0-9.]+(?:[eE][+-]?[0-9]+)?\s*", "", ends[1])
    low = f"{ends[0]} {unit}".strip() if re.fullmatch(r"[0-9.]+", ends[0]) else ends[0]
    return f"{text}; did you mean [{low}, {ends[1]}]?"


def misfit(given: Sequence[object], value: float, ends: tuple[float, float], dist: str) -> str:
    """Return in what a range does not fit its value and distribution; empty where it does."""
    low, high = ends
    if not low <= value <= high:
        swapped = f"; did you mean [{given[1]}, {given[0]}]?" if high <= value <= low else ""
        return f"the range {given} does not contain the value; required: low <= value <= high{swapped}"
    if low == high:
        return ""
    if dist == "lognormal":
        text = f"a log-normal range must begin above 0, not at {given[0]!r}; or use dist: uniform"
        return text if low <= 0 else ""
    middle = (low + high) / 2
    text = f"the value of a {dist} quantity must be the midpoint of its range, {middle:g}"
    return "" if math.isclose(value, middle, rel_tol=1e-6, abs_tol=1e-30) else text
