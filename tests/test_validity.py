"""What has no meaning is refused, left out of intervals and said; what a bill must say is demanded of it."""

from dataclasses import replace

import numpy as np
import pytest

from imac_arch import compare
from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.errors import FileErrors, UsageError
from imac_arch.evaluate import evaluate, evaluate_grid
from imac_arch.inputs import laid_out
from tests.helpers import approx, inputs

WIDE = {
    "components.adc.enob_loss": {"value": 0.4, "range": [0.1, 1.5]}, "components.adc.law": "accelergy",
    "components.adc.bits": 5,
}  # fmt: skip


def test_samples_outside_of_a_law_are_left_out_of_the_intervals():
    found = compare("16-8-4", overrides=WIDE, samples=400)
    texts = [w.message for w in found.document.warnings if w.code == "invalid_samples"]
    (text,) = [text for text in texts if text.startswith("mixed_signal: ")]
    assert "enob of adc_accelergy" in text
    share = float(text.split()[1].rstrip("%")) / 100
    evaluation = evaluate(inputs("16-8-4", overrides=WIDE, samples=400), ["mixed_signal"])[0]
    drawn = evaluation.valid.ravel()[1:]
    assert share == pytest.approx(1 - drawn.mean(), abs=5e-4)
    assert 0 < share < 0.5
    kept = evaluation.metrics["energy"].ravel()[1:][drawn]
    (row,) = [row for row in found.document.architectures if row.name == "mixed_signal"]
    ends = row.metrics["energy"].interval
    assert [ends.low, ends.high] == approx(np.percentile(kept, (5, 95)).tolist(), rel=1e-12)


def test_without_such_samples_nothing_is_masked():
    found = evaluate(inputs("16-8-4", samples=20), ["imac"])[0]
    assert found.masked() is found


@pytest.mark.parametrize("timing", ["settled", "declared"])
def test_samples_without_meaning_are_masked_in_every_timing(timing):
    """More bits of a neuron than its lines settle to, in about half of the samples."""
    wide = {"read.settle_bits": {"value": 6, "range": [4, 8], "dist": "uniform"}, "read.neuron_bits": 6}
    (found,) = evaluate(inputs("16-8-4", overrides=wide, samples=60, timing=timing), ["imac"])
    masked = found.masked()
    drawn = np.broadcast_to(found.valid, 61)
    assert 10 < drawn.sum() < 61
    assert found.declared is not None
    for before, after in ((found.metrics, masked.metrics), (found.settled, masked.settled),
                          (found.declared, masked.declared)):  # fmt: skip
        assert before.keys() == after.keys()
        for name, values in before.items():
            if values is None:
                assert after[name] is None
                continue
            seen = np.broadcast_to(after[name], 61)
            assert np.array_equal(seen[drawn], np.broadcast_to(values, 61)[drawn]), name
            assert np.isnan(seen[~drawn]).all(), name


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            {"components.wire.height": "20 um"},
            "imac: capacitance .* of the wire is -.*: components.wire.height = 20 um",
        ),
        ({"read.input_bits": {"value": 3000, "range": [3000, 3000]}}, "read.input_bits = 3000 .* is to blame"),
    ],
)
def test_figures_without_physical_meaning_are_refused(overrides, says):
    with np.errstate(all="ignore"), pytest.raises(UsageError, match=says):
        compare("16-8-4", "reram", overrides=overrides, samples=0)


def test_certain_reflection_has_no_resistivity():
    with pytest.raises(FileErrors, match="reflection: 1 is not allowed here: it must be less than 1"):
        compare("16-8-4", overrides={"components.wire.reflection": 1}, samples=0)


def test_a_sum_that_is_not_finite_is_not_valid():
    found = evaluate(inputs("16-8-4"), ["imac"])[0]
    for value in (np.nan, np.inf, -1.0):
        broken = replace(found, totals=replace(found.totals, energy_active=np.full((1,), value)))
        assert not broken.valid.any()
        (named,) = [check.quantity for _, check in broken.refusals if np.any(check.outside)]
        assert named == "energy without leakage"


@pytest.mark.parametrize("samples", [0, 10])  # eleven values, as many as the table has rows
@pytest.mark.parametrize("path", ["table.3.energy_supply.0", "table.5.delay_supply.2", "table.4.vdd"])
def test_a_number_of_a_supply_polynomial_may_be_an_axis(path, samples):
    overrides = {"vdd": "0.7 V"}
    given = inputs("16-8-4", samples=samples, overrides=overrides)
    law = given.laws.by_name["scaling"]
    row, column, *power = path.split(".")[1:]
    number = getattr(law.table[int(row)], column)
    value = number[int(power[0])].value if power else number.value
    single = evaluate(given, ["digital"])[0]
    (found,) = evaluate_grid(laid_out(given, {f"laws.scaling.{path}": [value, 1.1 * value]}), ["digital"])
    for name in ("energy", "latency"):
        assert np.broadcast_to(found.metrics[name], (2, samples + 1))[0] == approx(
            np.broadcast_to(single.metrics[name], (samples + 1,)), rel=1e-12
        )


def test_a_lossless_sum_may_need_more_bits_than_auto_may_take():
    found = compare("1000-10", arch=["mixed_signal"], subarray="1024x16", samples=0)
    texts = [w.message for w in found.document.warnings if w.code == "adc_bits"]
    assert texts == ["resolution of the converters 8 bit (needs 11 bit)"]


def test_a_bill_keeps_what_its_architecture_declares(monkeypatch):
    given = inputs("16-8-4")
    plain = ARCHITECTURES["imac"]
    fewer = replace(plain, roles=tuple(role for role in plain.roles if role != "amplifier"))
    monkeypatch.setitem(ARCHITECTURES, "imac", fewer)
    with pytest.raises(TypeError, match="has role 'amplifier', which is not among its roles: synapse, "):
        evaluate(given, ["imac"])
    silent = replace(plain, bill=lambda case: replace(plain.bill(case), facts={}))
    monkeypatch.setitem(ARCHITECTURES, "imac", silent)
    with pytest.raises(TypeError, match=r"requires facts=tiles\.facts\(\)"):
        evaluate(given, ["imac"])


@pytest.mark.parametrize(
    ("tech", "path", "values", "valid", "quantity"),
    [
        ("reram", "components.synapse.r_on", [1e3, 1e8], [True, False], "r_off"),
        ("pcm", "components.synapse.device_levels", [2, 256, 257], [True, True, False], "levels of a cell"),
        ("sot_mram", "laws.transistors.table.6.off_current", [0.1, 15], [True, False], "on_current"),
        ("sot_mram", "laws.transistors.table.6.off_current", [1e-3, 2e-10], [True, False], "threshold"),
        (
            "sot_mram", "laws.inputs.hidden.mean_square", [0.2, 0.3, 0.6], [False, True, False],
            "mean square of the inputs",
        ),
    ],
)  # fmt: skip
def test_what_a_file_may_not_say_makes_a_design_invalid(tech, path, values, valid, quantity):
    (found,) = evaluate_grid(laid_out(inputs("16-8-4", tech), {path: values}), ["imac"])
    assert found.valid.ravel().tolist() == valid
    (part,) = found.parts.values()
    assert [check.quantity for _, check in part.refusals if np.any(check.outside)] == [quantity]


def test_draws_that_swap_on_and_off_are_left_out_and_told():
    """Of what is left, every sample lets the board catch up with a design that gains nothing from batches."""
    found = compare("16-8-4", "stt_mram", samples=500)
    even = {row.metric: row for row in found.document.break_even if row.architecture == "mixed_signal"}
    assert even["throughput"].probability == 1
    texts = [w.message for w in found.document.warnings if w.code == "invalid_samples"]
    assert [text.split(":")[0] for text in texts if text.startswith(("imac", "mixed"))] == ["imac", "mixed_signal"]
    assert all("r_off of r_on" in text for text in texts)
