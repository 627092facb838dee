"""The analog sigmoid neuron: a CMOS inverter with a divider of two magnetic tunnel junctions."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Component, Setting, UnitCost
from imac_arch.quantity import In, Quantity

__all__ = ["AnalogNeuron"]


class AnalogNeuron(Component):
    """One neuron per output; its divider and its inverter conduct all the time."""

    roles: ClassVar[tuple[str, ...]] = ("neuron",)
    kind: Literal["analog_neuron"] = "analog_neuron"
    power: Annotated[Quantity, In("W")]
    area: Annotated[Quantity, In("m^2")]
    latency: Annotated[Quantity, In("s")]
    leakage: Annotated[Quantity, In("W")]
    drive_current: Annotated[Quantity, In("A", gt=0)]

    def cost(self, setting: Setting | None = None, what: str = "") -> UnitCost:
        """Return the cost of one neuron."""
        return UnitCost(self.area.x, latency=self.latency.x, leakage=self.leakage.x, power=self.power.x)
