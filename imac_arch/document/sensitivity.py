"""What drives results and what would flip them, record by record."""

from __future__ import annotations

from typing import Literal

from imac_arch.data.records import NamedTuple
from imac_arch.document.drives import Flip, Share
from imac_arch.document.shapes import Figure, Generator, Interval, Number

__all__ = ["Bar", "DriverRow", "Index", "SensitivityConditions", "SensitivityDocument", "SensitivityRow"]


class DriverRow(NamedTuple):
    """An uncertain number, or a group of numbers that are drawn together.

    ``name`` is the path of the number, or the name of the group; ``paths`` are those of its numbers. ``value`` is the
    median of a single number, ``range`` its 5th and 95th percentile; None of groups of several.
    """

    name: str
    about: str
    paths: tuple[str, ...]
    value: float | None
    range: tuple[float, float] | None
    unit: str
    dist: str


class Index(NamedTuple):
    """Sobol indices of a driver for the logarithm of a result: alone, and with all its interactions."""

    driver: str
    first: float
    first_interval: Interval | None
    total: float
    total_interval: Interval | None


class Bar(NamedTuple):
    """A result with one driver at its 5th and at its 95th percentile, all else at the medians; None where the design
    then has no meaning."""

    driver: str
    low: float | None
    high: float | None


class SensitivityRow(NamedTuple):
    """A metric of a design, or its ratio against another, and what drives and flips it.

    ``method`` says where ``budget`` is from: ``samples``, the fit of the samples that were drawn, which explains ``r2``
    of the variance; or ``saltelli``, first-order Sobol indices. ``unexplained`` is what the shares lack to 1: that of
    interactions and curvature. ``indices`` are None where none were computed. ``flips`` are the nearest first; a metric
    alone has none.
    """

    technology: str
    architecture: str
    baseline: str | None
    baseline_technology: str | None
    metric: str
    title: str
    unit: str
    value: Figure
    method: Literal["samples", "saltelli"] | None
    r2: float | None
    budget: tuple[Share, ...]
    unexplained: float | None
    indices: tuple[Index, ...] | None
    evaluations: int
    tornado: tuple[Bar, ...]
    flips: tuple[Flip, ...]


class SensitivityConditions(NamedTuple):
    """Everything that moves the result."""

    network: str
    technologies: tuple[str, ...]
    gpu: str | None
    batch: int
    pipelined: bool
    timing: str
    precision: str
    scenario: str | None
    samples: int
    seed: int
    overrides: dict[str, str]


class SensitivityDocument(NamedTuple):
    """What drives results, and what would flip them; ``python`` is the call that makes it again, ``provenance``
    are the numbers that the designs read."""

    schema_version: str
    generator: Generator
    command: str
    python: str
    conditions: SensitivityConditions
    drivers: tuple[DriverRow, ...]
    results: tuple[SensitivityRow, ...]
    notes: tuple[str, ...]
    hashes: dict[str, str]
    provenance: tuple[Number, ...]
