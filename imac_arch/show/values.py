"""Values as text for people. How a value is printed follows from its unit."""

from __future__ import annotations

import re
from collections.abc import Mapping

from imac_arch.data.units import format_value, to_unit
from imac_arch.document.comparison import Ratio
from imac_arch.document.shapes import Figure, MetricRow
from imac_arch.show.sheet import Cell

__all__ = ["metric_cell", "ratio_cell", "show_metric", "show_value", "value_cell"]

# what follows the first factor of a unit: how many printed units one SI unit has, and the printed unit
_FACTORS: Mapping[str, tuple[float, str]] = {
    "*m^2": (1e6, "·mm²"), "/m^2": (1e-6, "/mm²"), "*s^2": (1e18, "·ns²"), "/mm2": (1.0, "/mm²"),
}  # fmt: skip
_TERA = "T"


def show_value(value: float | None, unit: str, digits: int = 3) -> str:
    """Write a value of any unit: ``155 mW·mm²`` of 1.55e-7 ``W*m^2``, ``442 M/s`` of 4.42e8 ``1/s``; an em dash for
    None."""
    head, *rest = re.split(r"(?=[*/])", unit)
    if value is not None and head == "kg":  # has a prefix already
        return f"{format_value(value, '', digits)} kg{unit.removeprefix(head)}"
    if value is None or not rest:
        return format_value(value, unit, digits)
    tail = ""
    for part in rest:
        factor, text = _FACTORS.get(part, (1.0, part.replace("*", "·").replace("^2", "²").replace("^3", "³")))
        value, tail = value * factor, tail + text
    if head.startswith(_TERA) and head != _TERA:
        value, head = value * 1e12, head.removeprefix(_TERA)
    if head == "1":
        return f"{format_value(value, '', digits)} {tail}" if abs(value) < 1e3 else format_value(value, tail, digits)
    return format_value(value, head, digits) + tail


def show_metric(metric: MetricRow, value: float | None, digits: int = 3) -> str:
    """Write a metric in the unit that it declares for printing, else in that which follows from its own."""
    if metric.printed and value is not None:
        return format_value(to_unit(value, metric.printed), metric.printed, digits)
    return show_value(value, metric.unit, digits)


def metric_cell(metric: MetricRow, figure: Figure, digits: int = 3) -> Cell:
    """Return a metric with its 90 % interval where that is wider than a point."""
    span = figure.span
    ends = (show_metric(metric, span.low, digits), show_metric(metric, span.high, digits)) if span else None
    return Cell(show_metric(metric, figure.value), ends)


def value_cell(figure: Figure, unit: str, digits: int = 2) -> Cell:
    """Return a figure with its 90 % interval where that is wider than a point."""
    span = figure.span
    ends = (show_value(span.low, unit, digits), show_value(span.high, unit, digits)) if span else None
    return Cell(show_value(figure.value, unit), ends)


def ratio_cell(figure: Figure | Ratio | None) -> Cell:
    """Return a ratio with its interval: ``34.9x [28.9, 36.8]``."""
    if figure is None or figure.value is None:
        return Cell("—")
    ends = figure.interval
    shown = None if ends is None else (format_value(ends.low, "", 2), format_value(ends.high, "", 2))
    return Cell(f"{format_value(figure.value, '')}x", shown)
