"""The composition rules, written once.

A bill is written per use of a layer: actions, delay and window of one use; the network says how often a layer is used.
Area and energy add over lines. The latency of a network is the longest path through its layers; the interval between
inferences equals it, or is the slowest layer when pipelined, or a batch's latency shared by its inferences. Energy is
dynamic energy, static bias over its window less the time that units are busy, and leakage over the interval. A declared
cycle replaces latency and interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce

import numpy as np

from imac_arch.components.cost import Check, UnitCost
from imac_arch.data.arrays import ZERO, Array, over_layers, times
from imac_arch.data.records import NamedTuple
from imac_arch.grid import Grid

__all__ = ["Bill", "Line", "LineTotals", "Totals", "Units", "compose", "line"]


class Units(NamedTuple):
    """Units of one kind in a line. Arrays broadcast over (layers, *grid, samples).

    Attributes:
        cost: of one unit.
        instances: how many are installed; area and leakage go with it.
        actions: of all of them together in one use of the layer; energy goes with it.
        busy: time of all of them together in one use of the layer in which they draw no static power, for they are at
            work and what they draw is an energy of their actions [s].
        biased: how many of them are in use, and so under static bias; None is all.
    """

    cost: UnitCost
    instances: Array
    actions: Array = ZERO
    busy: Array = ZERO
    biased: Array | None = None

    @property
    def power(self) -> Array:
        """Static power of all of them together while they are biased [W]."""
        return (self.instances if self.biased is None else self.biased) * self.cost.power


class Line(NamedTuple):
    """One component of a bill. Arrays broadcast over (layers, *grid, samples).

    Attributes:
        component: what the reports call it.
        role: the role that fills it.
        units: its units, more than one kind where their sizes differ.
        delay: its time on the critical path of one use of the layer, or of one batch in a batched bill [s].
        window: time under static bias per use of the layer [s]; None is the whole interval.
        shared: all layers use the same instances, whose layer axis has length 1; actions, delay and window are still
            those of each layer.
    """

    component: str
    role: str
    units: tuple[Units, ...]
    delay: Array = ZERO
    window: Array | None = None
    shared: bool = False

    @property
    def instances(self) -> Array:
        """Units of all kinds together."""
        return reduce(_plus, (units.instances for units in self.units), ZERO)

    @property
    def actions(self) -> Array:
        """Actions of all kinds together in one use of the layer."""
        return sum((units.actions for units in self.units), ZERO)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every range that its unit costs depend on; equal units have equal ranges."""
        checks = (check for units in self.units for check in units.cost.checks)
        return tuple({(check.source, check.quantity, check.code): check for check in checks}.values())

    @property
    def readings(self) -> tuple[str, ...]:
        """Paths of all numbers that its unit costs were priced by, sorted."""
        return tuple(sorted({path for units in self.units for path in units.cost.readings}))


def line(
    component: str,
    role: str,
    cost: UnitCost,
    instances: Array,
    actions: Array = ZERO,
    delay: Array = ZERO,
    window: Array | None = None,
    shared: bool = False,
    biased: Array | None = None,
) -> Line:
    """Return a line of units of one kind; see :class:`Line` and :class:`Units`."""
    return Line(component, role, (Units(cost, instances, actions, biased=biased),), delay, window, shared)


@dataclass(frozen=True, slots=True)
class Bill:
    """All lines of one architecture, and what is known about them.

    Attributes:
        lines: the components.
        macs: multiply-accumulates of one inference.
        batch: inferences asked for at once.
        uses: how often each layer is used in one inference, (layers, ...); actions count as often.
        passes: how often each layer's delay and window follow one another in one inference, likewise.
        after: the layers that each layer waits for, counted from 0.
        batched: one pass serves the whole batch; else one inference follows the other.
        pipelined: layers work on different inferences at the same time.
        utilization: share of the weights or of the peak rate in use; None computes nothing.
        subarrays: crossbar subarrays; None where there are none.
        bits: bits of weight, input and activation.
        cycle: the declared cycle of the whole network [s].
        facts: what warnings look at, by name.
        checks: ranges that the bill as a whole depends on, beside those of its lines.
    """

    lines: tuple[Line, ...]
    macs: Array
    batch: Array
    uses: Array
    passes: Array
    after: tuple[tuple[int, ...], ...]
    batched: bool = False
    pipelined: bool = False
    utilization: Array | None = None
    subarrays: Array | None = None
    bits: Mapping[str, Array] = field(default_factory=dict)
    cycle: Array | None = None
    facts: Mapping[str, Array] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    @property
    def all_checks(self) -> tuple[tuple[str, Check], ...]:
        """Every range that the bill depends on, with the component."""
        own = tuple(("mapping", check) for check in self.checks)
        return own + tuple((line.component, check) for line in self.lines for check in line.checks)


class LineTotals(NamedTuple):
    """What a line adds per inference: area [m^2], energy without leakage [J], leakage [W], leakage energy [J], latency
    [s].

    The layer axis in front has the network's length; area and leakage of a shared line have length 1.
    """

    line: Line
    area: Array
    energy: Array
    leakage: Array
    leakage_energy: Array
    latency: Array


@dataclass(frozen=True)
class Totals:
    """Sums over lines and layers, (*grid, samples). ``latency`` is of one batch, all others are per inference.

    Attributes:
        area: of all that is installed [m^2].
        energy_active: energy without leakage [J].
        leakage_energy: leakage power over an interval [J].
        leakage: leakage power [W].
        latency: of one batch [s].
        interval: between inferences [s].
        parts: what the lines add, before the interval.
        delays: of all layers together [s].
        by_layer: zeros of the layers' shape.
    """

    area: Array
    energy_active: Array
    leakage_energy: Array
    leakage: Array
    latency: Array
    interval: Array
    parts: tuple[_Added, ...]
    delays: Array
    by_layer: Array

    @cached_property
    def lines(self) -> tuple[LineTotals, ...]:
        """What each line adds; worked out when it is asked for, since metrics need the sums alone."""
        share = self.latency / np.where(self.delays > 0, self.delays, 1.0)  # of a line's delay, its part of the latency
        return tuple(part.finished(share, self.interval, self.by_layer) for part in self.parts)


def compose(bill: Bill, grid: Grid, cycle: Array | None = None) -> tuple[Totals, Totals | None]:
    """Add up a bill, settled and at a declared cycle.

    Args:
        bill: the lines.
        grid: the design axes of its arrays.
        cycle: for the whole network, in the place of the settled latency and interval [s]; None declares none.

    Returns:
        Settled totals, and those at the declared cycle; None where none is declared.
    """
    none = grid.by_layer([0] * len(bill.after))
    parts = tuple(_added(line, bill) for line in bill.lines)
    by_layer = none
    for part in parts:
        if part.delay is not ZERO:
            by_layer = by_layer + part.delay
    path, delays = _path(by_layer, bill.after), over_layers(by_layer)
    interval = path
    if bill.batched:
        interval = path / bill.batch
    elif bill.pipelined:
        interval = np.max(by_layer, axis=0)
        for part in parts:
            if part.line.shared and part.delay is not ZERO:  # layers take turns on what they share
                interval = np.maximum(interval, over_layers(none + part.delay))

    area, leakage, static = (_total(parts, name, none) for name in ("area", "leakage", "static"))
    energy = over_layers(sum((part.energy for part in parts if part.energy is not ZERO), none))

    def totals(single: Array, interval: Array) -> Totals:
        latency = single if bill.batched else single + (bill.batch - 1) * interval
        active, leaked = energy + static * interval, leakage * interval
        return Totals(area, active, leaked, leakage, latency, interval, parts, delays, none)

    if cycle is None:
        return totals(path, interval), None
    declared = np.broadcast_arrays(cycle, path)[0]
    return totals(path, interval), totals(declared, declared)


class _Added(NamedTuple):
    """What a line adds, as far as it does not depend on the interval; see :class:`LineTotals`. ``ZERO`` is nothing; an
    array without an axis of layers, or with one of length 1, holds for each layer, or once where the line is shared.

    ``energy`` is dynamic energy and that of static bias over windows, ``static`` the power that flows all the time [W].
    """

    line: Line
    area: Array
    leakage: Array
    energy: Array
    static: Array
    delay: Array

    def finished(self, share: Array, interval: Array, none: Array) -> LineTotals:
        """Return the totals of the line for an interval, ``share`` of its delay being its part of the latency."""
        own, energy = none[:1] if self.line.shared else none, none + self.energy
        if self.static is not ZERO:
            biased = (own + self.static) * interval
            if self.line.shared:  # counts once, with the first layer
                first = np.zeros(none.shape)
                first[0] = 1.0
                biased = first * biased
            energy = energy + biased
        leakage = own + self.leakage
        return LineTotals(self.line, own + self.area, energy, leakage, leakage * interval, (none + self.delay) * share)


def _added(line: Line, bill: Bill) -> _Added:
    area = leakage = energy = static = ZERO
    alike = len(line.units) > 1 and _alike([units.cost for units in line.units])
    if alike:
        cost, instances = line.units[0].cost, line.instances
        area, leakage = times(cost.area, instances), times(cost.leakage, instances)
    for units in line.units:
        cost, instances, actions, busy, _ = units
        if cost.area is not ZERO and not alike:
            area = _plus(area, instances * cost.area)
        if cost.leakage is not ZERO and not alike:
            leakage = _plus(leakage, instances * cost.leakage)
        if cost.power is not ZERO:
            static = _plus(static, units.power)
        if cost.energy is not ZERO and actions is not ZERO:
            energy = _plus(energy, actions * cost.energy)
        if busy is not ZERO and cost.power is not ZERO:
            energy = _plus(energy, -busy * cost.power)
    energy = times(energy, bill.uses)
    if static is not ZERO and line.window is not None:
        energy, static = _plus(energy, static * (line.window * bill.passes)), ZERO
    return _Added(line, area, leakage, energy, static, times(line.delay, bill.passes))


def _alike(costs: Sequence[UnitCost]) -> bool:
    """Whether all units have the same area and leakage, so that what is installed need be counted once."""
    return all(cost.area is costs[0].area and cost.leakage is costs[0].leakage for cost in costs)


def _plus(total: Array, more: Array) -> Array:
    return more if total is ZERO else total + more


def _path(by_layer: Array, after: tuple[tuple[int, ...], ...]) -> Array:
    """Return the time of the longest path through the layers, each of which waits for those before it."""
    ends: list[Array] = []
    for layer, before in enumerate(after):
        start: Array = ZERO
        for earlier in before:
            start = np.maximum(start, ends[earlier]) if start is not ZERO else ends[earlier]
        ends.append(start + by_layer[layer])
    finish = ends[-1]
    for layer in sorted(set(range(len(after) - 1)) - {earlier for before in after for earlier in before}):
        finish = np.maximum(finish, ends[layer])
    return finish


def _total(parts: Sequence[_Added], name: str, none: Array) -> Array:
    """Return the sum over lines and layers; lines with a layer axis of their own and shared ones apart."""
    by_layer, shared = none, ZERO
    for part in parts:
        value: Array = getattr(part, name)
        if value is ZERO:
            continue
        if part.line.shared:
            shared = none[:1] + value if shared is ZERO else shared + value
        else:
            by_layer = by_layer + value
    total = over_layers(by_layer)
    return total if shared is ZERO else total + shared[0]
