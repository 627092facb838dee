"""The result of ``accuracy``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from imac_arch.document.plain import to_plain
from imac_arch.results.base import Sheeted

if TYPE_CHECKING:
    import pandas as pd

    from imac_arch.document.accuracy import AccuracyDocument
    from imac_arch.show.sheet import Sheet

__all__ = ["Accuracy"]


@dataclass(frozen=True, repr=False)
class Accuracy(Sheeted):
    """Whether a network still computes on a technology."""

    document: AccuracyDocument
    title: ClassVar[str] = "Accuracy"

    def __repr__(self) -> str:
        rows = ", ".join(f"{r.architecture} {r.value:.3f}" for r in self.document.accuracy if r.value is not None)
        return (
            f"<Accuracy {self.document.conditions.net} on {self.document.conditions.technology}: {rows or 'unknown'}>"
        )

    def sheet(self) -> Sheet:
        """Return accuracies, what each effect costs, studies and answers."""
        from imac_arch.show.accuracy import accuracy_sheet

        return accuracy_sheet(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return a frame, one row per architecture."""
        from imac_arch.show.frames import record_frame

        return record_frame(to_plain(self.document.accuracy))

    def waterfall(self) -> pd.DataFrame:
        """Return a frame of what each effect costs, one row per step."""
        from imac_arch.show.frames import record_frame

        return record_frame(to_plain(self.document.waterfall))

    def points(self) -> pd.DataFrame:
        """Return a frame of the designs of a study or of what was tried for an answer."""
        from imac_arch.show.frames import record_frame

        runs = self.document.answer.runs if self.document.answer else self.document.points
        return record_frame([{**p.pop("fields"), **p} for p in to_plain(runs)])
