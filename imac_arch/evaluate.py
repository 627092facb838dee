"""The one evaluation: write bills, add them up, compute metrics. One design is a grid without axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from imac_arch.architectures import ARCHITECTURES, Architecture
from imac_arch.bill import Bill, Totals, compose
from imac_arch.case import Case
from imac_arch.components.base import Laws
from imac_arch.components.cost import Check
from imac_arch.components.roles import SYNAPSE
from imac_arch.data.arrays import Array
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.recording import Readings, recording
from imac_arch.data.records import NamedTuple
from imac_arch.grid import Grid
from imac_arch.inputs import Inputs
from imac_arch.metrics import compute

__all__ = ["PHYSICS", "Evaluation", "Metrics", "Surface", "Whole", "evaluate", "evaluate_grid"]

Metrics = Mapping[str, Array | None]
Masks = NDArray[np.bool_]

CROSSBAR_FACT = "length"
MOST = float(np.finfo(float).max) / 2  # whatever is finite
PHYSICS = "physics"  # the source of checks of sums
SENSELESS = "a number behind it is outside what physics allows"
SUMS = {
    "area": ("area", "m^2"),
    "energy_active": ("energy without leakage", "J"),
    "leakage": ("leakage power", "W"),
    "latency": ("latency", "s"),
    "interval": ("interval", "s"),
}


class Whole(NamedTuple):
    """What an evaluation of many samples says of all of them, where its lines are those of the first ones alone.

    Attributes:
        declared: metrics at the declared cycle; None where none is declared.
        valid: see :attr:`Evaluation.valid`.
        outside: see :attr:`Evaluation.outside`.
    """

    declared: Metrics | None
    valid: Masks
    outside: tuple[str, ...]


@dataclass(frozen=True)
class Evaluation:
    """One architecture on one technology. The last axis of every array is the sample: 0 the medians of the inputs.

    Attributes:
        architecture: its name.
        technology: the technology's name.
        grid: design axes of every array.
        bill: the lines.
        totals: sums for the timing asked for.
        metrics: for the timing asked for, (*grid, samples).
        settled: metrics with settled latencies.
        timing: ``settled`` or ``declared``.
        laws: of the inputs, which hold the constants of metrics.
        recorded: all numbers that were read.
        mask: where metrics are shown; None is everywhere.
        whole: of many samples, which are evaluated in blocks (:mod:`imac_arch.sampled`), what holds for all of them:
            ``bill`` and ``totals`` are then of the medians and the first sample.
        slips: of design axes, see :class:`imac_arch.inputs.Inputs`.
    """

    architecture: str
    technology: str
    grid: Grid
    bill: Bill
    totals: Totals
    metrics: Metrics
    settled: Metrics
    timing: str
    laws: Laws
    recorded: Readings
    mask: Masks | None = None
    whole: Whole | None = None
    slips: tuple[Check, ...] = ()

    @cached_property
    def declared(self) -> Metrics | None:
        """Metrics at the declared cycle, computed when they are asked for; None where none is declared."""
        if self.whole is not None:
            return self.whole.declared
        if self.bill.cycle is None:
            return None
        if self.timing == "declared":
            return self.metrics
        _, totals = compose(self.bill, self.grid, self.bill.cycle)
        found = None if totals is None else compute(self.bill, totals, self.laws)
        return found if found is None or self.mask is None else _hidden(found, self.mask)

    @property
    def readings(self) -> tuple[str, ...]:
        """Paths of all numbers that were read."""
        return self.recorded.paths

    @property
    def refusals(self) -> list[tuple[str, Check]]:
        """The checks, with their components, outside of which a design has no meaning: those of laws, and where these
        hold that sums are finite and not negative."""
        fatal = [(component, check) for component, check in self.bill.all_checks if check.fatal]
        fatal += [(self.architecture, check) for check in self.slips]
        lawful = np.where(self._within(fatal), 1.0, 0.0)
        sums = (
            Check(title, getattr(self.totals, name), 0.0, MOST, unit, True, "", PHYSICS, lawful, SENSELESS)
            for name, (title, unit) in SUMS.items()
        )
        return [*fatal, *((self.architecture, check) for check in sums)]

    @property
    def valid(self) -> Masks:
        """Where every law can take what it is asked for and sums have a meaning; broadcasts as (*grid, samples)."""
        return self._within(self.refusals) if self.whole is None else self.whole.valid

    @property
    def outside(self) -> tuple[str, ...]:
        """What is outside the range of a law in some design or sample, in words."""
        if self.whole is not None:
            return self.whole.outside
        fails = (check for _, check in self.refusals if np.any(check.outside))
        return tuple(dict.fromkeys(f"{check.quantity} of {check.source}" for check in fails))

    def _within(self, checks: Sequence[tuple[str, Check]]) -> Masks:
        valid: Masks = np.ones((1,) * (self.grid.ndim + 1), dtype=bool)
        for _, check in checks:
            outside = self.grid.layered(np.where(check.outside, 1.0, 0.0))
            valid = valid & (np.max(outside, axis=0) < 1)
        return valid

    def masked(self) -> Evaluation:
        """Return the evaluation with NaN in every metric where a design, or a sample of one, is not valid."""
        valid = self.valid
        if valid.all():
            return self
        return replace(self, metrics=_hidden(self.metrics, valid), settled=_hidden(self.settled, valid), mask=valid)


@dataclass(frozen=True)
class Surface:
    """Metrics of one architecture over a whole grid, words included.

    Attributes:
        architecture: its name.
        grid: axes of the arrays.
        metrics: (*grid, samples); what does not apply to any design is None.
        valid: where every law can take what it is asked for, likewise.
        parts: the evaluation of each combination of words.
    """

    architecture: str
    grid: Grid
    metrics: Metrics
    valid: Masks
    parts: Mapping[tuple[str, ...], Evaluation]


def evaluate(inputs: Inputs, architectures: Sequence[str]) -> list[Evaluation]:
    """Evaluate architectures on one technology.

    Args:
        inputs: network, technology, laws and board with their designs and samples.
        architectures: names.

    Raises:
        UnknownName: an architecture that does not exist.
        UsageError: a role that the technology does not fill, or axes of words, see :func:`evaluate_grid`.
    """
    if inputs.variants:
        axes = ", ".join(axis.path for axis in inputs.whole.words.axes)
        raise UsageError(f"{axes}: words make designs that differ in more than numbers; use evaluate_grid")
    case = inputs.case()
    with np.errstate():  # as they are: numpy looks its settings up in every operation, and finds sooner what is set
        evaluations = [_evaluate(case, _architecture(name), inputs) for name in architectures]
    if inputs.timing == "declared" and case.technology.cycle is None and case.technology.pass_cycle is None:
        name = case.technology.name
        raise UsageError(f"technology {name!r} declares no cycle; add 'cycle: 1 ns' or use --timing settled")
    if inputs.timing == "declared" and all(evaluation.bill.cycle is None for evaluation in evaluations):
        names = ", ".join(architectures)
        raise UsageError(f"a declared cycle applies to none of: {names}; use --timing settled")
    return evaluations


def evaluate_grid(inputs: Inputs, architectures: Sequence[str]) -> list[Surface]:
    """Evaluate architectures over a grid of numbers and words.

    Raises:
        UnknownName: an architecture that does not exist.
        UsageError: a role that the technology does not fill.
    """
    variants = inputs.variants or {(): inputs}
    evaluated = {words: evaluate(variant, architectures) for words, variant in variants.items()}
    return [
        _surface(inputs, name, {words: evaluations[k] for words, evaluations in evaluated.items()})
        for k, name in enumerate(architectures)
    ]


def _surface(inputs: Inputs, name: str, parts: Mapping[tuple[str, ...], Evaluation]) -> Surface:
    grid = inputs.whole if inputs.variants else inputs.grid
    samples = inputs.samples + 1

    def joined(arrays: list[Array]) -> Array:
        """Return arrays over the axes of numbers, one for each combination of words, in the order of the grid."""
        shape = (*grid.numbers.shape, samples)
        stacked = np.stack([np.broadcast_to(array, shape) for array in arrays])
        split = stacked.reshape(*grid.words.shape, *shape)
        order = [k for k, axis in enumerate(grid.axes) if axis.words] + [
            k for k, axis in enumerate(grid.axes) if not axis.words
        ]
        return np.moveaxis(split, range(grid.ndim), order)

    def metric(key: str) -> Array | None:
        values = [part.metrics[key] for part in parts.values()]
        if all(value is None for value in values):
            return None
        return joined([np.full((), np.nan) if value is None else value for value in values])

    metrics = {key: metric(key) for key in next(iter(parts.values())).metrics}
    valid = joined([part.valid for part in parts.values()])  # type: ignore[misc]  # of whatever type
    return Surface(name, grid, metrics, valid.astype(bool), parts)


def _architecture(name: str) -> Architecture:
    if name not in ARCHITECTURES:
        raise UnknownName("architecture", name, ARCHITECTURES)
    return ARCHITECTURES[name]


def _hold_to(architecture: Architecture, bill: Bill) -> None:
    """Refuse a bill that says less than reports and warnings need.

    Raises:
        TypeError: a line of a role that the architecture does not declare, or a crossbar without its facts.
    """
    for line in bill.lines:
        if line.role not in architecture.roles:
            declared = ", ".join(architecture.roles)
            raise TypeError(
                f"architecture {architecture.name!r}: line {line.component!r} has role {line.role!r}, which is not "
                f"among its roles: {declared}"
            )
    if CROSSBAR_FACT not in bill.facts and any(line.role == SYNAPSE.name for line in bill.lines):
        raise TypeError(f"architecture {architecture.name!r}: a bill with a crossbar requires facts=tiles.facts()")


def _evaluate(case: Case, architecture: Architecture, inputs: Inputs) -> Evaluation:
    timing = inputs.timing
    with recording() as readings:
        bill = architecture.bill(case)
        _hold_to(architecture, bill)
        asked = bill.cycle if timing == "declared" else None
        totals, at_cycle = compose(bill, case.grid, asked)
        settled = metrics = compute(bill, totals, case.laws)
        if at_cycle is not None:
            totals, metrics = at_cycle, compute(bill, at_cycle, case.laws)
    return Evaluation(
        architecture.name, case.technology.name, case.grid, bill, totals, metrics, settled, timing, case.laws, readings,
        slips=inputs.slips,
    )  # fmt: skip


def _hidden(metrics: Metrics, valid: Masks) -> Metrics:
    """Return metrics with NaN where a design or a sample is not valid."""
    return {name: None if values is None else np.where(valid, values, np.nan) for name, values in metrics.items()}
