"""A sheet on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from imac_arch.show.sheet import Section, Sheet, Table, text_of

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["open_console", "print_sheet"]

WIDE = 160


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
        yield _table(section.table)
    for text in section.notes:
        yield Padding(Text(text, style="dim"), (0, 0, 0, 2))
    for finding in section.findings:
        text_ = Text.assemble((f"{finding.code}  ", "yellow"), finding.message, (f"  [{finding.where}]", "dim"))
        yield Padding(text_, (0, 0, 0, 2))


def _table(table: Table) -> RichTable:
    shown = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, head in enumerate(table.heads):
        if place == 0:
            shown.add_column(head, no_wrap=table.wrap is None, max_width=table.wrap)
        else:
            shown.add_column(head, justify="left" if place in table.left else "right", overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(text_of(cell, table.spans)) for cell in row))
    return shown
