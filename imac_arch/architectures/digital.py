"""Digital: a weight-stationary systolic array with on-chip memory, the edge-accelerator baseline."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import Architecture
from imac_arch.bill import Bill, Line
from imac_arch.case import Case
from imac_arch.components.base import Priced, UnitCost
from imac_arch.components.logic import Logic
from imac_arch.components.sram import Sram
from imac_arch.components.systolic import SystolicArray, cycles

__all__ = ["ARCHITECTURE"]


def bill(case: Case) -> Bill:
    """Weights are loaded fold by fold from memory and stay for a batch; everything else streams."""
    setting, fan_in, fan_out, last, one = case.setting, case.fan_in, case.fan_out, case.last, case.one
    array = case.required("mac", SystolicArray, "digital")
    logic = case.required("logic", Logic, "digital")
    memory = case.required("sram", Sram, "digital")
    bits, wide = array.bits.x, array.accumulator_bits.x
    parts = [
        logic.function("multiplier", bits**2, setting),
        logic.function("adder", wide, setting),
        logic.function("flip_flop", 2 * bits + wide, setting),
    ]
    mac = UnitCost(
        area=sum((p.area for p in parts), one * 0),
        energy=sum((p.energy for p in parts), one * 0),
        latency=1 / array.clock.x,
        leakage=sum((p.leakage for p in parts), one * 0),
        law="multiplier, adder, registers",
        checks=parts[0].checks,
        scaled=tuple(text for p in parts for text in p.scaled),
    )
    macs = fan_in * fan_out
    busy = cycles(fan_in, fan_out, array.rows.x, array.cols.x, case.batch)
    lines = [
        Line("MAC array", "mac", mac, one * array.rows.x * array.cols.x, shared=True),
        Line("MAC array", "mac", mac, 0 * macs, macs, busy / array.clock.x),
    ]

    widest = np.max(fan_in + fan_out, axis=0, keepdims=True)
    stored = np.sum(macs, axis=0, keepdims=True) * bits + widest * bits
    sram = memory.cost(setting, stored)
    folds = np.ceil(fan_out / array.cols.x)
    lines += [
        Line("SRAM", "sram", sram, one, shared=True),
        Line("SRAM (weights)", "sram", sram, 0 * macs, macs * bits / case.batch),
        Line("SRAM (activations)", "sram", sram, 0 * macs, (fan_in * folds + fan_out) * bits),
    ]
    neuron = case.role("digital_neuron", Priced)
    if neuron is not None:
        cost = neuron.cost(setting, "digital neuron")
        lines += [
            Line("digital neuron", "digital_neuron", cost, one * array.cols.x, shared=True),
            Line("digital neuron", "digital_neuron", cost, 0 * fan_out, fan_out, cost.latency + 0 * fan_out),
        ]
    compare = logic.function("comparator", bits, setting)
    lines.append(Line("read-out", "logic", compare, last, last * (fan_out - 1), last * compare.latency))
    total = np.sum(busy, axis=0)
    return Bill(
        lines=tuple(lines),
        macs=one[0] * case.network.macs,
        batch=case.batch,
        batched=True,
        utilization=case.network.macs * case.batch / (total * array.rows.x * array.cols.x),
        bits={"weight": array.bits.value, "input": array.bits.value, "activation": array.bits.value},
        facts={"busy_cycles": np.sum(busy, axis=0, keepdims=True)},
    )


ARCHITECTURE = Architecture(
    name="digital",
    title="digital accelerator",
    summary="a systolic array of multiply-accumulate units with all weights in on-chip memory",
    roles=("mac", "logic", "sram", "digital_neuron"),
    neglects=(
        "clock tree, control and sequencing",
        "off-chip memory: all weights are resident",
        "bias additions, inside the accumulators",
    ),
    bill=bill,
    order=2,
    colour="#00876c",
)
