"""Fields that options set: laid over the data of a file by their path, named in errors, marked as the user's own."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from imac_arch.components.base import instead_of
from imac_arch.data.errors import FileErrors, Problem, UsageError, nearest
from imac_arch.data.files import Document, parse_text
from imac_arch.data.quantity import Quantity
from imac_arch.data.walk import with_quantities

__all__ = ["from_options", "marked", "override"]

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]


def override(document: Document, overrides: Mapping[str, Any], prefix: str = "") -> Document:
    """Return a document in which the values at dotted paths are replaced; a text is read as YAML.

    Args:
        document: of one file.
        overrides: values by path; a place in a list is its number, from 0.
        prefix: what paths begin with that lead into this file: ``laws.adc_survey.``; empty for a technology.

    Raises:
        UsageError: a path does not lead through the file.
    """
    data = copy.deepcopy(document.data)
    known = []
    for dotted, given in overrides.items():
        steps = dotted.removeprefix(prefix).split(".")
        places: list[str | int] = []
        here = data
        for i, step in enumerate(steps):
            place = _place(here, step)
            last = i == len(steps) - 1
            if place is None or not (last or isinstance(here, list) or place in here):
                raise UsageError(_lost(dotted, prefix, steps, i, here))
            places.append(place)
            if last:
                value = parse_text(given, f"--set {dotted}").data if isinstance(given, str) and given.strip() else given
                here[place] = copy.deepcopy(value)
                for other in _displaced(here, step) if value is not None else ():
                    if prefix + ".".join((*steps[:-1], other)) not in overrides:
                        here.pop(other, None)
            elif here[place] in ("none", None):
                here[place] = {}
            here = here[place]
        known.append(tuple(places))
    kept = document.forgetting(known)
    return Document(data, kept.places, kept.lines, kept.name, kept.below)


def _displaced(here: Any, step: str) -> tuple[str, ...]:
    """Return the keys in whose place a key stands."""
    return tuple(instead_of(here.get("kind"), step)) if isinstance(here, dict) else ()


def _place(here: Any, step: str) -> str | int | None:
    """Return the key or the place in a list that a step means; None where there can be none."""
    if isinstance(here, list):
        return int(step) if step.isdecimal() and len(step) <= len(str(len(here))) and int(step) < len(here) else None
    return step if isinstance(here, dict) else None


def from_options(found: Sequence[Problem], overrides: Mapping[str, Any], prefix: str = "") -> FileErrors:
    """Name the option, not the file, as the place of a problem that an option caused: at its path, or inside it where
    the part as a whole no longer holds together; ``prefix`` as for :func:`override`."""
    given = {tuple(option.removeprefix(prefix).split(".")): option for option in overrides}
    problems = []
    for problem in found:
        path = tuple(map(str, problem.path))
        causes = [o for o in given if path[: len(o)] == o] or [o for o in given if path and o[: len(path)] == path]
        option = given.get(max(causes, key=len, default=()))
        option = option or _other_kind(path, given)
        place = f"--set {option}={overrides[option]}" if option else ""
        problems.append(Problem(problem.message, problem.path, place) if option else problem)
    return FileErrors(_with_remedies(problems, given, overrides))


def _other_kind(path: Sequence[str], given: Mapping[tuple[str, ...], str]) -> str | None:
    """Return the option that gave the component around a path another kind, which the keys of the file do not fit."""
    changed = (steps for steps in given if steps[0] == "components" and steps[-1] == "kind")
    return next((given[steps] for steps in changed if tuple(path[: len(steps) - 1]) == steps[:-1]), None)


def _with_remedies(
    found: Sequence[Problem], given: Mapping[tuple[str, ...], str], overrides: Mapping[str, Any]
) -> Sequence[Problem]:
    """Return problems of which the last that another kind caused says how to give the component that kind."""
    problems = sorted(found, key=lambda problem: str(problem.path))
    for steps, option in given.items():
        place, kind = f"--set {option}={overrides[option]}", overrides[option]
        caused = [i for i, each in enumerate(problems) if each.file == place and tuple(map(str, each.path)) != steps]
        if steps[-1] != "kind" or not caused:
            continue
        whole = "none" if kind == "none" else f"{{kind: {kind}, ...}}"
        text = f"{problems[caused[-1]].message}; another kind has other keys: replace the mapping as a whole, "
        text += f"--set '{'.'.join(steps[:-1])}={whole}'"
        problems[caused[-1]] = replace(problems[caused[-1]], message=text)
    return problems


def _lost(dotted: str, prefix: str, steps: list[str], at: int, here: Any) -> str:
    if isinstance(here, list):
        ends = f"; its places are 0 to {len(here) - 1}" if here else ""
        return f"--set {dotted}: {prefix}{'.'.join(steps[:at])} is a list of {len(here)}{ends}"
    known = list(map(str, here)) if isinstance(here, dict) else []
    guess = nearest(steps[at], known)
    found = prefix + ".".join([*steps[:at], guess, *steps[at + 1 :]]) if guess else ""
    where = f"law {prefix.split('.')[1]!r}" if prefix else "the technology"
    text = f"--set {dotted}: there is no {'.'.join(steps[: at + 1])!r} in {where}"
    text += f"; did you mean {found!r}?" if found else "."
    return text + (f" Allowed there: {', '.join(known)}." if known else "")


def marked(model: M, overrides: Mapping[str, Any], prefix: str = "") -> M:
    """Mark overridden numbers as the user's own assumption; ``prefix`` as for :func:`override`."""
    paths = {tuple(dotted.removeprefix(prefix).split(".")) for dotted in overrides}

    def mark(path: Path, quantity: Quantity) -> Quantity:
        if tuple(map(str, path)) not in paths or quantity.source:
            return quantity
        return replace(quantity, status=quantity.status or "assumed", note=quantity.note or "set by the user")

    return with_quantities(model, mark)
