"""A walk over the quantities of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from imac_arch.data.quantity import Quantity

__all__ = ["each_quantity", "with_quantities"]

B = TypeVar("B", bound=BaseModel)
Path = tuple[str | int, ...]
PLAIN = (str, int, float, type(None))  # asked for first, since whether something is a model takes ten times as long


def each_quantity(part: Any, path: Path = ()) -> Iterator[tuple[Path, Quantity]]:
    """Walk over every quantity in a model, with its path."""
    if isinstance(part, Quantity):
        yield path, part
    elif isinstance(part, PLAIN):
        return
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from each_quantity(getattr(part, name), (*path, name))
    elif isinstance(part, dict):
        for key, value in sorted(part.items()):  # whatever the order in the file
            yield from each_quantity(value, (*path, key))
    elif isinstance(part, (list, tuple)):
        for i, value in enumerate(part):
            yield from each_quantity(value, (*path, i))


def with_quantities(part: B, change: Callable[[Path, Quantity], Quantity]) -> B:
    """Return a copy of a model in which ``change`` has replaced every quantity; the model itself is left alone."""
    return _changed(part, change, ())  # type: ignore[no-any-return]  # the walk keeps the type of what it walks


def _changed(part: Any, change: Callable[[Path, Quantity], Quantity], path: Path) -> Any:
    if isinstance(part, Quantity):
        return change(path, part)
    if isinstance(part, PLAIN):
        return part
    if isinstance(part, BaseModel):
        old = {name: getattr(part, name) for name in type(part).model_fields}
        new = {name: _changed(value, change, (*path, name)) for name, value in old.items()}
        update = {name: value for name, value in new.items() if value is not old[name]}
        if not update:
            return part
        copy = part.model_copy(update=update)
        for name in copy.__dict__.keys() - old.keys():  # what was computed from the quantities of old
            del copy.__dict__[name]
        return copy
    if isinstance(part, dict):
        mapping = {key: _changed(value, change, (*path, key)) for key, value in part.items()}
        return mapping if any(mapping[key] is not part[key] for key in part) else part
    if isinstance(part, tuple):
        items = tuple(_changed(value, change, (*path, i)) for i, value in enumerate(part))
        return items if any(a is not b for a, b in zip(items, part, strict=True)) else part
    return part
