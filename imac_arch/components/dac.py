"""The digital-to-analog converter of a word line, for multi-bit inputs."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import Check, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import COUNT, RATIO, In, Quantity, about

__all__ = ["Dac"]


class Dac(Component):
    """Energy ``C B V^2`` per conversion (ZigZag-IMC), or by level, ``C 2^B V^2``; area per level, fixed conversion
    time."""

    roles: ClassVar[tuple[str, ...]] = ("dac",)
    formula: ClassVar[str] = (
        "E = (capacitance_per_bit B + capacitance_per_level 2^B) VDD^2; area = area_per_level 2^B; one conversion time"
    )
    kind: Annotated[Literal["dac"], COMPONENT_KIND] = "dac"
    capacitance_per_bit: Annotated[
        Quantity, In("F", "capacitance switched per bit and conversion", usual="0.05 fF .. 10 pF")
    ]
    capacitance_per_level: Annotated[
        Annotated[Quantity, In("F", gt=0, usual="0.01 fF .. 1 pF")] | None,
        about("capacitance switched per output level and conversion; none where absent"),
    ] = None
    area_per_level: Annotated[Quantity, In("m^2", "area per output level", usual="0.0001 um^2 .. 1000 um^2")]
    latency: Annotated[Quantity, In("s", "time of one conversion", usual="1 ps .. 10 us")]
    leakage: Annotated[Quantity, In("W", "static power while supplied", usual="0.1 fW .. 10 mW")]
    max_bits: Annotated[Quantity, COUNT.said("highest resolution of the converter", "1 .. 16")]
    level_error: Annotated[
        Annotated[Quantity, RATIO.said(usual="0.001 .. 5")] | None,
        about("standard deviation of each output level of each converter, in steps"),
    ] = None

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """The error of its levels, where the file says nothing about it."""
        text = ("errors of input converters' levels in the accuracy", "every level is exact")
        return {} if self.level_error is not None else {"level_error": text}

    def cost(self, context: Context, bits: Array) -> UnitCost:
        """Return the cost of one converter of ``bits`` bits."""
        capacitance = self.capacitance_per_bit.x * bits
        if self.capacitance_per_level is not None:
            capacitance = capacitance + self.capacitance_per_level.x * 2**bits
        energy = capacitance * context.vdd**2
        limit = Check("bits", bits, 1.0, self.max_bits.x, source="dac")
        area = self.area_per_level.x * 2**bits
        return UnitCost(area, energy, self.latency.x, self.leakage.x, law="C B V^2", checks=(limit,))
