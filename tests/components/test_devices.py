"""Junctions, wires, drivers, amplifiers: check values of the model, and the direction of every change."""

import math

import numpy as np

from imac_arch.components.amplifier import amplifier_power
from imac_arch.components.junction import tmr_at
from imac_arch.components.transistors import Transistors
from tests.helpers import all_laws, approx, context, technology


def test_magnetoresistance_falls_to_half_at_the_half_voltage():
    assert tmr_at(2.0, 0.0, 0.5) == 2.0
    assert tmr_at(2.0, 0.5, 0.5) == 1.0
    assert np.all(np.diff(tmr_at(2.0, np.linspace(0, 1, 20), 0.5)) < 0)


def test_amplifier_power_is_the_chain_of_the_model():
    gbw = 30 * math.log(2**7) / (2 * math.pi * 1e-9)
    gm = 2 * math.pi * gbw * 5e-15
    assert amplifier_power(30, 6, 1e-9, 5e-15, 15, 2, 0.8) == approx(2 * gm / 15 * 0.8, rel=1e-12)


def test_a_driver_loses_what_its_line_takes_and_costs_more_on_a_heavier_one():
    driver = technology().components["row_driver"]
    light, heavy = (driver.cost(context(), np.asarray(load), np.asarray(1e-3)) for load in (1e6, 1e3))
    assert heavy.area > light.area
    assert heavy.energy > light.energy
    assert heavy.leakage > light.leakage
    assert float(heavy.power) == approx(1e-3)


def test_a_driver_is_wide_enough_for_its_line():
    driver = technology().components["row_driver"]
    on, _, _ = all_laws().get(Transistors, "transistors").at(np.asarray(14e-9))
    load = 500.0
    cost = driver.cost(context(), np.asarray(load), np.asarray(0.0))
    width = float(cost.area) / 0.15e-6 / 1.33
    assert 0.5 * 0.8 / (float(on) * width) == approx(0.05 * load, rel=1e-9)


def test_transistors_are_exact_at_a_tabulated_node_and_warn_outside():
    law = all_laws().get(Transistors, "transistors")
    on, off, check = law.at(np.asarray(14e-9))
    assert float(on) == approx(950, rel=1e-12)
    assert float(off) == approx(0.1, rel=1e-12)
    assert not check.outside
    assert law.at(np.asarray(2e-9))[2].outside
    assert law.at(np.asarray(180e-9))[2].outside
