"""YAML files as plain data with line numbers.

The only YAML reader of the project. libyaml parses the events; scalars are resolved here by the YAML 1.2 core schema
(``1e-15`` is a number, ``no`` is a string), duplicate keys are errors, and every value keeps its position.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import yaml

from imac_arch.data.errors import FileErrors, InputOutputError, Problem
from imac_arch.data.log import logger
from imac_arch.data.text import CONTROL

__all__ = ["Document", "digest", "flow_text", "open_regular", "parse_text", "read_text", "read_yaml", "yaml_text"]

Path_ = tuple[str | int, ...]
NAME = ("name",)
_log = logger(__name__)
_MAX_BYTES = 10_000_000
_MAX_NODES = 200_000
_MAX_DEPTH = 50
_LONGEST = 400  # digits, more than any number that a float can hold has
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMERIC = frozenset("+-.0123456789")  # with which a number starts
_SPECIAL = {".nan": math.nan, ".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    return parse_text(read_text(path), str(path))


def parse_text(text: str, name: str) -> Document:
    """Parse YAML text into a Document.

    Raises:
        FileErrors: malformed YAML or duplicate keys, reported together.
    """
    document = Document(None, lines=text.splitlines(), name=name)
    loader: Any = None
    try:
        loader = _LOADER(text)
        # a control character may be written as an escape, too
        reader = _Reader(loader, document, suspect="\\" in text or CONTROL.search(text) is not None)
        document.data = reader.document()
    except yaml.YAMLError as error:
        raise FileErrors([_syntax(error, document)]) from None
    finally:
        if loader is not None:
            loader.dispose()
    if reader.problems:
        raise FileErrors(reader.problems)
    return document


def _syntax(error: yaml.YAMLError, document: Document) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    message = f"malformed YAML: {getattr(error, 'problem', None) or 'it cannot be read'}"
    if mark is None:
        return Problem(message, file=document.name)
    from imac_arch.data.malformed import hint

    line = min(mark.line, max(len(document.lines) - 1, 0))
    text = document.lines[line] if document.lines else ""
    began = getattr(error, "context_mark", None)
    opened = None if began is None else (began.line + 1, began.column + 1)
    message += hint(text, message, str(getattr(error, "context", "")), opened)
    return Problem(message, (), document.name, line + 1, mark.column + 1, text)


class _Reader:
    """Builds plain data from parser events; depth and number of values are bounded against hostile files."""

    def __init__(self, loader: Any, document: Document, suspect: bool) -> None:
        self.next = loader.get_event
        self.target = document
        self.suspect = suspect
        self.problems: list[Problem] = []

    def document(self) -> Any:
        """Return the data of the one document in the stream."""
        data: Any = None
        seen = 0
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                seen += 1
                if seen > 1:
                    self.stop(event, "a second document starts here; only one per file is allowed")
                data = self.value(self.next(), (), 0)
        if not seen or (data is None and () not in self.target.places):
            raise FileErrors([Problem("the file contains no data", file=self.target.name)])
        return data

    def stop(self, event: Any, message: str) -> NoReturn:
        """Raise at the place of an event."""
        raise FileErrors([*self.problems, self.problem(event, message, ())])

    def problem(self, event: Any, message: str, path: Path_) -> Problem:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        text = self.target.lines[line - 1] if line <= len(self.target.lines) else ""
        return Problem(message, path, self.target.name, line, column, text)

    def value(self, event: Any, path: Path_, depth: int) -> Any:
        places = self.target.places
        if depth > _MAX_DEPTH:
            self.stop(event, f"nested more than {_MAX_DEPTH} levels deep")
        if len(places) > _MAX_NODES:
            self.stop(event, f"the file contains more than {_MAX_NODES:,} values")
        if path not in places:
            start = event.start_mark
            places[path] = (start.line + 1, start.column + 1)
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if self.suspect or path == NAME:
                self.written(event, path)
            return _scalar(event.value) if event.implicit[0] else event.value
        if kind is yaml.MappingStartEvent:
            return self.mapping(path, depth)
        if kind is yaml.SequenceStartEvent:
            return self.sequence(path, depth)
        self.stop(event, f"the alias *{event.anchor} is not supported; write the value out")

    def written(self, event: Any, path: Path_) -> None:
        """Take note of characters that are no text, and of a name that is no line."""
        if wrong := CONTROL.search(event.value):
            text = f"the character U+{ord(wrong[0]):04X} controls a terminal and is no text; leave it out"
            self.problems.append(self.problem(event, text, path))
        elif path == NAME and "\n" in event.value:
            self.problems.append(self.problem(event, "a name is one line", path))

    def sequence(self, path: Path_, depth: int) -> list[Any]:
        items: list[Any] = []
        while type(event := self.next()) is not yaml.SequenceEndEvent:
            items.append(self.value(event, (*path, len(items)), depth + 1))
        return items

    def mapping(self, path: Path_, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while type(event := self.next()) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent:
                self.stop(event, "a key must be a plain string")
            key = str(event.value)
            within = (*path, key)
            if self.suspect:
                self.written(event, within)
            if key in mapping:
                first = self.target.places[within][0]
                message = f"duplicate key {key!r}, first given in line {first}; remove one of the two"
                self.problems.append(self.problem(event, message, within))
                self.value(self.next(), within, depth + 1)
                continue
            start = event.start_mark
            self.target.places[within] = (start.line + 1, start.column + 1)
            mapping[key] = self.value(self.next(), within, depth + 1)
        return mapping


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if _INT.fullmatch(text):
        return math.inf if len(text) >= _LONGEST else int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return _SPECIAL.get(text.lower(), text)


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
    text: str = yaml.safe_dump(
        _short(value), default_flow_style=True, width=math.inf, allow_unicode=True, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")


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
