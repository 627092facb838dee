"""What the page of a sweep draws, kept while the designs go by: some of them, and the best ones over two axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.document.drawn import Drawn, DrawnPoint, HeatMap, Side
from imac_arch.metrics import METRICS
from imac_arch.program.recorded import VERDICT
from imac_arch.studies.sweep.found import Row, rows_of, signed
from imac_arch.studies.sweep.intervals import Ends, Intervals
from imac_arch.studies.sweep.numbers import numbers_of
from imac_arch.studies.sweep.run import LABELS, Table
from imac_arch.studies.sweep.space import Numbers, Words
from imac_arch.studies.sweep.study import Keepers, Study

__all__ = ["POINTS", "Drawing", "Maps", "drawn"]

POINTS = 2000  # designs that are drawn beside the front, each architecture's one
FRONTED = 1500  # of a front, evenly along its first metric
CELLS = 40  # of an axis
PAIRS = 6  # of axes, the most
MAPS = 2**15  # cells of all maps: pages have room for no more
BARRED = 200  # designs of a front with error bars, evenly along its first metric
DRAWS = 200  # behind error bars, where nobody says how many
MAPPED = ("energy", "area", "latency", "pap")
GOLDEN = (5**0.5 - 1) / 2
SEVERITIES = len(LABELS) - 1
Places = NDArray[np.int64]


class _Cells(NamedTuple):
    """An axis in cells: its columns, the kinds of their values or the edges between parts, and what cells are called.

    Attributes:
        columns: one, or those that are varied together.
        kinds: of each column the values in their order; None where cells are parts.
        codes: which pairs of values there are; empty for one column.
        edges: lower ends of the parts.
        side: for people.
    """

    columns: tuple[str, ...]
    kinds: tuple[Array, ...] | None
    codes: Places
    edges: Array
    side: Side

    def places(self, table: Table) -> Places:
        """Return the cell of each design."""
        own = [table.columns[name] for name in self.columns]
        if not self.edges.size and self.kinds is None:
            return own[0].astype(np.int64)
        if self.kinds is None:
            return np.clip(np.searchsorted(self.edges, own[0], "right") - 1, 0, self.edges.size - 1)
        code = np.zeros(table.rows, dtype=np.int64)
        for kinds, values in zip(self.kinds, own, strict=True):
            code = code * len(kinds) + np.searchsorted(kinds, values)
        return np.searchsorted(self.codes, code)


class Maps:
    """The best of each metric over pairs of axes.

    Args:
        study: whose designs these are.
        pairs: names of axes; the first ones that have several values by default.
        metrics: names; some of the study's by default.
    """

    def __init__(
        self, study: Study, pairs: Sequence[tuple[str, str]] | None = None, metrics: Sequence[str] | None = None
    ) -> None:
        axes = {axis.name: axis for axis in study.space.axes}
        if pairs is None:
            several = [name for name, axis in axes.items() if len(axis) > 1 and _mappable(axis)]
            pairs = [] if study.space.zipped else list(combinations(several, 2))[:PAIRS]
        drawn = study.space.sample > 0
        self.cells = {name: _cells(axes[name], drawn) for name in dict.fromkeys(n for pair in pairs for n in pair)}
        self.metrics = tuple(metrics or [m for m in MAPPED if m in study.metrics] or study.metrics[:1])
        self.architectures = study.architectures
        self.pairs = self._fitting(pairs)
        self.best: dict[tuple[int, str, str], Array] = {}

    def _fitting(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the first pair, and those behind whose maps there is room for."""
        left = MAPS
        kept: list[tuple[str, str]] = []
        for a, b in pairs:
            size = len(self.cells[a].side.cells) * len(self.cells[b].side.cells)
            size *= len(self.architectures) * len(self.metrics)
            if not kept or size <= left:
                kept.append((a, b))
                left -= size
        return kept

    def add(self, table: Table) -> None:
        """Take note of a table."""
        places = {name: cells.places(table) for name, cells in self.cells.items()}
        flat = [places[a] * len(self.cells[b].side.cells) + places[b] for a, b in self.pairs]
        for architecture in self.architectures:
            codes = table.columns[f"{architecture}.{VERDICT}"]
            for metric in self.metrics:
                if f"{architecture}.{metric}" not in table.columns:
                    continue
                values = signed(table, architecture, metric)
                kept = (codes < SEVERITIES) & ~np.isnan(values)
                own, levels = values[kept], codes[kept]
                for k, (a, b) in enumerate(self.pairs):
                    size = len(self.cells[a].side.cells) * len(self.cells[b].side.cells)
                    best = self.best.setdefault((k, architecture, metric), np.full(SEVERITIES * size, np.inf))
                    np.minimum.at(best, levels * size + flat[k][kept], own)

    def join(self, later: Maps) -> None:
        """Take note of what the tables behind these left."""
        for key, best in later.best.items():
            self.best[key] = np.minimum(self.best[key], best) if key in self.best else best

    def records(self) -> tuple[HeatMap, ...]:
        """Return the maps, pair by pair."""
        return tuple(self._record(*key, best) for key, best in sorted(self.best.items(), key=self._order))

    def _order(self, item: tuple[tuple[int, str, str], Array]) -> tuple[int, int, int]:
        pair, architecture, metric = item[0]
        return pair, self.architectures.index(architecture), self.metrics.index(metric)

    def _record(self, pair: int, architecture: str, metric: str, best: Array) -> HeatMap:
        across, upward = (self.cells[name].side for name in self.pairs[pair])
        levels = best.reshape(SEVERITIES, len(across.cells), len(upward.cells))
        level = np.argmax(np.isfinite(levels), axis=0)
        values = np.take_along_axis(levels, level[None], axis=0)[0]
        if METRICS[metric].better == "higher":
            values = -values
        shown = tuple(tuple(float(v) if np.isfinite(v) else None for v in column) for column in values.T)
        verdicts = tuple(
            tuple(LABELS[k] if np.isfinite(v) else "" for k, v in zip(ks, vs, strict=True))
            for ks, vs in zip(level.T, values.T, strict=True)
        )
        return HeatMap(across, upward, architecture, metric, shown, verdicts)


def _mappable(axis: Words | Numbers) -> bool:
    """Whether cells of an axis have room: numbers are put together, words cannot be."""
    return len(axis) <= CELLS or isinstance(axis, Numbers)


def _cells(axis: Words | Numbers, drawn: bool) -> _Cells:
    """Return an axis in cells; ``drawn``: its designs lie between its values too."""
    none = np.empty(0, dtype=np.int64)
    if isinstance(axis, Words):
        return _Cells((axis.name,), None, none, np.empty(0), Side(axis.name, axis.labels))
    columns = tuple(axis.values) if len(axis.values) > 1 else (axis.name,)
    own = list(axis.values.values())
    kinds = tuple(np.unique(values) for values in own)
    code = np.zeros(len(axis), dtype=np.int64)
    for some, values in zip(kinds, own, strict=True):
        code = code * len(some) + np.searchsorted(some, values)
    codes, first = np.unique(code, return_index=True)
    between = drawn and axis.smooth
    if len(codes) <= CELLS and not between:
        labels = tuple("x".join(_text(values[k], axis.unit) for values in own) for k in first)
        return _Cells(columns, kinds, codes, np.empty(0), Side(axis.name, labels))
    low, high = float(kinds[0][0]), float(kinds[0][-1])
    if between:
        edges = np.geomspace(low, high, CELLS + 1) if axis.log else np.linspace(low, high, CELLS + 1)
    else:
        edges = np.append(kinds[0][np.arange(CELLS) * len(kinds[0]) // CELLS], high)
    texts = tuple(f"{_text(a, axis.unit)} to {_text(b, axis.unit)}" for a, b in pairwise(edges))
    return _Cells(columns, None, none, edges[:-1], Side(axis.name, texts))


def _text(value: float, unit: str) -> str:
    return format_value(float(value), unit) or "0"


class Drawing:
    """What takes note of every table for the page: what the document does, points and maps."""

    def __init__(self, study: Study) -> None:
        self.study, self.kept, self.maps = study, study.keepers(), Maps(study)
        self.wanted = _spread(study.space.rows, max(POINTS // len(study.architectures), 1))
        self.rows: list[Row] = []

    def add(self, table: Table) -> None:
        """Take note of a table."""
        self.kept.add(table)
        self.maps.add(table)
        low, high = np.searchsorted(self.wanted, [table.start, table.start + table.rows])
        self.rows += rows_of(table, self.wanted[low:high] - table.start)

    def join(self, later: Drawing) -> None:
        """Take note of what the tables behind these left."""
        self.kept.join(later.kept)
        self.maps.join(later.maps)
        self.rows += later.rows

    def records(self) -> Drawn:
        """Return what is drawn."""
        return drawn(self.study, self.kept, self.rows, self.maps)


def drawn(study: Study, kept: Keepers, rows: Sequence[Row], maps: Maps) -> Drawn:
    """Return what a page draws.

    Args:
        study: whose designs these are.
        kept: of all tables.
        rows: some of the designs.
        maps: of all tables.
    """
    front = kept.front.sorted()
    some = _evenly(front, FRONTED)
    best = {(each.row["row"], each.architecture): each.row for each in kept.best if each.row is not None}
    samples = DRAWS if study.samples is None else study.samples
    barred = [(row, str(row["architecture"])) for row in _evenly(front, BARRED)]
    barred += [(row, name) for (_, name), row in best.items()]
    ends = Intervals(study, samples).of(barred) if samples else {}
    known = {(row["row"], row["architecture"]) for row in some}
    others = [
        (row, name) for row in rows for name in study.architectures
        if (row["row"], name) not in known and row[f"{name}.{VERDICT}"] != LABELS[-1]
    ]  # fmt: skip
    drawn_ = {(row["row"], name) for row, name in others} | known
    others += [(row, name) for (number, name), row in best.items() if (number, name) not in drawn_]
    points = [_point(study, row, row["architecture"], True, ends) for row in some]
    points += [_point(study, row, name, False, ends) for row, name in others]
    tried = len(rows) * len(study.architectures)
    numbers = numbers_of(study.space, study.architectures, study.laws, study.runner.refused)
    return Drawn(tuple(points), len(some), tried, maps.records(), numbers, samples)


def _evenly(rows: list[Row], most: int) -> list[Row]:
    return [rows[k * len(rows) // most] for k in range(most)] if len(rows) > most else rows


def _point(study: Study, row: Mapping[str, Any], architecture: str, fronted: bool, ends: Ends) -> DrawnPoint:
    values = (row.get(f"{architecture}.{name}") for name in study.metrics)
    metrics = tuple(None if value is None or not np.isfinite(value) else float(value) for value in values)
    design = tuple(row[name] for name in study.runner.columns if name not in study.runner.results)
    own = ends.get((row["row"], architecture))
    bars = None if own is None else tuple(own.get(name) for name in study.metrics)
    return DrawnPoint(row["row"], architecture, design, metrics, row[f"{architecture}.{VERDICT}"], fronted, bars)


def _spread(rows: int, count: int) -> Places:
    """Return numbers of rows that lie evenly among all, without the rhythm of any axis."""
    if rows <= count:
        return np.arange(rows)
    return np.unique((np.arange(1, count + 1) * GOLDEN % 1 * rows).astype(np.int64))
