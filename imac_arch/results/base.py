"""What a command returns: a typed document with four exits, to a frame, to JSON, to a page and to the terminal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imac_arch.data.errors import UnknownName
from imac_arch.data.written import SEAL, sealed, write_text
from imac_arch.document.plain import to_json
from imac_arch.given import name

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from imac_arch.show.sheet import Sheet, Table

__all__ = ["Result", "Sheeted", "Tabled"]


class Result(ABC):
    """The base of every result: a document with four exits.

    ``formats`` are the kinds of file that :meth:`text` makes.
    """

    document: tuple[object, ...]
    formats: ClassVar[tuple[str, ...]] = ("html", "json")

    @abstractmethod
    def sheet(self) -> Sheet:
        """Return what the terminal shows."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame."""

    @abstractmethod
    def page(self) -> str:
        """Return the page."""

    def to_json(self, *, brief: bool = False) -> str:
        """Return the JSON document; a brief one leaves the provenance out."""
        return sealed(to_json(self.document, brief=brief))

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

    def text(self, kind: str, *, brief: bool = False) -> str:
        """Return the text of a file of a kind in ``formats``; of ``json`` a brief one where that is asked for."""
        return sealed(self.page()) if kind == "html" else self.to_json(brief=brief)

    def write(self, path: str | Path, kind: str, *, force: bool = False, brief: bool = False) -> int:
        """Write a file of a kind in ``formats`` whole or not at all, and return its size in bytes; see :meth:`text`.

        Raises:
            InputOutputError: the path cannot be written, or a file stands there that is not ours.
            UsageError: no path, or a kind of file that this result does not have.
        """
        if kind not in self.formats:
            raise UnknownName("format", str(kind), self.formats)
        return write_text(Path(name("path", path)), self.text(kind, brief=brief), force=force)

    def _repr_html_(self) -> str:
        from imac_arch.show.report.html import table

        return "\n".join(table(section.table) for section in self.sheet().sections if section.table)


class Tabled(Result):
    """A result with a main table, which files of csv, md and tex hold."""

    formats: ClassVar[tuple[str, ...]] = (*Result.formats, "csv", "md", "tex")

    @abstractmethod
    def table(self) -> Table:
        """Return the main table."""

    @abstractmethod
    def csv(self) -> str:
        """Return the tidy rows of :meth:`to_frame` as comma-separated values."""

    def text(self, kind: str, *, brief: bool = False) -> str:
        """Return the text of a file of a kind in ``formats``; of ``json`` a brief one where that is asked for."""
        if kind in ("csv", "md", "tex"):
            from imac_arch.document.build import generator
            from imac_arch.show.files import latex, markdown, marked_csv

            made = generator()
            mark = f"{made.name} {made.version} {SEAL}"
            if kind == "csv":
                return sealed(marked_csv(self.csv(), mark))
            text = f"<!-- {mark} -->\n{markdown(self.table())}" if kind == "md" else f"% {mark}\n{latex(self.table())}"
            return sealed(text)
        return super().text(kind, brief=brief)


class Sheeted(Result):
    """A result whose page is its sheet."""

    title: ClassVar[str] = ""

    def page(self) -> str:
        """Return the page."""
        from imac_arch.document.build import generator
        from imac_arch.show.report.sheet import render_sheet

        return render_sheet(self.sheet(), self.title, generator())
