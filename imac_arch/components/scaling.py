"""Scaling a number from one node and supply to another: factors of Stillmaker and Baas, interpolated."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

import numpy as np

from imac_arch.components.base import LAW_KIND, Context, Law, Rows, Section
from imac_arch.components.cost import Check, ScaledNumber, UnitCost
from imac_arch.data.arrays import Array, cell_axes, column, interpolate, ndim, times
from imac_arch.data.quantity import In, Quantity, Ratio, about

__all__ = ["Scaling", "scaled"]

Real = Annotated[Quantity, In("", ge=None, plain=True)]
Polynomial = tuple[Real, ...]
FACTORS = ("energy", "delay", "area")


class ScalingRow(Section):
    """Factors of one node relative to the reference node, and the supply dependence of delay and energy (polynomials,
    highest power first)."""

    node: Annotated[Quantity, In("m", "technology node of the row", gt=0)]
    vdd: Annotated[Quantity, In("V", "nominal supply of the node", gt=0)]
    delay: Annotated[Ratio, about("delay relative to the reference node at nominal supply")]
    energy: Annotated[Ratio, about("switching energy relative to the reference node at nominal supply")]
    area: Annotated[Ratio, about("area relative to the reference node")]
    delay_supply: Annotated[Polynomial, about("polynomial of delay over supply, highest power first")]
    energy_supply: Annotated[Polynomial, about("polynomial of energy over supply, highest power first")]


class Scaling(Law):
    """Delay, energy and area relative to one reference node, log-log interpolated between the rows; and the
    supply dependence of delay and energy.

    Source: Stillmaker and Baas 2017, doi:10.1016/j.vlsi.2017.02.002.
    """

    kind: Annotated[Literal["scaling"], LAW_KIND] = "scaling"
    min_supply: Annotated[Ratio, about("lowest supply of the fits, as a share of the nominal one")]
    max_supply: Annotated[Ratio, about("highest supply of the fits, as a share of the nominal one")]
    table: Annotated[tuple[ScalingRow, ...], about("scaling factors by node")]

    @cached_property
    def rows(self) -> Rows[ScalingRow]:
        """The table by node."""
        return Rows(self.table)

    def factor(self, what: str, start: Array, end: Array) -> Array:
        """Return what a ``delay``, ``energy`` or ``area`` at node ``start`` is multiplied by at node ``end``."""
        return self.rows.at(end, what) / self.rows.at(start, what)

    def factors(self, start: Array, end: Array) -> tuple[Array, Array, Array]:
        """Return what energy, delay and area at node ``start`` are multiplied by at node ``end``."""
        energy, delay, area = (
            np.exp(last - first) for first, last in zip(self.logarithms(start), self.logarithms(end), strict=True)
        )
        return energy, delay, area

    def logarithms(self, node: Array) -> tuple[Array, ...]:
        """Return the logarithms of energy, delay and area at a node, relative to the reference node."""
        x, points = np.log(node), self.rows.values("node", np.log)
        return tuple(interpolate(x, points, self.rows.values(name, np.log)) for name in FACTORS)

    def supply_factor(self, what: str, node: Array, share: Array) -> Array:
        """Return what ``delay`` or ``energy`` is multiplied by at a share of the nominal supply of a node.

        Between rows the logarithms are interpolated; beyond the range of supplies the factor of its end is kept, and
        :func:`scaled` adds the check that says so.
        """
        share = np.clip(share, self.min_supply.x, self.max_supply.x)
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


def scaled(cost: UnitCost, start: Array, context: Context, what: str, *, supply: bool = True) -> UnitCost:
    """Scale a unit cost from node ``start``, at its nominal supply, to node and supply of the technology.

    With ``supply=False`` the cost already knows the supply. Leakage and static power follow the area factor, fewer and
    smaller transistors, and the supply (an assumption of ours). At the technology's own node and the nominal supply
    every factor is 1.
    """
    number, checks = context.memo.get((id(start), supply), lambda: _scaling(start, context, supply), keep=start)
    leak = number.area * number.share
    return UnitCost(
        times(cost.area, number.area),
        times(cost.energy, number.energy),
        times(cost.latency, number.delay),
        times(cost.leakage, leak),
        times(cost.power, leak),
        cost.law,
        (*cost.checks, *checks),
        (*cost.scaled, number._replace(what=what)),
    )


def _scaling(start: Array, context: Context, supply: bool) -> tuple[ScaledNumber, tuple[Check, ...]]:
    """Return the factors from a node, at its nominal supply, to the technology's, with the checks of their range."""
    law = context.laws.get(Scaling, "scaling")
    end, vdd = context.node, context.vdd
    energy, delay, area = law.rows.remembered(lambda: law.factors(start, end), "factors", start, end)
    away = np.where(start == end, 0.0, 1.0)
    checks: tuple[Check, ...] = (law.check(end, away), law.check(start, away))
    share = np.ones(())
    if supply:
        share, by_energy, by_delay = law.rows.remembered(lambda: _supply(law, end, vdd), "supply", end, vdd)
        energy, delay = energy * by_energy, delay * by_delay
        low, high = law.min_supply.x, law.max_supply.x
        checks += (Check("share of the nominal supply", share, low, high, source=law.name),)
    return ScaledNumber("", start, end, vdd, share, area, energy, delay), checks


def _supply(law: Scaling, node: Array, vdd: Array) -> tuple[Array, Array, Array]:
    """Return the supply over the nominal one of the node, and its factors of energy and delay."""
    share = vdd / law.nominal(node)
    by_energy, by_delay = (law.supply_factor(what, node, share) for what in ("energy", "delay"))
    return share, by_energy, by_delay
