"""Draws of a sweep: uniform scores of its designs, which do not depend on how the designs are cut into tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from imac_arch.data.arrays import Array

__all__ = ["HIGH", "LOW", "MOST_SOBOL", "Draws", "metric_of"]

LOW, HIGH = "_low", "_high"  # behind the name of a metric, of the ends of its interval
CHUNK = 2**16  # scores that are drawn together
BITS = 2**5  # of a Sobol sequence: the most that scipy can move along
MOST_SOBOL = 2**BITS  # points of the sequence


class Draws:
    """Scores between 0 and 1.

    Args:
        axes: how many scores a design has.
        sobol: points of a scrambled Sobol sequence; else independent ones.
        seed: of the draws.
    """

    def __init__(self, axes: int, sobol: bool, seed: int) -> None:
        self.axes, self.sobol, self.seed = axes, sobol, seed
        self._engine: Any = None
        self._last: tuple[int, Array] | None = None

    def scores(self, first: int, last: int) -> Array:
        """Return the scores, (designs, axes), of the designs from ``first`` up to ``last``."""
        parts = []
        for number in range(first // CHUNK, (last - 1) // CHUNK + 1):
            start = number * CHUNK
            parts.append(self._chunk(number)[max(first - start, 0) : last - start])
        return np.concatenate(parts)

    def _chunk(self, number: int) -> Array:
        if self._last is None or self._last[0] != number:
            draw = self._sequence if self.sobol else self._random
            self._last = number, draw(number)
        return self._last[1]

    def _random(self, number: int) -> Array:
        return np.random.default_rng([self.seed, number]).random((CHUNK, self.axes))

    def _sequence(self, number: int) -> Array:
        """Return points of the sequence: moving along takes time with the distance, so that one sequence is kept."""
        from scipy.stats import qmc

        start = number * CHUNK
        if self._engine is None or self._engine.num_generated > start:
            self._engine = qmc.Sobol(self.axes, scramble=True, bits=BITS, seed=self.seed)
        if gap := start - self._engine.num_generated:
            self._engine.fast_forward(gap)
        found: Array = self._engine.random(CHUNK)
        return found


def metric_of(column: str) -> str:
    """Return the column whose ends a column holds, or itself."""
    return column.removesuffix(LOW).removesuffix(HIGH)
