"""Components with given costs: sample-and-hold, comparators, digital neurons, switches; and ``none``."""

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import COUNT, In, Quantity, about
from imac_arch.network import Activation

__all__ = ["Nothing", "Table"]


class Table(Component):
    """Costs per unit as given, scaled from ``node`` where it is given."""

    roles: ClassVar[tuple[str, ...]] = ("sample_hold", "readout", "digital_neuron", "line_switch")
    kind: Annotated[Literal["table"], COMPONENT_KIND] = "table"
    area: Annotated[Quantity, In("m^2", "area of one unit", usual="0.001 um^2 .. 10 mm^2")]
    energy: Annotated[Quantity, In("J", "energy of one operation", usual="0.1 aJ .. 1 uJ")]
    latency: Annotated[Quantity, In("s", "latency of one operation", usual="0.1 ps .. 1 ms")]
    leakage: Annotated[Quantity, In("W", "static power of one unit while supplied", usual="0.1 fW .. 100 mW")]
    node: Annotated[
        Annotated[Quantity, In("m", gt=0, usual="1 nm .. 1 um")] | None,
        about("node of the given figures; not scaled where absent"),
    ] = None
    shared: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None,
        about("outputs that one unit serves in turn; one unit per output where absent"),
    ] = None
    bits: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 64")] | None,
        about("word length of a digital neuron with these costs; other lengths cost in proportion"),
    ] = None
    computes: Annotated[tuple[Activation, ...], about("activation functions that it computes")] = ("sigmoid",)

    def cost(self, context: Context, what: str = "", bits: Array | None = None) -> UnitCost:
        """Return the cost of one unit, with ``energy`` and ``latency`` of one action.

        Where ``bits`` are asked for, area, energy and leakage go with them if it is known how many bits they hold for.
        """
        part: Array | float = 1.0 if bits is None or self.bits is None else bits / self.bits.x
        own = UnitCost(self.area.x * part, self.energy.x * part, self.latency.x, self.leakage.x * part)
        return own if self.node is None else scaled(own, self.node.x, context, what)


class Nothing(Component):
    """A deliberately neglected role: its cost is 0, and it is listed as neglected."""

    kind: Annotated[Literal["none"], COMPONENT_KIND] = "none"

    @property
    def neglected(self) -> bool:
        """Always: that is what it is for."""
        return True
