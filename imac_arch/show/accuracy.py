"""Accuracies as tables, sentences and a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.architectures import ARCHITECTURES
from imac_arch.data.units import format_value
from imac_arch.document.accuracy import (
    AccuracyDocument,
    AccuracyRow,
    Answer,
    Control,
    Partition,
    Partitioning,
    Point,
    Step,
)
from imac_arch.document.comparison import ArchitectureRow
from imac_arch.show.shares import UNKNOWN, loss_cell, point_cell, points, share
from imac_arch.show.sheet import Cell, Row, Section, Sheet, Table
from imac_arch.show.values import show_written
from imac_arch.studies.accuracy.experiment import EFFECTS, SET_BY, SOLVED_BY

__all__ = [
    "accuracy_cell", "accuracy_details", "accuracy_lines", "accuracy_notes", "accuracy_sentences", "accuracy_sheet",
    "accuracy_table", "answer_sentence", "conditions", "how_found", "partitioning_sentence", "partitions_notes",
    "partitions_table", "points_table", "points_title", "stopped_sentences", "unknown_accuracies",
    "waterfall_notes", "waterfall_table",
]  # fmt: skip

OTHER_RULE = {"nominal": "trimmed", "trimmed": "nominal", "given": "trimmed"}
OMITTED = "accuracy: "  # begins what an architecture neglects of it
LOSS = (
    "Software: the same weights and inputs in exact arithmetic; float: weights that are not quantised. Loss: software "
    "less accuracy in percentage points, paired by image."
)
SPANS = (
    "90 % intervals: of an accuracy for one chip, from the spread of the programmings (Student's t) and the number of "
    "images (Wilson's); of a difference for its mean, paired by image and programming; one that is smaller is none."
)
GAIN = (
    "Gain of the amplifiers: nominal, from the ideal read; trimmed, once per layer for the nominal cells with wires; "
    "given, that of the technology."
)


def accuracy_cell(row: AccuracyRow) -> Cell:
    """Return an accuracy with its interval."""
    if row.value is None or row.low is None or row.high is None:
        return Cell(UNKNOWN)
    return Cell(share(row.value), (share(row.low), share(row.high)), sort=row.value)


def accuracy_lines(found: Sequence[AccuracyRow | None]) -> list[Row]:
    """Return the accuracies of designs in a row, and below it the rule of gain with the accuracy by the other one."""
    own: Row = ("accuracy", *(Cell(UNKNOWN) if row is None else accuracy_cell(row) for row in found))
    if not any(row.gain for row in found if row is not None):
        return [own]
    return [own, ("gain of the amplifiers", *("" if row is None else _rule(row) for row in found))]


def _rule(row: AccuracyRow) -> str:
    return "" if row.gain is None else f"{row.gain} ({OTHER_RULE[row.gain]} {share(row.otherwise)})"


def unknown_accuracies(designs: Sequence[ArchitectureRow]) -> tuple[str, ...]:
    """Return why designs have no accuracy, each reason once."""
    return tuple(dict.fromkeys(row.accuracy.reason for row in designs if row.accuracy and row.accuracy.reason))


def accuracy_table(rows: Sequence[AccuracyRow], title: str = "") -> Table:
    """Return accuracies, one row per design."""
    rules = tuple(dict.fromkeys(OTHER_RULE[row.gain] for row in rows if row.gain))
    heads = ("design", "accuracy", "loss", "software", "float", *(f"{rule} gain" for rule in rules))
    shown: list[Row] = [
        (_design(row), accuracy_cell(row), loss_cell(row.loss), share(row.software), share(row.float),
         *(share(row.otherwise if row.gain and OTHER_RULE[row.gain] == rule else None) for rule in rules))
        for row in rows
    ]  # fmt: skip
    return Table(heads, tuple(shown), title)


def accuracy_details(rows: Sequence[AccuracyRow]) -> Table:
    """Return everything there is on accuracies, one row per design."""
    heads = (
        "design", "accuracy", "loss", "software", "float", "gain", "images", "programmings",
        "sigma", "weights",
    )  # fmt: skip
    shown: list[Row] = []
    for row in rows:
        gain = "" if row.gain is None else f"{row.gain}; {OTHER_RULE[row.gain]}: {share(row.otherwise)}"
        drawn = (f"{row.images:,}", str(row.programmings), f"{row.sigma:.2g}") if row.value is not None else ("",) * 3
        shown.append(
            (_design(row), accuracy_cell(row), loss_cell(row.loss), share(row.software), share(row.float), gain,
             *drawn, row.reason or "; ".join(filter(None, (row.weights, row.note))))
        )  # fmt: skip
    return Table(heads, tuple(shown), left=(0, 5, 9))


def how_found(rows: Sequence[AccuracyRow]) -> str:
    """Return in words how accuracies of a comparison were found; empty where there are none."""
    known = [row for row in rows if row.value is not None]
    if not known:
        return ""
    most = max(row.programmings for row in known)
    drawn = f"{most} programmings of cells whose conductances vary" if most > 1 else "cells as they were meant"
    return (
        f"Share of {known[0].images:,} images ({known[0].data}) that are classified correctly, through the wires, "
        f"drivers and loads of each subarray, solved exactly; {drawn}."
    )


def accuracy_notes(rows: Sequence[AccuracyRow]) -> tuple[str, ...]:
    """Return what a reader of accuracies must know: reasons for none, networks that differ, what is left out."""
    notes = [f"No accuracy: {reason}." for reason in dict.fromkeys(row.reason for row in rows if row.reason)]
    notes += [_controlled(row, row.control) for row in rows if row.control]
    nets = dict.fromkeys((row.weights, row.note) for row in rows if row.weights)
    notes += [f"Weights {weights}{f': {note}' if note else ''}." for weights, note in nets]
    if any(row.value is not None for row in rows):
        notes += [LOSS, SPANS]
    if any(row.gain for row in rows):
        notes.append(GAIN)
    left = dict.fromkeys(
        text.removeprefix(OMITTED)
        for row in rows
        if row.value is not None
        for text in ARCHITECTURES[row.architecture].neglects
        if text.startswith(OMITTED)
    )
    return (*notes, f"Not modelled: {'; '.join(left)}.") if left else tuple(notes)


def _controlled(row: AccuracyRow, control: Control) -> str:
    """Return whether cheap programmings go with the exact ones."""
    if control.correlation is None:
        found = f"{_design(row)}: no programming differs from another in accuracy"
    else:
        found = (
            f"{_design(row)}: the accuracies of {control.exact} programmings by the wires of the nominal cells and of "
            f"the same ones solved exactly have a correlation of {control.correlation:.3f}"
        )
    if control.used:
        return f"{found}; {row.programmings} of the first kind count, corrected by the exact ones."
    return f"{found}, below {control.least:g}; all {row.programmings} were solved exactly."


def accuracy_sentences(rows: Sequence[AccuracyRow]) -> tuple[str, ...]:
    """Return in words what each crossbar loses."""
    said = []
    for row in rows:
        if row.loss is None or not row.on_crossbars:
            continue
        ends = f"[{row.loss.low * 100:.1f}, {row.loss.high * 100:.1f}]".replace("-0.0", "0.0")
        lost = f"loses {row.loss.value * 100:.1f} percentage points {ends} against its software"
        if row.loss.low <= 0:
            lost = f"loses nothing beyond the error of its loss, {ends} percentage points"
        said.append(f"{_design(row)} {lost}: {share(row.value)} of the images are classified correctly.")
    return tuple(said)


def _design(row: AccuracyRow) -> str:
    return row.architecture if row.technology is None else f"{row.architecture} ({row.technology})"


def accuracy_sheet(document: AccuracyDocument) -> Sheet:
    """Return accuracies, what each effect costs, studies and answers."""
    given = document.conditions
    sections = [Section(paragraphs=stopped_sentences(document))] if document.interrupted else []
    if document.answer is not None:  # what was asked for comes first
        sections.append(
            Section("Answer", (answer_sentence(document.answer),), points_table(document.answer.runs, "What was tried"))
        )
    if document.partitioning is not None:
        found = document.partitioning
        shown = partitions_table(found._replace(designs=tuple(d for d in found.designs if d.front)), "The front")
        sections.append(Section("Answer", (partitioning_sentence(found),), shown, notes=partitions_notes(found)))
    if said := accuracy_sentences(document.accuracy):
        sections.append(Section(paragraphs=said))
    sections.append(Section(table=accuracy_table(document.accuracy), notes=accuracy_notes(document.accuracy)))
    if document.waterfall:
        sections.append(Section(table=waterfall_table(document.waterfall), notes=waterfall_notes(document.waterfall)))
    if document.points:
        sections.append(Section(table=points_table(document.points, points_title(document))))
    return Sheet(f"Accuracy of {given.net} on {given.technology}", conditions(document), tuple(sections))


def stopped_sentences(document: AccuracyDocument) -> tuple[str, ...]:
    """Return after what somebody interrupted the work; nothing where nobody did."""
    return (f"Interrupted {document.interrupted}: what is shown is what was finished.",) if document.interrupted else ()


def conditions(document: AccuracyDocument) -> str:
    """Return in words how accuracies were found."""
    given = document.conditions
    said = [f"{given.images:,} images ({given.data})" if given.images else "no images"]
    wired = "each solved exactly" if given.exact else "wires from the exact solution of the nominal cells"
    wired += f", held against {given.control} solved exactly" if given.control else ""
    said.append(f"{given.programmings} programming{'s' * (given.programmings > 1)}, {wired}")
    said += [f"{given.stuck:.3g} of the cells stuck"] if given.stuck else []
    said += [f"without {' and '.join(given.without)}"] if given.without else []
    return "; ".join((*said, f"{given.gain} gain", f"seed {given.seed}"))


def _signed(change: float) -> str:
    """Return percentage points with their sign, nothing never below zero."""
    return f"{round(change * 100, 1) + 0.0:+.1f}"


def waterfall_table(steps: Sequence[Step]) -> Table:
    """Return what each effect costs."""
    rows: list[Row] = []
    for number, step in enumerate(steps):
        ends = f"[{_signed(step.change_low)}, {_signed(step.change_high)}]"
        change = "" if not number else f"{_signed(step.change)} points {ends}" if step.counts else f"none {ends}"
        rows.append((step.effect if not number else f"+ {step.effect}", point_cell(step), change))
    title = f"What each effect costs {steps[0].architecture}: each row has one effect more"
    return Table(("with", "accuracy", "change"), tuple(rows), title)


def waterfall_notes(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return what costs most, and what it follows from; nothing where no effect costs more than its error."""
    worst = min(steps[1:], key=lambda step: step.change, default=None)
    if worst is None or not worst.counts or worst.change >= 0:
        return ()
    fields = {EFFECTS[name]: text for name, text in SET_BY.items()}.get(worst.effect, "the design")
    said = f"Most is lost by {worst.effect}, {points(-worst.change)}; set by {fields}"
    return (f"{said}{_solved(worst.effect)}.",)


def _solved(effect: str) -> str:
    """Return which knobs of ``--solve`` set what an effect follows from; nothing of a read circuit."""
    name = next((name for name, text in EFFECTS.items() if text == effect), None)
    if name is None:
        return ""
    knobs = " or ".join(SOLVED_BY.get(name, ()))
    return f"; try --solve {knobs}" if knobs else "; no knob of --solve sets any of these"


def points_title(document: AccuracyDocument) -> str:
    """Return the title of a study."""
    *names, last = dict.fromkeys(name for point in document.points for name in point.fields)
    knobs = f"{', '.join(names)} and {last}" if names else last
    return f"Accuracy of {document.points[0].architecture} against {knobs}"


def points_table(points: Sequence[Point], title: str) -> Table:
    """Return the designs of a study."""
    names = tuple(dict.fromkeys(name for point in points for name in point.fields))
    rows: list[Row] = [
        (
            *(show_written(p.fields.get(n, "")) for n in names),
            point_cell(p),
            loss_cell(p.loss),
            share(p.software),
            p.weights,
        )
        for p in points
    ]
    return Table((*names, "accuracy", "loss", "software", "weights"), tuple(rows), title, left=(len(names) + 3,))


def answer_sentence(found: Answer) -> str:
    """Return an answer in words."""
    knob, wanted, by = found.knob.capitalize(), *_wanted(found)
    if found.value is None:
        best = max(found.runs, key=lambda run: run.value)
        reached = f"{share(found.best)} [{share(best.low)}, {share(best.high)}], at {_knob(best)}"
        near = by if found.target is None or best.value >= found.target else ""
        return f"{knob}: no value that was tried {wanted}{near}; the best accuracy was {reached}."
    bound = "at least" if found.bound == "at_least" else "at most"
    text = f"{knob}: {bound} {show_written(found.value)} {wanted}{by}"
    values = [next(iter(run.fields.values())) for run in found.runs]
    beyond = [
        v for v, run in zip(values[: values.index(found.value)], found.runs, strict=False) if not found.keeps(run)
    ]
    missed = [*([found.unkept] if found.unkept else []), *beyond[-1:]]
    if not missed:
        return f"{text}; every value that was tried does."
    return f"{text}; {' and '.join(map(show_written, missed))} {'do' if missed[1:] else 'does'} not."


def _knob(run: Point) -> str:
    return show_written(next(iter(run.fields.values())))


def _wanted(found: Answer) -> tuple[str, str]:
    """Return what is asked of a value, and by which end of an interval."""
    if found.target is not None:
        return f"keeps {found.target * 100:g} % on {found.architecture}", ", with the low end of the 90 % interval"
    lost = f", at most {points(found.limit or 0.0)} lost by the low end of the 90 % interval"
    return f"clears the check of the accuracy of {found.architecture}", lost


def partitioning_sentence(found: Partitioning) -> str:
    """Return the fewest tiles in words, with what they cost and what the fewest that fit do."""
    wanted, fewest = f"{found.target * 100:g} % on {found.architecture}", found.designs[0]
    kept = next((design for design in found.designs if design.tiles == found.value), None)
    if kept is None:
        best = max(found.designs, key=lambda design: design.value)
        by = ", with the low end of the 90 % interval" if best.value >= found.target else ""
        text = f"Tiles of each layer: no partition that was tried keeps {wanted}{by}; the best accuracy was"
        return f"{text} {share(found.best)}, with {best.tiles}."
    low = "with the low end of the 90 % interval"
    text = f"Tiles of each layer: {kept.tiles} keep {wanted}, {low}, {_on(kept)}"
    if kept.tiles == fewest.tiles:
        return f"{text}; fewer do not fit subarrays of {found.largest}."
    fewest_do = f"{fewest.tiles}, reach {share(fewest.value)}, {_on(fewest)}"
    return f"{text}. The fewest that fit subarrays of {found.largest}, {fewest_do}."


def _on(design: Partition) -> str:
    costs = [format_value(value, unit) for value, unit in _costs(design) if value is not None]
    several = f"{design.subarrays} subarrays" if design.subarrays > 1 else "one subarray"
    return f"on {several} of {design.subarray}, for {', '.join(costs)} per inference" if costs else f"on {several}"


def _costs(design: Partition) -> tuple[tuple[float | None, str], ...]:
    return (design.power, "W"), (design.area, "m^2"), (design.latency, "s"), (design.energy, "J")


def partitions_notes(found: Partitioning) -> tuple[str, ...]:
    """Return how partitions were found and what the front is."""
    several = len(found.designs) > 1
    tried = f"{len(found.designs)} partitions were tried, each" if several else "One partition was tried,"
    return (
        f"{tried} on the smallest subarray that holds its tiles. Front: no "
        "other one needs less power and area without being less accurate beyond the error; keeps: the low end of its "
        "interval is at least the target.",
    )


def partitions_table(found: Partitioning, title: str = "") -> Table:
    """Return partitions, from few tiles to many."""
    heads = (
        "tiles", "subarray", "subarrays", "accuracy", "loss", "power", "area", "latency", "energy", "is", "weights",
    )  # fmt: skip
    rows: list[Row] = []
    for design in found.designs:
        mark = "fewest" if design.tiles == found.value else "keeps" if design.keeps else ""
        rows.append(
            (design.tiles, design.subarray, f"{design.subarrays:,}", point_cell(design), loss_cell(design.loss),
             *(UNKNOWN if value is None else format_value(value, unit) for value, unit in _costs(design)),
             ", ".join(filter(None, ("front" if design.front else "", mark))), design.weights)
        )  # fmt: skip
    return Table(heads, tuple(rows), title or f"Partitions of {found.architecture} that were tried", left=(0, 1, 9, 10))
