"""The results of the smaller commands, whose pages are their sheets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imac_arch.data.written import SEAL, sealed, write_text
from imac_arch.document.plain import to_plain
from imac_arch.given import name
from imac_arch.results.base import Sheeted

if TYPE_CHECKING:
    import pandas as pd

    from imac_arch.crossbar.layer import Layer
    from imac_arch.document.crossbar import CheckDocument
    from imac_arch.document.explanation import CatalogDocument, ExplanationDocument, FileCheckDocument
    from imac_arch.document.keys import KeysDocument
    from imac_arch.show.sheet import Sheet
    from imac_arch.studies.circuit_check import Circuit

__all__ = ["Catalog", "Explanation", "FileCheck", "Keys", "Netlist", "NetlistCheck"]


@dataclass(frozen=True, repr=False)
class Explanation(Sheeted):
    """What there is to know about a role, a law or a board, or about a warning, an architecture, a metric or an
    option."""

    document: ExplanationDocument

    def __repr__(self) -> str:
        return f"<Explanation {self.document.what} {self.document.name}: {self.document.title}>"

    def sheet(self) -> Sheet:
        """Return the law, unit costs, numbers, sources and validity range."""
        from imac_arch.show.explanation import explanation_sheet

        return explanation_sheet(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame of its numbers and those of its laws, one row each, in SI units; of pages their facts."""
        from imac_arch.show.frames import record_frame

        document = self.document
        rows = [*document.numbers, *(row for law in document.laws for row in law.numbers)]
        rows += [row for page in document.pages for row in page.numbers]
        facts = [{"name": p.name, "fact": key, "text": text} for p in document.pages for key, text in p.facts.items()]
        return record_frame(to_plain(rows) if rows else to_plain(facts))


@dataclass(frozen=True, repr=False)
class NetlistCheck(Sheeted):
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
        title, rest = self.circuit.text(transient=transient).split("\n", 1)
        return sealed(f"{title}\n* {SEAL}\n{rest}")

    def write(self, path: str | Path, *, force: bool = False) -> int:
        """Write the netlist and return its size in bytes.

        Raises:
            InputOutputError: the path cannot be written, or a file stands there that is no netlist of ours.
        """
        return write_text(Path(name("path", path)), self.text(), force=force)

    def check(self, *, timeout: float | None = None) -> NetlistCheck:
        """Run the netlist through ngspice and return what it is checked against.

        Args:
            timeout: how long to wait for ngspice [s]; None waits for ever.

        Raises:
            InputOutputError: ngspice is not there, does not finish or fails.
        """
        from imac_arch.document.crossbar import CheckDocument
        from imac_arch.document.shapes import SCHEMA_VERSION

        rows = tuple(self.circuit.check(timeout=timeout))
        return NetlistCheck(CheckDocument(SCHEMA_VERSION, self.circuit.title, rows, all(row.ok for row in rows)))


@dataclass(frozen=True, repr=False)
class Catalog(Sheeted):
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


@dataclass(frozen=True, repr=False)
class Keys(Sheeted):
    """The fields of files that a pattern matches."""

    document: KeysDocument
    title: ClassVar[str] = "Fields of files"

    def __repr__(self) -> str:
        return f"<Keys {self.document.pattern!r}: {len(self.document.keys)} fields>"

    def sheet(self) -> Sheet:
        """Return the fields with unit, default, usual range and description."""
        from imac_arch.show.keys import keys_sheet

        return keys_sheet(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row per field."""
        from imac_arch.show.frames import record_frame

        return record_frame(to_plain(self.document.keys))


@dataclass(frozen=True, repr=False)
class FileCheck(Sheeted):
    """A valid file."""

    document: FileCheckDocument
    title: ClassVar[str] = "A valid file"

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

        return record_frame([to_plain(self.document._replace(derived=None))])
