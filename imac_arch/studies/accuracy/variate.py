"""The control variate: many cheap programmings, corrected by a few that are solved exactly.

A cheap programming takes the wires from the nominal cells (see :mod:`imac_arch.studies.accuracy.crossbars`). Its
accuracy is not that of the exact one, but both go together where the wires cost little: with the mean ``e`` of some
exact programmings, that ``c`` of the cheap ones with the same cells, and that ``C`` of all cheap ones, the accuracy is
``e + b (C - c)``, ``b`` the slope of the exact over the cheap. Where the two do not go together nothing is gained, and
every programming is solved exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.document.accuracy import Control
from imac_arch.studies.accuracy.statistics import Chips, Right, drawn, spread

__all__ = ["CONTROL", "ENOUGH", "LEAST", "controlled", "corrected", "correlation", "exact_beside"]

ENOUGH = 9 / 10  # correlation of cheap and exact accuracies from which the cheap ones count
CONTROL = 10  # exact programmings that correct, where nobody says how many
LEAST = 3  # two points lie on a line whatever they are


def exact_beside(control: int | None, programmings: int, exact: bool) -> int:
    """Return how many exact programmings correct the cheap ones: as many as one asks for, else the usual number where
    more than these are drawn."""
    if control is not None:
        return control
    return CONTROL if programmings > CONTROL and not exact else 0


def controlled(
    exact: Right, quick: Right, others: Callable[[], Sequence[Right]], like: Control | None = None
) -> tuple[Chips, Control]:
    """Return how accurate chips are, from cheap programmings where these go with the exact ones, else from exact ones.

    Args:
        exact: which images exact programmings classify correctly, (exact programmings, images).
        quick: the same of cheap ones, the first of them with the same cells, (programmings, images).
        others: gives those of the others that are solved exactly, which may take long; nothing where none are.
        like: what was decided before of the same programmings; None decides now.
    """
    found = correlation(exact.mean(axis=1), quick[: len(exact)].mean(axis=1))
    control = like or Control(len(exact), found, ENOUGH, found is None or found >= ENOUGH)
    if control.used:
        return corrected(exact, quick), control
    return drawn(np.concatenate([exact, *others()])), control


def correlation(exact: Array, cheap: Array) -> float | None:
    """Return how the accuracies of the same programmings go together, (programmings,); None where neither varies."""
    if not spread(exact) and not spread(cheap):
        return None
    if not spread(exact) or not spread(cheap):
        return 0.0
    return float(np.corrcoef(exact, cheap)[0, 1])


def corrected(exact: Right, cheap: Right) -> Chips:
    """Return how accurate chips are, from some exact programmings and many cheap ones.

    Args:
        exact: which images are classified correctly, (exact programmings, images).
        cheap: the same of cheap programmings, the first ones with the same cells, (programmings, images).
    """
    count, chips = len(exact), cheap.mean(axis=1)
    own, same = exact.mean(axis=1), chips[:count]
    scatter = float(((same - same.mean()) ** 2).sum())
    slope = float(((own - own.mean()) * (same - same.mean())).sum()) / scatter if scatter else 1.0
    by_chip = own.mean() + slope * (chips - same.mean())
    left = float(((own - by_chip[:count]) ** 2).sum()) / max(count - 2, 1)
    by_chip[:count] = own
    away = chips.mean() - same.mean()
    of_cheap = slope**2 * spread(chips)
    error = left * (1 / count + (away**2 / scatter if scatter else 0.0)) + of_cheap / len(chips)
    by_image = exact.mean(axis=0) + slope * (cheap.mean(axis=0) - cheap[:count].mean(axis=0))
    known = (of_cheap + left) / error if error else float(len(chips))
    return Chips(by_image, by_chip, of_cheap + left, known)
