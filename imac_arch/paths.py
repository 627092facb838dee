"""Fields found by the ending of their path: ``adc.bits``, ``synapse.ra``, ``encoding``, ``adc_survey.a0``.

An ending is looked for among the fields of technologies first, then among those of laws. Where several fields of
technologies have it, those count whose kind the technologies at hand bind to the role. A name of a technology in front,
``sot_mram:synapse.ra``, sets the field of that one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NoReturn

from imac_arch import given as plain
from imac_arch.data.errors import UnknownName, UsageError, nearest_endings
from imac_arch.data.extends import read_extended
from imac_arch.data.forms import KEYS
from imac_arch.technology import Technology
from imac_arch.technology_files import LAWS, load_laws

if TYPE_CHECKING:
    from imac_arch.fields import Key

__all__ = ["OF", "fields_on", "find_path", "found_axes", "found_fields", "of_technology", "without_laws"]

ANY = "*"  # in a path, what the file gives
OF = ":"  # between a technology and a path
FEW = 6  # paths that a message names
DEEPEST = 50  # levels of a file
TOPS = {*Technology.model_fields, LAWS.rstrip(".")}
OTHERS = ("board.", "network.")  # of axes


def found_fields(given: Mapping[str, Any], technologies: Sequence[str]) -> dict[str, Any]:
    """Return values by the whole path of their fields; of one technology alone with its name in front.

    Args:
        given: values by path, by an ending of it, or by ``technology:path``.
        technologies: names or paths of those that the fields are of.

    Raises:
        UsageError: an ending that no field has or several have, a technology that is not at hand, a field set twice.
    """
    found: dict[str, Any] = {}
    spelled: dict[str, str] = {}
    for text, value in given.items():
        name, colon, ending = str(text).strip().rpartition(OF)
        own = _called(name, technologies, text) if colon else ""
        path = find_path(ending, [own] if own else technologies)
        if own and path.startswith(LAWS):
            raise UsageError(f"--set {text}: laws are the same for every technology; write {path}")
        whole = f"{_name(own)}{OF}{path}" if own else path
        for other, before in spelled.items():
            if path == other.rpartition(OF)[2] and (other == whole or OF not in other or not own):
                both = f"{before}={given[before]} and {text}={value}"
                raise UsageError(f"{path} is set twice, by {both}; keep one of the two")
        found[whole], spelled[whole] = value, text
    return found


def fields_on(technology: str, given: object) -> dict[str, Any]:
    """Return what is set on one technology, by the whole path of each field; ``given`` as Python gives overrides.

    Raises:
        UsageError: as for :func:`found_fields`.
    """
    fields = plain.fields("overrides", given)
    return of_technology(found_fields(fields, [technology]), technology) if fields else {}


def of_technology(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what found fields set on one technology, given by name or path: by path alone."""
    if not any(OF in path for path in fields):
        return dict(fields)
    head = f"{_name(name)}{OF}"
    return {path.removeprefix(head): value for path, value in fields.items() if OF not in path or path.startswith(head)}


def without_laws(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that a technology's file has."""
    return {path: value for path, value in fields.items() if not path.startswith(LAWS)}


def found_axes(given: Mapping[str, Any], technologies: Sequence[str], options: Iterable[str]) -> dict[str, Any]:
    """Return axes by the whole path of their fields; ``options`` are words that are no fields.

    Raises:
        UsageError: as for fields; two axes of one field.
    """
    found: dict[str, Any] = {}
    for text, values in given.items():
        own = text in options or text.startswith(OTHERS)
        path = text if own else find_path(text, technologies, "axis")
        if path in found:
            raise UsageError(f"two axes vary {path}; an axis has a field of its own")
        found[path] = values
    return found


def find_path(given: str, technologies: Sequence[str] = (), what: str = "field") -> str:
    """Return the whole path of a field, of which an ending is given.

    Raises:
        UnknownName: no field has the ending; the nearest are named.
        UsageError: several have it; they are named.
    """
    steps = given.split(".")
    if steps[0] in TOPS:
        return given  # what is wrong below is said with the place in the file
    from imac_arch.fields import law_keys, technology_keys  # only where a path is not whole

    below = steps[:-1] if steps[-1] in KEYS else None  # range, source ... of a number
    keys = [key for key in technology_keys() if not key.path.startswith("sources.")]
    laws: list[Key] | None = None
    for ending in filter(None, (steps, below)):
        rest = steps[len(ending) :]
        if found := _bound(_ending(keys, ending), technologies):
            return ".".join([_one(given, found), *rest])
        laws = list(law_keys(load_laws())) if laws is None else laws
        if found := [path for path, _ in _ending(laws, ending)]:
            return ".".join([_one(given, found), *rest])
    if len(steps) <= DEEPEST and (inside := _inside([*keys, *(laws or ())], steps)):
        return inside
    _refuse(given, [*keys, *(laws or ())], what)


def _ending(keys: Iterable[Key], steps: Sequence[str]) -> list[tuple[str, Key]]:
    """Return the keys whose path ends in the steps, with the paths: a number of a list takes the place of ``*``."""
    found = []
    for key in keys:
        own = key.path.split(".")
        if len(own) < len(steps):
            continue
        tail = own[len(own) - len(steps) :]
        if all(a == b or (a == ANY and b.isdecimal()) for a, b in zip(tail, steps, strict=True)):
            found.append((".".join([*own[: len(own) - len(steps)], *steps]), key))
    return found


def _bound(found: Sequence[tuple[str, Key]], technologies: Sequence[str]) -> list[str]:
    """Return the paths of keys; of several those whose kind a technology binds to the role, where there are any."""
    paths = list(dict.fromkeys(path for path, _ in found))
    if len(paths) < 2 or not technologies:
        return paths
    kinds = set().union(*map(_kinds, technologies))
    own = dict.fromkeys(path for path, key in found if not key.role or key.section or (key.role, key.kind) in kinds)
    return list(own) or paths


def _kinds(technology: str) -> Iterator[tuple[str, str]]:
    """Give the roles of a technology with the kinds that fill them."""
    data = read_extended("technology", technology).data
    components = data.get("components") if isinstance(data, dict) else None
    for role, fields in components.items() if isinstance(components, dict) else ():
        if isinstance(fields, dict):
            yield role, str(fields.get("kind"))


def _one(given: str, paths: Sequence[str]) -> str:
    """Return the only path, which must lead to one field."""
    if len(paths) > 1:
        raise UsageError(f"several fields end in {given!r}; write one of {_listed(paths)}")
    if ANY in paths[0].split("."):
        raise UsageError(f"{given!r}: {paths[0]} is of a list; write a number, from 0, in the place of {ANY}")
    return paths[0]


def _inside(keys: Iterable[Key], steps: Sequence[str]) -> str:
    """Return the path of a field inside the only section whose path ends in the first steps; empty for none. Whether
    the section has the field is said with the place in the file."""
    sections = [key for key in keys if key.section]
    for end in range(len(steps) - 1, 0, -1):
        paths = dict.fromkeys(path for path, _ in _ending(sections, steps[:end]))
        if len(paths) == 1 and ANY not in (path := next(iter(paths))).split("."):
            return ".".join([path, *steps[end:]])
    return ""


def _refuse(given: str, keys: Sequence[Key], what: str) -> NoReturn:
    paths = list(dict.fromkeys(key.path for key in keys))
    near = nearest_endings(given, paths)[:FEW]
    raise UnknownName(what, given, paths, "imac-arch tech keys WORD finds fields by name and description.", near)


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - FEW} more" if len(paths) > FEW else ""
    return ", ".join(sorted(paths)[:FEW]) + more


def _name(technology: str) -> str:
    """Return what a technology calls itself; the name of its file where that cannot be read."""
    data = read_extended("technology", technology).data
    return str(data.get("name") if isinstance(data, dict) else "") or PurePath(technology).stem


def _called(name: str, technologies: Sequence[str], text: str) -> str:
    """Return the technology, as it was named, that a name in front of a path means."""
    names = {each: (each, PurePath(each).stem, _name(each)) for each in technologies}
    for each, known in names.items():
        if name.strip() in known:
            return each
    raise UnknownName(f"technology of --set {text}", name, [known[2] for known in names.values()])
