"""The analog neuron: against ngspice on the same circuit, by hand, and in the direction of every change."""

import math
import shutil
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from imac_arch.components import sot_neuron
from imac_arch.components.base import Context, Laws
from imac_arch.components.inverter import STEPS, Inverter, _Balance, output, settle, slope, supply_power
from imac_arch.components.transistors import Curve, Transistors, drain_current
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.data.errors import FileErrors
from imac_arch.data.walk import with_quantities
from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out
from imac_arch.technology_files import load_technology
from tests.duck import Duck
from tests.helpers import all_laws, approx, context, inputs, technology

LAW = all_laws().get(Transistors, "transistors")
LOW, HIGH = 8488.26363157, 25464.7908947  # neuron.sp of IMAC-Sim


def circuit(on=890.0, off=0.01, vdd=0.8, low=LOW, high=HIGH, width=0.56e-6, p_ratio=0.9, half=None):
    device = LAW.device(*(np.asarray(float(v)) for v in (on, off, vdd)))
    fields = (np.asarray(float(v)) for v in (width, p_ratio, vdd, low, high, vdd / 2))
    return Inverter(device, *fields, None if half is None else np.asarray(half))


def test_the_drain_current_meets_both_of_its_anchors():
    device = circuit().device
    assert float(drain_current(np.asarray(0.8), np.asarray(0.8), device)) == approx(890, rel=1e-9)
    assert float(drain_current(np.asarray(0.0), np.asarray(0.8), device)) == approx(0.01, rel=1e-6)
    assert float(drain_current(np.asarray(0.8), np.asarray(0.0), device)) == 0


def test_below_threshold_the_current_falls_a_decade_a_swing():
    device = circuit().device
    currents = drain_current(np.array([0.0, 0.07]), np.asarray(0.8), device)
    assert float(np.log10(currents[1] / currents[0])) == approx(1, rel=0.01)


@given(st.floats(-0.5, 1.2), st.floats(0, 0.79), st.floats(1e-4, 0.3), st.floats(0, 0.12))
def test_more_gate_or_drain_never_means_less_current(gate, drain, more, transition):
    law = LAW.model_copy(update={"transition": LAW.transition.at(transition)})
    device = law.device(np.asarray(950.0), np.asarray(0.1), np.asarray(0.8))
    here = float(drain_current(np.asarray(gate), np.asarray(drain), device))
    assert float(drain_current(np.asarray(gate + more), np.asarray(drain), device)) >= here
    assert float(drain_current(np.asarray(gate), np.asarray(drain + more), device)) >= here


def test_a_wider_transition_leaves_the_anchors_and_takes_current_between_them():
    currents = []
    for transition in (0.0, 0.045, 0.09):
        law = LAW.model_copy(update={"transition": LAW.transition.at(transition)})
        device = law.device(np.asarray(950.0), np.asarray(0.1), np.asarray(0.8))
        for gate, wanted in ((0.8, 950), (0.0, 0.1)):
            assert float(drain_current(np.asarray(gate), np.asarray(0.8), device)) == approx(wanted, rel=1e-9)
        currents.append(float(drain_current(np.asarray(0.4), np.asarray(0.4), device)))
    assert currents == sorted(currents, reverse=True)


def test_without_a_transition_the_charge_is_the_softplus_of_ekv():
    law = LAW.model_copy(update={"transition": LAW.transition.at(0.0)})
    device = law.device(np.asarray(950.0), np.asarray(0.1), np.asarray(0.8))
    for gate in (0.1, 0.35, 0.6):
        over = gate - float(device.threshold) + 0.8 * float(device.dibl)
        ratio = 0.8 / float(device.saturation)
        shape = ratio / (1 + ratio ** float(device.sharpness)) ** (1 / float(device.sharpness))
        expected = float(device.scale) * math.log1p(math.exp(over / float(device.slope))) * shape
        assert float(drain_current(np.asarray(gate), np.asarray(0.8), device)) == approx(expected, rel=1e-9)


def test_a_bsim4_card_gives_the_same_neuron_within_a_quarter():
    """ngspice 39 with the public PTM 22 nm high-performance card (BSIM4), W 0.56 um, L 22 nm, 0.8 V: on-currents n 1365
    and p 971 uA/um, off-current 0.120, swing 93 mV, barrier lowering 0.261 V/V; I(0.4 V, 0.4 V) 74.4 uA/um, mean power
    26.7 uW, slope 6.50 per volt (benchmarks/neuron_card.py). Only the first five go into the law."""
    law = LAW.model_copy(update={"swing": LAW.swing.at(0.093), "dibl": LAW.dibl.at(0.261)})
    device = law.device(np.asarray(1365.0), np.asarray(0.120), np.asarray(0.8))
    c = Inverter(device, *(np.asarray(v) for v in (0.56e-6, 971 / 1365, 0.8, LOW, HIGH, 0.4)))
    middle = float(drain_current(np.asarray(0.4), np.asarray(0.4), device))
    assert middle == approx(74.4, rel=0.25)
    neuron = technology().components["neuron"]
    drawn = np.ravel(neuron.inputs(neuron.circuit(context())))
    assert float(supply_power(drawn, c).mean()) == approx(26.7e-6, rel=0.25)
    assert float(slope(c)) == approx(6.50, rel=0.1)
    ekv = law.model_copy(update={"transition": law.transition.at(0.0)})
    vs = law.model_copy(update={"transition": law.transition.at(0.09)})
    ends = [
        float(
            drain_current(np.asarray(0.4), np.asarray(0.4), each.device(np.asarray(1365.0), np.asarray(0.120), c.vdd))
        )
        for each in (vs, ekv)
    ]
    assert ends[0] < 74.4 < ends[1]


# low-power fins as NeuroSim tabulates them: node [nm], supply [V], on- and off-current [uA/um]
FINS = [
    (14, 0.8, 595.045, 0.0001), (10, 0.75, 599.237, 0.000127), (7, 0.7, 562.048, 0.000147),
    (5, 0.7, 578.494, 0.000138), (3, 0.7, 641.463, 0.000158),
]  # fmt: skip


@pytest.mark.parametrize(("node", "vdd", "on", "off"), FINS)
def test_the_library_has_the_tabulated_fins_with_their_threshold_lowered(node, vdd, on, off):
    fin, supply = LAW.device(np.asarray(on), np.asarray(off), np.asarray(vdd)), np.asarray(vdd)
    here, leak, _ = LAW.at(np.asarray(node * 1e-9))
    low, high = -0.2, float(fin.threshold)
    for _ in range(60):
        middle = (low + high) / 2
        leaks = drain_current(np.asarray(0.0), supply, replace(fin, threshold=np.asarray(middle)))
        low, high = (middle, high) if leaks > leak else (low, middle)
    raised = drain_current(supply, supply, replace(fin, threshold=np.asarray(low)))
    assert float(here) == approx(float(raised), rel=0.01)
    row = next(row for row in LAW.table if round(row.node.value * 1e9) == node)
    assert row.on_current.range[0] == approx(on, rel=1e-3)


def test_driver_and_neuron_are_of_one_library():
    """What the library says at 14 nm moves both; a current of the neuron's own moves the neuron alone."""
    place = "laws.transistors.table.6"
    given = laid_out(inputs("16-8-4"), {f"{place}.on_current": [950.0, 600.0], f"{place}.off_current": [0.1, 0.01]})
    (found,) = evaluate(given, ["imac"])
    lines = {part.line.role: part.line for part in found.totals.lines}
    driver, neuron = (lines[role].units[0].cost for role in ("row_driver", "neuron"))
    width, leak, power = (
        np.broadcast_to(v, (2, 2, 2, 1))[0, ..., 0] for v in (driver.area, driver.leakage, neuron.power)
    )
    assert width[1, 0] == approx(width[0, 0] * 950 / 600)
    assert leak[0, 1] == approx(leak[0, 0] / 10)
    assert len(set(power.ravel().tolist())) == 4
    both = [
        load_technology("sot_mram", {"components.neuron.on_current": on}).model for on in ("950 uA/um", "700 uA/um")
    ]
    costs = [tech.components["neuron"].cost(context()) for tech in both]
    assert float(costs[0].power) == approx(float(neuron_with().power), rel=1e-12)
    assert float(costs[1].power) < float(costs[0].power)


@given(st.floats(-0.5, 1.2), st.floats(-0.8, 0.8))
def test_source_and_drain_change_places(gate, drain):
    device = circuit().device
    forward = drain_current(np.asarray(gate), np.asarray(drain), device)
    swapped = drain_current(np.asarray(gate - drain), np.asarray(-drain), device)
    assert float(forward) == approx(-float(swapped), rel=1e-9, abs=1e-30)


@given(st.floats(-0.8, 0.79), st.floats(1e-4, 0.3))
def test_the_output_falls_with_the_input_and_currents_sum_to_nothing(v, more):
    c = circuit()
    both = np.array([v, min(v + more, 0.8)])
    out = output(both, c)
    assert out[1] <= out[0] + 1e-9
    up, down, away = c.pulled(both + 0.4, out)
    assert np.max(np.abs(up - down - away)) < 1e-9 * np.max(np.abs(up) + np.abs(down))


@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed: apt-get install ngspice")
def test_ngspice_settles_to_four_bits_about_as_fast_as_the_latency_says():
    """The same circuit with the gates' capacitance and the load, stepped; steps that end in the middle are slowest."""
    neuron = technology().components["neuron"]
    c, said = neuron.circuit(context()), float(neuron.cost(context()).latency)
    gates, load = 2 * float(neuron.fins_width) * neuron.gate_capacitance.value, neuron.load.value
    width, start = float(c.width), 10e-12
    steps = [(-0.8, 0.8), (-0.3, 0.3), (0.3, 0.0), (-0.48, 0.0)]
    ends = output(np.array(steps), c)
    lines = ["steps of the neuron"]
    for k, (first, last) in enumerate(steps):
        n = spice_current(f"g{k}", f"o{k}", "0", c.device, "1")
        p = spice_current(f"g{k}", f"o{k}", f"d{k}", c.device, "-1")
        lines += [
            f"Vd{k} d{k} 0 0.8",
            f"Va{k} a{k} 0 PWL(0 {first + 0.4} {start} {first + 0.4} {start * 1.01} {last + 0.4})",
            f"Bn{k} o{k} 0 I={width!r}*({n})",
            f"Bp{k} d{k} o{k} I={width * float(c.p_ratio)!r}*({p})",
            f"Rl{k} a{k} g{k} {LOW!r}",
            f"Rh{k} o{k} g{k} {HIGH!r}",
            f"Cg{k} g{k} 0 {gates!r}",
            f"Cl{k} o{k} 0 {load!r}",
            f".nodeset v(o{k})={float(ends[k, 0])!r}",
        ]
    traced = " ".join(f"v(o{k})" for k in range(len(steps)))
    lines += [".options reltol=1e-5", ".control", "op", "print v(o0)", "tran 0.05p 150p", "set wr_vecnames"]
    lines += [f"wrdata transient.txt {traced}", "quit", ".endc", ".end"]
    found = run_ngspice("\n".join(lines) + "\n")
    assert found.traces[-1] == approx(ends[:, 1], abs=1e-3)
    outside = np.abs(found.traces - ends[:, 1]) > 0.8 / 2 ** (neuron.bits.value + 1)
    settled = [found.time[np.nonzero(row)[0][-1]] - start for row in outside.T]
    assert 0.7 * said < max(settled) < 1.1 * said


def spice_current(g, d, s, device, sign):
    """The drain current of the same law as an expression of node voltages, conducting from d to s."""
    vgs, vds = f"({sign}*(V({g})-V({s})))", f"({sign}*(V({d})-V({s})))"
    swapped = f"({sign}*(V({g})-V({d})))"
    k, vt, nphi, w, dibl, vs, b = (
        repr(float(getattr(device, name)))
        for name in ("scale", "threshold", "slope", "transition", "dibl", "saturation", "sharpness")
    )
    gate = f"({vds}>=0 ? {vgs} : {swapped})"
    size = f"abs({vds})"
    over = f"({gate}-{vt}+{dibl}*{size})"
    charge = f"ln(1+exp(({over}+{w}/(1+exp({over}/{w}+0.5)))/{nphi}))"
    ratio = f"({size}/{vs})"
    return f"({vds}>=0 ? 1 : -1)*{k}*{charge}*{ratio}/pow(1+pow({ratio},{b}),1/{b})"


@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed: apt-get install ngspice")
@pytest.mark.parametrize("half", [None, 0.5])
def test_ngspice_finds_the_same_transfer_curve_and_power(half):
    c = circuit(half=half)
    high = repr(HIGH) if half is None else ""
    points = np.linspace(-0.8, 0.8, 17)
    lines = ["transfer curve of the neuron"]
    for k, v in enumerate(points.tolist()):
        n = spice_current(f"g{k}", f"o{k}", "0", c.device, "1")
        p = spice_current(f"g{k}", f"o{k}", f"d{k}", c.device, "-1")
        lines += [
            f"Vd{k} d{k} 0 0.8", f"Va{k} a{k} 0 {v + 0.4!r}",
            f"Bn{k} o{k} 0 I={float(c.width)!r}*({n})", f"Bp{k} d{k} o{k} I={float(c.width * c.p_ratio)!r}*({p})",
            f"Rl{k} a{k} g{k} {LOW!r}",
        ]  # fmt: skip
        across = f"V(o{k},g{k})"
        falling = f"Bh{k} o{k} g{k} I={across}/({LOW!r}*(1+{HIGH / LOW - 1!r}/(1+({across}/{half})*({across}/{half}))))"
        lines.append(f"Rh{k} o{k} g{k} {high}" if high else falling)
    printed = " ".join(f"v(o{k}) i(Vd{k}) i(Va{k})" for k in range(len(points)))
    guesses = " ".join(f"v(o{k})={0.8 if v < 0 else 0}" for k, v in enumerate(points))
    lines += [
        f".nodeset {guesses}", ".options reltol=1e-9 abstol=1e-15 vntol=1e-12 gmin=1e-18", ".control", "op",
        f"print {printed}", "quit", ".endc", ".end",
    ]  # fmt: skip
    values = run_ngspice("\n".join(lines) + "\n").values
    out = np.array([values[f"v(o{k})"] for k in range(len(points))])
    power = np.array(
        [-0.8 * values[f"i(vd{k})"] - (v + 0.4) * values[f"i(va{k})"] for k, v in enumerate(points)]
    )  # fmt: skip
    assert output(points, c) == approx(out, abs=1e-5)
    assert supply_power(points, c) == approx(power, rel=1e-4)


@given(st.floats(-0.4, 1.2), st.floats(-0.4, 1.2), st.floats(0.05, 5), st.floats(0.3, 6))
def test_the_divider_under_bias_carries_one_current(node, out, half, tmr):
    c = circuit(high=LOW * (1 + tmr), half=half)
    gate = float(c.gate(np.asarray(node), np.asarray(out)))
    assert min(node, out) - 1e-12 <= gate <= max(node, out) + 1e-12
    falling = LOW * (1 + tmr / (1 + ((out - gate) / half) ** 2))
    assert (gate - node) / LOW == approx((out - gate) / falling, rel=1e-6, abs=1e-13)


def test_a_magnetoresistance_that_never_falls_is_that_at_zero_bias():
    points = np.linspace(-0.8, 0.8, 9)
    assert output(points, circuit(half=1e4)) == approx(output(points, circuit()), abs=1e-6)
    assert float(slope(circuit(half=0.3))) == approx(float(slope(circuit())), rel=0.02)
    shallow = neuron_with(v_half="0.5 V")
    assert float(shallow.power) > float(neuron_with().power)


def test_with_an_ideal_inverter_the_slope_is_the_ratio_of_the_junctions():
    """Gain to infinity: s = 4 (R_H/R_L)/VDD, 15 per volt for a ratio of 3 at 0.8 V; hugely wide fins load nothing."""
    steep = circuit(low=LOW * 1e4, high=HIGH * 1e4)
    out = output(np.array([-1e-4, 1e-4]), steep)
    gain = open_loop_gain(steep)
    expected = 4 * 3 / 0.8 * gain / (gain + 1 + 3)
    assert -4 / 0.8 * (out[1] - out[0]) / 2e-4 == approx(expected, rel=0.01)
    assert float(slope(steep)) == approx(expected, rel=0.01)
    assert 10 < expected < 15


def open_loop_gain(c):
    """Gain of the inverter alone where its output equals its input."""
    grid = np.linspace(0.2, 0.6, 4001)

    def up(gate, out):
        pulled = c.p_ratio * drain_current(c.vdd - gate, c.vdd - out, c.device)
        return pulled - drain_current(gate, out, c.device)

    middle = grid[np.argmin(np.abs(up(grid, grid)))]
    h = 1e-5
    by_gate = (up(middle + h, middle) - up(middle - h, middle)) / (2 * h)
    by_out = (up(middle, middle + h) - up(middle, middle - h)) / (2 * h)
    return float(by_gate / by_out)


def test_the_divider_carries_what_the_hand_calculation_says():
    """At +0.8 V the output lies near 0 and the branch carries 1.2 V over 34 kilohms, 35 uA."""
    c = circuit()
    out = output(np.asarray(0.8), c)
    _, _, away = c.pulled(np.asarray(1.2), out)
    assert -float(away) == approx(35e-6, rel=0.03)


def test_the_shipped_neuron_lies_where_an_independent_estimate_does():
    """25 to 110 uW, 0.12 to 0.2 um2, 5 to 100 ps; nothing is tuned to it."""
    cost = technology().components["neuron"].cost(context())
    assert 25e-6 < float(cost.power) < 110e-6
    assert 0.12e-12 < float(cost.area) < 0.2e-12
    assert 5e-12 < float(cost.latency) < 100e-12


def test_area_and_drive_are_fins_times_pitches():
    neuron = technology().components["neuron"]
    cost = neuron.cost(context())
    assert float(cost.area) == approx(20 * 42e-9 * 70e-9 * 2 + 2 * 0.02236e-12)
    assert float(neuron.drive(context())) == approx(950 * 10 * 56e-9)


def test_a_lower_supply_means_less_drive_and_less_power():
    neuron = technology().components["neuron"]
    low, high = (context(vdd=v) for v in (0.7, 0.8))
    assert float(neuron.drive(low)) < float(neuron.drive(high))
    assert float(neuron.cost(low).power) < float(neuron.cost(high).power)
    assert float(neuron.circuit(low).device.threshold) == float(neuron.circuit(high).device.threshold)


def test_delay_is_the_gate_through_the_divider_and_the_load_through_the_fins():
    cost = technology().components["neuron"].cost(context())
    both = LOW * HIGH / (LOW + HIGH)
    gate = both * 2 * 560e-9 * 1e-9 * math.log(2) * 5
    assert float(cost.latency) == approx(gate + 5e-15 * 0.8 / (2 * 950 * 560e-9), rel=1e-4)


def neuron_with(**fields):
    found = load_technology("sot_mram", {f"components.neuron.{key}": value for key, value in fields.items()})
    assert found.model.components["neuron"].kind == "sot_neuron"
    return found.model.components["neuron"].cost(context())


def test_more_fins_cost_more_and_higher_resistance_saves_power():
    few, many = neuron_with(fins="5"), neuron_with(fins="20")
    assert many.power > few.power
    assert many.area > few.area
    low, high = neuron_with(ra="10 ohm*um^2"), neuron_with(ra="100 ohm*um^2")
    assert high.power < low.power
    assert high.latency > low.latency
    leaky = neuron_with(off_current="0.1 uA/um")
    assert leaky.power > neuron_with(off_current="0.001 uA/um").power


def test_p_fins_of_their_own_move_the_threshold_up_and_take_area():
    same, more = neuron_with(p_fins="10"), neuron_with(p_fins="14")
    plain = neuron_with()
    for name in ("area", "power", "latency"):
        assert float(getattr(same, name)) == approx(float(getattr(plain, name)), rel=1e-12)
    assert float(more.area - plain.area) == approx(4 * 42e-9 * 70e-9 * 2)
    assert more.latency > plain.latency
    found = load_technology("sot_mram", {"components.neuron.p_fins": "14"}).model.components["neuron"]
    here = output(np.zeros(()), found.circuit(context()))
    assert here > output(np.zeros(()), technology().components["neuron"].circuit(context()))


def test_arrays_equal_single_calls():
    c = circuit()
    points = np.linspace(-0.8, 0.8, 100_000)
    many = output(points, c)
    for k in (0, 31_415, 99_999):
        assert many[k] == approx(float(output(np.asarray(points[k]), c)), abs=1e-12)
    ons = np.linspace(400, 1200, 1000)
    devices = LAW.device(ons, np.asarray(0.01), np.asarray(0.8))
    for k in (0, 500, 999):
        one = LAW.device(np.asarray(ons[k]), np.asarray(0.01), np.asarray(0.8))
        assert float(devices.threshold[k]) == approx(float(one.threshold), rel=1e-12)


def test_away_from_its_node_the_neuron_says_so():
    checks = technology().components["neuron"].cost(context(node=28e-9, vdd=0.9)).checks
    assert [c.code for c in checks if c.outside] == ["law_node"]
    assert not any(c.outside for c in technology().components["neuron"].cost(context()).checks)


def test_loading_the_network_writes_the_neurons_too():
    from imac_arch.studies.programming import programming
    from tests.helpers import inputs

    rows = {r.architecture: r for r in programming(inputs(), ["imac", "mixed_signal"])}
    assert rows["imac"].neuron_cells == 2 * 138
    assert rows["mixed_signal"].neuron_cells == 0


def test_a_transistor_that_does_not_switch_is_refused():
    with pytest.raises(FileErrors, match="at least 100 times off_current"):
        neuron_with(on_current="950 uA/um", off_current="100 uA/um")


def plain_current(device, gate, v_ds):
    """The drain current per width of a device of plain numbers, as its formula is printed."""
    k, vt, s, w, dibl, vs, b = (float(getattr(device, name)) for name in vars(device))
    if v_ds < 0:
        return -plain_current(device, gate - v_ds, -v_ds)
    over = gate - vt + dibl * v_ds
    weak = 1 / (1 + math.exp(over / w + 0.5)) if w else float(over < 0)
    filled = (over + w * weak) / s
    charge = math.log1p(math.exp(filled)) if filled < 30 else filled
    return k * charge * (v_ds / vs) / (1 + (v_ds / vs) ** b) ** (1 / b)


def by_hand(c, v):
    """The output of a circuit of plain numbers: bracketed in the voltage of the output, and in that of the gate."""
    return at_rest(c, v)[0]


def at_rest(c, v):
    """Output voltage of a circuit of plain numbers, current of its p transistor, and current into the divider."""
    node = v + float(c.offset)
    low, high, vdd = float(c.low), float(c.high), float(c.vdd)

    def drain(gate, v_ds):
        return plain_current(c.device, gate, v_ds)

    def divided(gate, out):
        fallen = 1 + ((out - gate) / float(c.half)) ** 2 if c.half is not None else 1.0
        return (gate - node) / low - (out - gate) / (low + (high - low) / fallen)

    def gate_at(out):
        ends = sorted((node, out))
        return brentq(divided, *ends, (out,), xtol=1e-15, rtol=1e-15) if ends[0] < ends[1] else out

    def pulled_up(out):
        return float(c.width * c.p_ratio) * drain(vdd - gate_at(out), vdd - out)

    def into(out):
        gate = gate_at(out)
        return pulled_up(out) - float(c.width) * drain(gate, out) - (gate - node) / low

    out = brentq(into, min(node, 0) - 1e-9, max(node, vdd) + 1e-9, xtol=1e-15, rtol=1e-15)
    return out, pulled_up(out), (gate_at(out) - node) / low


@pytest.mark.parametrize("transition", [0.0, 0.045])
def test_the_drain_current_is_its_formula_at_every_voltage(transition):
    law = LAW.model_copy(update={"transition": LAW.transition.at(transition)})
    device = law.device(np.asarray(950.0), np.asarray(0.1), np.asarray(0.8))
    for gate in (-0.4, 0.0, 0.2, 0.35, 0.8, 1.2):
        for drain in (-0.7, -0.05, 0.0, 0.02, 0.4, 0.9):
            found = float(drain_current(np.asarray(gate), np.asarray(drain), device))
            assert found == approx(plain_current(device, gate, drain), rel=1e-9), (gate, drain)


@pytest.mark.parametrize("transition", [0.0, 0.045])
def test_derivatives_of_the_current_are_what_it_does_in_a_small_step(transition):
    law = LAW.model_copy(update={"transition": LAW.transition.at(transition)})
    device = law.device(np.asarray(950.0), np.asarray(0.1), np.asarray(0.8))
    curve = Curve(device, np.asarray(3.0))
    over = np.array([-9.0, -2.3, -0.6, 0.4, 1.7, 8.0])[:, None]  # none where a step of the charge lies, without w
    drains = np.array([-4.0, -0.7, 0.3, 1.0, 5.0])
    current, by_gate, by_drain = curve.slopes(over, drains)
    assert current == approx(curve.current(over, drains), rel=1e-12)
    volts = (over + float(curve.threshold)) * float(device.slope), drains * float(device.saturation)
    plain = 3 * np.vectorize(lambda g, d: plain_current(device, g, d))(*volts)
    assert current == approx(plain, rel=1e-9)
    h = 1e-6
    for found, rise in (
        (by_gate, curve.current(over + h, drains) - curve.current(over - h, drains)),
        (by_drain, curve.current(over, drains + h) - curve.current(over, drains - h)),
    ):
        assert found == approx(rise / (2 * h), rel=1e-4)


def test_devices_of_little_and_of_much_range_meet_both_anchors():
    for on, off, vdd in ((500.0, 4.9, 0.8), (2000.0, 1e-6, 1.2), (300.0, 0.3, 0.5)):
        device = LAW.device(*(np.asarray(v) for v in (on, off, vdd)))
        assert plain_current(device, vdd, vdd) == approx(on, rel=1e-9)
        assert plain_current(device, 0.0, vdd) == approx(off, rel=1e-9)
        assert 0 < float(device.threshold) < vdd + float(device.dibl) * vdd
    for name in ("saturation", "dibl", "transition", "sharpness"):
        assert float(getattr(device, name)) == float(getattr(LAW, name).value)
    assert float(device.slope) == approx(LAW.swing.value / math.log(10))


def test_a_device_that_cannot_switch_so_far_keeps_its_threshold_between_the_rails():
    """15 decades in half a volt are more than a swing of 70 mV gives; next to none need no threshold."""
    far, near = (LAW.device(*(np.asarray(v) for v in (1e3, off, 0.5))) for off in (1e-12, 999.0))
    lowered = 0.5 * LAW.dibl.value
    assert float(far.threshold) == approx(0.5 + lowered)
    assert float(near.threshold) == approx(lowered)


@pytest.mark.parametrize("half", [None, 0.3])
@pytest.mark.parametrize("v", [-0.7, -0.1, 0.0, 0.05, 0.6])
def test_power_is_what_supply_and_input_deliver(half, v):
    c = circuit(half=half)
    out, up, away = at_rest(c, v)
    assert float(supply_power(np.asarray(v), c)) == approx(0.8 * up - (v + 0.4) * away, rel=1e-6)
    down = 0.56e-6 * plain_current(c.device, v + 0.4 + away * LOW, out)
    pulled = c.pulled(np.asarray(v + 0.4), np.asarray(out))
    assert [float(each) for each in pulled] == approx([up, down, away], rel=1e-6)


@pytest.mark.parametrize("half", [None, 0.3])
def test_the_current_into_the_output_falls_as_its_derivative_says(half):
    balance = _Balance(np.full(7, 0.45), circuit(half=half))
    x, h = np.linspace(-0.3, 0.3, 7), 1e-6
    rise = (balance.divided(x + h)[0] - balance.divided(x - h)[0]) / (2 * h)
    assert np.broadcast_to(balance.divided(x)[1], 7) == approx(rise, rel=1e-6)
    fall = -(balance.slopes(x + h)[0] - balance.slopes(x - h)[0]) / (2 * h)
    assert balance.slopes(x)[1] == approx(fall, rel=1e-5)


def test_the_divider_under_bias_is_met_to_rounding():
    """x + x (1 + u^2)/(1 + TMR + u^2) = out - node with u = x/half, whatever the sign."""
    c = circuit(half=0.25, high=4 * LOW)
    for out in (-0.5, 0.1, 1.3):
        x = out - float(c.gate(np.asarray(0.3), np.asarray(out)))
        square = (x / 0.25) ** 2
        assert x + x * (1 + square) / (4 + square) == approx(out - 0.3, rel=1e-12)


def test_several_designs_have_a_power_each():
    neuron = technology().components["neuron"]
    cost = neuron.cost(context(vdd=[0.7, 0.8]))
    assert cost.law == "inverter with divider"
    assert cost.power.shape == (2,)
    assert cost.power == approx([float(neuron.cost(context(vdd=vdd)).power) for vdd in (0.7, 0.8)], rel=1e-12)


@pytest.mark.parametrize("half", [None, 0.3])
def test_the_slope_is_that_of_the_plain_search_in_the_middle(half):
    c = circuit(half=half)
    rise = (by_hand(c, 8e-4) - by_hand(c, -8e-4)) / 1.6e-3
    assert float(slope(c)) == approx(-4 * rise / 0.8, rel=1e-6)


def test_power_is_the_mean_over_seven_equally_likely_inputs():
    """Normal scores of 1/14, 3/14, ... 13/14, by a table: 1.4652, 0.7916 and 0.3661."""
    neuron = technology().components["neuron"]
    c = neuron.circuit(context())
    scores = np.array([-1.465234, -0.791639, -0.366106, 0.0, 0.366106, 0.791639, 1.465234])
    inputs_ = scores * neuron.input_spread.value
    assert np.ravel(neuron.inputs(c)) == approx(inputs_, rel=1e-5, abs=1e-9)
    power = []
    for v in inputs_:
        _, up, away = at_rest(c, float(v))
        power.append(0.8 * up - (v + 0.4) * away)
    assert float(neuron.cost(context()).power) == approx(float(np.mean(power)), rel=1e-4)


def test_inputs_stay_within_the_rails_of_the_amplifier():
    found = load_technology("sot_mram", {"components.neuron.input_spread": "5 V"}).model.components["neuron"]
    assert np.ravel(found.inputs(found.circuit(context()))).tolist() == [-0.8, -0.8, -0.8, 0.0, 0.8, 0.8, 0.8]


def test_the_circuit_takes_its_numbers_from_the_file():
    """R_P = RA over pi/4 a b; fins of 2 h + w; the p transistor is as strong as the law says, times its fins."""
    neuron = load_technology(
        "sot_mram", {"components.neuron.p_fins": "15", "components.neuron.v_half": "0.4 V"}
    ).model.components["neuron"]
    c = neuron.circuit(context(vdd=0.7))
    ellipse = math.pi / 4 * neuron.length.value * neuron.width.value
    assert float(c.low) == approx(neuron.ra.value / ellipse)
    assert float(c.high) == approx(neuron.ra.value / ellipse * (1 + neuron.tmr.value))
    assert float(c.width) == approx(10 * 56e-9)
    assert float(c.p_ratio) == approx(LAW.p_ratio.value * 1.5)
    assert (float(c.vdd), float(c.half)) == (0.7, 0.4)
    assert float(c.offset) == approx(neuron.offset.value * 0.7)
    assert plain_current(c.device, 0.8, 0.8) == approx(950, rel=1e-9)
    assert plain_current(c.device, 0.0, 0.8) == approx(0.1, rel=1e-6)
    assert float(neuron.drive(context(vdd=0.7))) == approx(560e-9 * plain_current(c.device, 0.7, 0.7), rel=1e-9)
    assert neuron.slope(context(vdd=0.7)) == slope(c)
    assert neuron.omits == {}
    assert technology().components["neuron"].omits == {
        "v_half": ("fall of the TMR with bias", "magnetoresistance taken at zero bias")
    }


def test_the_check_of_the_node_says_what_it_is_of():
    check, *_ = technology().components["neuron"].cost(context(node=28e-9, vdd=0.9)).checks
    assert (check.quantity, check.unit, check.code, check.source) == ("node", "m", "law_node", "neuron")
    assert (float(check.value), float(check.low), float(check.high)) == (28e-9, 14e-9, 14e-9)
    assert not check.fatal


def test_currents_by_node_are_checked_against_the_table():
    on, off, check = LAW.at(np.asarray(200e-9))
    assert (check.quantity, check.source, check.unit) == ("node", "transistors", "m")
    assert check.outside
    last = max(LAW.table, key=lambda row: row.node.value)
    assert (float(on), float(off)) == (approx(last.on_current.value), approx(last.off_current.value))


@given(
    st.fixed_dictionaries(
        {
            "vdd": st.floats(0.5, 1.2), "on": st.floats(100, 3000), "decades": st.floats(2, 8),
            "swing": st.floats(0.06, 0.12), "transition": st.sampled_from([0.0, 0.01, 0.045, 0.09, 0.12]),
            "dibl": st.floats(0, 0.3), "saturation": st.floats(0.05, 0.4), "sharpness": st.floats(1.2, 3),
            "width": st.floats(-7.3, -5.5), "p_ratio": st.floats(0.2, 5), "low": st.floats(3, 6),
            "tmr": st.floats(0.2, 6), "half": st.none() | st.floats(0.1, 5), "v": st.floats(-1, 1),
        }
    )
)  # fmt: skip
def test_the_output_is_the_root_that_a_plain_search_finds(drawn):
    names = ("swing", "transition", "dibl", "saturation", "sharpness")
    law = LAW.model_copy(update={name: getattr(LAW, name).at(drawn[name]) for name in names})
    vdd, low = drawn["vdd"], 10 ** drawn["low"]
    device = law.device(*(np.asarray(v) for v in (drawn["on"], drawn["on"] / 10 ** drawn["decades"], vdd)))
    fields = (10 ** drawn["width"], drawn["p_ratio"], vdd, low, low * (1 + drawn["tmr"]), vdd / 2)
    half = None if drawn["half"] is None else np.asarray(drawn["half"])
    c = Inverter(device, *(np.asarray(v) for v in fields), half)
    v = drawn["v"] * vdd
    assert float(output(np.asarray(v), c)) == approx(by_hand(c, v), abs=1e-11)


@pytest.mark.parametrize("biased", [False, True])
def test_twenty_thousand_circuits_at_random_settle_within_a_nanovolt(biased):
    """What flows into the output falls by at least 1/(R_P + R_AP) a volt, more so where the resistance falls with bias:
    the current that is left times that resistance bounds the error."""
    rng = np.random.default_rng(11)
    ends = {
        "vdd": (0.5, 1.2), "on": (100, 3000), "decades": (2, 8), "swing": (0.06, 0.12), "transition": (0.0, 0.12),
        "dibl": (0, 0.3), "saturation": (0.05, 0.4), "sharpness": (1.2, 3), "width": (-7.3, -5.5), "p_ratio": (0.2, 5),
        "low": (3, 6), "tmr": (0.2, 6), "half": (0.3, 5), "v": (-1, 1),
    }  # fmt: skip
    drawn = {name: rng.uniform(*limits, 20_000) for name, limits in ends.items()}
    names = ("swing", "transition", "dibl", "saturation", "sharpness")
    law = LAW.model_copy(update={name: getattr(LAW, name).at(drawn[name]) for name in names})
    vdd, low = drawn["vdd"], 10 ** drawn["low"]
    device = law.device(drawn["on"], drawn["on"] / 10 ** drawn["decades"], vdd)
    high, half = low * (1 + drawn["tmr"]), drawn["half"] if biased else None
    c = Inverter(device, 10 ** drawn["width"], drawn["p_ratio"], vdd, low, high, vdd / 2, half)
    v = drawn["v"] * vdd
    out = output(v, c)
    up, down, away = c.pulled(v + vdd / 2, out)
    error = np.abs(up - down - away) * (low + high)
    assert np.max(error) < 1e-9
    quick = settle(v, c)
    assert np.mean(quick.off > 1e-9) < 1 / 500  # what an evaluation refuses, for it says so itself
    assert np.all(np.abs(quick.out - out) <= quick.off + 2e-9)
    assert np.any(np.abs(quick.out - out) > 1e-9)
    up, down, away = c.pulled(v + vdd / 2, quick.out)
    loose = quick.off > 1e-6
    assert quick.off[loose] == approx((np.abs(up - down - away) * (low + high))[loose], rel=1e-3)


@pytest.mark.parametrize("sharpness", [1.8, 2.0, 1.0])
def test_a_design_is_the_same_alone_and_among_others_bit_for_bit(sharpness):
    """Whatever the shape of the rest; numpy takes ways of its own for a power that is one number."""
    rng = np.random.default_rng(3)
    sizes = {"on": (300, 2000), "swing": (0.06, 0.1), "sharpness": (1.2, 3), "vdd": (0.6, 1), "low": (3e3, 3e4)}
    grid = {name: rng.uniform(*ends, (3, 41)) for name, ends in sizes.items()}
    grid["sharpness"][1, 17] = sharpness

    def power(values):
        names = ("swing", "sharpness")
        law = LAW.model_copy(update={name: getattr(LAW, name).at(values[name]) for name in names})
        vdd = values["vdd"]
        c = Inverter(
            law.device(values["on"], np.asarray(0.01), vdd), np.asarray(0.56e-6), np.asarray(0.9), vdd, values["low"],
            3 * values["low"], vdd / 2, np.asarray(0.5),
        )  # fmt: skip
        front = np.array([-0.3, 0.0, 0.2]).reshape(-1, *(1,) * np.ndim(vdd))
        return supply_power(front, c)

    together = power(grid)
    assert together.shape == (3, 3, 41)
    for at in ((1, 17), (0, 0), (2, 40)):
        assert np.array_equal(power({name: np.asarray(v[at]) for name, v in grid.items()}), together[(..., *at)])
    columns = {name: v[:, 5:18] for name, v in grid.items()}
    assert np.array_equal(power(columns), together[..., 5:18])


@pytest.mark.parametrize("samples", [0, 20])
@pytest.mark.parametrize("v_half", [None, "0.5 V"])
def test_the_cost_decides_on_no_value_and_makes_no_array_plain(samples, v_half):
    overrides = {"components.neuron.v_half": v_half} if v_half else None
    known = inputs(samples=samples, overrides=overrides)

    def priced(change):
        def ducked(key, quantity):
            return quantity.at(change(quantity.x))

        laws = Laws({name: with_quantities(law, ducked) for name, law in known.laws.by_name.items()})
        tech = with_quantities(known.technology, ducked)
        here = Context(tech.node, tech.vdd, laws)
        neuron = tech.components["neuron"]
        return neuron.cost(here), neuron.drive(here), slope(neuron.circuit(here))

    (expected, drive, steep), (cost, *others) = priced(lambda x: x), priced(Duck)
    for name in ("area", "latency", "power"):
        found = getattr(cost, name)
        assert isinstance(found, Duck)
        assert np.array_equal(found.values, getattr(expected, name))
    for plain, found in zip((drive, steep), others, strict=True):
        assert np.array_equal(found.values, plain)


@pytest.mark.parametrize("name", ["sot_mram", "sot_mram_imec", "sot_mram_pillars"])
def test_neurons_of_shipped_technologies_settle_a_step_before_the_last(name):
    sampled = inputs("784-128-10", tech=name, samples=2000)
    neuron = sampled.technology.components["neuron"]
    circuit = neuron.circuit(sampled.case().context)
    at = settle(neuron.inputs(circuit), circuit, STEPS - 1)
    assert at.off.size >= 7 * 2000
    assert np.max(at.off) < 1e-11


def test_a_neuron_whose_output_was_not_found_has_no_cost(monkeypatch):
    monkeypatch.setattr(sot_neuron, "settle", partial(settle, steps=1))
    (found,) = evaluate(inputs("16-8-4"), ["imac"])
    assert not found.valid.any()
    (check,) = [check for _, check in found.refusals if np.any(check.outside)]
    assert check.text == "the output at which the currents balance was not found"
    (digital,) = evaluate(inputs("16-8-4"), ["digital"])
    assert digital.valid.all()
