"""All designs in one table, ranked, with the best of each column marked."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.document.comparison import ArchitectureRow, ComparisonDocument
from imac_arch.document.shapes import MetricRow
from imac_arch.show.sentences import columns, heading
from imac_arch.show.sheet import BEST, FAILS, Row, Table
from imac_arch.show.values import metric_cell

__all__ = ["ranking_table"]

RANKED_BY = "eap"  # PAP rewards slowness, energy alone ignores area
SHOWN = ("eap", "energy", "latency", "throughput", "area", "power", "pap")


def ranking_table(document: ComparisonDocument, *, spans: bool = False) -> Table | None:
    """Return the designs ranked by energy-area product, those that fail last; None where there is a single one."""
    metrics = {metric.name: metric for metric in document.metrics}
    shown = [metrics[name] for name in SHOWN if name in metrics]
    ranked = sorted(columns(document), key=lambda row: (row.verdict == FAILS, _value(row, metrics[RANKED_BY])))
    if len(ranked) < 2:
        return None
    best = {metric.name: _best(ranked, metric) for metric in shown}
    rows: list[Row] = []
    for place, row in enumerate(ranked, 1):
        cells = []
        for metric in shown:
            mark = FAILS if row.verdict == FAILS else BEST if best[metric.name] is row else ""
            figure = row.metrics[metric.name]
            cell = metric_cell(metric, figure, mark=mark)._replace(sort=figure.value)
            cells.append(cell if spans else cell._replace(ends=None))
        rows.append((heading(document, row), str(place), row.verdict, *cells))
    of = "of those that do not fail" if any(row.verdict == FAILS for row in ranked) else "of all"
    title = f"All designs, ranked by {metrics[RANKED_BY].title}; * best {of}"
    heads = ("design", "rank", "verdict", *(metric.title for metric in shown))
    return Table(heads, tuple(rows), title, left=(0, 2), spans=spans, sortable=True)


def _value(row: ArchitectureRow, metric: MetricRow) -> float:
    value = row.metrics[metric.name].value
    worst = float("inf")
    return worst if value is None else value if metric.better == "lower" else -value


def _best(rows: Sequence[ArchitectureRow], metric: MetricRow) -> ArchitectureRow | None:
    """Return the row with the best value of those that do not fail; None where there are not two of them."""
    known = [row for row in rows if row.verdict != FAILS and row.metrics[metric.name].value is not None]
    return min(known, key=lambda row: _value(row, metric)) if len(known) > 1 else None
