"""Shipped files are read once for all cases, and few chips stand beside one's own: a case takes a tenth of the time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import lru_cache
from unittest import mock

import typer.main
import typer.testing

from imac_arch import technology_files
from imac_arch.cli import app
from imac_arch.studies.validate import run

__all__ = ["quickly"]

CHIPS = 3  # of the shipped ones


@contextlib.contextmanager
def quickly() -> Iterator[None]:
    """Keep what was read of the shipped laws, and the tree of commands."""
    command = typer.main.get_command(app)
    chips = run.shipped()[:CHIPS]
    law = lru_cache(maxsize=None)(technology_files.load_law)
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(technology_files, "load_law", law))
        stack.enter_context(mock.patch.object(typer.testing, "_get_command", return_value=command))
        stack.enter_context(mock.patch.object(run, "shipped", return_value=chips))
        yield
