"""Cells that source lines beside the bit lines feed, and gates that word lines open."""

import shutil

import numpy as np
import pytest

from imac_arch.crossbar import CrossbarError, Layer, TunnelJunction, netlist, outputs, solve
from imac_arch.crossbar.exact import effective_conductance, effective_transfer
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.data.errors import UnknownName
from tests.helpers import approx

with_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
INF = np.inf
COLUMNS = {"supply": "source_line"}
FAR = [{}, {"r_far_source": 40.0}, {"r_far_sense": 30.0}, {"r_source": INF, "r_far_source": 40.0, "r_far_sense": 5.0}]


def draw(rows, cols, seed=0, *, opens=0.0, shorts=0.0):
    rng = np.random.default_rng(seed)
    g = rng.uniform(1e-5, 1e-3, (rows, cols)) * (rng.random((rows, 1)) < 0.7)  # a third of the gates is closed
    wires = []
    for _ in range(2):
        kind, values = rng.random((rows, cols)), rng.uniform(1, 50, (rows, cols))
        wires.append(np.where(kind < opens, INF, np.where(kind > 1 - shorts, 0.0, values)))
    g[rows // 2] = 1e-4
    return g, *wires


def plain(g, r_word, r_bit, r_source=0.0, r_sense=0.0, r_far_source=INF, r_far_sense=INF):
    """Return the conductance of one column by dense nodal equations: source 1 V, end 0 V."""
    m = len(g)
    edges = [(("s", i - 1) if i else "source", ("s", i), r_word[i] + (0 if i else r_source)) for i in range(m)]
    edges += [
        (("b", i), ("b", i + 1) if i + 1 < m else "end", r_bit[i] + (0 if i + 1 < m else r_sense)) for i in range(m)
    ]
    edges += [(("s", m - 1), "source", r_far_source), (("b", 0), "end", r_far_sense)]
    edges += [(("s", i), ("b", i), 1 / g[i]) for i in range(m) if g[i] > 0]
    nodes = {("s", i): i for i in range(m)} | {("b", i): m + i for i in range(m)}
    matrix, right, seen = np.zeros((2 * m, 2 * m)), np.zeros(2 * m), []
    for a, b, r in edges:
        for one, other in ((a, b), (b, a)):
            if one in nodes:
                matrix[nodes[one], nodes[one]] += 1 / r
                if other in nodes:
                    matrix[nodes[one], nodes[other]] -= 1 / r
                right[nodes[one]] += (other == "source") / r
            if one == "end":
                seen.append((other, r))
    volts = np.linalg.lstsq(matrix, right, rcond=None)[0]
    return sum(volts[nodes[node]] / r for node, r in seen)


@pytest.mark.parametrize("far", FAR)
@pytest.mark.parametrize(("rows", "cols"), [(1, 1), (1, 5), (7, 3), (40, 2)])
def test_against_dense_nodal_equations(far, rows, cols):
    g, r_word, r_bit = draw(rows, cols)
    found = effective_conductance(g, r_word, r_bit, **{"r_source": 20.0, **far}, r_sense=10.0, **COLUMNS)
    assert found.shape == (cols,)
    for j in range(cols):
        wanted = plain(g[:, j], r_word[:, j], r_bit[:, j], **{"r_source": 20.0, **far}, r_sense=10.0)
        assert found[j] == approx(wanted, rel=1e-9)


@pytest.mark.parametrize("far", FAR)
@pytest.mark.parametrize(("opens", "shorts"), [(0, 0), (0.2, 0.2)])
@pytest.mark.parametrize("load", [None, 1e-3])
def test_the_state_keeps_all_laws(far, opens, shorts, load):
    g, r_word, r_bit = draw(12, 6, 1, opens=opens, shorts=shorts)
    lines = {"r_source": 20.0, **far, **COLUMNS}
    volts = np.random.default_rng(2).uniform(-1, 1, (2, 3, 6))
    stack = np.stack([g, 3 * g])
    if load is None:
        found = solve(stack, volts, r_word, r_bit, r_sense=5.0, **lines)
        wanted = volts * effective_conductance(stack, r_word, r_bit, r_sense=5.0, **lines)[:, None]
        assert found.output_current == approx(wanted, rel=1e-12, abs=1e-18)
    else:
        found = solve(stack, volts, r_word, r_bit, read="averaging", g_load=load, **lines)
        wanted = volts * effective_transfer(stack, r_word, r_bit, g_load=load, **lines)[:, None]
        assert found.output_voltage == approx(wanted, rel=1e-12, abs=1e-15)
        assert found.output_current == approx(wanted * load, rel=1e-12, abs=1e-18)
    assert found.path == "nodes"
    assert found.residual.max() < 1e-12
    assert found.power_drawn == approx(found.power_dissipated, rel=1e-9, abs=1e-18)
    assert found.cell_current.sum(axis=-2) == approx(found.output_current, rel=1e-9, abs=1e-15)
    first = found.word_current[..., 0, :] + found.far_input_current
    assert first == approx(found.input_current, rel=1e-9, abs=1e-15)


def test_ends_decide_how_alike_the_rows_are():
    """At opposite ends every row has the same wire in its path; at one end the row beside it has the least."""
    g = np.full((64, 1), 1e-6)
    opposite = solve(g, [1.0], 10.0, 10.0, **COLUMNS).cell_current[:, 0]
    same = solve(g, [1.0], 10.0, 10.0, INF, r_far_source=10.0, **COLUMNS).cell_current[:, 0]
    assert np.ptp(opposite) < 0.3 * np.ptp(same)
    assert np.argmax(same) == 63


def test_a_source_line_beside_the_word_lines_is_a_word_line():
    """With gates in the conductances it is the crossbar that word lines make; ideal wires make both the same."""
    g, *_ = draw(9, 4)
    volts = np.full(9, 0.8)
    beside = solve(g, volts, 0.0, 0.0).output_current
    assert solve(g, np.full(4, 0.8), 0.0, 0.0, **COLUMNS).output_current == approx(beside, rel=1e-12)


def test_cells_under_bias():
    g = np.where(np.random.default_rng(3).random((10, 5)) < 0.5, 1e-4, 1e-4 / 3)
    junction = TunnelJunction(1e-4, 2.0, 0.5)
    found = solve(g, [[0.1] * 5, [0.8] * 5], 50.0, 50.0, cell=junction, **COLUMNS)
    assert found.cell_current == approx(found.cell_voltage * junction(found.cell_voltage, g), rel=1e-9)
    assert np.all(found.output_current[1] > 8 * found.output_current[0])


@with_ngspice
@pytest.mark.parametrize("read", [{}, {"r_sense": 50.0}, {"read": "averaging", "g_load": 1e-3}])
@pytest.mark.parametrize("far", FAR)
@pytest.mark.parametrize("biased", [False, True])
def test_source_lines_in_ngspice(read, far, biased):
    g, r_word, r_bit = draw(9, 5, 4, opens=0.1, shorts=0.2)
    cell = TunnelJunction(1.2e-3, 2.0, 0.5) if biased else None
    layer = Layer(g, r_word, r_bit, **{"r_source": 20.0, **far, **read, **COLUMNS}, cell=cell)
    volts = np.linspace(-0.3, 0.8, 5)
    spice, wanted = run_ngspice(netlist([layer], volts)).values, outputs([layer], volts)
    full = max(map(abs, wanted.values()))
    for name, value in wanted.items():
        assert abs(spice[name] - value) < 1e-8 * full, name
    drawn = -sum(volt * spice[f"i(vin0_{j})"] for j, volt in enumerate(volts))
    assert float(layer.solve(volts).power_drawn) == approx(drawn, rel=1e-7, abs=1e-15)


def test_what_is_refused():
    g = np.full((3, 2), 1e-4)
    with pytest.raises(UnknownName, match="supply"):
        solve(g, np.ones(3), 1.0, 1.0, supply="row")
    with pytest.raises(CrossbarError, match=r"needed is \(..., 2\)"):
        solve(g, np.ones(3), 1.0, 1.0, **COLUMNS)
    with pytest.raises(CrossbarError, match="one tile without bias"):
        Layer(g, 1.0, 1.0, heights=[1, 2], **COLUMNS).checked()
    for what in ("time_constant", "settling"):
        with pytest.raises(CrossbarError, match="settling of source lines"):
            Layer(g, 1.0, 1.0, **COLUMNS).time_constant() if what == "time_constant" else Layer(
                g, 1.0, 1.0, **COLUMNS
            ).settling_time(np.ones(2), 6)
    with pytest.raises(CrossbarError, match="held by no cell and no load"):
        solve(g, np.ones(2), 1.0, [[1.0], [1.0], [INF]], read="averaging", **COLUMNS)
