"""What a process writes to and how it ends: closed, full and narrow streams, and signals."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import TextIO

__all__ = ["guarded_exit", "prepare", "say", "signalled", "stdout_failed"]

ENDED = 128  # a process that a signal ends returns this and the number of the signal
FAILED = 4
MOMENT = 1e-3  # seconds until a signal that was lost is raised again
PLAIN = {
    "²": "^2", "³": "^3", "µ": "u", "μ": "u", "·": "*", "×": "x", "—": "-", "–": "-", "…": "...", "†": "+", "→": "->",
    "←": "<-", "≤": "<=", "≥": ">=", "Ω": "ohm", "\u00a0": " ",
}  # fmt: skip


_signalled: list[int] = []  # exit codes of the signals that came


def prepare() -> None:
    """Give the process streams that take any text, and let signals end it as an exception does, so that what is open
    is put away. A signal that is ignored, as under nohup, stays so."""
    if sys.stdout is None:  # closed; this one fails when it is written to
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    codecs.register_error("plain", _plain)
    sys.unraisablehook = _dropped
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)


def signalled() -> int | None:
    """Return the exit code of the last signal: what it raised may have become another exception on its way."""
    return _signalled[-1] if _signalled else None


def say(text: str) -> None:
    """Print a line on stderr; where that takes none, the line is lost and nothing else."""
    from imac_arch.data.text import visible

    try:
        print(visible(text), file=sys.stderr, flush=True)
    except OSError:
        _drop(sys.stderr)


def stdout_failed(error: OSError) -> int:
    """Say on stderr why stdout could not be written, unless its reader went away, and return the exit code."""
    from imac_arch.data.errors import InputOutputError

    _drop(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return 0
    said = InputOutputError(f"{error.filename or 'standard output'}: {error.strerror or error}")
    say(f"error: {said}")
    return FAILED


def guarded_exit(run: Callable[[], object]) -> int | str | None:
    """Run what ends in SystemExit, and return its code; what stdout did not take is an error."""
    try:
        try:
            run()
            code: int | str | None = 0
        except SystemExit as ended:
            code = ended.code
        sys.stdout.flush()
    except OSError as error:
        return stdout_failed(error)
    return code


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Write what a stream has no character for in other ones."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def _stop(number: int, frame: object) -> None:
    _signalled.append(ENDED + number)
    _again(number, frame)


def _again(number: int, frame: object) -> None:
    raise KeyboardInterrupt if _signalled[-1] == ENDED + signal.SIGINT else SystemExit(_signalled[-1])


def _dropped(found: sys.UnraisableHookArgs) -> None:
    """Raise again, a moment later, what a signal raised where Python drops every exception: in a callback of a weak
    reference, in a generator that is closed."""
    if not _signalled or issubclass(found.exc_type, Exception) or not hasattr(signal, "setitimer"):
        sys.__unraisablehook__(found)
        return
    with contextlib.suppress(ValueError):  # in another thread than the one that signals come to
        signal.signal(signal.SIGALRM, _again)
        signal.setitimer(signal.ITIMER_REAL, MOMENT)


def _drop(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere, so that the end of the process does not fail at it again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
