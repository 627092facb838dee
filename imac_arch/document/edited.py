"""What a user changed of a technology: fields that were set, and numbers that kept the source of another one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from imac_arch.data.extends import KEY
from imac_arch.data.files import read_yaml
from imac_arch.data.leaves import VALUE, VALUES, find_part, is_number, leaves, written
from imac_arch.data.registry import find, is_path, names
from imac_arch.data.units import UnitError, parse
from imac_arch.data.walk import each_quantity
from imac_arch.document.comparison import ChangedField
from imac_arch.document.shapes import Finding
from imac_arch.technology_files import LAWS, Loaded

__all__ = ["changed_fields", "kept_elsewhere", "kept_sources"]

_TIGHT = re.compile(r"^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([^\s0-9.])")
SHOWN = 4  # numbers that the message of a warning names
ALIKE = 0.5  # share of equal leaves from which a file is a copy of a shipped one


def changed_fields(
    loaded: Loaded, laws: Mapping[str, Loaded], explicit: Mapping[str, Any], scenario: Mapping[str, Any]
) -> Iterator[ChangedField]:
    """Give the fields of a technology, and of the laws that it is priced by, that options set to something else than
    what stood there.

    Args:
        loaded: the technology with everything set.
        laws: likewise, by name.
        explicit: what options set, by path.
        scenario: what the scenario set, by path.
    """
    if not explicit:
        return
    models = [loaded.model, *(law.model for law in laws.values() if law.before is not None)]
    units = {quantity.path: quantity.unit for model in models for _, quantity in each_quantity(model)}
    for path in explicit:
        steps = tuple(path.split("."))
        file = loaded
        if path.startswith(LAWS):
            file, steps = laws[steps[1]], steps[2:]
        old = scenario[path] if path in scenario else find_part(file.before, steps)
        new = find_part(file.document.data, steps)
        if not _same(old, new, units.get(path)):
            unit = units.get(path, "")
            yield ChangedField(loaded.model.name, path, _spaced(written(old), unit), _spaced(written(new), unit))


def _spaced(text: str, unit: str) -> str:
    """Return a number with a space before its unit, however it was typed."""
    return re.sub(_TIGHT, r"\1 \2", text, count=1) if unit else text


def _same(old: Any, new: Any, unit: str | None) -> bool:
    if unit is None or old is None:
        return written(old) == written(new)
    return _numbers(old, unit) == _numbers(new, unit)


def _numbers(part: Any, unit: str) -> tuple[float | str, ...]:
    """Return value and range in SI units; a word as it is."""
    texts = _texts(part)
    try:
        return tuple(parse(str(text), unit) for text in texts)
    except UnitError:
        return tuple(map(str, texts))


def _texts(part: Any) -> list[Any]:
    """Return value and ends of the range of a number, of several sources those of each."""
    if not is_number(part):
        return [part]
    if VALUES in part:
        return [text for each in part[VALUES] for text in _texts(each)]
    return [part[VALUE], *(part.get("range") or ())]


def kept_sources(
    loaded: Loaded, name: str, explicit: Iterable[str], kind: str = "technology", prefix: str = ""
) -> tuple[Finding, ...]:
    """Return the warning of numbers that differ from those of another file and kept their source or note.

    What a number is held against: where an option set it, the file; else the file that this one extends; of a file
    that extends none, the shipped one that it is a copy of. Files that are shipped are not held against others.

    Args:
        loaded: the file with everything set.
        name: its name or path, as given.
        explicit: paths of the fields that options set, within the file.
        kind: of the file.
        prefix: of its paths in the message.
    """
    kept: dict[str, str] = {}
    for other, data, paths in _origins(loaded, name, tuple(explicit), kind):
        for path, what in _kept(data, loaded):
            if paths is None or any(f"{each}.".startswith(f"{path}.") or path.startswith(f"{each}.") for each in paths):
                kept.setdefault(path, f"{prefix}{path} ({what} of {other})")
    if not kept:
        return ()
    texts = list(kept.values())
    said = ", ".join(texts[:SHOWN]) + (f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else "")
    numbers = "1 changed number keeps" if len(texts) == 1 else f"{len(texts)} changed numbers keep"
    text = f"{numbers} the source or note of the number before: {said}; cite what the new one comes from, or give "
    place = loaded.place(tuple(next(iter(kept)).split(".")))
    technology = loaded.model.name if kind == "technology" else None
    return (Finding("kept_source", f"{text}status: assumed with a range", place, technology=technology),)


def kept_elsewhere(
    board: Loaded | None, name: str | None, laws: Mapping[str, Loaded], explicit: Iterable[str], read: frozenset[str]
) -> Iterator[Finding]:
    """Give what :func:`kept_sources` says of the board and of laws that are not shipped, or that options changed.

    Args:
        board: that is compared, and ``name``: its name or path, as given.
        laws: with everything set, by name.
        explicit: paths of the fields that options set.
        read: paths of all numbers that were read; of other laws nothing is said.
    """
    if board is not None and name is not None:
        yield from kept_sources(board, name, (), "board")
    shipped, paths = set(names("law", shipped=True)), tuple(explicit)
    for law, loaded in laws.items():
        prefix = f"{LAWS}{law}."
        own = [path.removeprefix(prefix) for path in paths if path.startswith(prefix)]
        if own or (law not in shipped and any(path.startswith(prefix) for path in read)):
            yield from kept_sources(loaded, law, own, "law", prefix)


def _origins(
    loaded: Loaded, name: str, explicit: tuple[str, ...], kind: str
) -> Iterator[tuple[str, Any, tuple[str, ...] | None]]:
    """Give the plain data that a file was made from, each with its name and the paths that are held against it;
    None for all."""
    if explicit:
        yield loaded.model.name, loaded.before, explicit
    if not is_path(name) and name in names(kind, shipped=True):
        return
    below = loaded.document.below
    if below is not None:
        yield str(below.data.get("name", below.name)), below.data, None
    else:
        yield from ((shipped, data, None) for shipped, data in _copied(loaded, kind))


def _copied(loaded: Loaded, kind: str) -> Iterator[tuple[str, Any]]:
    """Give the shipped file of which a file is a copy, where most of its leaves are the same."""
    own = dict(leaves(loaded.before or loaded.document.data))
    most, nearest = ALIKE, None
    for shipped in names(kind, shipped=True):
        data = read_yaml(find(kind, shipped)).data
        if KEY in data:
            continue
        others = dict(leaves(data))
        share = sum(own.get(path) == part for path, part in others.items()) / len(others)
        if share > most:
            most, nearest = share, (shipped, data)
    if nearest is not None:
        yield nearest


def _kept(data: Any, loaded: Loaded) -> Iterator[tuple[str, str]]:
    """Give the numbers whose value differs from that in ``data``, and what stayed: source, note, or both."""
    for path, quantity in each_quantity(loaded.model):
        steps: Sequence[str] = tuple(map(str, path))
        old, new = find_part(data, steps), find_part(loaded.document.data, steps)
        if not (is_number(old) and is_number(new)):
            continue
        stayed = [key for key in ("source", "note") if old.get(key) and old.get(key) == new.get(key)]
        if stayed and _numbers(old, quantity.unit)[0] != _numbers(new, quantity.unit)[0]:
            yield ".".join(steps), " and ".join(stayed)
