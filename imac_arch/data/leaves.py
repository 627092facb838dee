"""The plain data of a file as leaves: every number with what stands beside it, and every word, by dotted path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["ABSENT", "VALUE", "VALUES", "find_part", "is_number", "leaves", "written"]

ABSENT = "not given"
VALUE, VALUES = "value", "values"


def is_number(part: Any) -> bool:
    """Return whether a part is a number in its long form, a mapping with a value or with those of several sources."""
    return isinstance(part, dict) and (VALUE in part or VALUES in part)


def leaves(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give every leaf with its dotted path: numbers in their long form, words, and what stands in lists."""
    if isinstance(part, dict) and not is_number(part):
        for key, value in part.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(part, list) and any(isinstance(item, dict) for item in part):
        for place, item in enumerate(part):
            yield from leaves(item, f"{path}.{place}")
    else:
        yield path, part


def find_part(data: Any, path: Sequence[str]) -> Any:
    """Return what stands at a path, in lists by its place; None where nothing does."""
    for step in path:
        if isinstance(data, list) and step.isdecimal() and int(step) < len(data):
            data = data[int(step)]
        elif isinstance(data, dict) and step in data:
            data = data[step]
        else:
            return None
    return data


def written(part: Any) -> str:
    """Return a part as a reader would say it: a number with its range, a component by its kind, a word as it is."""
    if part is None:
        return ABSENT
    if is_number(part) and VALUES in part:
        return f"mean of {', '.join(map(written, part[VALUES]))}"
    if is_number(part):
        ends = part.get("range")
        return str(part[VALUE]) + (f" [{ends[0]}, {ends[1]}]" if isinstance(ends, list) and len(ends) == 2 else "")
    if isinstance(part, dict):
        return str(part.get("kind", f"{len(part)} fields"))
    if isinstance(part, list):
        return ", ".join(map(written, part))
    return str(part).lower() if isinstance(part, bool) else str(part)
