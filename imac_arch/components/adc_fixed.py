"""One published converter."""

from typing import Annotated, ClassVar, Literal

from imac_arch.components.adc import AdcLaw, Node, Rate, at_own_node
from imac_arch.components.base import LAW_KIND, Context
from imac_arch.components.cost import UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity, about

__all__ = ["FixedAdc"]


class FixedAdc(AdcLaw):
    """A single published converter: the 8-bit converter of ISAAC at 32 nm."""

    kind: Annotated[Literal["adc_fixed"], LAW_KIND] = "adc_fixed"
    energy: Annotated[Quantity, In("J", "energy of one conversion", gt=0, usual="0.1 fJ .. 100 nJ")]
    area: Annotated[Quantity, In("m^2", "area of the published converter", gt=0, usual="1 um^2 .. 10 mm^2")]
    default_rate: Annotated[Rate, about("conversion rate of the published converter")]
    node: Annotated[Node, about("node of the published converter")]

    paced: ClassVar[bool] = False

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, context: Context, scale: bool) -> UnitCost:
        """See the class; stays at its own node unless ``scale``."""
        cost = self.costs(self.area.x, self.energy.x, 1 / self.default_rate.x)
        return at_own_node(cost, self.node, context, scale, self.name)
