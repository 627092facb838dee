"""How far a long computation is: whoever computes says so, and whoever shows it listens.

Nobody listens unless somebody asks to, so a library call prints nothing and costs one look-up a block::

    def show(what: str, done: int, total: int) -> None: ...

    with listening(show):
        compare("784-128-10", samples=100_000)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

__all__ = ["Listener", "advance", "each", "listening", "skip"]

T = TypeVar("T")
Listener = Callable[[str, int, int], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call ``listener(what, done, total)`` for every step inside a ``with`` block.

    ``what`` says in a few words what is under way (``samples on sot_mram``), ``done`` of ``total`` steps are finished;
    the first call of a loop has ``done`` 0, the last one ``total``. Calls may come from many loops in turn.
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def advance(what: str, done: int, total: int) -> None:
    """Say how far a computation is."""
    listener = _listener.get()
    if listener is not None:
        listener(what, done, total)


def skip(what: str, done: int, total: int) -> None:
    """Say how far a computation is by steps that were done before: no rate follows from them.

    A listener that makes no difference hears of them as of others; one that does has a method ``skip``.
    """
    listener = _listener.get()
    if listener is not None:
        getattr(listener, "skip", listener)(what, done, total)


def each(what: str, items: Sequence[T], sizes: Iterable[int] = ()) -> Iterator[T]:
    """Give items one after the other and say how far the loop is.

    Args:
        what: is done with them, in a few words.
        items: what is worked on.
        sizes: how much work each of them is, in any unit; equally much where none are given.
    """
    steps = list(sizes) or [1] * len(items)
    done, total = 0, sum(steps)
    advance(what, done, total)
    try:
        for item, step in zip(items, steps, strict=True):
            yield item
            done += step
            advance(what, done, total)
    finally:
        if done < total:  # nobody wants the rest
            advance(what, total, total)
