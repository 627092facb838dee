"""Tiles on subarrays, drawn to scale as inline SVG."""

from __future__ import annotations

from imac_arch.document.comparison import MappingRow
from imac_arch.mapping import even
from imac_arch.show.report.html import Html

__all__ = ["draw_tiles"]

MOST = 400  # subarrays a layer that are drawn; beyond, a sentence says how many there are


def draw_tiles(row: MappingRow) -> Html | None:
    """Return one layer's subarrays with the used part filled; None where there are too many to draw."""
    if row.subarrays > MOST:
        return None
    rows, cols = row.subarray_rows, row.subarray_cols
    longest = max(row.row_tiles * rows, row.col_tiles * cols)
    unit = min(300 / longest, 110 / max(rows, cols))
    gap = 3.0
    # columns of the drawing are row tiles: a tall stack of tiles reads better lying down
    wide, high = rows * unit, cols * unit
    width = row.row_tiles * (wide + gap) + gap
    height = row.col_tiles * (high + gap) + gap
    parts = []
    x = gap
    for used_rows in even(row.rows, row.row_tiles):
        y = gap
        for used_cols in even(row.cols, row.col_tiles):
            parts.append(f'<rect class="sub" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"/>')
            parts.append(
                f'<rect class="tile" x="{x:.1f}" y="{y:.1f}" '
                f'width="{used_rows * unit:.1f}" height="{used_cols * unit:.1f}"/>'
            )
            y += high + gap
        x += wide + gap
    label = (
        f"Layer {row.layer}: {row.row_tiles} by {row.col_tiles} tiles on {row.subarrays} subarrays, "
        f"{row.utilization:.1%} in use"
    )
    size = f'viewBox="0 0 {width:.1f} {height:.1f}" width="{width:.0f}" height="{height:.0f}"'
    head = f'<svg role="img" aria-label="{label}" {size}>'
    return Html(head + "".join(parts) + "</svg>")  # numbers only
