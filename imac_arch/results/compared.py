"""The results of comparisons: of architectures, and of neurons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.plain import to_plain
from imac_arch.evaluate import Evaluation
from imac_arch.results.base import Tabled

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from imac_arch.document.neurons import NeuronsDocument
    from imac_arch.show.report.name import ReportPath
    from imac_arch.show.sheet import Sheet, Table

__all__ = ["Comparison", "Neurons"]

COUNTED = {"works": "work", "doubtful": "doubtful", "fails": "fail"}


@dataclass(frozen=True, repr=False)
class Comparison(Tabled):
    """Architectures side by side on one or more technologies.

    Attributes:
        document: everything there is to know: what :meth:`to_json` writes.
        evaluations: the arrays behind it, by technology.
    """

    document: ComparisonDocument
    evaluations: Sequence[Sequence[Evaluation]]

    def __repr__(self) -> str:
        from imac_arch.show.sentences import columns, heading

        shown = columns(self.document)
        found = ", ".join(f"{heading(self.document, row)} {row.verdict}" for row in shown)
        if len(self.document.technologies) > 1:
            counts = Counter[str](row.verdict for row in shown)
            found = f"of {len(shown)} designs {', '.join(f'{counts[name]} {word}' for name, word in COUNTED.items())}"
        technologies = ", ".join(row.name for row in self.document.technologies)
        return f"<Comparison {self.document.network.name} on {technologies}: {found}>"

    def _repr_html_(self) -> str:
        from imac_arch.show.report.html import table

        return f"<p>{escape(repr(self)[1:-1])}</p>\n{table(self.table(), 'Summary')}"

    def sheet(self) -> Sheet:
        """Return summary, ratios, break-even and warnings."""
        from imac_arch.show.comparison import comparison_sheet

        return comparison_sheet(self.document)

    def table(self) -> Table:
        """Return the summary table: metrics as rows, architectures as columns, values written for people."""
        from imac_arch.show.comparison import summary_table

        return summary_table(self.document)

    def verdicts(self) -> pd.DataFrame:
        """Return a frame, one row per technology and architecture: the verdict, the shares of the samples in which the
        design works and fails, its worst check and what clears all of them."""
        from imac_arch.show.frames import frame
        from imac_arch.show.tidy import VERDICT_COLUMNS, verdict_rows

        return frame(VERDICT_COLUMNS, verdict_rows(self.document))

    def accuracy(self) -> pd.DataFrame:
        """Return a frame, one row per technology and architecture: the accuracy with its 90 % interval, that of the
        same weights in exact arithmetic, the loss, and how it was found; no row where none was asked for."""
        from imac_arch.show.frames import frame
        from imac_arch.show.tidy import ACCURACY_COLUMNS, accuracy_rows

        known = [row.accuracy for row in self.document.architectures if row.accuracy is not None]
        return frame(ACCURACY_COLUMNS, accuracy_rows(self.document.network.name, known))

    def ratios(self) -> pd.DataFrame:
        """Return a frame, one row per technology, architecture and metric: the ratio against the baseline, above 1
        where that favours the architecture, its interval, and the share of samples above 1."""
        from imac_arch.show.frames import frame
        from imac_arch.show.tidy import RATIO_COLUMNS, ratio_rows

        return frame(RATIO_COLUMNS, ratio_rows(self.document))

    def breakdown(self) -> pd.DataFrame:
        """Return a frame, one row per technology, architecture, layer and component: instances, actions, area [m^2],
        energy with leakage, that share [J] and latency [s] of one inference; no layer is what all layers share."""
        from imac_arch.show.frames import frame
        from imac_arch.show.tidy import BREAKDOWN_COLUMNS, breakdown_rows

        return frame(BREAKDOWN_COLUMNS, breakdown_rows(self.document))

    def warnings(self) -> pd.DataFrame:
        """Return a frame, one row per warning: code, severity, the design that it is about, figure and limits, message,
        place in the file, and the fields that clear it."""
        from imac_arch.show.frames import frame
        from imac_arch.show.tidy import WARNING_COLUMNS, warning_rows

        return frame(WARNING_COLUMNS, warning_rows(self.document))

    def checks(self) -> pd.DataFrame:
        """Return a frame, one row per technology, architecture and check, in SI units."""
        from imac_arch.show.frames import record_frame

        rows = [(row, check) for row in self.document.architectures for check in row.checks]
        return record_frame([
            {"technology": row.technology, "architecture": row.name, **to_plain(check)} for row, check in rows
        ])  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame, one row per technology, architecture and metric, with value and interval in the units
        of the metrics, and the verdict on the design."""
        from imac_arch.show.files import COLUMNS, metric_rows
        from imac_arch.show.frames import frame

        return frame(COLUMNS, metric_rows(self.document))

    def alternatives(self) -> pd.DataFrame:
        """Return what is shown side by side, one row per alternative of a choice and metric, with the ratio over the
        subject, above 1 where that is better."""
        from imac_arch.show.files import ALTERNATIVE_COLUMNS, alternative_rows
        from imac_arch.show.frames import frame

        return frame(ALTERNATIVE_COLUMNS, alternative_rows(self.document))

    def summary(self) -> pd.DataFrame:
        """Return the summary table as a frame of text."""
        from imac_arch.show.frames import table_frame

        return table_frame(self.table())

    def figures(self) -> dict[str, Figure]:
        """Return the report's figures as ``plotly.graph_objects.Figure``, by name."""
        import plotly.graph_objects as go

        from imac_arch.show.report.figures import figures

        return {name.removeprefix("fig-"): go.Figure(data) for name, data in figures(self.document).items()}

    def report_path(self, folder: str = "reports") -> ReportPath:
        """Return where the command line writes the report: every design has a name of its own, and a report of another
        one that bears the name is not overwritten."""
        from imac_arch.show.report.name import report_path

        return report_path(self.document, folder)

    def csv(self) -> str:
        """Return the rows of :meth:`to_frame` as comma-separated values."""
        from imac_arch.show.files import COLUMNS, csv_text, metric_rows

        return csv_text(COLUMNS, metric_rows(self.document))

    def page(self) -> str:
        """Return the report."""
        from imac_arch.show.report.render import render

        return render(self.document)


@dataclass(frozen=True, repr=False)
class Neurons(Tabled):
    """Sigmoid neurons side by side."""

    document: NeuronsDocument

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(row.name for row in self.document.neurons))
        return f"<Neurons beside that of {self.document.technology.name}: {names}>"

    def sheet(self) -> Sheet:
        """Return neurons, ratios and published claims."""
        from imac_arch.show.neurons import neurons_sheet

        return neurons_sheet(self.document)

    def table(self) -> Table:
        """Return every neuron with its figures."""

        from imac_arch.show.neurons import neurons_table

        return neurons_table(self.document)._replace(spans=True)

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame, one row per neuron, node and figure, in SI units."""
        from imac_arch.show.files import NEURON_COLUMNS, neuron_rows
        from imac_arch.show.frames import frame

        return frame(NEURON_COLUMNS, neuron_rows(self.document))

    def csv(self) -> str:
        """Return the rows of :meth:`to_frame` as comma-separated values."""
        from imac_arch.show.files import NEURON_COLUMNS, csv_text, neuron_rows

        return csv_text(NEURON_COLUMNS, neuron_rows(self.document))

    def page(self) -> str:
        """Return the report."""
        from imac_arch.show.report.neurons import render_neurons

        return render_neurons(self.document)
