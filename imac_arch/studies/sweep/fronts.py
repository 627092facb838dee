"""Fronts: the designs that no other one beats in all of some metrics at once, exactly, however many go by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, reduce
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.records import NamedTuple
from imac_arch.studies.sweep.found import Row, signed
from imac_arch.studies.sweep.run import Table
from imac_arch.studies.sweep.subject import WORKING, Subject

__all__ = ["FRONT", "Front", "front_of"]

FRONT = ("area", "energy", "latency")  # of a summary
FEW = 1000  # points that are sorted at once
HELD = 2**17  # points that wait to be compared with the front


class Points(NamedTuple):
    """Designs, one a row.

    Attributes:
        values: of the metrics, less is better, (designs, metrics).
        keys: number of the row, and place of the architecture, (designs, 2).
        alike: how many designs have these values.
        columns: of the tables that they are from, labels in the place of codes.
    """

    values: NDArray[np.float64]
    keys: NDArray[np.int64]
    alike: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]

    def at(self, places: NDArray[np.int64]) -> Points:
        """Return some of them."""
        columns = {name: column[places] for name, column in self.columns.items()}
        return Points(self.values[places], self.keys[places], self.alike[places], columns)


class Front:
    """The designs that no other one beats in all of some metrics at once, those of several architectures together.

    What it is does not depend on how designs are cut into tables.

    Args:
        architectures: names.
        metrics: of which the values are compared.
        subject: what a design must keep; None takes each that can be.
        ties: keep every design of equal ones; else the first, with how many are alike.
    """

    def __init__(
        self,
        architectures: Sequence[str],
        metrics: Sequence[str] = FRONT,
        subject: Subject | None = WORKING,
        ties: bool = False,
    ) -> None:
        self.architectures, self.metrics, self.ties = tuple(architectures), tuple(metrics), ties
        self.subject = Subject() if subject is None else subject
        self._points: Points | None = None
        self._waiting: list[Points] = []

    @classmethod
    def over(
        cls, study: object, architectures: Sequence[str], metrics: Sequence[str], subject: Subject, ties: bool
    ) -> Self:
        """Return one that takes note of a sweep."""
        return cls(architectures, metrics, subject, ties)

    def __len__(self) -> int:
        """How many designs there are on it, of equal ones as many as are kept."""
        return 0 if (points := self.points) is None else len(points.values)

    @property
    def points(self) -> Points | None:
        """The front; None where no design has gone by that may be on it."""
        if self._waiting:
            parts = [*([] if self._points is None else [self._points]), *self._waiting]
            self._points, self._waiting = self._best(_together(parts)), []
        return self._points

    def add(self, table: Table) -> None:
        """Take note of a table."""
        parts = [self._own(table, k, name) for k, name in enumerate(self.architectures)]
        values, keys, alike, places = (np.concatenate([part[k] for part in parts]) for k in range(4))
        if not len(values):
            return
        front = front_of(values)
        at = places[front]
        columns = {
            name: column[at] if (labels := table.labels.get(name)) is None
            else np.array(labels, dtype=object)[column[at]]
            for name, column in table.columns.items()
        }  # fmt: skip
        self._wait(Points(values[front], keys[front], alike[front], columns))

    def join(self, later: Front) -> None:
        """Take note of what the tables behind these left."""
        if later.points is not None:
            self._wait(later.points)

    def _own(self, table: Table, number: int, name: str) -> tuple[NDArray[Any], ...]:
        """Return values, keys, counts and places of the designs of an architecture that may be on the front."""
        found = [table.columns.get(f"{name}.{metric}") for metric in self.metrics]
        if any(column is None for column in found):
            none = np.empty(0, dtype=np.int64)
            return np.empty((0, len(self.metrics))), np.empty((0, 2), dtype=np.int64), none, none
        values = [signed(table, name, metric) for metric in self.metrics]
        may_be = self.subject.met(table, name)
        for column in values:  # one after the other: NumPy is slow along an axis of three
            may_be = may_be & ~np.isnan(column)
        places = np.flatnonzero(may_be)
        alike, own = np.ones(len(places), dtype=np.int64), [column[places] for column in values]
        if not self.ties and len(places):  # neighbours are often alike, and need not be compared then
            differs = np.ones(len(places), dtype=bool)
            differs[1:] = reduce(np.logical_or, (column[1:] != column[:-1] for column in own))
            first = np.flatnonzero(differs)
            alike, places = np.diff(np.append(first, len(places))), places[first]
            own = [column[first] for column in own]
        keys = np.stack([table.start + places, np.full(len(places), number)], axis=-1)
        return np.stack(own, axis=-1), keys, alike, places

    def _wait(self, points: Points) -> None:
        """Let designs wait until there are as many as the front has, so that each is compared with it a few times."""
        self._waiting.append(points)
        many = sum(len(each.values) for each in self._waiting)
        if many > max(HELD, 0 if self._points is None else len(self._points.values)):
            _ = self.points

    def _best(self, points: Points) -> Points:
        """Return those that nothing beats, in the order of their rows; of equal ones the first where only it counts."""
        points = points.at(front_of(points.values))
        order = np.lexsort((points.keys[:, 1], points.keys[:, 0]))
        if self.ties:
            return points.at(order)
        order = np.lexsort((points.keys[:, 1], points.keys[:, 0], *points.values.T))
        own = points.values[order]
        first = np.flatnonzero(np.concatenate([[True], np.any(own[1:] != own[:-1], axis=1)]))
        counts = np.add.reduceat(points.alike[order], first) if len(order) else points.alike
        kept = points.at(order[first])._replace(alike=counts)
        return kept.at(np.lexsort((kept.keys[:, 1], kept.keys[:, 0])))

    def sorted(self, most: int | None = None) -> list[Row]:
        """Return the rows, the best by the first metric first, all of them or the first ones."""
        return list(self._rows(most))

    def _rows(self, most: int | None) -> Iterator[Row]:
        names, columns = self.ordered(most)
        for k in range(len(names["row"])):
            row: Row = {name: column[k] for name, column in columns.items()}
            yield {
                name: value if isinstance(value, str) else float(value) for name, value in row.items()
            } | {
                "row": int(names["row"][k]), "architecture": str(names["architecture"][k]),
                "alike": int(names["alike"][k]),
            }  # fmt: skip

    def ordered(self, most: int | None = None) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
        """Return architecture, row and count of the designs, and their columns, the best by the first metric first."""
        points = self.points
        if points is None:
            none = np.empty(0, dtype=np.int64)
            return {"architecture": none, "row": none, "alike": none}, {}
        order = np.lexsort((points.keys[:, 1], points.keys[:, 0], *points.values.T[::-1]))[:most]
        shown = points.at(order)
        names = np.array(self.architectures, dtype=object)[shown.keys[:, 1]]
        return {"architecture": names, "row": shown.keys[:, 0], "alike": shown.alike}, shown.columns


def _together(parts: Sequence[Points]) -> Points:
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    values, keys, alike = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return Points(values, keys, alike, columns)


def front_of(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of the points, (points, metrics), that no other one is at least as good as in every metric and
    better in one; equal ones are all kept. Less is better."""
    if not len(values):
        return np.empty(0, dtype=np.int64)
    if values.shape[1] == 1:
        return np.flatnonzero(values[:, 0] == values[:, 0].min())
    known = _moocore()
    if known is None:
        return sorted_front(values)
    if not np.isfinite(values).all():  # of which it takes one to be as good as another
        values = np.stack([np.unique(column, return_inverse=True)[1] for column in values.T], axis=-1).astype(float)
    return np.flatnonzero(known.is_nondominated(values, keep_weakly=True))


@cache
def _moocore() -> Any:
    """Return the library that finds large fronts; None where it is not installed."""
    try:
        import moocore
    except ImportError:
        return None
    return moocore


def sorted_front(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the same without that library, which takes longer where fronts are large."""
    places = _unbeaten_by_few(values)
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
