"""Quantities as the files write them, times a factor: their ranges go along."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from imac_arch.data.quantity import Quantity

__all__ = ["count", "form", "over", "product", "rooted", "shifted", "times", "whole"]

Form = dict[str, Any]
DIGITS = 12


def _written(value: float, unit: str) -> str:
    return f"{value:.{DIGITS}g} {unit}".strip()


def _made(
    value: float, ends: tuple[float, float] | None, unit: str, group: str | None, dist: str = "lognormal"
) -> Form:
    made: Form = {"value": _written(value, unit), "status": "assumed", "note": "of a macro"}
    if ends is not None and ends[0] < ends[1]:
        made |= {"range": [_written(end, unit) for end in ends], "dist": dist}
        made |= {"group": group} if group else {}
    return made


def form(quantity: Quantity, factor: float = 1.0, bound: float = math.inf) -> Form:
    """Return a quantity times a factor, at most a bound."""
    ends = quantity.range
    scaled = None if ends is None else (min(ends[0] * factor, bound), min(ends[1] * factor, bound))
    value = min(quantity.value * factor, bound)
    return _made(value, scaled, quantity.unit, quantity.group, quantity.dist if value < bound else "lognormal")


def product(quantity: Quantity, other: Quantity, factor: float = 1.0) -> Form:
    """Return the product of two independent quantities and a factor, in the unit of the first."""
    return form(times(quantity, other), factor)


def times(quantity: Quantity, other: Quantity) -> Quantity:
    """Return the product of two independent quantities, in the unit of the first."""
    value = quantity.value * other.value
    low, high = (
        math.exp(math.hypot(*(math.log(each.range[end] / each.value) for each in (quantity, other) if each.range)))
        for end in (0, 1)
    )
    return replace(quantity, value=value, range=(value / low, value * high), dist="lognormal", group=None)


def shifted(quantity: Quantity, start: float, slope: float) -> Quantity:
    """Return a straight line of a quantity, its ends going along."""
    ends = None if quantity.range is None else (start + slope * quantity.range[0], start + slope * quantity.range[1])
    return replace(quantity, value=start + slope * quantity.value, range=ends)


def over(quantity: Quantity, above: float, unit: str = "ohm") -> Form:
    """Return a number over a quantity: a voltage over a current [ohm], or a charge over one [s]."""
    value = above / quantity.value
    ends = None if quantity.range is None else (above / quantity.range[1], above / quantity.range[0])
    return _made(value, ends, unit, quantity.group)


def rooted(area: Quantity, factor: float) -> Form:
    """Return the side of a square [m] whose area is a quantity times a factor; both sides of it share their draws."""
    value = math.sqrt(area.value * factor)
    ends = None if area.range is None else (math.sqrt(area.range[0] * factor), math.sqrt(area.range[1] * factor))
    return _made(value, ends, "m", "cell")


def count(quantity: Quantity) -> int:
    """Return a number of bits as a whole number, rounded up."""
    return math.ceil(quantity.value)


def whole(quantity: Quantity) -> Form:
    """Return bits as the nearest whole number, 1 or more, with their range."""
    value = max(1, round(quantity.value))
    ends = quantity.range
    return _made(value, None if ends is None else (min(ends[0], value), max(ends[1], value)), "", None)
