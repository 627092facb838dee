"""Accuracy over both resistances of a cell, with and without wires, in tiles and whole: the map of IMAC-Sim."""

from __future__ import annotations

from itertools import product

import numpy as np

from imac_arch.components.roles import SYNAPSE
from imac_arch.data.errors import UsageError
from imac_arch.data.keeping import collected
from imac_arch.data.units import parse
from imac_arch.document.accuracy import Point
from imac_arch.inputs import Inputs
from imac_arch.studies.accuracy.questions import Question
from imac_arch.studies.accuracy.settings import ladders

__all__ = ["LOW_HIGH", "resistance_fields", "resistance_map"]

LOW_HIGH = "r-low-r-high"
WIRES, TILES = "wires and drivers", "tiles"  # drivers belong to the wires
NO_WIRES = frozenset({"wires", "drivers"})


def resistance_map(question: Question) -> list[Point]:
    """Return the accuracy for pairs of resistances, without wires and with them, in one tile a layer and in tiles.

    Raises:
        ImacError: no weights or images for the network, or cells that are not given by two resistances.
    """
    fields = resistance_fields(question.inputs)
    mapping = question.inputs.at_medians().case().mapping
    own = tuple(f"{np.ravel(size)[0]:.0f}" for size in (mapping.rows, mapping.cols))
    whole = tuple(f"{np.max(total):.0f}" for total in (mapping.total_rows, mapping.total_cols))
    several = bool(np.any(mapping.subarrays > 1))
    sizes = [("one tile a layer", whole), *([(f"tiles of {'x'.join(own)}", own)] if several else [])]
    wired = not question.experiment.without.issuperset(NO_WIRES)
    kinds = [("without wires", NO_WIRES), *([("with wires", frozenset[str]())] if wired else [])]
    tried = product(ladders()["r_low"], ladders()["r_high"])
    pairs = [(low, high) for low, high in tried if parse(high, "ohm") > parse(low, "ohm")]

    def point(chosen: tuple[tuple[str, frozenset[str]], tuple[str, tuple[str, ...]], tuple[str, str]]) -> Point:
        (wires, without), (tiles, sides), resistances = chosen
        given = dict(zip(("subarray.rows", "subarray.cols", *fields), (*sides, *resistances), strict=True))
        asked = question.experiment._replace(without=question.experiment.without | without)
        low, high = resistances
        names = {WIRES: wires, TILES: tiles, "high resistance": high, "low resistance": low}
        return question.point(given, asked)._replace(fields=names)

    return collected("designs", list(product(kinds, sizes, pairs)), point)


def resistance_fields(inputs: Inputs) -> tuple[str, str]:
    """Return the paths of a cell's low and high resistance.

    Raises:
        UsageError: the cells are not given by two resistances.
    """
    synapse = inputs.technology.components[SYNAPSE.name]
    known = getattr(synapse, "resistance_fields", {})
    low, high = (name.lower() for name in getattr(synapse, "resistance_names", ("", "")))
    if low not in known or high not in known:
        kind = getattr(synapse, "kind", "")
        raise UsageError(f"{LOW_HIGH} is for cells with two resistances, such as mtj_pair; the synapse is {kind!r}")
    return f"components.{SYNAPSE.name}.{low}", f"components.{SYNAPSE.name}.{high}"
