"""The best designs under a constraint on the accuracy, which is found for as few circuits as can be.

Designs that share a circuit share its accuracy, and finding one takes longer than some hundred thousand designs. So the
best designs of each circuit are kept while designs go by, and circuits are classified in the order of their best design
until those that are asked for are known.

A known accuracy is one more check, and outranks that of the voltage along the wires: the verdict of a design follows
from its circuit too, so that designs of one circuit are kept apart by their verdicts by the other checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from imac_arch.checks import OUTRANKED, STATUS
from imac_arch.data.progress import advance
from imac_arch.program.recorded import MARGIN, OTHERWISE, VERDICT
from imac_arch.studies.optimum.kept import RUNNERS, Group, Optima, missed
from imac_arch.studies.sweep.run import LABELS, Column, Table, column_values
from imac_arch.studies.sweep.space import Space
from imac_arch.studies.sweep.subject import ACCURACY, Constraint, Subject
from imac_arch.studies.sweep.verdicts import Accuracy, verdict_with

if TYPE_CHECKING:
    from imac_arch.studies.sweep.accuracies import Accuracies

__all__ = ["Circuit", "Circuits", "Classified", "accuracy_last"]

Circuit = tuple[int, tuple[float, ...]]  # a combination of words, and the values of the axes that touch it
Kind = tuple[Circuit, int, int]  # a circuit, and the verdicts of designs by all other checks, and by those that count
LAST = (VERDICT, ACCURACY)  # constraints that the accuracy decides
SEVERITIES = np.arange(len(STATUS), dtype=float)  # that the check of an accuracy may have


def accuracy_last(subject: Subject) -> Subject:
    """Return the same constraints with those that the accuracy decides behind the others, which are quicker to tell;
    all of them as they are where there is none on the accuracy."""
    if not subject.classifies:
        return subject
    return Subject(tuple(sorted(subject.constraints, key=lambda e: LAST.index(e.name) if e.name in LAST else -1)))


def possible(constraint: Constraint, verdict: Column, otherwise: Column, name: str) -> NDArray[np.bool_]:
    """Return which designs keep a constraint on the verdict whatever their accuracy may be found to be."""
    found = np.zeros(len(verdict), dtype=bool)
    for severity in (np.nan, *SEVERITIES):
        codes = verdict_with(verdict, otherwise, np.full(len(verdict), severity))
        found |= constraint.met(Table(0, {f"{name}.{VERDICT}": codes}, {}), name)
    return found


class Classified:
    """The accuracy of designs of one architecture.

    Args:
        accuracies: of all designs.
        architecture: its name.
        space: its designs, along all axes that touch its circuit.
    """

    def __init__(self, accuracies: Accuracies, architecture: str, space: Space) -> None:
        self.accuracies, self.architecture, self.space = accuracies, architecture, space
        whole = {id(request): number for number, request in enumerate(accuracies.space.requests)}
        self._numbers = [whole[id(request)] for request in space.requests]
        self.known: dict[Circuit, Accuracy] = {}

    @property
    def column(self) -> str:
        """Name of the column of accuracies."""
        return f"{self.architecture}.{ACCURACY}"

    def of(self, circuit: Circuit) -> Accuracy:
        """Return the accuracy of a circuit; NaN where there is none."""
        if circuit not in self.known:
            self.known[circuit] = self.accuracies.found(self.architecture, *circuit)
        return self.known[circuit]

    def judged(self, kind: Kind) -> dict[str, float | str]:
        """Return what the accuracy of a circuit adds to its designs: itself, its margin, and the verdict."""
        circuit, verdict, otherwise = kind
        found, head = self.of(circuit), self.architecture
        (code,) = verdict_with(np.array([verdict]), np.array([otherwise]), np.array([found.severity]))
        own: dict[str, float | str] = {f"{head}.{VERDICT}": LABELS[int(code)], self.column: found.value}
        return own if np.isnan(found.margin) else {**own, f"{head}.{MARGIN}_{ACCURACY}": found.margin}

    def circuits(self, table: Table, rows: NDArray[np.int64]) -> Iterator[tuple[Circuit, NDArray[np.int64]]]:
        """Give the circuits of some rows of a table, each with its rows."""
        words = [table.columns[axis.name][rows] for axis in self.space.words]
        places = np.stack(words, axis=-1) if words else np.zeros((len(rows), 0), dtype=np.int64)
        for own, some in _alike(places):
            number = self._numbers[self.space.combinations.index(tuple(int(place) for place in own))]
            touching = self.accuracies.touching(self.architecture, number)
            columns = [table.columns[name][rows[some]] for axis in touching for name in column_values(axis)]
            values = np.stack(columns, axis=-1) if columns else np.zeros((len(some), 0))
            for each, same in _alike(values):
                yield (number, tuple(map(float, each))), rows[some[same]]

    def fill(self, table: Table, subject: Subject) -> Table:
        """Return a table with the accuracies of the designs that miss no more than one of the other constraints, each
        of which may be asked to do without, and the verdicts that follow; NaN of the others."""
        head, columns = self.architecture, dict(table.columns)
        verdict, otherwise = columns[f"{head}.{VERDICT}"], columns.pop(f"{head}.{OTHERWISE}", None)
        if otherwise is None or np.isnan(otherwise).any():  # of words that do not go together
            otherwise = verdict if otherwise is None else np.where(np.isnan(otherwise), verdict, otherwise)
        missed = np.zeros(table.rows, dtype=np.int64)
        for each in subject.constraints:
            if each.name == VERDICT:
                missed += ~possible(each, verdict, otherwise, head)
            elif each.name != ACCURACY:
                missed += ~each.met(table, head)
        found = np.full((table.rows, len(Accuracy._fields)), np.nan)
        able = Subject().met(table, head)
        wanted = list(self.circuits(table, np.flatnonzero(able & (missed <= 1))))
        unknown = [circuit for circuit, _ in wanted if circuit not in self.known]
        for done, circuit in enumerate(unknown):
            advance(f"circuits of {head}", done, len(unknown))
            self.of(circuit)
        for circuit, rows in wanted:
            found[rows] = self.of(circuit)
        for column, values in zip(self.accuracies.columns(head), found.T, strict=False):
            columns[column] = values
        columns[f"{head}.{VERDICT}"] = verdict_with(verdict, otherwise, found[:, -1])
        return table._replace(columns=columns)


class Circuits:
    """The best designs of an architecture by circuit, and by their verdicts otherwise.

    Args:
        classified: what finds accuracies.
        metric: that is to be least, or most where more is better.
        subject: what designs must keep, what the accuracy decides last.
        better: ``lower`` or ``higher``.
    """

    def __init__(self, classified: Classified, metric: str, subject: Subject, better: str) -> None:
        self.classified, self.name = classified, classified.architecture
        self.subject, self.metric, self.better = subject, metric, better
        self.others = Subject(tuple(each for each in subject.constraints if each.name not in LAST))
        self.decided = subject.constraints[len(self.others.constraints) :]
        self.optima: dict[Kind, Optima] = {}
        self.seen = 0

    def add(self, table: Table) -> None:
        """Take note of a table."""
        self.seen += table.rows
        verdict = table.columns[f"{self.name}.{VERDICT}"]
        otherwise = table.columns.get(f"{self.name}.{OTHERWISE}", verdict)
        kinds = len(LABELS) * verdict.astype(np.int64) + otherwise.astype(np.int64)
        for circuit, rows in self.classified.circuits(table, np.arange(table.rows)):
            for kind in np.unique(kinds[rows]):
                some = rows[kinds[rows] == kind]
                own = {name: column[some] for name, column in table.columns.items() if not name.endswith(OTHERWISE)}
                key = (circuit, *divmod(int(kind), len(LABELS)))
                self.optima.setdefault(key, self._optima(self.others)).add(Table(table.start, own, table.labels))

    def joined(self) -> Optima:
        """Return the best designs of circuits whose accuracy keeps the constraints, classifying as few as can be."""
        found = self._optima(self.subject)
        found.seen = self.seen
        count = len(self.others.constraints)
        found.left[: count + 1] = [sum(own.left[k] or 0 for own in self.optima.values()) for k in range(count + 1)]
        for own in self.optima.values():
            found.nearest[:count] = [
                min(pair, key=lambda each: each[0]) for pair in zip(found.nearest, own.nearest, strict=False)
            ]
        wanted = self._ordered(lambda own: own.best)
        for done, (kind, own) in enumerate(wanted):
            if len(found.best) > RUNNERS and own.best[0].value > found.best[-1].value:
                break
            advance(f"circuits of {self.name}", done, len(wanted))
            if self._keeps(kind):
                found.join(found.best, self._valued(kind, own.best), 1 + RUNNERS)
        advance(f"circuits of {self.name}", len(wanted), len(wanted))
        for k in range(count):
            without = self._ordered(lambda own, k=k: own.without[k])  # type: ignore[misc]
            first = next(((kind, own) for kind, own in without if self._keeps(kind)), None) if found.best else None
            found.without[k] = [] if first is None else self._valued(first[0], first[1].without[k])
        for j in range(len(self.decided)):
            self._decide(found, wanted, count, j)
        return found

    def _decide(self, found: Optima, wanted: Sequence[tuple[Kind, Optima]], count: int, j: int) -> None:
        """Say of a constraint that the accuracy decides what it costs, how many designs keep it, and the nearest."""
        rest = next(((kind, own) for kind, own in wanted if self._keeps(kind, but=j)), None)
        found.without[count + j] = [] if rest is None else self._valued(rest[0], rest[1].best[:1])
        told = [(kind, own) for kind, own in wanted if kind[0] in self.classified.known or not self._may(kind)]
        kept = sum(own.left[count] or 0 for kind, own in told if all(self._meets(kind, i) for i in range(j + 1)))
        found.left[count + 1 + j] = kept if len(told) == len(wanted) else None
        known = [(self.classified.judged(kind), own) for kind, own in wanted if kind[0] in self.classified.known]
        constraint, column = self.decided[j], f"{self.name}.{self.decided[j].name}"
        if constraint.name == VERDICT:
            near = [(LABELS.index(str(row[column])), {**own.best[0].row, **row}) for row, own in known]
            near += [(kind[2], own.best[0].row) for kind, own in wanted if not self._may(kind)]
            if near:
                code, row = min(near, key=lambda each: each[0])
                codes = tuple(each for each in missed(row, self.name) if each != OUTRANKED)
                found.nearest[count + j] = (0.0, float(code), codes)
            return
        values = [float(row[column]) for row, _ in known if not np.isnan(float(row[column]))]
        nearest = min(values, key=lambda value: abs(value - constraint.bound), default=np.nan)
        found.nearest[count + j] = (0.0, nearest, ())

    def _optima(self, subject: Subject) -> Optima:
        return Optima(self.name, self.metric, subject, self.better)

    def _ordered(self, best: Callable[[Optima], Sequence[Group]]) -> list[tuple[Kind, Optima]]:
        """Return the kinds of circuits that have a design, that with the best one first."""
        known = [(kind, own) for kind, own in self.optima.items() if best(own)]
        return sorted(known, key=lambda pair: best(pair[1])[0].value)

    def _keeps(self, kind: Kind, but: int | None = None) -> bool:
        return all(self._meets(kind, j) for j in range(len(self.decided)) if j != but)

    def _may(self, kind: Kind) -> bool:
        """Whether designs may have a verdict that is asked for, whatever their accuracy."""
        own = np.array([kind[1]]), np.array([kind[2]])
        return all(bool(possible(e, *own, self.name)[0]) for e in self.decided if e.name == VERDICT)

    def _meets(self, kind: Kind, place: int) -> bool:
        constraint = self.decided[place]
        if constraint.name == VERDICT and not self._may(kind):  # known without the accuracy
            return False
        row = self.classified.judged(kind)
        own = {VERDICT: np.array([LABELS.index(str(row[f"{self.name}.{VERDICT}"]))]),
               ACCURACY: np.array([row[self.classified.column]], dtype=float)}  # fmt: skip
        table = Table(0, {f"{self.name}.{name}": column for name, column in own.items()}, {})
        return bool(constraint.met(table, self.name)[0])

    def _valued(self, kind: Kind, groups: Sequence[Group]) -> list[Group]:
        """Return designs with their accuracy and the verdict that follows, where these are known."""
        known = kind[0] in self.classified.known
        added = self.classified.judged(kind) if known else {self.classified.column: float("nan")}
        return [group._replace(row={**group.row, **added}) for group in groups]


def _alike(rows: NDArray[np.generic]) -> Iterator[tuple[NDArray[np.generic], NDArray[np.int64]]]:
    """Give the kinds of rows, each with the places of those that are alike."""
    if not rows.shape[1]:
        yield rows[0] if len(rows) else np.zeros(0), np.arange(len(rows))
        return
    kinds, back = np.unique(rows, axis=0, return_inverse=True)
    order = np.argsort(back.ravel(), kind="stable")
    bounds = np.searchsorted(back.ravel()[order], np.arange(len(kinds) + 1))
    for k, kind in enumerate(kinds):
        yield kind, order[bounds[k] : bounds[k + 1]]
