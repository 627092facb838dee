"""Static memory by its size: a power-law fit of CACTI, carried to the node."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import Check, Component, Law, Setting, UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.quantity import Array, In, Quantity, Ratio

__all__ = ["Sram", "SramLaw"]

Data = Annotated[Quantity, In("bit", gt=0)]


class SramLaw(Law):
    """Each figure is its value at the reference size times ``(size/reference)^exponent``; an access reads one word."""

    kind: Literal["sram"] = "sram"
    node: Annotated[Quantity, In("m", gt=0)]
    reference: Data
    word: Data
    read_energy: Annotated[Quantity, In("J", gt=0)]
    read_exponent: Ratio
    area: Annotated[Quantity, In("m^2", gt=0)]
    area_exponent: Ratio
    latency: Annotated[Quantity, In("s", gt=0)]
    latency_exponent: Ratio
    leakage: Annotated[Quantity, In("W", gt=0)]
    leakage_exponent: Ratio
    min_size: Data
    max_size: Data


class Sram(Component):
    """On-chip memory. Beyond the law's largest size several banks of that size are used."""

    roles: ClassVar[tuple[str, ...]] = ("sram",)
    kind: Literal["sram"] = "sram"
    law: Literal["sram"] = "sram"

    def cost(self, setting: Setting, bits: Array) -> UnitCost:
        """Return the cost of a memory of ``bits`` bits, ``energy`` being of reading one bit."""
        law = setting.laws.get(SramLaw, self.law)
        banks = np.maximum(np.ceil(bits / law.max_size.x), 1)
        size = np.maximum(bits / banks, law.min_size.x)
        ratio = size / law.reference.x
        own = UnitCost(
            law.area.x * ratio**law.area_exponent.x * banks,
            law.read_energy.x * ratio**law.read_exponent.x / law.word.x,
            law.latency.x * ratio**law.latency_exponent.x,
            law.leakage.x * ratio**law.leakage_exponent.x * banks,
            law=law.name,
            checks=(Check("size", size, law.min_size.value, law.max_size.value, "bit", source=law.name),),
        )
        return scaled(own, law.node.x, setting, "sram")
