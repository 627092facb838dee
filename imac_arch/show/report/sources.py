"""The numbers that every report ends with, as text, with their sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_like, format_value
from imac_arch.document.shapes import Citation, Number

__all__ = ["NumberLine", "Numbers", "numbers"]


class NumberLine(NamedTuple):
    """A number as it is shown."""

    path: str
    value: str
    span: str
    status: str
    sources: tuple[Citation, ...]
    note: str
    where: str


class Numbers(NamedTuple):
    """Every number, and how many there are of each status."""

    sentence: str
    lines: tuple[NumberLine, ...]


def numbers(rows: Sequence[Number]) -> Numbers:
    """Return every number with its source."""
    counts = Counter(row.status for row in rows)
    statuses = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    bare = sum(not row.sourced for row in rows)
    return Numbers(f"{len(rows)} numbers: {statuses}. Without a source: {bare}.", tuple(map(_line, rows)))


def _line(row: Number) -> NumberLine:
    value = row.written or format_value(row.value, row.unit)
    span = " to ".join(format_like(row.written, v, row.unit) for v in row.range) if row.range else "—"
    status = row.status + ("" if row.sourced else " (!)")
    return NumberLine(row.path, value, span, status, row.source, row.note, row.where)
