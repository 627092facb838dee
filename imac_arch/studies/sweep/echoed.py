"""Axes as documents show them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imac_arch.data.units import format_value
from imac_arch.document.sweep import GAP, SweepAxis
from imac_arch.studies.sweep.space import Numbers, Space, Words

__all__ = ["echoed", "echoed_axis"]

ECHOED = 12  # values of an axis


def echoed(space: Space) -> tuple[SweepAxis, ...]:
    """Return the axes of designs for a document."""
    return tuple(echoed_axis(axis, bool(space.sample)) for axis in space.axes)


def echoed_axis(axis: Words | Numbers, drawn: bool = False) -> SweepAxis:
    """Return an axis for a document, of many values the first ones and the last; where designs are ``drawn``, the ends
    of what any number may be drawn between."""
    if isinstance(axis, Words):
        return SweepAxis(axis.name, (axis.path,), "", True, len(axis), _echoed(axis.labels))
    pairs = np.stack(list(axis.values.values()), axis=-1)
    ends = pairs if len(pairs) <= ECHOED else np.concatenate([pairs[:3], pairs[-1:]])
    if drawn and axis.smooth:
        ends = pairs[[0, -1]]
    texts = ["x".join(format_value(value, axis.unit) or "0" for value in dict.fromkeys(pair.tolist())) for pair in ends]
    values = (texts[0], GAP, texts[1]) if drawn and axis.smooth else _echoed(texts, len(axis))
    return SweepAxis(axis.name, tuple(axis.values), axis.unit, False, len(axis), values)


def _echoed(values: Sequence[str], count: int = 0) -> tuple[str, ...]:
    """Return the values of an axis, of many the first ones and the last."""
    if max(len(values), count) <= ECHOED:
        return tuple(values)
    return (*values[:3], GAP, values[-1])
