"""A technology that extends another one and gives only the fields that differ."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from imac_arch.data.errors import FileErrors, ImacError
from imac_arch.data.files import Document, read_yaml
from imac_arch.data.registry import find, is_path, shown_name

__all__ = ["lineage", "mentions", "read_extended"]

KEY = "extends"
LEVELS = 20  # files that extend one another
NUMBER = {"value", "values"}  # what a mapping has that is a quantity
BASE = re.compile(r"^extends:[ \t]*[\"']?([^\s\"'#]+)", re.M)
Steps = tuple[str | int, ...]
Instead = Callable[[Any, str], Collection[str]]


def read_extended(
    kind: str, name: str, seen: tuple[Path, ...] = (), instead: Instead = lambda kind, key: ()
) -> Document:
    """Return the document of a name or path, merged over the one that it extends.

    Mappings are merged key by key. A quantity, a list, and a component of another ``kind`` replace the inherited one
    entirely; so does what says the same in another way. A path in ``extends`` is relative to the folder of the file.

    Args:
        kind: of the file.
        name: or path.
        seen: files that led here.
        instead: the keys that a key takes the place of, in a mapping of a ``kind``.

    Raises:
        ImacError: a file is missing or unreadable, or ``extends`` is circular.
    """
    path = find(kind, name)
    document = read_yaml(path)
    document.name = shown_name(document.name, kind, name)
    base = document.data.get(KEY) if isinstance(document.data, dict) else None
    if base is None:
        return document
    here = (*seen, path.resolve())
    if len(here) > LEVELS:
        raise FileErrors([document.problem(f"more than {LEVELS} files extend one another", (KEY,))])
    if not isinstance(base, str) or not base.strip():
        raise FileErrors([document.problem(f"it must be the name or path of another {kind}, not {base!r}", (KEY,))])
    try:
        below = _below(path, base)
        if find(kind, below).resolve() in here:
            raise FileErrors([document.problem(f"circular {KEY!r}: {base!r}", (KEY,))])
        parent = read_extended(kind, below, here, instead)
    except FileErrors:
        raise
    except ImacError as error:
        raise FileErrors([document.problem(str(error), (KEY,))]) from None
    if not isinstance(parent.data, dict):
        return document
    replaced: set[Steps] = set()
    data = _merged(parent.data, document.data, (), replaced, instead)
    return Document(data, document.places, document.lines, document.name, parent.forgetting(replaced))


def lineage(kind: str, name: str) -> list[Path]:
    """Return the file of a name or path, then those that it extends, from the nearest.

    Raises:
        ImacError: as :func:`read_extended`.
    """
    read_extended(kind, name)  # it ends
    paths = [find(kind, name)]
    while isinstance(data := read_yaml(paths[-1]).data, dict) and data.get(KEY) is not None:
        paths.append(find(kind, _below(paths[-1], data[KEY])))
    return paths


def mentions(kind: str, name: str, word: str) -> bool:
    """Return whether the text of a file, or of those that it extends, has a word, without reading what it says; False
    for a file that cannot be read, of which whoever loads it says more."""
    known: list[Path] = []
    while len(known) <= LEVELS:
        try:
            path = find(kind, name)
            if not path.is_file():
                return False
            text = path.read_text(encoding="utf-8", errors="replace")
        except (ImacError, OSError):
            return False
        known.append(path)
        base = BASE.search(text)
        if word in text or base is None:
            return word in text
        name = _below(path, base[1])
    return False


def _below(path: Path, base: str) -> str:
    """Return the name or path of what the file at ``path`` extends."""
    return str(path.parent / base) if is_path(base) and not Path(base).is_absolute() else base


def _merged(
    below: dict[str, Any], above: dict[str, Any], at: Steps, replaced: set[Steps], instead: Instead
) -> dict[str, Any]:
    merged = copy.deepcopy(below)
    for key, value in above.items():
        old, path = merged.get(key), (*at, key)
        if isinstance(old, dict) and isinstance(value, dict) and _same(old, value):
            merged[key] = _merged(old, value, path, replaced, instead)
        else:
            replaced.add(path)
            merged[key] = copy.deepcopy(value)
        for other in instead(below.get("kind"), key) if value is not None else ():
            if other not in above:
                merged.pop(other, None)
    return merged


def _same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Return whether two mappings describe the same object: neither is a number, nor of another component kind."""
    return not NUMBER & (old.keys() | new.keys()) and new.get("kind", old.get("kind")) == old.get("kind")
