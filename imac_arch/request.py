"""What is asked of a comparison, checked and completed: from names and options to files and plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.quantity import Array
from imac_arch.network import Network
from imac_arch.network_files import load_network
from imac_arch.options import explicit_fields
from imac_arch.studies.scenario import Scenario, load_scenario
from imac_arch.weights import given_weights

__all__ = ["BOARD", "Plan", "Request", "settle"]

MOST_SAMPLES = 1_000_000
TIMINGS = ("settled", "declared")
TECHNOLOGY, BOARD = "sot_mram", "h100"  # where none is named


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of :func:`imac_arch.compare`, as given."""

    net: str | Path | Network | None
    tech: str | Sequence[str] | None
    arch: str | Sequence[str] | None
    baseline: str | None
    gpu: str | None
    batch: int
    subarray: str | None
    adc_bits: int | None
    adc_law: str | None
    read: str | None
    pipelined: bool
    timing: str | None
    tiles: str | None
    scenario: str | None
    overrides: Mapping[str, object]
    exact: bool
    weights: str | Path | Sequence[Array] | None
    samples: int
    seed: int
    command: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A request with everything settled.

    Attributes:
        network: the workload, partitioned as asked for.
        technologies: names or paths, at least one.
        explicit: fields of the technology that the user set, by path.
        architectures: names, in the order of reports.
        baseline: one of them.
        board: name or path of the board; None where no architecture runs on one.
        timing: ``settled`` or ``declared``.
        scenario: the assumptions; None for none.
        weights: of each layer; None for random ones.
    """

    network: Network
    technologies: tuple[str, ...]
    explicit: Mapping[str, object]
    architectures: tuple[str, ...]
    baseline: str
    board: str | None
    timing: str
    scenario: Scenario | None
    weights: Sequence[Array] | None

    @property
    def fields(self) -> Mapping[str, object]:
        """The fields of the technology that scenario and user set."""
        return self.scenario.fields(self.explicit) if self.scenario else self.explicit


def settle(request: Request) -> Plan:
    """Return a request with everything settled.

    Raises:
        ImacError: a wrong name, value, file or path; see :mod:`imac_arch.data.errors`.
    """
    scenario: Scenario | None = None if request.scenario is None else load_scenario(request.scenario).model
    explicit = explicit_fields(request.subarray, request.adc_bits, request.adc_law, request.read, request.overrides)
    architectures = _architectures(request, scenario)
    baseline = request.baseline or _baseline(architectures, scenario)
    if baseline not in ARCHITECTURES:
        raise UnknownName("architecture", baseline, ARCHITECTURES)
    _refuse_numbers(request)
    timing = request.timing or (scenario.timing if scenario else TIMINGS[0])
    if timing not in TIMINGS:
        raise UnknownName("timing", timing, TIMINGS)
    network = _network(request, scenario)
    if request.weights is not None and not request.exact:
        raise UsageError("weights change no closed form; give them with exact (--exact), which solves their subarrays")
    weights = None if request.weights is None else given_weights(request.weights, network)
    technologies = (request.tech,) if isinstance(request.tech, str) else tuple(request.tech or ())
    technologies = technologies or (scenario.technology if scenario else TECHNOLOGY,)
    if len(set(technologies)) < len(technologies):
        raise UsageError(f"the same technology is given twice: {', '.join(technologies)}; name each once")
    on_board = any(not ARCHITECTURES[name].uses_technology for name in architectures)
    board = (request.gpu or (scenario.gpu if scenario else None) or BOARD) if on_board else None
    return Plan(network, technologies, explicit, architectures, baseline, board, timing, scenario, weights)


def _architectures(request: Request, scenario: Scenario | None) -> tuple[str, ...]:
    asked = (request.arch,) if isinstance(request.arch, str) else tuple(request.arch or ())
    names = asked or (scenario.architectures if scenario else tuple(ARCHITECTURES))
    for name in names:
        if name not in ARCHITECTURES:
            raise UnknownName("architecture", name, ARCHITECTURES)
    return tuple(name for name in ARCHITECTURES if name in names or name == request.baseline)


def _baseline(architectures: Sequence[str], scenario: Scenario | None) -> str:
    """Return the scenario's baseline, or the reference, where it is compared; else the first architecture."""
    usual = [scenario.baseline] if scenario else [a.name for a in ARCHITECTURES.values() if a.reference]
    return next((name for name in usual if name in architectures), architectures[0])


def _refuse_numbers(request: Request) -> None:
    batch, samples = request.batch, request.samples
    if not (isinstance(batch, int) and batch >= 1):
        raise UsageError(f"batch {batch} is not allowed; it must be a whole number, 1 or more")
    if samples < 0 or samples > MOST_SAMPLES:
        raise UsageError(f"{samples} samples are not allowed; 0 to {MOST_SAMPLES:,} are")
    if request.seed < 0:
        raise UsageError(f"seed {request.seed} is not allowed; it must be 0 or more")


def _network(request: Request, scenario: Scenario | None) -> Network:
    asked = request.net if request.net is not None else scenario.network if scenario else None
    if asked is None:
        raise UsageError("name the network, such as 784-128-10, or a scenario, which brings its own")
    network = load_network(asked)
    return network if request.tiles is None else network.partitioned(request.tiles)
