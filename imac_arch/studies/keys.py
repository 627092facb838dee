"""The fields that a pattern matches, with description, unit, default and usual range."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from imac_arch.data.errors import UnknownName, nearest_endings
from imac_arch.data.usual import ends
from imac_arch.document.keys import KeyRow, KeysDocument
from imac_arch.document.shapes import SCHEMA_VERSION
from imac_arch.fields import Key, each_key, file_keys
from imac_arch.studies.scenario import Scenario

__all__ = ["key_rows", "matching_keys"]

SCENARIO = "scenario"
GLOB = set("*?[")
NEAR = 10  # fields that are shown where none matches
SHORT = 2  # letters of a word that is not the beginning of others
WORDS = re.compile(r"[a-z0-9]+")


def matching_keys(pattern: str = "", kind: str | None = None) -> KeysDocument:
    """Return the fields that a pattern matches: those whose path ends in it, then those whose path has its steps or
    words, then those whose description has all of its words; where there are none, those whose path is nearest.

    Args:
        pattern: ``adc.bits``, ``ra``, ``synapse.*``, or words such as ``bias current``; empty for every field.
        kind: component kind, role, law kind or kind of file that the fields must be of; None for all.

    Raises:
        UnknownName: no field is like the pattern, or there is no such kind.
    """
    every = [*each_key(), *file_keys(Scenario, SCENARIO)]
    kinds = sorted({name for key in every for name in (key.file, key.kind, key.role) if name})
    if kind is not None and kind not in kinds:
        raise UnknownName("kind", kind, kinds)
    keys = [key for key in every if kind is None or kind in (key.file, key.kind, key.role)]
    wanted = pattern.strip().casefold()
    found = _matching(keys, wanted)
    near = not found
    if near:
        paths = nearest_endings(wanted, dict.fromkeys(key.path for key in keys))[:NEAR]
        found = [key for path in paths for key in keys if key.path == path]
    if not found:
        text = "A pattern is a piece of a path, or words of a description."
        raise UnknownName("field", pattern, {key.path for key in keys}, text)
    return KeysDocument(SCHEMA_VERSION, pattern, kind, near, tuple(key_rows(found)))


def _matching(keys: Sequence[Key], wanted: str) -> list[Key]:
    """Return the keys that match, in groups: the ending of a path, any part of it, the description."""
    if not wanted:
        return list(keys)
    if GLOB & set(wanted):
        return [key for key in keys if any(fnmatchcase(end, wanted) for end in _endings(key.path))]
    steps, words = wanted.replace(" ", ".").split("."), WORDS.findall(wanted)
    groups: list[list[Key]] = [[], [], [], []]
    for key in keys:
        own = key.path.split(".")
        if own[-len(steps) :] == steps:
            groups[0].append(key)
        elif all(step in own for step in steps):
            groups[1].append(key)
        elif _begun(words, WORDS.findall(key.path)):
            groups[2].append(key)
        elif "." not in wanted and _begun(
            words, WORDS.findall(f"{key.path} {key.description} {' '.join(key.words)}".casefold())
        ):
            groups[3].append(key)
    return [key for group in groups for key in group]


def _endings(path: str) -> Iterator[str]:
    steps = path.split(".")
    return (".".join(steps[at:]) for at in range(len(steps)))


def _begun(words: Sequence[str], told: Sequence[str]) -> bool:
    """Whether a text has every word, or, unless it is very short, one that begins with it."""
    return bool(words) and all(
        any(one.startswith(word) if len(word) > SHORT else one == word for one in told) for word in words
    )


def key_rows(keys: Iterable[Key]) -> Iterator[KeyRow]:
    """Give a row for each path, for all kinds at once that say the same of it."""
    alike: dict[Key, list[str]] = {}
    for key in keys:
        alike.setdefault(key._replace(kind=""), []).append(key.kind)
    for key, kinds in alike.items():
        own = tuple(dict.fromkeys(kind for kind in kinds if kind != key.file))
        yield KeyRow(
            path=key.path,
            file=key.file,
            kinds=own,
            role=key.role,
            description=key.description,
            unit=key.unit,
            default=key.default,
            usual=key.usual,
            usual_range=ends(key.usual, key.unit) if key.usual else None,
            required=key.required,
            words=key.words,
            section=key.section,
        )
