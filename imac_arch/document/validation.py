"""Records of `validate`: what the tool predicts of published chips, beside what was measured of them."""

from __future__ import annotations

from typing import Literal

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Generator

__all__ = [
    "Ablation",
    "ChipRow",
    "Constant",
    "Cycle",
    "Estimate",
    "Given",
    "LawRecord",
    "Miss",
    "Part",
    "Split",
    "SummaryRow",
    "SupplyPair",
    "SystemPart",
    "SystemRow",
    "ValidationConditions",
    "ValidationDocument",
]  # fmt: skip

Real = float
Kind = Literal["blind", "nested", "leave_one_out", "fit", "unfitted"]
Family = Literal["all", "sram", "nvm", "digital"]
Quantity = Literal["energy", "area", "tops_per_mm2", "cycle"]


class SummaryRow(NamedTuple):
    """How far off predictions of one kind are, over the operating points of a family that were measured.

    Attributes:
        kind: ``blind``: the chip is not in the record of the law, whose hash is unchanged; ``nested``: constants and
            structural choices were made without the chip; ``leave_one_out``: constants alone were; ``fit``: with it;
            ``unfitted``: no constant was set on any chip.
        family: of the chips; all of them together.
        quantity: energy of a conversion; area of an array; throughput over area and area with the published cycle;
            the cycle as it is estimated.
        median_factor: median of what a prediction is off by, 1 or more.
        within_2x: share of the points that are off by less than a factor of two.
        within_3x: the same of three.
        points: operating points.
        chips: to which they belong.
        coverage: share of the points inside their 90 % interval; None where there are no intervals of this kind.
        width: median width of the intervals [decades].
        interval_score: mean width [decades], and 20 times what a point lies outside, by which intervals are judged.
        bias: median of prediction over measurement.
    """

    kind: Kind
    family: Family
    quantity: Quantity
    median_factor: Real
    within_2x: Real
    within_3x: Real
    points: int
    chips: int
    coverage: Real | None
    width: Real | None
    interval_score: Real | None
    bias: Real


class Estimate(NamedTuple):
    """A quantity of one operating point: predicted, its 90 % interval, and measured; None where it is not known.

    ``ratio`` is prediction over measurement, ``inside`` whether the measurement lies in the interval.
    """

    value: Real | None
    low: Real | None
    high: Real | None
    measured: Real | None
    ratio: Real | None
    inside: bool | None


class Cycle(NamedTuple):
    """The time of a pass [s]: ``value`` is what figures are computed with, published where ``given``; ``estimated`` is
    what the composition settles in, with its 90 % interval."""

    value: Real
    given: bool
    estimated: Real
    low: Real | None
    high: Real | None


class Part(NamedTuple):
    """What a component adds to a conversion and to the array: energy [J] and area [m^2]."""

    component: str
    role: str
    energy: Real
    area: Real


class Given(NamedTuple):
    """A number that a chip's file leaves out, as its class has it: value and the ends of its range, in ``unit``."""

    path: str
    value: Real
    low: Real | None
    high: Real | None
    unit: str


class ChipRow(NamedTuple):
    """One operating point of a chip.

    Attributes:
        chip: its name.
        point: the name of the operating point, empty where it is the only one.
        title: of the chip.
        file: that it stands in.
        kind: of the figures below: ``blind``, or ``nested`` where the law was set with this chip in sight.
        tier: A or B.
        family: sram, nvm or digital.
        memory: of its cells.
        year: of publication; None where it is not given.
        node: in metres.
        vdd: in volts.
        ops: operations of one conversion, 1-bit normalised.
        conversions: of a pass.
        energy: of one conversion, with everything included [J].
        area: of one array with its periphery [m^2].
        tops_per_watt: 1-bit normalised [TOPS/W].
        tops_per_watt_native: of operations with all bits [TOPS/W].
        tops_per_mm2: 1-bit normalised, at ``cycle`` [TOPS/mm2].
        tops_per_mm2_native: of operations with all bits [TOPS/mm2].
        cycle: of a pass.
        kinds: energy of a conversion as each kind of prediction has it [J].
        breakdown: of energy and area, the largest energy first.
        assumed: numbers that the file leaves out.
        status: ``ok``, or why there is no prediction.
    """

    chip: str
    point: str
    title: str
    file: str
    kind: Kind
    tier: str
    family: Family
    memory: str
    year: int | None
    node: Real
    vdd: Real
    ops: Real
    conversions: Real
    energy: Estimate
    area: Estimate
    tops_per_watt: Estimate
    tops_per_watt_native: Estimate
    tops_per_mm2: Estimate
    tops_per_mm2_native: Estimate
    cycle: Cycle
    kinds: dict[str, Real]
    breakdown: tuple[Part, ...]
    assumed: tuple[Given, ...]
    status: str


class Constant(NamedTuple):
    """A global constant of the law: a field that every composition takes, and what it was set on."""

    name: str
    path: str
    value: Real
    unit: str
    written: str
    status: str
    note: str


class LawRecord(NamedTuple):
    """The law and its record.

    ``unchanged`` says whether the law's hash is that of the record: only then is a chip that is not in it blind.
    """

    name: str
    hash: str
    unchanged: bool
    date: str
    chips: tuple[str, ...]
    constants: tuple[Constant, ...]
    choices: dict[str, str]


class Ablation(NamedTuple):
    """What changes where a law is replaced by its alternative: factors of the energy over all points that are
    measured, without and with constants set anew."""

    choice: str
    alternative: str
    about: str
    median_factor: Real
    within_2x: Real
    change: Real
    most: str


class Miss(NamedTuple):
    """One of the largest misses: the component that, changed alone, would have to be off by ``needed`` to explain it;
    None where no single component can."""

    chip: str
    point: str
    quantity: Quantity
    ratio: Real
    component: str | None
    needed: Real | None
    about: str


class Split(NamedTuple):
    """A published share or energy of one component beside the prediction."""

    chip: str
    component: str
    unit: str
    published: Real
    predicted: Real
    ratio: Real


class SupplyPair(NamedTuple):
    """Two operating points of one chip: how their energies go, measured and predicted."""

    chip: str
    what: str
    measured: Real
    predicted: Real
    off: Real


class SystemPart(NamedTuple):
    """A line of a published total beside the composition of the same parameters."""

    component: str
    published: Real | None
    predicted: Real | None
    unit: str
    why: str


class SystemRow(NamedTuple):
    """A published system, and what the same public parameters are composed into here."""

    system: str
    title: str
    quantity: str
    unit: str
    published: Real
    predicted: Real
    ratio: Real
    parts: tuple[SystemPart, ...]
    why: str


class ValidationConditions(NamedTuple):
    """How predictions were made; ``files`` are those of the user, beside the shipped chips."""

    files: tuple[str, ...]
    shipped: bool
    samples: int
    seed: int


class ValidationDocument(NamedTuple):
    """What the tool predicts of published chips, and how far off it is.

    Attributes:
        schema_version: of this document.
        generator: the program that wrote it.
        command: that made it.
        conditions: how.
        law: that it rests on.
        summary: how far off predictions are, by kind, family and quantity.
        chips: one record for each operating point.
        ablations: what each law decides.
        misses: the ten largest.
        splits: published breakdowns beside ours.
        pairs: operating points of one chip against one another.
        systems: published systems, composed from the same parameters.
        notes: what is to be known of the figures.
    """

    schema_version: str
    generator: Generator
    command: str
    conditions: ValidationConditions
    law: LawRecord
    summary: tuple[SummaryRow, ...]
    chips: tuple[ChipRow, ...]
    ablations: tuple[Ablation, ...]
    misses: tuple[Miss, ...]
    splits: tuple[Split, ...]
    pairs: tuple[SupplyPair, ...]
    systems: tuple[SystemRow, ...]
    notes: tuple[str, ...]
