"""The mapping of layers to subarrays.

A layer of ``fan_in`` inputs (and a bias row) and ``fan_out`` outputs is partitioned into ``row_tiles x col_tiles``
tiles, the fewest that fit or as many as requested. Tiles are as equal as possible: heights differ by at most one row,
widths by at most one column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from imac_arch.components.cost import Check
from imac_arch.data.arrays import ONE, ZERO, Array
from imac_arch.data.errors import InfeasibleError
from imac_arch.grid import Grid

AUTO: Array = np.full((), np.nan)  # as few tiles as fit
__all__ = ["Mapping", "Tile", "dealt", "even", "refuse_tiles", "tile"]


@dataclass(frozen=True)
class Tile:
    """Tiles of one shape. Arrays broadcast over (layers, *grid, samples).

    Attributes:
        inputs: rows that carry inputs.
        bias: rows that carry the bias, 0 or 1.
        cols: weight columns in use.
        count: how many such tiles the layer has; 0 where it has none, and the tile is then as the next smaller one.
    """

    inputs: Array
    bias: Array
    cols: Array
    count: Array

    @property
    def rows(self) -> Array:
        """Rows in use."""
        return self.inputs + self.bias


@dataclass(frozen=True)
class Mapping:
    """A network on subarrays. Arrays broadcast over (layers, *grid, samples).

    Attributes:
        fan_in: inputs of the layer, without the bias.
        fan_out: outputs of the layer.
        total_rows: rows that the layer needs, with the bias row.
        total_cols: weight columns that the layer needs.
        row_tiles: tiles above one another.
        col_tiles: tiles side by side.
        rows: rows of a subarray.
        cols: weight columns of a subarray.
        tiles: the tiles by shape; their counts add up to ``subarrays``.
        across: columns of the wider and of the narrower tiles, each with the number of column tiles that have them.
        checks: that the tiles asked for are possible.
    """

    fan_in: Array
    fan_out: Array
    total_rows: Array
    total_cols: Array
    row_tiles: Array
    col_tiles: Array
    rows: Array
    cols: Array
    tiles: tuple[Tile, ...]
    across: tuple[tuple[Array, Array], ...]
    checks: tuple[Check, ...] = ()

    @cached_property
    def subarrays(self) -> Array:
        """Subarrays of each layer."""
        return self.row_tiles * self.col_tiles

    @property
    def utilization(self) -> Array:
        """Share of the cells of its subarrays that a layer uses, in (0, 1]."""
        return self.total_rows * self.total_cols / (self.subarrays * self.rows * self.cols)

    @property
    def heights(self) -> tuple[Array, Array]:
        """Rows of the tallest tiles, and of the lower ones, with the bias or without."""
        return self.tallest, self.tiles[2].rows

    @property
    def widths(self) -> tuple[Array, Array]:
        """Columns of the widest tiles and of the narrower ones."""
        return self.widest, self.across[1][0]

    @cached_property
    def sides(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Places of each tile's rows among ``heights`` and of its columns among ``widths``."""
        number = np.arange(len(self.tiles))
        return np.minimum(number // 2, 1), number % 2

    @property
    def tallest(self) -> Array:
        """Rows of the tallest tile, without the bias row, which stands in a lower one or in one as tall."""
        return self.tiles[0].inputs

    @property
    def widest(self) -> Array:
        """Columns of the widest tile."""
        return self.tiles[0].cols


def even(total: int, tiles: int) -> list[int]:
    """Return the sizes of the tiles in order, as equal as possible, the larger ones first."""
    low, more = divmod(total, tiles)
    return [low + 1] * more + [low] * (tiles - more)


def dealt(heights: Sequence[int], bias_rows: int) -> NDArray[np.int64]:
    """Return which row of a layer's weights each row of its tiles holds where inputs are dealt to the tiles in turn.

    Args:
        heights: rows of each row tile.
        bias_rows: rows of the bias, the last ones of all.
    """
    sizes = [*heights[:-1], heights[-1] - bias_rows]
    tile = np.repeat(np.arange(len(sizes)), sizes)
    place = np.concatenate([np.arange(size) for size in sizes])
    order = np.arange(sum(heights))
    order[np.lexsort((tile, place))] = np.arange(sum(sizes))
    return order


def tile(
    fan_in: Array,
    fan_out: Array,
    rows: Array,
    cols: Array,
    *,
    columns_per_weight: Array = ONE,
    bias_rows: int = 1,
    row_tiles: Array = AUTO,
    col_tiles: Array = AUTO,
) -> Mapping:
    """Partition layers into tiles. Where the requested partition is infeasible, every count is NaN; see
    :func:`refuse_tiles`.

    Args:
        fan_in: inputs of each layer, without the bias.
        fan_out: outputs of each layer.
        rows: rows of a subarray.
        cols: weight columns of a subarray.
        columns_per_weight: weight columns per weight (bit slices).
        bias_rows: rows of the bias, 1 or 0.
        row_tiles: requested partitions of the rows; NaN for the fewest that fit.
        col_tiles: requested partitions of the columns, likewise.
    """
    total_rows, total_cols = fan_in + bias_rows, fan_out * columns_per_weight
    least = np.ceil(total_rows / rows), np.ceil(total_cols / cols)
    checks = (
        _asked("row tiles", row_tiles, least[0], total_rows),
        _asked("column tiles", col_tiles, least[1], total_cols),
    )
    row_tiles, col_tiles = _counts(row_tiles, least[0], total_rows), _counts(col_tiles, least[1], total_cols)
    low, wide = np.floor(total_rows / row_tiles), np.floor(total_cols / col_tiles)
    taller, wider = total_rows - low * row_tiles, total_cols - wide * col_tiles
    # the bias row is the last one, so it always stands in one of the lower tiles
    by_row = [(low + np.minimum(taller, ONE), ZERO, taller), (low, ZERO, row_tiles - taller - bias_rows)]
    by_row += [(low - 1, ONE, ONE)] if bias_rows else []
    by_col = [(wide + np.minimum(wider, ONE), wider), (wide, col_tiles - wider)]
    tiles = tuple(Tile(i, b, c, m * n) for i, b, m in by_row for c, n in by_col)
    sizes = total_rows, total_cols, row_tiles, col_tiles, rows, cols
    return Mapping(fan_in, fan_out, *sizes, tiles, tuple(by_col), checks)


def _counts(asked: Array, least: Array, most: Array) -> Array:
    possible = np.where((asked >= least) & (asked <= most), asked, np.nan)
    return np.where(np.isnan(asked), least, possible)


def _asked(what: str, asked: Array, least: Array, most: Array) -> Check:
    given = np.where(np.isnan(asked), 0.0, 1.0)
    return Check(what, asked, least, most, fatal=True, code="infeasible", source="tiles", applies=given)


def refuse_tiles(mapping: Mapping, asked: Sequence[tuple[int | None, int | None]], grid: Grid) -> None:
    """Raise where the requested partition is infeasible, at the median size of the subarray.

    Args:
        mapping: of the whole network.
        asked: row tiles and column tiles of each layer; None for the fewest that fit.
        grid: of the mapping's arrays, one design.

    Raises:
        InfeasibleError: with the layer, the request and the feasible range.
    """
    kinds = (
        ("row tiles", "rows", mapping.total_rows, mapping.rows),
        ("column tiles", "weight columns", mapping.total_cols, mapping.cols),
    )
    for layer, counts in enumerate(asked):
        for count, (what, lines, total, size) in zip(counts, kinds, strict=True):
            most, side = (int(grid.at_median(values, layer) or 0) for values in (total, size))
            least = -(-most // side)
            if count is not None and not least <= count <= most:
                bound = f"a subarray has {side}; use at least {least}" if count < least else f"use at most {most}"
                raise InfeasibleError(f"layer {layer + 1}: {count} {what} for {most} {lines}; {bound}")
