"""What drives results and what would flip them, record by record."""

from __future__ import annotations

from typing import Literal, NamedTuple

from imac_arch.document.shapes import Figure, Generator, Interval

__all__ = ["Bar", "Drive", "DriverRow", "Flip", "Index", "SensitivityConditions", "SensitivityDocument",
           "SensitivityRow", "Share"]  # fmt: skip


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


class Share(NamedTuple):
    """A line of an uncertainty budget: which share of the variance of the logarithm a driver is behind.

    ``interval`` is that of the share, over samples drawn anew; None where that was not done. ``frozen`` is the 90 %
    interval of the result with the driver held at its median, and ``narrows`` by which share that is narrower, in
    logarithm.
    """

    driver: str
    about: str
    share: float
    interval: Interval | None
    frozen: Interval | None
    narrows: float | None


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


class Flip(NamedTuple):
    """From where on one number alone, all else at the medians, turns a ratio to the other side of 1.

    ``bound`` says whether it does so ``below`` or ``above`` the value ``at``; both are None where it never does between
    the ends of ``looked``. ``factor`` is how far that is, ``at`` over the median. ``probability`` is that of the number
    being there, None of one without a range.
    """

    path: str
    about: str
    value: float
    unit: str
    bound: Literal["below", "above"] | None
    at: float | None
    factor: float | None
    probability: float | None
    looked: tuple[float, float]


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


class Drive(NamedTuple):
    """What a ratio of a comparison rests on: the largest shares of its spread, and the nearest flips.

    ``r2`` is the share of the variance that the fit of the samples explains, ``unexplained`` the rest; None, and no
    shares, where samples are too few or nothing varies. ``flips`` are of the numbers behind most of the spread.
    """

    technology: str
    architecture: str
    baseline: str
    baseline_technology: str
    metric: str
    r2: float | None
    shares: tuple[Share, ...]
    unexplained: float | None
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
    """What drives results, and what would flip them."""

    schema_version: str
    generator: Generator
    command: str
    conditions: SensitivityConditions
    drivers: tuple[DriverRow, ...]
    results: tuple[SensitivityRow, ...]
    notes: tuple[str, ...]
    hashes: dict[str, str]
