"""The analog neuron: against ngspice on the same circuit, by hand, and in the direction of every change."""

import math
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.components.inverter import Inverter, output, slope, supply_power
from imac_arch.components.transistors import Transistors, drain_current
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.data.errors import FileErrors
from imac_arch.technology_files import load_technology
from tests.helpers import all_laws, approx, context, inputs, technology

LAW = all_laws().get(Transistors, "transistors")
LOW, HIGH = 8488.26363157, 25464.7908947  # neuron.sp of IMAC-Sim


def circuit(on=890.0, off=0.01, vdd=0.8, low=LOW, high=HIGH, width=0.56e-6, p_ratio=0.9, half=None):
    device = LAW.device(*(np.asarray(float(v)) for v in (on, off, vdd)))
    fields = (np.asarray(float(v)) for v in (width, p_ratio, vdd, low, high, vdd / 2))
    return Inverter(device, *fields, None if half is None else np.asarray(half))


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


def test_the_slope_lies_below_an_independent_estimate_as_its_gain_does():
    """11.7 to 12.5 per volt at open-loop gains of 14 to 20; this inverter, of a barrier lowering of 0.05, has 9.5."""
    c = technology().components["neuron"].circuit(context())
    gain = open_loop_gain(c)
    assert gain == approx(9.5, rel=0.02)
    assert float(slope(c)) == approx(9.78, rel=0.005)

    def closed(gain):
        return 4 * 3 / 0.8 * gain / (gain + 1 + 3)

    assert (closed(14.0), closed(20.0)) == (approx(11.7, abs=0.05), 12.5)
    assert float(slope(c)) == approx(closed(gain), rel=0.08)  # its midpoint is not where the inverter is steepest


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

    rows = {r.architecture: r for r in programming(inputs(), ["imac", "mixed_signal"])}
    assert rows["imac"].neuron_cells == 2 * 138
    assert rows["mixed_signal"].neuron_cells == 0


def test_a_transistor_that_does_not_switch_is_refused():
    with pytest.raises(FileErrors, match="at least 100 times off_current"):
        neuron_with(on_current="950 uA/um", off_current="100 uA/um")
