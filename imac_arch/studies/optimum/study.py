"""The best design of each architecture: of given axes, or, to be fair, of its own knobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.errors import InfeasibleError
from imac_arch.data.progress import advance
from imac_arch.data.registry import portable
from imac_arch.data.units import UnitError, format_value, parse
from imac_arch.document.build import generator
from imac_arch.document.optimum import (
    Binding,
    Knob,
    Left,
    Objective,
    Optimal,
    OptimumArchitecture,
    OptimumConditions,
    OptimumDocument,
    OptimumRatio,
)
from imac_arch.document.shapes import SCHEMA_VERSION, MetricRow
from imac_arch.inputs import BATCH, Inputs
from imac_arch.metrics import METRICS
from imac_arch.program.recorded import VERDICT
from imac_arch.resolve import Request, resolve
from imac_arch.studies.knobs import OwnKnob
from imac_arch.studies.optimum.circuits import Circuits, Classified
from imac_arch.studies.optimum.kept import Group, Optima, Row, missed
from imac_arch.studies.optimum.points import Points
from imac_arch.studies.optimum.reach import reduced, touched
from imac_arch.studies.optimum.search import Search
from imac_arch.studies.sweep.echoed import echoed_axis
from imac_arch.studies.sweep.found import rows_of
from imac_arch.studies.sweep.numbers import numbers_of
from imac_arch.studies.sweep.run import Runner, column_values
from imac_arch.studies.sweep.space import Numbers, Space, Words, as_written, declared
from imac_arch.studies.sweep.subject import Subject
from imac_arch.technology_files import Loaded

if TYPE_CHECKING:
    from imac_arch.studies.sweep.accuracies import Accuracies

__all__ = ["MOST", "Study"]

MOST = 10**7  # designs of an architecture that are all computed
EXHAUSTIVE, SEARCH, FIXED = "exhaustive", "search", "fixed"


@dataclass(frozen=True)
class Study:
    """An optimization that is ready to run.

    Attributes:
        space: all designs.
        request: what they have in common.
        architectures: names.
        metric: that is to be best.
        better: ``lower`` or ``higher``.
        metrics: names of all that are known of a design.
        subject: what designs must keep.
        laws: as loaded.
        own: knobs of the architectures, where these are what is varied.
        fair: whether they are.
        baseline: of ratios; None for none.
        most: designs of an architecture that are all computed.
        seed: of a search.
        command: the command line.
        python: the call that makes it again.
        sure: compute as much as it takes, without being asked again.
    """

    space: Space
    request: Request
    architectures: tuple[str, ...]
    metric: str
    better: str
    metrics: tuple[str, ...]
    subject: Subject
    laws: Mapping[str, Loaded]
    own: tuple[OwnKnob, ...] = ()
    fair: bool = False
    baseline: str | None = None
    most: int = MOST
    seed: int = 0
    command: str = ""
    python: str = ""
    sure: bool = False

    def document(self) -> OptimumDocument:
        """Compute, and return the document.

        Raises:
            InfeasibleError: no design of any architecture keeps the constraints; says which one leaves none.
        """
        inputs = resolve(self.request, self.laws).inputs
        accuracies = self._accuracies()
        axes = touched(self.space, self.architectures, self.metrics, self.laws)
        defaults = self._defaults(accuracies is not None)
        rows = tuple(
            self._architecture(name, axes[name], defaults[name], inputs, accuracies) for name in self.architectures
        )
        if all(row.status == "none" for row in rows):
            told = "\n".join(f"{row.name}: {row.reason}" for row in rows)
            raise InfeasibleError(f"no design keeps all constraints\n{told}")
        asked = self.request
        fields = {path: str(value) for path, value in asked.fields.items()}
        return OptimumDocument(
            SCHEMA_VERSION, generator(), self.command, self.python,
            OptimumConditions(
                getattr(asked.network, "name", str(asked.network)), portable(asked.technology),
                asked.board and portable(asked.board), fields, asked.batch, asked.pipelined, asked.timing,
                asked.precision, asked.tiles, self.seed,
            ),
            Objective(self.metric, "higher" if self.better == "higher" else "lower"), self.fair, self.subject.texts,
            tuple(self._knob(axis) for axis in self.space.axes),
            tuple(MetricRow(m.name, m.title, m.unit, m.better, m.scale, m.printed, m.summary, m.ratio, m.headline,
                            m.words) for m in (METRICS[name] for name in self.metrics)),
            rows, self.baseline, tuple(self._ratios(rows)), self.space.portable_hashes,
            numbers_of(self.space, self.architectures, self.laws, self.space.refused),
        )  # fmt: skip

    def _accuracies(self) -> Accuracies | None:
        """Return what finds accuracies, where a constraint asks for them.

        Raises:
            UsageError: there are none, or so many circuits that somebody should be asked.
        """
        if not self.subject.classifies:
            return None
        from imac_arch.studies.sweep.accuracies import Accuracies  # the crossbars' algebra takes time to load

        found = Accuracies(self.space, self.architectures, self.laws)
        found.refuse_many(self.sure)
        return found

    def _defaults(self, classified: bool) -> dict[str, Optimal]:
        """Return the design of each architecture without any knob, judged as the others are."""
        space = Space((), (), ((),), (self.request,))
        runner = Runner(space, self.architectures, self.metrics, self.laws, classified=classified)
        (table,) = runner.tables()
        if classified:
            from imac_arch.studies.sweep.accuracies import Accuracies

            table = Accuracies(space, self.architectures, self.laws).judged(table)
        row = rows_of(table, [0])[0]
        return {name: self._optimal(Group(0.0, (), row, 1), name, space, None) for name in self.architectures}

    def _kept(self, name: str, space: Space, accuracies: Accuracies | None) -> tuple[Optima, bool | None]:
        """Return the best designs of an architecture, and of a search whether differential evolution confirms it."""
        optima = Optima(name, self.metric, self.subject, self.better)
        classified = None if accuracies is None else Classified(accuracies, name, space)
        if space.rows > self.most:
            points = Points(space, name, self.metrics, self.laws, classified is not None)
            return optima, Search(points, optima, self.seed, classified).run()
        circuits = None if classified is None else Circuits(classified, self.metric, self.subject, self.better)
        runner = Runner(space, (name,), self.metrics, self.laws, classified=classified is not None)
        for table in runner.tables():
            (circuits or optima).add(table)
            advance(f"designs of {name}", table.start + table.rows, space.rows)
        return optima if circuits is None else circuits.joined(), None

    def _architecture(
        self, name: str, axes: set[str], default: Optimal, inputs: Inputs, accuracies: Accuracies | None
    ) -> OptimumArchitecture:
        if accuracies is not None:
            axes = axes | accuracies.axes(name)
        space = reduced(self.space, axes)
        optima, confirmed = self._kept(name, space, accuracies)
        method = FIXED if not space.axes else EXHAUSTIVE if confirmed is None else SEARCH
        found = [self._optimal(group, name, space, inputs) for group in optima.best]
        status = "none" if not found else "proven" if confirmed is None else "found"
        return OptimumArchitecture(
            name, ARCHITECTURES[name].title, tuple(axis.name for axis in space.axes), space.rows, optima.seen,
            method, status, confirmed, "" if found else self._reason(optima), default,  # type: ignore[arg-type]
            found[0] if found else None, tuple(found[1:]), tuple(self._bindings(optima)) if found else (),
            optima.left[0] or 0,
            tuple(Left(each.text, count, "" if np.isnan(near[1]) else each.shown(near[1])) for each, count, near in
                  zip(self.subject.constraints, optima.left[1:], optima.nearest, strict=True)),
        )  # fmt: skip

    def _reason(self, optima: Optima) -> str:
        """Return why no design is left, in one line."""
        if not optima.left[0]:
            known = METRICS[self.metric].title
            return f"none of {optima.seen:,} designs can be, or has the metric {self.metric} ({known})"
        for k, constraint in enumerate(self.subject.constraints):
            if optima.left[k + 1] == 0:
                _, value, codes = optima.nearest[k]
                near = "" if np.isnan(value) else f"; the nearest has {constraint.shown(value)}"
                if constraint.name == VERDICT and codes:
                    near = f"; the nearest {constraint.shown(value)}: {', '.join(codes)}"
                before = optima.left[k] or 0
                many = f"{before:,} designs" if before > 1 else "one design"
                had = "" if not np.isnan(value) else f", for {optima.architecture} has no {constraint.name}"
                return f"{constraint.text} leaves none of {many}{had}{near}"
        return ""

    def _optimal(self, group: Group, name: str, space: Space, inputs: Inputs | None) -> Optimal:
        row = group.row
        own = {metric: row.get(f"{name}.{metric}") for metric in self.metrics}
        columns = [axis.name for axis in space.words]
        columns += [column for axis in space.numbers for column in column_values(axis)]
        return Optimal(
            {column: row[column] for column in columns},
            {} if inputs is None else dict(_settings(row, space, self.request, self.laws)),
            {metric: None if value is None or np.isnan(value) else value for metric, value in own.items()},
            row[f"{name}.{VERDICT}"], group.alike,
        )  # fmt: skip

    def _bindings(self, optima: Optima) -> list[Binding]:
        best, name, found = optima.best[0], optima.architecture, []
        sign = -1.0 if self.better == "higher" else 1.0
        for constraint, groups in zip(self.subject.constraints, optima.without, strict=True):
            other = groups[0] if groups else best
            value = best.row.get(f"{name}.{constraint.name}")
            judged = constraint.name == VERDICT
            top, bottom = (other.value, best.value) if self.better == "higher" else (best.value, other.value)
            gain = top / bottom if bottom and np.isfinite(top / bottom) else None
            found.append(Binding(
                constraint.text, None if judged else value, None if judged else constraint.bound, constraint.unit,
                sign * other.value, max(gain, 1.0) if gain is not None else None, missed(other.row, name),
            ))  # fmt: skip
        return found

    def _knob(self, axis: Words | Numbers) -> Knob:
        own = next((knob for knob in self.own if knob.name == axis.name), None)
        shown = echoed_axis(axis)
        title, note = ("", "") if own is None else (own.title, own.note)
        return Knob(axis.name, title, shown.paths, shown.unit, shown.words, shown.length, shown.values, note)

    def _ratios(self, rows: Sequence[OptimumArchitecture]) -> list[OptimumRatio]:
        """Return every architecture against the baseline, by the objective and the headline metrics."""
        base = next((row for row in rows if row.name == self.baseline), None)
        if base is None:
            return []
        chosen = [
            name for name in self.metrics if METRICS[name].ratio and (METRICS[name].headline or name == self.metric)
        ]
        return [
            OptimumRatio(row.name, base.name, name, _ratio(name, row.default, base.default),
                         _ratio(name, row.optimum, base.optimum))
            for row in rows if row is not base for name in chosen
        ]  # fmt: skip


def _ratio(metric: str, own: Optimal | None, other: Optimal | None) -> float | None:
    """Return by what factor a design is better than another one."""
    mine, theirs = (None if each is None else each.metrics[metric] for each in (own, other))
    if mine is None or theirs is None:
        return None
    top, bottom = (theirs, mine) if METRICS[metric].better == "lower" else (mine, theirs)
    return top / bottom if bottom else None


def _settings(row: Row, space: Space, request: Request, laws: Mapping[str, Loaded]) -> list[tuple[str, str]]:
    """Return the fields that make a design, as a file would have them."""
    found = [(axis.path, str(row[axis.name])) for axis in space.words]
    fields = {path: text for path, text in found if "." in path}
    worded = replace(request, fields={**request.fields, **fields})
    inputs = resolve(worded, laws).inputs if space.numbers else None
    for axis in space.numbers:
        for column, path in zip(column_values(axis), axis.values, strict=True):
            said = None if inputs is None else declared(inputs, path)
            value = float(row[column])
            if path == BATCH or said is None:
                found.append((path, f"{value:g}"))
            else:
                found.append((path, _short(value, said.unit) or as_written((path, value, said))[1]))
    return found


def _short(value: float, unit: str) -> str:
    """Return a value in a handy unit and in letters of a keyboard; empty where that is another value."""
    text = format_value(value, unit) if unit else ""
    for sign, letters in (("Ω", "ohm"), ("µ", "u"), ("·", "*"), ("²", "^2"), ("³", "^3"), (",", "")):
        text = text.replace(sign, letters)
    try:
        return text if text and parse(text, unit) == value else ""
    except UnitError:
        return ""
