"""Designs in a list, along one axis, in which some variables have few values: what depends on one of these alone is
computed once for each of its values and looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import Array
from imac_arch.program.ranges import ANY
from imac_arch.program.replay import Block, Excerpt, Listed, Program
from imac_arch.program.scalars import FREE, Node, Operation, Scalar

__all__ = ["Tabled", "few"]

CHEAP = {
    np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.negative, np.absolute, np.square, np.ceil,
    np.floor,
}  # fmt: skip
QUICK = 2  # of these are quicker than looking up
GAIN = 2  # operations that one number that is looked up must save
FEW = 2**2  # designs for each value, at least
NOTHING: Array = np.empty(0)


class Tabled:
    """A program whose designs are a list.

    Args:
        program: with one axis.
        names: of variables that have few values.
    """

    def __init__(self, program: Program, names: Iterable[str]) -> None:
        self.tables: dict[str, Program] = {}
        self._found: dict[str, tuple[Array, Mapping[str, NDArray[Any]]]] = {}  # of the values that were asked for last
        operations, alone = dict(program.operations), _alone(program.operations)
        free: dict[str, Node] = {}
        for name in names:
            looked_up = _looked_up(program, alone, name)
            part = {place: own for place, own in program.operations.items() if alone[place] == name}
            if len(part) < GAIN * len(looked_up):
                continue
            results: dict[str, Scalar] = {}
            for place in looked_up:
                operation = program.operations[place]
                key = f"{name} {place}"
                results[key] = free[key] = Node(place, operation.truth, operation.axes, ANY)
                operations[place] = Operation(FREE, (key,), operation.truth, operation.axes)
            ranges = {name: program.ranges[name]} if name in program.ranges else {}
            self.tables[name] = Program(Excerpt(part, ranges, {}), results)
        rest = Excerpt(operations, program.ranges, program.free)
        self.rest = Program(rest, program.results) if self.tables else program

    def blocks(
        self, values: Mapping[str, Array], places: Mapping[str, NDArray[np.int64]], block: int | None = None
    ) -> Iterator[Block]:
        """Give the results of the designs, block by block.

        Args:
            values: of each variable: along the designs, or those that it has, where ``places`` has the place of that of
                each design.
            places: by variable.
            block: most designs of a block; by default as many as have their numbers near at hand.
        """
        given: dict[str, Array | Listed] = {
            name: Listed(own, places[name]) if name in places else own for name, own in values.items()
        }
        for name, program in self.tables.items():
            own, (known, found) = values[name], self._found.get(name, (NOTHING, {}))
            if not np.array_equal(known, own):
                found = {key: np.broadcast_to(table, own.shape) for key, table in program({name: own}).items()}
                self._found[name] = own, found
            given |= {key: Listed(table, places[name]) for key, table in found.items()}
        yield from self.rest.blocks(given, block)


def few(values: int, designs: int) -> bool:
    """Whether so many values are few for so many designs."""
    return FEW * values <= designs


def _alone(operations: Mapping[int, Operation]) -> dict[int, str | None]:
    """Return the variable that each number depends on, where it is one alone."""
    alone: dict[int, str | None] = {}
    for place in sorted(operations):
        does, takes, *_ = operations[place]
        if does == FREE:
            alone[place] = takes[0]
        else:
            behind = {alone[each.place] for each in takes if isinstance(each, Node)}
            alone[place] = behind.pop() if len(behind) == 1 else None
    return alone


def _looked_up(program: Program, alone: Mapping[int, str | None], name: str) -> list[int]:
    """Return the numbers of a variable alone that others, and results, are made of; without those that are quicker
    computed of others among them."""
    wanted = {result.place for result in program.results.values() if isinstance(result, Node)}
    for place, operation in program.operations.items():
        if alone[place] != name:
            wanted.update(each.place for each in operation.takes if isinstance(each, Node))
    found = {place for place in wanted if alone[place] == name}
    for place in sorted(found, reverse=True):
        if _work(program, place, found - {place}) <= QUICK:
            found.discard(place)
    return sorted(found)


def _work(program: Program, place: int, known: Collection[int], most: int = QUICK) -> int:
    """Return how many operations compute a number of those that are known; those above ``most`` are not counted."""
    does, takes, *_ = program.operations[place]
    if place in known or does == FREE:
        return 0
    if does not in CHEAP or not most:
        return most + 1
    behind = {each.place for each in takes if isinstance(each, Node)}
    return 1 + sum(_work(program, each, known, most - 1) for each in behind)
