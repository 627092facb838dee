"""Shipped files are read once for all cases: they never change, and a case takes a tenth of the time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import lru_cache
from unittest import mock

from imac_arch import compared, technology_files
from imac_arch.studies import explain, neurons

__all__ = ["quickly"]


@contextlib.contextmanager
def quickly() -> Iterator[None]:
    """Keep what was read of the shipped laws."""
    laws = lru_cache(maxsize=1)(technology_files.load_laws)
    with contextlib.ExitStack() as stack:
        for module in (technology_files, compared, explain, neurons):
            stack.enter_context(mock.patch.object(module, "load_laws", laws))
        yield
