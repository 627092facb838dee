"""Setting the few constants of a law on measured totals: energies and areas are affine in them.

Each constant multiplies one group of lines of the bill, and is 1 where nothing is set on data. They minimize the sum
over chips of the smoothed absolute logarithm of predicted over measured, with a pull towards 1: a chip that no constant
explains then moves none of them far.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imac_arch.data.arrays import Array

__all__ = ["FitRule", "predict", "set_constants"]


@dataclass(frozen=True, slots=True)
class FitRule:
    """How constants are set.

    Attributes:
        smoothing: residual below which the absolute logarithm turns into a parabola.
        pull: weight of the squared logarithm of a constant beside the residual of one chip.
        cap: residual beyond which a chip no longer counts when structures are compared.
        tolerance: change of a constant's logarithm at which the search ends.
        steps: most steps of the search.
    """

    smoothing: float
    pull: float
    cap: float
    tolerance: float
    steps: int


def predict(constants: Array, scaled: Array, fixed: Array) -> Array:
    """Return totals: what each constant scales, and what none does.

    Args:
        constants: (..., constants).
        scaled: (..., constants, points), at constants of 1.
        fixed: (..., points).

    Returns:
        (..., points).
    """
    total: Array = np.sum(constants[..., None] * scaled, axis=-2) + fixed
    return total


def set_constants(scaled: Array, fixed: Array, measured: Array, weights: Array, rule: FitRule) -> Array:
    """Return the constants that fit best, for any number of weightings at once.

    Gauss-Newton steps on the logarithms with weights of iteratively reweighted least squares.

    Args:
        scaled: (..., constants, points), each above or equal 0.
        fixed: (..., points).
        measured: (points,), NaN where nothing was measured.
        weights: (..., points); 0 leaves a point out.
        rule: of the fit.

    Returns:
        (..., constants), 1 where nothing depends on them.
    """
    known = np.isfinite(measured)
    target = np.log(np.where(known, measured, 1))
    weights = np.where(known, weights, 0)
    shape = np.broadcast_shapes(scaled.shape[:-2], fixed.shape[:-1], weights.shape[:-1])
    found = np.zeros((*shape, scaled.shape[-2]))
    unit = np.eye(scaled.shape[-2])
    for _ in range(rule.steps):
        factor = np.exp(found)
        total = predict(factor, scaled, fixed)
        residual = np.log(total) - target
        robust = weights / np.sqrt(residual**2 + rule.smoothing**2)
        slope = factor[..., None] * scaled / total[..., None, :]
        weighted = slope * robust[..., None, :]
        gradient = (weighted @ residual[..., None])[..., 0] + 2 * rule.pull * found
        hessian = weighted @ np.swapaxes(slope, -1, -2) + 2 * rule.pull * unit
        step = np.clip(np.linalg.solve(hessian, gradient[..., None])[..., 0], -1, 1)
        found = found - step
        if np.max(np.abs(step), initial=0) < rule.tolerance:
            break
    constants: Array = np.exp(found)
    return constants
