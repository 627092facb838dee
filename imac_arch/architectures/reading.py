"""How converters read a layer: its passes, and what they take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imac_arch.architectures.ground import ground_cost
from imac_arch.case import Case
from imac_arch.components.cost import UnitCost
from imac_arch.components.roles import ADC, FRONT_END, ROW_DRIVER, SAMPLE_HOLD
from imac_arch.data.arrays import ONE, ZERO, Array
from imac_arch.electrics import Electrics, electrics
from imac_arch.line_ends import converted
from imac_arch.passes import BIT_SERIAL, PULSE, bits_of_a_pass, groups_of, pulses_of

__all__ = ["Reading", "reading_of", "slices_joined", "window_of"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a layer is read: arrays over (layers, *grid, samples).

    Attributes:
        tiles: electrics of its subarrays, of those rows and columns that one pass reads.
        input_bits: of what comes into the layer.
        pass_bits: of them in one pass.
        phases: passes over the bits of the inputs in one use.
        row_groups: parts of a subarray's rows that are read one after the other.
        passes: readings of the crossbar in one use: phases, times the parts of its rows and of its columns.
        serial: whether word lines carry bits, one after the other or as pulses.
        adc: cost of one converter.
        adc_bits: its bits.
        required_bits: bits of a lossless partial sum.
        joined: weight columns that are joined before a converter, the slices of a weight.
        shared: of what is left of them, how many one converter serves in turn.
        converters: installed in a layer.
        front: cost of one amplifier that holds a pair of lines at virtual ground; None where there is none.
        settle: time in which the lines settle or are integrated [s].
        convert: time from the first sample of one converter's columns until all are converted [s].
        last: what of it is left after the last sample [s].
        ready: time until the lines are settled and the first sample is held [s].
        wait: what of it each pass adds to the critical path [s].
    """

    tiles: Electrics
    input_bits: Array
    pass_bits: Array
    phases: Array
    row_groups: Array
    passes: Array
    serial: bool
    adc: UnitCost
    adc_bits: Array
    required_bits: Array
    joined: Array
    shared: Array
    converters: Array
    front: UnitCost | None
    settle: Array
    convert: Array
    last: Array
    ready: Array
    wait: Array


def reading_of(case: Case) -> Reading:
    """Return how a layer is read."""
    read, mapping, context = case.technology.read, case.mapping, case.context
    serial = read.input_mode in (BIT_SERIAL, PULSE)
    input_bits = case.first * read.input_bits.x + (1 - case.first) * case.hidden_bits
    bits, groups, joined = bits_of_a_pass(case, input_bits), groups_of(case), slices_joined(case)
    phases = _phases(case, input_bits, bits)
    tiles = electrics(case, converted(case), bitwise=serial)
    adc, hold, driver = case.required(ADC, "mixed_signal"), case.role(SAMPLE_HOLD), case.role(ROW_DRIVER)
    largest, rows, cols = _largest(case, bits, joined), _active_rows(case), _active_cols(case) / joined
    cost = adc.cost(context, rows, largest)
    shared = adc.shared_columns(cols, context)
    front = _front_end(case, tiles, serial)
    sample = (ZERO if front is None else front.latency) + (ZERO if hold is None else hold.cost(context).latency)
    settle = tiles.lines.settle if read.input_mode != PULSE else tiles.lines.settle * pulses_of(case, bits)
    ready = settle + sample
    if driver is not None:
        ready = ready + driver.delay(context)
    turns = np.minimum(shared, np.ceil(mapping.widest / (groups.cols * joined)))
    convert = turns * cost.latency
    last = convert
    if front is not None and read.front_end == "converter":  # each further column settles and is sampled in its turn
        last = cost.latency
        convert = convert + (turns - 1) * (sample if hold is None else np.maximum(sample - last, 0))
    return Reading(
        tiles=tiles,
        input_bits=input_bits,
        pass_bits=bits,
        phases=phases,
        row_groups=groups.rows,
        passes=phases if groups.rows is ONE and groups.cols is ONE else phases * groups.rows * groups.cols,
        serial=serial,
        adc=cost,
        adc_bits=adc.used_bits(rows, context, largest),
        required_bits=adc.required_bits(rows, largest),
        joined=joined,
        shared=shared,
        converters=mapping.subarrays * np.ceil(cols / shared),
        front=front,
        settle=settle,
        convert=convert,
        last=last,
        ready=ready,
        # without a sample-and-hold the lines wait for the converters, else only the longer of the two counts
        wait=np.maximum(ready - last, 0) if hold is not None else ready,
    )


def slices_joined(case: Case) -> Array:
    """Return the weight columns that are joined before a converter: the slices of a weight, or ``ONE``."""
    return case.synapse.columns_per_weight.x if case.technology.read.slices == "analog" else ONE


def _phases(case: Case, input_bits: Array, bits: Array) -> Array:
    """Return the passes that the bits of the inputs take."""
    if case.technology.read.pass_bits is None:
        return input_bits if case.technology.read.input_mode == BIT_SERIAL else case.each
    return np.ceil(input_bits / bits)


def _largest(case: Case, bits: Array, joined: Array) -> Array:
    """Return the largest product of a row in steps: of a weight's column, or of the slices that are joined, each worth
    as many steps of the one before as a column has levels."""
    largest = case.synapse.largest
    if joined is not ONE:
        step = np.exp2(case.synapse.column_bits)
        largest = largest * (np.power(step, joined) - 1) / (step - 1)
    read = case.technology.read
    return largest if read.input_mode == BIT_SERIAL else largest * (np.exp2(bits) - 1)


def _active_rows(case: Case) -> Array:
    active, rows = case.technology.subarray.active_rows, case.mapping.rows
    return rows if active is None else np.minimum(rows, active.x)


def _active_cols(case: Case) -> Array:
    active, cols = case.technology.subarray.active_cols, case.mapping.cols
    return cols if active is None else np.minimum(cols, active.x)


def _front_end(case: Case, tiles: Electrics, serial: bool) -> UnitCost | None:
    """Return the cost of one amplifier that holds a pair of lines; None where lines are read by their voltage, or where
    it is neglected."""
    if case.technology.read.circuit != "virtual_ground":
        return None
    amplifier = case.role(FRONT_END)
    return None if amplifier is None else ground_cost(case, amplifier, tiles, ZERO, ONE, bitwise=serial)


def window_of(case: Case, reading: Reading) -> Array | None:
    """Return the time under bias per use; None is the whole interval."""
    read, passes = case.technology.read, reading.passes
    if read.mode == "static":
        return passes * reading.settle
    if read.mode == "sampled":
        return passes * reading.ready
    if read.bias_window == "always":
        return None
    if read.bias_window == "sampled" and case.role(SAMPLE_HOLD) is not None:
        return passes * (reading.ready + reading.convert - reading.last)
    # nothing but a sample-and-hold lets the bias end before the conversion does
    return reading.ready + passes * reading.convert + (passes - 1) * reading.wait
