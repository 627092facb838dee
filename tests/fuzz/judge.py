"""One case, run in this process, and what is wrong with what it did."""

from __future__ import annotations

import builtins
import contextlib
import csv
import errno
import json
import math
import os
import re
import resource
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from typer.testing import CliRunner

from imac_arch.cli import app
from imac_arch.cli.progress import Bar
from imac_arch.data.progress import listening
from tests.fuzz.case import FOREIGN, Case

__all__ = ["judged", "senseless"]

CODES = {0, 1, 2, 3, 4, 130}
INTERRUPTED = 130
LONGEST = 1200  # characters of a line of an error
SECONDS, LOOK = 20, 4  # of the processor: most that a case takes, and when it is looked at how far it is
IDLE = 0.05  # seconds of the processor that who works gets in a minute, whoever else does
BAD_WORDS = re.compile(r"Traceback|\bbug: | object at 0x|\.py:\d+: \w*Warning")
LEFT = re.compile(r"\.(.*\.part(\.npz)?$|part-\d+\.parquet\.|_sweep\.json\.)")  # what is written aside
NULLS = {"utilization", "subarrays"}  # metrics that do not apply to every design
ANY_SIGN = {
    "budget",
    "indices",
    "provenance",
    "inputs",
    "flips",
    "tornado",
    "usual_range",
    "loss",
    "change",
    "numbers",
    "warnings",
    "checks",
    "conditions",
    "transfer",
    "range",
    "laws",
    "claims",
    "exact",
    "waterfall",
}


class TooLong(BaseException):
    """A case took more than its time; nothing that runs catches it."""


class Watch:
    """What a command says of how far it is. One that says that it takes long is interrupted, as by Ctrl-C."""

    def __init__(self) -> None:
        self.interrupted = False
        self._took, self._before = 0, time.process_time()
        self._bar = Bar(self._before)

    def advance(self, what: str, done: int, total: int) -> None:
        """Take note of a step."""
        self._bar.advance(what, done, total, time.process_time())

    def look(self, *_: object) -> None:
        """Interrupt a command that says that it takes longer than others may."""
        self._took += LOOK
        left = self._bar.left(time.process_time())
        if self._took + left > SECONDS and not self.interrupted and left:
            self.interrupted = True
            raise KeyboardInterrupt
        if self._took >= SECONDS:
            raise TooLong

    def listen(self, *_: object) -> None:
        """End a case that waits for something; others may have taken the processor, but not all of it."""
        before, self._before = self._before, time.process_time()
        if self._before - before < IDLE:
            raise TooLong


def judged(case: Case, folder: Path) -> str:
    """Run a case in a folder; return what is wrong, nothing where all is well."""
    home = os.getcwd()
    with tempfile.TemporaryDirectory(dir=folder) as room:
        os.chdir(room)
        try:
            for name, raw in case.files.items():
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_bytes(raw)
            before = _content()
            watch = Watch()
            with _limit(watch), listening(watch.advance), warnings.catch_warnings(), _failing(case.fails):
                warnings.simplefilter("default")
                result = CliRunner().invoke(app, case.words)
            return _wrong(case, result, watch, before, _content())
        except TooLong:
            return f"took more than {SECONDS} s"
        finally:
            os.chdir(home)


def _content() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def _wrong(case: Case, result: Any, watch: Watch, before: dict[str, bytes], after: dict[str, bytes]) -> str:
    code, said = result.exit_code, result.stderr
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return f"{type(result.exception).__name__}: {result.exception}"
    if code not in CODES or watch.interrupted != (code == INTERRUPTED):
        return f"exit code {code}, {'' if watch.interrupted else 'not '}interrupted: {said[-500:]}"
    if BAD_WORDS.search(said):
        return f"the message is no message: {BAD_WORDS.search(said).group()!r} in {said[:500]}"
    if code and not said.strip():
        return f"exit code {code} without a message"
    if (length := max(map(len, said.split("\n")))) > LONGEST:
        return f"a message with a line of {length} characters: {said[:300]}"
    if parts := [name for name in set(after) - set(before) if LEFT.match(Path(name).name)]:
        return f"left {parts}"
    for name, raw in before.items():
        kept = after.get(name)
        if kept != raw and (raw == FOREIGN or code or name not in " ".join(case.words)):
            return f"{name} was {'changed' if kept is not None else 'removed'} with exit code {code}"
    if torn := [name for name, raw in after.items() if raw != before.get(name) and not _is_whole(name, raw)]:
        return f"exit code {code}, and {torn} is torn"
    if code > 1:
        if code != INTERRUPTED and (new := sorted(set(after) - set(before))):
            return f"exit code {code}, but {new} was written"
        return ""
    return _nonsense(case, result.stdout)


def _is_whole(name: str, raw: bytes) -> bool:
    """Return whether a file that was written is whole, and holds what can be."""
    suffix = Path(name).suffix.lower()
    if suffix == ".html":
        return raw.rstrip().endswith(b"</html>")
    if suffix == ".csv":
        return len({len(row) for row in csv.reader(raw.decode().splitlines())}) <= 1
    if suffix == ".parquet":
        return raw[-4:] == b"PAR1"
    return bool(raw) and (suffix != ".json" or not senseless(json.loads(raw)))


def _nonsense(case: Case, text: str) -> str:
    if "--json" not in case.words or not text.strip().startswith("{"):
        return ""
    try:
        document = json.loads(text, parse_constant=lambda name: float(name.replace("Infinity", "inf")))
    except ValueError as error:
        return "" if text.count('"schema_version"') > 1 else f"no JSON document: {error}"
    return senseless(document)


def senseless(document: Any) -> str:
    """Return the first figure of a document that cannot be; nothing where all can."""
    for row in document.get("architectures", ()) if isinstance(document.get("architectures"), list) else ():
        for name, figure in row["metrics"].items() if "metrics" in row else ():
            if figure["value"] is None and name not in NULLS:
                return f"{row['name']}: {name} is null"
    for path, number in _numbers(document, ()):
        if not math.isfinite(number):
            return f"{'.'.join(map(str, path))} is {number}"
        if number < 0 and not ANY_SIGN.intersection(map(str, path)):
            return f"{'.'.join(map(str, path))} is {number}"
    return ""


def _numbers(part: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], float]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _numbers(value, (*path, key))
    elif isinstance(part, list):
        for at, value in enumerate(part):
            yield from _numbers(value, (*path, at))
    elif isinstance(part, float):
        yield path, part


@contextlib.contextmanager
def _limit(watch: Watch) -> Iterator[None]:
    """Look at a case while it runs, and end one that hangs."""

    timers = (
        (signal.SIGPROF, signal.ITIMER_PROF, watch.look, LOOK),
        (signal.SIGALRM, signal.ITIMER_REAL, watch.listen, 2 * SECONDS),
    )
    before = [signal.signal(number, handler) for number, _, handler, _ in timers]
    for _, timer, _, seconds in timers:
        signal.setitimer(timer, seconds, seconds)
    try:
        yield
    finally:
        for (number, timer, _, _), old in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, old)


@contextlib.contextmanager
def _failing(fails: tuple[str, int] | None) -> Iterator[None]:
    """Let the n-th call that changes files fail, or every write beyond a size."""
    if fails is None:
        yield
        return
    what, n = fails
    if what == "size":
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, old)
        return
    left = n

    def counted(real: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            if real is builtins.open and not set("wxa+") & set(
                str(kwargs.get("mode", args[1] if len(args) > 1 else "r"))
            ):
                return real(*args, **kwargs)
            left -= 1
            if not left:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*args, **kwargs)

        return call

    with contextlib.ExitStack() as stack:
        for owner, name in ((os, "replace"), (os, "chmod"), (os, "mkdir"), (os, "fsync"), (tempfile, "mkstemp"),
                            (Path, "write_bytes"), (os, "write"), (os, "fchmod"), (builtins, "open")):  # fmt: skip
            stack.enter_context(mock.patch.object(owner, name, counted(getattr(owner, name))))
        yield
