"""Node and supply scaling by the interpolated factors of Stillmaker and Baas."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Annotated, Literal

import numpy as np

from imac_arch.components.base import LAW_KIND, Check, Law, Part, Setting, UnitCost
from imac_arch.data.quantity import Array, In, Quantity, Ratio, about
from imac_arch.data.units import format_value

__all__ = ["Scaling", "scaled"]


Real = Annotated[Quantity, In("", ge=None, plain=True)]
Polynomial = tuple[Real, ...]


class ScalingRow(Part):
    """Factors of one node relative to the reference node, and the supply dependence of delay and energy (polynomials,
    highest power first)."""

    node: Annotated[Quantity, In("m", "technology node of the row", gt=0)]
    vdd: Annotated[Quantity, In("V", "nominal supply of the node", gt=0)]
    delay: Annotated[Ratio, about("delay relative to the reference node at nominal supply")]
    energy: Annotated[Ratio, about("switching energy relative to the reference node at nominal supply")]
    area: Annotated[Ratio, about("area relative to the reference node")]
    delay_supply: Annotated[Polynomial, about("polynomial of delay over supply, highest power first")]
    energy_supply: Annotated[Polynomial, about("polynomial of energy over supply, highest power first")]

    def at_supply(self, what: str, share: Array) -> Array:
        """Return ``delay`` or ``energy`` at a share of the nominal supply, at most 1, over that at the nominal one.

        The cubics of 45 and 32 nm have a minimum just below the nominal supply; delay is kept from falling there.
        """
        powers = [q.value for q in (self.delay_supply if what == "delay" else self.energy_supply)]
        nominal = self.vdd.value
        ratio = np.asarray(np.polyval(powers, share * nominal) / np.polyval(powers, nominal))
        return np.maximum(ratio, 1.0) if what == "delay" else ratio


class Scaling(Law):
    """Delay, energy and area relative to one reference node, log-log interpolated between the rows; and the
    supply dependence of delay and energy.

    Source: Stillmaker and Baas 2017, doi:10.1016/j.vlsi.2017.02.002.
    """

    kind: Annotated[Literal["scaling"], LAW_KIND] = "scaling"
    min_supply: Annotated[Ratio, about("lowest supply of the fits, as a share of the nominal one")]
    max_supply: Annotated[Ratio, about("highest supply of the fits, as a share of the nominal one")]
    table: Annotated[tuple[ScalingRow, ...], about("scaling factors by node")]

    def factor(self, what: str, start: Array, end: Array) -> Array:
        """Return what a ``delay``, ``energy`` or ``area`` at node ``start`` is multiplied by at node ``end``."""
        return dict(zip(("energy", "delay", "area"), self.factors(start, end), strict=True))[what]

    def factors(self, start: Array, end: Array) -> tuple[Array, Array, Array]:
        """Return the factors of energy, delay and area from node ``start`` to node ``end``."""
        nodes, factors = self._logarithms
        ends = np.log(np.stack(np.broadcast_arrays(start, end)).astype(float))

        def carried(name: str) -> Array:
            at = np.interp(ends, nodes, factors[name])
            return np.asarray(np.exp(at[1] - at[0]))

        return carried("energy"), carried("delay"), carried("area")

    def supply_factor(self, what: str, node: Array, share: Array) -> Array:
        """Return what ``delay`` or ``energy`` is multiplied by at a share of the nominal supply of a node.

        Between rows the logarithms are interpolated; beyond the range of supplies the factor of its end is kept.
        """
        share = np.clip(share, self.min_supply.value, self.max_supply.value)
        rows = sorted(self.table, key=lambda row: row.node.value)
        logs = [np.log(row.at_supply(what, share)) for row in rows]
        place = np.interp(np.log(node), self._logarithms[0], np.arange(len(rows), dtype=float))
        low = np.clip(np.floor(place), 0, len(rows) - 2)
        found = np.zeros(np.broadcast_shapes(np.shape(place), np.shape(share)))
        for k in range(len(rows) - 1):
            between = logs[k] + (place - k) * (logs[k + 1] - logs[k])
            found = np.where(low == k, between, found)
        return np.exp(found)

    def nominal(self, node: Array) -> Array:
        """Return the nominal supply of a node [V]."""
        return np.interp(np.log(node), self._logarithms[0], self._supplies)

    @cached_property
    def _supplies(self) -> Array:
        return np.array([row.vdd.value for row in sorted(self.table, key=lambda row: row.node.value)])

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


def scaled(cost: UnitCost, start: Array, setting: Setting, what: str, *, supply: bool = True) -> UnitCost:
    """Carry a unit cost from node ``start``, at its nominal supply, to node and supply of the technology, and say so.

    With ``supply=False`` the cost already knows the supply. Leakage and static power follow the area factor, fewer and
    smaller transistors, and the supply (an assumption of ours).
    """
    law = setting.laws.get(Scaling, "scaling")
    share = setting.vdd / law.nominal(setting.node) if supply else np.ones(())
    at_home, at_nominal = bool(np.all(start == setting.node)), bool(np.all(np.abs(share - 1) < 1e-9))
    if at_home and at_nominal:
        return cost
    energy, delay, area = law.factors(start, setting.node)
    leak = area
    checks: tuple[Check, ...] = () if at_home else (law.check(setting.node), law.check(np.asarray(start)))
    if not at_nominal:
        energy = energy * law.supply_factor("energy", setting.node, share)
        delay = delay * law.supply_factor("delay", setting.node, share)
        leak = area * share
        low, high = law.min_supply.value, law.max_supply.value
        checks += (Check("share of the nominal supply", share, low, high, source=law.name),)
    stood = None if at_nominal else _first(setting.vdd)
    text = _told(what, _first(start), _first(setting.node), stood, _first(area), _first(energy), _first(delay))
    return UnitCost(
        cost.area * area,
        cost.energy * energy,
        cost.latency * delay,
        cost.leakage * leak,
        cost.power * leak,
        f"{cost.law}, scaled",
        (*cost.checks, *checks),
        (*cost.scaled, text),
    )


@lru_cache(maxsize=256)
def _told(what: str, start: float, end: float, supply: float | None, area: float, energy: float, delay: float) -> str:
    nodes = f"{format_value(start, 'm')} to {format_value(end, 'm')}"
    stood = "" if supply is None else f" at {format_value(supply, 'V')}"
    return f"{what}: {nodes}{stood}, area x{area:.3g}, energy x{energy:.3g}, delay x{delay:.3g}"


def _first(values: Array) -> float:
    return float(np.ravel(values)[0])
