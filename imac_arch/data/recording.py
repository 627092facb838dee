"""Which numbers a computation reads: quantities note their path while somebody records.

A path is ``components.adc.enob_loss``, ``laws.scaling.table.3.delay``, ``read.voltage`` or ``board.peak``; recordings
nest, and what is remembered is noted again whenever it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, Generic, TypeVar, cast, overload

__all__ = ["Memo", "Readings", "note", "note_all", "recorded_property", "recording"]

Readings = dict[str, None]  # an ordered set of paths
T = TypeVar("T")
_current: ContextVar[Readings | None] = ContextVar("readings", default=None)


def note(path: str) -> None:
    """Note that the number at a path was read."""
    readings = _current.get()
    if readings is not None and path:
        readings[path] = None


def note_all(paths: Iterable[str] | Readings) -> None:
    """Note that the numbers at several paths were read."""
    readings = _current.get()
    if readings is not None:
        readings.update(paths if isinstance(paths, dict) else dict.fromkeys(paths))


class recording:
    """Record every number that is read inside a ``with`` block; an outer recording gets them too."""

    __slots__ = ("outer", "readings", "token")

    def __enter__(self) -> Readings:
        self.outer, self.readings = _current.get(), cast(Readings, {})
        self.token = _current.set(self.readings)
        return self.readings

    def __exit__(self, *error: object) -> None:
        _current.reset(self.token)
        if self.outer is not None:
            self.outer.update(self.readings)


class Memo:
    """Values that are computed once, each with what was read for it.

    A key is a tuple of plain values and of ids of objects, which ``keep`` holds on to so that an id stays theirs.
    """

    def __init__(self) -> None:
        self._known: dict[Any, tuple[Any, Readings, Any]] = {}

    def get(self, key: Any, make: Callable[[], T], keep: Any = None) -> T:
        """Return the value of a key; it is made at the first call, and its readings are noted at every call."""
        known = self._known.get(key)
        if known is None:
            with recording() as readings:
                value = make()
            known = self._known[key] = (value, readings, keep)
        else:
            note_all(known[1])
        return cast(T, known[0])


class recorded_property(Generic[T]):
    """A property that is computed once for an object, and notes at every access what was read for it."""

    def __init__(self, function: Callable[[Any], T]) -> None:
        self.function, self.name = function, function.__name__
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> recorded_property[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> T | recorded_property[T]:
        if instance is None:
            return self
        memo = instance.__dict__.get("_memo")
        if memo is None:
            memo = instance.__dict__["_memo"] = Memo()
        return cast(T, memo.get(self.name, lambda: self.function(instance)))
