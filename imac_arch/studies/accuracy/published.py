"""Published accuracies beside those of a scenario: claims, verdicts, and what explains a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from imac_arch.data.errors import UsageError
from imac_arch.data.keeping import collected
from imac_arch.data.records import NamedTuple
from imac_arch.data.registry import names
from imac_arch.data.units import parse
from imac_arch.document.accuracy import AccuracyDocument, AccuracyRow, Claimed, Published
from imac_arch.network import Network
from imac_arch.resolve import Request
from imac_arch.studies.accuracy.experiment import Experiment
from imac_arch.studies.accuracy.images import Images
from imac_arch.studies.accuracy.nets import Weights
from imac_arch.studies.accuracy.questions import Question, answer
from imac_arch.studies.accuracy.report import accuracy_document, checked
from imac_arch.studies.reproduce import missed_by
from imac_arch.studies.scenario import Scenario, Target, load_scenario
from imac_arch.technology_files import Loaded, load_laws

__all__ = ["document_of", "published_document"]

KEPT = 95 / 100  # accuracy that a least resistance keeps
RESISTANCE = "least_resistance"


def document_of(
    scenario: str | None,
    named: Mapping[str, bool],
    network: Network,
    technology: str,
    architectures: Sequence[str] | None,
    fields: Mapping[str, Any],
    experiment: Experiment,
    *,
    weights: Weights | None,
    data: str | Path | Images | None,
    command: str,
    **asked: Any,
) -> AccuracyDocument:
    """Return the document of a network on a technology, or of a scenario, which brings both.

    Args:
        scenario: its name or path; None for none.
        named: what a scenario brings, and whether the user names it.
        network: as of :func:`accuracy_document`, like all that follows.

    Raises:
        UsageError: a scenario beside what it brings.
        ImacError: as of :func:`accuracy_document`.
    """
    common: dict[str, Any] = {"weights": weights, "data": data, "command": command}
    if scenario is None:
        return accuracy_document(network, technology, architectures, fields, experiment, **common, **asked)
    own = {**named, "arch": architectures, "train": asked["training"], "study": asked["about"], "solve": asked["solve"]}
    for name in (name for name, given in own.items() if given):
        raise UsageError(f"{name}: a scenario brings its own; leave it out")
    return published_document(scenario, fields, experiment, **common)


class Found(NamedTuple):
    """A figure with its interval; None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    otherwise: float | None = None


def published_document(
    name: str,
    fields: Mapping[str, Any],
    experiment: Experiment,
    *,
    weights: Weights | None = None,
    data: str | Path | Images | None = None,
    command: str = "",
) -> AccuracyDocument:
    """Return the accuracy of a scenario, and its published claims with verdicts.

    Args:
        name: of the scenario, or a path.
        fields: of the technology that the user sets; they hold under the scenario's assumptions and by default.
        experiment: how; the scenario adds effects that are left out, and says the gain unless it leaves it open.
        weights: of the user; the shipped ones that fit best where None are given.
        data: of the user, likewise.
        command: the command line.

    Raises:
        ImacError: a scenario that claims no accuracy, or whatever its evaluation raises.
    """
    scenario: Scenario = load_scenario(name).model
    if not scenario.accuracies:
        able = [each for each in names("scenario") if load_scenario(each).model.accuracies]
        raise UsageError(f"scenario {name} claims no accuracy; these do: {', '.join(able)}")
    under = _under(scenario, experiment)
    document = accuracy_document(
        scenario.workload(), scenario.technology, scenario.architectures, scenario.fields(fields), under,
        weights=weights, data=data, command=command, steps=False,
    )  # fmt: skip

    laws = load_laws()

    def claimed(target: Target) -> Claimed:
        own, default = (
            _figure(scenario, target, each, how, weights, data, laws)
            for each, how in ((scenario.fields(fields), under), (dict(fields), experiment))
        )
        return _claimed(scenario, target, own, default, under.gain)

    claims = collected("claims", scenario.accuracies, claimed)
    said = tuple(assumption.text for assumption in scenario.assumptions)
    return document._replace(published=Published(scenario.name, scenario.title, scenario.note, said, tuple(claims)))


def _under(scenario: Scenario, experiment: Experiment) -> Experiment:
    """Return how accuracies are found under the assumptions of a scenario."""
    gain = next((each.gain for each in scenario.assumptions if each.gain), experiment.gain)
    without = {effect for each in scenario.assumptions for effect in each.without}
    return checked(experiment._replace(gain=gain, without=experiment.without | without))


def _figure(
    scenario: Scenario,
    target: Target,
    fields: Mapping[str, Any],
    experiment: Experiment,
    weights: Weights | None,
    data: str | Path | Images | None,
    laws: Mapping[str, Loaded],
) -> Found:
    network = scenario.workload() if target.tiles is None else scenario.workload().partitioned(target.tiles)
    request = Request(network, scenario.technology, None, {**fields, **target.set})
    question = Question(request, target.architecture, experiment, weights, data, laws)
    if target.metric == RESISTANCE:
        least = answer(question, "r_p", KEPT).value
        return Found(None if least is None else parse(least, "ohm"))
    row = question.judged({}).row
    if target.metric == "accuracy_loss":
        return Found(*(row.loss or (None,) * 3))
    if target.metric == "float_loss":
        return _less(row)
    return Found(row.value, row.low, row.high, row.otherwise)


def _less(row: AccuracyRow) -> Found:
    """Return by how much an accuracy is less than that of the network whose weights are not quantised."""
    if row.float is None or row.value is None or row.low is None or row.high is None:
        return Found(None)
    return Found(row.float - row.value, row.float - row.high, row.float - row.low)


def _claimed(scenario: Scenario, target: Target, own: Found, default: Found, gain: str) -> Claimed:
    missed = None if own.value is None else missed_by(target, own.value)
    source = scenario.sources[target.source]
    return Claimed(
        target.claim, target.metric, target.architecture, target.value, target.kind, target.basis, own.value, own.low,
        own.high, default.value, gain, own.otherwise, missed == 0, _verdict(target, own.value, missed), target.why,
        source.link or source.label,
    )  # fmt: skip


def _verdict(target: Target, value: float | None, missed: float | None) -> str:
    if value is None:
        return "no value keeps the accuracy"
    if target.metric == RESISTANCE:
        factor = max(value / target.value, target.value / value)
        return f"missed by a factor of {factor:.2g}" if missed else target.basis
    away = f"{(value - target.value) * 100:+.1f} points"
    if missed:
        return f"missed, {away}"
    return f"{target.basis}, {away}" if target.kind == "about" else target.basis
