"""Chebyshev's iteration over the lines: what they reach, what they promise, and when they are left alone."""

import numpy as np
import pytest

from imac_arch.crossbar import solution as module
from imac_arch.crossbar import solve
from imac_arch.crossbar.drops import ROUNDING, Wiring, _Lines, steps_needed, sweep
from imac_arch.crossbar.exact import effective_conductance, effective_transfer
from imac_arch.crossbar.wires import CrossbarError
from tests.helpers import approx

READS = [("virtual_ground", None), ("averaging", 0.0), ("averaging", 1e-3)]


def draw(shape, largest, r, seed=0):
    rng = np.random.default_rng(seed)
    g = largest * 10 ** rng.uniform(-1.5, 0, shape) * (rng.random(shape) < 0.9)
    return g, r * rng.uniform(0, 1, shape), r * rng.uniform(0, 1, shape)


@pytest.mark.parametrize(("read", "load"), READS)
@pytest.mark.parametrize("tolerance", [0.0, 1e-12, 1e-9, 1e-4])
@pytest.mark.parametrize(
    ("shape", "r"), [((1, 1), 50.0), ((40, 30), 1.0), ((40, 30), 30.0), ((5, 64), 9.0), ((64, 5), 9.0)]
)
def test_the_bound_holds_and_is_within_the_tolerance(read, load, tolerance, shape, r):
    g, r_word, r_bit = draw(shape, 1e-4, r)
    g[0] = 1e-5  # no column without a cell
    volts = np.random.default_rng(1).uniform(-1, 1, (2, shape[0]))
    lines = (g, volts, r_word, r_bit, 7.0)
    if read == "averaging":
        found = solve(*lines, read=read, g_load=load, tolerance=tolerance)
        ours, exact = found.output_voltage, volts @ effective_transfer(g, r_word, r_bit, 7.0, load)
    else:
        found = solve(*lines, tolerance=tolerance)
        ours, exact = found.output_current, volts @ effective_conductance(g, r_word, r_bit, 7.0)
    assert found.path == "sweeps"
    error, full = np.abs(ours - exact), np.abs(exact).max(axis=-1, keepdims=True)
    assert np.all(error <= found.bound)
    assert np.all(found.bound <= max(tolerance, 1e-11) * full)


@pytest.mark.parametrize("held", [True, False])
def test_no_error_of_a_state_reaches_further_into_an_output_than_it_is_said_to(held):
    """The largest error that what is left over of norm 1 can make, by dense matrices of small crossbars, coupled weakly
    and strongly: out = w r with r of norm sqrt(r K r) is at most sqrt(w K^-1 w)."""
    rng, shares = np.random.default_rng(0), []
    for strength in np.repeat([0.01, 0.3, 3.0], 10):
        g, left, below = 10 ** rng.uniform(-2, 0, (3, 4)), *(strength * rng.random((2, 3, 4)))
        wiring, load = Wiring(left, below), None if held else 10 ** rng.uniform(-3, 0, 4)
        lines = _Lines.of(g, wiring, np.ones(3), load, wiring.coupling(g))
        cells = np.eye(12).reshape(12, 3, 4)
        alone, falls = (np.array([act(each).ravel() for each in cells]).T for act in (lines.alone, lines.falls))
        left_over = falls @ alone @ np.linalg.inv(np.eye(12) + falls @ alone)  # one step on, by what is left over
        for column in range(4):
            read = np.where(np.arange(4) == column, g if held else g / lines.whole, 0.0).ravel()
            seen = read @ left_over
            shares.append(np.sqrt(seen @ np.linalg.solve(alone, seen)) / lines.reach[column])
    assert max(shares) <= 1
    assert max(shares) > 0.2


def test_a_bound_that_was_too_small_would_be_seen():
    """The error of a coarse solution is no more than a decade or two below its bound."""
    g, r_word, r_bit = draw((40, 30), 1e-4, 30.0)
    volts = np.random.default_rng(1).random(40)
    found = solve(g, volts, r_word, r_bit, tolerance=1e-3)
    error = np.abs(found.output_current - volts @ effective_conductance(g, r_word, r_bit))
    assert (error / found.bound).max() > 1e-3
    assert error.max() > 1e-13 * found.output_current.max()


def test_where_sweeps_would_be_many_the_elimination_is_taken():
    g, volts = np.full((40, 30), 1e-4), np.ones(40)
    assert solve(g, volts, 5.0, 5.0).path == "sweeps"
    strong = solve(g, volts, 500.0, 500.0)
    assert strong.path == "blocks"
    assert np.isnan(strong.bound).all()
    many = solve(g, np.ones((100, 40)), 5.0, 5.0)
    assert many.path == "blocks"
    for bad in (-1e-9, 1.0, np.nan):
        with pytest.raises(CrossbarError, match="tolerance"):
            solve(g, volts, 5.0, 5.0, tolerance=bad)


def test_sweeps_that_do_not_arrive_give_way(monkeypatch):
    """With too few steps the state is not within its goal: the exact way is taken instead."""
    g, r_word, r_bit = draw((40, 30), 1e-4, 30.0)
    volts = np.ones(40)
    wanted = solve(g, volts, r_word, r_bit)
    from imac_arch.crossbar import drops

    monkeypatch.setattr(drops, "steps_needed", lambda coupled, tolerance: 0.0)
    assert sweep(g, Wiring(r_word, r_bit), volts, None, 1.0) is None
    found = solve(g, volts, r_word, r_bit)
    assert (wanted.path, found.path) == ("sweeps", "blocks")
    assert found.output_current == approx(wanted.output_current, rel=1e-11)


def test_the_steps_that_are_needed():
    """For eigenvalues from 1 to 1 + c, here 9, the rate is (3 - 1)/(3 + 1): 20 steps leave 2/(2^20 + 2^-20)."""
    assert steps_needed(0.0, 1e-9) == steps_needed(8.0, 1.0) == 0
    assert steps_needed(np.inf, 1e-9) == np.inf
    for share, steps in ((1.001, 20), (0.999, 21)):
        assert steps_needed(8.0, share / np.cosh(20 * np.log(2))) == steps
    assert steps_needed(8.0, ROUNDING) > steps_needed(8.0, 1e-9) > steps_needed(1.0, 1e-9)
    g, r_word, r_bit = draw((12, 9), 1e-4, 30.0)
    # the coupling bounds the largest eigenvalue of what wires take of the cells' voltages
    size = g.size
    from imac_arch.crossbar.drops import line_drops

    unit = np.eye(size).reshape(size, *g.shape)
    falls = sum(line_drops(unit, r_word, r_bit)).reshape(size, size)
    root = np.sqrt(g.ravel())
    largest = np.linalg.eigvalsh(root[:, None] * falls * root).max()
    coupling = Wiring(r_word, r_bit).coupling(g)
    assert 0.3 * coupling < largest <= coupling
    word, bit = line_drops(g, r_word, r_bit)
    assert coupling == approx(word.max() + bit.max(), rel=1e-12)


@pytest.mark.parametrize("coupled", [0.7, 1.4, 3.5])
@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-9])
def test_what_is_left_over_is_chebyshevs_polynomial(coupled, tolerance):
    """One cell of 1 S behind 0.7 ohm has the one eigenvalue 1.7, at the end of those expected or in between."""
    one, volts = np.ones((1, 1)), np.ones(1)
    _, bound = sweep(one, Wiring(0.5 * one, 0.2 * one), volts, None, coupled, tolerance)
    goal = tolerance / (coupled / (1 + coupled)) / (1 + coupled)
    steps = steps_needed(coupled, goal / 0.7)
    at_end, at_one = (np.polynomial.Chebyshev.basis(int(steps))((z - 1) * 2 / coupled - 1) for z in (1.7, 0.0))
    assert bound == approx(0.7 * abs(at_end / at_one) * coupled / (1 + coupled), rel=1e-4, abs=1e-15)


def test_a_crossbar_that_loses_most_of_its_signal_is_swept_to_its_tolerance():
    """Outputs are then far below those without wires, and so is what may be left over."""
    rng = np.random.default_rng(128)
    found = solve(1 / rng.uniform(1e4, 3e4, (128, 128)), rng.random(128), 5.0, 3.0, tolerance=1e-9)
    assert found.path == "sweeps"
    assert found.bound.max() <= 1e-9 * found.output_current.max()


def test_lines_that_are_all_alike_are_taken_by_a_product():
    """The same falls from the matrix of common paths as from sums along the lines, stacked or not."""
    left, below = np.repeat([[3.0, 0.0, 2.0, 5.0]], 6, axis=0), np.repeat(np.arange(6.0)[:, None], 4, axis=1)
    current = np.random.default_rng(0).uniform(-1, 1, (3, 6, 4))
    from imac_arch.crossbar.drops import line_drops

    for stack in ((), (1,)):
        alike = Wiring(left.reshape(*stack, 6, 4), below.reshape(*stack, 6, 4))
        assert alike.paths is not None
        for ours, wanted in zip(alike.falls(current), line_drops(current, left, below), strict=True):
            assert ours == approx(wanted, rel=1e-12, abs=1e-14)
    left[2, 1] = 1.0
    assert Wiring(left, below).paths is None
    assert Wiring(np.ones((2, 6, 4)), np.ones((2, 6, 4))).paths is None
    assert Wiring(np.ones((3, 300)), np.ones((3, 300))).paths is None


def test_inputs_of_zero_and_columns_without_cells():
    g = np.full((6, 4), 1e-4)
    g[:, 2] = 0
    found = solve(g, np.stack([np.zeros(6), np.ones(6)]), 1.0, 1.0)
    assert not found.output_current[0].any()
    assert found.output_current[1, 2] == 0
    assert found.path == "sweeps"
    assert module.PATHS == ("sweeps", "blocks", "nodes")
