"""Sample-and-hold, read-out, switches, analog drivers and wires by node: hand calculations and directions."""

import math

import numpy as np
import pytest

from imac_arch.components.base import Context
from imac_arch.components.neuron import AnalogNeuron
from imac_arch.components.row_driver import TransmissionGate
from imac_arch.components.sample_hold import noise_bits
from imac_arch.components.wire import NodeWire, WireNodes
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import Quantity
from imac_arch.technology_files import load_technology
from tests.helpers import all_laws, approx, context, first, run, technology


def test_a_sample_is_a_charged_capacitor():
    hold = technology().components["sample_hold"]
    cost = hold.cost(context(vdd=0.8))
    assert float(cost.energy) == approx(5e-15 * 0.64)
    assert float(cost.area) == approx(5e-15 / 2.5e-3 + 0.2e-12)
    assert float(cost.latency) == approx(0.25e-9 + 10e3 * 5e-15 * 7 * math.log(2))


def test_thermal_noise_bounds_the_bits_of_a_sample():
    """kT/C of 5 fF is 0.91 mV; a step of b bits of 0.8 V has that noise at V/(sqrt(12) 2^b)."""
    bits = float(noise_bits(np.asarray(5e-15), np.asarray(0.8), np.asarray(4.14e-21)))
    assert 0.8 / math.sqrt(12) / 2**bits == approx(math.sqrt(4.14e-21 / 5e-15))
    assert bits == approx(8.0, abs=0.05)
    assert not any(c.outside for c in technology().components["sample_hold"].cost(context()).checks)
    small = load_technology("sot_mram", {"components.sample_hold.capacitance": "0.1 fF"}).model
    assert [c.code for c in small.components["sample_hold"].cost(context()).checks if c.outside] == ["sample_noise"]


def test_a_winner_is_told_after_the_latches_have_regenerated():
    cost = technology().components["readout"].cost(context(vdd=0.8))
    assert float(cost.energy) == approx(2 * 15e-15 * 0.64)
    assert float(cost.latency) == approx(15e-12 * 7 * math.log(2))


def quantity(value, unit):
    return Quantity(value, unit)


def test_a_switch_of_less_resistance_is_larger_and_leaks_more():
    def gate(ohm):
        return TransmissionGate(
            resistance=quantity(ohm, "ohm"), resistance_factor=quantity(0.5, ""),
            area_per_width=quantity(0.15e-6, "m"), control_area=quantity(0.1e-12, "m^2"),
        ).cost(context())  # fmt: skip

    wide, narrow = gate(100.0), gate(10e3)
    assert wide.area > narrow.area
    assert float(wide.leakage) == approx(100 * float(narrow.leakage))
    assert float(narrow.area) == approx(0.5 * 0.8 / (950 * 10e3) * 0.15e-6 + 0.1e-12)


def biased(line):
    """Mean static power of a unit of a line, by layer."""
    total = sum(units.power for units in line.units)
    return np.broadcast_to(total / line.instances, (2, 1)).reshape(2)


def test_an_analog_line_pays_for_the_bias_of_its_buffer():
    """Only layers behind analog neurons do: 0.2 of the largest line current, all the time, in 128 rows of 160."""

    def drivers(share):
        found = run(overrides={"components.row_driver.analog_bias": share}, archs=("imac",))["imac"]
        return found, next(p for p in found.totals.lines if p.line.role == "row_driver").line

    (with_, line), (_, without) = drivers("0.2"), drivers("0")
    extra = biased(line) - biased(without)
    current = with_.bill.facts["line_current"].reshape(2)
    assert extra[0] == approx(0, abs=1e-15)
    assert extra[1] == approx(0.2 * 0.8 * current[1] * 128 / 160)
    grey = run(overrides={"read.input_bits": "8", "components.row_driver.analog_bias": "0.2"}, archs=("imac",))["imac"]
    costs = biased(next(p for p in grey.totals.lines if p.line.role == "row_driver").line)
    assert costs[0] > biased(line)[0]


def node_wire(metal="m1"):
    return NodeWire(word_segment=quantity(1e-6, "m"), bit_segment=quantity(2e-6, "m"), metal=metal)


@pytest.mark.parametrize(
    ("node", "local", "m1"), [(45, 2.599, 2.599), (22, 11.602, 11.602), (14, 19.721, 12.723), (7, 69.5, 29.489)]
)
def test_wires_by_node_are_the_table(node, local, m1):
    here = context(node=node * 1e-9)
    for metal, ohm in (("local", local), ("m1", m1)):
        r_word, r_bit, c_word, c_bit = node_wire(metal).segments(here)
        assert float(r_word) == approx(ohm, rel=1e-6)
        assert float(r_bit) == approx(2 * ohm, rel=1e-6)
        assert float(c_word) == approx(0.2e-15, rel=1e-9)
        assert float(c_bit) == approx(0.4e-15, rel=1e-9)


def test_area_and_wires_are_of_one_cell():
    """Two cells of 12 by 23 lambda side by side, lambda 9 nm: 216 nm a weight along the word line, 207 nm along the
    bit line; IMAC-Sim's wire of 27 by 22 nm has 85.6 ohm/um."""
    tech = technology()
    here = Context(np.asarray(14e-9), np.asarray(0.8), all_laws(), tech.components)
    assert [float(length) for length in tech.components["wire"].lengths(here)] == [approx(216e-9), approx(207e-9)]
    r_word, r_bit, c_word, c_bit = tech.components["wire"].segments(here)
    assert (float(r_word), float(r_bit)) == (approx(18.48, rel=1e-3), approx(17.71, rel=1e-3))
    assert float(c_word) / float(c_bit) == approx(216 / 207)
    assert float(tech.components["synapse"].cost(here).area) == approx(216e-9 * 207e-9)


@pytest.mark.parametrize("name", ["sot_mram", "sot_mram_imec", "sot_mram_pillars", "stt_mram", "reram", "pcm", "fefet",
                                  "sram_cim", "made_up"])  # fmt: skip
def test_no_shipped_technology_has_wires_of_another_cell(name):
    tech = technology(name)
    here = Context(tech.node.x, tech.vdd.x, all_laws(), tech.components)
    synapse, (word, bit) = tech.components["synapse"], tech.components["wire"].lengths(here)
    assert float(word * bit) == approx(float(synapse.cost(here).area))


def test_a_stated_segment_stands_and_the_other_one_follows_from_the_cell():
    tech = load_technology("sot_mram", {"components.wire.bit_segment": "135 nm"}).model
    here = Context(tech.node.x, tech.vdd.x, all_laws(), tech.components)
    assert [float(length) for length in tech.components["wire"].lengths(here)] == [approx(216e-9), approx(135e-9)]


def test_a_wider_cell_costs_area_and_loses_more_on_its_wires():
    plain, wide = (
        run(overrides=o, archs=("imac",), gpu=None)["imac"] for o in (None, {"components.synapse.cell_width": "216 nm"})
    )
    assert first(wide.metrics["area"]) > first(plain.metrics["area"])
    assert first(wide.metrics["power"]) < first(plain.metrics["power"])


def test_a_wire_without_segments_needs_a_synapse():
    with pytest.raises(UsageError, match="requires role 'synapse'"):
        NodeWire().segments(context())


def test_resistance_of_the_table_follows_from_its_geometry():
    """R per length = resistivity over section; 14 nm local: 4.039 uohm cm over 32 x 64 nm."""
    law = all_laws().get(WireNodes, "wire_nodes")
    section = float(law.at(np.asarray(14e-9), "local_width")) ** 2 * float(law.at(np.asarray(14e-9), "aspect"))
    assert float(law.at(np.asarray(14e-9), "local_resistance")) == approx(4.039e-8 / section, rel=1e-3)


def test_wires_outside_the_table_carry_a_warning():
    overrides = {"components.wire": "{kind: node_wire, word_segment: 100 nm, bit_segment: 100 nm}", "node": "2 nm"}
    found = run(overrides=overrides, archs=("imac",))["imac"]
    assert ("wire_nodes", True) in {(c.source, bool(np.all(c.outside))) for _, c in found.bill.all_checks}


def test_node_wires_carry_a_network():
    overrides = {"components.wire": "{kind: node_wire, word_segment: 108 nm, bit_segment: 135 nm}"}
    own, by_node = (run(overrides=o, archs=("imac",))["imac"] for o in (None, overrides))
    assert first(by_node.metrics["power"]) > first(own.metrics["power"])  # 12.7 instead of 85.6 ohm/um: less is lost


def test_a_neuron_of_given_figures_costs_them_and_says_nothing_of_its_curve():
    names = {"power": "W", "area": "m^2", "latency": "s", "leakage": "W", "drive_current": "A"}
    given = {name: Quantity(value, unit) for value, (name, unit) in enumerate(names.items(), 2)}
    neuron = AnalogNeuron(**given)
    cost = neuron.cost(context())
    assert [float(v) for v in cost[:5]] == [3, 0, 4, 5, 2]  # area, energy, latency, leakage, power
    assert (float(neuron.drive(context())), neuron.slope(context())) == (6, None)
    assert (neuron.computes, neuron.cells) == (("sigmoid",), None)
