"""The fields of files as a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.document.keys import KeyRow, KeysDocument
from imac_arch.show.sheet import Section, Sheet, Table

__all__ = ["keys_sheet", "keys_table"]

HEADS = ("path", "unit", "default", "usual", "kind", "description")


def keys_sheet(document: KeysDocument) -> Sheet:
    """Return the fields that a pattern matches, one a row."""
    count = len(document.keys)
    said = f"{count} field{'' if count == 1 else 's'}"
    what = f"Nothing matches {document.pattern!r}; nearest" if document.near else "Fields of files"
    pattern = f" that match {document.pattern!r}" if document.pattern and not document.near else ""
    kind = f", of {document.kind}" if document.kind else ""
    starred = any("*" in row.path for row in document.keys)
    note = "* stands for a key or a number, from 0, that the file gives" if starred else ""
    section = Section(table=keys_table(document.keys), notes=(note,) if note else ())
    return Sheet(f"{what}{pattern}{kind}: {said}", "", (section,))


def keys_table(keys: Sequence[KeyRow], title: str = "") -> Table:
    """Return fields, one a row, with unit, default, usual range, kinds and description, where any has one."""
    rows = tuple(_row(row) for row in keys)
    heads = [k for k in range(len(HEADS)) if not k or any(row[k] for row in rows)]
    cells = tuple(tuple(row[k] for k in heads) for row in rows)
    return Table(tuple(HEADS[k] for k in heads), cells, title, left=tuple(range(len(heads))))


def _row(row: KeyRow) -> tuple[str, ...]:
    words = f" ({', '.join(row.words)})" if row.words and (row.words != (row.default,)) else ""
    default = row.default or ("required" if row.required else "")
    return row.path, row.unit, default, row.usual, ", ".join(row.kinds), row.description + words
