"""The range of values that are common in a field: beyond it a value is remarked on, far beyond it is a slip."""

from __future__ import annotations

from functools import lru_cache

from imac_arch.data.units import UnitError, parse

__all__ = ["ends", "far", "reach", "refused", "remark"]

TO = ".."  # between the ends of a usual range
FAR = 100  # times its usual range, a value is taken for a slip
MEANT = "Where it is meant, give it a range of its own: {value: ..., range: [low, high]}"


@lru_cache(maxsize=1024)
def ends(text: str, unit: str) -> tuple[float, float]:
    """Return the ends of a usual range, written ``10 fJ .. 10 pJ``, in SI units.

    Raises:
        ValueError: the text is no rising range in the unit.
    """
    try:
        low, high = (parse(end.strip(), unit) for end in text.split(TO))
    except (UnitError, ValueError) as error:
        raise ValueError(f"usual={text!r} is no range LOW {TO} HIGH: {error}") from None
    if not low <= high:
        raise ValueError(f"usual={text!r} does not rise")
    return low, high


def remark(value: float, written: object, usual: str, unit: str) -> str:
    """Return what is said of a value beyond its usual range, with the likely fix; empty where it is within, or zero."""
    if not usual or value == 0:
        return ""
    low, high = ends(usual, unit)
    if low <= value <= high:
        return ""
    from imac_arch.data.slips import nearer  # not before something is odd

    text = f"{written} is {'above' if value > high else 'below'} the usual range, {usual.replace(TO, 'to')}"
    return text + nearer(written, unit, (low, high))


def refused(value: float, written: object, usual: str, unit: str) -> str:
    """Return what is said of a value that is taken for a slip, a hundred times beyond its usual range; else nothing."""
    if not usual or not far(value, ends(usual, unit)):
        return ""
    text = remark(value, written, usual, unit)
    return f"{text}{'' if text.endswith('?') else '.'} {MEANT}"


def reach(usual: tuple[float, float]) -> tuple[float, float]:
    """Return the ends beyond which a value is taken for a slip."""
    low, high = usual
    return low / FAR if low > 0 else low * FAR, high * FAR


def far(value: float, usual: tuple[float, float]) -> bool:
    """Whether a value is above a hundred times its usual range, or below a hundredth of it; zero is no slip."""
    low, high = reach(usual)
    return value != 0 and not low <= value <= high
