"""Digital: a weight-stationary systolic array with on-chip memory, the edge-accelerator baseline."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import Architecture, names
from imac_arch.bill import Bill, Line, line
from imac_arch.case import EQUAL, Case
from imac_arch.components.roles import DIGITAL_NEURON, LOGIC, MAC, SRAM, Mac
from imac_arch.data.arrays import ONE, Array
from imac_arch.data.records import NamedTuple

__all__ = ["ARCHITECTURE"]


def bill(case: Case) -> Bill:
    """Weights are loaded fold by fold from memory and stay for a batch; everything else streams."""
    context, fan_in, fan_out, once = case.context, case.fan_in, case.fan_out, case.once
    array, logic = case.required(MAC, "digital"), case.required(LOGIC, "digital")
    memory = case.required(SRAM, "digital")
    words, macs = _words(case, array), fan_in * fan_out
    taken = case.first * words.input + (1 - case.first) * words.hidden  # bits of what comes into a layer
    mac = array.cost(context, logic, words.weight, taken, fan_in)
    units = array.rows.x * array.cols.x
    busy = array.cycles(fan_in, fan_out, case.batch * case.uses, words.weight)
    widest = np.maximum.reduce(fan_in * taken + fan_out * words.hidden, axis=0, keepdims=True)
    stored = np.sum(macs, axis=0, keepdims=True) * words.weight + widest
    weights_read = macs * words.weight / (case.batch * case.uses)  # once for all uses of a batch
    cycle = case.technology.pass_cycle
    activations = fan_in * np.ceil(fan_out / array.cols.x) * taken + fan_out * words.hidden
    lines = [
        line("MAC array", "mac", mac, once * units, macs, busy * mac.latency, shared=True),
        line("SRAM", "sram", memory.cost(context, stored), once, weights_read + activations, shared=True),
        *_neurons(case, once * array.cols.x),
    ]
    compare = logic.function("comparator", words.hidden, context)
    others = case.last * (fan_out - 1)
    lines.append(line("read-out", "logic", compare, case.last, others, case.last * compare.latency))
    return Bill(
        lines=tuple(lines),
        macs=once[0] * case.network.macs,
        batch=case.batch,
        uses=case.uses,
        passes=ONE,  # the array streams all uses of a batch through each fold
        after=case.network.after,
        batched=True,
        utilization=case.network.macs * case.batch / (np.sum(busy, axis=0) * units),
        bits={"weight": words.weight, "input": words.input, "activation": words.hidden},
        cycle=None if cycle is None else np.sum(busy, axis=0) * cycle.x,
        facts={"busy_cycles": np.sum(busy, axis=0, keepdims=True)},
    )


class Words(NamedTuple):
    """Bits of weights, of the network's inputs and of hidden activations."""

    weight: Array
    input: Array
    hidden: Array


def _words(case: Case, array: Mac) -> Words:
    """Return the bits of what is computed: as many as the technology stores, or those of the array itself."""
    if case.precision == EQUAL:
        stored = case.stored_bits
        return Words(
            array.weight_bits.x if stored is None else stored, case.technology.read.input_bits.x, case.hidden_bits
        )
    return Words(array.weight_bits.x, array.activation_bits.x, array.activation_bits.x)


def _neurons(case: Case, columns: Array) -> list[Line]:
    """Return the activation units at the columns of the array."""
    lines = []
    for name, neuron, served in case.named_by_activation(DIGITAL_NEURON, "digital neuron"):
        cost = neuron.cost(case.context, name, case.neuron_bits)
        actions, delay = served * case.fan_out, served * cost.latency
        lines.append(line(name, "digital_neuron", cost, columns, actions, delay, shared=True))
    return lines


ARCHITECTURE = Architecture(
    name="digital",
    title="digital accelerator",
    summary="a systolic array of multiply-accumulate units with all weights in on-chip memory",
    roles=names(MAC, LOGIC, SRAM, DIGITAL_NEURON),
    neglects=(
        "clock tree, control and sequencing",
        "off-chip memory: all weights are resident",
        "bias additions, inside the accumulators",
    ),
    bill=bill,
    order=2,
    colour="#00876c",
    inference="integers",
)
