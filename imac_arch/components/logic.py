"""Digital logic: adders, registers, comparators and multipliers by word length, scaled from the node of the
source."""

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Component, Context, Law, Section
from imac_arch.components.cost import UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.arrays import ONE, Array, times
from imac_arch.data.quantity import COUNT, RATIO, In, Quantity, about

__all__ = ["Logic", "LogicLaw"]


class LogicRow(Section):
    """Costs per bit (of a multiplier, per product of two bits)."""

    area: Annotated[Quantity, In("m^2", "area per bit", usual="0.001 um^2 .. 1000 um^2")]
    energy: Annotated[Quantity, In("J", "switching energy per bit and operation", usual="0.1 aJ .. 100 pJ")]
    leakage: Annotated[Quantity, In("W", "static power per bit", usual="0.1 fW .. 10 mW")]
    latency: Annotated[Quantity, In("s", "delay of a unit of the source's word length", usual="0.1 ps .. 1 us")]
    anchor: Annotated[
        Annotated[Quantity, In("J", gt=0, usual="0.1 aJ .. 100 pJ")] | None,
        about("switching energy per bit at the anchor node of the scaling law; the law's own for logic where absent"),
    ] = None


class LogicLaw(Law):
    """Costs per bit of digital functions at one node; a multiplier costs the product of its bits.

    Delays with carry propagation grow with the depth of the carry tree, ``1 + log2 bits``.
    """

    kind: Annotated[Literal["logic"], LAW_KIND] = "logic"
    node: Annotated[Quantity, In("m", "node of the tabulated costs", gt=0, usual="1 nm .. 1 um")]
    word: Annotated[Quantity, COUNT.said("word length at which the delays were taken", "1 .. 1024")]
    adder: Annotated[LogicRow, about("carry-propagate adder, per bit")]
    flip_flop: Annotated[LogicRow, about("register, per bit")]
    comparator: Annotated[LogicRow, about("magnitude comparator, per bit")]
    multiplier: Annotated[LogicRow, about("multiplier, per product of bits")]
    shifter: Annotated[LogicRow, about("barrel shifter, per bit")]

    def depth(self, name: str, size: Array) -> Array:
        """Return the depth of a function of ``size`` bits over that of the source's unit."""
        if name == "flip_flop":
            return ONE
        word = np.log2(self.word.x)
        depth: Array = (ONE + np.log2(size)) / (ONE + (word + word if name == "multiplier" else word))
        return depth


class Logic(Component):
    """The digital library of a technology. ``activity`` is the toggle rate relative to the source's."""

    roles: ClassVar[tuple[str, ...]] = ("logic",)
    formula: ClassVar[str] = "cost per bit times bits (a multiplier: bits by bits), scaled from the node of the law"
    kind: Annotated[Literal["logic"], COMPONENT_KIND] = "logic"
    law: Annotated[Literal["logic"], about("law with the costs per bit")] = "logic"
    activity: Annotated[Quantity, RATIO.said("toggle rate relative to the source's", "0.01 .. 2")]

    def function(self, name: str, size: Array, context: Context) -> UnitCost:
        """Return the cost of an ``adder``, ``flip_flop``, ``comparator`` or ``shifter`` of ``size`` bits, or of a
        ``multiplier`` of ``size`` bit products."""
        law = context.laws.get(LogicLaw, self.law)
        bit = context.memo.get((id(self), name), lambda: self._bit(law, name, context), keep=self)
        return UnitCost(
            bit.area * size,
            bit.energy * size,
            times(bit.latency, law.depth(name, size)),
            bit.leakage * size,
            law=bit.law,
            checks=bit.checks,
            scaled=bit.scaled,
        )

    def _bit(self, law: LogicLaw, name: str, context: Context) -> UnitCost:
        """Return the cost of one bit of a function, ``latency`` being of the source's unit."""
        row: LogicRow = getattr(law, name)
        energy = row.energy.x * self.activity.x
        own = UnitCost(row.area.x, energy, row.latency.x, row.leakage.x, law="logic")
        anchor = None if row.anchor is None else (row.anchor.x, row.energy.x)
        return scaled(own, law.node.x, context, name, anchor=anchor)

    def shift_add(self, size: Array, context: Context) -> UnitCost:
        """Return the cost of a shifter and an adder of ``size`` bits, one after the other."""
        shift, add = (self.function(name, size, context) for name in ("shifter", "adder"))
        return UnitCost(
            shift.area + add.area,
            shift.energy + add.energy,
            shift.latency + add.latency,
            shift.leakage + add.leakage,
            law=add.law,
            checks=add.checks,
            scaled=(*shift.scaled, *add.scaled),
        )
