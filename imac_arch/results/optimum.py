"""The result of ``optimize``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from imac_arch.results.base import Sheeted, Tabled

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from imac_arch.document.optimum import OptimumDocument
    from imac_arch.show.sheet import Sheet, Table

__all__ = ["Optimum"]


@dataclass(frozen=True, repr=False)
class Optimum(Sheeted, Tabled):
    """The best design of each architecture."""

    document: OptimumDocument
    title: ClassVar[str] = "Optimum"

    def __repr__(self) -> str:
        document = self.document
        found = ", ".join(f"{row.name} {row.status}" for row in document.architectures)
        return f"<Optimum of {document.conditions.network} by {document.objective.metric}: {found}>"

    def sheet(self) -> Sheet:
        """Return optima, what the constraints cost, ratios and runners-up."""
        from imac_arch.show.optimum import optimum_sheet

        return optimum_sheet(self.document)

    def page(self) -> str:
        """Return the page: optima beside defaults, what constraints cost, ratios before and after."""
        from imac_arch.show.report.optimum import render_optimum

        return render_optimum(self.document)

    def figures(self) -> dict[str, Figure]:
        """Return the page's figures as ``plotly.graph_objects.Figure``, by name."""
        import plotly.graph_objects as go

        from imac_arch.show.report.optimum import optimum_figures

        return {name.removeprefix("fig-"): go.Figure(data) for name, data in optimum_figures(self.document).items()}

    def table(self) -> Table:
        """Return the optimum of each architecture beside its default."""
        from imac_arch.show.optimum import optimum_table

        return optimum_table(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row per architecture and design: the default, the optimum (``place`` 1) and runners-up,
        with verdict, values along the knobs in SI units, and metrics in their units."""
        from imac_arch.show.frames import frame
        from imac_arch.show.optimum import optimum_heads, optimum_rows

        found = frame(optimum_heads(self.document), optimum_rows(self.document))
        return found.astype({"place": "Int64"})

    def best(self, arch: str | None = None) -> pd.Series[object]:
        """Return the optimum of one architecture, or the best of all, as a row of :meth:`to_frame`.

        Raises:
            UnknownName: no such architecture, or none of its designs keeps the constraints.
        """
        from imac_arch.data.errors import UnknownName

        found = self.to_frame()
        found = found[found["place"] == 1]
        if arch is not None:
            if arch not in set(found["architecture"]):
                raise UnknownName("architecture with an optimum", str(arch), found["architecture"])
            found = found[found["architecture"] == arch]
        aim = self.document.objective
        ordered = found.sort_values(aim.metric, ascending=aim.better == "lower", kind="stable")
        return ordered.iloc[0].dropna()

    def csv(self) -> str:
        """Return the rows of :meth:`to_frame` as comma-separated values."""
        from imac_arch.show.files import csv_text
        from imac_arch.show.optimum import optimum_heads, optimum_rows

        return csv_text(optimum_heads(self.document), optimum_rows(self.document))
