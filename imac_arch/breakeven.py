"""The graphics board against the batch: its curve, and where it overtakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from imac_arch.components.laws import Limits
from imac_arch.evaluate import Evaluation, Inputs, evaluate
from imac_arch.quantity import Array

__all__ = ["batch_curve", "break_even"]

CURVE = tuple(2**i for i in range(0, 17))


def _per_inference(inputs: Inputs, batches: Array) -> dict[str, Array]:
    """Return interval and energy per inference of the board, arrays (batches, samples)."""
    column = np.asarray(batches, dtype=float).reshape(-1, 1)
    found = evaluate(inputs, ["gpu"], batch=column, axes=1)[0].metrics
    shape = (column.shape[0], inputs.samples + 1)
    return {name: np.broadcast_to(found[name], shape) for name in ("interval", "energy") if found[name] is not None}  # type: ignore[arg-type]


def batch_curve(inputs: Inputs) -> list[dict[str, Any]]:
    """Return time and energy per inference of the board over the batch, with 90 % intervals."""
    values = _per_inference(inputs, np.array(CURVE))
    drawn = slice(1, None) if inputs.samples else slice(0, 1)
    rows = []
    for i, batch in enumerate(CURVE):
        row: dict[str, Any] = {"batch": batch}
        for name, array in values.items():
            low, high = np.percentile(array[i, drawn], [5, 95])
            row |= {name: float(array[i, 0]), f"{name}_low": float(low), f"{name}_high": float(high)}
        rows.append(row)
    return rows


def break_even(inputs: Inputs, evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """Return the smallest batch at which the board needs less time or energy per inference; None is never.

    Both fall with the batch, so the batch is found by bisection between powers of two; ``probability`` is the share of
    samples in which the board overtakes at all, up to the largest batch looked at.
    """
    largest = int(inputs.laws.get(Limits, "limits").break_even_batch.value)
    powers = np.array([2**i for i in range(int(np.log2(largest)) + 1)])
    curve = _per_inference(inputs, powers)
    rows = []
    for evaluation in evaluations:
        if evaluation.architecture == "gpu":
            continue
        for name in ("interval", "energy"):
            own = evaluation.metrics[name]
            if own is None:
                continue
            mine = np.broadcast_to(own, (inputs.samples + 1,))
            beaten = curve[name] < mine
            drawn = beaten[:, 1:] if inputs.samples else beaten
            hits = np.flatnonzero(beaten[:, 0])
            batch = None
            if hits.size:
                batch = _bisect(inputs, name, float(mine[0]), int(powers[max(hits[0] - 1, 0)]), int(powers[hits[0]]))
            rows.append(
                {
                    "technology": evaluation.technology,
                    "architecture": evaluation.architecture,
                    "metric": "throughput" if name == "interval" else name,
                    "batch": batch,
                    "probability": float(np.mean(np.any(drawn, axis=0))),
                    "largest": largest,
                }
            )
    return rows


def _bisect(inputs: Inputs, name: str, limit: float, low: int, high: int) -> int:
    """Return the smallest batch above ``low`` whose value lies below the limit; ``high`` is known to."""
    nominal = inputs.nominal()
    if low == high:
        return high
    while high - low > 1:
        middle = np.unique(np.linspace(low, high, 34).astype(int))[1:-1]
        below = _per_inference(nominal, middle)[name][:, 0] < limit
        first = int(np.argmax(below)) if below.any() else len(middle)
        low = int(middle[first - 1]) if first > 0 else low
        high = int(middle[first]) if first < len(middle) else high
    return high
