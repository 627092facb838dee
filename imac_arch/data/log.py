"""The loggers of the library, one a module below ``imac_arch``; they say nothing unless somebody listens.

Information: what was read and written, what ran and how long it took. Warnings: what is left out of a run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

__all__ = ["ROOT", "logger", "timed"]

ROOT = "imac_arch"
logging.getLogger(ROOT).addHandler(logging.NullHandler())


def logger(name: str) -> logging.Logger:
    """Return the logger of a module."""
    return logging.getLogger(name)


@contextmanager
def timed(log: logging.Logger, what: str, *words: object) -> Iterator[None]:
    """Say how long a ``with`` block took, where somebody listens."""
    begun = perf_counter()
    yield
    if log.isEnabledFor(logging.INFO):
        log.info(f"{what}: %.1f ms", *words, 1e3 * (perf_counter() - begun))
