"""The document of ``optimize``: the best design of each architecture, what it costs to keep the constraints, and how
architectures compare at their defaults and at their optima."""

from __future__ import annotations

from typing import Literal

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Generator, MetricRow, Number

__all__ = ["Binding", "Knob", "Left", "Objective", "Optimal", "OptimumArchitecture", "OptimumConditions",
           "OptimumDocument", "OptimumRatio"]  # fmt: skip


class Objective(NamedTuple):
    """The metric that is to be best, and whether less or more of it is better."""

    metric: str
    better: Literal["lower", "higher"]


class OptimumConditions(NamedTuple):
    """What all designs have in common."""

    network: str
    technology: str
    board: str | None
    fields: dict[str, str]
    batch: int
    pipelined: bool
    timing: str
    precision: str
    tiles: str | None
    seed: int


class Knob(NamedTuple):
    """An axis: the fields that it varies, its SI unit, how many values it has, the first and the last of them as text,
    and why these, where they are not the user's own."""

    name: str
    title: str
    paths: tuple[str, ...]
    unit: str
    words: bool
    length: int
    values: tuple[str, ...]
    note: str


class Optimal(NamedTuple):
    """A design: its values along the axes in SI units, the fields that make it by path as files and ``--set`` take
    them, its metrics in their units and its verdict; ``alike`` counts the designs with the same objective, of which it
    is the best by energy, latency and area."""

    design: dict[str, float | str]
    settings: dict[str, str]
    metrics: dict[str, float | None]
    verdict: str
    alike: int


class Binding(NamedTuple):
    """A constraint at the optimum: the value of what it bounds, its bound and their unit (None of a verdict), the
    objective at the best design that keeps all other constraints, the factor by which that is better (1 where the
    constraint does not bind), and the design checks that it misses."""

    constraint: str
    value: float | None
    bound: float | None
    unit: str
    without: float | None
    gain: float | None
    missed: tuple[str, ...]


class Left(NamedTuple):
    """How many designs keep a constraint and all before it, None where only the best ones were looked at, and the value
    that came nearest to it among those that keep all before, as text."""

    constraint: str
    designs: int | None
    nearest: str


class OptimumArchitecture(NamedTuple):
    """An architecture: the knobs that its results depend on, how many designs these make and how many were computed.

    ``method`` is ``exhaustive``, ``search``, or ``fixed`` where it depends on no knob. ``status`` is ``proven`` where
    all designs were computed, ``found`` where there may be a better one, ``none`` where no design keeps the
    constraints, for a ``reason``. ``confirmed`` says of a search that differential evolution found nothing better.
    ``default`` is the design without any knob, ``runners_up`` are the designs with the next objectives. ``possible``
    designs can be at all; ``left`` says how many of them are left after each constraint in turn.
    """

    name: str
    title: str
    knobs: tuple[str, ...]
    designs: int
    evaluated: int
    method: Literal["exhaustive", "search", "fixed"]
    status: Literal["proven", "found", "none"]
    confirmed: bool | None
    reason: str
    default: Optimal
    optimum: Optimal | None
    runners_up: tuple[Optimal, ...]
    bindings: tuple[Binding, ...]
    possible: int
    left: tuple[Left, ...]


class OptimumRatio(NamedTuple):
    """By what factor an architecture is better than the baseline by a metric, both at their defaults and both at their
    optima; None where there is no such design or metric."""

    architecture: str
    baseline: str
    metric: str
    default: float | None
    optimum: float | None


class OptimumDocument(NamedTuple):
    """The best designs, and the call in Python that finds them again. ``fair``: each architecture has its own knobs.
    ``provenance`` are the numbers that the designs rest on, those of knobs left out."""

    schema_version: str
    generator: Generator
    command: str
    python: str
    conditions: OptimumConditions
    objective: Objective
    fair: bool
    constraints: tuple[str, ...]
    knobs: tuple[Knob, ...]
    metrics: tuple[MetricRow, ...]
    architectures: tuple[OptimumArchitecture, ...]
    baseline: str | None
    ratios: tuple[OptimumRatio, ...]
    hashes: dict[str, str]
    provenance: tuple[Number, ...]
