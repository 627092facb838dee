"""A technology that names another one in ``extends`` and writes down only what differs from it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from imac_arch.data.errors import FileErrors, ImacError
from imac_arch.data.files import Document, read_yaml
from imac_arch.data.registry import find, is_path, shown_name

__all__ = ["read_extended"]

KEY = "extends"
Steps = tuple[str | int, ...]


def read_extended(kind: str, name: str, seen: tuple[Path, ...] = ()) -> Document:
    """Return the document of a name or path, laid over the one that it extends.

    Mappings are laid over one another key by key. A quantity, a list, and a component of another ``kind`` replace what
    was there as a whole. A path in ``extends`` starts at the folder of the file that holds it.

    Raises:
        ImacError: a file is absent, unreadable, or extends itself.
    """
    path = find(kind, name)
    document = read_yaml(path)
    document.name = shown_name(document.name, kind, name)
    base = document.data.get(KEY) if isinstance(document.data, dict) else None
    if base is None:
        return document
    here = (*seen, path.resolve())
    if not isinstance(base, str) or not base.strip():
        raise FileErrors([document.problem(f"{KEY} names another {kind}, not {base!r}", (KEY,))])
    try:
        below = str(path.parent / base) if is_path(base) and not Path(base).is_absolute() else base
        if find(kind, below).resolve() in here:
            raise FileErrors([document.problem(f"{base!r} leads back to this file", (KEY,))])
        parent = read_extended(kind, below, here)
    except FileErrors:
        raise
    except ImacError as error:
        raise FileErrors([document.problem(str(error), (KEY,))]) from None
    if not isinstance(parent.data, dict):
        return document
    replaced: set[Steps] = set()
    data = _laid_over(parent.data, document.data, (), replaced)
    return Document(data, document.places, document.lines, document.name, parent.forgetting(replaced))


def _laid_over(below: dict[str, Any], above: dict[str, Any], at: Steps, replaced: set[Steps]) -> dict[str, Any]:
    found = copy.deepcopy(below)
    for key, value in above.items():
        old, path = found.get(key), (*at, key)
        if isinstance(old, dict) and isinstance(value, dict) and _same(old, value):
            found[key] = _laid_over(old, value, path, replaced)
        else:
            replaced.add(path)
            found[key] = copy.deepcopy(value)
    return found


def _same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Tell whether two mappings are the same part, not a number or a component of another kind."""
    return "value" not in old and "value" not in new and new.get("kind", old.get("kind")) == old.get("kind")
