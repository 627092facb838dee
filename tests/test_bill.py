"""The composition rules on bills of a few lines: paths through a graph of layers, windows, sharing, several designs."""

from dataclasses import replace

import numpy as np
import pytest

from imac_arch.bill import Bill, Line, Units, compose, line
from imac_arch.components.base import Check, UnitCost
from imac_arch.data.recording import Readings
from imac_arch.grid import Grid
from tests.helpers import approx


def layers(*values):
    return np.array(values, dtype=float).reshape(len(values), 1)


def unit(**figures):
    return UnitCost(**{name: np.asarray(float(value)) for name, value in figures.items()})


def bill(*lines, count=3, after=None, batch=1, uses=1, passes=1, **options):
    after = tuple((k - 1,) if k else () for k in range(count)) if after is None else after
    ones = np.ones((count, 1))
    return Bill(
        lines=lines, macs=np.ones(1), batch=np.asarray(float(batch)), uses=ones * uses, passes=ones * passes,
        after=after, **options,
    )  # fmt: skip


def settled(given, grid):
    """Totals without a declared cycle."""
    totals, declared = compose(given, grid)
    assert declared is None
    return totals


def delays(*values):
    return line("x", "x", unit(), layers(*(1.0 for _ in values)), delay=layers(*values))


@pytest.mark.parametrize(
    ("after", "latency"),
    [
        (((), (0,), (1,), (2,)), 1 + 2 + 4 + 8),  # a chain
        (((), (0,), (0,), (1, 2)), 1 + 4 + 8),  # two branches: the longer one counts
        (((), (0,), (0,), (2, 1)), 1 + 4 + 8),  # in whatever order they are named
        (((), (), (), (0, 1, 2)), 4 + 8),  # three inputs
        (((), (0,), (1,), (0,)), 1 + 8),  # two ends, at 7 and at 9
        (((), (0,), (0,), (0,)), 1 + 8),  # three ends, of which the last is the latest
        (((), (), (), ()), 8),
        (((), (0,), (), (2,)), 4 + 8),
    ],
)
def test_latency_is_the_longest_path_through_the_layers(after, latency):
    found = settled(bill(delays(1, 2, 4, 8), count=4, after=after), Grid())
    assert found.latency.tolist() == [latency]
    assert found.interval.tolist() == [latency]


def test_an_early_end_may_be_the_latest():
    after = ((), (0,), (0,))
    assert settled(bill(delays(1, 9, 2), after=after), Grid()).latency.tolist() == [10]
    assert settled(bill(delays(1, 2, 9), after=after), Grid()).latency.tolist() == [10]


def test_the_interval_of_a_pipeline_is_its_slowest_layer_and_passes_make_a_layer_slower():
    given = bill(delays(3, 1, 2), passes=layers(1, 5, 2), pipelined=True, batch=4)
    found = settled(given, Grid())
    assert found.interval.tolist() == [5]
    assert found.latency.tolist() == [3 + 5 + 4 + 3 * 5]
    plain = settled(replace(given, pipelined=False), Grid())
    assert plain.interval.tolist() == [12]
    assert plain.latency.tolist() == [4 * 12]
    batched = settled(replace(given, batched=True), Grid())  # which comes before pipelining
    assert (batched.interval.tolist(), batched.latency.tolist()) == ([3], [12])


def test_the_latency_of_lines_adds_up_to_that_of_the_network():
    """Where layers work side by side, each line gets its share of the path."""
    first = line("a", "x", unit(), layers(1, 1, 1), delay=layers(1, 2, 3))
    second = line("b", "x", unit(), layers(1, 1, 1), delay=layers(0, 4, 0))
    found = settled(bill(first, second, after=((), (0,), (0,))), Grid())
    assert found.latency.tolist() == [7]  # 1 and then the longer of 6 and 3
    by_line = [part.latency.ravel().tolist() for part in found.lines]
    assert by_line == [[approx(v * 7 / 10) for v in values] for values in ([1, 2, 3], [0, 4, 0])]
    assert [part.line.component for part in found.lines] == ["a", "b"]


def test_a_bill_that_takes_no_time_has_no_latency():
    found = settled(bill(delays(0, 0, 0)), Grid())
    assert found.latency.tolist() == found.lines[0].latency.sum(axis=0).tolist() == [0]


@pytest.mark.parametrize(("pipelined", "interval"), [(False, 6), (True, 3)])
def test_units_that_work_draw_no_static_power(pipelined, interval):
    """Two, three and four units of 7 W for the interval, less 1, 2 and 3 s at work in each of 1, 2 and 1 uses."""
    units = Units(unit(power=7), layers(2, 3, 4), busy=layers(1, 2, 3))
    waiting, working = Line("x", "x", (units,)), delays(1, 2, 3)
    found = settled(bill(waiting, working, uses=layers(1, 2, 1), pipelined=pipelined), Grid())
    expected = [7 * (2 * interval - 1), 7 * (3 * interval - 4), 7 * (4 * interval - 3)]
    assert found.lines[0].energy.ravel().tolist() == expected
    assert found.energy_active.tolist() == [sum(expected)]


def test_energy_leakage_and_area_of_a_line():
    cost = unit(area=2, energy=3, leakage=5, power=7)
    one = Line(
        "x", "x", (Units(cost, layers(1, 2, 3), layers(4, 5, 6)), Units(unit(area=10), layers(1, 1, 1))),
        layers(1, 1, 1), layers(0.5, 1, 2),
    )  # fmt: skip
    found = settled(bill(one, uses=layers(1, 2, 4), passes=layers(1, 2, 8)), Grid())
    (part,) = found.lines
    assert part.area.ravel().tolist() == [12, 14, 16]
    assert part.leakage.ravel().tolist() == [5, 10, 15]
    dynamic, static = [4 * 3 * 1, 5 * 3 * 2, 6 * 3 * 4], [1 * 7 * 0.5, 2 * 7 * 1 * 2, 3 * 7 * 2 * 8]
    assert part.energy.ravel().tolist() == [a + b for a, b in zip(dynamic, static, strict=True)]
    assert found.interval.tolist() == [11]
    assert part.leakage_energy.ravel().tolist() == [55, 110, 165]
    assert (found.area.tolist(), found.leakage.tolist()) == ([42], [30])
    assert found.leakage_energy.tolist() == [330]
    assert found.energy_active.tolist() == [sum(dynamic) + sum(static)]
    assert one.instances.ravel().tolist() == [2, 3, 4]
    assert one.actions.ravel().tolist() == [4, 5, 6]


def test_a_line_without_a_window_is_biased_the_whole_interval():
    own = Line("x", "x", (Units(unit(power=7), layers(1, 2, 3)),), layers(1, 2, 3))
    shared = Line("y", "x", (Units(unit(power=11), np.full((1, 1), 2.0)),), shared=True)
    found = settled(bill(own, shared), Grid())
    assert found.lines[0].energy.ravel().tolist() == [42, 84, 126]
    assert found.lines[1].energy.ravel().tolist() == [132, 0, 0]  # once, with the first layer
    piped = settled(bill(own, shared, pipelined=True), Grid())
    assert piped.energy_active.tolist() == [3 * (42 + 22)]


def test_a_shared_line_has_its_area_once_and_its_actions_by_layer():
    cost = unit(area=2, energy=3, leakage=5, power=7)
    one = Line(
        "x", "x", (Units(cost, np.full((1, 1), 4.0), layers(1, 2, 3)),), layers(1, 1, 1), layers(1, 0, 2), shared=True
    )
    (part,) = settled(bill(one), Grid()).lines
    assert (part.area.shape, part.area.tolist()) == ((1, 1), [[8]])
    assert part.leakage.tolist() == [[20]]
    assert part.energy.ravel().tolist() == [3 + 28, 6 + 0, 9 + 56]
    assert part.leakage_energy.tolist() == [[60]]


def test_a_declared_cycle_replaces_the_time_of_the_network_and_lines_keep_their_shares():
    given = bill(delays(1, 2, 3), batch=3, pipelined=True)
    found = compose(given, Grid(), np.asarray(0.5))[1]
    assert (found.latency.tolist(), found.interval.tolist()) == ([1.5], [0.5])
    assert found.lines[0].latency.ravel().tolist() == [0.25, 0.5, 0.75]


def test_designs_of_a_grid_are_composed_one_by_one():
    """Layers along the first axis, designs along the second: no maximum and no sum crosses them."""
    grid = Grid.of({"vdd": [0.7, 0.8]})
    one = Line(
        "x", "x", (Units(unit(area=1, power=1), np.ones((2, 1, 1))),), np.array([[[1.0], [9.0]], [[4.0], [2.0]]])
    )
    given = Bill((one,), np.ones(1), np.asarray(1.0), np.ones((2, 1, 1)), np.ones((2, 1, 1)), ((), (0,)))
    assert settled(given, grid).latency.ravel().tolist() == [5, 11]
    assert settled(replace(given, pipelined=True), grid).interval.ravel().tolist() == [4, 9]
    assert settled(given, grid).energy_active.ravel().tolist() == [10, 22]
    side = replace(given, after=((), ()), pipelined=True)
    assert settled(side, grid).latency.ravel().tolist() == [4, 9]
    cycle = compose(given, grid, np.asarray(2.0))[1]
    assert cycle.interval.shape == (2, 1)
    assert cycle.interval.ravel().tolist() == [2, 2]


def test_equal_ranges_of_a_line_are_told_once_and_by_component():
    near, far = Check("node", np.ones(1), 0.0, 2.0, source="a"), Check("node", np.ones(1), 0.0, 2.0, source="b")
    cost = unit(area=1).with_checks(near, far)
    one = Line("x", "x", (Units(cost, layers(1)), Units(cost, layers(1))))
    assert one.checks == (near, far)
    own = Check("row tiles", np.ones(1), 0.0, 2.0)
    assert bill(one, count=1, checks=(own,)).all_checks == (("mapping", own), ("x", near), ("x", far))


def test_what_a_line_rests_on_is_that_of_all_its_units_sorted():
    costs = [unit()._replace(recorded=Readings(list(paths))) for paths in (("vdd", "laws.b.x"), ("laws.a.y", "vdd"))]
    one = Line("x", "x", tuple(Units(cost, layers(1)) for cost in costs))
    assert one.readings == ("laws.a.y", "laws.b.x", "vdd")
    assert costs[0].laws == ("b",)


def test_a_range_holds_its_ends_and_matters_only_where_it_applies():
    given = Check("x", np.array([0.9, 1.0, 1.5, 2.0, 2.1, np.nan]), 1.0, 2.0)
    assert given.outside.tolist() == [True, False, False, False, True, True]
    only = given._replace(applies=np.array([0.0, 1, 1, 1, 1, 1]))
    assert only.outside.tolist() == [False, False, False, False, True, True]
    ends = Check("x", np.array([1 - 1e-10, 2 + 1e-10, 1 - 1e-8, 2 + 1e-8]), 1.0, 2.0)
    assert ends.outside.tolist() == [False, False, True, True]  # a bound given as a decimal contains itself


def test_layers_take_turns_on_what_they_share():
    """A shared unit that is busy 5, 3 and 1 s serves one inference every 9 s, though no layer takes longer than 6 s."""
    shared = line("x", "x", unit(), np.ones((1, 1)), delay=layers(5, 3, 1), shared=True)
    assert settled(bill(delays(1, 1, 1), shared, pipelined=True), Grid()).interval.tolist() == [9]
    assert settled(bill(delays(9, 1, 4), shared, pipelined=True), Grid()).interval.tolist() == [14]
