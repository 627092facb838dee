"""Values as text for people. How a value is printed follows from its unit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from imac_arch.data.units import format_value, to_unit
from imac_arch.document.comparison import Ratio
from imac_arch.document.shapes import Figure, MetricRow, Quotient
from imac_arch.show.sheet import UNDECIDED, Cell

__all__ = ["metric_cell", "ratio_cell", "ratio_words", "scaled_metric", "show_metric", "show_value",
           "show_written", "value_cell"]  # fmt: skip

# what follows the first factor of a unit: how many printed units one SI unit has, and the printed unit
_FACTORS: Mapping[str, tuple[float, str]] = {
    "*m^2": (1e6, "·mm²"), "/m^2": (1e-6, "/mm²"), "*s^2": (1e18, "·ns²"), "/mm2": (1.0, "/mm²"),
}  # fmt: skip
_TERA = "T"
_RESISTANCE_AREA = "ohm*m^2"  # which everyone gives in Ω·µm²
LARGE = 1e-8  # [m^2], from which an area is given in mm²
_PREFIXES = {-18: "a", -15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def show_value(value: float | None, unit: str, digits: int = 3) -> str:
    """Write a value of any unit: ``155 mW·mm²`` of 1.55e-7 ``W*m^2``, ``442 M/s`` of 4.42e8 ``1/s``; an em dash for
    None."""
    head, *rest = re.split(r"(?=[*/])", unit)
    if value is not None and head == "kg":  # has a prefix already
        return f"{format_value(value, '', digits)} kg{unit.removeprefix(head)}"
    if value is None or not rest or unit == _RESISTANCE_AREA:
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


def show_written(text: str) -> str:
    """Write a value of a file or an option with the symbols that values have elsewhere: ``28.3 kΩ`` of ``28.3 kohm``;
    what is no number with a unit stays."""
    if not re.fullmatch(r"[\d.eE+-]+ \S+", text):
        return text
    text = re.sub(r"ohm\b", "Ω", re.sub(r"\bu(?=[A-Za-z])", "µ", text))
    return text.replace("*", "·").replace("^2", "²")


def show_metric(metric: MetricRow, value: float | None, digits: int = 3) -> str:
    """Write a metric in the unit that it declares for printing, else in that which follows from its own."""
    if metric.printed and value is not None:
        return format_value(to_unit(value, metric.printed), metric.printed, digits)
    return show_value(value, metric.unit, digits)


def scaled_metric(metric: MetricRow, typical: float) -> tuple[float, str]:
    """Return by what values of a metric are multiplied for an axis on which ``typical`` is easy to read, and the unit
    that they have then: 1e9 and ``nJ`` for nanojoules."""
    if metric.printed:
        return to_unit(1.0, metric.printed), metric.printed
    head, *rest = re.split(r"(?=[*/])", metric.unit)
    factor, tail = 1.0, ""
    for part in rest:
        scale, text = _FACTORS.get(part, (1.0, part.replace("*", "·").replace("^2", "²").replace("^3", "³")))
        factor, tail = factor * scale, tail + text
    if head == "m^2":
        return (1e6, "mm²") if typical >= LARGE else (1e12, "µm²")
    if not re.fullmatch("[JWsVA]|ohm", head) or not typical > 0:
        return factor, (head + tail).removeprefix("1") if head != "1" else f"1{tail}"
    exponent = min(max(3 * math.floor(math.log10(typical * factor) / 3), min(_PREFIXES)), max(_PREFIXES))
    return factor * 10.0**-exponent, f"{_PREFIXES[exponent]}{head}{tail}"


def metric_cell(metric: MetricRow, figure: Figure, digits: int = 3, mark: str = "") -> Cell:
    """Return a metric with its 90 % interval where that is wider than a point, marked as a design is."""
    span = figure.span
    ends = (show_metric(metric, span.low, digits), show_metric(metric, span.high, digits)) if span else None
    return Cell(show_metric(metric, figure.value), ends, mark=mark)


def value_cell(figure: Figure, unit: str, digits: int = 2) -> Cell:
    """Return a figure with its 90 % interval where that is wider than a point."""
    span = figure.span
    ends = (show_value(span.low, unit, digits), show_value(span.high, unit, digits)) if span else None
    return Cell(show_value(figure.value, unit), ends)


def ratio_cell(figure: Quotient | Ratio | None, words: tuple[str, str]) -> Cell:
    """Return a ratio in words with its interval: ``5.8x smaller [1.3x, 46x]``; where that contains 1 it is undecided,
    and its ends have words of their own: ``[1.9x larger, 46x smaller]``.

    Args:
        figure: above 1 favours what stands first.
        words: what one says of a worse and of a better value.
    """
    if figure is None or figure.value is None:
        return Cell("—")
    value, ends = ratio_words(figure.value, words), figure.interval
    if ends is None or ends.low == ends.high:
        return Cell(value)
    if ends.low <= 1 <= ends.high:
        return Cell(value, (ratio_words(ends.low, words), ratio_words(ends.high, words)), mark=UNDECIDED)
    low, high = (ends.low, ends.high) if ends.low > 1 else (1 / ends.high, 1 / ends.low if ends.low else math.inf)
    return Cell(value, (f"{_times(low)}x", f"{_times(high)}x"))


def ratio_words(value: float, words: tuple[str, str]) -> str:
    """Write a ratio in words: ``5.8x smaller`` of 5.79, ``6.0x more`` of 0.167, ``about equal``."""
    factor = max(value, 1 / value if value else math.inf)
    return "about equal" if _times(factor) == "1.0" else f"{_times(factor)}x {words[value > 1]}"


def _times(factor: float) -> str:
    """Write a factor of 1 or more in two digits: ``6.0``, ``34``, ``1,600``, ``2.0e7``."""
    return f"{factor:.1f}" if round(factor, 1) < 10 else _count(factor, 2)


def _count(value: float, digits: int = 3) -> str:
    return re.sub(r"e\+0*", "e", format_value(value, "", digits))
