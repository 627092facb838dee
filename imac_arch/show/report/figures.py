"""The figures of a comparison."""

from __future__ import annotations

import math

from imac_arch.architectures import ARCHITECTURES
from imac_arch.document.comparison import ArchitectureRow, ComparisonDocument
from imac_arch.document.shapes import Figure, Quotient
from imac_arch.show.choices import Shown, choices, failing
from imac_arch.show.report.answer import answer_figure, component_colours, total_figure
from imac_arch.show.report.plots import (
    COMPONENTS,
    DASHES,
    OTHER,
    SYMBOLS,
    Plot,
    Point,
    bar,
    bars,
    error_bars,
    hatch,
    layout,
    legend,
    log_axis,
    points,
    scatter,
)
from imac_arch.show.sentences import columns, judged_heading
from imac_arch.show.sheet import FAILS

__all__ = ["figures"]

LEAST = 0.05  # percent of the total below which a part is not drawn
ROOM = 3.0  # around the intervals, as a factor


def figures(document: ComparisonDocument) -> dict[str, Plot]:
    """Return every figure that the document has data for, by the id of its place in the page."""
    drawn: dict[str, Plot | None] = {
        "fig-answer": answer_figure(document),
        "fig-total-energy": total_figure(document, "energy"),
        "fig-total-area": total_figure(document, "area"),
        "fig-pap": _bars(document, "pap", 1e6, "power-area product [W mm²]"),
        "fig-throughput": _bars(document, "throughput", 1.0, "throughput [inferences/s]"),
        "fig-plane": _plane(document),
    }
    for name in ("energy", "area", "latency"):
        drawn[f"fig-{name}"] = _stack(document, name)
    if document.batch_curve:
        drawn["fig-batch-time"] = _batch(document, "interval", "time per inference [s]")
        drawn["fig-batch-energy"] = _batch(document, "energy", "energy per inference [J]")
    for shown in choices(document):
        drawn[f"fig-{shown.choice}"] = _choice(document, shown)
    return {name: plot for name, plot in drawn.items() if plot is not None}


def _colour(row: ArchitectureRow) -> str:
    return ARCHITECTURES[row.name].colour if row.name in ARCHITECTURES else OTHER


def _bars(document: ComparisonDocument, metric: str, scale: float, title: str) -> Plot | None:
    rows = columns(document)
    heads = [judged_heading(document, row) for row in rows]
    colours, failing = [_colour(row) for row in rows], [_fails(row) for row in rows]
    return bars([row.metrics[metric] for row in rows], heads, colours, scale, title, hatched=failing)


def _fails(row: ArchitectureRow) -> bool:
    return row.verdict == FAILS


def _ends(figure: Figure | Quotient, scale: float) -> tuple[float, float]:
    """Return the ends of an interval in printed units; a point where there is none."""
    value, ends = figure.value or 0.0, figure.interval
    return (ends.low * scale, ends.high * scale) if ends else (value * scale, value * scale)


def _plane(document: ComparisonDocument) -> Plot | None:
    """Return power against area with diagonals of equal power-area product."""
    names = [technology.name for technology in document.technologies]
    shown = [
        Point(judged_heading(document, row), _colour(row),
              SYMBOLS[names.index(row.technology) % len(SYMBOLS)] + ("-open" if _fails(row) else ""),
              row.metrics["area"].value * 1e6, row.metrics["power"].value,
              _ends(row.metrics["area"], 1e6), _ends(row.metrics["power"], 1.0))
        for row in columns(document)
        if row.metrics["power"].value and row.metrics["area"].value
    ]  # fmt: skip
    if not shown:
        return None
    traces = []
    low, high = min(p.x for p in shown) / 5, max(p.x for p in shown) * 5
    products = [p.x * p.y for p in shown]
    start, stop = math.floor(math.log10(min(products))) - 1, math.ceil(math.log10(max(products))) + 2
    for exponent in range(start, stop, 2):
        value = 10.0**exponent
        line = {"width": 1, "dash": "dot", "color": "rgba(128,128,128,0.55)"}
        ends = [value / low, value / high]
        traces.append(scatter(x=[low, high], y=ends, mode="lines", hoverinfo="skip", showlegend=False, line=line))
    traces += points(shown, "mm²", "W", 12)
    bottom = min(min(p.y_ends[0] or p.y, p.y) for p in shown) / ROOM
    top = max(max(p.y_ends[1], p.y) for p in shown) * ROOM
    upward = log_axis("power [W]", [bottom, top]) | {"range": [math.log10(bottom), math.log10(top)]}
    return layout(traces, 420, xaxis=log_axis("area [mm²]", [low, high]), yaxis=upward, legend=legend())


def _stack(document: ComparisonDocument, name: str) -> Plot | None:
    """Return the share of each component in an architecture's total."""
    rows = columns(document)
    sums: dict[tuple[str, str], dict[str, float]] = {}
    for part in document.breakdown:
        own = sums.setdefault((part.technology, part.architecture), {})
        value = {"energy": part.energy, "area": part.area, "latency": part.latency}[name]
        own[part.component] = own.get(part.component, 0.0) + value
    heads, pattern = [judged_heading(document, row) for row in rows], hatch([_fails(row) for row in rows])
    traces = []
    for component, colour in component_colours(document).items():
        shares = []
        for row in rows:
            own = sums.get((row.technology, row.name), {})
            total = math.fsum(own.values())
            shares.append(100 * own.get(component, 0.0) / total if total else 0.0)
        if max(shares, default=0) < LEAST:
            continue
        hover = "%{y}, %{fullData.name}: %{x:.1f} %<extra></extra>"
        marker = {"color": colour} | pattern
        traces.append(bar(y=heads, x=shares, name=component, orientation="h", marker=marker, hovertemplate=hover))
    if not traces:
        return None
    axis = {"title": {"text": f"share of {name} [%]", "standoff": 4}, "range": [0, 100], "automargin": True}
    across = {"autorange": "reversed", "automargin": True}
    height = 80 + 34 * len(heads)  # the page has one legend for all, without the hatch, which is a design's
    return layout(traces, height, barmode="stack", showlegend=False, xaxis=axis, yaxis=across)


def _batch(document: ComparisonDocument, name: str, title: str) -> Plot:
    """Return the board's curve with its band, and the other architectures as level lines."""
    curve = [(p.batch, p.interval if name == "interval" else p.energy) for p in document.batch_curve]
    batches = [batch for batch, _ in curve]
    ends, values = [_ends(figure, 1.0) for _, figure in curve], [figure.value or 0.0 for _, figure in curve]
    board = next(row for row in document.architectures if row.on_board)
    hover = "%{fullData.name}: %{y:.3g}<extra></extra>"
    band = scatter(
        x=batches + batches[::-1], y=[high for _, high in ends] + [low for low, _ in ends][::-1], fill="toself",
        fillcolor="rgba(168,81,138,0.22)", line={"width": 0}, name="90 % interval", hoverinfo="skip",
    )  # fmt: skip
    traces = [
        *([band] if document.conditions.samples else ()),
        scatter(
            x=batches, y=values, mode="lines+markers", name=judged_heading(document, board),
            line={"color": _colour(board)}, hovertemplate="batch %{x}: %{y:.3g}<extra></extra>",
        ),
    ]  # fmt: skip
    names = [technology.name for technology in document.technologies]
    followers = {
        (r.technology, r.architecture): list(r.interval if name == "interval" else r.energy)
        for r in document.batch_followers
    }
    seen = list(values)
    for row in columns(document):
        level = row.metrics[name].value
        if row.on_board or not level:
            continue
        follows = followers.get((row.technology, row.name))
        x, y = (batches, follows) if follows else ([batches[0], batches[-1]], [level, level])
        place = names.index(row.technology)
        trace = scatter(x=x, y=y, mode="lines", name=judged_heading(document, row), hovertemplate=hover)
        trace["line"] = {"color": _colour(row), "dash": DASHES[place % len(DASHES)]}
        if _fails(row):  # a line cannot be hatched
            along = y if follows else [level] * len(batches)
            trace |= {"mode": "lines+markers", "x": batches, "y": along, "marker": _hollow(place, _colour(row))}
        seen += y
        traces.append(trace)
    return layout(traces, 400, xaxis=log_axis("batch", batches), yaxis=log_axis(title, seen), legend=legend())


def _hollow(place: int, colour: str) -> dict[str, object]:
    """Return the markers of a design that fails: those of its technology, hollow."""
    return {"symbol": f"{SYMBOLS[place % len(SYMBOLS)]}-open", "size": 8, "line": {"width": 2, "color": colour}}


def _choice(document: ComparisonDocument, shown: Shown) -> Plot | None:
    """Return the alternatives of a choice over the subject, for every headline: dots with intervals, a line at 1. They
    are hollow where one of the two designs fails."""
    rows = [row for row in shown.rows if row.ratios]
    many = len({row.architecture for row in rows}) > 1
    fails = failing(document)
    marked = [{(row.technology, name) for name in (row.architecture, shown.subject)} & fails for row in rows]
    heads = [
        " ".join([row.name] + [row.architecture] * many)
        + f"\n({row.technology})" * (len(document.technologies) > 1)
        + (f"\n{', '.join(sorted(name for _, name in own))} fails" if own else "")
        for row, own in zip(rows, marked, strict=True)
    ]
    traces, seen = [], [1.0]
    for place, metric in enumerate(m for m in document.metrics if m.headline and m.ratio):
        every = ((head, row.ratios[metric.name], own) for head, row, own in zip(heads, rows, marked, strict=True))
        kept = [each for each in every if each[1].value]
        if not kept:
            continue
        values, ends = [figure.value or 0.0 for _, figure, _ in kept], [_ends(figure, 1.0) for _, figure, _ in kept]
        seen += [v for pair in ends for v in pair] + values
        error = error_bars(
            [max(high - v, 0) for v, (_, high) in zip(values, ends, strict=True)],
            [max(v - low, 0) for v, (low, _) in zip(values, ends, strict=True)],
            4,
        )
        hover = "%{x}, %{fullData.name}: %{y:.3g}x<extra></extra>"
        colour, symbol = COMPONENTS[place % len(COMPONENTS)], SYMBOLS[place % len(SYMBOLS)]
        marker = {"color": colour, "size": 9, "line": {"width": 2, "color": colour}}
        marker |= {"symbol": [f"{symbol}-open" if own else symbol for _, _, own in kept]}
        names = [head for head, _, _ in kept]
        dots = {"mode": "markers", "marker": marker, "error_y": error, "hovertemplate": hover}
        traces.append(scatter(x=names, y=values, name=metric.title, **dots))
    if not traces:
        return None
    upward = log_axis(f"{rows[0].architecture} over {shown.subject}", seen)
    across = {"automargin": True, "type": "category"}
    line = {"color": "rgba(128,128,128,0.9)", "width": 1.5, "dash": "dash"}
    one = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": line, "layer": "below"}
    return layout(traces, 380, scattermode="group", shapes=[one], yaxis=upward, xaxis=across, legend=legend())
