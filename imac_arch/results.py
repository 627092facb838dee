"""What a command returns: a typed document with four exits, to a frame, to JSON, to a page and to the terminal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imac_arch.data.files import write_text
from imac_arch.document.comparison import ComparisonDocument
from imac_arch.document.plain import to_json, to_plain
from imac_arch.evaluate import Evaluation

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure
    from rich.console import Console

    from imac_arch.crossbar.netlist import Layer
    from imac_arch.document.crossbar import CheckDocument
    from imac_arch.document.explanation import CatalogDocument, ExplanationDocument, FileCheckDocument
    from imac_arch.document.neurons import NeuronsDocument
    from imac_arch.show.sheet import Sheet, Table
    from imac_arch.studies.netlist import Circuit

__all__ = ["Catalog", "Comparison", "Explanation", "FileCheck", "Netlist", "NetlistCheck", "Neurons", "Result"]

MARK_HTML = '<meta name="generator" content="imac-arch'


class Result(ABC):
    """The base of every result: a document with four exits.

    ``formats`` are the kinds of file that :meth:`text` makes, each with what the head of such a file of ours holds.
    """

    formats: ClassVar[Mapping[str, str]] = {"html": MARK_HTML, "json": '"schema_version"'}

    @abstractmethod
    def sheet(self) -> Sheet:
        """Return what the terminal shows."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame."""

    @abstractmethod
    def to_json(self) -> str:
        """Return the JSON document."""

    @abstractmethod
    def _page(self) -> str:
        """Return the page."""

    def to_html(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the page and return its path.

        Raises:
            InputOutputError: the path cannot be written, or a file stands there that is no page of ours.
        """
        self.write(path, "html", force=force)
        return Path(path)

    def to_terminal(self, console: Console | None = None) -> None:
        """Print on a console, stdout by default."""
        from imac_arch.show.terminal import print_sheet

        print_sheet(self.sheet(), console)

    def text(self, kind: str) -> str:
        """Return the text of a file of a kind in ``formats``."""
        return self._page() if kind == "html" else self.to_json()

    def write(self, path: str | Path, kind: str, *, force: bool = False) -> int:
        """Write a file of a kind in ``formats`` whole or not at all, and return its size in bytes.

        Raises:
            InputOutputError: the path cannot be written, or a file stands there that is not ours.
        """
        return write_text(Path(path), self.text(kind), ours=self.formats[kind], force=force)

    def _repr_html_(self) -> str:
        from imac_arch.show.report.html import table

        return "\n".join(table(section.table) for section in self.sheet().sections if section.table)


class _Tabled(Result):
    """A result with a main table, which files of csv, md and tex hold."""

    @abstractmethod
    def table(self) -> Table:
        """Return the main table."""

    @abstractmethod
    def csv(self) -> str:
        """Return the tidy rows of :meth:`to_frame` as comma-separated values."""

    def text(self, kind: str) -> str:
        """Return the text of a file of a kind in ``formats``."""
        if kind == "csv":
            return self.csv()
        if kind in ("md", "tex"):
            from imac_arch.show.files import latex, markdown

            return markdown(self.table()) if kind == "md" else latex(self.table())
        return super().text(kind)


class _Sheeted(Result):
    """A result whose page is its sheet."""

    title: ClassVar[str] = ""

    def _page(self) -> str:
        from imac_arch.document.build import generator
        from imac_arch.show.report.sheet import render_sheet

        return render_sheet(self.sheet(), self.title, generator())


@dataclass(frozen=True, repr=False)
class Comparison(_Tabled):
    """Architectures side by side on one or more technologies.

    Attributes:
        document: everything there is to know: what :meth:`to_json` writes.
        evaluations: the arrays behind it, by technology.
    """

    document: ComparisonDocument
    evaluations: Sequence[Sequence[Evaluation]]
    formats: ClassVar[Mapping[str, str]] = {
        **Result.formats, "csv": "network,technology,architecture,metric", "md": "power-area product (PAP)",
        "tex": "power-area product (PAP)",
    }  # fmt: skip

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(row.name for row in self.document.architectures))
        technologies = ", ".join(row.name for row in self.document.technologies)
        return f"<Comparison {self.document.network.name} on {technologies}: {names}>"

    def _repr_html_(self) -> str:
        from imac_arch.show.report.html import table

        return str(table(self.table(), "Summary"))

    def sheet(self) -> Sheet:
        """Return summary, ratios, break-even and warnings."""
        from imac_arch.show.comparison import comparison_sheet

        return comparison_sheet(self.document)

    def table(self) -> Table:
        """Return the summary table: metrics as rows, architectures as columns, values written for people."""
        from imac_arch.show.comparison import summary_table

        return summary_table(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame, one row per technology, architecture and metric, with value and interval in the units
        of the metrics."""
        from imac_arch.show.files import COLUMNS, metric_rows
        from imac_arch.show.frames import frame

        return frame(COLUMNS, metric_rows(self.document))

    def summary(self) -> pd.DataFrame:
        """Return the summary table as a frame of text."""
        from imac_arch.show.frames import table_frame

        return table_frame(self.table())

    def figures(self) -> dict[str, Figure]:
        """Return the report's figures as ``plotly.graph_objects.Figure``, by name."""
        import plotly.graph_objects as go

        from imac_arch.show.report.figures import figures

        return {name.removeprefix("fig-"): go.Figure(data) for name, data in figures(self.document).items()}

    def csv(self) -> str:
        """Return the rows of :meth:`to_frame` as comma-separated values."""
        from imac_arch.show.files import COLUMNS, csv_text, metric_rows

        return csv_text(COLUMNS, metric_rows(self.document))

    def to_json(self) -> str:
        """Return the JSON document."""
        return to_json(self.document)

    def _page(self) -> str:
        from imac_arch.show.report.render import render

        return render(self.document)


@dataclass(frozen=True, repr=False)
class Neurons(_Tabled):
    """Sigmoid neurons side by side."""

    document: NeuronsDocument
    formats: ClassVar[Mapping[str, str]] = {**Result.formats, "csv": "neuron,node,at", "md": "PAP [", "tex": "PAP ["}

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(row.name for row in self.document.neurons))
        return f"<Neurons beside that of {self.document.technology.name}: {names}>"

    def sheet(self) -> Sheet:
        """Return neurons, ratios and published claims."""
        from imac_arch.show.neurons import neurons_sheet

        return neurons_sheet(self.document)

    def table(self) -> Table:
        """Return every neuron with its figures."""
        from dataclasses import replace

        from imac_arch.show.neurons import neurons_table

        return replace(neurons_table(self.document), spans=True)

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame, one row per neuron, node and figure, in SI units."""
        from imac_arch.show.files import NEURON_COLUMNS, neuron_rows
        from imac_arch.show.frames import frame

        return frame(NEURON_COLUMNS, neuron_rows(self.document))

    def csv(self) -> str:
        """Return the rows of :meth:`to_frame` as comma-separated values."""
        from imac_arch.show.files import NEURON_COLUMNS, csv_text, neuron_rows

        return csv_text(NEURON_COLUMNS, neuron_rows(self.document))

    def to_json(self) -> str:
        """Return the JSON document."""
        return to_json(self.document)

    def _page(self) -> str:
        from imac_arch.show.report.neurons import render_neurons

        return render_neurons(self.document)


@dataclass(frozen=True, repr=False)
class Explanation(_Sheeted):
    """What there is to know about a role, a law or a board."""

    document: ExplanationDocument

    def __repr__(self) -> str:
        return f"<Explanation {self.document.what} {self.document.name}: {self.document.title}>"

    def sheet(self) -> Sheet:
        """Return the law, unit costs, numbers, sources and validity range."""
        from imac_arch.show.explanation import explanation_sheet

        return explanation_sheet(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame of its numbers and those of its laws, one row each, in SI units."""
        from imac_arch.show.frames import record_frame

        rows = (*self.document.numbers, *(row for law in self.document.laws for row in law.numbers))
        return record_frame(to_plain(rows))

    def to_json(self) -> str:
        """Return the JSON document."""
        return to_json(self.document)


@dataclass(frozen=True, repr=False)
class NetlistCheck(_Sheeted):
    """A netlist checked by ngspice."""

    document: CheckDocument
    title: ClassVar[str] = "Exact solution against ngspice"

    def __repr__(self) -> str:
        return f"<NetlistCheck {self.document.title}: {'ok' if self.document.ok else 'differs'}>"

    def sheet(self) -> Sheet:
        """Return what was checked, with errors and limits."""
        from imac_arch.show.exact import check_sheet

        return check_sheet(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row per quantity that was checked, in SI units."""
        from imac_arch.show.frames import record_frame

        return record_frame(to_plain(self.document.rows))

    def to_json(self) -> str:
        """Return the JSON document."""
        return to_json(self.document)


@dataclass(frozen=True, repr=False)
class Netlist:
    """A subarray or a network as a netlist for ngspice."""

    circuit: Circuit

    def __repr__(self) -> str:
        return f"<Netlist {self.circuit.title}>"

    def __str__(self) -> str:
        return self.text()

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of the circuit, from the inputs to the outputs."""
        return self.circuit.layers

    @property
    def watched(self) -> bool:
        """Whether a check watches the settling: of one subarray that is not too large."""
        return self.circuit.watched

    def text(self, *, transient: bool = True) -> str:
        """Return the netlist, with the step response where there is anything to charge."""
        return self.circuit.text(transient=transient)

    def write(self, path: str | Path, *, force: bool = False) -> int:
        """Write the netlist and return its size in bytes.

        Raises:
            InputOutputError: the path cannot be written, or a file stands there that is no netlist of ours.
        """
        from imac_arch.studies.netlist import MARK

        return write_text(Path(path), self.text(), ours=MARK, force=force)

    def check(self, *, timeout: float | None = None) -> NetlistCheck:
        """Run the netlist through ngspice and return what it is checked against.

        Args:
            timeout: how long to wait for ngspice [s]; None waits for ever.

        Raises:
            InputOutputError: ngspice is not there, does not finish or fails.
        """
        from imac_arch.document.crossbar import CheckDocument
        from imac_arch.document.shapes import SCHEMA_VERSION
        from imac_arch.studies.exact import check_row

        rows = tuple(check_row(row) for row in self.circuit.check(timeout=timeout))
        return NetlistCheck(CheckDocument(SCHEMA_VERSION, self.circuit.title, rows, all(row.ok for row in rows)))


@dataclass(frozen=True, repr=False)
class Catalog(_Sheeted):
    """What is shipped."""

    document: CatalogDocument
    title: ClassVar[str] = "What is shipped"

    def __repr__(self) -> str:
        return f"<Catalog of {len(self.document.files)} files>"

    def sheet(self) -> Sheet:
        """Return the files by kind."""
        from imac_arch.show.explanation import catalog_sheet

        return catalog_sheet(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row per file: kind, name and title."""
        from imac_arch.show.frames import record_frame

        return record_frame(to_plain(self.document.files))

    def to_json(self) -> str:
        """Return the JSON document."""
        return to_json(self.document)


@dataclass(frozen=True, repr=False)
class FileCheck(_Sheeted):
    """A file that is in order."""

    document: FileCheckDocument
    title: ClassVar[str] = "A file in order"

    def __repr__(self) -> str:
        return f"<FileCheck {self}>"

    def __str__(self) -> str:
        from imac_arch.show.explanation import file_check_line

        return file_check_line(self.document)

    def sheet(self) -> Sheet:
        """Return one line on the file."""
        from imac_arch.show.explanation import file_check_sheet

        return file_check_sheet(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame of one row."""
        from imac_arch.show.frames import record_frame

        return record_frame([to_plain(self.document)])

    def to_json(self) -> str:
        """Return the JSON document."""
        return to_json(self.document)
