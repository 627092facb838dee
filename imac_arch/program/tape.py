"""A straight line of operations on single numbers, written down while formulas run on symbols.

Equal operations are written once, those of constants alone are done at once, and of each number it is known which free
variables it depends on and between what it lies (:mod:`imac_arch.program.ranges`). An operation is left out only where
its result is known to the last bit, whatever the free variables may be (:mod:`imac_arch.program.simpler`).
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from imac_arch.program.ranges import ANY, TRUTH, Range, between, range_of, refined
from imac_arch.program.scalars import (
    FREE,
    INTERPOLATE,
    SELECT,
    Constant,
    Node,
    Operation,
    Scalar,
    plain,
    range_of_scalar,
    same,
)
from imac_arch.program.simpler import simpler

__all__ = ["FREE", "INTERPOLATE", "SELECT", "Constant", "Node", "Operation", "Scalar", "Tape"]

COMPARISONS = {
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_and, np.logical_or,
    np.logical_not, np.logical_xor, np.isnan, np.isfinite, np.isinf, np.signbit,
}  # fmt: skip
BITS = {np.bitwise_and: np.logical_and, np.bitwise_or: np.logical_or, np.invert: np.logical_not}
COUNTS = 2.0**26  # of whole numbers below it a ratio, rounded, is below the next one where it is none
COMMUTE = {np.add, np.multiply, np.logical_and, np.logical_or, np.equal, np.not_equal}


class Tape:
    """The operations, in an order in which each follows those that it takes."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.ranges: dict[str, tuple[float, float]] = {}
        self._known: dict[Any, Scalar] = {}

    def free(self, name: str, axis: int, low: float = -inf, high: float = inf) -> Node:
        """Return a variable along an axis, which is given when the program is replayed.

        Args:
            name: of the variable.
            axis: along which it has its values.
            low: the least of them; by default it may be anything, also no number.
            high: the largest of them.
        """
        own = ANY
        if low > -inf and high < inf:
            self.ranges[name] = float(low), float(high)
            own = Range(*self.ranges[name], negative_zero=low <= 0 <= high)
        return self._noted((FREE, name), FREE, (name,), False, 1 << axis, own)

    def apply(self, function: np.ufunc, *given: Any) -> Scalar:
        """Return what a function of NumPy makes of numbers."""
        values = [value if type(value) is Node or type(value) is float else plain(value) for value in given]
        if function in COMMUTE:  # one order, since the result has none
            first, second = values
            if type(second) is Node and (type(first) is not Node or second.place < first.place):
                values = [second, first]
        key = (function, *[value if type(value) is Node else _key(value) for value in values])
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._applied(key, function, values)
        return known

    def _applied(self, key: tuple[Any, ...], function: np.ufunc, values: list[Scalar]) -> Scalar:
        truths: list[bool] = []
        each: list[Range] = []
        fixed = True
        for value in values:
            if type(value) is Node:
                truths.append(value.truth)
                each.append(value.range)
                fixed = False
            else:
                truths.append(type(value) is bool)
                each.append(range_of_scalar(value))
        if fixed:
            return plain(function(*values))
        if function in BITS:
            if not all(truths):
                raise TypeError(f"{function.__name__} of a number that is neither true nor false")
            return self.apply(BITS[function], *values)
        ranges = tuple(each)
        if (known := simpler(function, values, ranges)) is not None:
            return known
        if function in COMPARISONS:
            return self._note(key, function, values, True, TRUTH)
        if True in truths:  # which arithmetic takes as 1 and 0
            return self.apply(function, *map(self.number, values))
        own = range_of(function, ranges, len(values) > 1 and values[0] is values[-1])
        if function is np.subtract:
            own = self._shared_out(*values) or own
        return self._note(key, function, values, False, own)

    def select(self, chosen: Any, then: Any, other: Any) -> Scalar:
        """Return the second number where the first is true, else the third."""
        condition, yes, no = plain(chosen), plain(then), plain(other)
        if not isinstance(condition, Node):
            return yes if condition else no
        if same(yes, no):
            return yes
        if not condition.truth:
            tested = self.apply(np.not_equal, condition, 0.0)
            if not isinstance(tested, Node):
                return yes if tested else no
            condition = tested
        kinds = {each.truth if isinstance(each, Node) else isinstance(each, bool) for each in (yes, no)}
        if len(kinds) > 1:
            yes, no = self.number(yes), self.number(no)
        key = (SELECT, *map(_key, (condition, yes, no)))
        if kinds == {True}:
            return self._note(key, SELECT, [condition, yes, no], True, TRUTH)
        a, b = self._where(condition, yes, True), self._where(condition, no, False)
        own = Range(
            min(a.low, b.low), max(a.high, b.high), a.undefined or b.undefined, a.negative_zero or b.negative_zero,
            a.whole and b.whole,
        )  # fmt: skip
        return self._note(key, SELECT, [condition, yes, no], False, own)

    def interpolate(self, x: Any, points: tuple[float, ...], values: tuple[float, ...]) -> Scalar:
        """Return straight lines between points, as :func:`numpy.interp` does."""
        at = plain(x)
        if not isinstance(at, Node):
            return float(np.interp(at, points, values))
        own = between(values, at.range.undefined)
        return self._noted((INTERPOLATE, at, points, values), INTERPOLATE, (at, points, values), False, at.axes, own)

    def number(self, value: Scalar) -> Scalar:
        """Return what is true as 1 and what is false as 0, and a number as it is."""
        if isinstance(value, Node):
            return self.select(value, 1.0, 0.0) if value.truth else value
        return float(value)

    def _where(self, condition: Node, value: Scalar, held: bool) -> Range:
        """Return between what a number lies where a condition holds, or where it does not."""
        own = range_of_scalar(value)
        does, takes, *_ = self.operations[condition.place]
        if len(takes) == len((value, held)) and isinstance(value, Node):
            a, b = takes
            if a is value:
                return refined(does, own, range_of_scalar(b), held)
            if b is value and does in TURNED:
                return refined(TURNED[does], own, range_of_scalar(a), held)
        return own

    def _shared_out(self, whole: Scalar, less: Scalar) -> Range | None:
        """Return between what ``t - floor(t/n)*n`` lies, and what this leaves of n; None of another difference."""
        by = self._remainder(whole, less)
        if by is not None:
            return Range(0.0, min(by.high - 1, range_of_scalar(whole).high), whole=True)
        if isinstance(less, Node) and self.operations[less.place].does is np.subtract:
            counts, times = self.operations[less.place].takes
            by = self._remainder(counts, times, whole)
        return None if by is None else Range(1.0, by.high, whole=True)

    def _remainder(self, whole: Scalar, less: Scalar, by: Scalar | None = None) -> Range | None:
        """Return the range of n where a difference is ``t - floor(t/n)*n`` of counts, n being ``by`` if that is
        given."""
        if not isinstance(less, Node) or self.operations[less.place].does is not np.multiply:
            return None
        first, second = self.operations[less.place].takes
        for times, n in ((first, second), (second, first)):
            if isinstance(times, Node) and (by is None or n is by) and self.operations[times.place].does is np.floor:
                (ratio,) = self.operations[times.place].takes
                if isinstance(ratio, Node) and self.operations[ratio.place].does is np.divide:
                    above, below = self.operations[ratio.place].takes
                    counts, own = range_of_scalar(above), range_of_scalar(n)
                    if below is n and same(above, whole) and counts.whole and own.whole and own.low >= 1:
                        return own if counts.low >= 0 and counts.high < COUNTS else None
        return None

    def _note(self, key: tuple[Any, ...], does: Any, values: list[Scalar], truth: bool, own: Range) -> Scalar:
        if own.low == own.high and not own.undefined and (own.low != 0 or not own.negative_zero):
            return own.low + 0.0  # which is 0 of -0
        axes = 0
        for value in values:
            if type(value) is Node:
                axes |= value.axes
        return self._noted(key, does, tuple(values), truth, axes, own)

    def _noted(
        self, key: tuple[Any, ...], does: Any, takes: tuple[Any, ...], truth: bool, axes: int, own: Range
    ) -> Node:
        known = self._known.get(key)
        if type(known) is not Node:
            known = self._known[key] = Node(len(self.operations), truth, axes, own)
            self.operations.append(Operation(does, takes, truth, axes))
        return known


def _key(value: Scalar) -> Scalar | str:
    """Return what tells a number from every other; -0 from 0, and true from 1."""
    if type(value) is Node or (type(value) is float and value and value == value):
        return value
    return value.hex() if type(value) is float else str(value)


TURNED = {
    np.less: np.greater, np.less_equal: np.greater_equal, np.greater: np.less, np.greater_equal: np.less_equal,
    np.equal: np.equal,
}  # fmt: skip
