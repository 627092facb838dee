"""A walk over the quantities of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

from imac_arch.data.quantity import Quantity

__all__ = ["each_quantity", "with_quantities"]

B = TypeVar("B", bound=BaseModel)
Path = tuple[str | int, ...]
Found = list[tuple[Path, Quantity]]
PLAIN = frozenset((str, int, float, bool, type(None)))  # holds no quantity; asked for first, for most fields are plain


def each_quantity(part: Any, path: Path = ()) -> Iterator[tuple[Path, Quantity]]:
    """Walk over every quantity in a model, with its path."""
    found: Found = []
    _collect(part, path, found)
    return iter(found)


@cache  # whether something is a model takes ten times as long
def _fields(kind: type) -> tuple[str, ...] | None:
    """Return the names of the fields of a model; None of anything else."""
    return tuple(kind.model_fields) if issubclass(kind, BaseModel) else None


def _collect(part: Any, path: Path, found: Found) -> None:
    if isinstance(part, Quantity):
        found.append((path, part))
    elif (names := _fields(part.__class__)) is not None:
        values = part.__dict__
        for name in names:
            if type(value := values[name]) not in PLAIN:
                _collect(value, (*path, name), found)
    elif isinstance(part, dict):
        for key, value in sorted(part.items()):  # whatever the order in the file
            _collect(value, (*path, key), found)
    elif isinstance(part, (list, tuple)):
        for i, value in enumerate(part):
            _collect(value, (*path, i), found)


def with_quantities(part: B, change: Callable[[Path, Quantity], Quantity]) -> B:
    """Return a copy of a model in which ``change`` has replaced every quantity; the model itself is left alone."""
    return _changed(part, change, ())  # type: ignore[no-any-return]  # the walk keeps the type of what it walks


def _changed(part: Any, change: Callable[[Path, Quantity], Quantity], path: Path) -> Any:
    if isinstance(part, Quantity):
        return change(path, part)
    names = _fields(part.__class__)
    if names is not None:
        values, update = part.__dict__, {}
        for name in names:
            value = values[name]
            if type(value) not in PLAIN and (new := _changed(value, change, (*path, name))) is not value:
                update[name] = new
        if not update:
            return part
        copy = part.model_copy(update=update)
        for name in copy.__dict__.keys() - set(names):  # what was computed from the quantities of old
            del copy.__dict__[name]
        return copy
    if isinstance(part, dict):
        mapping = {key: _changed(value, change, (*path, key)) for key, value in part.items()}
        return mapping if any(mapping[key] is not part[key] for key in part) else part
    if isinstance(part, tuple):
        items = tuple(_changed(value, change, (*path, i)) for i, value in enumerate(part))
        return items if any(a is not b for a, b in zip(items, part, strict=True)) else part
    return part
