"""Digital logic: adders, registers, comparators and multipliers by their bits, carried from the node of their
source."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Component, Law, Part, Setting, UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.quantity import Array, In, Quantity, Ratio

__all__ = ["Logic", "LogicLaw"]


class LogicRow(Part):
    """Costs of one bit (for a multiplier, of one bit by one bit)."""

    area: Annotated[Quantity, In("m^2")]
    energy: Annotated[Quantity, In("J")]
    leakage: Annotated[Quantity, In("W")]
    latency: Annotated[Quantity, In("s")]


class LogicLaw(Law):
    """Costs per bit of digital functions at one node; a multiplier costs the product of its bits."""

    kind: Literal["logic"] = "logic"
    node: Annotated[Quantity, In("m", gt=0)]
    adder: LogicRow
    flip_flop: LogicRow
    comparator: LogicRow
    multiplier: LogicRow


class Logic(Component):
    """The digital library of a technology. ``activity`` is the share of bits that toggle, relative to the source's."""

    roles: ClassVar[tuple[str, ...]] = ("logic",)
    kind: Literal["logic"] = "logic"
    law: Literal["logic"] = "logic"
    activity: Ratio

    def function(self, name: str, size: Array, setting: Setting) -> UnitCost:
        """Return the cost of an ``adder``, ``flip_flop`` or ``comparator`` of ``size`` bits, or a ``multiplier`` of
        ``size`` bit products.

        The latency is that of the source's unit, 32 bits wide.
        """
        law = setting.laws.get(LogicLaw, self.law)
        row: LogicRow = getattr(law, name)
        energy = row.energy.x * size * self.activity.x
        own = UnitCost(row.area.x * size, energy, row.latency.x, row.leakage.x * size, law="logic")
        return scaled(own, law.node.x, setting, name)
