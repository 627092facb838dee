"""The 90 % intervals of designs: the 5th and 95th percentile of their metrics over draws of the uncertain numbers, as
``compare`` has them of the same design with as many draws of the same seed.

A design that is drawn costs as much as some hundred that are not, so that a summary has them for the designs that it
names, and rows have them only where they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import Array
from imac_arch.document.samples import ends_along
from imac_arch.document.shapes import Interval
from imac_arch.program.recorded import Recorded, record
from imac_arch.program.replay import Program
from imac_arch.resolve import resolve
from imac_arch.studies.sweep.draws import HIGH, LOW
from imac_arch.studies.sweep.run import Table, column_values

if TYPE_CHECKING:
    from imac_arch.studies.sweep.found import Row
    from imac_arch.studies.sweep.study import Study

__all__ = ["Ends", "Intervals", "columns_of"]

KEPT = 2**5  # programs that are kept
TOGETHER = 2**16  # designs times draws that are computed together
Ends = dict[tuple[int, str], dict[str, Interval]]  # by number of a row and architecture, of metrics


def columns_of(name: str) -> tuple[str, str]:
    """Return the columns of the ends of ``architecture.metric``."""
    return name + LOW, name + HIGH


class Intervals:
    """What finds the intervals of designs.

    Args:
        study: whose designs these are.
        samples: how many draws.
    """

    def __init__(self, study: Study, samples: int) -> None:
        self.study, self.samples = study, samples
        self.recorded = lru_cache(KEPT)(self._recorded)
        self.only = lru_cache(KEPT)(self._only)

    def _recorded(self, combination: int) -> Recorded:
        space, study = self.study.space, self.study
        asked = replace(space.requests[combination], samples=self.samples, seed=space.seed)
        free = {path: (0, [float(v.min()), float(v.max())]) for path, (_, v) in space.free.items()}
        return record(resolve(asked, study.laws).inputs, study.architectures, free, study.metrics)

    def _only(self, combination: int, architectures: tuple[str, ...]) -> Program:
        program = self.recorded(combination).program
        wanted = {f"{name}.{metric}" for name in architectures for metric in self.study.metrics}
        return program.only(name for name in program.results if name in wanted)

    def ends(
        self,
        combination: int,
        architectures: tuple[str, ...],
        values: Mapping[str, Array],
        rows: int,
        passed: Callable[[int], None] | None = None,
    ) -> dict[str, Array]:
        """Return by ``architecture.metric`` both ends, (2, rows), of designs with the same words; NaN of a design that
        no draw of can be.

        Args:
            combination: number of the combination of words.
            architectures: names.
            values: of the numbers that are varied, by path.
            rows: how many designs there are.
            passed: told how many designs are done.
        """
        program, drawn = self.only(combination, architectures), self.recorded(combination).drawn
        size = min(max(TOGETHER // (1 + self.samples), 1), rows)
        held = {name: np.empty((size, 1 + self.samples)) for name in program.results}
        found = {name: np.empty((2, rows)) for name in program.results}
        for first in range(0, rows, size):
            own = np.minimum(np.arange(first, first + size), rows - 1)  # groups of one size are laid out once
            for block in program.blocks({**{path: array[own] for path, array in values.items()}, **drawn}):
                at = (block.places[0] if values else slice(None), block.places[-1] if drawn else slice(None))
                for name, result in block.results.items():
                    held[name][at] = result if drawn else np.reshape(result, (-1, 1))
            last = min(first + size, rows)
            for name, draws in held.items():
                found[name][:, first:last] = ends_along(draws[:, 1:])[:, : last - first]
            if passed is not None:
                passed(last)
        return found

    def fill(self, table: Table, passed: Callable[[int], None]) -> None:
        """Fill the ends of the metrics of a table; NaN where a design cannot be.

        Args:
            table: with columns for them.
            passed: told how many designs are done, from the first of all on.
        """
        study, done = self.study, table.start
        words = [table.columns[axis.name] for axis in study.space.words]
        for number, rows in self._alike(words, table.rows):
            values = {path: table.columns[name][rows] for name, path in self._paths()}
            own = partial(_after, passed, done)
            found = {} if number in study.runner.refused else self.ends(
                number, study.architectures, values, len(rows), own
            )  # fmt: skip
            done += len(rows)
            for name in (f"{each}.{metric}" for each in study.architectures for metric in study.metrics):
                pair = found.get(name, np.full((2, len(rows)), np.nan))
                known = table.columns.get(name)
                for column, end in zip(columns_of(name), pair, strict=True):
                    table.columns[column][rows] = end if known is None else np.where(np.isnan(known[rows]), np.nan, end)

    def beside(self, columns: Mapping[str, Sequence[object] | NDArray[np.generic]]) -> dict[str, Array]:
        """Return the columns of both ends of every metric, of designs with some columns of rows, words as text.

        Args:
            columns: of axes, and of metrics, which are NaN where a design cannot be.
        """
        space = self.study.space
        own = {name: np.asarray(columns[name], dtype=float) for name, _ in self._paths()}
        for axis in space.words:
            own[axis.name] = np.array([axis.labels.index(str(word)) for word in columns[axis.name]], dtype=np.int64)
        rows = len(next(iter(own.values())))
        names = [f"{each}.{metric}" for each in self.study.architectures for metric in self.study.metrics]
        ends = {end: np.full(rows, np.nan) for name in names for end in columns_of(name)}
        known = {name: np.asarray(columns[name], dtype=float) for name in names if name in columns}
        if rows:
            self.fill(Table(0, {**own, **known, **ends}, {}), _nobody)
        return ends

    def of(self, designs: Iterable[tuple[Row, str]]) -> Ends:
        """Return by row and architecture the intervals of metrics, without those that there are none of.

        Args:
            designs: rows as plain values, each with an architecture.
        """
        study, kept = self.study, {(int(row["row"]), name): row for row, name in designs}
        found: Ends = {key: {} for key in kept}
        places = [
            np.array([axis.labels.index(str(row[axis.name])) for row in kept.values()], dtype=np.int64)
            for axis in study.space.words
        ]
        keys = list(kept)
        for number, rows in self._alike(places, len(kept)) if kept else ():
            own = [keys[k] for k in rows]
            names = tuple(name for name in study.architectures if any(name == each for _, each in own))
            values = {path: np.array([kept[key][name] for key in own]) for name, path in self._paths()}
            ends = self.ends(number, names, values, len(own))
            for k, key in enumerate(own):
                for metric in study.metrics:
                    pair = ends.get(f"{key[1]}.{metric}", np.full((2, len(own)), np.nan))[:, k]
                    if np.isfinite(pair).all():
                        found[key][metric] = Interval(*pair.tolist())
        return found

    def _paths(self) -> list[tuple[str, str]]:
        """Return the columns of axes of numbers with their paths."""
        numbers = self.study.space.numbers
        return [pair for axis in numbers for pair in zip(column_values(axis), axis.values, strict=True)]

    def _alike(self, words: Sequence[NDArray[np.int64]], rows: int) -> list[tuple[int, NDArray[np.int64]]]:
        """Return combinations of words, each with its rows."""
        places = np.stack(words, axis=-1) if words else np.zeros((rows, 0), dtype=np.int64)
        kinds, back = np.unique(places, axis=0, return_inverse=True)
        known = {own: k for k, own in enumerate(self.study.space.combinations)}
        return [(known[tuple(own.tolist())], np.flatnonzero(back.ravel() == k)) for k, own in enumerate(kinds)]


def _nobody(done: int) -> None:
    """Few designs take no time worth telling."""


def _after(passed: Callable[[int], None], before: int, done: int) -> None:
    passed(before + done)
