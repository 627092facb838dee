"""The accuracy of the designs of a sweep: once for each circuit that there is, however many designs share it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import prod

import numpy as np
from numpy.typing import NDArray

from imac_arch.architectures import ARCHITECTURES
from imac_arch.checks import STATUS
from imac_arch.components.laws import Limits
from imac_arch.data.errors import UsageError
from imac_arch.data.recording import recording
from imac_arch.inputs import Inputs
from imac_arch.program.recorded import MARGIN, OTHERWISE, VERDICT
from imac_arch.resolve import resolve
from imac_arch.studies.accuracy.comparison import judged
from imac_arch.studies.accuracy.judge import CROSSBARS, QUICK
from imac_arch.studies.accuracy.verdict import accuracy_check
from imac_arch.studies.sweep.run import Table, column_values
from imac_arch.studies.sweep.space import Numbers, Space, as_written, declared
from imac_arch.studies.sweep.subject import ACCURACY
from imac_arch.studies.sweep.verdicts import Accuracy, verdict_with
from imac_arch.technology_files import Loaded

__all__ = ["MOST_CIRCUITS", "Accuracies"]

MOST_CIRCUITS = 500  # whose accuracy is found without being asked again
SHAPES = ("subarray.", "read.", "components.synapse.", "components.wire.", "vdd", "node")  # touch every circuit
OTHERS = ("batch", "board.", "network.")  # touch none
Values = tuple[float, ...]


class Accuracies:
    """What finds accuracies: the first 1,000 images and ten programmings of each circuit, as ``compare`` does.

    Verdicts follow as there: a known accuracy is one more check, and outranks that of the voltage along the wires.

    Which axes touch the circuit of an architecture is seen from what is read while its accuracy is found.

    Args:
        space: the designs.
        architectures: names.
        laws: as loaded.
    """

    def __init__(self, space: Space, architectures: tuple[str, ...], laws: Mapping[str, Loaded]) -> None:
        self.space, self.architectures, self.laws = space, architectures, laws
        self.reasons: dict[str, str] = {}
        self.seconds = 0.0
        self.touching = cache(self._touching)
        self.found = cache(self._found)

    def refuse_many(self, yes: bool) -> None:
        """Raise where no accuracy can be found, or where there are so many circuits that somebody should be asked.

        Raises:
            UsageError: why not, or the time that they would take.
        """
        numbers = [number for number in range(len(self.space.requests)) if number not in self.space.refused]
        circuits = sum(self._circuits(name, number) for name in self.architectures for number in numbers)
        if set(self.reasons) >= set(self.architectures):
            raise UsageError(f"--subject accuracy: {next(iter(self.reasons.values()))}")
        if circuits > MOST_CIRCUITS and not yes:
            minutes = max(circuits * self.seconds / len(self.architectures) / len(numbers) / 60, 1)
            raise UsageError(
                f"the accuracy of {circuits:,} circuits takes about {minutes:,.0f} minutes here; fewer values of what "
                f"touches it ({', '.join(sorted(self._names()))}) make fewer circuits, --yes computes all"
            )

    def _circuits(self, name: str, number: int) -> int:
        """Return how many circuits of an architecture there may be with a combination of words."""
        touching = self.touching(name, number)
        drawn = any(axis.smooth for axis in touching) or not self.space.product
        every = prod(len(axis) for axis in touching)
        return min(self.space.rows, every) if not (drawn and self.space.sample) else self.space.rows if touching else 1

    def _names(self) -> set[str]:
        return {axis for name in self.architectures for axis in self.axes(name)} | {
            axis.name for axis in self.space.words
        }

    def axes(self, architecture: str) -> set[str]:
        """Return the names of the axes of numbers that touch the circuit of an architecture."""
        numbers = [number for number in range(len(self.space.requests)) if number not in self.space.refused]
        return {axis.name for number in numbers for axis in self.touching(architecture, number)}

    def _touching(self, name: str, number: int) -> tuple[Numbers, ...]:
        """Return the axes of numbers that touch the circuit of an architecture with a combination of words."""
        begun = time.perf_counter()
        with recording() as readings:
            found = self._judged(name, resolve(self.space.requests[number], self.laws).inputs)
        self.seconds += time.perf_counter() - begun
        read = set(readings.paths)
        if np.isnan(found.value):
            return ()
        return tuple(
            axis for axis in self.space.numbers
            if any(path in read or path.startswith(SHAPES) for path in axis.values if not path.startswith(OTHERS))
        )  # fmt: skip

    def _judged(self, name: str, inputs: Inputs) -> Accuracy:
        rows = judged(inputs, [name], QUICK)
        if not rows or rows[0].row.value is None:
            self.reasons[name] = rows[0].row.reason if rows else f"there is none of {name}"
            return Accuracy()
        check = accuracy_check(rows[0].row, inputs.laws.get(Limits, "limits"))
        if check is None:
            return Accuracy(rows[0].row.value)
        return Accuracy(rows[0].row.value, check.margin, float(STATUS.index(check.status)))

    def _found(self, name: str, number: int, values: Values) -> Accuracy:
        """Return the accuracy of a circuit: a combination of words, and the values of the axes that touch it."""
        request = self.space.requests[number]
        inputs = resolve(request, self.laws).inputs
        paths = [path for axis in self.touching(name, number) for path in axis.values]
        fields: dict[str, str] = {}
        for path, value in zip(paths, values, strict=True):
            said = declared(inputs, path)
            assert said is not None
            fields |= dict([as_written((path, value, said))])
        return self._judged(name, resolve(replace(request, fields={**request.fields, **fields}), self.laws).inputs)

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the columns of an architecture that are filled here."""
        own = (f"{name}.{ACCURACY}",)
        return (*own, f"{name}.{MARGIN}_{ACCURACY}") if ARCHITECTURES[name].inference in CROSSBARS else own

    def judged(self, table: Table) -> Table:
        """Return a table with the accuracies of its designs, NaN where there is none, and the verdicts that follow; the
        verdicts otherwise are left out."""
        words = [table.columns[axis.name] for axis in self.space.words]
        places = np.stack(words, axis=-1) if words else np.zeros((table.rows, 0), dtype=np.int64)
        kinds, back = np.unique(places, axis=0, return_inverse=True)
        found = {name: np.full((table.rows, len(Accuracy._fields)), np.nan) for name in self.architectures}
        for k, own in enumerate(kinds):
            number = self.space.combinations.index(tuple(int(place) for place in own))
            rows = np.flatnonzero(back.ravel() == k)
            for name in self.architectures if number not in self.space.refused else ():
                found[name][rows] = self._rows(name, number, table, rows)
        columns = dict(table.columns)
        for name, (value, margin, severity) in ((name, own.T) for name, own in found.items()):
            for column, values in zip(self.columns(name), (value, margin), strict=False):
                columns[column] = values
            otherwise = columns.pop(f"{name}.{OTHERWISE}")
            verdict = columns[f"{name}.{VERDICT}"]
            columns[f"{name}.{VERDICT}"] = verdict_with(verdict, otherwise, severity)
        return table._replace(columns=columns)

    def _rows(self, name: str, number: int, table: Table, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the accuracies of rows, (rows, fields of an accuracy)."""
        columns = [
            table.columns[column][rows] for axis in self.touching(name, number) for column in column_values(axis)
        ]
        if not columns:
            return np.array([self.found(name, number, ())])
        values, back = np.unique(np.stack(columns, axis=-1), axis=0, return_inverse=True)
        return np.array([self.found(name, number, tuple(map(float, each))) for each in values])[back.ravel()]
