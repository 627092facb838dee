"""The shape of commands: what typer's own do not have."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand

__all__ = ["BRIEF", "ShapedCommand", "json_form"]

FULL, BRIEF = "full", "brief"
JSON = "--json"


class ShapedCommand(TyperCommand):
    """A command whose option ``--json`` may have a value, ``--json=brief``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of a command line; a bare ``--json`` takes no word after it as its value."""
        end = args.index("--") if "--" in args else len(args)
        return super().parse_args(ctx, [f"{JSON}={FULL}" if a == JSON and k < end else a for k, a in enumerate(args)])


def json_form(value: str | None) -> str | None:
    """Return the form of JSON that is asked for, None for none.

    Raises:
        BadParameter: it is another one.
    """
    if value not in (None, FULL, BRIEF):
        raise typer.BadParameter(f"{value!r} is no form of JSON; write {JSON} or {JSON}={BRIEF}")
    return value
