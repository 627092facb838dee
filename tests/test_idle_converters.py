"""Converters that wait: what they draw between conversions, in its limits and in its direction."""

import numpy as np
import pytest

from imac_arch.components.adc import adc_laws
from imac_arch.document.neglected import neglected_rows
from tests.helpers import approx, first, inputs, run

IDLE = "components.adc.idle"


def mixed(idle, law="survey", **options):
    over = {IDLE: idle, "components.adc.law": law, **options.pop("overrides", {})}
    return run(overrides=over, archs=["mixed_signal"], **options)["mixed_signal"]


def part(evaluation, name):
    return next((p for p in evaluation.totals.lines if p.line.component == name), None)


def active(evaluation):
    """Power of all converters that have columns in use, at work [W], and their conversions' energy [J]."""
    converters = part(evaluation, "ADC").line.units[0]
    used = part(evaluation, "idle ADC").line.units[0].instances
    return float(np.sum(used * converters.cost.energy / converters.cost.latency)), first(part(evaluation, "ADC").energy)


@pytest.mark.parametrize("law", adc_laws())
@pytest.mark.parametrize("pipelined", [False, True])
def test_converters_at_full_bias_draw_their_active_power_all_the_time(law, pipelined):
    found = mixed("1", law, pipelined=pipelined)
    power, converted = active(found)
    interval = first(found.totals.interval)
    assert converted + first(part(found, "idle ADC").energy) == approx(power * interval)
    assert first(part(found, "idle ADC").energy) > 0


@pytest.mark.parametrize("law", adc_laws())
def test_waiting_costs_its_share_and_nothing_else(law):
    """The energy is linear in the share; area and latency know nothing of it."""
    none, some, full = (mixed(share, law) for share in ("0", "0.25", "1"))
    waits = first(part(full, "idle ADC").energy)
    assert first(some.metrics["energy"]) == approx(first(none.metrics["energy"]) + 0.25 * waits)
    assert first(part(none, "idle ADC").energy) == 0
    assert first(part(some, "ADC").energy) == first(part(none, "ADC").energy)
    for name in ("area", "latency", "interval"):
        assert first(some.metrics[name]) == first(none.metrics[name])


def test_neglected_by_name_there_is_no_line_and_a_remark():
    found, zero = mixed("none"), mixed("0")
    assert part(found, "idle ADC") is None
    assert first(found.metrics["energy"]) == first(zero.metrics["energy"])

    def remarks(idle):
        rows = neglected_rows("mixed_signal", inputs(overrides={IDLE: idle}))
        return [(row.what, row.where) for row in rows if row.where == IDLE]

    assert remarks("none") == [("power of waiting converters of the adc", IDLE)]
    assert remarks("0.1") == []


def test_a_pipeline_waits_less_where_its_layers_keep_its_converters_busy():
    waits = [first(part(mixed("0.1", pipelined=p), "idle ADC").energy) for p in (False, True)]
    assert 0 <= waits[1] < waits[0]


def test_a_bit_serial_layer_of_one_column_and_ideal_parts_never_waits_long():
    """One converter, one column, one phase: all it waits for is the rest of the interval."""
    bare = {"components.row_driver": "none", "components.bus": "none"}
    found = mixed("1", net="20-1", overrides=bare)
    converter, waiting = part(found, "ADC").line.units[0], part(found, "idle ADC").line.units[0]
    assert float(np.sum(converter.instances)) == 4  # 32 columns installed, eight to a converter
    assert float(np.sum(waiting.instances)) == 1
    busy = float(np.ravel(converter.cost.latency)[0])
    expected = first(waiting.cost.power) * (first(found.totals.interval) - busy)
    assert first(part(found, "idle ADC").energy) == approx(expected)


@pytest.mark.parametrize(("given", "says"), [("1.1", "it must be 1 or less"), ("-0.1", "it must be 0 or more")])
def test_a_share_is_a_share(given, says):
    with pytest.raises(Exception, match=says):
        inputs(overrides={IDLE: given})


def test_samples_of_the_share_stay_shares():
    found = inputs(samples=2000).technology.components["adc"].idle.x
    assert 0 < found.min() < 0.01
    assert 0.5 < found.max() <= 1
