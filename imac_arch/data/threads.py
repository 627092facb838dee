"""Several threads for work that NumPy does while it leaves the interpreter free: products and eliminations of matrices.

Each item is worked on by one thread from its beginning to its end, so what comes out does not depend on how many there
are::

    for found in threaded(solve, subarrays):
        ...
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar, copy_context
from typing import TypeVar

__all__ = ["processors", "threaded"]

S = TypeVar("S")
T = TypeVar("T")
_inside: ContextVar[bool] = ContextVar("inside", default=False)


def processors() -> int:
    """Return how many processors this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return (len(usable(0)) if usable else os.cpu_count()) or 1


def threaded(work: Callable[[S], T], items: Sequence[S]) -> Iterator[T]:
    """Give what work makes of items, in their order, as many at a time as there are processors.

    An item that itself works on several does so alone. Whoever stops listening, by an interrupt as well, waits for the
    items under way and begins no more.

    Args:
        work: makes a result of an item; it must change nothing that another item reads.
        items: what is worked on.
    """
    count = 1 if _inside.get() else min(processors(), len(items))
    if count < 2:
        yield from map(work, items)
        return
    from concurrent.futures import ThreadPoolExecutor

    def alone(item: S) -> T:
        _inside.set(True)  # in the context of this item only
        return work(item)

    with ThreadPoolExecutor(count) as pool:
        pending, left = deque(pool.submit(copy_context().run, alone, item) for item in items[:count]), count
        try:
            while pending:
                found = pending.popleft().result()
                if left < len(items):
                    pending.append(pool.submit(copy_context().run, alone, items[left]))
                    left += 1
                yield found
        finally:
            for each in pending:
                each.cancel()
