"""Records of crossbars that were solved: closed forms beside the exact network, and our solution beside ngspice."""

from imac_arch.data.records import NamedTuple

__all__ = ["CheckDocument", "CheckRow", "ExactFigure", "ExactRow", "NotSolved"]


class ExactFigure(NamedTuple):
    """A figure of the exact network, its closed form, and the relative error of that; None where the exact one is 0."""

    exact: float
    closed: float
    error: float | None


class ExactRow(NamedTuple):
    """Subarrays of one shape, or a single one: of given weights, or of the first layer with given inputs.

    Attributes:
        technology: its name.
        layer: counted from 1.
        rows: in use, the bias included.
        cols: weight columns in use.
        count: of such subarrays; 1 of a single one.
        row_tile: its place among the row tiles, counted from 0; None of a shape.
        col_tile: its place among the column tiles, likewise.
        power: that the sources deliver, the mean over inputs [W].
        far_share: voltage at the far column over that of the source.
        signal_share: slope of the last pair's differential output over that without wires.
        time_constant: of the slowest mode [s].
    """

    technology: str
    layer: int
    rows: int
    cols: int
    count: int  # type: ignore[assignment]  # a tuple's method of that name is of no use here
    row_tile: int | None
    col_tile: int | None
    power: ExactFigure
    far_share: ExactFigure
    signal_share: ExactFigure
    time_constant: ExactFigure


class NotSolved(NamedTuple):
    """A technology whose crossbars are no circuit that is solved exactly, and why, where others are."""

    technology: str
    reason: str


class CheckRow(NamedTuple):
    """Our exact solution beside ngspice; of many values the one that is furthest off.

    Attributes:
        what: the values that are compared.
        unit: their unit.
        ours: of the exact solution.
        ngspice: of ngspice; infinite, null in JSON, where a line has not settled.
        error: their difference relative to the largest value of its kind.
        limit: of the error; None where none is set.
        ok: whether the limit is kept.
    """

    what: str
    unit: str
    ours: float | None
    ngspice: float | None
    error: float | None
    limit: float | None
    ok: bool


class CheckDocument(NamedTuple):
    """A netlist checked by ngspice."""

    schema_version: str
    title: str
    rows: tuple[CheckRow, ...]
    ok: bool
