import numpy as np
import pytest

from imac_arch.crossbar import solution as module
from imac_arch.crossbar.approximation import approximate_conductance
from imac_arch.crossbar.exact import effective_conductance, effective_transfer, ports
from imac_arch.crossbar.laws import checked_laws
from imac_arch.crossbar.solution import solve
from imac_arch.crossbar.state import eliminated
from imac_arch.crossbar.wires import CrossbarError, checked_wires, pair_word_segments
from imac_arch.data.errors import UnknownName
from tests.crossbar.oracle import CASE_4X3, wires_of
from tests.helpers import approx


def test_the_typed_in_case():
    found = solve(CASE_4X3["conductance_S"], CASE_4X3["input_V"], *wires_of(CASE_4X3))
    np.testing.assert_allclose(found.output_current, CASE_4X3["output_A"], rtol=1e-9)
    assert found.residual < 1e-12


@pytest.mark.parametrize("stack", [(), (2,), (2, 3)])
@pytest.mark.parametrize("many", [(), (1,), (4,), (2, 2)])
@pytest.mark.parametrize("r_word", [0.0, 0.001, 40.0])  # both ways of solving
@pytest.mark.parametrize(("rows", "cols"), [(1, 1), (1, 9), (40, 1), (33, 10)])
def test_both_read_circuits_keep_all_laws(stack, many, r_word, rows, cols):
    rng = np.random.default_rng(1)
    g = rng.uniform(1e-5, 1e-3, (*stack, rows, cols))
    volts = rng.uniform(-0.5, 0.5, (*stack, *many, rows))
    flat = volts.reshape(*stack, -1, rows)
    found = solve(g, volts, r_word, r_word / 2, 3 * r_word, 2 * r_word)
    wanted = flat @ effective_conductance(g, r_word, r_word / 2, 3 * r_word, 2 * r_word)
    np.testing.assert_allclose(found.output_current.reshape(wanted.shape), wanted, rtol=1e-9, atol=1e-17)
    np.testing.assert_allclose(found.power_drawn, found.power_dissipated, rtol=1e-9)
    np.testing.assert_allclose(found.word_current[..., 0], found.input_current, rtol=1e-12)
    np.testing.assert_allclose(found.bit_current[..., -1, :], found.output_current, rtol=1e-9)
    assert found.residual.max() < 1e-12
    for load in (0.0, 1e-3):
        found = solve(g, volts, r_word, r_word / 2, 3 * r_word, read="averaging", g_load=load)
        wanted = flat @ effective_transfer(g, r_word, r_word / 2, 3 * r_word, load)
        np.testing.assert_allclose(found.output_voltage.reshape(wanted.shape), wanted, rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(found.power_drawn, found.power_dissipated, rtol=1e-9, atol=1e-17)
        assert found.residual.max() < 1e-12


def test_sweeps_and_elimination_agree(monkeypatch):
    rng = np.random.default_rng(2)
    g, volts = rng.uniform(3e-8, 1e-7, (60, 30)), rng.random(60)
    swept = solve(g, volts, 9.0, 9.0, 100.0, read="averaging", g_load=1e-6)
    monkeypatch.setattr(module, "_SWEEPS", -1)
    eliminated = solve(g, volts, 9.0, 9.0, 100.0, read="averaging", g_load=1e-6)
    for name in ("word_voltage", "bit_voltage", "cell_current", "input_current", "output_voltage", "power_drawn"):
        np.testing.assert_allclose(getattr(swept, name), getattr(eliminated, name), rtol=1e-11, atol=1e-18)


def test_cells_and_wires_without_conductance_or_resistance():
    rng = np.random.default_rng(3)
    g = rng.uniform(1e-4, 1e-3, (20, 17)) * (rng.random((20, 17)) < 0.4)
    g[0], g[:, 3] = 0, 0
    r_word, r_bit = (rng.uniform(0, 50, (20, 17)) * (rng.random((20, 17)) < 0.5) for _ in range(2))
    found = solve(g, rng.random(20), r_word, r_bit)
    assert found.residual < 1e-12
    assert found.output_current[3] == 0
    assert not found.cell_current[g == 0].any()


@pytest.mark.parametrize("r_word", [0.0, 40.0])
def test_no_inputs_and_no_crossbars_give_empty_results(r_word):
    assert solve(np.full((3, 2), 1e-3), np.ones((0, 3)), r_word, 1).output_current.shape == (0, 2)
    assert solve(np.full((0, 3, 2), 1e-3), np.ones((0, 4, 3)), r_word, 1).output_current.shape == (0, 4, 2)


def test_many_inputs_of_a_large_crossbar():
    rng = np.random.default_rng(11)
    g, volts = rng.uniform(1e-5, 1e-4, (100, 70)), rng.random((12, 100))
    found = solve(g, volts, 5.0, 3.0)
    np.testing.assert_allclose(found.output_current, volts @ effective_conductance(g, 5.0, 3.0), rtol=1e-10)


def test_a_current_at_the_input_is_a_row_of_the_ports():
    rng = np.random.default_rng(4)
    g, volts = rng.uniform(1e-4, 1e-3, (9, 7)), rng.random(9)
    seen = ports(g, 5.0, 5.0, 10.0, 10.0)
    found = solve(g, volts, 5.0, 5.0, 10.0, 10.0)
    np.testing.assert_allclose(found.input_current, seen.input @ volts, rtol=1e-10)
    assert found.power_drawn == approx(volts @ seen.input @ volts, rel=1e-10)


@pytest.mark.parametrize(("n", "published"), [(32, 0.678), (64, 0.397), (128, 0.201)])
def test_line_power_falls_as_tanh_x_over_x(n, published):
    """Averaging read, differential pairs of random binary weights, RA 10 cells, ideal bit lines."""
    parallel, antiparallel, segment = 1 / 8488.26, 1 / 25464.79, 9.24
    rng = np.random.default_rng(n)
    weight = rng.random((n, n)) < 0.5
    g = np.where(np.stack([weight, ~weight], axis=-1), parallel, antiparallel).reshape(n, 2 * n)
    volts = 0.8 * (rng.random((4, n)) < 0.5)
    wired = solve(g, volts, pair_word_segments(segment, n), 0, read="averaging").power_drawn.sum()
    ideal = solve(g, volts, 0, 0, read="averaging").power_drawn.sum()
    x = n * np.sqrt(segment * (parallel + antiparallel))
    assert wired / ideal == approx(np.tanh(x) / x, rel=0.03)
    assert wired / ideal == approx(published, rel=0.005)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"inputs": [1.0]}, CrossbarError, r"inputs: shape \(1,\); needed is \(..., 2\)"),
        ({"inputs": [1.0, np.nan]}, CrossbarError, "inputs: nan"),
        ({"inputs": ["a", 1]}, CrossbarError, "inputs: needed are numbers"),
        ({"read": "averagin"}, UnknownName, "did you mean 'averaging'"),
        ({"read": "averaging", "r_sense": 1.0}, CrossbarError, "r_sense"),
        ({"g_load": 1.0}, CrossbarError, "g_load"),
    ],
)
def test_errors_say_what_is_wrong(change, error, says):
    arguments = {"conductance": np.ones((2, 2)), "inputs": [1.0, 1.0], "r_word": 1, "r_bit": 1, **change}
    with pytest.raises(error, match=says):
        solve(**arguments)


def test_a_solution_that_breaks_the_laws_is_refused(monkeypatch):
    monkeypatch.setattr(module, "KIRCHHOFF", 1e-30)
    with pytest.raises(CrossbarError, match="Kirchhoff"):
        solve(np.ones((5, 5)), np.ones(5), 1.3, 1.7)


@pytest.mark.parametrize("scale", [1e-7, 1e-6, 1e-5])
@pytest.mark.parametrize("wires", [(9.0, 9.0, 0.0, 0.0), (2.0, 0.0, 100.0, 50.0), (0.0, 0.0, 0.0, 0.0)])
@pytest.mark.parametrize("shape", [(1, 1), (20, 31), (48, 5), (2, 16, 16)])
def test_the_approximation_is_within_its_bound(scale, wires, shape):
    g = np.random.default_rng(5).uniform(scale / 3, scale, shape)
    g[..., 0, 0] = 0 if g.shape[-2] > 1 else scale
    found = approximate_conductance(g, *wires, tolerance=10.0)
    exact = effective_conductance(g, *wires)
    assert np.all(np.abs(found.conductance - exact) <= found.bound)
    assert np.all(found.error == (found.bound.max(axis=-2) / found.conductance.max(axis=-2)).max(axis=-1))


def test_the_approximation_refuses():
    g = np.random.default_rng(6).uniform(3e-7, 1e-6, (64, 64))
    good = approximate_conductance(g, 1.0, 1.0, tolerance=0.1)
    with pytest.raises(CrossbarError, match="use effective_conductance"):
        approximate_conductance(g, 1.0, 1.0, tolerance=good.error * 0.99)
    with pytest.raises(CrossbarError, match="wrong by inf"):
        approximate_conductance(g * 1000, 10.0, 10.0, tolerance=1.0)
    with pytest.raises(CrossbarError, match="tolerance"):
        approximate_conductance(g, 1.0, 1.0, tolerance=0.0)


@pytest.mark.parametrize("name", ["word", "bit", "cell"])
@pytest.mark.parametrize("off", [-1e-5, 1e-5])
def test_a_state_that_breaks_a_law_is_refused_whichever_way(name, off):
    g, volts = np.full((5, 4), 1e-4), np.ones(5)
    wires = checked_wires(g.shape, 3.0, 2.0)
    state = eliminated(g, wires, volts, None)
    assert checked_laws(g, wires, volts, None, state, 1e-12).residual < 1e-12
    values = getattr(state, name).copy()
    values[2, 1] += off * (1e-4 if name == "cell" else 1.0)
    with pytest.raises(CrossbarError, match="Kirchhoff"):
        checked_laws(g, wires, volts, None, state._replace(**{name: values}), 1e-7)
