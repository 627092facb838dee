"""What the bit lines of a layer read where the conductance of its cells depends on their voltage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.cell import Conducts
from imac_arch.crossbar.chords import settled
from imac_arch.crossbar.partition import Joining, layer_map, spans
from imac_arch.crossbar.reads import Read, checked_load
from imac_arch.crossbar.state import clamped
from imac_arch.crossbar.wires import Array, Wires, checked_conductance, checked_wires

__all__ = ["settled_ends"]


def settled_ends(
    cell: Conducts,
    conductance: ArrayLike,
    drive: ArrayLike,
    *,
    heights: Sequence[int],
    widths: Sequence[int],
    joining: Joining,
    read: Read,
    g_load: ArrayLike,
    **resistances: Any,
) -> Array:
    """Return what each bit line of a layer reads [A] or [V], (..., cols); of tied row tiles the mean.

    Args:
        cell: conductances by voltage.
        conductance: of the cells at zero voltage [S], (rows, cols).
        drive: voltages of the word lines [V], (..., rows).
        heights: as in ``layer_map``.
        widths: as in ``layer_map``.
        joining: as in ``layer_map``.
        read: as in ``layer_map``.
        g_load: as in ``layer_map`` [S].
        resistances: of wires, drivers and terminations, by the names of ``layer_map`` [ohm].

    Raises:
        CrossbarError: a value that cannot be, tiles that do not add up, or cells that do not settle.
        UnknownName: a read circuit or joining that does not exist.
    """
    rest = checked_conductance(conductance)
    wires = checked_wires(rest.shape, **resistances)
    loaded = checked_load(rest, wires, read, g_load) is not None
    rows, cols = spans("heights", heights, rest.shape[0]), spans("widths", widths, rest.shape[1])
    cuts: dict[str, Any] = {"heights": heights, "widths": widths, "joining": joining}
    lines: dict[str, Any] = {**resistances, "read": read, "g_load": g_load}

    tied = joining == "voltage_tie" and len(rows) > 1
    shared = joining == "current" and len(rows) > 1 and not loaded  # one termination of all row tiles

    def linear(g: Array, volts: Array) -> tuple[Array, Array]:
        """Return what the bit lines read, and the voltages across the cells."""
        linear_map = layer_map(g, **lines, **cuts)
        across = np.empty_like(g)
        for part, span in product(rows, cols):
            ends = np.zeros(span.stop - span.start)
            if loaded or shared:  # of a tied tile, whose mean with the others is read, by itself
                own = volts[part] @ linear_map[part, span] * len(rows) if tied else volts @ linear_map[:, span]
                ends = own if loaded else own * wires.sense[span]
            tile = Wires(
                wires.word[part, span], wires.bit[part, span], wires.source[part],
                0.0 * ends if shared else wires.sense[span], wires.far_source[part], wires.far_sense[span],
            )  # fmt: skip
            state = clamped(g[part, span], tile, volts[part], ends)
            across[part, span] = state.word - state.bit
        return volts @ linear_map, across

    volts = np.asarray(drive, dtype=np.float64)
    flat = volts.reshape(-1, volts.shape[-1])
    read_out = [settled(partial(linear, volts=one), rest, one, cell)[0] for one in flat]
    return np.asarray(read_out).reshape(*volts.shape[:-1], rest.shape[1])
