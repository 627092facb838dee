"""Results as files of text: csv in SI units, and tables in Markdown and LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from imac_arch.document.comparison import ComparisonDocument, Ratio
from imac_arch.document.neurons import NeuronsDocument
from imac_arch.document.shapes import Figure, Quotient
from imac_arch.show.escapes import csv_field, latex_text, markdown_text
from imac_arch.show.sheet import Table, text_of

__all__ = [
    "ALTERNATIVE_COLUMNS",
    "COLUMNS",
    "NEURON_COLUMNS",
    "alternative_rows",
    "csv_text",
    "latex",
    "markdown",
    "marked_csv",
    "metric_rows",
    "neuron_rows",
    "numbers",
]

Field = str | float | None
COLUMNS = ("network", "technology", "architecture", "metric", "unit", "value", "low", "high", "verdict", "by_default")
ALTERNATIVE_COLUMNS = (
    "technology", "architecture", "choice", "name", "chosen", "metric", "unit", "value", "low", "high",
    "ratio", "ratio_low", "ratio_high",
)  # fmt: skip
NEURON_COLUMNS = ("neuron", "node", "at", "figure", "unit", "value", "low", "high")


def metric_rows(document: ComparisonDocument) -> list[tuple[Field, ...]]:
    """Return one row per technology, architecture and metric under ``COLUMNS``, in the units of the metrics; the
    accuracy, where it is known, is one more."""
    rows: list[tuple[Field, ...]] = [
        (
            document.network.name,
            row.technology,
            row.name,
            m.name,
            m.unit,
            *numbers(row.metrics[m.name]),
            row.verdict,
            (row.by_default or {}).get(m.name),
        )
        for row in document.architectures
        for m in document.metrics
    ]
    rows += [
        (
            document.network.name,
            row.technology,
            row.name,
            "accuracy",
            "",
            row.accuracy.value,
            row.accuracy.low,
            row.accuracy.high,
            row.verdict,
            None,
        )
        for row in document.architectures
        if row.accuracy is not None and row.accuracy.value is not None
    ]
    return rows


def alternative_rows(document: ComparisonDocument) -> list[tuple[Field, ...]]:
    """Return one row per alternative and metric under ``ALTERNATIVE_COLUMNS``, in the units of the metrics."""
    return [
        (row.technology, row.architecture, row.choice, row.name, row.chosen, m.name, m.unit,
         *numbers(row.metrics[m.name]), *_ratio(row.ratios.get(m.name)))
        for row in document.alternatives
        for m in document.metrics
        if m.name in row.metrics
    ]  # fmt: skip


def _ratio(figure: Quotient | None) -> tuple[float | None, ...]:
    return (None,) * 3 if figure is None else numbers(figure)


def neuron_rows(document: NeuronsDocument) -> list[tuple[Field, ...]]:
    """Return one row per neuron, node and figure under ``NEURON_COLUMNS``, in SI units."""
    return [
        (row.name, row.node, row.at, f.name, f.unit, *numbers(row.metrics[f.name]))
        for row in document.neurons
        for f in document.figures
    ]


def numbers(figure: Figure | Quotient | Ratio) -> tuple[float | None, ...]:
    """Return a value and the ends of its interval."""
    ends = figure.interval
    return (figure.value, *((None, None) if ends is None else (ends.low, ends.high)))


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[Field]]) -> str:
    """Return rows as comma-separated values; None is an empty field, no field a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(csv_field, heads))
    writer.writerows(map(csv_field, row) for row in rows)
    return text.getvalue()


def marked_csv(text: str, mark: str) -> str:
    """Return comma-separated values with a last column ``generator`` that holds a mark in every row."""
    head, *rows = csv.reader(io.StringIO(text))
    return csv_text((*head, "generator"), ((*row, mark) for row in rows))


def _lines(table: Table, spans: bool) -> list[list[str]]:
    return [[*table.heads], *([text_of(cell, spans) for cell in row] for row in table.rows)]


def markdown(table: Table, spans: bool = False) -> str:
    """Return a table as Markdown."""
    head, *rows = _lines(table, spans)
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(markdown_text, line)) + " |" for line in lines) + "\n"


def latex(table: Table, spans: bool = False) -> str:
    """Return a table as a LaTeX tabular."""
    end = " \\\\\n"
    head, *body = (" & ".join(map(latex_text, line)) + end for line in _lines(table, spans))
    align = "l" + "r" * (len(table.heads) - 1)
    parts = (f"\\begin{{tabular}}{{{align}}}\n\\hline\n", head, "\\hline\n", *body, "\\hline\n\\end{tabular}\n")
    return "".join(parts)
