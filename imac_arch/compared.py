"""A comparison, run: evaluations of every technology, the studies beside them, and the document of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.roles import SYNAPSE
from imac_arch.data.errors import ImacError, InfeasibleError, UnknownName, UsageError
from imac_arch.data.log import logger, timed
from imac_arch.data.recording import recording
from imac_arch.document.build import Run, Studies, build
from imac_arch.document.comparison import ChangedField, ComparisonDocument
from imac_arch.document.crossbar import ExactRow, NotSolved
from imac_arch.document.defaults import with_defaults
from imac_arch.document.edited import changed_fields, kept_elsewhere, kept_sources
from imac_arch.document.evaluated import Compared
from imac_arch.document.judged import check_rows, shares
from imac_arch.document.samples import without_samples
from imac_arch.document.studied import Reproduction
from imac_arch.evaluate import Evaluation, evaluate
from imac_arch.findings import findings, refuse
from imac_arch.mapping import refuse_tiles
from imac_arch.plan import AT, NO, THOROUGH, Plan
from imac_arch.remedies import remedies
from imac_arch.resolve import Files, Resolved, resolve
from imac_arch.sampled import judge
from imac_arch.soundness import refuse_senseless
from imac_arch.studies.break_even import batch_study
from imac_arch.studies.choices import side_by_side
from imac_arch.studies.programming import programming
from imac_arch.studies.sensitivity.beside import drives
from imac_arch.technology_files import Loaded, load_laws
from imac_arch.weights import fingerprint

if TYPE_CHECKING:
    from imac_arch.show.report.name import Named
    from imac_arch.studies.scenario import Assumption, Scenario

__all__ = ["before", "run"]

_log = logger(__name__)
_before: ContextVar[Callable[[Named], None] | None] = ContextVar("before", default=None)


@contextmanager
def before(check: Callable[[Named], None]) -> Iterator[None]:
    """Call ``check`` with what the report will be named by, when all files are read and nothing is computed yet, of a
    comparison inside a ``with`` block; what it raises ends the comparison."""
    token = _before.set(check)
    try:
        yield
    finally:
        _before.reset(token)


def run(plan: Plan) -> tuple[ComparisonDocument, list[Compared]]:
    """Return the document of a comparison, and what is known about each technology.

    Raises:
        ImacError: a wrong file, or an infeasible design.
    """
    with timed(_log, "loaded laws"):
        laws = load_laws()
    everything: list[Compared] = []
    resolved = [resolve(plan.request(name), laws) for name in plan.technologies]
    board, laws_set = resolved[-1].files.board, resolved[-1].files.laws
    if (check := _before.get()) is not None:
        check(_named(plan, [each.files for each in resolved]))
    for name, each in zip(plan.technologies, resolved, strict=True):
        with timed(_log, "evaluated %s on %s", ", ".join(plan.architectures), name):
            compared = _compared(name, plan, each)
        if any(c.loaded.model.name == compared.loaded.model.name for c in everything):
            called = compared.loaded.model.name
            raise UsageError(f"two technologies are called {called!r}; give the copy a name of its own")
        everything.append(compared)
    with timed(_log, "studied what stands beside"), recording() as readings:
        exact, not_solved = _exact(everything, plan)
        studies = Studies(
            programming=tuple(row for c in everything for row in programming(c.inputs, plan.architectures)),
            alternatives=tuple(row for c in everything for row in side_by_side(c.inputs, c.evaluations)),
            batch=batch_study([(c.inputs, c.evaluations) for c in everything]),
            drives=drives(everything, _baseline(plan, everything), plan.given.seed),
            exact=exact,
            not_solved=not_solved,
            scenario=None if plan.scenario is None else _reproduced(plan.scenario, everything[0], plan, laws),
        )
    everything = [c._replace(readings=c.readings | frozenset(readings)) for c in everything]
    read = frozenset().union(*(c.readings for c in everything))
    explicit = dict.fromkeys(path for name in plan.technologies for path in plan.explicit_of(name))
    elsewhere = tuple(kept_elsewhere(board, plan.board, laws_set, explicit, read))
    everything[0] = everything[0]._replace(warnings=everything[0].warnings + elsewhere)
    with timed(_log, "built the document"):
        document = build(everything, _run(plan, everything, laws_set), board, laws_set, studies)
        if plan.scenario is not None:
            document = with_defaults(document, _by_default(everything, plan, laws))
        return document if plan.given.samples else without_samples(document), everything


def _compared(name: str, plan: Plan, resolved: Resolved) -> Compared:
    """Return a technology, evaluated; a value that a law does not cover is refused."""
    inputs = resolved.inputs

    def refused(evaluation: Evaluation) -> None:
        refuse(evaluation)
        refuse_senseless(evaluation, inputs, resolved.files.technology, plan.fields_of(name))

    with recording() as readings:
        asked = any(count is not None for counts in plan.network.tiles for count in counts)
        if asked and any(SYNAPSE.name in ARCHITECTURES[each].roles for each in plan.architectures):
            refuse_tiles(inputs.case().mapping, plan.network.tiles, inputs.grid)
        found = judge(inputs, plan.architectures, refused)
        evaluations = [each.evaluation for each in found]
        loaded = resolved.files.technology
        judged = [check_rows(each.checks) for each in found]
        sampled = [shares(each.severity, each.evaluation.mask) for each in found]
        otherwise = [shares(each.otherwise, each.evaluation.mask) for each in found]
        mended = remedies(inputs, {e.architecture: rows for e, rows in zip(evaluations, judged, strict=True)})
        warnings = findings(evaluations, judged, mended, inputs, lambda path: loaded.said(tuple(path.split("."))))
        warnings += kept_sources(loaded, name, plan.explicit_of(name))
    together = [mended.together.get(evaluation.architecture, ()) for evaluation in evaluations]
    none = [None] * len(evaluations)
    compared = Compared(
        loaded, inputs, evaluations, judged, sampled, together, none, tuple(warnings), frozenset(readings)
    )
    return compared if plan.given.accuracy == NO else _classified(compared, otherwise, plan, name)


def _classified(compared: Compared, otherwise: Sequence[tuple[float, float]], plan: Plan, name: str) -> Compared:
    """Return a technology with the accuracy of its designs, which is one more check of each; ``otherwise`` are the
    shares of the samples in which each works and fails where it is known."""
    from imac_arch.studies.accuracy.asking import Asking
    from imac_arch.studies.accuracy.comparison import accuracy_of  # the crossbars' algebra takes time to load
    from imac_arch.studies.accuracy.judge import FULL, QUICK
    from imac_arch.studies.accuracy.verdict import classified

    how = (FULL if plan.given.accuracy == THOROUGH else QUICK)._replace(seed=plan.given.seed)
    with recording() as readings:
        rows = accuracy_of(compared.inputs, plan.architectures, how, plan.given.weights, plan.given.data)
        texts = plan.texts()
        asking = texts and Asking(plan.request(name), *texts, how)
        found = classified(compared, rows, otherwise, asking)
    return found._replace(readings=found.readings | frozenset(readings))


def _exact(everything: Sequence[Compared], plan: Plan) -> tuple[tuple[ExactRow, ...] | None, tuple[NotSolved, ...]]:
    """Return what the exact networks show, None where it is not asked for, and the technologies that have none.

    Raises:
        ImacError: no technology has one.
    """
    if not plan.given.exact:
        return None, ()
    from imac_arch.studies.closed_forms import exact_rows  # the crossbars' algebra takes time to load

    images = None if plan.images is None else plan.images.values
    rows: list[ExactRow] = []
    left: list[NotSolved] = []
    with timed(_log, "solved exact networks"):
        for compared in everything:
            try:
                rows += exact_rows(compared.inputs, plan.given.seed, plan.weights, images)
            except (UsageError, InfeasibleError) as error:
                if len(left) + 1 == len(everything):  # none of them has one
                    raise
                left.append(NotSolved(compared.loaded.model.name, str(error)))
    return tuple(rows), tuple(left)


def _reproduced(scenario: Scenario, first: Compared, plan: Plan, laws: Mapping[str, Loaded]) -> Reproduction:
    """Return what a scenario reproduces on the first technology."""
    from imac_arch.studies.reproduce import reproduce  # the models of scenarios take time to build

    def under(kept: Sequence[Assumption]) -> list[Evaluation]:
        return evaluate(resolve(plan.under(kept), laws).inputs, plan.architectures)

    return reproduce(scenario, first.evaluations, under, own=plan.on_own_network)


def _by_default(
    everything: Sequence[Compared], plan: Plan, laws: Mapping[str, Loaded]
) -> dict[str, Sequence[Evaluation]]:
    """Return the designs of a scenario without its assumptions, of technologies where these make designs."""
    found: dict[str, Sequence[Evaluation]] = {}
    for name, compared in zip(plan.technologies, everything, strict=True):
        with suppress(ImacError):
            found[compared.loaded.model.name] = evaluate(resolve(plan.under((), name), laws).inputs, plan.architectures)
    return found


def _baseline(plan: Plan, everything: Sequence[Compared]) -> str:
    """Return what ratios are against: an architecture, or with the name of its technology one design of all.

    Raises:
        UnknownName: the technology of the baseline is not compared.
    """
    if plan.baseline_technology is None:
        return plan.baseline
    called = {given: c.loaded.model.name for given, c in zip(plan.technologies, everything, strict=True)}
    called |= {name: name for name in called.values()}
    if plan.baseline_technology not in called:
        text = "Ratios are against a design that is compared: name its technology with --tech."
        raise UnknownName("technology of the baseline", plan.baseline_technology, set(called.values()), text)
    return f"{plan.baseline}{AT}{called[plan.baseline_technology]}"


def _run(plan: Plan, everything: Sequence[Compared], laws: Mapping[str, Loaded]) -> Run:
    given, weights = plan.given, None
    if given.exact:
        weights = "random" if plan.weights is None else "given"
    return Run(
        network=plan.network,
        architectures=plan.architectures,
        baseline=_baseline(plan, everything),
        batch=given.batch,
        pipelined=given.pipelined,
        timing=plan.timing,
        precision=plan.precision,
        scenario=plan.scenario.name if plan.scenario else None,
        seed=given.seed,
        samples=given.samples,
        overrides={path: str(value) for path, value in given.overrides.items()},
        changed=_changed(plan, [c.loaded for c in everything], laws),
        weights=weights,
        weights_hash=None if plan.weights is None else fingerprint(plan.weights),
        images=plan.images,
        command=given.command,
    )


def _changed(plan: Plan, loaded: Sequence[Loaded], laws: Mapping[str, Loaded]) -> tuple[ChangedField, ...]:
    scenario = plan.scenario.overrides if plan.scenario else {}
    pairs = zip(plan.technologies, loaded, strict=True)
    return tuple(row for name, each in pairs for row in changed_fields(each, laws, plan.explicit_of(name), scenario))


def _named(plan: Plan, files: Sequence[Files]) -> Named:
    """Return what the report will be named by."""
    from imac_arch.show.report.name import Named, changes

    loaded, board = [each.technology for each in files], files[-1].board
    changed = _changed(plan, loaded, files[-1].laws)
    return Named(
        plan.network.name, tuple(each.model.name for each in loaded), plan.architectures,
        plan.scenario.name if plan.scenario else None, changes(plan.given.overrides, changed),
        None if board is None else board.model.name, plan.given.batch, plan.timing, plan.precision,
        plan.given.pipelined,
    )  # fmt: skip
