"""Tiles: counts, a cover without gaps, and heights as even as they can be."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.mapping import tile

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
