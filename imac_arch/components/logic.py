"""Digital logic: adders, registers, comparators and multipliers by their bits, carried from the node of their
source."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import Component, Context, Law, Section, UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import Count, In, Quantity, Ratio

__all__ = ["Logic", "LogicLaw"]


class LogicRow(Section):
    """Costs of one bit (for a multiplier, of one bit by one bit)."""

    area: Annotated[Quantity, In("m^2")]
    energy: Annotated[Quantity, In("J")]
    leakage: Annotated[Quantity, In("W")]
    latency: Annotated[Quantity, In("s")]


class LogicLaw(Law):
    """Costs per bit of digital functions at one node; a multiplier costs the product of its bits.

    The delay of what carries from bit to bit grows with the depth of its tree, ``1 + log2 bits``.
    """

    kind: Literal["logic"] = "logic"
    node: Annotated[Quantity, In("m", gt=0)]
    word: Count
    adder: LogicRow
    flip_flop: LogicRow
    comparator: LogicRow
    multiplier: LogicRow
    shifter: LogicRow

    def depth(self, name: str, size: Array) -> Array:
        """Return the depth of a function of ``size`` bits over that of the source's unit."""
        if name == "flip_flop":
            return np.ones(())
        word = self.word.x ** (2 if name == "multiplier" else 1)
        depth: Array = (1 + np.log2(size)) / (1 + np.log2(word))
        return depth


class Logic(Component):
    """The digital library of a technology. ``activity`` is the share of bits that toggle, relative to the source's."""

    roles: ClassVar[tuple[str, ...]] = ("logic",)
    formula: ClassVar[str] = "cost per bit times bits (a multiplier: bits by bits), carried from 45 nm"
    kind: Literal["logic"] = "logic"
    law: Literal["logic"] = "logic"
    activity: Ratio

    def function(self, name: str, size: Array, context: Context) -> UnitCost:
        """Return the cost of an ``adder``, ``flip_flop``, ``comparator`` or ``shifter`` of ``size`` bits, or of a
        ``multiplier`` of ``size`` bit products."""
        law = context.laws.get(LogicLaw, self.law)
        row: LogicRow = getattr(law, name)
        energy = row.energy.x * size * self.activity.x
        latency = row.latency.x * law.depth(name, size)
        own = UnitCost(row.area.x * size, energy, latency, row.leakage.x * size, law="logic")
        return scaled(own, law.node.x, context, name)

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
