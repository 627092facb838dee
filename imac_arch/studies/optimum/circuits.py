"""The best designs under a constraint on the accuracy, which is found for as few circuits as can be.

Designs that share a circuit share its accuracy, and finding one takes longer than some hundred thousand designs. So the
best designs of each circuit are kept while designs go by, and circuits are classified in the order of their best design
until those that are asked for are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.progress import advance
from imac_arch.studies.optimum.kept import RUNNERS, Group, Optima
from imac_arch.studies.sweep.run import Table, column_values
from imac_arch.studies.sweep.space import Space
from imac_arch.studies.sweep.subject import ACCURACY, Subject

if TYPE_CHECKING:
    from imac_arch.studies.sweep.accuracies import Accuracies

__all__ = ["Circuit", "Circuits", "Classified", "accuracy_last"]

Circuit = tuple[int, tuple[float, ...]]  # a combination of words, and the values of the axes that touch it


def accuracy_last(subject: Subject) -> Subject:
    """Return the same constraints with those on the accuracy behind the others, which are quicker to tell."""
    return Subject(tuple(sorted(subject.constraints, key=lambda each: each.name == ACCURACY)))


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
        self.known: dict[Circuit, float] = {}

    @property
    def column(self) -> str:
        """Name of the column of accuracies."""
        return f"{self.architecture}.{ACCURACY}"

    def of(self, circuit: Circuit) -> float:
        """Return the accuracy of a circuit; NaN where there is none."""
        if circuit not in self.known:
            self.known[circuit] = self.accuracies.found(self.architecture, *circuit).value
        return self.known[circuit]

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
        of which may be asked to do without; NaN of the others."""
        missed = np.zeros(table.rows, dtype=np.int64)
        for each in subject.constraints:
            missed += (each.name != ACCURACY) & ~each.met(table, self.architecture)
        found = np.full(table.rows, np.nan)
        able = Subject().met(table, self.architecture)
        for circuit, rows in self.circuits(table, np.flatnonzero(able & (missed <= 1))):
            found[rows] = self.of(circuit)
        return table._replace(columns={**table.columns, self.column: found})


class Circuits:
    """The best designs of an architecture by circuit.

    Args:
        classified: what finds accuracies.
        metric: that is to be least, or most where more is better.
        subject: what designs must keep, the accuracy last.
        better: ``lower`` or ``higher``.
    """

    def __init__(self, classified: Classified, metric: str, subject: Subject, better: str) -> None:
        self.classified, self.name = classified, classified.architecture
        self.subject, self.metric, self.better = subject, metric, better
        self.others = Subject(tuple(each for each in subject.constraints if each.name != ACCURACY))
        self.accurate = subject.constraints[len(self.others.constraints) :]
        self.optima: dict[Circuit, Optima] = {}
        self.seen = 0

    def add(self, table: Table) -> None:
        """Take note of a table."""
        self.seen += table.rows
        for circuit, rows in self.classified.circuits(table, np.arange(table.rows)):
            own = {name: column[rows] for name, column in table.columns.items()}
            self.optima.setdefault(circuit, self._optima(self.others)).add(Table(table.start, own, table.labels))

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
        for done, (circuit, own) in enumerate(wanted):
            if len(found.best) > RUNNERS and own.best[0].value > found.best[-1].value:
                break
            advance(f"circuits of {self.name}", done, len(wanted))
            if self._keeps(circuit):
                found.join(found.best, self._valued(circuit, own.best), 1 + RUNNERS)
        advance(f"circuits of {self.name}", len(wanted), len(wanted))
        for k in range(count):
            without = self._ordered(lambda own, k=k: own.without[k])  # type: ignore[misc]
            first = next(((c, own) for c, own in without if self._keeps(c)), None) if found.best else None
            found.without[k] = [] if first is None else self._valued(first[0], first[1].without[k])
        for j, constraint in enumerate(self.accurate):
            rest = next(((c, own) for c, own in wanted if self._keeps(c, but=j)), None)
            found.without[count + j] = [] if rest is None else self._valued(rest[0], rest[1].best[:1])
            known = [(c, own) for c, own in wanted if c in self.classified.known]
            kept = sum(own.left[count] or 0 for c, own in known if all(self._meets(c, i) for i in range(j + 1)))
            found.left[count + 1 + j] = kept if len(known) == len(wanted) else None
            values = [value for c, _ in known if not np.isnan(value := self.classified.of(c))]
            nearest = min(values, key=lambda value, bound=constraint.bound: abs(value - bound), default=np.nan)  # type: ignore[misc]
            found.nearest[count + j] = (0.0, nearest, ())
        return found

    def _optima(self, subject: Subject) -> Optima:
        return Optima(self.name, self.metric, subject, self.better)

    def _ordered(self, best: Callable[[Optima], Sequence[Group]]) -> list[tuple[Circuit, Optima]]:
        """Return the circuits that have a design, that with the best one first."""
        known = [(circuit, own) for circuit, own in self.optima.items() if best(own)]
        return sorted(known, key=lambda pair: best(pair[1])[0].value)

    def _keeps(self, circuit: Circuit, but: int | None = None) -> bool:
        return all(self._meets(circuit, j) for j in range(len(self.accurate)) if j != but)

    def _meets(self, circuit: Circuit, place: int) -> bool:
        own = np.array([self.classified.of(circuit)])
        return bool(self.accurate[place].met(Table(0, {self.classified.column: own}, {}), self.name)[0])

    def _valued(self, circuit: Circuit, groups: Sequence[Group]) -> list[Group]:
        """Return designs with their accuracy, where it is known."""
        value = self.classified.known.get(circuit, float("nan"))
        return [group._replace(row={**group.row, self.classified.column: value}) for group in groups]


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
