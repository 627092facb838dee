"""Design axes that the data knows: each has the path of a field and its values, numbers or words.

Every array that leaves an evaluation is ``(layers, *grid, samples)``; sums over layers are ``(*grid, samples)``. The
grid holds the shape, so nobody has to guess it from the number of axes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from imac_arch import given
from imac_arch.data.arrays import Array, ndim
from imac_arch.data.errors import UsageError

__all__ = ["Axis", "Grid"]

Value = float | str


@dataclass(frozen=True)
class Axis:
    """One design axis.

    Attributes:
        path: of the field that it varies, ``subarray.rows``, ``laws.adc_survey.a0``, ``read.circuit``, ``technology``.
        values: at least one; all numbers in SI units, or all words.
    """

    path: str
    values: tuple[float, ...] | tuple[str, ...]

    def __post_init__(self) -> None:
        kinds = {isinstance(value, str) for value in self.values}
        if len(kinds) != 1:
            what = "numbers and words" if kinds else "no value"
            raise UsageError(f"axis {self.path!r} has {what}; an axis has values of one kind, numbers or words")
        if not self.words and not all(np.isfinite(float(value)) for value in self.values):
            raise UsageError(f"axis {self.path!r}: {list(self.values)}; its numbers must be finite")

    @property
    def words(self) -> bool:
        """Whether the values are words, each of which is an evaluation of its own."""
        return isinstance(self.values[0], str)


@dataclass(frozen=True)
class Grid:
    """The product of its axes, in their order; without axes it is one design."""

    axes: tuple[Axis, ...] = ()

    def __post_init__(self) -> None:
        paths = [axis.path for axis in self.axes]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise UsageError(f"two axes vary {', '.join(twice)}; an axis has a field of its own")

    @classmethod
    def of(cls, axes: Mapping[str, Sequence[Value]]) -> Grid:
        """Return the grid of paths and their values."""
        return cls(tuple(Axis(path, values) for path, values in given.axes("axes", axes).items()))  # type: ignore[arg-type]  # checked by it

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.axes)

    @cached_property
    def numbers(self) -> Grid:
        """The grid of the axes that hold numbers, in their order."""
        return Grid(tuple(axis for axis in self.axes if not axis.words))

    @cached_property
    def words(self) -> Grid:
        """The grid of the axes that hold words, in their order."""
        return Grid(tuple(axis for axis in self.axes if axis.words))

    def points(self) -> Iterator[dict[str, Value]]:
        """Give every design as path and value, the last axis running fastest."""
        values: list[tuple[Value, ...]] = [tuple(axis.values) for axis in self.axes]
        for point in itertools.product(*values):
            yield dict(zip((axis.path for axis in self.axes), point, strict=True))

    def along(self, path: str) -> Array:
        """Return the numbers of one axis, shaped to broadcast as ``(*grid, samples)``."""
        place = [axis.path for axis in self.axes].index(path)
        return np.asarray(self.axes[place].values, dtype=float).reshape(-1, *(1,) * (self.ndim - place))

    def by_layer(self, values: Any) -> Array:
        """Return values of shape (layers,) as (layers, *ones, 1), which broadcast over designs and samples."""
        array = np.asarray(values, dtype=float)
        return array.reshape(array.shape[0], *(1,) * (self.ndim + 1))

    def layered(self, values: Any) -> Any:
        """Return values with a layer axis in front, of length 1 where they have none."""
        missing = self.ndim + 2 - ndim(values)
        return values if missing <= 0 else np.reshape(values, (1,) * missing + np.shape(values))

    def at_median(self, values: Array | None, layer: int | None = None, design: Sequence[int] = ()) -> float | None:
        """Return one number: of one layer and one design, at the medians of the uncertain inputs.

        Args:
            values: ``(layers, *grid, samples)`` where a layer is named, else ``(*grid, samples)``; fewer axes
                broadcast, and so does a layer axis of length 1.
            layer: counted from 0.
            design: one index for each axis of the grid.

        Returns:
            None where there are no values, or the value is not finite.

        Raises:
            ValueError: several designs and none is named, or an array of another shape.
        """
        if values is None:
            return None
        if len(design) != self.ndim:
            raise ValueError(f"a grid of shape {self.shape} needs an index for each axis, not {tuple(design)}")
        array, axes = np.asarray(values, dtype=float), (*design, 0)
        if layer is not None:
            axes = (layer, *axes)
        if array.ndim > len(axes):
            raise ValueError(f"shape {array.shape} has more axes than {len(axes)}")
        own = axes[len(axes) - array.ndim :]
        number = float(array[tuple(i if size > 1 else 0 for i, size in zip(own, array.shape, strict=True))])
        return number if np.isfinite(number) else None
