"""Cells whose conductance depends on voltage: against hand algebra, a plain root finder and ngspice."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from imac_arch.crossbar import CrossbarError, ForwardPass, Layer, Stage, TunnelJunction, netlist, outputs, solve
from imac_arch.crossbar.cell import Cell, differential
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.crossbar.wires import pair_word_segments
from tests.helpers import approx

with_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
PARALLEL, TMR, HALF = 1 / 8488.26, 2.0, 0.5
JUNCTION = TunnelJunction(PARALLEL, TMR, HALF)
READS = [{}, {"r_sense": 50.0}, {"read": "averaging"}, {"read": "averaging", "g_load": 1e-3}]


def states(rows, cols, seed=0):
    return np.where(np.random.default_rng(seed).random((rows, cols)) < 0.5, PARALLEL, PARALLEL / (1 + TMR))


def test_a_junction_keeps_its_parallel_state_and_loses_its_magnetoresistance():
    """R_P stays; R_AP = R_P (1 + TMR0/(1 + (V/V_h)^2)), of either sign."""
    volts = np.array([-0.8, 0.0, 0.25, 0.5, 0.8])
    assert JUNCTION(volts, np.full(5, PARALLEL)) == approx(PARALLEL, rel=1e-14)
    falling = TMR / (1 + (volts / HALF) ** 2)
    assert 1 / JUNCTION(volts, np.full(5, PARALLEL / (1 + TMR))) == approx((1 + falling) / PARALLEL, rel=1e-13)
    # two pillars side by side, one of each state
    ap = JUNCTION(volts, np.full(5, PARALLEL / (1 + TMR)))
    two = TunnelJunction(2 * PARALLEL, TMR, HALF)(volts, np.full(5, PARALLEL * (1 + 1 / (1 + TMR))))
    assert two == approx(PARALLEL + ap, rel=1e-13)


def test_differential_conductance():
    volts, rest = np.array([0.01, 0.3, 0.8]), np.full(3, PARALLEL / (1 + TMR))
    whole, square = 1 + TMR, (volts / HALF) ** 2
    g = JUNCTION(volts, rest)
    slope = 2 * square * (PARALLEL - g) / (whole + square)  # V dG/dV of (g0 w + p u^2)/(w + u^2)
    assert differential(JUNCTION, volts, rest) == approx(g + slope, rel=1e-8)


@pytest.mark.parametrize("volt", [0.05, 0.8, -2.0])
@pytest.mark.parametrize("series", [1.0, 1e4, 1e7])
def test_one_cell_is_the_root_of_its_own_law(volt, series):
    rest = PARALLEL / (1 + TMR)

    def law(v):
        return (volt - v) / series - v * float(JUNCTION(np.array(v), np.array(rest)))

    v = brentq(law, min(volt, 0), max(volt, 0), xtol=1e-300, rtol=1e-15)
    found = solve([[rest]], [volt], series / 2, 0.0, series / 2, cell=JUNCTION)
    assert found.cell_voltage[0, 0] == approx(v, rel=1e-11)
    assert found.output_current[0] == approx(v * float(JUNCTION(np.array(v), np.array(rest))), rel=1e-11)
    assert found.solves <= 13


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("wires", [(9.24, 11.55, 100.0), (200.0, 300.0, 0.0), (0.0, 0.0, 0.0)])
def test_every_cell_obeys_its_law_and_the_wires_theirs(read, wires):
    rest = states(20, 14)
    volts = np.random.default_rng(1).uniform(-0.8, 0.8, (3, 20))
    found = solve(rest, volts, *wires, **read, cell=JUNCTION)
    assert found.cell_current == approx(found.cell_voltage * JUNCTION(found.cell_voltage, rest), rel=1e-9)
    assert found.residual.max() < 1e-12
    assert found.power_drawn == approx(found.power_dissipated, rel=1e-9)
    assert 2 <= found.solves <= 13
    for k, one in enumerate(volts):  # inputs share their conductances no longer
        alone = solve(rest, one, *wires, **read, cell=JUNCTION)
        assert found.output_voltage[k] == approx(alone.output_voltage, rel=1e-9)


def test_a_constant_conductance_is_far_off():
    """At 0.8 V a kilohm junction has lost most of its magnetoresistance."""
    rest, volts = states(32, 32), np.full(32, 0.8)
    found, fixed = (solve(rest, volts, 1.0, 1.0, cell=cell).output_current for cell in (JUNCTION, None))
    assert np.all((found / fixed > 1.05) & (found / fixed < 1.4))
    full = solve(JUNCTION(np.full(rest.shape, 0.8), rest), volts, 1.0, 1.0).output_current
    assert np.all(found < full)  # wires leave less than the full voltage


def test_a_plain_function_will_do_and_missing_cells_stay_away():
    rest = states(5, 4)
    rest[2, 1] = 0.0
    found = solve(rest, np.ones(5), 10.0, 10.0, cell=lambda v, g: g * (1 + v**2) + 1e-9)
    assert found.cell_current[2, 1] == 0
    wanted = found.cell_voltage * np.where(rest > 0, rest * (1 + found.cell_voltage**2) + 1e-9, 0)
    assert found.cell_current == approx(wanted, rel=1e-9)


def test_steep_cells_settle_too():
    """A sinh law, as of selectors: G = G0 sinh(V/a)/(V/a)."""
    rest = states(16, 16)

    def steep(v, g):
        x = np.where(np.abs(v) < 1e-6, 1e-6, v) / 0.1
        return g * np.sinh(x) / x

    for read in ("virtual_ground", "averaging"):
        found = solve(rest, np.linspace(0.1, 0.8, 16), 5.0, 5.0, read=read, cell=steep)
        assert found.cell_current == approx(found.cell_voltage * steep(found.cell_voltage, rest), rel=1e-8)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (lambda v, g: -g, "cell: -"),
        (lambda v, g: g * np.nan, "cell: nan S"),
        (lambda v, g: g[0], "returned the shape"),
        (lambda v, g: g * np.where(np.abs(v) > 0.3, 100.0, 1.0), "still change by"),
    ],
)
def test_cells_that_cannot_be(cell, says):
    with pytest.raises(CrossbarError, match=says):
        solve(states(4, 4), np.ones(4), 1e4, 1e4, cell=cell)
    with pytest.raises(CrossbarError, match="v_half"):
        TunnelJunction(1.0, 1.0, 0.0)


@with_ngspice
@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("wires", [(9.24, 11.55, 100.0), (300.0, 200.0, 0.0), (0.0, 3.0, 100.0)])
def test_operating_point_in_ngspice(read, wires):
    """Junctions of one device each: the conductance of the parallel state differs from cell to cell."""
    parallel = PARALLEL * np.random.default_rng(2).uniform(0.9, 1.1, (12, 8))
    rest = states(12, 8) / PARALLEL * parallel
    layer = Layer(rest, *wires, **read, cell=TunnelJunction(parallel, TMR, HALF))
    volts = np.linspace(-0.5, 0.8, 12)
    spice = run_ngspice(netlist([layer], volts)).values
    wanted = outputs([layer], volts)
    full = max(map(abs, wanted.values()))
    for name, value in wanted.items():
        assert abs(spice[name] - value) < 1e-8 * full, name
    drawn = -sum(volt * spice[f"i(vin0_{i})"] for i, volt in enumerate(volts))
    assert float(layer.solve(volts).power_drawn) == approx(drawn, rel=1e-8)


@with_ngspice
@pytest.mark.parametrize("joining", ["current", "voltage_tie"])
@pytest.mark.parametrize("read", READS)
def test_a_network_of_tiles_in_ngspice(read, joining):
    gain = 20.0 if read.get("read") else 1e4
    stage = Stage(gain, swing=0.8, slope=2.0, threshold=0.05)
    cuts = ([4, 5], [4, 4]), ([5], [4, 2])
    layers = [
        Layer(
            states(rows, 2 * columns, rows), pair_word_segments(50.0, columns), 40.0, 100.0, **read, stage=stage,
            heights=heights, widths=widths, joining=joining, bias=0.8, cell=JUNCTION,
        )
        for (rows, columns), (heights, widths) in zip(((9, 4), (5, 3)), cuts, strict=True)
    ]  # fmt: skip
    volts = np.linspace(0.1, 0.8, 8)
    spice, wanted = run_ngspice(netlist(layers, volts)).values, outputs(layers, volts)
    assert {f"v(x2_{c})" for c in range(3)} <= set(wanted)
    for name, value in wanted.items():
        assert spice[name] == approx(value, rel=1e-6), name
    other = outputs([replace(layer, cell=None) for layer in layers], volts)
    assert abs(other["v(d0_0)"] / wanted["v(d0_0)"] - 1) > 0.01


def test_a_layer_of_such_cells_has_no_map_but_ends():
    layer = Layer(states(6, 4), 5.0, 5.0, cell=JUNCTION)
    assert isinstance(layer.cell, Cell)
    for what in (layer.map, layer.time_constant):
        with pytest.raises(CrossbarError, match=r"take linear\(voltage\)"):
            what()
    volts = np.random.default_rng(0).uniform(0, 0.8, (2, 6))
    assert layer.ends(volts) == approx(layer.solve(volts).output_current, rel=1e-10)
    assert ForwardPass.of([layer])(volts)[0].ends == approx(layer.ends(volts), rel=1e-12)
    fixed = layer.linear(0.3)
    assert fixed.cell is None
    assert fixed.conductance == approx(JUNCTION(np.full((6, 4), 0.3), states(6, 4)), rel=1e-14)
    assert fixed.map().shape == (6, 4)


def test_a_tile_takes_its_junctions_along():
    parallel = np.random.default_rng(0).uniform(1, 2, (6, 4)) * PARALLEL
    layer = Layer(parallel / 3, 5.0, 5.0, cell=TunnelJunction(parallel, TMR, HALF), heights=[2, 4], widths=[2, 2])
    assert np.array_equal(layer.tile(1, 1).cell.parallel, parallel[2:, 2:])
    rows = TunnelJunction(parallel[:, :1], TMR, HALF).part(slice(2, 6), slice(0, 2))
    assert np.array_equal(rows.parallel, parallel[2:, :1])
    assert f"{float(parallel[3, 0])!r}" in TunnelJunction(parallel[:, :1], TMR, HALF).spice("v(a,b)", 1e-4, 3, 2)


@with_ngspice
def test_settling_of_such_cells():
    from imac_arch.crossbar import Transient

    charges = {"c_word": 0.2e-15, "c_bit": 0.4e-15, "c_end": 2e-15}
    layer = Layer(states(8, 6), 9.0, 12.0, 500.0, read="averaging", cell=JUNCTION, **charges)
    volts = np.linspace(0.2, 0.8, 8)
    ours = layer.settling_time(volts, 6)
    spice = run_ngspice(netlist([layer], volts, transient=Transient(3 * ours, ours / 200)))
    off = np.abs(spice.traces - spice.traces[-1]).max(axis=1) / np.abs(spice.traces[-1]).max()
    assert spice.time[np.flatnonzero(off > 2**-7)[-1]] == approx(ours, rel=0.1)
