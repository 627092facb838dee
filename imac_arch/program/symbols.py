"""Arrays of numbers that are not known yet: formulas run on them as on NumPy's, and every operation is written down.

Axes of layers, shapes of tiles and modes are real; a design has one number in each place, whatever the designs will be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from imac_arch.program.tape import Node, Scalar, Tape

__all__ = ["Symbols"]

Objects = NDArray[np.object_]
SHAPES: set[Any] = {
    np.reshape, np.ravel, np.stack, np.concatenate, np.broadcast_to, np.broadcast_arrays, np.moveaxis, np.swapaxes,
    np.squeeze, np.expand_dims, np.transpose, np.repeat, np.take, np.tile, np.flip, np.roll, np.copy, np.atleast_1d,
    np.vstack, np.hstack,
}  # fmt: skip
ASKED: set[Any] = {np.shape, np.ndim, np.size}
FOLDS: dict[Any, np.ufunc] = {
    np.sum: np.add, np.prod: np.multiply, np.max: np.maximum, np.min: np.minimum, np.amax: np.maximum,
    np.amin: np.minimum, np.any: np.logical_or, np.all: np.logical_and,
}  # fmt: skip
FILLS: dict[Any, float] = {np.zeros_like: 0.0, np.ones_like: 1.0}
POWERS: dict[float | None, np.ufunc] = {
    -1.0: np.reciprocal,
    0.5: np.sqrt,
    1.0: np.positive,
    2.0: np.square,
}  # as an array's own operator

APPLY = {count: np.frompyfunc(Tape.apply, 2 + count, 1) for count in (1, 2)}  # by how many numbers a function takes


class Symbols(NDArrayOperatorsMixin):
    """An array whose places hold constants and places of a tape; follows NumPy's protocols."""

    __slots__ = ("tape", "values")
    __hash__ = None  # type: ignore[assignment]  # as an array

    def __init__(self, tape: Tape, values: Any) -> None:
        self.tape = tape
        self.values: Objects = np.asarray(values, dtype=object)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if options.get("out") is not None:
            raise TypeError(f"{ufunc.__name__} writes into an array that is given: no formula may")
        arrays = [_objects(each) for each in inputs]
        if method == "reduce":
            return self._folded(ufunc, arrays[0], options.get("axis", 0), bool(options.get("keepdims", False)))
        if method == "accumulate":
            return self._of(self._accumulated(ufunc, arrays[0], options.get("axis", 0)))
        if method == "outer":
            arrays[0] = arrays[0].reshape(arrays[0].shape + (1,) * arrays[1].ndim)
        elif method != "__call__" or ufunc.nout > 1 or ufunc.signature is not None:
            return NotImplemented
        return self._of(APPLY[len(arrays)](_cell(self.tape), _cell(ufunc), *arrays))

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, options: Any) -> Any:
        if function in ASKED:
            return function(*_mapped(args, _objects_within), **_mapped(options, _objects_within))
        if function in SHAPES:
            return _mapped(function(*_mapped(args, _objects_within), **_mapped(options, _objects_within)), self._of)
        if function in FOLDS:
            axis, keep = (*args[1:], options.get("axis"))[0], bool(options.get("keepdims", False))
            return self._folded(FOLDS[function], _objects(args[0]), axis, keep)
        if function is np.mean:
            return args[0].mean(*args[1:], **options)
        if function is np.where:
            return self._each(self.tape.select, *map(_objects, args))
        if function is np.clip:
            return np.minimum(np.maximum(*args[:2]), args[2])
        if function is np.interp:
            points, values = (tuple(map(float, each)) for each in args[1:])
            return self._each(lambda x: self.tape.interpolate(x, points, values), _objects(args[0]))
        if function is np.cumsum:
            return self._of(self._accumulated(np.add, _objects(args[0]), (*args[1:], options.get("axis"))[0]))
        if function in (*FILLS, np.full_like):
            return np.full(self.shape, FILLS[function] if function in FILLS else args[1])
        return NotImplemented

    def __pow__(self, other: Any) -> Any:
        exponent = float(other) if isinstance(other, (int, float)) else None
        return np.power(self, other) if exponent not in POWERS else POWERS[exponent](self)

    def __getitem__(self, key: Any) -> Any:
        return self._of(self.values[key])

    def __len__(self) -> int:
        return len(self.values)

    def _refused(self, *args: Any, **options: Any) -> Any:
        raise TypeError("a formula asks for the values of an array: it must neither decide on them nor turn them plain")

    __array__ = __bool__ = __float__ = __int__ = __index__ = __complex__ = __iter__ = __contains__ = _refused

    @property
    def shape(self) -> tuple[int, ...]:
        """As an array's."""
        return self.values.shape

    @property
    def ndim(self) -> int:
        """As an array's."""
        return self.values.ndim

    @property
    def size(self) -> int:
        """As an array's."""
        return self.values.size

    @property
    def T(self) -> Any:
        """As an array's."""
        return self._of(self.values.T)

    def reshape(self, *shape: Any) -> Any:
        """As an array's."""
        return self._of(self.values.reshape(*shape))

    def astype(self, kind: Any) -> Any:
        """As an array's; what is true is 1 among numbers."""
        if np.dtype(kind).kind == "f":
            return self._each(lambda value: self.tape.apply(np.positive, self.tape.number(value)), self.values)
        if np.dtype(kind).kind == "b":
            return self != 0
        raise TypeError(f"a formula turns an array into {np.dtype(kind)}, of which symbols know nothing")

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        """As an array's."""
        return self._folded(np.add, self.values, axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        """As an array's."""
        return self._folded(np.maximum, self.values, axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        """As an array's."""
        return self._folded(np.minimum, self.values, axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        """As an array's."""
        total = self._folded(np.add, self.values, axis, keepdims)
        return total / (self.size / (total.size if isinstance(total, Symbols) else np.size(total)))

    def _each(self, function: Callable[..., Scalar], *arrays: Objects) -> Any:
        return self._of(np.frompyfunc(function, len(arrays), 1)(*arrays))

    def _of(self, values: Any) -> Any:
        """Return what holds a symbol as symbols, and else as a plain array."""
        array = np.asarray(values, dtype=object)
        for each in array.flat:
            if type(each) is Node:
                return Symbols(self.tape, array)
        truth = array.size > 0 and all(isinstance(each, bool) for each in array.flat)
        return array.astype(bool if truth else float)

    def _folded(self, ufunc: np.ufunc, values: Objects, axis: Any, keep: bool) -> Any:
        """Return the values along axes put together, one after the other as NumPy does."""
        axes = range(values.ndim) if axis is None else [axis] if isinstance(axis, int) else list(axis)
        axes = sorted(each % values.ndim for each in axes)
        rest = [each for each in range(values.ndim) if each not in axes]
        lined = values.transpose(*axes, *rest).reshape(-1, *(values.shape[each] for each in rest))
        if not len(lined):
            raise TypeError(f"{ufunc.__name__} over no values")
        function = partial(APPLY[2], _cell(self.tape), _cell(ufunc))
        found = np.asarray(reduce(function, lined), dtype=object)
        shape = tuple(1 if each in axes else values.shape[each] for each in range(values.ndim))
        return self._of(found.reshape(shape) if keep else found)

    def _accumulated(self, ufunc: np.ufunc, values: Objects, axis: Any) -> Objects:
        lined = values.ravel() if axis is None else np.moveaxis(values, axis, 0)
        function = partial(APPLY[2], _cell(self.tape), _cell(ufunc))
        rows = [lined[0]]
        for row in lined[1:]:
            rows.append(function(rows[-1], row))
        return np.moveaxis(np.stack(rows), 0, 0 if axis is None else axis)


def _cell(thing: object) -> Objects:
    """Return an array of one object, into which NumPy would take three times as long to turn it."""
    cell = np.empty((), dtype=object)
    cell[()] = thing
    return cell


def _objects(value: Any) -> Objects:
    return value.values if isinstance(value, Symbols) else np.asarray(value, dtype=object)


def _objects_within(value: Any) -> Any:
    return value.values if isinstance(value, Symbols) else value


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Apply ``change`` to what lies in tuples, lists and mappings, however deep."""
    if isinstance(value, (tuple, list)):
        return type(value)(_mapped(each, change) for each in value)
    if isinstance(value, Mapping):
        return {key: _mapped(each, change) for key, each in value.items()}
    return change(value)
