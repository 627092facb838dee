"""Published accuracies beside ours, as a table with verdicts and what explains a difference."""

from __future__ import annotations

from imac_arch.data.units import format_value
from imac_arch.document.accuracy import AccuracyDocument, Claimed, Published
from imac_arch.show.accuracy import OTHER_RULE, accuracy_sheet
from imac_arch.show.shares import UNKNOWN, points, share
from imac_arch.show.sheet import Cell, Row, Section, Sheet, Table

__all__ = ["published_lines", "published_table", "with_published"]


def with_published(document: AccuracyDocument) -> Sheet:
    """Return accuracies, what each effect costs, studies and answers, published values before all of them."""
    sheet, published = accuracy_sheet(document), document.published
    if published is None:
        return sheet
    first = Section("Published values", table=published_table(published), notes=published_lines(published))
    return sheet._replace(sections=(first, *sheet.sections))


def published_table(published: Published) -> Table:
    """Return published accuracies with verdicts."""
    rows: list[Row] = []
    for claim in published.claims:
        sign = "" if claim.kind == "about" else f"{claim.kind.replace('_', ' ')} "
        ends = None if claim.low is None else (_claimed(claim, claim.low), _claimed(claim, claim.high))
        beside = "" if claim.otherwise is None else f" ({OTHER_RULE[claim.gain]} {share(claim.otherwise)})"
        own = Cell(_claimed(claim, claim.value), ends, sort=claim.value)
        rows.append(
            (claim.claim, sign + _claimed(claim, claim.published), own, claim.gain + beside,
             _claimed(claim, claim.default), claim.status)
        )  # fmt: skip
    heads = ("claim", "published", "under its assumptions", "gain", "by default", "verdict")
    return Table(heads, tuple(rows), f"Published accuracies: {published.title}", left=(0, 3, 5))


def published_lines(published: Published) -> tuple[str, ...]:
    """Return what explains differences, the assumptions of a scenario, and what could not be read of its source."""
    why = dict.fromkeys((claim.why, claim.source) for claim in published.claims)
    told = [f"{text} Source: {source}." for text, source in why]
    return (*told, f"Assumed: {'; '.join(published.assumptions)}.", *([published.note] if published.note else []))


def _claimed(claim: Claimed, value: float | None) -> str:
    if value is None:
        return UNKNOWN
    if claim.metric == "least_resistance":
        return format_value(value, "ohm")
    return share(value) if claim.metric == "accuracy" else points(value)
