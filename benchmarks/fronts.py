"""Fronts of three metrics, exact and with ties: a million points at once, and ten million in the tables of a sweep.

    python benchmarks/fronts.py

Points lie in a shell, rounded, so that some 35,000 of a million are on the front, with ties. Seconds of the processor,
and what the package's own way takes, which is used where moocore (extra ``fronts``) is not installed.
"""

from __future__ import annotations

import time

import numpy as np

from imac_arch.studies.sweep.fronts import FRONT, Front, front_of, sorted_front
from imac_arch.studies.sweep.run import LABELS, TABLE, Table

MANY, MORE, FEW = 10**6, 10**7, 2 * 10**4
DEPTH = 0.11  # of the shell, which sets how many points are on the front


def shell(count: int, seed: int) -> np.ndarray:
    """Return points of a shell around the origin, of few digits, so that some are alike."""
    generator = np.random.default_rng(seed)
    points = np.abs(generator.standard_normal((count, 3)))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return np.round(2 - points * (1 - DEPTH * generator.random((count, 1))), 6)


def timed(points: np.ndarray, front=front_of) -> tuple[float, int]:
    begun = time.process_time()
    found = front(points)
    return time.process_time() - begun, len(found)


def streamed(count: int) -> tuple[float, int]:
    """Return seconds and size of the front of points that come in tables."""
    front, spent = Front(("imac",), FRONT, None), 0.0
    for start in range(0, count, TABLE):
        points = shell(min(TABLE, count - start), start)
        columns = {f"imac.{metric}": points[:, k] for k, metric in enumerate(FRONT)}
        table = Table(start, {**columns, "imac.verdict": np.zeros(len(points), np.int32)}, {"imac.verdict": LABELS})
        begun = time.process_time()
        front.add(table)
        spent += time.process_time() - begun
    begun = time.process_time()
    size = len(front)
    return spent + time.process_time() - begun, size


if __name__ == "__main__":
    front_of(shell(FEW, 0))  # loads the library
    seconds, size = timed(shell(MANY, 0))
    print(f"{MANY:,} points: {seconds:.2f} s, front of {size:,}")
    seconds, size = streamed(MORE)
    print(f"{MORE:,} points in tables of {TABLE:,}: {seconds:.2f} s, front of {size:,}")
    few = shell(FEW, 0)
    (fast, size), (slow, own) = timed(few), timed(few, sorted_front)
    print(f"{FEW:,} points: {fast:.3f} s, front of {size:,}; without moocore {slow:.1f} s, front of {own:,}")
