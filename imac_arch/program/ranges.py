"""Between what a number lies, from between what the numbers lie that it is made of.

Arithmetic rounds every result to the nearest number, so that it keeps order: the ends of a range, put through the same
arithmetic, are the ends of what comes of it. Functions that NumPy does not round to the nearest number are given some
room. A range may be wider than it need be, never narrower.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil, copysign, floor, inf, sqrt
from typing import Any

import numpy as np

from imac_arch.data.records import NamedTuple

__all__ = ["ANY", "TRUTH", "Range", "between", "decided", "only", "range_of", "refined"]

ROOM = 2.0**-48  # relative, in which a function of NumPy may lie beside its value
EXACT = 2.0**53  # below it whole numbers have no gaps
LEAST = float(np.nextafter(0.0, 1.0))


class Range(NamedTuple):
    """Between what a number lies.

    Attributes:
        low: nothing is less.
        high: nothing is more.
        undefined: whether it may be no number.
        negative_zero: whether it may be -0.
        whole: whether it is surely a whole number, unless it is none at all.
    """

    low: float
    high: float
    undefined: bool = False
    negative_zero: bool = False
    whole: bool = False

    @property
    def finite(self) -> bool:
        """Whether it is surely a number, and a finite one."""
        return not self.undefined and self.low > -inf and self.high < inf

    @property
    def zero(self) -> bool:
        """Whether it may be zero, of either sign."""
        return self.low <= 0 <= self.high

    @property
    def counts(self) -> bool:
        """Whether it is never less than zero, nor -0, nor undefined."""
        return self.low >= 0 and not self.negative_zero and not self.undefined


ANY = Range(-inf, inf, True, True)
TRUTH = Range(0.0, 1.0, whole=True)


def only(value: float) -> Range:
    """Return the range of a constant."""
    if value != value:
        return ANY
    return Range(value, value, False, value == 0 and copysign(1.0, value) < 0, value.is_integer())


def between(values: Sequence[float], undefined: bool) -> Range:
    """Return between what lies on straight lines between values, which are rounded."""
    low, high = min(values), max(values)
    return Range(low - abs(low) * ROOM, high + abs(high) * ROOM, undefined, low <= 0 <= high)


def range_of(does: Any, ranges: tuple[Range, ...], same: bool) -> Range:
    """Return between what the result of a function of NumPy lies.

    Args:
        does: the function.
        ranges: of its operands.
        same: whether its two operands are one and the same number.
    """
    rule = RULES.get(does)
    if rule is not None:
        return rule(*ranges) if not (same and does is np.multiply) else _square(ranges[0])
    if does in RISING:
        return _rising(does, *ranges)
    return ANY


def decided(does: Any, a: Range, b: Range) -> bool | None:
    """Return what a comparison of two numbers gives wherever they lie in their ranges; None where it depends."""
    rule = COMPARED.get(does)
    return None if rule is None else rule(a, b)


def refined(does: Any, x: Range, than: Range, held: bool) -> Range:
    """Return between what ``x`` lies where a comparison of it with another number holds, or where it does not."""
    low, high = x.low, x.high
    if does in (np.greater, np.greater_equal, np.less, np.less_equal) and not (x.undefined or than.undefined):
        above = (does in (np.greater, np.greater_equal)) is held
        strict = (does in (np.greater, np.less)) is held
        if above:
            low = max(low, LEAST if strict and than.low == 0 else than.low)
        else:
            high = min(high, -LEAST if strict and than.high == 0 else than.high)
    elif does is np.equal and not held and than.low == 0 == than.high:
        low, high = LEAST if low == 0 else low, -LEAST if high == 0 else high
    if low > high:
        return x  # where nothing lies
    return x._replace(low=low, high=high, negative_zero=x.negative_zero and low <= 0 <= high)


def _made(low: float, high: float, undefined: bool, negative_zero: bool, whole: bool = False) -> Range:
    if low != low:
        low = -inf
    if high != high:
        high = inf
    zero = low <= 0 <= high
    return Range(low, high, undefined, negative_zero and zero, whole and low > -EXACT and high < EXACT)


def _sum(a: Range, b: Range) -> Range:
    undefined = a.undefined or b.undefined or (a.high == inf and b.low == -inf) or (a.low == -inf and b.high == inf)
    both = a.negative_zero and b.negative_zero  # the sum of opposite numbers is 0, and not -0
    return _made(a.low + b.low, a.high + b.high, undefined, both, a.whole and b.whole)


def _negated(a: Range) -> Range:
    return Range(-a.high, -a.low, a.undefined, a.zero, a.whole)


def _difference(a: Range, b: Range) -> Range:
    return _sum(a, _negated(b))


def _times(a: float, b: float) -> float:
    return a * b if a and b else 0.0


def _product(a: Range, b: Range) -> Range:
    if a.low > 0 and b.low > 0:  # most numbers
        ends = [a.low * b.low, a.high * b.high]
    else:
        ends = [_times(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    endless = (a.zero and (b.low == -inf or b.high == inf)) or (b.zero and (a.low == -inf or a.high == inf))
    signed = not (a.low >= 0 and b.low >= 0) or a.negative_zero or b.negative_zero
    return _made(min(ends), max(ends), a.undefined or b.undefined or endless, signed, a.whole and b.whole)


def _square(a: Range) -> Range:
    ends = a.low * a.low, a.high * a.high
    return _made(0.0 if a.zero else min(ends), max(ends), a.undefined, False, a.whole)


def _quotient(a: Range, b: Range) -> Range:
    undefined = a.undefined or b.undefined or not (a.finite or b.finite)
    if not b.zero:
        low, high = _negated(b)[:2] if b.high < 0 else b[:2]
        first, last = (-a.high, -a.low) if b.high < 0 else a[:2]
        least, most = first / (high if first >= 0 else low), last / (low if last >= 0 else high)
        signed = not (a.low >= 0 and b.low > 0) or a.negative_zero
        return _made(least, most, undefined, signed)
    if b.low == 0 and not b.negative_zero and a.low > 0:
        return _made(a.low / b.high if b.high else inf, inf, undefined, False)
    if b.low == 0 and not b.negative_zero and a.low >= 0 and not a.negative_zero:
        return Range(0.0, inf, True)
    return ANY


def _root(a: Range) -> Range:
    low, high = max(a.low, 0.0), max(a.high, 0.0)
    return Range(sqrt(low), sqrt(high), a.undefined or a.low < 0, a.negative_zero)


def _larger(a: Range, b: Range) -> Range:
    signed = a.negative_zero or b.negative_zero
    return _made(max(a.low, b.low), max(a.high, b.high), a.undefined or b.undefined, signed, a.whole and b.whole)


def _smaller(a: Range, b: Range) -> Range:
    signed = a.negative_zero or b.negative_zero
    return _made(min(a.low, b.low), min(a.high, b.high), a.undefined or b.undefined, signed, a.whole and b.whole)


def _absolute(a: Range) -> Range:
    ends = abs(a.low), abs(a.high)
    return Range(0.0 if a.zero else min(ends), max(ends), a.undefined, False, a.whole)


def _rounded(a: Range, to: Callable[[float], Any]) -> Range:
    low, high = (end if abs(end) == inf else float(to(end)) for end in a[:2])
    return _made(low, high, a.undefined, a.negative_zero or a.low < 0, True)


def _rising(does: Any, a: Range) -> Range:
    """Return the range of a function that rises, and may lie beside its value by the last bits."""
    with np.errstate(all="ignore"):
        low, high = float(does(a.low)), float(does(a.high))
    undefined = a.undefined or low != low or high != high
    low, high = (-inf if low != low else low), (inf if high != high else high)
    low, high = (
        (low if abs(low) == inf else low - abs(low) * ROOM),
        high if abs(high) == inf else high + abs(high) * ROOM,
    )
    return _made(low, high, undefined, not a.counts or does in LOGARITHMS)


def _wave(a: Range) -> Range:
    return _made(-1 - ROOM, 1 + ROOM, a.undefined or not a.finite, True)


def _power(a: Range, b: Range) -> Range:
    if a.low <= 0 or a.undefined or b.undefined or not a.finite or not b.finite:
        return ANY
    with np.errstate(all="ignore"):
        ends = [float(np.power(x, y)) for x in a[:2] for y in b[:2]]
    return _made(min(ends) * (1 - ROOM), max(ends) * (1 + ROOM), False, False)


LOGARITHMS = {np.log, np.log2, np.log10}  # which may be zero of whatever sign
RISING = LOGARITHMS | {np.exp, np.exp2, np.expm1, np.log1p, np.tanh, np.cbrt, np.arcsin, np.arctan}
RULES: Mapping[Any, Callable[..., Range]] = {
    np.add: _sum, np.subtract: _difference, np.multiply: _product, np.divide: _quotient, np.sqrt: _root,
    np.maximum: _larger, np.minimum: _smaller, np.absolute: _absolute, np.negative: _negated, np.square: _square,
    np.ceil: lambda a: _rounded(a, ceil), np.floor: lambda a: _rounded(a, floor), np.positive: lambda a: a,
    np.reciprocal: lambda a: _quotient(only(1.0), a), np.sin: _wave, np.cos: _wave, np.power: _power,
}  # fmt: skip


def _less(a: Range, b: Range) -> bool | None:
    if a.low >= b.high:
        return False  # nor is what is no number less than anything
    return True if a.high < b.low and not (a.undefined or b.undefined) else None


def _at_most(a: Range, b: Range) -> bool | None:
    if a.low > b.high:
        return False
    return True if a.high <= b.low and not (a.undefined or b.undefined) else None


def _equal(a: Range, b: Range) -> bool | None:
    return False if a.high < b.low or b.high < a.low else None


def _unequal(a: Range, b: Range) -> bool | None:
    return True if a.high < b.low or b.high < a.low else None


COMPARED: Mapping[Any, Callable[[Range, Range], bool | None]] = {
    np.less: _less, np.less_equal: _at_most, np.greater: lambda a, b: _less(b, a),
    np.greater_equal: lambda a, b: _at_most(b, a), np.equal: _equal, np.not_equal: _unequal,
}  # fmt: skip
