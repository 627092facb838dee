"""Conservation, direction and invariance of the composed results."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out
from tests.helpers import ALL, approx, inputs

CASES = [
    {}, {"tech": "sot_mram_imec"}, {"timing": "declared"}, {"pipelined": True}, {"batch": 7},
    {"batch": 7, "pipelined": True}, {"timing": "declared", "batch": 3}, {"net": "1-1"}, {"samples": 64},
    {"net": "400-120-84-10", "overrides": {"read.input_bits": "8"}}, {"overrides": {"read.bias_window": "always"}},
    {"overrides": {"read.bias_window": "phase", "read.input_mode": "dac"}},
    {"overrides": {"components.adc.law": "in_array", "read.encoding": "-V/+V"}},
    {"overrides": {"components.sample_hold": "none"}}, {"overrides": {"components.synapse.v_half": "0.5 V"}},
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_parts_sum_to_totals_and_identities_hold(evaluated, case):
    for found in evaluated(**case).values():
        metrics = found.metrics
        sums = {
            name: sum(np.sum(getattr(part, name), axis=0) for part in found.totals.lines)
            for name in ("area", "energy", "leakage_energy", "latency")
        }
        assert sums["area"] == approx(metrics["area"], rel=1e-12)
        assert sums["energy"] + sums["leakage_energy"] == approx(metrics["energy"], rel=1e-12)
        assert sums["energy"] == approx(metrics["energy_active"], rel=1e-12)
        assert sums["latency"] == approx(metrics["latency"], rel=1e-12)
        assert metrics["power"] * metrics["interval"] == approx(metrics["energy"], rel=1e-12)
        assert metrics["pap"] == approx(metrics["power"] * metrics["area"], rel=1e-12)
        assert metrics["eap"] == approx(metrics["energy"] * metrics["area"], rel=1e-12)
        assert metrics["throughput"] * metrics["interval"] == approx(1.0, rel=1e-12)
        assert metrics["leakage"] * metrics["interval"] == approx(sums["leakage_energy"], rel=1e-9)
        for part in found.totals.lines:
            for name in ("area", "energy", "leakage_energy", "latency"):
                assert np.all(getattr(part, name) >= 0), (found.architecture, part.line.component, name)


NETS = st.lists(st.integers(1, 900), min_size=2, max_size=4)


@settings(max_examples=40, deadline=None)
@given(NETS)
def test_doubling_the_fan_in_never_saves(evaluated, widths):
    small, large = "-".join(map(str, widths)), "-".join(map(str, [2 * widths[0], *widths[1:]]))
    before, after = (evaluated(net, timing="declared") for net in (small, large))
    for name in ALL:
        assert after[name].metrics["area"].item() >= before[name].metrics["area"].item() * (1 - 1e-12)
        assert after[name].bill.macs.item() >= before[name].bill.macs.item()
    assert after["imac"].metrics["power"].item() >= before["imac"].metrics["power"].item() * (1 - 1e-12)


@pytest.mark.parametrize("law", ["survey", "accelergy", "in_array"])
def test_a_converter_bit_never_saves(evaluated, law):
    found = [
        evaluated(overrides={"components.adc.bits": str(bits), "components.adc.law": law}, archs=["mixed_signal"])[
            "mixed_signal"
        ].metrics
        for bits in (5, 6, 7, 8, 9)
    ]
    for name in ("area", "energy", "latency"):
        values = [metrics[name].item() for metrics in found]
        assert values == sorted(values)


def test_one_design_in_an_array_is_that_design_alone():
    axes = {
        "subarray.rows": [32, 64, 100],
        "subarray.cols": [16, 128],
        "components.adc.columns_per_adc": [4, 8],
        "read.settle_bits": [5, 6.5],
    }
    base = inputs(overrides={"components.adc.columns_per_adc": "8"})
    swept = evaluate(laid_out(base, axes), ALL)
    for place in np.ndindex(3, 2, 2, 2):
        chosen = {path: str(values[i]) for (path, values), i in zip(axes.items(), place, strict=True)}
        alone = evaluate(inputs(overrides=chosen), ALL)
        for many, one in zip(swept, alone, strict=True):
            for name, value in one.metrics.items():
                if value is None:
                    assert many.metrics[name] is None
                    continue
                full = np.broadcast_to(many.metrics[name], (3, 2, 2, 2, 1))
                assert full[(*place, 0)] == approx(np.ravel(value)[0], rel=1e-13), (
                    many.architecture,
                    name,
                    chosen,
                )
    assert base.technology.subarray.rows.x.shape == ()


def test_samples_change_nothing_at_the_medians(evaluated):
    plain, drawn = evaluated(), evaluated(samples=300)
    for name in ALL:
        for metric, value in plain[name].metrics.items():
            other = drawn[name].metrics[metric]
            assert (value is None) == (other is None)
            if value is not None:
                assert np.ravel(other[..., 0])[0] == np.ravel(value)[0], (name, metric)


def test_the_seed_alone_decides_the_draw(evaluated):
    first, again, other = (evaluated(samples=100, seed=seed)["imac"].metrics["energy"] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_batch_helps_a_board_and_not_an_analog_network(evaluated):
    one, many = evaluated(), evaluated(batch=1024)
    assert many["gpu"].metrics["interval"].item() < one["gpu"].metrics["interval"].item() / 100
    assert many["imac"].metrics["interval"].item() == one["imac"].metrics["interval"].item()
    assert many["imac"].metrics["latency"].item() == approx(1024 * one["imac"].metrics["latency"].item())


def test_pipelining_raises_throughput_at_the_price_of_latency(evaluated):
    plain, piped = evaluated("400-120-84-10"), evaluated("400-120-84-10", pipelined=True)
    for name in ("imac", "mixed_signal"):
        assert piped[name].metrics["throughput"].item() > 1.3 * plain[name].metrics["throughput"].item()
        assert piped[name].metrics["latency"].item() >= plain[name].metrics["latency"].item()
    assert "sample-and-hold" in {line.component for line in piped["imac"].bill.lines}


def test_a_longer_bias_window_costs_more(evaluated):
    found = [
        evaluated(overrides={"read.bias_window": rule}, archs=["mixed_signal"])["mixed_signal"].metrics["energy"].item()
        for rule in ("sampled", "phase", "always")
    ]
    assert found == sorted(found)
    assert found[2] > 3 * found[0]
