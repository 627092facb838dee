"""The unit cost of every kind, each figure by hand: all five of them, what they follow from, and their ranges."""

import math
from dataclasses import replace

import numpy as np
import pytest

from imac_arch.components.bus import Bus
from imac_arch.components.junction import tmr_at
from imac_arch.components.logic import Logic
from imac_arch.components.resistive import ResistivePair
from imac_arch.components.row_driver import TransmissionGate
from imac_arch.components.sample_hold import noise_bits
from imac_arch.components.table import Table
from imac_arch.components.wire import GeometricWire, NodeWire
from imac_arch.data.quantity import Quantity
from imac_arch.technology_files import load_technology
from tests import hand
from tests.helpers import all_laws, approx, context, technology


def mac(weight, activation, accumulator=None):
    """One unit of a layer with sums over 150 products: w + a + ceil(log2 150) bits, unless told."""
    fields = {} if accumulator is None else {"accumulator_bits": accumulator}
    bits, fan_in = np.array([[activation]], float), np.array([[150.0]])
    return part("mac", **fields).cost(HERE, part("logic"), np.asarray(float(weight)), bits, fan_in)


FIGURES = ("area", "energy", "latency", "leakage", "power")
HERE = context()


def figures(cost):
    return {name: float(np.ravel(getattr(cost, name))[0]) for name in FIGURES}


def part(role, **changes):
    """A component of sot_mram with other numbers."""
    overrides = {f"components.{role}.{name}": value for name, value in changes.items()}
    return load_technology("sot_mram", overrides).model.components[role]


def quantity(value, unit=""):
    return Quantity(value, unit)


@pytest.mark.parametrize(
    ("cost", "expected", "law"),
    [
        (lambda: part("dac", leakage="3 nW").cost(HERE, np.asarray(5.0)),
         {**hand.dac(5), "leakage": 3e-9}, "C B V^2"),
        (lambda: part("sample_hold").cost(HERE), hand.sample_hold(), "switched capacitor"),
        (lambda: part("readout", leakage="2 nW").cost(HERE), {**hand.winner(), "leakage": 2e-9}, "latched comparator"),
        (lambda: part("amplifier").cost(HERE, np.asarray(0.0), np.asarray(6.0)), hand.amplifier(30), "gain-bandwidth"),
        (lambda: part("amplifier").cost(HERE, np.asarray(1.0), np.asarray(6.0)), hand.amplifier(10), "gain-bandwidth"),
        (lambda: part("bus").cost(HERE), hand.bus(), "per bit and length"),
        (lambda: part("digital_neuron").cost(HERE, "x"), hand.digital_neuron(), "given figures"),
        (lambda: mac(8, 8), hand.mac()[0], "bit products, adder, registers"),
        (lambda: mac(1, 4), hand.mac(1, (4,), 13)[0], "bit products, adder, registers"),
        (lambda: mac(8, 8, "32"), hand.mac(8, (8,), 32)[0], "bit products, adder, registers"),
        (lambda: part("sram").cost(HERE, np.asarray(71680.0)), hand.sram(71680), "sram"),
        (lambda: part("sram").cost(HERE, np.asarray(100.0)), hand.sram(100), "sram"),
        (lambda: part("adc", bits="7").cost(HERE, np.asarray(32.0)), hand.survey_adc(7)[0], "adc_survey"),
        *((lambda name=name, size=size: part("logic").function(name, np.asarray(size), HERE),
           hand.logic(name, size), "logic")
          for name, size in (("adder", 10.0), ("flip_flop", 3.0), ("comparator", 2.0), ("multiplier", 64.0),
                             ("shifter", 16.0))),
    ],
)  # fmt: skip
def test_unit_costs_by_hand(cost, expected, law):
    found = cost()
    assert figures(found) == approx(expected, rel=1e-12)
    assert found.law == law


def test_a_bus_has_area_latency_and_leakage_of_its_own():
    own = Bus(
        energy_per_length=quantity(2e-12), length=quantity(3e-4), area=quantity(5e-12), latency=quantity(7e-10),
        leakage=quantity(11e-9), node=quantity(45e-9),
    ).cost(HERE)  # fmt: skip
    expected = hand.carried(hand.cost(5e-12, 6e-16, 7e-10, 11e-9), 45e-9)
    assert figures(own) == approx(expected, rel=1e-12)
    assert own.scaled[0].what == "bus"


def test_activity_scales_the_energy_of_logic_and_nothing_else():
    full, half = (
        Logic(activity=quantity(share)).function("adder", np.asarray(8.0), HERE) for share in (1.0, 0.5)
    )  # fmt: skip
    assert float(half.energy) == approx(float(full.energy) / 2)
    assert (half.area, half.latency, half.leakage) == (full.area, full.latency, full.leakage)


def test_a_shifter_and_an_adder_one_after_the_other():
    both = part("logic").shift_add(np.asarray(16.0), HERE)
    shift, add = hand.logic("shifter", 16), hand.logic("adder", 16)
    assert figures(both) == approx({name: shift[name] + add[name] for name in FIGURES}, rel=1e-12)
    assert both.law == "logic"
    assert [number.what for number in both.scaled] == ["shifter", "adder"]
    assert {check.quantity for check in both.checks} == {"node", "share of the nominal supply"}


def test_a_table_without_a_node_is_taken_as_it_is():
    given = {"area": 2e-12, "energy": 3e-15, "latency": 5e-10, "leakage": 7e-9}
    plain = Table(**{name: quantity(value) for name, value in given.items()}).cost(HERE, "thing")
    assert figures(plain) == {**given, "power": 0.0}
    assert plain.scaled == ()
    carried = Table(**{name: quantity(value) for name, value in given.items()}, node=quantity(32e-9)).cost(
        HERE, "thing"
    )
    assert figures(carried) == approx(hand.carried({**given, "power": 0.0}, 32e-9), rel=1e-12)
    assert carried.scaled[0].what == "thing"


def test_a_switch_by_hand():
    """14 nm: 950 A/m on and 0.1 A/m off; 2 kohm at 0.8 V."""
    found = TransmissionGate(
        resistance=quantity(2e3), resistance_factor=quantity(0.5), area_per_width=quantity(0.15e-6),
        control_area=quantity(0.1e-12),
    ).cost(HERE)  # fmt: skip
    width = 0.5 * 0.8 / (950 * 2e3)
    expected = hand.cost(width * 0.15e-6 + 0.1e-12, leakage=width * 0.1 * 0.8)
    assert figures(found) == approx(expected, rel=1e-12)
    assert found.law == "on-resistance of the switch"
    assert [(check.quantity, check.source) for check in found.checks] == [("node", "transistors")]


@pytest.mark.parametrize("analog", [0.0, 1.0])
@pytest.mark.parametrize("load", [300.0, 1e7])
def test_a_driver_by_hand(analog, load):
    """A light line takes the narrowest driver."""
    own = hand.part("row_driver")
    found = part("row_driver").cost(HERE, np.asarray(load), np.asarray(2e-4), np.asarray(1e-3), np.asarray(analog))
    width = max(0.5 * 0.8 / (950 * 0.05 * load), 0.1e-6)
    expected = hand.cost(
        width * own.area_per_width * 1.33, width * own.capacitance_per_width * 1.33 * 0.64, 20e-12,
        width * 1.33 * 0.1 * 0.8, 2e-4 + analog * 0.2 * 1e-3 * 0.8,
    )  # fmt: skip
    assert figures(found) == approx(expected, rel=1e-12)
    assert found.law == "on-resistance of the row"
    bare = part("row_driver").cost(HERE, np.asarray(load), np.asarray(2e-4))
    assert float(bare.power) == approx(2e-4)
    assert float(part("row_driver").delay(HERE)) == 20e-12


def test_a_cell_costs_its_area_and_what_it_leaks():
    found = part("synapse", leakage="3 pW").cost(HERE)
    assert figures(found) == approx(hand.cost(2 * 108e-9 * 207e-9, leakage=6e-12), rel=1e-12)
    assert found.law == "geometry"


def test_resistance_and_capacitance_of_wires_by_hand():
    here = replace(HERE, components=technology().components)
    assert [float(v) for v in part("wire").segments(here)] == approx(hand.wires(), rel=1e-12)
    assert float(part("wire").section(HERE)) == approx(27e-9 * 22e-9)
    assert isinstance(part("wire"), GeometricWire)
    assert part("wire").checks(HERE) == ()


@pytest.mark.parametrize(("volt", "left"), [(0.0, 1.0), (0.25, 1 / 1.25), (0.5, 0.5), (1.0, 0.2), (2.0, 1 / 17)])
def test_magnetoresistance_under_bias(volt, left):
    assert tmr_at(3.0, volt, 0.5) == approx(3 * left, rel=1e-12)


def test_a_junction_under_bias_conducts_more_antiparallel():
    synapse = part("synapse", v_half="0.4 V")
    low, high = hand.conductances()[0], 1 / (1 / hand.conductances()[0] * (1 + 2 / (1 + 4)))
    plus, minus = synapse.conductances(np.array([-1.0, 1.0]), np.asarray(0.8))
    assert plus == approx([high, low], rel=1e-12)
    assert minus == approx([low, high], rel=1e-12)
    assert float(synapse.junction_density(np.asarray(0.8))) == approx(0.8 / 1e-11, rel=1e-12)
    assert float(technology("reram").components["synapse"].junction_density(np.asarray(0.2))) == 0.0


def test_cells_of_many_levels_by_counting():
    """Four levels a cell: seven weights a pair, and 3 + 1 + 3 states of the + cell."""
    synapse = ResistivePair(
        r_on=quantity(1e5), r_off=quantity(1e7), device_levels=quantity(4.0), weights="levels",
        cell_width=quantity(1e-7), cell_height=quantity(1e-7), cells_per_weight=quantity(2.0),
        columns_per_weight=quantity(2.0),
        capacitance=quantity(1e-16), leakage=quantity(0.0), variation=quantity(0.05),
    )  # fmt: skip
    off, on = 1e-7, 1e-5
    up = [off + (on - off) * k / 3 for k in (1, 2, 3)]
    plus = [off] * 4 + up
    cells = synapse.cells(np.asarray(0.2))
    assert float(cells.mean) == approx(sum(plus) / 7, rel=1e-12)
    assert float(cells.square) == approx(sum(g**2 for g in plus) / 7, rel=1e-12)
    assert float(cells.pair) == approx(2 * sum(plus) / 7, rel=1e-12)
    assert float(synapse.largest) == 3
    assert float(synapse.weight_bits) == approx(2 * math.log2(7))
    binary = synapse.model_copy(update={"weights": "binary"})
    assert (float(binary.largest), float(binary.column_bits), binary.levels) == (1, 1, 2)
    assert float(binary.cells(np.asarray(0.2)).mean) == approx((on + off) / 2)


def test_bits_of_a_sample_by_its_thermal_noise():
    """V^2/(12 4^b) = kT/C."""
    bits = float(noise_bits(np.asarray(3e-15), np.asarray(0.6), np.asarray(4e-21)))
    assert 0.6**2 / 12 / 4**bits == approx(4e-21 / 3e-15, rel=1e-12)


# ---- converters ----


def test_automatic_bits_stay_within_the_law_and_the_limit():
    adc = part("adc", max_bits="9")
    for rows, largest, asked in ((1, 1, 1), (2, 1, 2), (32, 1, 6), (33, 1, 7), (32, 3, 8), (256, 255, 17)):
        assert float(adc.required_bits(np.asarray(float(rows)), np.asarray(float(largest)))) == asked
        used = float(adc.used_bits(np.asarray(float(rows)), HERE, np.asarray(float(largest))))
        assert used == min(asked, 9)  # comparators, from 4 bits on the survey; max_bits ends it
    assert float(part("adc", bits="3").used_bits(np.asarray(32.0), HERE)) == 3
    gap = part("adc", law="accelergy")  # holds from 5 bits on
    assert [float(gap.used_bits(np.asarray(float(rows)), HERE)) for rows in (4, 8, 16)] == [3, 5, 5]


def test_a_converter_takes_its_rate_and_loses_part_of_its_bits():
    slow, fast = (part("adc", bits="8", rate=rate).cost(HERE, np.asarray(32.0)) for rate in ("100 MHz", "1 GHz"))
    law = all_laws().by_name["adc_survey"]
    assert float(slow.latency) == approx(1e-8)
    assert float(fast.energy / slow.energy) == approx(10**law.a_rate.value, rel=1e-12)
    exponent = law.b_energy.value * law.a_rate.value + law.b_rate.value
    assert float(fast.area / slow.area) == approx(10**exponent, rel=1e-12)
    none, half = (part("adc", bits="8", enob_loss=loss).cost(HERE, np.asarray(32.0)) for loss in ("0", "0.5"))
    assert float(none.energy / half.energy) == approx(10 ** (law.a_enob.value / 2), rel=1e-12)


def test_columns_of_a_converter_are_those_of_the_subarray_at_most():
    adc = part("adc", columns_per_adc="12")
    assert [float(adc.shared_columns(np.asarray(float(n)), HERE)) for n in (8, 12, 48)] == [8, 12, 12]
    assert float(part("adc", columns_per_adc="all").shared_columns(np.asarray(48.0), HERE)) == 48


@pytest.mark.parametrize(("law", "node"), [("in_array", 28e-9), ("fixed", 32e-9)])
def test_a_converter_of_another_node_is_scaled_where_that_is_asked_for(law, node):
    stays, goes = (part("adc", law=law, bits="8", scale=word).cost(HERE, np.asarray(32.0)) for word in ("no", "yes"))
    assert stays.scaled == ()
    (number,) = goes.scaled
    assert (number.what, float(number.start)) == (f"adc (adc_{law})", approx(node))
    own = {name: float(np.ravel(getattr(stays, name))[0]) for name in FIGURES}
    assert figures(goes) == approx(hand.carried(own, node), rel=1e-9)
    (told,) = [check for check in stays.checks if check.code == "law_node"]
    assert (float(told.low), float(told.high), told.outside.item()) == (node, node, True)


# ---- more of converters and wires ----


def test_the_section_of_a_wire_by_node():
    """22 nm: a first metal of 28.5 nm and an aspect ratio, as the table has them."""
    rows = next(row for row in hand.file("laws/wire_nodes")["table"] if math.isclose(hand.plain(row["node"]), 22e-9))
    there = context(node=22e-9, vdd=0.9)
    for metal in ("m1", "local"):
        wire = NodeWire(word_segment=quantity(1e-6), bit_segment=quantity(1e-6), metal=metal)
        width, aspect = hand.plain(rows[f"{metal}_width"]), hand.plain(rows["aspect"])
        assert float(wire.section(there)) == approx(width * width * aspect, rel=1e-12)


def test_an_in_array_converter_knows_its_supply():
    """Its energy has the square of the supply already, so a lower supply does not scale it a second time."""
    low, high = (
        part("adc", law="in_array", bits="6", scale="yes").cost(context(vdd=v), np.asarray(32.0)) for v in (0.6, 0.8)
    )
    assert float(low.energy / high.energy) == approx((0.6 / 0.8) ** 2, rel=1e-12)
    assert float(low.latency) == float(high.latency)


def test_ranges_of_accelergys_law():
    law = all_laws().by_name["adc_accelergy"]
    cost = part("adc", law="accelergy", bits="8").cost(HERE, np.asarray(32.0))
    assert cost.law == "adc_accelergy"
    assert {(c.quantity, c.unit, c.fatal, c.source, float(c.low), float(c.high)) for c in cost.checks} == {
        ("enob", "", True, "adc_accelergy", law.min_enob.value, law.max_enob.value),
        ("rate", "Hz", False, "adc_accelergy", 0.0, law.max_rate.value),
        ("bits", "", True, "adc_accelergy", law.min_bits.value, law.max_bits.value),
    }


def test_accelergys_law_written_out():
    """FOM_S = min(c0 - c1 ln f, d0 + d1 ceil ENOB), SNDR = 6.02 ENOB + 1.76, and ln E and ln A by node, rate, ENOB."""
    k = {name: hand.plain(value) for name, value in hand.file("laws/adc_accelergy").items()
         if isinstance(value, dict) and "value" in value}  # fmt: skip
    for bits, rate in ((6, 1e8), (8, 1e9), (10, 3e9)):
        found = part("adc", law="accelergy", bits=str(bits), rate=f"{rate} Hz").cost(HERE, np.asarray(32.0))
        enob = bits - 0.5
        fom = min(
            k["fom_frequency0"] + k["fom_frequency1"] * math.log(rate),
            k["fom_enob0"] + k["fom_enob1"] * math.ceil(enob),
        )
        sndr = k["sndr1"] * enob + k["sndr0"]
        shape = math.exp(k["e0"] + k["e_node"] * math.log(14e-9 / k["node_unit"]) + k["e_enob"] * math.log(enob))
        energy = k["energy_unit"] * shape / (2 * 10 ** ((fom - sndr) / 10))
        area = k["area_unit"] * math.exp(
            k["f0"] + k["f_node"] * math.log(14e-9 / k["node_unit"]) + k["f_rate"] * math.log(rate)
            + k["f_energy"] * math.log(energy / k["energy_unit"])
        )  # fmt: skip
        assert float(found.energy) == approx(energy, rel=1e-9)
        assert float(found.area) == approx(area, rel=1e-9)
        assert float(found.latency) == approx(1 / rate, rel=1e-12)
