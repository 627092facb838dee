"""Set the constants of the law of macros on the shipped chips: ``python fits/macros.py [--write] [--check]``.

Every operating point is composed by the evaluation that ``validate`` uses, in each declared structure, with all
constants at 1. Energies and areas are affine in the constants, which are then set on the chips of tier A. Printed are
median factor, share within 2x and within 3x by kind and family, the structure that the data would choose, and how far a
chip moves the others. ``--write`` writes constants, date, hash and chips into the law; ``--check`` says whether they
are those of the law, and exits with 1 where one is off by more than 1 %. ``--figures FILE`` writes the figures of
``validate`` that the tests hold it to.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from imac_arch.studies.validate.chips import Operating, operating_points, shipped
from imac_arch.studies.validate.compose import Composition, composition
from imac_arch.studies.validate.constants import predict
from imac_arch.studies.validate.estimates import estimates_of, fit_rule, grouped
from imac_arch.studies.validate.folds import Folds, Totals, folds
from imac_arch.studies.validate.law import GROUPS, LoadedLaw, load_macro_law
from imac_arch.studies.validate.statistics import median_factor, within
from imac_arch.studies.validate.summary import summary
from imac_arch.technology_files import load_laws

LAW = Path(__file__).resolve().parent.parent / "tech" / "laws" / "silicon" / "macros.yaml"
SAMPLES = 200
KINDS = ("none", "fit", "leave_one_out", "nested")
AREA, TOLERANCE, RECORD = "area", 0.01, "record:"
Array = NDArray[np.float64]


class Set(NamedTuple):
    """What was set on one quantity: names of its constants, its totals, and the folds."""

    names: tuple[str, ...]
    totals: Totals
    found: Folds


def compose(samples: int = 0) -> tuple[LoadedLaw, Composition]:
    """Compose every shipped point in every structure."""
    loaded = load_macro_law()
    return loaded, composition(operating_points(shipped()), loaded, load_laws(), samples, 0)


def figures() -> dict[str, dict[str, float]]:
    """Return the figures of ``validate`` by kind, family and quantity."""
    loaded, made = compose(SAMPLES)
    rows = summary(made, estimates_of(made, loaded), loaded)
    names = ("median_factor", "within_2x", "within_3x", "coverage", "width", "interval_score")
    return {
        f"{row.kind}, {row.family}, {row.quantity}": {
            name: getattr(row, name) for name in names if getattr(row, name) is not None
        }
        for row in rows
    }


def settle(loaded: LoadedLaw, made: Composition) -> dict[str, Set]:
    """Set the constants of energy and of area."""
    chips = {name: number for number, name in enumerate(dict.fromkeys(at.chip.name for at in made.points))}
    chip = np.array([chips[at.chip.name] for at in made.points])
    tier = np.array([at.point.tier == "A" for at in made.points])
    settled = {}
    for quantity, values, groups in (("energy", made.energy, GROUPS), (AREA, made.area, ())):
        scaled, fixed, _ = grouped(values, loaded, groups, whole=quantity == AREA)
        measured = np.array([_measured(at, quantity) for at in made.points])
        names = tuple(
            name for name, one in loaded.law.constants.items() if (AREA in one.multiplies) == (quantity == AREA)
        )
        totals = Totals(scaled, fixed, measured, chip, tier)
        settled[quantity] = Set(names, totals, folds(totals, fit_rule(loaded)))
    return settled


def _measured(at: Operating, quantity: str) -> float:
    value = at.measured_energy if quantity == "energy" else at.measured_area
    return np.nan if value is None else value


def influence(one: Set) -> tuple[float, int]:
    """Return the largest factor by which leaving out a chip moves another one's estimate, and the number of the
    chip."""
    place = one.found.structure
    moved = predict(one.found.without, one.totals.scaled[place], one.totals.fixed[place]) / one.found.fit
    others = np.where(one.totals.chip == np.arange(len(moved))[:, None], 0, np.abs(np.log(moved)))
    return float(np.exp(others.max())), int(np.argmax(others.max(axis=1)))


def told(made: Composition, settled: Mapping[str, Set]) -> str:
    """Return the figures as text."""
    family = np.array([at.family for at in made.points])
    names = list(dict.fromkeys(at.chip.name for at in made.points))
    lines = []
    for quantity, one in settled.items():
        factor, whose = influence(one)
        constants = ", ".join(f"{name} {value:.3g}" for name, value in zip(one.names, one.found.constants, strict=True))
        lines += [f"{quantity}: {constants}", f"  law: {_structure(made, one.found.structure)}"]
        lines += [f"  chips alone would choose: {_structure(made, one.found.best)}"]
        for kind in KINDS:
            shown = []
            for group in ("all", *sorted(set(family.tolist()))):
                chosen = np.ones(family.size, dtype=bool) if group == "all" else family == group
                ends = getattr(one.found, kind)[chosen], one.totals.measured[chosen]
                shown.append(f"{group} {median_factor(*ends):.2f} {within(*ends, 2):.0%} {within(*ends, 3):.0%}")
            lines.append(f"  {kind:14}" + "; ".join(shown))
        lines.append(f"  without one chip others move by at most {factor:.2f}x ({names[whose]})")
    return "\n".join(lines) + "\n"


def _structure(made: Composition, number: int) -> str:
    return ", ".join(f"{name} {option}" for name, option in made.structures[number].items())


def written(text: str, settled: Mapping[str, Set], points: Sequence[Operating]) -> str:
    """Return the text of the law with the constants that were set, and the record without its hash."""
    for one in settled.values():
        for name, value in zip(one.names, one.found.constants, strict=True):
            line = rf"(^  {name}: .*?value: \{{value: )[^,]+, status: \w+, note: \"[^\"]*\"\}}"
            note = "set on the chips of tier A by fits/macros.py"
            text, count = re.subn(line, rf'\g<1>{value:.3g}, status: fitted, note: "{note}"}}', text, flags=re.M)
            if count != 1:
                raise ValueError(f"{LAW}: no line of the constant {name}")
    seen = sorted({at.chip.name for at in points})
    fitted = sorted({at.chip.name for at in points if at.point.tier == "A"})
    head = text.partition(f"\n{RECORD}")[0].rstrip("\n")
    return (
        f'{head}\n{RECORD}\n  date: "{date.today().isoformat()}"\n  hash: ""\n  chips: [{", ".join(seen)}]\n'
        f"  fitted: [{', '.join(fitted)}]\n"
    )


def disagreements(loaded: LoadedLaw, settled: Mapping[str, Set]) -> list[str]:
    """Return which constants of the law are others than those that the data give."""
    wrong = []
    for one in settled.values():
        for name, value in zip(one.names, one.found.constants, strict=True):
            theirs = loaded.law.constants[name].value.value
            if abs(theirs / value - 1) > TOLERANCE:
                wrong.append(f"{name}: the data give {value:.3g}, the law {theirs:.3g}")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Print, write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write constants and record into the law")
    parser.add_argument("--check", action="store_true", help="exit 1 where the law has other constants")
    parser.add_argument("--figures", type=Path, metavar="FILE", help="write what validate finds, for the tests")
    given = parser.parse_args(arguments)
    loaded, made = compose()
    settled = settle(loaded, made)
    print(told(made, settled), end="")
    if given.write:
        LAW.write_text(written(LAW.read_text(encoding="utf-8"), settled, made.points), encoding="utf-8")
        hashed = load_macro_law().hash
        LAW.write_text(LAW.read_text(encoding="utf-8").replace('hash: ""', f"hash: {hashed}"), encoding="utf-8")
    if given.figures:
        given.figures.write_text(json.dumps(figures(), indent=1) + "\n", encoding="utf-8")
    wrong = [] if given.write or not given.check else disagreements(loaded, settled)
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
