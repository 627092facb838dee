"""Single designs of a space, by their places along its axes, evaluated many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.errors import UsageError
from imac_arch.program.recorded import VERDICT, Recorded, record
from imac_arch.resolve import resolve
from imac_arch.studies.sweep.run import LABELS, Column, Table, column_values
from imac_arch.studies.sweep.space import Space
from imac_arch.technology_files import Loaded

__all__ = ["Places", "Points"]

Places = NDArray[np.int64]  # (designs, axes), along the axes of words, then of numbers
KEPT = 2**8  # programs
BLOCK = 2**8  # designs that are computed together


class Points:
    """Designs of one architecture, each given by its places.

    Args:
        space: a product of axes.
        architecture: name.
        metrics: names of those that are wanted.
        laws: as loaded.
        classified: the accuracy of designs will be known.
    """

    def __init__(
        self, space: Space, architecture: str, metrics: Sequence[str], laws: Mapping[str, Loaded],
        classified: bool = False,
    ) -> None:  # fmt: skip
        self.space, self.architecture, self.metrics, self.laws = space, architecture, metrics, laws
        self.classified = classified
        self.sizes = np.array([len(axis) for axis in space.axes], dtype=np.int64)
        self._numbers = {own: k for k, own in enumerate(space.combinations)}
        self.recorded = lru_cache(KEPT)(self._recorded)

    def _recorded(self, combination: int) -> Recorded | None:
        """Return the program of a combination of words; None where they do not go together."""
        if combination in self.space.refused:
            return None
        free = {
            path: (0, [float(values.min()), float(values.max())])
            for axis in self.space.numbers
            for path, values in axis.values.items()
        }
        try:
            inputs = resolve(self.space.requests[combination], self.laws).inputs
            return record(inputs, [self.architecture], free, self.metrics, classified=self.classified)
        except UsageError:
            return None

    def table(self, places: Places) -> Table:
        """Return designs with their metrics, margins and verdicts; of words that do not go together refused ones."""
        words = len(self.space.words)
        columns: dict[str, Column] = {}
        for k, axis in enumerate(self.space.words):
            columns[axis.name] = places[:, k].astype(np.int32)
        for k, numbers in enumerate(self.space.numbers, words):
            for name, values in column_values(numbers).items():
                columns[name] = values[places[:, k]]
        verdicts = f"{self.architecture}.{VERDICT}"
        results: dict[str, Column] = {verdicts: np.full(len(places), len(LABELS) - 1, dtype=np.int32)}
        kinds, back = np.unique(places[:, :words], axis=0, return_inverse=True)
        for number, own in enumerate(kinds):
            rows = np.flatnonzero(back.ravel() == number)
            recorded = self.recorded(self._numbers[tuple(own.tolist())])
            if recorded is not None:
                self._fill(results, recorded, places, rows)
        labels: dict[str, Sequence[str]] = {axis.name: axis.labels for axis in self.space.words}
        return Table(0, columns | results, {**labels, verdicts: LABELS})

    def _fill(self, results: dict[str, Column], recorded: Recorded, places: Places, rows: NDArray[np.int64]) -> None:
        """Fill the results of designs with the same words."""
        filled = np.resize(rows, BLOCK * max(-(-len(rows) // BLOCK), 2))  # one size of blocks, laid out once
        some = {
            path: values[places[filled, k]]
            for k, axis in enumerate(self.space.numbers, len(self.space.words))
            for path, values in axis.values.items()
        }
        wanted = [name for name in recorded.program.results if name.partition(".")[2] != "reason"]
        for name in wanted:
            results.setdefault(name, np.full(len(places), np.nan))
        for block in recorded.program.blocks(some, BLOCK):
            own = filled[block.places[0]] if some else rows
            for name in wanted:
                results[name][own] = block.results[name]
