"""What stands beside a comparison: what drives the ratios of its subjects, and what is nearest to flipping them.

The budget is that of the samples that were drawn; the nearest flips of all numbers are found in a few arrays of
designs. Both take a fraction of the comparison's own time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.roles import ROW_DRIVER, SYNAPSE
from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple
from imac_arch.document.drives import Drive, Flip, Share
from imac_arch.document.evaluated import Compared
from imac_arch.document.shapes import Interval
from imac_arch.evaluate import Evaluation
from imac_arch.studies.sensitivity.budget import Fit, fitted, narrowed, span
from imac_arch.studies.sensitivity.flips import Care, flips
from imac_arch.studies.sensitivity.model import Driver, Model, Number, Question, Side, about, outcome

__all__ = ["drives"]

METRICS = ("energy", "latency", "area")
ELECTRICS = (SYNAPSE.name, ROW_DRIVER.name)
FEW = 3  # shares and flips that are kept
CARE = Care(coarse=4, bare=1, fine=8, rounds=4, tight=1 + 2**-2, nearest=FEW)


def drives(everything: Sequence[Compared], baseline: str, seed: int) -> tuple[Drive, ...]:
    """Return what the ratios of the subjects rest on; empty where none stands beside the baseline.

    Args:
        everything: what is known about each technology.
        baseline: an architecture, or with the name of its technology one design of all.
        seed: of the samples.
    """
    designs = {Side(place, each.architecture): each for place, c in enumerate(everything) for each in c.evaluations}
    questions = _questions(designs, baseline)
    if not questions:
        return ()
    model = Model([c.inputs for c in everything])
    sides = dict.fromkeys(side for each in questions for side in each.sides)
    read = frozenset[str]().union(*(designs[side].readings for side in sides))
    drivers = model.drivers(read)
    fits = _fits(questions, designs, drivers, seed)
    turned = _flips(model, questions, model.numbers(read), _behind_arrays([designs[side] for side in sides]))
    found = []
    for k, question in enumerate(questions):
        mine, theirs = (designs[side] for side in question.sides)
        r2, own, rest = _shares(fits[k], drivers)
        found.append(Drive(
            mine.technology, mine.architecture, theirs.architecture, theirs.technology, question.metric, r2, own, rest,
            tuple(turned[k][:FEW]),
        ))  # fmt: skip
    return tuple(found)


def _questions(designs: Mapping[Side, Evaluation], baseline: str) -> list[Question]:
    name, _, technology = baseline.partition("@")
    found = []
    for side in designs:
        theirs = next(
            (other for other, each in designs.items() if other.architecture == name and (
                each.technology == technology if technology else other.place == side.place)),
            None,
        )  # fmt: skip
        if theirs is not None and side != theirs and ARCHITECTURES[side.architecture].subject:
            found += [Question(metric, side, theirs) for metric in METRICS]
    return found


class _Fitted(NamedTuple):
    """The fit of one ratio, its logarithms, and the scores of the samples in which it is known."""

    fit: Fit
    logs: Array
    scores: Array


def _fits(
    questions: Sequence[Question], designs: Mapping[Side, Evaluation], drivers: Sequence[Driver], seed: int
) -> list[_Fitted | None]:
    """Return the fit of each ratio over the samples; those that are known in all samples share one."""
    metrics = {side: evaluation.metrics for side, evaluation in designs.items()}
    drawn = [np.atleast_1d(np.nan if each is None else each)[1:] for each in (outcome(q, metrics) for q in questions)]
    samples = max(each.size for each in drawn)
    if samples < 2 or not drivers:
        return [None] * len(questions)
    scores = np.array([driver.scores(seed, samples) for driver in drivers])
    with np.errstate(all="ignore"):
        logs = np.array([np.full(samples, np.nan) if each.size < samples else np.log(each) for each in drawn])
    known = np.isfinite(logs)
    found: list[_Fitted | None] = [None] * len(questions)
    masks = {row.tobytes(): row for row in known if row.any()}
    for key, mask in masks.items():
        places = [k for k, row in enumerate(known) if row.tobytes() == key]
        own, some = logs[places][:, mask], scores[:, mask]
        for k, row, fit in zip(places, own, fitted(own, some), strict=True):
            found[k] = None if fit is None else _Fitted(fit, row, some)
    return found


def _behind_arrays(evaluations: Iterable[Evaluation]) -> frozenset[str]:
    """Return the paths of all numbers that cells and the drivers of their lines rest on. Their electrics take half of
    the time of an evaluation, and need not be worked out for each of the other numbers."""
    lines = (line for evaluation in evaluations for line in evaluation.bill.lines if line.role in ELECTRICS)
    return frozenset[str]().union(*(line.readings for line in lines))


def _flips(
    model: Model, questions: Sequence[Question], numbers: Sequence[Number], apart: frozenset[str]
) -> list[list[Flip]]:
    """Return the nearest flips of each ratio; numbers of a technology move the ratios on it alone."""
    found: list[list[Flip]] = [[] for _ in questions]
    places = [frozenset(side.place for side in question.sides) for question in questions]
    for where in dict.fromkeys(places):
        own = [k for k, each in enumerate(places) if each == where]
        some = [number for number in numbers if number.spot[0] is None or number.spot[0] in where]
        for k, rows in zip(own, flips(model, [questions[k] for k in own], some, CARE, apart), strict=True):
            found[k] = rows
    return found


def _shares(fitted_: _Fitted | None, drivers: Sequence[Driver]) -> tuple[float | None, tuple[Share, ...], float | None]:
    """Return R2, the largest shares and the unexplained rest of a ratio."""
    if fitted_ is None:
        return None, (), None
    shares = fitted_.fit.shares
    order = np.argsort(shares)[::-1][:FEW].tolist()
    lines = tuple(_share(drivers[at], fitted_, at, first=not place) for place, at in enumerate(order))
    return fitted_.fit.r2, lines, 1 - float(shares.sum())


def _share(driver: Driver, found: _Fitted, place: int, *, first: bool) -> Share:
    """Return a line of the budget, with what would be left without it only for the first."""
    text, share = about(driver.numbers[0].quantity), float(found.fit.shares[place])
    if not first:
        return Share(driver.name, text, share, None, None, None)
    held = span(found.fit.without(found.logs, found.scores, place))
    return Share(driver.name, text, share, None, Interval(*np.exp(held).tolist()), narrowed(span(found.logs), held))
