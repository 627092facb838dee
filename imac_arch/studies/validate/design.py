"""A chip's operating point as one layer on a technology: the same evaluation, bills and metrics as a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from imac_arch.bill import LineTotals
from imac_arch.data.arrays import ZERO, Array, over_layers
from imac_arch.data.quantity import Quantity
from imac_arch.data.records import NamedTuple
from imac_arch.evaluate import Evaluation, evaluate
from imac_arch.resolve import Request, resolve
from imac_arch.studies.validate.chips import Operating
from imac_arch.studies.validate.fields import Fields
from imac_arch.studies.validate.law import AREAS, GROUPS, LoadedLaw
from imac_arch.technology_files import Loaded, changed_laws

__all__ = ["Composed", "Design", "design_of"]

ENERGY_OF = {"adc": "converter", "dac": "dac", "logic": "other", "adder_tree": "digital"}
AREA_OF = {"synapse": "cells", "adc": "converters", "dac": "converters", "line_switch": "drivers"}
CROSSBAR = "synapse"
INPUTS = "input register"  # loaded once for all columns that converters serve in turn


class Composed(NamedTuple):
    """What one operating point is composed into. Arrays are over samples, the medians first.

    Attributes:
        energy: of one conversion [J], by group.
        area: of one array [m^2], by group.
        cycle: in which a pass settles [s].
        parts: component, role, energy of one conversion [J] and area [m^2], at the medians.
    """

    energy: dict[str, Array]
    area: dict[str, Array]
    cycle: Array
    parts: tuple[tuple[str, str, float, float], ...]


class Design(NamedTuple):
    """An operating point as a request: technology by path, fields, architecture, and the law they are from."""

    at: Operating
    request: Request
    architecture: str
    assumed: dict[str, Quantity]
    turns: float

    def composed(self, laws: Mapping[str, Loaded], samples: int = 0, seed: int = 0) -> Composed:
        """Evaluate the point, with draws of what is uncertain."""
        asked = replace(self.request, samples=samples, seed=seed)
        (found,) = evaluate(resolve(asked, laws).inputs, [self.architecture])
        return _composed(self.at, found, self.turns)


def design_of(
    at: Operating, loaded: LoadedLaw, laws: Mapping[str, Loaded], structure: Mapping[str, str] | None = None
) -> Design:
    """Return the design of an operating point.

    Args:
        at: the point.
        loaded: the law of macros.
        laws: every other law.
        structure: option of each structural choice; those that the law takes where None.
    """
    law, fields = loaded.under(structure or {})
    made = Fields(at, law, changed_laws(laws, fields))
    own = made.digital() if at.family == "digital" else made.analog()
    base = law.composed[at.family]
    file = f"{loaded.folder}/{base.technology}.yaml"
    request = Request(made.network, file, fields={**own, **fields}, precision="native")
    return Design(at, request, base.architecture, made.assumed, made.turns)


def _composed(at: Operating, found: Evaluation, turns: float) -> Composed:
    """Return what an evaluation says of one conversion and of the array."""
    per = at.phases * at.conversions
    energy: dict[str, Array] = dict.fromkeys(GROUPS, ZERO)
    area: dict[str, Array] = dict.fromkeys(AREAS, ZERO)
    parts = []
    for row in found.totals.lines:
        whole = (over_layers(row.energy) + over_layers(row.leakage_energy)) / per
        role, name = row.line.role, row.line.component
        whole = whole / turns if name == INPUTS else whole
        if role == CROSSBAR and at.family != "digital":
            charge = over_layers(_dynamic(row, found)) / per
            pieces = {"cell" if at.family == "sram" else "line": charge, "read": whole - charge}
        else:
            pieces = {ENERGY_OF.get(role, "other"): whole}
        for group, piece in pieces.items():
            energy[group] = energy[group] + piece
        group = AREA_OF.get(role, "digital")
        occupied = over_layers(row.area)
        area[group] = area[group] + occupied
        parts.append((name, role, float(whole[0]), float(occupied[0])))
    return Composed(energy, area, found.totals.latency / at.phases, tuple(parts))


def _dynamic(row: LineTotals, found: Evaluation) -> Array:
    """Return what the actions of a line cost, without what flows while it is biased [J]."""
    return found.totals.by_layer + sum((u.actions * u.cost.energy for u in row.line.units), ZERO) * found.bill.uses
