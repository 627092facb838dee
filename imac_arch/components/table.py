"""Components whose costs are given as they are: sample-and-hold, comparators, digital neurons, switches; and
``none``."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Component, Context, UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.quantity import Count, In, Quantity
from imac_arch.network import Activation

__all__ = ["Nothing", "Table"]


class Table(Component):
    """Costs per unit as given, carried from their own node where one is named."""

    roles: ClassVar[tuple[str, ...]] = ("sample_hold", "readout", "digital_neuron", "line_switch")
    kind: Literal["table"] = "table"
    area: Annotated[Quantity, In("m^2")]
    energy: Annotated[Quantity, In("J")]
    latency: Annotated[Quantity, In("s")]
    leakage: Annotated[Quantity, In("W")]
    node: Annotated[Quantity, In("m", gt=0)] | None = None
    shared: Count | None = None
    computes: tuple[Activation, ...] = ("sigmoid",)

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """Return the cost of one unit, with ``energy`` and ``latency`` of one action."""
        own = UnitCost(self.area.x, self.energy.x, self.latency.x, self.leakage.x)
        return own if self.node is None else scaled(own, self.node.x, context, what)


class Nothing(Component):
    """A role that is left out on purpose: it costs nothing and is listed as neglected."""

    kind: Literal["none"] = "none"

    @property
    def neglected(self) -> bool:
        """Always: that is what it is for."""
        return True
