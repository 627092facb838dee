"""The state of a crossbar by direct elimination: joined blocks, or one node after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from imac_arch.crossbar.exact import ends_per_volt, single_thread
from imac_arch.crossbar.laws import State
from imac_arch.crossbar.mesh import mesh, needed
from imac_arch.crossbar.reduction import reduce_crossbar
from imac_arch.crossbar.wires import Array, Wires

__all__ = ["clamped", "eliminated", "meshed"]

_AT_ONCE = 1 << 16  # cells of a stack that are solved together; the way back to them takes memory

_Solver = Callable[..., State]


def clamped(g: Array, wires: Wires, volts: Array, ends: Array) -> State:
    """Return the state of one crossbar whose bit lines end at given voltages.

    Args:
        g: of the cells [S], (rows, cols).
        wires: of the same crossbar.
        volts: of the sources [V], (rows,).
        ends: of the bit lines [V], (cols,).
    """
    solver = _meshed if needed(g, wires) else _eliminated
    state = solver(g[None], wires.reshaped((1,)), volts[None, None], None, ends[None, None])
    return State(*(part[0, 0] for part in state[:4]))


def eliminated(g: Array, wires: Wires, volts: Array, load: Array | None) -> State:
    """Return the state by joining blocks, for crossbars without open segments.

    Args:
        g: of the cells [S], (stack..., 1..., rows, cols).
        wires: (stack..., 1..., ...) or fewer crossbars that broadcast to them.
        volts: of the sources [V], (stack..., inputs..., rows).
        load: at the ends of the bit lines [S], like the wires; None with a virtual ground.
    """
    return _flat(_eliminated, g, wires, volts, load)


def meshed(g: Array, wires: Wires, volts: Array, load: Array | None) -> State:
    """Return the state by taking out one node after the other; arguments as in :func:`eliminated`.

    Raises:
        CrossbarError: the end of a bit line that nothing holds.
    """
    return _flat(_meshed, g, wires, volts, load)


def _flat(solver: _Solver, g: Array, wires: Wires, volts: Array, load: Array | None) -> State:
    """Solve crossbars as one stack, (count, ...), with their inputs, (count, inputs, ...), some at a time."""
    beside, (rows, cols) = g.shape[:-2], g.shape[-2:]
    split = max((k + 1 for k, n in enumerate(beside) if n != 1), default=0)
    stack, many = volts.shape[:split], volts.shape[split:-1]
    lead = (*stack, *beside[split:])
    count, inputs = (int(np.prod(n, dtype=np.int64)) for n in (stack, many))

    def spread(values: Array, own: int) -> Array:
        shape = values.shape[values.ndim - own :]
        return np.broadcast_to(values, (*lead, *shape)).reshape(count, *shape)

    flat_g, flat_volts = spread(g, 2), volts.reshape(count, inputs, rows)
    flat_wires = wires.stretched(lead)
    loads = None if load is None else spread(load, 1)
    step = max(1, _AT_ONCE // (rows * cols))
    found = []
    with single_thread():
        for start in range(0, max(count, 1), step):
            part = slice(start, start + step)
            own = None if loads is None else loads[part]
            found.append(solver(flat_g[part], flat_wires[part], flat_volts[part], own))
    whole = (*stack, *many)

    def joined(name: str) -> Any:
        values = [getattr(state, name) for state in found]
        if values[0] is None:
            return None
        axis = int(name == "loose")
        together = np.concatenate(values, axis=axis)
        return together.reshape(*together.shape[:axis], *whole, *together.shape[axis + 2 :])

    state = State(*(joined(name) for name in State._fields))
    return state._replace(loose=None) if state.loose is None or not state.loose.any() else state


def _eliminated(g: Array, wires: Wires, volts: Array, load: Array | None, ends: Array | None = None) -> State:
    """Solve a stack (count, rows, cols) for its inputs (count, inputs, rows) and, where they are given, its ends."""
    count, rows, cols = g.shape
    left, below = wires.left, wires.below
    given = load is not None or ends is not None
    reduced = reduce_crossbar(g, left, below, output_voltages=given, keep=True)
    drive: Array = volts.transpose(2, 1, 0)
    if load is not None:
        matrix = reduced.block.matrix.transpose(2, 0, 1)
        admittance = -matrix[:, :, rows:]
        admittance[:, np.arange(cols), np.arange(cols)] += load
        ends = np.asarray(np.linalg.solve(admittance, matrix[:, :, :rows] @ volts.swapaxes(1, 2))).swapaxes(1, 2)
    if ends is None:
        ends = np.zeros((count, volts.shape[1], cols))
    if given:
        drive = np.concatenate([drive, ends.transpose(2, 1, 0)])
    driven = reduced.descend(np.ascontiguousarray(drive))
    v_left, v_bottom, i_right, i_top = (values.swapaxes(0, 1) for values in driven)
    g, left, below = g[:, None], left[:, None], below[:, None]
    cell = g / (1.0 + g * (left + below)) * (v_left - v_bottom - left * i_right - below * i_top)
    return State(v_left - left * (i_right + cell), v_bottom + below * (i_top + cell), cell, ends)


def _meshed(g: Array, wires: Wires, volts: Array, load: Array | None, ends: Array | None = None) -> State:
    """Solve a stack by its nodes; arguments as in :func:`_eliminated`."""
    count, rows, cols = g.shape
    largest = max(float(g.max(initial=0.0)), 0.0 if load is None else float(load.max(initial=0.0)))
    reduced = mesh(g, wires.left, wires.below, wires.far_source, wires.far_sense, largest=largest, keep=True)
    if ends is None:
        ends = np.zeros((count, volts.shape[1], cols))
    if load is not None:
        ends = volts @ ends_per_volt(reduced.matrix, load)
    fixed = np.concatenate([volts, ends], axis=-1)
    ones = np.ones((count, 1, rows + cols))  # with 1 V on every end, 1 V is wherever anything holds a node
    nodes = reduced.descend(np.concatenate([fixed, ones], axis=1).transpose(2, 1, 0))
    word, bit = nodes[:, :-1].swapaxes(1, 2)
    loose = np.broadcast_to(nodes[:, -1][:, :, None] < 1 / 2, (2, *word.shape))
    total = reduced.matrix.sum(axis=-1)[:, None]
    flow = total * fixed - fixed @ reduced.matrix  # out of every end into the crossbar
    leaving = -flow[..., rows:] if load is None else load[:, None] * ends
    return State(word, bit, g[:, None] * (word - bit), ends, flow[..., :rows], leaving, loose)
