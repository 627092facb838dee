"""SRAM by capacity and node: fits to CACTI, scaled beyond its nodes."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Component, Context, Law, Rows, Section
from imac_arch.components.cost import Check, UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.arrays import Array, cell_axes, column, interpolate, ndim
from imac_arch.data.quantity import In, Quantity, Ratio, about

__all__ = ["Sram", "SramLaw"]

Data = Annotated[Quantity, In("bit", gt=0)]


Real = Annotated[Quantity, In("", ge=None, plain=True)]
Cubic = tuple[Real, Real, Real, Real]


class SramRow(Section):
    """Polynomials of one node: log10 of the figure in SI units over log10 of the relative capacity."""

    node: Annotated[Quantity, In("m", "technology node of the row", gt=0)]
    read_energy: Annotated[Cubic, about("cubic of log10 read energy of a word, highest power first")]
    area: Annotated[Cubic, about("cubic of log10 area, highest power first")]
    latency: Annotated[Cubic, about("cubic of log10 access time, highest power first")]
    leakage: Annotated[Cubic, about("cubic of log10 static power, highest power first")]


class SramLaw(Law):
    """Figures of a memory by capacity and node; one access reads one word."""

    kind: Annotated[Literal["sram"], LAW_KIND] = "sram"
    reference: Annotated[Data, about("capacity to which capacities are relative")]
    word: Annotated[Data, about("word length of one access")]
    min_size: Annotated[Data, about("smallest capacity of the fitted data")]
    max_size: Annotated[Data, about("largest capacity of the fitted data; more takes several banks")]
    residual_energy: Annotated[Ratio, about("multiplicative residual of the energy fit")]
    residual_area: Annotated[Ratio, about("multiplicative residual of the area fit")]
    residual_latency: Annotated[Ratio, about("multiplicative residual of the access-time fit")]
    residual_leakage: Annotated[Ratio, about("multiplicative residual of the leakage fit")]
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
        table = self.rows.values(name)
        axes = max(ndim(x), cell_axes(table))
        c3, c2, c1, c0 = (column(table, k, axes) for k in range(4))
        logs = ((c3 * x + c2) * x + c1) * x + c0
        return np.power(10.0, interpolate(np.log(node), self.rows.values("node", np.log), logs))

    def own_node(self, node: Array) -> Array:
        """Return the node itself where the table reaches, else its nearest end [m]."""
        nodes = self.rows.values("node")
        return np.clip(node, nodes[0], nodes[-1])


class Sram(Component):
    """On-chip memory. Above the law's largest capacity, several banks of that capacity are used."""

    roles: ClassVar[tuple[str, ...]] = ("sram",)
    formula: ClassVar[str] = "cubics of log10 size by node; scaled below 22 nm; E of a bit = E of a word/word"
    kind: Annotated[Literal["sram"], COMPONENT_KIND] = "sram"
    law: Annotated[Literal["sram", "sram_hp"], about("memory law: low-standby-power or high-performance cells")] = (
        "sram"
    )

    def cost(self, context: Context, bits: Array) -> UnitCost:
        """Return the cost of a memory of ``bits`` bits, ``energy`` being of reading one bit."""
        law = context.laws.get(SramLaw, self.law)
        banks = np.maximum(np.ceil(bits / law.max_size.x), 1)
        asked = bits / banks
        size = np.maximum(asked, law.min_size.x)
        read = np.where(
            banks > 1, law.max_size.x, size
        )  # an access to one of several banks costs as much as to a full one
        node = law.own_node(context.node)
        own = UnitCost(
            law.figure("area", size, node) * banks * law.residual_area.x,
            law.figure("read_energy", read, node) / law.word.x * law.residual_energy.x,
            law.figure("latency", read, node) * law.residual_latency.x,
            law.figure("leakage", size, node) * banks * law.residual_leakage.x,
            law=law.name,
            checks=(Check("size", asked, law.min_size.x, law.max_size.x, "bit", source=law.name),),
        )
        return scaled(own, node, context, "sram")
