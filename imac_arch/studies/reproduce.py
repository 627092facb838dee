"""What a scenario reproduces: its targets, the result without each assumption, and what the default says instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imac_arch.data.errors import ImacError
from imac_arch.document.samples import at_medians, layers_at_medians
from imac_arch.document.studied import AssumptionRow, Reproduction, TargetRow
from imac_arch.evaluate import Evaluation
from imac_arch.metrics import METRICS
from imac_arch.studies.scenario import Assumption, Scenario, Target

__all__ = ["missed_by", "missed_text", "reached", "reproduce"]

Under = Callable[[Sequence[Assumption]], Sequence[Evaluation]]


def reproduce(
    scenario: Scenario,
    evaluations: Sequence[Evaluation],
    under: Callable[[Sequence[Assumption]], Sequence[Evaluation]],
    own: bool = True,
) -> Reproduction:
    """Return the targets of a scenario with what was reached, without each assumption alone, and by default.

    Args:
        scenario: the scenario.
        evaluations: of the comparison that was made under it, on its technology.
        under: evaluates the same under some of its assumptions; options that the user gave hold in every row.
        own: whether the network is the scenario's; claims are not judged on another one.
    """
    reached = _outcome(scenario, scenario.assumptions, under, evaluations)
    default = _outcome(scenario, (), under)
    targets = tuple(
        _target(scenario, target, value, other, own)
        for target, value, other in zip(scenario.figures, reached, default, strict=True)
    )
    without = []
    for left_out in scenario.assumptions:
        kept = [assumption for assumption in scenario.assumptions if assumption is not left_out]
        try:
            without.append(AssumptionRow(left_out.text, _outcome(scenario, kept, under), ""))
        except ImacError as error:
            without.append(AssumptionRow(left_out.text, None, str(error)))
    banner = f"Scenario {scenario.name}: published assumptions, not this project's defaults"
    return Reproduction(scenario.name, scenario.title, banner, scenario.note, scenario.network, targets, tuple(without))


def reached(scenario: Scenario, under: Under) -> list[tuple[Target, float | None, str]]:
    """Return each figure that a scenario claims on its network, with what comes out under it and what is said of it."""
    values = _outcome(scenario, scenario.assumptions, under)
    return [
        (target, value, _status(scenario, target, value, True))
        for target, value in zip(scenario.figures, values, strict=True)
    ]


def _target(scenario: Scenario, target: Target, value: float | None, default: float | None, own: bool) -> TargetRow:
    missed = None if value is None else missed_by(target, value)
    return TargetRow(
        claim=target.claim,
        metric=target.metric,
        architecture=target.architecture,
        baseline=target.baseline,
        unit="" if target.baseline else METRICS[target.metric].unit,
        published=target.value,
        kind=target.kind,
        basis=target.basis,
        component=target.component,
        value=value,
        default=default,
        holds=None if missed is None or not own else missed == 0,
        status=_status(scenario, target, value, own),
        source=scenario.sources[target.source].link or scenario.sources[target.source].label,
    )


def missed_by(target: Target, value: float) -> float:
    """Return by how much a claim is missed, relative to it; 0 where it is met."""
    off = value / target.value - 1
    if target.kind == "at_least":
        return max(-off, 0.0)
    if target.kind == "at_most":
        return max(off, 0.0)
    return abs(off) if abs(off) > target.tolerance else 0.0


def _status(scenario: Scenario, target: Target, value: float | None, own: bool) -> str:
    if value is None:
        return "not evaluated"
    if not own:
        return f"not judged: the scenario is about {scenario.network}"
    return missed_text(target, value) or target.basis


def missed_text(target: Target, value: float) -> str:
    """Return by how much a claim is missed, in words, and to which side where its kind does not say; empty where it is
    met."""
    missed, factor = missed_by(target, value), value / target.value
    if not missed:
        return ""
    side = "" if target.kind != "about" else ", above" if factor > 1 else ", below"
    if value <= 0 or 1 / 2 < factor < 2:
        percent = 100 * missed
        return f"missed by {percent:.0f} %{side}" if percent >= 1 else f"missed by {percent:.1g} %{side}"
    return f"missed by a factor of {max(factor, 1 / factor):.2g}{side}"


def _outcome(
    scenario: Scenario,
    assumptions: Sequence[Assumption],
    under: Callable[[Sequence[Assumption]], Sequence[Evaluation]],
    known: Sequence[Evaluation] | None = None,
) -> tuple[float | None, ...]:
    """Return the figure of each target: baseline over architecture, or the metric itself; None where one is missing.

    A target of a design of its own is evaluated under the assumptions and what it sets.
    """
    results: list[float | None] = []
    for target in scenario.figures:
        if target.set:
            found = under((*assumptions, Assumption(text=target.claim, set=target.set)))
        else:
            found = known = under(assumptions) if known is None else known
        by_name = {evaluation.architecture: evaluation for evaluation in found}
        mine, theirs = (_figure(by_name.get(name or ""), target) for name in (target.architecture, target.baseline))
        if target.baseline is None:
            results.append(mine)
        else:
            results.append(None if not mine or theirs is None else theirs / mine)
    return tuple(results)


def _figure(evaluation: Evaluation | None, target: Target) -> float | None:
    """Return the metric of a target, or the part of it that its component has."""
    if evaluation is None:
        return None
    if target.component is None:
        return at_medians(evaluation.metrics[target.metric])
    lines = [part for part in evaluation.totals.lines if part.line.component == target.component]
    of_lines = [line.area if target.metric == "area" else line.energy for line in lines]
    part = float(sum(layers_at_medians(values).sum() for values in of_lines))
    interval = at_medians(evaluation.metrics["interval"])
    return part if target.metric != "power" else part / interval if interval else None
