"""Budgets of results: from the samples where their fit explains enough, else from Saltelli's design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.log import logger, timed
from imac_arch.data.records import NamedTuple
from imac_arch.document.drives import Share
from imac_arch.document.sensitivity import Index
from imac_arch.document.shapes import Interval
from imac_arch.studies.sensitivity.budget import Fit, fitted, narrowed, span
from imac_arch.studies.sensitivity.indices import Indices, sobol
from imac_arch.studies.sensitivity.model import Driver, Model, Question, about

__all__ = ["BASE", "ENOUGH", "Budget", "budgets"]

_log = logger(__name__)
ENOUGH = 1 - 1 / 20  # of the variance, below which the budget is that of Saltelli's design
BASE = 2**9  # its points, where their number is not asked for
RESAMPLES = 100  # for intervals


class Budget(NamedTuple):
    """What the spread of one result is made of, see :class:`imac_arch.document.sensitivity.SensitivityRow`."""

    method: Literal["samples", "saltelli"] | None = None
    r2: float | None = None
    shares: tuple[Share, ...] = ()
    unexplained: float | None = None
    indices: tuple[Index, ...] | None = None
    evaluations: int = 0


def budgets(
    model: Model,
    questions: Sequence[Question],
    drivers: Sequence[Driver],
    drawn: Sequence[Array | None],
    scores: Array,
    points: int | None,
    seed: int,
) -> tuple[list[Budget], tuple[str, ...]]:
    """Return the budget of each result, and what is to be said of them.

    Args:
        model: designs.
        questions: results.
        drivers: what is uncertain.
        drawn: results at the medians and for all samples.
        scores: of the samples, (drivers, samples).
        points: of Saltelli's design; 0 for none, None for one where the samples explain too little.
        seed: of the draws.
    """
    fits = _fits(drawn, scores, seed)
    found = [_by_samples(fit, drivers) for fit in fits]
    if not drivers or points == 0:
        return found, ()
    short = [k for k, each in enumerate(drawn) if _varies(each) and not (found[k].r2 or 0.0) >= ENOUGH]
    wanted = list(range(len(questions))) if points else short
    if not wanted:
        return found, ()
    base = points or BASE
    with timed(_log, "computed Sobol indices of %d results", len(wanted)):
        indices = sobol(model, [questions[k] for k in wanted], drivers, base, seed)
    for k, each in zip(wanted, indices, strict=True):
        if each is not None:
            found[k] = _by_indices(found[k], each, drivers, base * (len(drivers) + 2), k in short)
    if points:
        return found, ()
    of = f"{len(short)} of the {len(found)} results" if len(found) > 1 else "the result"
    told = f"the fit of the samples explains less than {100 * ENOUGH:.0f} % of the spread of {of}"
    return found, (f"Sobol indices by Saltelli's design of {base} points were computed, for {told}.",)


def _varies(results: Array | None) -> bool:
    if results is None:
        return False
    known = np.asarray(results)
    known = known[np.isfinite(known)]
    return known.size < 2 or bool(np.ptp(known) > 0)


class _Fitted(NamedTuple):
    """A fit, with the 90 % interval of the result, and that with each driver at its median."""

    fit: Fit
    whole: Interval
    frozen: list[Interval]


def _fits(drawn: Sequence[Array | None], scores: Array, seed: int) -> list[_Fitted | None]:
    """Return the fit of each result; those that are known in the same samples share one set of equations."""
    samples = scores.shape[1]
    sized = {k: np.asarray(each, dtype=float) for k, each in enumerate(drawn) if each is not None}
    with np.errstate(all="ignore"):
        logs = {k: np.log(each[1:]) for k, each in sized.items() if each.size == samples + 1 and samples > 1}
    groups: dict[bytes, list[int]] = {}
    for k, own in logs.items():
        groups.setdefault(np.isfinite(own).tobytes(), []).append(k)
    found: list[_Fitted | None] = [None] * len(drawn)
    for places in groups.values():
        known = np.isfinite(logs[places[0]])
        some = scores if known.all() else scores[:, known]
        rows = np.stack([logs[k][known] for k in places])
        for k, row, fit in zip(places, rows, fitted(rows, some, RESAMPLES, seed), strict=True):
            if fit is not None:
                frozen = [span(fit.without(row, some, at)) for at in range(len(scores))]
                found[k] = _Fitted(fit, span(row), frozen)
    return found


def _by_samples(found: _Fitted | None, drivers: Sequence[Driver]) -> Budget:
    if found is None:
        return Budget()
    fit, whole, frozen = found
    shares = [
        Share(
            driver.name, about(driver.numbers[0].quantity), float(share), Interval(float(low), float(high)),
            Interval(*np.exp(frozen[k]).tolist()), narrowed(whole, frozen[k]),
        )
        for k, (driver, share, low, high) in enumerate(zip(drivers, fit.shares, fit.low, fit.high, strict=True))
    ]  # fmt: skip
    ordered = tuple(sorted(shares, key=lambda share: share.share, reverse=True))
    return Budget("samples", fit.r2, ordered, 1 - float(fit.shares.sum()), None, 0)


def _by_indices(budget: Budget, found: Indices, drivers: Sequence[Driver], evaluations: int, instead: bool) -> Budget:
    """Return a budget with indices beside it; ``instead`` of that of the samples they are its shares."""
    rows = tuple(
        Index(
            driver.name, float(found.first[k]), _ends(found.first_ends, k), float(found.total[k]),
            _ends(found.total_ends, k),
        )
        for k, driver in enumerate(drivers)
    )  # fmt: skip
    rows = tuple(sorted(rows, key=lambda row: row.total, reverse=True))
    if not instead and budget.shares:
        return budget._replace(indices=rows, evaluations=evaluations)
    first = {row.driver: max(row.first, 0.0) for row in rows}
    whole = max(sum(first.values()), 1.0)
    before = {share.driver: share for share in budget.shares}
    shares = []
    for driver in drivers:
        row = next(row for row in rows if row.driver == driver.name)
        known = before.get(driver.name)
        shares.append(Share(
            driver.name, about(driver.numbers[0].quantity), first[driver.name] / whole, row.first_interval,
            None if known is None else known.frozen, None if known is None else known.narrows,
        ))  # fmt: skip
    ordered = tuple(sorted(shares, key=lambda share: share.share, reverse=True))
    return Budget("saltelli", budget.r2, ordered, 1 - sum(first.values()) / whole, rows, evaluations)


def _ends(ends: tuple[Array, Array], place: int) -> Interval:
    return Interval(float(ends[0][place]), float(ends[1][place]))
