"""Evaluations of any number of samples in bounded memory: in blocks of samples, each with the medians in front.

What is done to a sample does not depend on its neighbours, so the figures are those of one evaluation of all samples,
to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from math import prod
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from imac_arch.checks import OUTRANKED, DesignCheck, checks, severity
from imac_arch.data.arrays import Array
from imac_arch.data.progress import each
from imac_arch.data.records import NamedTuple
from imac_arch.evaluate import Evaluation, Metrics, Whole, evaluate
from imac_arch.grid import Grid
from imac_arch.inputs import Inputs

__all__ = ["AT_ONCE", "Judged", "judge", "metrics_over"]

N = TypeVar("N", bound=np.generic)
KEPT = 2**14  # layers times designs times samples up to which an evaluation of all samples is kept whole
AT_ONCE = 2**16  # of them that are evaluated together; an evaluation takes some hundred arrays of so many numbers
UNCUT = 2**17  # up to which metrics alone are not worth a second block
ONE_AT_ONCE = 2**18  # of them that are evaluated together where it is a single architecture, and its lines are not kept


class Judged(NamedTuple):
    """An architecture, evaluated and judged.

    Attributes:
        evaluation: with NaN where a design or a sample is not valid.
        checks: of the medians, and of the samples that its lines have.
        severity: of all samples, see :func:`imac_arch.checks.severity`.
        otherwise: the same without the check that a known accuracy outranks.
    """

    evaluation: Evaluation
    checks: tuple[DesignCheck, ...]
    severity: Array
    otherwise: Array


def metrics_over(
    inputs: Inputs, architectures: Sequence[str], names: Collection[str]
) -> dict[str, dict[str, Array | None]]:
    """Return some metrics of architectures for all samples, NaN where a design or a sample is not valid.

    Raises:
        ImacError: see :func:`imac_arch.evaluate.evaluate`.
    """
    bounds = _bounds(inputs, UNCUT, AT_ONCE if len(architectures) > 1 else ONE_AT_ONCE)
    parts: dict[str, list[dict[str, Array | None]]] = {}
    for start, stop in bounds:
        block = inputs if len(bounds) == 1 else inputs.block(start, stop)
        for evaluation in evaluate(block, architectures):
            found = evaluation.masked().metrics
            parts.setdefault(evaluation.architecture, []).append({name: found[name] for name in names})
    counts = [stop - start for start, stop in bounds]
    return {name: own[0] if len(own) == 1 else _metrics(own, counts) for name, own in parts.items()}


def judge(inputs: Inputs, architectures: Sequence[str], refuse: Callable[[Evaluation], None]) -> list[Judged]:
    """Evaluate architectures for all samples, and hold them to the design checks.

    Args:
        inputs: network, technology, laws and board with their samples.
        architectures: names.
        refuse: raises where the medians of a design are not valid.

    Raises:
        ImacError: see :func:`imac_arch.evaluate.evaluate`, and what ``refuse`` raises.
    """
    bounds = _bounds(inputs, KEPT, AT_ONCE)
    if len(bounds) == 1:
        return _judged(inputs, architectures, refuse)
    counts = [stop - start for start, stop in bounds]
    parts: list[list[Judged]] = []
    for start, stop in each("samples", bounds, counts):
        found = _judged(inputs.block(start, stop), architectures, None if start else refuse)
        parts.append([_slim(own, first) for own, first in zip(found, parts[0] if parts else found, strict=True)])
    return [_joined(own, counts) for own in zip(*parts, strict=True)]


def _judged(inputs: Inputs, architectures: Sequence[str], refuse: Callable[[Evaluation], None] | None) -> list[Judged]:
    evaluations = evaluate(inputs, architectures)
    if refuse is not None:
        for evaluation in evaluations:
            refuse(evaluation)
    case = inputs.case()
    held = [(evaluation.masked(), checks(evaluation, case)) for evaluation in evaluations]
    return [Judged(evaluation, own, *_severities(own, inputs.grid)) for evaluation, own in held]


def _severities(found: Sequence[DesignCheck], grid: Grid) -> tuple[Array, Array]:
    outranked = [check for check in found if check.code == OUTRANKED]
    otherwise = severity([check for check in found if check.code != OUTRANKED], grid)
    return np.maximum(otherwise, severity(outranked, grid)) if outranked else otherwise, otherwise


def _bounds(inputs: Inputs, whole: int, at_once: int) -> list[tuple[int, int]]:
    """Return first sample and end of each block; one block where all samples are evaluated together, up to ``whole``
    numbers.

    The first of several blocks has one sample: its lines are kept, those of the others are not.
    """
    numbers = len(inputs.network.layers) * prod(inputs.grid.shape)
    if numbers * (inputs.samples + 1) <= whole or inputs.samples <= 1:
        return [(0, inputs.samples)]
    return list(pairwise([0, *range(1, inputs.samples, max(at_once // numbers, 1)), inputs.samples]))


def _slim(judged: Judged, first: Judged) -> Judged:
    """Return what is kept of a block: its metrics, and with the lines of the first one what is said of its samples."""
    own, kept = judged.evaluation, first.evaluation
    valid = np.ones((1,) * (own.grid.ndim + 1), dtype=bool) if own.mask is None else own.mask
    whole = Whole(own.declared, valid, () if own.mask is None else own.outside)
    slim = replace(own, bill=kept.bill, totals=kept.totals, laws=kept.laws, recorded=kept.recorded, whole=whole)
    return Judged(slim, first.checks, judged.severity, judged.otherwise)


def _joined(parts: Sequence[Judged], counts: Sequence[int]) -> Judged:
    """Return an architecture over the samples of all blocks."""
    evaluations = [part.evaluation for part in parts]
    first = evaluations[0]
    valid = _over([e.valid for e in evaluations], counts)
    metrics = _metrics([e.metrics for e in evaluations], counts)
    settled = metrics if first.settled is first.metrics else _metrics([e.settled for e in evaluations], counts)
    declared = [e.declared for e in evaluations if e.declared is not None]
    whole = Whole(
        _metrics(declared, counts) if declared else None,
        valid,
        tuple(dict.fromkeys(w for e in evaluations for w in e.outside)),
    )
    mask = None if valid.all() else valid
    evaluation = replace(first, metrics=metrics, settled=settled, mask=mask, whole=whole)
    severities = (_over([getattr(part, name) for part in parts], counts) for name in ("severity", "otherwise"))
    return Judged(evaluation, parts[0].checks, *severities)


def _metrics(parts: Sequence[Metrics], counts: Sequence[int]) -> dict[str, Array | None]:
    """Return metrics over the samples of all blocks; one that does not apply is None in each."""
    columns = {name: [part[name] for part in parts] for name in parts[0]}
    return {
        name: None if arrays[0] is None else _over([a for a in arrays if a is not None], counts)
        for name, arrays in columns.items()
    }


def _over(arrays: Sequence[NDArray[N]], counts: Sequence[int]) -> NDArray[N]:
    """Return arrays of blocks, (*grid, 1 + samples), over all of their samples; one value stands for all."""
    if all(array.shape[-1:] in ((), (1,)) for array in arrays):
        return arrays[0]
    design = np.broadcast_shapes(*(array.shape[:-1] for array in arrays))
    wide = [np.broadcast_to(array, (*design, 1 + count)) for array, count in zip(arrays, counts, strict=True)]
    return np.concatenate([wide[0], *(array[..., 1:] for array in wide[1:])], axis=-1)
