"""Fits as linear programmes: quantiles, and the least largest residual."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

__all__ = ["minimax_fit", "quantile_fit"]

Array = NDArray[np.float64]


def quantile_fit(features: Array, target: Array, quantile: float) -> Array:
    """Return the coefficients that leave a share ``quantile`` of the targets below.

    Minimises ``sum q u + (1 - q) v`` with ``target = features c + u - v``, ``u, v >= 0`` (Koenker and Bassett 1978).

    Args:
        features: (rows, coefficients).
        target: (rows,).
        quantile: between 0 and 1.
    """
    rows, count = features.shape
    cost = np.concatenate([np.zeros(count), np.full(rows, quantile), np.full(rows, 1 - quantile)])
    equal = np.hstack([features, np.eye(rows), -np.eye(rows)])
    bounds = [(None, None)] * count + [(0, None)] * (2 * rows)
    found = linprog(cost, A_eq=equal, b_eq=target, bounds=bounds, method="highs")
    if not found.success:
        raise RuntimeError(f"the linear programme failed: {found.message}")
    return np.asarray(found.x[:count])


def minimax_fit(features: Array, target: Array) -> tuple[Array, float]:
    """Return the coefficients whose largest residual is the least possible, and that residual.

    Args:
        features: (rows, coefficients).
        target: (rows,).
    """
    rows, count = features.shape
    ones = np.ones((rows, 1))
    upper = np.vstack([np.hstack([features, -ones]), np.hstack([-features, -ones])])
    cost = np.concatenate([np.zeros(count), [1.0]])
    bounds = [(None, None)] * count + [(0, None)]
    found = linprog(cost, A_ub=upper, b_ub=np.concatenate([target, -target]), bounds=bounds, method="highs")
    if not found.success:
        raise RuntimeError(f"the linear programme failed: {found.message}")
    return np.asarray(found.x[:count]), float(found.x[count])
