"""Cells whose conductance depends on the voltage across them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.wires import Array, CrossbarError

__all__ = ["Cell", "Conducts", "TunnelJunction", "checked_cells", "differential"]

Conducts = Callable[[Array, Array], Array]
_STEP = 2.0**-17  # of a voltage, for a slope: a third of the digits


@runtime_checkable
class Cell(Protocol):
    """How the conductance of a cell depends on the voltage across it and on its state.

    ``solve`` calls it and needs no more, so that a plain function will do; a ``Layer`` and its netlist need all three.
    """

    def __call__(self, voltage: Array, conductance: Array, /) -> Array:
        """Return the conductances I/V of cells [S].

        Args:
            voltage: across them, of either sign [V], (..., rows, cols).
            conductance: at zero voltage, which tells the state of each cell [S], same shape.
        """
        ...

    def part(self, rows: slice, cols: slice) -> Cell:
        """Return the cells of some word lines and bit lines alone."""
        ...

    def spice(self, voltage: str, conductance: float, row: int, col: int) -> str:
        """Return the conductance of one cell as an expression of ngspice [S].

        Args:
            voltage: the expression of the voltage across it.
            conductance: at zero voltage [S].
            row: its word line, from 0.
            col: its bit line, from 0.
        """
        ...


@dataclass(frozen=True)
class TunnelJunction:
    """A magnetic tunnel junction whose magnetoresistance falls with the voltage, ``TMR(V) = TMR0/(1 + (V/V_h)^2)``.

    The parallel state keeps its conductance G_P. Between it and the antiparallel one a cell conducts as junctions of
    both states side by side do (pillars on one track, domains in one layer):

        G(V) = (G(0) (1 + TMR0) + G_P u^2)/(1 + TMR0 + u^2),   u = V/V_h

    Attributes:
        parallel: conductance of the parallel state [S], broadcasts to (rows, cols).
        tmr: magnetoresistance at zero voltage, TMR0.
        v_half: voltage at which it has halved, V_h [V].

    Raises:
        CrossbarError: a value that is not above zero.
    """

    parallel: ArrayLike
    tmr: float
    v_half: float

    def __post_init__(self) -> None:
        for name in ("parallel", "tmr", "v_half"):
            values = np.asarray(getattr(self, name), dtype=np.float64)
            if not np.all((values > 0) & np.isfinite(values)):
                raise CrossbarError(f"{name}: needed is a finite number above 0")

    def __call__(self, voltage: Array, conductance: Array, /) -> Array:
        """See ``Cell``."""
        square, whole = (voltage / self.v_half) ** 2, 1.0 + self.tmr
        return (conductance * whole + np.asarray(self.parallel) * square) / (whole + square)

    def part(self, rows: slice, cols: slice) -> TunnelJunction:
        """See ``Cell``."""
        parallel = np.asarray(self.parallel, dtype=np.float64)
        if parallel.ndim:
            parallel = parallel[..., cols] if parallel.shape[-1] > 1 else parallel
        if parallel.ndim > 1:
            parallel = parallel[rows] if parallel.shape[0] > 1 else parallel
        return TunnelJunction(parallel, self.tmr, self.v_half)

    def spice(self, voltage: str, conductance: float, row: int, col: int) -> str:
        """See ``Cell``."""
        parallel = np.asarray(self.parallel, dtype=np.float64)
        place = tuple(k if n > 1 else 0 for k, n in zip((row, col)[2 - parallel.ndim :], parallel.shape, strict=True))
        square, whole = f"(({voltage})/{float(self.v_half)!r})^2", 1.0 + float(self.tmr)
        return f"({float(conductance) * whole!r}+{float(parallel[place])!r}*{square})/({whole!r}+{square})"


def checked_cells(cell: Conducts, voltage: Array, conductance: Array) -> Array:
    """Return the conductances of cells under voltages [S], (..., rows, cols); where there is no cell there is none.

    Raises:
        CrossbarError: it returns another shape, or what no conductance can be.
    """
    found = np.asarray(cell(voltage, conductance), dtype=np.float64)
    if found.shape != conductance.shape:
        raise CrossbarError(f"cell: it returned the shape {found.shape} for cells of {conductance.shape}")
    wrong = ~((found >= 0) & np.isfinite(found)) & (conductance > 0)
    if wrong.any():
        place = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise CrossbarError(
            f"cell: {found[place]} S at {voltage[place]:.6g} V, index {place}; needed is a finite value of 0 or more"
        )
    return np.where(conductance > 0, found, 0.0)


def differential(cell: Conducts, voltage: Array, conductance: Array) -> Array:
    """Return the differential conductances dI/dV of cells [S], (..., rows, cols), by a central difference."""
    step = _STEP * max(float(np.abs(voltage).max(initial=0.0)), np.finfo(np.float64).tiny)
    ends = [(voltage + way * step) * checked_cells(cell, voltage + way * step, conductance) for way in (1, -1)]
    return np.maximum((ends[0] - ends[1]) / (2 * step), 0.0)
