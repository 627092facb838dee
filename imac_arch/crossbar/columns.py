"""Crossbars whose cells are fed by source lines parallel to the bit lines; word lines only open their gates.

Column j is a ladder: its source line is driven from the top through ``r_source`` and one segment ``r_word`` into the
top cell, one more between neighbouring cells; its bit line runs beside it to its end at the bottom, as in a crossbar of
word lines. The far ends are the bottom of the source line (``r_far_source``) and the top of the bit line
(``r_far_sense``). Columns share nothing but their gates, which stand in the conductances: a cell that is off has none,
or that of its leakage. (A source line parallel to the word lines makes the crossbar that word lines make.)

A column is eliminated from the top, two nodes at a time, by the star-mesh transformations of ``mesh.py``: exact for
shorts, open segments and any ratio of resistances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imac_arch.crossbar.laws import State
from imac_arch.crossbar.mesh import conductances, eliminate, voltages
from imac_arch.crossbar.wires import Array, CrossbarError, Wires

__all__ = ["column_conductance", "column_state"]

_SOURCE_NODE, _BIT_NODE, _NEXT_SOURCE, _NEXT_BIT, _SOURCE, _END = range(6)


@dataclass(frozen=True)
class _Ladders:
    """Columns between their sources and their ends.

    Attributes:
        between: conductance from source to end [S], (columns,).
        weights: of the two nodes of each row in terms of what is below and of the ends, from the top.
    """

    between: Array
    weights: list[Array]

    @classmethod
    def of(cls, g: Array, wires: Wires, largest: float) -> _Ladders:
        """Eliminate columns.

        Args:
            g: of the cells [S], (..., rows, cols).
            wires: of source lines, broadcast to them.
            largest: conductance of a cell or load [S].
        """

        def of_cells(values: Array) -> Array:
            return np.moveaxis(np.broadcast_to(values, g.shape), -2, 0).reshape(g.shape[-2], -1)

        def of_columns(resistance: Array) -> Array:
            whole = np.broadcast_to(resistance, (*g.shape[:-2], g.shape[-1]))
            return conductances(whole, largest).ravel()

        above, below = (of_cells(conductances(part, largest)) for part in (wires.left, wires.below))
        cells = of_cells(g)
        front, weights = np.zeros((6, 6, cells.shape[1])), []
        _bridge(front, _SOURCE_NODE, _SOURCE, above[0])
        _bridge(front, _BIT_NODE, _END, of_columns(wires.far_sense))
        for row in range(len(cells)):
            _bridge(front, _SOURCE_NODE, _BIT_NODE, cells[row])
            if row + 1 < len(cells):
                _bridge(front, _SOURCE_NODE, _NEXT_SOURCE, above[row + 1])
                _bridge(front, _BIT_NODE, _NEXT_BIT, below[row])
            else:
                _bridge(front, _SOURCE_NODE, _SOURCE, of_columns(wires.far_source))
                _bridge(front, _BIT_NODE, _END, below[row])
            rest, found = eliminate(front, 2)
            weights.append(found)
            front = np.zeros_like(front)
            kept = [_SOURCE_NODE, _BIT_NODE, _SOURCE, _END]  # what was next is now at hand
            front[np.ix_(kept, kept)] = rest
        return cls(front[_SOURCE, _END].copy(), weights)

    def nodes(self, ends: Array) -> tuple[Array, Array]:
        """Return the voltages of source lines and bit lines, (rows, inputs, columns).

        Args:
            ends: of sources and ends, (2, inputs, columns).
        """
        found: list[Array] = []
        next_two = np.zeros((2, *ends.shape[1:]))
        for weights in reversed(self.weights):
            next_two = voltages(weights, np.concatenate([next_two, ends]))[:2]
            found.append(next_two)
        whole = np.stack(found[::-1])
        return whole[:, 0], whole[:, 1]


def column_conductance(g: Array, wires: Wires, load: Array | None = None) -> Array:
    """Return the current of each bit line per volt on its source line [S], (..., cols), or its voltage with a load.

    Args:
        g: of the cells, gates included [S], (..., rows, cols).
        wires: of source lines, broadcast to them.
        load: at the ends of the bit lines [S], (..., cols); None with a virtual ground.

    Raises:
        CrossbarError: an end that nothing holds.
    """
    largest = max(float(g.max(initial=0.0)), 0.0 if load is None else float(load.max(initial=0.0)))
    between = _Ladders.of(g, wires, largest).between.reshape(*g.shape[:-2], g.shape[-1])
    return between if load is None else _shared(between, load)


def column_state(g: Array, wires: Wires, volts: Array, load: Array | None) -> State:
    """Return every voltage and current.

    Args:
        g: of the cells, gates included [S], (stack..., 1..., rows, cols).
        wires: of source lines, broadcast to them.
        volts: of the source lines [V], (stack..., inputs..., cols).
        load: at the ends of the bit lines [S], (stack..., 1..., cols); None with a virtual ground.

    Raises:
        CrossbarError: an end that nothing holds.
    """
    batch, (rows, cols) = volts.shape[:-1], g.shape[-2:]
    largest = max(float(g.max(initial=0.0)), 0.0 if load is None else float(load.max(initial=0.0)))
    ladders = _Ladders.of(g, wires, largest)
    between = ladders.between.reshape(*g.shape[:-2], cols)
    ends = np.zeros(volts.shape) if load is None else volts * _shared(between, load)
    units = np.eye(2)[:, :, None] * np.ones(len(ladders.between))  # 1 V on the sources; 1 V on the ends
    found, loose = [], []
    for part in ladders.nodes(units):
        source, end = part.swapaxes(0, 1).reshape(2, rows, *between.shape)
        found.append(np.moveaxis(source * volts + end * ends, 0, -2))
        loose.append(np.broadcast_to(np.moveaxis(source + end < 1 / 2, 0, -2), (*batch, rows, cols)))
    word, bit = found
    current = between * (volts - ends)
    nowhere = np.stack(loose)
    leaving = current if load is None else load * ends
    return State(word, bit, g * (word - bit), ends, current, leaving, nowhere if nowhere.any() else None)


def _bridge(front: Array, one: int, other: int, value: Array) -> None:
    front[one, other] += value
    front[other, one] += value


def _shared(between: Array, load: Array) -> Array:
    """Return the voltage of a loaded end per volt on its source."""
    whole = between + load
    if not np.all(whole > 0):
        place = tuple(int(k) for k in np.argwhere(~(whole > 0))[0])
        raise CrossbarError(f"bit line {place} is held by no cell and no load")
    return np.asarray(between / whole)
