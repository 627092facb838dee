"""Axes of a sweep as people write them: ``subarray=32,64``, ``adc.bits=range(4, 9)``, ``synapse.ra=geomspace(...)``."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.errors import UnknownName, UsageError, nearest
from imac_arch.data.quantity import In
from imac_arch.data.units import UnitError, parse, parse_unit
from imac_arch.paths import find_path

__all__ = ["MOST_VALUES", "OPTIONS", "Given", "given_axes", "length", "numbers", "texts", "thinned"]

MOST_VALUES = 10**7  # of one axis, which are held in memory
# words of a request that are no field, by what people call them
OPTIONS = {"net": "network", "tech": "technology", "gpu": "board", "timing": "timing", "precision": "precision",
           "tiles": "tiles", "pipelined": "pipelined", "batch": "batch"}  # fmt: skip
MEANT = {"board": "gpu", "network": "net", "technology": "tech"}  # what options call what others call so
ALIASES = {"adc_bits": "components.adc.bits", "adc_law": "components.adc.law", "read": "read.circuit"}
MANY = 1000  # values of an axis that are looked at one by one for what the field does not admit
SUBARRAY = ("subarray.rows", "subarray.cols")
SPACES = {"linspace": "linear", "geomspace": "log", "logspace": "log", "range": ""}
CALL = re.compile(r"\s*(\w+)\s*\((.*)\)([^()]*)", re.S)
PAIR = re.compile(r"0*([1-9][0-9]{0,8})(?:\s*[x×]\s*0*([1-9][0-9]{0,8}))?", re.I)


@dataclass(frozen=True)
class Given:
    """An axis as it was given.

    Attributes:
        name: as it was given; columns of results bear it.
        paths: whole paths of the fields that it varies together, or the word of a request.
        parts: for each path the values, as text or as numbers in SI units; of a function its arguments.
        function: ``range``, ``linspace``, ``geomspace`` or ``logspace``; empty for a list.
        unit: behind the function.
    """

    name: str
    paths: tuple[str, ...]
    parts: tuple[tuple[Any, ...], ...]
    function: str = ""
    unit: str = ""

    @property
    def written(self) -> bool:
        """Whether its values can be words at all."""
        return not self.function and all(isinstance(value, str) for value in self.parts[0])


def given_axes(over: Mapping[str, Any] | Sequence[str], technologies: Sequence[str]) -> list[Given]:
    """Read axes.

    Args:
        over: values by name, or ``name=values`` each.
        technologies: names or paths of those whose fields the axes may vary.

    Raises:
        UsageError: no axis, one without values, an axis twice.
        UnknownName: no such field; the nearest are named.
    """
    given = [over] if isinstance(over, str) else over
    pairs = given.items() if isinstance(given, Mapping) else [_pair(text) for text in given]
    found = [_axis(str(name).strip(), values, technologies) for name, values in pairs]
    if not found:
        raise UsageError("a sweep needs an axis, such as --over subarray=32,64,128")
    seen: dict[str, str] = {}
    for axis in found:
        for path in axis.paths:
            if path in seen:
                raise UsageError(
                    f"--over {axis.name}: {path} is varied twice, by {seen[path]} too; keep one of the two"
                )
            seen[path] = axis.name
    return found


def _pair(text: str) -> tuple[str, str]:
    name, equals, values = str(text).partition("=")
    if not (equals and name.strip() and values.strip()):
        raise UsageError(f"--over {text!r}: write NAME=VALUES, such as subarray=32,64,128 or adc.bits=range(4,9)")
    return name, values


def _axis(name: str, values: Any, technologies: Sequence[str]) -> Given:
    paths = _paths(name, technologies)
    function, parts, unit = _parts(name, values)
    if paths == SUBARRAY:
        return Given(name, paths, (parts, parts) if function else _sides(name, parts), function, unit)
    return Given(name, paths, (parts,), function, unit)


def _paths(name: str, technologies: Sequence[str]) -> tuple[str, ...]:
    """Return what an axis varies."""
    word = name.replace("-", "_")
    if word == "subarray":
        return SUBARRAY
    if word in OPTIONS:
        return (OPTIONS[word],)
    if word in ("arch", "architecture"):
        raise UsageError("--over arch: architectures are columns of a sweep; choose them with --arch")
    if word in ALIASES:
        return (ALIASES[word],)
    if name.startswith(("board.", "network.")):
        return (name,)
    try:
        return (find_path(name, technologies, "axis"),)
    except UnknownName as error:
        near = MEANT.get(word) or nearest(word, ["subarray", *OPTIONS, *ALIASES])
        if near is None or "." in name:
            raise
        raise UnknownName("axis", name, error.allowed, "Any field that --set takes is one too.", [near]) from None


def _parts(name: str, values: Any) -> tuple[str, tuple[Any, ...], str]:
    """Return the function, the values or arguments, and the unit behind a function."""
    if isinstance(values, str):
        call = CALL.fullmatch(values)
        if call and call[1] in SPACES:
            return call[1], tuple(texts(call[2])), call[3].strip()
        if call and "," in call[2] and not call[3].strip() and nearest(call[1], SPACES):
            raise UnknownName(f"function of --over {name}", call[1], SPACES)
        found = texts(values)
        if not all(found) or not found:
            raise UsageError(f"--over {name}: {values!r} has an empty value; write them with a comma between")
        return "", tuple(found), ""
    listed = values.tolist() if hasattr(values, "tolist") else values
    listed = list(listed) if isinstance(listed, (list, tuple, range)) else [listed]
    if not listed:
        what = "has no value; a range that rises has some, such as range(4, 9)"
        raise UsageError(f"--over {name}: {values!r} {what}")
    return "", tuple(listed), ""


def texts(given: str) -> list[str]:
    """Return values between commas, or between semicolons where there are any; not inside brackets."""
    found, depth = [""], 0
    between = ";" if ";" in given else ","
    for letter in given:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == between and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [text.strip() for text in found]


def _sides(name: str, values: Sequence[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return rows and columns of subarrays: ``32`` is 32x32, ``(32, 64)`` is 32x64."""
    pairs = []
    for value in values:
        text = "x".join(map(str, value)) if isinstance(value, (list, tuple)) else f"{value}"
        match = PAIR.fullmatch(text.strip())
        if match is None:
            raise UsageError(f"--over {name}: {text!r} is not allowed; write rows x columns, 32x64, or 32 for 32x32")
        pairs.append((match[1], match[2] or match[1]))
    rows, cols = zip(*pairs, strict=True)
    return tuple(rows), tuple(cols)


def length(axis: Given) -> int:
    """Return how many values an axis has, before there are any; 0 where what is written cannot be read."""
    with contextlib.suppress(ValueError, TypeError, OverflowError, IndexError):
        if axis.function == "range":
            return len(range(*map(int, axis.parts[0])))
        return int(float(axis.parts[0][2])) if axis.function else len(axis.parts[0])
    return 0


def thinned(axis: Given, most: int) -> Given:
    """Return an axis with about so many of its values, the first one among them."""
    given, count = axis.parts[0], length(axis)
    if count <= most:
        return axis
    if axis.function == "range":
        step = int(given[2]) if len(given) > 2 else 1
        given = (*given[:2], str(step * -(-count // most)))
    else:
        given = (*given[:2], str(most)) if axis.function else given[:most]
    return replace(axis, parts=(given,) * len(axis.parts) if axis.function else tuple(p[:most] for p in axis.parts))


def numbers(axis: Given, part: int, said: In) -> Array:
    """Return the numbers of an axis in SI units.

    Args:
        axis: as it was given.
        part: which of its paths.
        said: what the field declares.

    Raises:
        UsageError: a value without its unit or with a wrong one, a range that is empty or falls, a value that the field
            does not admit.
    """
    given = axis.parts[part]
    if axis.function:
        found = _spaced(axis, given, said)
    else:
        found = np.array([_number(axis, value, said) for value in given], dtype=float)
    if not np.all(np.isfinite(found)):
        raise UsageError(f"--over {axis.name}: its numbers must be finite")
    for value, written in ((found.min(), ""), (found.max(), ""), *zip(found[:MANY], given, strict=False)):
        if needed := said.refusal(float(value)):
            shown = written if isinstance(written, str) and written and not axis.function else f"{value:g}"
            raise UsageError(f"--over {axis.name}: {shown} is not allowed; it must be {needed}")
    if said.whole and np.any(found != np.floor(found)):
        raise UsageError(
            f"--over {axis.name}: {found[found != np.floor(found)][0]:g} is not allowed; it must be an integer"
        )
    return found


def _number(axis: Given, value: Any, said: In) -> float:
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise UsageError(f"--over {axis.name}: {value!r} is not allowed; write a number in SI units, or a text")
        return float(value)
    try:
        return parse(value, said.unit)
    except UnitError as error:
        raise UsageError(f"--over {axis.name}: {error}") from None


def _spaced(axis: Given, given: Sequence[str], said: In) -> Array:
    """Return the values of a function."""
    name = axis.function
    wanted = "range(first, end) or range(first, end, step)" if name == "range" else f"{name}(low, high, count)"
    if not (len(given) in (2, 3) if name == "range" else len(given) == 3) or not all(given):
        raise UsageError(f"--over {axis.name}: {name}({', '.join(given)}) is not allowed; write {wanted}")
    if name == "range":
        return _range(axis, given, said)
    low, high = (_end(axis, text, said) for text in given[:2])
    count = _count(axis, given[2])
    shown = f"{name}({', '.join(given)})"
    if not low < high and not (low == high and count == 1):
        raise UsageError(f"--over {axis.name}: {shown} does not rise; write the lower end first")
    if name == "linspace":
        return np.linspace(low, high, count)
    if name == "logspace":
        factor = _end(axis, "1", said, axis.unit)
        return factor * np.power(10.0, np.linspace(low, high, count))
    if low <= 0:
        raise UsageError(f"--over {axis.name}: {shown} must begin above zero, for its values have equal ratios")
    return np.geomspace(low, high, count)


def _end(axis: Given, text: str, said: In, unit: str | None = None) -> float:
    if unit is None:
        if axis.function == "logspace":  # exponents
            return _number(Given(axis.name, axis.paths, ()), text, In("", ge=None))
        unit = axis.unit
    return _number(axis, f"{text} {unit}".strip(), said)


def _count(axis: Given, text: str) -> int:
    try:
        count = float(text)
    except ValueError:
        count = 0.0
    if not 1 <= count <= MOST_VALUES or count != int(count):
        raise UsageError(
            f"--over {axis.name}: {text} values are not allowed; a whole number from 1 to {MOST_VALUES:,} is"
        )
    return int(count)


def _range(axis: Given, given: Sequence[str], said: In) -> Array:
    ends = [text for text in given if not re.fullmatch(r"[+-]?[0-9]{1,12}", text)]
    if ends:
        raise UsageError(
            f"--over {axis.name}: {ends[0]!r} is no whole number; write range(4, 9), or linspace with units"
        )
    first, end, *rest = map(int, given)
    step = rest[0] if rest else 1
    found = range(first, end, step) if step else ()
    if not len(found) or step < 0:
        turned = f"; did you mean range({end}, {first})?" if end < first else ""
        raise UsageError(
            f"--over {axis.name}: range({', '.join(given)}) is empty or falls; it is half-open and rises{turned}"
        )
    if len(found) > MOST_VALUES:
        raise UsageError(f"--over {axis.name}: {len(found):,} values are not allowed; {MOST_VALUES:,} is the most")
    some = [_number(axis, f"{value} {axis.unit}".strip(), said) for value in found[:MANY]]
    if len(found) <= MANY:
        return np.array(some)
    factor, _ = parse_unit(axis.unit)  # a power of ten, with which one product or quotient is as exact as a text
    whole = np.arange(first, end, step, dtype=float)
    return whole * float(factor) if factor >= 1 else whole / float(1 / factor)
