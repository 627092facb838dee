"""The study behind ``sensitivity``: what drives metrics and ratios of a comparison, and what would flip them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.arrays import Array
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.log import logger, timed
from imac_arch.data.records import NamedTuple
from imac_arch.document.build import generator
from imac_arch.document.drives import Flip
from imac_arch.document.provenance import listed, origins, provenance, unread
from imac_arch.document.samples import at_medians, figure
from imac_arch.document.sensitivity import (
    Bar,
    DriverRow,
    SensitivityConditions,
    SensitivityDocument,
    SensitivityRow,
)
from imac_arch.document.shapes import SCHEMA_VERSION, Number
from imac_arch.evaluate import Metrics, evaluate
from imac_arch.findings import refuse
from imac_arch.inputs import Inputs
from imac_arch.metrics import METRICS, known
from imac_arch.paths import OF
from imac_arch.plan import Arguments, Plan, settle
from imac_arch.resolve import Resolved, resolve
from imac_arch.sampled import metrics_over
from imac_arch.studies.sensitivity.described import described
from imac_arch.studies.sensitivity.flips import Care, flips
from imac_arch.studies.sensitivity.indices import tornado
from imac_arch.studies.sensitivity.model import Driver, Model, Question, Side, about, architectures, outcome
from imac_arch.studies.sensitivity.shares import BASE, Budget, budgets
from imac_arch.technology_files import Loaded, load_laws

__all__ = ["ALONE", "MOST", "Ask", "sensitivity_document"]

_log = logger(__name__)
ALONE = "none"  # in place of a baseline: the metrics themselves
REFERENCE = next(a.name for a in ARCHITECTURES.values() if a.reference)
DEFAULT = ("energy", "latency", "area")
MOST = 2**16  # points of Saltelli's design


class Ask(NamedTuple):
    """What is asked beside the conditions of a comparison.

    Attributes:
        metrics: names; energy, latency and area where there are none.
        alone: the metrics themselves, not their ratios.
        points: of Saltelli's design, a power of two; 0 for none, None for one where it is needed.
        python: the call in Python.
    """

    metrics: tuple[str, ...] = ()
    alone: bool = False
    points: int | None = None
    python: str = ""


def sensitivity_document(given: Arguments, ask: Ask) -> SensitivityDocument:
    """Return what drives metrics or ratios, and what would flip them.

    Raises:
        ImacError: a wrong name, value, file or path.
    """
    _checked(ask)
    if given.baseline is None and given.scenario is None:
        given = replace(given, baseline=REFERENCE)
    plan = settle(given)
    laws = load_laws()
    resolved = [resolve(plan.request(name), laws) for name in plan.technologies]
    inputs = [each.inputs for each in resolved]
    model = Model(inputs)
    questions = _questions(plan, inputs, ask)
    read = _read(model, questions)
    drivers = model.drivers(read)
    with timed(_log, "evaluated the samples"):
        drawn = sampled(inputs, questions)
    with timed(_log, "looked at each number alone"):
        bars = tornado(model, questions, drivers)
        turned = _flips(model, questions, read, drawn)
    scores = np.array([driver.scores(given.seed, given.samples) for driver in drivers]).reshape(len(drivers), -1)
    found, notes = budgets(model, questions, drivers, drawn, scores, ask.points, given.seed)
    rows = tuple(
        _row(question, inputs, drawn[k], drivers, bars[k], turned[k], found[k]) for k, question in enumerate(questions)
    )
    hashes = {each.files.technology.model.name: each.files.technology.hash for each in resolved}
    return described(SensitivityDocument(
        SCHEMA_VERSION, generator(), given.command, ask.python, _conditions(plan, inputs),
        tuple(_driver_row(driver) for driver in drivers), rows,
        (*notes, *_idle(plan, resolved, read, laws)), hashes, _numbers(resolved, read, laws),
    ), laws)  # fmt: skip


def _checked(ask: Ask) -> None:
    for name in ask.metrics:
        if not known(name).ratio and not ask.alone:
            raise UsageError(f"{name} has no ratio; ask for it alone, with baseline {ALONE!r}")
    points = ask.points
    if points and not (0 < points <= MOST and points & (points - 1) == 0):
        raise UsageError(f"{points} points are not allowed; a power of two up to {MOST} is, such as {BASE}; 0 for none")


def _questions(plan: Plan, inputs: Sequence[Inputs], ask: Ask) -> list[Question]:
    """Return what is asked for, technology by technology; a metric that does not apply to a design is left out."""
    called = [each.technology.name for each in inputs]
    place = next(
        (k for k, given in enumerate(plan.technologies) if plan.baseline_technology in (given, called[k])), None
    )
    if plan.baseline_technology is not None and place is None:
        raise UnknownName("technology of the baseline", plan.baseline_technology, called)
    subjects = [name for name in plan.architectures if ARCHITECTURES[name].subject and name != plan.baseline]
    wanted = plan.given.arch or subjects or plan.architectures
    alone = ask.alone or (plan.given.baseline is None and len(inputs) == len(plan.architectures) == 1)
    found = []
    for at in range(len(inputs)):
        theirs = None if alone else Side(at if place is None else place, plan.baseline)
        sides = [Side(at, name) for name in plan.architectures if name in wanted]
        found += [
            Question(metric, side, theirs)
            for side in sides
            for metric in dict.fromkeys(ask.metrics or DEFAULT)
            if side != theirs
        ]
    if not found:
        other = "name another with --arch, another baseline, or baseline 'none'"
        raise UsageError(f"there is no design beside the baseline {plan.baseline!r}; {other}")
    return found


def _read(model: Model, questions: Sequence[Question]) -> frozenset[str]:
    """Return the paths of all numbers that the designs read; a design that cannot be is refused."""
    read: set[str] = set()
    for place, names in architectures(questions).items():
        for evaluation in evaluate(model.inputs[place], names):
            refuse(evaluation)
            read.update(evaluation.readings)
    return frozenset(read)


def sampled(inputs: Sequence[Inputs], questions: Sequence[Question]) -> list[Array | None]:
    """Return the results at the medians and for all samples; None of what does not apply."""
    metrics: dict[Side, Metrics] = {}
    for place, names in architectures(questions).items():
        for name, own in metrics_over(inputs[place], names, {question.metric for question in questions}).items():
            metrics[Side(place, name)] = own
    return [outcome(question, metrics) for question in questions]


def _numbers(resolved: Sequence[Resolved], read: frozenset[str], laws: Mapping[str, Loaded]) -> tuple[Number, ...]:
    """Return every number that the designs read."""
    files = [(each.files.technology, read) for each in resolved]
    board = resolved[0].files.board
    return provenance(listed(origins(files, [] if board is None else [board], laws, [resolved[0].inputs.network])))


def _idle(plan: Plan, resolved: Sequence[Resolved], read: frozenset[str], laws: Mapping[str, Loaded]) -> Iterator[str]:
    """Give a sentence on each number that was set although nothing here depends on it."""
    models = [each.files.technology.model for each in resolved]
    models += [law.model for law in laws.values() if law.before is not None]
    for finding in unread(models, read, [path.rpartition(OF)[2] for path in plan.given.overrides]):
        yield f"{finding.message}."


def _flips(
    model: Model, questions: Sequence[Question], read: frozenset[str], known: Sequence[Array | None]
) -> list[list[Flip]]:
    """Return the flips of each ratio; none of a metric alone, nor of what does not apply."""
    ratios = [each for each in questions if each.theirs is not None]
    found = iter(flips(model, ratios, model.numbers(read), Care()) if ratios else [])
    turned = [[] if each.theirs is None else next(found) for each in questions]
    return [rows if drawn is not None else [] for rows, drawn in zip(turned, known, strict=True)]


def _row(
    question: Question,
    inputs: Sequence[Inputs],
    drawn: Array | None,
    drivers: Sequence[Driver],
    bars: Array,
    turned: Sequence[Flip],
    budget: Budget,
) -> SensitivityRow:
    metric, mine, theirs = METRICS[question.metric], question.mine, question.theirs
    return SensitivityRow(
        technology=inputs[mine.place].technology.name,
        architecture=mine.architecture,
        baseline=None if theirs is None else theirs.architecture,
        baseline_technology=None if theirs is None else inputs[theirs.place].technology.name,
        metric=metric.name,
        title=metric.title,
        unit=metric.unit if theirs is None else "",
        value=figure(drawn),
        method=budget.method,
        r2=budget.r2,
        budget=budget.shares,
        unexplained=budget.unexplained,
        indices=budget.indices,
        evaluations=budget.evaluations,
        tornado=_bars(drivers, bars, at_medians(drawn)),
        flips=tuple(turned),
    )


def _bars(drivers: Sequence[Driver], ends: Array, middle: float | None) -> tuple[Bar, ...]:
    """Return the bars of drivers that move a result, the longest first."""
    rows = [
        Bar(driver.name, *(float(value) if np.isfinite(value) else None for value in own))
        for driver, own in zip(drivers, ends, strict=True)
        if middle is not None and not np.all(own == middle)
    ]
    return tuple(sorted(rows, key=_length, reverse=True))


def _length(bar: Bar) -> float:
    low, high = bar.low, bar.high
    return abs(np.log(high / low)) if low is not None and high is not None and low > 0 and high > 0 else 0.0


def _driver_row(driver: Driver) -> DriverRow:
    quantity = driver.numbers[0].quantity
    alone = len(driver.numbers) == 1
    return DriverRow(
        driver.name, about(quantity), tuple(number.spot[1] for number in driver.numbers),
        quantity.value if alone else None, quantity.range if alone else None, quantity.unit, quantity.dist,
    )  # fmt: skip


def _conditions(plan: Plan, inputs: Sequence[Inputs]) -> SensitivityConditions:
    given = plan.given
    return SensitivityConditions(
        plan.network.name, tuple(each.technology.name for each in inputs), plan.board, given.batch, given.pipelined,
        plan.timing, plan.precision, plan.scenario.name if plan.scenario else None, given.samples, given.seed,
        {path: str(value) for path, value in plan.explicit.items()},
    )  # fmt: skip
