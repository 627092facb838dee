"""The designs of a sweep evaluated, table by table: rows in a fixed order, whatever the blocks they are computed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imac_arch.checks import VERDICTS
from imac_arch.data.arrays import Array, in_order
from imac_arch.data.errors import ImacError, UsageError
from imac_arch.data.records import NamedTuple
from imac_arch.program.recorded import MARGIN, OTHERWISE, REASON, VERDICT, Recorded, record
from imac_arch.program.replay import Block
from imac_arch.program.tables import Tabled, few
from imac_arch.program.tape import Node
from imac_arch.resolve import resolve
from imac_arch.studies.sweep.draws import Draws, metric_of
from imac_arch.studies.sweep.space import Numbers, Space, refuse_words
from imac_arch.technology_files import Loaded

__all__ = ["LABELS", "TABLE", "Column", "Runner", "Table", "column_values"]

TABLE = 2**16  # rows that are handed on together
KEPT = 2**6  # programs that are kept
LABELS = (*VERDICTS, "refused")  # of the codes of a verdict
JUDGED = dict.fromkeys((VERDICT, OTHERWISE), len(LABELS) - 1)  # what cannot be
Column = NDArray[Any]


class Table(NamedTuple):
    """Rows of a sweep.

    Attributes:
        start: number of the first row, from 0.
        columns: by name: axes, then of each architecture metrics, margins, verdict and reason of refusal; numbers in SI
            units, or codes of labels.
        labels: of the columns that hold codes.
    """

    start: int
    columns: Mapping[str, Column]
    labels: Mapping[str, Sequence[str]]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(next(iter(self.columns.values())))


class Runner:
    """What evaluates the designs of a space.

    Args:
        space: the designs.
        architectures: names.
        metrics: names of those that are wanted.
        laws: as loaded.
        block: most designs that are evaluated together; by default as many as have their numbers near at hand.
        beside: columns that somebody else fills.
        classified: the accuracy of designs will be known, and tables have the verdict otherwise until it is.
    """

    def __init__(
        self,
        space: Space,
        architectures: Sequence[str],
        metrics: Sequence[str],
        laws: Mapping[str, Loaded],
        block: int | None = None,
        beside: Sequence[str] = (),
        classified: bool = False,
    ) -> None:
        self.space, self.architectures, self.metrics, self.laws, self.block = space, architectures, metrics, laws, block
        self.classified = classified
        self.reasons: dict[str, int] = {"": 0}
        self.recorded = lru_cache(KEPT)(self._recorded)
        self.tabled = lru_cache(KEPT)(self._tabled)
        self.refused = dict(space.refused)
        self.results = (*self._results(), *beside)
        self.draws = Draws(len(space.axes), space.sobol, space.seed)
        self._at: _At | None = None

    def _recorded(self, combination: int) -> Recorded:
        """Return the program of a combination of words."""
        free = self.space.free.items()
        found = self._record(combination, {path: (k, [float(v.min()), float(v.max())]) for path, (k, v) in free})
        for told in (reason for reasons in found.reasons.values() for reason in reasons):
            self.reasons.setdefault(told, len(self.reasons))
        return found

    def _tabled(self, combination: int) -> Tabled:
        """Return the program of a combination of words for drawn rows: axes of few values have each of them often."""
        listed = (axis for axis in self.space.numbers if self._listed(axis))
        return Tabled(self.recorded(combination).program, [path for axis in listed for path in axis.values])

    def _listed(self, axis: Numbers) -> bool:
        return bool(self.space.sample) and not axis.smooth and few(len(axis), min(TABLE, self.space.rows))

    def _record(self, combination: int, free: Mapping[str, tuple[int, Sequence[float]]]) -> Recorded:
        try:
            inputs = resolve(self.space.requests[combination], self.laws).inputs
            return record(inputs, self.architectures, free, self.metrics, classified=self.classified)
        except ImacError as error:
            if not self.space.words or type(error) not in (ImacError, UsageError):
                raise
            places = zip(self.space.words, self.space.combinations[combination], strict=True)
            told = ", ".join(f"{axis.name}={axis.labels[place]}" for axis, place in places)
            raise type(error)(f"{told}: {error}") from error

    def _results(self) -> tuple[str, ...]:
        """Return the names of results that some combination of words has, those of an architecture together."""
        every: dict[str, None] = {}
        for number in range(len(self.space.requests)):
            if number not in self.refused:
                try:
                    every |= dict.fromkeys(self._record(number, {}).program.results)
                except UsageError as error:
                    self.refused[number] = error
        refuse_words(self.space.combinations, self.refused)
        for told in self.refused.values():
            self.reasons.setdefault(_line(told), len(self.reasons))
        order = [*self.metrics, MARGIN, VERDICT, REASON, OTHERWISE]

        def rank(name: str) -> tuple[int, int]:
            architecture, _, what = name.partition(".")
            return self.architectures.index(architecture), order.index(MARGIN if what.startswith(MARGIN) else what)

        return tuple(sorted(every, key=rank))

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of columns."""
        numbers = (path for axis in self.space.numbers for path in column_values(axis))
        results = (name for name in self.results if not name.endswith(f".{OTHERWISE}"))
        return (*(axis.name for axis in self.space.words), *numbers, *results)

    def few(self, most: int) -> list[str]:
        """Return the columns that have no more values than some number, as far as can be told."""
        smooth = {
            name for axis in self.space.numbers if self.space.sample and axis.smooth for name in column_values(axis)
        }
        found = [name for name in self.columns if name not in self.results and name not in smooth]
        sizes = [len(axis) for axis in self.space.numbers] if self.space.product else [self.space.rows]
        known = next((k for k in range(len(self.space.requests)) if k not in self.refused), None)
        program = None if known is None else self.recorded(known).program
        for name in self.results:
            result = None if program is None else program.results.get(metric_of(name))
            axes = program.operations[result.place].axes if program is not None and isinstance(result, Node) else 0
            if self.coded(name) or prod(size for k, size in enumerate(sizes) if axes >> k & 1) <= most:
                found.append(name)
        return found

    def tables(self, start: int = 0, stop: int | None = None) -> Iterator[Table]:
        """Give the rows from ``start``, counted from 0, up to ``stop``, table by table."""
        end = self.space.rows if stop is None else min(stop, self.space.rows)
        for first in range(start, end, TABLE):
            last = min(first + TABLE, end)
            names = dict.fromkeys((*self.columns, *self.results))
            columns = {name: np.empty(last - first, self._type(name)) for name in names}
            fill = self._grid if self.space.product else self._points
            fill(columns, first, last)
            labels: dict[str, Sequence[str]] = {axis.name: axis.labels for axis in self.space.words}
            for name in self.results:
                if self.coded(name):
                    labels[name] = LABELS if name.endswith(VERDICT) else tuple(self.reasons)
            yield Table(first, columns, labels)

    def coded(self, name: str) -> bool:
        """Whether a column holds codes of labels."""
        result = name in self.results and name.endswith((f".{VERDICT}", f".{REASON}"))
        return result or name in {axis.name for axis in self.space.words}

    def _type(self, name: str) -> Any:
        return np.int32 if self.coded(name) else np.float64

    def _grid(self, columns: Mapping[str, Column], first: int, last: int) -> None:
        """Fill rows of the product of all axes."""
        shape = tuple(len(axis) for axis in self.space.numbers)
        size = prod(shape)
        values = {path: values for path, (_, values) in self.space.free.items()}
        for combination in range(first // size, (last - 1) // size + 1):
            below, above = max(first - combination * size, 0), min(last - combination * size, size)
            to = slice(combination * size + below - first, combination * size + above - first)
            part = {name: column[to] for name, column in columns.items()}
            for words, place in zip(self.space.words, self.space.combinations[combination], strict=True):
                part[words.name][...] = place
            for k, numbers in enumerate(self.space.numbers):
                places = np.arange(below, above) // prod(shape[k + 1 :]) % shape[k]
                for name, own in column_values(numbers).items():
                    part[name][...] = own[places]
            if self._left_out(part, combination):
                continue
            recorded = self.recorded(combination)
            self._absent(part, recorded)
            for start, block in self._blocks(combination, values, (below, above), shape):
                self._put(part, block, start, below, recorded)

    def _blocks(
        self, combination: int, values: Mapping[str, Array], between: tuple[int, int], shape: Sequence[int]
    ) -> Iterator[tuple[int, Block]]:
        """Give the blocks of a combination of words that have rows between two, each with its first row.

        One that reaches beyond them is kept for whoever asks for the next rows.
        """
        below, above = between
        at = self._at
        if at is None or at.combination != combination or not at.start <= below <= at.end:
            stream = self.recorded(combination).program.blocks(values, self.block, (below, prod(shape)))
            at = self._at = _At(combination, stream)
        if at.block is None or at.end <= below:
            at.go_on(shape)
        while at.block is not None:
            yield at.start, at.block
            if at.end >= above:
                return
            at.go_on(shape)

    def _put(self, part: Mapping[str, Column], block: Block, start: int, below: int, recorded: Recorded) -> None:
        """Put the results of a block of the product where its rows are; ``start`` is its first row, ``below`` that of
        the part."""
        own = tuple(place.stop - place.start for place in block.places)
        count, length = prod(own), len(next(iter(part.values())))
        cut = slice(max(below - start, 0), min(below + length - start, count))
        to = slice(start + cut.start - below, start + cut.stop - below)
        for name, found in block.results.items():
            values = self._coded(name, found, recorded)
            wide = np.broadcast_to(values, own) if own else np.reshape(values, (1,))
            if cut == slice(0, count):
                part[name][to].reshape(wide.shape)[...] = wide
            else:
                part[name][to] = in_order(wide, cut.start, cut.stop)

    def _points(self, columns: Mapping[str, Column], first: int, last: int) -> None:
        """Fill rows of pairs or samples."""
        combination, values, places = self._drawn(first, last)
        listed = {path: (own, places[axis.name]) for axis in self.space.numbers if self._listed(axis)
                  for path, own in axis.values.items()}  # fmt: skip
        for words in self.space.words:
            columns[words.name][...] = places[words.name]
        for numbers in self.space.numbers:
            for name, path in zip(column_values(numbers), numbers.values, strict=True):
                columns[name][...] = values[path]
        for own in np.unique(combination):
            rows = np.flatnonzero(combination == own)
            block = {name: np.empty(len(rows), self._type(name)) for name in self.results}
            if not self._left_out(block, int(own)):
                recorded = self.recorded(int(own))
                self._absent(block, recorded)
                some = {path: listed[path][0] if path in listed else array[rows] for path, array in values.items()}
                which = {path: all_places[rows] for path, (_, all_places) in listed.items()}
                for (place,), results in self.tabled(int(own)).blocks(some, which, self.block):
                    for name, found in results.items():  # without numbers, designs of the same words are alike
                        block[name][place if some else slice(None)] = self._coded(name, found, recorded)
            for name in self.results:
                columns[name][rows] = block[name]

    def _left_out(self, columns: Mapping[str, Column], combination: int) -> bool:
        """Fill the columns of words that do not go together; whether these are such."""
        if combination not in self.refused:
            return False
        for name in self.results:
            codes = {**JUDGED, REASON: self.reasons[_line(self.refused[combination])]}
            columns[name][...] = codes.get(name.partition(".")[2], np.nan)
        return True

    def _absent(self, columns: Mapping[str, Column], recorded: Recorded) -> None:
        """Fill the columns that a combination of words has no result for."""
        for name in self.results:
            if name not in recorded.program.results:
                columns[name][...] = np.nan if columns[name].dtype == np.float64 else 0

    def _coded(self, name: str, values: Column, recorded: Recorded) -> Column:
        """Return values; reasons of a program as those of the sweep."""
        architecture, _, what = name.partition(".")
        if what != REASON:
            return values
        codes = np.array([0, *(self.reasons[told] for told in recorded.reasons[architecture])])
        return codes[np.asarray(values).astype(np.int64)]

    def _drawn(self, first: int, last: int) -> tuple[NDArray[np.int64], dict[str, Array], dict[str, Column]]:
        """Return of rows the combination of words, the numbers by path, and the places of words by axis."""
        axes = self.space.axes
        places: dict[str, Column] = {}
        values: dict[str, Array] = {}
        scores = self.draws.scores(first, last) if self.space.sample else None
        for k, axis in enumerate(axes):
            which = np.arange(first, last)
            if scores is not None:
                which = np.minimum((scores[:, k] * len(axis)).astype(np.int64), len(axis) - 1)
            places[axis.name] = which
            if isinstance(axis, Numbers):
                for path, own in axis.values.items():
                    values[path] = (
                        own[which] if scores is None or not axis.smooth else _between(axis, own, scores[:, k])
                    )
        index = np.zeros(last - first, dtype=np.int64)
        for words in self.space.words:
            firsts = np.array([words.labels.index(label) for label in words.labels])
            places[words.name] = firsts[places[words.name]]
            index = index * len(words) + places[words.name]
        sizes = [len(axis) for axis in self.space.words]
        known = {_number(each, sizes): k for k, each in enumerate(self.space.combinations)}
        kinds, back = np.unique(index, return_inverse=True)
        return np.array([known[int(kind)] for kind in kinds])[back], values, places


def _line(error: UsageError) -> str:
    """Return what is wrong, in one line; without the words, which rows have in columns of their own."""
    return str(error.__cause__ or error).partition("\n")[0]


class _At:
    """Where the blocks of a combination of words are: the present one, its first row and its end."""

    def __init__(self, combination: int, stream: Iterator[Block]) -> None:
        self.combination, self.stream = combination, stream
        self.block: Block | None = None
        self.start = self.end = 0

    def go_on(self, shape: Sequence[int]) -> None:
        """Compute the next block, in whose memory the present one lies."""
        self.block = next(self.stream)
        places = self.block.places
        self.start = int(np.ravel_multi_index([place.start for place in places], shape)) if shape else 0
        self.end = self.start + prod(place.stop - place.start for place in places)


def column_values(axis: Numbers) -> dict[str, Array]:
    """Return the columns of an axis of numbers: its name, or the paths that it varies together."""
    return dict(axis.values) if len(axis.values) > 1 else {axis.name: next(iter(axis.values.values()))}


def _number(places: Sequence[int], sizes: Sequence[int]) -> int:
    found = 0
    for place, size in zip(places, sizes, strict=True):
        found = found * size + place
    return found


def _between(axis: Numbers, values: Array, scores: Array) -> Array:
    """Return values between the ends of an axis."""
    low, high = values[0], values[-1]
    found = low * (high / low) ** scores if axis.log else low + (high - low) * scores
    inside: Array = np.clip(found, min(low, high), max(low, high))  # which rounding may leave
    return inside
