"""The graphics board against the batch: its curve, and where it overtakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from imac_arch.components.laws import Limits
from imac_arch.data.quantity import Array
from imac_arch.evaluate import Evaluation, Inputs, evaluate

__all__ = ["batch_curve", "break_even", "followers"]

CURVE = tuple(2**i for i in range(0, 17))


def _per_inference(inputs: Inputs, name: str, batches: Array) -> dict[str, Array]:
    """Return interval and energy per inference of an architecture over the batch, arrays (batches, samples)."""
    column = np.asarray(batches, dtype=float).reshape(-1, 1)
    found = evaluate(inputs, [name], batch=column, axes=1)[0].metrics
    shape = (column.shape[0], inputs.samples + 1)
    values = {metric: found[metric] for metric in ("interval", "energy")}
    return {metric: np.broadcast_to(value, shape) for metric, value in values.items() if value is not None}


def batch_curve(inputs: Inputs) -> list[dict[str, Any]]:
    """Return time and energy per inference of the board over the batch, with 90 % intervals."""
    values = _per_inference(inputs, "gpu", np.array(CURVE))
    drawn = slice(1, None) if inputs.samples else slice(0, 1)
    rows = []
    for i, batch in enumerate(CURVE):
        row: dict[str, Any] = {"batch": batch}
        for name, array in values.items():
            low, high = np.percentile(array[i, drawn], [5, 95])
            row |= {name: float(array[i, 0]), f"{name}_low": float(low), f"{name}_high": float(high)}
        rows.append(row)
    return rows


def followers(inputs: Inputs, evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """Return time and energy per inference over the batch of what gains from a batch beside the board."""
    rows = []
    for evaluation in evaluations:
        if evaluation.bill.batched and evaluation.architecture != "gpu":
            values = _per_inference(inputs.nominal(), evaluation.architecture, np.array(CURVE))
            head = {"technology": evaluation.technology, "architecture": evaluation.architecture}
            rows.append(head | {name: [float(v) for v in array[:, 0]] for name, array in values.items()})
    return rows


def break_even(inputs: Inputs, evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """Return the smallest batch at which the board needs less time or energy per inference; None is never.

    Both sides are given the same batch. The batch is found by bisection between powers of two; ``probability`` is the
    share of samples in which the board is ahead at any of them, up to the largest batch looked at.
    """
    largest = int(inputs.laws.get(Limits, "limits").break_even_batch.value)
    powers = np.array([2**i for i in range(int(np.log2(largest)) + 1)])
    board = _per_inference(inputs, "gpu", powers)
    rows = []
    for evaluation in evaluations:
        if evaluation.architecture == "gpu":
            continue
        own = _own(inputs, evaluation, powers)
        for name in ("interval", "energy"):
            ahead = board[name] < own[name]
            hits = np.flatnonzero(ahead[:, 0])
            batch = None
            if hits.size:
                batch = _bisect(inputs, evaluation, name, int(powers[max(hits[0] - 1, 0)]), int(powers[hits[0]]))
            rows.append(
                {
                    "technology": evaluation.technology,
                    "architecture": evaluation.architecture,
                    "metric": "throughput" if name == "interval" else name,
                    "batch": batch,
                    "probability": float(np.mean(np.any(ahead[:, 1:] if inputs.samples else ahead, axis=0))),
                    "largest": largest,
                }
            )
    return rows


def _own(inputs: Inputs, evaluation: Evaluation, batches: Array) -> dict[str, Array]:
    """Return what an architecture needs per inference at the board's batches; most gain nothing from one."""
    if evaluation.bill.batched:
        return _per_inference(inputs, evaluation.architecture, batches)
    shape = (len(batches), inputs.samples + 1)
    values = {name: evaluation.metrics[name] for name in ("interval", "energy")}
    return {name: np.broadcast_to(v[..., : shape[1]], shape) for name, v in values.items() if v is not None}


def _bisect(inputs: Inputs, evaluation: Evaluation, name: str, low: int, high: int) -> int:
    """Return the smallest batch above ``low`` at which the board is ahead; at ``high`` it is known to be."""
    nominal = inputs.nominal()
    while high - low > 1:
        middle = np.unique(np.linspace(low, high, 34).astype(int))[1:-1]
        own = _own(nominal, evaluation, middle)[name][:, 0]
        ahead = _per_inference(nominal, "gpu", middle)[name][:, 0] < own
        first = int(np.argmax(ahead)) if ahead.any() else len(middle)
        low = int(middle[first - 1]) if first > 0 else low
        high = int(middle[first]) if first < len(middle) else high
    return high
