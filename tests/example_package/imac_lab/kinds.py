"""A component kind and a converter law of their own."""

from typing import Annotated, ClassVar, Literal

from imac_arch.components.adc import AdcLaw
from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.data.quantity import In, Quantity


class LabSwitch(Component):
    """A line switch of a measured area that leaks nothing."""

    roles: ClassVar[tuple[str, ...]] = ("line_switch",)
    formula: ClassVar[str] = "area as measured"
    kind: Annotated[Literal["lab_switch"], COMPONENT_KIND] = "lab_switch"
    area: Annotated[Quantity, In("m^2", "measured area of a switch", gt=0)]

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """See the class."""
        return UnitCost(self.area.x)


class LabAdc(AdcLaw):
    """A converter that takes an energy per level."""

    kind: Annotated[Literal["adc_lab"], LAW_KIND] = "adc_lab"
    level_energy: Annotated[Quantity, In("J", "energy of one level", gt=0)]
    area: Annotated[Quantity, In("m^2", "area of a converter", gt=0)]
    time: Annotated[Quantity, In("s", "time of a conversion", gt=0)]
    paced: ClassVar[bool] = False
    data: ClassVar[str] = """
kind: adc_lab
name: adc_lab
title: a converter of the example
formula: E = 2^b E_level
min_bits: 1
max_bits: 12
columns_per_adc: 8
residual_energy: 1
residual_area: 1
level_energy: {value: 1 fJ, status: assumed, note: made up}
area: {value: 300 um^2, status: assumed, note: made up}
time: {value: 1 ns, status: assumed, note: made up}
"""

    def convert(self, bits, enob, rate, rows, context, scale) -> UnitCost:
        """See the class."""
        return self.costs(self.area.x, 2**bits * self.level_energy.x, self.time.x)
