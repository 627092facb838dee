"""How long converters take for what a pass gives them."""

import pytest

from tests.helpers import approx, first, run


def converters(**over):
    found = run("30-8", "reram", {"components.adc.columns_per_adc": 8, **over}, ("mixed_signal",))["mixed_signal"]
    return next(line for line in found.bill.lines if line.component == "ADC")


@pytest.mark.parametrize("active", [4, 2])
def test_columns_that_work_in_parts_are_converted_in_as_much_time(active):
    """Eight columns before one converter are eight conversions, be they of one pass or of several."""
    whole, parts = converters(), converters(**{"subarray.active_cols": active})
    conversion = first(whole.units[0].cost.latency)
    assert first(whole.delay) == approx(8 * conversion)
    assert first(parts.delay) == approx(8 * conversion)


def test_slices_that_are_joined_are_one_conversion():
    """Eight weights of two columns: eight conversions of joined ones, where each column by itself makes sixteen."""
    sliced = {"components.synapse.columns_per_weight": 2, "components.adc.columns_per_adc": 16}
    apart, joined = converters(**sliced), converters(**sliced, **{"read.slices": "analog"})
    counts = [first(line.delay) / first(line.units[0].cost.latency) for line in (apart, joined)]
    assert counts == approx([16, 8])
