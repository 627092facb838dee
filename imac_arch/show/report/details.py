"""What stands behind the summary, as text and tables: breakdown, unit costs, tiles, batch, neglected."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.document.comparison import ArchitectureRow, ComparisonDocument, ComponentRow, MappingRow, NeglectedRow
from imac_arch.show.report.tiles import Drawing, draw_tiles
from imac_arch.show.sentences import break_even_lines, columns, judged_heading
from imac_arch.show.sheet import Row, Table
from imac_arch.show.values import value_cell

__all__ = ["Batch", "Bill", "Layer", "batch", "bills", "components", "layers", "neglected"]


class Bill(NamedTuple):
    """An architecture's components and their total."""

    name: str
    table: Table
    total: tuple[str, ...]


class Layer(NamedTuple):
    """A layer on its subarrays; without a drawing where there are too many of them."""

    name: str
    subarrays: str
    sentence: str
    drawing: Drawing | None


class Batch(NamedTuple):
    """The board over the batch."""

    board: str
    break_even: tuple[str, ...]
    curve: Table


def bills(document: ComparisonDocument) -> tuple[Bill, ...]:
    """Return each architecture's components as a table."""
    return tuple(_bill(document, row) for row in columns(document))


def _bill(document: ComparisonDocument, row: ArchitectureRow) -> Bill:
    rows = []
    for part in document.breakdown:
        if (part.technology, part.architecture) == (row.technology, row.name):
            layer = "shared" if part.layer is None else str(part.layer)
            costs = (part.area, part.energy, part.leakage_energy, part.latency)
            shown = (format_value(value, unit) for value, unit in zip(costs, ("m^2", "J", "J", "s"), strict=True))
            rows.append((part.component, layer, format_value(part.instances, "", 4), *shown))
    own = {name: row.metrics[name].value for name in ("area", "energy", "energy_active", "latency")}
    energy, active = own["energy"], own["energy_active"]
    leakage = None if energy is None or active is None else energy - active
    total = (
        "total", "", "", format_value(own["area"], "m^2"), format_value(energy, "J"), format_value(leakage, "J"),
        format_value(own["latency"], "s"),
    )  # fmt: skip
    heads = ("component", "layer", "instances", "area", "energy", "of which leakage", "latency")
    return Bill(judged_heading(document, row), Table(heads, tuple(rows)), total)


def components(document: ComparisonDocument) -> Table:
    """Return the unit costs."""
    many = len(document.technologies) > 1
    heads = (
        "architecture", "component", "area", "action energy", "latency", "leakage", "static power", "law",
        "source",
    )  # fmt: skip
    return Table(heads, tuple(_component(row, many) for row in document.components), left=(0, 1, 8))


def _component(row: ComponentRow, many: bool) -> tuple[str, ...]:
    where = f"{row.architecture} ({row.technology})" if many else row.architecture
    costs = (
        format_value(row.area, "m^2"), format_value(row.action_energy, "J"), format_value(row.latency, "s"),
        format_value(row.leakage, "W"), format_value(row.power, "W"),
    )  # fmt: skip
    law = "; ".join((row.law, *row.scaled))
    return where, row.component, *costs, law, ", ".join(row.source) or "assumed"


def layers(document: ComparisonDocument) -> tuple[Layer, ...]:
    """Return every layer on its subarrays."""
    many = len(document.technologies) > 1
    return tuple(_layer(row, many) for row in document.mapping)


def _layer(row: MappingRow, many: bool) -> Layer:
    name = f"{row.technology}, layer {row.layer}" if many else f"layer {row.layer}"
    count = f"{row.subarrays:,}"
    sentence = (
        f"{row.rows} rows x {row.cols} columns on {row.row_tiles} x {row.col_tiles} = {count} subarrays of "
        f"{row.subarray_rows} x {row.subarray_cols}; {row.utilization:.1%} in use"
    )
    return Layer(name, count, sentence, draw_tiles(row))


def batch(document: ComparisonDocument) -> Batch | None:
    """Return the board over the batch; None where no board takes part."""
    board = document.board
    if not document.batch_curve or board is None:
        return None
    stands = f": {board.run}" if board.run else ""
    if board.status == "modelled":
        stands = ": no measurement of it stands behind these lines"
    rows: tuple[Row, ...] = tuple(
        (f"{point.batch:,}", value_cell(point.interval, "s", 3), value_cell(point.energy, "J", 3))
        for point in document.batch_curve
    )
    curve = Table(("batch", "time per inference", "energy per inference"), rows)
    lines = break_even_lines(document, document.break_even)
    return Batch(f"Board {board.title}, {board.status}{stands}.", lines, curve)


def neglected(document: ComparisonDocument) -> dict[str, tuple[NeglectedRow, ...]]:
    """Return what the figures leave out, by architecture."""
    groups: dict[str, tuple[NeglectedRow, ...]] = {}
    for row in document.neglected:
        name = f"{row.architecture} ({row.technology})"
        groups[name] = (*groups.get(name, ()), row)
    return groups
