"""Intervals of accuracies: the images are a sample of all there are, the programmings a sample of all chips.

The accuracy of one chip lies where ``(p^ - p)^2 = z^2 p (1 - p)/n + t^2 s^2 (1 + 1/m)``, with the variance ``s^2``
between ``m`` chips on the same ``n`` images: without variance that is Wilson's interval, which holds near 0 and 1 where
``p^ +- z sqrt(p^ (1 - p^)/n)`` does not. Two designs are compared image by image, on the same chips.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import Array
from imac_arch.document.accuracy import Share

__all__ = ["SCORE", "Right", "between", "one_chip", "paired", "score", "spread"]

SCORE = 1.6448536269514722  # of a 90 % interval
TAIL = 1 / 20  # beyond each of its ends
Right = NDArray[np.bool_]  # whether an image is classified correctly, (programmings, images)


def score(freedom: int) -> float:
    """Return the half width of a 90 % interval in standard deviations that were estimated themselves: Student's t.

    Exact for one and two degrees of freedom, beyond by the expansion in their inverse (Abramowitz and Stegun, 26.7.5),
    to 0.1 %. Of none there is no estimate, and nothing to widen.
    """
    if freedom <= 0:
        return SCORE
    if freedom == 1:
        return math.tan(math.pi * (1 / 2 - TAIL))
    if freedom == 2:
        return (1 - 2 * TAIL) * math.sqrt(1 / (2 * TAIL * (1 - TAIL)))
    z = SCORE
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + float(sum(term / freedom**power for power, term in enumerate(terms, 1)))


def spread(chips: Array) -> float:
    """Return the variance between chips of what is theirs, (programmings,); 0 of one chip."""
    return float(chips.var(ddof=1)) if chips.size > 1 else 0.0


def one_chip(value: float, variance: float, chips: int, images: int) -> tuple[float, float]:
    """Return the 90 % interval of the accuracy of one chip.

    Args:
        value: accuracy, the mean over chips and images.
        variance: of the accuracy between chips, on the same images.
        chips: how many there were.
        images: how many were classified.
    """
    share = SCORE**2 / images
    varied = score(chips - 1) ** 2 * variance * (1 + 1 / chips)
    middle = (value + share / 2) / (1 + share)
    reach = math.sqrt(share * value * (1 - value) + share**2 / 4 + (1 + share) * varied) / (1 + share)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def between(gained: Array, chips: Array) -> Share:
    """Return a difference of accuracies, with the 90 % interval of its mean.

    One image more is gained and one lost, each half, so that few images that differ are no proof (Agresti and Min,
    Statistics in Medicine 24, 2005).

    Args:
        gained: by image, the mean over chips, (images,).
        chips: by chip, the mean over images, (programmings,).
    """
    value, count = float(gained.mean()), gained.size + 2
    squares = (float((gained * gained).sum()) + 1) / count
    variance = squares - (float(gained.sum()) / count) ** 2
    varied = score(chips.size - 1) ** 2 * spread(chips) / chips.size
    reach = math.sqrt(SCORE**2 * variance / count + varied)
    return Share(value, max(value - reach, -1.0), min(value + reach, 1.0))


def paired(of: Right, against: Right) -> Share:
    """Return how much more accurate one design is than another: image by image and, where both were programmed more
    than once, chip by chip, with the same random numbers."""
    if 1 not in (len(of), len(against)):
        count = min(len(of), len(against))
        of, against = of[:count], against[:count]
    return between(of.mean(axis=0) - against.mean(axis=0), of.mean(axis=1) - against.mean(axis=1))
