"""A figure of a sweep that somebody asks for: designs as points on two axes or metrics."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.document.drawn import Drawn, DrawnPoint
from imac_arch.document.sweep import SweepAxis, SweepDocument
from imac_arch.show.report.planes import MARKS, colour_of, design_text
from imac_arch.show.report.plots import PALETTE, SYMBOLS, Axis, Plot, Trace, layout, legend, log_axis, scatter
from imac_arch.show.values import scaled_metric, show_metric

__all__ = ["asked_map", "asked_points"]

ARCHITECTURE, VERDICT = "architecture", "verdict"
VERDICTS = {"works": "#00876c", "doubtful": "#d98200", "fails": "#c0452c"}
WIDE = 20.0  # ratio of the ends from which an axis is logarithmic
KINDS = len(PALETTE)  # of values that have a colour of their own; more are a scale


class _Quantity(NamedTuple):
    """What lies along an axis: its title, the value of each point, and the text of each value."""

    title: str
    values: list[float | str | None]
    texts: list[str]


def asked_map(document: SweepDocument, x: str, y: str, color: str) -> tuple[str, str] | None:
    """Return the two axes of a map: of designs over axes, coloured by a metric; else None.

    Raises:
        UnknownName: no such axis or metric.
    """
    axes, metrics = _axes(document), [metric.name for metric in document.metrics]
    for name in (x, y):
        if name not in axes and name not in metrics:
            raise UnknownName("axis or metric of this sweep", name, [*axes, *metrics])
    if color not in (ARCHITECTURE, VERDICT) and color not in axes and color not in metrics:
        raise UnknownName("colour", color, [ARCHITECTURE, VERDICT, *axes, *metrics])
    if x in axes and y in axes and color in metrics and axes[x].name != axes[y].name:
        return axes[x].name, axes[y].name
    return None


def asked_points(document: SweepDocument, drawn: Drawn, names: tuple[str, str, str], arch: str | None) -> Plot:
    """Return designs as points, hollow where they fail: ``names`` are of both axes and of the colour.

    Raises:
        UsageError: no design has both values.
    """
    points = [point for point in drawn.points if arch in (None, point.architecture)]
    across, upward = (_quantity(document, points, name) for name in names[:2])
    kept = [k for k in range(len(points)) if across.values[k] is not None and upward.values[k] is not None]
    if not kept:
        raise UsageError(f"no design has both {names[0]} and {names[1]}")
    told = [
        f"{design_text(document, points[k])}\nrow {points[k].row:,}, {points[k].verdict}: "
        f"{names[0]} {across.texts[k]}, {names[1]} {upward.texts[k]}"
        for k in kept
    ]
    shown = [points[k] for k in kept]
    groups, scale = _groups(document, shown, names[2])
    traces: list[Trace] = []
    for place, (name, own) in enumerate(groups.items()):
        first = True
        for verdict, mark in MARKS.items():
            mine = [n for n in own if shown[n].verdict == verdict]
            if not mine:
                continue
            marker: Axis = {"symbol": SYMBOLS[place % len(SYMBOLS)] + mark,
                            "size": [10 if shown[n].fronted else 6 for n in mine]}  # fmt: skip
            if scale is None:
                marker["color"] = _colour(names[2], name, place)
            else:
                marker |= {"color": [scale[n] for n in mine], "coloraxis": "coloraxis"}
            traces.append(scatter(
                x=[across.values[kept[n]] for n in mine], y=[upward.values[kept[n]] for n in mine], mode="markers",
                name=name, legendgroup=str(place), showlegend=first, text=[told[n] for n in mine], marker=marker,
                hovertemplate="%{text}<extra>%{fullData.name}</extra>",
            ))  # fmt: skip
            first = False
    given: dict[str, Axis] = {"xaxis": _axis(across, kept), "yaxis": _axis(upward, kept)}
    if scale is not None:
        given["coloraxis"] = {"colorscale": "Viridis", "colorbar": {"title": {"text": names[2]}}}
    return layout(traces, 520, legend=legend() | {"y": -0.14}, **given)


def _axes(document: SweepDocument) -> dict[str, SweepAxis]:
    """Return the axes by each name that they go by."""
    named = {axis.name: axis for axis in document.axes}
    return {path: axis for axis in document.axes for path in axis.paths} | named


def _quantity(document: SweepDocument, points: Sequence[DrawnPoint], name: str) -> _Quantity:
    place = next((k for k, metric in enumerate(document.metrics) if metric.name == name), None)
    if place is not None:
        metric = document.metrics[place]
        own = [point.metrics[place] for point in points]
        known = sorted(value for value in own if value is not None)
        scale, unit = scaled_metric(metric, known[len(known) // 2] if known else 1.0)
        shown: list[float | str | None] = [None if value is None else value * scale for value in own]
        title = f"{metric.title} [{unit}]" if unit else metric.title
        return _Quantity(title, shown, [show_metric(metric, value) for value in own])
    axis, column = _axes(document)[name], 0
    for each in document.axes:
        if each.name == axis.name:
            break
        column += len(each.paths) if len(each.paths) > 1 else 1
    count = len(axis.paths) if len(axis.paths) > 1 else 1
    pairs = [point.design[column : column + count] for point in points]
    texts = ["x".join(v if isinstance(v, str) else format_value(v, axis.unit) or "0" for v in pair) for pair in pairs]
    title = f"{axis.name} [{axis.unit}]" if axis.unit else axis.name
    if count > 1:  # words that stand in the order of their numbers
        return _Quantity(axis.name, list(texts), texts)
    return _Quantity(title, [pair[0] for pair in pairs], texts)


def _groups(
    document: SweepDocument, points: Sequence[DrawnPoint], color: str
) -> tuple[dict[str, list[int]], list[float | None] | None]:
    """Return the points of each colour by what it stands for, or of each architecture with numbers on a scale."""
    if color in (ARCHITECTURE, VERDICT):
        texts, scale = [point.architecture if color == ARCHITECTURE else point.verdict for point in points], None
    else:
        found = _quantity(document, points, color)
        texts, scale = [f"{color}={text}" for text in found.texts], None
        if len(set(texts)) > KINDS or any(metric.name == color for metric in document.metrics):
            texts = [point.architecture for point in points]
            scale = [value if isinstance(value, float) else None for value in found.values]
    groups: dict[str, list[int]] = {}
    for k, text in enumerate(texts):
        groups.setdefault(text, []).append(k)
    return groups, scale


def _colour(color: str, name: str, place: int) -> str:
    if color == ARCHITECTURE:
        return colour_of(name)
    return VERDICTS[name] if color == VERDICT else PALETTE[place % len(PALETTE)]


def _axis(shown: _Quantity, kept: Sequence[int]) -> Axis:
    """Return an axis: logarithmic where values differ much, of words in their order."""
    values = [shown.values[k] for k in kept]
    known = [value for value in values if isinstance(value, float)]
    if len(known) < len(values):
        return {"type": "category", "title": {"text": shown.title}, "automargin": True}
    if min(known) > 0 and max(known) / min(known) >= WIDE:
        return log_axis(shown.title, known)
    return {"title": {"text": shown.title}, "automargin": True}
