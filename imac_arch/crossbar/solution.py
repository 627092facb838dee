"""Every voltage and current of a crossbar for given inputs.

The blocks are joined as for the effective conductance and then taken apart again from the top: what drives a whole
gives what drives its parts. Voltages and currents of the wires come out side by side, so a wire without resistance
carries its current like any other. For few inputs of a weakly coupled crossbar a few sweeps over the lines are faster
(``drops.py``). Either way the state is checked against Kirchhoff's laws before it is returned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.drops import contraction, iterate, sweeps_needed
from imac_arch.crossbar.exact import single_thread
from imac_arch.crossbar.reads import Read, checked_load
from imac_arch.crossbar.reduction import reduce_crossbar
from imac_arch.crossbar.wires import Array, CrossbarError, Wires, checked_conductance, checked_wires

__all__ = ["Solution", "solve"]


@dataclass(frozen=True)
class Solution:
    """The state of a stack of crossbars, (stack..., inputs...) before the axes that are named here.

    Attributes:
        word_voltage: of every node on the word lines [V], (..., rows, cols).
        bit_voltage: of every node on the bit lines [V], (..., rows, cols).
        cell_current: through every cell, from word line to bit line [A], (..., rows, cols).
        input_current: out of every source [A], (..., rows).
        output_current: out of every bit line into its termination or load [A], (..., cols).
        output_voltage: where the last segment of the bit line ends [V], (..., cols).
        power_drawn: delivered by the sources [W], (...).
        power_dissipated: in cells, wires, drivers and terminations [W], (...).
        residual: the largest violation of Kirchhoff's laws, as a voltage relative to the largest source, (...).
    """

    word_voltage: Array
    bit_voltage: Array
    cell_current: Array
    input_current: Array
    output_current: Array
    output_voltage: Array
    power_drawn: Array
    power_dissipated: Array
    residual: Array

    @property
    def word_current(self) -> Array:
        """Through the word-line segment to the left of every cell, away from the driver [A], (..., rows, cols)."""
        return _from_right(self.cell_current)

    @property
    def bit_current(self) -> Array:
        """Through the bit-line segment below every cell, towards the termination [A], (..., rows, cols)."""
        return np.cumsum(self.cell_current, axis=-2)


def solve(
    conductance: ArrayLike,
    inputs: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    *,
    read: Read = "virtual_ground",
    g_load: ArrayLike = 0.0,
) -> Solution:
    """Return all node voltages and branch currents of crossbars with wire resistance.

    Args:
        conductance: of the cells [S], (stack..., rows, cols).
        inputs: source voltages [V], (stack..., inputs..., rows), of either sign.
        r_word: segment of a word line [ohm], broadcasts to (stack..., rows, cols).
        r_bit: segment of a bit line [ohm], broadcasts to (stack..., rows, cols).
        r_source: driver [ohm], broadcasts to (stack..., rows).
        r_sense: from the end of a bit line to virtual ground [ohm], broadcasts to (stack..., cols); zero for
            "averaging".
        read: "virtual_ground", or "averaging": the bit line ends at ``g_load`` to ground and its voltage is the output.
        g_load: load of a bit line [S], broadcasts to (stack..., cols), for "averaging" only; 0 leaves the line
            floating.

    Raises:
        CrossbarError: a value that cannot be, shapes that do not agree, a bit line whose voltage is undefined, or a
            solution that violates Kirchhoff's laws by more than 1e-9.
        UnknownName: a read circuit that does not exist.
    """
    g = checked_conductance(conductance)
    *stack, rows, cols = g.shape
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense)
    volts = _checked_inputs(inputs, (*stack,), rows)
    load = checked_load(g, wires, read, g_load)

    many = volts.shape[len(stack) : -1]
    beside = (*stack, *(1 for _ in many))  # the stack as seen beside its inputs
    g = g.reshape(*beside, rows, cols)
    wires = Wires(
        wires.word.reshape(g.shape), wires.bit.reshape(g.shape), wires.source.reshape(*beside, rows),
        wires.sense.reshape(*beside, cols),
    )  # fmt: skip
    load = None if load is None else load.reshape(*beside, cols)
    ratio = contraction(g, wires.left, wires.below, averaging=load is not None)
    state = None
    if sweeps_needed(ratio) * int(np.prod(many, dtype=np.int64)) <= _SWEEPS:
        state = iterate(g, wires.left, wires.below, volts, load, ratio)
    return _checked_solution(g, wires, volts, load, *(state or _eliminate(g, wires, volts, load, len(stack))))


_SWEEPS = 64  # sweeps over all lines, times inputs, that take about as long as the elimination


def _eliminate(
    g: Array, wires: Wires, volts: Array, load: Array | None, stacked: int
) -> tuple[Array, Array, Array, Array]:
    """Return word voltages, bit voltages, cell currents and bit-line end voltages."""
    stack, many, (rows, cols) = volts.shape[:stacked], volts.shape[stacked:-1], g.shape[-2:]
    count = int(np.prod(stack, dtype=np.int64))
    flat = volts.reshape(count, int(np.prod(many, dtype=np.int64)), rows)
    left, below = wires.left, wires.below
    with single_thread():
        reduced = reduce_crossbar(
            *(values.reshape(count, rows, cols) for values in (g, left, below)),
            output_voltages=load is not None,
            keep=True,
        )
        drive: Array = flat.transpose(2, 1, 0)
        ends: Array = np.zeros((count, flat.shape[1], cols))
        if load is not None:
            matrix = reduced.block.matrix.transpose(2, 0, 1)
            admittance = -matrix[:, :, rows:]
            admittance[:, np.arange(cols), np.arange(cols)] += load.reshape(count, cols)
            ends = np.asarray(np.linalg.solve(admittance, matrix[:, :, :rows] @ flat.swapaxes(1, 2))).swapaxes(1, 2)
            drive = np.concatenate([drive, ends.transpose(2, 1, 0)])
        driven = reduced.descend(np.ascontiguousarray(drive))
    v_left, v_bottom, i_right, i_top = (values.swapaxes(0, 1).reshape(*stack, *many, rows, cols) for values in driven)
    cell = g / (1.0 + g * (left + below)) * (v_left - v_bottom - left * i_right - below * i_top)
    word, bit = v_left - left * (i_right + cell), v_bottom + below * (i_top + cell)
    return word, bit, cell, ends.reshape(*stack, *many, cols)


def _checked_inputs(inputs: ArrayLike, stack: tuple[int, ...], rows: int) -> Array:
    try:
        volts = np.asarray(inputs, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CrossbarError(f"inputs: needed are numbers in V; {error}") from error
    if volts.shape[-1:] != (rows,) or volts.shape[: len(stack)] != stack or volts.ndim < len(stack) + 1:
        wanted = ", ".join([*(str(s) for s in stack), "...", str(rows)])
        raise CrossbarError(f"inputs: shape {volts.shape}; needed is ({wanted}), one voltage per word line")
    if not np.isfinite(volts).all():
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(volts))[0])
        raise CrossbarError(f"inputs: {volts[place]} at index {place}; needed is a finite value in V")
    return volts


def _from_right(values: Array) -> Array:
    return np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]


def _checked_solution(
    g: Array, wires: Wires, volts: Array, load: Array | None, word: Array, bit: Array, cell: Array, ends: Array
) -> Solution:
    """Recompute everything from the cell currents alone, and compare.

    The currents of the wires are sums of cell currents, so Kirchhoff's current law holds by construction; what can
    fail is the voltage law along each line, Ohm's law in each cell and, with loads, the current into them.
    """
    along, down = _from_right(cell), np.cumsum(cell, axis=-2)
    i_in, i_out = along[..., 0], down[..., -1, :]
    wanted_word = (volts - wires.source * i_in)[..., None] - np.cumsum(wires.word * along, axis=-1)
    v_end = ends + wires.sense * i_out
    fall = wires.bit * down
    wanted_bit = v_end[..., None, :] + np.cumsum(fall[..., ::-1, :], axis=-2)[..., ::-1, :]

    # Each law is read as a voltage: what it is off, against the largest source.
    across = np.divide(cell, g, out=np.zeros_like(cell), where=g > 0)
    off = [wanted_word - word, wanted_bit - bit, np.where(g > 0, word - bit - across, 0.0)]
    if load is not None:
        stiffness = (g / (1.0 + g * (wires.left + wires.below))).sum(axis=-2) + load
        off.append(((load * ends - i_out) / stiffness)[..., None])
    scale = np.maximum(np.abs(volts).max(axis=-1), np.finfo(np.float64).tiny)
    residual = np.max([np.abs(part).max(axis=(-2, -1)) for part in off], axis=0) / scale
    if np.any(residual > _KIRCHHOFF):
        raise CrossbarError(f"Kirchhoff's laws are violated by {residual.max():.2g}; allowed is {_KIRCHHOFF:g}")
    drawn = (volts * i_in).sum(axis=-1)
    lost = (cell * (word - bit) + wires.word * along**2 + wires.bit * down**2).sum(axis=(-2, -1))
    lost += (wires.source * i_in**2).sum(axis=-1) + (i_out * v_end).sum(axis=-1)
    return Solution(word, bit, cell, i_in, i_out, v_end, drawn, lost, residual)


_KIRCHHOFF = 1e-9
