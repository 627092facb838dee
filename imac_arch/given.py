"""Arguments as people write them in Python: lists, tuples, paths and numbers beside the texts of the command line.

Each function returns the form that the library works with, and refuses any other type by the name of the argument.
"""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable, Mapping, Sequence
from os import PathLike, fspath
from typing import Any, TypeVar

from imac_arch.data.errors import UsageError

__all__ = [
    "DEFAULT_NET", "Fields", "Names", "Net", "Pair", "Partition", "fields", "flag", "joined", "name", "names",
    "optional", "pair", "partition", "some", "whole", "widths",
]  # fmt: skip

T = TypeVar("T")
Pair = str | Sequence[int] | Mapping[str, int]
Partition = str | Sequence[Pair | None]
Net = str | PathLike[str] | Sequence[object]
Fields = Mapping[str, object] | Sequence[str]
Names = str | PathLike[str] | Sequence[str | PathLike[str]]
DEFAULT_NET = "784-128-10"
SIDES = ("rows", "cols")
PLAIN = (str, bool, int, float, type(None))
NETWORK = "'784-128-10', [784, 128, 10], or the path of a file"
EXAMPLES = {
    "net": NETWORK, "tech": "'sot_mram', the path of a file, or a list of both", "arch": "'imac', or a list of names",
    "baseline": "'imac', 'imac@sot_mram', or the pair ('imac', 'sot_mram')", "gpu": "'h100', or the path of a file",
    "adc_law": "'survey'", "read": "'averaging' or 'virtual_ground'", "timing": "'settled' or 'declared'",
    "precision": "'equal' or 'native'", "scenario": "'amin2022', or the path of a file", "node": "'14 nm'",
    "tiles": "'16x8,8x1' or [(16, 8), (8, 1)]", "weights": "the path of an .npz file", "path": "'report.html'",
    "inputs": "the path of an .npy file", "a": "'sot_mram', or the path of a file", "name": "'adc'",
    "extra": "the path of a file, or a list of them",
}  # fmt: skip


def name(what: str, given: object) -> str:
    """Return a name or a path as text.

    Raises:
        UsageError: it is neither.
    """
    text = fspath(given) if isinstance(given, PathLike) else given
    if not isinstance(text, str):
        raise _refused(what, given, f"write {EXAMPLES.get(what.partition('[')[0], 'a name, or the path of a file')}")
    return text


def optional(read: Callable[[str, object], T], what: str, given: object) -> T | None:
    """Return what ``read`` makes of an argument, and None of None."""
    return None if given is None else read(what, given)


def names(what: str, given: object) -> tuple[str, ...]:
    """Return one name or path, or a list of them, as texts."""
    if isinstance(given, str | PathLike):
        return (name(what, given),)
    several = _listed(given)
    if several is None:
        raise _refused(what, given, f"write {EXAMPLES.get(what, 'a name or a path, or a list of them')}")
    return tuple(name(f"{what}[{place}]", each) for place, each in enumerate(several))


def some(what: str, given: object) -> tuple[str, ...]:
    """Return the same of a list that is not empty: none at all is said by None."""
    found = names(what, given)
    if not found:
        raise _refused(what, given, f"write {EXAMPLES.get(what, 'a name or a path, or a list of them')}")
    return found


def joined(what: str, given: object, between: str) -> str:
    """Return two names as one text: ``("imac", "sot_mram")`` is ``imac@sot_mram``; a text is itself."""
    both = names(what, given)
    if len(both) > len(SIDES):
        raise _refused(what, given, f"write {EXAMPLES[what]}")
    return between.join(both)


def pair(what: str, given: object, between: str = "x", example: tuple[int, int] = (128, 128)) -> str:
    """Return two counts as text: ``(128, 64)`` and ``{"rows": 128, "cols": 64}`` are ``128x64``; a text is itself."""
    if isinstance(given, str):
        return given
    sided = isinstance(given, Mapping) and set(given) == set(SIDES)
    both = [given[side] for side in SIDES] if sided else _listed(given)  # type: ignore[index]  # a mapping
    if both is None or len(both) != len(SIDES) or not all(map(_is_whole, both)):
        text = between.join(map(str, example))
        raise _refused(what, given, f"write {text!r} or {example}, rows then columns")
    return between.join(str(operator.index(each)) for each in both)


def partition(what: str, given: object) -> str:
    """Return the tiles of each layer as text: ``[(16, 8), "auto"]`` is ``16x8,auto``; None stands for ``auto``."""
    layers = _listed(given)
    if layers is None:
        return name(what, given)
    parts = ("auto" if layer is None else layer for layer in layers)
    return ",".join(pair(f"{what}[{place}]", each, example=(16, 8)) for place, each in enumerate(parts))


def widths(what: str, given: object) -> str | None:
    """Return a list of widths as text, ``[784, (128, "relu"), 10]`` as ``784-128:relu-10``; None for anything else."""
    layers = _listed(given)
    return None if layers is None else "-".join(_width(f"{what}[{k}]", layer) for k, layer in enumerate(layers))


def _width(what: str, given: object) -> str:
    parts = _listed(given) or [given]
    counted = _is_whole(parts[0]) or isinstance(parts[0], str)
    if not counted or len(parts) > len(SIDES) or not all(isinstance(each, str) for each in parts[1:]):
        raise _refused(what, given, "write a width, such as 128, or a width and its activation, (128, 'relu')")
    return ":".join(map(str, parts))


def fields(what: str, given: object) -> dict[str, Any]:
    """Return values by the dotted path of their field, from a mapping or from a list of ``path=value``."""
    if given is None:
        return {}
    listed = _listed(given)
    if listed is not None and all(isinstance(each, str) and "=" in each for each in listed):
        split = [each.partition("=") for each in listed]
        paths = [path.strip() for path, _, _ in split]
        if len(set(paths)) < len(paths):
            twice = next(path for path in paths if paths.count(path) > 1)
            raise UsageError(f"{what}: {twice} is given twice; keep one of the two")
        return {path.strip(): value for path, _, value in split}
    if not isinstance(given, Mapping):
        raise _refused(what, given, "write {'components.adc.bits': 6}, or ['components.adc.bits=6']")
    return {_path(what, path): _plain(f"{what}[{path!r}]", value) for path, value in given.items()}


def _path(what: str, given: object) -> str:
    if not isinstance(given, str) or not given.strip():
        raise UsageError(f"{what}: the key {given!r} is no path of a field; such as 'components.adc.bits' is one")
    return given


def _plain(what: str, given: object) -> Any:
    """Return a value as YAML could hold it."""
    if isinstance(given, Mapping):
        return {_path(what, key): _plain(f"{what}[{key!r}]", value) for key, value in given.items()}
    several = _listed(given)
    if several is not None:
        return [_plain(what, each) for each in several]
    single = given.item() if hasattr(given, "item") else given  # a number of NumPy
    if not isinstance(single, PLAIN):
        raise _refused(what, given, "write a text with a unit, such as '0.3 V', a count, a word, a mapping or a list")
    return single


def axes(what: str, given: object) -> dict[str, tuple[float | str, ...]]:
    """Return the values of each axis by its path; a range, a list, a tuple or an array holds them."""
    if not isinstance(given, Mapping):
        raise _refused(what, given, "write {'subarray.rows': [64, 128]}")
    return {_path(what, path): _values(f"{what}[{path!r}]", values) for path, values in given.items()}


def _values(what: str, given: object) -> tuple[float | str, ...]:
    several = list(given) if isinstance(given, range) else _listed(given)
    if several is None or not all(isinstance(each, numbers.Real | str) for each in several):
        raise _refused(what, given, "write a list of numbers in SI units, or of words")
    return tuple(several)


def whole(what: str, given: object) -> int:
    """Return a whole number of any type of number."""
    if not _is_whole(given):
        raise _refused(what, given, "it must be a whole number")
    return operator.index(given)  # type: ignore[arg-type]  # of NumPy too


def real(what: str, given: object) -> float:
    """Return a number of any type."""
    if not isinstance(given, numbers.Real) or isinstance(given, bool):
        raise _refused(what, given, "it must be a number")
    return float(given)


def _is_whole(given: object) -> bool:
    return isinstance(given, numbers.Integral) and not isinstance(given, bool)


def flag(what: str, given: object) -> bool:
    """Return True or False."""
    if not isinstance(given, bool) and type(given).__name__ not in ("bool_", "bool"):
        raise _refused(what, given, "it must be True or False")
    return bool(given)


def _listed(given: object) -> list[Any] | None:
    """Return a list, a tuple or an array as a list; None for anything else."""
    if hasattr(given, "tolist"):
        values = given.tolist()
        return values if isinstance(values, list) else None
    return list(given) if isinstance(given, list | tuple) else None


def _refused(what: str, given: object, needed: str) -> UsageError:
    shown = repr(given)
    shown = shown if len(shown) <= 60 else f"a {type(given).__name__}"
    return UsageError(f"{what}: {shown} is not allowed; {needed}")
