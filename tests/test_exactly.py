"""Closed forms of the comparison against the exact network of its subarrays."""

import pytest

from imac_arch import compare
from imac_arch.errors import InfeasibleError
from imac_arch.report.render import render


@pytest.fixture(scope="module")
def document():
    return compare("784-128-10", "sot_mram", exact=True, samples=0).document


def test_every_subarray_is_held_against_the_exact_network(document):
    rows = document["exact"]
    for layer, mapping in enumerate(document["mapping"], 1):
        own = [row for row in rows if row["layer"] == layer]
        assert sum(row["count"] for row in own) == mapping["subarrays"]
        assert sum(row["count"] * row["rows"] * row["cols"] for row in own) == mapping["rows"] * mapping["cols"]
    for row in rows:
        assert row["error"]["power"] == pytest.approx(row["closed"]["power"] / row["exact"]["power"] - 1)


def test_the_closed_form_of_the_power_is_good_to_three_percent(document):
    assert all(abs(row["error"]["power"]) < 0.03 for row in document["exact"])


def test_a_megohm_line_is_held_by_its_virtual_ground():
    """The closed form of the settling knows no virtual ground: it is on the safe side, and the table says how far."""
    rows = compare("128-10", "sot_mram_imec", exact=True, samples=0).document["exact"]
    assert all(row["error"]["time_constant"] > 10 for row in rows)
    assert all(abs(row["error"]["power"]) < 0.02 for row in rows)


def test_it_stands_in_the_report_and_nowhere_without_being_asked_for(document):
    assert "Closed forms against the exact network" in render(document)
    plain = compare("784-10", samples=0).document
    assert "exact" not in plain
    assert "Closed forms against" not in render(plain)


def test_a_subarray_too_large_to_solve_is_infeasible():
    with pytest.raises(InfeasibleError, match="too large"):
        compare("9000-200", subarray="9000x9000", exact=True, samples=0)
