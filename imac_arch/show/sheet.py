"""A sheet: sections of text and tables, the same for the terminal and for a page. No values are written here."""

from __future__ import annotations

from typing import NamedTuple

from imac_arch.document.shapes import Finding

__all__ = ["Cell", "Row", "Section", "Sheet", "Table", "text_of"]


class Cell(NamedTuple):
    """A value and the ends of its 90 % interval, as text; on a page it leads to ``link``."""

    value: str
    ends: tuple[str, str] | None = None
    link: str = ""


Row = tuple[str | Cell, ...]


class Table(NamedTuple):
    """A table of text; the first column names the rows.

    Attributes:
        heads: one a column.
        rows: of as many cells.
        title: above it.
        left: columns of words, which are not aligned to the right.
        spans: the terminal prints intervals too.
        wrap: the width at which the first column wraps on the terminal; None keeps it whole.
    """

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    title: str = ""
    left: tuple[int, ...] = (0,)
    spans: bool = True
    wrap: int | None = None


class Section(NamedTuple):
    """A title, what stands below it, and what follows."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


class Sheet(NamedTuple):
    """A result for people: its title, one line on its conditions, and its sections."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]


def text_of(cell: str | Cell, spans: bool = True) -> str:
    """Return a cell as one text: ``34.9x [28.9, 36.8]``."""
    if isinstance(cell, str):
        return cell
    return f"{cell.value} [{cell.ends[0]}, {cell.ends[1]}]" if spans and cell.ends else cell.value
