"""SRAM by capacity and node: fits to CACTI, scaled beyond its nodes."""

from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Component, Context, Law, Rows, Section
from imac_arch.components.cost import Check, UnitCost
from imac_arch.components.scaling import Scaling, scaled
from imac_arch.data.arrays import ONE, Array, cell_axes, column, interpolate, times
from imac_arch.data.quantity import RATIO, In, Quantity, about

__all__ = ["Sram", "SramLaw"]

DATA = In("bit", gt=0)
Real = Annotated[Quantity, In("", ge=None, plain=True, usual="-1000 .. 1000")]
Fraction = Annotated[Quantity, In("", ge=0, le=1, plain=True, usual="0.001 .. 1")]
KELVIN = In("K", gt=0)
Cubic = tuple[Real, Real, Real, Real]


class SramRow(Section):
    """Polynomials of one node: log10 of the figure in SI units over log10 of the relative capacity."""

    node: Annotated[Quantity, In("m", "technology node of the row", gt=0, usual="1 nm .. 1 um")]
    read_energy: Annotated[Cubic, about("cubic of log10 read energy of a word, highest power first")]
    area: Annotated[Cubic, about("cubic of log10 area, highest power first")]
    latency: Annotated[Cubic, about("cubic of log10 access time, highest power first")]
    leakage: Annotated[Cubic, about("cubic of log10 static power, highest power first")]


class SramAnchor(Section):
    """A measured energy at the anchor node of the scaling law."""

    size: Annotated[Quantity, DATA.said("capacity of the memory", "8 bit .. 1 Tbit")]
    energy: Annotated[Quantity, In("J", "energy of reading one word of the law's length", gt=0, usual="1 fJ .. 100 nJ")]


class SramLaw(Law):
    """Figures of a memory by capacity and node; one access reads one word.

    A word of another length costs ``1 + share (length/word - 1)`` times the law's, ``share`` being what grows with the
    length: bit lines, sense amplifiers and data wires, but no decoder. Leakage doubles every ``leakage_doubling``.
    """

    kind: Annotated[Literal["sram"], LAW_KIND] = "sram"
    reference: Annotated[Quantity, DATA.said("capacity to which capacities are relative", "8 bit .. 1 Tbit")]
    word: Annotated[Quantity, DATA.said("word length of one access", "1 bit .. 4096 bit")]
    min_size: Annotated[Quantity, DATA.said("smallest capacity of the fitted data", "8 bit .. 1 Tbit")]
    max_size: Annotated[
        Quantity, DATA.said("largest capacity of the fitted data; more takes several banks", "8 bit .. 1 Tbit")
    ]
    residual_energy: Annotated[Quantity, RATIO.said("multiplicative residual of the energy fit", "0.01 .. 100")]
    residual_area: Annotated[Quantity, RATIO.said("multiplicative residual of the area fit", "0.01 .. 100")]
    residual_latency: Annotated[Quantity, RATIO.said("multiplicative residual of the access-time fit", "0.01 .. 100")]
    residual_leakage: Annotated[Quantity, RATIO.said("multiplicative residual of the leakage fit", "0.01 .. 100")]
    word_energy: Annotated[Fraction, about("share of the read energy that grows with the length of the word")]
    word_area: Annotated[Fraction, about("share of the area that grows with the length of the word")]
    temperature: Annotated[Quantity, KELVIN.said("temperature of the tabulated leakage", "200 K .. 450 K")]
    min_temperature: Annotated[
        Quantity, KELVIN.said("lowest temperature that the leakage is taken to", "200 K .. 450 K")
    ]
    leakage_doubling: Annotated[Quantity, KELVIN.said("rise of temperature that doubles the leakage", "2 K .. 100 K")]
    drift: Annotated[
        Quantity,
        In(
            "",
            "read energy at the smallest node of the table over what the fit says there",
            gt=0,
            plain=True,
            usual="0.05 .. 20",
        ),
    ]
    anchors: Annotated[tuple[SramAnchor, ...], about("measured read energies at the anchor node, by capacity")]
    table: Annotated[tuple[SramRow, ...], about("fit coefficients by node")]

    @cached_property
    def rows(self) -> Rows[SramRow]:
        """The table by node."""
        return Rows(self.table)

    def figure(self, name: str, size: Array, node: Array) -> Array:
        """Return ``read_energy`` [J], ``area`` [m^2], ``latency`` [s] or ``leakage`` [W] of a memory of ``size`` bits.

        Log-log interpolated between the nodes of the table; beyond them its end.
        """
        x = np.log10(size / self.reference.x)
        c3, c2, c1, c0 = self.rows.remembered(lambda: self._cubic(name, node), name, node)
        return np.power(10.0, ((c3 * x + c2) * x + c1) * x + c0)

    def _cubic(self, name: str, node: Array) -> tuple[Array, ...]:
        """Return the coefficients of a figure at a node; straight lines between those of the table's nodes are as
        straight between the logarithms that follow."""
        nodes, table = self.rows.values("node", np.log), self.rows.values(name)
        axes = cell_axes(table)
        return tuple(interpolate(np.log(node), nodes, column(table, k, axes)) for k in range(4))

    @cached_property
    def anchored(self) -> Rows[SramAnchor]:
        """The anchors by capacity."""
        return Rows(self.anchors, "size")

    def read(self, size: Array, node: Array, scaling: Scaling) -> Array:
        """Return the energy of reading a word of a memory of ``size`` bits at a node of the table [J], with the
        residual of the fit and the drift between nodes."""
        away = np.exp(scaling.drifted(node) * np.log(self.drift.x))
        energy: Array = self.figure("read_energy", size, node) * self.residual_energy.x * away
        return energy

    def anchor(self, size: Array, node: Array, scaling: Scaling) -> tuple[Array, Array]:
        """Return the read energy at the anchor node and that at a node of the table; beyond the capacities of the
        anchors as at their ends."""
        first, last = (row.size.x for row in (self.anchored.rows[0], self.anchored.rows[-1]))
        within = np.minimum(np.maximum(size, first), last)
        return self.anchored.at(within, "energy"), self.read(within, node, scaling)

    def own_node(self, node: Array) -> Array:
        """Return the node itself where the table reaches, else its nearest end [m]."""
        nodes = self.rows.values("node")
        return self.rows.remembered(lambda: np.clip(node, nodes[0], nodes[-1]), "own node", node)


class Sram(Component):
    """On-chip memory. Above the law's largest capacity, several banks of that capacity are used.

    Below the smallest node of the table, read energies follow a line to those measured at the anchor node.
    """

    roles: ClassVar[tuple[str, ...]] = ("sram",)
    formula: ClassVar[str] = (
        "cubics of log10 size by node; below 22 nm E on a log-log line to that measured at 7 nm, all else scaled; "
        "E of a bit = E of a word (1 + share (word/64 - 1))/word; leakage 2^((T - 350 K)/doubling)"
    )
    kind: Annotated[Literal["sram"], COMPONENT_KIND] = "sram"
    law: Annotated[Literal["sram", "sram_hp"], about("memory law: low-standby-power or high-performance cells")] = (
        "sram"
    )
    word: Annotated[
        Annotated[Quantity, DATA.said(usual="1 bit .. 4096 bit")] | None,
        about("bits that one access reads; the law's word where absent"),
    ] = None
    temperature: Annotated[
        Annotated[Quantity, KELVIN.said(usual="200 K .. 450 K")] | None,
        about("temperature of the leakage, 300 K to 350 K; the law's own where absent"),
    ] = None

    def cost(self, context: Context, bits: Array) -> UnitCost:
        """Return the cost of a memory of ``bits`` bits, ``energy`` being of reading one bit."""
        law, scaling = context.laws.get(SramLaw, self.law), context.laws.get(Scaling, "scaling")
        banks = np.maximum(np.ceil(bits / law.max_size.x), 1)
        asked = bits / banks
        size = np.maximum(asked, law.min_size.x)
        read = np.where(
            banks > 1, law.max_size.x, size
        )  # an access to one of several banks costs as much as to a full one
        node = law.own_node(context.node)
        word, area, energy = self._word(law)
        own = UnitCost(
            times(law.figure("area", size, node) * (banks * law.residual_area.x), area),
            times(law.read(read, node, scaling) / word, energy),
            law.figure("latency", read, node) * law.residual_latency.x,
            times(law.figure("leakage", size, node) * (banks * law.residual_leakage.x), self._warmth(law)),
            law=law.name,
            checks=(Check("size", asked, law.min_size.x, law.max_size.x, "bit", source=law.name), *self._warm(law)),
        )
        return scaled(own, node, context, "sram", anchor=law.anchor(read, node, scaling))

    def _word(self, law: SramLaw) -> tuple[Array, Array, Array]:
        """Return the length of a word, and area and read energy over those of the law's word."""
        if self.word is None:
            return law.word.x, ONE, ONE
        longer = self.word.x / law.word.x - 1
        return self.word.x, 1 + law.word_area.x * longer, 1 + law.word_energy.x * longer

    def _warmth(self, law: SramLaw) -> Array:
        """Return the leakage at the temperature over that of the law."""
        if self.temperature is None:
            return ONE
        factor: Array = np.exp2((self.temperature.x - law.temperature.x) / law.leakage_doubling.x)
        return factor

    def _warm(self, law: SramLaw) -> tuple[Check, ...]:
        if self.temperature is None:
            return ()
        low, high = law.min_temperature.x, law.temperature.x
        return (Check("temperature", self.temperature.x, low, high, "K", source=law.name),)
