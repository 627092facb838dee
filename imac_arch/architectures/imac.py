"""Fully analog: crossbars, differential amplifiers and analog neurons, no converter between layers."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import Architecture, crossbar_lines, occupancy, registers
from imac_arch.bill import Bill, Line
from imac_arch.case import Case
from imac_arch.components.amplifier import DifferentialAmplifier
from imac_arch.components.base import Neuron, Priced
from imac_arch.components.dac import Dac
from imac_arch.electrics import electrics

__all__ = ["ARCHITECTURE"]


def bill(case: Case) -> Bill:
    """All layers are biased for the whole interval; each settles after the one before it."""
    read, mapping, first, last = case.technology.read, case.mapping, case.first, case.last
    found = electrics(case, case.lines.encoded(read.encoding))
    input_bits = first * case.fan_in * read.input_bits.x
    lines = registers(case, "input register", input_bits, first)
    dac = case.role("dac", Dac) if np.any(read.input_bits.x > 1) else None
    if dac is not None:
        unit = dac.cost(case.setting, read.input_bits.x)
        grey = first * np.where(read.input_bits.x > 1, 1.0, 0.0)  # a driver alone makes one bit
        count = grey * case.fan_in
        lines.append(Line("input DAC", "dac", unit, count, count, grey * unit.latency))
    cycles = case.lines.mean
    analog = np.where(read.input_bits.x > 1, 1.0, 1 - first)  # hidden activations, and inputs from a converter
    lines += crossbar_lines(case, found, np.ones_like(first), cycles, None, found.settle, analog)
    amplifier = case.role("amplifier", DifferentialAmplifier)
    if amplifier is not None:
        gain = last * amplifier.output_gain.x + (1 - last) * amplifier.gain.x
        unit = amplifier.cost(gain, read.settle_bits.x)
        count = mapping.row_tiles * mapping.total_cols  # a slice of the bits has its own pair of lines and its own gain
        lines.append(Line("differential amplifier", "amplifier", unit, count, delay=unit.latency + 0 * count))
    neuron = case.role("neuron", Neuron)
    if neuron is not None:
        unit = neuron.cost(case.setting)
        lines.append(Line("analog neuron", "neuron", unit, case.fan_out, delay=unit.latency + 0 * case.fan_out))
    hold = case.role("sample_hold", Priced) if case.pipelined else None
    if hold is not None:
        unit = hold.cost(case.setting, "sample-and-hold")
        delay = unit.latency + 0 * case.fan_out
        lines.append(Line("sample-and-hold", "sample_hold", unit, case.fan_out, case.fan_out, delay))
    readout = case.role("readout", Priced)
    if readout is not None:
        unit = readout.cost(case.setting, "read-out")
        lines.append(Line("read-out", "readout", unit, last * case.fan_out, last * case.fan_out, last * unit.latency))
    subarrays, utilization = occupancy(case)
    return Bill(
        lines=tuple(lines),
        macs=case.one[0] * case.network.macs,
        batch=case.batch,
        pipelined=case.pipelined,
        utilization=utilization,
        subarrays=subarrays,
        bits={
            "weight": case.weight_bits,
            "input": read.input_bits.value,
            "activation": read.neuron_bits.value,
        },
        cycle=None if case.technology.cycle is None else case.technology.cycle.x,
        facts=found.facts(),
    )


ARCHITECTURE = Architecture(
    name="imac",
    title="fully analog",
    summary="analog crossbars, differential amplifiers and analog sigmoid neurons, no converter between layers",
    roles=(
        "synapse",
        "wire",
        "row_driver",
        "line_switch",
        "amplifier",
        "neuron",
        "readout",
        "logic",
        "dac",
        "sample_hold",
    ),
    neglects=(
        "write drivers and programming (a one-off before inference)",
        "clock, control and reference generation",
        "noise and mismatch, which cost accuracy, not energy",
    ),
    bill=bill,
    order=0,
    colour="#0b72b5",
    subject=True,
)
