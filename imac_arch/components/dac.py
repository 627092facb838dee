"""The digital-to-analog converter in front of a word line, for inputs of more than one bit."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Component, Setting, UnitCost
from imac_arch.quantity import Array, In, Quantity

__all__ = ["Dac"]


class Dac(Component):
    """Energy ``C B V^2`` per conversion (ZigZag-IMC), area per level, one conversion time."""

    roles: ClassVar[tuple[str, ...]] = ("dac",)
    kind: Literal["dac"] = "dac"
    capacitance_per_bit: Annotated[Quantity, In("F", gt=0)]
    area_per_level: Annotated[Quantity, In("m^2")]
    latency: Annotated[Quantity, In("s")]
    leakage: Annotated[Quantity, In("W")]

    def cost(self, setting: Setting, bits: Array) -> UnitCost:
        """Return the cost of one converter of ``bits`` bits."""
        energy = self.capacitance_per_bit.x * bits * setting.vdd**2
        return UnitCost(self.area_per_level.x * 2**bits, energy, self.latency.x, self.leakage.x, law="C B V^2")
