"""How the cells of a crossbar are grouped into equal tiles with sides that are powers of two.

Where a side is no multiple of a tile, zeros are added above the top and beyond the right end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from imac_arch.crossbar.blocks import BOTTOM, RIGHT
from imac_arch.crossbar.wires import Array

__all__ = ["Plan", "too_long"]

_LARGEST_TILE = 32
_MOST_LINES = 2**11
_PADDING = 8  # whole tiles add at most one part in this many to a side


@dataclass(frozen=True)
class Plan:
    """How rows x cols cells fall into tiles: side of a tile, tiles per side, and the order in which sides double."""

    chunk: ClassVar[int] = 8192  # cells that are joined at once, so that blocks stay in the cache
    rows: int
    cols: int
    tile: tuple[int, int]
    tiles: tuple[int, int]
    order: tuple[int, ...]

    @classmethod
    def of(cls, rows: int, cols: int) -> Plan:
        """Return the plan of crossbars of this shape."""
        tile = _tile_side(rows), _tile_side(cols)
        order: list[int] = []
        height = width = 1
        while (height, width) != tile:
            across = width < tile[1] and (width <= height or height == tile[0])
            order.append(RIGHT if across else BOTTOM)
            height, width = (height, 2 * width) if across else (2 * height, width)
        return cls(rows, cols, tile, (-(-rows // tile[0]), -(-cols // tile[1])), tuple(order))

    @property
    def _axes(self) -> tuple[list[int], list[int]]:
        """The shape with one axis per doubling, and the axes in the order of the joints, then tiles, then the stack."""
        down, right = self.order.count(BOTTOM), self.order.count(RIGHT)
        shape = [-1, self.tiles[0], *[2] * down, self.tiles[1], *[2] * right]
        next_down, next_right = 1 + down, 2 + down + right
        axes = []
        for side in self.order:
            if side == RIGHT:
                axes.append(next_right)
                next_right -= 1
            else:
                axes.append(next_down)
                next_down -= 1
        return shape, [*axes, 1, 2 + down, 0]

    def to_tiles(self, values: Array) -> Array:
        """(stack, rows, cols) -> (cells of a tile, tiles, stack)."""
        padded_rows, padded_cols = self.tile[0] * self.tiles[0], self.tile[1] * self.tiles[1]
        values = np.pad(values, ((0, 0), (padded_rows - self.rows, 0), (0, padded_cols - self.cols)))
        shape, axes = self._axes
        ordered = values.reshape(shape).transpose(axes)
        return ordered.reshape(self.tile[0] * self.tile[1], self.tiles[0] * self.tiles[1], -1)

    def from_tiles(self, values: Array) -> Array:
        """(cells of a tile, tiles, stack) -> (stack, rows, cols)."""
        shape, axes = self._axes
        shape[0] = values.shape[2]
        split = values.reshape([shape[axis] for axis in axes]).transpose(np.argsort(axes))
        whole = split.reshape(shape[0], self.tile[0] * self.tiles[0], self.tile[1] * self.tiles[1])
        return whole[:, whole.shape[1] - self.rows :, : self.cols]


def _tile_side(length: int) -> int:
    side = _LARGEST_TILE
    while (-(-length // side) * side - length) * _PADDING > length:
        side //= 2
    return side


def too_long(rows: int, cols: int) -> str:
    """Return why a crossbar is not to be solved exactly: what joins its lines is dense; empty where it may be.

    Args:
        rows: word lines.
        cols: bit lines, two for each weight column.
    """
    if rows + cols <= _MOST_LINES:
        return ""
    most = f"at most {_MOST_LINES:,} are solved exactly"
    return f"a subarray of {rows:,} word lines and {cols:,} bit lines is too large, {most}; choose a smaller subarray"
