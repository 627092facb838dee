"""The analog sigmoid neuron by given figures."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Component, Context, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import Count, In, Quantity
from imac_arch.network import Activation

__all__ = ["AnalogNeuron"]


class AnalogNeuron(Component):
    """One neuron per output; it conducts all the time."""

    roles: ClassVar[tuple[str, ...]] = ("neuron",)
    formula: ClassVar[str] = "given figures"
    kind: Literal["analog_neuron"] = "analog_neuron"
    power: Annotated[Quantity, In("W")]
    area: Annotated[Quantity, In("m^2")]
    latency: Annotated[Quantity, In("s")]
    leakage: Annotated[Quantity, In("W")]
    drive_current: Annotated[Quantity, In("A", gt=0)]
    cells: Count | None = None
    computes: tuple[Activation, ...] = ("sigmoid",)

    def drive(self, context: Context) -> Array:
        """See the base."""
        return self.drive_current.x

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """Return the cost of one neuron."""
        return UnitCost(self.area.x, latency=self.latency.x, leakage=self.leakage.x, power=self.power.x)
