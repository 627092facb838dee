"""The document of a sweep: its axes, what its designs are, the best of them and their front."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Generator, Interval, MetricRow

__all__ = ["GAP", "SweepArchitecture", "SweepAxis", "SweepConditions", "SweepDocument", "SweepFront", "SweepPoint"]

GAP = "..."  # among the values of an axis: those that are not named


class SweepAxis(NamedTuple):
    """An axis: the fields that it varies, its SI unit, how many values it has, and the first and the last of them,
    ``GAP`` between; in SI units where it is one of numbers."""

    name: str
    paths: tuple[str, ...]
    unit: str
    words: bool
    length: int
    values: tuple[str, ...]


class SweepConditions(NamedTuple):
    """What all designs have in common; ``designs`` says which of all combinations there are: ``product``, ``zip``,
    ``sobol`` or ``random``; ``samples`` are the draws behind intervals, 0 for none."""

    network: str
    technology: str
    board: str | None
    fields: dict[str, str]
    batch: int
    pipelined: bool
    timing: str
    precision: str
    tiles: str | None
    designs: str
    seed: int
    samples: int


class SweepPoint(NamedTuple):
    """One design of one architecture: its row, counted from 0, its values along the axes, its metrics in their units,
    and the verdict; ``alike`` counts the designs of the architecture that are as good by what is compared.
    ``intervals`` are the 90 % intervals of metrics over the samples; None where none were drawn."""

    row: int
    architecture: str
    design: dict[str, float | str]
    metrics: dict[str, float | None]
    verdict: str
    alike: int | None
    intervals: dict[str, Interval] | None


class SweepArchitecture(NamedTuple):
    """How many designs of an architecture have which verdict, how many miss which check, why others cannot be, by
    metric the best of those that keep the constraints (one that works, else one that is doubtful, else one that fails,
    where no constraint is on the verdict), and how many keep them; ``left`` are the designs that can be, then those
    that keep each constraint and all before."""

    name: str
    title: str
    works: int
    doubtful: int
    fails: int
    refused: int
    missed: dict[str, int]
    reasons: dict[str, int]
    best: dict[str, SweepPoint | None]
    kept: int
    left: tuple[int, ...]


class SweepFront(NamedTuple):
    """The designs that work, unless a constraint says otherwise, keep all constraints, and that no other one beats in
    all of these metrics at once: how many there are, and the first of them, the best by the first metric in front."""

    metrics: tuple[str, ...]
    size: int
    points: tuple[SweepPoint, ...]


class SweepDocument(NamedTuple):
    """A sweep."""

    schema_version: str
    generator: Generator
    command: str
    python: str
    conditions: SweepConditions
    axes: tuple[SweepAxis, ...]
    rows: int
    metrics: tuple[MetricRow, ...]
    architectures: tuple[SweepArchitecture, ...]
    front: SweepFront
    hashes: dict[str, str]
    constraints: tuple[str, ...]
