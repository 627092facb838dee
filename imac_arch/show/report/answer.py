"""The figures that open a report: how far designs are ahead of the baseline, and what energy and area are made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.document.comparison import ArchitectureRow, ComparisonDocument, Ratio
from imac_arch.document.shapes import Interval, MetricRow
from imac_arch.show.report.plots import (
    COMPONENTS,
    OTHER,
    SYMBOLS,
    Axis,
    Plot,
    Trace,
    bar,
    error_bars,
    hatch,
    layout,
    legend,
    scatter,
)
from imac_arch.show.sentences import columns, heading, judged_baseline, judged_beside, judged_heading
from imac_arch.show.sheet import FAILS, UNDECIDED, Row, Table
from imac_arch.show.values import ratio_cell
from imac_arch.show.verdict import standing_items

__all__ = ["Answer", "answer", "answer_figure", "component_colours", "total_figure"]

CROSSED = ("circle", "square", "diamond")  # symbols that have a crossed form
MOST = 8  # designs beside the baseline up to which all are drawn, else the subjects alone
EDGE = (1e-9, 1e9)
SMALL = 0.01  # of the longest bar, below which a part is drawn among the others
FAR = 5  # times the longest bar on chip, from which a board is off the scale
ROOM_AT_END = 1.4  # of the longest bar, for the total that is written behind it
OTHERS = "others"
Parts = Sequence[tuple[ArchitectureRow, dict[str, float]]]
UNITS = {"energy": "J", "area": "m^2"}
ROW = 40  # px of a design, for a value of two lines and what is left between designs
ROOM = 0.66  # of the axis, up to where a value is written to the right of its interval


class Answer(NamedTuple):
    """What stands below the opening figures: a sentence and a table for each, the components' colours (of those that
    these figures draw, and of all), and whether the table holds designs that the first figure has no room for."""

    sentences: tuple[str, ...]
    table: Table
    totals: Mapping[str, tuple[str, Table]]
    legend: tuple[tuple[str, str], ...]
    components: tuple[tuple[str, str], ...]
    left_out: bool


class _Dots(NamedTuple):
    """A design beside the baseline."""

    name: str
    row: ArchitectureRow
    ratios: Mapping[str, Ratio]


def answer(document: ComparisonDocument) -> Answer:
    """Return the sentences and tables of the opening figures."""
    metrics = _metrics(document)
    rows: list[Row] = [
        (head, *(ratio_cell(own.get(metric.name), metric.words) for metric in metrics))
        for head, own in judged_beside(document)
    ]
    table = Table(("design", *(metric.title for metric in metrics)), tuple(rows))
    sentences = tuple(f"{item.head}: {item.text}." for item in standing_items(document))
    totals = {name: (_total_sentence(document, name), _total_table(document, name)) for name in UNITS}
    every = tuple(component_colours(document).items())
    return Answer(sentences, table, totals, _legend(document), every, len(rows) > MOST)


def _metrics(document: ComparisonDocument) -> list[MetricRow]:
    return [metric for metric in document.metrics if metric.headline and metric.ratio]


def answer_figure(document: ComparisonDocument) -> Plot | None:
    """Return the ratios against the baseline as dots with intervals on a log axis, the better side to the right; None
    where nothing stands beside the baseline."""
    metrics, designs = _metrics(document), _beside(document)
    known = [r for d in designs for m in metrics if (r := d.ratios.get(m.name)) is not None and r.value]
    if not known:
        return None
    low, high = _reach([r for d in designs if not d.row.on_board for r in d.ratios.values() if r in known] or known)
    names = [technology.name for technology in document.technologies]
    traces: list[Trace] = []
    for each in designs:
        traces += _dots(each, metrics, (low, high), SYMBOLS[names.index(each.row.technology) % len(SYMBOLS)])
    sides = (("← worse", 0, "left"), ("better →", 1, "right"))
    notes = [
        {"xref": "paper", "yref": "paper", "showarrow": False, "text": text, "x": x, "xanchor": anchor, "y": 1,
         "yanchor": "bottom"}
        for text, x, anchor in sides
    ]  # fmt: skip
    line = {"color": "rgba(128,128,128,0.9)", "width": 1.5, "dash": "dash"}
    one = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": 1, "x1": 1, "line": line, "layer": "below"}
    upward = {"type": "category", "autorange": "reversed", "automargin": True, "showgrid": False}
    inner = len(metrics) * (14 + ROW * len(designs))
    across = _factors(low, high) | {"title": {"text": f"against {judged_baseline(document)}", "standoff": 4}}
    return layout(
        traces, *_framed(inner, len(designs)), scattermode="group", scattergap=0.2, shapes=[one], annotations=notes,
        xaxis=across, yaxis=upward,
    )  # fmt: skip


def _framed(inner: int, entries: int) -> tuple[int, Axis, Axis]:
    """Return height, margins and legend of a figure whose plot is so many pixels high, with room for a legend of so
    many entries below its axis."""
    below = 58 + 20 * math.ceil(entries / 2)
    return inner + 28 + below, {"l": 40, "r": 16, "t": 28, "b": below}, legend() | {"y": -52 / inner}


def _beside(document: ComparisonDocument) -> list[_Dots]:
    """Return the designs to draw, by the row of the first technology that each stands for."""
    rows = {(row.technology, row.name): row for row in document.architectures}
    found = []
    for head, own in judged_beside(document):
        first = next(iter(own.values()))
        found.append(_Dots(head, rows[first.technology, first.architecture], own))
    return found if len(found) <= MOST else [each for each in found if each.row.subject] or found[:MOST]


def _reach(ratios: Sequence[Ratio]) -> tuple[float, float]:
    """Return the ends of the axis: whole decades around the values and intervals, and around 1."""
    values = [v for r in ratios for v in (r.value, *(r.interval or ())) if v is not None and EDGE[0] < v < EDGE[1]]
    ends = min([*values, 0.3]), max([*values, 3.0])
    return 10.0 ** (math.floor(math.log10(ends[0]) * 2) / 2), 10.0 ** (math.ceil(math.log10(ends[1]) * 2) / 2)


def _dots(each: _Dots, metrics: Sequence[MetricRow], ends: tuple[float, float], symbol: str) -> tuple[Trace, Trace]:
    """Return the dots of a design with their intervals, and the values written beside them."""
    low, high = ends
    fails = each.row.verdict == FAILS
    plain = symbol + ("-x-open" if fails and symbol in CROSSED else "-open" if fails else "")
    kept = [(metric, each.ratios[metric.name]) for metric in metrics if metric.name in each.ratios]
    kept = [(metric, ratio) for metric, ratio in kept if ratio.value]
    x, above, below, texts, places, sides, symbols = [], [], [], [], [], [], []
    for metric, ratio in kept:
        value, cell = ratio.value or 1.0, ratio_cell(ratio, metric.words)
        inside = low <= value <= high
        span = ratio.interval if inside and ratio.interval else Interval(value, value)
        x.append(min(max(value, low), high))
        above.append(min(span.high, high) - x[-1] if inside else 0.0)
        below.append(x[-1] - max(span.low, low) if inside else 0.0)
        texts.append(f"  {cell.value}  " + (f"\n  {UNDECIDED}  " if cell.mark == UNDECIDED else ""))
        right = math.log((x[-1] + above[-1]) / low) < ROOM * math.log(high / low)
        places.append(x[-1] + above[-1] if right else x[-1] - below[-1])
        sides.append("middle right" if right else "middle left")
        symbols.append(plain if inside else "triangle-left" if value < low else "triangle-right")
    colour = ARCHITECTURES[each.row.name].colour if each.row.name in ARCHITECTURES else OTHER
    marker = {"color": colour, "size": 10, "symbol": symbols, "line": {"width": 2, "color": colour}}
    shared = {"y": [_wrapped(metric.title) for metric, _ in kept], "orientation": "h", "offsetgroup": each.name,
              "name": each.name, "text": texts}  # fmt: skip
    hover = "%{y}: %{text}<extra>%{fullData.name}</extra>"
    dots = scatter(
        **shared, x=x, mode="markers", marker=marker, error_x=error_bars(above, below, 4), hovertemplate=hover,
        cliponaxis=False,
    )  # fmt: skip
    written = scatter(
        **shared, x=places, mode="text", textposition=sides, cliponaxis=False, showlegend=False, hoverinfo="skip"
    )  # fmt: skip
    return dots, written


def _wrapped(title: str) -> str:
    """Return a title on two lines where it is long."""
    words = title.split(" ")
    return title if len(title) <= 12 else f"{' '.join(words[: len(words) // 2])}\n{' '.join(words[len(words) // 2 :])}"


def _factors(low: float, high: float) -> Axis:
    """Return a log axis whose ticks say how many times, the same to both sides of 1."""
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    step = max(math.ceil((last - first) / 4), 1)
    powers = [power for power in range(first, last + 1) if power % step == 0]
    texts = [
        "equal" if power == 0 else f"{10 ** abs(power):,}x" if abs(power) < 5 else f"1e{abs(power)}x"
        for power in powers
    ]
    return {
        "type": "log", "range": [math.log10(low), math.log10(high)], "tickvals": [10.0**power for power in powers],
        "ticktext": texts, "tickangle": 0, "automargin": True,
    }  # fmt: skip


def component_colours(document: ComparisonDocument) -> dict[str, str]:
    """Return a colour of each component, the same in every figure, and none that an architecture has."""
    names = dict.fromkeys(part.component for part in document.breakdown)
    return {name: COMPONENTS[place % len(COMPONENTS)] for place, name in enumerate(names)}


def _parts(document: ComparisonDocument, name: str) -> list[tuple[ArchitectureRow, dict[str, float]]]:
    """Return every design with what each component adds to its energy or area."""
    sums: dict[tuple[str, str], dict[str, float]] = {}
    for part in document.breakdown:
        own = sums.setdefault((part.technology, part.architecture), {})
        own[part.component] = own.get(part.component, 0.0) + (part.energy if name == "energy" else part.area)
    return [(row, sums.get((row.technology, row.name), {})) for row in columns(document)]


def _on_scale(parts: Parts) -> list[tuple[ArchitectureRow, dict[str, float]]]:
    """Return the designs whose bars fit beside one another: a board that exceeds the others by far does not."""
    longest = max((math.fsum(own.values()) for row, own in parts if not row.on_board), default=0.0)
    return [
        (row, own) for row, own in parts if not row.on_board or not longest or math.fsum(own.values()) <= FAR * longest
    ]


def total_figure(document: ComparisonDocument, name: str) -> Plot | None:
    """Return energy or area of each design as one bar, in absolute units, stacked by component."""
    parts = _on_scale(_parts(document, name))
    totals = [math.fsum(own.values()) for _, own in parts]
    if not parts or not max(totals) > 0:
        return None
    written = format_value(max(totals), UNITS[name], 12)
    number, _, unit = written.rpartition(" ")
    scale = float(number.replace(",", "")) / max(totals)
    heads = [_wrapped_head(judged_heading(document, row)) for row, _ in parts]
    pattern = hatch([row.verdict == FAILS for row, _ in parts])
    traces = [
        _bar(component, [value * scale for value in values], heads, {"color": colour} | pattern, unit)
        for component, values, colour in _stacks(document, parts)
    ]
    texts = [f"  {format_value(total, UNITS[name])}" for total in totals]
    ends = {"textposition": "middle right", "cliponaxis": False, "hoverinfo": "skip"}
    traces.append(scatter(x=[t * scale for t in totals], y=heads, mode="text", text=texts, **ends))
    title = {"text": f"{_title(document, name)} [{unit}]", "standoff": 4}
    across = {"title": title, "automargin": True, "range": [0, ROOM_AT_END * max(totals) * scale]}
    upward = {"autorange": "reversed", "automargin": True, "type": "category"}
    tall = 42 if any("\n" in head for head in heads) else 32
    height, margin = tall * len(heads) + 78, {"l": 40, "r": 16, "t": 12, "b": 50}
    return layout(traces, height, margin, barmode="stack", showlegend=False, xaxis=across, yaxis=upward)


def _stacks(document: ComparisonDocument, parts: Parts) -> list[tuple[str, list[float], str]]:
    """Return the components that are large enough to be seen, each with its values and colour, then the others."""
    longest = max(math.fsum(own.values()) for _, own in parts)
    stacks, rest = [], [0.0] * len(parts)
    for component, colour in component_colours(document).items():
        values = [own.get(component, 0.0) for _, own in parts]
        if max(values) < SMALL * longest:
            rest = [kept + value for kept, value in zip(rest, values, strict=True)]
        else:
            stacks.append((component, values, colour))
    return stacks + ([(OTHERS, rest, OTHER)] if max(rest) > 0 else [])


def _legend(document: ComparisonDocument) -> tuple[tuple[str, str], ...]:
    """Return the components that the figures of totals draw, with their colours."""
    every = [_on_scale(_parts(document, name)) for name in UNITS]
    drawn = {name for parts in every if parts for name, _, _ in _stacks(document, parts)}
    colours = component_colours(document) | {OTHERS: OTHER}
    return tuple((name, colour) for name, colour in colours.items() if name in drawn)


def _bar(name: str, values: Sequence[float], heads: Sequence[str], marker: Axis, unit: str) -> Trace:
    hover = "%{y}, %{fullData.name}: %{x:.3g} " + unit + "<extra></extra>"
    return bar(y=list(heads), x=list(values), name=name, orientation="h", marker=marker, hovertemplate=hover)


def _wrapped_head(head: str) -> str:
    return head.replace(" (", "\n(", 1) if len(head) > 16 else head


def _title(document: ComparisonDocument, name: str) -> str:
    return next(metric.title for metric in document.metrics if metric.name == name)


def _total_sentence(document: ComparisonDocument, name: str) -> str:
    """Return the total of each design with its two largest parts, boards that are off the scale at the end."""
    every = _parts(document, name)
    drawn = [row for row, _ in _on_scale(every)]
    texts = []
    for row, own in sorted(every, key=lambda each: each[0] not in drawn):
        total = math.fsum(own.values())
        largest = sorted(own.items(), key=lambda item: -item[1])[:2]
        said = " and ".join(
            f"{part} {100 * value / total:.0f} %" for part, value in largest if total and value > SMALL * total
        )
        text = f"{heading(document, row)} {format_value(total, UNITS[name])}" + (f" ({said})" if said else "")
        texts.append(text + ("" if row in drawn else ", off the scale"))
    return f"{_title(document, name).capitalize()}: {'; '.join(texts)}."


def _total_table(document: ComparisonDocument, name: str) -> Table:
    parts = _parts(document, name)
    rows: list[Row] = []
    for component in component_colours(document):
        values = [own.get(component, 0.0) for _, own in parts]
        if any(values):
            rows.append((component, *(format_value(v, UNITS[name]) if v else "—" for v in values)))
    rows.append(("total", *(format_value(math.fsum(own.values()), UNITS[name]) for _, own in parts)))
    return Table(("component", *(judged_heading(document, row) for row, _ in parts)), tuple(rows))
