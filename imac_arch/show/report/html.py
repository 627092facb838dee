"""Pieces of a page. Text is escaped where it enters; what is ``Html`` has been."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NewType

from imac_arch.document.shapes import Finding, Generator
from imac_arch.show.sheet import Cell, Row, Table

__all__ = [
    "MARK",
    "Html",
    "attribute",
    "details",
    "escape",
    "heading",
    "items",
    "joined",
    "paragraph",
    "plot",
    "safe_link",
    "table",
    "warnings_list",
    "whole_page",
]

Html = NewType("Html", str)
MARK = '<meta name="generator" content="imac-arch'
NOTHING = Html("")
_ASSETS = Path(__file__).parent / "assets"
_CONFIG = {"showSendToCloud": False, "displaylogo": False, "responsive": True, "displayModeBar": False}
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'"
)


def escape(text: object) -> Html:
    """Return text that no browser takes for markup, nor for the end of an attribute."""
    return Html(html.escape(str(text)))


def joined(parts: Iterable[Html], between: str = "\n") -> Html:
    """Return pieces one after the other."""
    return Html(between.join(parts))


def attribute(name: str, value: str) -> str:
    """Return an attribute with a space before it; nothing for an empty value."""
    return f' {name}="{escape(value)}"' if value else ""


def heading(text: str, level: int = 2, name: str = "") -> Html:
    """Return a heading, with the name that links lead to."""
    return Html(f"<h{level}{attribute('id', name)}>{escape(text)}</h{level}>")


def paragraph(text: str, soft: bool = False) -> Html:
    """Return a paragraph."""
    return Html(f"<p{attribute('class', 'soft' if soft else '')}>{escape(text)}</p>")


def items(texts: Iterable[str]) -> Html:
    """Return a list of texts."""
    return Html("<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>")


def details(summary: str, inner: Html, opened: bool = False) -> Html:
    """Return what opens at a click."""
    return Html(f"<details{' open' if opened else ''}><summary>{escape(summary)}</summary>\n{inner}</details>")


def plot(name: str, label: str, caption: str) -> Html:
    """Return the place of a figure."""
    place = f'<div class="plot" id="{escape(name)}" role="img" aria-label="{escape(label)}"></div>'
    return Html(f"<figure>\n{place}\n<figcaption>{escape(caption)}</figcaption>\n</figure>")


def table(shown: Table, label: str = "", *, name: str = "", long: Sequence[int] = (), foot: Sequence[str] = ()) -> Html:
    """Return a table that scrolls sideways where it is wide.

    Args:
        shown: its heads and cells.
        label: what a screen reader calls it; the table's title where none is given.
        name: its id.
        long: columns of sentences.
        foot: the cells of a last line of totals.
    """
    kinds = ["long" if k in long else "text" if k in shown.left else "" for k in range(len(shown.heads))]
    heads = "".join(
        f'<th scope="col"{attribute("class", "text" if kind else "")}>{escape(head)}</th>'
        for head, kind in zip(shown.heads, kinds, strict=True)
    )
    rows = "\n".join(f"<tr>{_row(row, kinds)}</tr>" for row in shown.rows)
    below = ""
    if foot:
        below = f'\n<tfoot><tr><th scope="row" class="text">{escape(foot[0])}</th>'
        below += "".join(f"<td>{escape(cell)}</td>" for cell in foot[1:]) + "</tr></tfoot>"
    called = escape(label or shown.title)
    return Html(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{called}">\n<table{attribute("id", name)}>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>{below}\n</table>\n</div>"
    )


def _row(row: Row, kinds: Sequence[str]) -> str:
    cells = []
    for place, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
        if place == 0:
            cells.append(f'<th scope="row" class="text">{escape(cell.value if isinstance(cell, Cell) else cell)}</th>')
        elif isinstance(cell, Cell):
            inner = escape(cell.value)
            if safe_link(cell.link):
                inner = Html(f'<a href="{escape(cell.link)}" rel="noopener noreferrer">{inner}</a>')
            span = f"<small>{escape(' to '.join(cell.ends))}</small>" if cell.ends else ""
            cells.append(f'<td{attribute("class", kind)} data-copy="{escape(cell.value)}">{inner}{span}</td>')
        else:
            cells.append(f"<td{attribute('class', kind)}>{escape(cell)}</td>")
    return "".join(cells)


def warnings_list(findings: Sequence[Finding]) -> Html:
    """Return the coded warnings."""
    rows = (
        f'<li id="warning-{k}"><b class="code">{escape(f.code)}</b> {escape(f.message)} '
        f'<span class="soft code">[{escape(f.where)}]</span></li>'
        for k, f in enumerate(findings, 1)
    )
    return Html('<ul class="warnings">' + "\n".join(rows) + "</ul>") if findings else paragraph("None.")


def safe_link(link: str) -> str:
    """Return a web address as it is, and nothing of anything else."""
    return link if link.startswith(("https://", "http://")) else ""


@lru_cache(maxsize=4)
def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _script(data: object) -> str:
    """Return JSON that cannot end the script element that holds it."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def whole_page(
    title: str, header: Html, main: Html, footer: Html, *, generator: Generator, drawn: Mapping[str, object]
) -> str:
    """Return a page with style, scripts and figures inside, the same bytes for the same pieces; a browser fetches
    nothing for it. Without figures there are no scripts."""
    scripts = [
        f'<script type="application/json" id="figures">{_script(drawn)}</script>',
        f'<script type="application/json" id="config">{_script(_CONFIG)}</script>',
        "<script>" + _asset("plotly-cartesian.min.js").replace("</script", "<\\/script") + "</script>",
        f"<script>{_asset('report.js')}</script>",
    ]
    head = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'{MARK} {escape(generator.version)}">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)} · imac-arch</title>",
        '<link rel="icon" href="data:,">',
        f"<style>{_asset('report.css')}</style>",
        "</head>",
        "<body>",
        '<a class="skip" href="#main">Skip to the results</a>',
    ]
    body = [header, '<main id="main">', main, "</main>", "<footer>", footer, "</footer>"]
    return "\n".join([*head, *body, *(scripts if drawn else ()), "</body>", "</html>\n"])
