"""Pages from templates: Jinja escapes whatever enters one, so that no text of a file becomes markup."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from imac_arch.data.log import logger
from imac_arch.document.plain import to_json
from imac_arch.show.sheet import Table
from imac_arch.studies.saved import packed

__all__ = ["page", "table"]

_log = logger(__name__)
_HERE = Path(__file__).parent
_CONFIG = {"showSendToCloud": False, "displaylogo": False, "responsive": True, "displayModeBar": False}


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, where Jinja keeps them for this user; a disk that takes none costs time, not the report."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def page(template: str, view: object, drawn: Mapping[str, object] | None = None, document: object = None) -> str:
    """Return a template filled with a view: the same bytes for the same view. Without figures there are no scripts.

    The page carries the document that it shows, where one is given, for ``diff`` to read.
    """
    carried = "" if document is None else packed(to_json(document, compact=True))
    figures = packed(json.dumps(drawn, allow_nan=False, sort_keys=True, separators=(",", ":"))) if drawn else ""
    return (
        _environment()
        .get_template(template)
        .render(view=view, drawn=drawn or {}, figures=figures, config=_CONFIG, carried=carried)
    )


def table(shown: Table, label: str = "") -> str:
    """Return a table alone; a screen reader calls it by its title where no label is given."""
    return _environment().get_template("table.html.j2").render(shown=shown, label=label)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, auto_reload=False,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    if not sys.dont_write_bytecode:
        with suppress(RuntimeError, OSError):  # no folder that is this user's alone
            made.bytecode_cache = _Compiled()
            _log.info("compiled templates are kept in %s", made.bytecode_cache.directory)
    made.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":"), "allow_nan": False}
    made.tests["web_address"] = _is_web_address
    made.globals["asset"], made.globals["packed_asset"] = _asset, _packed_asset
    return made


def _is_web_address(link: str) -> bool:
    return link.startswith(("https://", "http://"))


@lru_cache(maxsize=4)
def _asset(name: str) -> str:
    return (_HERE / "assets" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def _packed_asset(name: str) -> str:
    return base64.b64encode((_HERE / "assets" / name).read_bytes()).decode()
