"""Mixed-signal: crossbars with word-line drivers or DACs, shared ADCs and digital neurons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imac_arch.architectures.base import Architecture, crossbar_lines, names, occupancy, registers
from imac_arch.architectures.ground import ground_cost
from imac_arch.bill import Bill, Line, Units, line
from imac_arch.case import Case
from imac_arch.components.cost import UnitCost
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
from imac_arch.data.arrays import ONE, ZERO, Array
from imac_arch.electrics import Electrics, electrics
from imac_arch.line_ends import converted, installed_columns, used_columns
from imac_arch.supply import swing

__all__ = ["ARCHITECTURE"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a layer is read: arrays over (layers, *grid, samples).

    Attributes:
        tiles: electrics of its subarrays.
        input_bits: of what comes into the layer.
        phases: readings of the crossbar in one use, one per input bit where these come one after the other.
        adc: cost of one converter.
        adc_bits: its bits.
        required_bits: bits of a lossless partial sum.
        shared: columns that one converter serves in turn.
        front: cost of one amplifier that holds a pair of lines at virtual ground; None where there is none.
        convert: time from the first sample of one converter's columns until all are converted [s].
        last: what of it is left after the last sample [s].
        ready: time until the lines are settled and the first sample is held [s].
        wait: what of it each phase adds to the critical path [s].
    """

    tiles: Electrics
    input_bits: Array
    phases: Array
    adc: UnitCost
    adc_bits: Array
    required_bits: Array
    shared: Array
    front: UnitCost | None
    convert: Array
    last: Array
    ready: Array
    wait: Array


def bill(case: Case) -> Bill:
    """Each layer is read once a phase; with a sample-and-hold the lines settle while the converters work."""
    read, first = case.technology.read, case.first
    reading = _reading(case)
    lines = [*registers(case, "input register", first * case.fan_in * read.input_bits.x, first)]
    lines += _analog(case, reading)
    lines += _accumulation(case, reading)
    lines += _activation(case, reading.shared)
    lines += _readout(case)
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
        bits={"weight": case.synapse.weight_bits, "input": read.input_bits.x, "activation": case.hidden_bits},
        facts={
            **reading.tiles.facts(),
            "phases": reading.phases,
            "adc_bits": reading.adc_bits,
            "required_bits": reading.required_bits,
        },
        checks=case.mapping.checks,
    )


def _reading(case: Case) -> Reading:
    read, mapping, context = case.technology.read, case.mapping, case.context
    serial = read.input_mode == "bit_serial"
    input_bits = case.first * read.input_bits.x + (1 - case.first) * case.hidden_bits
    tiles = electrics(case, converted(case), bitwise=serial)
    adc, hold, driver = case.required(ADC, "mixed_signal"), case.role(SAMPLE_HOLD), case.role(ROW_DRIVER)
    largest = case.synapse.largest if serial else case.synapse.largest * (np.exp2(input_bits) - 1)
    cost = adc.cost(context, mapping.rows, largest)
    shared = adc.shared_columns(mapping.cols, context)
    front = _front_end(case, tiles, serial)
    sample = (ZERO if front is None else front.latency) + (ZERO if hold is None else hold.cost(context).latency)
    ready = tiles.lines.settle + sample
    if driver is not None:
        ready = ready + driver.delay(context)
    turns = np.minimum(shared, mapping.widest)
    convert = turns * cost.latency
    last = convert
    if front is not None and read.front_end == "converter":  # each further column settles and is sampled in its turn
        last = cost.latency
        convert = convert + (turns - 1) * (sample if hold is None else np.maximum(sample - last, 0))
    return Reading(
        tiles=tiles,
        input_bits=input_bits,
        phases=input_bits if serial else case.each,
        adc=cost,
        adc_bits=adc.used_bits(mapping.rows, context, largest),
        required_bits=adc.required_bits(mapping.rows, largest),
        shared=shared,
        front=front,
        convert=convert,
        last=last,
        ready=ready,
        # without a sample-and-hold the lines wait for the converters, else only the longer of the two counts
        wait=np.maximum(ready - last, 0) if hold is not None else ready,
    )


def _front_end(case: Case, tiles: Electrics, serial: bool) -> UnitCost | None:
    """Return the cost of one amplifier that holds a pair of lines; None where lines are read by their voltage, or where
    it is neglected."""
    if case.technology.read.circuit != "virtual_ground":
        return None
    amplifier = case.role(FRONT_END)
    return None if amplifier is None else ground_cost(case, amplifier, tiles, ZERO, ONE, bitwise=serial)


def _window(case: Case, reading: Reading) -> Array | None:
    """Return the time under bias per use; None is the whole interval."""
    rule, phases = case.technology.read.bias_window, reading.phases
    if rule == "always":
        return None
    if rule == "sampled" and case.role(SAMPLE_HOLD) is not None:
        return phases * (reading.ready + reading.convert - reading.last)
    # nothing but a sample-and-hold lets the bias end before the conversion does
    return reading.ready + phases * reading.convert + (phases - 1) * reading.wait


def _analog(case: Case, reading: Reading) -> list[Line]:
    """Return what lies between the registers: converters, crossbars, sample-and-holds."""
    mapping, context, phases, read = case.mapping, case.context, reading.phases, case.technology.read
    serial = read.input_mode == "bit_serial"
    values = case.lines.bitwise() if serial else case.lines
    conversions = mapping.row_tiles * mapping.total_cols * phases
    lines = []
    dac = None if serial else case.role(DAC)
    if dac is not None:
        cost = dac.cost(context, reading.input_bits)
        lines.append(line("input DAC", "dac", cost, case.fan_in, case.fan_in, cost.latency))
    lines += crossbar_lines(
        case,
        reading.tiles,
        passes=phases,
        cycles=phases * swing(values.mean, values.mean_square, read.encoding),
        delay=reading.tiles.lines.settle + (phases - 1) * reading.wait,
        window=_window(case, reading),
        analog=ZERO if serial else np.where(reading.input_bits > 1, 1.0, 0.0),  # behind converters
    )
    lines += _sampled(case, reading, conversions)
    lines += _converters(case, reading, conversions)
    return lines


def _sampled(case: Case, reading: Reading, conversions: Array) -> list[Line]:
    """Return what stands between lines and converters: virtual grounds and sample-and-holds, one a column, or one a
    converter where columns are multiplexed before them."""
    mapping, lines = case.mapping, []
    single = case.technology.read.front_end == "converter" and reading.front is not None
    installed = mapping.subarrays * np.ceil(mapping.cols / reading.shared) if single else installed_columns(case)
    if reading.front is not None:
        used = _serving(case, reading.shared) if single else used_columns(case)
        cost, window = reading.front, _window(case, reading)
        lines.append(line("front end", "front_end", cost, installed, ZERO, cost.latency, window, biased=used))
    hold = case.role(SAMPLE_HOLD)
    if hold is not None:
        cost = hold.cost(case.context, "sample-and-hold")
        lines.append(line("sample-and-hold", "sample_hold", cost, installed, conversions, cost.latency))
    return lines


def _converters(case: Case, reading: Reading, conversions: Array) -> list[Line]:
    """Return the converters, and what those that have columns in use draw whenever they do not convert."""
    mapping, cost = case.mapping, reading.adc
    installed = mapping.subarrays * np.ceil(mapping.cols / reading.shared)
    lines = [line("ADC", "adc", cost, installed, conversions, reading.phases * reading.convert)]
    waiting = case.required(ADC, "mixed_signal").waiting(cost)
    if waiting.power is not ZERO:
        busy = conversions * cost.latency
        lines.append(Line("idle ADC", "adc", (Units(waiting, _serving(case, reading.shared), busy=busy),)))
    return lines


def _serving(case: Case, shared: Array) -> Array:
    """Return how many converters of a layer have columns in use."""
    return sum((tile.count * np.ceil(tile.cols / shared) for tile in case.mapping.tiles), ZERO)


def _accumulation(case: Case, reading: Reading) -> list[Line]:
    """Return the adders and registers that join bit slices, phases and row tiles."""
    logic = case.role(LOGIC)
    if logic is None:
        return []
    mapping, context, synapse = case.mapping, case.context, case.synapse
    slices, phases = synapse.columns_per_weight.x, reading.phases
    levels = np.ceil(np.log2(mapping.row_tiles))
    width = reading.adc_bits + levels + (phases - 1) + (slices - 1) * synapse.column_bits
    adds = case.fan_out * (slices * mapping.row_tiles * phases - 1)
    used = np.where(adds > 0, 1.0, 0.0)
    converters = mapping.subarrays * np.ceil(mapping.cols / reading.shared)
    adder, store = (logic.function(name, width, context) for name in ("adder", "flip_flop"))
    return [
        line("shift-and-add", "logic", adder, converters * used, adds, used * (levels + 1) * adder.latency),
        line("accumulator register", "logic", store, case.fan_out * used, adds),
    ]


def _activation(case: Case, shared: Array) -> list[Line]:
    """Return the digital neurons, the registers of their outputs and the bus to the next layer."""
    hidden, context = case.hidden_bits, case.context
    lines = []
    for name, neuron, served in case.named_by_activation(DIGITAL_NEURON, "digital neuron"):
        cost = neuron.cost(context, name, case.neuron_bits)
        turns = ONE if neuron.shared is None else neuron.shared.x
        # columns that share a converter arrive in turn, so only outputs that arrive together wait for one another
        delay = cost.latency * np.ceil(np.minimum(turns, case.fan_out) / shared)
        count = served * case.fan_out
        units = np.ceil(count / turns)
        lines.append(line(name, "digital_neuron", cost, units, count, served * delay))
    moved = case.fan_out * hidden
    lines += registers(case, "activation register", moved, case.each)
    bus = case.role(BUS)
    if bus is not None:
        cost, inner = bus.cost(context), 1 - case.last
        lines.append(line("bus", "bus", cost, inner * hidden, inner * moved, inner * cost.latency))
    return lines


def _readout(case: Case) -> list[Line]:
    """Return the comparison of the outputs."""
    logic = case.role(LOGIC)
    if logic is None:
        return []
    cost = logic.function("comparator", case.hidden_bits, case.context)
    others = case.last * (case.fan_out - 1)
    delay = case.last * np.ceil(np.log2(case.fan_out)) * cost.latency
    return [line("read-out", "logic", cost, others, others, delay)]


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
        "accuracy: offset, noise and non-linearity of converters, which round and clip alone",
        "accuracy: read noise, drift and retention of cells",
    ),
    bill=bill,
    order=1,
    colour="#d98200",
    reference=True,
    inference="converted",
)
