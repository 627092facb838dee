"""Shipped files as they were parsed, kept beside them as Python keeps compiled modules: every run reads some twenty.

What is kept counts for the very text that it was parsed from, and for the reader that parsed it. A folder that cannot
be written, and ``PYTHONDONTWRITEBYTECODE``, leave all as it is: files are parsed anew.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from imac_arch.data.registry import data_folder

__all__ = ["is_shipped", "keep", "recalled"]

FOLDER = "__pycache__"
WRONG = (OSError, EOFError, ValueError, TypeError)  # absent, or not as it was left


def is_shipped(path: Path) -> bool:
    """Whether a file is one of the data that this package ships."""
    return path.is_relative_to(data_folder())


def recalled(path: Path, text: str) -> tuple[Any, Any] | None:
    """Return data and places of a text as they were kept for the file at ``path``; None where they were not."""
    with suppress(*WRONG):
        mark, data, places = marshal.loads(_beside(path).read_bytes())
        if mark == _mark(text):
            return data, places
    return None


def keep(path: Path, text: str, data: Any, places: Any) -> None:
    """Keep what the text of a file was parsed to."""
    if sys.dont_write_bytecode:
        return
    kept = _beside(path)
    part = kept.with_name(f"{kept.name}.{os.getpid()}")
    with suppress(*WRONG):
        kept.parent.mkdir(exist_ok=True)
        try:
            part.write_bytes(marshal.dumps((_mark(text), data, places)))
            part.replace(kept)
        finally:
            part.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.parent / FOLDER / f"{path.name}.{sys.implementation.cache_tag}"


def _mark(text: str) -> str:
    return f"{_reader()} {hashlib.sha256(text.encode(errors='backslashreplace')).hexdigest()}"


@cache
def _reader() -> str:
    """Return what tells the reader of today from an earlier one."""
    stat = Path(__file__).with_name("events.py").stat()
    return f"{stat.st_mtime_ns} {stat.st_size}"
