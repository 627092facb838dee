"""Which part of which subarray holds which weights.

A layer of ``fan_in`` inputs (and a bias row) and ``fan_out`` outputs is cut into ``row_tiles x col_tiles`` tiles, as
few as fit and as even as possible: tile heights differ by at most one row, widths by at most one column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imac_arch.quantity import Array

__all__ = ["Mapping", "Tile", "tile"]


@dataclass(frozen=True)
class Tile:
    """Tiles of one shape. Arrays broadcast over (layers, designs..., samples).

    Attributes:
        inputs: rows that carry inputs.
        bias: rows that carry the bias, 0 or 1.
        cols: weight columns in use.
        count: how many such tiles the layer has; 0 where it has none.
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
    """A network on subarrays. Arrays broadcast over (layers, designs..., samples).

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

    @property
    def subarrays(self) -> Array:
        """Subarrays of each layer."""
        return self.row_tiles * self.col_tiles

    @property
    def utilization(self) -> Array:
        """Share of the weights of its subarrays that a layer uses, in (0, 1]."""
        return self.total_rows * self.total_cols / (self.subarrays * self.rows * self.cols)

    @property
    def tallest(self) -> Array:
        """Rows of the tallest tile."""
        return np.ceil(self.total_rows / self.row_tiles)

    @property
    def widest(self) -> Array:
        """Columns of the widest tile."""
        return np.ceil(self.total_cols / self.col_tiles)


def tile(
    fan_in: Array, fan_out: Array, rows: Array, cols: Array, *, columns_per_weight: Array | int = 1, bias_rows: int = 1
) -> Mapping:
    """Cut layers into tiles.

    Args:
        fan_in: inputs of each layer, without the bias.
        fan_out: outputs of each layer.
        rows: rows of a subarray.
        cols: weight columns of a subarray.
        columns_per_weight: weight columns that one weight takes (bit slices).
        bias_rows: rows that the bias takes, 1 or 0.
    """
    fan_in, fan_out = np.asarray(fan_in, dtype=float), np.asarray(fan_out, dtype=float)
    total_rows, total_cols = fan_in + bias_rows, fan_out * columns_per_weight
    row_tiles, col_tiles = np.ceil(total_rows / rows), np.ceil(total_cols / cols)
    low, wide = np.floor(total_rows / row_tiles), np.floor(total_cols / col_tiles)
    taller, wider = total_rows - low * row_tiles, total_cols - wide * col_tiles
    bias = np.asarray(float(bias_rows))
    zero = np.zeros(())
    # the bias row is the last one, so it always stands in one of the lower tiles
    by_row = ((low + 1, zero, taller), (low, zero, row_tiles - taller - bias), (low - bias, bias, bias))
    by_col = ((wide + 1, wider), (wide, col_tiles - wider))
    tiles = tuple(Tile(i, b, c, m * n) for i, b, m in by_row for c, n in by_col)
    return Mapping(
        fan_in, fan_out, total_rows, total_cols, row_tiles, col_tiles, np.asarray(rows), np.asarray(cols), tiles
    )
