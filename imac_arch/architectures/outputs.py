"""What stands behind digital sums: activation units, registers, the bus to the next layer, and the read-out."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import registers
from imac_arch.bill import Line, line
from imac_arch.case import Case
from imac_arch.components.roles import BUS, DIGITAL_NEURON, LOGIC
from imac_arch.data.arrays import ONE, Array

__all__ = ["activation_lines", "readout_lines"]


def activation_lines(case: Case, shared: Array) -> list[Line]:
    """Return the digital neurons, the registers of their outputs and the bus to the next layer; ``shared`` outputs
    arrive in turn."""
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


def readout_lines(case: Case) -> list[Line]:
    """Return the comparison of the outputs."""
    logic = case.role(LOGIC)
    if logic is None:
        return []
    cost = logic.function("comparator", case.hidden_bits, case.context)
    others = case.last * (case.fan_out - 1)
    delay = case.last * np.ceil(np.log2(case.fan_out)) * cost.latency
    return [line("read-out", "logic", cost, others, others, delay)]
