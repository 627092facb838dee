"""Tiles on subarrays, to scale: rectangles for the page to draw."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.document.comparison import MappingRow
from imac_arch.mapping import even

__all__ = ["Drawing", "Rectangle", "draw_tiles"]

MOST = 400  # subarrays a layer that are drawn; beyond, a sentence says how many there are
GAP = 3.0  # between subarrays, in pixels


class Rectangle(NamedTuple):
    """A subarray (``sub``) or the part of it in use (``tile``), in pixels."""

    kind: str
    x: float
    y: float
    width: float
    height: float


class Drawing(NamedTuple):
    """Rectangles in a frame, and what a screen reader says of them."""

    label: str
    width: float
    height: float
    rectangles: tuple[Rectangle, ...]


def draw_tiles(row: MappingRow) -> Drawing | None:
    """Return one layer's subarrays with the used part filled; None where there are too many to draw."""
    if row.subarrays > MOST:
        return None
    rows, cols = row.subarray_rows, row.subarray_cols
    longest = max(row.row_tiles * rows, row.col_tiles * cols)
    unit = min(300 / longest, 110 / max(rows, cols))
    # columns of the drawing are row tiles: a tall stack of tiles reads better lying down
    wide, high = rows * unit, cols * unit
    drawn = []
    for k, used_rows in enumerate(even(row.rows, row.row_tiles)):
        for n, used_cols in enumerate(even(row.cols, row.col_tiles)):
            x, y = GAP + k * (wide + GAP), GAP + n * (high + GAP)
            drawn.append(_rectangle("sub", x, y, wide, high))
            drawn.append(_rectangle("tile", x, y, used_rows * unit, used_cols * unit))
    label = (
        f"Layer {row.layer}: {row.row_tiles} by {row.col_tiles} tiles on {row.subarrays} subarrays, "
        f"{row.utilization:.1%} in use"
    )
    width, height = row.row_tiles * (wide + GAP) + GAP, row.col_tiles * (high + GAP) + GAP
    return Drawing(label, round(width, 1), round(height, 1), tuple(drawn))


def _rectangle(kind: str, x: float, y: float, width: float, height: float) -> Rectangle:
    return Rectangle(kind, round(x, 1), round(y, 1), round(width, 1), round(height, 1))
