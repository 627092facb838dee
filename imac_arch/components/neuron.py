"""The analog sigmoid neuron by given figures."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Neuron, Setting, UnitCost
from imac_arch.data.quantity import Array, Count, In, Quantity

__all__ = ["AnalogNeuron"]


class AnalogNeuron(Neuron):
    """One neuron per output; it conducts all the time."""

    formula: ClassVar[str] = "given figures"
    kind: Literal["analog_neuron"] = "analog_neuron"
    power: Annotated[Quantity, In("W")]
    area: Annotated[Quantity, In("m^2")]
    latency: Annotated[Quantity, In("s")]
    leakage: Annotated[Quantity, In("W")]
    drive_current: Annotated[Quantity, In("A", gt=0)]
    cells: Count | None = None

    def drive(self, setting: Setting) -> Array:
        """See the base."""
        return self.drive_current.x

    def cost(self, setting: Setting, what: str = "") -> UnitCost:
        """Return the cost of one neuron."""
        return UnitCost(self.area.x, latency=self.latency.x, leakage=self.leakage.x, power=self.power.x)
