"""Mixed-signal: crossbars with word-line drivers or DACs, shared ADCs and digital neurons."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import Architecture, crossbar_lines, names, occupancy, registers
from imac_arch.architectures.outputs import activation_lines, readout_lines
from imac_arch.architectures.reading import Reading, reading_of, window_of
from imac_arch.bill import Bill, Line, Units, line
from imac_arch.case import Case
from imac_arch.components.cost import Check
from imac_arch.components.roles import (
    ADC,
    BUS,
    DAC,
    DIGITAL_NEURON,
    FRONT_END,
    LINE_SWITCH,
    LOGIC,
    ROW_DRIVER,
    SAMPLE_HOLD,
    SYNAPSE,
    WIRE,
)
from imac_arch.data.arrays import ONE, ZERO, Array, over_layers
from imac_arch.line_ends import installed_columns, used_columns
from imac_arch.passes import BIT_SERIAL, PULSE
from imac_arch.supply import swing

__all__ = ["ARCHITECTURE"]


def bill(case: Case) -> Bill:
    """Each layer is read once a phase; with a sample-and-hold the lines settle while the converters work."""
    read, first, cycle = case.technology.read, case.first, case.technology.pass_cycle
    reading = reading_of(case)
    lines = [*registers(case, "input register", first * case.fan_in * read.input_bits.x, first)]
    lines += _analog(case, reading)
    lines += _accumulation(case, reading)
    lines += activation_lines(case, reading.shared)
    lines += readout_lines(case)
    subarrays, utilization = occupancy(case)
    return Bill(
        lines=tuple(lines),
        macs=case.once[0] * case.network.macs,
        batch=case.batch,
        uses=case.uses,
        passes=case.uses,
        after=case.network.after,
        pipelined=case.pipelined,
        utilization=utilization,
        subarrays=subarrays,
        cycle=None if cycle is None else over_layers(case.uses * reading.passes) * cycle.x,
        bits={"weight": case.synapse.weight_bits, "input": read.input_bits.x, "activation": case.hidden_bits},
        facts={
            **reading.tiles.facts(),
            "phases": reading.phases,
            "adc_bits": reading.adc_bits,
            "required_bits": reading.required_bits,
        },
        checks=(*case.mapping.checks, *_passes(case)),
    )


def _passes(case: Case) -> list[Check]:
    """Return what bounds the bits of a pass: lines that carry one bit at a time carry no more."""
    read = case.technology.read
    if read.pass_bits is None or read.input_mode != BIT_SERIAL:
        return []
    text = "bit_serial applies one bit a pass; ask for read.input_mode dac or pulse"
    return [Check("read.pass_bits", read.pass_bits.x, ONE, 1.0, fatal=True, source="read", text=text)]


def _analog(case: Case, reading: Reading) -> list[Line]:
    """Return what lies between the registers: converters, crossbars, sample-and-holds."""
    mapping, passes, read, serial = case.mapping, reading.passes, case.technology.read, reading.serial
    values = case.lines.bitwise() if serial else case.lines
    conversions = mapping.row_tiles * mapping.total_cols * reading.phases
    if reading.row_groups is not ONE:
        conversions = conversions * reading.row_groups
    if reading.joined is not ONE:
        conversions = conversions / reading.joined
    lines = _inputs(case, reading)
    lines += crossbar_lines(
        case,
        reading.tiles,
        passes=passes,
        cycles=passes * swing(values.mean, values.mean_square, read.encoding),
        delay=reading.settle + (passes - 1) * reading.wait,
        window=window_of(case, reading),
        analog=ZERO if serial else np.where(reading.pass_bits > 1, 1.0, 0.0),  # behind converters
    )
    lines += _sampled(case, reading, conversions)
    lines += _converters(case, reading, conversions)
    return lines


def _inputs(case: Case, reading: Reading) -> list[Line]:
    """Return what makes voltages or pulses of inputs: a converter for each row, or a comparison with a counter that the
    rows share."""
    phases, read = reading.phases, case.technology.read
    if read.input_mode == BIT_SERIAL:
        return []
    if read.input_mode == PULSE:
        logic = case.role(LOGIC)
        if logic is None:
            return []
        cost, count = logic.function("comparator", reading.pass_bits, case.context), case.fan_in
        pulses = np.exp2(reading.pass_bits) - 1
        return [line("pulse generator", "logic", cost, count, count * phases * pulses)]
    dac = case.role(DAC)
    if dac is None:
        return []
    cost = dac.cost(case.context, reading.pass_bits)
    if read.pass_bits is None:
        return [line("input DAC", "dac", cost, case.fan_in, case.fan_in, cost.latency)]
    return [line("input DAC", "dac", cost, case.fan_in, case.fan_in * phases, phases * cost.latency)]


def _sampled(case: Case, reading: Reading, conversions: Array) -> list[Line]:
    """Return what stands between lines and converters: virtual grounds and sample-and-holds, one a column, or one a
    converter where columns are multiplexed before them."""
    lines: list[Line] = []
    single = case.technology.read.front_end == "converter" and reading.front is not None
    installed = reading.converters if single else installed_columns(case)
    if reading.front is not None:
        used = _serving(case, reading) if single else used_columns(case)
        cost, window = reading.front, window_of(case, reading)
        lines.append(line("front end", "front_end", cost, installed, ZERO, cost.latency, window, biased=used))
    hold = case.role(SAMPLE_HOLD)
    if hold is not None:
        cost = hold.cost(case.context, "sample-and-hold")
        lines.append(line("sample-and-hold", "sample_hold", cost, installed, conversions, cost.latency))
    return lines


def _converters(case: Case, reading: Reading, conversions: Array) -> list[Line]:
    """Return the converters, and what those that have columns in use draw whenever they do not convert."""
    cost = reading.adc
    lines = [line("ADC", "adc", cost, reading.converters, conversions, reading.passes * reading.convert)]
    waiting = case.required(ADC, "mixed_signal").waiting(cost)
    if waiting.power is not ZERO:
        busy = conversions * cost.latency
        lines.append(Line("idle ADC", "adc", (Units(waiting, _serving(case, reading), busy=busy),)))
    return lines


def _serving(case: Case, reading: Reading) -> Array:
    """Return how many converters of a layer have columns in use."""
    parts = reading.shared if reading.joined is ONE else reading.shared * reading.joined
    wide, narrow = (count * np.ceil(cols / parts) for cols, count in case.mapping.across)
    serving = case.mapping.row_tiles * (wide + narrow)
    return serving if case.technology.subarray.active_cols is None else np.minimum(serving, reading.converters)


def _accumulation(case: Case, reading: Reading) -> list[Line]:
    """Return the adders and registers that join bit slices, phases and row tiles."""
    logic = case.role(LOGIC)
    if logic is None:
        return []
    mapping, context, synapse = case.mapping, case.context, case.synapse
    slices, phases = synapse.columns_per_weight.x / reading.joined, reading.phases
    levels, shifts = np.ceil(np.log2(mapping.row_tiles)), reading.input_bits - reading.pass_bits
    width = reading.adc_bits + levels + shifts + (slices - 1) * synapse.column_bits
    sums = slices * mapping.row_tiles * phases
    if reading.row_groups is not ONE:
        width, sums = width + np.ceil(np.log2(reading.row_groups)), sums * reading.row_groups
    adds = case.fan_out * (sums - 1)
    used, converters = np.where(adds > 0, 1.0, 0.0), reading.converters
    adder, store = (logic.function(name, width, context) for name in ("adder", "flip_flop"))
    return [
        line("shift-and-add", "logic", adder, converters * used, adds, used * (levels + 1) * adder.latency),
        line("accumulator register", "logic", store, case.fan_out * used, adds),
    ]


ARCHITECTURE = Architecture(
    name="mixed_signal",
    title="mixed-signal",
    summary="the same crossbars read by shared converters, digital partial sums and digital neurons between layers",
    roles=names(SYNAPSE, WIRE, ROW_DRIVER, LINE_SWITCH, FRONT_END, SAMPLE_HOLD, ADC, DAC, LOGIC, DIGITAL_NEURON, BUS),
    neglects=(
        "write drivers and programming (a one-off before inference)",
        "clock tree, control and reference generation",
        "regulator of the read voltage, from which 1-bit word lines are switched",
        "wiring area between macros",
        "accuracy: offset and non-linearity of converters",
        "accuracy: read noise, drift and retention of cells",
    ),
    bill=bill,
    order=1,
    colour="#d98200",
    reference=True,
    inference="converted",
)
