"""Evaluations recorded: metrics, verdicts, margins and reasons of refusal of every design, as one program."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from imac_arch.checks import OUTRANKED, VERDICTS, DesignCheck, checks, severity
from imac_arch.components.cost import Check
from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple
from imac_arch.evaluate import Evaluation, evaluate
from imac_arch.grid import Grid
from imac_arch.inputs import Inputs, freed, undrawn
from imac_arch.program.replay import Program
from imac_arch.program.symbols import Symbols
from imac_arch.program.tape import Scalar, Tape

__all__ = ["MARGIN", "OTHERWISE", "REASON", "REFUSED", "VERDICT", "Recorded", "record", "record_metrics"]

VERDICT, REASON, MARGIN = "verdict", "reason", "margin"
OTHERWISE = "otherwise"  # the verdict by all checks but the one that a known accuracy outranks
REFUSED = float(len(VERDICTS))  # beyond the severities of a design that can be


class Recorded(NamedTuple):
    """A program, and what its results mean.

    Results are called ``architecture.what``: a metric, ``verdict``: 0 works, 1 doubtful, 2 fails, 3 cannot be;
    ``reason``: 0, or the number of the first refusal counted from 1; and ``margin_CODE`` of each design check. Metrics
    and margins of a design that cannot be are NaN.

    Attributes:
        program: what computes them.
        reasons: by architecture, refusals in words.
        drawn: of inputs with samples, values of the numbers that were drawn, the median first: they lie along the last
            axis of the program, and are given to it with those of the other axes.
    """

    program: Program
    reasons: Mapping[str, tuple[str, ...]]
    drawn: Mapping[str, Array]


def record(
    inputs: Inputs,
    architectures: Sequence[str],
    free: Mapping[str, tuple[int, Sequence[float]]],
    metrics: Sequence[str] | None = None,
    *,
    classified: bool = False,
) -> Recorded:
    """Record an evaluation.

    Args:
        inputs: one design. Its samples, if there are any, are one more axis, behind those of ``free``.
        architectures: names.
        free: paths of the numbers that are free, each with its axis, counted from 0, and values that it will have, the
            least and the largest among them.
        metrics: names of those that are wanted; all of them by default.
        classified: the accuracy will be known: ``otherwise`` is recorded too.

    Raises:
        ImacError: see :func:`imac_arch.evaluate.evaluate`, and a number or value that there is not.
    """
    tape = Tape()
    axes = 1 + max((axis for axis, _ in free.values()), default=-1)
    drawn: dict[str, Array] = {}

    def sampled(path: str, values: Array) -> Any:
        if path in free:
            return values[0]
        drawn[path] = values
        return Symbols(tape, tape.free(path, axes, values.min(), values.max()))

    base = undrawn(inputs, sampled) if inputs.samples else inputs
    symbols = {path: Symbols(tape, tape.free(path, axis, min(ends), max(ends))) for path, (axis, ends) in free.items()}
    changed = freed(base, {path: values for path, (_, values) in free.items()}, symbols)  # type: ignore[arg-type]  # arrays
    results: dict[str, Scalar] = {}
    reasons: dict[str, tuple[str, ...]] = {}
    with np.errstate(all="ignore"):
        case = changed.case()
        for evaluation in evaluate(changed, architectures):
            name, valid = evaluation.architecture, evaluation.valid
            hidden = {
                **{key: value for key, value in evaluation.metrics.items() if metrics is None or key in metrics},
                **_margins(own := checks(evaluation, case), changed.grid),
            }
            void = np.where(valid, 0.0, np.nan)  # a difference is quicker than a choice, and as exact
            for key, value in hidden.items():
                if value is not None:
                    results[f"{name}.{key}"] = _only(value - void)
            results[f"{name}.{VERDICT}"] = _only(np.where(valid, severity(own, changed.grid), REFUSED))
            if classified:
                left = [check for check in own if check.code != OUTRANKED]
                results[f"{name}.{OTHERWISE}"] = _only(np.where(valid, severity(left, changed.grid), REFUSED))
            results[f"{name}.{REASON}"], reasons[name] = _reason(evaluation)
    return Recorded(Program(tape, results, max(axes + bool(drawn), 1)), reasons, drawn)


def record_metrics(
    place: Callable[[Mapping[str, Array]], Inputs],
    ends: Mapping[str, tuple[float, float]],
    architectures: Sequence[str],
    metrics: Collection[str],
) -> Program:
    """Record metrics alone, ``architecture.metric``, NaN where a design cannot be; all free numbers lie on one axis.

    Args:
        place: makes inputs of what stands for the free numbers, by name.
        ends: the least and the largest value of each free number.
        architectures: names.
        metrics: names.

    Raises:
        ImacError: see :func:`imac_arch.evaluate.evaluate`.
        TypeError: a formula decides on the value of a free number.
    """
    tape = Tape()
    symbols = {name: Symbols(tape, tape.free(name, 0, low, high)) for name, (low, high) in ends.items()}
    results: dict[str, Scalar] = {}
    with np.errstate(all="ignore"):
        for evaluation in evaluate(place(symbols), architectures):  # type: ignore[arg-type]  # as arrays
            void = np.where(evaluation.valid, 0.0, np.nan)
            for name in metrics:
                value = evaluation.metrics[name]
                if value is not None:
                    results[f"{evaluation.architecture}.{name}"] = _only(value - void)
    return Program(tape, results)


def _margins(found: Sequence[DesignCheck], grid: Grid) -> dict[str, Any]:
    """Return the least margin of each code, over layers and what bears the code."""
    margins: dict[str, Any] = {}
    for check in found:
        least = np.min(grid.layered(check.margin), axis=0)
        key = f"{MARGIN}_{check.code}"
        margins[key] = np.minimum(margins[key], least) if key in margins else least
    return margins


def _reason(evaluation: Evaluation) -> tuple[Scalar, tuple[str, ...]]:
    """Return the number of the first refusal of a design, and all of them in words."""
    told = [(_told(component, check), check) for component, check in evaluation.refusals]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(text for text, _ in told), 1)}
    code: Any = 0.0
    for text, check in reversed(told):
        outside = np.max(evaluation.grid.layered(np.where(check.outside, 1.0, 0.0)), axis=0)
        code = np.where(outside > 0, float(numbers[text]), code)
    return _only(code), tuple(numbers)


def _told(component: str, check: Check) -> str:
    what = f"{check.quantity} of {component}"
    return f"{what}: beyond {check.source}" if check.source else what


def _only(values: Any) -> Scalar:
    """Return the one value of an array."""
    held = values.values if isinstance(values, Symbols) else np.asarray(values)
    value: Scalar = held.reshape(-1)[0] if held.size == 1 else _several(held.shape)
    return value


def _several(shape: tuple[int, ...]) -> Scalar:
    raise TypeError(f"a result of one design has shape {shape}; it must be one number")
