"""The page of ``accuracy``: what a design computes correctly, what costs how much, studies and answers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.document.accuracy import AccuracyDocument, Partition, Partitioning, Point, Step
from imac_arch.document.shapes import Generator
from imac_arch.show.accuracy import (
    accuracy_details,
    accuracy_notes,
    accuracy_sentences,
    answer_sentence,
    conditions,
    partitioning_sentence,
    partitions_notes,
    partitions_table,
    points_table,
    points_title,
    stopped_sentences,
    waterfall_notes,
    waterfall_table,
)
from imac_arch.show.published import published_lines, published_table
from imac_arch.show.report.html import page
from imac_arch.show.report.plots import OTHER, PALETTE, Axis, Plot, Trace, bar, error_bars, layout, legend, scatter
from imac_arch.show.sheet import Table
from imac_arch.show.values import show_written

__all__ = ["AccuracyPage", "accuracy_figures", "render_accuracy"]

ACCURACY = "accuracy [%]"
GAINED, LOST = PALETTE[2], PALETTE[6]
ABOVE = {  # the colours, where a narrow page has room
    "title": {"text": ACCURACY}, "orientation": "h", "y": 1.02, "yanchor": "bottom", "thickness": 12,
}  # fmt: skip
EDGE = 0.5  # percentage points, for points at 100 %
LEAST_SIZE, MORE_SIZE = 6, 18  # of a point [px], of no area and beyond it of the largest
ROOM_ABOVE = 0.25  # of a map's height, for its title below the colours
ROOM = 1.5  # percentage points around what is drawn


class AccuracyPage(NamedTuple):
    """What ``accuracy.html.j2`` shows, from top to bottom; None or empty where there is nothing to show."""

    generator: Generator
    title: str
    document: AccuracyDocument
    conditions: str
    sentences: tuple[str, ...]
    accuracy: Table
    notes: tuple[str, ...]
    answer: str
    tried: Table | None
    waterfall: Table | None
    waterfall_notes: tuple[str, ...]
    published: Table | None
    published_notes: tuple[str, ...]
    partitions: Table | None
    partition_notes: tuple[str, ...]
    study: Table | None
    study_title: str


def render_accuracy(document: AccuracyDocument) -> str:
    """Return the page of a document, the same bytes for the same document."""
    given, found, tiles = document.conditions, document.answer, document.partitioning
    claims = document.published
    view = AccuracyPage(
        generator=document.generator,
        title=f"Accuracy of {given.net} on {given.technology}",
        document=document,
        conditions=conditions(document),
        sentences=(*stopped_sentences(document), *accuracy_sentences(document.accuracy)),
        accuracy=accuracy_details(document.accuracy),
        notes=accuracy_notes(document.accuracy),
        answer=answer_sentence(found) if found else partitioning_sentence(tiles) if tiles else "",
        tried=None if found is None else points_table(found.runs, "What was tried"),
        published=None if claims is None else published_table(claims),
        published_notes=() if claims is None else published_lines(claims),
        partitions=None if tiles is None else partitions_table(tiles),
        partition_notes=() if tiles is None else partitions_notes(tiles),
        waterfall=waterfall_table(document.waterfall) if document.waterfall else None,
        waterfall_notes=waterfall_notes(document.waterfall),
        study=points_table(document.points, points_title(document)) if document.points else None,
        study_title=points_title(document) if document.points else "",
    )
    return page("accuracy.html.j2", view, accuracy_figures(document))


def accuracy_figures(document: AccuracyDocument) -> dict[str, Plot]:
    """Return the figures: the waterfall, the study over one knob or two, and what was tried for an answer."""
    drawn: dict[str, Plot] = {}
    if document.answer is not None:
        drawn["fig-answer"] = _over_one(document.answer.runs, document.answer.target)
    if document.partitioning is not None:
        drawn["fig-front"] = _front(document.partitioning)
    if len(document.waterfall) > 1:
        drawn["fig-waterfall"] = _waterfall(document.waterfall)
    if document.points:
        drawn["fig-study"] = _maps(document.points) if len(document.points[0].fields) > 1 else _over_one(
            document.points
        )  # fmt: skip
    return drawn


def _ends(of: Sequence[Step | Point | Partition]) -> tuple[list[float], Axis]:
    """Return values [%] with their error bars."""
    above, below = [100 * (each.high - each.value) for each in of], [100 * (each.value - each.low) for each in of]
    return [100 * each.value for each in of], error_bars(above, below, 6)


def _axis(of: Sequence[Step | Point | Partition], *others: float) -> Axis:
    """Return an axis of percentages from the lowest that is drawn to the highest."""
    low, high = min(each.low for each in of), max(each.high for each in of)
    low, high = min(low, *others, high), max(high, *others, low)
    return {
        "title": {"text": ACCURACY},
        "range": [max(100 * low - ROOM, 0), min(100 * high + ROOM, 100 + EDGE)],
        "automargin": True,
    }


def _waterfall(steps: Sequence[Step]) -> Plot:
    """Return bars from the accuracy before an effect to that with it, and points with their intervals."""
    names = [steps[0].effect, *(f"+ {step.effect}" for step in steps[1:])]
    values, errors = _ends(steps)
    changes = [100 * step.change for step in steps[1:]]
    colours = [OTHER if not step.counts else LOST if step.change < 0 else GAINED for step in steps[1:]]
    costs = bar(
        y=names[1:], x=changes, base=values[:-1], orientation="h", marker={"color": colours}, width=0.5,
        name="change", showlegend=False, customdata=changes,
        hovertemplate="%{y}: %{customdata:+.1f} percentage points<extra></extra>",
    )  # fmt: skip
    dots = scatter(
        y=names, x=values, mode="markers", error_x=errors, marker={"size": 9, "color": PALETTE[0]}, showlegend=False,
        hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
    )  # fmt: skip
    across = {"autorange": "reversed", "automargin": True, "type": "category", "categoryarray": names}
    return layout([costs, dots], 110 + 44 * len(steps), xaxis=_axis(steps), yaxis=across)


def _over_one(points: Sequence[Point], target: float | None = None) -> Plot:
    """Return accuracy over one knob with its intervals, beside the software and a target, if any."""
    knob = next(iter(points[0].fields))
    x = [show_written(point.fields[knob]) for point in points]
    values, errors = _ends(points)
    software = [100 * point.software for point in points]
    hover = "%{x}: %{y:.1f} %<extra>%{fullData.name}</extra>"
    traces = [
        scatter(x=x, y=values, mode="lines+markers", name=points[0].architecture, error_y=errors,
                line={"color": PALETTE[0], "width": 2}, hovertemplate=hover),
        scatter(x=x, y=software, mode="lines", name="software", line={"color": OTHER, "dash": "dash"},
                hovertemplate=hover),
    ]  # fmt: skip
    if target is not None:
        line = {"color": PALETTE[1], "dash": "dot"}
        traces.append(scatter(x=x, y=[100 * target] * len(x), mode="lines", name="target", line=line, hoverinfo="skip"))
    across = {"title": {"text": knob}, "type": "category", "automargin": True}
    others = [point.software for point in points] + ([] if target is None else [target])
    return layout(traces, 420, xaxis=across, yaxis=_axis(points, *others), legend=legend() | {"y": -0.3})


def _front(found: Partitioning) -> Plot:
    """Return accuracy over power of the partitions, areas as the sizes of their points."""
    known = [design for design in found.designs if design.power is not None and design.area is not None]
    largest = max((design.area or 0.0 for design in known), default=1.0)
    traces = []
    for name, colour, front in (("other partitions", OTHER, False), ("front", PALETTE[0], True)):
        designs = sorted((d for d in known if d.front is front), key=lambda design: design.power or 0.0)
        values, errors = _ends(designs)
        sizes = [LEAST_SIZE + MORE_SIZE * math.sqrt((design.area or 0.0) / largest) for design in designs]
        areas = [format_value(design.area, "m^2") for design in designs]
        traces.append(scatter(
            x=[design.power for design in designs], y=values, mode="markers", name=name,
            error_y=errors, marker={"size": sizes, "color": colour},
            customdata=[[f"{d.tiles} on {d.subarray}", d.subarrays, a] for d, a in zip(designs, areas, strict=True)],
            hovertemplate="%{customdata[0]}: %{y:.1f} %, %{x:.3s}W, %{customdata[2]}<extra></extra>",
        ))  # fmt: skip
    powers = [design.power or 0.0 for design in known]
    if powers:
        line = {"color": PALETTE[1], "dash": "dot"}
        ends = [min(powers), max(powers)]
        traces.append(
            scatter(x=ends, y=[100 * found.target] * 2, mode="lines", name="target", line=line, hoverinfo="skip")
        )
    across = {"title": {"text": "power [W]"}, "type": "log", "automargin": True}
    return layout(traces, 460, xaxis=across, yaxis=_axis(found.designs, found.target), legend=legend() | {"y": -0.3})


def _maps(points: Sequence[Point]) -> Plot:
    """Return maps of the accuracy over the last two knobs, one for each choice of the others, side by side."""
    *others, upward, across = list(points[0].fields)
    points = [p._replace(fields={knob: show_written(text) for knob, text in p.fields.items()}) for p in points]
    groups: dict[str, list[Point]] = {}
    for point in points:
        groups.setdefault("\n".join(point.fields[knob] for knob in others), []).append(point)
    traces: list[Trace] = []
    titles: list[Trace] = []
    axes: Axis = {}
    lines, most = -(-len(groups) // 2), 0
    for place, (name, own) in enumerate(groups.items(), 1):
        number = str(place) if place > 1 else ""
        x, y = (list(dict.fromkeys(point.fields[knob] for point in own)) for knob in (across, upward))
        found = {(point.fields[upward], point.fields[across]): 100 * point.value for point in own}
        most = max(most, len(y))
        traces.append({
            "type": "heatmap", "x": x, "y": y, "z": [[found.get((b, a)) for a in x] for b in y],
            "xaxis": f"x{number}", "yaxis": f"y{number}", "coloraxis": "coloraxis", "texttemplate": "%{z:.0f}",
            "hovertemplate": f"{upward} %{{y}}, {across} %{{x}}: %{{z:.1f}} %<extra></extra>",
        })  # fmt: skip
        below, first = place > len(groups) - 2, place % 2 > 0  # of two beside each other one has the names
        axes[f"xaxis{number}"] = {"title": {"text": across if below else ""}, "type": "category", "automargin": True}
        axes[f"yaxis{number}"] = {
            "title": {"text": upward if first else ""}, "type": "category", "automargin": True, "showticklabels": first,
        }  # fmt: skip
        titles.append({
            "text": name, "x": 0, "y": 1, "xref": f"x{number} domain", "yref": f"y{number} domain", "xanchor": "left",
            "yanchor": "bottom", "align": "left", "showarrow": False,
        })  # fmt: skip
    shades = {
        "cmin": math.floor(min(point.value for point in points) * 10) * 10, "cmax": 100, "colorscale": "Viridis",
        "colorbar": ABOVE | ({"y": 1 + ROOM_ABOVE / lines} if others else {}),
    }  # fmt: skip
    grid = {"rows": lines, "columns": min(len(groups), 2), "pattern": "independent", "xgap": 0.1, "ygap": 0.4}
    margin = {"l": 60, "r": 16, "t": 110 if others else 60, "b": 48}
    height = lines * (170 + 26 * most + (60 if others else 0))
    axes |= {"grid": grid, "annotations": titles if others else [], "coloraxis": shades}
    return layout(traces, height, margin, None, **axes)
