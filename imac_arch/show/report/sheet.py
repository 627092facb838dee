"""A sheet as a page without figures."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Generator
from imac_arch.show.escapes import cleaned
from imac_arch.show.report.html import page
from imac_arch.show.sheet import Sheet

__all__ = ["SheetPage", "render_sheet"]


class SheetPage(NamedTuple):
    """What ``sheet.html.j2`` shows."""

    generator: Generator
    title: str
    sheet: Sheet


def render_sheet(sheet: Sheet, title: str, generator: Generator) -> str:
    """Return a sheet as one offline file, the same bytes for the same sheet."""
    return page("sheet.html.j2", SheetPage(generator, sheet.title or title, cleaned(sheet)))
