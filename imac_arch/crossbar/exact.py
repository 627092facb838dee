"""The exact linear map of a crossbar with wire resistance.

A linear crossbar maps its inputs to its outputs by one matrix. It is found once, by joining blocks of cells until
only the ends of the lines are left (``reduction.py``); after that every inference is a matrix product.

Threads: most blocks are small, so a second BLAS thread gains little. Where several crossbars or other jobs share the
machine, set ``OMP_NUM_THREADS=1`` before Python starts, or install ``threadpoolctl``, with which these functions keep
to one thread themselves; run crossbars in several processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.reads import load_conductance
from imac_arch.crossbar.reduction import Reduction, reduce_crossbar
from imac_arch.crossbar.wires import Array, checked_conductance, checked_wires

__all__ = ["Ports", "effective_conductance", "effective_transfer", "ports"]

_AT_ONCE = 1 << 18  # cells of a stack that are joined together; more only takes memory


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
    conductance: ArrayLike, r_word: ArrayLike, r_bit: ArrayLike, r_source: ArrayLike = 0.0, r_sense: ArrayLike = 0.0
) -> Array:
    """Return the current of each bit line per volt on each word line [S], with every wire taken into account.

    Args:
        conductance: of the cells [S], (..., rows, cols), zero allowed; leading axes are a stack of equal crossbars.
        r_word: segment of a word line [ohm], broadcasts to (..., rows, cols): the one to the left of each cell.
        r_bit: segment of a bit line [ohm], broadcasts to (..., rows, cols): the one below each cell.
        r_source: driver [ohm], broadcasts to (..., rows).
        r_sense: from the end of a bit line to virtual ground [ohm], broadcasts to (..., cols).

    Returns:
        (..., rows, cols); ``inputs @ result`` are the output currents. Without wires it is ``conductance`` itself.

    Raises:
        CrossbarError: a negative, endless or misshapen value.
    """
    g = checked_conductance(conductance)
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense)
    result = np.empty_like(g)
    flat = result.reshape(-1, *g.shape[-2:])
    for part, reduced in _reductions(g, wires.left, wires.below):
        flat[part] = reduced.block.matrix.transpose(2, 1, 0)
    return result


def ports(
    conductance: ArrayLike, r_word: ArrayLike, r_bit: ArrayLike, r_source: ArrayLike = 0.0, r_sense: ArrayLike = 0.0
) -> Ports:
    """Return the crossbar as seen from the ends of its lines; arguments as in ``effective_conductance``.

    From it follow the power of any input (``v @ input @ v``), any load and any joining of crossbars.

    Raises:
        CrossbarError: a negative, endless or misshapen value, or no resistance at all between two ends.
    """
    g = checked_conductance(conductance)
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense)
    *stack, rows, cols = g.shape
    whole = np.empty((*stack, rows + cols, rows + cols))
    flat = whole.reshape(-1, rows + cols, rows + cols)
    for part, reduced in _reductions(g, wires.left, wires.below, input_currents=True, output_voltages=True):
        flat[part] = reduced.block.matrix.transpose(2, 0, 1)
    return Ports(whole[..., :rows, :rows], whole[..., rows:, :rows], -whole[..., rows:, rows:])


def effective_transfer(
    conductance: ArrayLike, r_word: ArrayLike, r_bit: ArrayLike, r_source: ArrayLike = 0.0, g_load: ArrayLike = 0.0
) -> Array:
    """Return the voltage at the end of each bit line per volt on each word line, for the averaging read.

    Args:
        conductance: of the cells [S], (..., rows, cols).
        r_word: as in ``effective_conductance`` [ohm].
        r_bit: as in ``effective_conductance`` [ohm].
        r_source: driver [ohm], broadcasts to (..., rows).
        g_load: load from the end of a bit line to ground [S], broadcasts to (..., cols); 0 is a gate input.

    Returns:
        (..., rows, cols); ``inputs @ result`` are the voltages. Without wires it is ``G/(sum of the column + g_load)``.

    Raises:
        CrossbarError: a value that cannot be, or a bit line with neither cell nor load: its voltage is undefined.
    """
    seen = ports(conductance, r_word, r_bit, r_source)
    load = load_conductance(conductance, g_load)
    whole = seen.output.copy()
    diagonal = np.arange(whole.shape[-1])
    whole[..., diagonal, diagonal] += load
    return np.swapaxes(np.linalg.solve(whole, seen.transfer), -1, -2)


def single_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS uses one thread, where ``threadpoolctl`` is installed."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits


def _reductions(
    g: Array, left: Array, below: Array, *, input_currents: bool = False, output_voltages: bool = False
) -> Iterator[tuple[slice, Reduction]]:
    """Reduce a stack, as many crossbars at once as memory likes."""
    rows, cols = g.shape[-2:]
    count = int(np.prod(g.shape[:-2], dtype=np.int64))
    step = max(1, _AT_ONCE // (rows * cols))
    flat = [values.reshape(count, rows, cols) for values in (g, left, below)]
    with single_thread():
        for start in range(0, count, step):
            part = slice(start, min(count, start + step))
            yield (
                part,
                reduce_crossbar(
                    *(values[part] for values in flat), input_currents=input_currents, output_voltages=output_voltages
                ),
            )
