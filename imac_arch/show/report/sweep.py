"""The page of ``sweep``: verdicts, the best designs, planes of metrics, maps over axes, and what sets designs apart."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.data.records import NamedTuple
from imac_arch.document.drawn import Drawn, HeatMap
from imac_arch.document.shapes import Generator
from imac_arch.document.sweep import SweepDocument
from imac_arch.show.escapes import cleaned
from imac_arch.show.report.html import page
from imac_arch.show.report.maps import heat_map, map_sentence, map_table
from imac_arch.show.report.parallel import Parallel, parallel
from imac_arch.show.report.planes import planes, scatter_plane
from imac_arch.show.report.plots import Plot
from imac_arch.show.report.sources import Numbers, numbers
from imac_arch.show.sheet import Sheet, Table
from imac_arch.show.sweep import sweep_sheet

__all__ = ["Choice", "SweepPage", "render_sweep", "sweep_figures"]


class Choice(NamedTuple):
    """A choice among figures in one place: its label, the part of their names and the text of each option, and the part
    of the one that is shown first."""

    label: str
    options: tuple[tuple[str, str], ...]
    first: str = "0"


class SweepPage(NamedTuple):
    """What ``sweep.html.j2`` shows, from top to bottom."""

    generator: Generator
    title: str
    document: SweepDocument
    sheet: Sheet
    planes: tuple[Choice, ...]
    maps: tuple[Choice, ...]
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    parallel: Parallel | None
    drawn: Drawn
    numbers: Numbers
    front: str


def render_sweep(document: SweepDocument, drawn: Drawn) -> str:
    """Return the page of a sweep, the same bytes for the same sweep."""
    sheet = cleaned(sweep_sheet(document))
    told = _told(drawn.maps)
    view = SweepPage(
        document.generator,
        sheet.title,
        document,
        sheet,
        _plane_choices(document, drawn),
        _map_choices(document, drawn),
        tuple(map_sentence(document, each) for each in told),
        tuple(found for each in told if (found := map_table(document, each)) is not None),
        parallel(document, drawn),
        drawn,
        numbers(drawn.numbers),
        _drawn_front(document, drawn),
    )
    return page("sweep.html.j2", view, sweep_figures(document, drawn), document)


def _drawn_front(document: SweepDocument, drawn: Drawn) -> str:
    """Return in words how much of the front is drawn: a page of 2 MB has no room for a large one."""
    front = document.front
    if drawn.fronted >= front.size:
        return "the Pareto front"
    return (
        f"{drawn.fronted:,} of the {front.size:,} designs of the Pareto front, evenly along {front.metrics[0]}, for a "
        "page has no room for all; .pareto() in Python has them"
    )


def sweep_figures(document: SweepDocument, drawn: Drawn) -> dict[str, Plot]:
    """Return the figures: ``fig-plane-K`` of each pair of metrics, and ``fig-map-PAIR-ARCHITECTURE-METRIC``, counted
    from 0."""
    figures = {f"fig-plane-{k}": scatter_plane(document, drawn, each) for k, each in enumerate(planes(document))}
    pairs, architectures, metrics = _mapped(drawn.maps)
    for each in drawn.maps:
        place = (pairs.index(_pair(each)), architectures.index(each.architecture),
                 metrics.index(each.metric))  # fmt: skip
        figures["fig-map-" + "-".join(map(str, place))] = heat_map(document, each)
    return {name: plot for name, plot in figures.items() if plot is not None}


def _pair(shown: HeatMap) -> tuple[str, str]:
    return shown.across.name, shown.upward.name


def _told(maps: Sequence[HeatMap]) -> list[HeatMap]:
    """Return the maps that sentences and tables are about: those of the first metric, over the axes that say most."""
    own = [each for each in maps if each.metric == maps[0].metric]
    pair = _pair(max(own, key=_telling)) if own else ("", "")
    return [each for each in own if _pair(each) == pair]


def _telling(shown: HeatMap) -> tuple[int, float]:
    """Return by how much the cells of a map differ: how many verdicts they have, and how far their values lie apart."""
    known = [value for row in shown.values for value in row if value is not None and value > 0]
    verdicts = {verdict for row in shown.verdicts for verdict in row}
    return len(verdicts), max(known) / min(known) if known else 0.0


def _mapped(maps: Sequence[HeatMap]) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Return the pairs of axes, the architectures and the metrics of maps."""
    pairs = list(dict.fromkeys(map(_pair, maps)))
    return pairs, list(dict.fromkeys(e.architecture for e in maps)), list(dict.fromkeys(e.metric for e in maps))


def _plane_choices(document: SweepDocument, drawn: Drawn) -> tuple[Choice, ...]:
    if not drawn.points:
        return ()
    titles = {metric.name: metric.title for metric in document.metrics}
    options = tuple((str(k), f"{titles[p.x]} and {titles[p.y]}") for k, p in enumerate(planes(document)))
    return (Choice("Metrics", options),) if options else ()


def _map_choices(document: SweepDocument, drawn: Drawn) -> tuple[Choice, ...]:
    if not drawn.maps:
        return ()
    pairs, architectures, metrics = _mapped(drawn.maps)
    first = max(_told(drawn.maps), key=_telling)
    titles = {metric.name: metric.title for metric in document.metrics}
    return (
        Choice(
            "Axes", tuple((str(k), f"{a} and {b}") for k, (a, b) in enumerate(pairs)), str(pairs.index(_pair(first)))
        ),
        Choice(
            "Architecture",
            tuple((str(k), name) for k, name in enumerate(architectures)),
            str(architectures.index(first.architecture)),
        ),
        Choice("Metric", tuple((str(k), titles[name]) for k, name in enumerate(metrics))),
    )
