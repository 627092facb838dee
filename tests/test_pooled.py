"""Several sources of one number: the mean and the scale factor of the Particle Data Group."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from imac_arch.data.files import parse_text, yaml_text
from imac_arch.data.leaves import leaves, written
from imac_arch.data.pooled import pool
from imac_arch.data.quantity import In
from imac_arch.network import parse_network
from imac_arch.studies.explain import explain
from tests.helpers import approx

ENERGY = In("J", "an energy", gt=0)
Z = 1.6448536269514722


def source(value, low, high, key):
    return {"value": f"{value} fJ", "range": [f"{low} fJ", f"{high} fJ"], "source": key}


def test_two_sources_of_equal_width_meet_in_the_middle_and_the_range_holds_both():
    """By hand: of d apart in the logarithm with errors s, chi^2 = d^2/(2 s^2) and the widened error is d/2."""
    found = pool([(1.0, 0.9, 1 / 0.9), (16.0, 16 * 0.9, 16 / 0.9)])
    assert found.value == approx(4.0)
    error = math.log(1 / 0.9) / Z
    assert found.scale == approx(math.log(16) / math.sqrt(2) / error)
    assert (found.low, found.high) == (approx(4 * 4**-Z), approx(4 * 4**Z))


def test_sources_that_agree_are_not_widened():
    """Three equal ones: the error of the mean is that of one over sqrt 3."""
    found = pool([(2.0, 1.0, 4.0)] * 3)
    assert (found.value, found.scale) == (approx(2.0), 1.0)
    assert found.high == approx(2 * 2 ** (1 / math.sqrt(3)))


def test_a_sharper_source_weighs_more():
    """Errors of 1 and 2: weights of 4 and 1."""
    found = pool([(1.0, 1 / math.e, math.e), (2.0, 2 / math.e**2, 2 * math.e**2)])
    assert found.value == approx(2**0.2)
    assert found.scale == 1.0


@given(st.lists(st.tuples(st.floats(0.1, 10), st.floats(1.01, 4)), min_size=2, max_size=6), st.floats(0.01, 100))
def test_a_factor_on_all_sources_is_a_factor_on_their_mean(parts, factor):
    plain, more = ([(v * f, v * f / w, v * f * w) for v, w in parts] for f in (1.0, factor))
    a, b = pool(plain), pool(more)
    assert [y / x for x, y in zip(a[:3], b[:3], strict=True)] == approx([factor] * 3)
    assert a.scale == approx(b.scale)
    assert min(v for v, *_ in plain) * (1 - 1e-12) <= a.value <= max(v for v, *_ in plain) * (1 + 1e-12)


def test_a_quantity_of_several_sources_says_so():
    given = {"values": [source(1, 0.8, 1.25, "a"), source(9, 7.2, 11.25, "b")], "status": "derived", "group": "g"}
    found = ENERGY.parse({**given, "note": "of a word"})
    assert (found.value, found.source, found.status, found.group) == (approx(3e-15), ("a", "b"), "derived", "g")
    assert found.range[0] < 1e-15
    assert found.range[1] > 9e-15
    assert (
        found.note
        == "of a word; 1 fJ (a) and 9 fJ (b) disagree: range of their mean widened by the PDG scale factor 11.5"
    )
    close = ENERGY.parse({"values": [source(1, 0.8, 1.25, "a"), source(1.1, 0.9, 1.4, "b")]})
    assert close.note == "mean of 1 fJ (a) and 1.1 fJ (b), which agree"


WRONG = [
    ({"values": [source(1, 0.8, 1.25, "a")]}, ("values",), "two or more"),
    ({"values": "1 fJ"}, ("values",), "two or more"),
    ({"values": [source(1, 0.8, 1.25, "a"), {"value": "2 fJ", "source": "b"}]}, ("values", 1), "range"),
    ({"values": [source(1, 0.8, 1.25, "a"), source(2, 1, "3 x", "b")]}, ("values", 1, "range", 1), "unit"),
    ({"values": [source(1, 0.8, 1.25, "a"), source(2, 1, 3, "b")], "value": "1 fJ"}, ("value",), "belongs to each"),
    ({"values": [source(1, 0.8, 1.25, "a"), source(2, 1, 3, "b")], "status": "guess"}, ("status",), "unknown status"),
    ({"values": [{**source(2, 1, 3, "a"), "dist": "normal"}, source(2, 1, 3, "b")]}, ("values", 0), "log-normal"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "place", "text"), WRONG)
def test_what_is_wrong_with_one_source_is_named_at_its_place(given, place, text):
    with pytest.raises(PydanticCustomError) as caught:
        ENERGY.parse(given)
    assert any(at == place and text in said for at, said in caught.value.context["problems"])


def test_a_file_may_be_written_and_compared_with_several_sources():
    several = {"values": [source(1, 0.8, 1.25, "a"), source(9, 7.2, 11.25, "b")], "status": "derived"}
    assert parse_text(yaml_text({"energy": several}), "x").data == {"energy": several}
    assert list(leaves({"energy": several})) == [("energy", several)]
    assert written(several) == "mean of 1 fJ [0.8 fJ, 1.25 fJ], 9 fJ [7.2 fJ, 11.25 fJ]"


def test_explain_says_that_sources_disagree():
    found = explain("logic", "sot_mram", parse_network("16-8"), samples=0)
    numbers = {row.path: row for law in found.laws for row in law.numbers}
    note = numbers["laws.logic.multiplier.energy"].note
    assert "2.5 fJ (horowitz) and 12.4 fJ (aladdin) disagree" in note
    assert "PDG scale factor" in note
    low, high = numbers["laws.logic.multiplier.energy"].range
    assert low < 2.5e-15 < 12.4e-15 < high
