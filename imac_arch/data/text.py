"""Characters that are no text: control characters, and what turns the direction of a line."""

from __future__ import annotations

import re

__all__ = ["CONTROL", "visible"]

# C0 but for tab and line feed, C1, what turns the direction of a line or ends one, and halves of characters
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    """Return a text whose control characters are written out, ``\\x1b``: for terminals, which obey them."""
    return CONTROL.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 2**8 else f"\\u{code:04x}"
