"""The result of ``validate``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imac_arch.data.errors import ThresholdError, UsageError, nearest
from imac_arch.document.plain import to_plain
from imac_arch.results.base import Tabled

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from imac_arch.document.validation import SummaryRow, ValidationDocument
    from imac_arch.show.sheet import Sheet, Table

__all__ = ["Validation", "threshold"]

CONDITION = re.compile(
    r"\s*(?:(?P<kind>blind|nested|leave_one_out|fit|unfitted)\.)?(?:(?P<family>all|sram|nvm|digital)\.)?"
    r"(?:(?P<quantity>energy|area|tops_per_mm2|cycle)\.)?"
    r"(?P<figure>median|median_factor|within_2x|within_3x|coverage|width|interval_score)\s*(?P<sign><=|>=|<|>)\s*"
    r"(?P<limit>[0-9]{0,15}\.?[0-9]{1,15})\s*(?P<percent>%?)"
)
WORDS = tuple(re.findall(r"(?<=[(|>])[a-z]\w+(?=[|)])", CONDITION.pattern))
MEDIAN = {"median": "median_factor"}


@dataclass(frozen=True, repr=False)
class Validation(Tabled):
    """What the tool predicts of published chips, and how far off that is."""

    document: ValidationDocument

    def __repr__(self) -> str:
        rows = [r for r in self.document.summary if (r.family, r.quantity) == ("all", "energy")]
        told = ", ".join(f"{r.kind} {r.median_factor:.2f}x" for r in rows)
        return f"<Validation of {len(self.document.chips)} operating points: energy {told or 'without measurements'}>"

    def sheet(self) -> Sheet:
        """Return how far predictions are to be trusted, the chips, and what was learnt."""
        from imac_arch.show.validation import validation_sheet

        return validation_sheet(self.document)

    def table(self) -> Table:
        """Return the chips with their figures, one row per operating point."""
        from imac_arch.show.validation import chips_table

        return chips_table(self.document.chips)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row per operating point and quantity: predicted with its 90 % interval, measured."""
        from imac_arch.show.frames import frame
        from imac_arch.show.tidy import VALIDATION_COLUMNS, validation_rows

        return frame(VALIDATION_COLUMNS, validation_rows(self.document.chips))

    def summary(self) -> pd.DataFrame:
        """Return a frame of how far off predictions are, one row per kind, family and quantity."""
        from imac_arch.show.frames import record_frame

        return record_frame(to_plain(self.document.summary))

    def figures(self) -> dict[str, Figure]:
        """Return the page's figures as ``plotly.graph_objects.Figure``: ``energy``, ``area``, ``family``, ``node``,
        ``year``, ``ablations``, as far as there are measurements."""
        import plotly.graph_objects as go

        from imac_arch.show.report.validation import validation_figures

        return {name.removeprefix("fig-"): go.Figure(data) for name, data in validation_figures(self.document).items()}

    def csv(self) -> str:
        """Return the rows of :meth:`to_frame` as comma-separated values."""
        from imac_arch.show.files import csv_text
        from imac_arch.show.tidy import VALIDATION_COLUMNS, validation_rows

        return csv_text(VALIDATION_COLUMNS, validation_rows(self.document.chips))

    def page(self) -> str:
        """Return the page."""
        from imac_arch.show.report.validation import render_validation

        return render_validation(self.document)

    def hold(self, condition: str) -> None:
        """Check a condition such as ``median<=1.8`` or ``nested.sram.energy.within_2x>=60%``.

        What is not named is the energy of all families, blind where a chip is, else nested.

        Raises:
            ThresholdError: it does not hold.
            UsageError: it cannot be read, or nothing was measured that it is about.
        """
        threshold(condition, self.document.summary)


def _misspelt(word: str) -> str | None:
    """Return the nearest word of a condition; None where it is one, or none is near."""
    return None if word in WORDS else nearest(word, WORDS)


def threshold(condition: str, summary: tuple[SummaryRow, ...] | None) -> None:
    """Check a condition on a summary; its form alone where None. See :meth:`Validation.hold`."""
    found = CONDITION.fullmatch(condition.strip())
    if found is None:
        form = "[KIND.][FAMILY.][QUANTITY.]FIGURE<=NUMBER, such as median<=1.8 or nested.sram.within_2x>=60%"
        words = [word for word in re.split(r"[.<>=\s]+", condition)[:4] if re.fullmatch(r"[a-z]\w*", word)]
        meant = [f"{word!r}: did you mean {near!r}?" for word in words if (near := _misspelt(word))]
        raise UsageError(f"--fail-on {condition!r} cannot be read; {' '.join((*meant, 'write'))} {form}")
    if summary is None:
        return
    family, quantity = found["family"] or "all", found["quantity"] or "energy"
    rows = {r.kind: r for r in summary if (r.family, r.quantity) == (family, quantity)}
    kind = found["kind"] or ("blind" if "blind" in rows else "nested")
    if kind not in rows:
        raise UsageError(f"--fail-on {condition!r}: no chip of this kind was measured, {kind} {family} {quantity}")
    name = MEDIAN.get(found["figure"], found["figure"])
    value, limit = getattr(rows[kind], name), float(found["limit"]) * (1e-2 if found["percent"] else 1)
    held = {"<=": value <= limit, ">=": value >= limit, "<": value < limit, ">": value > limit}[found["sign"]]
    if not held:
        raise ThresholdError(f"{kind} {family} {quantity}: {name} is {value:.3g}, not {found['sign']} {limit:g}")
