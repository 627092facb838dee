"""The best designs of an architecture, kept while designs go by: the optimum, runners-up, and what each constraint
costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imac_arch.checks import OUTRANKED
from imac_arch.components.cost import SLACK
from imac_arch.data.records import NamedTuple
from imac_arch.program.recorded import MARGIN, VERDICT
from imac_arch.studies.sweep.found import rows_of, signed
from imac_arch.studies.sweep.run import LABELS, Table
from imac_arch.studies.sweep.subject import ACCURACY, Subject

__all__ = ["RUNNERS", "TIES", "Group", "Optima", "missed", "objective", "ranked"]

TIES = ("energy", "latency", "area")  # by which designs with the same objective are told apart, the first that differs
RUNNERS = 5  # that are kept behind the optimum
Row = dict[str, Any]


class Group(NamedTuple):
    """Designs with the same objective: the best of them, by other metrics and then by its place, and how many."""

    value: float
    rank: tuple[float, ...]
    row: Row
    alike: int


class Optima:
    """The best designs of an architecture.

    Args:
        architecture: its name.
        metric: that is to be least, or most where more is better.
        subject: what designs must keep.
        better: ``lower`` or ``higher``.

    ``best`` are groups of designs with the same objective, the best first. ``without`` has for each constraint the best
    design that keeps all the others. ``left`` counts the designs that can be, then those that keep each constraint and
    all before it; None where that is not known. ``nearest`` has for each constraint the design nearest to it of those
    that keep all before: how far it is, its value, and the checks that it misses.
    """

    def __init__(self, architecture: str, metric: str, subject: Subject, better: str) -> None:
        self.architecture, self.metric, self.subject, self.better = architecture, metric, subject, better
        self.best: list[Group] = []
        self.without: list[list[Group]] = [[] for _ in subject.constraints]
        self.left: list[int | None] = [0] * (len(subject.constraints) + 1)
        self.nearest: list[tuple[float, float, tuple[str, ...]]] = [(np.inf, np.nan, ())] * len(subject.constraints)
        self.seen = 0

    def add(self, table: Table) -> None:
        """Take note of a table."""
        self.seen += table.rows
        values = self.values(table)
        if values is None:
            return
        valid = (table.columns[f"{self.architecture}.{VERDICT}"] < len(LABELS) - 1) & ~np.isnan(values)
        met = [each.met(table, self.architecture) for each in self.subject.constraints]
        kept = valid
        self._count(0, kept)
        for k, (constraint, own) in enumerate(zip(self.subject.constraints, met, strict=True)):
            bounded = constraint.values(table, self.architecture)
            if bounded is not None and kept.any():
                far = np.where(kept, constraint.beyond(table, self.architecture), np.inf)
                place = int(np.argmin(far))
                if far[place] < self.nearest[k][0]:
                    row = rows_of(table, [place])[0]
                    self.nearest[k] = (float(far[place]), float(bounded[place]), missed(row, self.architecture))
            kept = kept & own
            self._count(k + 1, kept)
        self._merge(self.best, table, values, kept, 1 + RUNNERS)
        for k in range(len(met)):
            others = valid.copy()
            for j, own in enumerate(met):
                if j != k:
                    others &= own
            self._merge(self.without[k], table, values, others, 1)

    def values(self, table: Table) -> NDArray[np.float64] | None:
        """Return the objective, less is better; None where the architecture has no such metric."""
        return objective(table, self.architecture, self.metric, self.better)

    def _merge(
        self, groups: list[Group], table: Table, values: NDArray[np.float64], kept: NDArray[np.bool_], most: int
    ) -> None:
        """Put the best designs of a table among the best ones."""
        limit = groups[-1].value if len(groups) == most else np.inf
        places = np.flatnonzero(kept & (values <= limit))
        if not len(places):
            return
        own, found = values[places], []
        for value in _least(own, most):
            alike = places[own == value]
            rank = ranked(table, self.architecture, alike)
            first = int(np.lexsort(rank[::-1])[0])
            found.append(Group(
                float(value), tuple(float(each[first]) for each in rank), rows_of(table, alike[first : first + 1])[0],
                len(alike),
            ))  # fmt: skip
        self.join(groups, found, most)

    @staticmethod
    def join(groups: list[Group], later: Sequence[Group], most: int) -> None:
        """Put groups among the best ones, of which so many are kept; equal ones become one."""
        known = {group.value: group for group in groups}
        for found in later:
            before = known.get(found.value)
            if before is not None:
                better = found if found.rank < before.rank else before
                found = better._replace(alike=before.alike + found.alike)
            known[found.value] = found
        groups[:] = sorted(known.values(), key=lambda group: group.value)[:most]

    def _count(self, place: int, kept: NDArray[np.bool_]) -> None:
        self.left[place] = (self.left[place] or 0) + int(np.count_nonzero(kept))


def missed(row: Row, architecture: str) -> tuple[str, ...]:
    """Return the design checks that a design misses, without the one that a known accuracy outranks."""
    head = f"{architecture}.{MARGIN}_"
    codes = (name.removeprefix(head) for name, own in row.items() if name.startswith(head) and own < 1 - SLACK)
    known = not np.isnan(row.get(f"{head}{ACCURACY}", np.nan))
    return tuple(code for code in codes if not (known and code == OUTRANKED))


def objective(table: Table, architecture: str, metric: str, better: str) -> NDArray[np.float64] | None:
    """Return the values of a metric so that less is better; None where the architecture has no such metric."""
    if f"{architecture}.{metric}" not in table.columns:
        return None
    own = table.columns[f"{architecture}.{metric}"]
    return -own if better == "higher" else own


def ranked(table: Table, architecture: str, places: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Return by what designs with the same objective are told apart, the first that counts first."""
    return [signed(table, architecture, name)[places] for name in TIES if f"{architecture}.{name}" in table.columns]


def _least(values: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Return the least of different values, at most so many."""
    found: list[float] = []
    while len(values) and len(found) < most:
        found.append(float(values.min()))
        values = values[values > found[-1]]
    return np.array(found)
