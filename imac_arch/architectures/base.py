"""What an architecture is: a title, the roles it needs, what it leaves out, and a bill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from imac_arch.bill import Bill, Line
from imac_arch.case import Case
from imac_arch.components.base import ZERO, Priced, UnitCost
from imac_arch.components.logic import Logic
from imac_arch.components.row_driver import RowDriver
from imac_arch.components.synapse import Synapse
from imac_arch.components.wire import Wire
from imac_arch.data.quantity import Array
from imac_arch.electrics import Electrics

__all__ = ["Architecture", "crossbar_lines", "occupancy", "registers"]


@dataclass(frozen=True)
class Architecture:
    """A composition of roles.

    Attributes:
        name: as on the command line.
        title: for people.
        summary: one sentence on what it is.
        roles: what a technology must fill; a role bound to ``none`` is neglected.
        neglects: costs that the model leaves out whatever the technology, in words.
        bill: case to bill.
        uses_technology: whether the technology matters; a graphics board brings its own.
        order: the place in reports, smallest first.
        colour: in figures.
        subject: headlines are about it.
        reference: ratios are against it unless another is asked for.
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


def crossbar_lines(
    case: Case, found: Electrics, passes: Array, cycles: Array, window: Array | None, wait: Array, analog: Array = ZERO
) -> list[Line]:
    """Return the lines of crossbar, row drivers and line switches, the same wherever a crossbar is read.

    Args:
        case: the case.
        found: its electrics.
        passes: how often the crossbar is read in one inference.
        cycles: charge cycles of each input row in one inference.
        window: time under bias per inference [s]; None is the whole interval.
        wait: time on the critical path for the lines to settle [s].
        analog: 1 for layers whose word lines carry analog values, else 0.
    """
    mapping = case.mapping
    synapse = case.required("synapse", Synapse, "a crossbar")
    cells = mapping.subarrays * mapping.rows * mapping.cols
    own, wire = synapse.cost(), case.role("wire", Wire)
    cost = UnitCost(
        own.area,
        found.charge / cells,
        found.settle,
        own.leakage,
        found.power / cells,
        law=own.law,
        checks=() if wire is None else wire.checks(case.setting),
    )  # energy charges the lines, power flows while they are biased
    lines = [Line("crossbar", "synapse", cost, cells, cells * passes, wait, window)]
    driver = case.role("row_driver", RowDriver)
    if driver is not None:
        rows = mapping.subarrays * mapping.rows
        unit = driver.cost(
            case.setting,
            found.input_resistance,
            found.power / rows * synapse.line_share,
            found.line_current,
            analog,
        )
        actions = case.fan_in * mapping.col_tiles * cycles
        lines.append(Line("row driver", "row_driver", unit, rows, actions, unit.latency + 0 * actions, window))
    switch = case.role("line_switch", Priced)
    if switch is not None:
        count = mapping.subarrays * (mapping.rows + mapping.cols)
        lines.append(Line("line switch", "line_switch", switch.cost(case.setting, "line switch"), count))
    return lines


def occupancy(case: Case) -> tuple[Array, Array]:
    """Return how many subarrays the network takes, and which share of their weights it uses."""
    mapping = case.mapping
    total = mapping.subarrays.sum(axis=0)
    weights = (mapping.total_rows * mapping.total_cols).sum(axis=0)
    return total, weights / (total * mapping.rows * mapping.cols)


def registers(case: Case, name: str, bits: Array, delay: Array, shared: bool = False) -> list[Line]:
    """Return a line of registers, one per bit, each written once an inference; none where logic is neglected."""
    logic = case.role("logic", Logic)
    if logic is None:
        return []
    cost = logic.function("flip_flop", case.one, case.setting)
    return [Line(name, "logic", cost, bits, bits, delay * cost.latency, shared=shared)]
