"""The bus between layers."""

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.quantity import In, Quantity

__all__ = ["Bus"]


class Bus(Component):
    """Energy per bit and length; routed above the logic, its delay is hidden by the pipeline registers."""

    roles: ClassVar[tuple[str, ...]] = ("bus",)
    kind: Annotated[Literal["bus"], COMPONENT_KIND] = "bus"
    energy_per_length: Annotated[
        Quantity, In("J/bit/m", "switching energy per bit and length", gt=0, usual="0.1 fJ/bit/mm .. 10 pJ/bit/mm")
    ]
    length: Annotated[
        Quantity, In("m", "mean distance that a value travels between layers", gt=0, usual="1 um .. 50 mm")
    ]
    area: Annotated[Quantity, In("m^2", "area of the bus outside the logic it crosses", usual="0.1 um^2 .. 100 mm^2")]
    latency: Annotated[Quantity, In("s", "delay that is not hidden behind the registers", usual="0.1 ps .. 1 us")]
    leakage: Annotated[Quantity, In("W", "static power of repeaters and drivers", usual="0.1 fW .. 100 mW")]
    node: Annotated[Quantity, In("m", "node at which the energy was measured", gt=0, usual="1 nm .. 1 um")]

    def cost(self, context: Context) -> UnitCost:
        """Return the cost of one bit lane, ``energy`` being of moving one bit over the length."""
        energy = self.energy_per_length.x * self.length.x
        own = UnitCost(self.area.x, energy, self.latency.x, self.leakage.x, law="per bit and length")
        return scaled(own, self.node.x, context, "bus")
