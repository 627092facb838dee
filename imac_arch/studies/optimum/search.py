"""A search where a space has too many designs to compute all: along one axis after the other, then along pairs of
them, from several starts, and confirmed by differential evolution, which knows nothing of the result."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from imac_arch.program.recorded import VERDICT
from imac_arch.studies.optimum.circuits import Classified
from imac_arch.studies.optimum.kept import Optima, objective
from imac_arch.studies.optimum.points import Places, Points
from imac_arch.studies.sweep.run import LABELS, Table
from imac_arch.studies.sweep.subject import Subject

__all__ = ["Search"]

TRIED = 2**12  # designs that are drawn at first
STARTS = 2**3  # of them that are gone on from
ALONG = 2**10  # values of an axis that are tried at once; of more, ever closer ones
PAIRS = 2**14  # designs of two axes together that are tried at once
ROUNDS = 2**6
GENERATIONS, CROWD = 2**7, 2**3  # of differential evolution: the most, and designs per axis
TOLERANCE = 1e-9
REFUSED, INFEASIBLE, TINY = 1e9, 1e6, 1e-30  # by which a design that is none, or breaks a constraint, is worse
Score = NDArray[np.float64]


class Search:
    """A search for the best design of one architecture.

    Args:
        points: what evaluates designs.
        optima: takes note of every design once.
        seed: of what is drawn.
        classified: what finds accuracies, where a constraint asks for them.
    """

    def __init__(self, points: Points, optima: Optima, seed: int, classified: Classified | None = None) -> None:
        self.points, self.optima, self.seed, self.classified = points, optima, seed, classified
        self._seen: set[bytes] = set()

    def run(self) -> bool:
        """Search, and return whether differential evolution, which starts anew, found nothing better."""
        subject, sizes = self.optima.subject, self.points.sizes
        generator = np.random.default_rng(self.seed)
        drawn = generator.integers(0, sizes, (TRIED, len(sizes)))
        order = np.argsort(self._scores(drawn, subject), kind="stable")
        best = self._descended(drawn[order[:STARTS]], subject)
        confirmed = True
        evolved = self._evolved(subject)
        if self._scores(evolved[None], subject)[0] < self._scores(best[None], subject)[0] - TOLERANCE:
            confirmed = False
            best = self._descended(evolved[None], subject)
        for k in range(len(subject.constraints)):  # what each constraint costs
            others = Subject((*subject.constraints[:k], *subject.constraints[k + 1 :]))
            self._descended(np.concatenate([best[None], drawn[order[:1]]]), others)
        return confirmed

    def _scores(self, places: Places, subject: Subject) -> Score:
        """Return scores of designs, less is better: the logarithm of the objective; of those that break a constraint,
        how far they are from keeping it."""
        table = self.points.table(places)
        if self.classified is not None:
            table = self.classified.fill(table, self.optima.subject)
        self._note(places, table)
        name = self.optima.architecture
        values = objective(table, name, self.optima.metric, self.optima.better)
        if values is None:
            return np.full(len(places), REFUSED)
        with np.errstate(invalid="ignore"):
            score = np.arcsinh(values / (2 * TINY))
        beyond = sum((each.beyond(table, name) for each in subject.constraints), np.zeros(len(places)))
        score = np.where(subject.met(table, name), score, INFEASIBLE + np.minimum(beyond, INFEASIBLE))
        refused = (table.columns[f"{name}.{VERDICT}"] == len(LABELS) - 1) | np.isnan(score)
        return np.where(refused, REFUSED, score)

    def _note(self, places: Places, table: Table) -> None:
        """Let the keeper see the designs that it has not seen."""
        new = []
        for k, row in enumerate(np.ascontiguousarray(places)):
            key = row.tobytes()
            if key not in self._seen:
                self._seen.add(key)
                new.append(k)
        if new:
            self.optima.add(Table(0, {name: column[new] for name, column in table.columns.items()}, table.labels))

    def _descended(self, starts: Places, subject: Subject) -> NDArray[np.int64]:
        """Return the best design that no change along an axis, nor along two at once, makes better."""
        places, scores = starts, self._scores(starts, subject)
        for _ in range(ROUNDS):
            before = scores
            for axis in range(len(self.points.sizes)):
                places, scores = self._along(places, scores, axis, subject)
            if not np.any(scores < before):
                place = int(np.argmin(scores))
                pair, score = self._paired(places[place], scores[place], subject)
                if not score < scores[place]:
                    return np.asarray(places[place])
                places, scores = pair[None], np.array([score])
        return np.asarray(places[int(np.argmin(scores))])

    def _along(self, places: Places, scores: Score, axis: int, subject: Subject) -> tuple[Places, Score]:
        """Return each design with the value of one axis that makes it best."""
        low = np.zeros(len(places), dtype=np.int64)
        high = np.full(len(places), self.points.sizes[axis] - 1)
        while True:
            count = min(int((high - low).max()) + 1, ALONG)
            values = np.rint(np.linspace(low, high, count)).astype(np.int64).T  # (designs, values)
            tried = np.repeat(places[:, None], count, axis=1)
            tried[:, :, axis] = values
            found = self._scores(tried.reshape(-1, tried.shape[-1]), subject).reshape(len(places), count)
            first = np.argmin(found, axis=1)
            rows = np.arange(len(places))
            better = found[rows, first] < scores
            places = np.where(better[:, None], tried[rows, first], places)
            scores = np.where(better, found[rows, first], scores)
            step = (high - low) // max(count - 1, 1)
            if np.max(step) <= 1:
                return places, scores
            low = np.maximum(values[rows, first] - step, 0)
            high = np.minimum(values[rows, first] + step, self.points.sizes[axis] - 1)

    def _paired(self, place: NDArray[np.int64], score: float, subject: Subject) -> tuple[NDArray[np.int64], float]:
        """Return a design with the values of two axes that make it best, tried of every pair of them."""
        best, least = place, score
        for one, other in combinations(range(len(place)), 2):
            side = int(np.sqrt(PAIRS))
            first, second = (_spread(int(self.points.sizes[axis]), side) for axis in (one, other))
            tried = np.tile(place, (len(first) * len(second), 1))
            tried[:, one], tried[:, other] = np.repeat(first, len(second)), np.tile(second, len(first))
            found = self._scores(tried, subject)
            k = int(np.argmin(found))
            if found[k] < least:
                best, least = tried[k], float(found[k])
        return best, least

    def _evolved(self, subject: Subject) -> NDArray[np.int64]:
        """Return what differential evolution finds."""
        from scipy.optimize import differential_evolution

        moving = np.flatnonzero(self.points.sizes > 1)
        still = np.zeros(len(self.points.sizes), dtype=np.int64)

        def scores(found: NDArray[np.float64]) -> Score:
            places = np.tile(still, (found.shape[1], 1))
            places[:, moving] = np.rint(found.T)
            return self._scores(places, subject)

        bounds = [(0, int(self.points.sizes[k]) - 1) for k in moving]
        done = differential_evolution(
            scores, bounds, integrality=[True] * len(moving), vectorized=True, updating="deferred", polish=False,
            popsize=CROWD, maxiter=GENERATIONS, tol=0, seed=self.seed,
        )  # fmt: skip
        best = still.copy()
        best[moving] = np.rint(done.x)
        return best


def _spread(size: int, most: int) -> NDArray[np.int64]:
    """Return places along an axis: all of them, or so many spread evenly."""
    return np.unique(np.rint(np.linspace(0, size - 1, min(size, most))).astype(np.int64))
