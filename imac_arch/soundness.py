"""Results that cannot be, and the number to blame for them.

Formulas take whatever they are given; where a sum, a line or a metric is not finite, negative, or zero where it must be
more, one of the numbers behind it is senseless. It is the one that alone makes the result sound when it has its usual
value, which is what shipped files say at the same place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from imac_arch.components.base import Laws
from imac_arch.components.roles import SYNAPSE
from imac_arch.data.arrays import ZERO, Array
from imac_arch.data.errors import ImacError, UsageError
from imac_arch.data.quantity import Quantity
from imac_arch.data.recording import recording
from imac_arch.data.records import NamedTuple
from imac_arch.data.registry import names
from imac_arch.data.units import format_value
from imac_arch.data.walk import each_quantity, with_quantities
from imac_arch.document.samples import layers_at_medians
from imac_arch.evaluate import Evaluation, evaluate
from imac_arch.inputs import Inputs
from imac_arch.metrics import METRICS
from imac_arch.technology_files import Loaded, load_board, load_law, load_technology

__all__ = ["Senseless", "most_unusual", "refuse_senseless", "refuse_senseless_wires", "senseless"]

LINES = {"area": "m^2", "energy": "J", "leakage": "W", "leakage_energy": "J", "latency": "s"}
UNITS = {"area": "m^2", "energy": "J", "latency": "s", "leakage": "W", "power": "W"}
SEGMENTS = (
    ("resistance of a word-line", "ohm"), ("resistance of a bit-line", "ohm"),
    ("capacitance of a word-line", "F"), ("capacitance of a bit-line", "F"),
)  # fmt: skip
POSITIVE = ("area", "energy", "latency", "interval")  # of a whole design
ROUNDING = 1e-9  # of a sum, below which a negative part of it is rounding
UNUSUAL = 1 + 1e-6  # factor from which a number is another one than its usual value
TRIED = 60  # numbers, the most unusual first
Path = tuple[str | int, ...]


class Senseless(NamedTuple):
    """A figure that cannot be: of a component, or of the design where ``component`` is empty."""

    component: str
    figure: str
    value: float
    unit: str

    def __str__(self) -> str:
        what = f"{self.figure} of {self.component}" if self.component else self.figure
        value = "is not a number" if math.isnan(self.value) else f"is {format_value(self.value, self.unit)}"
        return f"{what} {value}, which cannot be"


class _Suspect(NamedTuple):
    """A number that another value than the usual one was given, and by what factor the two differ."""

    quantity: Quantity
    usual: Quantity
    factor: float


def senseless(evaluation: Evaluation, inputs: Inputs | None = None) -> Senseless | None:
    """Return the first figure of a design that cannot be, at the medians of its inputs; None where all can."""
    parts = [*(_segments(inputs) if SYNAPSE.name in _roles(evaluation) and inputs else ()), *_parts(evaluation)]
    if (found := _impossible(parts)) is not None:
        return found
    for name, metric in METRICS.items():
        value = _first(evaluation.metrics[name])
        if value is not None and not (0 < value < math.inf if name in POSITIVE else 0 <= value < math.inf):
            return Senseless("", metric.title, value, metric.unit)
    return None


def _impossible(parts: Iterable[tuple[str, str, str, Array]]) -> Senseless | None:
    """Return the first of figures that cannot be."""
    for component, name, unit, array in parts:
        if array is ZERO:
            continue
        values = layers_at_medians(array).tolist()
        if all(0 <= value < math.inf for value in values):
            continue
        least = -ROUNDING * max((abs(value) for value in values if not math.isnan(value)), default=0.0)
        for value in values:
            if not least <= value < math.inf:
                return Senseless(component, name, value, unit)
    return None


def _parts(evaluation: Evaluation) -> Iterator[tuple[str, str, str, Array]]:
    """Give what components cost, each of their units and altogether: component, figure, unit and values."""
    for part in evaluation.totals.lines:
        for units in part.line.units:
            for name, unit in UNITS.items():
                yield part.line.component, f"{name} of one unit", unit, getattr(units.cost, name)
    for part in evaluation.totals.lines:
        for name, unit in LINES.items():
            yield part.line.component, name.replace("_", " "), unit, getattr(part, name)


def _segments(inputs: Inputs) -> Iterator[tuple[str, str, str, Array]]:
    """Give what the wires of a crossbar are, likewise."""
    case = inputs.case()
    if case.wire is not None:
        for (name, unit), values in zip(SEGMENTS, case.wire.segments(case.context), strict=True):
            yield "the wire", f"{name} segment", unit, values


def _roles(evaluation: Evaluation) -> set[str]:
    return {line.role for line in evaluation.bill.lines}


def _first(values: Array | None) -> float | None:
    return None if values is None else float(layers_at_medians(values)[0])


def refuse_senseless(evaluation: Evaluation, inputs: Inputs, loaded: Loaded, given: Mapping[str, Any]) -> None:
    """Raise where a result cannot be.

    Args:
        evaluation: of one architecture.
        inputs: of the evaluation.
        loaded: the technology's file, for the place of the number to blame.
        given: fields that options set, by path.

    Raises:
        UsageError: with component, figure and value, and the number to blame with its place and usual value.
    """
    found = senseless(evaluation, inputs)
    if found is not None:
        raise UsageError(f"{evaluation.architecture}: {found}{_blamed(evaluation, inputs.at_medians(), loaded, given)}")


def refuse_senseless_wires(inputs: Inputs, loaded: Loaded, given: Mapping[str, Any]) -> None:
    """Raise where the wires of a crossbar cannot be, as :func:`refuse_senseless` does."""
    with recording() as readings:
        found = _impossible(_segments(inputs))
    if found is not None:

        def hold(changed: Inputs) -> bool:
            return _impossible(_segments(changed)) is None

        suspects = _suspects(inputs.at_medians(), set(readings))
        raise UsageError(f"{found}{_culprit(suspects, hold, inputs.at_medians(), loaded, given)}")


def _blamed(evaluation: Evaluation, inputs: Inputs, loaded: Loaded, given: Mapping[str, Any]) -> str:
    """Return what is said of the number to blame; nothing where every number behind the result is a usual one."""

    def hold(changed: Inputs) -> bool:
        return senseless(evaluate(changed, [evaluation.architecture])[0], changed) is None

    return _culprit(_suspects(inputs, set(evaluation.readings)), hold, inputs, loaded, given)


def _culprit(
    suspects: Sequence[_Suspect],
    hold: Callable[[Inputs], bool],
    inputs: Inputs,
    loaded: Loaded,
    given: Mapping[str, Any],
) -> str:
    """Return what is said of the first suspect that alone makes results hold, else of the most unusual one."""
    culprit = next((s for s in suspects[:TRIED] if _mends(s, hold, inputs)), None)
    return _said(culprit or next(iter(suspects), None), loaded, given, culprit is not None)


def most_unusual(read: Iterable[str], inputs: Inputs, loaded: Loaded, given: Mapping[str, Any]) -> str:
    """Return what is said of the number to blame for a figure that read these numbers, where none can be tried."""
    return _said(next(iter(_suspects(inputs, set(read))), None), loaded, given, tried=False)


def _said(worst: _Suspect | None, loaded: Loaded, given: Mapping[str, Any], tried: bool) -> str:
    if worst is None:
        return "; the numbers behind it are usual ones, but they do not go together"
    path, unit = worst.quantity.path, worst.quantity.unit
    place = f"--set {path}" if path in given else _place(path, loaded)
    usual, value = (format_value(each.value, unit) or "0" for each in (worst.usual, worst.quantity))
    text = f": {path} = {worst.quantity.written or value}" + (f" ({place})" if place else "")
    if not tried:
        return f"{text} is the most unusual number behind it; usual is {usual}"
    return f"{text} is to blame; with the usual {usual} the result holds"


def _place(path: str, loaded: Loaded) -> str:
    inside = not path.startswith(("laws.", "board.", "network."))
    return loaded.place(tuple(int(step) if step.isdecimal() else step for step in path.split("."))) if inside else ""


def _mends(suspect: _Suspect, hold: Callable[[Inputs], bool], inputs: Inputs) -> bool:
    """Whether a result can be when a number alone has its usual value."""

    def fill(_: Path, quantity: Quantity) -> Quantity:
        return suspect.usual if quantity.path == suspect.quantity.path else quantity

    laws = Laws({name: with_quantities(law, fill) for name, law in inputs.laws.by_name.items()})
    board = None if inputs.board is None else with_quantities(inputs.board, fill)
    changed = replace(inputs, technology=with_quantities(inputs.technology, fill), laws=laws, board=board)
    try:
        return hold(changed)
    except (ImacError, ArithmeticError):
        return False


def _suspects(inputs: Inputs, read: set[str]) -> list[_Suspect]:
    """Return the numbers behind a result that are not what shipped files say in their place, the most unusual first."""
    return sorted(_unlike(inputs, read), key=lambda suspect: (-suspect.factor, suspect.quantity.path))


def _unlike(inputs: Inputs, read: set[str]) -> Iterator[_Suspect]:
    usual = _usual(inputs)
    models = (inputs.technology, inputs.board, *inputs.laws.by_name.values())
    for _, quantity in (pair for model in models for pair in each_quantity(model)):
        others = usual.get(quantity.path, [])
        if quantity.path not in read or not others or others[0].unit != quantity.unit:
            continue
        nearest = min(others, key=lambda other: _factor(quantity.value, other.value))
        factor = _factor(quantity.value, nearest.value)
        if factor > UNUSUAL:
            middle = median(sorted(other.value for other in others))
            yield _Suspect(quantity, min(others, key=lambda other: abs(other.value - middle)), factor)


def _factor(value: float, usual: float) -> float:
    """Return by what factor two numbers differ, 1 or more; that of zero and anything else is infinite."""
    if value == usual:
        return 1.0
    return max(value / usual, usual / value) if value > 0 and usual > 0 else math.inf


def _usual(inputs: Inputs) -> dict[str, list[Quantity]]:
    """Return what shipped files say, by the path of the number; of components only those of the same kind."""
    kinds = {role: getattr(part, "kind", "") for role, part in inputs.technology.components.items()}
    found: dict[str, list[Quantity]] = {}

    def add(model: object, wanted: Callable[[Path], bool] = lambda path: True) -> None:
        for path, quantity in each_quantity(model):
            if wanted(path):
                found.setdefault(quantity.path, []).append(quantity)

    for name in names("technology", shipped=True):
        shipped = load_technology(name).model
        theirs = {role: getattr(part, "kind", "") for role, part in shipped.components.items()}
        add(shipped, lambda path: path[0] != "components" or kinds.get(str(path[1])) == theirs[str(path[1])])  # noqa: B023
    for name in inputs.laws.by_name:
        add(load_law(name).model)
    for name in names("board", shipped=True):
        add(load_board(name).model)
    return found
