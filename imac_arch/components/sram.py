"""SRAM by capacity and node: fits to CACTI, scaled beyond its nodes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Check, Component, Law, Part, Setting, UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.quantity import Array, In, Quantity, Ratio, about

__all__ = ["Sram", "SramLaw"]

Data = Annotated[Quantity, In("bit", gt=0)]


Real = Annotated[Quantity, In("", ge=None, plain=True)]
Cubic = tuple[Real, Real, Real, Real]


class SramRow(Part):
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

    def figure(self, name: str, size: Array, node: Array) -> Array:
        """Return ``read_energy`` [J], ``area`` [m^2], ``latency`` [s] or ``leakage`` [W] of a memory of ``size`` bits.

        Log-log interpolated between the nodes of the table; beyond them its end.
        """
        rows = sorted(self.table, key=lambda row: row.node.value)
        x = np.log10(size / self.reference.value)
        logs = []
        for row in rows:
            c3, c2, c1, c0 = (c.value for c in getattr(row, name))
            logs.append(((c3 * x + c2) * x + c1) * x + c0)
        nodes = np.log([row.node.value for row in rows])
        place = np.interp(np.log(node), nodes, np.arange(len(rows), dtype=float))
        found = logs[0] + 0 * place
        for k in range(len(rows) - 1):
            found = np.where(place >= k, logs[k] + (place - k) * (logs[k + 1] - logs[k]), found)
        return np.asarray(10**found)

    def own_node(self, node: Array) -> Array:
        """Return the node itself where the table reaches, else its nearest end [m]."""
        nodes = [row.node.value for row in self.table]
        return np.clip(node, min(nodes), max(nodes))


class Sram(Component):
    """On-chip memory. Above the law's largest capacity, several banks of that capacity are used."""

    roles: ClassVar[tuple[str, ...]] = ("sram",)
    formula: ClassVar[str] = "cubics of log10 size by node; carried below 22 nm; E of a bit = E of a word/word"
    kind: Annotated[Literal["sram"], COMPONENT_KIND] = "sram"
    law: Annotated[Literal["sram", "sram_hp"], about("memory law: low-standby-power or high-performance cells")] = (
        "sram"
    )

    def cost(self, setting: Setting, bits: Array) -> UnitCost:
        """Return the cost of a memory of ``bits`` bits, ``energy`` being of reading one bit."""
        law = setting.laws.get(SramLaw, self.law)
        banks = np.maximum(np.ceil(bits / law.max_size.x), 1)
        asked = bits / banks
        size = np.maximum(asked, law.min_size.x)
        read = np.where(
            banks > 1, law.max_size.x, size
        )  # an access to one of several banks costs as much as to a full one
        node = law.own_node(setting.node)
        own = UnitCost(
            law.figure("area", size, node) * banks * law.residual_area.x,
            law.figure("read_energy", read, node) / law.word.x * law.residual_energy.x,
            law.figure("latency", read, node) * law.residual_latency.x,
            law.figure("leakage", size, node) * banks * law.residual_leakage.x,
            law=law.name,
            checks=(Check("size", asked, law.min_size.value, law.max_size.value, "bit", source=law.name),),
        )
        return scaled(own, node, setting, "sram")
