"""Voltage drops along the wires, and the solution of weakly coupled crossbars from them.

Where wires take little from each cell's voltage, the exact state follows in a few sweeps: currents give the drops,
the drops give new currents. Each sweep is a handful of running sums, so for few inputs this beats the elimination by
far. It ends at rounding error, and it is used only where the sweeps it needs are known beforehand to be few.
"""

from __future__ import annotations

import numpy as np

from imac_arch.crossbar.wires import Array

__all__ = ["contraction", "iterate", "line_drops", "sweeps_needed"]

_CONVERGED = 2.0**-50  # relative to the largest source


def sweeps_needed(ratio: float) -> float:
    """Return how many sweeps reach rounding error with this contraction per sweep; infinite where none do."""
    if ratio >= 1:
        return np.inf
    return 2.0 + (float(np.ceil(np.log(_CONVERGED) / np.log(ratio))) if ratio > 0 else 0.0)


def line_drops(current: Array, left: Array, below: Array) -> tuple[Array, Array]:
    """Return the fall of the voltage [V] from the source to each word-line node and from each bit-line node to its end.

    Args:
        current: through each cell [A], (..., rows, cols).
        left: segment to the left of each cell, the driver included [ohm].
        below: segment below each cell, the termination included [ohm].
    """
    along = np.cumsum(current[..., ::-1], axis=-1)[..., ::-1]
    down = np.cumsum(current, axis=-2)
    return np.cumsum(left * along, axis=-1), np.cumsum((below * down)[..., ::-1, :], axis=-2)[..., ::-1, :]


def contraction(conductance: Array, left: Array, below: Array, *, averaging: bool) -> float:
    """Return a bound on what is left of an error after one sweep; below 1 the iteration converges.

    If every cell voltage is off by 1 V, the drops are off by those of the conductances taken as currents; a floating
    bit line follows the mean of its cells, which can double that.
    """
    word, bit = line_drops(conductance, left, below)
    return float((word + bit).max(initial=0.0)) * (2 if averaging else 1)


def iterate(
    conductance: Array, left: Array, below: Array, volts: Array, load: Array | None, ratio: float
) -> tuple[Array, Array, Array, Array] | None:
    """Return word voltages, bit voltages, cell currents and bit-line end voltages, or None without convergence.

    Args:
        conductance: [S], broadcasts to (..., rows, cols).
        left: segment to the left of each cell [ohm], the driver included.
        below: segment below each cell [ohm], the termination included.
        volts: sources [V], (..., rows).
        load: of the bit lines [S], (..., cols), or None where they end in virtual ground.
        ratio: the contraction per sweep, below 1.
    """
    source = volts[..., None]
    seen = np.broadcast_to(source, np.broadcast_shapes(source.shape, conductance.shape))
    ends = np.zeros((*seen.shape[:-2], seen.shape[-1]))
    total = None if load is None else conductance.sum(axis=-2) + load
    goal = _CONVERGED * float(np.abs(volts).max(initial=0.0))
    for _ in range(int(sweeps_needed(ratio)) + 2):
        word, bit = line_drops(conductance * seen, left, below)
        free = source - word - bit
        if total is not None:
            ends = (conductance * free).sum(axis=-2) / total
        new = free - ends[..., None, :]
        change = float(np.abs(new - seen).max(initial=0.0))
        seen = new
        if change * ratio <= goal * (1 - ratio):
            cell = conductance * seen
            return source - word, ends[..., None, :] + bit, cell, ends
    return None
