"""One published converter."""

from __future__ import annotations

from typing import Annotated, Literal

from imac_arch.components.adc import AdcLaw, Node, Rate, at_own_node
from imac_arch.components.base import Context, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity

__all__ = ["FixedAdc"]


class FixedAdc(AdcLaw):
    """One published converter: ISAAC's 8-bit one at 32 nm."""

    kind: Literal["adc_fixed"] = "adc_fixed"
    energy: Annotated[Quantity, In("J", gt=0)]
    area: Annotated[Quantity, In("m^2", gt=0)]
    default_rate: Rate
    node: Node

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, context: Context, scale: bool) -> UnitCost:
        """See the class; stays at its own node unless ``scale``."""
        cost = self.costs(self.area.x, self.energy.x, 1 / self.default_rate.x)
        return at_own_node(cost, self.node, context, scale, self.name)
