"""What holds for every law: more never costs less, arrays equal single calls, and beyond its range it says so."""

import numpy as np
import pytest

from imac_arch.components.adc import AdcLaw, adc_laws
from imac_arch.components.amplifier import amplifier_power
from imac_arch.components.transistors import Transistors
from imac_arch.components.wire import WireNodes
from imac_arch.data.quantity import Quantity
from tests.helpers import all_laws, approx, context, inputs, run, technology

MANY = 100_000
PARTS = technology().components
HERE = context()
FIGURES = ("area", "energy", "latency", "leakage", "power")


def convert(name):
    law = all_laws().get(AdcLaw, f"adc_{name}")
    return lambda bits: law.convert(bits, bits - 0.5, np.asarray(1e9), np.asarray(64.0), context(32e-9, 0.9), False)


def of_gain(gain):
    return PARTS["amplifier"].model_copy(update={"gain": Quantity(1.0, "").at(gain)})


def amplifier(gain):
    return amplifier_power(gain, 6.0, 1e-9, 5e-15, 15.0, 2.0, 0.8)


# a law as a function of what it grows with, and where
GROWING = {
    **{f"adc_{name}": (convert(name), 5.0, 8.0) for name in adc_laws()},
    "dac": (lambda b: PARTS["dac"].cost(HERE, b), 1.0, 8.0),
    "adder": (lambda b: PARTS["logic"].function("adder", b, HERE), 1.0, 64.0),
    "multiplier": (lambda b: PARTS["logic"].function("multiplier", b**2, HERE), 1.0, 32.0),
    "comparator": (lambda b: PARTS["logic"].function("comparator", b, HERE), 1.0, 64.0),
    "flip_flop": (lambda b: PARTS["logic"].function("flip_flop", b, HERE), 1.0, 64.0),
    "shift_add": (lambda b: PARTS["logic"].shift_add(b, HERE), 1.0, 64.0),
    "sram": (lambda s: PARTS["sram"].cost(HERE, s), 4096.0, 1e8),
    "row_driver": (lambda g: PARTS["row_driver"].cost(HERE, 1 / g, np.asarray(1e-4), 0.8 * g, np.ones(())), 1e-5, 1e-2),
    "amplifier": (lambda g: of_gain(g).cost(HERE, np.zeros(()), np.asarray(6.0)), 2.0, 60.0),
    "programming": (lambda n: PARTS["synapse"].programming.load(n), 32.0, 1e7),
}


def figures(cost):
    names = [name for name in FIGURES if hasattr(cost, name)] or ["energy", "time"]
    return {name: np.asarray(getattr(cost, name), dtype=float) for name in names}


RISING = {
    "adc_survey", "adc_survey_best", "adc_accelergy", "adc_in_array",
    *(name for name in GROWING if not name.startswith("adc_")),
}  # fmt: skip


@pytest.mark.parametrize("name", GROWING)
def test_more_never_costs_less(name):
    law, low, high = GROWING[name]
    # the bits of a converter are whole: Accelergy's law has steps between them
    grid = np.arange(low, high + 1) if name.startswith("adc_") else np.linspace(low, high, 200)
    risen = False
    for figure, values in figures(law(grid)).items():
        values = np.broadcast_to(values, grid.shape)
        assert np.all(np.isfinite(values)), figure
        assert np.all(values >= 0), figure
        assert np.all(np.diff(values) >= -1e-12 * np.abs(values[1:])), figure
        risen = risen or values[-1] > values[0]
    assert risen or name not in RISING  # a part may cost the same whatever is asked of it


@pytest.mark.parametrize("name", GROWING)
def test_arrays_equal_single_calls(name):
    law, low, high = GROWING[name]
    grid = np.linspace(low, high, MANY)
    many = figures(law(grid))
    for k in (0, 1, MANY // 3, MANY - 1):
        for figure, value in figures(law(np.asarray(grid[k]))).items():
            assert np.broadcast_to(many[figure], grid.shape)[k] == approx(float(value), rel=1e-14), figure


@pytest.mark.parametrize("kind", [Transistors, WireNodes])
def test_tables_by_node_are_met_at_their_rows_and_lie_between_them(kind):
    law = all_laws().get(kind, "transistors" if kind is Transistors else "wire_nodes")
    columns = ("on_current", "off_current") if kind is Transistors else ("local_resistance", "m1_resistance", "aspect")

    def at(node, column):
        node = np.asarray(node)
        return law.at(node)[columns.index(column)] if kind is Transistors else law.at(node, column)

    nodes = np.array(sorted(row.node.value for row in law.table))
    for column in columns:
        values = at(nodes, column)
        rows = sorted(law.table, key=lambda row: row.node.value)
        assert values == approx([getattr(row, column).value for row in rows], rel=1e-12)
        middles = at(np.sqrt(nodes[1:] * nodes[:-1]), column)
        assert middles == approx(np.sqrt(values[1:] * values[:-1]), rel=1e-9)
        grid = np.linspace(nodes[0], nodes[-1], MANY)
        for k in (0, 77_777, MANY - 1):
            assert at(grid, column)[k] == approx(float(at(grid[k], column)), rel=1e-14)


OUTSIDE = {
    "adc_survey": {"components.adc.rate": "6 GHz"},
    "dac": {"read.input_mode": "dac", "read.neuron_bits": "9", "read.settle_bits": "9"},
    "scaling": {"node": "5 nm"}, "transistors": {"node": "200 nm"}, "supply": {"vdd": "0.4 V"},
    "sample_hold": {"components.sample_hold.capacitance": "0.05 fF"}, "neuron": {"node": "16 nm"},
}  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_beyond_its_range_a_law_warns(name):
    def outside(overrides):
        found = run(overrides=overrides, archs=("imac", "mixed_signal"))
        return {
            (check.source, check.quantity): check.code
            for evaluation in found.values()
            for _, check in evaluation.bill.all_checks
            if np.any(check.outside)
        }

    before, after = outside(None), outside(OUTSIDE[name])
    new = {key: code for key, code in after.items() if key not in before}
    assert new
    assert set(new.values()) <= {"extrapolated", "law_node", "sample_noise"}


def test_the_amplifiers_power_is_proportional_to_its_gain():
    assert amplifier(60.0) == approx(2 * amplifier(30.0))


def test_no_law_of_the_default_comparison_leaves_its_range():
    """But for the converters that stay at their own node, which a comparison of the default law does not use."""
    found = run(archs=("imac", "mixed_signal", "digital"))
    wrong = [(n, c.source, c.quantity) for n, e in found.items() for _, c in e.bill.all_checks if np.any(c.outside)]
    assert wrong == []
    assert inputs().technology.name == "sot_mram"
