"""Magnetic tunnel junctions as synapse: two a weight."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND
from imac_arch.components.cost import Check
from imac_arch.components.junction import BIAS_OMITTED, Junction
from imac_arch.components.synapse import ELECTRICS, Pair, Synapse
from imac_arch.data.arrays import ZERO, Array, single
from imac_arch.data.quantity import about

if TYPE_CHECKING:
    from imac_arch.crossbar.cell import Cell

__all__ = ["MtjPair"]

SIZE_OMITTED = ("current density of the junctions", "no size of a junction is given beside r_p and r_ap")


class MtjPair(Junction, Synapse):
    """Two junctions; +1 is (P, AP), -1 is (AP, P), and a ternary zero is both P or both AP.

    Without ``v_half`` the zero-bias magnetoresistance is used, which is listed as neglected; so is the current density
    of junctions whose size is not given.
    """

    formula: ClassVar[str] = (
        "R_P = RA/(pi/4 l w) or r_p, R_AP = R_P (1 + TMR/(1 + (V/v_half)^2)), TMR = r_ap/r_p - 1 where given; "
        f"{ELECTRICS}"
    )
    resistance_fields: ClassVar[Mapping[str, int]] = {"ra": 1, "r_p": 1, "r_ap": 1}
    resistance_name: ClassVar[str] = "R_P"
    resistance_names: ClassVar[tuple[str, str]] = ("R_P", "R_AP")
    kind: Annotated[Literal["mtj_pair"], COMPONENT_KIND] = "mtj_pair"
    weights: Annotated[Literal["binary", "ternary"], about("weights that a pair stores")] = "binary"
    zero: Annotated[Literal["both_ap", "both_p"], about("state of both junctions for a ternary zero")] = "both_ap"

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """See the base."""
        bias = {} if self.v_half is not None else {"v_half": BIAS_OMITTED}
        return bias if self.sized else {**bias, "diameter": SIZE_OMITTED}

    @property
    def levels(self) -> int:
        """See the base."""
        return 3 if self.weights == "ternary" else 2

    @property
    def rules(self) -> tuple[Check, ...]:
        """See the base."""
        return self.ordered

    def states(self, voltage: Array) -> tuple[Pair, ...]:
        """See the class."""
        high, low = 1 / self.parallel, 1 / self.antiparallel(voltage)
        zero = (low, low) if self.zero == "both_ap" else (high, high)
        middle = (zero,) if self.weights == "ternary" else ()
        return ((low, high), *middle, (high, low))

    @property
    def bias(self) -> "Cell | None":
        """See the base."""
        if self.v_half is None:
            return None
        from imac_arch.crossbar.cell import TunnelJunction  # whoever only compares does not need it

        numbers = (1 / self.parallel, self.magnetoresistance, self.v_half.x)
        return TunnelJunction(*(single(x) for x in numbers))

    @property
    def tunnels(self) -> bool:
        """See the base."""
        return True

    def junction_density(self, voltage: Array) -> Array:
        """Current density in a parallel junction under the full voltage [A/m^2]; 0 where its size is not given."""
        return voltage / (self.parallel * self.area) if self.sized else ZERO * voltage
