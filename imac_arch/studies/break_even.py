"""The graphics board against the batch: its curve, what gains from a batch beside it, and where it overtakes.

Board and batched architectures are evaluated once over all batches; curve, followers and break-even share that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.laws import Limits
from imac_arch.data.arrays import Array
from imac_arch.document.samples import at_medians, figures
from imac_arch.document.studied import BatchPoint, BatchStudy, BreakEvenRow, FollowerRow
from imac_arch.evaluate import Evaluation
from imac_arch.inputs import Inputs, laid_out
from imac_arch.sampled import metrics_over

__all__ = ["batch_study"]

CURVE = 17  # batches of the curve: 1, 2, 4 ...
MIDDLE = 34  # batches between two bounds that one step of a bisection looks at
FIGURES = ("interval", "energy")
Needs = dict[str, Array]  # interval and energy per inference, (batches, samples)


def batch_study(runs: Sequence[tuple[Inputs, Sequence[Evaluation]]]) -> BatchStudy:
    """Return the board over the batch beside the other architectures; empty where no board is compared.

    The board does not depend on the technology, so it is evaluated once.

    Args:
        runs: inputs and evaluations by technology, of the same network, laws and board.
    """
    inputs, evaluations = runs[0]
    board = next((e.architecture for e in evaluations if not ARCHITECTURES[e.architecture].uses_technology), None)
    if board is None:
        return BatchStudy()
    largest = int(at_medians(inputs.laws.get(Limits, "limits").break_even_batch.x) or 1)
    powers = np.array([2**i for i in range(max(int(np.log2(largest)) + 1, CURVE))])
    needs = _over_batches(inputs, board, powers)
    followers: list[FollowerRow] = []
    rows: list[BreakEvenRow] = []
    for given, found in runs:
        medians = given.at_medians()
        for evaluation in found:
            if not ARCHITECTURES[evaluation.architecture].uses_technology:
                continue
            own = _own(given, evaluation, powers)
            if evaluation.bill.batched:
                curves = {name: tuple(own[name][:CURVE, 0].tolist()) for name in FIGURES}
                followers.append(FollowerRow(evaluation.technology, evaluation.architecture, **curves))
            looked = powers[powers <= largest]
            rows += [_row(name, looked, board, medians, evaluation, needs, own) for name in FIGURES]
    return BatchStudy(_curve(powers, needs), tuple(followers), tuple(rows))


def _over_batches(inputs: Inputs, name: str, batches: Array) -> Needs:
    """Return interval and energy per inference of an architecture over the batch."""
    over = replace(laid_out(inputs, {"batch": batches.tolist()}), timing="settled")
    metrics = metrics_over(over, [name], FIGURES)[name]
    return {key: np.broadcast_to(np.asarray(metrics[key]), (len(batches), inputs.samples + 1)) for key in FIGURES}


def _own(inputs: Inputs, evaluation: Evaluation, batches: Array) -> Needs:
    """Return what an architecture needs per inference at the board's batches; most gain nothing from one."""
    if evaluation.bill.batched:
        return _over_batches(inputs, evaluation.architecture, batches)
    shape = (len(batches), inputs.samples + 1)
    return {key: np.broadcast_to(np.asarray(evaluation.metrics[key])[..., : shape[1]], shape) for key in FIGURES}


def _curve(batches: Array, needs: Needs) -> tuple[BatchPoint, ...]:
    shown = figures({f"{name} {i}": needs[name][i] for name in FIGURES for i in range(CURVE)})
    return tuple(
        BatchPoint(int(batch), shown[f"interval {i}"], shown[f"energy {i}"]) for i, batch in enumerate(batches[:CURVE])
    )


def _row(
    name: str, batches: Array, board: str, medians: Inputs, evaluation: Evaluation, needs: Needs, own: Needs
) -> BreakEvenRow:
    """Return the smallest batch at which the board needs less time or energy per inference.

    Both sides are given the same batch. The batch is found by bisection between powers of two.
    """
    theirs, ours = needs[name][: len(batches)], own[name][: len(batches)]
    ahead = theirs < ours
    hits = np.flatnonzero(ahead[:, 0])
    batch = None
    if hits.size:
        low, high = int(batches[max(hits[0] - 1, 0)]), int(batches[hits[0]])
        batch = _bisect(medians, board, evaluation, name, low, high)
    samples = slice(1, None) if ahead.shape[1] > 1 else slice(None)
    known = np.all(np.isfinite(theirs) & np.isfinite(ours), axis=0)[samples]  # samples that are valid on both sides
    return BreakEvenRow(
        technology=evaluation.technology,
        architecture=evaluation.architecture,
        metric="throughput" if name == "interval" else name,
        batch=batch,
        probability=float(np.mean(np.any(ahead, axis=0)[samples][known])) if known.any() else 0.0,
        largest=int(batches[-1]),
    )


def _bisect(medians: Inputs, board: str, evaluation: Evaluation, name: str, low: int, high: int) -> int:
    """Return the smallest batch above ``low`` at which the board is ahead; at ``high`` it is known to be."""
    while high - low > 1:
        middle = np.array(sorted(set(np.linspace(low, high, MIDDLE).astype(int).tolist()))[1:-1])
        own = _own(medians, evaluation, middle)[name][:, 0]
        ahead = _over_batches(medians, board, middle)[name][:, 0] < own
        first = int(np.argmax(ahead)) if ahead.any() else len(middle)
        low = int(middle[first - 1]) if first > 0 else low
        high = int(middle[first]) if first < len(middle) else high
    return high
