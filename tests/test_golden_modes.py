"""Whole bills by hand of reads that bias cells for a given time or move charge, and of adder trees in the array."""

import math

import pytest

from tests import golden, hand, hand_lines
from tests.agreement import ROLES, ROUND, by_layer, lines_agree, metrics_agree
from tests.golden import FLIP_FLOP, Row, mixed_signal, totals
from tests.helpers import approx

PHASES = {1: (1, 2, 2), 8: (8, 2, 2)}  # of the three layers, bit by bit
CAPACITOR, SWING = 1.5e-15, 0.5


def windowed(rows, window):
    """The same rows, whose cells and drivers are biased for a window by layer."""
    for row in rows:
        if row.name in ("crossbar", "row driver"):
            row.window = window
    return rows


@pytest.mark.parametrize("bits", [1, 8])
def test_cells_that_are_biased_for_a_read_time(bits, monkeypatch):
    monkeypatch.setattr(golden, "settles", lambda **_: [20e-9] * 3)
    window = [20e-9 * passes for passes in PHASES[bits]]
    rows = windowed(mixed_signal(bits), window)
    over = {"read.input_bits": str(bits), "read.mode": "static", "read.time": "20 ns"}
    found = golden.golden("mixed_signal", over)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))


def test_a_read_from_the_supply_takes_more_by_the_supply_over_the_read_voltage(monkeypatch):
    """0.8 V of supply and read voltage are one; at half the read voltage the supply gives twice what lines take."""
    over = {"read.mode": "sampled", "read.voltage": "0.4 V"}
    line, supply = (golden.golden("mixed_signal", {**over, "read.drawn_from": at}) for at in ("line", "supply"))
    for component in ("crossbar", "row driver"):
        one, two = (next(line for line in each.bill.lines if line.component == component) for each in (line, supply))
        power = [sum(sum(by_layer(units.power)) for units in each.units) for each in (one, two)]
        assert power[1] == approx(2 * power[0], rel=ROUND)


def by_charge(mode):
    """Power, energy of a pass and loss of a subarray: wires of sot_mram, cells that charge 1.5 fF or pull a line."""
    cell, end = hand.part("synapse").capacitance, hand.READ.load_capacitance

    def subarray(inputs, bias, cols, widest, mean, square, circuit, load, swing):
        _, _, c_word, c_bit = hand.wires()
        active, rows, lines = inputs * swing + bias, inputs + bias, 2 * cols
        words = inputs * swing * cols * (c_word + 2 * cell) * 0.8**2
        share = active / rows / 2
        if mode == "charge":
            charged = lines * active * CAPACITOR * 0.8**2
            return 0.0, words + charged + lines * (rows * c_bit + end) * 0.8 * SWING * share, 0.0
        return 0.0, words + lines * (rows * (c_bit + cell) + end) * 0.8 * SWING * share, 0.0

    return subarray


def charge_times(mode):
    """When the slowest line of each layer has its voltage."""
    synapse, times = hand.part("synapse"), []
    r_word, r_bit, c_word, c_bit = hand.wires()
    mean = sum(hand.conductances()) / 2
    for rows, cols in zip(golden.TALLEST, golden.WIDEST, strict=True):
        word = r_word * (c_word + 2 * synapse.capacitance) * cols**2 / 2
        line = rows * (c_bit + synapse.capacitance) + hand.READ.load_capacitance
        steps = math.log(2) * (hand.READ.settle_bits + 1)
        if mode == "charge":
            times.append(steps * (word + CAPACITOR / mean + r_bit * line * rows / 2))
        else:
            times.append(steps * word + line * SWING / (rows * mean * 0.8))
    return times


@pytest.mark.parametrize("mode", ["charge", "discharge"])
@pytest.mark.parametrize("bits", [1, 8])
def test_lines_that_are_charged_or_discharged_once_a_pass(mode, bits, monkeypatch):
    smallest = hand.part("row_driver").min_width  # nothing flows that a driver must be sized for
    monkeypatch.setattr(golden, "settles", lambda **_: charge_times(mode))
    monkeypatch.setattr(hand_lines, "subarray", by_charge(mode))
    monkeypatch.setattr(hand_lines, "input_resistance", lambda cols: math.inf)
    rows = mixed_signal(bits)
    assert sum(rows[2].power) == 0
    assert smallest > 0
    over = {"read.mode": mode, "read.circuit": "averaging", "read.load_conductance": "0 S", "read.swing": "0.5 V"}
    if mode == "charge":
        over["components.synapse.read_capacitance"] = "1.5 fF"
    found = golden.golden("mixed_signal", {**over, "read.input_bits": str(bits)})
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))


TREE = {
    "kind": "adder_tree", "rows": 64, "cols": 16, "depth": 2, "weight_bits": 4, "input_bits": 2, "pass_bits": 1,
    "adder_capacitance": "2 fF", "product_capacitance": "0.3 fF", "register_capacitance": "12 fF", "activity": 0.8,
    "cell_factor": 2, "adder_area": "2.5 um^2", "product_area": "0.3 um^2", "register_area": "6 um^2",
    "adder_delay": "60 ps", "cell_leakage": "30 pW", "adder_leakage": "1 nW",
}  # fmt: skip


def test_adder_trees_in_the_array():
    """150 inputs are 3 sums of a column, 2 of them on the trees of one macro: 2 macros above one another, 3 beside one
    another for 48 outputs; then 1 x 2 and 1 x 1 macros. 2-bit inputs are 2 phases, which the first layer takes twice.
    """
    table = [(hand.plain(row["node"]), hand.plain(row["cell"])) for row in hand.file("laws/pitch")["table"]]
    cell, there = hand.between(14e-9, table), hand.between(28e-9, table)
    pitch, macros, used = math.sqrt(cell / there), (6, 2, 1), (50, 48, 32)
    delay = hand.carried(hand.cost(latency=60e-12), 28e-9)["latency"]

    def tree(words):
        adders = {n: (n - 1) * 5 - math.log2(n) for n in (words, 64)}
        energy = 0.8 * pitch * 0.8**2 * (2e-15 * adders[words] + 0.3e-15 * 4 * words)
        area = (2.5e-12 * adders[64] + 0.3e-12 * 4 * 64) * cell / there
        return hand.cost(area, energy, delay * (4 + 1 + 2 * 6), 1e-9 * adders[64])

    width = 4 + 2 + 6
    register = hand.cost(6e-12 * width * cell / there, 0.8 * pitch * 0.8**2 * 12e-15 * width, delay * 2, 1e-9 * width)
    sums, passes = (48 * 3 * 2, 32 * 2, 7 * 2), (4, 2, 2)
    time = [n * (delay * 17 + register["latency"]) for n in passes]
    stored, trees = [n * 64 * 2 * 16 * 4 for n in macros], [n * 16 for n in macros]
    adders = [hand.logic("adder", 4 + 2 + math.ceil(math.log2(n))) for n in (150, 48, 32)]
    compare, unit = hand.logic("comparator", 2), hand.digital_neuron()
    turns = [8, 8, 7]  # outputs arrive together, and eight share a neuron
    rows = [
        Row("input register", FLIP_FLOP, (300, 0, 0), (300, 0, 0), (FLIP_FLOP["latency"], 0, 0)),
        Row("storage", hand.cost(2 * cell, leakage=30e-12), stored),
        Row("adder tree", [tree(n) for n in used], trees, sums, time),
        Row("shift-accumulator", register, trees, sums),
        Row("partial-sum adder", adders, (48, 0, 0), (48, 0, 0), (adders[0]["latency"], 0, 0)),
        Row("digital neuron", unit, (6, 4, 1), (48, 32, 7), [n * unit["latency"] for n in turns]),
        Row("activation register", FLIP_FLOP, (96, 64, 14), (96, 64, 14), (FLIP_FLOP["latency"],) * 3),
        Row("bus", hand.bus(), (2, 2, 0), (96, 64, 0)),
        Row("read-out", compare, (0, 0, 6), (0, 0, 6), (0, 0, 3 * compare["latency"])),
    ]
    own = ("storage", "adder tree", "shift-accumulator")
    roles = {**ROLES, **dict.fromkeys(own, "adder_tree"), "partial-sum adder": "logic"}
    found = golden.golden("digital_cim", {"components.adder_tree": TREE, "read.input_bits": "2"})
    assert [each.role for each in found.bill.lines] == [roles.get(row.name, "logic") for row in rows]
    ROLES.update(roles)
    lines_agree(found, rows)
    metrics_agree(found, totals(rows))
    assert found.bill.utilization.item() == approx((150 * 48 + 48 * 32 + 32 * 7) * 4 / sum(stored), rel=ROUND)
