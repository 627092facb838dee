"""Records of the accuracy of a network on labelled images."""

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Generator

__all__ = [
    "AccuracyConditions",
    "AccuracyDocument",
    "AccuracyRow",
    "Answer",
    "Claimed",
    "Control",
    "Partition",
    "Partitioning",
    "Point",
    "Published",
    "Share",
    "Step",
]

Real = float


class Share(NamedTuple):
    """A share of images with its 90 % interval."""

    value: Real
    low: Real
    high: Real

    @property
    def certain(self) -> bool:
        """Whether a difference is larger than its error."""
        return not self.low <= 0 <= self.high


class Control(NamedTuple):
    """Cheap programmings that were held against some exact ones.

    Attributes:
        exact: how many were solved exactly, the same cells as the cheap ones have.
        correlation: of their accuracies; None where no programming differs from another.
        least: from which the cheap ones count.
        used: whether they do, corrected by the exact ones; else every programming was solved exactly.
    """

    exact: int
    correlation: Real | None
    least: Real
    used: bool


class AccuracyRow(NamedTuple):
    """The share of images that a design classifies correctly.

    Attributes:
        technology: its name; None of a board, which no technology changes.
        architecture: its name.
        value: mean over programmings; None where it is not known, see ``reason``.
        low: of the 90 % interval of one chip: spread of programmings and binomial error of the images together.
        high: of the same interval.
        software: of the same weights and inputs in exact arithmetic.
        float: of the shipped network of these sizes whose weights are not quantised; None where there is none.
        loss: software less this design, paired by image; its interval is of the mean.
        gain: how the gain of amplifiers is set, ``nominal`` or ``trimmed``; None without amplifiers.
        otherwise: the value with the other rule of gain.
        images: how many were classified.
        data: the set they are from.
        programmings: how many were drawn; 1 where nothing varies.
        sigma: relative standard deviation of a cell's conductance.
        weights: the network's file.
        note: how the network differs from what the design asks for, empty where it does not.
        on_crossbars: whether crossbars compute it, and so lose accuracy.
        reason: why there is no value; empty where there is one.
        control: of cheap programmings that exact ones correct; None where all are of one kind.
    """

    technology: str | None
    architecture: str
    value: Real | None
    low: Real | None
    high: Real | None
    software: Real | None
    float: Real | None
    loss: Share | None
    gain: str | None
    otherwise: Real | None
    images: int
    data: str
    programmings: int
    sigma: Real
    weights: str
    note: str
    on_crossbars: bool
    reason: str
    control: Control | None


class Step(NamedTuple):
    """A step of a waterfall: the accuracy with an effect and all those before it.

    ``change`` is against the step before, paired by image and programming, with its 90 % interval; ``counts`` says
    whether it is larger than its error.
    """

    architecture: str
    effect: str
    value: Real
    low: Real
    high: Real
    change: Real
    change_low: Real
    change_high: Real
    counts: bool


class Point(NamedTuple):
    """A design of a study: the fields that were set, as ``path=value``, its accuracy and what it loses against its
    software."""

    architecture: str
    fields: dict[str, str]
    value: Real
    low: Real
    high: Real
    software: Real
    loss: Share
    weights: str


class Answer(NamedTuple):
    """An answer to the question up to which value of a knob an accuracy is kept.

    Attributes:
        architecture: that was asked about.
        knob: its name.
        path: of its field.
        bound: ``at_least`` or ``at_most``.
        value: as it is written; None where no value that was tried keeps the target, or clears the check.
        unkept: the nearest value that does not, None where every one does.
        best: the best accuracy that was found.
        target: that was asked for; None for the check of the accuracy in a comparison.
        limit: of that check, to the lower end of the loss; None where a target was asked for.
        runs: every value that was tried.
    """

    architecture: str
    knob: str
    path: str
    bound: str
    value: str | None
    unkept: str | None
    best: Real
    target: Real | None
    limit: Real | None
    runs: tuple[Point, ...]

    def keeps(self, run: Point) -> bool:
        """Return whether a value keeps the target with the low end of its accuracy, so that no lucky draw counts; or
        the limit with that of its loss, as the check in a comparison does."""
        if self.target is not None:
            return run.low >= self.target
        return self.limit is not None and run.loss.low <= self.limit


class Partition(NamedTuple):
    """A network in tiles, its accuracy and what it costs.

    Attributes:
        architecture: that computes it.
        tiles: row tiles x column tiles of each layer.
        subarray: rows x weight columns of the smallest subarray that holds them.
        subarrays: how many.
        value: accuracy, with ``low``, ``high``, ``software`` and ``loss`` as of :class:`AccuracyRow`.
        low: see ``value``.
        high: see ``value``.
        software: see ``value``.
        loss: see ``value``.
        weights: the network's file.
        power: of the design [W]; None, as the others, where a law cannot take it.
        area: of the design [m^2].
        latency: of the design [s].
        energy: per inference [J].
        keeps: whether the low end of the interval is at least the target.
        front: whether no other one needs less power and area without being less accurate beyond the error.
    """

    architecture: str
    tiles: str
    subarray: str
    subarrays: int
    value: Real
    low: Real
    high: Real
    software: Real
    loss: Share
    weights: str
    power: Real | None
    area: Real | None
    latency: Real | None
    energy: Real | None
    keeps: bool
    front: bool


class Partitioning(NamedTuple):
    """The fewest tiles that keep a target.

    Attributes:
        architecture: that was asked about.
        target: accuracy that is to be kept.
        value: tiles of each layer; None where no partition that was tried keeps the target.
        best: the best accuracy that was found.
        largest: rows x weight columns of the technology's subarray, which holds every tile.
        designs: every partition that was tried, from few tiles to many.
    """

    architecture: str
    target: Real
    value: str | None
    best: Real
    largest: str
    designs: tuple[Partition, ...]


class Claimed(NamedTuple):
    """A published claim on accuracy, what a scenario gives, and what this project's defaults give for its design.

    Attributes:
        claim: in words.
        metric: ``accuracy``, ``accuracy_loss`` (software less accuracy), ``float_loss`` (float less accuracy), shares
            of images; ``least_resistance`` that keeps 95 % [ohm].
        architecture: that it is about.
        published: its figure.
        kind: ``about``, ``at_least`` or ``at_most``.
        basis: as of the targets of a scenario.
        value: under the scenario's assumptions; None where no resistance is enough.
        low: of its 90 % interval; None of a resistance.
        high: of the same interval.
        default: by default.
        gain: rule of gain under the assumptions.
        otherwise: the accuracy with the other rule, for a claim on accuracy.
        holds: whether the claim is met.
        status: the verdict in words.
        why: the assumption that explains the difference.
        source: where it was published.
    """

    claim: str
    metric: str
    architecture: str
    published: Real
    kind: str
    basis: str
    value: Real | None
    low: Real | None
    high: Real | None
    default: Real | None
    gain: str
    otherwise: Real | None
    holds: bool
    status: str
    why: str
    source: str


class Published(NamedTuple):
    """Published accuracies beside those of a scenario, and the scenario's assumptions in words."""

    scenario: str
    title: str
    note: str
    assumptions: tuple[str, ...]
    claims: tuple[Claimed, ...]


class AccuracyConditions(NamedTuple):
    """How accuracies were found."""

    net: str
    technology: str
    images: int
    data: str
    programmings: int
    exact: bool
    gain: str
    without: tuple[str, ...]
    seed: int
    stuck: Real
    control: int


class AccuracyDocument(NamedTuple):
    """Whether a network still computes on a technology, and what costs how much.

    ``interrupted`` says after what somebody interrupted it, ``after 12 of 100 programmings``; then it holds what was
    finished. Empty where nobody did.
    """

    schema_version: str
    generator: Generator
    command: str
    conditions: AccuracyConditions
    accuracy: tuple[AccuracyRow, ...]
    waterfall: tuple[Step, ...]
    study: str | None
    points: tuple[Point, ...]
    answer: Answer | None
    partitioning: Partitioning | None
    interrupted: str
    published: Published | None
