"""Long work that is interrupted: what is finished is kept where somebody asks for it.

Nobody keeps anything unless somebody asks to: elsewhere an interrupt ends the work as it ends any other. Inside::

    with keeping() as kept:
        found = collected("programmings", range(100), draw)
    if kept.stopped:  # "after 12 of 100 programmings"
        ...

an interrupt ends the loop, and what it has finished is returned. An interrupt before the first item goes on to whoever
called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from imac_arch.data.progress import advance, each
from imac_arch.data.threads import threaded

__all__ = ["Interrupted", "Kept", "collected", "interrupted", "keeping", "until_interrupted"]

S = TypeVar("S")
T = TypeVar("T")


class Interrupted(KeyboardInterrupt):
    """An interrupt of work of which a part is finished.

    Attributes:
        result: what is finished.
    """

    def __init__(self, message: str, result: Any) -> None:
        """Say how far the work is."""
        super().__init__(message)
        self.result = result


@dataclass(slots=True)
class Kept:
    """What is known of work whose finished part is kept.

    Attributes:
        stopped: after what it was interrupted, empty where it was not.
        whole: whether an item is under way, of which no part is of any use.
    """

    stopped: str = ""
    whole: bool = False


_kept: ContextVar[Kept | None] = ContextVar("kept", default=None)


@contextmanager
def keeping() -> Iterator[Kept]:
    """Keep what is finished of the work inside a ``with`` block, should it be interrupted."""
    kept = Kept()
    token = _kept.set(kept)
    try:
        yield kept
    finally:
        _kept.reset(token)


def interrupted() -> bool:
    """Return whether the work was interrupted, so that nothing more is begun."""
    kept = _kept.get()
    return kept is not None and bool(kept.stopped)


@contextmanager
def until_interrupted(done: Callable[[], str], *, whole: bool = True) -> Iterator[None]:
    """Leave a ``with`` block where it is interrupted.

    Args:
        done: says what is finished, ``12 of 100 programmings``; nothing where nothing is, and the interrupt goes on.
        whole: whether work inside the block is of use only as a whole.
    """
    kept = _kept.get()
    if kept is None or kept.whole:
        yield
        return
    kept.whole = whole
    try:
        yield
    except KeyboardInterrupt:
        said = "" if kept.stopped else done()  # a second interrupt ends the work at once
        if not said:
            raise
        kept.stopped = f"after {said}"
    finally:
        kept.whole = False


def collected(
    what: str, items: Sequence[S], work: Callable[[S], T], *, whole: bool = True, threads: bool = False
) -> list[T]:
    """Return what work makes of items, one after the other, and say how far it is; interrupted, what is finished.

    Args:
        what: the items are, in the plural.
        items: what is worked on.
        work: makes a result of an item.
        whole: as of :func:`until_interrupted`.
        threads: whether several are worked on at a time, see :func:`imac_arch.data.threads.threaded`.
    """
    found: list[T] = []

    def done() -> str:
        advance(what, len(found), len(items))  # the loop that was left has said that it is over
        return f"{len(found)} of {len(items)} {what}" if found else ""

    with until_interrupted(done, whole=whole):
        worked = threaded(work, items) if threads else map(work, items)
        for _, made in zip(each(what, items), worked, strict=True):
            found.append(made)
    return found
