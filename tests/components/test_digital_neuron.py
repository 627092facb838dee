"""Digital neurons: what they compute, and that their cost is the sum of what they are made of."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.components.base import Context
from imac_arch.components.digital_neuron import sigmoid, sigmoid_cordic, sigmoid_lut, sigmoid_pwl
from imac_arch.technology_files import load_neuron, load_technology
from tests.helpers import all_laws, approx, run, technology

X = np.linspace(-8, 8, 4001)
TECHNOLOGY = technology()
HERE = Context(np.asarray(14e-9), np.asarray(0.8), all_laws(), TECHNOLOGY.components)


def neuron(name, **fields):
    return load_neuron(name, {f"neuron.{key}": str(value) for key, value in fields.items()}).model.neuron


@given(st.floats(-700, 700))
def test_the_sigmoid_is_the_exponential_form(x):
    assert float(sigmoid(np.asarray(x))) == approx(1 / (1 + math.exp(-x)), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("bits", [4, 8, 12])
def test_a_table_errs_by_half_a_step_of_input_and_output(bits):
    """The slope is at most 1/4, so half a step of the input moves the output by step/8, and rounding by half a unit."""
    step = 16 / 2**bits
    worst = np.max(np.abs(sigmoid_lut(X, bits, 8.0) - sigmoid(X)))
    assert worst <= step / 8 + 0.5 / 2**bits + 1e-12
    assert worst > 0.4 / 2**bits


@pytest.mark.parametrize("segments", [8, 32, 128])
def test_lines_err_by_the_bend_between_their_points(segments):
    """Chord error is h^2/8 max|f''|, and |f''| of the sigmoid is at most 1/(6 sqrt 3)."""
    h = 16 / segments
    worst = np.max(np.abs(sigmoid_pwl(X, 20, 8.0, segments) - sigmoid(X)))
    chord = h**2 / 8 / (6 * math.sqrt(3))
    assert 0.8 * chord < worst <= chord + 16 / 2**20 / 8 + 2 / 2**20


@pytest.mark.parametrize("iterations", [6, 10, 14])
def test_cordic_converges_over_the_span_a_bit_a_step(iterations):
    worst = np.max(np.abs(sigmoid_cordic(X, 20, 8.0, 3, iterations, 20) - sigmoid(X)))
    assert worst <= 2.0**-iterations + 2.0**-17
    assert worst > 2.0 ** -(iterations + 4)


def test_without_expansions_cordic_leaves_its_range():
    assert np.max(np.abs(sigmoid_cordic(X, 16, 8.0, 0, 14, 16) - sigmoid(X))) > 0.01


def test_a_cordic_of_too_few_guard_bits_is_no_sigmoid():
    """Words of 12 bits, as one might think enough for 8: the wide steps shrink to 0.09, and 3 bits are no fraction."""
    few, many = (np.max(np.abs(sigmoid_cordic(X, 8, 8.0, 3, 10, guard) - sigmoid(X))) for guard in (4, 9))
    assert few > 10 / 2**8
    assert many < 3 / 2**8


@pytest.mark.parametrize("bits", [4, 6, 8, 10, 12])
@pytest.mark.parametrize("name", ["lut", "pwl", "cordic"])
def test_shipped_neurons_err_by_their_input_and_two_steps_of_their_output(name, bits):
    """Half an input step moves the output by step/8 at most; what is left is the unit's own."""
    error = neuron(name, bits=bits).error
    assert error <= 16 / 2**bits / 8 + 2 / 2**bits
    assert error >= 16 / 2**bits / 8 - 1 / 2**bits


@pytest.mark.parametrize("name", ["lut", "pwl", "cordic"])
def test_outputs_are_words_between_nothing_and_one(name):
    y = neuron(name).approximation(np.linspace(-20, 20, 2001))
    assert np.all((y >= 0) & (y <= 1))
    assert np.array_equal(y * 2**8, np.round(y * 2**8))


@pytest.mark.parametrize("name", ["lut", "pwl", "cordic"])
def test_more_bits_never_cost_less(name):
    few, many = (neuron(name, bits=bits).cost(HERE) for bits in (8, 10))
    for figure in ("area", "energy", "latency", "leakage"):
        assert getattr(many, figure) >= getattr(few, figure)
    assert many.area > few.area


def test_lines_are_the_sum_of_their_parts():
    logic = TECHNOLOGY.components["logic"]
    parts = {n: logic.function(n, np.asarray(float(b)), HERE) for n, b in
             (("comparator", 8), ("multiplier", 64), ("adder", 16), ("flip_flop", 1))}  # fmt: skip
    cost = neuron("pwl").cost(HERE)
    area = 16 * parts["comparator"].area + parts["multiplier"].area + parts["adder"].area
    assert float(cost.area) == approx(float(area + (32 * 8 + 16) * parts["flip_flop"].area))
    energy = 16 * parts["comparator"].energy + parts["multiplier"].energy + parts["adder"].energy
    assert float(cost.energy) == approx(float(energy + 16 * parts["flip_flop"].energy))
    assert float(cost.latency) == approx(float(sum(p.latency for p in parts.values())))


def test_cordic_takes_every_step_one_after_the_other():
    logic = TECHNOLOGY.components["logic"]
    step = logic.shift_add(np.asarray(17.0), HERE).latency + logic.function("flip_flop", np.ones(()), HERE).latency
    cycles = 2 * 3 + 10 + 1 + 8  # expansions in two parts, iterations, the repeated fourth, division
    assert float(neuron("cordic").cost(HERE).latency) == approx(cycles * float(step))


@pytest.mark.parametrize("name", ["lut", "pwl", "cordic"])
def test_a_built_neuron_serves_a_mixed_signal_design(name):
    fields = load_neuron(name).document.data["neuron"]
    found = run(overrides={"components.digital_neuron": {**fields, "shared": {"value": 8, "status": "assumed"}}})
    line = next(p.line for p in found["mixed_signal"].totals.lines if p.line.role == "digital_neuron")
    (units,) = line.units
    assert float(np.ravel(units.cost.area)[0]) > 0
    assert units.cost.scaled


def test_a_neuron_without_its_parts_says_which():
    from imac_arch.data.errors import UsageError

    bare = load_technology("sot_mram", {"components.logic": "none"}).model
    with pytest.raises(UsageError, match="requires role 'logic'"):
        neuron("pwl").cost(Context(np.asarray(14e-9), np.asarray(0.8), all_laws(), bare.components))
