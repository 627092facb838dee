"""What the page of a sweep draws beside its document: some of the designs, and the best ones over two axes."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Interval, Number

__all__ = ["Drawn", "DrawnPoint", "HeatMap", "Side"]


class DrawnPoint(NamedTuple):
    """A design of an architecture: its row, its values along the axes and its metrics in the order of both in the
    document, None where one does not apply, its verdict, and whether it is one of the front; ``intervals`` are the 90 %
    intervals of the metrics over the samples, None of a design of which none were drawn."""

    row: int
    architecture: str
    design: tuple[float | str, ...]
    metrics: tuple[float | None, ...]
    verdict: str
    fronted: bool
    intervals: tuple[Interval | None, ...] | None


class Side(NamedTuple):
    """An axis in cells: one for each of its values, or for equal parts of many; and what each is called."""

    name: str
    cells: tuple[str, ...]


class HeatMap(NamedTuple):
    """The best that an architecture can have of a metric over two axes, all others free: of the designs that work, else
    of those that are doubtful, else of those that fail. Values and verdicts are rows upward; None and empty where no
    design can be."""

    across: Side
    upward: Side
    architecture: str
    metric: str
    values: tuple[tuple[float | None, ...], ...]
    verdicts: tuple[tuple[str, ...], ...]


class Drawn(NamedTuple):
    """Designs that are drawn, of ``fronted`` of the front and ``tried`` others, some of which cannot be; maps over
    pairs of axes; every number that the designs rest on, those of axes left out; and how many samples the intervals of
    the designs that have some rest on."""

    points: tuple[DrawnPoint, ...]
    fronted: int
    tried: int
    maps: tuple[HeatMap, ...]
    numbers: tuple[Number, ...]
    samples: int
