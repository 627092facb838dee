"""The document of a comparison, record by record."""

from imac_arch.data.records import NamedTuple
from imac_arch.document.accuracy import AccuracyRow
from imac_arch.document.crossbar import ExactRow, NotSolved
from imac_arch.document.drives import Drive
from imac_arch.document.shapes import (
    Bits,
    CheckRow,
    Figure,
    Finding,
    Generator,
    Interval,
    MetricRow,
    Number,
    Setting,
    Verdict,
)
from imac_arch.document.studied import (
    Alternative,
    BatchPoint,
    BreakEvenRow,
    FollowerRow,
    ProgrammingRow,
    Reproduction,
)

__all__ = [
    "ArchitectureRow",
    "BoardRow",
    "BreakdownRow",
    "ChangedField",
    "ComparisonDocument",
    "ComponentRow",
    "Conditions",
    "LayerRow",
    "MappingRow",
    "NeglectedRow",
    "NetworkRow",
    "Ratio",
    "SubarraySize",
    "TechnologyConditions",
    "TechnologyRow",
]


class LayerRow(NamedTuple):
    """A dense layer; ``row_tiles`` and ``col_tiles`` are None where as few as fit are taken."""

    fan_in: int
    fan_out: int
    activation: str
    row_tiles: int | None
    col_tiles: int | None


class NetworkRow(NamedTuple):
    """The workload; ``macs`` and ``ops`` are of one inference."""

    name: str
    layers: tuple[LayerRow, ...]
    bias: str
    macs: int
    ops: int


class TechnologyRow(NamedTuple):
    """A technology: node [m], supply [V] and declared cycle [s]."""

    name: str
    title: str
    node: float
    vdd: float
    cycle: float | None
    hash: str


class BoardRow(NamedTuple):
    """The graphics board, the number format that it computes in, and the run that it was measured in."""

    name: str
    title: str
    status: str
    run: str | None
    launch: str
    number_format: str
    hash: str


class SubarraySize(NamedTuple):
    """Rows by weight columns."""

    rows: int
    cols: int


class TechnologyConditions(NamedTuple):
    """The design on one technology; ``row_driver`` and ``amplifier`` say whether one is counted."""

    technology: str
    subarray: SubarraySize
    read: str
    encoding: str
    bias_window: str
    input_mode: str
    adc_law: str | None
    settle_bits: float
    row_driver: bool | None
    amplifier: bool | None


class ChangedField(NamedTuple):
    """A field that an option set: as it stands in the file (or in the scenario), and as it was set."""

    technology: str
    path: str
    from_: str
    to: str


class InputImages(NamedTuple):
    """Inputs that the exact network of the first layer was solved for; elsewhere they are drawn.

    Attributes:
        file: as given; None for an array.
        images: that were used, the first ones.
        given: images in it.
    """

    file: str | None
    images: int
    given: int


class Conditions(NamedTuple):
    """Everything that moves the result. The design is that of the first technology; ``per_technology`` has all.
    ``changed`` are the fields that options set to something else than what the file says."""

    subarray: SubarraySize
    read: str
    encoding: str
    bias_window: str
    adc_law: str | None
    bits: dict[str, Bits]
    gpu: str | None
    baseline: str
    per_technology: tuple[TechnologyConditions, ...]
    batch: int
    pipelined: bool
    timing: str
    precision: str
    scenario: str | None
    seed: int
    samples: int
    overrides: dict[str, str]
    changed: tuple[ChangedField, ...]
    weights: str | None
    inputs: InputImages | None


class ArchitectureRow(NamedTuple):
    """One architecture on one technology.

    ``verdict`` is the worst of its ``checks`` at the medians of all inputs; ``works_in`` and ``fails_in`` are shares
    of the samples in which it works and fails. With all of ``clears_with`` set the checks are clear: an example, empty
    where none is needed or known. ``metrics`` are those of the timing asked for. ``subject``: the headlines are about
    it. ``on_board``: it is the same on every technology. ``accuracy`` is None where it was not asked for. Under a
    scenario ``by_default`` are the metrics of the same design under this project's defaults.
    """

    name: str
    technology: str
    verdict: Verdict
    checks: tuple[CheckRow, ...]
    works_in: float | None
    fails_in: float | None
    clears_with: tuple[Setting, ...]
    accuracy: AccuracyRow | None
    title: str
    summary: str
    subject: bool
    on_board: bool
    bits: Bits
    metrics: dict[str, Figure]
    settled: dict[str, Figure]
    declared: dict[str, Figure] | None
    by_default: dict[str, float | None] | None = None


class MappingRow(NamedTuple):
    """One layer on subarrays: rows and weight columns that it needs, tiles, and the size of a subarray."""

    technology: str
    layer: int
    rows: int
    cols: int
    row_tiles: int
    col_tiles: int
    subarrays: int
    subarray_rows: int
    subarray_cols: int
    utilization: float


class Ratio(NamedTuple):
    """An architecture against the baseline, so that above 1 favours the architecture; ``above`` is the share of samples
    in which it is. The baseline is on the same technology, or one design for all. Under a scenario ``by_default`` is
    the ratio under this project's defaults."""

    value: float | None
    interval: Interval | None
    above: float | None
    metric: str
    baseline: str
    baseline_technology: str
    architecture: str
    technology: str
    by_default: float | None = None


class BreakdownRow(NamedTuple):
    """What a component adds per inference: ``energy`` includes its leakage, ``leakage_energy`` is that share."""

    technology: str
    architecture: str
    layer: int | None
    component: str
    instances: float
    actions: float
    area: float
    energy: float
    leakage_energy: float
    latency: float


class ComponentRow(NamedTuple):
    """What one instance costs: area [m^2], energy [J] and latency [s] of one action, leakage and static power [W]."""

    technology: str
    architecture: str
    component: str
    role: str
    area: float
    action_energy: float
    latency: float
    leakage: float
    power: float
    layer: int | None
    law: str
    laws: tuple[str, ...]
    scaled: tuple[str, ...]
    source: tuple[str, ...]


class NeglectedRow(NamedTuple):
    """A cost that is left out, and why."""

    technology: str
    architecture: str
    what: str
    note: str
    where: str


class ComparisonDocument(NamedTuple):
    """Architectures side by side on one or more technologies, their verdicts before all figures."""

    schema_version: str
    generator: Generator
    command: str
    network: NetworkRow
    technologies: tuple[TechnologyRow, ...]
    board: BoardRow | None
    conditions: Conditions
    architectures: tuple[ArchitectureRow, ...]
    metrics: tuple[MetricRow, ...]
    mapping: tuple[MappingRow, ...]
    ratios: tuple[Ratio, ...]
    breakdown: tuple[BreakdownRow, ...]
    components: tuple[ComponentRow, ...]
    neglected: tuple[NeglectedRow, ...]
    programming: tuple[ProgrammingRow, ...]
    alternatives: tuple[Alternative, ...]
    batch_curve: tuple[BatchPoint, ...]
    batch_followers: tuple[FollowerRow, ...]
    break_even: tuple[BreakEvenRow, ...]
    drives: tuple[Drive, ...]
    exact: tuple[ExactRow, ...] | None
    not_solved: tuple[NotSolved, ...]
    scenario: Reproduction | None
    provenance: tuple[Number, ...]
    warnings: tuple[Finding, ...]
    hashes: dict[str, str]
