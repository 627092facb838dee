"""Tiles: counts, a cover without gaps, and heights as even as they can be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.data.errors import InfeasibleError
from imac_arch.grid import Grid
from imac_arch.mapping import even, refuse_tiles, tile

WIDTH = st.integers(1, 5000)
SIDE = st.integers(1, 512)


def tiles(net, rows, cols, **options):
    widths = [int(w) for w in net.split("-")]
    return tile(np.array(widths[:-1]), np.array(widths[1:]), rows, cols, **options)


def test_a_bias_in_the_neuron_saves_the_tile_of_its_row():
    assert tiles("128-10", 128, 128).subarrays.sum() == 2
    assert tiles("128-10", 128, 128, bias_rows=0).subarrays.sum() == 1


@given(WIDTH, WIDTH, SIDE, SIDE, st.integers(1, 4), st.integers(0, 1))
def test_tiles_cover_the_layer_once_and_evenly(fan_in, fan_out, rows, cols, slices, bias):
    found = tile(fan_in, fan_out, rows, cols, columns_per_weight=slices, bias_rows=bias)
    kinds = [t for t in found.tiles if t.count > 0]
    assert all(t.count >= 0 for t in found.tiles)
    assert sum(float(t.count) for t in kinds) == found.subarrays
    assert sum(float(t.count * t.rows * t.cols) for t in kinds) == (fan_in + bias) * fan_out * slices
    assert sum(float(t.count * t.inputs * t.cols) for t in kinds) == fan_in * fan_out * slices
    assert sum(float(t.count * t.bias * t.cols) for t in kinds) == bias * fan_out * slices
    heights, widths = {float(t.rows) for t in kinds}, {float(t.cols) for t in kinds}
    assert max(heights) - min(heights) <= 1
    assert max(widths) - min(widths) <= 1
    assert max(heights) == found.tallest <= rows
    assert max(widths) == found.widest <= cols
    assert min(heights) >= 1
    assert min(widths) >= 1
    assert 0 < found.utilization <= 1


@given(WIDTH, WIDTH, SIDE, SIDE)
def test_as_few_tiles_as_fit(fan_in, fan_out, rows, cols):
    found = tile(fan_in, fan_out, rows, cols)
    assert (found.row_tiles - 1) * rows < fan_in + 1 <= found.row_tiles * rows
    assert (found.col_tiles - 1) * cols < fan_out <= found.col_tiles * cols


@given(st.lists(WIDTH, min_size=2, max_size=5), st.lists(SIDE, min_size=1, max_size=4))
def test_an_array_of_subarrays_is_each_of_them(widths, sides):
    fan_in, fan_out = np.array(widths[:-1], float)[:, None], np.array(widths[1:], float)[:, None]
    many = tile(fan_in, fan_out, np.array(sides, float), np.array(sides, float))
    for i, side in enumerate(sides):
        single = tile(fan_in, fan_out, side, side)
        assert np.array_equal(many.subarrays[:, i], single.subarrays[:, 0])


@given(WIDTH, WIDTH, SIDE, SIDE, st.integers(0, 1), st.data())
def test_tiles_asked_for_cover_the_layer_too(fan_in, fan_out, rows, cols, bias, data):
    least = tile(fan_in, fan_out, rows, cols, bias_rows=bias)
    asked = [
        data.draw(st.integers(int(few), int(total)))
        for few, total in ((least.row_tiles, least.total_rows), (least.col_tiles, least.total_cols))
    ]
    found = tile(fan_in, fan_out, rows, cols, bias_rows=bias, row_tiles=asked[0], col_tiles=asked[1])
    kinds = [t for t in found.tiles if t.count > 0]
    assert (found.row_tiles, found.col_tiles) == tuple(asked)
    assert sum(float(t.count * t.rows * t.cols) for t in kinds) == (fan_in + bias) * fan_out
    assert sum(float(t.count * t.bias * t.cols) for t in kinds) == bias * fan_out
    heights = even(fan_in + bias, asked[0])
    assert sum(heights) == fan_in + bias
    assert {float(t.rows) for t in kinds} == set(map(float, heights))
    assert {float(t.cols) for t in kinds} == set(map(float, even(fan_out, asked[1])))


def test_tiles_that_cannot_be_are_no_number_and_spoil_no_neighbour():
    asked = np.array([[2.0], [np.nan]])
    found = tile(np.array([[100.0], [100.0]]), np.array([[10.0], [10.0]]), np.array([16.0, 64.0]), 16, row_tiles=asked)
    assert np.isnan(found.subarrays[0, 0])
    assert found.subarrays[0, 1] == 2
    assert found.subarrays[1].tolist() == [7, 2]
    with pytest.raises(InfeasibleError, match=r"layer 1: 2 row tiles for 101 rows; .* 16; use at least 7"):
        refuse_tiles(
            tile(np.array([[100.0]]), np.array([[10.0]]), 16, 16, row_tiles=np.array(2.0)), [(2, None)], Grid()
        )
    with pytest.raises(InfeasibleError, match="layer 2: 11 column tiles for 10 weight columns; use at most 10"):
        refuse_tiles(
            tile(np.array([[100.0], [100.0]]), np.array([[10.0], [10.0]]), 16, 16), [(None, None), (None, 11)], Grid()
        )
