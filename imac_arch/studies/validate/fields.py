"""What a macro file and the law of macros say of an operating point, as fields of a technology by their path."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from imac_arch.components.base import Context, Laws
from imac_arch.components.pitch import PitchLaw
from imac_arch.data.quantity import Quantity
from imac_arch.network import Activity, Layer, Network
from imac_arch.studies.validate.chips import Operating
from imac_arch.studies.validate.forms import count, form, over, product, rooted, shifted, times, whole
from imac_arch.studies.validate.law import MacroLaw
from imac_arch.technology_files import Loaded

__all__ = ["Fields"]

ADC, PITCH = "laws.adc_in_array", "pitch"
UNFED = ("charge", "discharge")  # lines that are charged before cells conduct
CURRENT = "read current"  # cells that empty a line take as much shorter as more flows
SIX = 6  # transistors of the cells whose pitch is tabulated


class Fields:
    """Fields of the base technology for one operating point, by path."""

    def __init__(self, at: Operating, law: MacroLaw, laws: Mapping[str, Loaded]) -> None:
        self.at, self.law, self.chip = at, law, at.chip
        self.assumed: dict[str, Quantity] = {}
        self._laws = laws

    @cached_property
    def _context(self) -> Context:
        node, vdd = np.asarray(self.chip.node.value), np.asarray(self.at.point.vdd.value)
        return Context(node, vdd, Laws({name: loaded.model for name, loaded in self._laws.items()}))

    @cached_property
    def _pitch(self) -> float:
        """Capacitances at the chip's node over those at 28 nm."""
        return float(self._pitches.factor(self._context))

    @property
    def _pitches(self) -> PitchLaw:
        return self._context.laws.get(PitchLaw, PITCH)

    @cached_property
    def _length(self) -> float:
        """Pitch of cells at the chip's node over that at 28 nm, whatever capacitances go with."""
        pitches = self._pitches
        here, there = pitches.area(self._context), pitches.rows.at(pitches.reference.x, "cell")
        return math.sqrt(float(here / there))

    @cached_property
    def outputs(self) -> int:
        """Weights in a row that a pass reads."""
        joined = self.chip.adder_tree is not None or self.chip.weight.joined == "analog"
        each = 1.0 if joined else self.chip.weight.bits.value
        return max(1, math.ceil(self.at.conversions / each))

    @cached_property
    def network(self) -> Network:
        """One layer of the rows and outputs of a pass; all of its inputs count, activity being in its capacitances."""
        ones = Quantity(1.0, "")
        layer = Layer(fan_in=int(self.at.rows), fan_out=self.outputs, activation="identity")
        return Network(name=self.at.label, layers=(layer,), bias="neuron", input=Activity(mean=ones, mean_square=ones))

    def taken(self, path: str, given: Quantity | None, otherwise: Quantity) -> Quantity:
        """Return what a chip says of itself, or else what its class has, and take note of that."""
        if given is not None:
            return given
        self.assumed[path] = otherwise
        return otherwise

    def _common(self) -> dict[str, Any]:
        law, chip = self.law.periphery, self.chip
        drivers = self._length**law.driver_exponent.value
        return {
            "node": form(chip.node), "vdd": form(self.at.point.vdd), "read.input_bits": count(chip.input.bits),
            "components.line_switch.area": form(law.driver_area, drivers),
        }  # fmt: skip

    def _activity(self) -> Quantity:
        """Return what a chip's activity makes of the energy of usual data: less than in proportion, for clocks and
        lines swing whatever the data."""
        given = self.at.chip.activity
        if given is None:
            return self.taken("activity", None, self.law.spread)
        idle, usual = self.law.idle.value, self.law.activity.value
        return shifted(given, idle, (1 - idle) / usual)

    @cached_property
    def _idling(self) -> float:
        """Columns whose cells are read in a pass over those that are converted."""
        given = self.chip.active_cols
        return 1.0 if given is None else max(1.0, given.value / (self.outputs * self._columns()))

    def analog(self) -> dict[str, Any]:
        """Return the fields of an analog macro."""
        at, chip = self.at, self.chip
        columns = self._columns()
        used = self.outputs * columns
        fields = self._common() | {
            "subarray.rows": int(chip.rows.value), "subarray.cols": int(max(chip.cols.value, used)),
            "subarray.active_cols": int(used), "read.slices": chip.weight.joined,
            "components.synapse.columns_per_weight": int(columns), "components.synapse.cells_per_weight": 1,
        }  # fmt: skip
        fields |= self._inputs() | self._converter()
        return fields | (self._sram() if at.family == "sram" else self._nonvolatile())

    @property
    def turns(self) -> float:
        """Columns that each converter serves in turn."""
        used = self.outputs * self._columns()
        return 1.0 if self.at.family == "digital" else max(1.0, self.chip.cols.value / used)

    def _columns(self) -> int:
        """Weight columns of a weight: its cells in SRAM, its bits where they are joined by adders, else one."""
        weight = self.chip.weight
        if weight.joined == "digital":
            return math.ceil(weight.bits.value)
        if self.at.family == "nvm":
            return 1
        return math.ceil(weight.bits.value if weight.cells is None else weight.cells.value)

    def _inputs(self) -> dict[str, Any]:
        """Return how inputs come: bit by bit, or by a level or pulse for each row and pass."""
        bits = self.at.pass_bits
        if bits <= 1:
            return {"read.input_mode": "bit_serial"}
        fields = {"read.input_mode": "dac", "read.pass_bits": math.ceil(bits)}
        if self.chip.input.coding == "bit_serial":  # joined before the converter: no level is made
            return fields | {"components.dac": "none"}
        level = form(self.law.periphery.dac_capacitance, self._pitch)
        return fields | {"components.dac.capacitance_per_level": level}

    def _converter(self) -> dict[str, Any]:
        law, converter = self.law.periphery, self.chip.converter
        assert converter is not None
        steps = self._pitch if law.noise == "scaled" else 1.0
        return {
            "components.adc.bits": whole(converter.bits), f"{ADC}.node": form(self.chip.node),
            f"{ADC}.e1": form(law.step, self._pitch), f"{ADC}.e2": form(law.noise_step, steps),
            f"{ADC}.area_unit": f"{self._length**2:.9g} um^2",
        }  # fmt: skip

    def _sram(self) -> dict[str, Any]:
        law, cell = self.law.sram, self.chip.cell
        fields = {"read.mode": "charge", "read.single_ended": True, "read.voltage": form(self.at.point.vdd)}
        path = "components.synapse.read_capacitance"
        charge = self.taken("cell.capacitance", cell.capacitance, law.capacitance)
        factor = 1.0 if cell.capacitance is not None else self._pitch
        energy = product(charge, self._activity(), factor * self._idling * self._settled())
        return fields | {path: energy} | self._cells(law.transistors, law.area, 1.0)

    def _settled(self) -> float:
        """Return the time constants for which cells that conduct while they are read draw the charge of their line:
        until it has settled to half a step of the converter."""
        converter = self.chip.converter
        assert converter is not None
        conducts = self.chip.read == "static" and self.law.sram.static == "settling"
        return (converter.bits.value + 1) * math.log(2) if conducts else 1.0

    def _nonvolatile(self) -> dict[str, Any]:
        law, at, chip = self.law.nonvolatile, self.at, self.chip
        pair = chip.weight.bits.value > 1 if chip.weight.cells is None else chip.weight.cells.value > 1
        single = not pair or chip.weight.joined == "digital"
        voltage = chip.read_voltage or law.voltage
        serial = max(1.0, at.pass_bits - chip.input.signed) if chip.input.coding == "bit_serial" else 1.0
        # word lines swing by the supply, and what charges them by less than that is drawn from it too
        swing = at.point.vdd.value / voltage.value
        line = self.taken("cell.capacitance", chip.cell.capacitance, law.line_capacitance)
        charge = (1.0 if chip.cell.capacitance is not None else self._pitch) * serial * swing * self._idling
        current, activity = self._current(voltage), self._activity()
        return {
            "read.mode": "static", "read.circuit": "virtual_ground", "read.time": self._time(current, activity),
            "read.voltage": form(voltage),
            "read.drawn_from": "supply", "read.single_ended": single,
            "components.synapse.r_on": over(
                current if chip.read in UNFED else times(current, activity), voltage.value / 2
            ),
            "components.synapse.read_capacitance": product(line, activity, charge),
            "components.synapse.cells_per_weight": 1 if single else 2,
        } | self._cells(None, law.area, 1.0 if single else 2.0)  # fmt: skip

    def _current(self, voltage: Quantity) -> Quantity:
        """Return the mean current of the cells of a converted column [A] with usual data; half of them conduct."""
        cell, law = self.chip.cell, self.law.nonvolatile
        if cell.read_current is None and cell.conductance is not None:
            given, slope = cell.conductance, voltage.value * self._idling
        else:
            given = self.taken("cell.read_current", cell.read_current, law.currents[self.chip.memory])
            slope = self._idling
        return replace(shifted(given, 0.0, slope), group=CURRENT)

    def _time(self, current: Quantity, activity: Quantity) -> dict[str, Any]:
        """Return how long cells conduct in a pass: as given, or until lines that nothing feeds are empty, or by its
        bits, within the cycle."""
        law, at = self.law.nonvolatile, self.at
        if at.chip.read_time is not None:
            return form(at.chip.read_time)
        if at.chip.read in UNFED:
            charge = law.line_capacitance.value * self._pitch * at.point.vdd.value
            return over(current, charge * activity.value, "s")
        bound = {"none": math.inf, "cycle": at.cycle or math.inf, "half": (at.cycle or math.inf) / 2}[law.limit]
        time = self.taken("read_time", None, law.time)
        return form(time, at.pass_bits, bound)

    def _cells(self, transistors: Quantity | None, ratio: Quantity, pair: float) -> dict[str, Any]:
        """Return the sides of a cell; ``pair`` is how many of them share the area of one that a file counts."""
        cell = self.chip.cell
        if cell.area is not None:
            side, factor = cell.area, 1 / pair
        else:
            count = 1.0
            if transistors is not None:
                count = self.taken("cell.transistors", cell.transistors, transistors).value / SIX
            side, factor = self.taken("cell.area", None, ratio), count * float(self._pitches.area(self._context)) / pair
        form = rooted(side, factor)
        return {"components.synapse.cell_width": form, "components.synapse.cell_height": form}

    def digital(self) -> dict[str, Any]:
        """Return the fields of a digital macro: one tree an output over the active rows, the rest of the array behind
        them."""
        law, chip, tree = self.law.digital, self.chip, "components.adder_tree"
        bits = self.at.chip.weight.bits.value
        stored = chip.rows.value * chip.cols.value / (self.at.rows * self.outputs * bits)
        transistors = self.taken("cell.transistors", chip.cell.transistors, law.transistors).value / SIX
        area = self.taken("cell.area", None, law.area) if chip.cell.area is None else chip.cell.area
        cell = {f"{tree}.cell_factor": form(area, transistors)}
        if chip.cell.area is not None:
            cell = {f"{tree}.cell_area": form(area)}
        return {
            "node": form(chip.node), "vdd": form(self.at.point.vdd), "read.input_bits": count(chip.input.bits),
            f"{tree}.rows": int(self.at.rows), f"{tree}.cols": self.outputs, f"{tree}.depth": max(1, round(stored)),
            f"{tree}.weight_bits": count(chip.weight.bits), f"{tree}.input_bits": count(chip.input.bits),
            f"{tree}.pass_bits": math.ceil(self.at.pass_bits), f"{tree}.activity": form(self._activity()), **cell,
        }  # fmt: skip
