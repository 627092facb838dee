"""What a sweep says of all of its designs, kept while they go by: verdicts, refusals, the best ones and fronts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imac_arch.components.cost import SLACK
from imac_arch.metrics import METRICS
from imac_arch.program.recorded import MARGIN, REASON, VERDICT
from imac_arch.studies.sweep.run import LABELS, Table

__all__ = ["FRONT", "Best", "Counts", "Front", "front_of", "signed"]

FRONT = ("area", "energy", "latency")  # of a summary
WORKS = LABELS[0]
FEW = 1000  # points that are sorted at once
Row = dict[str, Any]
Mask = NDArray[np.bool_]


def signed(table: Table, architecture: str, metric: str) -> NDArray[np.float64]:
    """Return the values of a metric so that less is better."""
    values = table.columns[f"{architecture}.{metric}"]
    return -values if METRICS[metric].better == "higher" else values


def rows_of(table: Table, places: Sequence[int] | NDArray[np.int64]) -> list[Row]:
    """Return rows of a table as plain values, codes as their labels."""
    found = []
    for place in places:
        row: Row = {"row": table.start + int(place)}
        for name, column in table.columns.items():
            labels = table.labels.get(name)
            row[name] = float(column[place]) if labels is None else labels[int(column[place])]
        found.append(row)
    return found


def admitted(table: Table, architecture: str, verdict: str | None) -> Mask:
    """Return which designs of an architecture have a verdict, or one at all."""
    codes = table.columns[f"{architecture}.{VERDICT}"]
    return codes < len(LABELS) - 1 if verdict is None else codes == LABELS.index(verdict)


class Counts:
    """How many designs of each architecture have which verdict, why others cannot be, and how many miss each check."""

    def __init__(self, architectures: Sequence[str]) -> None:
        self.verdicts = {name: dict.fromkeys(LABELS, 0) for name in architectures}
        self.reasons: dict[str, dict[str, int]] = {name: {} for name in architectures}
        self.missed: dict[str, dict[str, int]] = {name: {} for name in architectures}

    def add(self, table: Table) -> None:
        """Take note of a table."""
        for name, counts in self.verdicts.items():
            for code, count in enumerate(np.bincount(table.columns[f"{name}.{VERDICT}"], minlength=len(LABELS))):
                counts[LABELS[code]] += int(count)
            labels, own = table.labels[f"{name}.{REASON}"], self.reasons[name]
            for code, count in enumerate(np.bincount(table.columns[f"{name}.{REASON}"])):
                if code and count:
                    own[labels[code]] = own.get(labels[code], 0) + int(count)
            head = f"{name}.{MARGIN}_"
            for column in (column for column in table.columns if column.startswith(head)):
                missed, code_ = int(np.count_nonzero(table.columns[column] < 1 - SLACK)), column.removeprefix(head)
                self.missed[name][code_] = self.missed[name].get(code_, 0) + missed

    def join(self, later: Counts) -> None:
        """Take note of what the tables behind these left."""
        for name in self.verdicts:
            for own, other in (
                (self.verdicts[name], later.verdicts[name]),
                (self.reasons[name], later.reasons[name]),
                (self.missed[name], later.missed[name]),
            ):
                own |= {key: own.get(key, 0) + count for key, count in other.items()}


class Best:
    """The best design of an architecture by a metric, of equals the first; where none works, the best of those that are
    doubtful, else of those that fail.

    Args:
        architecture: its name.
        metric: by which.
        verdict: the only one that counts; None for the order above.
        any_: every design that can be is as good as another.
    """

    def __init__(self, architecture: str, metric: str, verdict: str | None = None, any_: bool = False) -> None:
        self.architecture, self.metric, self.verdict, self.any = architecture, metric, verdict, any_
        self.row: Row | None = None
        self.rank = (len(LABELS), np.inf)

    def add(self, table: Table) -> None:
        """Take note of a table."""
        if f"{self.architecture}.{self.metric}" not in table.columns:
            return
        values = signed(table, self.architecture, self.metric)
        codes = table.columns[f"{self.architecture}.{VERDICT}"]
        kept = admitted(table, self.architecture, self.verdict) & ~np.isnan(values)
        if not kept.any():
            return
        least = 0 if self.any else int(codes[kept].min())
        if not self.any:
            kept &= codes == least
        place = int(np.argmin(np.where(kept, values, np.inf)))
        if kept[place] and (least, float(values[place])) < self.rank:
            self.rank = (least, float(values[place]))
            self.row = rows_of(table, [place])[0]

    def join(self, later: Best) -> None:
        """Take note of what the tables behind these left."""
        if later.row is not None and later.rank < self.rank:
            self.rank, self.row = later.rank, later.row


class Front:
    """The designs that no other one beats in all of some metrics at once, those of several architectures together.

    Args:
        architectures: names.
        metrics: of which the values are compared.
        verdict: that a design must have; None for each that can be.
        ties: keep every design of equal ones; else the first, with how many are alike.
    """

    def __init__(
        self,
        architectures: Sequence[str],
        metrics: Sequence[str] = FRONT,
        verdict: str | None = WORKS,
        ties: bool = False,
    ) -> None:
        self.architectures, self.metrics, self.verdict, self.ties = tuple(architectures), tuple(metrics), verdict, ties
        self.values = np.empty((0, len(self.metrics)))
        self.alike = np.empty(0, dtype=np.int64)
        self.rows: list[Row] = []

    def add(self, table: Table) -> None:
        """Take note of a table."""
        for name in self.architectures:
            if all(f"{name}.{metric}" in table.columns for metric in self.metrics):
                self._add(table, name)

    def _add(self, table: Table, architecture: str) -> None:
        values = np.stack([signed(table, architecture, metric) for metric in self.metrics], axis=-1)
        places = np.flatnonzero(admitted(table, architecture, self.verdict) & ~np.isnan(values).any(axis=-1))
        alike = np.ones(len(places), dtype=np.int64)
        if not self.ties and len(places):  # neighbours are often alike, and need not be sorted then
            own = values[places]
            first = np.flatnonzero(np.concatenate([[True], np.any(own[1:] != own[:-1], axis=1)]))
            alike, places = np.diff(np.append(first, len(places))), places[first]
        front = front_of(values[places])
        places, alike = places[front], alike[front]

        def rows(which: NDArray[np.int64]) -> list[Row]:
            return [row | {"architecture": architecture} for row in rows_of(table, places[which])]

        self._take(values[places], alike, rows)

    def join(self, later: Front) -> None:
        """Take note of what the tables behind these left."""
        self._take(later.values, later.alike, lambda which: [later.rows[k] for k in which])

    def _take(
        self, values: NDArray[np.float64], alike: NDArray[np.int64], rows: Callable[[NDArray[np.int64]], list[Row]]
    ) -> None:
        """Take note of designs that may be of the front and how many are alike each; ``rows`` gives some of them."""
        together, counts = np.concatenate([self.values, values]), np.concatenate([self.alike, alike])
        front = front_of(together)
        counts = counts[front]
        if not self.ties:
            _, first, back = np.unique(together[front], axis=0, return_index=True, return_inverse=True)
            order = np.argsort(first)
            front, counts = front[first[order]], np.bincount(back.ravel(), counts).astype(np.int64)[order]
        old = len(self.values)
        self.rows = [self.rows[k] for k in front[front < old]] + rows(front[front >= old] - old)
        self.values, self.alike = together[front], counts

    def sorted(self) -> list[Row]:
        """Return the rows, the best by the first metric first."""
        order = np.lexsort((np.arange(len(self.values)), *self.values.T[::-1]))
        return [self.rows[k] | {"alike": int(self.alike[k])} for k in order]


def front_of(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of the points, (points, metrics), that no other one is at least as good as in every metric and
    better in one; equal ones are all kept. Less is better."""
    places = _unbeaten_by_few(values)
    if not len(places):
        return places
    kinds, back = np.unique(values[places], axis=0, return_inverse=True)
    ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in kinds.T], axis=-1)
    kept = np.fromiter(_unbeaten(ranks, np.argsort(ranks.sum(axis=1), kind="stable")), dtype=np.int64)
    mask = np.zeros(len(kinds), dtype=bool)
    mask[kept] = True
    return places[mask[back.ravel()]]


def _unbeaten_by_few(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of points that the best ones by each metric do not beat: most are, and sorting takes long."""
    places = np.arange(len(values))
    for column in range(values.shape[1]):
        if len(places) > FEW:
            own = values[places]
            pivot = own[np.lexsort((*(own[:, k] for k in range(own.shape[1]) if k != column), own[:, column]))[0]]
            places = places[np.any(own < pivot, axis=1) | np.all(own == pivot, axis=1)]
    return places


def _unbeaten(ranks: NDArray[np.int64], left: NDArray[np.int64]) -> Iterator[int]:
    """Give the points that nothing beats, of points by the sum of their ranks: none is beaten by a later one, and what
    one beats is never looked at again."""
    while len(left):
        first = left[0]
        yield int(first)
        left = left[np.any(ranks[left] < ranks[first], axis=1)]
