"""One golden bill per architecture, worked out by hand: every count is an integer in :mod:`tests.golden`, every unit
cost is reckoned in :mod:`tests.hand` from the plain numbers of the files."""

import itertools

import pytest

from tests import hand
from tests.agreement import ROUND, by_layer, lines_agree, metrics_agree
from tests.golden import DIGITAL, EQUAL, MIXED, WIDTHS, digital, golden, gpu, imac, mixed_signal, settles, totals
from tests.helpers import approx

BITS = ("weight", "input", "activation")


@pytest.mark.parametrize("bits", [1, 2, 8])
@pytest.mark.parametrize("pipelined", [True, False])
@pytest.mark.parametrize("batch", [1, 3])
def test_imac(bits, pipelined, batch):
    rows = imac(bits)
    if not pipelined:
        rows = [row for row in rows if row.name != "sample-and-hold"]  # nothing overlaps, so nothing is held
    found = golden("imac", {"read.input_bits": str(bits)}, batch, pipelined)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows, batch, pipelined))
    assert found.metrics["subarrays"].item() == 16
    used = 151 * 96 + 49 * 64 + 33 * 14
    assert found.metrics["utilization"].item() == approx(used / (16 * 32 * 48), rel=ROUND)
    assert found.bill.macs.item() == 150 * 48 + 48 * 32 + 32 * 7
    assert {key: float(value) for key, value in found.bill.bits.items()} == {
        "weight": 2, "input": bits, "activation": 4
    }  # fmt: skip


@pytest.mark.parametrize("mode", ["bit_serial", "dac"])
@pytest.mark.parametrize("bits", [1, 8])
@pytest.mark.parametrize("rule", ["sampled", "phase", "always"])
def test_mixed_signal(bits, mode, rule):
    rows = mixed_signal(bits, mode, rule)
    over = {"read.input_bits": str(bits), "read.input_mode": mode, "read.bias_window": rule}
    found = golden("mixed_signal", over)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))
    assert found.metrics["subarrays"].item() == 16
    assert by_layer(found.bill.facts["phases"]) == list(MIXED[bits, mode][0])
    assert by_layer(found.bill.facts["adc_bits"]) == list(MIXED[bits, mode][1])
    assert {key: float(value) for key, value in found.bill.bits.items()} == {
        "weight": 2, "input": bits, "activation": 2
    }  # fmt: skip


@pytest.mark.parametrize(("bits", "mode"), EQUAL)
def test_mixed_signal_at_equal_precision(bits, mode):
    """Hidden activations have the bits of the analog neuron, 4; so have converters, neurons and whatever moves them."""
    over = {"read.input_bits": str(bits), "read.input_mode": mode}
    found = golden("mixed_signal", over, precision="equal")
    rows = mixed_signal(bits, mode, hidden=4)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))
    assert by_layer(found.bill.facts["phases"]) == list(EQUAL[bits, mode][0])
    assert {key: float(value) for key, value in found.bill.bits.items()} == {
        "weight": 2, "input": bits, "activation": 4
    }  # fmt: skip


@pytest.mark.parametrize("rule", ["sampled", "phase", "always"])
def test_mixed_signal_without_a_sample_and_hold_keeps_its_lines_biased_while_it_converts(rule):
    rows = mixed_signal(8, rule=rule, hold=False)
    over = {"read.input_bits": "8", "read.bias_window": rule, "components.sample_hold": "none"}
    found = golden("mixed_signal", over)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))


@pytest.mark.parametrize("few", [1, 2, 3])
def test_mixed_signal_with_converters_of_comparators(few):
    rows = mixed_signal(8, few=few)
    found = golden("mixed_signal", {"read.input_bits": "8", "components.adc.bits": str(few)})
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))
    assert by_layer(found.bill.facts["adc_bits"]) == [few] * 3


def test_mixed_signal_on_virtual_grounds():
    rows = mixed_signal(8, circuit="virtual_ground")
    found = golden("mixed_signal", {"read.input_bits": "8", "read.circuit": "virtual_ground"}, pipelined=False)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows, pipelined=False))


def test_lines_that_settle_slower_than_the_converters_delay_each_phase():
    """A sampling aperture of 80 ns: each of the 8 phases waits for the lines, but for the conversion of the last."""
    over = {"read.input_bits": "8", "components.sample_hold.aperture": "80 ns"}
    found = golden("mixed_signal", over, pipelined=False)
    sample = hand.sample_hold()["latency"] - 0.25e-9 + 80e-9
    ready = [time + sample + 20e-12 for time in settles()]
    line = next(line for line in found.bill.lines if line.component == "crossbar")
    phases = (8, 2, 2)
    wait = [(phases[i] - 1) * (ready[i] - 32e-9) for i in range(3)]
    assert by_layer(line.delay) == approx([settles()[i] + wait[i] for i in range(3)], rel=ROUND)
    assert by_layer(line.window) == approx([phases[i] * ready[i] for i in range(3)], rel=ROUND)


@pytest.mark.parametrize("precision", DIGITAL)
@pytest.mark.parametrize("batch", [1, 3])
def test_digital(batch, precision):
    rows = digital(batch, precision=precision)
    found = golden("digital", batch=batch, precision=precision)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows, batch, batched=True))
    cycles = round(sum(rows[0].delay) * 1e9)
    assert by_layer(found.bill.facts["busy_cycles"], 1) == [cycles]
    assert found.metrics["utilization"].item() == approx(8960 * batch / (cycles * 256), rel=ROUND)
    assert {name: float(bits) for name, bits in found.bill.bits.items()} == dict(
        zip(BITS, DIGITAL[precision][:3], strict=True)
    )
    assert found.bill.macs.item() == 8960


@pytest.mark.parametrize("batch", [1, 3, 100_000])
def test_gpu(batch):
    rows = gpu(batch)
    found = golden("gpu", batch=batch)
    lines_agree(found, rows)
    expected = totals(rows, batch, batched=True)
    metrics_agree(found, expected)
    peak = 989.5e12
    assert found.metrics["utilization"].item() == approx(2 * 8960 * batch / (expected["latency"] * peak))
    assert {name: float(bits) for name, bits in found.bill.bits.items()} == dict.fromkeys(BITS, 16)
    assert found.bill.macs.item() == 8960
    # moving operands takes longer than arithmetic where 16 bits (M + N)/bandwidth exceeds 2 M N/(0.3 peak)
    moved = [(m + n) * 16 / (3350 * 8e9) for m, n in itertools.pairwise(WIDTHS)]
    reckoned = [2 * m * n / (0.3 * peak) for m, n in itertools.pairwise(WIDTHS)]
    bound = [float(a > b) for a, b in zip(moved, reckoned, strict=True)]
    assert by_layer(found.bill.facts["memory_bound"]) == bound == [1.0] * 3


def test_imac_between_negative_and_positive_voltages():
    rows = imac(1, "-V/+V")
    found = golden("imac", {"read.encoding": "-V/+V"})
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))


USES = (9, 4, 1)


@pytest.mark.parametrize("pipelined", [True, False])
@pytest.mark.parametrize(("name", "bill"), [("imac", imac), ("mixed_signal", mixed_signal)])
def test_an_analog_layer_that_is_used_several_times_takes_as_many_passes(name, bill, pipelined):
    rows = [row for row in bill(8) if pipelined or (name, row.name) != ("imac", "sample-and-hold")]
    found = golden(name, {"read.input_bits": "8"}, 1, pipelined, USES)
    lines_agree(found, rows, USES)
    metrics_agree(found, totals(rows, 1, pipelined, uses=USES))
    assert found.bill.macs.item() == 9 * 7200 + 4 * 1536 + 224


@pytest.mark.parametrize(("name", "bill"), [("digital", digital), ("gpu", gpu)])
@pytest.mark.parametrize("batch", [1, 3])
def test_a_batched_layer_streams_all_its_uses(name, bill, batch):
    rows = bill(batch, USES)
    found = golden(name, batch=batch, uses=USES)
    lines_agree(found, rows, USES)
    metrics_agree(found, totals(rows, batch, batched=True, uses=USES, passes=(1, 1, 1)))


def test_a_declared_cycle_replaces_latency_and_interval():
    """1 ns for the whole network: bias and leakage flow as long, dynamic energy is as before."""
    found = golden("imac")
    rows = imac(1)
    expected = sum(sum(row.energy) for row in rows) + 1e-9 * sum(sum(row.power) for row in rows)
    assert found.declared["latency"].item() == found.declared["interval"].item() == 1e-9
    assert found.declared["energy_active"].item() == approx(expected, rel=ROUND)
    leaked = 1e-9 * sum(sum(row.leakage) for row in rows)
    assert found.declared["energy"].item() == approx(expected + leaked, rel=ROUND)
    assert found.metrics is found.settled
    assert golden("mixed_signal").declared is None
