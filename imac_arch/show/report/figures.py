"""Figures of a report: document in, plotly figures as plain data out. Colours of text and grid are set by the page.

Plain data, because plotly's classes take time to load and the page needs JSON; a test reads every
figure back through ``plotly.graph_objects``, which refuses what plotly does not know.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from imac_arch.show.tables import columns, heading

__all__ = ["COLOURS", "bars", "figures", "log_axis", "scatter_figure"]

Figure = dict[str, Any]
COLOURS = {"imac": "#0b72b5", "mixed_signal": "#d98200", "digital": "#00876c", "gpu": "#a8518a"}
_OTHER = "#6b7280"
_PARTS = (
    "#0b72b5", "#d98200", "#00876c", "#a8518a", "#8a6d00", "#5b5fc7", "#c0452c", "#3d8b99", "#7d7d7d", "#b07aa1",
    "#4e9a51", "#9c6f44", "#2f4b7c", "#e07b91", "#6aa3d5", "#b5a100", "#7b3f98", "#2a9d8f", "#e76f51", "#55606b",
)  # fmt: skip
_DASHES = ("solid", "dash", "dot", "dashdot")


def figures(document: Mapping[str, Any]) -> dict[str, Figure]:
    """Return every figure that the document has data for, by the id of its place in the page."""
    rows = columns(document)
    found = {
        "fig-pap": _bars(document, rows, "pap", 1e6, "power-area product [W mm²]"),
        "fig-throughput": _bars(document, rows, "throughput", 1.0, "throughput [inferences/s]"),
        "fig-plane": _plane(document, rows),
    }
    for name in ("energy", "area", "latency"):
        found[f"fig-{name}"] = _stack(document, rows, name)
    if document["batch_curve"]:
        found["fig-batch-time"] = _batch(document, rows, "interval", "time per inference [s]")
        found["fig-batch-energy"] = _batch(document, rows, "energy", "energy per inference [J]")
    laws = [row for row in document["adc_scenarios"] if row.get("energy_ratio")]
    if laws:
        found["fig-adc"] = _laws(document, laws)
    return {name: figure for name, figure in found.items() if figure is not None}


def _bar(**fields: Any) -> dict[str, Any]:
    return {"type": "bar", **fields}


def _scatter(**fields: Any) -> dict[str, Any]:
    return {"type": "scatter", **fields}


def _figure(traces: Sequence[Any], height: int, **layout: Any) -> Figure:
    margin = {"l": 60, "r": 16, "t": 12, "b": 48}
    base = {"height": height, "margin": margin, "hovermode": "closest", "dragmode": False}
    return {"data": list(traces), "layout": {**base, **layout}}


def log_axis(title: str, values: Sequence[float]) -> dict[str, Any]:
    """Return a log axis; where it spans more than a decade only whole decades are labelled."""
    found = [v for v in values if v and v > 0]
    span = math.log10(max(found) / min(found)) if found else 0.0
    axis = {"type": "log", "title": {"text": title}, "exponentformat": "power", "automargin": True, "tickangle": 0}
    return axis | ({"dtick": math.ceil(span / 7)} if span > 1 else {})


def _bars(
    document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], metric: str, scale: float, title: str
) -> Figure | None:
    heads = [heading(document, row) for row in rows]
    colours = [COLOURS.get(row["name"], _OTHER) for row in rows]
    return bars(rows, heads, colours, metric, scale, title)


def bars(
    rows: Sequence[Mapping[str, Any]],
    heads: Sequence[str],
    colours: Sequence[str],
    metric: str,
    scale: float,
    title: str,
    *,
    down: bool = False,
) -> Figure | None:
    """Return log bars with 90 % intervals; a value of zero or none has no bar on a log axis.

    Many bars, or ``down``, are laid down, for long names need room.
    """
    kept = [k for k, row in enumerate(rows) if row[metric]]
    if not kept:
        return None
    shown, heads = [rows[k] for k in kept], [heads[k] for k in kept]
    values = [row[metric] * scale for row in shown]
    limits = [row["intervals"][metric] or {} for row in shown]
    highs, lows = ([(limit.get(end) or 0) * scale for limit in limits] for end in ("high", "low"))
    above = [max(h - v, 0) if h else 0 for h, v in zip(highs, values, strict=True)]
    below = [max(v - low, 0) if low else 0 for low, v in zip(lows, values, strict=True)]
    error = {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "thickness": 1.5, "width": 6}
    marker = {"color": [colours[k] for k in kept]}
    if down or len(shown) > 4:
        bar = _bar(
            y=heads, x=values, orientation="h", marker=marker, error_x=error,
            hovertemplate="%{y}: %{x:.3g}<extra></extra>",
        )  # fmt: skip
        across = {"autorange": "reversed", "automargin": True}
        return _figure([bar], 110 + 34 * len(shown), xaxis=log_axis(title, values), yaxis=across, showlegend=False)
    bar = _bar(x=heads, y=values, marker=marker, error_y=error, hovertemplate="%{x}: %{y:.3g}<extra></extra>")
    axis = {"automargin": True, "tickangle": 0}
    return _figure([bar], 330, yaxis=log_axis(title, values), xaxis=axis, bargap=0.45, showlegend=False)


def scatter_figure(points: Sequence[Mapping[str, Any]], across: str, upward: str, **axes: Any) -> Figure:
    """Return named points with their intervals on two axes; ``across`` and ``upward`` are units."""
    symbols = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star", "pentagon", "hexagon")
    traces = []
    for k, point in enumerate(points):
        error = {}
        for axis in "xy":
            low, high = point[f"{axis}_limits"]
            up, down = max(high - point[axis], 0), max(point[axis] - low, 0)
            error[f"error_{axis}"] = {
                "type": "data", "symmetric": False, "array": [up], "arrayminus": [down], "thickness": 1.5,
            }  # fmt: skip
        traces.append(
            _scatter(
                x=[point["x"]], y=[point["y"]], mode="markers", name=point["head"],
                marker={"size": 11, "color": point["colour"], "symbol": symbols[k % len(symbols)]}, **error,
                hovertemplate=f"%{{fullData.name}}: %{{x:.3g}} {across}, %{{y:.3g}} {upward}<extra></extra>",
            )
        )  # fmt: skip
    return _figure(traces, 110 + 34 * len(points), legend=_legend(), **axes)


def curve_figure(
    x: Sequence[float], band: Sequence[Sequence[float]], lines: Mapping[str, Sequence[float]], across: str, upward: str
) -> Figure:
    """Return lines over one axis, the first of them with a band from ``band[0]`` to ``band[1]``."""
    colours = (COLOURS["imac"], _OTHER)
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    traces = [_scatter(x=list(x), y=list(band[0]), **edge)]
    traces.append(_scatter(x=list(x), y=list(band[1]), fill="tonexty", fillcolor="rgba(11,114,181,0.25)", **edge))
    for k, (name, y) in enumerate(lines.items()):
        line = {"color": colours[k % len(colours)], "dash": _DASHES[k % len(_DASHES)], "width": 2}
        hover = "%{x:.2f}, %{y:.3f}<extra>%{fullData.name}</extra>"
        traces.append(_scatter(x=list(x), y=list(y), mode="lines", name=name, line=line, hovertemplate=hover))
    axes = {
        name: {"title": {"text": text}, "automargin": True} for name, text in (("xaxis", across), ("yaxis", upward))
    }
    return _figure(traces, 400, legend=_legend(), **axes)


def _plane(document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Figure | None:
    """Return power against area with diagonals of equal power-area product."""
    shown = [row for row in rows if row["power"] and row["area"]]
    if not shown:
        return None
    traces: list[Any] = []
    low, high = min(r["area"] for r in shown) * 1e6 / 5, max(r["area"] for r in shown) * 1e6 * 5
    products = [r["pap"] * 1e6 for r in shown]
    start, stop = math.floor(math.log10(min(products))) - 1, math.ceil(math.log10(max(products))) + 2
    for exponent in range(start, stop, 2):
        value = 10.0**exponent
        traces.append(
            _scatter(
                x=[low, high], y=[value / low, value / high], mode="lines", hoverinfo="skip", showlegend=False,
                line={"width": 1, "dash": "dot", "color": "rgba(128,128,128,0.55)"},
            )
        )  # fmt: skip
    for row in shown:
        error = {}
        for axis, name, scale in (("error_x", "area", 1e6), ("error_y", "power", 1.0)):
            limits = row["intervals"][name]
            up = max((limits["high"] or 0) - row[name], 0) * scale
            down = max(row[name] - (limits["low"] or row[name]), 0) * scale
            error[axis] = {"type": "data", "symmetric": False, "array": [up], "arrayminus": [down], "thickness": 1.5}
        traces.append(
            _scatter(
                x=[row["area"] * 1e6], y=[row["power"]], mode="markers", name=heading(document, row),
                marker={"size": 12, "color": COLOURS.get(row["name"], _OTHER), "symbol": _symbol(document, row)},
                **error,
                hovertemplate="%{fullData.name}: %{x:.3g} mm², %{y:.3g} W<extra></extra>",
            )
        )  # fmt: skip
    bottom = min(min((r["intervals"]["power"]["low"] or r["power"]), r["power"]) for r in shown) / 3
    top = max(max((r["intervals"]["power"]["high"] or r["power"]), r["power"]) for r in shown) * 3
    ends = [math.log10(bottom), math.log10(top)]
    across, upward = log_axis("area [mm²]", [low, high]), log_axis("power [W]", [bottom, top])
    return _figure(traces, 420, xaxis=across, yaxis={**upward, "range": ends}, legend=_legend())


def _symbol(document: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    names = [t["name"] for t in document["technologies"]]
    return ("circle", "diamond", "square", "cross", "x", "triangle-up")[names.index(row["technology"]) % 6]


def _legend() -> dict[str, Any]:
    return {"orientation": "h", "y": -0.22, "x": 0, "yanchor": "top"}


def _stack(document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], name: str) -> Figure | None:
    """Return shares by component, one bar per architecture."""
    sums: dict[tuple[str, str], dict[str, float]] = {}
    for part in document["breakdown"]:
        value = part[name] + (part["leakage_energy"] if name == "energy" else 0)
        own = sums.setdefault((part["technology"], part["architecture"]), {})
        own[part["component"]] = own.get(part["component"], 0.0) + value
    names = list(dict.fromkeys(part["component"] for part in document["breakdown"]))
    heads = [heading(document, row) for row in rows]
    traces: list[Any] = []
    for place, component in enumerate(names):
        shares = []
        for row in rows:
            own = sums.get((row["technology"], row["name"]), {})
            total = sum(own.values())
            shares.append(100 * own.get(component, 0.0) / total if total else 0.0)
        if max(shares, default=0) < 0.05:
            continue
        traces.append(
            _bar(
                y=heads, x=shares, name=component, orientation="h",
                marker={"color": _PARTS[place % len(_PARTS)]},
                hovertemplate="%{y}, " + component.replace("%", "") + ": %{x:.1f} %<extra></extra>",
            )
        )  # fmt: skip
    if not traces:
        return None
    height = 150 + 34 * len(heads) + 14 * len(traces)
    axis = {"title": {"text": f"share of {name} [%]"}, "range": [0, 100], "automargin": True}
    where = {"orientation": "h", "y": -0.18 - 0.5 / len(heads), "x": 0, "yanchor": "top", "traceorder": "normal"}
    return _figure(
        traces, height, barmode="stack", xaxis=axis, yaxis={"autorange": "reversed", "automargin": True}, legend=where
    )


def _batch(document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], name: str, title: str) -> Figure:
    """Return the board's curve with its band, and the other architectures as level lines."""
    curve = document["batch_curve"]
    batches = [row["batch"] for row in curve]
    colour = COLOURS["gpu"]
    board = (document.get("board") or {}).get("name", "gpu")
    traces: list[Any] = [
        _scatter(
            x=batches + batches[::-1], y=[r[f"{name}_high"] for r in curve] + [r[f"{name}_low"] for r in curve][::-1],
            fill="toself", fillcolor="rgba(168,81,138,0.22)", line={"width": 0}, name="90 % interval", hoverinfo="skip",
        ),
        _scatter(
            x=batches, y=[r[name] for r in curve], mode="lines+markers", name=f"gpu ({board})", line={"color": colour},
            hovertemplate="batch %{x}: %{y:.3g}<extra></extra>",
        ),
    ]  # fmt: skip
    names = [t["name"] for t in document["technologies"]]
    curves = {(r["technology"], r["architecture"]): r[name] for r in document["batch_followers"]}
    for row in rows:
        if row["name"] == "gpu" or not row[name]:
            continue
        follows = curves.get((row["technology"], row["name"]))
        dash = _DASHES[names.index(row["technology"]) % len(_DASHES)]
        traces.append(
            _scatter(
                x=batches if follows else [batches[0], batches[-1]], y=follows or [row[name]] * 2,
                mode="lines", name=heading(document, row),
                line={"color": COLOURS.get(row["name"], _OTHER), "dash": dash},
                hovertemplate="%{fullData.name}: %{y:.3g}<extra></extra>",
            )
        )  # fmt: skip
    return _figure(
        traces,
        400,
        xaxis=log_axis("batch", batches),
        yaxis=log_axis(title, [v for t in traces[1:] for v in t["y"]]),
        legend=_legend(),
    )


def _laws(document: Mapping[str, Any], laws: Sequence[Mapping[str, Any]]) -> Figure:
    """Return mixed-signal over fully analog under each converter law: energy, area and power-area product."""
    many = len(document["technologies"]) > 1
    heads = [f"{row['law']}<br>({row['technology']})" if many else row["law"] for row in laws]
    traces = []
    for name, title, colour in (
        ("energy", "energy", _PARTS[0]),
        ("area", "area", _PARTS[1]),
        ("pap", "PAP", _PARTS[3]),
    ):
        limits = [row[f"{name}_ratio"] for row in laws]
        middle = [i["median"] for i in limits]
        traces.append(
            _bar(
                x=heads, y=middle, name=title, marker={"color": colour},
                error_y={
                    "type": "data", "symmetric": False, "thickness": 1.5, "width": 5,
                    "array": [i["high"] - i["median"] for i in limits],
                    "arrayminus": [i["median"] - i["low"] for i in limits],
                },
                hovertemplate="%{x}, " + title + ": %{y:.3g}x<extra></extra>",
            )
        )  # fmt: skip
    upward = log_axis("mixed-signal over fully analog", [v for row in laws for v in row["area_ratio"].values()])
    return _figure(traces, 380, barmode="group", yaxis=upward, xaxis={"automargin": True}, legend=_legend())
