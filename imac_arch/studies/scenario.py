"""A scenario: the assumptions, workload and technology that reproduce a published result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import EQUAL
from imac_arch.components.base import Section, Source
from imac_arch.data.errors import FileErrors, ImacError, InputOutputError, Problem, UnknownName, UsageError
from imac_arch.data.files import Document, digest, read_yaml
from imac_arch.data.quantity import about
from imac_arch.data.registry import find, is_path, names, shown_name
from imac_arch.data.schema import validate
from imac_arch.metrics import METRICS
from imac_arch.network import Activity, Network, parse_network
from imac_arch.technology_files import Loaded, load_technology

__all__ = ["ACCURACIES", "Assumption", "Scenario", "Target", "load_scenario"]


PARTS = ("area", "energy", "power")  # what a component has a part of
# what is claimed of accuracies: shares of images, the first against the same weights in exact arithmetic and against a
# network whose weights are not quantised, and the least resistance that keeps 95 %
ACCURACIES = ("accuracy", "accuracy_loss", "float_loss", "least_resistance")


class Assumption(Section):
    """One assumption in words, and the fields of the technology that it sets."""

    text: Annotated[str, about("the assumption in words")]
    set: Annotated[dict[str, Any], about("technology fields that it sets, by dotted path")] = {}
    timing: Annotated[Literal["settled", "declared"] | None, about("settled or declared cycle time")] = None
    precision: Annotated[
        Literal["equal", "native"] | None, about("bits of what is digital: those of the technology, or its own")
    ] = None
    gpu: Annotated[str | None, about("board of the GPU baseline")] = None
    gain: Annotated[
        Literal["nominal", "trimmed", "given"] | None, about("rule of the amplifiers' gain, for claims of accuracy")
    ] = None
    without: Annotated[tuple[str, ...], about("effects that accuracies are found without")] = ()


class Target(Section):
    """A published claim: a ratio of baseline over architecture (or a metric's own value where no baseline is given).

    It is *reproduced* where discrete assumptions of the scenario were chosen because they meet it, *calibrated* where a
    number was set to meet it, and *predicted* where neither was. ``component`` and ``set`` narrow it down, to one
    component and to a design of its own. Claims of accuracy have a metric of :data:`ACCURACIES`.
    """

    claim: Annotated[str, about("the published claim in words")]
    metric: Annotated[str, about("metric that the claim compares, or a figure of accuracy")]
    architecture: Annotated[str, about("architecture the claim is about")]
    baseline: Annotated[str | None, about("architecture it is compared with; the metric's own value where absent")] = (
        None
    )
    value: Annotated[float, about("published value of the ratio or metric")] = Field(gt=0, allow_inf_nan=False)
    kind: Annotated[
        Literal["about", "at_least", "at_most"], about("the value is approximate, a lower bound, or an upper bound")
    ] = "about"
    tolerance: Annotated[float, about("relative deviation from an approximate value that still counts as met")] = 0.0
    basis: Annotated[
        Literal["reproduced", "calibrated", "predicted"],
        about(
            "reproduced by assumptions chosen for it, calibrated by a number set to meet it, or predicted by neither"
        ),
    ] = "reproduced"
    component: Annotated[str | None, about("component whose part of power, energy or area is meant")] = None
    tiles: Annotated[str | None, about("row tiles x column tiles of each layer, for claims of accuracy")] = None
    why: Annotated[str, about("the assumption that explains a difference between the published figure and ours")] = ""
    set: Annotated[dict[str, Any], about("fields of the design that this claim is about, by dotted path")] = {}
    source: Annotated[str, about("key of the paper")]
    note: Annotated[str, about("why what comes out differs from the claim, where it does")] = ""


class Scenario(Section):
    """A scenario file."""

    kind: Annotated[Literal["scenario"], about("file kind: a scenario")] = "scenario"
    name: Annotated[str, about("name of the scenario")]
    title: Annotated[str, about("one-line title")]
    sources: Annotated[dict[str, Source], about("sources by key, cited by the assumptions and targets")] = {}
    note: Annotated[str, about("what could not be read of the source, and what was taken in its place")] = ""
    network: Annotated[str, about("workload, as --net takes it")]
    input: Annotated[Activity | None, about("statistics of the network's inputs, where the source states them")] = None
    hidden: Annotated[Activity | None, about("statistics of its hidden activations, likewise")] = None
    technology: Annotated[str, about("technology that the assumptions change")]
    architectures: Annotated[tuple[str, ...], about("architectures to evaluate")]
    baseline: Annotated[str, about("architecture that ratios are relative to")]
    assumptions: Annotated[tuple[Assumption, ...], about("assumptions, each with the fields it sets")]
    lines: Annotated[
        dict[str, str], about("why ours has a component that the source does not itemise, by component")
    ] = {}
    targets: Annotated[tuple[Target, ...], about("published claims to reproduce")]

    @property
    def overrides(self) -> dict[str, Any]:
        """All fields that the assumptions set, by path."""
        return {path: value for assumption in self.assumptions for path, value in assumption.set.items()}

    @property
    def figures(self) -> tuple[Target, ...]:
        """The claims on figures of merit, which a comparison judges."""
        return tuple(target for target in self.targets if target.metric not in ACCURACIES)

    @property
    def accuracies(self) -> tuple[Target, ...]:
        """The claims on accuracies."""
        return tuple(target for target in self.targets if target.metric in ACCURACIES)

    def workload(self) -> Network:
        """Return the network with the statistics that the scenario states."""
        return parse_network(self.network).model_copy(update={"input": self.input, "hidden": self.hidden})

    def fields(self, explicit: Mapping[str, Any]) -> dict[str, Any]:
        """Return the overrides merged with explicit ones, which replace an override at or below their path."""
        above = tuple(f"{path}." for path in explicit)
        kept = {path: value for path, value in self.overrides.items() if path not in explicit}
        return {path: value for path, value in kept.items() if not path.startswith(above)} | dict(explicit)

    @property
    def timing(self) -> str:
        """The timing that an assumption sets, ``settled`` by default."""
        return next((a.timing for a in self.assumptions if a.timing), "settled")

    @property
    def precision(self) -> str:
        """The precision that an assumption sets, ``equal`` by default."""
        return next((a.precision for a in self.assumptions if a.precision), EQUAL)

    @property
    def gpu(self) -> str | None:
        """The board that an assumption sets, if any."""
        return next((a.gpu for a in self.assumptions if a.gpu), None)


def load_scenario(name: str) -> Loaded:
    """Load a scenario by name or path."""
    document = read_yaml(find("scenario", name))
    document.name = shown_name(document.name, "scenario", name)
    scenario = validate(Scenario, document)
    problems = list(_unknown(scenario, document)) or list(_unsettable(scenario, document))
    if problems:
        raise FileErrors(problems)
    return Loaded(scenario, document, digest(document.data))


def _unsettable(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Find what the technology does not take of the fields that the assumptions set, at its place in the scenario."""
    places = {path: (i, path) for i, assumption in enumerate(scenario.assumptions) for path in assumption.set}
    try:
        load_technology(scenario.technology, scenario.overrides)
    except FileErrors as error:
        for problem in error.problems:
            steps = tuple(map(str, problem.path))
            near = [path for path in places if steps[: len(path.split("."))] == tuple(path.split("."))]
            if not near:
                yield problem
                continue
            path = max(near, key=len)
            i, _ = places[path]
            inner = problem.path[len(path.split(".")) :]
            yield document.problem(problem.message, ("assumptions", i, "set", path, *inner))
    except InputOutputError:
        raise
    except ImacError as error:
        text = str(error)
        found = next((path for path in places if text.startswith(f"--set {path}:")), None)
        at = ("technology",) if found is None else ("assumptions", places[found][0], "set", found)
        yield document.problem(text.removeprefix(f"--set {found}: "), at)


def _unknown(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Find every unknown name in a scenario."""
    known: dict[str, Iterable[str]] = {
        "architecture": ARCHITECTURES, "metric": (*METRICS, *ACCURACIES), "source": scenario.sources,
        "board": names("board"),
    }  # fmt: skip
    asked: list[tuple[tuple[str | int, ...], str, str | None]] = [(("baseline",), "architecture", scenario.baseline)]
    asked += [(("architectures", i), "architecture", name) for i, name in enumerate(scenario.architectures)]
    asked += [(("assumptions", i, "gpu"), "board", a.gpu) for i, a in enumerate(scenario.assumptions)]
    for i, target in enumerate(scenario.targets):
        here = ("targets", i)
        asked += [((*here, "metric"), "metric", target.metric), ((*here, "source"), "source", target.source)]
        if target.component and target.metric not in PARTS:
            text = f"a component has no {target.metric} of its own; it has {', '.join(PARTS)}"
            yield document.problem(text, (*here, "metric"))
        asked += [((*here, role), "architecture", getattr(target, role)) for role in ("architecture", "baseline")]
    for path, what, name in asked:
        if name is not None and name not in known[what] and not (what == "board" and is_path(name)):
            yield document.problem(str(UnknownName(what, name, known[what])), path)
    try:
        parse_network(scenario.network)
    except UsageError as error:
        yield document.problem(str(error), ("network",))
