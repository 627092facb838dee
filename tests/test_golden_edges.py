"""What stands around the golden bills: facts that warnings look at, ranges, sharing, slices, neglected parts."""

import math
from dataclasses import replace

import numpy as np
import pytest

from imac_arch.data.errors import UsageError
from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out
from tests import hand, hand_lines
from tests.agreement import ROLES, ROUND, by_layer
from tests.golden import BINARY, HIDDEN, SHAPES, SUBARRAYS, TALLEST, WIDEST, golden, settles
from tests.helpers import approx, inputs


def test_mixed_signal_of_kept_bits_and_utilization():
    found = golden("mixed_signal", {"read.input_mode": "dac", "read.input_bits": "8"})
    used = 151 * 96 + 49 * 64 + 33 * 14
    assert found.metrics["utilization"].item() == approx(used / (16 * 32 * 48), rel=ROUND)
    # log2 of 32 rows times 255 or 3 steps, and one bit more, is 14 and 8 bits; max_bits allows 8
    assert by_layer(found.bill.facts["required_bits"]) == [14, 8, 8]
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
    load, flowing = hand.READ.load_conductance, (BINARY, HIDDEN, HIDDEN)
    for layer, rows, bias, cols, count in SHAPES:
        tile = hand_lines.Tile(rows + bias, cols, WIDEST[layer], "averaging", load)
        ideal[layer] += count * tile.ideal(rows, bias, *flowing[layer])
    largest = [hand_lines.Tile(tall, wide, wide, "averaging", load) for tall, wide in zip(TALLEST, WIDEST, strict=True)]
    expected = {
        "length": x,
        "far_share": [tile.far(*values) for tile, values in zip(largest, flowing, strict=True)],
        "signal_share": [tile.signals()[0] for tile in largest],
        "signal_share_all_on": [tile.signals()[1] for tile in largest],
        "input_resistance": resistance,
        "line_current": current,
        "line_density": [i / (wire.width * wire.thickness) for i in current],
        "junction_density": [volt / synapse.ra] * 3,
        "load_ratio": [hand.READ.load_conductance / (n * (on + off) / 2) for n in TALLEST],
        "settle": settles(hand.READ.load_conductance),
        "ideal_power": ideal,
    }
    assert facts.keys() == expected.keys()
    for name, values in expected.items():
        assert by_layer(facts[name]) == approx(values, rel=ROUND), name


def test_what_a_virtual_ground_keeps_of_a_signal():
    """Lines at 0 V: with all inputs on, every cell of a bit line draws from it."""
    facts = golden("imac", {"read.circuit": "virtual_ground"}).bill.facts
    sides = zip(TALLEST, WIDEST, strict=True)
    largest = [hand_lines.Tile(tall, wide, wide, "virtual_ground", 0.0) for tall, wide in sides]
    for place, name in enumerate(("signal_share", "signal_share_all_on")):
        assert by_layer(facts[name]) == approx([tile.signals()[place] for tile in largest], rel=ROUND)
    assert by_layer(facts["settle"]) == approx(settles(circuit="virtual_ground"), rel=ROUND)


def test_cells_conduct_as_they_do_at_the_read_voltage():
    """At half the bias of 1.6 V the magnetoresistance of 2 has fallen to 2/(1 + 1/4)."""
    facts = golden("imac", {"components.synapse.v_half": "1.6 V"}).bill.facts
    on, _ = hand.conductances()
    cell = (on + on / (1 + 2 / 1.25)) / 2
    assert by_layer(facts["load_ratio"]) == approx([1e-3 / (n * cell) for n in TALLEST], rel=ROUND)


def test_ideal_wires_lose_nothing_and_limit_nothing():
    found = golden("imac", {"components.wire": "none", "read.line_energy": "line"})
    facts = found.bill.facts
    for name in ("far_share", "signal_share"):
        assert by_layer(facts[name]) == approx([1 / 1.05] * 3, rel=0.03)  # of drivers of 5 %
    assert by_layer(facts["length"]) == by_layer(facts["line_density"]) == [0, 0, 0]
    on, off = hand.conductances()
    assert by_layer(facts["input_resistance"]) == approx([1 / (n * (on + off)) for n in WIDEST], rel=ROUND)
    bare = golden("imac", {"components.wire": "none", "components.row_driver": "none", "read.line_energy": "line"})
    line = next(line for line in bare.bill.lines if line.component == "crossbar")
    power = by_layer(sum(unit.power for unit in line.units))
    assert power == approx(by_layer(facts["ideal_power"]), rel=1e-9)
    for name in ("far_share", "signal_share"):
        assert by_layer(bare.bill.facts[name]) == approx([1] * 3, rel=1e-9)


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
    assert leakage == approx([n * 32 * 48 * 2 * 3e-9 for n in SUBARRAYS], rel=ROUND)
    cost = line.units[0].cost
    assert cost.law == "geometry"
    assert by_layer(cost.latency) == approx(settles(hand.READ.load_conductance), rel=ROUND)


def test_a_wire_by_node_brings_its_range_to_the_crossbar():
    wire = "{kind: node_wire, word_segment: 108 nm, bit_segment: 135 nm}"
    for name in ("imac", "mixed_signal"):
        bill = golden(name, {"components.wire": wire}).bill
        line = next(line for line in bill.lines if line.component == "crossbar")
        assert ("node", "wire_nodes") in [(check.quantity, check.source) for check in line.checks]


SCALED = ("extrapolated", False, "scaling")
INPUTS = ("crossbar", "mean square of the inputs", "extrapolated", True, "values between 0 and 1")
RANGES = {
    "imac": {
        ("mapping", "row tiles", "infeasible", True, "tiles"), ("mapping", "column tiles", "infeasible", True, "tiles"),
        ("mapping", "bits of an analog neuron", "extrapolated", True, "read"),
        ("input register", "node", *SCALED), ("input register", "share of the nominal supply", *SCALED),
        ("input DAC", "bits", "extrapolated", False, "dac"),
        ("row driver", "node", "extrapolated", False, "transistors"),
        ("analog neuron", "node", "law_node", False, "neuron"),
        ("analog neuron", "node", "extrapolated", False, "transistors"),
        ("analog neuron", "on_current", "extrapolated", True, "neuron"),
        ("analog neuron", "threshold", "extrapolated", True, "transistors"),
        ("analog neuron", "output", "extrapolated", True, "neuron"), INPUTS,
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
        INPUTS,
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
    assert float(np.ravel(adder.area)[0]) == approx(hand.logic("adder", width)["area"], rel=ROUND)
    assert float(found.bill.bits["weight"]) == approx(3 * math.log2(7), rel=ROUND)


@pytest.mark.parametrize(
    ("shared", "outputs", "units", "turns"),
    [(None, 48, 48, 1), (8, 48, 6, 1), (32, 48, 2, 4), (32, 7, 1, 1), (12, 48, 4, 2)],
)  # fmt: skip
def test_outputs_that_arrive_together_wait_for_one_another(shared, outputs, units, turns):
    """Eight columns share a converter and arrive in turn; a neuron of more outputs serves the rest one by one."""
    entry = {"value": shared, "status": "assumed", "note": "x"} if shared else None
    line = single({"components.digital_neuron.shared": entry}, f"20-{outputs}")["digital neuron"]
    assert np.ravel(line.instances).tolist() == [units]
    assert np.ravel(line.delay)[0] == approx(turns * hand.digital_neuron()["latency"], rel=ROUND)


def test_a_bus_that_takes_time_delays_all_but_the_last_layer():
    line = single({"components.bus.latency": "2 ns"}, "20-10-5")["bus"]
    assert np.ravel(line.delay) == approx([2e-9 * 0.3608, 0], rel=ROUND)


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


def test_sums_over_layers_cross_no_design():
    """Two arrays and two boards side by side: each has its own memory, cycles and utilization."""
    given = inputs("150-48-32-7", batch=64, precision="native")
    axes = {"components.mac.rows": [16, 8], "components.mac.weight_bits": [8, 4], "board.stream_start": [1e-5, 2e-5]}
    many = {e.architecture: e for e in evaluate(laid_out(given, axes), ["digital", "gpu"])}
    for place in np.ndindex(2, 2, 2):
        point = {path: [values[i]] for (path, values), i in zip(axes.items(), place, strict=True)}
        for name, alone in ((e.architecture, e) for e in evaluate(laid_out(given, point), ["digital", "gpu"])):
            for metric, value in alone.metrics.items():
                if value is not None:
                    got = np.broadcast_to(many[name].metrics[metric], (2, 2, 2, 1))[place]
                    assert got.item() == np.ravel(value)[0], (name, metric, place)
            for fact, value in alone.bill.facts.items():
                wide = np.broadcast_to(many[name].bill.facts[fact], (np.shape(value)[0], 2, 2, 2, 1))
                assert wide[(slice(None), *place)].ravel().tolist() == np.ravel(value).tolist(), fact
    small = [(30, 6, 2), (57, 12, 4)]  # folds of arrays of 16 and 8 rows: ceil(150/8) 3 = 57, ceil(48/8) 2, 4 x 1
    cycles = [
        sum(n * (rows * 16 * bits // 128 + 64) + rows + 32 for n in folds)  # a fold is loaded by 128 bits a cycle
        for folds, rows in zip(small, (16, 8), strict=True)
        for bits in (8, 4)
    ]
    assert np.unique(many["digital"].bill.facts["busy_cycles"]).tolist() == sorted(cycles)


def test_a_board_is_needed_where_one_is_evaluated():
    with pytest.raises(UsageError, match=r"^architecture gpu requires a board; name one with --gpu$"):
        evaluate(inputs(gpu=None), ["gpu"])
