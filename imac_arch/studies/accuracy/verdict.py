"""Accuracy as a check of a design."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.checks import OUTRANKED
from imac_arch.components.laws import Limits
from imac_arch.components.roles import SYNAPSE
from imac_arch.data.arrays import single
from imac_arch.document.accuracy import AccuracyRow
from imac_arch.document.evaluated import Compared
from imac_arch.document.judged import verdict_of
from imac_arch.document.shapes import CheckRow, Finding, Status
from imac_arch.studies.accuracy.asking import Asking

__all__ = ["accuracy_check", "classified"]

RESISTIVE = "resistance_fields"  # of cells that --solve r_p can set
CONVERTERS = "adc_bits"  # the check of the converters' bits, and the knob that sets them


def classified(
    compared: Compared, rows: Sequence[AccuracyRow], otherwise: Sequence[tuple[float, float]], asking: Asking | None
) -> Compared:
    """Return a technology with the accuracy of its designs: one more check of each that a crossbar computes.

    A loss counts as far as its interval is certain: its lower end is what is held to the limits. What a design loses
    on its wires is in it, so that it outranks the check that stands for that.

    Args:
        compared: with its evaluations and their checks.
        rows: the accuracy of each evaluation, in their order.
        otherwise: the shares of the samples in which each works and fails by its other checks.
        asking: what to ask for what would clear an accuracy; None where no command line says it.
    """
    law = compared.inputs.laws.get(Limits, "limits")
    checks, shares, together = list(compared.checks), list(compared.shares), list(compared.together)
    warnings, ranked = [], set()
    for place, row in enumerate(rows):
        check = accuracy_check(row, law)
        if check is None:
            continue
        dropped = any(own.code == OUTRANKED and own.status != "clear" for own in checks[place])
        if dropped:
            ranked.add(row.architecture)
            shares[place] = otherwise[place]
        checks[place] = (*map(_outranked, checks[place]), check)
        if verdict_of(checks[place]) == "works":
            together[place] = ()
        if check.status != "clear":
            shares[place] = (0.0, 1.0 if check.status == "fails" else shares[place][1])
            together[place] = ()  # what clears the other checks need not clear this one
            knobs = _knobs(compared, checks[place], dropped)
            warnings.append(_finding(compared, row, check, asking and asking.sentence(row, knobs)))
    known = [_noted(each) if each.architecture in ranked else each for each in compared.warnings]
    return compared._replace(
        checks=checks, shares=shares, together=together, accuracy=list(rows), warnings=(*warnings, *known)
    )


def _knobs(compared: Compared, checks: Sequence[CheckRow], dropped: bool) -> set[str]:
    """Return the knobs of ``--solve`` that set what a design's other checks found wrong and an accuracy follows from:
    the resistance of cells whose wires take too much of the signal, and the bits of converters that are too few."""
    wired = dropped and getattr(compared.inputs.technology.components[SYNAPSE.name], RESISTIVE, {})
    rounded = any(own.code == CONVERTERS and own.status != "clear" for own in checks)
    return {knob for knob, wrong in (("r_p", wired), (CONVERTERS, rounded)) if wrong}


def _outranked(check: CheckRow) -> CheckRow:
    decides = check.code != OUTRANKED or check.status == "clear"
    return check if decides else check._replace(status="outranked")


def _noted(finding: Finding) -> Finding:
    """Return a finding as a note, where the accuracy outranks it."""
    if finding.code != OUTRANKED:
        return finding
    who = f"{finding.architecture} on {finding.technology}"
    return finding._replace(severity="note", message=f"{who}: {finding.message}; its accuracy is known and outranks it")


def accuracy_check(row: AccuracyRow, law: Limits) -> CheckRow | None:
    """Return the check of an accuracy against its limits; None where none is known, or no crossbar computes it."""
    limit, hard = (single(quantity.x) for quantity in (law.accuracy_loss, law.accuracy_loss_hard))
    if row.loss is None or row.value is None or row.software is None or not row.on_crossbars:
        return None  # what is computed in numbers is the same network
    loss, needed = row.loss.low, row.software - limit
    status: Status = "clear" if loss <= limit else "doubtful" if loss <= hard else "fails"
    what = f"accuracy of {row.architecture}"
    return CheckRow(
        "accuracy", what, status, None, row.value, "at_least", needed, row.software - hard, row.value / needed, ""
    )


def _finding(compared: Compared, row: AccuracyRow, check: CheckRow, asked: str | None) -> Finding:
    lost = "" if row.loss is None else ", ".join(f"{end * 100:.1f}" for end in (row.loss.low, row.loss.high))
    text = f"{_share(row.value)} where the same weights in exact arithmetic reach {_share(row.software)}: [{lost}] "
    text += f"percentage points lost (needs {_share(check.limit)}, fails below {_share(check.hard_limit)})"
    if row.otherwise is not None and row.value is not None and row.otherwise > row.value:
        text += f"; with a trimmed gain {_share(row.otherwise)}"
    if row.note:
        text += f"; the weights are {row.note}"
    if asked:
        text += f"; to find what costs most, and {asked}"
    return Finding(
        code="accuracy",
        message=text,
        where=row.architecture,
        severity="fails" if check.status == "fails" else "doubtful",
        technology=compared.loaded.model.name,
        architecture=row.architecture,
        quantity=check.quantity,
        value=check.value,
        limit=check.limit,
        hard_limit=check.hard_limit,
        unit=check.unit,
        margin=check.margin,
    )


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value * 100:.1f} %"
