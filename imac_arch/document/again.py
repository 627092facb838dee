"""The call in Python that makes a result again, from the arguments of the one that made it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from os import PathLike, fspath
from typing import Any

from imac_arch.data.registry import portable

__all__ = ["call_text"]

LONGEST = 2000  # characters of an argument
LEFT_OUT = ("command", "executor")


def call_text(function: Callable[..., object], given: Mapping[str, Any]) -> str:
    """Return ``imac_arch.sweep("784-128-10", over={"subarray": "32,64"})``: arguments that are not the defaults.

    Values that have no short form in text are an ellipsis, which says that they are missing.

    Args:
        function: a public one.
        given: its arguments by name.
    """
    parts, positional = [], True
    for name, parameter in inspect.signature(function).parameters.items():
        positional = positional and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        if name in LEFT_OUT or name not in given:
            continue
        value = given[name]
        if value is parameter.default or _plain(value) in ({}, [], ()) or _plain(value) == parameter.default:
            positional = False
            continue
        text = repr(_plain(value))
        text = text if len(text) <= LONGEST and "<" not in text[:1] else "..."
        parts.append(text if positional else f"{name}={text}")
    return f"imac_arch.{function.__name__}({', '.join(parts)})"


def _plain(value: Any) -> Any:
    """Return a value in the form that people write it."""
    if isinstance(value, PathLike):
        return portable(fspath(value))
    if isinstance(value, str):
        return portable(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_plain(each) for each in value) if type(value) in (list, tuple) else list(value)
    return value if isinstance(value, bool | int | float | range | None) else _Other()


class _Other:
    """What has no short form."""

    def __repr__(self) -> str:
        return "..."
