"""The sections of a report behind the summary: breakdown, unit costs, tiles, exact check, batch, laws, neglected."""

from __future__ import annotations

from collections.abc import Mapping

from imac_arch.data.units import format_value
from imac_arch.document.comparison import ArchitectureRow, ComparisonDocument, ComponentRow, MappingRow
from imac_arch.document.studied import AdcScenario
from imac_arch.show.exact import exact_table
from imac_arch.show.report.html import Html, details, escape, heading, items, joined, paragraph, plot, table
from imac_arch.show.report.tiles import draw_tiles
from imac_arch.show.sentences import break_even_lines, columns, programming_lines
from imac_arch.show.sentences import heading as column_head
from imac_arch.show.sheet import Cell, Table
from imac_arch.show.values import ratio_cell, show_metric, value_cell

__all__ = [
    "adc_section",
    "batch_section",
    "breakdown_section",
    "components_section",
    "exact_section",
    "neglected_section",
    "tiles_section",
]

NOTHING = Html("")
STACKS = {"energy": "Energy per inference, leakage included", "area": "Area", "latency": "Latency on the critical path"}


def breakdown_section(document: ComparisonDocument, drawn: Mapping[str, object]) -> Html:
    """Return shares of the totals as figures, and each architecture's components as a table."""
    parts = [heading("Breakdown by component", name="breakdown")]
    text = "Shares of each architecture's own total; parts under 0.05 % are only in the table."
    for name, word in STACKS.items():
        if f"fig-{name}" in drawn:
            parts += [heading(word, 3), plot(f"fig-{name}", f"{word} by component", text)]
    return joined([*parts, *(_breakdown(document, row) for row in columns(document))])


def _breakdown(document: ComparisonDocument, row: ArchitectureRow) -> Html:
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
    foot = (
        "total", "", "", format_value(own["area"], "m^2"), format_value(energy, "J"), format_value(leakage, "J"),
        format_value(own["latency"], "s"),
    )  # fmt: skip
    heads = ("component", "layer", "instances", "area", "energy", "of which leakage", "latency")
    name = column_head(document, row)
    return details(f"Table: {name}", table(Table(heads, tuple(rows)), f"Breakdown of {name}", foot=foot))


def components_section(document: ComparisonDocument) -> Html:
    """Return the unit costs."""
    text = (
        "Costs of one instance; energy and latency of one action. Static power flows while a component is biased. "
        "Where a law depends on the layer, the layer with most instances is shown."
    )
    many = len(document.technologies) > 1
    heads = (
        "architecture", "component", "area", "action energy", "latency", "leakage", "static power", "law",
        "source",
    )  # fmt: skip
    rows = tuple(_component(row, many) for row in document.components)
    shown = table(Table(heads, rows, left=(0, 1, 8)), "Components per unit", long=(7,))
    return joined([heading("Components, per unit", name="components"), paragraph(text, soft=True), shown])


def _component(row: ComponentRow, many: bool) -> tuple[str, ...]:
    where = f"{row.architecture} ({row.technology})" if many else row.architecture
    costs = (
        format_value(row.area, "m^2"), format_value(row.action_energy, "J"), format_value(row.latency, "s"),
        format_value(row.leakage, "W"), format_value(row.power, "W"),
    )  # fmt: skip
    law = "; ".join((row.law, *row.scaled))
    return where, row.component, *costs, law, ", ".join(row.source) or "assumed"


def tiles_section(document: ComparisonDocument) -> Html:
    """Return every layer on its subarrays, and what writing them costs."""
    if not document.mapping:
        return NOTHING
    many = len(document.technologies) > 1
    text = (
        "To scale; filled is in use. Rows of the crossbar run to the right, weight columns downwards. The bias takes "
        "one row where the network gives it one."
    )
    layers = "\n".join(_tiles(row, many) for row in document.mapping)
    return joined([
        heading("Tiles on subarrays", name="tiles"),
        paragraph(text, soft=True),
        Html(f'<div class="layers">\n{layers}\n</div>'),
        *map(paragraph, programming_lines(document)),
    ])  # fmt: skip


def _tiles(row: MappingRow, many: bool) -> Html:
    drawing = draw_tiles(row) or paragraph(f"{row.subarrays:,} subarrays, too many to draw.")
    head = f"{row.technology}, layer {row.layer}" if many else f"layer {row.layer}"
    text = (
        f"{row.rows} rows x {row.cols} columns on {row.row_tiles} x {row.col_tiles} = {row.subarrays:,} subarrays of "
        f"{row.subarray_rows} x {row.subarray_cols}; {row.utilization:.1%} in use"
    )
    return Html(f"<div>{heading(head, 3)}\n{drawing}\n{paragraph(text, soft=True)}</div>")


def exact_section(document: ComparisonDocument) -> Html:
    """Return the closed forms beside the exact network."""
    if not document.exact:
        return NOTHING
    given = document.conditions.weights == "given"
    what = (
        "Every subarray with its part of the given weights"
        if given
        else "One subarray of each shape with random weights"
    )
    text = (
        f"{what}, solved for random inputs of the same statistics: its power, the share of the input that reaches the "
        "far column, and its slowest time constant; the closed form of each with its error."
    )
    if given:
        text += " Where a layer has many subarrays, those of one shape share a line with the smallest, the median and "
        text += "the largest figure; the JSON document has each."
    title = "Closed forms against the exact network"
    return joined([heading(title, name="exact"), paragraph(text, soft=True), table(exact_table(document.exact), title)])


def batch_section(document: ComparisonDocument, drawn: Mapping[str, object]) -> Html:
    """Return the board over the batch."""
    board = document.board
    if not document.batch_curve or board is None:
        return NOTHING
    stands = f": {board.run}" if board.run else ""
    if board.status == "modelled":
        stands = ": no measurement of it stands behind these lines"
    captions = {
        "fig-batch-time": (
            "Time per inference of the GPU over the batch",
            "Time per inference falls as launches are shared; level lines are architectures that do not benefit from "
            "batching.",
        ),
        "fig-batch-energy": (
            "Energy per inference of the GPU over the batch",
            "Energy per inference falls likewise; where the curve falls below a line the GPU is ahead.",
        ),
    }
    plots = joined(plot(name, *texts) for name, texts in captions.items() if name in drawn)
    rows: tuple[tuple[str | Cell, ...], ...] = tuple(
        (f"{point.batch:,}", value_cell(point.interval, "s", 3), value_cell(point.energy, "J", 3))
        for point in document.batch_curve
    )
    shown = table(Table(("batch", "time per inference", "energy per inference"), rows), "Batch curve")
    return joined([
        heading("The GPU and its batch", name="batch"),
        paragraph(f"Board {board.title}, {board.status}{stands}."),
        items(break_even_lines(document, document.break_even)),
        Html(f'<div class="pair">\n{plots}\n</div>'),
        details("Table: batch curve", shown),
    ])  # fmt: skip


def adc_section(document: ComparisonDocument, drawn: Mapping[str, object]) -> Html:
    """Return the architectures with converters under each converter law."""
    if not document.adc_scenarios:
        return NOTHING
    names = ", ".join(dict.fromkeys(row.architecture for row in document.adc_scenarios))
    subject = document.adc_scenarios[0].subject
    over = f", and its ratio over {subject} (median and 90 % interval)" if subject else ""
    text = f"{names} priced by each published law{over}. They describe different converters, so they are scenarios, "
    parts = [heading("Converter laws, side by side", name="adc"), paragraph(f"{text}never averaged.", soft=True)]
    if "fig-adc" in drawn:
        caption = f"Above 1 favours {subject}. Bars are medians with 90 % intervals, log scale."
        parts.append(plot("fig-adc", f"{names} over {subject} under each converter law", caption))
    shown = [metric for metric in document.metrics if metric.headline]
    compared = [metric for metric in shown if metric.ratio] if subject else []
    heads = ("technology", "law", "what it is", *(m.title for m in shown), *(f"{m.title}, ratio" for m in compared))
    rows = []
    for row in document.adc_scenarios:
        cells: list[str | Cell] = ["—"] * (len(shown) + len(compared))
        if not row.error:
            cells = [show_metric(metric, row.metrics[metric.name].value) for metric in shown]
            cells += [_median(row, metric.name) for metric in compared]
        rows.append((row.technology, row.law, row.title + (f": {row.error}" if row.error else ""), *cells))
    return joined([*parts, table(Table(heads, tuple(rows), left=(0, 1)), "Converter laws", long=(2,))])


def _median(row: AdcScenario, metric: str) -> Cell:
    """Return a ratio by its median and interval."""
    cell = ratio_cell(row.ratios.get(metric))
    ends = row.ratios[metric].interval if metric in row.ratios else None
    return Cell(f"{format_value(ends.median, '')}x", cell.ends) if ends else cell


def neglected_section(document: ComparisonDocument) -> Html:
    """Return what the figures leave out."""
    groups: dict[str, list[str]] = {}
    for row in document.neglected:
        text = f'<li>{escape(f"{row.what}: {row.note}")} <span class="soft code">[{escape(row.where)}]</span></li>'
        groups.setdefault(f"{row.architecture} ({row.technology})", []).append(text)
    parts = [Html(f"{heading(name, 3)}<ul>{''.join(rows)}</ul>") for name, rows in groups.items()]
    text = "What the figures above leave out, by architecture."
    return joined([heading("Neglected", name="neglected"), paragraph(text, soft=True), *parts])
