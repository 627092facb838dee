"""The word-line driver, sized by its on-resistance relative to the input resistance of the line."""

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.components.transistors import Transistors
from imac_arch.data.arrays import ZERO, Array
from imac_arch.data.quantity import RATIO, In, Quantity

__all__ = ["RowDriver", "TransmissionGate"]


class RowDriver(Component):
    """A CMOS driver whose on-resistance is at most ``loss`` times the input resistance of its word line.

    For analog line voltages the driver is a buffer of the same size, biased at ``analog_bias`` times its largest
    output current.
    """

    roles: ClassVar[tuple[str, ...]] = ("row_driver",)
    formula: ClassVar[str] = (
        "R_on = loss sqrt(r_w/g)/tanh(x); W = resistance_factor VDD/(I_on R_on); area, gate energy and leakage in "
        "proportion to W; P = R_on I^2, and analog_bias I_line VDD where the line carries an analog value"
    )
    kind: Annotated[Literal["row_driver"], COMPONENT_KIND] = "row_driver"
    loss: Annotated[
        Quantity,
        In(
            "",
            "on-resistance of the driver as a share of the word line's input resistance",
            gt=0,
            le=1,
            plain=True,
            usual="0.1 % .. 100 %",
        ),
    ]
    resistance_factor: Annotated[
        Quantity, In("", "effective on-resistance over VDD/I_on", gt=0, plain=True, usual="0.05 .. 5")
    ]
    area_per_width: Annotated[Quantity, In("m", "layout area per transistor width", gt=0, usual="5 nm .. 10 um")]
    capacitance_per_width: Annotated[
        Quantity, In("F/m", "gate capacitance per transistor width", gt=0, usual="0.05 fF/um .. 20 fF/um")
    ]
    chain: Annotated[Quantity, RATIO.said("total width of the buffer chain over that of its last stage", "1 .. 5")]
    latency: Annotated[Quantity, In("s", "delay of the buffer chain", usual="0.5 ps .. 100 ns")]
    min_width: Annotated[Quantity, In("m", "smallest transistor width", gt=0, usual="10 nm .. 10 um")]
    analog_bias: Annotated[
        Quantity, RATIO.said("bias current of an analog buffer as a share of its largest output current", "0.1 % .. 2")
    ]

    def cost(self, context: Context, load: Array, lost: Array, current: Array = ZERO, analog: Array = ZERO) -> UnitCost:
        """Return the cost of one driver.

        Args:
            context: node, supply and laws.
            load: input resistance of the word line [ohm].
            lost: what its resistance takes of the power of its word line while that is biased [W].
            current: what the line draws at full voltage [A].
            analog: 1 where the line carries an analog value, which takes a class-AB buffer that is always biased.
        """
        on, off, check = context.laws.get(Transistors, "transistors").at(context.node)
        resistance = self.loss.x * load
        width = np.maximum(self.resistance_factor.x * context.vdd / (on * resistance), self.min_width.x)
        return UnitCost(
            area=width * self.area_per_width.x * self.chain.x,
            energy=width * self.capacitance_per_width.x * self.chain.x * context.vdd**2,
            latency=self.delay(context),
            leakage=width * self.chain.x * off * context.vdd,
            power=lost + analog * (self.analog_bias.x * current * context.vdd),
            law="on-resistance of the row",
            checks=(check,),
        )

    def delay(self, context: Context) -> Array:
        """Return the time until the line is driven [s]."""
        return self.latency.x


class TransmissionGate(Component):
    """A line switch of two transistors sized for ``resistance``; it switches on line selection, not during an
    inference."""

    roles: ClassVar[tuple[str, ...]] = ("line_switch",)
    formula: ClassVar[str] = (
        "W = resistance_factor VDD/(I_on R); area = area_per_width W + control_area; leakage = I_off W VDD"
    )
    kind: Annotated[Literal["transmission_gate"], COMPONENT_KIND] = "transmission_gate"
    resistance: Annotated[Quantity, In("ohm", "on-resistance of the switch", gt=0, usual="1 ohm .. 10 Mohm")]
    resistance_factor: Annotated[
        Quantity, In("", "effective on-resistance over VDD/I_on", gt=0, plain=True, usual="0.05 .. 5")
    ]
    area_per_width: Annotated[Quantity, In("m", "layout area per transistor width", gt=0, usual="5 nm .. 10 um")]
    control_area: Annotated[
        Quantity, In("m^2", "area of the control logic per switch", usual="0.001 um^2 .. 1000 um^2")
    ]

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """See the class."""
        on, off, check = context.laws.get(Transistors, "transistors").at(context.node)
        width = self.resistance_factor.x * context.vdd / (on * self.resistance.x)
        area = width * self.area_per_width.x + self.control_area.x
        return UnitCost(area, leakage=width * off * context.vdd, law="on-resistance of the switch", checks=(check,))
