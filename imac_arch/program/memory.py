"""Memory for the numbers of a program: few pieces that serve many numbers, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imac_arch.program.scalars import Node, Operation, Scalar

__all__ = ["nodes", "shared"]

LINE = 2**6  # bytes of a line of the cache


def nodes(operation: Operation) -> Iterator[Node]:
    """Give the numbers that an operation takes, without constants."""
    return (each for each in operation.takes if isinstance(each, Node))


def shared(
    operations: Mapping[int, Operation],
    results: Iterable[Scalar],
    order: Sequence[int],
    level: Callable[[Operation], int],
    size: Callable[[int], int],
) -> tuple[dict[int, int], list[NDArray[Any]]]:
    """Return in which memory each number lies, and the memory.

    A number gives its memory to later ones of the same axes once nothing of its own level needs it; what a later level
    needs stays, for that level runs again and again.

    Args:
        operations: by place.
        results: whose memory nothing else gets.
        order: in which the operations are done.
        level: of an operation, see above.
        size: how many numbers those of some axes are.
    """
    last: dict[int, int] = {}
    kept = {result.place for result in results if isinstance(result, Node)}
    for when, place in enumerate(order):
        for taken in nodes(operations[place]):
            last[taken.place] = when
            if level(operations[taken.place]) != level(operations[place]):
                kept.add(taken.place)
    slots: dict[int, int] = {}
    wanted: list[tuple[int, bool]] = []  # of each memory how many numbers, and whether they are truths
    spare: dict[tuple[int, bool], list[int]] = {}
    for when, place in enumerate(order):
        operation = operations[place]
        done = [each.place for each in nodes(operation) if last[each.place] == when and each.place not in kept]
        alike = (operation.axes, operation.truth)
        in_place = isinstance(operation.does, np.ufunc)  # which may write over what it reads
        if in_place:
            _give_back(done, slots, operations, spare)
        if spare.get(alike):
            slots[place] = spare[alike].pop()
        else:
            slots[place] = len(wanted)
            wanted.append((size(operation.axes), operation.truth))
        if not in_place:
            _give_back(done, slots, operations, spare)
    return slots, _aligned(wanted)


def _aligned(wanted: Sequence[tuple[int, bool]]) -> list[NDArray[Any]]:
    """Return memory for so many numbers or truths each, of one piece and on bounds of lines of the cache: NumPy's loops
    take half the time of those that start anywhere."""
    kinds = [np.dtype(bool if truth else float) for _, truth in wanted]
    sizes = [-(-size * kind.itemsize // LINE) * LINE for (size, _), kind in zip(wanted, kinds, strict=True)]
    whole = np.empty(sum(sizes) + LINE, dtype=np.uint8)
    ends = np.cumsum([-whole.ctypes.data % LINE, *sizes]).tolist()
    return [
        whole[start : start + size * kind.itemsize].view(kind)
        for start, (size, _), kind in zip(ends, wanted, kinds, strict=False)
    ]


def _give_back(
    done: Sequence[int],
    slots: Mapping[int, int],
    operations: Mapping[int, Operation],
    spare: dict[tuple[int, bool], list[int]],
) -> None:
    for place in dict.fromkeys(done):
        spare.setdefault((operations[place].axes, operations[place].truth), []).append(slots[place])
