"""The wires of a crossbar: resistance and capacitance of one cell's segment, from geometry or by node."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import Check, Component, Context, Law, Rows, Section
from imac_arch.crossbar.lines import line_resistivity, wire_capacitance
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity, Ratio

__all__ = ["GeometricWire", "NodeWire", "Wire", "WireLaw", "WireNodes"]

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
    """The base of every kind of wire; its word and bit segments are as long as a weight is wide and a cell is high."""

    roles: ClassVar[tuple[str, ...]] = ("wire",)
    word_segment: Annotated[Quantity, In("m")]
    bit_segment: Annotated[Quantity, In("m")]

    def section(self, context: Context) -> Array:
        """Cross-section [m^2]."""
        raise NotImplementedError  # each kind has its own

    def segments(self, context: Context) -> tuple[Array, Array, Array, Array]:
        """Return resistance of a word and of a bit segment [ohm], capacitance of a word and of a bit segment [F]."""
        raise NotImplementedError  # each kind has its own

    def checks(self, context: Context) -> tuple[Check, ...]:
        """Return the ranges that the wire's law depends on."""
        return ()


class GeometricWire(Wire):
    """A wire of rectangular section; resistivity with the size effect, capacitance to plane and neighbours."""

    formula: ClassVar[str] = "R = rho(w) L/(w t); C by Sakurai and Tamaru"
    kind: Literal["wire"] = "wire"
    width: Length
    thickness: Length
    height: Length
    distance: Length
    resistivity: Annotated[Quantity, In("ohm*m")]
    mean_free_path: Length
    specularity: Annotated[Quantity, In("", ge=0, le=1, plain=True)]
    reflection: Annotated[Quantity, In("", gt=0, le=1, plain=True)]
    relative_permittivity: Ratio

    def resistance_per_length(self, context: Context) -> Array:
        """Resistance per length [ohm/m] with the size effect."""
        law = context.laws.get(WireLaw, "wire")
        rho = line_resistivity(
            self.resistivity.x,
            self.mean_free_path.x,
            self.width.x,
            self.specularity.x,
            self.reflection.x,
            law.surface.x,
        )
        return rho / self.section(context)

    def section(self, context: Context) -> Array:
        """Cross-section [m^2]."""
        return self.width.x * self.thickness.x

    def segments(self, context: Context) -> tuple[Array, Array, Array, Array]:
        """See the base."""
        law = context.laws.get(WireLaw, "wire")
        per_length = self.resistance_per_length(context)
        k = {name: getattr(law, name).x for name in ("k1", "k2", "k3", "k4", "k5", "k6", "k7")}
        eps = law.permittivity.x * self.relative_permittivity.x
        word, bit = self.word_segment.x, self.bit_segment.x
        c_word, c_bit = (
            wire_capacitance(length, self.width.x, self.thickness.x, self.height.x, self.distance.x, eps, k)
            for length in (word, bit)
        )
        return per_length * word, per_length * bit, c_word, c_bit


class WireNodesRow(Section):
    """Width, aspect ratio and resistance per length of the two lowest metals at one node."""

    node: Length
    local_width: Length
    local_resistance: Annotated[Quantity, In("ohm/m", gt=0)]
    m1_width: Length
    m1_resistance: Annotated[Quantity, In("ohm/m", gt=0)]
    aspect: Annotated[Quantity, In("", gt=0, plain=True)]


class WireNodes(Law):
    """Wires by node, log-log interpolated; one capacitance per length for all."""

    kind: Literal["wire_nodes"] = "wire_nodes"
    capacitance: Annotated[Quantity, In("F/m", gt=0)]
    table: tuple[WireNodesRow, ...]

    @cached_property
    def rows(self) -> Rows:
        """The table by node."""
        return Rows(self.table)

    def at(self, node: Array, what: str) -> Array:
        """Return a column of the table at a node, in SI units."""
        return self.rows.at(node, what)

    def check(self, node: Array) -> Check:
        """Return the check that a node lies within the table."""
        return self.rows.check(node, self.name)


class NodeWire(Wire):
    """A wire in the local or the first metal of the technology's node, where its geometry is not known."""

    formula: ClassVar[str] = "R and C per length by node, times the length of a segment"
    kind: Literal["node_wire"] = "node_wire"
    metal: Literal["local", "m1"] = "m1"

    def section(self, context: Context) -> Array:
        """See the base."""
        law = context.laws.get(WireNodes, "wire_nodes")
        return law.at(context.node, f"{self.metal}_width") ** 2 * law.at(context.node, "aspect")

    def segments(self, context: Context) -> tuple[Array, Array, Array, Array]:
        """See the base."""
        law = context.laws.get(WireNodes, "wire_nodes")
        resistance = law.at(context.node, f"{self.metal}_resistance")
        word, bit = self.word_segment.x, self.bit_segment.x
        return resistance * word, resistance * bit, law.capacitance.x * word, law.capacitance.x * bit

    def checks(self, context: Context) -> tuple[Check, ...]:
        """See the base."""
        return (context.laws.get(WireNodes, "wire_nodes").check(context.node),)
