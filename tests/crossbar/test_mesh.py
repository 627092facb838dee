"""Open segments, shorts, resistances of any size, and lines with two fed ends."""

import shutil
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imac_arch.crossbar import CrossbarError, Layer, Stage, netlist, outputs, ports, solve
from imac_arch.crossbar import exact as module
from imac_arch.crossbar.exact import effective_conductance, effective_transfer
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.crossbar.settling import dominant_time_constant, step_settling_time
from tests.crossbar.oracle import graph, rational
from tests.helpers import approx

with_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
INF = np.inf


def draw(seed, rows, cols, *, opens, shorts, decades=0):
    rng = np.random.default_rng(seed)

    def segments(shape):
        values = 10 ** rng.uniform(-1 - decades, 2 + decades, shape)
        kind = rng.random(shape)
        return np.where(kind < opens, INF, np.where(kind > 1 - shorts, 0.0, values))

    g = 10 ** rng.uniform(-5 - decades, -3, (rows, cols)) * (rng.random((rows, cols)) > 0.2)
    return g, segments((rows, cols)), segments((rows, cols)), segments(rows), segments(cols)


shares = st.sampled_from([0.0, 0.1, 0.5])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 5), shares, shares, st.booleans(), st.integers(0, 8))
def test_against_rational_arithmetic_on_the_graph_without_the_segment(seed, rows, cols, opens, shorts, far, decades):
    """Every entry to its own size, over up to 20 decades: an open segment is no edge, a short one node."""
    g, r_word, r_bit, r_source, r_sense = draw(seed, rows, cols, opens=opens, shorts=shorts, decades=decades)
    ends = (
        draw(seed + 1, rows, cols, opens=opens, shorts=shorts)[3:] if far else (np.full(rows, INF), np.full(cols, INF))
    )
    wanted = graph(g, r_word, r_bit, r_source, r_sense, *ends)
    found = effective_conductance(g, r_word, r_bit, r_source, r_sense, r_far_source=ends[0], r_far_sense=ends[1])
    if opens or far:  # a short conducts 1e60 times what a cell does
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-50 * wanted.max())
    else:
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-14 * wanted.max())


@pytest.mark.parametrize("huge", [1e6, 1e12, 1e16, 1e22, 1e40])
def test_huge_resistances_against_rational_arithmetic(huge):
    rng = np.random.default_rng(1)
    g = 10 ** rng.uniform(-7, -3, (4, 4))
    left, below = (np.where(rng.random((4, 4)) < 0.4, huge * rng.uniform(1, 2, (4, 4)), 5.0) for _ in range(2))
    left[2], below[:, 1] = huge, 0.0
    np.testing.assert_allclose(effective_conductance(g, left, below), rational(g, left, below), rtol=1e-11, atol=1e-60)
    found = solve(g, np.ones(4), left, below)
    np.testing.assert_allclose(found.output_current, rational(g, left, below).sum(axis=0), rtol=1e-11, atol=1e-60)
    assert found.residual < 1e-12
    assert found.power_drawn == approx(float(found.power_dissipated), rel=1e-9)


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (33, 9), (70, 65)])
def test_the_two_ways_agree_and_huge_tends_to_open(shape, monkeypatch):
    rng = np.random.default_rng(2)
    g = rng.uniform(1e-5, 1e-3, shape) * (rng.random(shape) < 0.8)
    r_word, r_bit = rng.uniform(0, 9, shape), rng.uniform(0, 9, shape) * (rng.random(shape) < 0.7)
    joined = effective_conductance(g, r_word, r_bit, 30.0, 20.0)
    seen = ports(g, r_word, r_bit, 30.0, 20.0)
    monkeypatch.setattr(module, "needed", lambda g, wires: True)
    np.testing.assert_allclose(effective_conductance(g, r_word, r_bit, 30.0, 20.0), joined, rtol=1e-11)
    other = ports(g, r_word, r_bit, 30.0, 20.0)
    for name in ("input", "transfer", "output"):
        whole = getattr(seen, name)
        np.testing.assert_allclose(getattr(other, name), whole, rtol=1e-9, atol=1e-13 * np.abs(whole).max(initial=0))
    cut, far = r_word.copy(), r_word.copy()
    cut[:, shape[1] // 2], far[:, shape[1] // 2] = INF, 1e25
    np.testing.assert_allclose(
        effective_conductance(g, cut, r_bit), effective_conductance(g, far, r_bit), rtol=1e-10, atol=1e-22
    )


def test_a_stack_is_each_of_its_crossbars():
    g, r_word, r_bit, r_source, r_sense = draw(3, 9, 7, opens=0.2, shorts=0.2)
    stack = np.stack([g, g[::-1], 2 * g]).reshape(3, 1, 9, 7)
    found = effective_conductance(stack, r_word, r_bit, r_source, r_sense, r_far_source=5.0)
    volts = np.random.default_rng(0).random((3, 1, 4, 9))
    state = solve(stack, volts, r_word, r_bit, r_source, r_sense, r_far_source=5.0)
    for k in range(3):
        alone = effective_conductance(stack[k, 0], r_word, r_bit, r_source, r_sense, r_far_source=5.0)
        np.testing.assert_allclose(found[k, 0], alone, rtol=1e-12)
        np.testing.assert_allclose(state.output_current[k, 0], volts[k, 0] @ alone, rtol=1e-11, atol=1e-25)
    assert effective_conductance(np.ones((0, 2, 3)), INF, 1.0).shape == (0, 2, 3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 12), shares, shares, st.booleans(), st.booleans())
def test_the_state_keeps_all_laws(seed, rows, cols, opens, shorts, far, loaded):
    g, r_word, r_bit, r_source, r_sense = draw(seed, rows, cols, opens=opens, shorts=shorts)
    far_source, far_sense = draw(seed + 1, rows, cols, opens=0.5, shorts=shorts)[3:]
    ends = {"r_far_source": far_source, "r_far_sense": far_sense} if far else {}
    volts = np.random.default_rng(seed).uniform(-1, 1, (3, rows))
    lines = (g, volts, r_word, r_bit, r_source)
    if loaded:
        found = solve(*lines, read="averaging", g_load=1e-4, **ends)
        wanted = volts @ effective_transfer(g, r_word, r_bit, r_source, 1e-4, **ends)
        np.testing.assert_allclose(found.output_voltage, wanted, rtol=1e-9, atol=1e-13)
    else:
        found = solve(*lines, r_sense, **ends)
        wanted = volts @ effective_conductance(g, r_word, r_bit, r_source, r_sense, **ends)
        np.testing.assert_allclose(found.output_current, wanted, rtol=1e-9, atol=1e-16)
    assert found.residual.max() < 1e-12
    np.testing.assert_allclose(found.power_drawn, found.power_dissipated, rtol=1e-9, atol=1e-16)
    np.testing.assert_allclose(found.word_current[..., 0] + found.far_input_current, found.input_current, atol=1e-16)
    np.testing.assert_allclose(
        found.bit_current[..., -1, :] + found.far_output_current, found.output_current, atol=1e-16
    )
    assert not found.cell_current[:, g == 0].any()
    if opens or far:
        assert found.path == "nodes"
    cut = np.isinf(np.broadcast_to(r_word, g.shape))
    assert np.abs(found.word_current[:, cut]).max(initial=0) < 1e-15
    # where a voltage is undefined, nothing flows
    loose = np.isnan(found.word_voltage)
    assert not np.abs(found.cell_current[loose]).max(initial=0) > 0


def test_a_node_that_nothing_holds_has_no_voltage():
    """The second row is cut off behind its first cell; its other two cells are no cells."""
    g = np.array([[1e-3, 1e-3, 1e-3], [1e-3, 0, 0]])
    r_word = np.array([[1.0, 1.0, 1.0], [1.0, INF, 1.0]])
    found = solve(g, [1.0, 1.0], r_word, 1.0)
    assert np.array_equal(np.isnan(found.word_voltage), [[False] * 3, [False, True, True]])
    assert not np.isnan(found.bit_voltage).any()
    with pytest.raises(CrossbarError, match="bit line 1 of crossbar 0 is held by no cell and no load"):
        solve(g, [1.0, 1.0], 1.0, [[1.0, 1.0, 1.0], [1.0, INF, 1.0]], read="averaging")
    with pytest.raises(CrossbarError, match="bit line 1"):
        effective_transfer(g, 1.0, [[1.0, 1.0, 1.0], [1.0, INF, 1.0]])


def test_lines_that_are_all_open_or_all_shorts():
    g = np.full((3, 2), 1e-4)
    assert not effective_conductance(g, INF, 1.0).any()
    assert not effective_conductance(g, 1.0, 1.0, 0.0, INF).any()
    np.testing.assert_allclose(effective_conductance(g, 0.0, 0.0, r_far_source=0.0, r_far_sense=0.0), g, rtol=1e-14)
    found = solve(g, np.ones(3), 0.0, 0.0, r_far_source=0.0, r_far_sense=0.0)
    np.testing.assert_allclose(found.output_current, 3e-4, rtol=1e-13)
    for refused in ({"r_word": -INF}, {"r_word": np.nan}, {"conductance": [[INF]]}):
        with pytest.raises(CrossbarError):
            effective_conductance(**{"conductance": [[1.0]], "r_word": 1.0, "r_bit": 1.0, **refused})


def test_a_line_fed_from_both_ends_is_its_mirror_image():
    """Symmetric feeding of a symmetric crossbar; and by the far end alone it is the crossbar mirrored."""
    g = np.random.default_rng(5).uniform(1e-5, 1e-3, (9, 12))
    both = effective_conductance(g, 5.0, 3.0, 20.0, r_far_source=25.0)
    np.testing.assert_allclose(
        effective_conductance(g[:, ::-1], 5.0, 3.0, 20.0, r_far_source=25.0)[:, ::-1], both, rtol=1e-12
    )
    r_word = np.full((9, 12), 5.0)
    r_word[:, 0] = INF
    right = effective_conductance(g, r_word, 3.0, r_far_source=25.0)
    np.testing.assert_allclose(right, effective_conductance(g[:, ::-1], 5.0, 3.0, 20.0)[:, ::-1], rtol=1e-12)
    below = effective_conductance(g, 5.0, 3.0, 0.0, INF, r_far_sense=3.0)
    np.testing.assert_allclose(below, effective_conductance(g[::-1], 5.0, 3.0)[::-1], rtol=1e-12)
    assert np.all(both.sum(axis=0) > effective_conductance(g, 5.0, 3.0, 20.0).sum(axis=0))


def test_a_quarter_of_the_drop_is_left_with_two_drivers():
    """A weakly loaded line: the largest drop of n cells is r g n^2/2 from one end and an eighth of it from two."""
    n, g, r = 400, 1e-9, 1.0
    one, two = (solve(np.full((1, n), g), [1.0], r, 0.0, r_far_source=far) for far in (INF, r))
    assert (1 - one.word_voltage.min()) / (1 - two.word_voltage.min()) == approx(4.0, rel=0.01)
    assert two.far_input_current == approx(two.input_current / 2, rel=0.01)


@with_ngspice
@pytest.mark.parametrize("read", [{}, {"r_sense": 50.0}, {"read": "averaging"}, {"read": "averaging", "g_load": 1e-3}])
@pytest.mark.parametrize("far", [(50.0, INF), (INF, 30.0), (50.0, 30.0), (0.0, 0.0)])
def test_two_fed_ends_in_ngspice(read, far):
    g = np.random.default_rng(6).uniform(1e-5, 1e-4, (10, 8))
    layer = Layer(g, 300.0, 200.0, 100.0, **read, r_far_source=far[0], r_far_sense=far[1])
    volts = np.linspace(-0.2, 0.8, 10)
    spice, wanted = run_ngspice(netlist([layer], volts)).values, outputs([layer], volts)
    full = max(map(abs, wanted.values()))
    for name, value in wanted.items():
        assert abs(spice[name] - value) < 1e-9 * full, name
    drawn = -sum(volt * spice[f"i(vin0_{i})"] for i, volt in enumerate(volts))
    assert float(layer.solve(volts).power_drawn) == approx(drawn, rel=1e-8)


@with_ngspice
@pytest.mark.parametrize("joining", ["current", "voltage_tie"])
@pytest.mark.parametrize("read", ["virtual_ground", "averaging"])
def test_tiles_with_two_fed_ends_in_ngspice(read, joining):
    stage = Stage(20.0 if read == "averaging" else 1e4, swing=0.8, slope=2.0)
    g = np.random.default_rng(7).uniform(1e-5, 1e-4, (9, 8))
    layer = Layer(
        g, 300.0, 200.0, 100.0, read=read, stage=stage, heights=[5, 4], widths=[4, 4], joining=joining,
        r_far_source=50.0, r_far_sense=30.0,
    )  # fmt: skip
    volts = np.linspace(0.1, 0.8, 9)
    spice, wanted = run_ngspice(netlist([layer], volts)).values, outputs([layer], volts)
    for name, value in wanted.items():
        assert spice[name] == approx(value, rel=1e-6), name


@with_ngspice
@pytest.mark.parametrize("read", [{}, {"read": "averaging", "g_load": 1e-4}])
def test_open_segments_in_ngspice(read):
    g, r_word, r_bit, *_ = draw(8, 8, 6, opens=0.15, shorts=0.1)
    layer, volts = Layer(g, r_word, r_bit, 10.0, **read), np.linspace(0.1, 0.8, 8)
    spice, wanted = run_ngspice(netlist([layer], volts)).values, outputs([layer], volts)
    full = max(map(abs, wanted.values()))
    for name, value in wanted.items():
        assert abs(spice[name] - value) < 1e-8 * full, name


def test_settling_with_two_fed_ends():
    """A line fed alike from both ends is two of half the length; so are its poles."""
    charges = {"c_word": 1e-15, "c_bit": 1e-15, "c_end": 1e-15}
    g = np.full((2, 20), 1e-9)
    two = dominant_time_constant(g, 100.0, 0.0, r_far_source=100.0, **charges).time_constant
    half = dominant_time_constant(g[:, :10], 100.0, 0.0, **charges).time_constant
    assert two == approx(half, rel=0.1)
    for read in ({}, {"read": "averaging"}):
        lines = {"r_far_source": 100.0, "r_far_sense": 50.0, **read}
        times = [step_settling_time(g, np.ones(2), 100.0, 50.0, bits=6, **charges, **more) for more in (lines, read)]
        assert times[0] < times[1]
    with pytest.raises(CrossbarError, match="above 0 ohm"):
        dominant_time_constant(g, 100.0, 0.0, r_far_source=0.0, **charges)
    with pytest.raises(CrossbarError, match="r_word: inf"):
        dominant_time_constant(g, INF, 0.0, **charges)


def test_shared_terminations_of_row_tiles_are_finite():
    g = np.full((4, 2), 1e-4)
    for more in ({"r_sense": INF}, {"r_sense": 1.0, "r_far_sense": 1.0}):
        with pytest.raises(CrossbarError, match="r_sense: row tiles that share it"):
            Layer(g, 1.0, 1.0, heights=[2, 2], **more).map()


def test_the_oracle_knows_its_own_answer():
    """Two cells in series with nothing else: by hand."""
    assert graph(
        np.array([[0.5]]), *(np.array(x, dtype=float) for x in ([[1.0]], [[2.0]], [3.0], [4.0], [INF], [INF]))
    )[0, 0] == float(Fraction(1, 12))


def test_nothing_is_said_on_the_way():
    g, *wires = draw(9, 20, 30, opens=0.3, shorts=0.3, decades=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        solve(g, np.ones(20), *wires, r_far_source=1.0)
        effective_conductance(g, 1e60, 1e60)
    with pytest.raises(CrossbarError, match="an open segment is inf"):
        effective_conductance(g, 1e308, 1e308)
