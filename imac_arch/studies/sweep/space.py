"""The designs of a sweep: axes of numbers and of words, their product, pairs or samples, and the inputs of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod
from pathlib import PurePath
from typing import Any

import numpy as np
from pydantic import BaseModel

from imac_arch.data.arrays import Array
from imac_arch.data.errors import UsageError
from imac_arch.data.fields import declaration
from imac_arch.data.quantity import COUNT, In, Quantity
from imac_arch.data.registry import find, portable
from imac_arch.data.usual import far
from imac_arch.inputs import BATCH, Inputs
from imac_arch.network_files import load_network
from imac_arch.resolve import Request, Resolved, refuse_idle, resolve
from imac_arch.studies.sweep.axes import Given, numbers
from imac_arch.technology_files import Loaded

__all__ = ["Numbers", "Space", "Words", "as_written", "declared", "refuse_words", "settled"]

NET, TILES, PIPELINED = "network", "tiles", "pipelined"
REQUEST = (NET, "technology", "board", "timing", "precision", TILES, PIPELINED)  # words that are no field
FILES = (NET, "technology", "board")  # names or paths
INSIDE = ("board.", "network.", "laws.")


@dataclass(frozen=True)
class Numbers:
    """An axis of numbers: by path the values in SI units, and the unit; ``log``: even in their logarithm, ``smooth``:
    whatever lies between two of them is a value too."""

    name: str
    values: Mapping[str, Array]
    unit: str = ""
    smooth: bool = False
    log: bool = False

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))


@dataclass(frozen=True)
class Words:
    """An axis of words, each of which is an evaluation of its own."""

    name: str
    path: str
    values: tuple[Any, ...]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The words as text; files by their names alone, which stay where a folder is moved, or with the folders that
        tell them apart."""
        texts = tuple(str(value) for value in self.values)
        return _short(texts) if self.path in FILES else texts

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Space:
    """Designs, each a row: words outermost, then numbers in the order of their axes, the last running fastest.

    Attributes:
        words: axes of words.
        numbers: axes of numbers.
        combinations: places of words that occur together, in their order.
        requests: of each combination of words.
        zipped: designs are pairs, one value of each axis.
        sample: draws in place of all designs; 0 for none.
        sobol: whether these are a Sobol sequence; else random.
        seed: of the draws.
        hashes: of the files behind the designs, by name.
        refused: combinations of words, by their number, that do not go together, with what is wrong.
    """

    words: tuple[Words, ...]
    numbers: tuple[Numbers, ...]
    combinations: tuple[tuple[int, ...], ...]
    requests: tuple[Request, ...]
    zipped: bool = False
    sample: int = 0
    sobol: bool = True
    seed: int = 0
    hashes: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[int, UsageError] = field(default_factory=dict)

    @property
    def portable_hashes(self) -> dict[str, str]:
        """The hashes of files by names that do not say in which folder of a machine these lie."""
        return dict(zip(_short(tuple(self.hashes)), self.hashes.values(), strict=True))

    @cached_property
    def rows(self) -> int:
        """How many designs there are."""
        if self.sample:
            return self.sample
        if self.zipped:
            return len(self.axes[0])
        return prod(len(axis) for axis in self.axes)

    @property
    def axes(self) -> tuple[Words | Numbers, ...]:
        """All axes, in the order of columns."""
        return (*self.words, *self.numbers)

    @property
    def product(self) -> bool:
        """Whether the designs are a grid."""
        return not (self.sample or self.zipped)

    @property
    def free(self) -> dict[str, tuple[int, Array]]:
        """By path the axis of a number, counted from 0, all the same one where designs are no grid, and its values."""
        return {
            path: (k if self.product else 0, values)
            for k, axis in enumerate(self.numbers)
            for path, values in axis.values.items()
        }


def _short(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return paths by their names alone, or with as much of their folders as tells them apart."""
    names = (tuple(PurePath(path).name or path for path in paths), tuple(map(portable, paths)))
    return next((short for short in names if len(set(short)) == len(set(paths))), paths)


def settled(
    request: Request, given: Sequence[Given], laws: Mapping[str, Loaded], *, zipped: bool = False, **sampled: Any
) -> Space:
    """Return the designs of axes.

    Args:
        request: what all designs have in common.
        given: the axes.
        laws: as loaded.
        zipped: one value of each axis makes a design.
        sampled: ``sample``, ``sobol`` and ``seed`` of :class:`Space`.

    Raises:
        ImacError: a value or word that there cannot be, an axis that moves nothing, or axes of several lengths that are
            zipped.
    """
    refuse_idle([path for axis in given for path in axis.paths], request.precision)
    for axis in given:
        if axis.paths[0] in request.fields:
            raise UsageError(f"{axis.name} is both set and varied; leave out one of the two")
    plain = resolve(request, laws).inputs
    words = [axis for axis in given if _of_words(axis, plain)]
    if any(axis not in words and declared(plain, axis.paths[0]) is None for axis in given):  # words may bring fields
        plain = resolve(_worded(request, words, [0] * len(words)), laws).inputs
    numbers_of = [_numbers(axis, plain, request, laws) for axis in given if axis not in words]
    axes = tuple(Words(axis.name, axis.paths[0], _words(axis)) for axis in words)
    lengths = {each.name: len(each) for each in axes} | {each.name: len(each) for each in numbers_of}
    if zipped and len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise UsageError(f"--zip pairs the values of axes, which must have equally many: {told}")
    if not zipped:
        for each in numbers_of:
            _refuse_twice(each)
    based = replace(request, fields={**request.fields, **dict(map(as_written, _based(numbers_of, plain)))})
    combinations = _combinations(axes, zipped)
    requests = tuple(_worded(based, words, places) for places in combinations)
    hashes: dict[str, str] = {}
    refused: dict[int, UsageError] = {}
    for number, one in enumerate(requests):
        try:
            files = _resolved(one, laws, given).files
        except UsageError as error:
            refused[number] = error
            continue
        hashes[one.technology] = files.technology.hash
        if files.board is not None and one.board is not None:
            hashes[one.board] = files.board.hash
    hashes |= {f"laws.{name}": law.hash for name, law in sorted(laws.items())}
    refuse_words(combinations, refused)
    return Space(axes, tuple(numbers_of), combinations, requests, zipped, **sampled, hashes=hashes, refused=refused)


def refuse_words(combinations: Sequence[tuple[int, ...]], refused: Mapping[int, UsageError]) -> None:
    """Raise where a word goes together with nothing: it is wrong by itself.

    Raises:
        UsageError: the first of what is wrong with it.
    """
    for number, error in refused.items():
        for axis, place in enumerate(combinations[number]):
            if all(other in refused for other, places in enumerate(combinations) if places[axis] == place):
                raise error
    if len(refused) == len(combinations):
        raise next(iter(refused.values()))


def _combinations(axes: Sequence[Words], zipped: bool) -> tuple[tuple[int, ...], ...]:
    """Return places of words that occur together; of words that are given twice, which pairs may be, the first."""
    firsts = [[axis.labels.index(label) for label in axis.labels] for axis in axes]
    if zipped and axes:
        return tuple(dict.fromkeys(zip(*firsts, strict=True)))
    for axis in () if zipped else axes:
        meant: dict[object, Any] = {}
        for value in axis.values:
            key = _meant(axis.path, value)
            if key in meant:
                other = f", as {meant[key]} too" if str(meant[key]) != str(value) else ""
                raise UsageError(f"--over {axis.name}: {value} is given twice{other}; name each value once")
            meant[key] = value
    return tuple(product(*firsts))


def _meant(path: str, word: Any) -> object:
    """Return what a word stands for, which is the same for each way of writing it."""
    if path == NET:
        return repr(load_network(word).model_copy(update={"name": ""}))
    if path in FILES:
        return find(path, str(word)).resolve()
    return word.strip().lower().replace("×", "x").replace(" ", "") if path == TILES else word


def _refuse_twice(axis: Numbers) -> None:
    if any(np.all(np.diff(values) > 0) for values in axis.values.values()):
        return
    pairs = np.stack(list(axis.values.values()), axis=-1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    if np.any(counts > 1):
        twice = " x ".join(f"{value:g}" for value in kinds[counts > 1][0])
        raise UsageError(f"--over {axis.name}: {twice} is given twice; name each value once")


def _of_words(axis: Given, inputs: Inputs) -> bool:
    """Whether the values of an axis are words: of the request, or of a field that holds no number or not only."""
    if axis.paths[0] in REQUEST:
        return True
    said = declared(inputs, axis.paths[0])
    if said is None:
        return axis.written and not axis.paths[0].startswith(INSIDE)
    return axis.written and any(value in said.words for value in axis.parts[0])


def _words(axis: Given) -> tuple[Any, ...]:
    """Return the words of an axis as a request takes them."""
    if axis.paths[0] != PIPELINED:
        return axis.parts[0]
    known = {"true": True, "false": False}
    wrong = [value for value in axis.parts[0] if str(value).lower() not in known]
    if wrong:
        raise UsageError(f"--over {axis.name}: {wrong[0]!r} is not allowed; it must be true or false")
    return tuple(known[str(value).lower()] for value in axis.parts[0])


def _worded(request: Request, axes: Sequence[Given], places: Sequence[int]) -> Request:
    """Return a request with one word of each axis."""
    fields: dict[str, Any] = dict(request.fields)
    options: dict[str, Any] = {}
    for axis, place in zip(axes, places, strict=True):
        word = _words(axis)[place]
        if axis.paths[0] == NET:
            options[NET] = load_network(word)
        elif axis.paths[0] in REQUEST:
            options[axis.paths[0]] = word
        else:
            fields[axis.paths[0]] = word
    return replace(request, fields=fields, **options)


def _numbers(axis: Given, inputs: Inputs, request: Request, laws: Mapping[str, Loaded]) -> Numbers:
    said = COUNT if axis.paths[0] == BATCH else declared(inputs, axis.paths[0])
    if said is None:  # setting it says what is wrong with it
        value = axis.parts[0][0]
        resolve(replace(request, fields={**request.fields, axis.paths[0]: str(value)}), laws)
        raise UsageError(f"--over {axis.name}: {axis.paths[0]} holds no number here")
    smooth = axis.function in ("linspace", "geomspace", "logspace") and not said.whole
    values = {path: numbers(axis, part, said) for part, path in enumerate(axis.paths)}
    return Numbers(axis.name, values, said.unit, smooth, smooth and axis.function != "linspace")


def declared(inputs: Inputs, path: str) -> In | None:
    """Return what the field at a path declares of its number; None where it has none, or is not there."""
    if path == BATCH:
        return COUNT
    steps = path.split(".")
    tops: dict[str, Any] = {"laws": inputs.laws.by_name, "board": inputs.board, "network": inputs.network}
    part, left = (tops[steps[0]], steps[1:]) if steps[0] in tops else (inputs.technology, steps)
    for k, step in enumerate(left):
        if isinstance(part, BaseModel):
            field = type(part).model_fields.get(step)
            said = None if field is None else declaration(field)
            if said is not None and k == len(left) - 1:
                return said
            part = getattr(part, step, None)
        elif isinstance(part, Mapping):
            part = part.get(step)
        elif isinstance(part, tuple) and step.isdecimal():
            part = part[int(step)] if int(step) < len(part) else None
        else:
            return None
    return part.declared if isinstance(part, Quantity) else None


def _based(axes: Sequence[Numbers], inputs: Inputs) -> list[tuple[str, float, In]]:
    """Return for each number a value with which the inputs are made, one that is no slip where there is one."""
    found = []
    for axis in axes:
        for path, values in axis.values.items():
            said = declared(inputs, path)
            if path == BATCH or said is None or path.startswith(("board.", "network.")):
                continue
            usual = said.common
            some = values[:: max(len(values) // FEW, 1)]
            found.append((path, float(next((v for v in some if usual is None or not far(v, usual)), values[0])), said))
    return found


FEW = 100  # values of an axis among which one is looked for that is no slip


def as_written(each: tuple[str, float, In]) -> tuple[str, str]:
    """Return a number as a file would have it."""
    path, value, said = each
    if said.unit or said.plain:
        return path, f"{repr(float(value)).removesuffix('.0')} {said.unit}".strip()
    return path, f"{value * 1e2:.17g} %"


def _resolved(request: Request, laws: Mapping[str, Loaded], given: Sequence[Given]) -> Resolved:
    try:
        return resolve(request, laws)
    except UsageError as error:
        text = str(error)
        for axis in given:
            for path in axis.paths:
                text = text.replace(f"--set {path}", f"--over {path}")
        if text == str(error):
            raise
        raise UsageError(text) from None
