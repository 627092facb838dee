"""Fully analog: crossbars, differential amplifiers and analog neurons, no converter between layers."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import Architecture, crossbar_lines, names, occupancy, registers
from imac_arch.architectures.ground import ground_cost, rails
from imac_arch.bill import Bill, Line, line
from imac_arch.case import Case
from imac_arch.components.cost import Check, UnitCost
from imac_arch.components.roles import (
    AMPLIFIER,
    DAC,
    LINE_SWITCH,
    LOGIC,
    NEURON,
    READOUT,
    ROW_DRIVER,
    SAMPLE_HOLD,
    SYNAPSE,
    WIRE,
    Amplifier,
)
from imac_arch.data.arrays import ONE, TWO, Array
from imac_arch.electrics import Electrics, electrics
from imac_arch.line_ends import amplified, installed_columns, lines_joined, used_columns
from imac_arch.supply import swing

__all__ = ["ARCHITECTURE"]


def bill(case: Case) -> Bill:
    """All layers are biased for the whole interval; each settles after the one before it."""
    read, first, last = case.technology.read, case.first, case.last
    tiles = electrics(case, amplified(case))
    grey = np.where(read.input_bits.x > 1, 1.0, 0.0)  # inputs of one bit need a driver alone
    lines = [*registers(case, "input register", first * case.fan_in * read.input_bits.x, first)]
    lines += _converters(case, first * grey)
    lines += crossbar_lines(
        case,
        tiles,
        passes=ONE,
        cycles=swing(case.lines.mean, case.lines.mean_square, read.encoding),
        delay=tiles.lines.settle,
        window=None,
        analog=1 - first * (1 - grey),  # hidden activations, and inputs behind a converter
    )
    lines += _columns(case, tiles)
    readout = case.role(READOUT)
    if readout is not None:
        cost, count = readout.cost(case.context, "read-out"), last * case.fan_out
        lines.append(line("read-out", "readout", cost, count, count, last * cost.latency))
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
        bits={"weight": case.synapse.weight_bits, "input": read.input_bits.x, "activation": read.neuron_bits.x},
        cycle=None if case.technology.cycle is None else case.technology.cycle.x,
        facts=tiles.facts(),
        checks=(*case.mapping.checks, *_precision(case)),
    )


def _converters(case: Case, grey: Array) -> list[Line]:
    """Return the input converters of the layers where ``grey`` is 1."""
    dac = case.optional(DAC)
    if dac is None:
        return []
    cost = dac.cost(case.context, case.technology.read.input_bits.x)
    count = grey * case.fan_in
    return [line("input DAC", "dac", cost, count, count, grey * cost.latency)]


def _columns(case: Case, tiles: Electrics) -> list[Line]:
    """Return what stands behind the bit lines: amplifiers, neurons and, where layers overlap, sample-and-holds.

    A sample-and-hold keeps an activation for the next layer; behind the last one the read-out decides at once.
    """
    context, sharing = case.context, lines_joined(case)
    lines = []
    amplifier = case.role(AMPLIFIER)
    if amplifier is not None:
        cost = _amplifier(case, amplifier, tiles, sharing)
        # a slice of the bits has its own pair of lines and its own gain
        installed, used = installed_columns(case, sharing), used_columns(case, sharing)
        lines.append(line("differential amplifier", "amplifier", cost, installed, delay=cost.latency, biased=used))
    for name, neuron, served in case.named_by_activation(NEURON, "analog neuron"):
        cost = neuron.cost(context)
        lines.append(line(name, "neuron", cost, served * case.fan_out, delay=served * cost.latency))
    hold = case.role(SAMPLE_HOLD) if case.pipelined else None
    if hold is not None:
        cost, inner = hold.cost(context, "sample-and-hold"), 1 - case.last
        outputs = installed_columns(case, case.mapping.row_tiles) / case.synapse.columns_per_weight.x
        installed, used = inner * outputs, inner * case.fan_out
        lines.append(line("sample-and-hold", "sample_hold", cost, installed, used, inner * cost.latency))
    return lines


def _amplifier(case: Case, amplifier: Amplifier, tiles: Electrics, sharing: Array) -> UnitCost:
    """Return the cost of one amplifier: it reads voltages, or holds its lines at virtual ground."""
    read = case.technology.read
    if read.circuit == "virtual_ground":
        return ground_cost(case, amplifier, tiles, case.last, sharing)
    cost = amplifier.cost(case.context, case.last, read.settle_bits.x)
    return cost._replace(power=cost.power * rails(case))


def _precision(case: Case) -> list[Check]:
    """Return what bounds the bits: lines settle to those of an analog neuron, grey inputs need a converter."""
    read = case.technology.read
    checks = [Check("bits of an analog neuron", read.neuron_bits.x, 1.0, read.settle_bits.x, fatal=True, source="read")]
    in_parts = case.technology.subarray
    one = "lines that are read once cannot be held for what follows them; ask for another architecture or read.mode"
    if read.mode == "discharge":
        checks.append(Check("read.mode", TWO, ONE, ONE, fatal=True, source="read", text=one))
    if in_parts.active_rows is not None or in_parts.active_cols is not None:
        text = "a fully analog layer is read as a whole; leave out active_rows and active_cols, or this architecture"
        checks.append(Check("passes of a layer", TWO, ONE, ONE, fatal=True, source="subarray", text=text))
    if DAC.name not in case.technology.components:
        checks.append(Check("input bits without a role 'dac'", read.input_bits.x, 1.0, 1.0, fatal=True, source="read"))
    return checks


ARCHITECTURE = Architecture(
    name="imac",
    title="fully analog",
    summary="analog crossbars, differential amplifiers and analog sigmoid neurons, no converter between layers",
    roles=names(SYNAPSE, WIRE, ROW_DRIVER, LINE_SWITCH, AMPLIFIER, NEURON, READOUT, LOGIC, DAC, SAMPLE_HOLD),
    neglects=(
        "write drivers and programming (a one-off before inference)",
        "clock, control and reference generation",
        "regulator of the read voltage, from which 1-bit word lines are switched",
        "noise and mismatch, which cost accuracy, not energy",
        "accuracy: noise of amplifiers and neurons",
        "accuracy: limits of the currents with which amplifiers of tied outputs hold against one another",
        "accuracy: read noise, drift and retention of cells",
    ),
    bill=bill,
    order=0,
    colour="#0b72b5",
    subject=True,
    inference="analog",
)
