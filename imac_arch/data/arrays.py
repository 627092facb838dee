"""Arrays of any type that follows NumPy's protocols: formulas never ask for the values of what they are given.

A formula may be evaluated on NumPy arrays or on a type that records what is done to it; so nothing here converts an
array that already is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "HALF",
    "ONE",
    "TWO",
    "ZERO",
    "Array",
    "as_array",
    "at_rest",
    "cell_axes",
    "column",
    "in_order",
    "interpolate",
    "ndim",
    "over_layers",
    "single",
    "times",
]

Array = NDArray[np.float64]
# numpy takes twice as long with a Python number as with an array without axes
ZERO: Array = np.zeros(())
ONE: Array = np.ones(())
TWO: Array = np.full((), 2.0)
HALF: Array = np.full((), 0.5)


def as_array(values: Any) -> Array:
    """Return an array or a number of NumPy's as it is, of whatever type, and anything else as an array of floats."""
    known = isinstance(values, np.generic) or hasattr(values, "__array_ufunc__")
    return cast(Array, values) if known else np.asarray(values, dtype=float)


def at_rest(moves: NDArray[np.bool_]) -> bool:
    """Return whether a plain array of truths holds none, so that what is left of a search would change nothing, to the
    last bit. An array of another type is not asked for its values: it takes all steps."""
    return isinstance(moves, (np.ndarray, np.generic)) and not moves.any()


def over_layers(values: Array) -> Array:
    """Return the sum over the first axis, that of layers or of what is told apart in front of them."""
    total: Array = np.add.reduce(values, axis=0)  # as np.sum, without what that spends on its options
    return total


def times(values: Array, factor: Array) -> Array:
    """Return a product; of ``ZERO``, which says that something costs nothing, ``ZERO`` itself."""
    return values if values is ZERO or factor is ONE else values * factor


def single(values: Any) -> float:
    """Return the number that an array holds, or its first one: of one design, the value at the medians."""
    return float(np.ravel(values)[0])


def in_order(values: NDArray[Any], first: int, last: int) -> NDArray[Any]:
    """Return ``values.ravel()[first:last]`` without a copy of all others, which a broadcast array would need."""
    while values.ndim > 1:
        each = prod(values.shape[1:])
        start, stop = first // each, -(-last // each)
        first, last = first - start * each, last - start * each
        if stop - start > 1:
            values = values[start:stop]
            break
        values = values[start]
    return values.ravel()[first:last]


def ndim(values: Any) -> int:
    """Return the number of axes of an array of any type, or of a number."""
    return int(getattr(values, "ndim", 0))


def interpolate(x: Array, points: Array | Sequence[Array], values: Array | Sequence[Array]) -> Array:
    """Return straight lines between points, and beyond them the value of their end.

    Args:
        x: where, of any shape.
        points: rising abscissae, plain numbers or arrays that broadcast with ``x``.
        values: ordinates: plain numbers, or arrays that broadcast with ``x``, stacked in front or one by one.
    """
    if not isinstance(points, np.ndarray):
        return _one_by_one(x, points, values)
    if isinstance(values, np.ndarray) and values.ndim == 1:
        straight: Array = np.interp(x, points, values)
        return straight
    stacked = np.stack(np.broadcast_arrays(*values)) if isinstance(values, (list, tuple)) else as_array(values)
    axes = max(ndim(x), stacked.ndim - 1)
    stacked = stacked.reshape(len(points), *(1,) * (axes + 1 - stacked.ndim), *stacked.shape[1:])
    low, high = (part.reshape(-1, *(1,) * axes) for part in (points[:-1], points[1:]))
    steps = np.minimum(np.maximum((x - low) / (high - low), ZERO), ONE)  # np.clip takes thrice as long for few
    climbed: Array = stacked[0] + over_layers((stacked[1:] - stacked[:-1]) * steps)
    return climbed


def _one_by_one(x: Array, points: Sequence[Array], values: Array | Sequence[Array]) -> Array:
    total = as_array(values[0])
    for k, (low, high) in enumerate(pairwise(points)):
        total = total + (values[k + 1] - values[k]) * np.minimum(np.maximum((x - low) / (high - low), ZERO), ONE)
    return total


def cell_axes(values: Array | Sequence[Any]) -> int:
    """Return the most axes that a number of a table has, given as one array of plain numbers or as rows of arrays."""
    return 0 if isinstance(values, np.ndarray) else max(ndim(cell) for row in values for cell in row)


def column(values: Array | Sequence[Any], k: int, axes: int) -> Any:
    """Return column ``k`` of a table, (rows, *ones), to broadcast with arrays of ``axes`` axes; rows of arrays are
    stacked. No number of the table has more axes, see :func:`cell_axes`."""
    if isinstance(values, np.ndarray):
        return values[:, k].reshape(-1, *(1,) * axes)
    cells = np.stack(np.broadcast_arrays(*(row[k] for row in values)))
    return cells.reshape(cells.shape[0], *(1,) * (axes + 1 - cells.ndim), *cells.shape[1:])
