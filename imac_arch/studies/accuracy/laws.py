"""What a network of stored weights computes: levels, the law of a read without wires, the pass through all layers.

``virtual_ground`` gives ``sum w x`` of a column. The averaging read does not: with conductances ``G (1 +- a w)`` and M
rows of a tile it gives

    V+ - V- = 2 a V/(N (1 - (a S/N)^2)) (sum w x - S sum(x)/N),    S the sum of the column's weights, N = M + Y/G

with a load Y, each tile for itself, and the tiles' mean. So its software is the same pass over *effective* weights:
``S/N`` is taken from each column of a tile, and what is left is divided by ``1 - (a S/N)^2`` and by the tile's own N,
relative to that of a tile of mean height.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple

__all__ = ["FLOAT", "TIE", "Law", "Lines", "chosen", "effective", "logistic", "outputs", "quantised", "totals"]

TIE = 9  # decimals of a sum; classes that differ by less are as likely, and rounding shall not choose
FLOAT = 0  # levels of weights that are not quantised


class Law(NamedTuple):
    """How weights are read where wires are ideal.

    Attributes:
        read: ``virtual_ground`` or ``averaging``.
        heights: rows of each row tile of each layer; no tiles are one tile.
        contrast: a, half the difference of both cells' conductances over their mean.
        load: at the end of a bit line, over the mean conductance of a cell.
        symmetric: whether an input of 0 is minus the read voltage, so that lines carry ``2 x - 1``; else it is 0 V.
    """

    read: str = "virtual_ground"
    heights: tuple[tuple[int, ...], ...] = ()
    contrast: float = 0.5
    load: float = 0.0
    symmetric: bool = False

    def lines(self, x: Array) -> Array:
        """Return what word lines carry of values between 0 and 1, relative to the read voltage."""
        return 2 * x - 1 if self.symmetric else x

    def tiles(self, layer: int, rows: int) -> tuple[int, ...]:
        """Return the rows of each row tile of a layer that has ``rows`` rows."""
        return self.heights[layer] if self.heights else (rows,)


class Lines(NamedTuple):
    """What images put on lines, without the lines that none of them drives: the rim of a picture.

    Attributes:
        values: relative to the read voltage, (images, driven lines).
        driven: which lines, (driven lines,).
    """

    values: Array
    driven: NDArray[np.intp]

    @classmethod
    def of(cls, drive: Array) -> Lines:
        """Return the lines that some image drives, of all of them, (images, lines)."""
        driven = np.flatnonzero(drive.any(axis=0))
        return cls(drive if driven.size == drive.shape[1] else np.take(drive, driven, axis=1), driven)

    def seen(self, linear: Array) -> Array:
        """Return what columns give for a map of all lines, (lines, columns): (images, columns)."""
        seen: Array = self.values @ linear[self.driven]
        return seen

    def cut(self, tiles: Sequence[slice]) -> list[slice]:
        """Return where the lines of each row tile stand among those that are driven."""
        ends = np.searchsorted(self.driven, [(rows.start, rows.stop) for rows in tiles])
        return [slice(start, stop) for start, stop in ends.tolist()]


def quantised(weights: Array, levels: int) -> Array:
    """Return weights between -1 and 1, each at the nearest of ``levels`` evenly spaced levels; every level takes an
    equal share of the range, so that two levels are the sign and three are parted at thirds."""
    if levels == FLOAT:
        return weights
    step = np.minimum(np.floor((weights + 1) * (levels / 2)), levels - 1)
    return step * (2 / (levels - 1)) - 1


def effective(weights: Array, heights: Sequence[int], law: Law) -> Array:
    """Return the weights that a read applies to the inputs, (rows, outputs), without wires.

    Args:
        weights: stored, the bias as the last row.
        heights: rows of each row tile.
        law: of the read.
    """
    if law.read == "virtual_ground":
        return weights
    middle, parts, start = weights.shape[0] / len(heights) + law.load, [], 0
    for height in heights:
        part = weights[start : start + height]
        mean = part.sum(axis=0) / (height + law.load)
        scale = middle / (height + law.load) / (1 - (law.contrast * mean) ** 2)
        parts.append((part - mean) * scale)
        start += height
    return np.concatenate(parts)


def logistic(x: Array) -> Array:
    """Return ``1/(1 + exp(-x))`` without overflow."""
    found: Array = np.asarray(0.5 * x)
    np.tanh(found, out=found)  # in place: what takes time here is memory
    found += 1
    found *= 0.5
    return found


def chosen(sums: Array) -> NDArray[np.intp]:
    """Return the class of each image, the one of the largest sum; of equal ones the first, (images,)."""
    most: NDArray[np.intp] = np.argmax(np.round(sums, TIE), axis=-1)
    return most


def totals(x: Array, weights: Sequence[Array], gains: Sequence[float], law: Law) -> list[Array]:
    """Return what the neurons of each layer see, (images, outputs) for each; arguments as of :func:`outputs`."""
    found: list[Array] = []
    for k, (stored, gain) in enumerate(zip(weights, gains, strict=True)):
        used = effective(stored, law.tiles(k, stored.shape[0]), law)
        lines = Lines.of(law.lines(logistic(found[-1]) if found else x))
        found.append(gain * (lines.seen(used[:-1]) + used[-1]))
    return found


def outputs(x: Array, weights: Sequence[Array], gains: Sequence[float], law: Law) -> list[Array]:
    """Return what each layer gives: hidden ones their sigmoids, the last one its sums.

    Args:
        x: inputs between 0 and 1, (images, inputs).
        weights: stored, of each layer, (inputs + 1, outputs), the bias last.
        gains: of each layer: a sigmoid sees ``gain (sum w x + w_bias)``.
        law: of the read.

    Returns:
        (images, outputs) for each layer.
    """
    *hidden, last = totals(x, weights, gains, law)
    return [*map(logistic, hidden), last]
