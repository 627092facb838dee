"""Arrays of any type that follows NumPy's protocols: formulas never ask for the values of what they are given.

A formula may be evaluated on NumPy arrays or on a type that records what is done to it; so nothing here converts an
array that already is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

__all__ = ["ZERO", "Array", "as_array", "interpolate", "ndim", "over_layers"]

Array = NDArray[np.float64]
ZERO: Array = np.zeros(())


def as_array(values: Any) -> Array:
    """Return an array as it is, of whatever type, and anything else as a NumPy array of floats."""
    return cast(Array, values) if hasattr(values, "__array_ufunc__") else np.asarray(values, dtype=float)


def over_layers(values: Array) -> Array:
    """Return the sum over the first axis."""
    return cast(Array, np.add.reduce(values, axis=0))  # as np.sum, without what that spends on its options


def ndim(values: Any) -> int:
    """Return the number of axes of an array of any type, or of a number."""
    return int(getattr(values, "ndim", 0))


def interpolate(x: Array, points: Array | Sequence[Array], values: Array | Sequence[Array]) -> Array:
    """Return straight lines between points, and beyond them the value of their end.

    Args:
        x: where, of any shape.
        points: rising abscissae, plain numbers or arrays that broadcast with ``x``.
        values: ordinates, likewise.
    """
    if isinstance(points, np.ndarray) and isinstance(values, np.ndarray):
        return cast(Array, np.interp(x, points, values))
    total = as_array(values[0])
    for low, high, start, end in zip(points, points[1:], values, values[1:], strict=False):
        total = total + (end - start) * np.clip((x - low) / (high - low), 0.0, 1.0)
    return total
