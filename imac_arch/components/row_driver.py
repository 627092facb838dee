"""The driver of a word line: wide enough that it loses little against the line it drives."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import Check, Component, Law, Part, Setting, UnitCost
from imac_arch.quantity import Array, In, Quantity, Ratio

__all__ = ["RowDriver", "Transistors"]


class TransistorRow(Part):
    """On- and off-current per width at one node."""

    node: Annotated[Quantity, In("m", gt=0)]
    on_current: Annotated[Quantity, In("A/m", gt=0)]
    off_current: Annotated[Quantity, In("A/m", gt=0)]


class Transistors(Law):
    """On- and off-current per width, log-log interpolated between nodes."""

    kind: Literal["transistors"] = "transistors"
    table: tuple[TransistorRow, ...]

    def at(self, node: Array) -> tuple[Array, Array, Check]:
        """Return on-current and off-current per width [A/m] at a node, and the check of its range."""
        rows = sorted(self.table, key=lambda row: row.node.value)
        nodes = [row.node.value for row in rows]
        on, off = (
            np.exp(np.interp(np.log(node), np.log(nodes), np.log([getattr(row, name).value for row in rows])))
            for name in ("on_current", "off_current")
        )
        return on, off, Check("node", node, min(nodes), max(nodes), "m", source=self.name)


class RowDriver(Component):
    """A CMOS driver whose on-resistance is at most ``loss`` times the input resistance of its word line."""

    roles: ClassVar[tuple[str, ...]] = ("row_driver",)
    kind: Literal["row_driver"] = "row_driver"
    loss: Annotated[Quantity, In("", gt=0, le=1, plain=True)]
    resistance_factor: Annotated[Quantity, In("", gt=0, plain=True)]
    area_per_width: Annotated[Quantity, In("m", gt=0)]
    capacitance_per_width: Annotated[Quantity, In("F/m", gt=0)]
    chain: Ratio
    latency: Annotated[Quantity, In("s")]
    min_width: Annotated[Quantity, In("m", gt=0)]

    def cost(self, setting: Setting, load: Array, line_power: Array) -> UnitCost:
        """Return the cost of one driver.

        Args:
            setting: node, supply and laws.
            load: input resistance of the word line [ohm].
            line_power: mean power of one word line while biased [W]; the driver loses its share of it.
        """
        on, off, check = setting.laws.get(Transistors, "transistors").at(setting.node)
        resistance = self.loss.x * load
        width = np.maximum(self.resistance_factor.x * setting.vdd / (on * resistance), self.min_width.x)
        return UnitCost(
            area=width * self.area_per_width.x * self.chain.x,
            energy=width * self.capacitance_per_width.x * self.chain.x * setting.vdd**2,
            latency=self.latency.x,
            leakage=width * self.chain.x * off * setting.vdd,
            power=self.loss.x * line_power,
            law="on-resistance of the row",
            checks=(check,),
        )
