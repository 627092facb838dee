"""The page of ``validate``: predictions beside measurements, and what can be learnt from how far off they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.document.shapes import Generator
from imac_arch.document.validation import ChipRow, Estimate, ValidationDocument
from imac_arch.show.report.html import page
from imac_arch.show.report.plots import (
    OTHER,
    PALETTE,
    Axis,
    Plot,
    Trace,
    bar,
    error_bars,
    layout,
    legend,
    log_axis,
    scatter,
)
from imac_arch.show.sheet import Table
from imac_arch.show.validation import (
    KIND_NAMES,
    ablation_table,
    answer,
    assumed_table,
    breakdown_table,
    chips_table,
    label,
    miss_table,
    pair_table,
    split_table,
    summary_table,
    system_table,
)

__all__ = ["ValidationPage", "render_validation", "validation_figures"]

Pick = Callable[[ChipRow], Estimate]
COLOURS = {"sram": PALETTE[0], "digital": PALETTE[2], "nvm": PALETTE[1]}
SHAPES = {"sram": "circle", "digital": "square", "nvm": "diamond"}
BANDS = ((2, "rgba(107,114,128,0.20)"), (3, "rgba(107,114,128,0.12)"))
ROOM = 1.6  # beyond the points, as a factor


class ValidationPage(NamedTuple):
    """What ``validation.html.j2`` shows, from top to bottom."""

    generator: Generator
    title: str
    document: ValidationDocument
    sentences: tuple[str, ...]
    summary: Table
    own: tuple[Table, ...]
    chips: Table
    misses: Table
    ablations: Table
    splits: Table
    pairs: Table
    systems: Table | None
    assumed: Table
    constants: Table


def render_validation(document: ValidationDocument) -> str:
    """Return the page of a document, the same bytes for the same document."""
    files = set(document.conditions.files)
    view = ValidationPage(
        generator=document.generator,
        title="Predictions against published silicon",
        document=document,
        sentences=answer(document),
        summary=summary_table(document.summary),
        own=tuple(breakdown_table(row) for row in document.chips if row.file in files),
        chips=chips_table(document.chips),
        misses=miss_table(document),
        ablations=ablation_table(document),
        splits=split_table(document),
        pairs=pair_table(document),
        systems=system_table(document) if document.systems else None,
        assumed=assumed_table(document.chips),
        constants=_constants(document),
    )
    return page("validation.html.j2", view, validation_figures(document))


def _constants(document: ValidationDocument) -> Table:
    rows = tuple((c.name, c.path, f"{c.value:.3g}", c.status, c.note) for c in document.law.constants)
    return Table(("constant", "multiplies", "value", "status", "what it stands for"), rows, left=(0, 1, 3, 4))


def validation_figures(document: ValidationDocument) -> dict[str, Plot]:
    """Return the figures, as far as there is something measured."""
    energy = [row for row in document.chips if row.energy.ratio is not None]
    area = [row for row in document.chips if row.area.ratio is not None]
    drawn: dict[str, Plot] = {}
    if energy:
        drawn["fig-energy"] = _against(energy, lambda row: row.energy, 1e15, "energy per conversion", "fJ")
        drawn["fig-family"] = _residuals(energy, lambda row: row.family, "family")
        drawn["fig-node"] = _residuals(energy, lambda row: row.node * 1e9, "node [nm]", log=True)
        if any(row.year for row in energy):
            drawn["fig-year"] = _residuals([r for r in energy if r.year], lambda row: float(row.year or 0), "year")
    if area:
        drawn["fig-area"] = _against(area, lambda row: row.area, 1e6, "area of an array", "mm²")
    if document.ablations and energy:
        drawn["fig-ablations"] = _ablations(document)
    return drawn


def _groups(rows: Sequence[ChipRow]) -> list[tuple[str, str, list[ChipRow]]]:
    pairs = dict.fromkeys((row.kind, row.family) for row in rows)
    return [(kind, fam, [r for r in rows if (r.kind, r.family) == (kind, fam)]) for kind, fam in pairs]


def _marker(kind: str, family: str) -> Axis:
    """Return the marker of a kind and a family: filled where predictions were made without the chip in sight."""
    open_ = "" if kind == "blind" else "-open"
    return {"size": 10, "color": COLOURS[family], "symbol": SHAPES[family] + open_,
            "line": {"width": 2, "color": COLOURS[family]}}  # fmt: skip


def _told(row: ChipRow) -> str:
    year = f", {row.year}" if row.year else ""
    return f"{label(row)}: {row.memory}, {format_value(row.node, 'm')}, {row.vdd:g} V{year}"


def _against(rows: Sequence[ChipRow], pick: Pick, scale: float, what: str, unit: str) -> Plot:
    """Return predicted over measured on log axes, with bands of two and three times and interval bars."""
    x_all = [(pick(row).measured or 0) * scale for row in rows]
    low, high = min(x_all) / ROOM, max(x_all) * ROOM
    traces: list[Trace] = []
    for factor, colour in reversed(BANDS):
        edge: Trace = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        traces.append(scatter(x=[low, high], y=[low / factor, high / factor], showlegend=False, **edge))
        traces.append(
            scatter(x=[low, high], y=[low * factor, high * factor], fill="tonexty", fillcolor=colour,
                    name=f"within {factor}x", **edge)
        )  # fmt: skip
    line = {"color": OTHER, "width": 1, "dash": "dash"}
    traces.append(scatter(x=[low, high], y=[low, high], mode="lines", line=line, hoverinfo="skip", showlegend=False))
    for kind, family, mine in _groups(rows):
        found = [pick(row) for row in mine]
        values = [(f.value or 0) * scale for f in found]
        above = [max((f.high or 0) * scale - v, 0) for f, v in zip(found, values, strict=True)]
        below = [max(v - (f.low or 0) * scale, 0) for f, v in zip(found, values, strict=True)]
        hover = f"%{{text}}<br>measured %{{x:.3g}} {unit}, predicted %{{y:.3g}} {unit}<extra>{KIND_NAMES[kind]}</extra>"
        traces.append(
            scatter(x=[(f.measured or 0) * scale for f in found], y=values, mode="markers",
                    name=f"{family}, {KIND_NAMES[kind]}", text=[_told(row) for row in mine],
                    marker=_marker(kind, family), error_y=error_bars(above, below, 3), hovertemplate=hover)
        )  # fmt: skip
    across = log_axis(f"{what}, measured [{unit}]", x_all)
    upward = log_axis(f"{what}, predicted [{unit}]", [v for v in x_all if v])
    return layout(traces, 560, legend=legend(), xaxis=across, yaxis=upward)


def _residuals(rows: Sequence[ChipRow], by: Callable[[ChipRow], str | float], title: str, log: bool = False) -> Plot:
    """Return prediction over measurement against a property of the chips."""
    traces: list[Trace] = []
    for kind, family, mine in _groups(rows):
        hover = "%{text}<br>predicted over measured %{y:.2f}<extra></extra>"
        traces.append(
            scatter(x=[by(row) for row in mine], y=[row.energy.ratio for row in mine], mode="markers",
                    name=f"{family}, {KIND_NAMES[kind]}", text=[_told(row) for row in mine],
                    marker=_marker(kind, family), hovertemplate=hover)
        )  # fmt: skip
    ratios = [row.energy.ratio or 1.0 for row in rows]
    across: Axis = {"title": {"text": title}, "automargin": True}
    if log:
        nodes = sorted({float(by(row)) for row in rows})
        across |= {"type": "log", "tickvals": nodes, "ticktext": [f"{node:g}" for node in nodes]}
    elif isinstance(by(rows[0]), str):
        across |= {"type": "category"}
    else:
        across |= {"dtick": 1, "tickformat": "d"}
    lines = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y,
         "line": {"color": OTHER, "width": 1, "dash": "dash" if y == 1 else "dot"}}
        for y in (1 / 3, 1 / 2, 1, 2, 3)
    ]  # fmt: skip
    upward = log_axis("energy, predicted over measured", ratios) | {
        "tickvals": [0.1, 1 / 3, 0.5, 1, 2, 3, 10], "ticktext": ["0.1", "1/3", "1/2", "1", "2", "3", "10"],
    }  # fmt: skip
    return layout(traces, 380, legend=legend(), xaxis=across, yaxis=upward, shapes=lines)


def _ablations(document: ValidationDocument) -> Plot:
    """Return the median factor with each choice made otherwise, beside that of the law."""
    rows = document.ablations
    names = [f"{a.choice}: {a.alternative}" for a in rows]
    values = [a.median_factor for a in rows]
    law = values[0] / rows[0].change if rows and rows[0].change else math.nan
    hover = "%{y}: %{x:.2f}x<extra></extra>"
    trace = bar(x=values, y=names, orientation="h", marker={"color": PALETTE[0]}, hovertemplate=hover)
    line = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": law, "x1": law,
            "line": {"color": OTHER, "dash": "dash"}}  # fmt: skip
    across = {
        "title": {"text": "median factor of the energy; dashed: the law"},
        "automargin": True,
        "rangemode": "tozero",
    }
    upward = {"autorange": "reversed", "automargin": True, "type": "category"}
    return layout([trace], 110 + 34 * len(rows), xaxis=across, yaxis=upward, shapes=[line], showlegend=False)
