"""The parts of a comparison as tidy rows, one observation each, in SI units and those of the metrics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from imac_arch.document.accuracy import AccuracyRow
from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.shapes import CheckRow
from imac_arch.document.validation import ChipRow
from imac_arch.paths import OF
from imac_arch.show.files import Field, numbers

__all__ = [
    "ACCURACY_COLUMNS", "BREAKDOWN_COLUMNS", "RATIO_COLUMNS", "VALIDATION_COLUMNS", "VERDICT_COLUMNS",
    "WARNING_COLUMNS", "accuracy_rows", "breakdown_rows", "ratio_rows", "validation_rows", "verdict_rows",
    "warning_rows",
]  # fmt: skip

Rows = list[tuple[Field | dict[str, str] | tuple[dict[str, str], ...], ...]]
ACCURACY_COLUMNS = (
    "network", "technology", "architecture", "value", "low", "high", "software", "float", "loss", "loss_low",
    "loss_high", "gain", "other_gain", "images", "data", "programmings", "sigma", "weights", "note", "reason",
    "correlation",
)  # fmt: skip
RATIO_COLUMNS = (
    "technology", "architecture", "baseline_technology", "baseline", "metric", "value", "low", "high", "above",
)  # fmt: skip
BREAKDOWN_COLUMNS = (
    "technology", "architecture", "layer", "component", "instances", "actions", "area", "energy", "leakage_energy",
    "latency",
)  # fmt: skip
VERDICT_COLUMNS = (
    "technology", "architecture", "verdict", "works_in", "fails_in", "worst", "layer", "margin", "clears_with",
)  # fmt: skip
VALIDATION_COLUMNS = (
    "chip", "point", "kind", "tier", "family", "memory", "year", "node", "vdd", "quantity", "unit", "value", "low",
    "high", "measured", "ratio",
)  # fmt: skip
WARNING_COLUMNS = (
    "code", "severity", "technology", "architecture", "layer", "quantity", "value", "unit", "limit", "hard_limit",
    "margin", "message", "where", "remedies",
)  # fmt: skip


def accuracy_rows(network: str, rows: Sequence[AccuracyRow]) -> list[tuple[Field, ...]]:
    """Return one row per design under ``ACCURACY_COLUMNS``: shares of images; ``other_gain`` is the accuracy with the
    other rule of gain."""
    return [
        (network, row.technology, row.architecture, row.value, row.low, row.high, row.software, row.float,
         *(row.loss or (None,) * 3), row.gain, row.otherwise, row.images, row.data, row.programmings, row.sigma,
         row.weights, row.note, row.reason, None if row.control is None else row.control.correlation)
        for row in rows
    ]  # fmt: skip


def ratio_rows(document: ComparisonDocument) -> Rows:
    """Return one row per design and metric under ``RATIO_COLUMNS``; above 1 favours the architecture."""
    return [
        (row.technology, row.architecture, row.baseline_technology, row.baseline, row.metric, *numbers(row), row.above)
        for row in document.ratios
    ]


def breakdown_rows(document: ComparisonDocument) -> Rows:
    """Return one row per design, layer and component under ``BREAKDOWN_COLUMNS``: m^2, J and s of one inference."""
    return [tuple(getattr(row, name) for name in BREAKDOWN_COLUMNS) for row in document.breakdown]


def verdict_rows(document: ComparisonDocument) -> Rows:
    """Return one row per design under ``VERDICT_COLUMNS``: the verdict, the shares of the samples in which the design
    works and fails, the check with the least margin, and fields that together clear every check."""
    rows: Rows = []
    for row in document.architectures:
        worst: CheckRow | None = min(row.checks, key=lambda check: check.margin, default=None)
        decided = ("", None, None) if worst is None else (worst.code, worst.layer, worst.margin)
        alone = document, row.technology
        fields = _overrides((field for setting in row.clears_with for field in setting.fields), *alone)
        rows.append((row.technology, row.name, row.verdict, row.works_in, row.fails_in, *decided, fields))
    return rows


def warning_rows(document: ComparisonDocument) -> Rows:
    """Return one row per warning under ``WARNING_COLUMNS``; each remedy is what ``overrides`` takes."""
    rows: Rows = []
    for row in document.warnings:
        remedies = tuple(_overrides(each.fields, document, row.technology) for each in row.remedies if each.fields)
        rows.append((*(getattr(row, name) for name in WARNING_COLUMNS[:-1]), remedies))
    return rows


def _overrides(fields: Iterable[str], document: ComparisonDocument, technology: str | None) -> dict[str, str]:
    """Return fields as ``overrides`` takes them; of one technology of several alone, which others need not have."""
    several = technology is not None and len(document.technologies) > 1
    of = f"{technology}{OF}" if several else ""
    return {f"{of}{path}": value for path, _, value in (field.partition("=") for field in fields)}


def validation_rows(rows: Sequence[ChipRow]) -> list[tuple[Field, ...]]:
    """Return one row per operating point and quantity under ``VALIDATION_COLUMNS``: J, m^2, TOPS/W and TOPS/mm2."""
    return [
        (row.chip, row.point, row.kind, row.tier, row.family, row.memory, row.year, row.node, row.vdd, quantity, unit,
         of.value, of.low, of.high, of.measured, of.ratio)
        for row in rows
        for quantity, unit, of in (
            ("energy", "J", row.energy), ("area", "m^2", row.area), ("tops_per_watt", "TOPS/W", row.tops_per_watt),
            ("tops_per_watt_native", "TOPS/W", row.tops_per_watt_native),
            ("tops_per_mm2", "TOPS/mm2", row.tops_per_mm2),
            ("tops_per_mm2_native", "TOPS/mm2", row.tops_per_mm2_native),
        )
    ]  # fmt: skip
