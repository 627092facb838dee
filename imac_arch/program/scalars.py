"""Single numbers of a program: constants, and places on a tape whose range is known."""

from __future__ import annotations

from math import copysign
from typing import Any

import numpy as np

from imac_arch.data.records import NamedTuple
from imac_arch.program.ranges import TRUTH, Range, only

__all__ = [
    "FREE",
    "INTERPOLATE",
    "SELECT",
    "Constant",
    "Node",
    "Operation",
    "Scalar",
    "plain",
    "range_of_scalar",
    "same",
]

Constant = float | bool
FREE, SELECT, INTERPOLATE = "free", "select", "interpolate"


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
    """A number that is known when a program is replayed: a place on a tape, and between what it will lie."""

    __slots__ = ("axes", "place", "range", "truth")

    def __init__(self, place: int, truth: bool, axes: int, range: Range) -> None:
        self.place, self.truth, self.axes, self.range = place, truth, axes, range

    def __bool__(self) -> bool:
        raise TypeError("a formula decides on a number that is not known yet")


Scalar = Node | Constant


def plain(value: Any) -> Scalar:
    """Return a constant as a number of Python, which is the same key whatever type it came as."""
    if type(value) is Node or type(value) is float or type(value) is bool:
        return value
    return bool(value) if isinstance(value, np.bool_) else float(value)


def range_of_scalar(value: Scalar) -> Range:
    """Return between what a number lies."""
    return value.range if type(value) is Node else only(value) if type(value) is float else TRUTH


def same(a: Scalar, b: Scalar) -> bool:
    """Whether two numbers are one and the same, to the last bit."""
    if isinstance(a, Node) or isinstance(b, Node):
        return a is b
    return type(a) is type(b) and a == b and copysign(1.0, a) == copysign(1.0, b)
