"""Scaling a number from one node and supply to another: factors of Stillmaker and Baas, interpolated, and energies at
the smallest nodes anchored on what was measured there."""

from functools import cached_property
from typing import Annotated, Literal

import numpy as np

from imac_arch.components.base import LAW_KIND, Context, Law, Rows, Section
from imac_arch.components.cost import Check, ScaledNumber, UnitCost
from imac_arch.data.arrays import ONE, Array, cell_axes, column, interpolate, ndim, times
from imac_arch.data.quantity import RATIO, In, Quantity, about

__all__ = ["Scaling", "scaled"]

Real = Annotated[Quantity, In("", ge=None, plain=True, usual="-1e5 .. 1e5")]
Polynomial = tuple[Real, ...]
Node = Annotated[Quantity, In("m", gt=0, usual="1 nm .. 1 um")]
SHARE = In("", gt=0, plain=True)


class ScalingRow(Section):
    """Factors of one node relative to the reference node, and the supply dependence of delay and energy (polynomials,
    highest power first)."""

    node: Annotated[Quantity, In("m", "technology node of the row", gt=0, usual="1 nm .. 1 um")]
    vdd: Annotated[Quantity, In("V", "nominal supply of the node", gt=0, usual="0.2 V .. 5 V")]
    delay: Annotated[Quantity, RATIO.said("delay relative to the reference node at nominal supply", "0.001 .. 1000")]
    energy: Annotated[
        Quantity, RATIO.said("switching energy relative to the reference node at nominal supply", "0.0001 .. 10000")
    ]
    area: Annotated[Quantity, RATIO.said("area relative to the reference node", "0.0001 .. 10000")]
    delay_supply: Annotated[Polynomial, about("polynomial of delay over supply, highest power first")]
    energy_supply: Annotated[Polynomial, about("polynomial of energy over supply, highest power first")]


class Scaling(Law):
    """Delay, energy and area relative to one reference node, log-log interpolated between the rows; and the
    supply dependence of delay and energy.

    The table's energies fall too fast at its small end. Below ``anchored_from`` energies follow a straight log-log
    line to what is known at ``anchor_node``, and stay there below it: to a component's own anchor, else to
    ``logic_energy``. Between the reference node and ``anchored_from`` they follow the table times ``drift`` to the
    share of the way, whose value is 1: what is uncertain is the slope, so each scaled energy is as uncertain as the
    way is long. Delay and area are the table's down to its end.

    Source: Stillmaker and Baas 2017, doi:10.1016/j.vlsi.2017.02.002.
    """

    kind: Annotated[Literal["scaling"], LAW_KIND] = "scaling"
    min_supply: Annotated[Quantity, RATIO.said("lowest supply of the fits, as a share of the nominal one", "0.1 .. 1")]
    max_supply: Annotated[Quantity, RATIO.said("highest supply of the fits, as a share of the nominal one", "0.5 .. 3")]
    reference: Annotated[Node, about("node that the factors of the table are relative to")]
    anchored_from: Annotated[Node, about("smallest node at which the energies of the table hold")]
    anchor_node: Annotated[Node, about("node of the measured energies, below which energies no longer fall")]
    logic_energy: Annotated[
        Quantity, SHARE.said("energy of logic at the anchor node over that at the reference node", "0.0001 .. 10")
    ]
    drift: Annotated[
        Quantity, SHARE.said("energy of logic at anchored_from over what the table says there", "0.05 .. 20")
    ]
    table: Annotated[tuple[ScalingRow, ...], about("scaling factors by node")]

    @cached_property
    def rows(self) -> Rows[ScalingRow]:
        """The table by node."""
        return Rows(self.table)

    def energy(self, start: Array, end: Array) -> Array:
        """Return what an energy of logic at node ``start`` is multiplied by at node ``end``."""
        factor: Array = np.exp(self.log_energy(end) - self.log_energy(start))
        return factor

    def delay_and_area(self, start: Array, end: Array) -> tuple[Array, Array]:
        """Return what delay and area at node ``start`` are multiplied by at node ``end``."""
        delay, area = (np.exp(self._tabled(name, end) - self._tabled(name, start)) for name in ("delay", "area"))
        return delay, area

    def log_energy(self, node: Array) -> Array:
        """Return the logarithm of the energy of logic at a node, relative to the reference node."""
        way = self.way_down(node)
        energy: Array = (1 - way) * self._above(node) + way * np.log(self.logic_energy.x)
        return energy

    def to_anchor(self, start: Array, end: Array, anchor: Array) -> Array:
        """Return what an energy at node ``start`` is multiplied by at ``end`` where its own anchor is known.

        Args:
            start: node of the energy [m].
            end: node to scale it to [m].
            anchor: the energy at the anchor node over that at ``start``.
        """
        pivot = self.anchored_from.x
        least = np.minimum(start, pivot)  # where the line to the anchor begins, and through which it goes on upwards
        above = np.where(least > self.anchor_node.x, 1.0, 0.0)  # at the anchor node and below it energies stay
        room = above * np.log(least / self.anchor_node.x) + (1 - above)
        reached, most = np.log(least / end) / room, -np.log(pivot / least) / room
        way = above * np.minimum(np.maximum(reached, most), ONE)
        own = self._above(start)
        factor: Array = np.exp(self._above(end) - own + way * (np.log(anchor) - self._above(pivot) + own))
        return factor

    def way_down(self, node: Array) -> Array:
        """Return how far a node lies on the way from ``anchored_from``, 0, to ``anchor_node``, 1."""
        whole = np.log(self.anchored_from.x / self.anchor_node.x)
        way: Array = np.clip(np.log(self.anchored_from.x / node) / whole, 0.0, 1.0)
        return way

    def drifted(self, node: Array) -> Array:
        """Return how far a node lies on the way from the reference node, 0, to ``anchored_from``, 1."""
        first, last = self.reference.x, self.anchored_from.x
        return self.rows.remembered(
            lambda: np.clip(np.log(first / node) / np.log(first / last), 0.0, 1.0), "drifted", node, first, last
        )

    def _above(self, node: Array) -> Array:
        """Return the logarithm of energy at a node, or at ``anchored_from`` where the node is smaller."""

        def logarithm() -> Array:
            here = np.maximum(node, self.anchored_from.x)
            found: Array = self._tabled("energy", here) + self.drifted(here) * np.log(self.drift.x)
            return found

        return self.rows.remembered(logarithm, "above", node)

    def _tabled(self, name: str, node: Array) -> Array:
        return interpolate(np.log(node), self.rows.values("node", np.log), self.rows.values(name, np.log))

    def supply_factor(self, what: str, node: Array, share: Array) -> Array:
        """Return what ``delay`` or ``energy`` is multiplied by at a share of the nominal supply of a node.

        Between rows the logarithms are interpolated; beyond the range of supplies the factor of its end is kept, and
        :func:`scaled` adds the check that says so.
        """
        share = np.minimum(np.maximum(share, self.min_supply.x), self.max_supply.x)
        return np.exp(interpolate(np.log(node), self.rows.values("node", np.log), np.log(self.at_supply(what, share))))

    def at_supply(self, what: str, share: Array) -> Array:
        """Return ``delay`` or ``energy`` of each row at a share of its nominal supply over that at the nominal one.

        The cubics of 45 and 32 nm have a minimum just below the nominal supply; delay is kept from falling there.

        Args:
            what: which of the two.
            share: of the nominal supply, at most 1.

        Returns:
            (rows, *share).
        """
        table, supplies = self.rows.values(f"{what}_supply"), [[vdd] for vdd in self.rows.values("vdd")]
        axes = max(ndim(share), cell_axes(table), cell_axes(supplies))
        powers = [column(table, k, axes) for k in range(len(table[0]))]
        nominal = column(supplies, 0, axes)
        ratio = _polynomial(powers, share * nominal) / _polynomial(powers, nominal)
        return np.maximum(ratio, 1.0) if what == "delay" else ratio

    def nominal(self, node: Array) -> Array:
        """Return the nominal supply of a node [V]."""
        return interpolate(np.log(node), self.rows.values("node", np.log), self.rows.values("vdd"))

    def check(self, node: Array, applies: Array | None = None) -> Check:
        """Return the check that a node lies within the table."""
        return self.rows.check(node, self.name, applies=applies)


def _polynomial(powers: list[Array], x: Array) -> Array:
    total = powers[0]
    for power in powers[1:]:
        total = total * x + power
    return total


def scaled(
    cost: UnitCost,
    start: Array,
    context: Context,
    what: str,
    *,
    supply: bool = True,
    anchor: tuple[Array, Array] | None = None,
) -> UnitCost:
    """Scale a unit cost from node ``start``, at its nominal supply, to node and supply of the technology.

    With ``supply=False`` the cost already knows the supply; ``anchor`` is the energy at the anchor node of the law, and
    that of the cost beside it, where it is known. Leakage and static power follow the area factor, fewer and smaller
    transistors, and the supply (an assumption of ours). At the technology's own node and the nominal supply every
    factor is 1.
    """
    law = context.laws.get(Scaling, "scaling")
    number, checks = context.memo.get(
        (id(start), supply),
        lambda: law.rows.remembered(
            lambda: _scaling(law, start, context, supply), f"factors, {supply}", start, context.node, context.vdd
        ),
        start,
    )
    if anchor is None:
        energy = law.rows.remembered(lambda: law.energy(start, context.node), "energy", start, context.node)
    else:
        there, here = anchor
        energy = law.rows.remembered(
            lambda: law.to_anchor(start, context.node, there / here), "to anchor", start, context.node, there, here
        )
    number = number._replace(what=what, energy=energy * number.energy)
    leak = number.area * number.share
    return UnitCost(
        times(cost.area, number.area),
        times(cost.energy, number.energy),
        times(cost.latency, number.delay),
        times(cost.leakage, leak),
        times(cost.power, leak),
        cost.law,
        (*cost.checks, *checks),
        (*cost.scaled, number),
    )


def _scaling(law: Scaling, start: Array, context: Context, supply: bool) -> tuple[ScaledNumber, tuple[Check, ...]]:
    """Return the factors from a node, at its nominal supply, to the technology's, that of energy being the supply's
    alone, with the checks of their range."""
    end, vdd = context.node, context.vdd
    delay, area = law.rows.remembered(lambda: law.delay_and_area(start, end), "delay and area", start, end)
    away = np.where(start == end, 0.0, 1.0)
    checks: tuple[Check, ...] = (law.check(end, away), law.check(start, away))
    share = energy = np.ones(())
    if supply:
        share, energy, by_delay = law.rows.remembered(lambda: _supply(law, end, vdd), "supply", end, vdd)
        delay = delay * by_delay
        low, high = law.min_supply.x, law.max_supply.x
        checks += (Check("share of the nominal supply", share, low, high, source=law.name),)
    return ScaledNumber("", start, end, vdd, share, area, energy, delay), checks


def _supply(law: Scaling, node: Array, vdd: Array) -> tuple[Array, Array, Array]:
    """Return the supply over the nominal one of the node, and its factors of energy and delay."""
    share = vdd / law.nominal(node)
    by_energy, by_delay = (law.supply_factor(what, node, share) for what in ("energy", "delay"))
    return share, by_energy, by_delay
