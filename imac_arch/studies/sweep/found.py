"""What a sweep says of all of its designs, kept while they go by: verdicts, refusals and the best ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imac_arch.checks import OUTRANKED
from imac_arch.components.cost import SLACK
from imac_arch.metrics import METRICS
from imac_arch.program.recorded import MARGIN, REASON, VERDICT
from imac_arch.studies.sweep.run import LABELS, Table
from imac_arch.studies.sweep.subject import ACCURACY, Subject

__all__ = ["Best", "Bests", "Counts", "Held", "Row", "rows_of", "signed"]

Row = dict[str, Any]


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


class Counts:
    """How many designs of each architecture have which verdict, why others cannot be, how many miss each check, and how
    many can be and keep what is asked of them, constraint by constraint."""

    def __init__(self, architectures: Sequence[str], subject: Subject) -> None:
        self.subject = subject
        self.left = {name: [0] * (1 + len(subject.constraints)) for name in architectures}
        self.verdicts = {name: dict.fromkeys(LABELS, 0) for name in architectures}
        self.reasons: dict[str, dict[str, int]] = {name: {} for name in architectures}
        self.missed: dict[str, dict[str, int]] = {name: {} for name in architectures}

    def add(self, table: Table) -> None:
        """Take note of a table."""
        for name, counts in self.verdicts.items():
            kept = Subject().met(table, name)
            for k, constraint in enumerate((None, *self.subject.constraints)):
                kept = kept if constraint is None else kept & constraint.met(table, name)
                self.left[name][k] += int(np.count_nonzero(kept))
            for code, count in enumerate(np.bincount(table.columns[f"{name}.{VERDICT}"], minlength=len(LABELS))):
                counts[LABELS[code]] += int(count)
            labels, own = table.labels[f"{name}.{REASON}"], self.reasons[name]
            for code, count in enumerate(np.bincount(table.columns[f"{name}.{REASON}"])):
                if code and count:
                    own[labels[code]] = own.get(labels[code], 0) + int(count)
            head = f"{name}.{MARGIN}_"
            known = ~np.isnan(table.columns.get(f"{head}{ACCURACY}", np.full(table.rows, np.nan)))
            for column in (column for column in table.columns if column.startswith(head)):
                code_, below = column.removeprefix(head), table.columns[column] < 1 - SLACK
                counted = below & ~known if code_ == OUTRANKED else below  # by a known accuracy
                self.missed[name][code_] = self.missed[name].get(code_, 0) + int(np.count_nonzero(counted))

    def join(self, later: Counts) -> None:
        """Take note of what the tables behind these left."""
        for name in self.verdicts:
            self.left[name] = [own + more for own, more in zip(self.left[name], later.left[name], strict=True)]
            for own, other in (
                (self.verdicts[name], later.verdicts[name]),
                (self.reasons[name], later.reasons[name]),
                (self.missed[name], later.missed[name]),
            ):
                own |= {key: own.get(key, 0) + count for key, count in other.items()}


class Best:
    """The best design of an architecture by a metric, of equals the first.

    Args:
        architecture: its name.
        metric: by which.
        subject: what a design must keep.
        ordered: a design that works is better than one that is doubtful, and this than one that fails, unless the
            subject says which verdict will do.
    """

    def __init__(self, architecture: str, metric: str, subject: Subject | None = None, ordered: bool = True) -> None:
        self.architecture, self.metric = architecture, metric
        self.subject = subject or Subject()
        self.ordered = ordered and not self.subject.judges
        self.row: Row | None = None
        self.rank = (len(LABELS), np.inf)

    def add(self, table: Table) -> None:
        """Take note of a table."""
        if f"{self.architecture}.{self.metric}" not in table.columns:
            return
        values = signed(table, self.architecture, self.metric)
        codes = table.columns[f"{self.architecture}.{VERDICT}"]
        kept = self.subject.met(table, self.architecture) & ~np.isnan(values)
        if not kept.any():
            return
        least = int(codes[kept].min()) if self.ordered else 0
        if self.ordered:
            kept &= codes == least
        place = int(np.argmin(np.where(kept, values, np.inf)))
        if kept[place] and (least, float(values[place])) < self.rank:
            self.rank = (least, float(values[place]))
            self.row = rows_of(table, [place])[0]

    def join(self, later: Best) -> None:
        """Take note of what the tables behind these left."""
        if later.row is not None and later.rank < self.rank:
            self.rank, self.row = later.rank, later.row


class Bests:
    """The best design of each of some architectures by a metric, whatever their verdicts.

    Args:
        study: the sweep, which others that take note of it are made of.
        architectures: names.
        metric: by which.
        subject: what a design must keep.
    """

    def __init__(self, study: object, architectures: Sequence[str], metric: str, subject: Subject) -> None:
        self.best = [Best(name, metric, subject, ordered=False) for name in architectures]

    def add(self, table: Table) -> None:
        """Take note of a table."""
        for each in self.best:
            each.add(table)

    def join(self, later: Bests) -> None:
        """Take note of what the tables behind these left."""
        for own, other in zip(self.best, later.best, strict=True):
            own.join(other)


class Held:
    """All tables, where there are few."""

    def __init__(self, study: object) -> None:
        self.tables: list[Table] = []

    def add(self, table: Table) -> None:
        """Take note of a table."""
        self.tables.append(table)

    def join(self, later: Held) -> None:
        """Take note of what the tables behind these left."""
        self.tables += later.tables
