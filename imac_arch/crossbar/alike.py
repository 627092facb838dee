"""Equal blocks of crossbars, joined once: cells that hold one of a few conductances are alike in small blocks.

Of the 4x4 cells of four binary weights beside one another in four rows there are 256 kinds, at each edge of a crossbar,
however many crossbars there are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imac_arch.crossbar.blocks import Block, cells, join, taken
from imac_arch.crossbar.tiles import Plan
from imac_arch.crossbar.wires import Array
from imac_arch.data.records import NamedTuple

__all__ = ["Alike", "alike"]

_VALUES = 2**4  # different conductances or resistances up to which blocks are looked for
_PAIRS = 2**22  # pairs of kinds that are counted
_CELLS = 2**22  # that are looked at together
Kinds = NDArray[np.intp]


class Alike(NamedTuple):
    """The kinds of blocks that the tiles of a stack of crossbars are made of.

    Attributes:
        block: the kinds, as one batch.
        which: the kind of each block, (blocks of a tile, tiles, stack).
        joints: how many of the plan's joints they are made by.
    """

    block: Block
    which: Kinds
    joints: int

    def part(self, stack: slice) -> Alike:
        """Return those of a part of the stack."""
        return self._replace(which=self.which[..., stack])

    def members(self, tiles: slice) -> Block:
        """Return the blocks of some tiles as a batch, (blocks of a tile, tiles, stack) flattened."""
        return taken(self.block, self.which[:, tiles].ravel())


def alike(conductance: Array, left: Array, below: Array) -> Alike | None:
    """Return the kinds of blocks of a stack of crossbars; None where cells are of too many values to be alike.

    Args:
        conductance: (stack, rows, cols) [S].
        left: segment to the left of each cell, the driver included, same shape [ohm].
        below: segment below each cell, the termination included, same shape [ohm].
    """
    if not 0 < conductance.size <= _CELLS:
        return None
    if _different(conductance[:1, :1]).size > _VALUES:  # those of a programming are as many as its cells
        return None
    plan = Plan.of(*conductance.shape[1:])
    parts = [_places(plan.to_tiles(values)) for values in (conductance, left, below)]
    which, values = np.zeros((), dtype=np.intp), []
    for part in parts:
        if part is None:
            return None
        which = which * part[0].size + part[1]
        values.append(part[0])
    kinds, which = _counted(which, int(np.prod([own.size for own in values])))
    block = cells(
        *(own[place] for own, place in zip(values, np.unravel_index(kinds, [v.size for v in values]), strict=True))
    )
    joints = 0
    for side in plan.order:
        count, half = block.matrix.shape[2], len(which) // 2
        if count**2 > _PAIRS:
            break
        kinds, after = _counted(which[:half] * count + which[half:], count**2)
        if 2**2 * kinds.size > after.size:  # too few are alike to be worth copying them
            break
        block, which = join(taken(block, kinds // count), taken(block, kinds % count), side)[0], after
        joints += 1
    return Alike(block, which, joints) if joints else None


def _places(values: Array) -> tuple[Array, NDArray[np.uint8]] | None:
    """Return the different values and where each value stands among them; None where they are many, or the first
    crossbar does not have all of them."""
    different = _different(values[..., 0])
    if different.size > _VALUES:
        return None
    place: NDArray[np.uint8] = np.zeros(values.shape, dtype=np.uint8)
    for each in different[1:]:  # they are few
        place += values >= each
    return (different, place) if np.array_equal(different[place], values) else None


def _different(values: Array) -> Array:
    """Return each value once, ascending; ``np.unique`` loads masked arrays, a tenth of NumPy."""
    ordered = np.sort(values, axis=None)
    kept: Array = ordered[np.append(True, ordered[1:] != ordered[:-1])]
    return kept


def _counted(codes: Kinds, most: int) -> tuple[Kinds, Kinds]:
    """Return which codes below ``most`` there are, and where each stands among them."""
    there = np.zeros(most, dtype=bool)
    there[codes] = True
    kinds = np.flatnonzero(there)
    rank = np.empty(most, dtype=np.intp)
    rank[kinds] = np.arange(kinds.size)
    return kinds, rank[codes]
