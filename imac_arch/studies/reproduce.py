"""What a scenario reproduces: its targets, the result without each assumption, and what the default says instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imac_arch.data.errors import ImacError
from imac_arch.document.samples import at_medians
from imac_arch.document.studied import AssumptionRow, Reproduction, TargetRow
from imac_arch.evaluate import Evaluation
from imac_arch.metrics import METRICS
from imac_arch.studies.scenario import Assumption, Scenario, Target

__all__ = ["reproduce"]


def reproduce(
    scenario: Scenario,
    evaluations: Sequence[Evaluation],
    under: Callable[[Sequence[Assumption]], Sequence[Evaluation]],
) -> Reproduction:
    """Return the targets of a scenario with what was reached, without each assumption alone, and by default.

    Args:
        scenario: the scenario.
        evaluations: of the comparison that was made under it, on its technology.
        under: evaluates the same under some of its assumptions; options that the user gave hold in every row.
    """
    reached = _outcome(scenario, evaluations)
    default = _outcome(scenario, under(()))
    targets = tuple(
        _target(scenario, target, value, other)
        for target, value, other in zip(scenario.targets, reached, default, strict=True)
    )
    without = []
    for left_out in scenario.assumptions:
        kept = [assumption for assumption in scenario.assumptions if assumption is not left_out]
        try:
            without.append(AssumptionRow(left_out.text, _outcome(scenario, under(kept)), ""))
        except ImacError as error:
            without.append(AssumptionRow(left_out.text, None, str(error)))
    return Reproduction(scenario.name, scenario.title, targets, tuple(without))


def _target(scenario: Scenario, target: Target, value: float | None, default: float | None) -> TargetRow:
    holds = value is not None and (
        value >= target.value if target.kind == "at_least" else abs(value / target.value - 1) <= target.tolerance
    )
    return TargetRow(
        claim=target.claim,
        metric=target.metric,
        architecture=target.architecture,
        baseline=target.baseline,
        unit="" if target.baseline else METRICS[target.metric].unit,
        published=target.value,
        kind=target.kind,
        value=value,
        default=default,
        holds=holds,
        status="reproduced" if holds else "not reproduced",
        source=scenario.sources[target.source].link,
    )


def _outcome(scenario: Scenario, evaluations: Sequence[Evaluation]) -> tuple[float | None, ...]:
    """Return the figure of each target: baseline over architecture, or the metric itself; None where one is missing."""
    metrics = {evaluation.architecture: evaluation.metrics for evaluation in evaluations}
    results: list[float | None] = []
    for target in scenario.targets:
        names = (target.architecture, target.baseline or "")
        mine, theirs = (at_medians(metrics[name][target.metric]) if name in metrics else None for name in names)
        if target.baseline is None:
            results.append(mine)
        else:
            results.append(None if not mine or theirs is None else theirs / mine)
    return tuple(results)
