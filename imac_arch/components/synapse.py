"""The synapse: a differential pair of magnetic tunnel junctions, their resistances from geometry."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Component, UnitCost
from imac_arch.quantity import Array, Count, In, Quantity, Ratio

__all__ = ["MtjPair", "junction_area", "junction_resistance", "tmr_at"]


def junction_area(length: Array, width: Array) -> Array:
    """Area of an elliptical junction of the given axes, ``pi/4 l w``, in m^2."""
    return math.pi / 4 * length * width


def junction_resistance(ra: Array, area: Array) -> Array:
    """Parallel resistance ``RA / area``, in ohms."""
    return ra / area


def tmr_at(tmr: Array, voltage: Array, half: Array) -> Array:
    """Tunnelling magnetoresistance under bias, ``TMR0 / (1 + (V/V_h)^2)``."""
    return tmr / (1 + (voltage / half) ** 2)


class MtjPair(Component):
    """One weight is two cells, on the + and on the - bit line; +1 is (P, AP), -1 is (AP, P).

    Without ``v_half`` the magnetoresistance is taken at zero bias, which is listed as neglected.
    """

    roles: ClassVar[tuple[str, ...]] = ("synapse",)
    kind: Literal["mtj_pair"] = "mtj_pair"
    length: Annotated[Quantity, In("m", gt=0)]
    width: Annotated[Quantity, In("m", gt=0)]
    ra: Annotated[Quantity, In("ohm*m^2", gt=0)]
    tmr: Annotated[Quantity, In("", gt=0)]
    v_half: Annotated[Quantity, In("V", gt=0)] | None = None
    cell_area: Annotated[Quantity, In("m^2", gt=0)]
    cells_per_weight: Count
    columns_per_weight: Count
    capacitance: Annotated[Quantity, In("F")]
    leakage: Annotated[Quantity, In("W")]
    variation: Ratio

    @property
    def area(self) -> Array:
        """Area of one junction [m^2]."""
        return junction_area(self.length.x, self.width.x)

    @property
    def r_p(self) -> Array:
        """Parallel resistance [ohm]."""
        return junction_resistance(self.ra.x, self.area)

    def r_ap(self, voltage: Array) -> Array:
        """Antiparallel resistance [ohm] at a read voltage, which matters only where ``v_half`` is given."""
        tmr = self.tmr.x if self.v_half is None else tmr_at(self.tmr.x, voltage, self.v_half.x)
        return self.r_p * (1 + tmr)

    def cost(self) -> UnitCost:
        """Return area and leakage of one weight; its read power depends on the whole line and is reckoned there."""
        return UnitCost(
            self.cell_area.x * self.cells_per_weight.x, leakage=self.leakage.x * self.cells_per_weight.x, law="geometry"
        )
