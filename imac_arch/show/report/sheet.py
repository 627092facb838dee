"""A sheet as a page without figures."""

from __future__ import annotations

from imac_arch.document.shapes import Generator
from imac_arch.show.report.html import Html, escape, heading, items, joined, paragraph, table, warnings_list, whole_page
from imac_arch.show.sheet import Section, Sheet

__all__ = ["render_sheet"]


def render_sheet(sheet: Sheet, title: str, generator: Generator) -> str:
    """Return a sheet as one offline file, the same bytes for the same sheet."""
    header = Html(
        f"<header>\n<h1>{escape(sheet.title or title)}</h1>\n{paragraph(sheet.subtitle, soft=True)}\n</header>"
    )
    below = paragraph(f"{generator.name} {generator.version}")
    main = joined(_section(section) for section in sheet.sections)
    return whole_page(sheet.title or title, header, main, below, generator=generator, drawn={})


def _section(section: Section) -> Html:
    title = section.title or (section.table.title if section.table else "")
    parts = [heading(title)] if title else []
    parts += [paragraph(text) for text in section.paragraphs]
    if section.table is not None:
        parts.append(table(section.table, title))
    parts += [items(section.notes)] if section.notes else []
    parts += [warnings_list(section.findings)] if section.findings else []
    return joined(parts)
