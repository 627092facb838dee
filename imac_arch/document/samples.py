"""Arrays over samples as figures. The last axis is the sample: 0 the medians of the inputs, the rest the draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import Array
from imac_arch.document.shapes import Figure, Interval, Quotient
from imac_arch.grid import Grid

__all__ = ["at_medians", "ends_along", "figure", "figures", "interval", "layers_at_medians", "quotient", "quotients",
           "without_samples"]  # fmt: skip

ONE_DESIGN = Grid()
ENDS = (5, 95)
SHARES = ("above", "works_in", "fails_in", "probability", "share_inside")  # of the samples
BANDS = ("low", "high")  # of curves
R = TypeVar("R")


def at_medians(values: Array | None) -> float | None:
    """Return the value of one design at the medians of the inputs; None where it does not apply or is not finite.

    Raises:
        ValueError: several designs, or a layer axis.
    """
    return ONE_DESIGN.at_median(values)


def interval(values: Array | None) -> Interval | None:
    """Return the 90 % interval over the samples; None where there is no finite one."""
    if values is None:
        return None
    drawn = _drawn(values)
    drawn = drawn[np.isfinite(drawn)]
    return _ends(drawn) if drawn.size else None


def figure(values: Array | None) -> Figure:
    """Return value and interval."""
    return Figure(at_medians(values), interval(values))


def figures(values: Mapping[str, Array | None]) -> dict[str, Figure]:
    """Return value and interval of many arrays."""
    return {name: figure(array) for name, array in values.items()}


def quotient(values: Array | None) -> Quotient:
    """Return a ratio with the share of its samples above 1; None where there is no finite one."""
    ends, above = interval(values), None
    if values is not None and ends is not None:
        drawn = _drawn(values)
        above = float(np.mean(drawn[np.isfinite(drawn)] > 1))
    return Quotient(at_medians(values), ends, above)


def quotients(values: Mapping[str, Array | None]) -> dict[str, Quotient]:
    """Return many ratios."""
    return {name: quotient(array) for name, array in values.items()}


def without_samples(record: R) -> R:
    """Return a document of which no samples were drawn: intervals, bands and shares of samples are None."""
    found: Any = record
    if isinstance(record, tuple) and hasattr(record, "_fields"):
        changed = {name: _unsampled(name, part) for name, part in zip(record._fields, record, strict=True)}
        found = type(record)(**changed)
    elif isinstance(record, dict):
        found = {key: without_samples(part) for key, part in record.items()}
    elif isinstance(record, tuple) and record and not isinstance(record[0], str | int | float):
        found = tuple(without_samples(part) for part in record)
    result: R = found
    return result


def _unsampled(name: str, part: Any) -> Any:
    band = name in BANDS and isinstance(part, tuple)
    return None if isinstance(part, Interval) or band or name in SHARES else without_samples(part)


def _ends(drawn: Array) -> Interval:
    """Return the percentiles of finite samples, linear between them; ``np.percentile`` takes several times as long."""
    last = drawn.size - 1
    return Interval(*np.interp(np.array(ENDS) / 100 * last, np.arange(drawn.size), np.sort(drawn)).tolist())


def ends_along(draws: Array) -> Array:
    """Return the percentiles of the finite samples of many designs, (designs, samples), as those of one design: both
    ends in front; NaN of a design without any."""
    own = np.sort(np.where(np.isfinite(draws), draws, np.nan), axis=-1)  # what is no number comes last
    last = np.count_nonzero(~np.isnan(own), axis=-1) - 1.0
    found = []
    for percent in ENDS:
        at = percent / 100 * last
        below = np.maximum(np.floor(at), 0).astype(np.int64)
        above = np.minimum(below + 1, own.shape[-1] - 1)
        low, high = (np.take_along_axis(own, place[..., None], axis=-1)[..., 0] for place in (below, above))
        found.append(np.where(at > below, (high - low) * (at - below) + low, low))
    return np.stack(found)


def _drawn(values: Array) -> Array:
    array = np.asarray(values, dtype=float)
    if array.ndim > 1:
        raise ValueError(f"an interval is of the samples of one design, not of an array of shape {array.shape}")
    return array[1:] if array.size > 1 else array.reshape(-1)


def layers_at_medians(values: Array | NDArray[np.bool_]) -> Array:
    """Return the values of one design at the medians of the inputs, by layer: shape (layers,) or (1,).

    Raises:
        ValueError: several designs.
    """
    array = np.asarray(values, dtype=float)
    if array.ndim > 2:
        raise ValueError(f"an array of shape {array.shape} holds several designs")
    return array[..., :1].reshape(-1) if array.ndim else array.reshape(1)
