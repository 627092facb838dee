"""YAML files as plain data with line numbers: every value keeps its position."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from imac_arch.data.errors import FileErrors, InputOutputError, Problem
from imac_arch.data.kept import is_shipped, keep, recalled
from imac_arch.data.log import logger

__all__ = ["Document", "digest", "flow_text", "open_regular", "parse_text", "read_text", "read_yaml", "yaml_text"]

Path_ = tuple[str | int, ...]
_log = logger(__name__)
_MAX_BYTES = 10_000_000


@dataclass
class Document:
    """Plain data with the position of every key and value.

    Attributes:
        data: dicts, lists and scalars.
        places: path to (line, column), both from 1.
        lines: the source lines, shown with carets in errors.
        name: the file name in error messages.
        below: the extended document, which holds the positions of inherited values.
    """

    data: Any
    places: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    name: str = ""
    below: Document | None = None

    def problem(self, message: str, path: Path_ = ()) -> Problem:
        """Return a Problem at ``path``, or at the nearest enclosing position that is known."""
        for end in range(len(path), -1, -1):
            document: Document | None = self
            while document is not None:
                if path[:end] in document.places:
                    line, column = document.places[path[:end]]
                    text = document.lines[line - 1] if 0 < line <= len(document.lines) else ""
                    return Problem(message, path, document.name, line, column, text)
                document = document.below
        return Problem(message, path, self.name)

    def forgetting(self, replaced: Collection[Path_]) -> Document:
        """Return a document without the positions of the values at ``replaced``."""

        def kept(path: Path_) -> bool:
            return not any(path[:end] in gone for end in range(1, len(path) + 1))

        gone = set(replaced)
        places = {path: place for path, place in self.places.items() if kept(path)}
        below = None if self.below is None else self.below.forgetting(gone)
        return Document(self.data, places, self.lines, self.name, below)


def open_regular(path: Path) -> BinaryIO:
    """Return a file, open to be read; a device, which may have no end, or a pipe, which may have nothing, is refused.

    Raises:
        InputOutputError: the file is absent, cannot be read or is no regular one.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise InputOutputError(f"{path}: is a folder, not a file")
        if not stat.S_ISREG(mode):
            raise InputOutputError(f"{path}: is a device or a pipe, not a regular file")
        return open(path, "rb")
    except FileNotFoundError:
        raise InputOutputError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise InputOutputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        InputOutputError: the file is absent or cannot be read.
        FileErrors: the file is empty, binary or larger than 10 MB.
    """
    with open_regular(path) as stream:
        try:
            raw = stream.read(_MAX_BYTES + 1)
        except OSError as error:
            raise InputOutputError(f"{path}: cannot be read ({error.strerror})") from None
    if not raw.strip():
        raise FileErrors([Problem("the file is empty", file=str(path))])
    if len(raw) > _MAX_BYTES:
        size = os.path.getsize(path)
        raise FileErrors([Problem(f"the file has {size:,} bytes; at most {_MAX_BYTES:,} are read", file=str(path))])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not a text file: byte {error.start} is not valid UTF-8"
        raise FileErrors([Problem(message, file=str(path))]) from None
    if "\0" in text:
        raise FileErrors([Problem("not a text file: it contains a NUL byte", file=str(path))])
    _log.info("read %s, %d bytes", path, len(raw))
    return text


def read_yaml(path: Path) -> Document:
    """Read one YAML document from a file; every error names file, line and column.

    Raises:
        InputOutputError: the file is absent or cannot be read.
        FileErrors: the file is empty, binary, malformed, or contains duplicate keys.
    """
    text = read_text(path)
    if not is_shipped(path):
        return parse_text(text, str(path))
    known = recalled(path, text)
    if known is not None:
        return Document(*known, text.splitlines(), str(path))
    document = parse_text(text, str(path))
    keep(path, text, document.data, document.places)
    return document


def parse_text(text: str, name: str) -> Document:
    """Parse YAML text into a Document.

    Raises:
        FileErrors: malformed YAML or duplicate keys, reported together.
    """
    from imac_arch.data.events import parsed  # the library takes time to load, and most runs do without

    lines = text.splitlines()
    data, places = parsed(text, lines, name)
    return Document(data, places, lines, name)


def yaml_text(data: Any, indent: int = 0) -> str:
    """Return plain data as YAML: a quantity on one line, nested mappings as blocks.

    ``parse_text`` is its inverse.
    """
    lines = []
    for key, value in data.items():
        head = " " * indent + flow_text(key) + ":"
        if isinstance(value, dict) and value and not {"value", "values", "title"} & set(value):
            lines.append(f"{head}\n{yaml_text(value, indent + 2)}")
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            items = "".join(f"{' ' * (indent + 2)}- {flow_text(item)}\n" for item in value)
            lines.append(f"{head}\n{items}")
        else:
            lines.append(f"{head} {flow_text(value)}\n")
    return "".join(lines)


def flow_text(value: Any) -> str:
    """Return plain data as YAML in one line."""
    from imac_arch.data.events import dumped

    return dumped(_short(value))


def _short(value: Any) -> Any:
    """Return plain data whose floats are texts where an exponent is shorter: ``7e+12``, not ``7000000000000.0``."""
    if isinstance(value, dict):
        return {key: _short(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_short(part) for part in value]
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value and "e" in f"{value:g}" else value


def digest(data: Any) -> str:
    """Return the SHA-256 of parsed content, independent of key order, comments and layout."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
