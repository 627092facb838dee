"""The circuit of the neuron against a plain search: its output, its power, its slope, and how it settles."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from imac_arch.components import sot_neuron
from imac_arch.components.base import Context, Laws
from imac_arch.components.inverter import STEPS, Inverter, _Balance, output, settle, slope, supply_power
from imac_arch.data.walk import with_quantities
from imac_arch.evaluate import evaluate
from imac_arch.technology_files import load_technology
from tests.components.test_sot_neuron import LAW, LOW, circuit
from tests.duck import Duck
from tests.helpers import approx, context, inputs, technology


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
    at, low, high = (balance.flow(x + step) for step in (0, -h, h))
    assert at.fall == approx((low.into - high.into) / (2 * h), rel=1e-5)
    assert at.up_fall == approx((low.up - high.up) / (2 * h), rel=1e-5, abs=1e-12)


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
def test_neurons_of_shipped_technologies_settle_in_three_steps(name):
    sampled = inputs("784-128-10", tech=name, samples=2000)
    neuron = sampled.technology.components["neuron"]
    circuit = neuron.circuit(sampled.case().context)
    at, same = (settle(neuron.inputs(circuit), circuit, steps) for steps in (3, STEPS))
    assert at.off.size >= 7 * 2000
    assert np.max(at.off) == 0
    assert all(np.array_equal(one, other) for one, other in zip(vars(at).values(), vars(same).values(), strict=True))
    up, down, away = circuit.pulled(neuron.inputs(circuit) + circuit.offset, at.out)
    assert np.max(np.abs(up - down - away)) < 1e-10 * np.max(up)
    assert (at.up, at.away) == (approx(up, rel=1e-9, abs=1e-16), approx(away, rel=1e-9, abs=1e-16))


def test_a_neuron_whose_output_was_not_found_has_no_cost(monkeypatch):
    monkeypatch.setattr(sot_neuron, "settle", partial(settle, steps=1))
    (found,) = evaluate(inputs("16-8-4"), ["imac"])
    assert not found.valid.any()
    (check,) = [check for _, check in found.refusals if np.any(check.outside)]
    assert check.text == "the output at which the currents balance was not found"
    (digital,) = evaluate(inputs("16-8-4"), ["digital"])
    assert digital.valid.all()
