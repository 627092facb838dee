"""The document of ``accuracy``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.keeping import interrupted, keeping, until_interrupted
from imac_arch.document.accuracy import AccuracyConditions, AccuracyDocument, Answer, Partitioning, Point, Step
from imac_arch.document.build import generator
from imac_arch.document.shapes import SCHEMA_VERSION
from imac_arch.network import Network
from imac_arch.resolve import Request, resolve, usual_architectures
from imac_arch.studies.accuracy.comparison import accuracy_of
from imac_arch.studies.accuracy.experiment import EFFECTS, GAINS, Experiment
from imac_arch.studies.accuracy.images import Images
from imac_arch.studies.accuracy.nets import Weights
from imac_arch.studies.accuracy.questions import TILES, Question, answer, check_knobs, checked_question, study
from imac_arch.studies.accuracy.resistances import LOW_HIGH, resistance_fields, resistance_map
from imac_arch.studies.accuracy.tiles import partitioning
from imac_arch.studies.accuracy.trained import Training, trained_on
from imac_arch.studies.accuracy.variate import LEAST
from imac_arch.studies.accuracy.waterfall import waterfall
from imac_arch.technology_files import load_laws

BOARD = "h100"  # its accuracy is that of any other
MOST = 1000  # programmings, whose conductances are kept

__all__ = ["accuracy_document", "checked"]


def checked(experiment: Experiment) -> Experiment:
    """Return how an accuracy is found, checked.

    Raises:
        ImacError: an unknown effect or rule of gain, or a count that cannot be.
    """
    for effect in experiment.without:
        if effect not in EFFECTS:
            raise UnknownName("effect", effect, EFFECTS)
    if experiment.gain not in GAINS:
        raise UnknownName("gain", experiment.gain, GAINS)
    if experiment.images is not None and experiment.images < 2:
        raise UsageError(f"--images is {experiment.images}; expected at least 2, or all")
    if not 1 <= experiment.programmings <= MOST:
        raise UsageError(f"--programmings is {experiment.programmings}; expected 1 to {MOST:,}")
    if experiment.seed < 0:
        raise UsageError(f"--seed is {experiment.seed}; expected 0 or more")
    if not 0 <= experiment.stuck <= 1:
        raise UsageError(f"--stuck is {experiment.stuck:g}; expected a share between 0 and 1")
    if experiment.control < 0 or 0 < experiment.control < LEAST:
        raise UsageError(f"--control is {experiment.control}; expected 0 for none, or at least {LEAST} programmings")
    if experiment.control >= experiment.programmings > 0 and experiment.control and not experiment.exact:
        raise UsageError(
            f"--control is {experiment.control} of {experiment.programmings} programmings; expected fewer, or --exact"
        )
    return experiment


def accuracy_document(
    network: Network,
    technology: str,
    architectures: Sequence[str] | None,
    fields: Mapping[str, object],
    experiment: Experiment,
    *,
    weights: Weights | None = None,
    data: str | Path | Images | None = None,
    training: Training | None = None,
    steps: bool = True,
    about: str | None = None,
    solve: str | None = None,
    target: float | None = None,
    command: str = "",
) -> AccuracyDocument:
    """Return the accuracy of architectures with the answers to questions about the first of them.

    Args:
        network: the workload.
        technology: name or path.
        architectures: names; all of them where None are given.
        fields: of the technology that are replaced, by path.
        experiment: how.
        weights: of the user; the shipped ones that fit best where None are given.
        data: of the user, likewise.
        training: of a network for this technology, on ``data``, which is then judged; None for none.
        steps: whether to say what each effect costs.
        about: a study; None for none.
        solve: a knob whose limit is asked for; None for none.
        target: accuracy that is to be kept; None for the check of the accuracy in a comparison.
        command: the command line.

    Raises:
        ImacError: a wrong name, value or file, or no weights or images where a question is asked.
    """
    experiment = checked(experiment)
    architectures = usual_architectures([technology]) if architectures is None else architectures
    for name in architectures:
        if name not in ARCHITECTURES:
            raise UnknownName("architecture", name, ARCHITECTURES)
    if not architectures:
        raise UsageError("arch: no architecture is given")
    on_board = any(not ARCHITECTURES[name].uses_technology for name in architectures)
    request = Request(network, technology, BOARD if on_board else None, dict(fields))
    laws = load_laws()
    inputs = resolve(request, laws).inputs
    asked = checked_question(architectures, about, solve, target)
    _check_fields(Question(request, asked, experiment, laws=laws), about, solve)
    images: str | Path | Images | None = data
    if training is not None:
        images = trained_on(inputs.at_medians().case(), training, data, experiment.seed, command)
        weights = training.path
    with keeping() as kept:
        rows = accuracy_of(inputs, architectures, experiment, weights, images)
        question = Question(request, asked, experiment, weights, images, laws)
        own = rows[architectures.index(asked)]
        costly = own.value is not None and own.on_crossbars  # what is computed in numbers has no such effects
        costs, points, found = _answers(question, steps and costly, about, solve, target, own.reason)
    first = next((row for row in rows if row.value is not None), rows[0])
    conditions = AccuracyConditions(
        inputs.network.name, inputs.technology.name, first.images, first.data, experiment.programmings,
        experiment.exact, experiment.gain, tuple(sorted(experiment.without)), experiment.seed, experiment.stuck,
        experiment.control if experiment.controls else 0,
    )  # fmt: skip
    return AccuracyDocument(
        schema_version=SCHEMA_VERSION,
        generator=generator(),
        command=command,
        conditions=conditions,
        accuracy=tuple(rows),
        waterfall=tuple(costs),
        study=about,
        points=tuple(points),
        answer=found if isinstance(found, Answer) else None,
        partitioning=found if isinstance(found, Partitioning) else None,
        interrupted=kept.stopped,
        published=None,
    )


def _check_fields(question: Question, about: str | None, solve: str | None) -> None:
    """Refuse what the technology has no fields for, before anything is trained."""
    if about == LOW_HIGH:
        resistance_fields(question.inputs)
    check_knobs(question, about, solve)


def _answers(
    question: Question, steps: bool, about: str | None, solve: str | None, target: float | None, reason: str
) -> tuple[list[Step], list[Point], Answer | Partitioning | None]:
    """Return what each effect costs, a study and an answer, as far as they were asked for and nobody interrupts."""
    costs: list[Step] = []
    points: list[Point] = []
    found: Answer | Partitioning | None = None
    with until_interrupted(lambda: "the accuracy of the design", whole=False):
        if steps and not interrupted():
            costs = waterfall(question)
        if about is not None and not interrupted():
            points = resistance_map(question) if about == LOW_HIGH else study(question, about)
        if solve == TILES and target is not None and not interrupted():
            if reason:
                raise UsageError(f"accuracy: {reason}")
            found = partitioning(question, target)
        elif solve is not None and not interrupted():
            found = answer(question, solve, target)
    return costs, points, found
