"""Converters in the pitch of a column."""

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.adc import AdcLaw, Node, Real, at_own_node
from imac_arch.components.base import LAW_KIND, Context
from imac_arch.components.cost import UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity, about

__all__ = ["InArrayAdc"]


class InArrayAdc(AdcLaw):
    """Column-pitch converter of ZigZag-IMC, validated on seven chips at 28 nm.

    ``E = (e1 B + e2 4^B) V^2``, ``A = 2^B 10^(a0 + a1 B)``, ``t = B (t0 + t1 rows)``.
    """

    kind: Annotated[Literal["adc_in_array"], LAW_KIND] = "adc_in_array"
    e1: Annotated[Quantity, In("F", "capacitance switched per bit", gt=0, usual="0.1 fF .. 100 pF")]
    e2: Annotated[
        Quantity, In("F", "capacitance switched per conversion, multiplied by 4^bits", gt=0, usual="0.01 aF .. 1 pF")
    ]
    a0: Annotated[Real, about("intercept of log10 area per level")]
    a1: Annotated[Real, about("slope of log10 area per level over bits")]
    area_unit: Annotated[
        Quantity,
        In("m^2", "area by which the fit's logarithm of area is normalized", gt=0, usual="0.001 um^2 .. 1 m^2"),
    ]
    t0: Annotated[Quantity, In("s", "conversion time per bit, independent of the rows", gt=0, usual="1 ps .. 1 us")]
    t1: Annotated[Quantity, In("s", "conversion time per bit and row", gt=0, usual="0.01 ps .. 10 ns")]
    node: Annotated[Node, about("node of the validated converters")]

    paced: ClassVar[bool] = False

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, context: Context, scale: bool) -> UnitCost:
        """See the class; takes the bits themselves and stays at its own node unless ``scale``."""
        energy = (self.e1.x * bits + self.e2.x * np.exp2(2 * bits)) * context.vdd**2
        area = self.area_unit.x * np.exp2(bits) * np.power(10.0, self.a0.x + self.a1.x * bits)
        cost = self.costs(area, energy, bits * (self.t0.x + self.t1.x * rows))
        return at_own_node(cost, self.node, context, scale, self.name, supply=False)
