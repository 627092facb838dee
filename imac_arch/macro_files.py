"""Macro files: one published chip, or several. All errors of a file are found at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

from imac_arch.data.errors import FileErrors, InputOutputError, Problem, nearest
from imac_arch.data.files import Document, digest, read_yaml
from imac_arch.data.records import NamedTuple
from imac_arch.data.registry import find, shown_name
from imac_arch.data.schema import validate
from imac_arch.data.units import format_value
from imac_arch.data.walk import each_quantity
from imac_arch.macro import Chip, Macro, Macros, Memory, Point
from imac_arch.technology_files import Loaded, named

__all__ = ["CHIPS", "LoadedMacros", "load_macro", "load_macros", "macro_files"]

ONE, MANY = "macro", "macros"  # kinds of file
WORD = 2**6  # bits of whole numbers that are compared
SRAM = "sram"  # memory of digital macros
CHIPS = "chips"
SUFFIXES = (".yaml", ".yml")
Path_ = tuple[str | int, ...]


class LoadedMacros(NamedTuple):
    """The chips of one file, with the document that they are from."""

    chips: tuple[Chip, ...]
    loaded: Loaded


def macro_files(given: str) -> list[str]:
    """Return the files that a path means: itself, or every YAML file of a folder.

    Raises:
        InputOutputError: a folder without such files.
    """
    folder = Path(given)
    try:
        if not folder.is_dir():
            return [given]
        found = sorted(str(path) for path in folder.iterdir() if path.suffix in SUFFIXES)
    except (OSError, ValueError) as error:
        raise InputOutputError(f"{given}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if not found:
        raise InputOutputError(f"{given}: no YAML file is in this folder")
    return found


def load_macro(name: str) -> Loaded:
    """Load a macro file by name or path, whatever number of chips it holds."""
    return load_macros(name).loaded


def load_macros(name: str) -> LoadedMacros:
    """Load the chips of a file by name or path.

    Raises:
        ImacError: the file is absent, unreadable or wrong, with all of its errors.
    """
    document = read_yaml(find("macro", name))
    document.name = shown_name(document.name, "macro", name)
    several = isinstance(document.data, dict) and (document.data.get("kind") == MANY or CHIPS in document.data)
    try:
        model: Any = validate(Macros if several else Macro, document)
    except FileErrors as error:
        raise FileErrors([*error.problems, *_contradictory(document, several)]) from None
    chips = model.chips if several else (model,)
    roots: list[Path_] = [(CHIPS, place) for place in range(len(chips))] if several else [()]
    problems = [*_uncited(model, document)]
    for chip, root in zip(chips, roots, strict=True):
        problems += (document.problem(text, (*root, *path)) for text, path in _contradictions(chip))
        problems += _unknown_sources(chip, model, document, root)
    names = [chip.name for chip in chips]
    problems += [
        document.problem(f"the name {name!r} is that of another chip of this file", (*root, "name"))
        for k, (name, root) in enumerate(zip(names, roots, strict=True))
        if name in names[:k]
    ]
    if problems:
        raise FileErrors(problems)
    for chip in chips:
        _inherit(chip)
    return LoadedMacros(
        tuple(map(_told_apart, chips)), Loaded(named(model, "macros."), document, digest(document.data))
    )


def _contradictory(document: Document, several: bool) -> Iterator[Problem]:
    """Find what cannot be of one chip in a file that has other errors too, as far as it can be read."""
    data = document.data if isinstance(document.data, dict) else {}
    if data.get("kind", MANY) not in (ONE, MANY):  # one sentence says what the file is
        return
    chips = data.get(CHIPS) if several else [data]
    for place, chip in enumerate(chips if isinstance(chips, list) else ()):
        if isinstance(chip, dict):
            root: Path_ = (CHIPS, place) if several else ()
            yield from (document.problem(text, (*root, *path)) for text, path in _contradictions(_sketch(chip)))


def _sketch(data: dict[str, Any]) -> Any:
    """Return the parts of a chip that may contradict one another, of which those that cannot be read are None."""

    def part(given: Any) -> Any:
        return None if given is None else _sketch(given if isinstance(given, dict) else {})

    def number(given: Any) -> Any:
        given = given.get("value") if isinstance(given, dict) else given
        small = type(given) is float or (type(given) is int and given.bit_length() < WORD)
        return SimpleNamespace(value=given) if small else None

    points = data.get("points")
    return SimpleNamespace(
        **{
            name: number(data.get(name))
            for name in ("rows", "cols", "active_rows", "active_cols", "count", "bits", "pass_bits")
        },
        **{name: part(data.get(name)) for name in ("converter", "adder_tree", "input")},
        memory=data.get("memory") if data.get("memory") in get_args(Memory) else SRAM,
        name=data.get("name", ""),
        points=[_sketch(point) for point in points if isinstance(point, dict)] if isinstance(points, list) else [],
    )


def _contradictions(chip: Any) -> Iterator[tuple[str, Path_]]:
    """Find what cannot be of one chip, with the path in it."""
    if chip.converter is None and chip.adder_tree is None:
        yield (
            "a macro has a converter {bits, count}, or an adder_tree {outputs} where it is digital; neither is here",
            (),
        )
    if chip.converter is not None and chip.adder_tree is not None:
        yield "a macro with an adder_tree is digital, and has no converter; keep one of the two", ("adder_tree",)
    if chip.adder_tree is not None and chip.memory != SRAM:
        text = f"adder trees stand among sram cells; those of {chip.memory} are not modelled"
        yield text, ("memory",)
    yield from _beyond(chip, chip, ())
    names = [point.name for point in chip.points]
    for k, point in enumerate(chip.points):
        at = ("points", k)
        if point.converter is not None and chip.adder_tree is not None:
            yield "a digital macro has no converter", (*at, "converter")
        if names[k] and names[k] in names[:k]:
            yield f"the name {names[k]!r} is that of another point of this chip", (*at, "name")
        yield from _beyond(point, chip, at)


def _beyond(part: Any, chip: Any, at: Path_) -> Iterator[tuple[str, Path_]]:
    """Find parts that are larger than what they are parts of."""
    converter = part.converter
    limits = [
        ("active_rows", part.active_rows, "rows", part.rows or chip.rows),
        ("active_cols", part.active_cols, "cols", part.cols or chip.cols),
        ("converter.count", None if converter is None else converter.count, "cols", part.cols or chip.cols),
    ]
    if part.input is not None:
        limits.append(("input.pass_bits", part.input.pass_bits, "input.bits", part.input.bits))
    for path, number, whole, most in limits:
        if number is not None and most is not None and number.value > most.value:
            yield f"{number.value:g} is more than {whole}, {most.value:g}", (*at, *path.split("."))


def _uncited(model: Any, document: Document) -> Iterator[Problem]:
    """Find citations of sources that the file does not list."""
    for path, quantity in each_quantity(model):
        for key in quantity.source:
            if key not in model.sources:
                yield document.problem(_unlisted(key, model), (*path, "source"))


def _unknown_sources(chip: Chip, model: Any, document: Document, root: Path_) -> Iterator[Problem]:
    for key in chip.source:
        if key not in model.sources:
            yield document.problem(_unlisted(key, model), (*root, "source"))


def _unlisted(key: str, model: Any) -> str:
    guess = nearest(key, model.sources)
    hint = f"did you mean {guess!r}? " if guess else ""
    return f"source {key!r} is not in 'sources'; {hint}listed: {', '.join(model.sources) or 'none'}"


def _inherit(chip: Chip) -> None:
    """Give numbers that name no source that of their chip: they were read in its paper."""
    for _, quantity in each_quantity(chip):
        if not quantity.source and quantity.status is None and chip.source:
            object.__setattr__(quantity, "source", chip.source)
            object.__setattr__(quantity, "status", "published")


def _told_apart(chip: Chip) -> Chip:
    """Return a chip whose points all have names: those without one by their supply, then their cycle, then number."""
    if len(chip.points) == 1:
        return chip
    names = [point.name for point in chip.points]
    for told in (_supply, _supply_and_cycle):
        given = [name or told(point) for name, point in zip(names, chip.points, strict=True)]
        if len(set(given)) == len(given):
            break
    else:
        given = [name if given.count(name) == 1 else f"{name}, {number}" for number, name in enumerate(given, 1)]
    points = tuple(p.model_copy(update={"name": name}) for p, name in zip(chip.points, given, strict=True))
    return chip.model_copy(update={"points": points})


def _supply(point: Point) -> str:
    return format_value(point.vdd.value, "V")


def _supply_and_cycle(point: Point) -> str:
    cycle = "" if point.cycle is None else f", {format_value(point.cycle.value, 's')}"
    return f"{_supply(point)}{cycle}"
