"""A sheet on the terminal."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from rich.cells import cell_len
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from imac_arch.show.sheet import Item, Section, Sheet, Table, text_of

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType

__all__ = ["open_console", "print_sheet"]

WIDE = 160
GAP = 2  # blanks between columns
KEPT, NUMBER = "\u00a0", re.compile(r"(?<=\d) (?=[^\W\d]|%)")
STYLES = {"fails": "bold red", "doubtful": "yellow", "works": "green"}


def open_console(color: bool | None = None, stream: TextIO | None = None) -> Console:
    """Return a console on stdout or another stream, wide where no terminal cuts its lines."""
    stream = stream or sys.stdout
    wide = None if stream.isatty() else WIDE
    return Console(file=stream, width=wide, force_terminal=color, no_color=color is False or None, highlight=False)


def print_sheet(sheet: Sheet, console: Console | None = None) -> None:
    """Print a sheet.

    Args:
        sheet: what to print.
        console: where to; stdout where None is given.
    """
    parts: list[RenderableType] = [Text(sheet.title, style="bold")] if sheet.title else []
    parts += [Text(sheet.subtitle, style="dim")] if sheet.subtitle else []
    for section in sheet.sections:
        parts += [Text()] if parts else []
        parts += _section(section)
    (console or open_console()).print(Group(*parts), soft_wrap=False)


def _section(section: Section) -> Iterator[RenderableType]:
    if section.title:
        yield Text(section.title, style="bold")
    for text in section.paragraphs:
        yield Text(text)
    if section.table is not None:
        if section.table.title:
            yield Text(section.table.title, style="bold")
        yield _Aligned(section.table)
    for text in section.notes:
        yield Padding(Text(text, style="dim"), (0, 0, 0, 2))
    yield from _items(section.items)


def _items(items: Sequence[Item]) -> Iterator[RenderableType]:
    """Give marked lines whose marks and heads stand below one another."""
    width = max((len(item.mark) for item in items), default=0)
    aside = max((len(item.head) for item in items), default=0)
    for item in items:
        mark = f"{item.mark:<{width}}  " if width else ""
        front = Text.assemble("  ", (mark, STYLES.get(item.mark, "")), (f"{item.head:<{aside}}  ", "bold"))
        yield _Hanging(front, item.text)
        for note in item.notes:
            yield _Hanging(Text(" " * len(front)), note)


class _Hanging:
    """A text whose lines, where it wraps, all stay to the right of what is in front of the first."""

    def __init__(self, front: Text, text: str) -> None:
        self.front, self.text = front, text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        indent = len(self.front)
        if indent > options.max_width // 2:  # no room beside it
            yield Text.assemble(self.front, self.text)
            return
        whole = NUMBER.sub(KEPT, self.text)  # a number stays with its unit
        lines = textwrap.wrap(whole, options.max_width - indent, break_on_hyphens=False)
        yield Text.assemble(self.front, ("\n" + " " * indent).join(lines).replace(KEPT, " "))


class _Aligned:
    """A table as lines of text, which rich prints several times as fast as a table of its own; where the console is too
    narrow for whole lines it is such a table."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        table = self.table
        rows = [table.heads, *(tuple(text_of(cell, table.spans) for cell in row) for row in table.rows)]
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        if sum(widths) + GAP * (len(widths) - 1) > options.max_width or widths[0] > (table.wrap or widths[0]):
            yield _table(table)
            return
        left = {0, *table.left}
        whole = Text(no_wrap=True)
        for place, row in enumerate(rows):
            blanks = [" " * (width - cell_len(text)) for width, text in zip(widths, row, strict=True)]
            cells = (t + b if k in left else b + t for k, (t, b) in enumerate(zip(row, blanks, strict=True)))
            end = "\n" if place < len(rows) - 1 else ""
            whole.append((" " * GAP).join(cells).rstrip() + end, "bold" if place == 0 else None)
        yield whole


def _table(table: Table) -> RichTable:
    shown = RichTable(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for place, head in enumerate(table.heads):
        if place == 0:
            shown.add_column(head, no_wrap=table.wrap is None, max_width=table.wrap)
        else:
            shown.add_column(head, justify="left" if place in table.left else "right", overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(text_of(cell, table.spans)) for cell in row))
    return shown
