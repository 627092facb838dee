"""What a pass of a read costs under each mode: bills worked out by hand, directions, and what is refused."""

import itertools

import pytest

from imac_arch.api import compare, netlist
from imac_arch.components.adc import adc_laws
from imac_arch.data.errors import ImacError, UsageError
from imac_arch.evaluate import evaluate, evaluate_grid
from imac_arch.studies.accuracy.comparison import accuracy_of
from imac_arch.studies.accuracy.judge import QUICK
from tests.helpers import all_laws, approx, context, first, resolved, run, technology

ARCHS = ("mixed_signal",)
CHARGE = {"read.mode": "charge", "read.circuit": "averaging", "components.synapse.read_capacitance": "2 fF"}
BARE = {"components.wire": "none", "read.load_capacitance": "0 F", "components.synapse.capacitance": "0 F"}
NET, ROWS, COLS = "30-8", 31, 8  # one subarray, the bias in its last row


def mixed(tech="sram_cim", net=NET, arch="mixed_signal", timing="settled", **over):
    return run(net, tech, over, (arch,), timing=timing)[arch]


def energy(evaluation, component="crossbar"):
    return next(first(line.energy) for line in evaluation.totals.lines if line.line.component == component)


def line(evaluation, component):
    return next(line for line in evaluation.bill.lines if line.component == component)


def mean(evaluation):
    """Mean of the 1-bit inputs of the shipped statistics."""
    return float(all_laws().by_name["inputs"].binary.mean.value)


def test_a_charge_pass_costs_c_v_squared_of_each_cell_of_an_active_row():
    found = mixed(**CHARGE, **BARE)
    active = 30 * mean(found) + 1
    assert energy(found) == approx(2 * COLS * active * 2e-15 * 0.8**2)
    assert first(line(found, "crossbar").units[0].cost.power) == 0


def test_lines_of_charge_are_charged_by_half_their_swing_at_full_inputs():
    wired = {**CHARGE, "components.wire": "none", "components.synapse.capacitance": "0 F"}
    none, some = (
        mixed(**wired, **{"read.load_capacitance": "0 F"}),
        mixed(**wired, **{"read.load_capacitance": "10 fF"}),
    )
    share = (30 * mean(some) + 1) / ROWS
    assert energy(some) - energy(none) == approx(2 * COLS * 10e-15 * 0.8 * 0.8 * share / 2, rel=1e-3)


def test_a_discharge_pass_charges_its_lines_again_from_the_supply():
    over = {"read.mode": "discharge", "read.circuit": "averaging", "read.swing": "0.3 V", "components.wire": "none"}
    found = mixed(**over, **{"read.load_capacitance": "5 fF", "components.synapse.capacitance": "0.1 fF"})
    share = (30 * mean(found) + 1) / ROWS
    words = 30 * mean(found) * COLS * 2 * 0.1e-15 * 0.8**2
    lines = 2 * COLS * (ROWS * 0.1e-15 + 5e-15) * 0.8 * 0.3 * share / 2
    assert energy(found) == approx(words + lines)


def test_capacitors_of_cells_that_conduct_are_charged_with_their_word_line():
    """2 fF at each of two cells of a weight, from 0 V to the read voltage: of inputs that are on, and of the bias."""
    over = {**BARE, "read.circuit": "virtual_ground"}
    none, some = mixed("reram", **over), mixed("reram", **over, **{"components.synapse.read_capacitance": "2 fF"})
    charged = [first(sum(u.actions * u.cost.energy for u in line(each, "crossbar").units)) for each in (none, some)]
    rows, voltage = 30 * mean(some) + 1, technology("reram").read.voltage.value
    phases = first(some.bill.facts["phases"])
    assert charged[1] - charged[0] == approx(2 * COLS * rows * 2e-15 * voltage**2 * phases)


def test_lines_that_are_charged_once_lose_no_signal():
    facts = mixed(**CHARGE).bill.facts
    assert [first(facts[name]) for name in ("signal_share", "signal_share_all_on", "far_share")] == [1, 1, 1]


@pytest.mark.parametrize("tech", ["reram", "pcm", "stt_mram", "sot_mram_imec"])
def test_twice_the_read_time_is_twice_the_read_energy_of_cells(tech):
    """All but what charges the lines."""
    over = {"read.mode": "static", "read.drawn_from": "supply"}
    once, twice = (mixed(tech, **over, **{"read.time": time}) for time in ("50 ns", "100 ns"))
    charged = [first(sum(u.actions * u.cost.energy for u in line(each, "crossbar").units)) for each in (once, twice)]
    assert charged[0] == approx(charged[1])
    assert energy(twice) - charged[1] == approx(2 * (energy(once) - charged[0]))
    assert energy(once) > 2 * charged[0]


def test_current_from_the_supply_costs_the_supply():
    low = {"read.voltage": "0.2 V"}
    line_, supply = (mixed("reram", **low, **{"read.drawn_from": at}) for at in ("line", "supply"))
    vdd = technology("reram").vdd.value
    assert energy(supply) == approx(energy(line_) * vdd / 0.2)


def test_a_sampled_read_ends_with_its_sample():
    over = {"components.sample_hold": "none"}
    settle, sampled = mixed("reram", **over), mixed("reram", **over, **{"read.mode": "sampled"})
    window = first(line(sampled, "crossbar").window)
    assert window < first(line(settle, "crossbar").window)
    assert energy(sampled) < energy(settle)


def test_one_bit_line_costs_half_of_two():
    pair = mixed(**CHARGE, **BARE)
    assert energy(mixed(**CHARGE, **BARE, **{"read.single_ended": "true"})) == approx(energy(pair) / 2)
    ideal = {**BARE, "read.load_capacitance": "0 F"}
    pair, one = mixed("reram", **ideal), mixed("reram", **ideal, **{"read.single_ended": "true"})
    assert first(line(one, "crossbar").units[0].cost.power) == approx(
        first(line(pair, "crossbar").units[0].cost.power) / 2
    )


@pytest.mark.parametrize(("single", "cells"), [("false", 2), ("true", 1)])
def test_a_word_line_charges_each_cell_of_a_weight(single, cells):
    """Bit lines stay at 0 V and wires have no capacitance: what is charged are the cells of rows that change."""
    over = {**BARE, "components.synapse.capacitance": "1 fF", "read.circuit": "virtual_ground"}
    found = mixed("reram", **over, **{"read.single_ended": single})
    charged = first(sum(u.actions * u.cost.energy for u in line(found, "crossbar").units))
    voltage = technology("reram").read.voltage.value
    assert charged == approx(30 * mean(found) * COLS * cells * 1e-15 * voltage**2 * first(found.bill.facts["phases"]))


@pytest.mark.parametrize("tech", ["reram", "sot_mram", "sram_cim"])
def test_rows_in_parts_take_more_passes_and_conversions(tech):
    whole, parts = mixed(tech, net="120-8"), mixed(tech, net="120-8", **{"subarray.active_rows": 8})
    groups = -(-min(121, int(technology(tech).subarray.rows.value)) // 8)
    assert first(line(parts, "ADC").actions) >= groups / 2 * first(line(whole, "ADC").actions)
    assert first(parts.bill.facts["required_bits"]) < first(whole.bill.facts["required_bits"])
    assert parts.metrics["latency"].item() > whole.metrics["latency"].item()


def test_cells_of_rows_in_parts_conduct_as_often():
    """At ideal virtual grounds a row draws the same in whichever pass it is read."""
    over = {"components.wire": "none", "components.row_driver": "none", "components.sample_hold": "none",
            "read.mode": "static", "read.time": "10 ns"}  # fmt: skip
    whole, parts = mixed("reram", **over), mixed("reram", **over, **{"subarray.active_rows": 8})
    assert energy(parts) == approx(energy(whole), rel=0.02)
    assert first(line(parts, "crossbar").window) == approx(4 * first(line(whole, "crossbar").window))


def test_all_rows_at_once_are_the_default():
    whole, same = mixed("reram"), mixed("reram", **{"subarray.active_rows": 4096, "subarray.active_cols": 4096})
    assert same.metrics["energy"].item() == approx(whole.metrics["energy"].item(), rel=1e-12)


def test_columns_in_parts_convert_each_column_once():
    whole, parts = mixed("reram"), mixed("reram", **{"subarray.active_cols": 4})
    assert first(line(parts, "ADC").actions) == first(line(whole, "ADC").actions)
    assert first(line(parts, "ADC").instances) < first(line(whole, "ADC").instances)


def test_joined_slices_are_converted_once():
    sliced = {"components.synapse.columns_per_weight": 4, "read.input_bits": 4}
    digital, analog = mixed("reram", **sliced), mixed("reram", **sliced, **{"read.slices": "analog"})
    assert first(line(analog, "ADC").actions) == approx(first(line(digital, "ADC").actions) / 4)
    assert first(analog.bill.facts["required_bits"]) > first(digital.bill.facts["required_bits"])


@pytest.mark.parametrize(("columns", "rows", "largest"), [(2, 9, 4), (3, 5, 13)])
def test_the_sum_of_joined_slices_is_that_of_their_whole_weight(columns, rows, largest):
    """Pairs of binary cells are -1, 0 or 1, each worth three times the one before: 1 + 3 = 4, 1 + 3 + 9 = 13. The sums
    of 36 and 65 are just beyond a power of two, which half a step less of each weight would not be."""
    sliced = {"components.synapse.columns_per_weight": columns, "components.synapse.device_levels": 2}
    facts = mixed("reram", **sliced, **{"read.slices": "analog", "subarray.active_rows": rows}).bill.facts
    assert first(facts["required_bits"]) == (rows * largest - 1).bit_length() + 1


def test_bits_of_a_pass_decide_on_the_passes():
    over = {"read.input_bits": 8, "read.input_mode": "dac"}
    phases = [first(mixed("reram", **over, **{"read.pass_bits": bits}).bill.facts["phases"]) for bits in (1, 2, 3, 8)]
    assert phases == [8, 4, 3, 1]


def test_converters_of_inputs_work_once_in_each_pass():
    """Eight bits, two in a pass: four conversions of what two bits in one pass take once."""
    over = {"read.input_mode": "dac"}
    once, four = (
        mixed("reram", **over, **{"read.input_bits": 2}),
        mixed("reram", **over, **{"read.input_bits": 8, "read.pass_bits": 2}),
    )
    one, many = line(once, "input DAC"), line(four, "input DAC")
    assert [first(each.instances) for each in (one, many)] == [30, 30]
    assert [first(each.actions) for each in (one, many)] == [30, 120]
    assert first(many.delay) == approx(4 * first(one.delay))
    assert first(one.delay) > 0
    assert (many.units[0].cost.area, many.role) == (one.units[0].cost.area, "dac")


@pytest.mark.parametrize("bits", [2, 4, 6])
def test_a_pulse_of_n_bits_lasts_2_to_the_n_less_one_units(bits):
    over = {"read.input_bits": bits, "read.input_mode": "pulse", "read.mode": "static", "read.time": "5 ns"}
    found = mixed("reram", **over)
    assert first(line(found, "crossbar").window) == approx((2**bits - 1) * 5e-9)
    assert any(each.component == "pulse generator" for each in found.bill.lines)


@pytest.mark.parametrize("arch", ["mixed_signal", "digital"])
def test_a_declared_pass_decides_the_latency(arch):
    found = mixed("reram", arch=arch, timing="declared", **{"pass_cycle": "7 ns"})
    passes = first(found.bill.facts["phases"]) if arch == "mixed_signal" else first(found.bill.facts["busy_cycles"])
    assert found.metrics["latency"].item() == approx(passes * 7e-9)
    assert found.settled["latency"].item() != approx(passes * 7e-9)


DIRECTIONS = [
    ("subarray.rows", (16, 32, 64), {}),
    ("vdd", ("0.6 V", "0.7 V", "0.8 V"), {}),
    ("read.voltage", ("0.4 V", "0.6 V", "0.8 V"), {}),
    ("components.adc.bits", (4, 6, 8), {}),
    ("read.input_bits", (1, 2, 4, 8), {}),
    ("components.synapse.read_capacitance", ("1 fF", "2 fF", "4 fF"), {}),
    ("read.pass_bits", (1, 2, 4), {"read.input_mode": "dac", "read.input_bits": 4}),
]


@pytest.mark.parametrize(("path", "values", "over"), DIRECTIONS, ids=[path for path, _, _ in DIRECTIONS])
def test_more_never_costs_less_in_a_pass_of_charge(path, values, over):
    component = "ADC" if path in ("components.adc.bits", "read.input_bits") else "crossbar"
    if path == "read.pass_bits":
        component = "input DAC"
    if path == "subarray.rows":  # larger sums need more bits of the converters
        found = [
            first(mixed(**{**CHARGE, path: value, "subarray.cols": 32}, net="200-8").bill.facts["adc_bits"])
            for value in values
        ]
    else:
        found = []
        for value in values:
            evaluation = mixed(**{**CHARGE, **over, path: value})
            passes = first(evaluation.bill.facts["phases"]) if path == "read.pass_bits" else 1
            found.append(energy(evaluation, component) / passes)
    assert found == sorted(found)


def test_capacitance_goes_with_the_pitch_of_published_cells_or_with_the_scaling_table():
    law = all_laws().by_name["pitch"]
    at = {node: float(law.cell(context(node * 1e-9, 0.8))) for node in (65, 28, 16, 7)}
    assert at[28] == approx(2.3e-15)
    assert at[16] / at[28] == approx((0.07 / 0.127) ** 0.5)
    other = law.model_copy(update={"by": "scaling"})
    beside = {node: float(other.factor(context(node * 1e-9, 0.8))) for node in (65, 28, 7)}
    assert beside[28] == approx(1)
    assert beside[7] < 1 < beside[65]
    assert at[7] < at[28] < at[65]
    assert abs(beside[7] / (at[7] / at[28]) - 1) > 0.1  # the sources disagree, which is why both can be had


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"read.mode": "charge"}, "circuit must be 'averaging'"),
        ({"read.mode": "charge", "read.circuit": "averaging", "read.load_conductance": "1 uS"}, "must be 0 S"),
        ({"read.mode": "static"}, "add read.time"),
        ({"read.pass_bits": "2"}, "ask for read.input_mode dac or pulse"),
        ({"subarray.active_rows": "8"}, "a fully analog layer is read as a whole"),
        ({"read.mode": "discharge", "read.circuit": "averaging"}, "lines that are read once"),
    ],
)
def test_what_does_not_go_together_is_refused(over, said):
    with pytest.raises(UsageError, match=said):
        compare("30-8", "sot_mram_imec", overrides=over, samples=0, accuracy="none", arch=["imac", "mixed_signal"])


@pytest.mark.parametrize("over", [CHARGE, {"subarray.active_rows": "8"}, {"read.single_ended": "true"}])
def test_what_is_no_circuit_of_resistors_is_not_written_as_one(over):
    with pytest.raises(ImacError, match="circuit of resistors"):
        netlist("30-8", "sram_cim", layer=1, overrides=over)


def test_charge_is_added_up_exactly_so_its_accuracy_is_that_of_the_converters():
    def rows(over, *arch):
        found = resolved("784-16-10", "sram_cim", fields=over).inputs
        return accuracy_of(found, arch, QUICK._replace(images=200, programmings=1))

    assert all(row.value > 0.8 for row in rows(CHARGE, "imac", "mixed_signal"))
    known = rows({"subarray.active_rows": "8"}, "mixed_signal", "digital")
    assert [row.architecture for row in known] == ["mixed_signal", "digital"]
    assert [row.value is None for row in known] == [True, False]
    assert "in parts" in known[0].reason


MODES = {
    "settle": {},
    "sampled": {"read.mode": "sampled"},
    "static": {"read.mode": "static", "read.time": "20 ns", "read.drawn_from": "supply"},
    "charge": {"read.mode": "charge"},
    "discharge": {"read.mode": "discharge", "read.swing": "0.3 V"},
}
KNOBS = {
    "inputs of the layer": ({}, "net", ("30-8", "60-8", "120-8")),
    "outputs of the layer": ({}, "net", ("60-8", "60-16", "60-32")),
    "bits of the inputs": ({}, "read.input_bits", (1, 2, 4)),
    "bits of a weight": ({}, "components.synapse.columns_per_weight", (1, 2, 4)),
    "bits of the converter": ({}, "components.adc.bits", (4, 5, 6, 8)),
    "supply": ({}, "vdd", ("0.6 V", "0.7 V", "0.8 V")),
    "read voltage": ({}, "read.voltage", ("0.4 V", "0.6 V", "0.8 V")),
    "converters": ({"components.adc.bits": 6}, "components.adc.columns_per_adc", (32, 16, 8, 4)),
    "parts of the rows": ({"components.adc.bits": 6}, "subarray.active_rows", (64, 32, 16, 8)),
    "pulses": ({"read.input_bits": 4, "read.input_mode": "pulse"}, "read.pass_bits", (4,)),
}


@pytest.mark.parametrize("knob", KNOBS)
@pytest.mark.parametrize("mode", MODES)
def test_more_of_anything_never_costs_less(mode, knob):
    """Energy without leakage, and area, at a converter that draws nothing while it waits."""
    over, path, values = KNOBS[knob]
    fixed = {"read.circuit": "averaging", "components.adc.idle": 0, **MODES[mode], **over}
    found = []
    for value in values:
        changed = {"net": value} if path == "net" else {"net": "100-16", path: value}
        found.append(mixed("sram_cim", **{**fixed, **changed}))
    for metric in ("energy_active", "area"):
        costs = [each.metrics[metric].item() for each in found]
        assert all(more >= less * (1 - 1e-9) for less, more in itertools.pairwise(costs)), (metric, costs)


@pytest.mark.parametrize("law", adc_laws())
def test_sense_amplifiers_of_one_to_three_bits_stand_behind_any_law(law):
    found = [mixed("sram_cim", **{"components.adc.law": law, "components.adc.bits": bits}) for bits in (1, 2, 3)]
    energies = [each.metrics["energy_active"].item() for each in found]
    assert energies == sorted(energies)
    assert all(each.valid.all() for each in found)


def test_reads_are_axes_of_a_grid():
    axes = {"read.slices": ["digital", "analog"], "subarray.active_rows": [8, 16]}
    wide = {"components.synapse.columns_per_weight": "2"}
    (surface,) = evaluate_grid(resolved("60-8", "reram", axes=axes, fields=wide).inputs, ARCHS)
    values = surface.metrics["energy"][..., 0]
    assert values.shape == (2, 2)
    for word, each in zip(axes["read.slices"], values, strict=True):
        for rows, value in zip(axes["subarray.active_rows"], each, strict=True):
            alone = mixed("reram", "60-8", **wide, **{"read.slices": word, "subarray.active_rows": rows})
            assert value == approx(alone.metrics["energy"].item(), rel=1e-12)


def test_designs_of_several_bits_in_a_serial_pass_are_left_out_and_said():
    given = resolved("30-8", "reram", fields={}, axes={"read.pass_bits": [1, 2]}).inputs
    (found,) = evaluate(given, ARCHS)
    assert found.valid.ravel().tolist() == [True, False]
    assert found.outside == ("read.pass_bits of read",)
