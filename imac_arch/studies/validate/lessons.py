"""What can be learnt from how far off predictions are: what laws decide, what to blame, published splits, pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imac_arch.document.validation import Ablation, ChipRow, Miss, Quantity, Split, SupplyPair
from imac_arch.studies.validate.compose import Composition
from imac_arch.studies.validate.design import ENERGY_OF
from imac_arch.studies.validate.estimates import Estimates, constants_on
from imac_arch.studies.validate.law import GROUPS, LoadedLaw
from imac_arch.studies.validate.statistics import median_factor, within

__all__ = ["ablations", "misses", "pairs", "splits"]

MOST = 10  # misses that are listed
TWO = 2.0
CROSSBAR = "synapse"


def ablations(made: Composition, found: dict[str, Estimates], loaded: LoadedLaw) -> tuple[Ablation, ...]:
    """Return what changes where one choice of the law is made otherwise, everything else as it is, and where one of its
    constants is 1."""
    energy, rows = found["energy"], []
    chosen = _predicted(made, loaded, 0)
    before = median_factor(chosen, energy.measured)
    settings = [(name, option) for name, choice in loaded.law.alternatives.items() for option in choice.options]
    for name, option in settings:
        if option == loaded.chosen[name]:
            continue
        structure = made.structures.index({**loaded.chosen, name: option})
        told = loaded.law.alternatives[name].options[option].about
        rows.append(_ablation(made, energy, name, option, told, chosen, _predicted(made, loaded, structure), before))
    for name, constant in loaded.law.constants.items():
        if set(constant.multiplies) & set(GROUPS):
            changed = _predicted(made, loaded, 0, without=name)
            rows.append(_ablation(made, energy, name, "1", f"{constant.about}: not set", chosen, changed, before))
    return tuple(rows)


def _predicted(made: Composition, loaded: LoadedLaw, structure: int, without: str = "") -> np.ndarray:
    factors = constants_on(loaded, without)
    total: np.ndarray = np.einsum("g,gn->n", np.array([factors[g] for g in GROUPS]), made.energy[structure])
    return total


def _ablation(
    made: Composition, energy: Estimates, name: str, option: str, told: str, chosen: np.ndarray, changed: np.ndarray,
    before: float,
) -> Ablation:  # fmt: skip
    moved = np.abs(np.log(changed / chosen))
    place = int(np.argmax(moved))
    factor = median_factor(changed, energy.measured)
    most = f"{made.points[place].label}: {changed[place] / chosen[place]:.2g}x"
    return Ablation(name, option, told, factor, within(changed, energy.measured, TWO), factor / before, most)


def misses(rows: Sequence[ChipRow]) -> tuple[Miss, ...]:
    """Return the largest misses of energy and area, with the component that alone would explain each most easily."""
    found: list[tuple[float, ChipRow, Quantity, float]] = []
    for row in rows:
        both: tuple[tuple[Quantity, float | None], ...] = (("energy", row.energy.ratio), ("area", row.area.ratio))
        found += [(abs(np.log(ratio)), row, quantity, ratio) for quantity, ratio in both if ratio is not None]
    worst = sorted(found, key=lambda each: -each[0])[:MOST]
    return tuple(_miss(row, quantity, ratio) for _, row, quantity, ratio in worst)


def _miss(row: ChipRow, quantity: Quantity, ratio: float) -> Miss:
    parts = [(p.component, p.energy if quantity == "energy" else p.area) for p in row.breakdown]
    total = sum(value for _, value in parts)
    lacking = total / ratio - total
    needed = {name: (value + lacking) / value for name, value in parts if value > 0 and value + lacking > 0}
    if not needed:
        name = max(parts, key=lambda part: part[1])[0]
        told = f"no component alone: even without {name}, its largest, too much is left"
        return Miss(row.chip, row.point, quantity, ratio, None, None, told)
    name = min(needed, key=lambda each: abs(np.log(needed[each])))
    factor = needed[name]
    told = f"{name} would have to be {factor:.2g} times" if factor > 1 else f"{name} would have to be {factor:.2g} of"
    return Miss(row.chip, row.point, quantity, ratio, name, factor, f"{told} what it is")


def splits(made: Composition, rows: Sequence[ChipRow]) -> tuple[Split, ...]:
    """Return published shares of the energy beside ours."""
    found = []
    for at, row in zip(made.points, rows, strict=True):
        given = at.point.measured.split if at.point.measured is not None else {}
        total = sum(part.energy for part in row.breakdown)
        for group, share in given.items():
            ours = sum(part.energy for part in row.breakdown if _group(part.role) == group) / total
            found.append(Split(at.label, group, "of the energy", share.value, ours, ours / share.value))
    return tuple(found)


def _group(role: str) -> str:
    return "array" if role == CROSSBAR else ENERGY_OF.get(role, "other")


def pairs(made: Composition, rows: Sequence[ChipRow]) -> tuple[SupplyPair, ...]:
    """Return how the energies of a chip's points go against its first one, with constants set on all chips."""
    found = []
    for k, (at, row) in enumerate(zip(made.points, rows, strict=True)):
        first = next(i for i, other in enumerate(made.points) if other.chip.name == at.chip.name)
        other = rows[first]
        if first == k or row.energy.measured is None or other.energy.measured is None:
            continue
        measured, predicted = row.energy.measured / other.energy.measured, _by_law(row) / _by_law(other)
        what = f"{at.point.name} to {made.points[first].point.name}"
        off = float(np.exp(abs(np.log(predicted / measured))))
        found.append(SupplyPair(at.chip.name, what, measured, predicted, off))
    return tuple(found)


def _by_law(row: ChipRow) -> float:
    """Return the energy of a conversion by the constants of the law."""
    return row.kinds["fit"] if "fit" in row.kinds else row.kinds["blind"]
