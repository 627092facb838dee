"""What supplies give to word lines that carry analog values: a buffer returns nothing of what it takes.

A 1-bit line is switched from a rail of the read voltage, so that what it draws is what cells, wires and driver take. An
analog line at voltage v is buffered from the supply: the charge that flows into the line at v falls from the supply's
voltage, and the charge that a line at less than its bit lines' voltage gives back is lost. All functions broadcast over
arrays.
"""

from __future__ import annotations

import numpy as np

from imac_arch.data.arrays import ZERO, Array

__all__ = ["mean_distance", "supply_share", "swing"]

TINY = np.full((), np.finfo(float).tiny)


def mean_distance(mean: Array, square: Array, level: Array) -> Array:
    """Return ``E|x - level|`` of values between 0 and 1 of which mean and mean square are known.

    ``|mean - level| + 2 w^(2/3) min(level (1 - mean), mean (1 - level))``, ``w`` being the variance over that of a bit
    of the same mean. Exact for bits, ``w = 1``, and for values that do not vary; between them the exponent follows beta
    distributions, to 12 % of ``E max(x - level, 0)`` where the standard deviation is a third of a bit's or more.

    Args:
        mean: of the values.
        square: their mean square, between ``mean**2`` and ``mean``.
        level: between 0 and 1.
    """
    most = mean * (1 - mean)
    share = np.maximum(square - mean**2, 0.0) / np.where(most > 0, most, 1.0)
    distance: Array = np.abs(mean - level) + 2 * np.cbrt(share**2) * np.minimum(level * (1 - mean), mean * (1 - level))
    return distance


def swing(mean: Array, square: Array, encoding: str) -> Array:
    """Return the mean of the magnitude of a line's voltage over the read voltage, for values between 0 and 1."""
    return mean if encoding == "0/V" else 2 * mean_distance(mean, square, np.full((), 1 / 2))


def supply_share(
    encoding: str, inputs: Array, bias: Array, mean: Array, square: Array, cells: Array, load: Array, boost: Array
) -> Array:
    """Return what supplies give to the word lines of a tile over what their cells take, with analog inputs.

    0/V: ``VDD E[max(I, 0)]``; -V/+V, from two rails: ``V E|I|``. The bias row is a 1-bit line. The bit lines are taken
    at their mean voltage, on ideal wires.

    Args:
        encoding: ``0/V`` or ``-V/+V``.
        inputs: rows that carry inputs.
        bias: rows that carry the bias.
        mean: of the values, before they are encoded.
        square: their mean square.
        cells: mean conductance of a cell [S]; ``ZERO`` holds the bit lines at 0 V.
        load: conductance that ends a bit line [S].
        boost: supply over read voltage.
    """
    signed = encoding != "0/V"
    shown, power = (2 * mean - 1, 4 * square - 4 * mean + 1) if signed else (mean, square)
    end = ZERO
    if cells is not ZERO:
        end = cells * (inputs * shown + bias) / ((inputs + bias) * cells + load)
    level = (end + 1) / 2 if signed else end
    distance = mean_distance(mean, square, level)
    given = 2 * distance if signed else boost * (distance + mean - level) / 2
    drawn = inputs * given + bias * (1 - end)
    taken = inputs * (power - shown * end) + bias * (1 - end)
    return np.where(taken > 0, drawn / np.maximum(taken, TINY), 1.0)
