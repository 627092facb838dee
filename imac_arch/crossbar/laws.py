"""Kirchhoff's laws: the currents of the wires from those of the cells, and how far a state is off."""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from imac_arch.crossbar.wires import Array, CrossbarError, Wires
from imac_arch.data.records import NamedTuple

__all__ = ["KIRCHHOFF", "Laws", "State", "checked_laws", "from_right"]

KIRCHHOFF = 1e-9  # allowed violation


class State(NamedTuple):
    """What a solver finds.

    Attributes:
        word: voltage of every node on the word lines [V], (..., rows, cols); 0 where nothing holds it.
        bit: voltage of every node on the bit lines [V], (..., rows, cols); likewise.
        cell: current through every cell [A], (..., rows, cols).
        ends: voltages at the ends of bit lines [V], (..., cols); 0 with a virtual ground.
        entering: out of every source [A], (..., rows), or None where it is the sum over its cells.
        leaving: out of every bit line [A], (..., cols), likewise.
        loose: which nodes of word lines and bit lines nothing holds, (2, ..., rows, cols), or None for none.
    """

    word: Array
    bit: Array
    cell: Array
    ends: Array
    entering: Array | None = None
    leaving: Array | None = None
    loose: NDArray[np.bool_] | None = None


class Laws(NamedTuple):
    """The fields of a solution that follow from a state, in their order."""

    word_voltage: Array
    bit_voltage: Array
    cell_current: Array
    input_current: Array
    output_current: Array
    output_voltage: Array
    power_drawn: Array
    power_dissipated: Array
    residual: Array
    far_input_current: Array
    far_output_current: Array


def from_right(values: Array) -> Array:
    """Return the sums over each entry and all to its right."""
    return np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]


def checked_laws(g: Array, wires: Wires, volts: Array, load: Array | None, state: State, allowed: float) -> Laws:
    """Return all currents and powers of a state, recomputed from the currents of its cells alone.

    The currents of the wires are sums of cell currents, so Kirchhoff's current law holds by construction; what can
    fail is the voltage law along each segment, Ohm's law in each cell and, with loads, the current into them. Each
    law is read as a voltage, the one by which what hangs on a segment would have to move.

    Raises:
        CrossbarError: they are violated by more than ``allowed``, relative to the largest source.
    """
    word, bit, cell, ends = state[:4]

    def lined(values: Array) -> Array:
        """Return what belongs to cells with the cells of a word or source line side by side, its driver first."""
        return np.swapaxes(values, -1, -2) if wires.vertical else values

    left, below = lined(wires.left), wires.below
    along, down = from_right(lined(cell)), np.cumsum(cell, axis=-2)
    i_in = along[..., 0] if state.entering is None else state.entering
    i_out = down[..., -1, :] if state.leaving is None else state.leaving
    far_in, far_out = np.zeros_like(i_in), np.zeros_like(i_out)
    if wires.looped:
        far_in = _far(left[..., ::-1], along[..., ::-1], wires.far_source)
        far_out = _far(np.swapaxes(below, -1, -2), np.swapaxes(down, -1, -2), wires.far_sense)
        along, down = along - far_in[..., None], down - far_out[..., None, :]
    line = lined(word)
    first, second = _falls(line, bit, volts, ends)
    across, near_out = word - bit, i_out - far_out
    open_end = np.isinf(wires.sense)
    v_end = np.where(open_end, bit[..., -1, :], ends + np.where(open_end, 0.0, wires.sense) * near_out)
    drawn = np.einsum("...i,...i->...", volts, i_in)
    lost = np.einsum("...ij,...ij->...", cell, across) + (i_out * ends).sum(axis=-1)
    if state.entering is None:  # no wire cuts cells off
        for resistance, current, drop in ((left, along, first), (below, down, second)):
            taken = resistance * current
            lost += np.einsum("...ij,...ij->...", taken, current)
            drop -= taken
    else:
        hanging, above = from_right(lined(g)), np.cumsum(g, axis=-2)
        lost += _lost(left, along, first, hanging).sum(axis=(-2, -1))
        lost += _lost(below, down, second, above).sum(axis=(-2, -1))
        lost += _lost(wires.far_source, far_in, volts - line[..., -1], hanging[..., 0]).sum(axis=-1)
        lost += _lost(wires.far_sense, far_out, bit[..., 0, :] - ends, above[..., -1, :]).sum(axis=-1)
        first, second = _off(left, along, first, hanging), _off(below, down, second, above)
    # what does not conduct has no law
    across -= cell / g if g.min(initial=1.0) > 0 else np.divide(cell, g, out=across.copy(), where=g > 0)
    off = [first, second, across]
    if load is not None:
        with np.errstate(divide="ignore"):  # what conducts nothing is in series with the rest
            whole = (1.0 / (1.0 / g + wires.left + below)).sum(axis=-2) + load
        off.append(np.divide(load * ends - i_out, whole, out=np.zeros_like(i_out), where=whole > 0)[..., None])
    largest = [np.maximum(part.max(axis=(-2, -1)), -part.min(axis=(-2, -1))) for part in off]
    residual = reduce(np.maximum, largest) / np.maximum(np.abs(volts).max(axis=-1), np.finfo(np.float64).tiny)
    if np.any(residual > allowed):
        raise CrossbarError(f"Kirchhoff's laws are violated by {residual.max():.2g}; allowed is {allowed:g}")
    if state.loose is not None:
        word, bit = (np.where(loose, np.nan, values) for loose, values in zip(state.loose, (word, bit), strict=True))
    return Laws(word, bit, cell, i_in, i_out, v_end, drawn, lost, residual, far_in, far_out)


def _falls(line: Array, bit: Array, volts: Array, ends: Array) -> tuple[Array, Array]:
    """Return how far the voltage falls along each segment away from the sources [V], (..., lines, cells) and the rest.

    Args:
        line: of the nodes on word or source lines [V], (..., lines, cells).
        bit: of the nodes on bit lines [V], (..., rows, cols).
        volts: of the sources [V], (..., lines).
        ends: of the bit lines [V], (..., cols).
    """
    first, second = np.empty_like(line), np.empty_like(bit)
    np.subtract(volts, line[..., 0], out=first[..., 0])
    np.subtract(line[..., :-1], line[..., 1:], out=first[..., 1:])
    np.subtract(bit[..., :-1, :], bit[..., 1:, :], out=second[..., :-1, :])
    np.subtract(bit[..., -1, :], ends, out=second[..., -1, :])
    return first, second


def _off(resistance: Array, current: Array, drop: Array, hanging: Array) -> Array:
    """Return by how much the conductance that hangs on each segment would have to move, either way [V]."""
    some = np.isfinite(resistance)
    finite = np.where(some, resistance, 0.0)
    endless = np.divide(np.abs(current), hanging, out=np.zeros_like(current), where=(hanging > 0) & ~some)
    return np.where(some, np.abs(drop - finite * current) / (1.0 + finite * hanging), endless)


def _lost(resistance: Array, current: Array, drop: Array, hanging: Array) -> Array:
    """Return what segments dissipate [W]: by their current, or by their voltage where that is better known."""
    some = np.isfinite(resistance) & (resistance > 0)
    finite = np.where(some, resistance, 1.0)
    return np.where(some, np.where(finite * hanging > 1, drop**2 / finite, finite * current**2), 0.0)


def _far(resistance: Array, current: Array, far: Array) -> Array:
    """Return what flows at the far ends of lines whose two ends are at one voltage [A], (..., lines).

    Around such a loop the voltages add up to zero; where it is open, both sides are fed from their own end. A loop
    without any resistance is fed from its near end.

    Args:
        resistance: of the segments from the far end on, the near driver included [ohm], (..., lines, segments).
        current: what the cells on their far side carry [A], same shape.
        far: resistance of the far end [ohm], (..., lines).
    """
    endless = np.isinf(resistance)
    finite = np.where(endless, 0.0, resistance)
    whole = finite.sum(axis=-1) + np.where(np.isinf(far), 0.0, far)
    round_it = np.divide((finite * current).sum(axis=-1), whole, out=np.zeros(current.shape[:-1]), where=whole > 0)
    first = np.broadcast_to(endless, current.shape).argmax(axis=-1)[..., None]
    cut = np.take_along_axis(current, first, axis=-1)[..., 0]
    return np.where(np.isinf(far), 0.0, np.where(endless.any(axis=-1), cut, round_it))
