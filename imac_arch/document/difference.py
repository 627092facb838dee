"""The document of ``diff``, record by record."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Figure, Generator

__all__ = ["DifferenceDocument", "DifferenceSide", "FindingChange", "InputChange", "ResultChange",
           "VerdictChange"]  # fmt: skip


class DifferenceSide(NamedTuple):
    """One of the two: the name that was given, a title, and the hash of its technology or document."""

    name: str
    title: str
    hash: str


class InputChange(NamedTuple):
    """An input that differs, as it is written on either side; None where that side does not have it.

    ``unit`` is that of ``a_value`` and ``b_value``, which are None of words. ``kept`` names what of a changed number
    stayed as it was: its source, its note, or nothing.
    """

    path: str
    a: str | None
    b: str | None
    unit: str
    a_value: float | None
    b_value: float | None
    kept: str


class ResultChange(NamedTuple):
    """A result of one design on either side, and B over A; its interval is of shared draws where both were run here.

    ``change`` says what became of it: ``better``, ``worse``, ``same``, or ``undecided`` where the interval of the
    factor contains 1. ``summary``: it stands in the tables that people read, in the
    unit ``printed`` where there is one.
    """

    design: str
    metric: str
    title: str
    unit: str
    printed: str
    a: Figure
    b: Figure
    factor: Figure
    change: str
    summary: bool


class VerdictChange(NamedTuple):
    """A design whose verdict is another one on either side."""

    design: str
    a: str
    b: str


class FindingChange(NamedTuple):
    """A warning that only one side has: ``side`` is ``a`` or ``b``; ``architectures`` are those that it is about."""

    side: str
    code: str
    message: str
    architectures: tuple[str, ...]


class DifferenceDocument(NamedTuple):
    """Two technologies, or two documents: the inputs that differ, and what they did to the results.

    ``of`` is ``technologies`` or ``documents``. ``ratios`` are those that open a report, and their factor is of the
    ratio. ``only_a`` and ``only_b`` are designs without a counterpart.
    """

    schema_version: str
    generator: Generator
    command: str
    of: str
    network: str
    a: DifferenceSide
    b: DifferenceSide
    inputs: tuple[InputChange, ...]
    verdicts: tuple[VerdictChange, ...]
    results: tuple[ResultChange, ...]
    ratios: tuple[ResultChange, ...]
    warnings: tuple[FindingChange, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
