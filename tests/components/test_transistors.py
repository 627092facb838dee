"""The transistors: a drain current that meets both of its anchors, its formula and its derivatives."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.components import transistors
from imac_arch.components.transistors import Curve, drain_current
from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out
from imac_arch.technology_files import load_technology
from tests.components.test_sot_circuit import plain_current
from tests.components.test_sot_neuron import LAW, circuit, neuron_with
from tests.helpers import approx, context, inputs


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
    middle, above = drains * float(device.saturation), (over + float(curve.threshold)) * float(device.slope)
    volts = above + middle / 2, middle
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


@pytest.mark.parametrize("row", LAW.table, ids=lambda row: f"{row.node.value * 1e9:g} nm")
def test_thresholds_of_the_shipped_nodes_are_found_in_two_steps(monkeypatch, row):
    on, off, supplies = row.on_current.x, row.off_current.x, np.array([0.7, 0.8, 0.9])
    found = LAW.device(on, off, supplies).threshold
    for steps, error in ((1, 3e-7), (2, 1e-14)):
        monkeypatch.setattr(transistors, "STEPS", steps)
        assert LAW.device(on, off, supplies).threshold == approx(found, rel=0, abs=error)


def test_a_device_that_cannot_switch_so_far_keeps_its_threshold_between_the_rails():
    """15 decades in half a volt are more than a swing of 70 mV gives; next to none need no threshold."""
    far, near = (LAW.device(*(np.asarray(v) for v in (1e3, off, 0.5))) for off in (1e-12, 999.0))
    lowered = 0.5 * LAW.dibl.value
    assert float(far.threshold) == approx(0.5 + lowered)
    assert float(near.threshold) == approx(lowered)


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
