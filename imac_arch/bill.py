"""The composition rules, written once.

Area and energy add over lines. The latency of a network is the sum of the delays on its critical path; the interval
between
inferences equals it, or is the slowest stage when pipelined, or a batch's latency shared by its inferences. Energy is
dynamic
energy, static bias over its window, and leakage over the interval. A declared cycle replaces latency and interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from imac_arch.components.base import ZERO, Check, UnitCost
from imac_arch.data.quantity import Array

__all__ = ["Bill", "Line", "LineTotals", "Totals", "compose"]


@dataclass(frozen=True)
class Line:
    """One component of a bill. Arrays broadcast over (layers, designs..., samples); a shared line has one layer.

    Attributes:
        component: what the reports call it.
        role: the role that fills it.
        cost: the unit cost.
        instances: how many there are; area, leakage and static power go with it.
        actions: how often one acts in one inference, over all instances; energy goes with it.
        delay: its time on the critical path of one inference, or of one batch in a batched bill [s].
        window: time under static bias per inference [s]; None is the whole interval.
        shared: it belongs to no layer.
    """

    component: str
    role: str
    cost: UnitCost
    instances: Array
    actions: Array = field(default_factory=lambda: ZERO)
    delay: Array = field(default_factory=lambda: ZERO)
    window: Array | None = None
    shared: bool = False


@dataclass(frozen=True)
class Bill:
    """All lines of one architecture, and what is known about them.

    Attributes:
        lines: the components.
        macs: multiply-accumulates of one inference.
        batch: inferences asked for at once.
        batched: one pass serves the whole batch; else one inference follows the other.
        pipelined: layers work on different inferences at the same time.
        utilization: share of the weights or of the peak rate in use; None computes nothing.
        subarrays: crossbar subarrays; None where there are none.
        bits: bits of weight, input and activation.
        cycle: the declared cycle of the whole network [s].
        facts: what warnings look at, by name.
    """

    lines: tuple[Line, ...]
    macs: Array
    batch: Array
    batched: bool = False
    pipelined: bool = False
    utilization: Array | None = None
    subarrays: Array | None = None
    bits: Mapping[str, float] = field(default_factory=dict)
    cycle: Array | None = None
    facts: Mapping[str, Array] = field(default_factory=dict)

    @property
    def checks(self) -> tuple[tuple[str, Check], ...]:
        """Every range that a law in the bill depends on, with the component."""
        return tuple((line.component, check) for line in self.lines for check in line.cost.checks)


@dataclass(frozen=True)
class LineTotals:
    """What a line adds per inference, by layer: area [m^2], energy [J], leakage energy [J], latency [s]."""

    line: Line
    area: Array
    energy: Array
    leakage_energy: Array
    latency: Array


@dataclass(frozen=True)
class Totals:
    """Sums over lines and layers. ``latency`` is of one batch, ``interval`` and energies are per inference."""

    area: Array
    energy_active: Array
    leakage_energy: Array
    leakage: Array
    latency: Array
    interval: Array
    lines: tuple[LineTotals, ...]


def compose(bill: Bill, cycle: Array | None = None) -> Totals:
    """Add up a bill.

    Args:
        bill: the lines.
        cycle: a declared cycle for the whole network, which replaces the settled latency and interval [s].
    """
    stages = [_layers(line.delay, line.instances) for line in bill.lines]
    settled = _sum(_by_layer(stages))
    if cycle is not None:
        interval = single = np.broadcast_to(cycle, np.broadcast_shapes(np.shape(cycle), settled.shape))
    else:
        interval = single = settled
        if bill.batched:
            interval = settled / bill.batch
        elif bill.pipelined:
            interval = np.max(_by_layer(stages), axis=0)
    latency = single if bill.batched else single + (bill.batch - 1) * interval
    share = latency / np.where(settled > 0, settled, 1.0)
    parts = tuple(_line(line, delay * share, interval) for line, delay in zip(bill.lines, stages, strict=True))
    return Totals(
        area=_total(parts, "area"),
        energy_active=_total(parts, "energy"),
        leakage_energy=_total(parts, "leakage_energy"),
        leakage=sum((_sum(_layers(line.instances * line.cost.leakage, line.instances)) for line in bill.lines), ZERO),
        latency=latency,
        interval=interval,
        lines=parts,
    )


def _line(line: Line, latency: Array, interval: Array) -> LineTotals:
    cost = line.cost
    window = interval if line.window is None else line.window
    energy = line.actions * cost.energy + line.instances * cost.power * window
    return LineTotals(
        line,
        _layers(line.instances * cost.area, line.instances),
        _layers(energy, line.instances),
        _layers(line.instances * cost.leakage * interval, line.instances),
        latency,
    )


def _layers(values: Array, like: Array) -> Array:
    """Return values with a layer axis in front, as ``like`` has one."""
    array = np.asarray(values)
    if array.ndim >= like.ndim and array.shape[0] >= like.shape[0]:
        return array
    return np.broadcast_to(array, np.broadcast_shapes(array.shape, like.shape))


def _by_layer(stages: list[Array]) -> Array:
    """Sum the delays of all lines, by layer; what belongs to no layer counts with the first."""
    deepest = max(stage.shape[0] for stage in stages)
    total: Array = ZERO
    for stage in stages:
        if stage.shape[0] == deepest:
            total = total + stage
        else:
            first = np.zeros((deepest, *(1,) * (stage.ndim - 1)))
            first[0] = 1
            total = total + first * stage
    return total


def _sum(values: Array) -> Array:
    return np.asarray(np.sum(values, axis=0))


def _total(parts: tuple[LineTotals, ...], name: str) -> Array:
    return sum((_sum(getattr(part, name)) for part in parts), ZERO)
