"""How a bit line is read: into virtual ground, or by the voltage at its end."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.wires import Array, CrossbarError, Wires, checked
from imac_arch.data.errors import UnknownName

__all__ = ["READS", "Read", "checked_load", "load_conductance"]

Read = Literal["virtual_ground", "averaging"]
READS = ("virtual_ground", "averaging")


def checked_load(g: Array, wires: Wires, read: Read, g_load: ArrayLike) -> Array | None:
    """Return the loads [S], (..., cols), that a read circuit puts on the bit lines; None with a virtual ground.

    Args:
        g: checked conductances [S], (..., rows, cols).
        wires: of the same crossbars.
        read: "virtual_ground" or "averaging".
        g_load: of the averaging read [S], broadcasts to (..., cols).

    Raises:
        CrossbarError: a load with a virtual ground, a termination without one, or a bit line whose voltage is
            undefined.
        UnknownName: a read circuit that does not exist.
    """
    if read not in READS:
        raise UnknownName("read circuit", read, READS)
    if read == "averaging":
        if wires.sense.any():
            raise CrossbarError("r_sense: the averaging read has none; give the load as g_load")
        return load_conductance(g, g_load)
    if np.any(g_load):
        raise CrossbarError("g_load: the virtual-ground read has none; give the termination as r_sense")
    return None


def load_conductance(conductance: ArrayLike, g_load: ArrayLike) -> Array:
    """Return the loads [S], (..., cols), of bit lines that are read by their voltage.

    Raises:
        CrossbarError: a value that cannot be, or a bit line with neither cell nor load.
    """
    g = np.asarray(conductance)
    load = checked("g_load", g_load, "S")
    try:
        load = np.broadcast_to(load, (*g.shape[:-2], g.shape[-1]))
    except ValueError as error:
        raise CrossbarError(
            f"g_load: shape {load.shape} does not broadcast to {(*g.shape[:-2], g.shape[-1])}"
        ) from error
    floating = ~(g.any(axis=-2) | (load > 0))
    if floating.any():
        raise CrossbarError(f"bit line {tuple(int(k) for k in np.argwhere(floating)[0])} has neither a cell nor a load")
    return load
