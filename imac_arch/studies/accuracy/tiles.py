"""Reliability-aware partitioning: the fewest tiles of each layer that keep an accuracy, and what they cost.

Long lines lose what their wires take; short ones need more subarrays, each with drivers and amplifiers of its own
(arXiv 2201.12480). What the wires of a layer change of its sums falls steadily as its tiles become smaller, whereas an
accuracy stays at that of guessing until all layers work, so the first leads the search and the second decides:

1. from the fewest tiles that fit, row tiles or column tiles of one layer are doubled, those that take away most of the
   squared error of the sums per tile more, until the target is kept;
2. each number of tiles, of the layer with most tiles first, is then made as small as the target allows.

Each partition is judged as any design is, on the smallest subarray that holds its tiles, and costs what the ordinary
evaluation says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from imac_arch.case import Case
from imac_arch.crossbar.exact import single_thread
from imac_arch.data.arrays import Array, single
from imac_arch.data.keeping import until_interrupted
from imac_arch.data.records import NamedTuple
from imac_arch.document.accuracy import Partition, Partitioning
from imac_arch.evaluate import evaluate
from imac_arch.resolve import Request
from imac_arch.studies.accuracy.comparison import images_for, net_for
from imac_arch.studies.accuracy.crossbars import crossbars, pairs
from imac_arch.studies.accuracy.hardware import Hardware
from imac_arch.studies.accuracy.laws import outputs
from imac_arch.studies.accuracy.passes import encoded, outputs_of
from imac_arch.studies.accuracy.questions import Question, known
from imac_arch.studies.accuracy.statistics import Chips, paired

__all__ = ["partitioning"]

SHOWN = 200  # images by which the errors of sums are found
FINEST = 4  # rows or columns of the smallest tiles that are tried
NONE_LEFT = 1 / 100  # error of a layer's sums of which nothing is to be taken away
COSTS = ("power", "area", "latency", "energy")
Counts = tuple[tuple[int, int], ...]  # row tiles and column tiles of each layer


class Run(NamedTuple):
    """A partition that was judged."""

    counts: Counts
    partition: Partition
    chips: Chips

    @property
    def total(self) -> int:
        """Tiles of all layers."""
        return sum(rows * cols for rows, cols in self.counts)


def partitioning(question: Question, target: float) -> Partitioning:
    """Return the fewest tiles that keep a target, with every partition that was tried and what it costs.

    Raises:
        ImacError: no weights or images for the network, or layers that cannot be partitioned.
    """
    search = _Search(question, target)
    with until_interrupted(lambda: f"{len(search.runs)} partitions" if search.runs else ""):
        search.refine()
        search.thin_out()
    runs = sorted(search.runs.values(), key=lambda run: (run.total, run.counts))
    keeping = [run for run in runs if run.partition.keeps]
    designs = tuple(run.partition._replace(front=_on_front(run, runs)) for run in runs)
    return Partitioning(
        architecture=question.architecture,
        target=target,
        value=keeping[0].partition.tiles if keeping else None,
        best=max(run.partition.value for run in runs),
        largest=search.largest,
        designs=designs,
    )


class _Search:
    """The partitions that were judged, and those that are to be.

    Attributes:
        runs: by their counts.
        largest: subarray that the tiles must fit, rows x weight columns.
    """

    def __init__(self, question: Question, target: float) -> None:
        """Take the fewest tiles that fit the subarrays of the technology."""
        self.question, self.target = question, target
        self.runs: dict[Counts, Run] = {}
        mapping = self._case(",".join(["auto"] * len(question.inputs.network.layers))).mapping
        self.totals = _counts(mapping.total_rows, mapping.total_cols)
        self.start = _counts(mapping.row_tiles, mapping.col_tiles)
        self.largest = f"{single(mapping.rows):.0f}x{single(mapping.cols):.0f}"
        self.error = cache(self._error)

    def refine(self) -> None:
        """Make tiles smaller until the target is kept, or nothing is left to be gained."""
        counts = self.start
        while not self.keeps(counts):
            steps = list(self._finer(counts))
            if not steps or max(self.error(k, *of) for k, of in enumerate(counts)) < NONE_LEFT:
                return
            counts = max(steps, key=lambda after: self._gain(counts, after))

    def thin_out(self) -> None:
        """Make each number of tiles of the fewest that keep the target as small as the target allows."""
        kept = [run for run in self.runs.values() if run.partition.keeps]
        if not kept:
            return
        counts = min(kept, key=lambda run: run.total).counts
        for k in sorted(range(len(counts)), key=lambda k: -counts[k][0] * counts[k][1]):
            for side in (0, 1):
                counts = _fewest(counts, k, side, self.start[k][side], self.keeps)

    def keeps(self, counts: Counts) -> bool:
        """Judge a partition, and return whether the low end of its interval is at least the target."""
        if counts not in self.runs:
            self.runs[counts] = self._judged(counts)
        return self.runs[counts].partition.keeps

    def _judged(self, counts: Counts) -> Run:
        request, subarray = self._request(counts)
        row, chips = self.question._replace(request=request).judged({})
        value, low, high, software, loss = known(row)
        (found,) = evaluate(self.question.resolved(request).at_medians(), [self.question.architecture])
        metrics = found.masked().metrics
        power, area, latency, energy = (_finite(metrics[name]) for name in COSTS)
        partition = Partition(
            self.question.architecture, _text(counts), subarray, sum(r * c for r, c in counts),
            value, low, high, software, loss, row.weights, power, area, latency, energy,
            keeps=low >= self.target, front=False,
        )  # fmt: skip
        return Run(counts, partition, chips)

    def _request(self, counts: Counts) -> tuple[Request, str]:
        """Return a partition on the smallest subarray that holds its tiles."""
        sides = [
            max(-(-total[side] // of[side]) for total, of in zip(self.totals, counts, strict=True)) for side in (0, 1)
        ]
        request, names = self.question.request, ("subarray.rows", "subarray.cols")
        fields = {**request.fields, **{name: str(lines) for name, lines in zip(names, sides, strict=True)}}
        return replace(request, fields=fields, tiles=_text(counts)), "x".join(map(str, sides))

    def _case(self, tiles: str) -> Case:
        return self.question.resolved(replace(self.question.request, tiles=tiles)).at_medians().case()

    def _finer(self, counts: Counts) -> Iterator[Counts]:
        """Give every partition with the row tiles or the column tiles of one layer doubled."""
        for k, of in enumerate(counts):
            for side in (0, 1):
                more = min(2 * of[side], max(self.totals[k][side] // FINEST, 1))
                if more > of[side]:
                    yield _with(counts, k, side, more)

    def _gain(self, before: Counts, after: Counts) -> float:
        """Return how much of the squared error of its sums a layer loses per tile that it has more."""
        (k,) = (k for k, (old, new) in enumerate(zip(before, after, strict=True)) if old != new)
        (rows, cols), (finer, narrower) = before[k], after[k]
        less = self.error(k, rows, cols) ** 2 - self.error(k, finer, narrower) ** 2
        return float(less) / (finer * narrower - rows * cols)

    def _error(self, layer: int, rows: int, cols: int) -> float:
        """Return what the wires change of a layer's sums, of the nominal cells and relative to the sums."""
        asked = self.question
        tiles = ",".join(f"{rows}x{cols}" if k == layer else "auto" for k in range(len(self.start)))
        case = self._case(tiles)
        net = net_for(case, asked.weights)
        x = net.shown(images_for(case.network, asked.data).first(SHOWN).x)
        hardware = Hardware(case, net, x, asked.experiment, crossbars(case, net.weights, asked.experiment.without))
        given = [x, *outputs(x, net.weights, net.gains, net.law)][layer]
        drive, own = encoded(given, hardware.layers[layer], hardware.way.symmetric), hardware.layers[layer]
        with single_thread():
            ideal, wired = (
                outputs_of(drive @ pairs(lines), hardware.way)
                for lines in (own.ideal(own.nominal), own.exact(own.nominal))
            )
        if asked.experiment.gain == "trimmed":
            wired = wired * float((wired * ideal).sum()) / float((wired * wired).sum() or 1.0)
        return float(np.sqrt(((wired - ideal) ** 2).sum() / ((ideal**2).sum() or 1.0)))


def _fewest(counts: Counts, layer: int, side: int, least: int, keeps: Callable[[Counts], bool]) -> Counts:
    """Return a partition with the smallest number of row tiles (0) or column tiles (1) of a layer that keeps a target,
    by bisection between what was kept and what fits."""
    low, high = least - 1, counts[layer][side]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if keeps(_with(counts, layer, side, middle)) else (middle, high)
    return _with(counts, layer, side, high)


def _with(counts: Counts, layer: int, side: int, number: int) -> Counts:
    rows, cols = counts[layer]
    own = (number, cols) if side == 0 else (rows, number)
    return (*counts[:layer], own, *counts[layer + 1 :])


def _on_front(run: Run, runs: Sequence[Run]) -> bool:
    """Return whether no other partition needs less power and area without being less accurate beyond the error."""
    power, area = run.partition.power, run.partition.area
    if power is None or area is None:
        return False
    for other in runs:
        if other.partition.power is None or other.partition.area is None:
            continue
        costs = other.partition.power, other.partition.area
        less = costs[0] <= power and costs[1] <= area and costs != (power, area)
        if less and paired(run.chips, other.chips).low <= 0:
            return False
    return True


def _text(counts: Counts) -> str:
    return ",".join(f"{rows}x{cols}" for rows, cols in counts)


def _counts(rows: Array, cols: Array) -> Counts:
    """Return numbers of each layer, whose arrays are (layers, 1)."""
    return tuple((int(r), int(c)) for r, c in zip(np.ravel(rows), np.ravel(cols), strict=True))


def _finite(values: Array | None) -> float | None:
    found = None if values is None else single(values)
    return found if found is not None and np.isfinite(found) else None
