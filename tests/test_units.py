import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.data.units import UnitError, format_value, parse, parse_unit, to_unit
from tests.helpers import approx


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("12.5 fJ", "J", 12.5e-15), ("1 ns", "s", 1e-9), ("0.05 um^2", "m^2", 0.05e-12), ("0.05 um2", "m^2", 0.05e-12),
        ("10 ohm*um^2", "ohm*m^2", 1e-11), ("10 ohm.um2", "ohm*m^2", 1e-11), ("10 Ω·µm²", "ohm*m^2", 1e-11),
        ("3 uJ", "J", 3e-6), ("3 µJ", "J", 3e-6), ("3 μJ", "J", 3e-6), ("200 %", "", 2.0), ("0.5", "", 0.5),
        ("900 GB/s", "bit/s", 7.2e12), ("125 TFLOPS", "op/s", 1.25e14), ("10 MA/cm^2", "A/m^2", 1e11),
        ("595 uA/um", "A/m", 595.0), ("0.0404 pJ/bit/mm", "J/bit/m", 4.04e-11), ("15 1/V", "1/V", 15.0),
        ("1e-15 J", "J", 1e-15), ("-3 mV", "V", -3e-3), (".5 kohm", "ohm", 500.0),
    ],
)  # fmt: skip
def test_known_texts(text, unit, value):
    assert parse(text, unit) == approx(value, rel=1e-15)


def test_decimal_conversion_is_exact():
    assert parse("1 ns", "s") == 1e-9
    assert parse("12.5 fJ", "J") == 12.5e-15


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("2.0 ns", "J", "is a time; expected an energy"), ("5", "J", "has no unit"), ("", "J", "not a number"),
        ("fJ", "J", "not a number"), ("3 fJJ", "J", "unknown unit 'fJJ'; expected an energy"),
        ("nan J", "J", "not a number"),
        ("1 m^9", "m", "exponent"),
        ("9" * 30_000 + " J", "J", "'99999999999999999999'... has 30,002 characters; a number and its unit have 200"),
        ("1e400 J", "J", "too large"), ("1 J//s", "W", "unknown unit"), ("0x10 J", "J", "unknown unit"),
    ],
)  # fmt: skip
def test_refusals_say_what_is_wanted(text, unit, says):
    with pytest.raises(UnitError, match=says):
        parse(text, unit)


@given(st.text(max_size=20))
def test_no_text_raises_anything_else(text):
    with contextlib.suppress(UnitError):
        assert math.isfinite(parse(text, "J"))


@given(st.floats(1e-12, 1e12), st.sampled_from(["fJ", "pJ", "nJ", "uJ", "mJ", "J", "kJ"]))
def test_round_trip(value, unit):
    assert to_unit(parse(f"{value!r} {unit}", "J"), unit) == approx(value, rel=1e-12)


@given(st.floats(1e-14, 1e16))
def test_a_printed_value_reads_back_within_its_digits(value):
    text = format_value(value, "J", 4)
    assert parse(text.replace(",", ""), "J") == approx(value, rel=1e-3)


def test_dimensions_of_products():
    assert parse_unit("J/s")[1] == parse_unit("W")[1] == parse_unit("V*A")[1]
    assert parse_unit("V/A")[1] == parse_unit("ohm")[1] == parse_unit("1/S")[1]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.452, "W", "1.45 W"), (2.7e-8, "m^2", "0.027 mm²"), (9.9e-9, "m^2", "9,900 µm²"), (0.0, "J", "0 J"),
        (None, "J", "—"), (math.nan, "J", "—"), (math.inf, "J", "∞"), (8488.26, "ohm", "8.49 kΩ"),
        (0.9999e-3, "s", "1 ms"),
    ],
)  # fmt: skip
def test_printing(value, unit, text):
    assert format_value(value, unit) == text
