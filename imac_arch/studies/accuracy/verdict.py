"""Accuracy as a check of a design."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imac_arch.components.laws import Limits
from imac_arch.document.accuracy import AccuracyRow
from imac_arch.document.evaluated import Compared
from imac_arch.document.shapes import CheckRow, Finding, Status

__all__ = ["classified"]

CODE, QUANTITY = "accuracy", "loss of accuracy"
LEAST = 1e-9  # of a loss, so that none has a margin


def classified(compared: Compared, rows: Sequence[AccuracyRow]) -> Compared:
    """Return a technology with the accuracy of its designs: one more check of each that a crossbar computes.

    A loss counts as far as its interval is certain: its lower end is what is held to the limits.

    Args:
        compared: with its evaluations and their checks.
        rows: the accuracy of each evaluation, in their order.
    """
    law = compared.inputs.laws.get(Limits, "limits")
    limit, hard = (float(np.ravel(quantity.x)[0]) for quantity in (law.accuracy_loss, law.accuracy_loss_hard))
    checks, shares, together = list(compared.checks), list(compared.shares), list(compared.together)
    warnings = []
    for place, row in enumerate(rows):
        check = _check(row, limit, hard)
        if check is None:
            continue
        checks[place] = (*checks[place], check)
        if check.status != "clear":
            shares[place] = (0.0, 1.0 if check.status == "fails" else shares[place][1])
            together[place] = ()  # what clears the other checks need not clear this one
            warnings.append(_finding(compared, row, check))
    return compared._replace(
        checks=checks, shares=shares, together=together, accuracy=list(rows), warnings=(*warnings, *compared.warnings)
    )


def _check(row: AccuracyRow, limit: float, hard: float) -> CheckRow | None:
    if row.loss is None or not row.on_crossbars:  # computed in numbers: the same network
        return None
    loss = row.loss.low
    status: Status = "clear" if loss <= limit else "doubtful" if loss <= hard else "fails"
    margin = limit / max(row.loss.value, LEAST)
    return CheckRow(CODE, QUANTITY, status, None, row.loss.value, "at_most", limit, hard, margin, "")


def _finding(compared: Compared, row: AccuracyRow, check: CheckRow) -> Finding:
    value, software, loss = row.value or 0.0, row.software or 0.0, row.loss
    lost = "" if loss is None else f"{loss.value * 100:.1f} [{loss.low * 100:.1f}, {loss.high * 100:.1f}]"
    text = f"accuracy {value:.1%} where the same weights in exact arithmetic reach {software:.1%}: {lost} points lost "
    text += f"(limit {check.limit * 100:g}, fails from {(check.hard_limit or 1) * 100:g})"
    if row.otherwise is not None and row.otherwise > value:
        text += f"; with a trimmed gain {row.otherwise:.1%}"
    if row.note:
        text += f"; the weights are {row.note}"
    return Finding(
        code=CODE,
        message=text,
        where=row.architecture,
        severity="fails" if check.status == "fails" else "doubtful",
        technology=compared.loaded.model.name,
        architecture=row.architecture,
        quantity=QUANTITY,
        value=check.value,
        limit=check.limit,
        hard_limit=check.hard_limit,
        unit=check.unit,
        margin=check.margin,
    )
