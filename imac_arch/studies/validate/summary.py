"""How far off predictions are: one row for each kind, family and quantity. Kinds are never mixed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.document.validation import SummaryRow
from imac_arch.macro import FAMILIES
from imac_arch.studies.validate.compose import Composition
from imac_arch.studies.validate.estimates import KINDS, UNFITTED, Estimates
from imac_arch.studies.validate.law import LoadedLaw
from imac_arch.studies.validate.statistics import coverage, interval_score, median_factor, width, within

__all__ = ["summary"]

ALL = "all"
TWO, THREE = 2.0, 3
DENSITY, AREA, CYCLE = "tops_per_mm2", "area", "cycle"


def summary(made: Composition, found: dict[str, Estimates], loaded: LoadedLaw) -> tuple[SummaryRow, ...]:
    """Return the rows, those without measurements left out."""
    quantities = {"energy": found["energy"], AREA: found[AREA], DENSITY: found[AREA], CYCLE: found[CYCLE]}
    given = np.array([at.cycle is not None for at in made.points])
    rows: list[SummaryRow] = []
    for kind in KINDS:
        for family in (ALL, *FAMILIES):
            mine = np.array([family in (ALL, at.family) for at in made.points])
            for quantity, estimates in quantities.items():
                counted = mine & given if quantity == DENSITY else mine
                rows += _row(kind, family, quantity, estimates, counted, made, loaded)
    return tuple(rows)


def _row(
    kind: str, family: str, quantity: str, found: Estimates, counted: Array, made: Composition, loaded: LoadedLaw
) -> Iterator[SummaryRow]:
    """Give the row of what is measured, if there is any."""
    predicted = found.kinds[kind]
    known = counted & np.isfinite(predicted) & np.isfinite(found.measured)
    if not known.any():
        return
    low, high = (end[known] for end in found.ends(kind))
    predicted, measured = predicted[known], found.measured[known]
    whole = kind != UNFITTED  # intervals are of the law as it is
    yield SummaryRow(
        kind=kind,  # type: ignore[arg-type]  # one of KINDS
        family=family,  # type: ignore[arg-type]  # likewise
        quantity=quantity,  # type: ignore[arg-type]
        median_factor=median_factor(predicted, measured),
        within_2x=within(predicted, measured, TWO),
        within_3x=within(predicted, measured, THREE),
        points=int(known.sum()),
        chips=len({at.chip.name for at, use in zip(made.points, known, strict=True) if use}),
        coverage=coverage(low, high, measured) if whole else None,
        width=float(np.median(width(low, high))) if whole else None,
        interval_score=float(np.mean(interval_score(low, high, measured, loaded.law.fit.level.value)))
        if whole
        else None,
        bias=_bias(predicted, measured, quantity),
    )


def _bias(predicted: Array, measured: Array, quantity: str) -> float:
    """Return the median of prediction over measurement; of a density it is that of the inverse of areas."""
    ratio = measured / predicted if quantity == DENSITY else predicted / measured
    return float(np.median(ratio))
