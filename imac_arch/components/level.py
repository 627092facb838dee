"""Cells with individually measured levels, such as several junctions on one spin-orbit track."""

import itertools
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import field_validator

from imac_arch.components.base import COMPONENT_KIND
from imac_arch.components.synapse import Pair, Synapse
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity, about

__all__ = ["LevelPair"]

Level = Annotated[Quantity, In("S", usual="1 pS .. 10 mS")]


class LevelPair(Synapse):
    """Two cells of given conductances: n levels per cell give 2n - 1 per pair, the other cell being at its lowest."""

    resistance_fields: ClassVar[Mapping[str, int]] = {"conductance": -1}
    kind: Annotated[Literal["level_pair"], COMPONENT_KIND] = "level_pair"
    conductance: Annotated[tuple[Level, ...], about("measured conductance levels of one cell, rising")]

    @field_validator("conductance")
    @classmethod
    def _rising(cls, given: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
        values = [level.value for level in given]
        if len(values) < 2 or any(b <= a for a, b in itertools.pairwise(values)):
            raise ValueError(f"give two or more levels that rise, not {[level.written for level in given]}")
        return given

    def states(self, voltage: Array) -> tuple[Pair, ...]:
        """See the class."""
        low, *above = (level.x for level in self.conductance)
        return (*((low, g) for g in reversed(above)), (low, low), *((g, low) for g in above))
