"""New technology files to edit: every key with what it is, and what may be set beside it, as a comment.

A line that begins with ``#`` and a key is one that may be set: without its ``#`` the file is valid as well. What is
said of a key is its record (:mod:`imac_arch.fields`), nothing is written a second time.
"""

from __future__ import annotations

import math
import os
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from imac_arch.components.base import Component, instead_of
from imac_arch.components.roles import BOARD, ROLES
from imac_arch.data.files import flow_text, read_yaml
from imac_arch.data.leaves import is_number
from imac_arch.data.records import NamedTuple
from imac_arch.data.registry import data_folder, find, is_path
from imac_arch.data.units import format_value, parse
from imac_arch.fields import Key, technology_keys
from imac_arch.packages import extended
from imac_arch.technology_files import load_technology

__all__ = ["template_text"]

TEMPLATE = "made_up"
SCHEMA = "technology.schema.json"
WIDTH = 118
ANCHORS = {"read": "circuit"}  # what is written out of a section that is else inherited, so that it is not empty
TOP = ("kind", "name", "title", "extends")  # written out in any case
REMARK = "a remark"
HEAD = """\
# A number is {value, range: [5th, 95th percentile], dist, group, source, status, note}, or the value alone; `source`
# is a key of `sources`, the status published, measured, simulated, derived, scaled, fitted, calibrated or assumed."""


@extended
def template_text(name: str, base: str | None = None, folder: Path | None = None) -> str:
    """Return the text of a new technology: a template of every key, or what ``base`` says of each key as comments.

    Args:
        name: of the technology.
        base: name or path of the technology that it extends; None for the template.
        folder: in which the file is to lie, from which editors are led to the schema; None names the schema alone.

    Raises:
        ImacError: the base is missing or invalid.
    """
    if base is None:
        data = read_yaml(find("technology", TEMPLATE)).data
        said = f"# {name}: a technology with every key. Its numbers are made up: replace them."
        top = ["kind: technology", f"name: {flow_text(name)}", f"title: {flow_text(f'{name}, made up')}"]
        top += ["# technology, by name or path, that this file extends", "#extends: sot_mram"]
    else:
        data = load_technology(base).document.data
        below = Path(base).stem if is_path(base) else base
        said = f"# {name}: what is not given here is that of {below}."
        above = base if not is_path(base) or Path(base).is_absolute() else _from(folder, Path(base))
        top = ["kind: technology", f"name: {flow_text(name)}", f"title: {flow_text(f'{name}, based on {below}')}"]
        top += [f"extends: {flow_text(above)}"]
    lines = [f"# yaml-language-server: $schema={_schema(folder)}", *_wrapped(said[2:], 0), HEAD]
    lines += ["# Remove the # before a key to set it." if base is None else "# Remove the # before a key to change it."]
    writer = _Writer(data, {key.path: key for key in _own(data)}, base is not None)
    return "\n".join([*lines, *top, *writer.whole()]) + "\n"


def _schema(folder: Path | None) -> str:
    """Return the way from a folder to the schema."""
    return SCHEMA if folder is None else quote(_from(folder, data_folder() / SCHEMA))


def _from(folder: Path | None, path: Path) -> str:
    """Return the way from a folder to a file, which is a path wherever it leads; the path itself from another drive."""
    if folder is None:
        return str(path)
    try:
        way = Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.as_posix()
    return way if "/" in way or path.name == SCHEMA else f"./{way}"


def _own(data: Mapping[str, Any]) -> Iterator[Key]:
    """Give the records of the kinds that a technology has."""
    components = data.get("components", {})
    for key in technology_keys():
        fields = components.get(key.role) if key.role else None
        kind = fields.get("kind") if isinstance(fields, dict) else None
        if not key.role or key.kind in ("technology", kind):
            yield key


def _wrapped(text: str, indent: int) -> list[str]:
    blank = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=f"{blank}# ", subsequent_indent=f"{blank}#   ")


class _Writer(NamedTuple):
    """Writes a technology with its comments.

    Attributes:
        data: its plain data.
        keys: the records of its kinds by path.
        inherited: whether keys are those of the file below, so that all are comments.
    """

    data: Mapping[str, Any]
    keys: Mapping[str, Key]
    inherited: bool

    def whole(self) -> Iterator[str]:
        """Give the lines below the head of the file."""
        yield from (
            "",
            "# sources by key: {title, doi or url, note}; {internal: wafer 12} is data that is not published",
        )
        if self.inherited:
            known = ", ".join(self.data.get("sources", {})) or "none"
            yield from (*_wrapped(f"inherited: {known}", 0), "sources: {}")
        else:
            yield from _entry("sources", self.data.get("sources", {}), 0)
        for path in self.children(""):
            if path not in (*TOP, "sources", "components"):
                yield from ("", *self.key(path, self.data, 0))
        yield from ("", *self.said("components", 0), "components:")
        for role in ROLES:
            if role != BOARD.name:
                yield from self.role(role)

    def children(self, path: str) -> list[str]:
        """Return the paths of the keys of a section, in the order of their declaration."""
        head = f"{path}." if path else ""
        return [each for each in self.keys if each.startswith(head) and "." not in each[len(head) :]]

    def role(self, role: str) -> Iterator[str]:
        """Give what fills a role."""
        path, parts = f"components.{role}", self.data.get("components", {})
        yield from self.said(path, 2, "kinds")
        if role not in parts:
            return
        fields = parts[role]
        kind = fields.get("kind") if isinstance(fields, dict) else None
        if self.inherited and kind in (None, "none"):
            yield f"  #{role}: {flow_text(fields)}"
        elif isinstance(fields, dict):
            yield from (f"  {role}:", f"    kind: {kind}", *self.section(path, fields, 4, "kind"))
        else:
            yield from _entry(role, fields, 2)

    def section(self, path: str, fields: Mapping[str, Any], indent: int, *written: str) -> Iterator[str]:
        """Give the keys of a section but for those that are written; then what has no record."""
        known = self.children(path)
        for each in known:
            if each.rpartition(".")[2] not in written:
                yield from self.key(each, fields, indent)
        names = {each.rpartition(".")[2] for each in known} | set(written)
        for name, value in fields.items():
            if name not in names:
                yield from _entry(name, value, indent, self.inherited)

    def key(self, path: str, fields: Mapping[str, Any], indent: int) -> Iterator[str]:
        """Give a key with its comment: as it stands in the file, or as a comment where it is inherited or left out."""
        key, name = self.keys[path], path.rpartition(".")[2]
        value = fields.get(name)
        others = [each for each in instead_of(fields.get("kind"), name) if each in fields]
        if value is None and others:
            yield from _wrapped(f"({name}) {_about(key)}", indent)  # not beside the others
            return
        yield from self.said(path, indent)
        if isinstance(value, dict) and not is_number(value):
            yield from self.part(path, value, indent)
        elif value is None:
            yield from () if key.section else (f"{' ' * indent}#{name}: {flow_text(_example(key))}",)
        else:
            yield from _entry(name, value, indent, self.inherited)

    def part(self, path: str, fields: Mapping[str, Any], indent: int) -> Iterator[str]:
        """Give a section of its own; an inherited one in one line, unless a word of it can be written out."""
        name, anchor = path.rpartition(".")[2], ANCHORS.get(path, "")
        if self.inherited and anchor not in fields:
            for each in self.children(path):
                yield from _wrapped(f"({each.rpartition('.')[2]}) {_about(self.keys[each])}", indent)
            yield f"{' ' * indent}#{name}: {flow_text(fields)}"
            return
        yield f"{' ' * indent}{name}:"
        written = (anchor,) if self.inherited else ()
        for each in written:
            yield from (*self.said(f"{path}.{each}", indent + 2), *_entry(each, fields[each], indent + 2))
        yield from self.section(path, fields, indent + 2, *written)

    def said(self, path: str, indent: int, words: str = "") -> list[str]:
        """Return the comment above a key."""
        return _wrapped(_about(self.keys[path], words), indent) if path in self.keys else []


def _entry(name: str, value: Any, indent: int, hidden: bool = False) -> Iterator[str]:
    """Give a key and its value: mappings of mappings as a block, all else in one line."""
    blank = " " * indent
    if isinstance(value, dict) and any(isinstance(each, dict) for each in value.values()) and not hidden:
        yield f"{blank}{name}:"
        for key, part in value.items():
            yield from _entry(key, part, indent + 2)
    else:
        yield f"{blank}{'#' if hidden else ''}{flow_text(name)}: {flow_text(value)}"


def _about(key: Key, words: str = "") -> str:
    """Return what a key is, in one line: description, unit, words, default and usual range."""
    choice = ", ".join(key.words)
    if words:
        choice = f"{words}: {choice}"
    elif choice:
        choice = f"or {choice}" if key.unit or key.usual else choice
    unit = f" [{key.unit}]" if key.unit else ""
    parts = (f"{key.description}{unit}", choice, f"default {key.default}" if key.default else "",
             f"usually {key.usual}" if key.usual else "")  # fmt: skip
    return "; ".join(part for part in parts if part)


def _example(key: Key) -> Any:
    """Return what may stand at a key that is left out: its default, else the first of its words, else the middle of its
    usual range, made up."""
    field = (
        Component.kinds[key.kind].model_fields.get(key.path.rpartition(".")[2]) if key.kind in Component.kinds else None
    )
    if field is not None and isinstance(field.default, tuple):
        return list(field.default)
    if key.default:
        return {"true": True, "false": False}.get(key.default, key.default)
    if key.words:
        return key.words[0]
    if not key.usual:
        return REMARK
    return {"value": _middle(key), "status": "assumed", "note": "made up"}


def _middle(key: Key) -> str | int:
    """Return the geometric mean of the ends of a usual range, in one digit and as a file writes it."""
    low, high = (parse(end.strip(), key.unit) for end in key.usual.split(".."))
    value = math.sqrt(low * high) or high
    if not key.unit:
        return max(round(value), 1)
    return format_value(value, key.unit, 1).replace("µ", "u").replace("Ω", "ohm").replace("²", "^2")
