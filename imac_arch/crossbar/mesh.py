"""Crossbars with open segments, shorts and resistances of any size, by eliminating one node after the other.

A node that is joined to its neighbours by conductances ``g_i`` is taken out by joining every two of them by ``g_i
g_k/sum g`` (star-mesh transformation); its voltage is the mean of theirs with weights ``g_i/sum g``. There is no
subtraction anywhere, so every conductance between two ends comes out to a relative error of a few roundings per node,
whatever the ratio of the resistances (Grassmann, Taksar and Heyman 1985, doi:10.1287/opre.33.5.1107, for chains). An
open segment is a conductance of zero. A short is one of ``2^200`` times the largest cell, which is exact to 60 digits.

Blocks of cells are known by the conductances between their ports, ordered left, bottom, right, top. To the left and at
the bottom a port is the next block's node, or the end of the line, behind the block's own segment; to the right and at
the top it is the block's own last node. Arrays are indexed (port, port, batch), as in ``blocks.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from imac_arch.crossbar.blocks import BOTTOM, LEFT, RIGHT, TOP
from imac_arch.crossbar.tiles import Plan
from imac_arch.crossbar.wires import Array, CrossbarError, Wires

__all__ = ["Mesh", "conductances", "eliminate", "mesh", "needed", "voltages"]

_SHORT = 2.0**200  # of the largest cell: what a short conducts
_CUT_OFF = 1e4  # a line's resistance times what hangs on it; above, the joining of blocks may lose a digit per decade
_PANEL = 16  # pivots that are taken out together where blocks are large
_PANEL_FROM = 32  # pivots from which that is worth while

Index = NDArray[np.int64]
_T = TypeVar("_T")


@dataclass
class _Batch:
    """A batch of blocks and how it came about: one node for each port, in groups by side.

    Attributes:
        matrix: conductances between ports [S], (ports, ports, batch), the diagonal zero; None once it is joined.
        sides: the side of each port.
        weights: (eliminated, eliminated + ports, batch), or None for blocks of single cells.
        places: where the ports of each part stand among the eliminated nodes and the ports.
        parts: what was joined; halves of the batch where there are none.
        tile: number of the tile.
    """

    matrix: Array | None
    sides: Index
    weights: Array | None = None
    places: tuple[Index, ...] = ()
    parts: tuple[_Batch, ...] = ()
    tile: int = -1


@dataclass(frozen=True)
class Mesh:
    """A stack of crossbars between the ends of its lines.

    Attributes:
        matrix: conductances between ends [S], (stack, rows + cols, rows + cols): sources, then ends of bit lines.
        root: the last joint, which leads back to the tiles.
        chunks: what joined the cells of each chunk of tiles.
        plan: how the cells fell into tiles.
    """

    matrix: Array
    root: _Batch
    chunks: list[tuple[int, int, list[_Batch]]]
    plan: Plan

    def descend(self, ends: Array) -> Array:
        """Return the voltage of every node, (2, inputs, stack, rows, cols): word lines, bit lines.

        A node that nothing holds is at 0.

        Args:
            ends: voltages of the sources and of the ends of bit lines, (rows + cols, inputs, stack).
        """
        above = self.plan.tile[0] * self.plan.tiles[0] - self.plan.rows
        beyond = self.plan.tile[1] * self.plan.tiles[1] - self.plan.cols
        rows = self.plan.rows
        sources = np.pad(ends[:rows], ((above, 0), (0, 0), (0, 0)))
        bottoms = np.pad(ends[rows:], ((0, beyond), (0, 0), (0, 0)))
        ends = np.concatenate([sources, bottoms])
        inputs, stack = ends.shape[1:]
        size = 2 * sum(self.plan.tile)
        of_tiles = np.zeros((size, inputs, self.plan.tiles[0] * self.plan.tiles[1], stack))
        pending = [(self.root, ends)]
        while pending:
            part, ports = pending.pop()
            if part.weights is None:
                of_tiles[:, :, part.tile] = ports
                continue
            every = voltages(part.weights, ports)
            pending += [(below, every[place]) for below, place in zip(part.parts, part.places, strict=True)]
        of_cells = np.empty((4, inputs, self.plan.tile[0] * self.plan.tile[1], of_tiles.shape[2], stack))
        for start, stop, steps in self.chunks:
            ports = of_tiles[:, :, start:stop].reshape(size, inputs, -1)
            for step in reversed(steps):
                assert step.weights is not None
                every = voltages(step.weights, ports)
                ports = np.concatenate([every[place] for place in step.places], axis=2)
            of_cells[:, :, :, start:stop] = ports.reshape(4, inputs, -1, stop - start, stack)
        flat = of_cells[RIGHT:].reshape(-1, *of_cells.shape[2:])
        placed = np.stack([self.plan.from_tiles(values) for values in flat])
        return placed.reshape(2, inputs, *placed.shape[1:])


def needed(conductance: Array, wires: Wires) -> bool:
    """Return whether crossbars have open or looped lines, or wires that cut cells off: joining blocks loses digits."""
    most = max(float(wires.left.max(initial=0.0)), float(wires.below.max(initial=0.0)))
    if wires.looped or not np.isfinite(most):
        return True
    if most * float(conductance.max(initial=0.0)) * max(conductance.shape[-2:]) ** 2 <= _CUT_OFF:
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        along = wires.left.sum(axis=-1) * conductance.sum(axis=-1)
        down = wires.below.sum(axis=-2) * conductance.sum(axis=-2)
    return not bool(np.all(along <= _CUT_OFF) and np.all(down <= _CUT_OFF))


def conductances(resistance: Array, largest: float) -> Array:
    """Return what wires conduct [S]: nothing where they are open, and enough where they are shorts.

    Args:
        resistance: from 0 to infinity [ohm].
        largest: conductance of a cell or load [S].

    Raises:
        CrossbarError: a finite resistance so large that double precision does not tell it from none.
    """
    most = _SHORT * (largest or 1.0)
    finite = np.where(np.isinf(resistance), 0.0, resistance)
    if finite.max(initial=0.0) > _SHORT / (largest or 1.0):
        raise CrossbarError(
            f"{finite.max():g} ohm is beyond what double precision tells apart here; an open segment is inf"
        )
    return np.minimum(1.0 / np.maximum(resistance, 1.0 / most), most)


def mesh(
    conductance: Array, left: Array, below: Array, far_left: Array, far_below: Array, *, largest: float, keep: bool
) -> Mesh:
    """Return the conductances between the ends of all lines of a stack of crossbars.

    Args:
        conductance: of the cells [S], (stack, rows, cols).
        left: segment to the left of each cell, the driver included [ohm], same shape; may be infinite.
        below: segment below each cell, the termination included [ohm], same shape; may be infinite.
        far_left: from the last cell of a word line to its source [ohm], (stack, rows); infinite where it is open.
        far_below: from the top cell of a bit line to its end [ohm], (stack, cols); likewise.
        largest: the largest conductance of cells and loads [S].
        keep: whether to keep the way back to the cells.
    """
    plan = Plan.of(*conductance.shape[1:])
    stack, rows, cols = conductance.shape
    g = plan.to_tiles(conductance)
    wl, bl = (conductances(plan.to_tiles(resistance), largest) for resistance in (left, below))
    looped = bool(np.isfinite(far_left).any()), bool(np.isfinite(far_below).any())
    step = max(1, plan.chunk // (g.shape[0] * stack))
    grid: list[list[_Batch]] = [[] for _ in range(plan.tiles[0])]
    chunks = []
    for start in range(0, g.shape[1], step):
        stop = min(g.shape[1], start + step)
        part = slice(start, stop)
        steps = _tile(g[:, part].ravel(), wl[:, part].ravel(), bl[:, part].ravel(), plan)
        whole = steps[-1].matrix
        assert whole is not None
        chunks.append((start, stop, steps[1:]))
        for index in range(start, stop):
            row, column = divmod(index, plan.tiles[1])
            mine = whole[:, :, (index - start) * stack : (index - start + 1) * stack]
            tile = _Batch(_batch_first(mine), steps[-1].sides, tile=index)
            if column == plan.tiles[1] - 1 and not looped[0]:
                tile = _without(tile, tile.sides == RIGHT)
            if row == 0 and not looped[1]:
                tile = _without(tile, tile.sides == TOP)
            grid[row].append(tile)
        steps[-1].matrix = None
    root = _grid(grid)
    above = plan.tile[0] * plan.tiles[0] - rows
    if looped[0]:
        ring = np.pad(conductances(far_left, largest), ((0, 0), (above, 0)))
        root = _without(_bridged(root, LEFT, RIGHT, ring), root.sides == RIGHT)
    if looped[1]:
        ring = np.pad(conductances(far_below, largest), ((0, 0), (0, plan.tile[1] * plan.tiles[1] - cols)))
        root = _without(_bridged(root, BOTTOM, TOP, ring), root.sides == TOP)
    assert root.matrix is not None
    kept = np.concatenate([np.arange(above, above + rows), above + rows + np.arange(cols)])
    matrix = root.matrix.transpose(2, 0, 1)[:, kept][:, :, kept]
    return Mesh(matrix, root, chunks if keep else [], plan)


def eliminate(matrix: Array, count: int) -> tuple[Array, Array]:
    """Take out the first ``count`` nodes.

    Args:
        matrix: conductances between nodes [S], (nodes, nodes, batch); it is overwritten.
        count: of the nodes to take out.

    Returns:
        what is left between the others, and the weights that give the voltages of those taken out,
        (count, nodes, batch), each in terms of the nodes after it.
    """
    nodes, batch = matrix.shape[1:]
    panel = _PANEL if count >= _PANEL_FROM else count
    weights = np.zeros((batch, count, nodes)).transpose(1, 2, 0) if panel < count else np.zeros((count, nodes, batch))
    diagonal = np.arange(nodes)
    for start in range(0, count, panel):
        stop = min(count, start + panel)
        matrix[diagonal, diagonal] = 0.0
        for k in range(start, stop):
            row = matrix[k, k + 1 :]
            total = row.sum(axis=0)
            weight = np.divide(row, total, out=np.zeros_like(row), where=total > 0)
            weights[k, k + 1 :] = weight
            until = stop if panel < count else nodes
            matrix[k + 1 : until, k + 1 :] += weight[: until - k - 1, None] * row[None]
            inner = diagonal[k + 1 : until]
            matrix[inner, inner] = 0.0
        if panel < count:
            rest = slice(stop, nodes)
            shares = weights[start:stop, rest].transpose(2, 1, 0)
            matrix[rest, rest] += (shares @ matrix[start:stop, rest].transpose(2, 0, 1)).transpose(1, 2, 0)
    matrix[diagonal, diagonal] = 0.0
    return matrix[count:, count:], weights


def voltages(weights: Array, ports: Array) -> Array:
    """Return the voltages of eliminated nodes, followed by those of the others, (nodes, inputs, batch).

    Args:
        weights: from :func:`eliminate`.
        ports: voltages of the others, (others, inputs, batch).
    """
    count = len(weights)
    every = np.empty((count + len(ports), *ports.shape[1:]))
    every[count:] = ports
    first = weights.strides[2] > weights.strides[1]
    for k in reversed(range(count)):
        if first:
            every[k] = np.einsum("mb,mnb->nb", weights[k, k + 1 :], every[k + 1 :])
        else:
            every[k] = (weights[k, k + 1 :, None] * every[k + 1 :]).sum(axis=0)
    return every


def _batch_first(matrix: Array) -> Array:
    return np.ascontiguousarray(matrix.transpose(2, 0, 1)).transpose(1, 2, 0)


def _tile(g: Array, left: Array, below: Array, plan: Plan) -> list[_Batch]:
    """Join cells to tiles; halves of the batch are neighbours. Returns every step, the cells first."""
    matrix = np.zeros((4, 4, g.size))
    for one, other, value in ((LEFT, RIGHT, left), (RIGHT, TOP, g), (TOP, BOTTOM, below)):
        matrix[one, other] = matrix[other, one] = value
    steps = [_Batch(matrix, np.arange(4))]
    for side in plan.order:
        last = steps[-1]
        assert last.matrix is not None
        half = last.matrix.shape[2] // 2
        first, second = (_Batch(last.matrix[:, :, part], last.sides) for part in (slice(half), slice(half, None)))
        steps.append(_joined(first, second, side))
        last.matrix = None
    return steps


def _joined(first: _Batch, second: _Batch, side: int) -> _Batch:
    """Join two batches of blocks, pair by pair: the first is the left (``RIGHT``) or the upper one (``BOTTOM``)."""
    assert first.matrix is not None
    assert second.matrix is not None
    at = first.sides == side, second.sides == (LEFT if side == RIGHT else TOP)
    inner = int(at[0].sum())
    outer = [np.flatnonzero(~mine) for mine in at]
    sides = np.concatenate([first.sides[outer[0]], second.sides[outer[1]]])
    order = np.argsort(sides, kind="stable")
    rank = np.empty_like(order)
    rank[order] = inner + np.arange(len(order))
    places = []
    for mine, others, ranks in zip(at, outer, np.split(rank, [len(outer[0])]), strict=True):
        place = np.empty(len(mine), dtype=np.int64)
        place[mine] = np.arange(inner)
        place[others] = ranks
        places.append(place)
    nodes, batch = inner + len(order), first.matrix.shape[2]
    blas = first.matrix.strides[2] > first.matrix.strides[1] or batch == 1 or inner >= _PANEL_FROM
    front = np.zeros((batch, nodes, nodes)).transpose(1, 2, 0) if blas else np.zeros((nodes, nodes, batch))
    for part, place in zip((first, second), places, strict=True):
        assert part.matrix is not None
        front[np.ix_(place, place)] += part.matrix
    matrix, weights = eliminate(front, inner)
    return _Batch(matrix, sides[order], weights, tuple(places), (first, second))


def _without(part: _Batch, gone: Index) -> _Batch:
    """Eliminate some ports, which no other block shares."""
    assert part.matrix is not None
    order = np.concatenate([np.flatnonzero(gone), np.flatnonzero(~gone)])
    place = np.argsort(order)
    matrix, weights = eliminate(part.matrix[np.ix_(order, order)], int(gone.sum()))
    part.matrix = None
    return _Batch(matrix, part.sides[~gone], weights, (place,), (part,))


def _bridged(part: _Batch, one: int, other: int, values: Array) -> _Batch:
    """Add conductances (batch, lines) between the ports of two sides."""
    assert part.matrix is not None
    here, there = np.flatnonzero(part.sides == one), np.flatnonzero(part.sides == other)
    part.matrix[here, there] += values.T
    part.matrix[there, here] += values.T
    return part


def _grid(grid: list[list[_Batch]]) -> _Batch:
    """Join a grid of tiles pair by pair, always along the shorter side of a block."""

    def pair(first: _Batch, second: _Batch, side: int) -> _Batch:
        joined = _joined(first, second, side)
        first.matrix = second.matrix = None
        return joined

    while len(grid) > 1 or len(grid[0]) > 1:
        corner = grid[0][0].sides
        height, width = int((corner == LEFT).sum()), int((corner == BOTTOM).sum())
        if len(grid[0]) > 1 and (width <= height or len(grid) == 1):
            grid = [[pair(two[0], two[1], RIGHT) if len(two) > 1 else two[0] for two in _twos(row)] for row in grid]
        else:
            grid = [
                [pair(upper, lower, BOTTOM) for upper, lower in zip(*two, strict=True)] if len(two) > 1 else two[0]
                for two in _twos(grid)
            ]
    return grid[0][0]


def _twos(row: list[_T]) -> list[list[_T]]:
    """Return a list in pieces of two."""
    return [row[start:stop] for start, stop in pairwise([*range(0, len(row), 2), len(row)])]
