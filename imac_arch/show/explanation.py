"""Explanations, the catalog and the check of a file as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imac_arch.data.units import format_value
from imac_arch.document.explanation import (
    CatalogDocument,
    Derived,
    ExplainedCost,
    ExplanationDocument,
    FileCheckDocument,
    LawPart,
    LawRange,
    PageRow,
    SoundSize,
    TechnologyDocument,
)
from imac_arch.document.shapes import Number
from imac_arch.show.keys import keys_table
from imac_arch.show.sheet import Item, Section, Sheet, Table, text_of
from imac_arch.show.values import value_cell

__all__ = ["catalog_sheet", "explanation_sheet", "file_check_line", "file_check_sheet", "shown_text"]

SHIPPED = "shipped"
HIDDEN = "{0}: that from {1} is used; {2} bears the same name and is not: give its path, or another name"
PLURAL = {
    "technology": "technologies", "board": "boards", "scenario": "scenarios", "law": "laws", "neuron": "neurons",
    "macro": "macros", "network": "networks",
}  # fmt: skip


def explanation_sheet(document: ExplanationDocument) -> Sheet:
    """Return a component: its law, what one costs, its numbers with their sources, and where they hold."""
    others = [kind for kind in document.kinds if kind != document.kind]
    facts = (
        document.what if document.what in {page.what for page in document.pages} else "",
        f"kind {document.kind}" if document.kind else "",
        f"used by {', '.join(document.used_by)}" if document.used_by else "",
        f"other kinds: {', '.join(others)}" if others else "",
    )
    subtitle = "; ".join(fact for fact in facts if fact)
    return Sheet(f"{document.name}: {document.title}", subtitle, tuple(_sections(document)))


def _sections(document: ExplanationDocument) -> Iterator[Section]:
    yield from _component(document)
    alone = document.what in {page.what for page in document.pages}
    for place, page in enumerate(document.pages):
        yield from _page(page, titled=place > 0 or not alone)


def _page(page: PageRow, titled: bool) -> Iterator[Section]:
    """Give a page: its text, then facts, numbers and what else to read."""
    texts = tuple(text.replace("`", "") for text in (page.text, page.formula) if text)
    facts = tuple((label, text.replace("`", "")) for label, text in page.facts.items())
    table = Table(("fact", "text"), facts, left=(0, 1)) if facts else None
    title = f"{page.what} {page.name}: {page.title}" if titled else ""
    yield Section(title, texts, table)
    if page.numbers:
        yield Section(table=_numbers(page.numbers, "Limits"))
    if page.see:
        yield Section(notes=(f"see also: {', '.join(page.see)}",))


def _component(document: ExplanationDocument) -> Iterator[Section]:
    words = {key: "on" if value is True else value or "off" for key, value in document.choices.items()}
    choices = ", ".join(f"{key} {word}" for key, word in words.items())
    texts = (
        _flowing(document.text), f"set to: {choices}" if choices else "", document.formula, document.note,
        *document.problems,
    )  # fmt: skip
    if any(texts):
        yield Section(paragraphs=tuple(text for text in texts if text))
    if document.costs:
        sampled = any(row.area.interval for row in document.costs)
        title = f"Unit costs in {document.network} on {document.technology}" + (" (90 % interval)" if sampled else "")
        scaled = tuple(f"scaled: {text}" for text in dict.fromkeys(t for row in document.costs for t in row.scaled))
        yield Section(table=_costs(document.costs, title), notes=scaled)
    if document.range:
        yield Section(table=_ranges(document.range))
    if document.numbers:
        yield Section(table=_numbers(document.numbers, "Parameters"))
    if document.keys:
        yield Section(table=keys_table(document.keys, "Fields"))
    for law in document.laws:
        texts = (law.formula, _flowing(law.text), law.note)
        paragraphs = tuple(text for text in texts if text)
        yield Section(f"Law {law.name}: {law.title}", paragraphs, _numbers(law.numbers) if law.numbers else None)
    sources = {s.key: s for row in _all_numbers(document) for s in row.source}
    if sources:
        yield Section(
            "Sources", notes=tuple(f"{key}: {s.title}  {s.link}".rstrip() for key, s in sorted(sources.items()))
        )


def _flowing(text: str) -> str:
    """Return a docstring without its markup and its line breaks, but for those between paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in text.replace("``", "").split("\n\n"))


def _all_numbers(document: ExplanationDocument) -> Iterator[Number]:
    parts: tuple[ExplanationDocument | LawPart, ...] = (document, *document.laws)
    for part in parts:
        yield from part.numbers


def _costs(costs: Sequence[ExplainedCost], title: str) -> Table:
    rows = tuple(
        (
            f"{row.component} ({row.architecture})", value_cell(row.area, "m^2"), value_cell(row.action_energy, "J"),
            value_cell(row.latency, "s"), value_cell(row.leakage, "W"), value_cell(row.power, "W"),
        )
        for row in costs
    )  # fmt: skip
    return Table(("", "area", "action energy", "latency", "leakage", "static power"), rows, title)


def _ranges(ranges: Sequence[LawRange]) -> Table:
    rows = tuple(
        (
            f"{row.law}: {row.quantity}",
            *(format_value(v, row.unit) for v in (row.value, row.low, row.high)),
            row.outside,
        )
        for row in ranges
    )
    return Table(("law and quantity", "here", "from", "to", "outside"), rows, "Validity range")


def _numbers(numbers: Sequence[Number], title: str = "") -> Table:
    rows = []
    for row in numbers:
        span = " to ".join(format_value(v, row.unit) for v in row.range) if row.range else ""
        source = ", ".join(s.key for s in row.source)
        value = row.written or format_value(row.value, row.unit)
        rows.append((row.path, value, span, row.status, "; ".join(t for t in (source, row.note) if t)))
    return Table(("", "value", "90 % range", "status", "source"), tuple(rows), title, left=(0, 3, 4))


def catalog_sheet(document: CatalogDocument) -> Sheet:
    """Return the files that have a name, by kind; where they are from, if not all are shipped; and what they hide."""
    sections = []
    foreign = any(row.origin != SHIPPED for row in document.files)
    heads = ("name", "title", "from") if foreign else ("name", "title")
    for kind, plural in PLURAL.items():
        found = [row for row in document.files if row.kind == kind]
        rows = tuple((row.name, row.title, row.origin)[: len(heads)] for row in found)
        notes = tuple(HIDDEN.format(row.name, row.origin, other) for row in found for other in row.hidden)
        if rows:
            sections.append(Section(plural, table=Table(heads, rows, left=tuple(range(len(heads)))), notes=notes))
    return Sheet("", "", tuple(sections))


def file_check_line(document: FileCheckDocument) -> str:
    """Return one line on a valid file."""
    counts = f"{document.numbers} numbers, {document.assumed} of them assumed, {document.unsourced} without a source"
    if document.kind == "scenario":
        counts = f"{document.assumptions} assumptions"
    note = f" ({document.note})" if document.note else ""
    return f"{document.file}: valid; {document.kind} with {counts}{note}"


def file_check_sheet(document: FileCheckDocument) -> Sheet:
    """Return the check of a file."""
    notes = tuple(f"{warning.where}: {warning.code}: {warning.message}" for warning in document.warnings)
    line = Section(paragraphs=(file_check_line(document), *notes))
    return Sheet("", "", (line, *(() if document.derived is None else derived_sections(document.derived))))


def shown_text(document: TechnologyDocument) -> str:
    """Return a technology as YAML, and below it what follows from it as comments, so that the text is a file again."""
    lines = [text for section in derived_sections(document.derived) for text in _plain(section)]
    return document.yaml + "".join(f"# {line}".rstrip() + "\n" for line in ("", *lines))


def _plain(section: Section) -> Iterator[str]:
    """Give a section as lines of text."""
    title = section.title or (section.table.title if section.table else "")
    yield from (title,) if title else ()
    if section.table is not None:
        width = max(len(str(row[0])) for row in section.table.rows)
        yield from (f"  {row[0]!s:<{width}}  {text_of(row[1])}" for row in section.table.rows)
    for item in section.items:
        yield f"  {item.head}: {item.text}"
        yield from (f"    {note}" for note in item.notes)
    yield from (f"  {note}" for note in section.notes)


def derived_sections(derived: Derived) -> tuple[Section, ...]:
    """Return what follows from a technology's numbers: its figures, and how large a subarray may be."""
    rows = tuple((row.title, value_cell(row.figure, row.unit)) for row in derived.figures)
    title = f"What follows (settling of a full {derived.rows}x{derived.cols}; 90 % intervals)"
    found = [Section(table=Table(("", "value"), rows, title))] if rows else []
    if derived.sound:
        lines = tuple(Item("", each.architecture, _size(each), _limits(each, derived.sizes)) for each in derived.sound)
        found.append(Section("Largest sound subarray (lines of a full square, verdict works)", items=lines))
    if derived.problems:
        found.append(Section(notes=derived.problems))
    return tuple(found)


def _size(sound: SoundSize) -> str:
    """Return the largest sound size: ``32x32``, or ``none; 256x256 but for heat, which no size clears``."""
    if sound.lines is not None:
        return f"{sound.lines}x{sound.lines}"
    always = ", ".join(dict.fromkeys(limit.code for limit in sound.limits if not limit.clear))
    if sound.by_size is None or not always:
        return "none"
    return f"none; {sound.by_size}x{sound.by_size} but for {always}, which no size clears"


def _limits(sound: SoundSize, sizes: Sequence[int]) -> tuple[str, ...]:
    """Return at which sizes each check is clear: ``ir_drop (signal of the last column): clear up to 8x8``."""
    texts = []
    for limit in sound.limits:
        first, last = min(limit.clear, default=0), max(limit.clear, default=0)
        ends = [f"from {first}x{first}"] if first > min(sizes) else []
        ends += [f"up to {last}x{last}"] if last < max(sizes) else []
        texts.append(f"{limit.code} ({limit.quantity}): clear {' '.join(ends) if limit.clear else 'at no size'}")
    return tuple(texts)
