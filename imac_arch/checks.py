"""Whether a design works: its facts against limits, pure functions of arrays over (layers, *grid, samples).

A check never looks at another design, so a verdict does not depend on what else is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import Case
from imac_arch.components.cost import NO_LIMIT, SLACK
from imac_arch.components.laws import Limits
from imac_arch.components.roles import NEURON, ROW_DRIVER
from imac_arch.data.arrays import Array, as_array
from imac_arch.data.records import NamedTuple
from imac_arch.evaluate import Evaluation
from imac_arch.grid import Grid

__all__ = ["CODES", "OUTRANKED", "STATUS", "VERDICTS", "DesignCheck", "checks", "severity"]

STATUS = ("clear", "doubtful", "fails")  # of a check, by severity
CODES = ("ir_drop", "current_density", "drive", "read_disturb", "load", "declared_cycle", "adc_bits", "heat")
OUTRANKED = "ir_drop"  # stands for the accuracy where that is not known
VERDICTS = ("works", "doubtful", "fails")  # of a design
Facts = Mapping[str, Array]


class DesignCheck(NamedTuple):
    """A figure of a design against its limits. Arrays broadcast over (layers, *grid, samples).

    Attributes:
        code: of the warning.
        quantity: what is checked.
        value: the figure.
        limit: beyond it the design is doubtful; infinite where nothing is asked for.
        hard: beyond it the design fails; None where that never happens.
        unit: SI unit of all three.
        least: the value must reach the limit; else it must not exceed it.
    """

    code: str
    quantity: str
    value: Array
    limit: Array
    hard: Array | None
    unit: str = ""
    least: bool = False

    @property
    def margin(self) -> Array:
        """The factor by which the value keeps its limit; below 1 it does not."""
        return self._kept(self.limit)

    @property
    def severity(self) -> Array:
        """0 where the check is clear, 1 where the design is doubtful, 2 where it fails or the value is no number."""
        return _severity(self.doubtful, self.failing)

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """Whether the value is beyond its limit, or no number."""
        return np.logical_not(self.margin >= 1 - SLACK)

    @property
    def failing(self) -> NDArray[np.bool_]:
        """Whether it is beyond the hard limit too."""
        if self.hard is None:
            return np.zeros((), dtype=bool)
        return np.logical_and(self.doubtful, np.logical_not(self._kept(self.hard) >= 1 - SLACK))

    def _kept(self, limit: Array) -> Array:
        top, bottom = (self.value, limit) if self.least else (limit, self.value)
        return np.where(bottom == 0, NO_LIMIT, top / np.where(bottom == 0, 1.0, bottom))


def checks(evaluation: Evaluation, case: Case) -> tuple[DesignCheck, ...]:
    """Return every check that applies to an architecture, in the order of reports.

    Args:
        evaluation: of the architecture.
        case: that it was evaluated for.
    """
    limits, facts = case.laws.get(Limits, "limits"), evaluation.bill.facts
    rows: list[DesignCheck] = []
    if "length" in facts:
        rows += _lines(facts, limits)
        rows += _drive(evaluation.architecture, facts, case, limits)
        rows += _held(evaluation, limits)
        rows += _cells(facts, case, limits)
    if "adc_bits" in facts:
        what, needed = "resolution of the converters", facts["required_bits"]
        rows.append(DesignCheck("adc_bits", what, facts["adc_bits"], needed, None, "bit", least=True))
    rows += _time(evaluation, limits)
    density = evaluation.metrics["power_density"]
    if density is not None:
        limit, hard = limits.power_density.x, limits.power_density_hard.x
        rows.append(DesignCheck("heat", "power density", case.grid.layered(density), limit, hard, "W/m^2"))
    return tuple(rows)


def severity(found: Sequence[DesignCheck], grid: Grid) -> Array:
    """Return the worst severity over checks and layers, (*grid, samples): 0 works, 1 doubtful, 2 fails."""
    doubtful = failing = np.zeros((1,) * (grid.ndim + 1), dtype=bool)
    for check in found:  # truths are an eighth of numbers
        doubtful = np.logical_or(doubtful, np.any(grid.layered(check.doubtful), axis=0))
        failing = np.logical_or(failing, np.any(grid.layered(check.failing), axis=0))
    return _severity(doubtful, failing)


def _severity(doubtful: NDArray[np.bool_], failing: NDArray[np.bool_]) -> Array:
    return np.where(failing, 2.0, np.where(doubtful, 1.0, 0.0))


def _lines(facts: Facts, limits: Limits) -> Iterator[DesignCheck]:
    least, hard = limits.signal_share.x, limits.signal_share_hard.x
    yield DesignCheck("ir_drop", "signal of the last column", facts["signal_share"], least, hard, least=True)
    limit, hard = limits.wire_density.x, limits.wire_density_hard.x
    what, density = "current density of a word line", facts["line_density"]
    yield DesignCheck("current_density", what, density, limit, hard, "A/m^2")


def _drive(name: str, facts: Facts, case: Case, limits: Limits) -> Iterator[DesignCheck]:
    """Give the current of a line against that of the neuron before it, where nothing else drives the line."""
    if case.role(ROW_DRIVER) is not None or NEURON.name not in ARCHITECTURES[name].roles:
        return
    given = sum((served * neuron.drive(case.context) for neuron, served in case.by_activation(NEURON)), case.each * 0.0)
    given = np.where(given > 0, given, NO_LIMIT)  # a layer whose neuron is not modelled
    given = given[[before[0] if before else layer for layer, before in enumerate(case.network.after)]]
    what, limit, hard = "current of a word line", limits.drive.x * given, limits.drive_hard.x * given
    yield DesignCheck("drive", what, facts["line_current"], limit, hard, "A")


def _held(evaluation: Evaluation, limits: Limits) -> Iterator[DesignCheck]:
    """Give the current of a bit line against that of the amplifier that holds it at virtual ground."""
    for _, check in evaluation.bill.all_checks:
        if check.code == "drive":
            given = as_array(check.high)
            limit, hard = limits.drive.x * given, limits.drive_hard.x * given
            yield DesignCheck(check.code, check.quantity, check.value, limit, hard, check.unit)


def _cells(facts: Facts, case: Case, limits: Limits) -> Iterator[DesignCheck]:
    read, density = case.technology.read, facts["junction_density"]
    own, junction = case.synapse.max_read_voltage, limits.junction_voltage.x
    barrier = junction if case.synapse.tunnels else np.where(density > 0, junction, NO_LIMIT)
    limit = barrier if own is None else own.x
    hard = limit * (limits.junction_voltage_hard.x / junction)
    yield DesignCheck("read_disturb", "read voltage", read.voltage.x, limit, hard, "V")
    limit, hard = limits.junction_density.x, limits.junction_density_hard.x
    what = "current density of a junction"
    yield DesignCheck("read_disturb", what, density, limit, hard, "A/m^2")
    if read.circuit == "averaging":
        limit, hard = limits.load_share.x, limits.load_share_hard.x
        what = "load over line conductance"
        yield DesignCheck("load", what, facts["load_ratio"], limit, hard)


def _time(evaluation: Evaluation, limits: Limits) -> Iterator[DesignCheck]:
    """Give the settled interval against the declared cycle, where that is the one that counts."""
    cycle, settled = evaluation.bill.cycle, evaluation.settled["interval"]
    if cycle is None or settled is None or evaluation.timing != "declared":
        return
    what, limit, hard = "settled latency", limits.cycle.x * cycle, limits.cycle_hard.x * cycle
    layered = evaluation.grid.layered
    yield DesignCheck("declared_cycle", what, layered(settled), layered(limit), layered(hard), "s")
