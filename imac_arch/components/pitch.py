"""Capacitance by node: as the pitch of published memory cells goes, or as the energies of the scaling table do."""

from functools import cached_property
from typing import Annotated, Literal

import numpy as np

from imac_arch.components.base import LAW_KIND, Context, Law, Rows, Section
from imac_arch.components.cost import Check
from imac_arch.components.scaling import Scaling
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity, about

__all__ = ["PitchLaw", "PitchRow"]

NODE = In("m", gt=0)
AREA = In("m^2", gt=0)


class PitchRow(Section):
    """The cell of one node."""

    node: Annotated[Quantity, NODE.said("technology node of the row", "1 nm .. 1 um")]
    cell: Annotated[Quantity, AREA.said("area of a published cell of six transistors", "0.005 um^2 .. 50 um^2")]


class PitchLaw(Law):
    """Switched capacitance of compute cells and of logic beside a memory, by node.

    A capacitance goes with the length of its wire and the width of its transistors, which stay in step with the pitch
    of memory cells, the root of their area, wherever a node's name does not. ``by`` takes what the energies of the
    scaling table say over the square of the nominal supply in its place, for comparison.
    """

    kind: Annotated[Literal["pitch"], LAW_KIND] = "pitch"
    by: Annotated[
        Literal["pitch", "scaling"], about("capacitance by node: pitch of published cells, or the scaling table")
    ] = "pitch"
    reference: Annotated[Quantity, NODE.said("node of the capacitances below", "1 nm .. 1 um")]
    cell_capacitance: Annotated[
        Quantity, In("F", "charged by one cell in a pass of mode 'charge' there", gt=0, usual="0.01 fF .. 100 fF")
    ]
    table: Annotated[tuple[PitchRow, ...], about("published cells by node")]

    @cached_property
    def rows(self) -> Rows[PitchRow]:
        """The table by node."""
        return Rows(self.table)

    def area(self, context: Context) -> Array:
        """Return the area of a published cell of six transistors at the technology's node [m^2]."""
        return self.rows.at(context.node, "cell")

    def factor(self, context: Context, start: Array | None = None) -> Array:
        """Return what a capacitance at node ``start``, the law's own where none is given, is multiplied by at the
        technology's node."""
        start, end = self.reference.x if start is None else start, context.node
        if self.by == "pitch":
            pitch: Array = np.sqrt(self.rows.at(end, "cell") / self.rows.at(start, "cell"))
            return pitch
        law = context.laws.get(Scaling, "scaling")
        supply = law.nominal(start) / law.nominal(end)
        energy: Array = law.energy(start, end) * supply * supply
        return energy

    def cell(self, context: Context) -> Array:
        """Return the capacitance that a cell charges at the technology's node [F]."""
        return self.cell_capacitance.x * self.factor(context)

    def check(self, context: Context) -> Check:
        """Return the check that the technology's node lies within what ``by`` rests on."""
        if self.by == "pitch":
            return self.rows.check(context.node, self.name)
        return context.laws.get(Scaling, "scaling").check(context.node)
