"""The analog sigmoid neuron with given figures."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.components.mismatch import Mismatch, SlopeVariation, spread_omitted
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import COUNT, In, Quantity, about
from imac_arch.network import Activation

__all__ = ["AnalogNeuron"]


class AnalogNeuron(Component):
    """One neuron per output, with static current at 100 % duty cycle."""

    roles: ClassVar[tuple[str, ...]] = ("neuron",)
    formula: ClassVar[str] = "given figures"
    kind: Annotated[Literal["analog_neuron"], COMPONENT_KIND] = "analog_neuron"
    power: Annotated[Quantity, In("W", "static power while biased", usual="1 pW .. 10 mW")]
    area: Annotated[Quantity, In("m^2", "area of one neuron with its cells", usual="0.001 um^2 .. 0.1 mm^2")]
    latency: Annotated[Quantity, In("s", "delay from input to settled output", usual="0.1 ps .. 100 us")]
    leakage: Annotated[Quantity, In("W", "static power while supplied", usual="0.1 fW .. 10 mW")]
    drive_current: Annotated[
        Quantity, In("A", "output current available to charge the next word line", gt=0, usual="1 nA .. 100 mA")
    ]
    cells: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 100")] | None,
        about("nonvolatile cells per neuron, written when the network is loaded"),
    ] = None
    computes: Annotated[tuple[Activation, ...], about("activation functions that it computes")] = ("sigmoid",)
    mismatch: Mismatch = None
    slope_variation: SlopeVariation = None

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """Its transfer curve, and what of its variation the file says nothing about."""
        curve = ("the neuron's transfer in the accuracy", "an ideal sigmoid")
        return {"transfer": curve} | spread_omitted(self.mismatch, self.slope_variation)

    def drive(self, context: Context) -> Array:
        """See the base."""
        return self.drive_current.x

    def slope(self, context: Context) -> Array | None:
        """Given figures say nothing about the transfer curve."""
        return None

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """Return the cost of one neuron."""
        return UnitCost(self.area.x, latency=self.latency.x, leakage=self.leakage.x, power=self.power.x)
