"""What drives and what flips ratios: the records that comparisons and the study of sensitivity share."""

from typing import Literal

from imac_arch.data.records import NamedTuple
from imac_arch.document.shapes import Interval

__all__ = ["Drive", "Flip", "Share"]


class Share(NamedTuple):
    """A line of an uncertainty budget: which share of the variance of the logarithm a driver is behind.

    ``interval`` is that of the share, over samples drawn anew; None where that was not done. ``frozen`` is the 90 %
    interval of the result with the driver held at its median, and ``narrows`` by which share that is narrower, in
    logarithm.
    """

    driver: str
    about: str
    share: float
    interval: Interval | None
    frozen: Interval | None
    narrows: float | None


class Flip(NamedTuple):
    """From where on one number alone, all else at the medians, turns a ratio to the other side of 1.

    ``bound`` says whether it does so ``below`` or ``above`` the value ``at``; both are None where it never does between
    the ends of ``looked``. ``factor`` is how far that is, ``at`` over the median. ``probability`` is that of the number
    being there, None of one without a range.
    """

    path: str
    about: str
    value: float
    unit: str
    bound: Literal["below", "above"] | None
    at: float | None
    factor: float | None
    probability: float | None
    looked: tuple[float, float]


class Drive(NamedTuple):
    """What a ratio of a comparison rests on: the largest shares of its spread, and the nearest flips.

    ``r2`` is the share of the variance that the fit of the samples explains, ``unexplained`` the rest; None, and no
    shares, where samples are too few or nothing varies. ``flips`` are the nearest of all numbers.
    """

    technology: str
    architecture: str
    baseline: str
    baseline_technology: str
    metric: str
    r2: float | None
    shares: tuple[Share, ...]
    unexplained: float | None
    flips: tuple[Flip, ...]
