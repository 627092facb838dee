"""Operations that need not be written down: their result is an operand, a constant or a truth that is known.

Each holds to the last bit, for whatever numbers within their ranges; the signs of zero and what is no number included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from imac_arch.program.ranges import Range, decided
from imac_arch.program.scalars import Node, Scalar, same

__all__ = ["simpler"]

Ranges = tuple[Range, ...]


def simpler(function: np.ufunc, values: list[Scalar], ranges: Ranges) -> Scalar | None:
    """Return what a function makes of numbers where that is known without doing it; None where it is not."""
    rule = RULES.get(function)
    return decided(function, *ranges) if rule is None and len(ranges) > 1 else rule(*values, *ranges) if rule else None


def _is(value: Scalar, number: float) -> bool:
    """Whether a value is a constant of this number; -0 is not 0."""
    return type(value) is float and value == number and (number != 0 or not np.signbit(value))


def _truth(value: Scalar) -> Scalar | None:
    return value if (value.truth if type(value) is Node else type(value) is bool) else None


def _number(value: Scalar) -> Scalar | None:
    """Return a value that is a number; of a truth, which arithmetic turns into one, None."""
    return value if _truth(value) is None else None


def _times(a: Scalar, b: Scalar, low: Range, high: Range) -> Scalar | None:
    for one, other, own in ((a, b, high), (b, a, low)):
        if _is(one, 1.0):
            return _number(other)
        if _is(one, 0.0) and own.counts and own.finite:
            return 0.0
    return None


def _over(a: Scalar, b: Scalar, above: Range, below: Range) -> Scalar | None:
    if _is(b, 1.0):
        return _number(a)
    if _is(a, 0.0) and below.low > 0 and not below.undefined:
        return 0.0
    return 1.0 if same(a, b) and above.finite and not above.zero else None


def _plus(a: Scalar, b: Scalar, first: Range, second: Range) -> Scalar | None:
    if first.low == 0 == first.high and not first.undefined and not second.negative_zero:
        return _number(b)
    if second.low == 0 == second.high and not second.undefined and not first.negative_zero:
        return _number(a)
    return None


def _less(a: Scalar, b: Scalar, first: Range, second: Range) -> Scalar | None:
    if _is(b, 0.0) or (second.low == 0 == second.high and not second.undefined and not first.negative_zero):
        return _number(a)
    return 0.0 if same(a, b) and first.finite else None


def _more(a: Scalar, b: Scalar, first: Range, second: Range) -> Scalar | None:
    """Return the larger of two numbers, where it is known which one that is."""
    if same(a, b):
        return a
    for one, own, other in ((a, first, second), (b, second, first)):
        if not (own.undefined or other.undefined) and (
            own.low > other.high
            or (own.low == other.high and (own.low != 0 or not (own.negative_zero or other.negative_zero)))
        ):
            return _number(one)
    return None


def _fewer(a: Scalar, b: Scalar, first: Range, second: Range) -> Scalar | None:
    """Return the smaller of two numbers, where it is known which one that is."""
    if same(a, b):
        return a
    for one, own, other in ((a, first, second), (b, second, first)):
        if not (own.undefined or other.undefined) and (
            own.high < other.low
            or (own.high == other.low and (own.high != 0 or not (own.negative_zero or other.negative_zero)))
        ):
            return _number(one)
    return None


def _and(a: Scalar, b: Scalar, *_: Range) -> Scalar | None:
    if a is False or b is False:
        return False
    return _truth(b) if a is True else _truth(a) if b is True or same(a, b) else None


def _or(a: Scalar, b: Scalar, *_: Range) -> Scalar | None:
    if a is True or b is True:
        return True
    return _truth(b) if a is False else _truth(a) if b is False or same(a, b) else None


def _isnan(_: Scalar, own: Range) -> Scalar | None:
    return None if own.undefined else False


def _isfinite(_: Scalar, own: Range) -> Scalar | None:
    return True if own.finite else None


def _positive(value: Scalar, _: Range) -> Scalar | None:
    return _number(value)


def _absolute(value: Scalar, own: Range) -> Scalar | None:
    return _number(value) if own.low >= 0 and not own.negative_zero else None


RULES: Mapping[Any, Callable[..., Scalar | None]] = {
    np.multiply: _times, np.divide: _over, np.subtract: _less, np.add: _plus, np.maximum: _more, np.minimum: _fewer,
    np.logical_and: _and, np.logical_or: _or, np.positive: _positive, np.isnan: _isnan, np.isfinite: _isfinite,
    np.absolute: _absolute,
}  # fmt: skip
