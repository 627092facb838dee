"""Documents that were saved: JSON files, and reports, which carry their document."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imac_arch.data.errors import FileErrors, Problem, UsageError
from imac_arch.data.files import read_text
from imac_arch.document.plain import LEFT_OUT
from imac_arch.document.shapes import SCHEMA_VERSION

__all__ = ["SUFFIXES", "kind_of", "packed", "read_saved"]

SUFFIXES = (".json", ".html", ".htm")
LEVEL = 6  # more takes time and saves a fiftieth
MOST = 100_000_000  # bytes of a document that are unpacked
_PLACE = re.compile(r'<script type="application/octet-stream" id="document"[^>]*>([A-Za-z0-9+/=\s]*)</script>')
_MARKS = {  # by what only a document of that kind holds; those of comparisons last, for others have architectures too
    "optimum": "objective", "sweep": "front", "sensitivity": "drivers", "neurons": "neurons", "explanation": "what",
    "difference": "only_a", "comparison": "architectures",
}  # fmt: skip


def packed(text: str) -> str:
    """Return a document's text as a report carries it: compressed, in letters that HTML leaves alone; the same letters
    for the same text."""
    return base64.b64encode(gzip.compress(text.encode(), LEVEL, mtime=0)).decode()


def read_saved(path: str) -> dict[str, Any]:
    """Return the document of a JSON file, or of a report.

    Raises:
        InputOutputError: the file is absent or cannot be read.
        UsageError: it is no document of imac-arch, or one of another version.
    """
    text = read_text(Path(path))
    if Path(path).suffix.lower() != ".json":
        found = _PLACE.search(text)
        if found is None:
            raise UsageError(f"{path}: carries no document; make the report again, or give a JSON file of compare")
        text = _unpacked(found.group(1), path)
    try:
        document = json.loads(text)
    except ValueError as error:
        line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
        message = f"malformed JSON: {getattr(error, 'msg', error)}"
        raise FileErrors([Problem(message, file=path, line=line, column=column)]) from None
    version = str(document.get("schema_version", "")) if isinstance(document, dict) else ""
    if not version:
        raise UsageError(f"{path}: not a document of imac-arch, for it has no schema_version")
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise UsageError(f"{path}: schema_version {version}; this program reads {SCHEMA_VERSION}, so make it again")
    if LEFT_OUT not in document and kind_of(document) == "comparison":
        raise UsageError(f"{path}: was saved with --json=brief, which leaves out the numbers; save it with --json")
    return dict(document)


def _unpacked(letters: str, path: str) -> str:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(base64.b64decode(letters))) as stream:
            raw = stream.read(MOST + 1)
        text = raw.decode()
    except (binascii.Error, OSError, EOFError, zlib.error, UnicodeDecodeError):
        raise UsageError(f"{path}: the document that it carries is damaged; make the report again") from None
    if len(raw) > MOST:
        raise UsageError(f"{path}: its document has more than {MOST:,} bytes")
    return text


def kind_of(document: Mapping[str, Any]) -> str:
    """Return what a document is about: ``comparison``, ``neurons`` and so on; ``document`` where that is not known."""
    return next((kind for kind, mark in _MARKS.items() if mark in document), "document")
