"""The closed forms of lines pass an array type that records what is done to it and has no values to look at."""

import numpy as np
import pytest

from imac_arch.crossbar import lines
from tests.helpers import approx

FUNCTIONS = {
    "ladder_length": 3, "attenuation": 1, "word_line_input_resistance": 3, "settling_time": 2, "line_resistivity": 6,
}  # fmt: skip
K = {f"k{n}": np.asarray(0.1 * n) for n in range(1, 8)}


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A formula instead of values: ``at()`` computes it."""

    def __init__(self, compute):
        self.at = compute

    def __array__(self, *args, **kwargs):
        raise TypeError("a traced array has no values")

    def __bool__(self):
        raise TypeError("a traced array is neither true nor false")

    __float__ = __bool__

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        assert method == "__call__"
        assert not options
        return Traced(lambda: ufunc(*map(value, inputs)))

    def __array_function__(self, function, types, args, options):
        assert function is np.where
        return Traced(lambda: np.where(*map(value, args)))


def value(given):
    return given.at() if isinstance(given, Traced) else given


def traced(values):
    return [Traced(lambda v=v: v) for v in values]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_closed_form_is_traced(name):
    count = FUNCTIONS[name]
    values = list(np.random.default_rng(0).uniform(0.1, 0.9, (count, 4)))
    found = getattr(lines, name)(*traced(values))
    assert isinstance(found, Traced)
    assert np.array_equal(found.at(), getattr(lines, name)(*values))


@pytest.mark.parametrize("circuit", ["virtual_ground", "averaging"])
def test_the_power_of_a_line_is_traced(circuit):
    values = list(np.random.default_rng(0).uniform(0.1, 0.9, (6, 4)))
    found = lines.bit_line_power(circuit, *traced(values))
    assert np.array_equal(found.at(), lines.bit_line_power(circuit, *values))


def test_the_capacitance_of_a_wire_is_traced():
    values = list(np.random.default_rng(0).uniform(0.1, 0.9, (6, 4)))
    found = lines.wire_capacitance(*traced(values), dict(zip(K, traced(K.values()), strict=True)))
    assert np.array_equal(found.at(), lines.wire_capacitance(*values, K))


def test_every_closed_form_is_in_the_list():
    assert {*FUNCTIONS, "bit_line_power", "wire_capacitance"} == set(lines.__all__)


def test_whole_numbers_and_plain_floats_do_as_well():
    assert lines.attenuation(0) == 1
    assert lines.attenuation(np.array([0, 1])) == approx([1, np.tanh(1.0)])
    assert lines.settling_time(1.0, 3) == approx(4 * np.log(2))
