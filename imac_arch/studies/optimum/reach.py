"""The designs of one architecture among those of several: axes that it does not touch are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from imac_arch.architectures import ARCHITECTURES
from imac_arch.program.recorded import record
from imac_arch.program.tape import Node
from imac_arch.resolve import resolve
from imac_arch.studies.sweep.space import Space, Words
from imac_arch.technology_files import Loaded

__all__ = ["reduced", "touched"]

COMPONENTS, BOARD = "components.", "board"


def touched(
    space: Space, architectures: Sequence[str], metrics: Sequence[str], laws: Mapping[str, Loaded]
) -> dict[str, set[str]]:
    """Return for each architecture the names of the axes that any of its results depends on.

    A program is recorded with every number free, and each of its results knows the axes that it rests on. Words touch
    an architecture that has the role whose component they are of, or that any design has.
    """
    found = {name: {axis.name for axis in space.words if _of(axis, name)} for name in architectures}
    free = {path: (k, [float(v.min()), float(v.max())]) for path, (k, v) in space.free.items()}
    for number, request in enumerate(space.requests):
        if number in space.refused:
            continue
        program = record(resolve(request, laws).inputs, architectures, free, metrics).program
        for result, value in program.results.items():
            if isinstance(value, Node):
                axes = value.axes
                found[result.partition(".")[0]] |= {a.name for k, a in enumerate(space.numbers) if axes >> k & 1}
    return found


def _of(axis: Words, architecture: str) -> bool:
    """Whether an axis of words can touch an architecture."""
    own = ARCHITECTURES[architecture]
    if axis.path.startswith(COMPONENTS):
        return axis.path.split(".")[1] in own.roles
    return axis.path == BOARD if not own.uses_technology else axis.path != BOARD


def reduced(space: Space, names: set[str]) -> Space:
    """Return the designs along some axes alone, words of the others at the first value that they go together with."""
    words = tuple(axis for axis in space.words if axis.name in names)
    kept: dict[tuple[int, ...], int] = {}
    for number, places in enumerate(space.combinations):
        own = tuple(place for axis, place in zip(space.words, places, strict=True) if axis.name in names)
        if own not in kept or (kept[own] in space.refused and number not in space.refused):
            kept[own] = number
    refused = {k: space.refused[number] for k, number in enumerate(kept.values()) if number in space.refused}
    return replace(
        space, words=words, numbers=tuple(axis for axis in space.numbers if axis.name in names),
        combinations=tuple(kept), requests=tuple(space.requests[number] for number in kept.values()), refused=refused,
    )  # fmt: skip
