"""The page of ``sensitivity``: for each result its budget, its tornado, its indices and what would flip it."""

from __future__ import annotations

import math
import textwrap

from imac_arch.data.records import NamedTuple
from imac_arch.document.sensitivity import SensitivityDocument, SensitivityRow
from imac_arch.document.shapes import Generator
from imac_arch.metrics import METRICS
from imac_arch.show.report.html import page
from imac_arch.show.report.plots import OTHER, PALETTE, Axis, Plot, bar, error_bars, layout, legend, log_axis, scatter
from imac_arch.show.report.sources import Numbers, numbers
from imac_arch.show.sensitivity import (
    budget_table,
    driver_table,
    flip_table,
    heading,
    index_table,
    result,
    sensitivity_sheet,
    summary_sentences,
    tornado_table,
)
from imac_arch.show.sheet import Table

__all__ = ["SensitivityPage", "render_sensitivity", "sensitivity_figures"]

BARS = 12  # of a figure; the tables of one technology have all
LINE = 22  # characters of the title of an axis, which a narrow page has room for
LINES = 8  # of a table where there are several technologies; JSON and csv have all


class _Result(NamedTuple):
    """One result on the page."""

    key: str
    title: str
    sentences: tuple[str, ...]
    budget: Table | None
    indices: Table | None
    tornado: Table | None
    flips: Table | None
    method: str


class SensitivityPage(NamedTuple):
    """What ``sensitivity.html.j2`` shows, from top to bottom."""

    generator: Generator
    title: str
    subtitle: str
    document: SensitivityDocument
    results: tuple[_Result, ...]
    drivers: Table
    numbers: Numbers
    most: int | None


def render_sensitivity(document: SensitivityDocument) -> str:
    """Return the page of a document, the same bytes for the same document."""
    sheet = sensitivity_sheet(document)
    most = LINES if len(document.conditions.technologies) > 1 else None
    results = tuple(
        _Result(
            f"r{k}", heading(document, row), summary_sentences(row), budget_table(row, most) if row.budget else None,
            index_table(row, most) if row.indices else None,
            tornado_table(document, row, most) if row.tornado else None,
            flip_table(row, most) if row.flips else None, row.method or "",
        )
        for k, row in enumerate(document.results, 1)
    )  # fmt: skip
    view = SensitivityPage(
        document.generator,
        sheet.title,
        sheet.subtitle,
        document,
        results,
        driver_table(document.drivers),
        numbers(document.provenance),
        most,
    )
    return page("sensitivity.html.j2", view, sensitivity_figures(document))  # diff reads no such document


def sensitivity_figures(document: SensitivityDocument) -> dict[str, Plot]:
    """Return the figures of each result: budget or indices, tornado, and flip distances."""
    drawn: dict[str, Plot] = {}
    for k, row in enumerate(document.results, 1):
        if row.indices:
            drawn[f"fig-r{k}-shares"] = _indices(row)
        elif row.budget:
            drawn[f"fig-r{k}-shares"] = _shares(row)
        if row.tornado:
            drawn[f"fig-r{k}-tornado"] = _tornado(row)
        if any(flip.factor for flip in row.flips):
            drawn[f"fig-r{k}-flips"] = _flips(row)
    return drawn


def _short(name: str) -> str:
    """Return the last two steps of a path, which a narrow page has room for."""
    steps = name.split(".")
    return name if len(name) <= 24 else ".".join(steps[-2:])


def _upward(names: list[str]) -> Axis:
    return {"autorange": "reversed", "automargin": True, "type": "category", "tickvals": names,
            "ticktext": [_short(name) for name in names]}  # fmt: skip


def _shares(row: SensitivityRow) -> Plot:
    """Return the shares of the spread as bars with their intervals, the unexplained rest last."""
    shown = row.budget[:BARS]
    rest = sum(share.share for share in row.budget[BARS:])
    names = [share.driver for share in shown] + ["others"] * bool(rest) + ["unexplained"]
    values = [100 * share.share for share in shown] + [100 * rest] * bool(rest) + [100 * (row.unexplained or 0.0)]
    above = [100 * max(s.interval.high - s.share, 0.0) if s.interval else 0.0 for s in shown]
    below = [100 * max(s.share - max(s.interval.low, 0.0), 0.0) if s.interval else 0.0 for s in shown]
    more = [0.0] * (len(names) - len(shown))
    colours = [PALETTE[0]] * len(shown) + [OTHER] * len(more)
    trace = bar(
        y=names, x=values, orientation="h", marker={"color": colours}, name="share", showlegend=False,
        error_x=error_bars(above + more, below + more, 5), hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
    )  # fmt: skip
    across = {"title": {"text": "share of the spread [%]"}, "rangemode": "tozero", "automargin": True}
    return layout([trace], 90 + 26 * len(names), xaxis=across, yaxis=_upward(names))


def _indices(row: SensitivityRow) -> Plot:
    """Return first-order and total indices as bars with their intervals."""
    shown = (row.indices or ())[:BARS]
    names = [index.driver for index in shown]
    traces = []
    for name, colour, values, ends in (
        ("first order", PALETTE[0], [i.first for i in shown], [i.first_interval for i in shown]),
        ("total", PALETTE[1], [i.total for i in shown], [i.total_interval for i in shown]),
    ):
        above = [max(e.high - v, 0.0) if e else 0.0 for v, e in zip(values, ends, strict=True)]
        below = [max(v - e.low, 0.0) if e else 0.0 for v, e in zip(values, ends, strict=True)]
        traces.append(bar(
            y=names, x=values, orientation="h", marker={"color": colour}, name=name,
            error_x=error_bars(above, below, 4), hovertemplate="%{y}: %{x:.3f}<extra>%{fullData.name}</extra>",
        ))  # fmt: skip
    across = {"title": {"text": "Sobol index"}, "automargin": True}
    below_ = legend() | {"y": -0.16}
    return layout(traces, 140 + 38 * len(names), legend=below_, xaxis=across, yaxis=_upward(names), barmode="group")


def _tornado(row: SensitivityRow) -> Plot:
    """Return bars from the result at the medians to that at either end of a driver's range."""
    middle = row.value.value or math.nan
    shown = [each for each in row.tornado if each.low is not None and each.high is not None][:BARS]
    names = [each.driver for each in shown]
    traces, values = [], [middle]
    for name, colour, ends in (
        ("at its 5 %", PALETTE[0], [each.low or middle for each in shown]),
        ("at its 95 %", PALETTE[1], [each.high or middle for each in shown]),
    ):
        values += ends
        traces.append(bar(
            y=names, x=[end - middle for end in ends], base=[middle] * len(names), orientation="h",
            marker={"color": colour}, name=name, customdata=[result(row, end) for end in ends],
            hovertemplate="%{y} %{fullData.name}: %{customdata}<extra></extra>",
        ))  # fmt: skip
    words = METRICS[row.metric].words
    title = f"{row.title} [{row.unit}]" if row.baseline is None else f"{row.title}: times {words[1]}"
    across = log_axis("", values)
    across["title"] = {"text": "\n".join(textwrap.wrap(title, LINE, break_on_hyphens=False)), "standoff": 4}
    lines = [{"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1,
              "line": {"color": OTHER, "width": 1, "dash": dash}}
             for x, dash in ((middle, "solid"), *(((1.0, "dot"),) if row.baseline else ()))]  # fmt: skip
    inner = 28 * len(names)
    margin = {"l": 60, "r": 16, "t": 12, "b": 112}  # for a title and a legend of two lines each
    return layout(
        traces, inner + 124, margin, legend() | {"y": -70 / inner}, xaxis=across, yaxis=_upward(names),
        barmode="overlay", shapes=lines,
    )  # fmt: skip


def _flips(row: SensitivityRow) -> Plot:
    """Return how far numbers are from flipping the ratio, as a factor of where they stand."""
    shown = [flip for flip in row.flips if flip.factor and flip.factor > 0][:BARS]
    names = list(dict.fromkeys(flip.path for flip in shown))
    factors = [flip.factor or 1.0 for flip in shown]
    dots = scatter(
        y=[flip.path for flip in shown], x=factors, mode="markers", showlegend=False,
        marker={"size": 10, "color": [PALETTE[0] if f.probability is None else PALETTE[1] for f in shown]},
        customdata=[f"{flip.bound} {format(flip.at or 0.0, '.3g')} {flip.unit}".rstrip() for flip in shown],
        hovertemplate="%{y}: %{customdata}, %{x:.3g} times<extra></extra>",
    )  # fmt: skip
    line = {"type": "line", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": OTHER, "width": 1}}
    across = log_axis("times where it stands", [*factors, 1.0])
    return layout([dots], 110 + 26 * len(names), xaxis=across, yaxis=_upward(names), shapes=[line])
