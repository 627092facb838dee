"""The systolic array of a digital accelerator."""

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.components.roles import Logic
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import COUNT, In, Quantity, about

__all__ = ["SystolicArray", "cycles"]


def cycles(fan_in: Array, fan_out: Array, rows: Array, cols: Array, batch: Array, load: Array) -> Array:
    """Clock cycles of one layer and batch: ``ceil(M/R) ceil(N/C) (load + B) + R + 2C``, ``load`` cycles for the weights
    before each fold."""
    folds = -(-fan_in // rows) * -(-fan_out // cols)
    return folds * (load + batch) + rows + 2 * cols


class SystolicArray(Component):
    """A weight-stationary array of multiply-accumulate units, composed of the technology's logic.

    A weight of w bits by an activation of a bits is w rows of a bit products, each priced as in a square multiplier. A
    weight of one bit is one such row, which takes the sign of the activation, before the adder of the accumulator: an
    add or subtract; its price is an upper bound, since nothing is added within the row. At equal precision the words
    have the bits that the technology stores; the fields of their bits hold at native precision.
    """

    roles: ClassVar[tuple[str, ...]] = ("mac",)
    formula: ClassVar[str] = (
        "cycles = sum over layers of ceil(M/R) ceil(N/C) (ceil(R C w/port) + batch) + R + 2C; accumulator = w + a + "
        "ceil(log2 M) bits; energy = macs (w a e_product + e_add + e_registers) + (macs w/batch + activations a) "
        "e_sram_bit + leakage"
    )
    kind: Annotated[Literal["systolic_array"], COMPONENT_KIND] = "systolic_array"
    rows: Annotated[Quantity, COUNT.said("rows of multiply-accumulate units", "1 .. 4096")]
    cols: Annotated[Quantity, COUNT.said("columns of multiply-accumulate units", "1 .. 4096")]
    clock: Annotated[Quantity, In("Hz", "clock frequency", gt=0, usual="1 MHz .. 10 GHz")]
    weight_bits: Annotated[Quantity, COUNT.said("word length of weights at native precision", "1 .. 64")]
    activation_bits: Annotated[
        Quantity, COUNT.said("word length of inputs and activations at native precision", "1 .. 64")
    ]
    accumulator_bits: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 128")] | None,
        about("word length of the accumulators; as many as the largest sum needs where absent"),
    ] = None
    weight_port: Annotated[
        Quantity, In("bit", "weights that the array takes in each clock cycle", gt=0, usual="1 bit .. 100 kB")
    ]

    def cost(self, context: Context, logic: Logic, weight: Array, activation: Array, fan_in: Array) -> UnitCost:
        """Return the cost of one unit: bit products, an adder and registers, clocked together.

        The unit is built for the widest activation and the largest sum of all layers; where activations are narrower,
        the products and registers of their upper bits rest.
        """
        widest = np.max(activation, axis=0, keepdims=True)
        if self.accumulator_bits is None:
            total = np.max(weight + activation + np.ceil(np.log2(fan_in)), axis=0, keepdims=True)
        else:
            total = self.accumulator_bits.x
        built = (
            logic.function("multiplier", weight * widest, context),
            logic.function("adder", total, context),
            logic.function("flip_flop", weight + widest + total, context),
        )
        products = logic.function("multiplier", weight * activation, context)
        registers = logic.function("flip_flop", weight + activation + total, context)
        return UnitCost(
            area=built[0].area + built[1].area + built[2].area,
            energy=products.energy + built[1].energy + registers.energy,
            latency=1 / self.clock.x,
            leakage=built[0].leakage + built[1].leakage + built[2].leakage,
            law="bit products, adder, registers",
            checks=built[0].checks,
            scaled=tuple(number for part in built for number in part.scaled),
        )

    def cycles(self, fan_in: Array, fan_out: Array, batch: Array, weight: Array) -> Array:
        """Return clock cycles of one layer and batch."""
        load = np.ceil(self.rows.x * self.cols.x * weight / self.weight_port.x)
        return cycles(fan_in, fan_out, self.rows.x, self.cols.x, batch, load)
