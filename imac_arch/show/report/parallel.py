"""Designs of a sweep as lines across parallel coordinates: shapes for the page to draw."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.document.drawn import Drawn, DrawnPoint
from imac_arch.document.shapes import MetricRow
from imac_arch.document.sweep import SweepAxis, SweepDocument
from imac_arch.show.report.planes import colour_of, design_text
from imac_arch.show.values import show_metric

__all__ = ["Parallel", "parallel"]

WIDTH, LEAST, MOST = 1140.0, 118.0, 190.0  # of the whole where there is room, between two axes [px]
HIGH, TOP, SIDE = 300.0, 44.0, 66.0  # of an axis, above it, beside the first one [px]
FRONT, OTHERS = 200, 200  # lines
TICKS = 5
WORDS = 12  # that are labelled
METRICS = ("area", "power", "energy", "latency")
LOG = 10.0  # ratio of the ends of an axis from which it is logarithmic


class Tick(NamedTuple):
    """A label of an axis at a height [px]."""

    y: float
    text: str


class Coordinate(NamedTuple):
    """An axis at a place [px], and in two lines what it is."""

    x: float
    title: str
    beside: str
    ticks: tuple[Tick, ...]


class Line(NamedTuple):
    """A design: the corners of its line, its colour, ``front`` and its verdict as classes, and what it is."""

    points: str
    colour: str
    kind: str
    title: str


class Parallel(NamedTuple):
    """Axes and lines in a frame, with the colours of architectures and what a screen reader says."""

    label: str
    width: float
    height: float
    top: float
    bottom: float
    axes: tuple[Coordinate, ...]
    lines: tuple[Line, ...]
    legend: tuple[tuple[str, str], ...]


class _Scale(NamedTuple):
    """An axis: its title, what stands below it, each design's share of its height, and labels at shares."""

    title: str
    beside: str
    shares: list[float | None]
    ticks: list[tuple[float, str]]


def parallel(document: SweepDocument, drawn: Drawn) -> Parallel | None:
    """Return designs across axes and metrics, the front on top; None where there is nothing to set apart."""
    fronted = _thinned([p for p in drawn.points if p.fronted], FRONT)
    points = _thinned([p for p in drawn.points if not p.fronted], OTHERS) + fronted[::-1]
    if not points:
        return None
    scales = _scales(document, points)
    if len(scales) < 2:
        return None
    apart = min(max((WIDTH - 2 * SIDE) / (len(scales) - 1), LEAST), MOST)
    axes = tuple(
        Coordinate(round(SIDE + k * apart, 1), scale.title, scale.beside,
                   tuple(Tick(_height(share), text) for share, text in scale.ticks))
        for k, scale in enumerate(scales)
    )  # fmt: skip
    lines = []
    for k, point in enumerate(points):
        places = [(axis.x, scale.shares[k]) for axis, scale in zip(axes, scales, strict=True)]
        corners = " ".join(f"{x:g},{_height(share):g}" for x, share in places if share is not None)
        kind = " ".join([*(["front"] if point.fronted else []), point.verdict])
        title = f"{point.architecture}, row {point.row:,}: {design_text(document, point)}; {point.verdict}"
        lines.append(Line(corners, colour_of(point.architecture), kind, title))
    names = dict.fromkeys(point.architecture for point in points)
    legend = tuple((name, colour_of(name)) for name in (row.name for row in document.architectures) if name in names)
    label = f"{len(points)} designs across {', '.join(scale.title for scale in scales)}"
    width = round(2 * SIDE + (len(scales) - 1) * apart, 1)
    return Parallel(label, width, TOP + HIGH + 14, TOP, TOP + HIGH, axes, tuple(lines), legend)


def _thinned(points: Sequence[DrawnPoint], count: int) -> list[DrawnPoint]:
    if len(points) <= count:
        return list(points)
    return [points[k * len(points) // count] for k in range(count)]


def _height(share: float) -> float:
    return round(TOP + (1 - share) * HIGH, 1)


def _scales(document: SweepDocument, points: Sequence[DrawnPoint]) -> list[_Scale]:
    found, column = [], 0
    for axis in document.axes:
        count = len(axis.paths) if len(axis.paths) > 1 else 1
        own = [tuple(point.design[column : column + count]) for point in points]
        column += count
        if len(set(own)) > 1:
            found.append(_axis(axis, own))
    names = [m for m in METRICS if any(row.name == m for row in document.metrics)]
    for name in names or [row.name for row in document.metrics[:2]]:
        place = next(k for k, row in enumerate(document.metrics) if row.name == name)
        values = [point.metrics[place] for point in points]
        if len({value for value in values if value is not None}) > 1:
            found.append(_metric(document.metrics[place], values))
    return found


def _axis(axis: SweepAxis, values: Sequence[tuple[float | str, ...]]) -> _Scale:
    name = axis.name.rpartition(".")
    title, beside = (name[2], name[0] + name[1]) if len(axis.name) > 14 else (axis.name, "")
    if axis.words or len(axis.paths) > 1:
        kinds = list(dict.fromkeys(values)) if axis.words else sorted(set(values))
        shares = {kind: (k + 0.5) / len(kinds) for k, kind in enumerate(kinds)}
        step = math.ceil(len(kinds) / WORDS)
        ticks = [(shares[kind], _cell(axis, kind)) for kind in kinds[::step]]
        return _Scale(title, beside, [shares[value] for value in values], ticks)
    numbers = [float(value[0]) for value in values]
    return _Scale(title, beside, *_spaced(numbers, lambda value: format_value(value, axis.unit) or "0"))


def _cell(axis: SweepAxis, value: tuple[float | str, ...]) -> str:
    texts = [each if isinstance(each, str) else format_value(each, axis.unit) or "0" for each in value]
    text = "x".join(texts)
    return text if len(text) <= 16 else f"{text[:15]}…"


def _metric(metric: MetricRow, values: Sequence[float | None]) -> _Scale:
    title, _, rest = metric.title.partition(" ")
    return _Scale(title, rest, *_spaced(values, lambda value: show_metric(metric, value)))


def _spaced(
    values: Sequence[float | None], text: Callable[[float], str]
) -> tuple[list[float | None], list[tuple[float, str]]]:
    """Return shares of numbers between the least and the largest, and labels; logarithmic where they differ much."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    log = low > 0 and high / low >= LOG

    def share(value: float) -> float:
        return math.log(value / low) / math.log(high / low) if log else (value - low) / (high - low)

    kinds = sorted(set(known))
    if len(kinds) <= TICKS:
        marks = kinds
    else:
        steps = [k / (TICKS - 1) for k in range(TICKS)]
        marks = [low * (high / low) ** s if log else low + (high - low) * s for s in steps]
    return [None if v is None else share(v) for v in values], [(share(mark), text(mark)) for mark in marks]
