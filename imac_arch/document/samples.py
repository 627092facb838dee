"""Arrays over samples as figures. The last axis is the sample: 0 the medians of the inputs, the rest the draws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.quantity import Array
from imac_arch.document.shapes import Figure, Interval

__all__ = ["at_medians", "figure", "figures", "interval", "layers_at_medians"]

NONE = Figure(None, None)
ENDS = (5, 50, 95)


def at_medians(values: Array | None) -> float | None:
    """Return the value at the medians of the inputs, summed over what other axes there are; None where it does not
    apply or is not finite."""
    if values is None:
        return None
    array = np.asarray(values, dtype=float)
    number = float(array[..., 0].sum()) if array.ndim else float(array)
    return number if np.isfinite(number) else None


def interval(values: Array | None) -> Interval | None:
    """Return the 90 % interval over the samples; None where there is no finite one."""
    if values is None:
        return None
    drawn = _drawn(values)
    drawn = drawn[np.isfinite(drawn)]
    return Interval(*map(float, np.percentile(drawn, ENDS))) if drawn.size else None


def figure(values: Array | None) -> Figure:
    """Return value and interval."""
    return Figure(at_medians(values), interval(values))


def figures(values: Mapping[str, Array | None]) -> dict[str, Figure]:
    """Return value and interval of many arrays; those of one length are sorted together, for speed."""
    drawn = {name: _drawn(array) for name, array in values.items() if array is not None}
    plain: dict[int, list[str]] = {}
    for name, array in drawn.items():
        if np.all(np.isfinite(array)):
            plain.setdefault(array.size, []).append(name)
    together: dict[str, Interval] = {}
    for names in plain.values():
        ends = np.percentile(np.stack([drawn[name] for name in names]), ENDS, axis=1)
        together |= {name: Interval(*map(float, ends[:, i])) for i, name in enumerate(names)}
    return {
        name: Figure(at_medians(array), together[name] if name in together else interval(array))
        for name, array in values.items()
    }


def _drawn(values: Array) -> Array:
    array = np.asarray(values, dtype=float).reshape(-1)
    return array[1:] if array.size > 1 else array


def layers_at_medians(values: Array | NDArray[np.bool_]) -> Array:
    """Return the values at the medians of the inputs, by layer: shape (layers,) or (1,)."""
    array = np.asarray(values, dtype=float)
    return array[..., 0].reshape(-1) if array.ndim else array.reshape(1)
