"""Carrying a number from one node to another: factors of Stillmaker and Baas at nominal supply, interpolated."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

import numpy as np

from imac_arch.components.base import Check, Law, Part, Setting, UnitCost
from imac_arch.quantity import Array, In, Quantity, Ratio
from imac_arch.units import format_value

__all__ = ["Scaling", "scaled"]


class ScalingRow(Part):
    """Factors of one node relative to the reference node."""

    node: Annotated[Quantity, In("m", gt=0)]
    delay: Ratio
    energy: Ratio
    area: Ratio


class Scaling(Law):
    """Delay, energy and area relative to one reference node, log-log interpolated between the rows.

    Source: Stillmaker and Baas 2017, doi:10.1016/j.vlsi.2017.02.002.
    """

    kind: Literal["scaling"] = "scaling"
    table: tuple[ScalingRow, ...]

    def factor(self, what: str, start: Array, end: Array) -> Array:
        """Return what a ``delay``, ``energy`` or ``area`` at node ``start`` is multiplied by at node ``end``."""
        nodes, factors = self._logarithms
        return np.exp(np.interp(np.log(end), nodes, factors[what]) - np.interp(np.log(start), nodes, factors[what]))

    @cached_property
    def _logarithms(self) -> tuple[Array, dict[str, Array]]:
        rows = sorted(self.table, key=lambda row: row.node.value)
        names = ("delay", "energy", "area")
        factors = {name: np.log([getattr(row, name).value for row in rows]) for name in names}
        return np.log([row.node.value for row in rows]), factors

    def check(self, node: Array) -> Check:
        """Return the check that a node lies within the table."""
        nodes = [row.node.value for row in self.table]
        return Check("node", node, min(nodes), max(nodes), "m", source=self.name)


def scaled(cost: UnitCost, start: Array, setting: Setting, what: str) -> UnitCost:
    """Carry a unit cost from node ``start`` to the node of the technology, and say so.

    Leakage and static power follow the area factor: fewer, smaller transistors (an assumption of ours).
    """
    if np.all(start == setting.node):
        return cost
    law = setting.laws.get(Scaling, "scaling")
    energy, delay, area = (law.factor(name, start, setting.node) for name in ("energy", "delay", "area"))
    nodes = f"{format_value(float(np.ravel(start)[0]), 'm')} to {format_value(float(np.ravel(setting.node)[0]), 'm')}"
    text = f"{what}: {nodes}, area x{_first(area):.3g}, energy x{_first(energy):.3g}, delay x{_first(delay):.3g}"
    return UnitCost(
        cost.area * area,
        cost.energy * energy,
        cost.latency * delay,
        cost.leakage * area,
        cost.power * area,
        f"{cost.law}, scaled",
        (*cost.checks, law.check(setting.node), law.check(np.asarray(start))),
        (*cost.scaled, text),
    )


def _first(values: Array) -> float:
    return float(np.ravel(values)[0])
