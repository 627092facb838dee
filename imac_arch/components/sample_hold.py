"""The sample-and-hold: a capacitor sized by kT/C noise, charged through a switch."""

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import Check, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity

__all__ = ["SampleHold", "noise_bits"]


def noise_bits(capacitance: Array, voltage: Array, thermal_energy: Array) -> Array:
    """Return the bits whose quantisation noise equals the sampled thermal noise: ``V^2/(12 4^b) = kT/C``."""
    return np.log2(voltage**2 * capacitance / (12 * thermal_energy)) / 2


class SampleHold(Component):
    """A switched capacitor; warned about when thermal noise limits the resolution below ``bits``."""

    roles: ClassVar[tuple[str, ...]] = ("sample_hold",)
    formula: ClassVar[str] = (
        "area = C/density + switch_area; E = C V^2; t = aperture + R C ln 2^(b+1); V^2/(12 4^b) = kT/C"
    )
    kind: Annotated[Literal["sample_hold"], COMPONENT_KIND] = "sample_hold"
    capacitance: Annotated[Quantity, In("F", "sampling capacitance", gt=0, usual="0.1 fF .. 10 pF")]
    density: Annotated[
        Quantity, In("F/m^2", "capacitance density of the capacitor", gt=0, usual="0.05 fF/um^2 .. 500 fF/um^2")
    ]
    switch_area: Annotated[Quantity, In("m^2", "area of the sampling switch", usual="0.0005 um^2 .. 1000 um^2")]
    resistance: Annotated[Quantity, In("ohm", "on-resistance of the sampling switch", usual="10 ohm .. 10 Mohm")]
    aperture: Annotated[Quantity, In("s", "aperture time of the sampling switch", usual="0.5 ps .. 1 us")]
    bits: Annotated[Quantity, In("", "resolution to which the sample settles", gt=0, plain=True, usual="1 .. 16")]
    thermal_energy: Annotated[Quantity, In("J", "kT at the operating temperature", gt=0, usual="5e-23 J .. 7e-21 J")]
    leakage: Annotated[Quantity, In("W", "static power while supplied", usual="0.1 fW .. 100 uW")]

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """See the class."""
        settle = self.resistance.x * self.capacitance.x * np.log(2.0) * (self.bits.x + 1)
        able = noise_bits(self.capacitance.x, context.vdd, self.thermal_energy.x)
        return UnitCost(
            area=self.capacitance.x / self.density.x + self.switch_area.x,
            energy=self.capacitance.x * context.vdd**2,
            latency=self.aperture.x + settle,
            leakage=self.leakage.x,
            law="switched capacitor",
            checks=(Check("noise bits", able, self.bits.x, np.inf, code="sample_noise", source="sample_hold"),),
        )
