"""The sample-and-hold: a capacitor large enough for its noise, charged through a switch."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import Check, Component, Context, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity

__all__ = ["SampleHold", "noise_bits"]


def noise_bits(capacitance: Array, voltage: Array, thermal_energy: Array) -> Array:
    """Return the bits whose quantisation noise equals the sampled thermal noise: ``V^2/(12 4^b) = kT/C``."""
    return np.log2(voltage**2 * capacitance / (12 * thermal_energy)) / 2


class SampleHold(Component):
    """A switched capacitor; a warning says when its thermal noise leaves fewer bits than ``bits``."""

    roles: ClassVar[tuple[str, ...]] = ("sample_hold",)
    formula: ClassVar[str] = (
        "area = C/density + switch_area; E = C V^2; t = aperture + R C ln 2^(b+1); V^2/(12 4^b) = kT/C"
    )
    kind: Literal["sample_hold"] = "sample_hold"
    capacitance: Annotated[Quantity, In("F", gt=0)]
    density: Annotated[Quantity, In("F/m^2", gt=0)]
    switch_area: Annotated[Quantity, In("m^2")]
    resistance: Annotated[Quantity, In("ohm")]
    aperture: Annotated[Quantity, In("s")]
    bits: Annotated[Quantity, In("", gt=0, plain=True)]
    thermal_energy: Annotated[Quantity, In("J", gt=0)]
    leakage: Annotated[Quantity, In("W")]

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
