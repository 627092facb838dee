"""A comparison, run: evaluations of every technology, the studies beside them, and the document of both."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.base import Laws
from imac_arch.data.errors import UsageError
from imac_arch.data.files import digest
from imac_arch.document.build import Run, Studies, build
from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.crossbar import ExactRow
from imac_arch.document.evaluated import Compared
from imac_arch.document.studied import Reproduction
from imac_arch.evaluate import Evaluation, evaluate, prepare
from imac_arch.findings import refuse
from imac_arch.mapping import refuse_tiles
from imac_arch.request import BOARD, Plan, Request
from imac_arch.studies.adc_laws import adc_laws
from imac_arch.studies.break_even import batch_study
from imac_arch.studies.programming import programming
from imac_arch.studies.reproduce import reproduce
from imac_arch.studies.scenario import Assumption, Scenario
from imac_arch.technology import Loaded, load_board, load_laws, load_technology

__all__ = ["run"]


def run(request: Request, plan: Plan) -> tuple[ComparisonDocument, list[Compared]]:
    """Return the document of a comparison, and what is known about each technology.

    Raises:
        ImacError: a wrong file, or a design that cannot be.
    """
    laws = load_laws()
    models = Laws({name: law.model for name, law in laws.items()})
    board = None if plan.board is None else load_board(plan.board)
    everything: list[Compared] = []
    for name in plan.technologies:
        compared = _compared(name, request, plan, models, board)
        if any(c.loaded.model.name == compared.loaded.model.name for c in everything):
            called = compared.loaded.model.name
            raise UsageError(f"two technologies are called {called!r}; give the copy a name of its own")
        everything.append(compared)
    studies = Studies(
        programming=tuple(row for c in everything for row in programming(c.inputs, plan.architectures)),
        adc_scenarios=tuple(row for c in everything for row in adc_laws(c.inputs, c.evaluations)),
        batch=batch_study([(c.inputs, c.evaluations) for c in everything]),
        exact=_exact(everything, request, plan),
        scenario=None if plan.scenario is None else _reproduced(plan.scenario, everything[0], request, plan, models),
    )
    return build(everything, _run(request, plan), board, laws, studies), everything


def _compared(name: str, request: Request, plan: Plan, laws: Laws, board: Loaded | None) -> Compared:
    """Return a technology, evaluated; a value that a law does not cover is refused."""
    loaded = load_technology(name, plan.fields)
    inputs = prepare(
        plan.network, loaded.model, laws, board.model.board if board else None, samples=request.samples,
        seed=request.seed,
    )  # fmt: skip
    asked = any(count is not None for counts in plan.network.tiles for count in counts)
    if asked and any("synapse" in ARCHITECTURES[name].roles for name in plan.architectures):
        refuse_tiles(inputs.nominal().case().mapping, plan.network.tiles)
    evaluations = evaluate(
        inputs, plan.architectures, batch=request.batch, pipelined=request.pipelined, timing=plan.timing
    )  # fmt: skip
    for evaluation in evaluations:
        refuse(evaluation)
    return Compared(loaded, inputs, evaluations)


def _exact(everything: Sequence[Compared], request: Request, plan: Plan) -> tuple[ExactRow, ...] | None:
    if not request.exact:
        return None
    from imac_arch.studies.exact import exact_study  # the crossbars' algebra takes time to load

    return tuple(row for c in everything for row in exact_study(c.inputs, request.seed, plan.weights))


def _reproduced(scenario: Scenario, first: Compared, request: Request, plan: Plan, laws: Laws) -> Reproduction:
    """Return what a scenario reproduces on the first technology."""

    def under(kept: Sequence[Assumption]) -> list[Evaluation]:
        partial = scenario.model_copy(update={"assumptions": tuple(kept)})
        loaded = load_technology(plan.technologies[0], partial.fields(plan.explicit))
        board = None if plan.board is None else load_board(request.gpu or partial.gpu or BOARD).model.board
        inputs = prepare(plan.network, loaded.model, laws, board)
        pace = request.timing or partial.timing
        return evaluate(inputs, plan.architectures, batch=request.batch, pipelined=request.pipelined, timing=pace)

    return reproduce(scenario, first.evaluations, under)


def _run(request: Request, plan: Plan) -> Run:
    weights = None
    if request.exact:
        weights = "random" if plan.weights is None else "given"
    return Run(
        network=plan.network,
        architectures=plan.architectures,
        baseline=plan.baseline,
        batch=request.batch,
        pipelined=request.pipelined,
        timing=plan.timing,
        scenario=plan.scenario.name if plan.scenario else None,
        seed=request.seed,
        samples=request.samples,
        overrides={path: str(value) for path, value in request.overrides.items()},
        weights=weights,
        weights_hash=None if plan.weights is None else digest([part.tolist() for part in plan.weights]),
        command=request.command,
    )
