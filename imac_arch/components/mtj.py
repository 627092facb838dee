"""Magnetic tunnel junctions as synapse: resistances from geometry."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND
from imac_arch.components.synapse import ELECTRICS, Pair, Synapse
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity, about

if TYPE_CHECKING:
    from imac_arch.crossbar.cell import Cell

__all__ = ["MtjPair", "junction_area", "junction_resistance", "tmr_at"]

BIAS_OMITTED = ("fall of the TMR with bias", "magnetoresistance taken at zero bias")


def junction_area(length: Array, width: Array) -> Array:
    """Area of an elliptical junction of the given axes, ``pi/4 l w``, in m^2."""
    return math.pi / 4 * length * width


def junction_resistance(ra: Array, area: Array) -> Array:
    """Parallel resistance ``RA / area``, in ohms."""
    return ra / area


def tmr_at(tmr: Array, voltage: Array, half: Array) -> Array:
    """Tunnelling magnetoresistance under bias, ``TMR0 / (1 + (V/V_h)^2)``."""
    return tmr / (1 + (voltage / half) ** 2)


class MtjPair(Synapse):
    """Two junctions; +1 is (P, AP), -1 is (AP, P), and a ternary zero is both P or both AP.

    Without ``v_half`` the zero-bias magnetoresistance is used, which is listed as neglected.
    """

    formula: ClassVar[str] = f"R_P = RA/(pi/4 l w), R_AP = R_P (1 + TMR/(1 + (V/v_half)^2)); {ELECTRICS}"
    resistance_fields: ClassVar[Mapping[str, int]] = {"ra": 1}
    resistance_name: ClassVar[str] = "R_P"
    resistance_names: ClassVar[tuple[str, str]] = ("R_P", "R_AP")
    kind: Annotated[Literal["mtj_pair"], COMPONENT_KIND] = "mtj_pair"
    length: Annotated[Quantity, In("m", "major axis of the elliptical junction", gt=0)]
    width: Annotated[Quantity, In("m", "minor axis of the elliptical junction", gt=0)]
    ra: Annotated[Quantity, In("ohm*m^2", "resistance-area product in the parallel state", gt=0)]
    tmr: Annotated[Quantity, In("", "tunnelling magnetoresistance at zero bias", gt=0)]
    v_half: Annotated[
        Annotated[Quantity, In("V", gt=0)] | None,
        about("bias at which the magnetoresistance has halved; neglected where absent"),
    ] = None
    weights: Annotated[Literal["binary", "ternary"], about("weights that a pair stores")] = "binary"
    zero: Annotated[Literal["both_ap", "both_p"], about("state of both junctions for a ternary zero")] = "both_ap"

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """See the base."""
        return {} if self.v_half is not None else {"v_half": BIAS_OMITTED}

    @property
    def levels(self) -> int:
        """See the base."""
        return 3 if self.weights == "ternary" else 2

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

    def states(self, voltage: Array) -> tuple[Pair, ...]:
        """See the class."""
        high, low = 1 / self.r_p, 1 / self.r_ap(voltage)
        zero = (low, low) if self.zero == "both_ap" else (high, high)
        middle = (zero,) if self.weights == "ternary" else ()
        return ((low, high), *middle, (high, low))

    @property
    def bias(self) -> Cell | None:
        """See the base."""
        if self.v_half is None:
            return None
        from imac_arch.crossbar.cell import TunnelJunction  # whoever only compares does not need it

        parallel, tmr, half = (float(np.ravel(x)[0]) for x in (1 / self.r_p, self.tmr.x, self.v_half.x))
        return TunnelJunction(parallel, tmr, half)

    def junction_density(self, voltage: Array) -> Array:
        """Current density in a parallel junction under the full voltage [A/m^2]."""
        return voltage / (self.r_p * self.area)
