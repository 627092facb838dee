"""How far off predictions of published chips are, as tables, sentences and a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.data.units import format_value
from imac_arch.document.validation import ChipRow, Estimate, SummaryRow, ValidationDocument
from imac_arch.show.sheet import Cell, Row, Section, Sheet, Table

__all__ = [
    "KIND_NAMES", "ablation_table", "answer", "assumed_table", "breakdown_table", "chips_table", "miss_table",
    "pair_table", "split_table", "summary_table", "system_table", "validation_sheet",
]  # fmt: skip

UNKNOWN = "—"
KIND_NAMES = {
    "blind": "blind", "nested": "nested", "leave_one_out": "leave-one-out", "fit": "fit",
    "unfitted": "no constant fitted",
}  # fmt: skip
QUANTITIES = {"energy": "energy", "area": "area", "tops_per_mm2": "TOPS/mm2", "cycle": "cycle, estimated"}
MARKED = "*"  # of an estimated cycle
TENTH = 0.1
MANY = 8  # chips whose breakdown is shown
TOLD = ("blind", "nested", "leave_one_out")  # kinds that the terminal shows
MORE = "All kinds, TOPS/mm2 and cycles: -o report.html, or --json."


def _factor(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.2f}x"


def _times(ratio: float) -> str:
    """Return a prediction over a measurement: a small one by its digits, not by its places."""
    return f"{ratio:.2f}x" if ratio >= TENTH else f"{ratio:.2g}x"


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else f"{100 * value:.0f} %"


def _number(value: float | None, digits: int = 2) -> str:
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def summary_table(rows: Sequence[SummaryRow], title: str = "") -> Table:
    """Return how far off predictions are, one row for each kind, family and quantity."""
    heads = (
        "kind", "quantity", "family", "median factor", "within 2x", "within 3x", "points", "chips", "in 90 % interval",
        "width [decades]", "interval score", "bias",
    )  # fmt: skip
    shown: list[Row] = [
        (KIND_NAMES[r.kind], QUANTITIES[r.quantity], r.family, _factor(r.median_factor), _share(r.within_2x),
         _share(r.within_3x), str(r.points), str(r.chips), _share(r.coverage), _number(r.width),
         _number(r.interval_score), _factor(r.bias))
        for r in rows
    ]  # fmt: skip
    return Table(heads, tuple(shown), title, left=(0, 1, 2), sortable=True)


def _cell(of: Estimate, unit: str, scale: float = 1.0) -> Cell:
    def told(value: float | None) -> str:
        return UNKNOWN if value is None else format_value(value * scale, unit)

    ends = None if of.low is None or of.high is None else (told(of.low), told(of.high))
    return Cell(told(of.value), ends, sort=of.value)


def _measured(of: Estimate, unit: str) -> str:
    return UNKNOWN if of.measured is None else format_value(of.measured, unit)


def _ratio(of: Estimate) -> Cell:
    if of.ratio is None:
        return Cell(UNKNOWN)
    return Cell(_times(of.ratio) + ("" if of.inside else " outside"), sort=of.ratio)


def label(row: ChipRow) -> str:
    """Return a chip with its operating point."""
    return f"{row.chip}, {row.point}" if row.point else row.chip


def chips_table(rows: Sequence[ChipRow], title: str = "", whole: bool = True) -> Table:
    """Return operating points: energy of a conversion, efficiencies, area and cycle beside what was measured."""
    heads = [
        "chip", "kind", "family", "energy per conversion", "measured", "over measured", "TOPS/W (1 bit)",
        "TOPS/W (native)", "TOPS/mm2 (1 bit)", "TOPS/mm2 (native)", "area", "measured area", "over measured", "cycle",
    ]  # fmt: skip
    shown: list[Row] = []
    for r in rows:
        cycle = format_value(r.cycle.value, "s") + ("" if r.cycle.given else MARKED)
        line: Row = (
            label(r), KIND_NAMES[r.kind], r.family, _cell(r.energy, "J"), _measured(r.energy, "J"), _ratio(r.energy),
            _cell(r.tops_per_watt, ""), _cell(r.tops_per_watt_native, ""), _cell(r.tops_per_mm2, ""),
            _cell(r.tops_per_mm2_native, ""), _cell(r.area, "m^2"), _measured(r.area, "m^2"), _ratio(r.area), cycle,
        )  # fmt: skip
        shown.append(line if whole else (*line[:6], line[6], *line[10:]))
    if not whole:
        heads = [*heads[:7], *heads[10:]]
    return Table(tuple(heads), tuple(shown), title, left=(0, 1, 2), sortable=True, spans=True)


def breakdown_table(row: ChipRow) -> Table:
    """Return what components of a chip add to energy and area."""
    energy, area = (sum(getattr(part, name) for part in row.breakdown) for name in ("energy", "area"))
    shown: list[Row] = [
        (p.component, format_value(p.energy, "J"), _share(p.energy / energy if energy else None),
         format_value(p.area, "m^2"), _share(p.area / area if area else None))
        for p in row.breakdown
        if p.energy or p.area
    ]  # fmt: skip
    return Table(("component", "energy per conversion", "share", "area", "share"), tuple(shown), f"{label(row)}: where")


def assumed_table(rows: Sequence[ChipRow]) -> Table:
    """Return what files leave out, and the range of its class that was taken."""
    shown: list[Row] = []
    for row in rows:
        for given in row.assumed:
            ends = "" if given.low is None or given.high is None else " to ".join(
                format_value(end, given.unit) for end in (given.low, given.high)
            )  # fmt: skip
            shown.append((label(row), given.path, format_value(given.value, given.unit), ends))
    return Table(("chip", "not in its file", "taken", "range (5 to 95 %)"), tuple(shown), left=(0, 1))


def ablation_table(document: ValidationDocument) -> Table:
    """Return what each choice and constant decides."""
    shown: list[Row] = [
        (a.choice, f"{a.alternative}: {a.about}", _factor(a.median_factor), _share(a.within_2x), _factor(a.change),
         a.most)
        for a in document.ablations
    ]  # fmt: skip
    heads = ("law", "replaced by", "median factor", "within 2x", "against the law's", "moves most")
    return Table(heads, tuple(shown), left=(0, 1, 5))


def miss_table(document: ValidationDocument) -> Table:
    """Return the largest misses, and what is to blame."""
    shown: list[Row] = [
        (f"{m.chip}, {m.point}" if m.point else m.chip, QUANTITIES[m.quantity], _times(m.ratio), m.about)
        for m in document.misses
    ]
    return Table(("chip", "quantity", "predicted over measured", "to blame"), tuple(shown), left=(0, 1, 3))


def split_table(document: ValidationDocument) -> Table:
    """Return published breakdowns beside ours."""
    shown: list[Row] = [
        (s.chip, s.component, _share(s.published), _share(s.predicted), _times(s.ratio)) for s in document.splits
    ]
    return Table(("chip", "part of the energy", "published", "predicted", "off"), tuple(shown), left=(0, 1))


def pair_table(document: ValidationDocument) -> Table:
    """Return how operating points of one chip go against one another."""
    shown: list[Row] = [
        (p.chip, p.what, f"{p.measured:.2f}", f"{p.predicted:.2f}", f"{p.off:.2f}x") for p in document.pairs
    ]
    return Table(("chip", "points", "energies, measured", "predicted", "off"), tuple(shown), left=(0, 1))


def system_table(document: ValidationDocument) -> Table:
    """Return published systems, composed under the assumptions of their scenarios, with the lines of their totals."""
    shown: list[Row] = []
    for s in document.systems:
        shown.append(
            (s.system, s.quantity, _value(s.published, s.unit), _value(s.predicted, s.unit), _times(s.ratio), s.why)
        )
        shown += [
            ("", f"of which {part.component}", _value(part.published, part.unit), _value(part.predicted, part.unit),
             _factor(_over(part.predicted, part.published)), part.why)
            for part in s.parts
        ]  # fmt: skip
    return Table(("system", "claim", "published", "predicted", "off", "why"), tuple(shown), left=(0, 1, 5))


def _value(value: float | None, unit: str) -> str:
    return UNKNOWN if value is None else format_value(value, unit)


def _over(value: float | None, other: float | None) -> float | None:
    return None if value is None or not other else value / other


def _find(document: ValidationDocument, kind: str, family: str = "all", quantity: str = "energy") -> SummaryRow | None:
    rows = (r for r in document.summary if (r.kind, r.family, r.quantity) == (kind, family, quantity))
    return next(rows, None)


def _several(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def answer(document: ValidationDocument) -> tuple[str, ...]:
    """Return in words how far predictions are to be trusted."""
    said = []
    for kind in ("blind", "nested"):
        row = _find(document, kind)
        if row is not None:
            said.append(
                f"Energy per conversion, {KIND_NAMES[kind]}: off by {row.median_factor:.3g}x in the median of "
                f"{_several(row.points, 'operating point')} of {_several(row.chips, 'chip')}, "
                f"{_share(row.within_2x)} within 2x, "
                f"{_share(row.within_3x)} within 3x; {_share(row.coverage)} lie in their 90 % interval."
            )
    others = [
        f"{KIND_NAMES[kind]} {row.median_factor:.2f}x"
        for kind in ("leave_one_out", "fit", "unfitted")
        if (row := _find(document, kind)) is not None
    ]
    if others:
        said.append(f"The same figure by other kinds of prediction, never mixed: {', '.join(others)}.")
    families = [
        f"{family} {row.median_factor:.2f}x"
        for family in ("sram", "digital", "nvm")
        if (row := _find(document, "nested", family)) is not None
    ]
    if families:
        said.append(f"By family, nested: {', '.join(families)}.")
    return tuple(said)


def validation_sheet(document: ValidationDocument) -> Sheet:
    """Return what the terminal shows: the answer, the chips of the user's files or all of them, and what was learnt."""
    files = set(document.conditions.files)
    own = [row for row in document.chips if row.file in files]
    shown = own or list(document.chips)
    law = document.law
    subtitle = f"law {law.name}{'' if law.unchanged else ' (not that of its record)'}"
    given = "" if all(row.cycle.given for row in shown) else f"{MARKED} estimated, not given."
    sections = [
        Section("", answer(document)),
        Section("Chips", (), chips_table(shown, whole=False), notes=(given,) * bool(given)),
    ]
    if own:
        sections += [Section("", (), breakdown_table(row)) for row in own[:MANY]]
        sections.append(Section("What the files leave out", (), assumed_table(own)))
    rows = [row for row in document.summary if row.kind in TOLD and row.quantity in ("energy", "area")]
    sections.append(Section("How far off", (), summary_table(rows), notes=(MORE,)))
    if not own:
        sections += [
            Section("Largest misses", (), miss_table(document)),
            Section("What each law decides", (), ablation_table(document)),
            Section("Published breakdowns", (), split_table(document)),
            Section("Points of one chip against one another", (), pair_table(document)),
        ]  # fmt: skip
    if document.systems:
        sections.append(Section("Published systems", (), system_table(document)))
    sections.append(Section("Notes", (), notes=document.notes))
    return Sheet("Predictions against published silicon", subtitle, tuple(sections))
