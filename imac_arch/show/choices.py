"""Choices side by side as tables, for the terminal and for the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imac_arch.data.records import NamedTuple
from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.shapes import MetricRow
from imac_arch.document.studied import Alternative
from imac_arch.show.sheet import FAILS, Cell, Row, Section, Table, text_of
from imac_arch.show.values import ratio_cell, show_metric

__all__ = ["Shown", "choice_section", "choices", "failing"]


class Shown(NamedTuple):
    """The alternatives of a choice.

    An alternative is marked where the design that it belongs to fails as it is compared.

    Attributes:
        choice: its name.
        title: the architectures that it concerns, and what is chosen.
        subject: what ratios are over; empty where there are none.
        rows: the alternatives.
        table: their figures; an asterisk marks what the comparison has.
        texts: what the alternatives are, where their names do not say it.
        refusals: why some do not apply.
    """

    choice: str
    title: str
    subject: str
    rows: tuple[Alternative, ...]
    table: Table
    texts: tuple[str, ...]
    refusals: tuple[str, ...]


def failing(document: ComparisonDocument) -> set[tuple[str, str]]:
    """Return technology and architecture of the designs that fail."""
    return {(row.technology, row.name) for row in document.architectures if row.verdict == FAILS}


def choices(document: ComparisonDocument) -> tuple[Shown, ...]:
    """Return every choice that concerns an architecture of the comparison."""
    names = dict.fromkeys(row.choice for row in document.alternatives)
    return tuple(_shown(document, [row for row in document.alternatives if row.choice == name]) for name in names)


def _shown(document: ComparisonDocument, rows: Sequence[Alternative]) -> Shown:
    subject = rows[0].subject or ""
    metrics, judged = _headlines(document), _judged(document, subject)
    compared = [metric for metric in metrics if metric.ratio] if subject else []
    heads = (
        rows[0].choice.replace("_", " "),
        *(m.title for m in metrics),
        *(f"{judged}: {m.name}" for m in compared),
    )
    table_rows: list[Row] = []
    fails = failing(document)
    for row in rows:
        cells: list[str | Cell] = ["—"] * (len(metrics) + len(compared))
        if not row.error:
            cells = [_cell(row, metric, fails) for metric in metrics]
            cells += [ratio_cell(row.ratios.get(metric.name), metric.words) for metric in compared]
        table_rows.append((_name(row, rows), *cells))
    return Shown(
        choice=rows[0].choice,
        title=_title(rows),
        subject=subject,
        rows=tuple(rows),
        table=Table(heads, tuple(table_rows)),
        texts=tuple(dict.fromkeys(f"{row.name}: {row.text}" for row in rows if row.text)),
        refusals=_refusals(rows),
    )


def _judged(document: ComparisonDocument, subject: str) -> str:
    """Return what ratios are over, with a word where it fails on every technology."""
    verdicts = {row.verdict for row in document.architectures if row.name == subject}
    return f"{subject} (fails)" if verdicts == {FAILS} else subject


def choice_section(document: ComparisonDocument) -> Section | None:
    """Return all choices in one table of values and ratios, the ratios in brackets; None where there are none."""
    alternatives = document.alternatives
    if not alternatives:
        return None
    metrics = _headlines(document)
    subject = alternatives[0].subject
    over = f"; in brackets what {_judged(document, subject)} has in comparison" if subject else ""
    title = f"Side by side (* as compared{over})"
    lines = tuple(_lines(alternatives, metrics, failing(document)))
    table = Table(("", *(metric.title for metric in metrics)), lines, title, spans=False)
    return Section(table=table, notes=_refusals(alternatives))


def _lines(
    alternatives: Sequence[Alternative], metrics: Sequence[MetricRow], fails: set[tuple[str, str]]
) -> Iterator[Row]:
    for name in dict.fromkeys(row.choice for row in alternatives):
        rows = [row for row in alternatives if row.choice == name]
        yield (_title(rows), *("" for _ in metrics))
        for row in rows:
            yield (f"  {_name(row, rows)}", *(_both(row, metric, fails) for metric in metrics))


def _cell(row: Alternative, metric: MetricRow, fails: set[tuple[str, str]]) -> Cell:
    """Return a metric of an alternative, marked where the design fails."""
    mark = FAILS if (row.technology, row.architecture) in fails else ""
    return Cell(show_metric(metric, row.metrics[metric.name].value), mark=mark)


def _both(row: Alternative, metric: MetricRow, fails: set[tuple[str, str]]) -> str:
    if row.error:
        return "—"
    ratio = row.ratios.get(metric.name)
    value = text_of(_cell(row, metric, fails))
    return value if ratio is None else f"{value} ({text_of(ratio_cell(ratio, metric.words), spans=False)})"


def _headlines(document: ComparisonDocument) -> list[MetricRow]:
    return [metric for metric in document.metrics if metric.headline]


def _title(rows: Sequence[Alternative]) -> str:
    return f"{', '.join(dict.fromkeys(row.architecture for row in rows))} by {rows[0].title}"


def _name(row: Alternative, rows: Sequence[Alternative]) -> str:
    """Return the name of an alternative, with bits where its name does not say them, and where it stands."""
    same = (each for each in rows if (each.technology, each.architecture) == (row.technology, row.architecture))
    found = {each.bits for each in same if each.bits}
    bits = f"{row.bits.weight:.3g}/{row.bits.input:.3g}/{row.bits.activation:.3g}" if row.bits else row.name
    where = [row.name] + ([bits] if len(found) > 1 and bits != row.name else [])
    for key in ("architecture", "technology"):
        if len({getattr(each, key) for each in rows}) > 1:
            where.append(f"({getattr(row, key)})")
    return " ".join(where) + (" *" if row.chosen else "")


def _refusals(rows: Sequence[Alternative]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{row.name} does not apply: {row.error}" for row in rows if row.error))
