"""Multi-level resistive cells: STT-MRAM, ReRAM, PCM, FeFET, or the read port of an SRAM cell."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from imac_arch.components.base import COMPONENT_KIND
from imac_arch.components.cost import NO_LIMIT, Cells, Check
from imac_arch.components.synapse import Pair, Synapse
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import COUNT, In, Quantity, about

__all__ = ["ResistivePair"]

MOST = 256  # no cell holds more than eight bits


class ResistivePair(Synapse):
    """Two cells of ``levels`` levels each, evenly spaced in conductance between ``1/r_off`` and ``1/r_on``.

    ``binary`` weights use the two extreme levels, +1 is (on, off) and -1 is (off, on). With ``levels`` a positive
    weight is stored in the + cell and a negative one in the - cell, the other being off: n levels per cell give
    2n - 1 levels per pair.
    """

    resistance_fields: ClassVar[Mapping[str, int]] = {"r_on": 1, "r_off": 1}
    resistance_name: ClassVar[str] = "r_on"
    resistance_names: ClassVar[tuple[str, str]] = ("r_on", "r_off")
    kind: Annotated[Literal["resistive_pair"], COMPONENT_KIND] = "resistive_pair"
    r_on: Annotated[Quantity, In("ohm", "resistance of the most conductive level", gt=0, usual="100 ohm .. 100 Mohm")]
    r_off: Annotated[Quantity, In("ohm", "resistance of the least conductive level", gt=0, usual="500 ohm .. 10 Tohm")]
    device_levels: Annotated[Quantity, COUNT.said("conductance levels per cell", "2 .. 256")]
    weights: Annotated[Literal["binary", "levels"], about("use the two extreme levels only, or all of them")] = "binary"

    @model_validator(mode="after")
    def _ordered(self) -> "ResistivePair":
        if not self.r_off.value > self.r_on.value:
            raise ValueError(f"r_off must exceed r_on, not {self.r_off.written} against {self.r_on.written}")
        if not 2 <= self.device_levels.value <= MOST:
            raise ValueError(f"a cell has 2 to {MOST} levels, not {self.device_levels.written}")
        return self

    @property
    def rules(self) -> tuple[Check, ...]:
        """See the base."""
        conducts = "the cell that is off conducts no less than the one that is on"
        return (
            Check("r_off", self.r_off.x, self.r_on.x, NO_LIMIT, "ohm", fatal=True, source="r_on", text=conducts),
            Check("levels of a cell", self.device_levels.x, 2.0, MOST, fatal=True, source="resistive_pair"),
        )

    def states(self, voltage: Array) -> tuple[Pair, ...]:
        """See the class."""
        on, off = 1 / self.r_on.x, 1 / self.r_off.x
        if self.weights == "binary":
            return ((off, on), (on, off))
        top = int(self.device_levels.value) - 1
        steps = [off + (on - off) * k / top for k in range(1, top + 1)]
        return (*((off, g) for g in reversed(steps)), (off, off), *((g, off) for g in steps))

    def cells(self, voltage: Array) -> Cells:
        """See the base; in closed form over the levels, whose number may be an axis of a sweep."""
        if self.weights == "binary":
            return super().cells(voltage)
        off, rise, top = 1 / self.r_off.x, 1 / self.r_on.x - 1 / self.r_off.x, self.device_levels.x - 1
        above = top * off + rise * (top + 1) / 2  # sum of the conductances above the lowest
        squares = top * off**2 + off * rise * (top + 1) + rise**2 * (top + 1) * (2 * top + 1) / (6 * top)
        count = 2 * top + 1
        mean = (above + (top + 1) * off) / count
        return Cells(mean, (squares + (top + 1) * off**2) / count, 2 * mean, np.minimum(off, 1 / self.r_on.x))

    @property
    def largest(self) -> Array:
        """See the base."""
        return np.ones(()) if self.weights == "binary" else self.device_levels.x - 1

    @property
    def column_bits(self) -> Array:
        """See the base."""
        return np.ones(()) if self.weights == "binary" else np.log2(2 * self.device_levels.x - 1)
