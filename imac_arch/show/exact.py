"""Closed forms beside the exact network, and a netlist beside ngspice, as tables."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence

from imac_arch.data.units import format_value
from imac_arch.document.comparison import ComparisonDocument, InputImages
from imac_arch.document.crossbar import CheckDocument, ExactFigure, ExactRow
from imac_arch.show.sheet import Section, Sheet, Table

__all__ = ["check_sheet", "exact_table", "images_text", "not_solved"]

HEADS = (
    "technology", "layer", "subarrays", "power", "power, closed form", "far column", "far column, closed form",
    "signal", "signal, closed form", "time constant", "time constant, closed form",
)  # fmt: skip
UNITS = ("W", "", "", "s")
FEW = 8  # subarrays of a layer that have a line each


def exact_table(rows: Sequence[ExactRow]) -> Table:
    """Return the exact check; each closed form with its error.

    Where a layer has more than a few subarrays of its own, those of one shape share a line, with the smallest,
    the median and the largest of each exact figure and of each error.
    """
    layers: dict[tuple[str, int], list[ExactRow]] = {}
    for row in rows:
        layers.setdefault((row.technology, row.layer), []).append(row)
    return Table(HEADS, tuple(line for own in layers.values() for line in _layer(own)))


def not_solved(document: ComparisonDocument) -> tuple[str, ...]:
    """Return which technologies have no exact network, and why."""
    return tuple(f"{row.technology} is not solved: {row.reason}" for row in document.not_solved)


def images_text(inputs: InputImages) -> str:
    """Return which input vectors the first layer was solved for: ``the first 64 of 1,000 images of x.npz``."""
    left = f"the first {inputs.images:,} of {inputs.given:,}" if inputs.given > inputs.images else f"{inputs.given:,}"
    noun = "images" if inputs.given > 1 else "image"
    return f"{left} {noun} of {inputs.file}" if inputs.file else f"{left} given {noun}"


def _layer(rows: Sequence[ExactRow]) -> Iterator[tuple[str, ...]]:
    if rows[0].row_tile is None or len(rows) <= FEW:
        for row in rows:
            which = f"{row.count} of" if row.row_tile is None else f"{row.row_tile},{row.col_tile}"
            yield _line([row], f"{which} {row.rows}x{row.cols}")
        return
    shapes: dict[tuple[int, int], list[ExactRow]] = {}
    for row in rows:
        shapes.setdefault((row.rows, row.cols), []).append(row)
    for (height, width), alike in shapes.items():
        yield _line(alike, f"{len(alike)} of {height}x{width}")


def _line(rows: Sequence[ExactRow], which: str) -> tuple[str, ...]:
    cells = [rows[0].technology, str(rows[0].layer), which]
    groups = (
        [r.power for r in rows],
        [r.far_share for r in rows],
        [r.signal_share for r in rows],
        [r.time_constant for r in rows],
    )
    for figures, unit in zip(groups, UNITS, strict=True):
        cells += _pair(figures, unit)
    return tuple(cells)


def _pair(figures: Sequence[ExactFigure], unit: str) -> tuple[str, str]:
    """Return the exact figures, and their closed forms with errors."""

    def write(value: float) -> str:
        return format_value(value, unit)

    errors = [figure.error * 100 for figure in figures if figure.error is not None]
    off = f" ({_spread(errors, '{:+.3g} %'.format)})" if errors else ""
    return _spread([f.exact for f in figures], write), write(statistics.median(f.closed for f in figures)) + off


def _spread(values: Sequence[float], write: Callable[[float], str]) -> str:
    """Write the smallest, the median and the largest of some values, a common unit once: ``1.2 … 1.3 … 1.5 mW``."""
    shown = [write(value) for value in (min(values), statistics.median(values), max(values))]
    units = {text.partition(" ")[2] for text in shown}
    if len(set(shown)) == 1:
        return shown[0]
    return " … ".join([*(text.partition(" ")[0] if len(units) == 1 else text for text in shown[:2]), shown[2]])


def check_sheet(document: CheckDocument) -> Sheet:
    """Return what a netlist was checked against, with errors and limits."""
    rows = []
    for row in document.rows:
        values = (format_value(value, row.unit, 6) for value in (row.ours, row.ngspice))
        limit = "—" if row.limit is None else f"{row.limit:.0e}"
        verdict = "" if row.limit is None else "yes" if row.ok else "NO"
        error = "—" if row.error is None else f"{row.error:.1e}"
        rows.append((row.what, *values, error, limit, verdict))
    table = Table(("what", "ours", "ngspice", "error", "limit", "ok"), tuple(rows), "Exact solution against ngspice")
    return Sheet("", "", (Section(table=table),))
