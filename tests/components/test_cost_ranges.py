"""What a unit cost depends on, and for which range its law holds."""

import math
from dataclasses import replace

import numpy as np
import pytest

from imac_arch.components.base import Laws
from imac_arch.data.quantity import Quantity
from tests import hand
from tests.components.test_unit_costs import HERE, mac, part
from tests.helpers import all_laws, approx, graphics_board


def test_parts_of_a_unit_are_named_where_they_were_carried_from():
    unit = mac(8, 8)
    assert [number.what for number in unit.scaled] == ["multiplier", "adder", "flip_flop"]
    assert {check.source for check in unit.checks} == {"scaling"}


SCALING = {("node", "m", False, "scaling", "extrapolated"),
           ("share of the nominal supply", "", False, "scaling", "extrapolated")}  # fmt: skip


@pytest.mark.parametrize(
    ("cost", "ranges"),
    [
        (lambda: part("adc").cost(HERE, np.asarray(32.0)), {
            ("bits", "", True, "adc_survey", "extrapolated"), ("enob", "", True, "adc_survey", "extrapolated"),
            ("rate", "Hz", False, "adc_survey", "extrapolated"), ("node", "m", False, "adc_survey", "extrapolated")}),
        (lambda: part("adc", law="in_array").cost(HERE, np.asarray(32.0)), {
            ("bits", "", True, "adc_in_array", "extrapolated"), ("node", "m", False, "adc_in_array", "law_node")}),
        (lambda: part("sram").cost(HERE, np.asarray(1e5)), {("size", "bit", False, "sram", "extrapolated"), *SCALING}),
        (lambda: part("dac").cost(HERE, np.asarray(4.0)), {("bits", "", False, "dac", "extrapolated")}),
        (lambda: part("sample_hold").cost(HERE), {("noise bits", "", False, "sample_hold", "sample_noise")}),
        (lambda: part("row_driver").cost(HERE, np.asarray(1e3), np.asarray(1e-4)),
         {("node", "m", False, "transistors", "extrapolated")}),
        (
            lambda: part("neuron").cost(HERE),
            {
                ("node", "m", False, "neuron", "law_node"), ("node", "m", False, "transistors", "extrapolated"),
                ("on_current", "A/m", True, "neuron", "extrapolated"),
                ("threshold", "V", True, "transistors", "extrapolated"),
                ("output", "V", True, "neuron", "extrapolated"),
            },
        ),
        (lambda: part("logic").function("adder", np.asarray(4.0), HERE), SCALING),
        (lambda: mac(8, 8), SCALING),
        (lambda: part("bus").cost(HERE), SCALING),
        (lambda: part("digital_neuron").cost(HERE), SCALING),
        (lambda: part("readout").cost(HERE), set()),
    ],
)  # fmt: skip
def test_ranges_of_unit_costs(cost, ranges):
    assert {(c.quantity, c.unit, c.fatal, c.source, c.code) for c in cost().checks} == ranges


def residuals(name, **factors):
    """The laws, one of them with other residuals."""
    law = all_laws().by_name[name]
    changes = {key: getattr(law, key).at(np.asarray(factor)) for key, factor in factors.items()}
    return replace(HERE, laws=Laws({**all_laws().by_name, name: law.model_copy(update=changes)}))


def test_the_spread_of_a_memory_multiplies_its_figures():
    spread = residuals("sram", residual_energy=2.0, residual_area=3.0, residual_latency=5.0, residual_leakage=7.0)
    plain, wide = (part("sram").cost(where, np.asarray(1e5)) for where in (HERE, spread))
    # at 14 nm, 0.395 of the way to what was measured at 7 nm, that much less of the fit's own energy counts
    energy = (2 / hand.number("residual_energy", "laws/sram")) ** (math.log(14 / 7) / math.log(22 / 7))
    for name, factor in (("energy", energy), ("area", 3), ("latency", 5), ("leakage", 7)):
        assert float(getattr(wide, name) / getattr(plain, name)) == approx(factor, rel=1e-12), name


@pytest.mark.parametrize(
    ("law", "tie"), [("survey", 0.8649), ("survey_best", 0.8378), ("accelergy", 0.4322), ("in_array", 0), ("fixed", 0)]
)
def test_the_spread_of_a_converter_multiplies_its_figures(law, tie):
    """The area takes its own residual and that of the energy, as they are tied in the survey."""
    spread = residuals(f"adc_{law}", residual_energy=2.0, residual_area=3.0)
    plain, wide = (part("adc", law=law).cost(where, np.asarray(32.0)) for where in (HERE, spread))
    for name, factor in (("energy", 2), ("area", 3 * 2**tie), ("latency", 1)):
        assert float(getattr(wide, name) / getattr(plain, name)) == approx(factor, rel=1e-12), name


def test_a_memory_beyond_the_largest_size_takes_banks():
    """2 MB is the largest: 3 MB are two banks of 1.5 MB, each access costing as much as one to a full bank."""
    whole, half, full = (
        part("sram").cost(HERE, np.asarray(size * 8 * 2.0**20)) for size in (3.0, 1.5, 2.0)
    )  # fmt: skip
    assert float(whole.area) == approx(2 * float(half.area), rel=1e-12)
    assert float(whole.leakage) == approx(2 * float(half.leakage), rel=1e-12)
    assert float(whole.energy) == approx(float(full.energy), rel=1e-12)
    assert float(whole.latency) == approx(float(full.latency), rel=1e-12)
    assert not any(check.outside for check in whole.checks)
    assert whole.scaled[0].what == "sram"
    assert any(check.outside for check in part("sram").cost(HERE, np.asarray(100.0)).checks)


@pytest.mark.parametrize("node", [22e-9, 27e-9, 45e-9, 90e-9])
def test_a_memory_within_its_table_is_interpolated_and_not_scaled_but_by_its_supply(node):
    rows = [(hand.plain(row["node"]), row["read_energy"]) for row in hand.file("laws/sram")["table"]]
    x = math.log10(1e5 / 262144)

    def word(cubic):
        return 10 ** sum(hand.plain(c) * x**k for c, k in zip(cubic, (3, 2, 1, 0), strict=True))

    law = all_laws().by_name["sram"]
    expected = hand.between(node * (1 + 1e-15), [(n, word(cubic)) for n, cubic in rows] + [(1e-7, word(rows[0][1]))])
    assert float(law.figure("read_energy", np.asarray(1e5), np.asarray(node))) == approx(expected, rel=1e-9)
    assert float(law.own_node(np.asarray(node))) == approx(node, rel=1e-12)


def test_a_memory_beyond_its_table_stands_at_the_nearest_end():
    law = all_laws().by_name["sram"]
    assert law.own_node(np.array([7e-9, 14e-9, 130e-9])).tolist() == approx([22e-9, 22e-9, 90e-9])


def test_weights_are_resident_design_by_design():
    """Of two caches side by side only the larger one holds the weights."""
    l2 = Quantity(4e8, "bit").at(np.array([[1e8], [1e9]]))
    board = graphics_board("h100").model_copy(update={"l2": l2})
    sizes = np.array([5000.0, 4000.0, 10.0])[:, None, None]
    _, busy = board.times(sizes[:-1], sizes[1:], np.ones((1, 1)))
    reckoned = 2 * 5000 * 4000 / (989.5e12 * 0.3)
    expected = [max((9000 * 16 + weights) / (3350e9 * 8), reckoned) for weights in (5000 * 4000 * 16, 0)]
    assert busy[0].ravel().tolist() == approx(expected, rel=1e-12)
    assert board.memory_bound(sizes[:-1], sizes[1:], np.full((1, 1), 40.0))[0].ravel().tolist() == [1, 0]
