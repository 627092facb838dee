"""The shapes that all documents share. Plain values in SI units: no arrays, no formulas."""

from typing import Literal

from imac_arch.data.records import NamedTuple

__all__ = [
    "SCHEMA_VERSION",
    "Bits",
    "CheckRow",
    "Citation",
    "Figure",
    "Finding",
    "Generator",
    "Interval",
    "MetricRow",
    "Number",
    "Quotient",
    "Remedy",
    "Setting",
    "Severity",
    "Status",
    "Verdict",
]

SCHEMA_VERSION = "3.1"
Verdict = Literal["works", "doubtful", "fails"]
Status = Literal["clear", "doubtful", "fails", "outranked"]
Severity = Literal["note", "doubtful", "fails"]


class Interval(NamedTuple):
    """The 5th and the 95th percentile over the samples."""

    low: float
    high: float


class Figure(NamedTuple):
    """A number: its value at the medians of all inputs, and its 90 % interval; None where it does not apply."""

    value: float | None
    interval: Interval | None

    @property
    def span(self) -> Interval | None:
        """The interval where it is wider than a point, else None."""
        return self.interval if self.interval is not None and self.interval.low < self.interval.high else None


class Quotient(NamedTuple):
    """A ratio, so that above 1 favours what stands first; ``above`` is the share of samples in which it does."""

    value: float | None
    interval: Interval | None
    above: float | None


class Generator(NamedTuple):
    """The program that wrote a document; ``seal`` is a hash of all else in the file, by which an unchanged file of ours
    is known."""

    name: str
    version: str
    seal: str


class CheckRow(NamedTuple):
    """A figure of a design against its limits, in the layer where it is worst, at the medians of all inputs.

    ``limit`` is where it becomes doubtful, ``hard_limit`` where it fails, None for never. ``bound`` says whether the
    limits are the least or the most. ``margin`` is the factor by which the value keeps its limit: below 1 it does not.
    ``layer`` counts from 1, None where all layers are alike. ``status`` is "outranked" where a limit is not kept, but
    the accuracy is known and decides.
    """

    code: str
    quantity: str
    status: Status
    layer: int | None
    value: float
    bound: Literal["at_least", "at_most"]
    limit: float
    hard_limit: float | None
    margin: float
    unit: str


class Remedy(NamedTuple):
    """What clears a check, everything else as it is: the value of a knob from which (``at_least``) or up to which
    (``at_most``) it is clear, and the fields that set it, ``path=value``. None where no value clears it."""

    knob: str
    bound: Literal["at_least", "at_most"]
    value: float | None
    unit: str
    fields: tuple[str, ...]


class Setting(NamedTuple):
    """A knob of a design at a value, and the fields that set it, ``path=value``."""

    knob: str
    value: float
    unit: str
    fields: tuple[str, ...]


class Finding(NamedTuple):
    """A coded warning: what is wrong, the place that would mend it, and what clears it.

    ``technology`` and ``architecture`` name the design that it is about, None where it is about more than one. Where it
    is a check of the design, ``quantity`` to ``margin`` are those of the check; where a law is used outside its range,
    ``limit`` is the end of the range that ``value`` is beyond. What has no figure has None.
    """

    code: str
    message: str
    where: str
    severity: Severity = "note"
    technology: str | None = None
    architecture: str | None = None
    layer: int | None = None
    quantity: str | None = None
    value: float | None = None
    limit: float | None = None
    hard_limit: float | None = None
    unit: str | None = None
    margin: float | None = None
    remedies: tuple[Remedy, ...] = ()


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
    where that does not follow from ``unit``, ``words`` what one says of a worse and of a better value."""

    name: str
    title: str
    unit: str
    better: str
    scale: float
    printed: str
    summary: bool
    ratio: bool
    headline: bool
    words: tuple[str, str]
