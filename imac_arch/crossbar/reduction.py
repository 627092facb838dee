"""From cells to the ports of a whole crossbar: a tree of joints, and the way back down to every node.

Inside tiles (``tiles.py``) all blocks of one size are joined at once, a batch over tiles and stacked crossbars; the
tiles are then joined one pair after the other, where sizes may differ and ports that lead nowhere (right and top edge)
or are not asked for are left out. The work is O(n^3) for n x n cells and does not depend on the resistances. Where a
side is no multiple of a tile, cells without conductance and wires without resistance are added, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imac_arch.crossbar.alike import Alike
from imac_arch.crossbar.blocks import BOTTOM, LEFT, RIGHT, Block, Joint, Sizes, cells, join, ports_of, trim
from imac_arch.crossbar.tiles import Plan
from imac_arch.crossbar.wires import Array

__all__ = ["Reduction", "reduce_crossbar"]


@dataclass
class _Tree:
    """One block of tiles: either a tile (``index``) or two blocks and their joint."""

    block: Block | None
    index: int = -1
    joint: Joint | None = None
    parts: tuple[_Tree, ...] = ()


@dataclass(frozen=True)
class _Way:
    """What leads back to the cells: the tree of tiles, and what joined the cells of each chunk of tiles."""

    tree: _Tree
    uncropped: Sizes
    tile_drives: Sizes
    joints: list[list[Joint]]
    bounds: list[tuple[int, int]]


@dataclass(frozen=True)
class Reduction:
    """The multiport of a stack of crossbars, and what leads back to the cells.

    Attributes:
        block: responses and drives left after joining, with the stack as batch.
        plan: how the cells fell into tiles.
        way: back to the cells, where it was kept.
    """

    block: Block
    plan: Plan
    way: _Way | None = None

    def descend(self, drive: Array) -> Array:
        """Return what drives every cell.

        Args:
            drive: (drives of the block, inputs, stack).

        Returns:
            (4, inputs, stack, rows, cols): v_left [V], v_bottom [V], i_right [A], i_top [A] of each cell.
        """
        if self.way is None:
            raise RuntimeError("the reduction was made without a way back")
        if self.way.uncropped != self.block.drives:
            above, beyond = (
                full - kept for full, kept in zip(self.way.uncropped[:2], self.block.drives[:2], strict=True)
            )
            drive = np.pad(drive, ((above, beyond), (0, 0), (0, 0)))
        inputs, stack = drive.shape[1:]
        size = sum(self.way.tile_drives)
        of_tiles = np.zeros((size, inputs, self.plan.tiles[0] * self.plan.tiles[1], stack))
        pending = [(self.way.tree, drive)]
        while pending:
            tree, drives = pending.pop()
            if tree.joint is not None:
                first, second = tree.joint.descend(drives)
                pending += [(tree.parts[0], first), (tree.parts[1], second)]
                continue
            assert tree.block is not None
            for side in range(4):  # what was trimmed is a drive of zero
                if tree.block.drives[side]:
                    to = ports_of(self.way.tile_drives, side)
                    of_tiles[to, :, tree.index] = drives[ports_of(tree.block.drives, side)]
        of_cells = np.empty((4, inputs, self.plan.tile[0] * self.plan.tile[1], of_tiles.shape[2], stack))
        for (start, stop), joints in zip(self.way.bounds, self.way.joints, strict=True):
            drives = of_tiles[:, :, start:stop].reshape(size, inputs, -1)
            for joint in reversed(joints):
                drives = np.concatenate(joint.descend(drives), axis=2)
            of_cells[:, :, :, start:stop] = drives.reshape(4, inputs, -1, stop - start, stack)
        flat = of_cells.reshape(-1, *of_cells.shape[2:])
        placed = np.stack([self.plan.from_tiles(values) for values in flat])
        return placed.reshape(4, inputs, *placed.shape[1:])


def reduce_crossbar(
    conductance: Array,
    left: Array,
    below: Array,
    *,
    input_currents: bool = False,
    output_voltages: bool = False,
    far_voltages: bool = False,
    keep: bool = False,
    known: Alike | None = None,
) -> Reduction:
    """Join all cells of a stack of crossbars.

    The responses are the currents out of the bit lines, after the currents into the word lines and before the voltages
    at their far ends where they are asked for. The drives are the voltages of the word lines, then those at the ends of
    the bit lines where these are not all zero.

    Args:
        conductance: (stack, rows, cols) [S].
        left: segment to the left of each cell, the driver included, same shape [ohm].
        below: segment below each cell, the termination included, same shape [ohm].
        input_currents: whether the currents into the word lines are a response.
        output_voltages: whether voltages at the ends of the bit lines are a drive.
        far_voltages: whether the voltages at the far ends of the word lines are a response.
        keep: whether to keep the way back to the cells.
        known: blocks of cells that are joined already, where there is no way back to keep.
    """
    plan = Plan.of(*conductance.shape[1:])
    stack, count = conductance.shape[0], plan.tiles[0] * plan.tiles[1]
    tiles = [] if known else [plan.to_tiles(values) for values in (conductance, left, below)]
    step = max(1, plan.chunk // (plan.tile[0] * plan.tile[1] * stack))
    grid: list[list[_Tree]] = [[] for _ in range(plan.tiles[0])]
    all_joints, bounds = [], []
    for start in range(0, count, step):
        stop = min(count, start + step)
        part = slice(start, stop)
        block = known.members(part) if known else cells(*(values[:, part].ravel() for values in tiles))
        block, joints = _join_tile(block, plan.order[known.joints if known else 0 :], keep)
        all_joints.append(joints)
        bounds.append((start, stop))
        for index in range(start, stop):
            row, column = divmod(index, plan.tiles[1])
            mine = block.matrix[:, :, (index - start) * stack : (index - start + 1) * stack]
            edge = column == 0, row == plan.tiles[0] - 1, column == plan.tiles[1] - 1, row == 0
            tile = trim(
                Block(mine, block.responses, block.drives),
                (not edge[0] or input_currents, True, not edge[2] or far_voltages, not edge[3]),
                (True, not edge[1] or output_voltages, not edge[2], not edge[3]),
            )
            grid[row].append(_Tree(tile, index))
    tree = _join_grid(grid, keep)
    assert tree.block is not None
    down = _Way(tree, tree.block.drives, block.drives, all_joints, bounds) if keep else None
    return Reduction(_crop(tree.block, plan), plan, down)


def _crop(block: Block, plan: Plan) -> Block:
    """Leave out the ends of the lines that were added as padding."""
    above = plan.tile[0] * plan.tiles[0] - plan.rows
    matrix = block.matrix
    for axis, sizes in enumerate((block.responses, block.drives)):
        kept = np.ones(matrix.shape[axis], dtype=bool)
        for side in (LEFT, RIGHT):
            kept[ports_of(sizes, side)] = np.arange(sizes[side]) >= above
        kept[ports_of(sizes, BOTTOM)] = np.arange(sizes[BOTTOM]) < plan.cols
        matrix = np.compress(kept, matrix, axis=axis) if not kept.all() else matrix

    def cropped(sizes: Sizes) -> Sizes:
        return sizes[LEFT] and plan.rows, sizes[BOTTOM] and plan.cols, sizes[RIGHT] and plan.rows, 0

    return Block(matrix, cropped(block.responses), cropped(block.drives))


def _join_tile(block: Block, order: Sequence[int], keep: bool) -> tuple[Block, list[Joint]]:
    """Join cells or blocks of them to tiles; halves of the batch are neighbours."""
    joints = []
    for side in order:
        half = block.matrix.shape[2] // 2
        first = Block(block.matrix[:, :, :half], block.responses, block.drives)
        second = Block(block.matrix[:, :, half:], block.responses, block.drives)
        block, joint = join(first, second, side, keep)
        if joint is not None:
            joints.append(joint)
    return block, joints


def _join_grid(grid: list[list[_Tree]], keep: bool) -> _Tree:
    """Join a grid of tiles pair by pair, always along the shorter side of a block."""

    def pair(first: _Tree, second: _Tree, side: int) -> _Tree:
        assert first.block is not None
        assert second.block is not None
        block, joint = join(first.block, second.block, side, keep)
        if first.joint is not None:
            first.block = None  # only tiles are needed again, for the drives that were trimmed
        if second.joint is not None:
            second.block = None
        return _Tree(block, joint=joint, parts=(first, second) if keep else ())

    while len(grid) > 1 or len(grid[0]) > 1:
        block = grid[0][0].block
        assert block is not None
        height = block.drives[0]
        width = block.responses[BOTTOM]
        if len(grid[0]) > 1 and (width <= height or len(grid) == 1):
            grid = [
                [pair(row[k], row[k + 1], RIGHT) if k + 1 < len(row) else row[k] for k in range(0, len(row), 2)]
                for row in grid
            ]
        else:
            grid = [
                [pair(upper, lower, BOTTOM) for upper, lower in zip(*grid[k : k + 2], strict=True)]
                if k + 1 < len(grid)
                else grid[k]
                for k in range(0, len(grid), 2)
            ]
    return grid[0][0]
