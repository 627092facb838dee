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
from imac_arch.data.records import NamedTuple
from imac_arch.document.accuracy import Share

__all__ = ["SCORE", "Chips", "Right", "between", "drawn", "one_chip", "paired", "score", "spread"]

SCORE = 1.6448536269514722  # of a 90 % interval
TAIL = 1 / 20  # beyond each of its ends
Right = NDArray[np.bool_]  # whether an image is classified correctly, (programmings, images)


class Chips(NamedTuple):
    """How accurate the chips of a design are.

    Attributes:
        by_image: share of chips that classify an image correctly, (images,).
        by_chip: share of images that a chip classifies correctly, (programmings,).
        variance: of that between chips.
        known: how many chips would know the mean over chips as well as it is known.
    """

    by_image: Array
    by_chip: Array
    variance: float
    known: float

    @property
    def value(self) -> float:
        """Accuracy, the mean over chips and images."""
        return min(max(float(self.by_image.mean()), 0.0), 1.0)

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % interval of the accuracy of one chip."""
        return one_chip(self.value, self.variance, self.known, self.by_image.size)


def drawn(right: Right) -> Chips:
    """Return how accurate chips are of which each was classified with."""
    by_chip = right.mean(axis=1)
    return Chips(right.mean(axis=0), by_chip, spread(by_chip), len(right))


def score(freedom: float) -> float:
    """Return the half width of a 90 % interval in standard deviations that were estimated themselves: Student's t.

    Exact for one and two degrees of freedom, beyond by the expansion in their inverse (Abramowitz and Stegun, 26.7.5),
    to 0.1 %. Of none there is no estimate, and nothing to widen.
    """
    if freedom <= 0:
        return SCORE
    if freedom < 2:
        return math.tan(math.pi * (1 / 2 - TAIL))
    if freedom < 3:
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


def one_chip(value: float, variance: float, chips: float, images: int) -> tuple[float, float]:
    """Return the 90 % interval of the accuracy of one chip.

    Args:
        value: accuracy, the mean over chips and images.
        variance: of the accuracy between chips, on the same images.
        chips: how many there were, see :attr:`Chips.known`.
        images: how many were classified.
    """
    share = SCORE**2 / images
    varied = score(chips - 1) ** 2 * variance * (1 + 1 / chips)
    middle = (value + share / 2) / (1 + share)
    reach = math.sqrt(share * value * (1 - value) + share**2 / 4 + (1 + share) * varied) / (1 + share)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def between(gained: Array, variance: float, chips: float) -> Share:
    """Return a difference of accuracies, with the 90 % interval of its mean.

    One image more is gained and one lost, each half, so that few images that differ are no proof (Agresti and Min,
    Statistics in Medicine 24, 2005).

    Args:
        gained: by image, the mean over chips, (images,).
        variance: between chips, of their means over images.
        chips: how many there were, see :attr:`Chips.known`.
    """
    value, count = float(gained.mean()), gained.size + 2
    squares = (float((gained * gained).sum()) + 1) / count
    variance_of_images = max(squares - (float(gained.sum()) / count) ** 2, 0.0)
    varied = score(chips - 1) ** 2 * variance / chips
    reach = math.sqrt(SCORE**2 * variance_of_images / count + varied)
    return Share(value, max(value - reach, -1.0), min(value + reach, 1.0))


def paired(of: Chips, against: Chips) -> Share:
    """Return how much more accurate one design is than another: image by image and, where both were programmed more
    than once, chip by chip, with the same random numbers."""
    gained = of.by_image - against.by_image
    if 1 in (of.by_chip.size, against.by_chip.size):
        varied = against if of.by_chip.size == 1 else of
        return between(gained, varied.variance, varied.known)
    both = min(of.by_chip.size, against.by_chip.size)
    return between(gained, spread(of.by_chip[:both] - against.by_chip[:both]), min(of.known, against.known))
