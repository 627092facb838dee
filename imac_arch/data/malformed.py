"""What probably went wrong in a YAML file that cannot be read. Nothing here is imported before that."""

from __future__ import annotations

import re

__all__ = ["hint"]

_CLOSED = {"flow mapping": "{", "flow sequence": "[", "quoted scalar": "a quotation mark"}


def hint(line: str, problem: str, context: str, opened: tuple[int, int] | None) -> str:
    """Return the likely fix of a line that the parser refuses; empty where none is known.

    Args:
        line: where the parser stopped.
        problem: what it says of it.
        context: what it was in the middle of, ``while parsing a flow mapping``.
        opened: line and column where that began, from 1.
    """
    if re.match(r" *\t", line):
        return "; a tab stands in the indentation: indent with spaces"
    if "mapping values are not allowed" in problem:
        glued = re.match(r"\s*([\w.]+):(?=[^\s/])", line)
        if glued:
            return f"; a space is missing after the colon: write '{glued[1]}: '"
        return "; text that contains ': ' goes into quotation marks, and keys of one level begin in one column"
    what = next((sign for name, sign in _CLOSED.items() if name in context), "")
    if what and opened is not None:
        return f"; {what if len(what) > 1 else repr(what)} of line {opened[0]}, column {opened[1]} is not closed"
    if "block mapping" in context or "block collection" in context:
        return "; keys of one level begin in one column"
    return ""
