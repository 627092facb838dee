"""Beside every figure of a scenario, that of the same design under this project's defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imac_arch.document.comparison import ArchitectureRow, ComparisonDocument, Ratio
from imac_arch.document.samples import at_medians
from imac_arch.document.shapes import MetricRow
from imac_arch.evaluate import Evaluation

__all__ = ["with_defaults"]

Values = Mapping[str, float | None]


def with_defaults(document: ComparisonDocument, found: Mapping[str, Sequence[Evaluation]]) -> ComparisonDocument:
    """Return the document of a scenario with ``by_default`` in its designs and ratios.

    Args:
        document: of the comparison under the scenario.
        found: the same designs without its assumptions, by technology; none where that is no design.
    """
    values: dict[tuple[str, str], Values] = {
        (technology, each.architecture): {name: at_medians(array) for name, array in each.masked().metrics.items()}
        for technology, evaluations in found.items()
        for each in evaluations
    }
    metrics = {metric.name: metric for metric in document.metrics}
    return document._replace(
        architectures=tuple(_design(row, values.get((row.technology, row.name))) for row in document.architectures),
        ratios=tuple(row._replace(by_default=_ratio(row, values, metrics[row.metric])) for row in document.ratios),
    )


def _design(row: ArchitectureRow, values: Values | None) -> ArchitectureRow:
    return row._replace(by_default=None if values is None else {name: values.get(name) for name in row.metrics})


def _ratio(row: Ratio, values: Mapping[tuple[str, str], Values], metric: MetricRow) -> float | None:
    mine, theirs = (
        values.get(key, {}).get(metric.name)
        for key in ((row.technology, row.architecture), (row.baseline_technology, row.baseline))
    )
    if not mine or not theirs:
        return None
    return theirs / mine if metric.better == "lower" else mine / theirs
