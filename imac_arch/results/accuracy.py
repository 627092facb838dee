"""The result of ``accuracy``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imac_arch.data.keeping import Interrupted
from imac_arch.document.plain import to_plain
from imac_arch.results.base import Tabled

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from imac_arch.document.accuracy import AccuracyDocument
    from imac_arch.show.sheet import Sheet, Table

__all__ = ["Accuracy", "finished"]


@dataclass(frozen=True, repr=False)
class Accuracy(Tabled):
    """Whether a network still computes on a technology."""

    document: AccuracyDocument

    def __repr__(self) -> str:
        rows = ", ".join(f"{r.architecture} {r.value:.3f}" for r in self.document.accuracy if r.value is not None)
        return (
            f"<Accuracy {self.document.conditions.net} on {self.document.conditions.technology}: {rows or 'unknown'}>"
        )

    @property
    def unkept(self) -> str:
        """In words that nothing keeps the target that was asked for; empty where something does."""
        from imac_arch.show.accuracy import answer_sentence, partitioning_sentence

        answer, tiles = self.document.answer, self.document.partitioning
        if self.document.interrupted:
            return ""
        if answer is not None and answer.value is None:
            return answer_sentence(answer)
        return partitioning_sentence(tiles) if tiles is not None and tiles.value is None else ""

    def sheet(self) -> Sheet:
        """Return accuracies, what each effect costs, studies and answers."""
        from imac_arch.show.published import with_published

        return with_published(self.document)

    def table(self) -> Table:
        """Return the accuracies with all that belongs to them, one row per architecture."""
        from imac_arch.show.accuracy import accuracy_details

        return accuracy_details(self.document.accuracy)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row per architecture: accuracy with its 90 % interval, software, loss, conditions."""
        from imac_arch.show.frames import frame
        from imac_arch.show.tidy import ACCURACY_COLUMNS, accuracy_rows

        return frame(ACCURACY_COLUMNS, accuracy_rows(self.document.conditions.net, self.document.accuracy))

    def waterfall(self) -> pd.DataFrame:
        """Return a frame of what each effect costs, one row per step: accuracy with it and all effects before."""
        from imac_arch.show.frames import record_frame

        return record_frame(to_plain(self.document.waterfall))

    def points(self) -> pd.DataFrame:
        """Return a frame of the designs of a study, or of what was tried for an answer."""
        from imac_arch.show.frames import record_frame

        document = self.document
        tried = document.partitioning.designs if document.partitioning else None
        runs = document.answer.runs if document.answer else tried or document.points
        rows = []
        for point in to_plain(runs):
            loss = point.pop("loss")
            lost = {"loss": loss["value"], "loss_low": loss["low"], "loss_high": loss["high"]}
            rows.append({**point.pop("fields", {}), **point, **lost})
        return record_frame(rows)

    def figures(self) -> dict[str, Figure]:
        """Return the page's figures as ``plotly.graph_objects.Figure``: ``waterfall``, ``study``, ``answer``, and
        ``front`` of tiles, as far as they were asked for."""
        import plotly.graph_objects as go

        from imac_arch.show.report.accuracy import accuracy_figures

        return {name.removeprefix("fig-"): go.Figure(data) for name, data in accuracy_figures(self.document).items()}

    def csv(self) -> str:
        """Return the rows of :meth:`to_frame` as comma-separated values."""
        from imac_arch.show.files import csv_text
        from imac_arch.show.tidy import ACCURACY_COLUMNS, accuracy_rows

        return csv_text(ACCURACY_COLUMNS, accuracy_rows(self.document.conditions.net, self.document.accuracy))

    def page(self) -> str:
        """Return the page."""
        from imac_arch.show.report.accuracy import render_accuracy

        return render_accuracy(self.document)


def finished(document: AccuracyDocument) -> Accuracy:
    """Return the result of a document.

    Raises:
        Interrupted: somebody interrupted it; the result is in the error.
    """
    found = Accuracy(document)
    if document.interrupted:
        raise Interrupted(document.interrupted, found)
    return found
