"""Which numbers a computation reads: quantities note their path while somebody records.

A path is ``components.adc.enob_loss``, ``laws.scaling.table.3.delay``, ``read.voltage`` or ``board.peak``; recordings
nest, and what is remembered is noted again whenever it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any, Generic, TypeVar, overload

__all__ = ["Memo", "Readings", "current", "note", "note_all", "recorded", "recorded_property", "recording"]

T = TypeVar("T")
Noted = list["str | Readings"]
current: ContextVar[Noted | None] = ContextVar("noted", default=None)


class Readings:
    """Paths of the numbers that a computation read, each once, in the order of their first reading.

    Recordings inside one another are kept as they are and put in line when somebody asks, which few do.
    """

    __slots__ = ("_known", "_length", "_noted")

    def __init__(self, noted: Noted | None = None) -> None:
        self._noted: Noted = [] if noted is None else noted
        self._known: tuple[str, ...] = ()
        self._length = 0

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths."""
        if self._length != len(self._noted):
            self._length = len(self._noted)
            found: dict[str, None] = {}
            self._collect(found, set())
            found.pop("", None)
            self._known = tuple(found)
        return self._known

    def _collect(self, found: dict[str, None], seen: set[int]) -> None:
        if id(self) in seen:
            return
        seen.add(id(self))
        for item in self._noted:
            if isinstance(item, str):
                found[item] = None
            else:
                item._collect(found, seen)

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


def note(path: str) -> None:
    """Note that the number at a path was read."""
    noted = current.get()
    if noted is not None:
        noted.append(path)


def note_all(paths: Iterable[str] | Readings) -> None:
    """Note that the numbers at several paths were read."""
    noted = current.get()
    if noted is not None:
        if isinstance(paths, Readings):
            noted.append(paths)
        else:
            noted.extend(paths)


def recorded(function: Callable[..., T], *args: Any, **kwargs: Any) -> tuple[T, Readings]:
    """Call a function, and return its value and what was read for it; an outer recording gets that too."""
    noted: Noted = []
    outer, token, readings = current.get(), current.set(noted), Readings(noted)
    try:
        return function(*args, **kwargs), readings
    finally:
        current.reset(token)
        if outer is not None:
            outer.append(readings)


class recording:
    """Record every number that is read inside a ``with`` block; an outer recording gets them too."""

    __slots__ = ("outer", "readings", "token")

    def __enter__(self) -> Readings:
        noted: Noted = []
        self.outer, self.readings = current.get(), Readings(noted)
        self.token = current.set(noted)
        return self.readings

    def __exit__(self, *error: object) -> None:
        current.reset(self.token)
        if self.outer is not None:
            self.outer.append(self.readings)


class Memo:
    """Values that are computed once, each with what was read for it.

    A key is a tuple of plain values and of ids of objects, which ``keep`` holds on to so that an id stays theirs. A
    memo that is full begins anew.
    """

    MOST = 4096

    def __init__(self) -> None:
        self._known: dict[Any, tuple[Any, Readings, Any]] = {}

    def get(self, key: Any, make: Callable[[], T], keep: Any = None) -> T:
        """Return the value of a key; it is made at the first call, and its readings are noted at every call."""
        known = self._known.get(key)
        if known is None:
            value, readings = recorded(make)
            if len(self._known) >= self.MOST:
                self._known.clear()
            self._known[key] = (value, readings, keep)
            return value
        noted = current.get()
        if noted is not None:
            noted.append(known[1])
        again: T = known[0]
        return again


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
        memo: Memo | None = instance.__dict__.get("_memo")
        if memo is None:
            memo = instance.__dict__["_memo"] = Memo()
        return memo.get(self.name, lambda: self.function(instance))
