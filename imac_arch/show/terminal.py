"""A sheet on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from imac_arch.show.escapes import cleaned
from imac_arch.show.layout import UNWRAPPED, Line, item_lines, paragraph, table_lines
from imac_arch.show.sheet import Section, Sheet

if TYPE_CHECKING:
    from rich.console import Console
    from rich.style import StyleType

__all__ = ["is_plain", "open_console", "print_plain", "print_sheet"]

STYLES = {"fails": "bold red", "doubtful": "yellow", "works": "green"}
BOLD, DIM = "bold", "dim"
ASKED = ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE")  # what a console heeds beside its stream
Styled = tuple[Line, "StyleType"]


def open_console(color: bool | None = None, stream: TextIO | None = None) -> Console:
    """Return a console on stdout or another stream: as wide as its terminal, or as ``COLUMNS`` says, else without an
    end to its lines."""
    from rich.console import Console

    class Ours(Console):
        """A console that leaves it to its caller what a reader that went away means."""

        def on_broken_pipe(self) -> None:
            """Raise BrokenPipeError."""
            raise BrokenPipeError

    stream = stream or sys.stdout
    wide = None if stream.isatty() or os.environ.get("COLUMNS", "").isdigit() else UNWRAPPED
    return Ours(file=stream, width=wide, force_terminal=color, no_color=color is False or None, highlight=False)


def is_plain(color: bool | None = None) -> bool:
    """Whether stdout is a file or a pipe, and nothing asks for colours or a width: then no console need be loaded."""
    return not (color or sys.stdout.isatty() or any(os.environ.get(name) for name in ASKED))


def print_plain(sheet: Sheet) -> None:
    """Print a sheet on stdout: the lines that a console writes where :func:`is_plain` holds."""
    sys.stdout.writelines(f"{line.text}\n" for line, _ in _sheet(cleaned(sheet), UNWRAPPED))
    sys.stdout.flush()


def print_sheet(sheet: Sheet, console: Console | None = None) -> None:
    """Print a sheet.

    Args:
        sheet: what to print.
        console: where to; stdout where None is given.
    """
    from rich.text import Text  # takes time to load

    console = console or open_console()
    sheet, text = cleaned(sheet), Text()
    for line, style in _sheet(sheet, console.width):
        start = len(text)
        text.append(line.text + "\n", style)
        if line.bold:
            text.stylize(BOLD, start, start + line.bold)
        if line.mark in STYLES:
            at = start + line.text.index(line.mark)
            text.stylize(STYLES[line.mark], at, at + len(line.mark))
    console.print(text, soft_wrap=True, end="")


def _sheet(sheet: Sheet, width: int) -> Iterator[Styled]:
    for text, style in ((sheet.title, BOLD), (sheet.subtitle, DIM)):
        if text:
            yield from ((Line(line), style) for line in paragraph(text, width))
    for place, section in enumerate(sheet.sections):
        if place or sheet.title or sheet.subtitle:
            yield Line(""), ""
        yield from _section(section, width)


def _section(section: Section, width: int) -> Iterator[Styled]:
    if section.title:
        yield from ((Line(line), BOLD) for line in paragraph(section.title, width))
    for text in section.paragraphs:
        yield from ((Line(line), "") for line in paragraph(text, width))
    if section.table is not None:
        if section.table.title:
            yield from ((Line(line), BOLD) for line in paragraph(section.table.title, width))
        yield from ((line, "") for line in table_lines(section.table, width))
    for text in section.notes:
        yield from ((Line(line), DIM) for line in paragraph(text, width, 2))
    yield from ((line, "") for line in item_lines(section.items, width))
