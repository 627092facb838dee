"""Where something turns along one number: values outwards from where it stands, and the first between which it does.

A coarse list of values, all numbers in one evaluation, finds between which of them; lists between these find where.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["first_turn", "outwards"]


def outwards(start: float, end: float, count: int) -> list[float]:
    """Return values from a start, left out, to an end, evenly spaced in logarithm where both have one sign."""
    if count == 1:
        return [end]
    steps = np.arange(1, count + 1) / count
    values: list[float] = (
        start * (end / start) ** steps if start * end > 0 else start + (end - start) * steps
    ).tolist()
    return values


def first_turn(start: float, values: Sequence[float], turned: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Return the last value before something has turned and the first at which it has; None where it never does."""
    found = np.flatnonzero(turned)
    if not found.size:
        return None
    first = int(found[0])
    return (values[first - 1] if first else start), values[first]
