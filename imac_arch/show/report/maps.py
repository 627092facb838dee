"""The best designs over two axes as a heat map, with lines where the verdict changes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from imac_arch.document.drawn import HeatMap, Side
from imac_arch.document.shapes import MetricRow
from imac_arch.document.sweep import SweepDocument
from imac_arch.show.report.plots import Axis, Plot, Trace, layout, scatter
from imac_arch.show.sheet import FAILS, Cell, Row, Table
from imac_arch.show.values import scaled_metric, show_metric

__all__ = ["heat_map", "map_sentence", "map_table"]

WORKS, DOUBTFUL = "works", "doubtful"
TICKS = 8  # labels of an axis
VEILS = {DOUBTFUL: 1, FAILS: 2}
VEIL = [[0, "rgba(120,120,120,0.35)"], [0.5, "rgba(120,120,120,0.35)"], [0.5, "rgba(120,120,120,0.75)"],
        [1, "rgba(120,120,120,0.75)"]]  # fmt: skip
TABLED = 16  # cells of a side, of maps that stand in a table


def heat_map(document: SweepDocument, shown: HeatMap) -> Plot | None:
    """Return a map: colours are the metric, grey veils what is doubtful or fails, lines bound them."""
    metric = next(each for each in document.metrics if each.name == shown.metric)
    known = [value for row in shown.values for value in row if value is not None]
    if not known:
        return None
    log = min(known) > 0 and max(known) > 0
    scale, unit = scaled_metric(metric, sorted(known)[len(known) // 2])

    def level(value: float | None) -> float | None:
        return None if value is None else math.log10(value * scale) if log else value * scale

    told = [
        [_told(metric, shown, x, y) for x in range(len(shown.across.cells))] for y in range(len(shown.upward.cells))
    ]
    title = f"{metric.title} [{unit}]" if unit else metric.title
    levels = [[level(value) for value in row] for row in shown.values]
    colours: Trace = {
        "type": "heatmap", "z": [[None if v is None else round(v, 4) for v in row] for row in levels], "text": told,
        "hovertemplate": "%{text}<extra></extra>", "colorscale": "Viridis", "reversescale": metric.better == "lower",
        "colorbar": _bar(title, [v for row in levels for v in row if v is not None], log),
    }  # fmt: skip
    veil: Trace = {
        "type": "heatmap", "z": [[VEILS.get(verdict) for verdict in row] for row in shown.verdicts],
        "zmin": 1, "zmax": 2, "colorscale": VEIL, "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip
    traces = [colours, veil, *_bounds(shown.verdicts)]
    axes = {"xaxis": _axis(shown.across), "yaxis": _axis(shown.upward)}
    return layout(traces, 470, {"l": 60, "r": 16, "t": 70, "b": 60}, **axes)


def _told(metric: MetricRow, shown: HeatMap, x: int, y: int) -> str:
    value, verdict = shown.values[y][x], shown.verdicts[y][x]
    at = f"{shown.across.name} {shown.across.cells[x]}, {shown.upward.name} {shown.upward.cells[y]}"
    return f"{at}\n{show_metric(metric, value)}, {verdict}" if verdict else f"{at}\nno design can be"


def _bar(title: str, levels: Sequence[float], log: bool) -> Axis:
    """Return the scale of colours, above the map; a logarithmic one labels what it stands for."""
    bar: Axis = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "thickness": 10, "len": 1, "x": 0.5,
                 "title": {"text": title, "side": "top"}}  # fmt: skip
    if not log:
        return bar
    low, high = min(levels), max(levels)
    inner = [math.log10(m * 10.0**k) for k in range(math.floor(low), math.ceil(high) + 1) for m in (1, 2, 5)]
    ticks = [t for t in inner if low <= t <= high]
    if high - low > 2:
        ticks = [t for t in ticks if t == round(t)][:: max(math.ceil((high - low) / TICKS), 1)]
    ticks = ticks if len(ticks) > 1 else [low, high] if high > low else [low]
    return bar | {"tickvals": ticks, "ticktext": [_number(10**t) for t in ticks]}


def _number(value: float) -> str:
    return f"{value:,.0f}" if 1e3 <= value < 1e6 else f"{value:.3g}"


def _axis(side: Side) -> Axis:
    """Return an axis of cells, a few of which are labelled."""
    count = len(side.cells)
    step = math.ceil(count / TICKS)
    places = list(range(0, count, step))
    texts = [side.cells[k].partition(" to ")[0] for k in places]
    return {"title": {"text": side.name}, "tickvals": places, "ticktext": texts, "automargin": True, "showgrid": False,
            "zeroline": False, "range": [-0.5, count - 0.5], "tickangle": 0}  # fmt: skip


def _bounds(verdicts: Sequence[Sequence[str]]) -> list[Trace]:
    """Return the lines between cells whose verdicts differ, dark on light, so that they show on any colour."""
    x: list[float | None] = []
    y: list[float | None] = []
    for start, end in _edges(verdicts):
        x += [start[0], end[0], None]
        y += [start[1], end[1], None]
    if not x:
        return []
    return [
        scatter(x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, line={"width": width, "color": colour})
        for width, colour in ((4, "#ffffff"), (1.8, "#000000"))
    ]


Spot = tuple[float, float]


def _edges(verdicts: Sequence[Sequence[str]]) -> Iterator[tuple[Spot, Spot]]:
    """Give the edges between cells whose verdicts differ, those in one line as one."""
    high, wide = len(verdicts), len(verdicts[0])
    for x in range(1, wide):
        for low, end in _runs([verdicts[y][x - 1] != verdicts[y][x] for y in range(high)]):
            yield (x - 0.5, low - 0.5), (x - 0.5, end - 0.5)
    for y in range(1, high):
        for low, end in _runs([verdicts[y - 1][x] != verdicts[y][x] for x in range(wide)]):
            yield (low - 0.5, y - 0.5), (end - 0.5, y - 0.5)


def _runs(marks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Give from where to where marks are true."""
    start = None
    for k, mark in enumerate([*marks, False]):
        if mark and start is None:
            start = k
        elif not mark and start is not None:
            yield start, k
            start = None


def map_sentence(document: SweepDocument, shown: HeatMap) -> str:
    """Return how much of a map works, and where the metric is best."""
    metric = next(each for each in document.metrics if each.name == shown.metric)
    cells = [(verdict, value, x, y) for y, row in enumerate(shown.values) for x, value in enumerate(row)
             if (verdict := shown.verdicts[y][x])]  # fmt: skip
    of = len(shown.across.cells) * len(shown.upward.cells)
    works = [(value, x, y) for verdict, value, x, y in cells if verdict == WORKS and value is not None]
    doubtful = sum(verdict == DOUBTFUL for verdict, *_ in cells)
    told = f"{shown.architecture} works in {len(works)} of {of} cells"
    told += f", is doubtful in {doubtful}" if doubtful else ""
    if not works:
        return told + "."
    pick = min if metric.better == "lower" else max
    value, x, y = pick(works)
    place = f"{shown.across.name}={shown.across.cells[x]} {shown.upward.name}={shown.upward.cells[y]}"
    return f"{told}; the best {metric.title} of these is {show_metric(metric, value)}, at {place}."


def map_table(document: SweepDocument, shown: HeatMap) -> Table | None:
    """Return a map as a table, the second axis downwards; None where it is too wide for one."""
    if max(len(shown.across.cells), len(shown.upward.cells)) > TABLED:
        return None
    metric = next(each for each in document.metrics if each.name == shown.metric)
    rows: list[Row] = []
    for cell, values, verdicts in zip(shown.upward.cells, shown.values, shown.verdicts, strict=True):
        marks = ["" if verdict in (WORKS, "") else FAILS for verdict in verdicts]
        rows.append((cell, *(Cell(show_metric(metric, v), mark=m) for v, m in zip(values, marks, strict=True))))
    title = f"{shown.architecture}: best {metric.title} by {shown.across.name} (columns) and {shown.upward.name} (rows)"
    return Table((shown.upward.name, *shown.across.cells), tuple(rows), title)
