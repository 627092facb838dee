"""Choices side by side as tables, the same for the terminal and for the report."""

from __future__ import annotations

from typing import NamedTuple

from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.shapes import Bits
from imac_arch.document.studied import Alternative
from imac_arch.show.sheet import Cell, Row, Section, Table
from imac_arch.show.values import ratio_cell, show_metric

__all__ = ["Shown", "choice_sections", "choices"]


class Shown(NamedTuple):
    """The alternatives of a choice.

    Attributes:
        choice: its name.
        title: the architectures that it concerns, and what is chosen.
        subject: what ratios are over; empty where there are none.
        rows: the alternatives.
        table: their figures; an asterisk marks what the comparison has.
        brief: heads of the table by the short names of metrics.
        texts: what the alternatives are, where their names do not say it.
        refusals: why some do not apply.
    """

    choice: str
    title: str
    subject: str
    rows: tuple[Alternative, ...]
    table: Table
    brief: tuple[str, ...]
    texts: tuple[str, ...]
    refusals: tuple[str, ...]


def choices(document: ComparisonDocument) -> tuple[Shown, ...]:
    """Return every choice that concerns an architecture of the comparison."""
    names = dict.fromkeys(row.choice for row in document.alternatives)
    return tuple(_shown(document, tuple(row for row in document.alternatives if row.choice == name)) for name in names)


def choice_sections(document: ComparisonDocument) -> tuple[Section, ...]:
    """Return the sections of a sheet, one a choice."""
    return tuple(
        Section(table=each.table._replace(title=_heading(each), heads=each.brief), notes=each.refusals)
        for each in choices(document)
    )


def _heading(shown: Shown) -> str:
    ratios = f"; ratios over {shown.subject}: above 1 favours {shown.subject}" if shown.subject else ""
    return f"{shown.title} (* as compared above){ratios}"


def _shown(document: ComparisonDocument, rows: tuple[Alternative, ...]) -> Shown:
    subject = rows[0].subject or ""
    metrics = [metric for metric in document.metrics if metric.headline]
    compared = [metric for metric in metrics if metric.ratio] if subject else []
    many = [len(dict.fromkeys(getattr(row, key) for row in rows)) > 1 for key in ("technology", "architecture")]
    differ = len({row.bits for row in rows if row.bits}) > len({(row.technology, row.architecture) for row in rows})
    table_rows: list[Row] = []
    for row in rows:
        own = [row.technology] * many[0] + [row.architecture] * many[1]
        name = " ".join([row.name, *(f"({each})" for each in own)]) + (" *" if row.chosen else "")
        cells: list[str | Cell] = [name, *((_bits(row.bits),) if differ else ())]
        if row.error:
            cells += ["—"] * (len(metrics) + len(compared))
        else:
            cells += [show_metric(metric, row.metrics[metric.name].value) for metric in metrics]
            cells += [ratio_cell(row.ratios.get(metric.name)) for metric in compared]
        table_rows.append(tuple(cells))
    first = (rows[0].choice.replace("_", " "), *(("bits",) if differ else ()))
    heads = (*first, *(m.title for m in metrics), *(f"{m.title}, ratio" for m in compared))
    names = ", ".join(dict.fromkeys(row.architecture for row in rows))
    return Shown(
        choice=rows[0].choice,
        title=f"{names} by {rows[0].title}",
        subject=subject,
        rows=rows,
        table=Table(heads, tuple(table_rows), spans=False),
        brief=(*first, *(m.name for m in metrics), *(f"{m.name} ratio" for m in compared)),
        texts=tuple(dict.fromkeys(f"{row.name}: {row.text}" for row in rows if row.text)),
        refusals=tuple(dict.fromkeys(f"{row.name} does not apply: {row.error}" for row in rows if row.error)),
    )


def _bits(bits: Bits | None) -> str:
    return "—" if bits is None else f"{bits.weight:.3g}/{bits.input:.3g}/{bits.activation:.3g}"
