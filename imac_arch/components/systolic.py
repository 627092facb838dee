"""The systolic array of a digital accelerator."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, Component
from imac_arch.data.quantity import Array, Count, In, Quantity, about

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
