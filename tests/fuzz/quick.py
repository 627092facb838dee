"""Shipped files are read once for all cases: they never change, and a case takes a tenth of the time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import lru_cache
from unittest import mock

import typer.main
import typer.testing

from imac_arch import compared, resolve, technology_files
from imac_arch.cli import app
from imac_arch.studies import explain, neurons

__all__ = ["quickly"]


@contextlib.contextmanager
def quickly() -> Iterator[None]:
    """Keep what was read of the shipped laws, and the tree of commands."""
    command = typer.main.get_command(app)
    laws = lru_cache(maxsize=1)(technology_files.load_laws)
    with contextlib.ExitStack() as stack:
        for module in (technology_files, resolve, compared, explain, neurons):
            stack.enter_context(mock.patch.object(module, "load_laws", laws))
        stack.enter_context(mock.patch.object(typer.testing, "_get_command", return_value=command))
        yield
