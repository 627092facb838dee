"""The document of a comparison of neurons, record by record."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Citation, Figure, Finding, Generator, Number, Quotient

__all__ = [
    "ClaimRow",
    "NeuronConditions",
    "NeuronFigure",
    "NeuronRow",
    "NeuronTechnology",
    "NeuronsDocument",
    "Rival",
    "Transfer",
]


class NeuronTechnology(NamedTuple):
    """The technology of the analog neuron."""

    name: str
    title: str
    hash: str


class NeuronConditions(NamedTuple):
    """Everything that moves the result."""

    samples: int
    seed: int
    bits: int | None
    overrides: dict[str, str]


class NeuronFigure(NamedTuple):
    """What a figure of a neuron is; a headline stands among the ratios on the terminal."""

    name: str
    title: str
    unit: str
    headline: bool


class NeuronRow(NamedTuple):
    """One neuron at one node [m] at 100 % duty cycle; ``ratios`` are against the first one, so empty for that.

    ``at`` says ``one node``, that of all, or ``own node``. ``error`` is the largest distance from the sigmoid as a
    share of full scale.
    """

    name: str
    title: str
    kind: str
    analog: bool
    bits: float | None
    node: float
    vdd: float | None
    at: str
    metrics: dict[str, Figure]
    ratios: dict[str, Quotient]
    error: float | None
    law: str
    scaled: tuple[str, ...]


class Rival(NamedTuple):
    """A neuron held against a claim; ``place`` is where its ratio lies: inside, below, above or unknown."""

    name: str
    node: float
    at: str
    ratio: Quotient
    verdict: str
    place: str
    share_inside: float | None


class ClaimRow(NamedTuple):
    """A published range of ratios with its verdict; ``needed`` is the figure that an unknown rival would have to
    have."""

    claim: str
    metric: str
    low: float
    high: float
    source: Citation
    verdict: str
    why: str
    needed: Figure | None
    rivals: tuple[Rival, ...]


class Transfer(NamedTuple):
    """The transfer curve of an analog neuron [V] with its 90 % band, beside the logistic of the same slope [1/V]."""

    node: float
    vdd: float
    input: tuple[float, ...]
    output: tuple[float, ...]
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None
    logistic: tuple[float, ...]
    slope: Figure
    error: float


class NeuronsDocument(NamedTuple):
    """Sigmoid neurons side by side."""

    schema_version: str
    generator: Generator
    command: str
    technology: NeuronTechnology
    node: float
    conditions: NeuronConditions
    figures: tuple[NeuronFigure, ...]
    neurons: tuple[NeuronRow, ...]
    claims: tuple[ClaimRow, ...]
    transfer: Transfer | None
    warnings: tuple[Finding, ...]
    provenance: tuple[Number, ...]
    hashes: dict[str, str]
