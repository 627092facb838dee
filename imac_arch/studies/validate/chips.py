"""Macro files as operating points: what a chip and its point say together, and what was measured."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from imac_arch.data.errors import FileErrors, Problem
from imac_arch.data.quantity import Quantity
from imac_arch.data.registry import names
from imac_arch.macro import Chip, Family, Measured, Point
from imac_arch.macro_files import CHIPS, load_macros, macro_files

__all__ = ["Operating", "chips_of", "idle_keys", "operating_points", "shipped"]

CONDUCTED = ("read_voltage", "read_time", "cell.conductance", "cell.read_current")
IDLE: dict[Family, tuple[str, ...]] = {  # keys that say nothing of a family
    "sram": CONDUCTED,
    "nvm": ("cell.transistors",),
    "digital": ("read", *CONDUCTED, "cell.capacitance", "active_cols", "weight.cells"),
}
OWN = ("rows", "cols", "active_rows", "active_cols", "input", "weight", "converter", "activity", "read_time")


@dataclass(frozen=True)
class Operating:
    """One operating point of a chip.

    Attributes:
        chip: the chip, with what the point replaces.
        point: the point.
        file: where it stands.
    """

    chip: Chip
    point: Point
    file: str

    @property
    def label(self) -> str:
        """Chip and point in words."""
        return f"{self.chip.name}, {self.point.name}" if self.point.name else self.chip.name

    @property
    def family(self) -> Family:
        """``sram``, ``nvm`` or ``digital``."""
        return "digital" if self.chip.adder_tree is not None else "sram" if self.chip.memory == "sram" else "nvm"

    @property
    def rows(self) -> float:
        """Rows that are summed at once."""
        return _value(self.chip.active_rows, self.chip.rows.value)

    @cached_property
    def pass_bits(self) -> float:
        """Bits of an input that come before one conversion or sum."""
        given = self.chip.input
        return _value(given.pass_bits, 1.0 if given.coding == "bit_serial" else given.bits.value)

    @property
    def phases(self) -> float:
        """Passes of one word of inputs."""
        return float(math.ceil(self.chip.input.bits.value / self.pass_bits))

    @property
    def weight_bits(self) -> float:
        """Bits of a weight in one conversion or sum."""
        whole = self.chip.adder_tree is not None or self.chip.weight.joined == "analog"
        return self.chip.weight.bits.value if whole else 1.0

    @property
    def conversions(self) -> float:
        """Conversions or sums of a pass."""
        tree, converter = self.chip.adder_tree, self.chip.converter
        if tree is not None:
            return tree.outputs.value
        assert converter is not None  # a file has one of the two
        return converter.count.value

    @property
    def ops(self) -> float:
        """Operations of one conversion, 1-bit normalised: two a row, times bits of input and weight."""
        return 2 * self.rows * self.pass_bits * self.weight_bits

    @property
    def bits(self) -> float:
        """Bits of input times bits of weight, by which 1-bit normalised operations are more than native ones."""
        return self.chip.input.bits.value * self.chip.weight.bits.value

    @property
    def cycle(self) -> float | None:
        """Published time of a pass [s]."""
        return None if self.point.cycle is None else self.point.cycle.value

    @property
    def measured_energy(self) -> float | None:
        """Measured energy of one conversion [J]."""
        found = self._measured
        if found is None:
            return None
        if found.energy is not None:
            return found.energy.value
        if found.tops_per_watt is None:
            return None
        return self.ops / (found.tops_per_watt.value * self._counted(found))

    @property
    def measured_area(self) -> float | None:
        """Measured area of one array with its periphery [m^2]; it follows from throughput over area and cycle."""
        found = self._measured
        if found is None or found.area is not None:
            return None if found is None or found.area is None else found.area.value
        if found.tops_per_mm2 is None or self.cycle is None:
            return None
        return self.ops * self.conversions / self.cycle / (found.tops_per_mm2.value * self._counted(found))

    @property
    def _measured(self) -> Measured | None:
        return self.point.measured

    def _counted(self, found: Measured) -> float:
        """Return 1-bit normalised operations for each operation that was counted."""
        return 1.0 if found.counted == "one_bit" else self.bits


def _value(given: Quantity | None, otherwise: float) -> float:
    return otherwise if given is None else given.value


def operating_points(chips: Iterable[tuple[Chip, str]]) -> list[Operating]:
    """Return the operating points of chips, each with its file."""
    return [Operating(_merged(chip, point), point, file) for chip, file in chips for point in chip.points]


def idle_keys(at: Operating) -> tuple[str, ...]:
    """Return the keys that a file gives of a point and that have no effect on a chip of its family."""
    return tuple(path for path in IDLE[at.family] if _given(at.chip, path) is not None)


def _given(part: object, path: str) -> object:
    for name in path.split("."):
        part = getattr(part, name)
    return part


def _merged(chip: Chip, point: Point) -> Chip:
    own = {name: getattr(point, name) for name in OWN if getattr(point, name) is not None}
    return chip.model_copy(update=own) if own else chip


def shipped() -> list[tuple[Chip, str]]:
    """Return every shipped chip with its file."""
    return chips_of(names("macro"))


def _place(file: str) -> str:
    """Return where a file lies, however it is written; what no file can be called as it is, for reading tells that."""
    try:
        return os.path.realpath(file)
    except ValueError:
        return file


def chips_of(given: Sequence[str]) -> list[tuple[Chip, str]]:
    """Return the chips of names, files and folders, each with its file.

    Raises:
        ImacError: files are absent or wrong; those of all files are told together.
    """
    found: list[tuple[Chip, str]] = []
    problems: list[Problem] = []
    files = {_place(file): file for each in given for file in macro_files(each)}
    for name in files.values():  # each once, whatever folders it is in
        try:
            chips, loaded = load_macros(name)
        except FileErrors as error:
            problems += error.problems
            continue
        for place, chip in enumerate(chips):
            twice = next((file for known, file in found if known.name == chip.name), None)
            if twice is not None:
                text = f"the chip {chip.name!r} stands in {twice} too; give one of them another name"
                inside = (CHIPS, place) if CHIPS in loaded.document.data else ()
                problems.append(loaded.document.problem(text, (*inside, "name")))
            found.append((chip, loaded.document.name))
    if problems:
        raise FileErrors(problems)
    return found
