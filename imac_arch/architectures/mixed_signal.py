"""Mixed-signal: the same crossbars between word-line drivers or DACs and shared ADCs, with digital neurons."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import Architecture, crossbar_lines, occupancy, registers
from imac_arch.bill import Bill, Line
from imac_arch.case import Case, Lines
from imac_arch.components.adc import Adc
from imac_arch.components.base import ZERO, Priced
from imac_arch.components.bus import Bus
from imac_arch.components.dac import Dac
from imac_arch.components.logic import Logic
from imac_arch.components.row_driver import RowDriver
from imac_arch.components.synapse import Synapse
from imac_arch.data.quantity import Array
from imac_arch.electrics import electrics

__all__ = ["ARCHITECTURE"]


def bill(case: Case) -> Bill:
    """Each layer is read once a phase; with a sample-and-hold the lines settle while the converters work."""
    read, mapping, first, setting = case.technology.read, case.mapping, case.first, case.setting
    serial = read.input_mode == "bit_serial"
    input_bits = first * read.input_bits.x + (1 - first) * read.hidden_bits.x
    phases = input_bits if serial else np.ones_like(first)
    lines_in = case.lines
    # a bit of a value of mean mu is on with probability mu, and its square is itself
    flow = Lines(lines_in.mean, lines_in.mean) if serial else lines_in
    found = electrics(case, flow.encoded(read.encoding))

    adc = case.required("adc", Adc, "mixed_signal")
    hold = case.role("sample_hold", Priced)
    driver = case.role("row_driver", RowDriver)
    synapse = case.required("synapse", Synapse, "a crossbar")
    largest = synapse.largest * (1.0 if serial else 2**input_bits - 1)
    unit = adc.cost(setting, mapping.rows, largest)
    bits = adc.used_bits(mapping.rows, setting, largest)
    shared = adc.shared_columns(mapping.cols, setting)
    converters = mapping.subarrays * np.ceil(mapping.cols / shared)
    conversions = mapping.row_tiles * mapping.total_cols * phases
    convert = np.minimum(shared, mapping.widest) * unit.latency
    aperture = ZERO if hold is None else hold.cost(setting).latency
    ready = found.settle + aperture + (ZERO if driver is None else driver.latency.x)
    # without a sample-and-hold the lines wait for the converters, else only the longer of the two counts
    wait = np.maximum(ready - convert, 0) if hold is not None else ready
    # nothing but a sample-and-hold lets the bias end before the conversion does
    rule = "phase" if hold is None and read.bias_window == "sampled" else read.bias_window
    window = _window(rule, phases, ready, convert, wait)

    lines = registers(case, "input register", first * case.fan_in * read.input_bits.x, first)
    dac = None if serial else case.role("dac", Dac)
    if dac is not None:
        cost = dac.cost(setting, input_bits)
        lines.append(Line("input DAC", "dac", cost, case.fan_in, case.fan_in, cost.latency + 0 * case.fan_in))
    lines += crossbar_lines(case, found, phases, phases * lines_in.mean, window, found.settle + (phases - 1) * wait)
    if hold is not None:
        count = mapping.subarrays * mapping.cols
        cost = hold.cost(setting, "sample-and-hold")
        lines.append(Line("sample-and-hold", "sample_hold", cost, count, conversions, cost.latency + 0 * count))
    lines.append(Line("ADC", "adc", unit, converters, conversions, phases * convert))
    lines += _digital(case, bits, (synapse.columns_per_weight.x, synapse.column_bits), phases, converters, shared)

    subarrays, utilization = occupancy(case)
    required = adc.required_bits(mapping.rows, largest)
    return Bill(
        lines=tuple(lines),
        macs=case.one[0] * case.network.macs,
        batch=case.batch,
        pipelined=case.pipelined,
        utilization=utilization,
        subarrays=subarrays,
        bits={"weight": case.weight_bits, "input": read.input_bits.value, "activation": read.hidden_bits.value},
        facts={
            **found.facts(),
            "phases": phases,
            "adc_bits": bits,
            "required_bits": required,
        },
    )


def _window(rule: str, phases: Array, ready: Array, convert: Array, wait: Array) -> Array | None:
    """Time under bias per inference; None is the whole interval."""
    if rule == "always":
        return None
    return phases * ready if rule == "sampled" else ready + phases * convert + (phases - 1) * wait


def _digital(
    case: Case, bits: Array, slices: tuple[Array, Array], phases: Array, converters: Array, shared: Array
) -> list[Line]:
    """Return accumulation over bit slices, phases and row tiles, neurons, registers, bus and the final comparison."""
    mapping, setting, last = case.mapping, case.setting, case.last
    hidden = case.technology.read.hidden_bits.x
    levels = np.ceil(np.log2(mapping.row_tiles))
    count, slice_bits = slices
    lines: list[Line] = []
    logic = case.role("logic", Logic)
    if logic is not None:
        width = bits + levels + (phases - 1) + (count - 1) * slice_bits
        adds = case.fan_out * (count * mapping.row_tiles * phases - 1)
        used = np.where(adds > 0, 1.0, 0.0)
        cost = logic.function("adder", width, setting)
        lines.append(Line("shift-and-add", "logic", cost, converters * used, adds, used * (levels + 1) * cost.latency))
        store = logic.function("flip_flop", width, setting)
        lines.append(Line("accumulator register", "logic", store, case.fan_out * used, adds))
    neuron = case.role("digital_neuron", Priced)
    if neuron is not None:
        cost = neuron.cost(setting, "digital neuron")
        turns = getattr(neuron, "shared", None)
        served = np.ones(()) if turns is None else turns.x
        units = np.ceil(case.fan_out / served)
        # columns that share a converter arrive in turn, so only outputs that arrive together wait for one another
        delay = cost.latency * np.ceil(np.minimum(served, case.fan_out) / shared)
        lines.append(Line("digital neuron", "digital_neuron", cost, units, case.fan_out, delay))
    moved = case.fan_out * hidden
    lines += registers(case, "activation register", moved, np.ones_like(moved))
    bus = case.role("bus", Bus)
    if bus is not None:
        cost = bus.cost(setting)
        lines.append(Line("bus", "bus", cost, (1 - last) * hidden, (1 - last) * moved, (1 - last) * cost.latency))
    if logic is not None:
        cost = logic.function("comparator", hidden, setting)
        others = last * (case.fan_out - 1)
        delay = last * np.ceil(np.log2(case.fan_out)) * cost.latency
        lines.append(Line("read-out", "logic", cost, others, others, delay))
    return lines


ARCHITECTURE = Architecture(
    name="mixed_signal",
    title="mixed-signal",
    summary="the same crossbars read by shared converters, digital partial sums and digital neurons between layers",
    roles=(
        "synapse", "wire", "row_driver", "line_switch", "sample_hold", "adc", "dac", "logic", "digital_neuron", "bus",
    ),
    neglects=(
        "write drivers and programming (a one-off before inference)",
        "clock tree, control and reference generation",
        "wiring area between macros",
    ),
    bill=bill,
    order=1,
    colour="#d98200",
    reference=True,
)  # fmt: skip
