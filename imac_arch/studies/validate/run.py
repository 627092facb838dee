"""`validate` from files to its document."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.log import logger
from imac_arch.data.quantity import Quantity
from imac_arch.data.registry import portable
from imac_arch.document.build import generator
from imac_arch.document.shapes import SCHEMA_VERSION
from imac_arch.document.validation import (
    ChipRow,
    Constant,
    Cycle,
    Estimate,
    Given,
    Kind,
    LawRecord,
    Part,
    ValidationConditions,
    ValidationDocument,
)
from imac_arch.macro import Chip
from imac_arch.studies.validate.chips import Operating, chips_of, idle_keys, operating_points, shipped
from imac_arch.studies.validate.compose import Composition, composition
from imac_arch.studies.validate.estimates import Estimates, estimates_of, is_seen
from imac_arch.studies.validate.law import LoadedLaw, load_macro_law
from imac_arch.studies.validate.lessons import ablations, misses, pairs, splits
from imac_arch.studies.validate.summary import summary
from imac_arch.studies.validate.systems import systems
from imac_arch.technology_files import load_laws

__all__ = ["validation"]

_log = logger(__name__)
TERA = 1e12
PER_MM2 = 1e-6  # square metres


def validation(
    macros: Sequence[str] = (), *, samples: int = 200, seed: int = 0, command: str = ""
) -> ValidationDocument:
    """Return what is predicted of published chips, and how far off that is.

    Args:
        macros: names, files and folders of chips beside the shipped ones; a chip of the name of a shipped one takes its
            place.
        samples: draws of what files leave out.
        seed: of the draws.
        command: the command line, for the document.

    Raises:
        ImacError: wrong files, with all of their errors.
    """
    own, known = chips_of(macros), shipped()
    names = {chip.name for chip, _ in own}
    chips = [*own, *((chip, file) for chip, file in known if chip.name not in names)]
    said = [*_replaced(own, known), *_idle(operating_points(own))]
    loaded, laws = load_macro_law(), load_laws()
    points = operating_points(chips)
    made = composition(points, loaded, laws, samples, seed)
    found = estimates_of(made, loaded)
    rows = tuple(_row(made, loaded, found, place) for place in range(len(points)))
    return ValidationDocument(
        schema_version=SCHEMA_VERSION,
        generator=generator(),
        command=command,
        conditions=ValidationConditions(tuple(dict.fromkeys(portable(file) for _, file in own)), True, samples, seed),
        law=_record(loaded),
        summary=summary(made, found, loaded),
        chips=rows,
        ablations=ablations(made, found, loaded),
        misses=misses(rows),
        splits=splits(made, rows),
        pairs=pairs(made, rows),
        systems=systems(laws),
        notes=(*said, *_notes(loaded, found)),
    )


def _replaced(own: Sequence[tuple[Chip, str]], known: Sequence[tuple[Chip, str]]) -> tuple[str, ...]:
    """Say which shipped chips give way to other readings of them, which the law has not seen less."""
    chips = {chip.name: (chip, file) for chip, file in known}
    notes = []
    for chip, file in own:
        shipped_one, place = chips.get(chip.name, (chip, file))
        if chip != shipped_one:
            notes.append(
                f"{chip.name} of {portable(file)} takes the place of the shipped chip of that name ({place}), and "
                "counts as one that the law has seen; give it another name where it is another chip."
            )
            _log.warning(notes[-1])
    return tuple(notes)


def _idle(points: Sequence[Operating]) -> tuple[str, ...]:
    """Say which keys of one's own files have no effect."""
    notes: dict[str, None] = {}
    for at in points:
        if keys := idle_keys(at):
            kind = "a digital macro" if at.family == "digital" else f"a macro of {at.chip.memory} cells"
            notes[f"{at.chip.name} of {portable(at.file)}: no effect on {kind}: {', '.join(keys)}."] = None
    for note in notes:
        _log.warning(note)
    return tuple(notes)


def _row(made: Composition, loaded: LoadedLaw, found: dict[str, Estimates], place: int) -> ChipRow:
    """Return the record of an operating point."""
    at, drawn = made.points[place], made.drawn[place]
    energy, area = (_estimate(found[name], place) for name in ("energy", "area"))
    estimated, low, high = (float(values[place]) for values in _ends(found["cycle"]))
    cycle = Cycle(estimated if at.cycle is None else at.cycle, at.cycle is not None, estimated, low, high)
    kind: Kind = "nested" if is_seen((at,), loaded)[0] else "blind"
    per_joule, per_area = at.ops / TERA, at.ops * at.conversions / TERA * PER_MM2
    density = _inverse(area, per_area / cycle.value, at.cycle is not None)
    if at.cycle is None:  # what the cycle may be widens it
        density = density._replace(
            low=None if density.low is None else density.low * estimated / high,
            high=None if density.high is None else density.high * estimated / low,
        )
    efficiency, bits = _inverse(energy, per_joule), at.bits
    return ChipRow(
        chip=at.chip.name, point=at.point.name, title=at.chip.title, file=portable(at.file), kind=kind,
        tier=at.point.tier,
        family=at.family, memory=at.chip.memory,
        year=None if at.chip.year is None else int(at.chip.year.value), node=at.chip.node.value,
        vdd=at.point.vdd.value, ops=at.ops, conversions=at.conversions, energy=energy, area=area,
        tops_per_watt=efficiency, tops_per_watt_native=_scaled(efficiency, 1 / bits), tops_per_mm2=density,
        tops_per_mm2_native=_scaled(density, 1 / bits), cycle=cycle,
        kinds={name: float(values[place]) for name, values in found["energy"].kinds.items()
               if np.isfinite(values[place])},
        breakdown=_breakdown(drawn.parts, energy.value, area.value),
        assumed=tuple(_given(path, q) for path, q in made.assumed[place].items()),
        status="ok",
    )  # fmt: skip


def _given(path: str, quantity: Quantity) -> Given:
    low, high = quantity.range or (None, None)
    return Given(path, quantity.value, low, high, quantity.unit)


def _ends(found: Estimates) -> tuple[Array, Array, Array]:
    return found.value, found.low, found.high


def _estimate(found: Estimates, place: int) -> Estimate:
    value, low, high = (float(values[place]) for values in _ends(found))
    measured = float(found.measured[place])
    if not np.isfinite(measured):
        return Estimate(value, low, high, None, None, None)
    return Estimate(value, low, high, measured, value / measured, low <= measured <= high)


def _inverse(of: Estimate, above: float, compared: bool = True) -> Estimate:
    """Return a number over an estimate, whose ends change places."""
    assert of.value is not None
    assert of.low is not None
    assert of.high is not None
    known = of.measured if compared else None
    return Estimate(
        above / of.value, above / of.high, above / of.low, None if known is None else above / known,
        None if known is None else known / of.value, of.inside if compared else None,
    )  # fmt: skip


def _scaled(of: Estimate, factor: float) -> Estimate:
    low, high = (None if end is None else end * factor for end in (of.low, of.high))
    return of._replace(
        value=None if of.value is None else of.value * factor, low=low, high=high,
        measured=None if of.measured is None else of.measured * factor,
    )  # fmt: skip


def _breakdown(
    parts: Sequence[tuple[str, str, float, float]], energy: float | None, area: float | None
) -> tuple[Part, ...]:
    """Return what components add, the largest energy first: shares of the bill at its medians, of the prediction."""
    joules, metres = sum(part[2] for part in parts), sum(part[3] for part in parts)
    one, other = (1.0 if joules == 0 else (energy or 0) / joules), (1.0 if metres == 0 else (area or 0) / metres)
    rows = [Part(name, role, e * one, a * other) for name, role, e, a in parts]
    return tuple(sorted(rows, key=lambda part: -part.energy))


def _record(loaded: LoadedLaw) -> LawRecord:
    law = loaded.law
    return LawRecord(
        name=law.name,
        hash=loaded.hash,
        unchanged=loaded.unchanged,
        date=law.record.date,
        chips=law.record.chips,
        constants=tuple(
            Constant(name, " + ".join(c.multiplies), c.value.value, "", c.value.written, c.value.status or "", c.about)
            for name, c in law.constants.items()
        ),
        choices=loaded.chosen,
    )  # fmt: skip


def _notes(loaded: LoadedLaw, found: dict[str, Estimates]) -> tuple[str, ...]:
    notes = [
        "Kinds are never mixed in one figure: blind, of chips that the law has not seen; nested, constants and "
        "structural choices made without the chip; leave-one-out, constants alone; fit, with it; unfitted, no constant "
        "set on any chip.",
        "Cycles are given for every shipped chip: TOPS/mm2 and area rest on them. Of analog macros an estimated cycle "
        "is no claim: supply and design move it by more than the law knows.",
    ]
    if not loaded.unchanged:
        notes.append("The law is not that of its record: no chip is blind, whatever its file.")
    for name, each in found.items():
        if name in loaded.law.fit.shared:
            notes.append(f"{name}: families share their residuals, for one rule estimates it for all of them.")
        elif each.pooled:
            notes.append(
                f"{name}: {', '.join(each.pooled)} has too few chips, and shares the residuals of all families."
            )
    return tuple(notes)
