"""What inputs do at the ends of all lines of a crossbar, without the nodes in between.

For many inputs of a large crossbar this takes a fraction of the time and of the memory of :func:`solve`, which finds
every node: blocks of cells are joined as for the effective conductance, with the far ends of the word lines kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.exact import single_thread
from imac_arch.crossbar.mesh import needed
from imac_arch.crossbar.reads import Read, checked_load
from imac_arch.crossbar.reduction import reduce_crossbar
from imac_arch.crossbar.solution import solve
from imac_arch.crossbar.wires import Array, checked_conductance, checked_wires
from imac_arch.data.records import NamedTuple

__all__ = ["Responses", "responses"]


class Responses(NamedTuple):
    """What one volt on each source does, the others grounded; ``inputs @ response`` of any inputs.

    Attributes:
        drawn: current out of each source [S], (rows, rows).
        far: voltage at the last cell of each word line, relative to the source, (rows, rows).
        output: what each bit line reads: a current [S], or a voltage with the averaging read, (rows, cols).
    """

    drawn: Array
    far: Array
    output: Array


def responses(
    conductance: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    *,
    read: Read = "virtual_ground",
    g_load: ArrayLike = 0.0,
) -> Responses:
    """Return what inputs do at the ends of the lines of one crossbar.

    Args:
        conductance: of the cells [S], (rows, cols).
        r_word: as in ``solve`` [ohm].
        r_bit: as in ``solve`` [ohm].
        r_source: as in ``solve`` [ohm].
        r_sense: as in ``solve`` [ohm].
        read: "virtual_ground" or "averaging".
        g_load: as in ``solve`` [S].

    Raises:
        CrossbarError: a value that cannot be, or a bit line whose voltage is undefined.
        UnknownName: a read circuit that does not exist.
    """
    g = checked_conductance(conductance)
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense)
    load = checked_load(g, wires, read, g_load)
    rows = len(g)
    if needed(g, wires):  # open segments
        state = solve(g, np.eye(rows), r_word, r_bit, r_source, r_sense, read=read, g_load=g_load)
        ends = state.output_current if load is None else state.output_voltage
        return Responses(state.input_current, state.word_voltage[..., -1], ends)
    with single_thread():
        block = reduce_crossbar(
            g[None], wires.left[None], wires.below[None],
            input_currents=True, output_voltages=load is not None, far_voltages=True,
        ).block  # fmt: skip
        parts = np.split(block.matrix[..., 0], np.cumsum(block.responses[:2]))
        drawn, output, far = (part[:, :rows].T for part in parts)
        if load is None:
            return Responses(drawn, far, output)
        by_ends = [part[:, rows:].T for part in parts]
        ends = np.asarray(np.linalg.solve(np.diag(load) - by_ends[1].T, output.T).T, dtype=np.float64)
        return Responses(drawn + ends @ by_ends[0], far + ends @ by_ends[2], ends)
