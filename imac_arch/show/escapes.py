"""Names as what they are, text: one function for each form of output that would take them for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from imac_arch.data.text import CONTROL, visible

__all__ = ["cleaned", "csv_field", "latex_text", "markdown_text", "plot_text"]

BREAKS = re.compile("[\t\n]")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet computes
MARKDOWN = re.compile(r"[\\`*|<>&~$\[\]]|(?<!\w)_|_(?!\w)|:(?=//)|(?<=www)\.", re.IGNORECASE)
PLOT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "<br>"}
LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "[": "{[}", "]": "{]}", "*": "{*}", "²": "$^2$", "³": "$^3$", "µ": r"$\mu$", "·": r"$\cdot$",
    "—": "---", "†": r"$^\dagger$", "Ω": r"$\Omega$",
}  # fmt: skip
_PLOT, _LATEX = str.maketrans(PLOT), str.maketrans(LATEX)


def _line(text: str) -> str:
    return BREAKS.sub(" ", visible(text))


def markdown_text(text: str) -> str:
    """Return a text as it stands in a cell of a Markdown table: without markup, code, links or mathematics."""
    return MARKDOWN.sub(r"\\\g<0>", _line(text))


def latex_text(text: str) -> str:
    """Return a text as it stands in a cell of a LaTeX tabular."""
    return _line(text).translate(_LATEX)


def csv_field(field: Any) -> Any:
    """Return a field of comma-separated values: a text that a spreadsheet would compute has an apostrophe in front."""
    if not isinstance(field, str) or not field.startswith(FORMULA):
        return field
    try:
        float(field)
    except ValueError:
        return f"'{field}"
    return field


def plot_text(text: str) -> str:
    """Return a text as figures take it, which read a part of HTML; a line feed breaks the line."""
    return text.translate(_PLOT)


def cleaned(part: Any) -> Any:
    """Return a sheet, or a part of one, whose texts are visible; only paragraphs have lines of their own."""
    if not any(CONTROL.search(text) or BREAKS.search(text) for text in _texts(part)):
        return part
    return _cleaned(part)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from _texts(each)


def _cleaned(part: Any, lines: bool = False) -> Any:
    if isinstance(part, str):
        return visible(part) if lines else _line(part)
    if not isinstance(part, tuple):
        return part
    if not hasattr(part, "_fields"):
        return tuple(_cleaned(each, lines) for each in part)
    return type(part)(*(_cleaned(each, name == "paragraphs") for name, each in zip(part._fields, part, strict=True)))
