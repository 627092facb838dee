"""What libyaml parses as plain data with the place of every value.

The only reader of YAML. Scalars are resolved here by the YAML 1.2 core schema (``1e-15`` is a number, ``no`` is a
string), duplicate keys are errors. Shipped files are kept as they were read (:mod:`imac_arch.data.kept`), so that most
runs never come here.
"""

from __future__ import annotations

import math
import re
from typing import Any, NoReturn

import yaml

from imac_arch.data.errors import FileErrors, Problem
from imac_arch.data.malformed import hint
from imac_arch.data.records import NamedTuple
from imac_arch.data.text import CONTROL

__all__ = ["Places", "dumped", "parsed"]

Path_ = tuple[str | int, ...]
Places = dict[Path_, tuple[int, int]]
NAME = ("name",)
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


class Source(NamedTuple):
    """The lines of a text, and the name of its file in error messages."""

    lines: list[str]
    name: str


def parsed(text: str, lines: list[str], name: str) -> tuple[Any, Places]:
    """Return the data of a text and where each value stands: line and column by path, both from 1.

    Raises:
        FileErrors: malformed YAML or duplicate keys, reported together.
    """
    source = Source(lines, name)
    loader: Any = None
    try:
        loader = _LOADER(text)
        # a control character may be written as an escape, too
        reader = _Reader(loader, source, suspect="\\" in text or CONTROL.search(text) is not None)
        data = reader.document()
    except yaml.YAMLError as error:
        raise FileErrors([_syntax(error, source)]) from None
    finally:
        if loader is not None:
            loader.dispose()
    if reader.problems:
        raise FileErrors(reader.problems)
    return data, reader.places


def dumped(data: Any) -> str:
    """Return plain data as YAML in one line."""
    text: str = yaml.safe_dump(data, default_flow_style=True, width=math.inf, allow_unicode=True, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _syntax(error: yaml.YAMLError, source: Source) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    message = f"malformed YAML: {getattr(error, 'problem', None) or 'it cannot be read'}"
    if mark is None:
        return Problem(message, file=source.name)
    line = min(mark.line, max(len(source.lines) - 1, 0))
    text = source.lines[line] if source.lines else ""
    began = getattr(error, "context_mark", None)
    opened = None if began is None else (began.line + 1, began.column + 1)
    message += hint(text, message, str(getattr(error, "context", "")), opened)
    return Problem(message, (), source.name, line + 1, mark.column + 1, text)


class _Reader:
    """Builds plain data from parser events; depth and number of values are bounded against hostile files."""

    def __init__(self, loader: Any, source: Source, suspect: bool) -> None:
        self.next = loader.get_event
        self.source = source
        self.places: Places = {}
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
        if not seen or (data is None and () not in self.places):
            raise FileErrors([Problem("the file contains no data", file=self.source.name)])
        return data

    def stop(self, event: Any, message: str) -> NoReturn:
        """Raise at the place of an event."""
        raise FileErrors([*self.problems, self.problem(event, message, ())])

    def problem(self, event: Any, message: str, path: Path_) -> Problem:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        text = self.source.lines[line - 1] if line <= len(self.source.lines) else ""
        return Problem(message, path, self.source.name, line, column, text)

    def value(self, event: Any, path: Path_, depth: int) -> Any:
        places = self.places
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
                first = self.places[within][0]
                message = f"duplicate key {key!r}, first given in line {first}; remove one of the two"
                self.problems.append(self.problem(event, message, within))
                self.value(self.next(), within, depth + 1)
                continue
            start = event.start_mark
            self.places[within] = (start.line + 1, start.column + 1)
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
