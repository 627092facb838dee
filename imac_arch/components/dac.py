"""The digital-to-analog converter in front of a word line, for inputs of more than one bit."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Check, Component, Context, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import Count, In, Quantity

__all__ = ["Dac"]


class Dac(Component):
    """Energy ``C B V^2`` per conversion (ZigZag-IMC), area per level, one conversion time."""

    roles: ClassVar[tuple[str, ...]] = ("dac",)
    formula: ClassVar[str] = "E = capacitance_per_bit B VDD^2; area = area_per_level 2^B; one conversion time"
    kind: Literal["dac"] = "dac"
    capacitance_per_bit: Annotated[Quantity, In("F", gt=0)]
    area_per_level: Annotated[Quantity, In("m^2")]
    latency: Annotated[Quantity, In("s")]
    leakage: Annotated[Quantity, In("W")]
    max_bits: Count

    def cost(self, context: Context, bits: Array) -> UnitCost:
        """Return the cost of one converter of ``bits`` bits."""
        energy = self.capacitance_per_bit.x * bits * context.vdd**2
        limit = Check("bits", bits, 1.0, self.max_bits.x, source="dac")
        area = self.area_per_level.x * 2**bits
        return UnitCost(area, energy, self.latency.x, self.leakage.x, law="C B V^2", checks=(limit,))
