"""Programs: what a tape holds of the operations behind some results, run on blocks of designs.

Each number has the shape of the axes that it depends on, so that what depends on few of them is computed once. A block
is cut from the axes; numbers that depend on no axis that the next block moves along are left as they are. Numbers share
memory as soon as nothing needs them any more, and a block is small enough for the caches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple
from imac_arch.program.memory import shared
from imac_arch.program.scalars import FREE, INTERPOLATE, SELECT, Constant, Node, Operation, Scalar

__all__ = ["BLOCK", "Block", "Excerpt", "Listed", "Program"]

BLOCK = 2**13  # designs that are evaluated together: their numbers stay in the cache
BOUND = 2**3  # sizes of blocks for which a program is laid out; the last ones of an axis are shorter
MOST = 2**25  # results of operations in a block of a grid; few of them are kept at a time
Step = tuple[Callable[..., Any], tuple[Any, ...]]


class Block(NamedTuple):
    """Results for a block of designs.

    Attributes:
        places: from where to where it lies along each axis.
        results: by name, to broadcast over the block; good until the next block is asked for.
    """

    places: tuple[slice, ...]
    results: Mapping[str, NDArray[Any]]


class Listed(NamedTuple):
    """Values of a variable of which there are few.

    Attributes:
        table: the values.
        places: which of them each design has.
    """

    table: NDArray[Any]
    places: NDArray[np.int64]


Given = Mapping[str, "Array | Listed"]


class Line(Protocol):
    """Where operations are written down: a tape, or a part of one."""

    @property
    def operations(self) -> Sequence[Operation] | Mapping[int, Operation]:
        """The operations by their place."""

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        """The least and the largest value of free variables."""


class Excerpt(NamedTuple):
    """Operations of a program, in the stead of a tape.

    Attributes:
        operations: by place.
        ranges: the least and the largest value of free variables.
        free: axes of those that no operation needs, which tell how many designs there are.
    """

    operations: Mapping[int, Operation]
    ranges: Mapping[str, tuple[float, float]]
    free: Mapping[str, int]


class Program:
    """A straight line of operations, and the results that it is for.

    Args:
        tape: on which they were written down, or a part of it.
        results: by name.
        axes: free axes of the tape.

    ``free`` has the axis of each free variable by its name, also of those that no result needs.
    """

    def __init__(self, tape: Line, results: Mapping[str, Scalar], axes: int = 1) -> None:
        self.axes = axes
        self.operations = {place: tape.operations[place] for place in _ordered(tape, results.values())}
        self.results = dict(results)
        every = tape.operations.values() if isinstance(tape.operations, Mapping) else tape.operations
        free = (operation for operation in every if operation.does == FREE)
        self._run: _Run | None = None  # of the last blocks, whose memory serves the next
        unneeded = tape.free if isinstance(tape, Excerpt) else {}
        self.free = {**unneeded, **{operation.takes[0]: operation.axes.bit_length() - 1 for operation in free}}
        self.ranges = dict(tape.ranges)

    def only(self, names: Iterable[str]) -> Program:
        """Return a program for some of the results, without the operations that these do not need."""
        wanted = {name: self.results[name] for name in names}
        return Program(Excerpt(self.operations, self.ranges, self.free), wanted, self.axes)

    def blocks(
        self, values: Given, block: int | None = None, between: tuple[int, int] | None = None
    ) -> Iterator[Block]:
        """Give the results over the product of the axes, block by block, the last axis running fastest.

        Args:
            values: of each free variable along its axis.
            block: most designs of a block; by default as many as have their numbers near at hand.
            between: first design and end of those that are wanted: blocks without any of them are left out.
        """
        lengths = self._lengths(values)
        chunks = self._fitting(lengths) if block is None else _chunks(lengths, block)
        run, self._run = self._run, None  # whoever else asks meanwhile has memory of his own
        if run is None or (run.cut, run.chunks) != (_cut(lengths, chunks), chunks):
            run = _Run(self, lengths, chunks)
        before: tuple[slice, ...] = ()
        for places in _places(lengths, chunks, between or (0, prod(lengths))):
            first = next((k for k, (a, b) in enumerate(zip(before, places, strict=False)) if a != b), 0)
            yield Block(places, run(places, values, first if before else None))
            before = places
        self._run = run

    def __call__(self, values: Given) -> Mapping[str, NDArray[Any]]:
        """Return the results over the product of the axes, all at once."""
        lengths = self._lengths(values)
        return _Run(self, lengths, lengths)(tuple(slice(0, n) for n in lengths), values, None)

    def _fitting(self, lengths: tuple[int, ...]) -> tuple[int, ...]:
        """Return how much of each axis a block has: on a grid many numbers have few axes and take little memory."""
        block, total = BLOCK, prod(lengths)
        chunks = _chunks(lengths, block)
        if self.axes == 1:
            return chunks
        counts = Counter(operation.axes for operation in self.operations.values())
        while block < total:
            block *= 2
            wider = _chunks(lengths, block)
            sizes = {axes: prod(chunk for k, chunk in enumerate(wider) if axes >> k & 1) for axes in counts}
            if sum(counts[axes] * size for axes, size in sizes.items()) > MOST:
                break
            chunks = wider
        return chunks

    def _lengths(self, values: Given) -> tuple[int, ...]:
        lengths = [1] * self.axes
        for name, axis in self.free.items():
            given = values[name]
            own, lengths[axis] = (given.table, len(given.places)) if isinstance(given, Listed) else (given, len(given))
            low, high = self.ranges.get(name, (None, None))
            if low is not None and len(own) and not (own.min() >= low and own.max() <= high):
                raise ValueError(f"{name} is beyond {low:g} .. {high:g}, which the program was recorded for")
        return tuple(lengths)


def _ordered(tape: Line, results: Iterable[Scalar]) -> Iterator[int]:
    """Give the operations that results need, each as late as it can be, so that few numbers are alive at a time."""
    given: set[int] = set()
    for result in results:
        left = [result.place] if isinstance(result, Node) else []
        while left:
            place = left[-1]
            if place not in given:
                before = len(left)
                for each in tape.operations[place].takes:
                    if type(each) is Node and each.place not in given:
                        left.append(each.place)
                if len(left) > before:
                    continue
                given.add(place)
                yield place
            left.pop()


def _chunks(lengths: Sequence[int], block: int) -> tuple[int, ...]:
    """Return how much of each axis a block has: the last ones whole, as far as they fit, and a part of the next."""
    left, found = max(block, 1), []
    for length in reversed(lengths):
        found.append(max(min(length, left), 1))
        left = left // length if length <= left else 1
    return tuple(reversed(found))


def _places(lengths: Sequence[int], chunks: Sequence[int], between: tuple[int, int]) -> Iterator[tuple[slice, ...]]:
    """Give where the blocks lie that have designs between two numbers."""
    counts = [-(-length // chunk) for length, chunk in zip(lengths, chunks, strict=True)]
    first, last = (
        int(np.ravel_multi_index([k // chunk for k, chunk in zip(at, chunks, strict=True)], counts))
        for at in (np.unravel_index(each, lengths) for each in (between[0], between[1] - 1))
    )
    for number in range(first, last + 1):
        starts = [int(k) * chunk for k, chunk in zip(np.unravel_index(number, counts), chunks, strict=True)]
        yield tuple(slice(a, min(a + chunk, n)) for a, chunk, n in zip(starts, chunks, lengths, strict=True))


def _cut(lengths: Sequence[int], chunks: Sequence[int]) -> int:
    """Return which axes are cut into blocks, a bit each."""
    return sum(1 << k for k, (n, chunk) in enumerate(zip(lengths, chunks, strict=True)) if chunk < n)


class _Run:
    """A program with memory for blocks of up to so many values along each axis."""

    def __init__(self, program: Program, lengths: Sequence[int], chunks: Sequence[int]) -> None:
        self.program, self.chunks, self.cut = program, tuple(chunks), _cut(lengths, chunks)
        self.axes = sorted(range(len(chunks)), key=chunks.__getitem__)  # the longest last, along which NumPy is fastest
        self.back = [self.axes.index(k) for k in range(len(chunks))]
        self.order = sorted(program.operations, key=lambda place: self._level(program.operations[place]))
        self.slots, self.memory = shared(
            program.operations, program.results.values(), self.order, self._level, self._size
        )
        self.given: Given = {}
        self.places: Sequence[slice] = ()
        self._bound: dict[tuple[int, ...], tuple[list[list[Step]], dict[int, NDArray[Any]]]] = {}

    def _level(self, operation: Operation) -> int:
        """Return the last axis that is cut into blocks and that a number depends on, counted from 1; 0 is none."""
        return (operation.axes & self.cut).bit_length()

    def _size(self, axes: int) -> int:
        return prod(chunk for k, chunk in enumerate(self.chunks) if axes >> k & 1)

    def __call__(self, places: Sequence[slice], values: Given, first: int | None) -> dict[str, NDArray[Any]]:
        """Return the results of a block; ``first`` is the first axis along which the last one lay elsewhere."""
        sizes = tuple(place.stop - place.start for place in places)
        if sizes not in self._bound:
            if len(self._bound) >= BOUND:
                self._bound.clear()
            self._bound[sizes] = self._bind(sizes)
        steps, arrays = self._bound[sizes]
        self.given, self.places = values, places
        with np.errstate(all="ignore"):
            for level in steps[0 if first is None else first + 1 :]:
                for function, arguments in level:
                    function(*arguments)
        return {
            name: arrays[result.place].transpose(self.back) if isinstance(result, Node) else np.asarray(result)
            for name, result in self.program.results.items()
        }

    def _bind(self, sizes: tuple[int, ...]) -> tuple[list[list[Step]], dict[int, NDArray[Any]]]:
        arrays: dict[int, NDArray[Any]] = {}
        full = cache(_full)  # one for all operations of a shape that take the same constant
        steps: list[list[Step]] = [[] for _ in range(len(sizes) + 1)]
        for place in self.order:
            operation = self.program.operations[place]
            shape = tuple(sizes[k] if operation.axes >> k & 1 else 1 for k in self.axes)
            arrays[place] = self.memory[self.slots[place]][: prod(shape)].reshape(shape)
            if operation.does == FREE:
                step = self._taken(operation, arrays[place])
            else:
                step = _step(operation, arrays, arrays[place], full)
            steps[self._level(operation)].append(step)
        return steps, arrays

    def _taken(self, operation: Operation, out: NDArray[Any]) -> Step:
        """Return a step that takes the values of a free variable, when they are needed: until then something else may
        have their memory, and then they are near at hand."""
        (name,), axis, flat = operation.takes, operation.axes.bit_length() - 1, out.reshape(-1)

        def taken() -> None:
            own, at = self.given[name], self.places[axis]
            if isinstance(own, Listed):
                own.table.take(own.places[at], out=flat, mode="clip")
            else:
                np.copyto(flat, own[at])

        return taken, ()


def _step(
    operation: Operation,
    arrays: Mapping[int, NDArray[Any]],
    out: NDArray[Any],
    full: Callable[[tuple[int, ...], str], Array],
) -> Step:
    """Return a function and what it is given, so that it writes the result of an operation."""
    if operation.does == INTERPOLATE:
        x, points, values = operation.takes
        return _interpolated, (arrays[x.place], np.array(points), np.array(values), out)

    def constant(value: Constant) -> NDArray[Any]:
        """Return a constant; in every place where NumPy is three times as fast if all operands lie side by side."""
        return full(out.shape, float(value).hex()) if operation.does in KEYWORDED else np.asarray(value)

    given = tuple(arrays[each.place] if isinstance(each, Node) else constant(each) for each in operation.takes)
    return (_selected if operation.does == SELECT else KEYWORDED.get(operation.does, operation.does)), (*given, out)


def _full(shape: tuple[int, ...], number: str) -> Array:
    """Return a number, which is written as :meth:`float.hex` does and so tells -0 from 0, in each place."""
    return np.full(shape, float.fromhex(number))


def _largest(a: Array, b: Array, out: Array) -> None:
    np.maximum(a, b, out=out)


def _least(a: Array, b: Array, out: Array) -> None:
    np.minimum(a, b, out=out)


KEYWORDED = {np.maximum: _largest, np.minimum: _least}  # which take no place for the result behind their operands


def _selected(chosen: NDArray[Any], then: NDArray[Any], other: NDArray[Any], out: NDArray[Any]) -> None:
    out[...] = np.where(chosen, then, other)  # twice as fast as two copies, one of them where it is chosen


def _interpolated(x: Array, points: Array, values: Array, out: Array) -> None:
    out[...] = np.interp(x, points, values)
