"""Converters by successive approximation, from simulated power by node."""

from functools import cached_property
from typing import Annotated, ClassVar, Literal

from imac_arch.components.adc import AdcLaw, Node
from imac_arch.components.base import LAW_KIND, Context, Rows, Section
from imac_arch.components.cost import UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import RATIO, In, Quantity, about

__all__ = ["SarAdc"]


class SarRow(Section):
    """Power of a converter at one node."""

    node: Annotated[Node, about("technology node of the row")]
    bit_power: Annotated[Quantity, In("W", "power of a converter per bit", gt=0, usual="1 pW .. 100 mW")]
    base_power: Annotated[
        Quantity, In("W", "power of a converter beside that of its bits", gt=0, usual="1 pW .. 100 mW")
    ]


class SarAdc(AdcLaw):
    """Successive-approximation converter of DNN+NeuroSim: power linear in the bits, one cycle a bit and one to sample.

    ``E = (a B + b) (B + 1) cycle``, ``A = (n0 + n1 (B - 1)) a_T``, ``t = (B + 1) cycle``; a and b log-log interpolated
    between the nodes of the table, a_T scaled from its own.
    """

    kind: Annotated[Literal["adc_sar"], LAW_KIND] = "adc_sar"
    table: Annotated[tuple[SarRow, ...], about("power of a converter by node")]
    cycle: Annotated[Quantity, In("s", "time to decide one bit, or to sample", gt=0, usual="1 ps .. 10 us")]
    transistors: Annotated[Quantity, RATIO.said("transistors of a converter of one bit", "10 .. 100000")]
    transistors_per_bit: Annotated[Quantity, RATIO.said("transistors for each further bit", "1 .. 10000")]
    transistor_area: Annotated[
        Quantity,
        In("m^2", "area of one transistor of the smallest size in a gate", gt=0, usual="0.0001 um^2 .. 100 um^2"),
    ]
    area_node: Annotated[Node, about("node of that area")]
    paced: ClassVar[bool] = False

    @cached_property
    def rows(self) -> Rows[SarRow]:
        """The table by node."""
        return Rows(self.table)

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, context: Context, scale: bool) -> UnitCost:
        """See the class; takes the bits themselves, the node of the technology and a rate of its own."""
        by_node = context.memo.get(("sar", id(self)), lambda: self._power(context), keep=self)
        time = (bits + 1) * self.cycle.x
        count = self.transistors.x + self.transistors_per_bit.x * (bits - 1)
        sized = scaled(
            UnitCost(count * self.transistor_area.x), self.area_node.x, context, f"adc ({self.name}) area", supply=False
        )
        cost = self.costs(sized.area, (by_node[0] * bits + by_node[1]) * time, time)
        return cost._replace(scaled=sized.scaled, checks=(*sized.checks, self.rows.check(context.node, self.name)))

    def _power(self, context: Context) -> tuple[Array, Array]:
        return self.rows.at(context.node, "bit_power"), self.rows.at(context.node, "base_power")
