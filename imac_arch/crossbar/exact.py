"""The exact linear map of a crossbar with wire resistance.

A linear crossbar maps its inputs to its outputs by one matrix. It is found once, by joining blocks of cells until
only the ends of the lines are left (``reduction.py``); after that every inference is a matrix product. Open segments,
lines with two fed ends and wires that cut cells off take another way to the same matrix (``mesh.py``).

Threads: most blocks are small, so a second BLAS thread gains little. Where several crossbars or other jobs share the
machine, set ``OMP_NUM_THREADS=1`` before Python starts, or install ``threadpoolctl``, with which these functions keep
to one thread themselves; run crossbars in several processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import ThreadpoolController

from imac_arch.crossbar.alike import alike
from imac_arch.crossbar.columns import column_conductance
from imac_arch.crossbar.mesh import eliminate, mesh, needed, voltages
from imac_arch.crossbar.reads import load_conductance
from imac_arch.crossbar.reduction import Reduction, reduce_crossbar
from imac_arch.crossbar.wires import Array, CrossbarError, Supply, Wires, checked_conductance, checked_wires
from imac_arch.data.threads import threaded

__all__ = [
    "Ports", "bit_line_ends", "effective_conductance", "effective_transfer", "ends_per_volt", "loaded_ends", "ports",
    "single_thread",
]  # fmt: skip

_AT_ONCE = 1 << 14  # cells of a stack that are joined together, so that blocks stay in the cache


@dataclass(frozen=True)
class Ports:
    """A crossbar seen from the ends of its lines: sources behind their drivers, bit lines behind their last segment.

    With ``v`` at the sources and ``u`` at the bit-line ends, the sources deliver ``input @ v - transfer.T @ u`` and the
    bit lines ``transfer @ v - output @ u``, all in siemens.

    Attributes:
        input: (..., rows, rows).
        transfer: (..., cols, rows).
        output: (..., cols, cols).
    """

    input: Array
    transfer: Array
    output: Array


def effective_conductance(
    conductance: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    *,
    r_far_source: ArrayLike = np.inf,
    r_far_sense: ArrayLike = np.inf,
    supply: Supply = "word_line",
) -> Array:
    """Return the current of each bit line per volt on each word line [S], with every wire taken into account.

    Resistances may be 0 (a short), infinite (an open segment) and anything between.

    Args:
        conductance: of the cells [S], (..., rows, cols), zero allowed; leading axes are a stack of equal crossbars.
        r_word: segment of a word line [ohm], broadcasts to (..., rows, cols): the one to the left of each cell.
        r_bit: segment of a bit line [ohm], broadcasts to (..., rows, cols): the one below each cell.
        r_source: driver [ohm], broadcasts to (..., rows).
        r_sense: from the end of a bit line to virtual ground [ohm], broadcasts to (..., cols).
        r_far_source: from the last cell of a word line to its source [ohm], broadcasts to (..., rows): the last
            segment and the second driver of lines that are driven from both ends.
        r_far_sense: from the top cell of a bit line to virtual ground [ohm], broadcasts to (..., cols), likewise.
        supply: what feeds the cells: "word_line", or "source_line" beside each bit line, whose drivers are (..., cols).

    Returns:
        (..., rows, cols); ``inputs @ result`` are the output currents. Without wires it is ``conductance`` itself. Of
        source lines (..., cols): each bit line carries ``inputs * result``.

    Raises:
        CrossbarError: a negative or misshapen value, or an infinite conductance.
    """
    g = checked_conductance(conductance)
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense, r_far_source, r_far_sense, supply=supply)
    if wires.vertical:
        return column_conductance(g, wires)
    result = np.empty_like(g)
    flat = result.reshape(-1, *g.shape[-2:])
    if needed(g, wires):
        for part, matrix in _meshes(g, wires):
            flat[part] = matrix[:, : g.shape[-2], g.shape[-2] :]
        return result
    for part, reduced in _reductions(g, wires.left, wires.below):
        flat[part] = reduced.block.matrix.transpose(2, 1, 0)
    return result


def ports(
    conductance: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    *,
    r_far_source: ArrayLike = np.inf,
    r_far_sense: ArrayLike = np.inf,
) -> Ports:
    """Return the crossbar as seen from the ends of its lines; arguments as in ``effective_conductance``.

    From it follow the power of any input (``v @ input @ v``), any load and any joining of crossbars.

    Raises:
        CrossbarError: a negative or misshapen value, or an infinite conductance.
    """
    g = checked_conductance(conductance)
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense, r_far_source, r_far_sense)
    *stack, rows, cols = g.shape
    whole = np.empty((*stack, rows + cols, rows + cols))
    flat = whole.reshape(-1, rows + cols, rows + cols)
    if needed(g, wires):
        for part, matrix in _meshes(g, wires):
            flat[part, :rows] = -matrix[:, :rows]
            flat[part, rows:] = matrix[:, rows:]
            diagonal = np.arange(rows + cols)
            flat[part, diagonal, diagonal] = matrix.sum(axis=-1) * np.where(diagonal < rows, 1.0, -1.0)
        return Ports(whole[..., :rows, :rows], whole[..., rows:, :rows], -whole[..., rows:, rows:])
    for part, reduced in _reductions(g, wires.left, wires.below, input_currents=True, output_voltages=True):
        flat[part] = reduced.block.matrix.transpose(2, 0, 1)
    return Ports(whole[..., :rows, :rows], whole[..., rows:, :rows], -whole[..., rows:, rows:])


def effective_transfer(
    conductance: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    g_load: ArrayLike = 0.0,
    *,
    r_far_source: ArrayLike = np.inf,
    r_far_sense: ArrayLike = np.inf,
    supply: Supply = "word_line",
) -> Array:
    """Return the voltage at the end of each bit line per volt on each word line, for the averaging read.

    Args:
        conductance: of the cells [S], (..., rows, cols).
        r_word: as in ``effective_conductance`` [ohm].
        r_bit: as in ``effective_conductance`` [ohm].
        r_source: driver [ohm], broadcasts to (..., rows).
        g_load: load from the end of a bit line to ground [S], broadcasts to (..., cols); 0 is a gate input.
        r_far_source: as in ``effective_conductance`` [ohm].
        r_far_sense: from the top cell of a bit line to its end [ohm], broadcasts to (..., cols).
        supply: as in ``effective_conductance``.

    Returns:
        (..., rows, cols), of source lines (..., cols); ``inputs @ result`` are the voltages. Without wires it is
        ``G/(sum of the column + g_load)``.

    Raises:
        CrossbarError: a value that cannot be, or a bit line that nothing holds: its voltage is undefined.
    """
    g = checked_conductance(conductance)
    wires = checked_wires(g.shape, r_word, r_bit, r_source, 0.0, r_far_source, r_far_sense, supply=supply)
    load = load_conductance(g, g_load)
    if wires.vertical:
        return column_conductance(g, wires, load)
    if needed(g, wires):
        result = np.empty_like(g)
        flat, loads = result.reshape(-1, *g.shape[-2:]), load.reshape(-1, load.shape[-1])
        for part, matrix in _meshes(g, wires, load):
            flat[part] = ends_per_volt(matrix, loads[part])
        return result
    return loaded_ends(*_seen_ends(g, wires), load)


def loaded_ends(transfer: Array, output: Array, load: Array) -> Array:
    """Return the voltages of the ends of bit lines per volt on each word line, (..., rows, cols).

    Args:
        transfer: currents of grounded ends per volt [S], (..., cols, rows).
        output: admittance seen from the ends [S], (..., cols, cols).
        load: from each end to ground [S], (..., cols).
    """
    whole = output.copy()
    diagonal = np.arange(whole.shape[-1])
    whole[..., diagonal, diagonal] += load
    return np.swapaxes(np.linalg.solve(whole, transfer), -1, -2)


def bit_line_ends(
    conductance: ArrayLike, r_word: ArrayLike, r_bit: ArrayLike, r_source: ArrayLike = 0.0
) -> tuple[Array, Array]:
    """Return what the ends of the bit lines see: currents of grounded ends per volt on each word line, (..., cols,
    rows), and their admittance, (..., cols, cols); of :func:`loaded_ends` for any load. Less work than :func:`ports`.

    Raises:
        CrossbarError: a negative or misshapen value, or an infinite conductance.
    """
    g = checked_conductance(conductance)
    wires = checked_wires(g.shape, r_word, r_bit, r_source)
    if needed(g, wires):
        seen = ports(g, r_word, r_bit, r_source)
        return seen.transfer, seen.output
    return _seen_ends(g, wires)


def _seen_ends(g: Array, wires: Wires) -> tuple[Array, Array]:
    *stack, rows, cols = g.shape
    whole = np.empty((*stack, cols, rows + cols))
    flat = whole.reshape(-1, cols, rows + cols)
    for part, reduced in _reductions(g, wires.left, wires.below, output_voltages=True):
        flat[part] = reduced.block.matrix.transpose(2, 0, 1)
    return whole[..., :rows], -whole[..., rows:]


def ends_per_volt(matrix: Array, load: Array) -> Array:
    """Return the voltages of the ends of loaded bit lines per volt on each source, (stack, rows, cols).

    Args:
        matrix: conductances between sources and ends [S], (stack, rows + cols, rows + cols), see ``mesh``.
        load: from the ends to ground [S], (stack, cols).

    Raises:
        CrossbarError: an end that nothing holds.
    """
    count, cols = load.shape
    nodes = matrix.shape[-1]
    rows = nodes - cols
    front = np.zeros((nodes + 1, nodes + 1, count))  # ends, sources, ground
    order = np.concatenate([rows + np.arange(cols), np.arange(rows)])
    front[:nodes, :nodes] = matrix[:, order][:, :, order].transpose(1, 2, 0)
    front[:cols, nodes] = front[nodes, :cols] = load.T
    weights = eliminate(front, cols)[1]
    units = np.repeat(np.eye(rows + 1)[:, :, None], count, axis=2)  # 1 V on each source, and on the ground
    ends = voltages(weights, units)[:cols]
    loose = ends.sum(axis=1) < 1 / 2
    if loose.any():
        place = np.argwhere(loose.T)[0]
        raise CrossbarError(f"bit line {int(place[1])} of crossbar {int(place[0])} is held by no cell and no load")
    return ends[:, :rows].transpose(2, 1, 0)


@cache
def _threads() -> ThreadpoolController:
    """Return what knows the libraries with threads; finding them takes longer than many a product."""
    return ThreadpoolController()


def single_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS uses one thread; products of small matrices are no work for more."""
    limits: AbstractContextManager[object] = _threads().limit(limits=1, user_api="blas")
    return limits


def _meshes(g: Array, wires: Wires, load: Array | None = None) -> Iterator[tuple[slice, Array]]:
    """Give the conductances between all ends, as many crossbars at once as memory likes."""
    rows, cols = g.shape[-2:]
    flat = [values.reshape(-1, rows, cols) for values in (g, wires.left, wires.below)]
    far = wires.far_source.reshape(-1, rows), wires.far_sense.reshape(-1, cols)
    largest = max(float(g.max(initial=0.0)), 0.0 if load is None else float(load.max(initial=0.0)))
    with single_thread():
        for part in _parts(g.shape):
            matrices = [values[part] for values in (*flat, *far)]
            yield part, mesh(*matrices, largest=largest, keep=False).matrix


def _reductions(
    g: Array, left: Array, below: Array, *, input_currents: bool = False, output_voltages: bool = False
) -> Iterator[tuple[slice, Reduction]]:
    """Reduce a stack, as many crossbars at once as memory likes."""
    flat = [values.reshape(-1, *g.shape[-2:]) for values in (g, left, below)]

    def reduced(part: slice) -> tuple[slice, Reduction]:
        own, pieces = known and known.part(part), (values[part] for values in flat)
        return part, reduce_crossbar(
            *pieces, input_currents=input_currents, output_voltages=output_voltages, known=own
        )  # fmt: skip

    with single_thread():
        known = alike(*flat)
        yield from threaded(reduced, list(_parts(g.shape)))


def _parts(shape: tuple[int, ...]) -> Iterator[slice]:
    """Give the crossbars of a stack (..., rows, cols) that are joined together."""
    count = int(np.prod(shape[:-2], dtype=np.int64))
    step = max(1, _AT_ONCE // (shape[-2] * shape[-1]))
    for start in range(0, count, step):
        yield slice(start, min(count, start + step))
