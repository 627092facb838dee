"""A difference as sheets and tables: the inputs that differ first, then what they did to the results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imac_arch.data.units import format_value, to_unit
from imac_arch.document.difference import DifferenceDocument, InputChange, ResultChange
from imac_arch.document.shapes import Figure, Quotient
from imac_arch.metrics import METRICS
from imac_arch.show.files import Field
from imac_arch.show.sheet import Cell, Item, Row, Section, Sheet, Table
from imac_arch.show.values import ratio_cell, show_value

__all__ = ["DIFFERENCE_COLUMNS", "difference_rows", "difference_sheet", "results_table"]

DIFFERENCE_COLUMNS = ("what", "name", "metric", "unit", "a", "b", "factor", "low", "high", "change")
NONE = "not there"
RATIO = "x"  # unit of what is a ratio
MORE, WORDS = ("less", "more"), ("worse", "better")  # what one says of a figure, and of a ratio, that falls and rises
PLAIN = 1.1  # a factor up to which a change is said in percent


def difference_sheet(document: DifferenceDocument) -> Sheet:
    """Return the changed inputs, the changed results, and the warnings that came or went."""
    title = f"{document.a.name} -> {document.b.name}"
    titles = " -> ".join(dict.fromkeys(side.title for side in (document.a, document.b) if side.title))
    ran = f"both run on {document.network}" if document.of == "technologies" else "as saved"
    return Sheet(title, "; ".join(part for part in (titles, ran) if part), tuple(_sections(document)))


def _sections(document: DifferenceDocument) -> Iterator[Section]:
    count = len(document.inputs)
    if not count:
        yield Section("Changed inputs", ("No input differs.",))
    else:
        kept = sum(bool(row.kept) for row in document.inputs)
        notes = (f"{kept} changed number{'s keep' if kept > 1 else ' keeps'} the source or note of the old one; cite "
                 "what the new one comes from",) if kept else ()  # fmt: skip
        yield Section(f"Changed inputs ({count})", table=_inputs(document.inputs), notes=notes)
    if document.verdicts:
        items = tuple(Item(row.b, row.design, f"was: {row.a}") for row in document.verdicts)
        yield Section("Verdicts that change", items=items)
    changed = [row for row in document.results if row.change != "same"]
    still = _still(document)
    if changed:
        yield Section("Results", table=results_table(document), notes=still)
    else:
        yield Section("Results", ("No result changes.",))
    ratios = [row for row in document.ratios if row.change != "same"]
    if ratios:
        yield Section("Ratios that open a report", table=_results(ratios))
    lines = [f"{side} alone: {', '.join(names)}" for side, names in
             ((document.a.name, document.only_a), (document.b.name, document.only_b)) if names]  # fmt: skip
    if lines:
        yield Section("Designs without a counterpart", tuple(lines))
    if document.warnings:
        said = {"a": f"only {document.a.name}", "b": f"only {document.b.name}"}
        rows = tuple((said[row.side], row.code, ", ".join(row.architectures), row.message) for row in document.warnings)
        heads = ("side", "code", "design", "warning")
        yield Section("Warnings that one side alone has", table=Table(heads, rows, left=(0, 1, 2, 3)))


def _still(document: DifferenceDocument) -> tuple[str, ...]:
    """Return the designs of which nothing changes, as a sentence."""
    designs = dict.fromkeys(row.design for row in document.results)
    moved = {row.design for row in document.results if row.change != "same"}
    same = [name for name in designs if name not in moved]
    return (f"unchanged: {', '.join(same)}",) if same else ()


def _inputs(rows: Sequence[InputChange]) -> Table:
    shown = tuple(
        (row.path, NONE if row.a is None else row.a, NONE if row.b is None else row.b, _input_change(row))
        for row in rows
    )
    return Table(("input", "A", "B", "change"), shown, left=(0, 1, 2, 3))


def _input_change(row: InputChange) -> str:
    text = ""
    if row.a_value is not None and row.b_value is not None:
        text = factor_text(row.b_value / row.a_value if row.a_value else None)
        text = "range" if row.a_value == row.b_value else text
    return "; ".join(part for part in (text, f"{row.kept} kept" if row.kept else "") if part)


def results_table(document: DifferenceDocument) -> Table:
    """Return the results of the summary that change."""
    return _results([row for row in document.results if row.change != "same" and row.summary])


def _results(rows: Sequence[ResultChange]) -> Table:
    shown: list[Row] = []
    for row in rows:
        cells = (_written(row, row.a), _written(row, row.b), _factor(row), row.change)
        shown.append((row.design, row.title, *cells))
    return Table(("design", "result", "A", "B", "change", "became"), tuple(shown), left=(0, 1, 5))


def _written(row: ResultChange, figure: Figure) -> str:
    if row.unit == RATIO:
        cell = ratio_cell(Quotient(figure.value, figure.interval, None), METRICS[row.metric].words)
        return f"{cell.value}, {cell.mark}" if cell.mark else cell.value
    if figure.value is None:
        return show_value(figure.value, row.unit)
    if row.printed:
        return format_value(to_unit(figure.value, row.printed), row.printed)
    return show_value(figure.value, row.unit)


def _factor(row: ResultChange) -> Cell:
    figure, words = row.factor, WORDS if row.unit == RATIO else MORE
    span = figure.span
    ends = (factor_text(span.low, words), factor_text(span.high, words)) if span else None
    return Cell(factor_text(figure.value, words), ends)


def factor_text(factor: float | None, words: tuple[str, str] = MORE) -> str:
    """Write a factor as people say it: ``+3.2 %``, ``2.9x more``, ``6x less``; an em dash for none. ``words`` are those
    of a factor below and above 1."""
    if factor is None or factor <= 0:
        return "—"
    if 1 / PLAIN < factor < PLAIN:
        return f"{(factor - 1) * 100:+.2g} %"
    return f"{format_value(max(factor, 1 / factor), '', 2)}x {words[factor > 1]}"


def difference_rows(document: DifferenceDocument) -> list[tuple[Field, ...]]:
    """Return one row per changed input, result and ratio under ``DIFFERENCE_COLUMNS``, in SI units and those of the
    metrics."""
    rows: list[tuple[Field, ...]] = []
    for given in document.inputs:
        sides = [
            text if value is None else value for text, value in ((given.a, given.a_value), (given.b, given.b_value))
        ]
        rows.append(("input", given.path, "", given.unit, *sides, None, None, None, given.kept))
    for what, changes in (("result", document.results), ("ratio", document.ratios)):
        for row in changes:
            ends = row.factor.interval
            span = (None, None) if ends is None else (ends.low, ends.high)
            figures = (row.a.value, row.b.value, row.factor.value)
            rows.append((what, row.design, row.metric, row.unit, *figures, *span, row.change))
    return rows
