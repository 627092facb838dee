"""What an architecture is: a title, the roles it requires, what it leaves out, and a bill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from imac_arch.bill import Bill, Line, Units, line
from imac_arch.case import Case
from imac_arch.components.cost import UnitCost
from imac_arch.components.roles import LINE_SWITCH, LOGIC, ROW_DRIVER, Role
from imac_arch.data.arrays import ONE, ZERO, Array, ndim
from imac_arch.data.recording import recording
from imac_arch.electrics import Electrics
from imac_arch.supply import supply_share

__all__ = ["Architecture", "crossbar_lines", "occupancy", "registers"]


@dataclass(frozen=True)
class Architecture:
    """A composition of roles.

    Attributes:
        name: identifier, as on the command line.
        title: display name.
        summary: one-sentence description.
        roles: roles that a technology must fill; a role bound to ``none`` is neglected.
        neglects: costs that the model neglects for any technology, one sentence each.
        bill: function from a case to its bill.
        uses_technology: whether results depend on the technology; a GPU board is independent of it.
        order: the place in reports, smallest first.
        colour: in figures.
        subject: headlines are about it.
        reference: ratios are against it unless another is asked for.
        inference: what its accuracy is found by: ``analog``, ``converted``, ``integers``, ``half`` (half precision);
            None where no way fits.
        on_request: it joins a comparison that names no architecture only where every technology fills its roles.
    """

    name: str
    title: str
    summary: str
    roles: tuple[str, ...]
    neglects: tuple[str, ...]
    bill: Callable[[Case], Bill]
    uses_technology: bool = True
    order: int = 10
    colour: str = "#6b7280"
    subject: bool = False
    reference: bool = False
    inference: str | None = None
    on_request: bool = False


def names(*roles: Role[Any]) -> tuple[str, ...]:
    """Return the names of roles."""
    return tuple(role.name for role in roles)


def crossbar_lines(
    case: Case,
    tiles: Electrics,
    *,
    passes: Array,
    cycles: Array,
    delay: Array,
    window: Array | None,
    analog: Array = ZERO,
) -> list[Line]:
    """Return the lines of crossbar, row drivers and line switches, the same wherever a crossbar is read.

    Args:
        case: the case.
        tiles: electrics of its subarrays.
        passes: how often the crossbar is read in one use of the layer.
        cycles: charge cycles of each input row in one use.
        delay: time on the critical path for the lines to settle [s].
        window: time under bias per use [s]; None is the whole interval.
        analog: 1 for layers whose word lines carry analog values, else 0; the row of the bias never does.
    """
    mapping, used = case.mapping, tiles.lines.rows
    supplied, counts = _supplied(case, tiles, analog), tiles.lines.counts
    crossbar = _subarrays(case, supplied)
    lines = [
        Line(
            "crossbar",
            "synapse",
            tuple(Units(cost, counts[k], counts[k] * passes) for k, cost in enumerate(crossbar)),
            delay,
            window,
        )
    ]
    driver = case.role(ROW_DRIVER)
    if driver is not None:
        lost = supplied.driver_power / np.maximum(used, 1)  # mean over the rows in use of a subarray
        load, current = tiles.lines.input_resistance, tiles.lines.line_current
        with recording() as readings:
            supplied.note()  # load, power and current of the line rest on them
            cost = driver.cost(case.context, load, lost, current, analog * tiles.lines.inputs / used)
        driven = counts * tiles.lines.inputs * cycles
        drivers = tuple(
            Units(
                cost._replace(power=power, recorded=readings),
                counts[k] * mapping.rows,
                driven[k],
                biased=counts[k] * used[k],
            )
            for k, power in enumerate(_by_shape(cost.power, tiles))
        )
        lines.append(Line("row driver", "row_driver", drivers, cost.latency, window))
    switch = case.role(LINE_SWITCH)
    if switch is not None:
        count = mapping.subarrays * (mapping.rows + mapping.cols)
        lines.append(line("line switch", "line_switch", switch.cost(case.context, "line switch"), count))
    return lines


def _supplied(case: Case, tiles: Electrics, analog: Array) -> Electrics:
    """Return electrics with what supplies give to the lines in the place of what these take."""
    read, lines = case.technology.read, tiles.lines
    direct = read.drawn_from == "line"
    if analog is ZERO or read.line_energy == "line":
        return tiles if direct else _from_supply(case, tiles)
    with recording() as readings:
        tiles.note()
        drawn = ONE if direct else case.context.vdd / read.voltage.x
        boost = case.context.vdd / read.voltage.x if read.encoding == "0/V" else drawn
        cells = lines.cells.mean if read.circuit == "averaging" else ZERO
        values, bias = case.lines, lines.rows - lines.inputs
        share = supply_share(
            read.encoding, lines.inputs, bias, values.mean, values.mean_square, cells, lines.load, boost
        )
        share = share if read.encoding == "0/V" else share * drawn
    more, charge = np.where(analog > 0, share, drawn), tiles.charge * np.where(analog > 0, boost, drawn)
    power, lost = tiles.power * more, tiles.driver_power * more
    return tiles._replace(power=power, driver_power=lost, charge=charge, recorded=readings)


def _from_supply(case: Case, tiles: Electrics) -> Electrics:
    """Return electrics whose currents fall from the supply, not from the read voltage."""
    with recording() as readings:
        tiles.note()
        more = case.context.vdd / case.technology.read.voltage.x
    power, lost, charge = (each * more for each in (tiles.power, tiles.driver_power, tiles.charge))
    return tiles._replace(power=power, driver_power=lost, charge=charge, recorded=readings)


def _subarrays(case: Case, tiles: Electrics) -> list[UnitCost]:
    """Return the cost of one subarray for each shape of tile: an action charges its lines, power flows while it is
    biased."""
    with recording() as readings:
        cells, wire = case.synapse.cost(case.context), case.wire
        checks = cells.checks + case.rules + (() if wire is None else wire.checks(case.context))
        tiles.note()
    weights = case.mapping.rows * case.mapping.cols
    area, leakage = cells.area * weights, cells.leakage * weights
    return [
        UnitCost(area, charge, tiles.lines.settle, leakage, power, cells.law, checks, recorded=readings)
        for charge, power in zip(_by_shape(tiles.charge, tiles), _by_shape(tiles.power, tiles), strict=True)
    ]


def _by_shape(values: Array, tiles: Electrics) -> list[Array]:
    """Return values for each shape of tile in turn; those without an axis of shapes hold for each."""
    shapes = tiles.lines.counts.shape[0]
    if ndim(values) < ndim(tiles.power):
        return [values] * shapes
    return [values[k if values.shape[0] > 1 else 0] for k in range(shapes)]


def occupancy(case: Case) -> tuple[Array, Array]:
    """Return how many subarrays the network takes, and which share of their weights it uses."""
    mapping = case.mapping
    total = mapping.subarrays.sum(axis=0)
    weights = (mapping.total_rows * mapping.total_cols).sum(axis=0)
    return total, weights / (total * mapping.rows * mapping.cols)


def registers(case: Case, name: str, bits: Array, delay: Array) -> Sequence[Line]:
    """Return a line of registers, one per bit, each written once per use; none where logic is neglected.

    ``delay`` is 1 for layers whose critical path holds a register, else 0.
    """
    logic = case.role(LOGIC)
    if logic is None:
        return []
    cost = logic.function("flip_flop", ONE, case.context)
    return [line(name, "logic", cost, bits, bits, delay * cost.latency)]
