"""Designs of a sweep as points on two metrics, with lines along which their product is the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.document.drawn import Drawn, DrawnPoint
from imac_arch.document.shapes import Figure, Interval, MetricRow
from imac_arch.document.sweep import SweepDocument
from imac_arch.show.report.plots import OTHER, SYMBOLS, Axis, Plot, Trace, error_bars, layout, legend, log_axis, scatter
from imac_arch.show.sheet import text_of
from imac_arch.show.values import metric_cell, scaled_metric

__all__ = ["Plane", "colour_of", "column_names", "design_text", "planes", "scatter_plane"]

PLANES = (("area", "power", "pap"), ("area", "energy", "eap"), ("latency", "energy", "edp"), ("area", "latency", ""))
MARKS = {"works": "", "doubtful": "-open-dot", "fails": "-open"}  # behind the name of a symbol
OPACITY = {"works": 0.45, "doubtful": 0.6, "fails": 0.6}
DIAGONAL: Axis = {"width": 1, "dash": "dot", "color": "rgba(128,128,128,0.55)"}
ROOM = 1.5  # beyond the points, as a factor
SMALL, LARGE = 6, 10  # markers [px]
MOST = 3.0  # decades over which an axis without log is read


class Plane(NamedTuple):
    """Two metrics, and the title of their product; empty where it has no name."""

    x: str
    y: str
    product: str


def planes(document: SweepDocument) -> list[Plane]:
    """Return the planes that the metrics of a sweep allow, two of its metrics where it has none of the usual ones."""
    known = {metric.name: metric for metric in document.metrics}
    titles = {"pap": "power-area product", "eap": "energy-area product", "edp": "energy-delay product"}
    found = [Plane(x, y, titles.get(product, "")) for x, y, product in PLANES if x in known and y in known]
    if not found and len(document.metrics) > 1:
        first, second = document.metrics[:2]
        found = [Plane(first.name, second.name, "")]
    return found


def colour_of(architecture: str) -> str:
    """Return the colour of an architecture."""
    return ARCHITECTURES[architecture].colour if architecture in ARCHITECTURES else OTHER


def column_names(document: SweepDocument) -> list[str]:
    """Return what the values of a drawn design are called."""
    return [name for axis in document.axes for name in (axis.paths if len(axis.paths) > 1 else (axis.name,))]


def design_text(document: SweepDocument, point: DrawnPoint) -> str:
    """Return what sets a design apart, ``subarray=64x64 adc.bits=5``."""
    left, parts = list(point.design), []
    for axis in document.axes:
        own = [left.pop(0) for _ in (axis.paths if len(axis.paths) > 1 else (axis.name,))]
        texts = [each if isinstance(each, str) else format_value(each, axis.unit) or "0" for each in own]
        parts.append(f"{axis.name}={'x'.join(texts)}")
    return " ".join(parts)


def scatter_plane(document: SweepDocument, drawn: Drawn, plane: Plane) -> Plot | None:
    """Return designs on two metrics: those of the front large, others small, hollow where they fail, with error bars of
    known intervals."""
    places = {metric.name: k for k, metric in enumerate(document.metrics)}
    at_x, at_y = places[plane.x], places[plane.y]
    shown = [p for p in drawn.points if _positive(p.metrics[at_x]) and _positive(p.metrics[at_y])]
    if not shown:
        return None
    across, upward = document.metrics[at_x], document.metrics[at_y]
    x_scale, x_unit = scaled_metric(across, _middle(p.metrics[at_x] or 1.0 for p in shown))
    y_scale, y_unit = scaled_metric(upward, _middle(p.metrics[at_y] or 1.0 for p in shown))
    xs = [_short((p.metrics[at_x] or 1.0) * x_scale) for p in shown]
    ys = [_short((p.metrics[at_y] or 1.0) * y_scale) for p in shown]
    bounds = _bounds(shown, at_x, x_scale), _bounds(shown, at_y, y_scale)
    traces = _diagonals(xs, ys, bounds[0]) if plane.product else []
    names = [row.name for row in document.architectures]
    for name in names:
        symbol, first = SYMBOLS[names.index(name) % len(SYMBOLS)], True
        for fronted in (False, True):
            for verdict, mark in MARKS.items():
                own = [k for k, p in enumerate(shown)
                       if (p.architecture, p.fronted, p.verdict) == (name, fronted, verdict)]  # fmt: skip
                if own:
                    told = [_told(document, shown[k], (across, upward)) for k in own]
                    place = [xs[k] for k in own], [ys[k] for k in own]
                    traces.append(_dots(name, place, told, symbol + mark, verdict, fronted, first))
                    first = False
        barred = [k for k, p in enumerate(shown) if p.architecture == name and p.intervals]
        if barred:
            place = [xs[k] for k in barred], [ys[k] for k in barred]
            ends = [[(p.intervals or ())[at] for p in map(shown.__getitem__, barred)] for at in (at_x, at_y)]
            traces.insert(0, _bars(name, place, ends, (x_scale, y_scale), symbol))
    traces += _key(shown)
    axes = {
        f"{which}axis": log_axis(f"{metric.title} [{unit}]", ends) | {"range": [math.log10(end) for end in ends]}
        for which, metric, unit, ends in (("x", across, x_unit, bounds[0]), ("y", upward, y_unit, bounds[1]))
    }
    return layout(traces, 520, legend=legend() | {"y": -0.14}, **axes)


def _bounds(shown: Sequence[DrawnPoint], place: int, scale: float) -> tuple[float, float]:
    """Return between what the points and the ends of their intervals lie, with room around."""
    known = [value * scale for p in shown if (value := p.metrics[place])]
    for end in (p.intervals[place] for p in shown if p.intervals):
        known += [value * scale for value in end or () if value > 0]
    return min(known) / ROOM, max(known) * ROOM


def _dots(
    name: str, place: tuple[list[float], list[float]], told: list[str], symbol: str, verdict: str, fronted: bool,
    first: bool,
) -> Trace:  # fmt: skip
    marker: Axis = {
        "color": colour_of(name), "symbol": symbol, "size": LARGE if fronted else SMALL,
        "opacity": 1.0 if fronted else OPACITY[verdict],
    }  # fmt: skip
    if fronted and verdict == "works":
        marker["line"] = {"width": 1.5, "color": "#ffffff"}
    return scatter(
        x=place[0], y=place[1], text=told, mode="markers", name=name, showlegend=first,
        legendgroup=symbol.partition("-")[0], marker=marker, hovertemplate="%{text}<extra>%{fullData.name}</extra>",
    )  # fmt: skip


def _bars(
    name: str, place: tuple[list[float], list[float]], ends: list[list[Interval | None]], scales: tuple[float, float],
    symbol: str,
) -> Trace:  # fmt: skip
    """Return the error bars of designs of an architecture, which lie below the points."""
    bars = {}
    for key, values, own, scale in zip(("error_x", "error_y"), place, ends, scales, strict=True):
        above = [_short(max(end.high * scale - v, 0.0)) if end else 0.0 for v, end in zip(values, own, strict=True)]
        below = [_short(max(v - end.low * scale, 0.0)) if end else 0.0 for v, end in zip(values, own, strict=True)]
        bars[key] = error_bars(above, below, 2) | {"thickness": 0.8, "color": colour_of(name)}
    return scatter(
        x=place[0], y=place[1], mode="markers", name=name, showlegend=False, hoverinfo="skip", legendgroup=symbol,
        marker={"size": 1, "color": colour_of(name), "opacity": 0}, opacity=0.55, **bars,
    )  # fmt: skip


def _key(shown: Sequence[DrawnPoint]) -> list[Trace]:
    """Return entries of the legend that say what markers mean."""
    entries = [("Pareto front", "circle", LARGE)] if any(p.fronted for p in shown) else []
    entries += [
        (f"{verdict} ({look})", "circle" + MARKS[verdict], SMALL + 2)
        for verdict, look in (("doubtful", "dotted"), ("fails", "hollow"))
        if any(p.verdict == verdict for p in shown)
    ]
    return [
        scatter(x=[None], y=[None], mode="markers", name=name, hoverinfo="skip",
                marker={"color": OTHER, "symbol": symbol, "size": size})
        for name, symbol, size in entries
    ]  # fmt: skip


def _told(document: SweepDocument, point: DrawnPoint, metrics: Sequence[MetricRow]) -> str:
    places = {metric.name: k for k, metric in enumerate(document.metrics)}
    ends = point.intervals or (None,) * len(point.metrics)
    known = [(m, Figure(point.metrics[places[m.name]], ends[places[m.name]])) for m in metrics]
    values = ", ".join(f"{m.title} {text_of(metric_cell(m, figure, 2))}" for m, figure in known)
    return f"{design_text(document, point)}\nrow {point.row:,}, {point.verdict}: {values}"


def _diagonals(xs: Sequence[float], ys: Sequence[float], ends: tuple[float, float]) -> list[Trace]:
    """Return lines of equal product, a decade or more apart."""
    products = [x * y for x, y in zip(xs, ys, strict=True)]
    low, high = math.floor(math.log10(min(products))), math.ceil(math.log10(max(products)))
    step = max((high - low) // 8, 1)
    return [
        scatter(x=list(ends), y=[10.0**k / end for end in ends], mode="lines", hoverinfo="skip", showlegend=False,
                line=DIAGONAL)
        for k in range(low - 1, high + 2, step)
    ]  # fmt: skip


def _short(value: float) -> float:
    """Return a value as precise as eyes are: pages have room for no more digits."""
    return float(f"{value:.5g}")


def _positive(value: float | None) -> bool:
    return value is not None and value > 0


def _middle(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
