"""The shapes that all documents share. Plain values in SI units: no arrays, no formulas."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SCHEMA_VERSION", "Bits", "Citation", "Figure", "Finding", "Generator", "Interval", "MetricRow", "Number"]

SCHEMA_VERSION = "2.0"


class Interval(NamedTuple):
    """The 5th percentile, the median and the 95th percentile over the samples."""

    low: float
    median: float
    high: float


class Figure(NamedTuple):
    """A number: its value at the medians of all inputs, and its 90 % interval; None where it does not apply."""

    value: float | None
    interval: Interval | None

    @property
    def span(self) -> Interval | None:
        """The interval where it is wider than a point, else None."""
        return self.interval if self.interval is not None and self.interval.low < self.interval.high else None


class Generator(NamedTuple):
    """The program that wrote a document."""

    name: str
    version: str


class Finding(NamedTuple):
    """A coded warning: what is wrong, with its figure, and the place that would mend it."""

    code: str
    message: str
    where: str


class Citation(NamedTuple):
    """A source under its key in the file."""

    key: str
    title: str
    link: str


class Number(NamedTuple):
    """A number that a result rests on, with unit, range, source and status; ``range`` is the 5th and 95th percentile
    of the input, for a uniform one its ends."""

    path: str
    value: float
    unit: str
    written: str
    range: tuple[float, float] | None
    dist: str | None
    status: str
    sourced: bool
    source: tuple[Citation, ...]
    note: str
    where: str


class Bits(NamedTuple):
    """Bits of a weight, of an input and of a hidden activation."""

    weight: float
    input: float
    activation: float


class MetricRow(NamedTuple):
    """What a metric is; ``scale`` is how many SI units its own unit has, ``printed`` the unit that it is printed in
    where that does not follow from ``unit``."""

    name: str
    title: str
    unit: str
    better: str
    scale: float
    printed: str
    summary: bool
    ratio: bool
    headline: bool
