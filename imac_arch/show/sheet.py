"""A sheet: sections of text and tables, the same for the terminal and for a page. No values are written here."""

from imac_arch.data.records import NamedTuple

__all__ = ["BEST", "FAILS", "UNDECIDED", "Cell", "Item", "Row", "Section", "Sheet", "Table", "text_of"]

FAILS, UNDECIDED, BEST, DAGGER, STAR = "fails", "undecided", "best", "†", "*"


class Cell(NamedTuple):
    """A value and the ends of its 90 % interval, as text; on a page it leads to ``link``.

    ``mark`` is ``fails`` where the value is of a design that fails, ``undecided`` where it is a ratio that is, ``best``
    where it is the best of its column. ``sort`` is the number that a sortable table orders it by. ``beside`` is the
    value of the same design under this project's defaults.
    """

    value: str
    ends: tuple[str, str] | None = None
    link: str = ""
    mark: str = ""
    sort: float | None = None
    beside: str = ""


Row = tuple[str | Cell, ...]


class Table(NamedTuple):
    """A table of text; the first column names the rows.

    Attributes:
        heads: one a column.
        rows: of as many cells.
        title: above it.
        left: columns of words, which are not aligned to the right.
        spans: the terminal prints intervals however narrow it is, else where it is wide.
        wrap: the width at which the first column wraps on the terminal; None keeps it whole.
        sortable: a page lets the reader order the rows.
        turns: its columns are designs, which become rows where columns do not fit.
    """

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    title: str = ""
    left: tuple[int, ...] = (0,)
    spans: bool = True
    wrap: int | None = None
    sortable: bool = False
    turns: bool = False


class Item(NamedTuple):
    """A line with a verdict or severity in front, what it is about, and what belongs to it."""

    mark: str
    head: str
    text: str
    notes: tuple[str, ...] = ()


class Section(NamedTuple):
    """A title, what stands below it, and what follows."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()


class Sheet(NamedTuple):
    """A result for people: its title, one line on its conditions, and its sections."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]


def text_of(cell: str | Cell, spans: bool = True) -> str:
    """Return a cell as one text: ``5.8x smaller [1.3x, 46x]``, ``undecided [1.4x larger, 40x smaller]``, ``1.53 W†`` of
    a design that fails, ``2.51 nJ [1.9, 7.2]`` where a unit is that of the ends too."""
    if isinstance(cell, str):
        return cell
    value = UNDECIDED if cell.mark == UNDECIDED else cell.value
    value += {FAILS: DAGGER, BEST: STAR}.get(cell.mark, "")
    beside = f" ({cell.beside})" if cell.beside else ""
    if not spans or cell.ends is None:
        return value + beside
    unit = cell.value.partition(" ")[2]
    alike = unit and cell.mark != UNDECIDED and all(end.partition(" ")[2] == unit for end in cell.ends)
    low, high = (end.removesuffix(f" {unit}") if alike else end for end in cell.ends)
    return f"{value} [{low}, {high}]{beside}"
