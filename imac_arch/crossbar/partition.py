"""A layer cut into tiles, as one exact linear map.

Column tiles are neighbours that share nothing but their inputs, each with drivers of its own. Row tiles share their
outputs, in one of two ways:

- ``current``: the bit lines of all row tiles end in one node. With a virtual ground their currents add. With the
  averaging read the node has one load, and its voltage u follows from ``(sum of output + load) u = sum of transfer v``,
  the sums over the tiles as seen from the ends of their lines (``exact.Ports``).
- ``voltage_tie``: every tile has amplifiers of its own, whose outputs are tied through equal small resistors: what is
  read is the plain mean over the row tiles, as in the netlists of IMAC-Sim (doi:10.1145/3583781.3590264).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.exact import effective_conductance, effective_transfer, ports
from imac_arch.crossbar.reads import Read, checked_load
from imac_arch.crossbar.wires import Array, CrossbarError, Wires, checked_conductance, checked_wires
from imac_arch.data.errors import UnknownName
from imac_arch.data.records import NamedTuple

__all__ = ["JOININGS", "Joining", "layer_map", "spans"]

Joining = Literal["current", "voltage_tie"]
JOININGS = ("current", "voltage_tie")


def spans(name: str, sizes: Sequence[int], total: int) -> list[slice]:
    """Return the place of each tile along one side; without sizes there is one tile.

    Args:
        name: what is cut, for the error.
        sizes: lines of each tile, in their order.
        total: lines in all.

    Raises:
        CrossbarError: sizes that are not positive or do not add up.
    """
    sizes = [int(size) for size in sizes] or [total]
    if min(sizes) < 1 or sum(sizes) != total:
        raise CrossbarError(f"{name}: tiles of {', '.join(map(str, sizes))} do not add up to {total} lines")
    edges = np.cumsum([0, *sizes]).tolist()
    return [slice(start, stop) for start, stop in pairwise(edges)]


def layer_map(
    conductance: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    *,
    heights: Sequence[int] = (),
    widths: Sequence[int] = (),
    read: Read = "virtual_ground",
    g_load: ArrayLike = 0.0,
    joining: Joining = "current",
    r_far_source: ArrayLike = np.inf,
    r_far_sense: ArrayLike = np.inf,
) -> Array:
    """Return what each bit line of a layer reads per volt on each of its inputs.

    Args:
        conductance: of the cells of the whole layer [S], (rows, cols).
        r_word: segment of a word line [ohm], broadcasts to (rows, cols); each tile begins with one.
        r_bit: segment of a bit line [ohm], broadcasts to (rows, cols); each tile ends with one.
        r_source: driver of a row in each of its tiles [ohm], broadcasts to (rows,).
        r_sense: from the end of a bit line to virtual ground [ohm], broadcasts to (cols,); of the joined lines with
            "current", of each tile's with "voltage_tie".
        heights: word lines of each row tile; one tile where none are given.
        widths: bit lines of each column tile, likewise.
        read: "virtual_ground", which reads currents, or "averaging", which reads voltages.
        g_load: load of the averaging read [S], broadcasts to (cols,); of the joined lines or of each tile's.
        joining: "current" or "voltage_tie".
        r_far_source: from the last cell of a row in each of its tiles to its source [ohm], broadcasts to (rows,).
        r_far_sense: from the top cell of a bit line in each of its tiles to its end [ohm], broadcasts to (cols,).

    Returns:
        (rows, cols) in siemens, or in volts per volt; ``inputs @ result`` are the currents or voltages.

    Raises:
        CrossbarError: a value that cannot be, or tiles that do not add up.
        UnknownName: a read circuit or joining that does not exist.
    """
    g = checked_conductance(conductance)
    if g.ndim != 2:
        raise CrossbarError(f"conductance: shape {g.shape}; a layer is (rows, cols)")
    if joining not in JOININGS:
        raise UnknownName("joining", joining, JOININGS)
    rows, cols = g.shape
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense, r_far_source, r_far_sense)
    row_tiles, col_tiles = spans("heights", heights, rows), spans("widths", widths, cols)
    load = checked_load(g, wires, read, g_load)
    shared = joining == "current" and len(row_tiles) > 1
    if shared and wires.sense.any() and not (np.isfinite(wires.sense).all() and np.isinf(wires.far_sense).all()):
        raise CrossbarError("r_sense: row tiles that share it need a finite one, and bit lines with one end")
    result = np.empty_like(g)
    for part in col_tiles:
        tiles = [_Tile.cut(g, wires, row_tile, part) for row_tile in row_tiles]
        loads = None if load is None else load[part]
        if shared:
            result[:, part] = _joined(tiles, loads, wires.sense[part])
        else:
            result[:, part] = np.concatenate([_apart(tile, loads, wires.sense[part]) for tile in tiles]) / len(tiles)
    return result


class _Tile(NamedTuple):
    """One crossbar of a layer: its cells [S] and the wires before the ends of its lines [ohm]."""

    g: Array
    r_word: Array
    r_bit: Array
    r_source: Array
    far: dict[str, Any]

    @classmethod
    def cut(cls, g: Array, wires: Wires, rows: slice, cols: slice) -> _Tile:
        """Return the tile of these word lines and bit lines."""
        far = {"r_far_source": wires.far_source[rows], "r_far_sense": wires.far_sense[cols]}
        return cls(g[rows, cols], wires.word[rows, cols], wires.bit[rows, cols], wires.source[rows], far)


def _apart(tile: _Tile, load: Array | None, sense: Array) -> Array:
    """Return the map of a tile that shares its ends with no other, (rows, cols)."""
    g, r_word, r_bit, r_source, far = tile
    if load is None:
        return effective_conductance(g, r_word, r_bit, r_source, sense, **far)
    return effective_transfer(g, r_word, r_bit, r_source, load, **far)


def _joined(tiles: Sequence[_Tile], load: Array | None, sense: Array) -> Array:
    """Return the map of row tiles whose bit lines end in one node, (rows, cols)."""
    if load is None and not sense.any():  # every bit line ends in the same virtual ground: nothing is shared
        return np.concatenate([_apart(tile, None, sense) for tile in tiles])
    seen = [ports(*lines, **far) for *lines, far in tiles]
    transfer = np.concatenate([tile.transfer for tile in seen], axis=-1)
    whole = np.sum([tile.output for tile in seen], axis=0)
    if load is not None:
        return np.linalg.solve(whole + np.diag(load), transfer).T
    # (1 + sense * whole) i = transfer v holds for any sense resistance, zero included
    return np.linalg.solve(np.eye(len(sense)) + whole * sense, transfer).T
