"""One design of a program, on plain numbers: where there is nothing to broadcast, arrays cost more than arithmetic.

Plain numbers follow the same standard as NumPy's, so that results are the same to the last bit. Functions that the
standard leaves open (``exp``, ``tanh``) are NumPy's own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from math import inf, sqrt
from typing import Any

import numpy as np

from imac_arch.program.replay import Program
from imac_arch.program.scalars import FREE, INTERPOLATE, SELECT, Node, Operation, range_of_scalar

__all__ = ["Single"]


class Single:
    """A program for one design at a time.

    Args:
        program: of whatever axes; the design has one value of each free variable.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.held: list[Any] = []
        places: dict[Any, int] = {}
        self.free: list[tuple[int, str]] = []
        self.steps: list[tuple[Any, ...]] = []  # a function, where its result is held, and its up to three operands
        for place, operation in program.operations.items():
            places[place] = len(self.held)
            self.held.append(None)
            if operation.does == FREE:
                self.free.append((places[place], operation.takes[0]))
                continue
            takes = operation.takes[:1] if operation.does == INTERPOLATE else operation.takes
            first, second, third = (*(self._place(each, places) for each in takes), None, None)[: len("abc")]
            self.steps.append((_plain(operation), places[place], first, second, third))
        self.results = {name: self._place(result, places) for name, result in program.results.items()}

    def _place(self, number: Any, places: Mapping[Any, int]) -> int:
        """Return where a number is held; a constant is put there."""
        if isinstance(number, Node):
            return places[number.place]
        self.held.append(number)
        return len(self.held) - 1

    def __call__(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return the results of a design.

        Args:
            values: of the free variables, within what the program was recorded for.
        """
        held = self.held.copy()
        for place, name in self.free:
            value, (low, high) = float(values[name]), self.program.ranges.get(name, (-inf, inf))
            if not low <= value <= high and name in self.program.ranges:
                raise ValueError(f"{name} is beyond {low:g} .. {high:g}, which the program was recorded for")
            held[place] = value
        with np.errstate(all="ignore"):
            for function, place, first, second, third in self.steps:
                if second is None:
                    held[place] = function(held[first])
                elif third is None:
                    held[place] = function(held[first], held[second])
                else:
                    held[place] = function(held[first], held[second], held[third])
        return {name: float(held[place]) for name, place in self.results.items()}


def _plain(operation: Operation) -> Callable[..., Any]:
    """Return a function of plain numbers that does what an operation does to arrays."""
    does = operation.does
    if does == INTERPOLATE:
        return lambda x, points=operation.takes[1], values=operation.takes[2]: float(np.interp(x, points, values))
    if does == SELECT:
        return _selected
    if does is np.sqrt and range_of_scalar(operation.takes[0]).low >= 0:
        return sqrt
    if does is np.divide and not range_of_scalar(operation.takes[1]).zero:
        return operator.truediv
    return PLAIN[does] if does in PLAIN else partial(_by_numpy, does)


def _by_numpy(function: np.ufunc, *given: float) -> Any:
    return function(*given).item()


def _selected(chosen: bool, then: Any, other: Any) -> Any:
    return then if chosen else other


def _larger(a: float, b: float) -> float:
    return a if a >= b or a != a else b  # what is no number stays so


def _smaller(a: float, b: float) -> float:
    return a if a <= b or a != a else b


PLAIN: Mapping[Any, Callable[..., Any]] = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.negative: operator.neg,
    np.absolute: abs, np.maximum: _larger, np.minimum: _smaller, np.less: operator.lt, np.less_equal: operator.le,
    np.greater: operator.gt, np.greater_equal: operator.ge, np.equal: operator.eq, np.not_equal: operator.ne,
    np.logical_and: operator.and_, np.logical_or: operator.or_, np.logical_not: operator.not_,
}  # fmt: skip
