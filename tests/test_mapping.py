"""Tiles: counts, a cover without gaps, and heights as even as they can be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.data.errors import InfeasibleError
from imac_arch.grid import Grid
from imac_arch.mapping import dealt, even, refuse_tiles, tile

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


@pytest.mark.parametrize(
    ("total", "parts", "sizes"), [(151, 5, [31, 30, 30, 30, 30]), (8, 3, [3, 3, 2]), (6, 3, [2, 2, 2]), (1, 1, [1])]
)
def test_sizes_of_tiles_are_as_equal_as_possible(total, parts, sizes):
    assert even(total, parts) == sizes


@pytest.mark.parametrize("asked", [(7, None), (101, None), (7, 1), (7, 10), (None, None)])
def test_partitions_at_the_ends_of_what_is_feasible_are_accepted(asked):
    refuse_tiles(tile(np.array([[100.0]]), np.array([[10.0]]), np.asarray(16.0), np.asarray(16.0)), [asked], Grid())


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((6, None), r"^layer 1: 6 row tiles for 101 rows; a subarray has 16; use at least 7$"),
        ((102, None), r"^layer 1: 102 row tiles for 101 rows; use at most 101$"),
        ((None, 2), r"^layer 1: 2 column tiles for 40 weight columns; a subarray has 16; use at least 3$"),
        ((None, 41), r"^layer 1: 41 column tiles for 40 weight columns; use at most 40$"),
    ],
)
def test_partitions_beyond_are_refused_with_the_feasible_range(asked, says):
    with pytest.raises(InfeasibleError, match=says):
        refuse_tiles(tile(np.array([[100.0]]), np.array([[40.0]]), np.asarray(16.0), np.asarray(16.0)), [asked], Grid())


def test_partitions_are_judged_layer_by_layer_at_the_medians():
    """Arrays over layers and samples: the first sample is the median, and rows may have no layer axis of their own."""
    fan_in, fan_out = np.array([[100.0], [30.0], [60.0]]), np.array([[10.0], [10.0], [10.0]])
    mapping = tile(fan_in, fan_out, np.array([[16.0, 8.0, 200.0]]), np.array([[16.0, 1.0, 1.0]]))
    refuse_tiles(mapping, [(7, 1), (2, 1), (4, 1)], Grid())
    for layer, (least, rows) in enumerate([(7, 101), (2, 31), (4, 61)]):
        asked = [(None, None)] * 3
        asked[layer] = (least - 1, None)
        with pytest.raises(InfeasibleError, match=f"^layer {layer + 1}: {least - 1} row tiles for {rows} rows; .* 16;"):
            refuse_tiles(mapping, asked, Grid())


def test_a_partition_that_cannot_be_is_a_fatal_check():
    asked = np.array([[6.0], [7.0], [101.0], [102.0], [np.nan]])
    found = tile(np.full((5, 1), 100.0), np.full((5, 1), 10.0), np.asarray(16.0), np.asarray(16.0), row_tiles=asked)
    rows, cols = found.checks
    assert rows.outside.ravel().tolist() == [True, False, False, True, False]
    assert not np.any(cols.outside)
    assert (rows.quantity, rows.code, rows.fatal, rows.source) == ("row tiles", "infeasible", True, "tiles")
    assert np.isnan(found.row_tiles.ravel()).tolist() == [True, False, False, True, False]
    assert found.row_tiles.ravel()[[1, 2, 4]].tolist() == [7, 101, 7]
    assert (found.fan_in.ravel()[0], found.fan_out.ravel()[0]) == (100, 10)
    wide = tile(np.asarray(100.0), np.asarray(40.0), np.asarray(16.0), np.asarray(16.0), col_tiles=np.asarray(41.0))
    assert wide.checks[1].outside.item() is True
    assert wide.checks[1].quantity == "column tiles"
    narrow = tile(np.asarray(100.0), np.asarray(40.0), np.asarray(16.0), np.asarray(16.0), col_tiles=np.asarray(2.0))
    assert narrow.checks[1].outside.item() is True


@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 2))
def test_inputs_are_dealt_like_cards_and_the_bias_comes_last(inputs, tiles, bias):
    """One input to each tile in turn, as long as it has room; tiles are listed one after the other."""
    heights = even(inputs, tiles)
    hands = [[] for _ in heights]
    card = 0
    while card < inputs:
        for hand, room in zip(hands, heights, strict=True):
            if len(hand) < room:
                hand.append(card)
                card += 1
    hands[-1] += range(inputs, inputs + bias)
    assert dealt([len(hand) for hand in hands], bias).tolist() == [row for hand in hands for row in hand]
