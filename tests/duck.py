"""An array that computes but refuses to be decided upon or turned plain: what formulas must let through."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

__all__ = ["Duck", "plain", "wrapped"]


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Apply ``change`` to what lies in tuples, lists and dicts, however deep."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):  # a named tuple, as some numpy functions return
        return type(value)(*(_mapped(each, change) for each in value))
    if isinstance(value, (tuple, list)):
        return type(value)(_mapped(each, change) for each in value)
    if isinstance(value, Mapping):
        return {key: _mapped(each, change) for key, each in value.items()}
    return change(value)


def plain(value: Any) -> Any:
    """Return the same with every duck replaced by the array in it."""
    return _mapped(value, lambda each: each.values if isinstance(each, Duck) else each)


def wrapped(value: Any) -> Any:
    """Return the same with every array and numpy number replaced by a duck."""
    return _mapped(value, lambda each: Duck(each) if isinstance(each, (np.ndarray, np.generic)) else each)


class Duck(NDArrayOperatorsMixin):
    """Holds an array and computes as it does. Raises TypeError where a program asks for its values."""

    __slots__ = ("values",)
    __hash__ = None  # type: ignore[assignment]  # as an array

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(plain(values))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if kwargs.get("out") is not None:
            raise TypeError(f"{ufunc.__name__} writes into an array that is given: no formula may")
        return wrapped(getattr(ufunc, method)(*plain(inputs), **plain(kwargs)))

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        if func in (np.shape, np.ndim, np.size):
            return func(*plain(args), **plain(kwargs))
        return wrapped(func(*plain(args), **plain(kwargs)))

    def _refused(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("a formula asks for the values of an array: it must neither decide on them nor turn them plain")

    __array__ = __bool__ = __float__ = __int__ = __index__ = __complex__ = __iter__ = __contains__ = _refused
    item = tolist = tobytes = _refused

    def __repr__(self) -> str:
        return f"Duck(shape={self.shape})"

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, key: Any) -> Any:
        return wrapped(self.values[plain(key)])

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
    def dtype(self) -> np.dtype[Any]:
        """As an array's."""
        return self.values.dtype

    @property
    def T(self) -> "Duck":
        """As an array's."""
        return Duck(self.values.T)


def _method(name: str) -> Callable[..., Any]:
    def call(self: Duck, *args: Any, **kwargs: Any) -> Any:
        return wrapped(getattr(self.values, name)(*plain(args), **plain(kwargs)))

    call.__name__ = name
    return call


METHODS = (
    "all", "any", "argmax", "argmin", "argsort", "astype", "clip", "copy", "cumsum", "flatten", "max", "mean", "min",
    "prod", "ravel", "repeat", "reshape", "round", "squeeze", "std", "sum", "swapaxes", "take", "transpose", "var",
)  # fmt: skip
for _name in METHODS:
    setattr(Duck, _name, _method(_name))
