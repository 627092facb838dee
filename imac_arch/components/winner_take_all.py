"""The winner-take-all read-out: one latched comparator per output, all in parallel."""

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.data.quantity import In, Quantity

__all__ = ["WinnerTakeAll"]


class WinnerTakeAll(Component):
    """Latches that regenerate together. Energy ``2 C V^2`` per decision, time ``tau ln 2^(b+1)`` for a difference of
    one LSB at ``bits`` bits."""

    roles: ClassVar[tuple[str, ...]] = ("readout",)
    formula: ClassVar[str] = "E = 2 C V^2 a decision and output; t = tau ln 2^(b+1)"
    kind: Annotated[Literal["winner_take_all"], COMPONENT_KIND] = "winner_take_all"
    capacitance: Annotated[Quantity, In("F", "capacitance of a latch node", gt=0, usual="0.05 fF .. 10 pF")]
    time_constant: Annotated[Quantity, In("s", "regeneration time constant of a latch", gt=0, usual="0.1 ps .. 100 ns")]
    bits: Annotated[Quantity, In("", "resolution of the comparison", gt=0, plain=True, usual="1 .. 16")]
    area: Annotated[Quantity, In("m^2", "area of one latch", usual="0.01 um^2 .. 0.1 mm^2")]
    leakage: Annotated[Quantity, In("W", "static power of one latch", usual="0.1 fW .. 10 mW")]

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """See the class; one comparator."""
        energy = 2 * self.capacitance.x * context.vdd**2
        latency = self.time_constant.x * np.log(2.0) * (self.bits.x + 1)
        return UnitCost(self.area.x, energy, latency, self.leakage.x, law="latched comparator")
