"""What the studies of a comparison find, record by record."""

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Bits, Figure, Quotient

__all__ = [
    "Alternative",
    "AssumptionRow",
    "BatchPoint",
    "BatchStudy",
    "BreakEvenRow",
    "FollowerRow",
    "ProgrammingRow",
    "Reproduction",
    "TargetRow",
]


class ProgrammingRow(NamedTuple):
    """Writing the network into its cells once: energy [J], time [s], and loads that a cell endures."""

    technology: str
    architecture: str
    synapse_cells: float
    neuron_cells: float
    energy: Figure
    time: Figure
    loads: Figure


class Alternative(NamedTuple):
    """An architecture with one alternative of a choice, which is never sampled.

    ``choice`` is what is chosen, ``title`` in words; ``name`` is the alternative, ``text`` what it is, and ``chosen``
    says whether the comparison has it. ``ratios`` are the metrics over those of ``subject``, so that above 1 favours
    the subject. ``error`` says why the alternative does not apply; ``bits`` are None then.
    """

    technology: str
    architecture: str
    choice: str
    title: str
    name: str
    text: str
    chosen: bool
    bits: Bits | None
    subject: str | None
    error: str
    metrics: dict[str, Figure]
    ratios: dict[str, Quotient]


class BatchPoint(NamedTuple):
    """Time [s] and energy [J] per inference of the board at a batch."""

    batch: int
    interval: Figure
    energy: Figure


class FollowerRow(NamedTuple):
    """Time [s] and energy [J] per inference, at the batches of the curve, of an architecture that gains from one."""

    technology: str
    architecture: str
    interval: tuple[float, ...]
    energy: tuple[float, ...]


class BreakEvenRow(NamedTuple):
    """The smallest batch at which the board is ahead, None for never up to ``largest``; ``probability`` is the share of
    samples in which it is ahead at any batch."""

    technology: str
    architecture: str
    metric: str
    batch: int | None
    probability: float | None
    largest: int


class BatchStudy(NamedTuple):
    """The board over the batch."""

    curve: tuple[BatchPoint, ...] = ()
    followers: tuple[FollowerRow, ...] = ()
    break_even: tuple[BreakEvenRow, ...] = ()


class TargetRow(NamedTuple):
    """A published claim, what the scenario gives, and what the default gives; ``unit`` is that of all three.

    ``holds`` is None where the claim is not judged: on another network than the scenario's, or without a value.
    """

    claim: str
    metric: str
    architecture: str
    baseline: str | None
    unit: str
    published: float
    kind: str
    basis: str
    component: str | None
    value: float | None
    default: float | None
    holds: bool | None
    status: str
    source: str


class AssumptionRow(NamedTuple):
    """The targets without one assumption; None where the rest does not hold together, for the reason in ``note``."""

    assumption: str
    without: tuple[float | None, ...] | None
    note: str


class Reproduction(NamedTuple):
    """What a scenario reproduces; ``banner`` says above all results that they are its own."""

    name: str
    title: str
    banner: str
    note: str
    network: str
    targets: tuple[TargetRow, ...]
    assumptions: tuple[AssumptionRow, ...]
