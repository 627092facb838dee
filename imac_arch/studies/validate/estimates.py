"""Predictions of each kind with their intervals: without constants, with them, and without the chip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple
from imac_arch.studies.validate.chips import Operating
from imac_arch.studies.validate.compose import Composition, spread
from imac_arch.studies.validate.constants import FitRule, predict
from imac_arch.studies.validate.folds import Totals, folds
from imac_arch.studies.validate.intervals import conformal_scores, intervals, pools
from imac_arch.studies.validate.law import AREAS, GROUPS, LoadedLaw

__all__ = ["KINDS", "UNFITTED", "Estimates", "constants_on", "estimates_of", "fit_rule", "grouped", "is_seen"]

BLIND, NESTED, LEFT_OUT, FIT, UNFITTED = KINDS = ("blind", "nested", "leave_one_out", "fit", "unfitted")
AREA, CYCLE = "area", "cycle"


class Estimates(NamedTuple):
    """Predictions of one quantity at every operating point, by kind; NaN where a kind does not apply.

    Attributes:
        measured: NaN where nothing was.
        kinds: predictions by kind; ``blind`` of chips that the law has not seen, the others of those that it has.
        value: nested of chips that the law has seen, blind of others.
        low: lower end of its 90 % interval.
        high: upper end.
        pooled: families that share their residuals, for they have too few chips.
        structures: median factor of each structure over what was measured, constants of the law.
    """

    measured: Array
    kinds: dict[str, Array]
    value: Array
    low: Array
    high: Array
    pooled: tuple[str, ...]
    structures: Array

    def ends(self, kind: str) -> tuple[Array, Array]:
        """Return the interval of a kind of prediction: as wide as that of the value."""
        moved = self.kinds[kind] / self.value
        return self.low * moved, self.high * moved


def is_seen(points: Sequence[Operating], loaded: LoadedLaw) -> NDArray[np.bool_]:
    """Return of each point whether the law was set with its chip in sight; where the law was changed since, every
    measured chip counts as seen."""
    known = set(loaded.law.record.chips)
    return np.array([not loaded.unchanged or at.chip.name in known for at in points])


def fit_rule(loaded: LoadedLaw) -> FitRule:
    """Return how constants are set."""
    rule = loaded.law.fit
    return FitRule(rule.smoothing.value, rule.pull.value, rule.cap.value, rule.tolerance.value, int(rule.steps.value))


def estimates_of(made: Composition, loaded: LoadedLaw) -> dict[str, Estimates]:
    """Return the estimates of energy, area and cycle."""
    energy, area = grouped(made.energy, loaded, GROUPS), grouped(made.area, loaded, (), whole=True)
    settled: Groups = (made.cycle[None, None][:, :0], made.cycle[None], np.ones(0))
    cycles = np.array([np.nan if at.cycle is None else at.cycle for at in made.points])
    return {
        "energy": _estimates(made, loaded, energy, [_or_nan(at.measured_energy) for at in made.points], _energies),
        "area": _estimates(made, loaded, area, [_or_nan(at.measured_area) for at in made.points], _areas),
        CYCLE: _estimates(made, loaded, settled, cycles, _cycles, CYCLE in loaded.law.fit.shared),
    }  # fmt: skip


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


Groups = tuple[Array, Array, Array]
Masks = NDArray[np.bool_]
Draws = Callable[[Composition, LoadedLaw, int], Array]


def grouped(values: Array, loaded: LoadedLaw, names: Sequence[str], whole: bool = False) -> Groups:
    """Return what each constant scales (structures, constants, points), what none does, and the law's constants."""
    own = [c for c in loaded.law.constants.values() if (AREA in c.multiplies) == whole]
    total = values.sum(axis=1)
    scaled = [total if whole else values[:, [names.index(group) for group in c.multiplies]].sum(axis=1) for c in own]
    stacked = np.stack(scaled, axis=1) if own else values[:, :0]
    return stacked, total - stacked.sum(axis=1), np.array([c.value.value for c in own])


def constants_on(loaded: LoadedLaw, without: str = "") -> dict[str, float]:
    """Return by what each group of energy is multiplied; ``without`` names a constant that is taken as 1."""
    factors = dict.fromkeys(GROUPS, 1.0)
    for name, constant in loaded.law.constants.items():
        if name != without:
            factors |= {group: constant.value.value for group in constant.multiplies if group in factors}
    return factors


def _energies(made: Composition, loaded: LoadedLaw, place: int) -> Array:
    factors = constants_on(loaded)
    return sum((factors[group] * made.drawn[place].energy[group] for group in GROUPS), np.zeros(1))


def _areas(made: Composition, loaded: LoadedLaw, place: int) -> Array:
    return sum((made.drawn[place].area[group] for group in AREAS), np.zeros(1))


def _cycles(made: Composition, loaded: LoadedLaw, place: int) -> Array:
    return made.drawn[place].cycle


def _estimates(
    made: Composition,
    loaded: LoadedLaw,
    groups: Groups,
    measured: Sequence[float] | Array,
    draws: Draws,
    shared: bool = False,
) -> Estimates:
    scaled, fixed, constants = groups
    known, seen = np.asarray(measured, dtype=float), is_seen(made.points, loaded)
    fit = predict(constants, scaled, fixed)  # (structures, points)
    kinds = {name: np.full(known.shape, np.nan) for name in KINDS}
    kinds[UNFITTED] = np.where(seen, predict(np.ones_like(constants), scaled[0], fixed[0]), np.nan)
    kinds[FIT] = np.where(seen, fit[0], np.nan)
    kinds[BLIND] = np.where(seen, np.nan, fit[0])
    for kind in (NESTED, LEFT_OUT):
        kinds[kind] = np.where(seen, fit[0], np.nan)
    if constants.size and np.any(seen & np.isfinite(known)):
        kinds[NESTED][seen], kinds[LEFT_OUT][seen] = _without(made, loaded, groups, known, seen)
    value = np.where(seen, kinds[NESTED], kinds[BLIND])
    level = loaded.law.fit.level.value
    ends = np.array([spread(draws(made, loaded, k) * each, level) for k, each in enumerate(_by_structure(made, fit))])
    few = known.size + 1 if shared else int(loaded.law.fit.few.value)
    low, high, pooled = _widened(made, level, few, value * ends[:, 0], value * ends[:, 1], known, seen)
    off = np.abs(np.log(fit / known))
    factor = np.exp(np.nanmedian(off, axis=1)) if np.any(np.isfinite(off)) else np.full(len(fit), np.nan)
    return Estimates(known, kinds, value, low, high, pooled, factor)


def _by_structure(made: Composition, fit: Array) -> Iterator[Array]:
    """Return of each point what each of its draws is multiplied by, for each is made in a structure of its own, any of
    them as likely: what is not known of a chip is also which alternative holds for it. The medians are the law's."""
    draws = max((np.size(each.cycle) for each in made.drawn), default=0)
    drawn = np.random.default_rng(0).integers(len(fit), size=draws)
    drawn[:1] = 0
    for place in range(len(made.points)):
        yield (fit[:, place] / fit[0, place])[drawn]


def _without(made: Composition, loaded: LoadedLaw, groups: Groups, known: Array, seen: Masks) -> tuple[Array, Array]:
    """Return nested and leave-one-out predictions of the points that the law has seen."""
    scaled, fixed, _ = groups
    points = [at for at, was in zip(made.points, seen, strict=True) if was]
    names = {name: number for number, name in enumerate(dict.fromkeys(at.chip.name for at in points))}
    numbers = np.array([names[at.chip.name] for at in points])
    tiers = np.array([at.point.tier == "A" for at in points])
    found = folds(Totals(scaled[:, :, seen], fixed[:, seen], known[seen], numbers, tiers), fit_rule(loaded))
    return found.nested, found.leave_one_out


def _widened(
    made: Composition, level: float, few: int, low: Array, high: Array, known: Array, seen: Masks
) -> tuple[Array, Array, tuple[str, ...]]:
    """Return the ends of intervals, widened by what other chips of the family needed; a chip that the law has not seen
    by all that it has."""
    names = {name: number for number, name in enumerate(dict.fromkeys(at.chip.name for at in made.points))}
    chip = np.array([names[at.chip.name] for at in made.points])
    family = [at.family for at in made.points]
    counted = np.where(seen, known, np.nan)
    if not np.any(np.isfinite(counted)):
        return low, high, ()
    within, beyond = intervals(low, high, counted, chip, family, level, few)
    found = pools(conformal_scores(low, high, counted), chip, family, level, few)
    widening = np.array([found[name].widening for name in family])
    pooled = sorted({name for name, pool in found.items() if len(pool.families) > 1})
    return (
        np.where(seen, within, low * np.exp(-widening)), np.where(seen, beyond, high * np.exp(widening)), tuple(pooled)
    )  # fmt: skip
