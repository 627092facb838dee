"""Crossbars of cells whose conductance depends on voltage: one linear crossbar after the other.

Each has the conductances I/V (chords) that the cells have at the voltages of the last; where voltages no longer change,
the cells obey their own law and the wires Kirchhoff's. Anderson's acceleration (doi:10.1145/321296.321305) takes the
next voltages from the secants through the last few.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from imac_arch.crossbar.cell import Conducts, checked_cells
from imac_arch.crossbar.wires import Array, CrossbarError

__all__ = ["settled"]

_T = TypeVar("_T")
_SETTLED = 1e-12  # change of any cell's voltage relative to the largest source
_SECANTS = 5
_MOST = 60  # linear solutions


def settled(
    linear: Callable[[Array], tuple[_T, Array]], conductance: Array, volts: Array, cell: Conducts
) -> tuple[_T, int]:
    """Return the solution in which every cell has the conductance that belongs to its voltage, and how many it took.

    Args:
        linear: solves crossbars of given conductances [S], (..., rows, cols), and returns beside the solution the
            voltages across the cells [V], same shape.
        conductance: at zero voltage [S], broadcasts to (..., rows, cols).
        volts: of the sources [V], (..., rows).
        cell: conductances by voltage.

    Raises:
        CrossbarError: cells that do not settle, or that return what no conductance can be.
    """
    rest = np.broadcast_to(conductance, (*volts.shape[:-1], *conductance.shape[-2:]))
    scale = np.abs(volts).max(axis=-1, initial=0.0)[..., None, None]
    secants = _Secants()
    at = np.nan_to_num(linear(conductance)[1])
    off = np.inf
    for count in range(2, _MOST + 1):
        solution, made = linear(checked_cells(cell, at, rest))
        change = np.where(rest > 0, np.nan_to_num(made) - at, 0.0)
        off = float(np.divide(np.abs(change), scale, out=np.zeros_like(change), where=scale > 0).max(initial=0.0))
        if off <= _SETTLED:
            return solution, count
        at = secants.next(at, change)
    raise CrossbarError(
        f"cell: the voltages still change by {off:.2g} of the largest source after {_MOST} linear solutions"
    )


class _Secants:
    """The last few steps of each crossbar."""

    def __init__(self) -> None:
        self.last: tuple[Array, Array] | None = None
        self.moved: list[Array] = []
        self.gained: list[Array] = []

    def next(self, at: Array, change: Array) -> Array:
        """Return where to look next.

        Args:
            at: the last voltages [V], (..., rows, cols).
            change: what the linear crossbar made of them, less themselves [V], same shape.
        """
        if self.last is not None:
            self.moved.append(at - self.last[0])
            self.gained.append(change - self.last[1])
            self.moved, self.gained = self.moved[-_SECANTS:], self.gained[-_SECANTS:]
        self.last = at, change
        if not self.moved:
            return at + change
        moved, gained = np.stack(self.moved), np.stack(self.gained)
        sizes = np.sqrt(np.einsum("k...ij,k...ij->k...", gained, gained))[..., None, None]
        sizes = np.where(sizes > 0, sizes, 1.0)
        moved, gained = moved / sizes, gained / sizes
        gram = np.einsum("k...ij,l...ij->...kl", gained, gained)
        right = np.einsum("k...ij,...ij->...k", gained, change)
        # nearly parallel secants say nothing new: the pseudo-inverse leaves them out
        share = np.einsum("...kl,...l->...k", np.linalg.pinv(gram, rcond=1e-12, hermitian=True), right)
        ahead: Array = at + change - np.einsum("...k,k...ij->...ij", share, moved + gained)
        return ahead
