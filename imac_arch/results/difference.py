"""The result of ``diff``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imac_arch.document.difference import DifferenceDocument
from imac_arch.results.base import Sheeted, Tabled

if TYPE_CHECKING:
    import pandas as pd

    from imac_arch.show.sheet import Sheet, Table

__all__ = ["Difference"]


@dataclass(frozen=True, repr=False)
class Difference(Sheeted, Tabled):
    """Two technologies, or two documents: the inputs that differ, and what they did to the results."""

    document: DifferenceDocument

    def __repr__(self) -> str:
        document = self.document
        changed = sum(row.change != "same" for row in document.results)
        names = f"{document.a.name[-50:]} -> {document.b.name[-50:]}"
        return f"<Difference {names}: {len(document.inputs)} inputs, {changed} results>"

    def sheet(self) -> Sheet:
        """Return the changed inputs, then the changed results."""
        from imac_arch.show.difference import difference_sheet

        return difference_sheet(self.document)

    def table(self) -> Table:
        """Return every result that changes, with B over A."""
        from imac_arch.show.difference import results_table

        return results_table(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame, one row per changed input and per result, in SI units and those of the metrics."""
        from imac_arch.show.difference import DIFFERENCE_COLUMNS, difference_rows
        from imac_arch.show.frames import frame

        return frame(DIFFERENCE_COLUMNS, difference_rows(self.document))

    def csv(self) -> str:
        """Return the rows of :meth:`to_frame` as comma-separated values."""
        from imac_arch.show.difference import DIFFERENCE_COLUMNS, difference_rows
        from imac_arch.show.files import csv_text

        return csv_text(DIFFERENCE_COLUMNS, difference_rows(self.document))
