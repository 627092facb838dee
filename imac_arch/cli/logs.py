"""What the library's loggers say, on stderr: warnings, with ``-v`` everything, with ``-q`` nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from imac_arch.cli.streams import say

__all__ = ["hush", "listening_to_logs", "talk"]

_asked = {"quiet": False, "verbose": False}


def hush(wanted: bool) -> bool:
    """Take note of ``--quiet``."""
    _asked["quiet"] = wanted
    return wanted


def talk(wanted: bool) -> bool:
    """Take note of ``--verbose``."""
    _asked["verbose"] = wanted
    return wanted


@contextmanager
def listening_to_logs() -> Iterator[None]:
    """Print what the loggers say inside a ``with`` block, a line each with the time since its begin."""
    import logging  # pydantic and NumPy do without: not at start-up

    from imac_arch.data.log import ROOT

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = _shown(record.getMessage())
            if record.levelno >= logging.WARNING:
                say(f"{record.levelname.lower()}: {text}")
            else:
                where = record.name.removeprefix(f"{ROOT}.")
                say(f"{1e3 * (perf_counter() - begun):7.0f} ms  {where}: {text}")

    begun = perf_counter()
    root = logging.getLogger(ROOT)
    level, handler = root.level, Lines()
    verbose, quiet = _asked["verbose"], _asked["quiet"]
    root.setLevel(logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        _asked.update(quiet=False, verbose=False)


def _shown(text: str) -> str:
    """Return a text without what would move the cursor of a terminal: names of files may hold anything."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
