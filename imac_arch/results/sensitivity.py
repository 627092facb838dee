"""The result of ``sensitivity``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imac_arch.results.base import Tabled

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from imac_arch.document.sensitivity import SensitivityDocument
    from imac_arch.show.sheet import Sheet, Table

__all__ = ["Sensitivity"]


@dataclass(frozen=True, repr=False)
class Sensitivity(Tabled):
    """What drives metrics and ratios, and what would flip them."""

    document: SensitivityDocument

    def __repr__(self) -> str:
        rows = self.document.results
        names = ", ".join(dict.fromkeys(row.metric for row in rows))
        return f"<Sensitivity {self.document.conditions.network}: {names} of {rows[0].architecture}>"

    def sheet(self) -> Sheet:
        """Return budget, tornado and flips of each result."""
        from imac_arch.show.sensitivity import sensitivity_sheet

        return sensitivity_sheet(self.document)

    def table(self) -> Table:
        """Return the budgets of all results, one row per share."""
        from imac_arch.show.sensitivity import budgets_table

        return budgets_table(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame, one row per result and driver: share of the variance with its interval, the interval of
        the result with the driver frozen, Sobol indices, and the result at either end of the driver's range."""
        from imac_arch.show.frames import frame
        from imac_arch.show.sensitivity import SENSITIVITY_COLUMNS, sensitivity_rows

        return frame(SENSITIVITY_COLUMNS, sensitivity_rows(self.document))

    def flips(self) -> pd.DataFrame:
        """Return a frame, one row per result and number that flips it or never does, the nearest first."""
        from imac_arch.show.frames import frame
        from imac_arch.show.sensitivity import FLIP_COLUMNS, flip_rows

        return frame(FLIP_COLUMNS, flip_rows(self.document))

    def figures(self) -> dict[str, Figure]:
        """Return the page's figures as ``plotly.graph_objects.Figure``, by name."""
        import plotly.graph_objects as go

        from imac_arch.show.report.sensitivity import sensitivity_figures

        figures = sensitivity_figures(self.document)
        return {name.removeprefix("fig-"): go.Figure(data) for name, data in figures.items()}

    def csv(self) -> str:
        """Return the rows of :meth:`to_frame` as comma-separated values."""
        from imac_arch.show.files import csv_text
        from imac_arch.show.sensitivity import SENSITIVITY_COLUMNS, sensitivity_rows

        return csv_text(SENSITIVITY_COLUMNS, sensitivity_rows(self.document))

    def page(self) -> str:
        """Return the page."""
        from imac_arch.show.report.sensitivity import render_sensitivity

        return render_sensitivity(self.document)
