"""What a board draws and takes, by hand."""

import itertools
import math

import numpy as np
import pytest

from imac_arch.components.base import UnitCost
from imac_arch.components.gpu import moving_time, product_time
from tests.components.test_unit_costs import FIGURES, figures, quantity
from tests.helpers import approx, graphics_board


@pytest.mark.parametrize(("outputs", "tiles"), [(1, 1), (64, 1), (65, 2), (300, 5)])
def test_a_product_computes_whole_tiles(outputs, tiles):
    found = product_time(0.0, 100.0, float(outputs), 8.0, 64.0, 1e12, 0.0)
    assert found == approx(2 * 8 * 100 * 64 * tiles / 1e12, rel=1e-12)


def test_traffic_beyond_the_cache_has_the_bandwidth_of_the_memory():
    assert moving_time(50.0, 100.0, 10.0, 2.0) == 5.0
    assert moving_time(160.0, 100.0, 10.0, 2.0) == 10.0 + 30.0


def test_what_a_board_draws_in_each_state():
    board = graphics_board("h100")
    idle, launching, busy = 108.0, 176.5, 0.65 * 700
    assert float(board.die_cost().area) == approx(814e-6)
    assert float(board.die_cost().leakage) == idle
    assert float(board.start_cost().power) == approx(launching - idle)
    assert float(board.launch_cost().power) == approx(launching - idle)
    assert float(board.busy_cost().power) == approx(busy - idle)
    assert (float(board.start_cost().latency), float(board.launch_cost().latency)) == (1e-5, 3e-6)
    graph = board.model_copy(update={"launch": "graph"})
    assert (float(graph.start), float(graph.per_kernel)) == (1e-5, 0.58e-6)
    cold = board.model_copy(update={"launch_power": quantity(50.0), "busy_share": quantity(0.1)})
    assert float(cold.power_launching) == float(cold.power_busy) == idle
    assert [c.quantity for c in cold.busy_cost().checks if c.outside] == ["launch power against idle power"]
    low = board.model_copy(update={"busy_share": quantity(0.2)})
    assert float(low.power_busy) == launching
    assert [c.quantity for c in low.busy_cost().checks if c.outside] == ["busy power against launch power"]
    assert [cost.law for cost in (board.die_cost(), board.start_cost(), board.launch_cost(), board.busy_cost())] == [
        "die area", "launches", "launches", "roofline"
    ]  # fmt: skip


def test_a_unit_cost_costs_nothing_where_nothing_is_said():
    assert figures(UnitCost()) == dict.fromkeys(FIGURES, 0.0)


SIZES = [(6000, 5000, 10), (5000, 4000, 10), (100, 50, 10), (784, 4096, 4096, 10)]
BATCHES = (1.0, 300.0, 1e4)


def stacked(widths):
    """Fan-in, fan-out and batches as arrays over (layers, designs, samples)."""
    sizes = np.array(widths, dtype=float)[:, None, None]
    return sizes[:-1], sizes[1:], np.array(BATCHES)[:, None]


@pytest.mark.parametrize("widths", SIZES, ids=str)
def test_kernels_of_a_board_by_hand(widths):
    """Weights come from memory only where all of them together exceed the cache of 50 MB."""
    board = graphics_board("h100")
    launching, busy = board.times(*stacked(widths))
    bound = board.memory_bound(*stacked(widths))
    assert np.unique(launching).tolist() == [6e-6]
    cached = sum(16 * m * n for m, n in itertools.pairwise(widths)) <= 50e6 * 8
    for layer, (m, n) in enumerate(itertools.pairwise(widths)):
        for k, batch in enumerate(BATCHES):
            bits = batch * (m + n) * 16 + (0 if cached else m * n * 16)
            moving, reckoning = bits / (3350e9 * 8), 2 * m * n * batch / (989.5e12 * 0.3)
            assert float(busy[layer, k, 0]) == approx(max(moving, reckoning), rel=1e-12)
            assert float(bound[layer, k, 0]) == float(moving > reckoning)
    assert widths[0] != 6000 or (not cached and set(np.unique(bound)) == {0.0, 1.0})


@pytest.mark.parametrize("launch", ["stream", "graph"])
@pytest.mark.parametrize("widths", SIZES, ids=str)
def test_overlapped_kernels_of_a_board_by_hand(widths, launch):
    """Each kernel waits for its launch by the host, and for the kernel before it."""
    more = {"timing": "overlapped", "l2_bandwidth": quantity(6.4e13), "tile": quantity(64.0), "step": quantity(2e-9)}
    board = graphics_board("h100").model_copy(update={**more, "launch": launch})
    launching, busy = board.times(*stacked(widths))
    cached = sum(16 * m * n for m, n in itertools.pairwise(widths)) <= 4e8
    host, node, cache, memory = (3e-6 if launch == "stream" else 0.0), 0.58e-6, 6.4e13, 3350e9 * 8

    def moved(bits):
        return min(bits, 4e8) / cache + max(bits - 4e8, 0) / memory

    for k, batch in enumerate(BATCHES):
        now = 0.0
        for layer, (m, n) in enumerate(itertools.pairwise(widths)):
            before = now
            traffic = moved(batch * (m + n) * 16) + m * n * 16 / (cache if cached else memory)
            flops = 2 * batch * m * math.ceil(n / 64) * 64
            product = max(traffic, flops / (989.5e12 * 0.3), m * 2e-9)
            activation = moved(2 * batch * n * 16)
            now = max(now, (2 * layer + 1) * host) + node + product
            now = max(now, (2 * layer + 2) * host) + node + activation
            assert float(busy[layer, k, 0]) == approx(product + activation, rel=1e-12)
            both = float(launching[layer, k, 0] + busy[layer, k, 0])
            assert both == approx(now - before, rel=1e-9)


def test_ranges_of_a_board_are_powers():
    checks = graphics_board("h100").busy_cost().checks
    assert [(check.quantity, check.unit, check.source) for check in checks] == [
        ("launch power against idle power", "W", "board"), ("busy power against launch power", "W", "board"),
    ]  # fmt: skip
