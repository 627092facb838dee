"""Operating points as arrays: energies and areas of every group in every structure, with what the inputs' ranges do."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from imac_arch.data.arrays import Array, single
from imac_arch.data.progress import each
from imac_arch.data.quantity import Quantity
from imac_arch.data.records import NamedTuple
from imac_arch.studies.validate.chips import Operating
from imac_arch.studies.validate.design import Composed, design_of
from imac_arch.studies.validate.law import AREAS, GROUPS, LoadedLaw
from imac_arch.technology_files import Loaded

__all__ = ["Composition", "composition", "spread"]

ALL, AREA = "all", "area"
FEWEST = 2  # draws that make an interval
Structure = dict[str, str]


class Composition(NamedTuple):
    """Operating points in every structure.

    Attributes:
        points: the operating points.
        structures: options by structural choice; the first is that of the law.
        energy: of a conversion at the medians, (structures, groups, points) [J].
        area: of an array at the medians, (structures, areas, points) [m^2].
        cycle: in which a pass settles, (points,) [s].
        drawn: of each point in the law's structure, with the draws.
        assumed: of each point, what its file leaves out.
    """

    points: tuple[Operating, ...]
    structures: tuple[Structure, ...]
    energy: Array
    area: Array
    cycle: Array
    drawn: tuple[Composed, ...]
    assumed: tuple[Mapping[str, Quantity], ...]


def composition(
    points: Sequence[Operating], loaded: LoadedLaw, laws: Mapping[str, Loaded], samples: int, seed: int
) -> Composition:
    """Compose every point in every structure, and in that of the law with draws of what is uncertain."""
    structures = _structures(loaded)
    energy = np.zeros((len(structures), len(GROUPS), len(points)))
    area = np.zeros((len(structures), len(AREAS), len(points)))
    drawn, assumed = [], []
    for place, at in enumerate(each("chips", points)):
        made = design_of(at, loaded, laws)
        found = made.composed(laws, samples, seed)
        drawn.append(found)
        assumed.append(made.assumed)
        known = {tuple(loaded.chosen.items()): found}
        for number, structure in enumerate(structures):
            for row, group in enumerate((*GROUPS, *AREAS)):
                is_area = row >= len(GROUPS)
                values = (found.area if is_area else found.energy)[group]
                if np.any(values):  # else there is none in any structure
                    setting = _moving(loaded, structure, AREA if is_area else group)
                    if setting not in known:
                        known[setting] = design_of(at, loaded, laws, dict(setting)).composed(laws)
                    values = (known[setting].area if is_area else known[setting].energy)[group]
                (area if is_area else energy)[number, row - len(GROUPS) * is_area, place] = single(values)
    cycle = np.array([single(found.cycle) for found in drawn])
    return Composition(tuple(points), structures, energy, area, cycle, tuple(drawn), tuple(assumed))


def _structures(loaded: LoadedLaw) -> tuple[Structure, ...]:
    """Return every combination of the options, that of the law first."""
    choices = loaded.law.alternatives
    names = [
        [choices[name].chosen, *(o for o in choices[name].options if o != choices[name].chosen)] for name in choices
    ]
    return tuple(dict(zip(choices, options, strict=True)) for options in itertools.product(*names))


def _moving(loaded: LoadedLaw, structure: Structure, group: str) -> tuple[tuple[str, str], ...]:
    """Return a structure in which choices that do not move a group are the law's: a group is composed once for all
    structures that are alike for it."""
    choices = loaded.law.alternatives
    return tuple(
        (name, option if {ALL, group} & set(choices[name].moves) else choices[name].chosen)
        for name, option in structure.items()
    )


def spread(values: Array, level: float) -> tuple[float, float]:
    """Return the ends of the draws' interval of a level over the value at the medians; 1 where nothing varies."""
    flat = np.ravel(values)
    if flat.size <= FEWEST or not flat[0] > 0:
        return 1.0, 1.0
    low, high = np.quantile(flat[1:], [(1 - level) / 2, (1 + level) / 2])
    return float(min(low / flat[0], 1)), float(max(high / flat[0], 1))
