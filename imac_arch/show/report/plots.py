"""Kinds of figures: numbers in, plotly figures as plain data out. Colours of text and grid are set by the page.

Plain data, because plotly's classes take time to load and the page needs JSON; a test reads every
figure back through ``plotly.graph_objects``, which refuses what plotly does not know.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Figure
from imac_arch.show.escapes import plot_text

__all__ = [
    "COMPONENTS",
    "DASHES",
    "OTHER",
    "PALETTE",
    "SYMBOLS",
    "Axis",
    "Plot",
    "Point",
    "Trace",
    "bar",
    "bars",
    "curves",
    "error_bars",
    "hatch",
    "layout",
    "legend",
    "log_axis",
    "points",
    "scatter",
]

Trace = dict[str, object]
Axis = dict[str, object]
Plot = dict[str, object]
OTHER = "#6b7280"
PALETTE = (
    "#0b72b5", "#d98200", "#00876c", "#a8518a", "#8a6d00", "#5b5fc7", "#c0452c", "#3d8b99", "#7d7d7d", "#b07aa1",
    "#4e9a51", "#9c6f44", "#2f4b7c", "#e07b91", "#6aa3d5", "#b5a100", "#7b3f98", "#2a9d8f", "#e76f51", "#55606b",
)  # fmt: skip
COMPONENTS = (  # none of an architecture's
    "#5b5fc7", "#c0452c", "#b5a100", "#6aa3d5", "#e07b91", "#9c6f44", "#4e9a51", "#7b3f98", "#f2a65a", "#3d8b99",
    "#8a6d00", "#b07aa1", "#88b04b", "#4a6fa5", "#e76f51", "#9aa5b1", "#d4a5a5", "#5d8a66", "#c9b458", "#55606b",
    "#7d4f50", "#66c2a5", "#aa7bc3", "#c08497", "#a3a380", "#7c98b3",
)  # fmt: skip
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star", "pentagon", "hexagon")
TEXTS = ("name", "offsetgroup", "text", "ticktext", "x", "y")  # fields that hold names
UPRIGHT = 4  # bars that stand; more lie, for their names need room


class Point(NamedTuple):
    """A named figure on two axes, in printed units."""

    head: str
    colour: str
    symbol: str
    x: float
    y: float
    x_ends: tuple[float, float]
    y_ends: tuple[float, float]


def bar(**fields: object) -> Trace:
    """Return a trace of bars."""
    return {"type": "bar", **fields}


def scatter(**fields: object) -> Trace:
    """Return a trace of points or lines."""
    return {"type": "scatter", **fields}


def layout(
    traces: Sequence[Trace],
    height: int,
    margin: Mapping[str, object] | None = None,
    legend: Mapping[str, object] | None = None,
    **given: object,
) -> Plot:
    """Return a figure of traces [px]. Names are text in it, and a line feed in a text breaks the line."""
    around = margin or {"l": 60, "r": 16, "t": 12, "b": 48}
    base: Axis = {"height": height, "margin": around, "hovermode": "closest", "dragmode": False}
    base |= {"legend": legend} if legend else {}
    return {"data": [_escaped(trace) for trace in traces], "layout": _escaped({**base, **given})}


def _escaped(part: Any, key: str = "") -> Any:
    """Return a part of a figure whose texts mean nothing else."""
    if isinstance(part, str):
        return plot_text(part) if key in TEXTS else part
    if isinstance(part, dict):
        return {name: _escaped(value, name) for name, value in part.items()}
    if isinstance(part, list | tuple) and part and isinstance(part[0], str | dict | list | tuple):
        return [_escaped(value, key) for value in part]
    return part


def legend() -> Axis:
    """Return a legend below the figure."""
    return {"orientation": "h", "y": -0.22, "x": 0, "yanchor": "top"}


def log_axis(title: str, values: Iterable[float]) -> Axis:
    """Return a log axis; where it spans more than a decade only whole decades are labelled."""
    shown = [v for v in values if v > 0]
    span = math.log10(max(shown) / min(shown)) if shown else 0.0
    axis: Axis = {
        "type": "log",
        "title": {"text": title},
        "exponentformat": "power",
        "automargin": True,
        "tickangle": 0,
    }
    return axis | ({"dtick": math.ceil(span / 7)} if span > 1 else {})


def error_bars(above: Sequence[float], below: Sequence[float], width: int | None = None) -> Axis:
    """Return error bars of these lengths."""
    whiskers: Axis = {"type": "data", "symmetric": False, "array": list(above), "arrayminus": list(below)}
    return whiskers | {"thickness": 1.5} | ({"width": width} if width else {})


def hatch(bars: Sequence[bool], *, several: bool = False) -> Axis:
    """Return the pattern of bars of which some are hatched; none where none is.

    Bars of ``several`` colours are lines of these alone: for lines over them the bundle knows no colour, and says so in
    the console of the browser.
    """
    style = {"fillmode": "replace", "fgopacity": 1, "solidity": 0.45} if several else {"fillmode": "overlay"}
    return {"pattern": {"shape": ["/" if each else "" for each in bars], "size": 7, **style}} if any(bars) else {}


def bars(
    figures: Sequence[Figure], heads: Sequence[str], colours: Sequence[str], scale: float, title: str, *,
    lying: bool = False, hatched: Sequence[bool] = (),
) -> Plot | None:  # fmt: skip
    """Return log bars with 90 % intervals; a value of zero or none has no bar on a log axis.

    Many bars, or ``lying``, are laid down, for long names need room; ``hatched`` ones are of designs that fail.
    """
    shaded = hatched or [False] * len(heads)
    kept = [
        (f.value * scale, f.interval, h, c, s)
        for f, h, c, s in zip(figures, heads, colours, shaded, strict=True)
        if f.value
    ]
    if not kept:
        return None
    values, ends, names = [k[0] for k in kept], [k[1] for k in kept], [k[2] for k in kept]
    above = [max(e.high * scale - v, 0) if e else 0 for v, e in zip(values, ends, strict=True)]
    below = [max(v - e.low * scale, 0) if e and e.low else 0 for v, e in zip(values, ends, strict=True)]
    marker = {"color": [k[3] for k in kept]} | hatch([k[4] for k in kept], several=True)
    error = error_bars(above, below, 6)
    if lying or len(kept) > UPRIGHT:
        hover = "%{y}: %{x:.3g}<extra></extra>"
        trace = bar(y=names, x=values, orientation="h", marker=marker, error_x=error, hovertemplate=hover)
        across = {"autorange": "reversed", "automargin": True}
        return layout([trace], 110 + 34 * len(kept), xaxis=log_axis(title, values), yaxis=across, showlegend=False)
    trace = bar(x=names, y=values, marker=marker, error_y=error, hovertemplate="%{x}: %{y:.3g}<extra></extra>")
    axis = {"automargin": True, "tickangle": 0}
    return layout([trace], 330, yaxis=log_axis(title, values), xaxis=axis, bargap=0.45, showlegend=False)


def points(shown: Sequence[Point], across: str, upward: str, size: int = 11) -> list[Trace]:
    """Return named points with their intervals; ``across`` and ``upward`` are printed units."""
    traces = []
    for point in shown:
        errors = {
            f"error_{axis}": error_bars([max(ends[1] - value, 0)], [max(value - ends[0], 0)])
            for axis, value, ends in (("x", point.x, point.x_ends), ("y", point.y, point.y_ends))
        }
        hover = f"%{{fullData.name}}: %{{x:.3g}} {across}, %{{y:.3g}} {upward}<extra></extra>"
        marker: Axis = {"size": size, "color": point.colour, "symbol": point.symbol}
        marker |= {"line": {"width": 2, "color": point.colour}} if point.symbol.endswith("-open") else {}
        traces.append(
            scatter(x=[point.x], y=[point.y], mode="markers", name=point.head, marker=marker, **errors,
                    hovertemplate=hover)
        )  # fmt: skip
    return traces


def curves(
    x: Sequence[float], band: tuple[Sequence[float], Sequence[float]] | None, lines: Mapping[str, Sequence[float]],
    across: str, upward: str,
) -> Plot:  # fmt: skip
    """Return lines over one axis, the first of them with a band, if any, from ``band[0]`` to ``band[1]``."""
    edge: Trace = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    traces: list[Trace] = []
    if band is not None:
        traces.append(scatter(x=list(x), y=list(band[0]), **edge))
        traces.append(scatter(x=list(x), y=list(band[1]), fill="tonexty", fillcolor="rgba(11,114,181,0.25)", **edge))
    for k, (name, y) in enumerate(lines.items()):
        line = {"color": (PALETTE[0], OTHER)[k % 2], "dash": DASHES[k % len(DASHES)], "width": 2}
        hover = "%{x:.2f}, %{y:.3f}<extra>%{fullData.name}</extra>"
        traces.append(scatter(x=list(x), y=list(y), mode="lines", name=name, line=line, hovertemplate=hover))
    axes = {
        name: {"title": {"text": text}, "automargin": True} for name, text in (("xaxis", across), ("yaxis", upward))
    }
    return layout(traces, 400, legend=legend(), **axes)
