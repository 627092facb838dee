"""Accuracies as tables, sentences and a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.document.accuracy import AccuracyDocument, AccuracyRow, Answer, Point, Step
from imac_arch.document.comparison import ArchitectureRow
from imac_arch.show.sheet import Cell, Row, Section, Sheet, Table

__all__ = ["accuracy_cell", "accuracy_sheet", "accuracy_table", "share", "unknown_accuracies"]

UNKNOWN = "—"


def share(value: float | None) -> str:
    """Return a share of images as a percentage."""
    return UNKNOWN if value is None else f"{value * 100:.1f} %"


def accuracy_cell(row: AccuracyRow) -> Cell:
    """Return an accuracy with its interval."""
    if row.value is None or row.low is None or row.high is None:
        return Cell(UNKNOWN)
    return Cell(share(row.value), (share(row.low), share(row.high)), sort=row.value)


def unknown_accuracies(designs: Sequence[ArchitectureRow]) -> tuple[str, ...]:
    """Return why designs have no accuracy, each reason once."""
    return tuple(dict.fromkeys(row.accuracy.reason for row in designs if row.accuracy and row.accuracy.reason))


def accuracy_table(rows: Sequence[AccuracyRow], title: str = "") -> Table:
    """Return accuracies, one row per design."""
    heads = ("design", "accuracy", "software", "loss", "float", "other gain", "programmings")
    shown: list[Row] = []
    for row in rows:
        name = row.architecture if row.technology is None else f"{row.architecture} ({row.technology})"
        loss = Cell(UNKNOWN) if row.loss is None else Cell(_points(row.loss.value), _ends(row.loss.low, row.loss.high))
        shown.append(
            (name, accuracy_cell(row), share(row.software), loss, share(row.float), share(row.otherwise),
             str(row.programmings) if row.programmings else UNKNOWN)
        )  # fmt: skip
    return Table(heads, tuple(shown), title)


def _points(value: float) -> str:
    return f"{value * 100:.1f} points"


def _ends(low: float, high: float) -> tuple[str, str]:
    return _points(low), _points(high)


def accuracy_sheet(document: AccuracyDocument) -> Sheet:
    """Return accuracies, what each effect costs, studies and answers."""
    given = document.conditions
    row = document.accuracy[0]
    notes = [f"No accuracy: {reason}." for reason in dict.fromkeys(r.reason for r in document.accuracy if r.reason)]
    notes += [f"Weights {row.weights}{f' ({row.note})' if row.note else ''}."] if row.weights else []
    if row.gain:
        notes.append(f"Gain of the amplifiers: {row.gain}; with the other rule {share(row.otherwise)}.")
    sections = [Section(table=accuracy_table(document.accuracy), notes=tuple(notes))]
    if document.waterfall:
        sections.append(Section(table=waterfall_table(document.waterfall)))
    if document.points:
        sections.append(Section(table=points_table(document.points, f"Study: {document.study}")))
    if document.answer is not None:
        sections.append(
            Section("Answer", (answer_sentence(document.answer),), points_table(document.answer.runs, "What was tried"))
        )
    wired = "every programming solved exactly" if given.exact else "wires from the exact solution of the nominal cells"
    how = f"{given.images} images of {given.data}; {given.programmings} programmings, {wired}; seed {given.seed}"
    return Sheet(f"Accuracy of {given.net} on {given.technology}", how, tuple(sections))


def waterfall_table(steps: Sequence[Step]) -> Table:
    """Return what each effect costs."""
    rows: list[Row] = []
    for number, step in enumerate(steps):
        change = "" if not number else f"{step.change * 100:+.1f} points" if step.counts else "none beyond its error"
        rows.append((step.effect if not number else f"+ {step.effect}", _cell(step), change))
    title = f"What costs how much, one effect more in each row ({steps[0].architecture})"
    return Table(("with", "accuracy", "change"), tuple(rows), title)


def points_table(points: Sequence[Point], title: str) -> Table:
    """Return the designs of a study."""
    names = tuple(dict.fromkeys(name for point in points for name in point.fields))
    rows: list[Row] = [(*(p.fields.get(n, "") for n in names), _cell(p), share(p.software), p.weights) for p in points]
    return Table((*names, "accuracy", "software", "weights"), tuple(rows), title, left=(len(names) + 2,))


def _cell(of: Step | Point) -> Cell:
    return Cell(share(of.value), (share(of.low), share(of.high)), sort=of.value)


def answer_sentence(found: Answer) -> str:
    """Return an answer in words."""
    wanted = f"{found.target * 100:g} % on {found.architecture}"
    if found.value is None:
        return f"No {found.knob} that was tried keeps {wanted}; the best accuracy was {share(found.best)}."
    bound = "at least" if found.bound == "at_least" else "at most"
    text = f"{found.knob.capitalize()} of {bound} {found.value} keeps {wanted}, with the low end of its interval"
    return f"{text}; {found.unkept} does not." if found.unkept else f"{text}; every value that was tried does."
