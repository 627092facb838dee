"""The wires of a crossbar: resistance and capacitance of one cell's segment, from geometry."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Component, Law, Setting
from imac_arch.crossbar.lines import line_resistivity, wire_capacitance
from imac_arch.quantity import Array, In, Quantity, Ratio

__all__ = ["Wire", "WireLaw"]

Length = Annotated[Quantity, In("m", gt=0)]


class WireLaw(Law):
    """Constants of the resistivity and capacitance formulas."""

    kind: Literal["wire"] = "wire"
    surface: Ratio
    k1: Ratio
    k2: Ratio
    k3: Ratio
    k4: Ratio
    k5: Ratio
    k6: Ratio
    k7: Ratio
    permittivity: Annotated[Quantity, In("F/m", gt=0)]


class Wire(Component):
    """A wire of rectangular section; its word and bit segments are as long as a cell is wide and high."""

    roles: ClassVar[tuple[str, ...]] = ("wire",)
    kind: Literal["wire"] = "wire"
    width: Length
    thickness: Length
    height: Length
    distance: Length
    word_segment: Annotated[Quantity, In("m")]
    bit_segment: Annotated[Quantity, In("m")]
    resistivity: Annotated[Quantity, In("ohm*m")]
    mean_free_path: Length
    specularity: Annotated[Quantity, In("", ge=0, le=1, plain=True)]
    reflection: Annotated[Quantity, In("", gt=0, le=1, plain=True)]
    relative_permittivity: Ratio

    def resistance_per_length(self, setting: Setting) -> Array:
        """Resistance per length [ohm/m] with the size effect."""
        law = setting.laws.get(WireLaw, "wire")
        rho = line_resistivity(
            self.resistivity.x,
            self.mean_free_path.x,
            self.width.x,
            self.specularity.x,
            self.reflection.x,
            law.surface.x,
        )
        return rho / self.section

    @property
    def section(self) -> Array:
        """Cross-section [m^2]."""
        return self.width.x * self.thickness.x

    def segments(self, setting: Setting) -> tuple[Array, Array, Array, Array]:
        """Return resistance of a word and of a bit segment [ohm], capacitance of a word and of a bit segment [F]."""
        law = setting.laws.get(WireLaw, "wire")
        per_length = self.resistance_per_length(setting)
        k = {name: getattr(law, name).x for name in ("k1", "k2", "k3", "k4", "k5", "k6", "k7")}
        eps = law.permittivity.x * self.relative_permittivity.x
        word, bit = self.word_segment.x, self.bit_segment.x
        c_word, c_bit = (
            wire_capacitance(length, self.width.x, self.thickness.x, self.height.x, self.distance.x, eps, k)
            for length in (word, bit)
        )
        return per_length * word, per_length * bit, c_word, c_bit
