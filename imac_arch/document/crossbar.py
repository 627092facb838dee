"""Records of crossbars that were solved: closed forms beside the exact network, and our solution beside ngspice."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CheckDocument", "CheckRow", "ExactFigure", "ExactRow"]


@dataclass(frozen=True, slots=True)
class ExactFigure:
    """A figure of the exact network, its closed form, and the relative error of that; None where the exact one is 0."""

    exact: float
    closed: float
    error: float | None


@dataclass(frozen=True, slots=True)
class ExactRow:
    """One subarray, or ``count`` of one shape: power [W], share of the input at the far column, time constant [s].

    ``row_tile`` and ``col_tile`` are None where the weights are random.
    """

    technology: str
    layer: int
    rows: int
    cols: int
    count: int
    row_tile: int | None
    col_tile: int | None
    power: ExactFigure
    far_share: ExactFigure
    time_constant: ExactFigure


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What an exact solution is checked against; ``limit`` is None where none is set. A value that is infinite, such as
    a line that has not settled, is null in JSON."""

    what: str
    unit: str
    ours: float | None
    ngspice: float | None
    error: float | None
    limit: float | None
    ok: bool


@dataclass(frozen=True, slots=True)
class CheckDocument:
    """A netlist checked by ngspice."""

    schema_version: str
    title: str
    rows: tuple[CheckRow, ...]
    ok: bool
