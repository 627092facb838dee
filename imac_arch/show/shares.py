"""Accuracies, losses and their intervals as text."""

from __future__ import annotations

from imac_arch.document.accuracy import Partition, Point, Share, Step
from imac_arch.show.sheet import Cell

__all__ = ["UNKNOWN", "loss_cell", "point_cell", "points", "share"]

UNKNOWN = "—"


def share(value: float | None) -> str:
    """Return a share of images as a percentage."""
    return UNKNOWN if value is None else f"{value * 100:.1f} %"


def loss_cell(loss: Share | None) -> Cell:
    """Return a loss in percentage points with its interval; none where it is smaller than its error."""
    if loss is None:
        return Cell(UNKNOWN)
    if not loss.certain:
        return Cell("none", (f"{loss.low * 100:.1f}", f"{loss.high * 100:.1f}"), sort=loss.value)
    return Cell(points(loss.value), (points(loss.low), points(loss.high)), sort=loss.value)


def points(value: float) -> str:
    """Return a difference in percentage points."""
    return f"{value * 100 + 0.0:.1f} points".replace("-0.0 ", "0.0 ")


def point_cell(of: Step | Point | Partition) -> Cell:
    """Return the accuracy of a design of a study with its interval."""
    return Cell(share(of.value), (share(of.low), share(of.high)), sort=of.value)
