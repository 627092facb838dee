"""A bar on stderr for what takes longer than a second, with the time that is left."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from imac_arch.data.records import NamedTuple

__all__ = ["Bar", "progress"]

PATIENCE, TICK = 1.0, 0.25  # seconds before there is a bar, and between two of its states
MANY = 10**5  # steps from which on a rate is shown
LONG = 20  # characters of the bar
UNKNOWN = 80  # columns of a terminal that does not say how many it has
CLEAR = "\r\x1b[K"


@contextmanager
def progress(wanted: bool) -> Iterator[None]:
    """Show how far what runs inside a ``with`` block is, where that takes longer than a second.

    Nothing is shown where it is not wanted, and where stderr is no terminal.
    """
    if not (wanted and sys.stderr.isatty()):
        yield
        return
    from imac_arch.data.progress import listening

    bar, over = Bar(), threading.Event()
    thread = threading.Thread(target=_show, args=(bar, over), daemon=True)
    thread.start()
    try:
        with listening(bar):
            yield
    finally:
        over.set()
        thread.join()


def _show(bar: Bar, over: threading.Event) -> None:
    """Show a bar until it is over, on a thread of its own, since one step may take long."""
    if over.wait(PATIENCE):
        return
    while not over.wait(TICK):
        width = os.get_terminal_size(sys.stderr.fileno()).columns or UNKNOWN
        print(CLEAR + bar.line(time.monotonic())[: width - 1], end="", file=sys.stderr, flush=True)
    print(CLEAR, end="", file=sys.stderr, flush=True)


class Loop(NamedTuple):
    """A loop: what it is over, steps done of a total, its begin, steps done then, and the time of the last."""

    what: str
    done: int
    total: int
    begun: float
    first: int
    last: float

    def left(self, now: float) -> float:
        """Return the time that is left as steps were done until now [s]; nothing is known before the first."""
        steps = self.done - self.first
        return (
            max((self.last - self.begun) * (self.total - self.done) / steps - (now - self.last), 0.0) if steps else 0.0
        )


class Bar:
    """What is known of a computation: its loops, each within the one before, which all say how far they are.

    The outermost that is not over is shown, for what is left of it is what is left.
    """

    def __init__(self, now: float | None = None) -> None:
        self.start = time.monotonic() if now is None else now
        self._loops: tuple[Loop, ...] = ()

    def advance(self, what: str, done: int, total: int, now: float | None = None) -> None:
        """Take note of a step; a loop begins with ``done`` 0 or another name."""
        now = time.monotonic() if now is None else now
        names = [loop.what for loop in self._loops]
        around = [
            loop for loop in self._loops[: names.index(what) if what in names else None] if loop.done < loop.total
        ]
        begun, first = now, done
        if what in names and done:
            _, _, _, begun, first, _ = self._loops[names.index(what)]
        self._loops = (*around, Loop(what, done, total, begun, first, now))

    __call__ = advance

    def skip(self, what: str, done: int, total: int, now: float | None = None) -> None:
        """Take note of steps that were done before: the rate is that of what is done now."""
        now = time.monotonic() if now is None else now
        old = next((loop for loop in self._loops if loop.what == what), None)
        self.advance(what, done, total, now)
        if old is not None:
            first = old.first + done - old.done
            begun = now if old.done == old.first else old.begun  # the time until the first one is spent on these
            self._loops = (*self._loops[:-1], Loop(what, done, total, begun, first, now))

    def left(self, now: float) -> float:
        """Return the time that is left of the outermost loop [s]."""
        return self._loops[0].left(now) if self._loops else 0.0

    def line(self, now: float) -> str:
        """Return the line that is shown: ``samples [####------] 40 %, 12 s left``."""
        loop = self._loops[0] if self._loops else Loop("working", 0, 0, now, 0, now)
        what, done, total, begun, first, last = loop
        if not 0 < total <= 100 * done <= 100 * total:  # before a per cent no time says what is left
            return f"{what} [{'-' * LONG}] {_time(now - self.start)} so far"
        full = LONG * done // total
        share = f"{what} [{'#' * full}{'-' * (LONG - full)}] {100 * done // total} %"
        steps = done - first
        if not steps:
            return share
        return f"{share}{_rate(steps, total, last - begun)}, {_time(loop.left(now))} left"


def _rate(steps: int, total: int, seconds: float) -> str:
    """Write how many of very many steps are done a second: ``, 1.2 M/s``; of few nothing."""
    if total < MANY or seconds <= 0:
        return ""
    rate = steps / seconds
    return (
        f", {rate / 1e6:.1f} M/s" if rate >= 1e6 else f", {rate / 1e3:.0f} k/s" if rate >= 1e3 else f", {rate:.0f} /s"
    )


def _time(seconds: float) -> str:
    """Write a time: ``12 s``, ``3:05 min``, ``2:10 h``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes}:{rest:02} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"
