"""Checks of designs as rows of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from imac_arch.checks import DesignCheck
from imac_arch.data.arrays import Array
from imac_arch.data.units import format_value, to_unit
from imac_arch.document.samples import layers_at_medians
from imac_arch.document.shapes import CheckRow, Status, Verdict

__all__ = ["check_rows", "shares", "show_figure", "verdict_of"]

WRITTEN = {"": "%", "A/m^2": "MA/cm^2", "W/m^2": "W/mm^2"}  # the unit that a figure of a check is written in
STATUS: tuple[Status, ...] = ("clear", "doubtful", "fails")


def check_rows(checks: Sequence[DesignCheck]) -> tuple[CheckRow, ...]:
    """Return the checks of one design, each in the layer with the smallest margin; those that ask for nothing are left
    out."""
    return tuple(_rows(checks))


def _rows(checks: Sequence[DesignCheck]) -> Iterator[CheckRow]:
    for check in checks:
        kept = layers_at_medians(check.margin)
        layer = int(np.argmin(np.where(np.isnan(kept), -np.inf, kept)))
        margin, limit = float(kept[layer]), _at(check.limit, layer)
        if np.isinf(margin):
            continue
        yield CheckRow(
            code=check.code,
            quantity=check.quantity,
            status=STATUS[int(_at(check.severity, layer))],
            layer=layer + 1 if len(kept) > 1 and np.any(kept != kept[0]) else None,
            value=_at(check.value, layer),
            bound="at_least" if check.least else "at_most",
            limit=limit,
            hard_limit=None if check.hard is None else _at(check.hard, layer),
            margin=margin,
            unit=check.unit,
        )


def _at(values: np.ndarray, layer: int) -> float:
    found = layers_at_medians(values)
    return float(found[layer if len(found) > 1 else 0])


def shares(severity: Array, valid: NDArray[np.bool_] | None) -> tuple[float, float]:
    """Return the shares of the valid samples, None for all, in which one design works, and in which it fails.

    Args:
        severity: of the design, (samples,), see :func:`imac_arch.checks.severity`.
        valid: likewise.
    """
    pair = np.broadcast_arrays(severity, True if valid is None else valid)
    worst, known = (np.ravel(part) for part in pair)
    drawn = worst[1:][known[1:]] if worst.size > 1 and known[1:].any() else worst[:1]
    return float(np.mean(drawn < 1)), float(np.mean(drawn > 1))


def show_figure(value: float, unit: str, digits: int = 3) -> str:
    """Write a figure of a check: ``54.3 %``, ``466 MA/cm²``, ``2.77 mA``."""
    if unit not in WRITTEN:
        return format_value(value, unit, digits)
    return f"{format_value(to_unit(value, WRITTEN[unit]), '', digits)} {WRITTEN[unit].replace('^2', '²')}"


def verdict_of(checks: Sequence[CheckRow]) -> Verdict:
    """Return the verdict on a design: that of its worst check."""
    found = {check.status for check in checks}
    return "fails" if "fails" in found else "doubtful" if "doubtful" in found else "works"
