"""The differential amplifier of a bit-line pair: bias power from gain, settling time and load."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity, Ratio, about

__all__ = ["DifferentialAmplifier", "amplifier_power"]


def amplifier_power(
    gain: Array, bits: Array, time: Array, load: Array, gm_over_id: Array, branches: Array, span: Array
) -> Array:
    """Static power of an amplifier that settles to ``bits`` bits within ``time``, in watts.

    ``GBW = gain ln(2^(b+1))/(2 pi t)``, ``gm = 2 pi GBW C_L``, ``P = n gm/(gm/I_D) V_span``.

    Args:
        gain: closed-loop gain.
        bits: bits to settle to.
        time: settling time [s].
        load: load capacitance [F].
        gm_over_id: transconductance efficiency [1/V].
        branches: branches that carry the bias current.
        span: supply span [V].
    """
    gm = gain * math.log(2) * (bits + 1) / time * load
    return branches * gm / gm_over_id * span


class DifferentialAmplifier(Component):
    """One amplifier per output and row tile, always biased."""

    roles: ClassVar[tuple[str, ...]] = ("amplifier",)
    formula: ClassVar[str] = "GBW = gain ln(2^(b+1))/(2 pi t); gm = 2 pi GBW C_L; P = branches gm/(gm/I_D) span"
    kind: Annotated[Literal["differential_amplifier"], COMPONENT_KIND] = "differential_amplifier"
    gain: Annotated[Ratio, about("closed-loop gain in hidden layers")]
    output_gain: Annotated[Ratio, about("closed-loop gain in the output layer")]
    settle_time: Annotated[Quantity, In("s", "time within which the output settles", gt=0)]
    load: Annotated[Quantity, In("F", "load capacitance at the output", gt=0)]
    gm_over_id: Annotated[Quantity, In("1/V", "transconductance efficiency of the input pair", gt=0)]
    branches: Annotated[Ratio, about("branches that carry the bias current")]
    span: Annotated[Quantity, In("V", "supply voltage across a branch", gt=0)]
    area: Annotated[Quantity, In("m^2", "area of one amplifier with its feedback resistors")]

    def gain_at(self, last: Array) -> Array:
        """Return the closed-loop gain: of the output layer where ``last`` is 1, of hidden ones where it is 0."""
        return last * self.output_gain.x + (1 - last) * self.gain.x

    def cost(self, context: Context, last: Array, bits: Array) -> UnitCost:
        """Return the cost of one amplifier, settling to ``bits`` bits; ``last`` as in :meth:`gain_at`."""
        power = amplifier_power(
            self.gain_at(last),
            bits,
            self.settle_time.x,
            self.load.x,
            self.gm_over_id.x,
            self.branches.x,
            self.span.x,
        )
        return UnitCost(self.area.x, latency=self.settle_time.x, power=power, law="gain-bandwidth")
