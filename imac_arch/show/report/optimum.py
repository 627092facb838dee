"""The page of ``optimize``: optima beside defaults, and how far architectures are apart before and after."""

from __future__ import annotations

import math
import textwrap

from imac_arch.data.records import NamedTuple
from imac_arch.document.optimum import OptimumDocument
from imac_arch.document.shapes import Generator
from imac_arch.show.escapes import cleaned
from imac_arch.show.optimum import optimum_sheet
from imac_arch.show.report.html import page
from imac_arch.show.report.planes import colour_of
from imac_arch.show.report.plots import OTHER, PALETTE, Axis, Plot, Trace, hatch, layout, legend, log_axis, scatter
from imac_arch.show.report.plots import bar as bar_trace
from imac_arch.show.report.sources import Numbers, numbers
from imac_arch.show.sheet import Sheet
from imac_arch.show.values import ratio_words, scaled_metric, show_metric

__all__ = ["OptimumPage", "optimum_figures", "render_optimum"]

WORKS = "works"
MARGIN = 0.06  # of an axis, beside the dots at its ends
TICKS = 4  # labels of decades, which narrow pages have room for
LINE = 24  # characters of the name of a ratio
WIDTH = 0.36  # of a bar, where architectures are 1 apart
DEFAULT, BEST, RUNNERS = "by default", "at its optimum", "runners-up"
ONE: Axis = {"type": "line", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": OTHER, "width": 1.5, "dash": "dash"}}  # fmt: skip


class OptimumPage(NamedTuple):
    """What ``optimum.html.j2`` shows, from top to bottom."""

    generator: Generator
    title: str
    document: OptimumDocument
    sheet: Sheet
    numbers: Numbers


def render_optimum(document: OptimumDocument) -> str:
    """Return the page of a document, the same bytes for the same document."""
    sheet = cleaned(optimum_sheet(document))
    view = OptimumPage(document.generator, sheet.title, document, sheet, numbers(document.provenance))
    return page("optimum.html.j2", view, optimum_figures(document), document)


def optimum_figures(document: OptimumDocument) -> dict[str, Plot]:
    """Return the figures: the objective of each architecture by default, at its optimum and of the runners-up; and the
    ratios against the baseline by default and with each architecture at its optimum."""
    drawn = {"fig-optima": _optima(document), "fig-ratios": _ratios(document)}
    return {name: plot for name, plot in drawn.items() if plot is not None}


def _optima(document: OptimumDocument) -> Plot | None:
    metric = next(each for each in document.metrics if each.name == document.objective.metric)
    rows = document.architectures
    designs = {
        DEFAULT: [(row.name, row.default) for row in rows],
        BEST: [(row.name, row.optimum) for row in rows if row.optimum is not None],
        RUNNERS: [(row.name, design) for row in rows for design in row.runners_up],
    }
    found = {
        key: [(name, design.metrics.get(metric.name), design.verdict) for name, design in own]
        for key, own in designs.items()
    }
    known = [value for own in found.values() for _, value, _ in own if value]
    if not known or min(known) <= 0:
        return None
    scale, unit = scaled_metric(metric, sorted(known)[len(known) // 2])
    traces: list[Trace] = []
    for key, opacity, offset in ((DEFAULT, 0.45, -WIDTH), (BEST, 1.0, 0.0)):
        for name, value, verdict in found[key]:
            if value:
                marker = {"color": colour_of(name), "opacity": opacity} | hatch([verdict != WORKS])
                traces.append(bar_trace(
                    y=[name], x=[value * scale], orientation="h", name=key, showlegend=False, marker=marker,
                    width=WIDTH, offset=offset, customdata=[f"{show_metric(metric, value)}, {verdict}"],
                    hovertemplate="%{y} %{fullData.name}: %{customdata}<extra></extra>",
                ))  # fmt: skip
        traces.append(scatter(
            y=[rows[0].name], x=[None], mode="markers", name=key, hoverinfo="skip",
            marker={"color": OTHER, "opacity": opacity, "symbol": "square", "size": 12},
        ))  # fmt: skip
    others = [(name, value, verdict) for name, value, verdict in found[RUNNERS] if value]
    if others:
        traces.append(scatter(
            y=[name for name, *_ in others], x=[value * scale for _, value, _ in others], mode="markers", name=RUNNERS,
            marker={"symbol": "line-ns-open", "size": 12, "color": OTHER, "line": {"width": 1.5}},
            text=[show_metric(metric, value) for _, value, _ in others],
            hovertemplate="%{y}, runner-up: %{text}<extra></extra>",
        ))  # fmt: skip
    across = log_axis(f"{metric.title} [{unit}]" if unit else metric.title, [value * scale for value in known])
    upward = {"autorange": "reversed", "automargin": True, "type": "category"}
    return layout(
        traces, 150 + 56 * len(rows), legend=legend() | {"traceorder": "normal"}, xaxis=across, yaxis=upward,
        barmode="overlay",
    )  # fmt: skip


def _wrapped(name: str) -> str:
    """Return a name on as many lines as leave a narrow page room for the figure beside it."""
    return "\n".join(textwrap.wrap(name, LINE, break_on_hyphens=False))


def _ratios(document: OptimumDocument) -> Plot | None:
    """Return dots from the ratio at defaults to that at optima, on a line each."""
    metrics = {metric.name: metric for metric in document.metrics}
    rows = [each for each in document.ratios if (each.default or 0) > 0 or (each.optimum or 0) > 0]
    if not rows:
        return None
    names = [_wrapped(f"{each.architecture}: {metrics[each.metric].title}") for each in rows]
    traces: list[Trace] = [
        scatter(x=[each.default, each.optimum], y=[name, name], mode="lines", hoverinfo="skip", showlegend=False,
                line={"color": OTHER, "width": 2})
        for name, each in zip(names, rows, strict=True) if each.default and each.optimum
    ]  # fmt: skip
    for key, colour, symbol in ((DEFAULT, OTHER, "circle-open"), ("both at their optimum", PALETTE[0], "circle")):
        own = [(n, r, r.default if key == DEFAULT else r.optimum) for n, r in zip(names, rows, strict=True)]
        shown = [(name, each, value) for name, each, value in own if value]
        traces.append(scatter(
            x=[value for *_, value in shown], y=[name for name, *_ in shown], mode="markers", name=key,
            marker={"size": 11, "color": colour, "symbol": symbol, "line": {"width": 2, "color": colour}},
            text=[ratio_words(value, metrics[each.metric].words) for _, each, value in shown],
            hovertemplate="%{y} %{fullData.name}: %{text}<extra></extra>",
        ))  # fmt: skip
    values = [value for each in rows for value in (each.default, each.optimum) if value]
    low, high = min(*values, 1.0), max(*values, 1.0)
    across = log_axis(f"times better than {document.baseline}", [low, high])
    across["dtick"] = max(math.ceil(math.log10(high / low) / TICKS), 1)
    room = MARGIN * max(math.log10(high / low), 1.0)
    across["range"] = [math.log10(low) - room, math.log10(high) + room]
    upward = {"autorange": "reversed", "automargin": True, "type": "category"}
    return layout(traces, 140 + 34 * len(names), legend=legend(), xaxis=across, yaxis=upward, shapes=[ONE])
