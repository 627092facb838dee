"""In which order the nodes of a crossbar are eliminated so that a sparse factorisation stays small: nested dissection.

Where no word line crosses a column, what lies to its left and to its right have nothing in common, since bit lines run
along it; so the word-line nodes of one column separate a crossbar, and likewise the bit-line nodes of one row. Halves
are cut again, across their longer side; what cuts first is eliminated last.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["dissected"]

Nodes = NDArray[np.int64]
_LEAST = 2  # word lines, and pairs of bit lines, of a part that is not cut again


def dissected(word: Nodes, bit: Nodes, size: int) -> Nodes:
    """Return the nodes in the order of their elimination, (size,).

    Args:
        word: number of every word-line node, -1 for ground, (rows, cols); joined nodes share one.
        bit: of every bit-line node, likewise.
        size: nodes in all; others than these, such as the ends of lines, come first.
    """
    rows, cols = word.shape
    across, along = _levels(rows, cols)
    deepest = max(across.max(), along.max()) + 1
    level, line = np.full(size + 1, deepest), np.zeros(size + 1, dtype=np.int64)  # the last one is ground
    np.minimum.at(level, word, np.broadcast_to(along, word.shape))
    np.minimum.at(level, bit, np.broadcast_to(across[:, None], bit.shape))
    row, column = np.arange(rows)[:, None], np.arange(cols)
    line[word], line[bit] = column * rows + row, row * cols + column  # neighbours along a separator stay neighbours
    return np.lexsort((line[:-1], -level[:-1]))


def _levels(rows: int, cols: int) -> tuple[Nodes, Nodes]:
    """Return at which cut each row and each column separates a crossbar, the first one 0."""
    sides = rows, cols
    level = [np.full(side, rows + cols) for side in sides]
    parts = [[(0, side)] for side in sides]
    cut = 0
    while True:
        tall, wide = (max(stop - start for start, stop in own) for own in parts)
        if tall <= _LEAST and wide <= 2 * _LEAST:
            return level[0], level[1]
        side = int(wide >= 2 * tall)  # bit lines come in pairs, which share their word-line nodes
        halves = [(start, (start + stop) // 2, stop) for start, stop in parts[side]]
        level[side][[middle for start, middle, stop in halves if stop - start > 1]] = cut
        parts[side] = [pair for start, middle, stop in halves for pair in ((start, middle), (middle, stop))]
        parts[side] = [(start, stop) for start, stop in parts[side] if stop > start]
        cut += 1
