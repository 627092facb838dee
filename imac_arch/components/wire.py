"""The wires of a crossbar: resistance and capacitance per segment, from geometry or by node."""

from abc import abstractmethod
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Component, Context, Law, Rows, Section
from imac_arch.components.cost import Check
from imac_arch.components.roles import SYNAPSE
from imac_arch.crossbar.lines import line_resistivity, wire_capacitance
from imac_arch.data.arrays import ONE, Array
from imac_arch.data.quantity import RATIO, In, Quantity, about

__all__ = ["GeometricWire", "NodeWire", "Wire", "WireLaw", "WireNodes"]

LENGTH = In("m", gt=0)


class WireLaw(Law):
    """Constants of the resistivity and capacitance models."""

    kind: Annotated[Literal["wire"], LAW_KIND] = "wire"
    surface: Annotated[Quantity, RATIO.said("prefactor of surface scattering (Fuchs-Sondheimer)", "0.1 .. 2")]
    k1: Annotated[Quantity, RATIO.said("factor of w/h in the plate capacitance", "0.01 .. 10")]
    k2: Annotated[Quantity, RATIO.said("factor of (t/h)^k3 in the fringe capacitance", "0.01 .. 10")]
    k3: Annotated[Quantity, RATIO.said("exponent of t/h", "0.01 .. 10")]
    k4: Annotated[Quantity, RATIO.said("factor of w/h in the coupling capacitance", "0.001 .. 10")]
    k5: Annotated[Quantity, RATIO.said("factor of t/h in the coupling capacitance", "0.01 .. 10")]
    k6: Annotated[Quantity, RATIO.said("factor of (t/h)^k3 in the coupling capacitance", "0.001 .. 10")]
    k7: Annotated[Quantity, RATIO.said("exponent of h/d in the coupling capacitance", "0.01 .. 10")]
    permittivity: Annotated[Quantity, In("F/m", "vacuum permittivity", gt=0, usual="8 pF/m .. 10 pF/m")]


class Wire(Component):
    """Base of the wire kinds; a word segment is one weight column wide, a bit segment one cell high.

    Segments that are not stated are those of the synapse's cells, so that area and wires are of one cell.
    """

    roles: ClassVar[tuple[str, ...]] = ("wire",)
    word_segment: Annotated[
        Annotated[Quantity, In("m", usual="5 nm .. 100 um")] | None,
        about("length of a word-line segment; the width of the cells of a weight column where absent"),
    ] = None
    bit_segment: Annotated[
        Annotated[Quantity, In("m", usual="5 nm .. 100 um")] | None,
        about("length of a bit-line segment; the height of a cell where absent"),
    ] = None

    @abstractmethod
    def section(self, context: Context) -> Array:
        """Cross-section [m^2]."""

    @abstractmethod
    def segments(self, context: Context) -> tuple[Array, Array, Array, Array]:
        """Return resistance of a word and of a bit segment [ohm], capacitance of a word and of a bit segment [F]."""

    def lengths(self, context: Context) -> tuple[Array, Array]:
        """Return the length of a word and of a bit segment [m].

        Raises:
            UsageError: the wire leaves out a segment, and the technology has no synapse.
        """
        if self.word_segment is not None and self.bit_segment is not None:
            return self.word_segment.x, self.bit_segment.x
        word, bit = context.built_from(SYNAPSE, "a wire without segments of its own").pitches
        return (
            word if self.word_segment is None else self.word_segment.x,
            bit if self.bit_segment is None else self.bit_segment.x,
        )

    def checks(self, context: Context) -> tuple[Check, ...]:
        """Return the ranges that the wire's law depends on."""
        return ()


class GeometricWire(Wire):
    """A wire of rectangular cross-section: resistivity with the size effect, capacitance to plane and neighbours."""

    formula: ClassVar[str] = (
        "R = rho(w) L/(w t), L = cell_width cells_per_weight along the word line, cell_height along the bit line; "
        "C by Sakurai and Tamaru"
    )
    kind: Annotated[Literal["wire"], COMPONENT_KIND] = "wire"
    width: Annotated[Quantity, LENGTH.said("width of the line", "3 nm .. 5 um")]
    thickness: Annotated[Quantity, LENGTH.said("thickness of the line", "3 nm .. 5 um")]
    height: Annotated[Quantity, LENGTH.said("height above the ground plane", "3 nm .. 10 um")]
    distance: Annotated[Quantity, LENGTH.said("spacing to the neighbouring line", "3 nm .. 10 um")]
    resistivity: Annotated[Quantity, In("ohm*m", "bulk resistivity of the metal", usual="5e-9 ohm*m .. 1e-6 ohm*m")]
    mean_free_path: Annotated[Quantity, LENGTH.said("mean free path of the electrons", "1 nm .. 200 nm")]
    specularity: Annotated[
        Quantity, In("", "probability of specular reflection at the surface", ge=0, le=1, plain=True, usual="0.01 .. 1")
    ]
    reflection: Annotated[
        Quantity, In("", "probability of reflection at a grain boundary", gt=0, lt=1, plain=True, usual="0.01 .. 0.95")
    ]
    relative_permittivity: Annotated[Quantity, RATIO.said("relative permittivity of the dielectric", "1 .. 100")]

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
        word, bit = self.lengths(context)
        capacitance = wire_capacitance(ONE, self.width.x, self.thickness.x, self.height.x, self.distance.x, eps, k)
        return per_length * word, per_length * bit, capacitance * word, capacitance * bit


class WireNodesRow(Section):
    """Width, aspect ratio and resistance per length of the two lowest metals at one node."""

    node: Annotated[Quantity, LENGTH.said("technology node of the row", "1 nm .. 1 um")]
    local_width: Annotated[Quantity, LENGTH.said("width of the local metal", "3 nm .. 5 um")]
    local_resistance: Annotated[
        Quantity, In("ohm/m", "resistance per length of the local metal", gt=0, usual="1 kohm/m .. 10 Gohm/m")
    ]
    m1_width: Annotated[Quantity, LENGTH.said("width of the first metal", "3 nm .. 5 um")]
    m1_resistance: Annotated[
        Quantity, In("ohm/m", "resistance per length of the first metal", gt=0, usual="1 kohm/m .. 10 Gohm/m")
    ]
    aspect: Annotated[Quantity, In("", "thickness over width of both metals", gt=0, plain=True, usual="0.5 .. 5")]


class WireNodes(Law):
    """Wires by node, log-log interpolated; one capacitance per length for all."""

    kind: Annotated[Literal["wire_nodes"], LAW_KIND] = "wire_nodes"
    capacitance: Annotated[Quantity, In("F/m", "capacitance per length of every wire", gt=0, usual="20 pF/m .. 2 nF/m")]
    table: Annotated[tuple[WireNodesRow, ...], about("wires by node")]

    @cached_property
    def rows(self) -> Rows[WireNodesRow]:
        """The table by node."""
        return Rows(self.table)

    def at(self, node: Array, what: str) -> Array:
        """Return a column of the table at a node, in SI units."""
        return self.rows.at(node, what)

    def check(self, node: Array) -> Check:
        """Return the check that a node lies within the table."""
        return self.rows.check(node, self.name)


class NodeWire(Wire):
    """A wire in the local or the first metal of the technology's node, for unknown geometry."""

    formula: ClassVar[str] = "R and C per length by node, times the length of a segment"
    kind: Annotated[Literal["node_wire"], COMPONENT_KIND] = "node_wire"
    metal: Annotated[Literal["local", "m1"], about("metal level of word and bit lines")] = "m1"

    def section(self, context: Context) -> Array:
        """See the base."""
        law = context.laws.get(WireNodes, "wire_nodes")
        return law.at(context.node, f"{self.metal}_width") ** 2 * law.at(context.node, "aspect")

    def segments(self, context: Context) -> tuple[Array, Array, Array, Array]:
        """See the base."""
        law = context.laws.get(WireNodes, "wire_nodes")
        resistance = law.at(context.node, f"{self.metal}_resistance")
        word, bit = self.lengths(context)
        return resistance * word, resistance * bit, law.capacitance.x * word, law.capacitance.x * bit

    def checks(self, context: Context) -> tuple[Check, ...]:
        """See the base."""
        return (context.laws.get(WireNodes, "wire_nodes").check(context.node),)
