"""What is asked of a comparison, checked and completed: from names and options to files and plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imac_arch import given as plain
from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import EQUAL
from imac_arch.data.arrays import Array
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.registry import names
from imac_arch.network import Network
from imac_arch.network_files import load_network
from imac_arch.paths import found_fields, of_technology
from imac_arch.resolve import MOST_SAMPLES, TIMINGS, Request, explicit_fields, usual_architectures
from imac_arch.weights import Images, given_images, given_weights

if TYPE_CHECKING:
    from imac_arch.studies.scenario import Assumption, Scenario

__all__ = ["BOARD", "Arguments", "Plan", "settle"]

ACCURACIES = NO, SOON, THOROUGH = ("none", "quick", "full")
DEFAULT_ACCURACY = SOON
AT = "@"  # between an architecture and its technology
TECHNOLOGY, BOARD = "sot_mram", "h100"  # where none is named
PLAIN: dict[str, Callable[[str, Any], Any]] = {
    "tech": plain.some, "arch": plain.some, "baseline": partial(plain.joined, between=AT), "gpu": plain.name,
    "batch": plain.whole, "subarray": plain.pair, "adc_bits": plain.whole, "adc_law": plain.name, "read": plain.name,
    "pipelined": plain.flag, "timing": plain.name, "precision": plain.name, "tiles": plain.partition,
    "scenario": plain.name, "overrides": plain.fields, "exact": plain.flag, "accuracy": plain.name,
    "data": plain.name, "samples": plain.whole, "seed": plain.whole, "command": plain.name,
}  # fmt: skip
NEEDED = {"batch", "pipelined", "exact", "samples", "seed", "command"}  # None is none of them
MOST_DRAWS = 2 * 10**5  # samples of all technologies together, which take some 2 kB each
MOST_LAYER_SAMPLES = 10**7  # of all technologies together, which take some 15 us each


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of :func:`imac_arch.compare`, each in one form."""

    net: plain.Net | Network | None
    tech: tuple[str, ...] | None
    arch: tuple[str, ...] | None
    baseline: str | None
    gpu: str | None
    batch: int
    subarray: str | None
    adc_bits: int | None
    adc_law: str | None
    read: str | None
    pipelined: bool
    timing: str | None
    precision: str | None
    tiles: str | None
    scenario: str | None
    overrides: Mapping[str, object]
    exact: bool
    accuracy: str | None
    data: str | None
    weights: str | Path | Sequence[Array] | None
    inputs: str | Path | Array | None
    samples: int
    seed: int
    command: str

    @classmethod
    def of(cls, *given: Any) -> Arguments:
        """Return arguments, in the order of the fields, as texts, whole numbers and plain data, where Python gave
        tuples, lists, paths or numbers of NumPy.

        Raises:
            UsageError: an argument of another type.
        """
        read = {
            what: PLAIN[what](what, value) if what in PLAIN and (value is not None or what in NEEDED) else value
            for what, value in zip(cls.__slots__, given, strict=True)
        }
        return cls(**{**read, "overrides": read["overrides"] or {}})


@dataclass(frozen=True, slots=True)
class Plan:
    """A request with everything settled.

    Attributes:
        network: the workload, partitioned as asked for.
        technologies: names or paths, at least one.
        explicit: fields of technologies and laws that the user set, by path, or by ``technology:path`` of one alone.
        architectures: names, in the order of reports.
        baseline: one of them, on each technology its own.
        baseline_technology: or that of one technology for all; None for its own.
        board: name or path of the board; None where no architecture runs on one.
        timing: ``settled`` or ``declared``.
        precision: ``equal`` or ``native``.
        scenario: the assumptions; None for none.
        weights: of each layer; None for random ones.
        images: inputs of the first layer; None for drawn ones.
        given: the arguments, with the whole paths of overrides.
    """

    network: Network
    technologies: tuple[str, ...]
    explicit: Mapping[str, object]
    architectures: tuple[str, ...]
    baseline: str
    baseline_technology: str | None
    board: str | None
    timing: str
    precision: str
    scenario: Scenario | None
    weights: Sequence[Array] | None
    images: Images | None
    given: Arguments

    def explicit_of(self, technology: str) -> Mapping[str, object]:
        """Return the fields that the user set on a technology, by path."""
        return of_technology(self.explicit, technology)

    def fields_of(self, technology: str) -> Mapping[str, object]:
        """Return the fields that scenario and user set on a technology, by path."""
        explicit = self.explicit_of(technology)
        return self.scenario.fields(explicit) if self.scenario else explicit

    def request(self, technology: str) -> Request:
        """Return the request of one technology."""
        return Request(
            network=self.network,
            technology=technology,
            board=self.board,
            fields=self.fields_of(technology),
            batch=self.given.batch,
            pipelined=self.given.pipelined,
            timing=self.timing,
            precision=self.precision,
            samples=self.given.samples,
            seed=self.given.seed,
        )

    def texts(self) -> tuple[str, str | None, str | None] | None:
        """Return network, weights and images as options of another command; None where no text says them, or where
        a scenario's assumptions or native precision, which other commands do not take, are part of the design."""
        given = self.given
        net = fspath(given.net) if isinstance(given.net, str | PathLike) else plain.widths("net", given.net)
        weights = fspath(given.weights) if isinstance(given.weights, str | PathLike) else None
        parted = any(count is not None for tiles in self.network.tiles for count in tiles)
        native = self.precision != EQUAL
        if self.scenario or native or net is None or parted or (weights is None and given.weights is not None):
            return None
        return net, weights, given.data

    def under(self, assumptions: Sequence[Assumption], technology: str | None = None) -> Request:
        """Return the request of a technology, the first one by default, under some of the scenario's assumptions,
        without samples."""
        if self.scenario is None:
            raise ValueError("no scenario")
        partial = self.scenario.model_copy(update={"assumptions": tuple(assumptions)})
        board = None if self.board is None else _first(self.given.gpu, partial.gpu, BOARD)
        first = technology or self.technologies[0]
        request = replace(self.request(first), fields=partial.fields(self.explicit_of(first)), samples=0)
        timing, precision = _first(self.given.timing, partial.timing), _first(self.given.precision, partial.precision)
        return replace(request, board=board, timing=timing, precision=precision)

    @property
    def on_own_network(self) -> bool:
        """Whether a scenario is evaluated on the network that it is about."""
        return self.scenario is not None and self.network == self.scenario.workload()


def settle(given: Arguments) -> Plan:
    """Return a request with everything settled.

    Raises:
        ImacError: a wrong name, value, file or path; see :mod:`imac_arch.data.errors`.
    """
    scenario: Scenario | None = None
    if given.scenario is not None:
        from imac_arch.studies.scenario import load_scenario  # whose models take time to build

        scenario = load_scenario(given.scenario).model
    if scenario is not None and not scenario.figures:
        raise UsageError(
            f"scenario {scenario.name} is about accuracies alone; ask accuracy --scenario {given.scenario}"
        )
    technologies = given.tech or (scenario.technology if scenario else TECHNOLOGY,)
    architectures = _architectures(given, scenario, technologies)
    baseline, at, where = _first(given.baseline, _baseline(architectures, scenario)).partition(AT)
    if baseline not in ARCHITECTURES:
        raise UnknownName("architecture", baseline, ARCHITECTURES)
    if at and not where:
        raise UsageError(f"baseline {given.baseline!r}: name the technology after {AT}, such as imac{AT}{TECHNOLOGY}")
    timing = _first(given.timing, scenario.timing if scenario else TIMINGS[0])
    precision = _first(given.precision, scenario.precision if scenario else EQUAL)
    network = _network(given, scenario)
    accuracy = _first(given.accuracy, DEFAULT_ACCURACY)
    if accuracy not in ACCURACIES:
        raise UnknownName("accuracy", accuracy, ACCURACIES)
    if given.weights is not None and not given.exact and accuracy == NO:
        raise UsageError("weights change no closed form; give them with exact (--exact) or for the accuracy")
    if given.data is not None and accuracy == NO:
        raise UsageError("data are for the accuracy; leave out --no-accuracy")
    weights = None if given.weights is None else given_weights(given.weights, network)
    if given.inputs is not None and not given.exact:
        raise UsageError(
            "inputs change no closed form; give them with exact (--exact), which solves subarrays for them"
        )
    images = None if given.inputs is None else given_images(given.inputs, network)
    if where in names("technology") and not any(Path(name).stem == where for name in technologies):
        technologies += (where,)
    if len(set(technologies)) < len(technologies):
        raise UsageError(f"the same technology is given twice: {', '.join(technologies)}; name each once")
    given = replace(given, accuracy=accuracy, overrides=found_fields(given.overrides, technologies))
    explicit = explicit_fields(given.subarray, given.adc_bits, given.adc_law, given.read, given.overrides)
    _refuse_work(given.samples, len(network.layers), len(technologies))
    on_board = any(not ARCHITECTURES[name].uses_technology for name in architectures)
    board = _first(given.gpu, scenario.gpu if scenario else None, BOARD) if on_board else None
    return Plan(
        network,
        technologies,
        explicit,
        architectures,
        baseline,
        where or None,
        board,
        timing,
        precision,
        scenario,
        weights,
        images,
        given,
    )


def _first(*given: str | None) -> str:
    """Return the first text that is given; an empty one is, and is no default."""
    return next(text for text in given if text is not None)


def _refuse_work(samples: int, layers: int, technologies: int) -> None:
    """Refuse samples that would take more memory or time than anybody means to spend.

    Raises:
        UsageError: with the most samples that are taken.
    """
    most = min(MOST_DRAWS, MOST_LAYER_SAMPLES // layers) // technologies
    if most < samples <= MOST_SAMPLES:
        raise UsageError(
            f"{samples:,} samples of {layers:,} layers on {technologies} technologies take too much time or memory; "
            f"--samples {most} is the most here"
        )


def _architectures(given: Arguments, scenario: Scenario | None, technologies: Sequence[str]) -> tuple[str, ...]:
    asked_for = given.arch or (scenario.architectures if scenario else usual_architectures(technologies))
    for name in asked_for:
        if name not in ARCHITECTURES:
            raise UnknownName("architecture", name, ARCHITECTURES)
    baseline = (given.baseline or "").partition(AT)[0]
    return tuple(name for name in ARCHITECTURES if name in asked_for or name == baseline)


def _baseline(architectures: Sequence[str], scenario: Scenario | None) -> str:
    """Return the scenario's baseline, or the reference, where it is compared; else the first architecture."""
    usual = [scenario.baseline] if scenario else [a.name for a in ARCHITECTURES.values() if a.reference]
    return next((name for name in usual if name in architectures), architectures[0])


def _network(given: Arguments, scenario: Scenario | None) -> Network:
    if given.net is None and scenario is None:
        raise UsageError("name the network, such as 784-128-10, or a scenario, which brings its own")
    network = load_network(given.net if given.net is not None else scenario.network if scenario else "")
    if scenario is not None and network == load_network(scenario.network):
        network = scenario.workload()
    return network if given.tiles is None else network.partitioned(given.tiles)
