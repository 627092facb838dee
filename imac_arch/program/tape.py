"""A straight line of operations on single numbers, written down while formulas run on symbols.

Equal operations are written once, those of constants alone are done at once, and of each number it is known which free
variables it depends on. An operation is left out only where the result is its operand to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["FREE", "INTERPOLATE", "SELECT", "Constant", "Node", "Operation", "Scalar", "Tape"]

Constant = float | bool
FREE, SELECT, INTERPOLATE = "free", "select", "interpolate"
COMPARISONS = {
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_and, np.logical_or,
    np.logical_not, np.logical_xor, np.isnan, np.isfinite, np.isinf, np.signbit,
}  # fmt: skip
BITS = {np.bitwise_and: np.logical_and, np.bitwise_or: np.logical_or, np.invert: np.logical_not}
COMMUTE = {np.add, np.multiply, np.logical_and, np.logical_or, np.equal, np.not_equal}


class Operation(NamedTuple):
    """What makes one number of others.

    Attributes:
        does: a function of NumPy, or one of the words ``free``, ``select`` and ``interpolate``.
        takes: numbers before it, and constants; of a free variable its name.
        truth: whether it is true or false, and no number.
        axes: bit k is set where it depends on the free axis k.
    """

    does: Any
    takes: tuple[Any, ...]
    truth: bool
    axes: int


class Node:
    """A number that is known when a program is replayed: a place on a tape."""

    __slots__ = ("axes", "place", "truth")

    def __init__(self, place: int, truth: bool, axes: int) -> None:
        self.place, self.truth, self.axes = place, truth, axes

    def __bool__(self) -> bool:
        raise TypeError("a formula decides on a number that is not known yet")


Scalar = Node | Constant


def _plain(value: Any) -> Scalar:
    """Return a constant as a number of Python, which is the same key whatever type it came as."""
    if isinstance(value, Node):
        return value
    return bool(value) if isinstance(value, (bool, np.bool_)) else float(value)


def _is(value: Scalar, number: float) -> bool:
    """Whether a value is a constant of this number; -0 is not 0."""
    return type(value) is float and value == number and (number != 0 or not np.signbit(value))


def _same(a: Scalar, b: Scalar) -> bool:
    if isinstance(a, Node) or isinstance(b, Node):
        return isinstance(a, Node) and isinstance(b, Node) and a.place == b.place
    return type(a) is type(b) and a == b and np.signbit(a) == np.signbit(b)


class Tape:
    """The operations, in an order in which each follows those that it takes."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._known: dict[Any, Node] = {}

    def free(self, name: str, axis: int) -> Node:
        """Return a variable along an axis, which is given when the program is replayed."""
        return self._noted(FREE, (name,), (name,), False, 1 << axis)

    def apply(self, function: np.ufunc, *given: Any) -> Scalar:
        """Return what a function of NumPy makes of numbers."""
        values = [_plain(value) for value in given]
        if all(not isinstance(value, Node) for value in values):
            return _plain(function(*values))
        if function in BITS:
            if not all(value.truth if isinstance(value, Node) else isinstance(value, bool) for value in values):
                raise TypeError(f"{function.__name__} of a number that is neither true nor false")
            function = BITS[function]
        if (known := _trivial(function, values)) is not None:
            return known
        if function not in COMPARISONS:  # arithmetic takes true as 1
            values = [self.number(value) for value in values]
        return self._note(function, values, function in COMPARISONS)

    def select(self, chosen: Any, then: Any, other: Any) -> Scalar:
        """Return the second number where the first is true, else the third."""
        condition, yes, no = _plain(chosen), _plain(then), _plain(other)
        if not isinstance(condition, Node):
            return yes if condition else no
        if _same(yes, no):
            return yes
        if not condition.truth:
            condition = self.apply(np.not_equal, condition, 0.0)
        kinds = {each.truth if isinstance(each, Node) else isinstance(each, bool) for each in (yes, no)}
        if len(kinds) > 1:
            yes, no = self.number(yes), self.number(no)
        return self._note(SELECT, [condition, yes, no], kinds == {True})

    def interpolate(self, x: Any, points: tuple[float, ...], values: tuple[float, ...]) -> Scalar:
        """Return straight lines between points, as :func:`numpy.interp` does."""
        at = _plain(x)
        if not isinstance(at, Node):
            return float(np.interp(at, points, values))
        return self._noted(INTERPOLATE, (at.place, points, values), (at, points, values), False, at.axes)

    def number(self, value: Scalar) -> Scalar:
        """Return what is true as 1 and what is false as 0, and a number as it is."""
        if isinstance(value, Node):
            return self.select(value, 1.0, 0.0) if value.truth else value
        return float(value)

    def _note(self, does: Any, values: list[Scalar], truth: bool) -> Node:
        axes = 0
        for value in values:
            axes |= value.axes if isinstance(value, Node) else 0
        keys = [(value.place,) if isinstance(value, Node) else (value, bool(np.signbit(value))) for value in values]
        if does in COMMUTE and keys[0] > keys[1]:  # one order, since the result has none
            keys.reverse()
            values = values[::-1]
        return self._noted(does, tuple(keys), tuple(values), truth, axes)

    def _noted(self, does: Any, key: tuple[Any, ...], takes: tuple[Any, ...], truth: bool, axes: int) -> Node:
        known = self._known.get((does, truth, key))
        if known is None:
            known = self._known[does, truth, key] = Node(len(self.operations), truth, axes)
            self.operations.append(Operation(does, takes, truth, axes))
        return known


def _trivial(function: np.ufunc, values: list[Scalar]) -> Scalar | None:
    """Return the operand that the result of an operation is, to the last bit; None where it is another number."""
    rule = TRIVIAL.get(function)
    return None if rule is None else rule(*values)


def _number(value: Scalar) -> Scalar | None:
    """Return a value that is a number; of a truth, which arithmetic turns into one, None."""
    return value if not (value.truth if isinstance(value, Node) else isinstance(value, bool)) else None


def _times(a: Scalar, b: Scalar) -> Scalar | None:
    return _number(a) if _is(b, 1.0) else _number(b) if _is(a, 1.0) else None


def _over(a: Scalar, b: Scalar) -> Scalar | None:
    return _number(a) if _is(b, 1.0) else None


def _less(a: Scalar, b: Scalar) -> Scalar | None:
    return _number(a) if _is(b, 0.0) else None


def _extreme(a: Scalar, b: Scalar) -> Scalar | None:
    return a if _same(a, b) else None


def _and(a: Scalar, b: Scalar) -> Scalar | None:
    if a is False or b is False:
        return False
    return _truth(b) if a is True else _truth(a) if b is True else _truth(a) if _same(a, b) else None


def _or(a: Scalar, b: Scalar) -> Scalar | None:
    if a is True or b is True:
        return True
    return _truth(b) if a is False else _truth(a) if b is False else _truth(a) if _same(a, b) else None


def _truth(value: Scalar) -> Scalar | None:
    return value if (value.truth if isinstance(value, Node) else isinstance(value, bool)) else None


TRIVIAL: dict[Any, Callable[..., Scalar | None]] = {
    np.multiply: _times, np.divide: _over, np.subtract: _less, np.maximum: _extreme, np.minimum: _extreme,
    np.logical_and: _and, np.logical_or: _or, np.positive: _number,
}  # fmt: skip
