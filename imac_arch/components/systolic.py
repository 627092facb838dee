"""The systolic array of a digital accelerator."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.components.roles import Logic
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import Count, In, Quantity, about

__all__ = ["SystolicArray", "cycles"]


def cycles(fan_in: Array, fan_out: Array, rows: Array, cols: Array, batch: Array) -> Array:
    """Clock cycles of one layer and batch: ``ceil(M/R) ceil(N/C) (R + B) + R + 2C``, weights loaded before each
    fold."""
    folds = -(-fan_in // rows) * -(-fan_out // cols)
    return folds * (rows + batch) + rows + 2 * cols


class SystolicArray(Component):
    """A weight-stationary array of multiply-accumulate units, composed of the technology's logic."""

    roles: ClassVar[tuple[str, ...]] = ("mac",)
    formula: ClassVar[str] = (
        "cycles = sum over layers of ceil(M/R) ceil(N/C) (R + batch) + R + 2C; energy = macs (e_multiply + e_add) + "
        "(macs bits/batch + activation bits) e_sram_bit + leakage"
    )
    kind: Annotated[Literal["systolic_array"], COMPONENT_KIND] = "systolic_array"
    rows: Annotated[Count, about("rows of multiply-accumulate units")]
    cols: Annotated[Count, about("columns of multiply-accumulate units")]
    clock: Annotated[Quantity, In("Hz", "clock frequency", gt=0)]
    bits: Annotated[Count, about("word length of weights and activations")]
    accumulator_bits: Annotated[Count, about("word length of the accumulators")]

    def cost(self, context: Context, logic: Logic) -> UnitCost:
        """Return the cost of one unit: a multiplier, an adder and its registers, clocked together."""
        bits, wide = self.bits.x, self.accumulator_bits.x
        parts = (
            logic.function("multiplier", bits**2, context),
            logic.function("adder", wide, context),
            logic.function("flip_flop", 2 * bits + wide, context),
        )
        return UnitCost(
            area=parts[0].area + parts[1].area + parts[2].area,
            energy=parts[0].energy + parts[1].energy + parts[2].energy,
            latency=1 / self.clock.x,
            leakage=parts[0].leakage + parts[1].leakage + parts[2].leakage,
            law="multiplier, adder, registers",
            checks=parts[0].checks,
            scaled=tuple(number for part in parts for number in part.scaled),
        )

    def cycles(self, fan_in: Array, fan_out: Array, batch: Array) -> Array:
        """Return clock cycles of one layer and batch."""
        return cycles(fan_in, fan_out, self.rows.x, self.cols.x, batch)
