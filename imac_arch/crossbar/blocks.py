"""Blocks of a crossbar as multiports, and how two of them become one.

A block of cells is known by its ports alone, one per wire that leaves it. On the sides from which a line is fed
(left: the driver, bottom: the termination) the *drive* is a voltage and the *response* a current; on the far sides
(right, top) the drive is a current drawn from (right) or fed into (top) the line and the response a voltage:

    drives     v_left, v_bottom, i_right, i_top
    responses  i_left (into the block), i_bottom (out of it), v_right, v_top

This mixed form, unlike an admittance, exists for every block, with zero resistances and zero conductances anywhere:
shorting the fed ends and opening the far ends always leaves one solution. What one block answers at a common side is
just what drives the other, so two blocks join by a Redheffer star product. The matrix that is inverted there is ``1 +
Z Y`` with the impedance Z of one side and the admittance Y of the other, both positive semidefinite: its eigenvalues
are 1 or more, no matter how small or large the resistances are.

Matrices are indexed (response, drive, batch). In memory the batch lies last while blocks are small (whole-array
arithmetic over many blocks) and first once they are large enough for matrix products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from imac_arch.crossbar.wires import Array

__all__ = ["BOTTOM", "LEFT", "RIGHT", "TOP", "Block", "Joint", "Sizes", "cells", "join", "product", "trim"]

LEFT, BOTTOM, RIGHT, TOP = range(4)
Sizes = tuple[int, int, int, int]
Piece = tuple[int, slice, slice]  # owner (0 or 1), place in the owner, place in the whole


@dataclass(frozen=True)
class Block:
    """A batch of equal blocks: ``matrix`` (responses, drives, batch), ports per side in the order of the constants."""

    matrix: Array
    responses: Sizes
    drives: Sizes


@dataclass(frozen=True)
class Joint:
    """What is needed to go back from the drives of a joined block to those of its two parts.

    Attributes:
        side: the side of the first part that is joined: ``RIGHT`` or ``BOTTOM``.
        drives: drives per side of the first and of the second part.
        pieces: where the outer drives of the parts stand in the whole.
        first: (inner ports, drives of the whole, batch), response of the first part at the common side.
        second: the same of the second part.
    """

    side: int
    drives: tuple[Sizes, Sizes]
    pieces: tuple[Piece, ...]
    first: Array
    second: Array

    def descend(self, drive: Array) -> tuple[Array, Array]:
        """Return the drives (drives, inputs, batch) of both parts for drives of the whole."""
        blas = _batch_first(self.first)
        if blas and not _batch_first(drive):
            drive = np.ascontiguousarray(drive.transpose(2, 0, 1)).transpose(1, 2, 0)
        elif not blas and _batch_first(drive):
            drive = np.ascontiguousarray(drive)
        parts = []
        for owner, (inner, side) in enumerate(((self.second, self.side), (self.first, _opposite(self.side)))):
            sizes = self.drives[owner]
            part = _empty(sum(sizes), drive.shape[1], drive.shape[2], blas)
            part[ports_of(sizes, side)] = product(inner, drive, blas)
            for who, old, new in self.pieces:
                if who == owner:
                    part[old] = drive[new]
            parts.append(part)
        return parts[0], parts[1]


def cells(conductance: Array, left: Array, below: Array) -> Block:
    """Return single cells as blocks, one per entry of the equally long vectors.

    Args:
        conductance: of the cells [S].
        left: resistance of the word-line segment to the left of each [ohm].
        below: resistance of the bit-line segment below each [ohm].
    """
    whole = 1.0 + conductance * (left + below)
    seen = conductance / whole  # the cell in series with both of its segments
    # 1 - left*seen and 1 - below*seen, without the difference
    right, top = (1.0 + conductance * below) / whole, (1.0 + conductance * left) / whole
    matrix = np.empty((4, 4, conductance.size))
    # the cell's current is seen*(v_left - v_bottom - left*i_right - below*i_top)
    matrix[LEFT] = np.stack([seen, -seen, right, -below * seen])
    matrix[BOTTOM] = np.stack([seen, -seen, -left * seen, top])
    matrix[RIGHT] = np.stack([right, left * seen, -left * right, left * below * seen])
    matrix[TOP] = np.stack([below * seen, top, -left * below * seen, below * top])
    return Block(matrix, (1, 1, 1, 1), (1, 1, 1, 1))


def ports_of(sizes: Sizes, side: int) -> slice:
    """Return where the ports of ``side`` stand."""
    start = sum(sizes[:side])
    return slice(start, start + sizes[side])


def trim(block: Block, responses: Sequence[bool], drives: Sequence[bool]) -> Block:
    """Return the block with whole sides left out: responses nobody asks for, drives that are zero."""

    if all(responses) and all(drives):
        return block
    rows, of_rows = _kept(block.responses, tuple(responses))
    columns, of_columns = _kept(block.drives, tuple(drives))
    matrix = _empty(sum(of_rows), sum(of_columns), block.matrix.shape[2], True)
    for old, new in rows:
        for old_column, new_column in columns:
            matrix[new, new_column] = block.matrix[old, old_column]
    return Block(matrix, of_rows, of_columns)


@cache
def _kept(sizes: Sizes, keep: tuple[bool, ...]) -> tuple[tuple[tuple[slice, slice], ...], Sizes]:
    """Return where the ports of the sides that are kept stand, before and after."""
    left, bottom, right, top = (size * kept for size, kept in zip(sizes, keep, strict=True))
    after = left, bottom, right, top
    return tuple((ports_of(sizes, side), ports_of(after, side)) for side in range(4) if after[side]), after


def taken(block: Block, members: NDArray[np.intp]) -> Block:
    """Return a batch of some of the blocks of another, each as often as it is named."""
    if not _batch_first(block.matrix):
        return Block(np.take(block.matrix, members, axis=2), block.responses, block.drives)
    matrix = np.take(block.matrix.transpose(2, 0, 1), members, axis=0)
    return Block(matrix.transpose(1, 2, 0), block.responses, block.drives)


def join(first: Block, second: Block, side: int, keep: bool = False) -> tuple[Block, Joint | None]:
    """Join two batches of blocks, pair by pair.

    Args:
        first: the left one (``side=RIGHT``) or the upper one (``side=BOTTOM``).
        second: the right or the lower one.
        side: the side of ``first`` that meets ``second``.
        keep: whether the way back is returned too.
    """
    other = _opposite(side)
    rows, responses = _layout(first.responses, second.responses, side, other)
    columns, drives = _layout(first.drives, second.drives, side, other)
    a, b = first.matrix, second.matrix
    a_out, a_in = ports_of(first.responses, side), ports_of(first.drives, side)
    b_out, b_in = ports_of(second.responses, other), ports_of(second.drives, other)
    inner, batch = a_out.stop - a_out.start, a.shape[2]
    blas = _batch_first(a) or inner >= _BLAS_FROM
    if blas:
        a, b = _by_block(a), _by_block(b)

    # a's response y = outer + A_ii (outer' + B_ii y), solved for every outer drive at once
    right = _empty(inner, sum(drives), batch, blas)
    for owner, old, new in columns:
        if owner == 0:
            right[:, new] = a[a_out, old]
        else:
            product(a[a_out, a_in], b[b_out, old], blas, out=right[:, new])
    core = -product(a[a_out, a_in], b[b_out, b_in], blas)
    core[np.arange(inner), np.arange(inner)] += 1.0
    at_first = product(_inverse(core, blas), right, blas)
    at_second = product(b[b_out, b_in], at_first, blas)
    for owner, old, new in columns:
        if owner == 1:
            at_second[:, new] += b[b_out, old]

    matrix = _empty(sum(responses), sum(drives), batch, blas)
    for owner, old, new in rows:
        part, inward, driven = (a, a_in, at_second) if owner == 0 else (b, b_in, at_first)
        product(part[old, inward], driven, blas, out=matrix[new])
        for who, old_column, new_column in columns:
            if who == owner:
                matrix[new, new_column] += part[old, old_column]
    joint = Joint(side, (first.drives, second.drives), columns, at_first, at_second) if keep else None
    return Block(matrix, responses, drives), joint


_BLAS_FROM = 8  # inner ports from which a BLAS call per block beats whole-array arithmetic over the blocks
_HALVED_FROM = 48  # inner ports from which products of halves beat LAPACK's elimination


def _opposite(side: int) -> int:
    return LEFT if side == RIGHT else TOP


@cache
def _layout(first: Sizes, second: Sizes, side: int, other: int) -> tuple[tuple[Piece, ...], Sizes]:
    """Return where the outer ports of two parts stand in the whole, neighbours run together."""
    pieces: list[Piece] = []
    sizes = [0, 0, 0, 0]
    position = 0
    for s in range(4):
        for owner, part, common in ((0, first, side), (1, second, other)):
            if s == common or not part[s]:
                continue
            old, new = ports_of(part, s), slice(position, position + part[s])
            last = pieces[-1] if pieces else None
            if last and last[0] == owner and last[1].stop == old.start:
                pieces[-1] = (owner, slice(last[1].start, old.stop), slice(last[2].start, new.stop))
            else:
                pieces.append((owner, old, new))
            position = new.stop
            sizes[s] += part[s]
    return tuple(pieces), (sizes[0], sizes[1], sizes[2], sizes[3])


def _empty(rows: int, columns: int, batch: int, batch_first: bool) -> Array:
    if batch_first:
        return np.empty((batch, rows, columns)).transpose(1, 2, 0)
    return np.empty((rows, columns, batch))


def _by_block(matrix: Array) -> Array:
    """Return a batch with each block in one piece, as BLAS takes it."""
    return matrix if _batch_first(matrix) else np.ascontiguousarray(matrix.transpose(2, 0, 1)).transpose(1, 2, 0)


def _batch_first(matrix: Array) -> bool:
    return matrix.strides[2] > matrix.strides[1] or matrix.shape[2] == 1


def product(a: Array, b: Array, blas: bool, out: Array | None = None) -> Array:
    """Return the matrix products of two batches, indexed (row, column, batch)."""
    if out is None:
        out = _empty(a.shape[0], b.shape[1], a.shape[2], blas)
    if blas:
        np.matmul(a.transpose(2, 0, 1), b.transpose(2, 0, 1), out=out.transpose(2, 0, 1))
        return out
    if a.shape[1] == 1:
        return np.multiply(a, b, out=out)
    for row, into in zip(a, out, strict=True):  # a row at a time: its sums stay in the cache
        np.einsum("kb,kjb->jb", row, b, out=into)
    return out


def _inverse(core: Array, blas: bool) -> Array:
    """Return the inverses of a batch ``1 + Z Y``. Elimination needs no pivots: Z is the inverse of a conductance matrix
    and Y is another, so that what is left after any of its steps has a determinant of 1 or more."""
    if blas:
        return _halved(core.transpose(2, 0, 1)).transpose(1, 2, 0)
    taken = np.empty_like(core)
    for k in range(core.shape[0]):
        row = core[k] / core[k, k]
        row[k] = 1 / core[k, k]
        column = core[:, k].copy()
        core[:, k] = 0
        core -= np.multiply(column[:, None], row[None], out=taken)
        core[k] = row
    return core


def _halved(core: Array) -> Array:
    """Return the inverses of matrices (..., ports, ports) from those of their halves: what takes time then is products,
    which are several times as quick as an elimination."""
    if core.shape[-1] < _HALVED_FROM:
        return np.asarray(np.linalg.inv(core), dtype=np.float64)
    half = core.shape[-1] // 2
    a, b, c, d = core[..., :half, :half], core[..., :half, half:], core[..., half:, :half], core[..., half:, half:]
    found = np.empty_like(core)
    of_a = _halved(a)
    left, up = c @ of_a, of_a @ b
    rest = _halved(d - left @ b)
    found[..., half:, half:] = rest
    np.matmul(-rest, left, out=found[..., half:, :half])
    np.matmul(up, -rest, out=found[..., :half, half:])
    np.subtract(of_a, up @ found[..., half:, :half], out=found[..., :half, :half])
    return found
