"""What clears a check: for each knob the value from which it is clear, everything else as it is.

All knobs of all checks share two evaluations at the medians of the inputs, each of one list of designs: the first finds
between which of its values a check turns clear, the second to within two per cent where.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np

from imac_arch.case import Case
from imac_arch.checks import checks
from imac_arch.components.cost import SLACK
from imac_arch.components.roles import ADC, SYNAPSE
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import Quantity
from imac_arch.data.records import NamedTuple
from imac_arch.data.units import to_unit
from imac_arch.data.walk import each_quantity
from imac_arch.document.samples import at_medians
from imac_arch.document.shapes import CheckRow, Remedy, Setting
from imac_arch.evaluate import evaluate
from imac_arch.inputs import Inputs, listed
from imac_arch.roots import first_turn, outwards
from imac_arch.sampled import AT_ONCE

__all__ = ["Key", "Mended", "remedies"]

COARSE, FINE = 28, 36  # values of a knob in the first and the second evaluation
DIGITS = 3  # of a value, as it is printed
BEYOND = 1e-2
MOST, STEP = 2, 1e1  # ends of a knob, and the factor of the values beyond, in combinations
WEIGHTS = {"voltage": 2.0, "load": 0.5}  # a fifth of the voltage is a larger change than five times the resistance
WRITTEN = 12  # digits of a field that sets it
Up = Literal[1, -1]
KNOBS: Mapping[str, tuple[tuple[str, Up], ...]] = {  # by code: which knob, and whether more or less of it clears
    "ir_drop": (("resistance", 1), ("columns", -1), ("rows", -1)),
    "current_density": (("resistance", 1), ("columns", -1), ("voltage", -1)),
    "read_disturb": (("voltage", -1), ("resistance", 1)),
    "heat": (("resistance", 1), ("voltage", -1), ("settle time", 1)),
    "drive": (("resistance", 1), ("columns", -1), ("rows", -1), ("voltage", -1)),
    "load": (("load", -1), ("rows", 1), ("resistance", -1)),
    "adc_bits": (("bits", 1), ("rows", -1)),
    "declared_cycle": (("cycle", 1), ("settle time", -1)),
}
FAR: Mapping[str, float] = {  # how far a knob is looked at, as a factor
    "resistance": 1e5, "columns": 1e4, "rows": 1e2, "voltage": 1e2, "settle time": 1e4, "load": 1e5, "bits": 10.0,
    "cycle": 1e5,
}  # fmt: skip
RESISTANCE, BITS = "resistance", "bits"
SIZES = {"columns", "rows"}  # not turned in combinations: what they clear, others clear too
WHOLE = {*SIZES, BITS}
PATHS = {
    "columns": "subarray.cols", "rows": "subarray.rows", "voltage": "read.voltage", "load": "read.load_conductance",
    "settle time": "components.amplifier.settle_time", "cycle": "cycle",
}  # fmt: skip
NAMES = {"voltage": "read voltage", "load": "load conductance", "bits": "converter bits", "settle time": "settle time"}


class Key(NamedTuple):
    """A check of an architecture."""

    architecture: str
    code: str
    quantity: str


class Stretch(NamedTuple):
    """A part of a knob, from where it stands outwards."""

    knob: str
    start: float
    end: float

    @property
    def up(self) -> bool:
        """Whether it leads to more."""
        return self.end > self.start


TOGETHER = Stretch("", 0.0, 0.0)  # the list of combinations


class Mended(NamedTuple):
    """What clears each check alone, and what clears all of an architecture together, nothing where none is known."""

    by_check: Mapping[Key, tuple[Remedy, ...]]
    together: Mapping[str, tuple[Setting, ...]]


class Knob(NamedTuple):
    """A number of a design that can be turned, with all fields that follow it.

    Attributes:
        name: for people.
        value: where it stands.
        unit: SI unit.
        fields: every field that follows, with the power to which it does.
        whole: it counts something.
    """

    name: str
    value: float
    unit: str
    fields: Mapping[str, tuple[Quantity, int]]
    whole: bool

    def towards(self, part: Stretch, count: int, *, printed: bool = False) -> list[float]:
        """Return values from the start of a part, left out, to its end, evenly spaced in logarithm; ``printed`` ones
        are short enough to be printed as they are."""
        _, start, end = part
        end = end * (1 + BEYOND if part.up else 1 - BEYOND) if printed else end  # what is rounded may fall short
        values = outwards(start, end, count)
        values = self.short(values) if printed or self.whole else values
        return [v for v in values if (v > start if part.up else v < start)]

    def short(self, values: Sequence[float]) -> list[float]:
        """Return values that can be printed as they are, each once."""
        rounded = (float(max(round(v), 1)) if self.whole else float(f"{v:.{DIGITS}g}") for v in values)
        return list(dict.fromkeys(rounded))

    def designs(self, values: Sequence[float]) -> dict[str, list[float]]:
        """Return the values of every field."""
        return {
            path: [quantity.value * (value / self.value) ** power for value in values]
            for path, (quantity, power) in self.fields.items()
        }

    def settings(self, value: float) -> tuple[str, ...]:
        """Return the fields that set the knob, ``path=value``; none where they are parts of a list."""
        if any(path.split(".")[-1].isdigit() for path in self.fields):
            return ()
        texts = {path: (q, q.value * (value / self.value) ** power) for path, (q, power) in self.fields.items()}
        return tuple(f"{path}={_written(quantity, x)}" for path, (quantity, x) in texts.items())


def remedies(inputs: Inputs, found: Mapping[str, Sequence[CheckRow]]) -> Mended:
    """Return what clears every check that is not clear; knobs that do not move a check are left out.

    Args:
        inputs: of one design; its medians are looked at.
        found: the checks of each architecture.
    """
    keys = [Key(name, c.code, c.quantity) for name, rows in found.items() for c in rows if c.status != "clear"]
    keys = [key for key in dict.fromkeys(keys) if key.code in KNOBS]
    if not keys:
        return Mended({}, {})
    medians = inputs.at_medians()
    quantities = {".".join(map(str, path)): quantity for path, quantity in each_quantity(medians.technology)}
    knobs = _knobs(medians.case(), quantities, dict.fromkeys(knob for key in keys for knob, _ in KNOBS[key.code]))
    stretches = {
        key: tuple(_whole(knobs[name], name, up) for name, up in KNOBS[key.code] if name in knobs) for key in keys
    }
    # a declared cycle may belong to an architecture without a warning
    names = list(dict.fromkeys(key.architecture for key in keys) if inputs.timing != "declared" else found)
    coarse = {each: knobs[each.knob].towards(each, COARSE) for own in stretches.values() for each in own}
    margins = _margins(
        medians, quantities, names, {each: knobs[each.knob].designs(values) for each, values in coarse.items()}
    )
    moved = {key: [each for each in own if _differ(margins[each][key])] for key, own in stretches.items()}
    brackets = {
        (key, each): _first_clear(each, coarse[each], margins[each][key]) for key in keys for each in moved[key]
    }
    fine = {each: knobs[each.knob].towards(each, FINE, printed=True) for each in brackets.values() if each is not None}
    combined = _combined(knobs, [each for own in moved.values() for each in own], fine)
    lists = {each: knobs[each.knob].designs(values) for each, values in fine.items()}
    lists[TOGETHER] = {
        path: numbers for name, values in combined.items() for path, numbers in knobs[name].designs(values).items()
    }
    margins = _margins(medians, quantities, names, lists)
    by_check = {
        key: tuple(
            _remedy(knobs[each.knob], each.up, bracket and _first_clear(bracket, fine[bracket], margins[bracket][key]))
            for each in moved[key]
            for bracket in [brackets[key, each]]
        )
        for key in keys
    }
    judged = dict.fromkeys(key.architecture for key in keys)
    return Mended(by_check, {name: _nearest(name, knobs, combined, margins[TOGETHER]) for name in judged})


def _differ(values: Array) -> bool:
    """Whether values are not all the same, NaN as itself; ``np.unique`` loads masked arrays, a tenth of NumPy."""
    return not np.array_equal(values[1:], values[:-1], equal_nan=True)


def _combined(
    knobs: Mapping[str, Knob], moved: Sequence[Stretch], clear: Iterable[Stretch]
) -> Mapping[str, Sequence[float]]:
    """Return values of all knobs together: every combination of where they stand, where one of them clears a check, and
    some way beyond."""
    choices: dict[str, list[float]] = {}
    for name in dict.fromkeys(each.knob for each in moved if each.knob not in SIZES):
        knob, up = knobs[name], next(each.up for each in moved if each.knob == name)
        ends = sorted({each.end for each in clear if each.knob == name and each.up == up}, reverse=not up)[-MOST:]
        last = ends[-1] if ends else knob.value
        beyond = [last * (STEP if up else 1 / STEP) ** k for k in range(1, MOST + 2 - len(ends))]
        choices[name] = [knob.value, *knob.short([*ends, *beyond])]
    grid = np.meshgrid(*choices.values(), indexing="ij")
    return {name: values.ravel().tolist() for name, values in zip(choices, grid, strict=True)}


def _nearest(
    name: str, knobs: Mapping[str, Knob], combined: Mapping[str, Sequence[float]], margins: Mapping[Key, Array]
) -> tuple[Setting, ...]:
    """Return the combination that clears every check of an architecture with the least change, knob by knob; none where
    none does."""
    if not combined:
        return ()
    own = [values for key, values in margins.items() if key.architecture == name]
    clear = np.all(np.stack(own) >= 1 - SLACK, axis=0)
    if not clear.any():
        return ()
    turned = sum(
        WEIGHTS.get(each, 1.0) * np.abs(np.log(np.asarray(values) / knobs[each].value))
        for each, values in combined.items()
    )
    best = int(np.argmin(np.where(clear, turned, np.inf)))
    return tuple(
        Setting(knobs[each].name, values[best], knobs[each].unit, knobs[each].settings(values[best]))
        for each, values in combined.items()
        if values[best] != knobs[each].value
    )


def _whole(knob: Knob, name: str, up: Up) -> Stretch:
    """Return all of a knob that is looked at."""
    return Stretch(name, knob.value, knob.value * FAR[name] ** up)


def _first_clear(stretch: Stretch, values: Sequence[float], margins: Array) -> Stretch | None:
    """Return the part between the last value that is not clear and the first that is; None where none is."""
    turn = first_turn(stretch.start, values, margins >= 1 - SLACK)
    return None if turn is None else Stretch(stretch.knob, *turn)


def _remedy(knob: Knob, up: bool, clear: Stretch | None) -> Remedy:
    """Return the end of a part as a remedy; None where nothing is clear."""
    value = None if clear is None else clear.end
    return Remedy(
        knob.name, "at_least" if up else "at_most", value, knob.unit, () if value is None else knob.settings(value)
    )


def _written(quantity: Quantity, value: float) -> str:
    """Return a value as a file may write it, in the unit in which it stands there."""
    unit = quantity.written.rpartition(" ")[2] if quantity.unit and " " in quantity.written else quantity.unit
    if not unit:
        return f"{value:.{WRITTEN}g}"
    return f"{to_unit(value, unit):.{WRITTEN}g} {unit}"


def _knobs(case: Case, quantities: Mapping[str, Quantity], wanted: Iterable[str]) -> dict[str, Knob]:
    """Return the knobs that the technology has."""
    knobs = {
        name: _resistance(case, quantities) if name == RESISTANCE else _number(name, case, quantities)
        for name in wanted
    }
    return {name: knob for name, knob in knobs.items() if knob is not None}


def _resistance(case: Case, quantities: Mapping[str, Quantity]) -> Knob | None:
    """Return the resistance of all cells, called by that of the most conductive state."""
    synapse, prefix = case.technology.components[SYNAPSE.name], f"components.{SYNAPSE.name}."
    fields = {
        path: (quantity, power)
        for field, power in getattr(synapse, "resistance_fields", {}).items()
        for path, quantity in quantities.items()
        if path == prefix + field or path.startswith(f"{prefix}{field}.")
    }
    if not fields:
        return None
    states = case.synapse.states(case.technology.read.voltage.x)
    most = max(at_medians(conductance) or 0.0 for pair in states for conductance in pair)
    return Knob(getattr(synapse, "resistance_name", ""), 1 / most, "ohm", fields, False) if most > 0 else None


def _number(name: str, case: Case, quantities: Mapping[str, Quantity]) -> Knob | None:
    """Return a single number of the technology."""
    path = PATHS.get(name, "")
    if name == BITS:
        bits = getattr(case.technology.components[ADC.name], "bits", None)
        path = f"components.{ADC.name}.{'bits' if isinstance(bits, Quantity) else 'max_bits'}"
    quantity = quantities.get(path)
    if quantity is None or not quantity.value > 0:
        return None
    return Knob(NAMES.get(name, name), quantity.value, quantity.unit, {path: (quantity, 1)}, name in WHOLE)


def _margins(
    medians: Inputs,
    quantities: Mapping[str, Quantity],
    names: Sequence[str],
    lists: Mapping[Stretch, Mapping[str, Sequence[float]]],
) -> dict[Stretch, dict[Key, Array]]:
    """Return the margin of every check of every design of every list, which give the values of some fields; minus
    infinity where a design has no meaning."""
    places: dict[Stretch, slice] = {}
    count = 0
    for each, fields in lists.items():
        length = len(next(iter(fields.values()), ()))
        places[each] = slice(count, count + length)
        count += length
    if not count:  # no knob moves any check
        return {each: {} for each in lists}
    designs: dict[str, list[float]] = {}
    for each, fields in lists.items():
        for path, numbers in fields.items():
            designs.setdefault(path, [quantities[path].value] * count)[places[each]] = numbers
    step = max(AT_ONCE // len(medians.network.layers), 1)
    parts = [
        _of_designs(medians, names, {path: numbers[start : start + step] for path, numbers in designs.items()})
        for start in range(0, count, step)
    ]
    kept = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    return {each: {key: values[place] for key, values in kept.items()} for each, place in places.items()}


def _of_designs(medians: Inputs, names: Sequence[str], designs: Mapping[str, Sequence[float]]) -> dict[Key, Array]:
    """Return the margin of every check of a list of designs."""
    kept: dict[Key, Array] = {}
    given = listed(medians, designs)
    case = given.case()
    with np.errstate(all="ignore"):
        for evaluation in evaluate(given, names):
            valid = evaluation.valid
            for check in checks(evaluation, case):
                margin = np.where(valid, np.min(given.grid.layered(check.margin), axis=0), -np.inf)
                key = Key(evaluation.architecture, check.code, check.quantity)
                kept[key] = np.broadcast_to(margin, (*given.grid.shape, 1))[:, 0]
    return kept
