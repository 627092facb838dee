"""One golden bill per architecture, worked out by hand: every count is an integer written here, every unit cost is
reckoned in :mod:`tests.hand` from the plain numbers of the files.

The network is 150-48-32-7 on subarrays of 32 rows and 48 weight columns, a weight taking two columns. With the bias
row the layers need 151, 49 and 33 rows, so 5, 2 and 2 row tiles of 31+30+30+30+30, 25+24 and 17+16 rows, the bias row
being the last one. They need 96, 64 and 14 columns, so 2, 2 and 1 column tiles of 48, 32 and 14 columns. That makes
10 + 4 + 2 = 16 subarrays.
"""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from imac_arch.data.errors import UsageError
from imac_arch.evaluate import evaluate
from imac_arch.network import Layer, Network
from tests import hand
from tests.helpers import context, inputs, technology

WIDTHS = (150, 48, 32, 7)
FIELDS = {
    "subarray.rows": "32", "subarray.cols": "48", "components.synapse.columns_per_weight": "2",
    "read.hidden_bits": "2", "read.input_bits": "1",
}  # fmt: skip
# (layer, input rows, bias rows, columns) of a subarray and how many there are
SHAPES = (
    (0, 31, 0, 48, 2), (0, 30, 0, 48, 6), (0, 29, 1, 48, 2),
    (1, 25, 0, 32, 2), (1, 23, 1, 32, 2),
    (2, 17, 0, 14, 1), (2, 15, 1, 14, 1),
)  # fmt: skip
SUBARRAYS = (10, 4, 2)
TALLEST, WIDEST = (31, 25, 17), (48, 32, 14)
BINARY, GREY, HIDDEN = (0.1928, 0.1928), (0.1325, 0.1140), (0.5, 0.4)
FLIP_FLOP = hand.logic("flip_flop", 1)
ROUND = 1e-12


def each(unit, key):
    """A unit cost by layer; one that all layers share is repeated."""
    return [layer[key] for layer in unit] if isinstance(unit, list) else [unit[key]] * 3


class Row:
    """A line by hand: instances and actions by layer, totals of area, energy per use, leakage and power by layer."""

    def __init__(self, name, unit, instances, actions=(0, 0, 0), delay=(0, 0, 0), window=(0, 0, 0)):
        self.name, self.instances, self.actions = name, tuple(instances), tuple(actions)
        self.delay, self.window, self.shared = tuple(delay), window, len(self.instances) == 1
        layers = range(len(self.instances))
        self.area, self.leakage, self.power = (
            [self.instances[i] * each(unit, key)[i] for i in layers] for key in ("area", "leakage", "power")
        )
        self.energy = [self.actions[i] * each(unit, "energy")[i] for i in range(3)]

    def crossbar(self, power, energy):
        """Replace power and energy per use, which differ between the subarrays of a layer."""
        self.power, self.energy = power, energy
        return self


ROLES = {
    "input register": "logic", "input DAC": "dac", "crossbar": "synapse", "row driver": "row_driver",
    "differential amplifier": "amplifier", "analog neuron": "neuron", "sample-and-hold": "sample_hold", "ADC": "adc",
    "shift-and-add": "logic", "accumulator register": "logic", "digital neuron": "digital_neuron",
    "activation register": "logic", "bus": "bus", "MAC array": "mac", "SRAM": "sram",
    **dict.fromkeys(("board", "host to first kernel", "kernel launches", "kernels"), "board"),
}  # fmt: skip


def crossbar(statistics, passes, delay, window, analog, means, circuit="averaging"):
    """Crossbar and row drivers: seven shapes of subarray, their power and charge summed by layer."""
    static, charge, lost = [0.0] * 3, [0.0] * 3, [0.0] * 3
    for layer, rows, bias, cols, count in SHAPES:
        power, energy = hand.subarray(rows, bias, cols, *statistics[layer], circuit)
        static[layer] += count * power
        charge[layer] += count * energy * passes[layer]
        lost[layer] += count * 32 * hand.driver(WIDEST[layer], power, 32, analog[layer])["power"]
    synapse = hand.part("synapse")
    cell = hand.cost(32 * 48 * 2 * synapse.cell_area, leakage=32 * 48 * 2 * synapse.leakage)
    subarrays = Row("crossbar", cell, SUBARRAYS, [SUBARRAYS[i] * passes[i] for i in range(3)], delay, window)
    drivers = [hand.driver(WIDEST[i], 0.0, 32, 0.0) for i in range(3)]
    # 32 drivers a subarray; an input row is charged in each of the column tiles, 2, 2 and 1
    driven = [(300, 96, 32)[i] * passes[i] * means[i] for i in range(3)]
    row = Row("row driver", drivers, (320, 128, 64), driven, (20e-12,) * 3, window)
    return [subarrays.crossbar(static, charge), row.crossbar(lost, row.energy)]


def settles():
    return [hand.settle(tall, wide) for tall, wide in zip(TALLEST, WIDEST, strict=True)]


def neuron():
    """Area by hand: 20 fins and two cells; power and delay are the circuit's, checked where it is solved."""
    own, solved = hand.part("neuron"), technology().components["neuron"].cost(context())
    area = 2 * own.fins * own.fin_pitch * own.gate_pitch * own.layout + own.cells * own.cell_area
    return hand.cost(area, 0.0, float(solved.latency), float(solved.leakage), float(solved.power))


def signed(mean, square):
    """Statistics of 2x - 1: lines at -V and +V."""
    return 2 * mean - 1, 4 * square - 4 * mean + 1


def imac(bits, encoding="0/V"):
    """Input bits 1: a driver alone. More input bits: converters, and the first word lines are analog too."""
    grey = bits > 1
    first = GREY if grey else BINARY
    means = (first[0], 0.5, 0.5)
    statistics = [first, HIDDEN, HIDDEN]
    if encoding == "-V/+V":
        statistics = [signed(*each) for each in statistics]
    ff, hold, latch = FLIP_FLOP, hand.sample_hold(), hand.winner()
    registers = 150 * bits
    rows = [Row("input register", ff, (registers, 0, 0), (registers, 0, 0), (ff["latency"], 0, 0))]
    converter, count = hand.dac(bits), (150 if grey else 0, 0, 0)
    rows.append(Row("input DAC", converter, count, count, (converter["latency"] if grey else 0, 0, 0)))
    rows += crossbar(statistics, (1, 1, 1), settles(), None, (int(grey), 1, 1), means)
    amplifiers = [hand.amplifier(30), hand.amplifier(30), hand.amplifier(10)]
    # one for each column of each row tile: 5 x 96, 2 x 64, 2 x 14
    rows.append(Row("differential amplifier", amplifiers, (480, 128, 28), delay=(1e-9,) * 3, window=None))
    analog = neuron()
    rows.append(Row("analog neuron", analog, (48, 32, 7), delay=(analog["latency"],) * 3, window=None))
    rows.append(Row("sample-and-hold", hold, (48, 32, 7), (48, 32, 7), (hold["latency"],) * 3))
    rows.append(Row("read-out", latch, (0, 0, 7), (0, 0, 7), (0, 0, latch["latency"])))
    return rows


# by input bits and mode: phases, converter bits, conversions, width of the adders, additions
MIXED = {
    # conversions: 480, 128 and 28 columns with their row tiles, in each phase
    # width: converter bits + ceil(log2 row tiles) 3, 1, 1 + phases - 1 + one bit of the second slice
    # additions: outputs x (2 slices x row tiles x phases - 1)
    (1, "bit_serial"): ((1, 2, 2), (6, 6, 6), (480, 256, 56), (10, 9, 9), (48 * 9, 32 * 7, 7 * 7)),
    (8, "bit_serial"): ((8, 2, 2), (6, 6, 6), (3840, 256, 56), (17, 9, 9), (48 * 79, 32 * 7, 7 * 7)),
    # with a converter per word line: 32 rows of 1, 255 or 3 steps are log2 32, 8160 or 96 -> 6, 14 or 8, at most 8
    (1, "dac"): ((1, 1, 1), (6, 8, 8), (480, 128, 28), (10, 10, 10), (48 * 9, 32 * 3, 7 * 3)),
    (8, "dac"): ((1, 1, 1), (8, 8, 8), (480, 128, 28), (12, 10, 10), (48 * 9, 32 * 3, 7 * 3)),
}


def mixed_signal(bits, mode="bit_serial", rule="sampled", hold=True, circuit="averaging"):
    phases, adc_bits, conversions, width, adds = MIXED[bits, mode]
    first = GREY if bits > 1 else BINARY
    statistics = [first, HIDDEN, HIDDEN]
    if mode == "bit_serial":  # a bit is 0 or 1: its square is itself
        statistics = [(mean, mean) for mean, _ in statistics]
    ff, sample = FLIP_FLOP, hand.sample_hold() if hold else hand.cost()
    ready = [time + sample["latency"] + 20e-12 for time in settles()]
    convert = [8e-9] * 3  # 8 columns share a converter of 1 GS/s
    wait = [max(ready[i] - convert[i], 0) if hold else ready[i] for i in range(3)]
    delay = [settles()[i] + (phases[i] - 1) * wait[i] for i in range(3)]
    until = [ready[i] + phases[i] * convert[i] + (phases[i] - 1) * wait[i] for i in range(3)]
    sampled = [phases[i] * ready[i] for i in range(3)] if hold else until
    window = {"sampled": sampled, "phase": until, "always": None}[rule]
    rows = [Row("input register", ff, (150 * bits, 0, 0), (150 * bits, 0, 0), (ff["latency"], 0, 0))]
    if mode == "dac":
        converters = [hand.dac(bits), hand.dac(2), hand.dac(2)]
        rows.append(Row("input DAC", converters, (150, 48, 32), (150, 48, 32), (converters[0]["latency"],) * 3))
    rows += crossbar(statistics, phases, delay, window, (0, 0, 0), (first[0], 0.5, 0.5), circuit)
    if hold:  # one for each of the 48 columns of 10, 4 and 2 subarrays
        rows.append(Row("sample-and-hold", sample, (480, 192, 96), conversions, (sample["latency"],) * 3))
    converters = [hand.survey_adc(b) for b in adc_bits]
    rows.append(Row("ADC", converters, (60, 24, 12), conversions, [p * 8e-9 for p in phases]))
    adders = [hand.logic("adder", w) for w in width]
    levels = (3, 1, 1)
    rows.append(
        Row("shift-and-add", adders, (60, 24, 12), adds, [(levels[i] + 1) * adders[i]["latency"] for i in range(3)])
    )
    rows.append(Row("accumulator register", [hand.logic("flip_flop", w) for w in width], (48, 32, 7), adds))
    unit = hand.digital_neuron()  # serves eight outputs in turn, which arrive in turn
    rows.append(Row("digital neuron", unit, (6, 4, 1), (48, 32, 7), (unit["latency"],) * 3))
    rows.append(Row("activation register", ff, (96, 64, 14), (96, 64, 14), (ff["latency"],) * 3))
    rows.append(Row("bus", hand.bus(), (2, 2, 0), (96, 64, 0)))
    compare = hand.logic("comparator", 2)  # six comparisons find the largest of seven, in three levels
    rows.append(Row("read-out", compare, (0, 0, 6), (0, 0, 6), (0, 0, 3 * compare["latency"])))
    return rows


def digital(batch=1, uses=(1, 1, 1)):
    """A 16 by 16 array: folds of 10 x 3, 3 x 2 and 2 x 1, each 16 cycles to load and one for each use."""
    macs, streams = (7200, 1536, 224), [batch * u for u in uses]
    cycles = [(30, 6, 2)[i] * (16 + streams[i]) + 16 + 2 * 16 for i in range(3)]
    unit, neurons, compare = hand.mac(), hand.digital_neuron(), hand.logic("comparator", 8)
    rows = [Row("MAC array", unit, (256,), macs, [c * 1e-9 for c in cycles])]
    stored = 8 * (7200 + 1536 + 224) + 8 * (150 + 48)  # all weights, and the activations of the widest layer
    moved = ((150 * 3 + 48) * 8, (48 * 2 + 32) * 8, (32 * 1 + 7) * 8)  # inputs once per fold of columns
    reads = [macs[i] * 8 / streams[i] + moved[i] for i in range(3)]
    rows.append(Row("SRAM", hand.sram(stored), (1,), reads))
    rows.append(Row("digital neuron", neurons, (16,), (48, 32, 7), (neurons["latency"],) * 3))
    rows.append(Row("read-out", compare, (0, 0, 1), (0, 0, 6), (0, 0, compare["latency"])))
    return rows


def gpu(batch=1, uses=(1, 1, 1)):
    """Two launches a layer, kernels bound by memory or by arithmetic, 3350 GB/s and 0.3 of 989.5 TFLOPS."""
    board = hand.Fields("board", "boards/h100")
    rows_ = [batch * u for u in uses]
    body = [
        max(n * (m + k) * 16 / board.bandwidth, 2 * n * m * k / (board.peak * board.efficiency))
        for n, m, k in zip(rows_, WIDTHS, WIDTHS[1:], strict=False)
    ]
    idle, launching = board.idle_context, board.launch_power
    busy = max(board.busy_share * board.tdp, launching)
    start, launch = board.stream_start, 2 * board.stream_launch
    first = (start / batch, 0, 0)
    return [
        Row("board", hand.cost(board.die_area, leakage=idle), (1,)),
        Row("host to first kernel", hand.cost(power=launching - idle), (1,), delay=(start, 0, 0), window=first),
        Row("kernel launches", hand.cost(power=launching - idle), (1, 1, 1), delay=(launch,) * 3,
            window=[launch / batch] * 3),
        Row("kernels", hand.cost(power=busy - idle), (1, 1, 1), delay=body, window=[b / batch for b in body]),
    ]  # fmt: skip


def totals(rows, batch=1, pipelined=True, batched=False, uses=(1, 1, 1), passes=None):
    """Area, energy, latency, interval and leakage by the rules of composition, in loops."""
    passes = uses if passes is None else passes
    by_layer = [sum(row.delay[i] for row in rows) * passes[i] for i in range(3)]
    single = sum(by_layer)
    interval = single / batch if batched else max(by_layer) if pipelined else single
    latency = single if batched else single + (batch - 1) * interval
    leakage = sum(sum(row.leakage) for row in rows)
    active = 0.0
    for row in rows:
        active += sum(row.energy[i] * uses[i] for i in range(3))
        if row.window is None:
            active += sum(row.power) * interval
        else:
            shared = row.power * 3 if row.shared else row.power
            active += sum(shared[i] * row.window[i] * passes[i] for i in range(3))
    return {
        "area": sum(sum(row.area) for row in rows),
        "leakage": leakage,
        "latency": latency,
        "interval": interval,
        "energy_active": active,
        "energy": active + leakage * interval,
        "power": (active + leakage * interval) / interval,
        "throughput": 1 / interval,
    }


def golden(name, fields=None, batch=1, pipelined=True, uses=(1, 1, 1)):
    """The evaluation that a bill by hand is held against."""
    layers = tuple(
        Layer(fan_in=m, fan_out=n, uses=u) for m, n, u in zip(WIDTHS, WIDTHS[1:], uses, strict=False)
    )  # fmt: skip
    network = Network(name="150-48-32-7", layers=layers)
    given = inputs(network, overrides={**FIELDS, **(fields or {})}, batch=batch, pipelined=pipelined)
    return evaluate(given, [name])[0]


def by_layer(values, layers=3):
    return np.broadcast_to(np.asarray(values, float), (layers, 1)).ravel().tolist()


def lines_agree(evaluation, rows):
    lines = evaluation.bill.lines
    assert [line.component for line in lines] == [row.name for row in rows]
    for line, row in zip(lines, rows, strict=True):
        layers = 1 if row.shared else 3
        readout = "readout" if evaluation.architecture == "imac" else "logic"
        assert line.role == ROLES.get(row.name, readout)
        assert by_layer(line.instances, layers) == list(row.instances), row.name
        assert by_layer(line.actions) == pytest.approx(list(row.actions), rel=ROUND), row.name
        assert by_layer(line.delay) == pytest.approx(list(row.delay), rel=ROUND), row.name
        assert line.shared == row.shared, row.name
        for key in ("area", "leakage", "power"):
            total = [
                sum(values)
                for values in zip(
                    *(by_layer(u.instances * getattr(u.cost, key), layers) for u in line.units), strict=True
                )
            ]
            assert total == pytest.approx(getattr(row, key), rel=ROUND), (row.name, key)
        energy = [sum(v) for v in zip(*(by_layer(u.actions * u.cost.energy) for u in line.units), strict=True)]
        assert energy == pytest.approx(row.energy, rel=ROUND), row.name
        if any(row.power):
            assert (line.window is None) == (row.window is None), row.name
            if row.window is not None:
                assert by_layer(line.window) == pytest.approx(list(row.window), rel=ROUND), row.name


def metrics_agree(evaluation, expected):
    for key, value in expected.items():
        assert evaluation.metrics[key].item() == pytest.approx(value, rel=ROUND), key


# ---- the bills ----


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
    assert found.metrics["utilization"].item() == pytest.approx(used / (16 * 32 * 48), rel=ROUND)
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


@pytest.mark.parametrize("rule", ["sampled", "phase", "always"])
def test_mixed_signal_without_a_sample_and_hold_keeps_its_lines_biased_while_it_converts(rule):
    rows = mixed_signal(8, rule=rule, hold=False)
    over = {"read.input_bits": "8", "read.bias_window": rule, "components.sample_hold": "none"}
    found = golden("mixed_signal", over)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))


def test_mixed_signal_on_virtual_grounds():
    rows = mixed_signal(8, circuit="virtual_ground")
    found = golden("mixed_signal", {"read.input_bits": "8", "read.circuit": "virtual_ground"}, pipelined=False)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows, pipelined=False))


def test_lines_that_settle_slower_than_the_converters_delay_each_phase():
    """A sampling aperture of 20 ns: each of the 8 phases waits for the lines, but for the conversion of the last."""
    over = {"read.input_bits": "8", "components.sample_hold.aperture": "20 ns"}
    found = golden("mixed_signal", over, pipelined=False)
    sample = hand.sample_hold()["latency"] - 0.25e-9 + 20e-9
    ready = [time + sample + 20e-12 for time in settles()]
    line = next(line for line in found.bill.lines if line.component == "crossbar")
    phases = (8, 2, 2)
    wait = [(phases[i] - 1) * (ready[i] - 8e-9) for i in range(3)]
    assert by_layer(line.delay) == pytest.approx([settles()[i] + wait[i] for i in range(3)], rel=ROUND)
    assert by_layer(line.window) == pytest.approx([phases[i] * ready[i] for i in range(3)], rel=ROUND)


@pytest.mark.parametrize("batch", [1, 3])
def test_digital(batch):
    rows = digital(batch)
    found = golden("digital", batch=batch)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows, batch, batched=True))
    cycles = round(sum(rows[0].delay) * 1e9)
    assert by_layer(found.bill.facts["busy_cycles"], 1) == [cycles]
    assert found.metrics["utilization"].item() == pytest.approx(8960 * batch / (cycles * 256), rel=ROUND)
    assert {name: float(bits) for name, bits in found.bill.bits.items()} == dict.fromkeys(BITS, 8)
    assert found.bill.macs.item() == 8960


@pytest.mark.parametrize("batch", [1, 3, 100_000])
def test_gpu(batch):
    rows = gpu(batch)
    found = golden("gpu", batch=batch)
    lines_agree(found, rows)
    expected = totals(rows, batch, batched=True)
    metrics_agree(found, expected)
    peak = 989.5e12
    assert found.metrics["utilization"].item() == pytest.approx(2 * 8960 * batch / (expected["latency"] * peak))
    assert {name: float(bits) for name, bits in found.bill.bits.items()} == dict.fromkeys(BITS, 16)
    assert found.bill.macs.item() == 8960
    # moving operands takes longer than arithmetic where 16 bits (M + N)/bandwidth exceeds 2 M N/(0.3 peak)
    moved = [(m + n) * 16 / (3350 * 8e9) for m, n in itertools.pairwise(WIDTHS)]
    reckoned = [2 * m * n / (0.3 * peak) for m, n in itertools.pairwise(WIDTHS)]
    bound = [float(a > b) for a, b in zip(moved, reckoned, strict=True)]
    assert by_layer(found.bill.facts["memory_bound"]) == bound == [1.0] * 3


BITS = ("weight", "input", "activation")


def test_imac_between_negative_and_positive_voltages():
    rows = imac(1, "-V/+V")
    found = golden("imac", {"read.encoding": "-V/+V"})
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))


def test_mixed_signal_of_kept_bits_and_utilization():
    found = golden("mixed_signal", {"read.input_mode": "dac", "read.input_bits": "8"})
    used = 151 * 96 + 49 * 64 + 33 * 14
    assert found.metrics["utilization"].item() == pytest.approx(used / (16 * 32 * 48), rel=ROUND)
    # log2 of 32 rows times 255 or 3 steps, and one bit more, is 14 and 8 bits; max_bits allows 8
    assert by_layer(found.bill.facts["required_bits"]) == [8, 8, 8]
    found = golden("mixed_signal", {"components.adc.bits": "5"})
    assert by_layer(found.bill.facts["required_bits"]) == [6, 6, 6]
    assert by_layer(found.bill.facts["adc_bits"]) == [5, 5, 5]


def test_what_warnings_look_at():
    """Currents, densities and losses of the widest word line and the tallest bit line."""
    facts = golden("imac").bill.facts
    on, off = hand.conductances()
    r_word = hand.wires()[0]
    wire, synapse, volt = hand.part("wire"), hand.part("synapse"), hand.READ.voltage
    x = [n * math.sqrt(r_word * (on + off)) for n in WIDEST]
    resistance = [math.sqrt(r_word / (on + off)) / math.tanh(v) for v in x]
    current = [volt / r for r in resistance]
    ideal = [0.0] * 3
    for layer, rows, bias, cols, count in SHAPES:
        power, _ = hand.subarray(rows, bias, cols, *(BINARY, HIDDEN, HIDDEN)[layer])
        y = cols * math.sqrt(r_word * (on + off))
        ideal[layer] += count * power * y / math.tanh(y)
    expected = {
        "length": x,
        "far_share": [1 / math.cosh(v) for v in x],
        "input_resistance": resistance,
        "line_current": current,
        "line_density": [i / (wire.width * wire.thickness) for i in current],
        "junction_density": [volt / synapse.ra] * 3,
        "load_ratio": [hand.READ.load_conductance / (n * (on + off) / 2) for n in TALLEST],
        "settle": settles(),
        "ideal_power": ideal,
    }
    assert facts.keys() == expected.keys()
    for name, values in expected.items():
        assert by_layer(facts[name]) == pytest.approx(values, rel=ROUND), name


def test_ideal_wires_lose_nothing_and_limit_nothing():
    found = golden("imac", {"components.wire": "none"})
    facts = found.bill.facts
    assert by_layer(facts["far_share"]) == [1, 1, 1]
    assert by_layer(facts["length"]) == by_layer(facts["line_density"]) == [0, 0, 0]
    on, off = hand.conductances()
    assert by_layer(facts["input_resistance"]) == pytest.approx([1 / (n * (on + off)) for n in WIDEST], rel=ROUND)
    line = next(line for line in found.bill.lines if line.component == "crossbar")
    power = by_layer(sum(unit.instances * unit.cost.power for unit in line.units))
    assert power == pytest.approx(by_layer(facts["ideal_power"]), rel=ROUND)


def test_gated_cells_draw_from_the_supply_and_not_from_the_word_line():
    """Drivers then lose nothing of it: only buffers of analog lines are biased, and of no line current."""
    found = golden("imac", {"components.synapse.gated": "true"})
    line = next(line for line in found.bill.lines if line.component == "row driver")
    assert all(np.all(unit.cost.power == 0) for unit in line.units)
    assert by_layer(found.bill.facts["length"]) == [0, 0, 0]
    assert by_layer(found.bill.facts["line_current"]) == [0, 0, 0]


def test_idle_cells_that_leak_do_so_in_every_installed_subarray():
    found = golden("imac", {"components.synapse.leakage": "3 nW"})
    line = next(line for line in found.bill.lines if line.component == "crossbar")
    leakage = by_layer(sum(unit.instances * unit.cost.leakage for unit in line.units))
    assert leakage == pytest.approx([n * 32 * 48 * 2 * 3e-9 for n in SUBARRAYS], rel=ROUND)
    cost = line.units[0].cost
    assert cost.law == "geometry"
    assert by_layer(cost.latency) == pytest.approx(settles(), rel=ROUND)


def test_a_wire_by_node_brings_its_range_to_the_crossbar():
    wire = "{kind: node_wire, word_segment: 108 nm, bit_segment: 135 nm}"
    for name in ("imac", "mixed_signal"):
        bill = golden(name, {"components.wire": wire}).bill
        line = next(line for line in bill.lines if line.component == "crossbar")
        assert [(check.quantity, check.source) for check in line.checks] == [("node", "wire_nodes")]


SCALED = ("extrapolated", False, "scaling")
RANGES = {
    "imac": {
        ("mapping", "row tiles", "infeasible", True, "tiles"), ("mapping", "column tiles", "infeasible", True, "tiles"),
        ("mapping", "bits of an analog neuron", "extrapolated", True, "read"),
        ("input register", "node", *SCALED), ("input register", "share of the nominal supply", *SCALED),
        ("input DAC", "bits", "extrapolated", False, "dac"),
        ("row driver", "node", "extrapolated", False, "transistors"),
        ("analog neuron", "node", "law_node", False, "neuron"),
        ("sample-and-hold", "noise bits", "sample_noise", False, "sample_hold"),
    },
    "mixed_signal": {
        ("mapping", "row tiles", "infeasible", True, "tiles"), ("mapping", "column tiles", "infeasible", True, "tiles"),
        *((name, "node", *SCALED) for name in ROLES if ROLES[name] in ("logic", "digital_neuron", "bus")),
        *((name, "share of the nominal supply", *SCALED) for name in ROLES
          if ROLES[name] in ("logic", "digital_neuron", "bus")),
        ("read-out", "node", *SCALED), ("read-out", "share of the nominal supply", *SCALED),
        ("row driver", "node", "extrapolated", False, "transistors"),
        ("sample-and-hold", "noise bits", "sample_noise", False, "sample_hold"),
        ("ADC", "bits", "extrapolated", True, "adc_survey"), ("ADC", "enob", "extrapolated", True, "adc_survey"),
        ("ADC", "rate", "extrapolated", False, "adc_survey"), ("ADC", "node", "extrapolated", False, "adc_survey"),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", RANGES)
def test_ranges_that_a_bill_depends_on(name):
    checks = golden(name).bill.all_checks
    said = {(component, check.quantity, check.code, check.fatal, check.source) for component, check in checks}
    assert said == RANGES[name]
    assert all(not np.any(check.outside) for _, check in checks)


def test_grey_inputs_need_a_converter_that_the_technology_names():
    for bits, valid in ((1, True), (2, False), (8, False)):
        given = inputs("20-10", overrides={"read.input_bits": str(bits)})
        components = {role: part for role, part in given.technology.components.items() if role != "dac"}
        bare = replace(given, technology=given.technology.model_copy(update={"components": components}))
        found = evaluate(bare, ["imac"])[0]
        assert "input DAC" not in {line.component for line in found.bill.lines}
        assert found.valid.item() is valid
        said = {(check.quantity, check.source, check.code) for _, check in found.refusals}
        assert ("input bits without a role 'dac'", "read", "extrapolated") in said
    assert golden("imac", {"read.input_bits": "8"}).valid.item() is True


def single(fields, net="20-10", name="mixed_signal"):
    return {line.component: line for line in evaluate(inputs(net, overrides=fields), [name])[0].bill.lines}


def test_a_sum_of_one_number_needs_no_adder():
    """One row tile, one slice, one phase: nothing is added, and nothing is paid for it."""
    lines = single(None)
    assert np.ravel(lines["shift-and-add"].instances).tolist() == [0]
    assert np.ravel(lines["shift-and-add"].actions).tolist() == [0]
    assert np.ravel(lines["shift-and-add"].delay).tolist() == [0]
    assert np.ravel(lines["accumulator register"].instances).tolist() == [0]
    lines = single({"components.synapse.columns_per_weight": "2"}, "20-1")  # two slices of one output: one addition
    assert np.ravel(lines["shift-and-add"].actions).tolist() == [1]
    assert np.ravel(lines["shift-and-add"].instances).tolist() == [4]  # 32 columns, eight to a converter
    assert np.ravel(lines["accumulator register"].instances).tolist() == [1]
    assert np.ravel(lines["shift-and-add"].delay)[0] > 0


def test_slices_of_many_levels_shift_by_their_bits():
    """Cells of 4 levels: 7 weights a pair, so log2 7 bits a slice, and 3 steps in the largest one."""
    fields = {"components.synapse.columns_per_weight": "3"}
    given = inputs("100-10", "reram", overrides=fields)
    found = evaluate(given, ["mixed_signal"])[0]
    adder = next(line for line in found.bill.lines if line.component == "shift-and-add").units[0].cost
    rows = int(given.technology.subarray.rows.value)
    bits = min(math.ceil(math.log2(rows * 3)) + 1, 8)
    tiles = -(-101 // rows)
    width = bits + math.ceil(math.log2(tiles)) + 2 * math.log2(7)
    assert float(np.ravel(adder.area)[0]) == pytest.approx(hand.logic("adder", width)["area"], rel=ROUND)
    assert float(found.bill.bits["weight"]) == pytest.approx(3 * math.log2(7), rel=ROUND)


@pytest.mark.parametrize(
    ("shared", "outputs", "units", "turns"),
    [(None, 48, 48, 1), (8, 48, 6, 1), (32, 48, 2, 4), (32, 7, 1, 1), (12, 48, 4, 2)],
)  # fmt: skip
def test_outputs_that_arrive_together_wait_for_one_another(shared, outputs, units, turns):
    """Eight columns share a converter and arrive in turn; a neuron of more outputs serves the rest one by one."""
    entry = {"value": shared, "status": "assumed", "note": "x"} if shared else None
    line = single({"components.digital_neuron.shared": entry}, f"20-{outputs}")["digital neuron"]
    assert np.ravel(line.instances).tolist() == [units]
    assert np.ravel(line.delay)[0] == pytest.approx(turns * hand.digital_neuron()["latency"], rel=ROUND)


def test_a_bus_that_takes_time_delays_all_but_the_last_layer():
    line = single({"components.bus.latency": "2 ns"}, "20-10-5")["bus"]
    assert np.ravel(line.delay) == pytest.approx([2e-9 * 0.3608, 0], rel=ROUND)


def test_a_technology_without_a_cycle_declares_none():
    found = golden("imac", {"cycle": None})
    assert found.bill.cycle is None
    assert found.declared is None


def test_labels_of_what_was_carried_from_another_node():
    for name, component, label in (
        ("mixed_signal", "digital neuron", "digital neuron"), ("digital", "digital neuron", "digital neuron"),
        ("mixed_signal", "bus", "bus"), ("mixed_signal", "shift-and-add", "adder"),
        ("mixed_signal", "read-out", "comparator"), ("digital", "SRAM", "sram"),
    ):  # fmt: skip
        line = next(line for line in golden(name).bill.lines if line.component == component)
        assert [number.what for number in line.units[0].cost.scaled] == [label]
    for role, label in (("sample_hold", "sample-and-hold"), ("readout", "read-out"), ("line_switch", "line switch")):
        figures = {"area": "1 um^2", "energy": "1 fJ", "latency": "0 s", "leakage": "0 W", "node": "32 nm"}
        table = {"kind": "table", **{k: {"value": v, "status": "assumed", "note": "x"} for k, v in figures.items()}}
        for name in ("imac", "mixed_signal"):
            for line in golden(name, {f"components.{role}": table}).bill.lines:
                if line.role == role:
                    assert [number.what for number in line.units[0].cost.scaled] == [label], name


def test_a_board_is_needed_where_one_is_evaluated():
    with pytest.raises(UsageError, match=r"^architecture gpu requires a board; name one with --gpu$"):
        evaluate(inputs(gpu=None), ["gpu"])


USES = (9, 4, 1)


@pytest.mark.parametrize("pipelined", [True, False])
@pytest.mark.parametrize(("name", "bill"), [("imac", imac), ("mixed_signal", mixed_signal)])
def test_an_analog_layer_that_is_used_several_times_takes_as_many_passes(name, bill, pipelined):
    rows = [row for row in bill(8) if pipelined or (name, row.name) != ("imac", "sample-and-hold")]
    found = golden(name, {"read.input_bits": "8"}, 1, pipelined, USES)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows, 1, pipelined, uses=USES))
    assert found.bill.macs.item() == 9 * 7200 + 4 * 1536 + 224


@pytest.mark.parametrize(("name", "bill"), [("digital", digital), ("gpu", gpu)])
@pytest.mark.parametrize("batch", [1, 3])
def test_a_batched_layer_streams_all_its_uses(name, bill, batch):
    rows = bill(batch, USES)
    found = golden(name, batch=batch, uses=USES)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows, batch, batched=True, uses=USES, passes=(1, 1, 1)))


def test_a_declared_cycle_replaces_latency_and_interval():
    """1 ns for the whole network: bias and leakage flow as long, dynamic energy is as before."""
    found = golden("imac")
    rows = imac(1)
    expected = sum(sum(row.energy) for row in rows) + 1e-9 * sum(sum(row.power) for row in rows)
    assert found.declared["latency"].item() == found.declared["interval"].item() == 1e-9
    assert found.declared["energy_active"].item() == pytest.approx(expected, rel=ROUND)
    leaked = 1e-9 * sum(sum(row.leakage) for row in rows)
    assert found.declared["energy"].item() == pytest.approx(expected + leaked, rel=ROUND)
    assert found.metrics is found.settled
    assert golden("mixed_signal").declared is None
