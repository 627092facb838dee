"""Digital neurons: what they compute, and that their cost is the sum of what they are made of."""

import itertools
import math
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.components.base import Context
from imac_arch.components.cost import Check, ScaledNumber, UnitCost
from imac_arch.components.digital_neuron import sigmoid, sigmoid_cordic, sigmoid_lut, sigmoid_pwl
from imac_arch.data.errors import UsageError
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


class Given:
    """Logic and memory of round figures per bit: area, energy, latency and leakage, each part of its own."""

    neglected = False
    figures: ClassVar = {
        "flip_flop": (1.0, 2.0, 3.0, 4.0), "adder": (10.0, 20.0, 30.0, 40.0), "comparator": (7.0, 11.0, 13.0, 17.0),
        "multiplier": (0.5, 0.25, 19.0, 0.125), "shift_add": (100.0, 200.0, 300.0, 400.0),
        "memory": (5.0, 6.0, 7.0, 8.0),
    }  # fmt: skip

    def function(self, name, size, context):
        area, energy, latency, leakage = (np.asarray(v) for v in self.figures[name])
        check = Check(name, size, 0.0, 1.0)
        told = ScaledNumber(name, *(np.ones(()) for _ in range(7)))
        return UnitCost(area * size, energy * size, latency, leakage * size, checks=(check,), scaled=(told,))

    def shift_add(self, size, context):
        return self.function("shift_add", size, context)

    def cost(self, context, bits):
        return self.function("memory", bits, context)


BY_HAND = Context(np.asarray(14e-9), np.asarray(0.8), all_laws(), {"logic": Given(), "sram": Given()})


def figures(cost):
    return [float(getattr(cost, name)) for name in ("area", "energy", "latency", "leakage", "power")]


def parts(cost):
    assert [check.quantity for check in cost.checks] == [number.what for number in cost.scaled]
    return [(check.quantity, float(check.value)) for check in cost.checks]


def test_a_table_by_hand_is_its_memory_and_an_output_register():
    """6 bits: 32 words of 6 bits; the memory's energy is of one bit read, the register's of one bit written."""
    cost = neuron("lut", bits=6).cost(BY_HAND)
    assert cost.law == "look-up table"
    assert parts(cost) == [("memory", 192), ("flip_flop", 1)]
    assert figures(cost) == [192 * 5 + 6, 6 * 192 * 6 + 6 * 2, 7 + 3, 192 * 8 + 6 * 4, 0]


def test_lines_by_hand():
    """6 bits: 16 lines, so 8 comparators of 6 bits, a product of 36, a sum of 12, registers of 96 and of 12 bits."""
    cost = neuron("pwl", bits=6).cost(BY_HAND)
    assert cost.law == "piecewise linear"
    assert parts(cost) == [("comparator", 6), ("multiplier", 36), ("adder", 12), ("flip_flop", 1), ("flip_flop", 1)]
    assert figures(cost) == [
        8 * 6 * 7 + 36 * 0.5 + 12 * 10 + 96 + 12,
        8 * 6 * 11 + 36 * 0.25 + 12 * 20 + 12 * 2,
        13 + 19 + 30 + 3,
        8 * 6 * 17 + 36 * 0.125 + 12 * 40 + 108 * 4,
        0,
    ]
    assert [float(neuron("pwl").lines(np.asarray(bits))) for bits in (5.0, 6.0, 7.0, 8.0)] == [16, 16, 32, 32]
    assert float(neuron("pwl", segments=10).lines(np.asarray(6.0))) == 10
    assert figures(neuron("pwl", bits=6, segments=16).cost(BY_HAND)) == figures(cost)


@pytest.mark.parametrize("name", ["lut", "pwl", "cordic", "isaac"])
def test_a_neuron_of_other_bits_costs_as_one_that_has_them(name):
    """Asked for 6 bits, a unit costs what one of 6 bits does; fewer bits cost less area, energy and leakage."""
    asked = neuron(name, bits=8).cost(BY_HAND, bits=np.asarray(6.0))
    assert figures(asked)[2:3] == figures(neuron(name, bits=6).cost(BY_HAND))[2:3]
    if name == "isaac":  # given figures go with the bits
        whole = neuron(name, bits=8).cost(BY_HAND)
        for key in ("area", "energy", "leakage"):
            assert float(getattr(asked, key)) == approx(6 / 8 * float(getattr(whole, key)), rel=1e-12)
        assert float(asked.latency) == float(whole.latency)
    else:
        assert figures(asked) == figures(neuron(name, bits=6).cost(BY_HAND))
    fewer, more = (figures(neuron(name, bits=8).cost(BY_HAND, bits=np.asarray(b))) for b in (4.0, 7.0))
    assert all(a <= b for a, b in zip(fewer, more, strict=True))


@pytest.mark.parametrize(
    ("iterations", "cycles"), [(3, 19), (4, 21), (12, 29), (13, 31), (14, 32), (None, 33 - 8)], ids=str
)
def test_cordic_by_hand(iterations, cycles):
    """6 bits and 5 more, 5 expansions of two cycles, 6 of the division; steps 4 and 13 are done twice."""
    fields = {"bits": 6, "guard": 5, "expansions": 5, **({} if iterations is None else {"iterations": iterations})}
    cost = neuron("cordic", **fields).cost(BY_HAND)
    assert cost.law == "CORDIC"
    assert parts(cost) == [("shift_add", 11), ("adder", 11), ("flip_flop", 1)]
    assert figures(cost) == [
        2 * 11 * 100 + 11 * 10 + 33,
        cycles * (2 * 11 * 200 + 11 * 20 + 33 * 2),
        cycles * (300 + 3),
        2 * 11 * 400 + 11 * 40 + 33 * 4,
        0,
    ]


@pytest.mark.parametrize(
    ("name", "missing", "says"),
    [("lut", "sram", "a table neuron"), ("lut", "logic", "a table neuron"),
     ("pwl", "logic", "a piecewise linear neuron"), ("cordic", "logic", "a CORDIC neuron")],
)  # fmt: skip
def test_each_neuron_names_the_role_that_it_lacks(name, missing, says):
    rest = {role: part for role, part in BY_HAND.components.items() if role != missing}
    with pytest.raises(UsageError, match=f"^{says} requires role '{missing}', which the technology does not fill$"):
        neuron(name).cost(Context(np.asarray(14e-9), np.asarray(0.8), all_laws(), rest))


def test_words_of_two_bits_by_hand():
    """Four codes over -8..8 are read as -6, -2, 2 and 6; outputs are quarters; two lines meet in the middle."""
    x = np.array([-20.0, -8, -4.1, -4, -0.1, 0, 3.9, 4, 7.9, 8, 20])
    read = np.array([-6.0, -6, -6, -2, -2, 2, 2, 6, 6, 6, 6])
    assert sigmoid_lut(x, 2, 8.0).tolist() == (np.round(4 / (1 + np.exp(-read))) / 4).tolist()
    # 1/2 over 8 is a slope of 1/16, a quarter of the quarter that slopes are words of; offsets are 0, 1/2 and 1
    assert sigmoid_pwl(x, 2, 8.0, 2).tolist() == (np.round(4 * (0.5 + read / 16)) / 4).tolist()


def test_lines_of_coarse_words_by_hand():
    """Four lines of four bits over -4..4: offsets are sixteenths, slopes sixteenths of a quarter, at points of 2."""
    ends = [round(16 / (1 + math.exp(-point))) / 16 for point in (-4, -2, 0, 2)]
    true = [1 / (1 + math.exp(-point)) for point in (-4, -2, 0, 2, 4)]
    slopes = [round((b - a) / 2 * 4 * 16) / 64 for a, b in itertools.pairwise(true)]
    for code in range(16):
        read = -4 + (code + 0.5) / 2
        k = code // 4
        wanted = round((ends[k] + slopes[k] * (read + 4 - 2 * k)) * 16) / 16
        assert float(sigmoid_pwl(np.asarray(read), 4, 4.0, 4)) == wanted
        assert float(sigmoid_pwl(np.asarray(read + 0.2), 4, 4.0, 4)) == wanted


def hand_cordic(read, bits, expansions, iterations, guard):
    """CORDIC of one number in whole numbers, as one writes it on paper."""
    one = 2 ** (bits + guard - 3)
    z, c, s = round(read / 2 * one), one, 0
    for k in range(expansions + 1, 1, -1):  # factors 1 - 2^-k, the widest first
        sign = 1 if z >= 0 else -1
        c, s = c + sign * (s - s // 2**k), s + sign * (c - c // 2**k)
        z -= sign * round(math.atanh(1 - 2.0**-k) * one)
    for k in range(1, iterations + 1):
        for _ in range(2 if k in (4, 13) else 1):
            sign = 1 if z >= 0 else -1
            c, s = c + sign * (s // 2**k), s + sign * (c // 2**k)
            z -= sign * round(math.atanh(2.0**-k) * one)
    quotient = 0.0
    for k in range(1, bits + 1):
        sign = 1 if s >= 0 else -1
        s, quotient = s - sign * (c // 2**k), quotient + sign * 2.0**-k
    return round((1 + quotient) / 2 * 2**bits) / 2**bits


@pytest.mark.parametrize(("bits", "expansions", "iterations", "guard"), [(6, 3, 8, 9), (8, 3, 14, 9), (5, 1, 3, 4)])
def test_cordic_bit_by_bit_on_paper(bits, expansions, iterations, guard):
    span = 8.0 if expansions == 3 else 3.0
    codes = -span + (np.arange(2**bits) + 0.5) * 2 * span / 2**bits
    found = sigmoid_cordic(codes, bits, span, expansions, iterations, guard)
    assert found.tolist() == [hand_cordic(read, bits, expansions, iterations, guard) for read in codes.tolist()]


def test_the_error_is_the_largest_over_the_span():
    """With two bits the worst is at an end of a step: 4 is read as 6, or as 2 just below it."""
    lut = neuron("lut", bits=2)
    x = np.linspace(-8, 8, 2001)
    read = np.clip(np.floor((x + 8) / 4), 0, 3) * 4 - 6
    wanted = np.max(np.abs(np.round(4 / (1 + np.exp(-read))) / 4 - 1 / (1 + np.exp(-x))))
    assert lut.error == approx(float(wanted), rel=1e-12)


@pytest.mark.parametrize("name", ["lut", "pwl", "cordic"])
def test_a_built_neuron_serves_a_mixed_signal_design(name):
    fields = load_neuron(name).document.data["neuron"]
    found = run(overrides={"components.digital_neuron": {**fields, "shared": {"value": 8, "status": "assumed"}}})
    line = next(p.line for p in found["mixed_signal"].totals.lines if p.line.role == "digital_neuron")
    (units,) = line.units
    assert float(np.ravel(units.cost.area)[0]) > 0
    assert units.cost.scaled


def test_a_neuron_without_its_parts_says_which():
    bare = load_technology("sot_mram", {"components.logic": "none"}).model
    with pytest.raises(UsageError, match="requires role 'logic'"):
        neuron("pwl").cost(Context(np.asarray(14e-9), np.asarray(0.8), all_laws(), bare.components))
