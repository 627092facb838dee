"""Magnetic tunnel junctions: their resistances, from resistance-area product and size or as they were measured."""

import math
from typing import Annotated, ClassVar

from pydantic import ConfigDict, model_validator

from imac_arch.components.base import Section
from imac_arch.components.cost import NO_LIMIT, Check
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity, about

__all__ = ["BIAS_OMITTED", "Junction", "junction_area", "junction_resistance", "tmr_at"]

BIAS_OMITTED = ("fall of the TMR with bias", "magnetoresistance taken at zero bias")
PRODUCT, MEASURED, AXES, ROUND = ("ra", "tmr"), ("r_p", "r_ap"), ("length", "width"), ("diameter",)
Axis = Annotated[Quantity, In("m", gt=0, usual="5 nm .. 1 um")]
Resistance = Annotated[Quantity, In("ohm", gt=0, usual="100 ohm .. 10 Gohm")]


def junction_area(length: Array, width: Array) -> Array:
    """Area of an elliptical junction of the given axes, ``pi/4 l w``, in m^2."""
    return math.pi / 4 * length * width


def junction_resistance(ra: Array, area: Array) -> Array:
    """Parallel resistance ``RA / area``, in ohms."""
    return ra / area


def tmr_at(tmr: Array, voltage: Array, half: Array) -> Array:
    """Tunnelling magnetoresistance under bias, ``TMR0 / (1 + (V/V_h)^2)``."""
    return tmr / (1 + (voltage / half) ** 2)


class Junction(Section):
    """The junctions of a component: ``ra`` and ``tmr`` with their size, or the resistances ``r_p`` and ``r_ap``.

    Either pair, not both; the size as ``length`` and ``width`` or as ``diameter``. Resistances are taken as they are
    given, with their own uncertainty; beside them the size is needed by nothing but the current density.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {"anyOf": [{"required": [*PRODUCT]}, {"required": [*MEASURED]}]},
                {"anyOf": [{"required": [*each]} for each in (AXES, ROUND, MEASURED)]},
            ]
        }
    )
    alternatives: ClassVar[tuple[tuple[tuple[str, ...], ...], ...]] = ((PRODUCT, MEASURED), (AXES, ROUND))
    length: Annotated[Axis | None, about("major axis of the elliptical junction")] = None
    width: Annotated[Axis | None, about("minor axis of the elliptical junction")] = None
    diameter: Annotated[Axis | None, about("diameter of a round junction, in place of length and width")] = None
    ra: Annotated[
        Annotated[Quantity, In("ohm*m^2", gt=0, usual="0.1 ohm*um^2 .. 10 Mohm*um^2")] | None,
        about("resistance-area product in the parallel state"),
    ] = None
    tmr: Annotated[
        Annotated[Quantity, In("", gt=0, usual="20 % .. 1000 %")] | None,
        about("tunnelling magnetoresistance at zero bias"),
    ] = None
    r_p: Annotated[Resistance | None, about("parallel resistance; with r_ap in place of ra and tmr")] = None
    r_ap: Annotated[Resistance | None, about("antiparallel resistance at zero bias; with r_p")] = None
    v_half: Annotated[
        Annotated[Quantity, In("V", gt=0, usual="50 mV .. 5 V")] | None,
        about("bias at which the magnetoresistance has halved; neglected where absent"),
    ] = None

    @model_validator(mode="after")
    def _told_once(self) -> "Junction":
        for one, other in self.alternatives:
            self._either(one, other)
        if self.ra is not None and not self.sized:
            raise ValueError("ra needs the size of the junction: give length and width, or diameter")
        if self.ra is None and self.r_p is None:
            raise ValueError("missing keys 'ra' and 'tmr', or 'r_p' and 'r_ap' in their place")
        if self.r_p is not None and self.r_ap is not None and not self.r_ap.value > self.r_p.value:
            raise ValueError(f"r_ap must exceed r_p, not {self.r_ap.written} against {self.r_p.written}")
        return self

    def _either(self, one: tuple[str, ...], other: tuple[str, ...]) -> None:
        """Refuse both of two ways to say the same, and half of either."""
        ways = [[name for name in way if getattr(self, name) is not None] for way in (one, other)]
        if all(ways):
            found = " and ".join((*ways[0], *ways[1]))
            choice = f"give {' and '.join(one)}, or {' and '.join(other)}, not both"
            raise ValueError(f"{choice}; found {found} (null drops an inherited key)")
        for way, given in zip((one, other), ways, strict=True):
            lacking = [name for name in way if name not in given]
            if given and lacking:
                raise ValueError(f"missing key {lacking[0]!r}: {' and '.join(way)} stand together")

    @property
    def sized(self) -> bool:
        """Whether the size of a junction is given."""
        return self.diameter is not None or (self.length is not None and self.width is not None)

    @property
    def area(self) -> Array:
        """Area of one junction [m^2]; only where its size is given."""
        if self.diameter is not None:
            return junction_area(self.diameter.x, self.diameter.x)
        assert self.length is not None  # see sized
        assert self.width is not None
        return junction_area(self.length.x, self.width.x)

    @property
    def parallel(self) -> Array:
        """Parallel resistance [ohm]."""
        if self.r_p is not None:
            return self.r_p.x
        assert self.ra is not None  # one of the two pairs is given
        return junction_resistance(self.ra.x, self.area)

    @property
    def magnetoresistance(self) -> Array:
        """Tunnelling magnetoresistance at zero bias."""
        if self.r_ap is not None:
            return self.r_ap.x / self.parallel - 1
        assert self.tmr is not None  # one of the two pairs is given
        return self.tmr.x

    @property
    def unbiased(self) -> Array:
        """Antiparallel resistance at zero bias [ohm]."""
        return self.parallel * (1 + self.magnetoresistance) if self.r_ap is None else self.r_ap.x

    def antiparallel(self, voltage: Array) -> Array:
        """Antiparallel resistance [ohm] at a bias, which matters only where ``v_half`` is given."""
        if self.v_half is None:
            return self.unbiased
        return self.parallel * (1 + tmr_at(self.magnetoresistance, voltage, self.v_half.x))

    @property
    def ordered(self) -> tuple[Check, ...]:
        """That a sample of the antiparallel resistance exceeds that of the parallel one, as is demanded of a file."""
        if self.r_ap is None:
            return ()
        text = "an antiparallel junction conducts no less than a parallel one"
        return (Check("r_ap", self.r_ap.x, self.parallel, NO_LIMIT, "ohm", fatal=True, source="r_p", text=text),)
