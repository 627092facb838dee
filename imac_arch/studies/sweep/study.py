"""A sweep asked for: arguments settled, tables in their order, and the document of all of them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, Self, TypeVar

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.errors import UsageError
from imac_arch.data.progress import advance, skip
from imac_arch.data.registry import portable
from imac_arch.data.units import format_value
from imac_arch.document.build import generator
from imac_arch.document.shapes import SCHEMA_VERSION, MetricRow
from imac_arch.document.sweep import (
    SweepArchitecture,
    SweepConditions,
    SweepDocument,
    SweepFront,
    SweepPoint,
)
from imac_arch.metrics import METRICS, known
from imac_arch.network_files import load_network
from imac_arch.program.recorded import VERDICT
from imac_arch.resolve import Request
from imac_arch.studies.sweep.echoed import echoed
from imac_arch.studies.sweep.executors import Asked, spread
from imac_arch.studies.sweep.found import Best, Counts
from imac_arch.studies.sweep.fronts import FRONT, Front
from imac_arch.studies.sweep.intervals import Ends, Intervals, columns_of
from imac_arch.studies.sweep.run import Runner, Table
from imac_arch.studies.sweep.space import Space, Words
from imac_arch.studies.sweep.subject import Subject
from imac_arch.technology_files import Loaded

if TYPE_CHECKING:
    from imac_arch.studies.sweep.accuracies import Accuracies

__all__ = ["METHODS", "TRIED", "Study", "asked_metrics"]

METHODS = SOBOL, RANDOM = ("sobol", "random")
BLOCK = 2**18  # designs that a worker evaluates together
TRIED = 2**13  # designs by which the time is told that all of them take
MOST_DRAWN, DRAWN = 10**8, 2**16  # draws of rows that are computed without being asked again; by which time is told
SHOWN = 20  # points of a front in a document


def asked_metrics(
    given: Sequence[str] | None, front: Sequence[str] | None, subject: Subject
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the metrics of a sweep in their order, those that are named, else those of summaries, with those that a
    front or a constraint needs; and the metrics of the front.

    Raises:
        UnknownName: there is no such metric.
    """
    needed = {*(front or ()), *subject.metrics}
    for name in (*(given or ()), *(front or ())):
        known(name)
    chosen = tuple(
        name for name, metric in METRICS.items() if name in needed or (name in given if given else metric.summary)
    )
    own = tuple(dict.fromkeys(front or (name for name in FRONT if name in chosen)))
    return chosen, own or chosen[:1]


class Noting(Protocol):
    """What takes note of designs, table by table or block by block."""

    def add(self, table: Table, /) -> None:
        """Take note of a table."""

    def join(self, later: Self, /) -> None:
        """Take note of what the tables behind these left."""


K = TypeVar("K", bound=Noting)


@dataclass(frozen=True)
class Study:
    """A sweep that is ready to run, as often as asked for.

    Attributes:
        space: the designs.
        request: what they have in common.
        architectures: names.
        metrics: names.
        laws: as loaded.
        command: the command line.
        python: the call in Python.
        subject: what the best designs and those of the front must keep.
        front: metrics of the front.
        samples: draws behind the intervals of the designs that are named; None for some on a page alone.
        wide: rows have the ends of these intervals too.
        sure: compute as much as it takes, without being asked again.
    """

    space: Space
    request: Request
    architectures: tuple[str, ...]
    metrics: tuple[str, ...]
    laws: Mapping[str, Loaded]
    command: str = ""
    python: str = ""
    subject: Subject = Subject()  # noqa: RUF009  # frozen
    front: tuple[str, ...] = FRONT
    samples: int | None = None
    wide: bool = False
    sure: bool = False

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs, which records programs of its own."""
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in ("runner", "accuracies", "intervals", "widened")
        }

    @cached_property
    def runner(self) -> Runner:
        """What evaluates the designs."""
        classified, beside = self.subject.classifies, list[str]()
        if classified:
            beside += [column for name in self.architectures for column in self.accuracies.columns(name)]
        if self.wide:
            beside += [
                end for name in self.architectures for each in self.metrics for end in columns_of(f"{name}.{each}")
            ]
        return Runner(self.space, self.architectures, self.metrics, self.laws, beside=beside, classified=classified)

    @cached_property
    def accuracies(self) -> Accuracies:
        """What finds the accuracy of designs, where a constraint asks for it."""
        from imac_arch.studies.sweep.accuracies import Accuracies  # the crossbars' algebra takes time to load

        return Accuracies(self.space, self.architectures, self.laws)

    @cached_property
    def intervals(self) -> Intervals:
        """What finds the intervals of designs, where there are draws."""
        return Intervals(self, self.samples or 0)

    @cached_property
    def widened(self) -> Study:
        """Return the same, with the ends of intervals in its rows where draws are asked for.

        Raises:
            UsageError: there are so many draws that somebody should be asked, with the time that they would take.
        """
        if not self.samples or self.wide:
            return self
        wide, draws = replace(self, wide=True), self.space.rows * self.samples
        if draws > MOST_DRAWN and not self.sure:
            begun, tried = time.perf_counter(), max(DRAWN // self.samples, 1)
            for _ in wide.tables(0, tried):
                pass
            hours = self.space.rows / min(tried, self.space.rows) * (time.perf_counter() - begun) / 60**2
            raise UsageError(
                f"{self.space.rows:,} designs of {self.samples:,} samples each take about {hours:,.1f} hours here; "
                "without --samples rows have no intervals; --yes computes all"
            )
        return wide

    def refuse(self, rows: int) -> NoReturn:
        """Raise where somebody should be asked before so many designs are computed, of which these are some.

        Raises:
            UsageError: with the time that they would take.
        """
        times = []
        for _ in range(2):  # the first time the program is recorded
            begun = time.perf_counter()
            tried = sum(table.rows for table in self.runner.tables(0, TRIED))
            times.append(time.perf_counter() - begun)
        rate = tried / times[-1]
        hours = rows / rate / 60**2
        raise UsageError(
            f"{rows:,} designs take about {hours:,.0f} hours here, at {format_value(rate, '')} a second; "
            "--sample N draws some of them, --yes computes all"
        )

    def tables(self, start: int = 0, stop: int | None = None) -> Iterator[Table]:
        """Give the designs from a row on, up to another, table by table, and say how far they are."""
        if start == 0:
            self.passed(0)
        for table in self.runner.tables(start, stop):
            if self.subject.classifies:
                table = self.accuracies.judged(table)
            if self.wide:
                self.intervals.fill(table, self.passed)
            yield table
            self.passed(table.start + table.rows)

    def passed(self, rows: int, found: bool = False) -> None:
        """Say how many designs are done, and whether the last of them were found, not computed."""
        (skip if found else advance)("designs", rows, self.space.rows)

    @property
    def designs(self) -> str:
        """Which of all combinations there are."""
        if self.space.sample:
            return SOBOL if self.space.sobol else RANDOM
        return "zip" if self.space.zipped else "product"

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything that the rows follow from: two sweeps that bear the same one are the same.

        Files count by what is in them, so that a sweep goes on wherever its folder and they have been moved to.
        """
        axes = {
            axis.name: list(axis.labels) if isinstance(axis, Words) else
            {path: hashlib.sha256(values.tobytes()).hexdigest() for path, values in axis.values.items()}
            for axis in self.space.axes
        }  # fmt: skip
        said = {
            "version": generator().version, "axes": list(axes.items()), "sample": self.space.sample,
            "columns": list(self.runner.columns), "files": list(self.space.hashes.values()),
            "conditions": self.conditions._replace(technology="", board=None)._asdict(),
            "networks": list(dict.fromkeys(repr(load_network(one.network)) for one in self.space.requests)),
        }  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def conditions(self) -> SweepConditions:
        """What all designs have in common."""
        asked = self.request
        fields = {path: str(value) for path, value in asked.fields.items()}
        return SweepConditions(
            getattr(asked.network, "name", str(asked.network)), portable(asked.technology),
            asked.board and portable(asked.board), fields, asked.batch, asked.pipelined, asked.timing,
            asked.precision, asked.tiles, self.designs, self.space.seed, self.samples or 0,
        )  # fmt: skip

    def keepers(self) -> Keepers:
        """Return what takes note of tables for the document."""
        return Keepers(self)

    def gathered(self, make: Callable[[Study], K], executor: Asked | None = None) -> K:
        """Return what takes note of all designs.

        Args:
            make: a class that takes note of tables and of what later ones left.
            executor: whose workers take a block of designs each.
        """
        found = make(self)
        if executor is None or self.blocks == 1:
            for table in self.tables():
                found.add(table)
        else:
            with contextlib.closing(self._spread(make, executor)) as blocks:
                for block in blocks:
                    found.join(block)
        return found

    def _spread(self, make: Callable[[Study], K], executor: Asked) -> Generator[K, None, None]:
        """Give what takes note of each block of designs, in their order, as the workers find it."""
        finished = 0

        def done(number: int) -> None:
            nonlocal finished
            finished += min((number + 1) * BLOCK, self.space.rows) - number * BLOCK
            self.passed(finished)

        self.passed(0)
        return spread(_noted, (self, BLOCK, make), self.blocks, executor, done)

    @property
    def blocks(self) -> int:
        """How many there are."""
        return -(-self.space.rows // BLOCK)

    def document(self, kept: Keepers) -> SweepDocument:
        """Return the document of tables that have gone by."""
        shown, front = [METRICS[name] for name in self.metrics], kept.front.sorted(SHOWN)
        named = [(each.row, each.architecture) for each in kept.best if each.row is not None]
        named += [(row, str(row["architecture"])) for row in front]
        ends = self.intervals.of(named) if self.samples else None
        return SweepDocument(
            SCHEMA_VERSION, generator(), self.command, self.python, self.conditions,
            echoed(self.space), self.space.rows,
            tuple(MetricRow(m.name, m.title, m.unit, m.better, m.scale, m.printed, m.summary, m.ratio, m.headline,
                            m.words) for m in shown),
            tuple(self._architecture(name, kept, ends) for name in self.architectures),
            SweepFront(kept.front.metrics, len(kept.front),
                       tuple(self._point(row, str(row["architecture"]), ends) for row in front)),
            self.space.portable_hashes, self.subject.texts,
        )  # fmt: skip

    def _architecture(self, name: str, kept: Keepers, ends: Ends | None) -> SweepArchitecture:
        best = {each.metric: each for each in kept.best if each.architecture == name}
        found = {m: None if each.row is None else self._point(each.row, name, ends) for m, each in best.items()}
        counts = kept.counts.verdicts[name]
        missed = {code: count for code, count in kept.counts.missed[name].items() if count}
        reasons = dict(sorted(kept.counts.reasons[name].items()))
        works, doubtful, fails, refused = counts.values()
        title = ARCHITECTURES[name].title
        left = tuple(kept.counts.left[name])
        return SweepArchitecture(name, title, works, doubtful, fails, refused, missed, reasons, found, left[-1], left)

    def _point(self, row: Mapping[str, Any], architecture: str, ends: Ends | None) -> SweepPoint:
        own = {name: row.get(f"{architecture}.{name}") for name in self.metrics}
        metrics = {name: None if value is None or np.isnan(value) else value for name, value in own.items()}
        design = {name: row[name] for name in self.runner.columns if name not in self.runner.results}
        own_ends = None if ends is None else ends[row["row"], architecture]
        return SweepPoint(row["row"], architecture, design, metrics, row[f"{architecture}.{VERDICT}"],
                          row.get("alike"), own_ends)  # fmt: skip


class Keepers:
    """What takes note of every table of a sweep."""

    def __init__(self, study: Study) -> None:
        self.counts = Counts(study.architectures, study.subject)
        self.best = [Best(name, metric, study.subject) for name in study.architectures for metric in study.metrics]
        self.front = Front(study.architectures, study.front, study.subject.and_works())

    def add(self, table: Table) -> None:
        """Take note of a table."""
        self.counts.add(table)
        self.front.add(table)
        for each in self.best:
            each.add(table)

    def join(self, later: Keepers) -> None:
        """Take note of what the tables behind these left."""
        self.counts.join(later.counts)
        self.front.join(later.front)
        for own, other in zip(self.best, later.best, strict=True):
            own.join(other)


def _noted(given: tuple[Study, int, Callable[[Study], K]], number: int) -> K:
    """Return what takes note of a block of so many designs."""
    study, size, make = given
    found = make(study)
    for table in study.tables(number * size, (number + 1) * size):
        found.add(table)
    return found
