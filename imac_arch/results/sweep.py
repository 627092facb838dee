"""The result of ``sweep``: designs that are computed when they are asked for, and never held all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.written import write_parts
from imac_arch.given import Names
from imac_arch.given import name as text_of
from imac_arch.given import names as names_of
from imac_arch.results.base import Sheeted

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from plotly.graph_objects import Figure

    from imac_arch.document.drawn import Drawn
    from imac_arch.document.sweep import SweepDocument
    from imac_arch.show.sheet import Sheet
    from imac_arch.studies.sweep.executors import Asked
    from imac_arch.studies.sweep.run import Table
    from imac_arch.studies.sweep.study import Keepers, Study
    from imac_arch.studies.sweep.subject import Subject

__all__ = ["Sweep"]

MOST_FRAMED = 5 * 10**6  # rows of a frame


@dataclass(frozen=True, repr=False)
class Sweep(Sheeted):
    """Designs along axes. Everything but :meth:`to_frame` takes bounded memory, however many designs there are.

    With an executor its workers compute them, but for iterating and CSV, which have them one after the other.
    """

    study: Study
    executor: Asked | None = None
    formats: ClassVar[tuple[str, ...]] = ("html", "json", "csv")
    title: ClassVar[str] = "Sweep"

    def __repr__(self) -> str:
        axes = " x ".join(f"{axis.name} {len(axis)}" for axis in self.study.space.axes)
        return f"<Sweep of {len(self):,} designs: {axes}>"

    def __len__(self) -> int:
        return self.study.space.rows

    @cached_property
    def drawn(self) -> Drawn:
        """What the page draws beside the document, which is computed with it."""
        from imac_arch.studies.sweep.drawn import Drawing

        drawing = self.study.gathered(Drawing, self.executor)
        self.__dict__.setdefault("document", self.study.document(drawing.kept))
        return drawing.records()

    @cached_property
    def document(self) -> SweepDocument:  # type: ignore[override]  # computed when it is asked for
        """Axes, verdicts, the best designs and the front; computed when it is first asked for."""
        from imac_arch.studies.sweep.study import Keepers

        return self.study.document(self.study.gathered(Keepers, self.executor))

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Give frames of up to 65,536 designs, one row each."""
        from imac_arch.results.designs import table_frame

        for table in self.study.widened.tables():
            yield table_frame(table)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row per design: its values along the axes, and of each architecture metrics in their
        units, margins of checks, verdict and reason of refusal.

        Raises:
            UsageError: more designs than a frame should hold.
        """
        if len(self) > MOST_FRAMED:
            raise UsageError(f"{len(self):,} designs are too many for one frame; iterate over the sweep, or write it")
        import pandas as pd

        from imac_arch.results.designs import table_frame
        from imac_arch.studies.sweep.found import Held

        tables = self.study.widened.gathered(Held, self.executor).tables
        return pd.concat(map(table_frame, tables), ignore_index=True)

    def best(
        self, metric: str, arch: str | None = None, verdict: str | None = None, subject: Names | None = None
    ) -> pd.Series[object]:
        """Return the best design by a metric, of one architecture or of all; with samples also its 90 % intervals.

        Args:
            metric: of those of the sweep.
            arch: one architecture; all of them by default.
            verdict: that the design must have, ``any`` for each that can be; by default ``works``, or what the sweep's
                own constraints say.
            subject: what it must keep besides, ``"area<=0.1 mm^2"``, ``"margin_ir_drop>=1.2"`` or a list of such;
                ``"verdict>=doubtful"`` takes the place of ``verdict``.

        Raises:
            UnknownName: no such metric, architecture or verdict.
            UsageError: no design keeps all that.
        """
        from imac_arch.studies.sweep.found import Bests

        names, kept = self._asked([metric], arch, verdict, subject)
        make = partial(Bests, architectures=names, metric=metric, subject=kept)
        found = [each for each in self.study.gathered(make, self.executor).best if each.row is not None]
        if not found:
            text = ", ".join(kept.texts) or "can be"
            raise UsageError(f"no design of {', '.join(names)} keeps {text}; verdict='any' takes each that can be")
        best = min(found, key=lambda each: each.rank)
        import pandas as pd

        assert best.row is not None
        ends = self._ends({name: [value] for name, value in best.row.items()})
        own = {name: column[0] for name, column in ends.items()}
        return pd.Series({"architecture": best.architecture, **best.row, **own}, name=best.row["row"])

    def pareto(
        self,
        *metrics: str,
        arch: str | None = None,
        verdict: str | None = None,
        subject: Names | None = None,
        ties: bool = False,
    ) -> pd.DataFrame:
        """Return a frame of the designs that no other one beats in all metrics at once, with samples also their 90 %
        intervals.

        Args:
            metrics: of those of the sweep; by default those that it was made for, else area, energy and latency.
            arch: one architecture; all of them, against one another, by default.
            verdict: as for :meth:`best`.
            subject: as for :meth:`best`.
            ties: keep all designs of equal ones, of which there may be as many as designs; else the first, and in the
                column ``alike`` how many there are.

        Raises:
            UnknownName: no such metric, architecture or verdict.
        """
        from imac_arch.studies.sweep.fronts import Front

        chosen = metrics or self.study.front
        names, kept = self._asked(chosen, arch, verdict, subject)
        make = partial(Front.over, architectures=names, metrics=chosen, subject=kept, ties=ties)
        import pandas as pd

        found, columns = self.study.gathered(make, self.executor).ordered()
        ends = self._ends(columns) if columns else {}
        shown = ["architecture", "row", "alike", *self.study.runner.columns, *ends]
        return pd.DataFrame({**found, **columns, **ends}, columns=shown)

    def _ends(self, columns: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
        """Return the columns of the ends of metrics of some designs, as rows have them; none without samples."""
        return self.study.intervals.beside(columns) if self.study.samples else {}

    def figure(self, x: str, y: str, color: str = "architecture", arch: str | None = None) -> Figure:
        """Return a figure of the front and of up to 2,000 other designs, or a map of the best ones over two axes.

        Args:
            x: an axis of the sweep or one of its metrics.
            y: another one; where both are axes and ``color`` is a metric, the figure is a map of the best that one
                architecture can have, with lines where the verdict changes.
            color: ``architecture``, ``verdict``, an axis or a metric.
            arch: one architecture; of points all by default, of a map the first.

        Raises:
            UnknownName: no such axis, metric or architecture.
            UsageError: no design has both.
        """
        import plotly.graph_objects as go

        from imac_arch.show.report.asked import asked_map, asked_points
        from imac_arch.show.report.maps import heat_map
        from imac_arch.studies.sweep.drawn import Maps

        self._asked([], arch, None, None)
        drawn = self.drawn  # makes the document too
        pair = asked_map(self.document, x, y, color)
        if pair is None:
            return go.Figure(asked_points(self.document, drawn, (x, y, color), arch))
        gathered = self.study.gathered(partial(Maps, pairs=[pair], metrics=[color]), self.executor)
        maps = gathered.records()
        shown = next((each for each in maps if arch in (None, each.architecture)), None)
        figure = None if shown is None else heat_map(self.document, shown)
        if figure is None:
            raise UsageError(f"no design of {arch or 'these architectures'} has {color} over {x} and {y}")
        return go.Figure(figure)

    def _asked(
        self, metrics: tuple[str, ...] | list[str], arch: str | None, verdict: str | None, subject: Names | None
    ) -> tuple[tuple[str, ...], Subject]:
        """Return architectures, and what designs must keep: what is asked for, and the sweep's own constraints."""
        from imac_arch.studies.sweep.subject import Subject, given_constraint, given_subject

        given = given_subject(names_of("subject", subject or ()))
        for metric in (*metrics, *given.metrics):
            if metric not in self.study.metrics:
                raise UnknownName("metric of this sweep", metric, self.study.metrics)
        if arch is not None and arch not in self.study.architectures:
            raise UnknownName("architecture of this sweep", arch, self.study.architectures)
        own = self.study.subject
        if given.classifies and not own.classifies:
            raise UsageError("this sweep has no accuracies; make it with subject='accuracy>=0.95'")
        if verdict is not None and not given.judges:
            given = Subject((given_constraint(f"verdict={verdict}"), *given.constraints))
        if given.judges:  # in the place of what the sweep says of it
            own = Subject(tuple(each for each in own.constraints if each.name != "verdict"))
        kept = Subject((*given.constraints, *own.constraints)).and_works()
        return self.study.architectures if arch is None else (arch,), kept

    def sheet(self) -> Sheet:
        """Return axes, verdicts, the best designs and the front."""
        from imac_arch.show.sweep import sweep_sheet

        return sweep_sheet(self.document)

    def page(self) -> str:
        """Return the page: verdicts, the best designs and the front, planes of metrics, maps over axes."""
        from imac_arch.show.report.sweep import render_sweep

        drawn = self.drawn  # makes the document too
        return render_sweep(self.document, drawn)

    def write(self, path: str | Path, kind: str, *, force: bool = False, brief: bool = False) -> int:
        """Write a file whole or not at all, and return its size in bytes: of ``csv`` every design, else the summary.

        Raises:
            InputOutputError: the path cannot be written, or a file stands there that is not ours.
            UsageError: no path, or a kind of file that this result does not have.
        """
        if kind != "csv":
            return super().write(path, kind, force=force, brief=brief)
        from imac_arch.results.designs import csv_parts

        kept = self.study.keepers()
        size = write_parts(Path(text_of("path", path)), csv_parts(self._seen(kept)), force=force)
        self.__dict__["document"] = self.study.document(kept)
        return size

    def to_parquet(self, folder: str | Path, *, force: bool = False) -> Path:
        """Write every design into a folder of Parquet files of 2^20 rows, and return it.

        With an executor its workers write a part each, in a folder that all of them see.

        A folder that holds parts of the same sweep is gone on with, and is in the end as if nothing had come between.

        Raises:
            InputOutputError: the folder holds another sweep or something else, or cannot be written.
            UsageError: pyarrow is not installed.
        """
        from imac_arch.results.parquet import write_folder

        path = Path(text_of("path", folder))
        kept = write_folder(self.study.widened, path, force=force, executor=self.executor)
        self.__dict__["document"] = self.study.document(kept)
        return path

    def _seen(self, kept: Keepers) -> Iterator[Table]:
        """Give every table, of which note is taken."""
        for table in self.study.widened.tables():
            kept.add(table)
            yield table
