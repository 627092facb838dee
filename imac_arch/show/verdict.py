"""Whether designs work, who is ahead and what would change it: marked lines for the terminal and the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imac_arch.document.comparison import ArchitectureRow, ComparisonDocument, Ratio
from imac_arch.document.judged import show_figure
from imac_arch.document.shapes import Finding, MetricRow, Remedy, Setting
from imac_arch.show.sentences import beside_baseline, columns, heading
from imac_arch.show.sheet import Item, Section
from imac_arch.show.values import ratio_cell, ratio_words

__all__ = [
    "best_line",
    "check_items",
    "note_text",
    "notes_section",
    "remedy_sentence",
    "standing_items",
    "together_lines",
    "verdict_items",
]

SHAPES = {"larger", "smaller", "slower", "faster"}  # words that say by themselves what is meant
ORDER = ("fails", "doubtful")
TINY, PERCENT = 1e-9, 0.01


def verdict_items(document: ComparisonDocument) -> tuple[Item, ...]:
    """Return one line a design: its verdict and the checks that decide it."""
    return tuple(Item(row.verdict, heading(document, row), _decided_by(row) + _sure(row)) for row in columns(document))


def _sure(row: ArchitectureRow) -> str:
    """Return in which share of the samples the verdict is another, where that is not none."""
    if row.works_in is None or row.fails_in is None:
        return ""
    shares = {"works": row.works_in, "fails": row.fails_in, "doubtful": 1 - row.works_in - row.fails_in}
    others = [
        f"{'is ' * (name == 'doubtful')}{name} in {_percent(share)}"
        for name, share in shares.items() if name != row.verdict and share > TINY
    ]  # fmt: skip
    return f" (the design {', '.join(others)} of samples)" if others else ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= PERCENT else "less than 1 %"


def _decided_by(row: ArchitectureRow) -> str:
    parts = []
    for status in ORDER:
        found = [f"{c.code} {show_figure(c.value, c.unit)}" for c in row.checks if c.status == status]
        if found:
            parts.append(("" if status == row.verdict else f"{status}: ") + ", ".join(found))
    clear = list(dict.fromkeys(check.code for check in row.checks if check.status == "clear"))
    parts = parts or ([f"clear: {', '.join(clear)}"] if clear else ["no check applies"])
    below = [f"{c.code} {show_figure(c.value, c.unit)}" for c in row.checks if c.status == "outranked"]
    return "; ".join([*parts, *([f"outranked by the accuracy: {', '.join(below)}"] if below else [])])


def together_lines(document: ComparisonDocument) -> tuple[str, ...]:
    """Return for each design that does not work an example of what makes it work, designs of the same one together."""
    same: dict[str, list[str]] = {}
    for row in columns(document):
        if row.clears_with:
            text = ", ".join(f"{s.knob} {_at(s)}" for s in row.clears_with)
            same.setdefault(text, []).append(heading(document, row))
    return tuple(
        f"All checks of {' and '.join(names)} are clear with {text}, for example." for text, names in same.items()
    )


def _at(setting: Setting) -> str:
    return show_figure(setting.value, setting.unit) if setting.unit else f"{setting.value:,.0f}"


def best_line(document: ComparisonDocument) -> str:
    """Return which design is best in each headline metric, of those that do not fail."""
    rows = [row for row in columns(document) if row.verdict != "fails"]
    if not rows:
        return "No design works: every figure below is of a design that fails."
    first: dict[str, list[str]] = {}
    for metric in document.metrics:
        known = [(value, row) for row in rows if (value := row.metrics[metric.name].value) is not None]
        if metric.headline and len(known) > 1:
            _, best = (min if metric.better == "lower" else max)(known, key=lambda each: each[0])
            doubt = " (doubtful)" if best.verdict == "doubtful" else ""
            first.setdefault(heading(document, best) + doubt, []).append(metric.title)
    some = f"Of {len(rows)} designs that do not fail" if len(rows) < len(columns(document)) else "Of all designs"
    parts = "; ".join(f"{name} in {', '.join(titles)}" for name, titles in first.items())
    return f"{some}, best at the medians: {parts}." if parts else ""


def standing_items(document: ComparisonDocument) -> tuple[Item, ...]:
    """Return one line a design against the baseline: where it is ahead, behind and undecided."""
    metrics = {metric.name: metric for metric in document.metrics if metric.headline}
    items = []
    for head, ratios in beside_baseline(document):
        own = [ratio for name, ratio in ratios.items() if name in metrics]
        if own:
            items.append(Item("", head, "; ".join(_standing(own, metrics))))
    return tuple(items)


def _standing(ratios: Sequence[Ratio], metrics: dict[str, MetricRow]) -> Iterator[str]:
    groups: dict[str, list[str]] = {"ahead": [], "behind": [], "undecided": []}
    for ratio in ratios:
        if ratio.value is None:
            continue
        metric, cell = metrics[ratio.metric], ratio_cell(ratio, metrics[ratio.metric].words)
        side = cell.mark or ("ahead" if ratio.value > 1 else "behind")
        words = ratio_words(ratio.value, metric.words)
        plain = words.rpartition(" ")[2] in SHAPES
        text = words if plain else f"{words} {metric.title}" if words[0].isdigit() else f"{metric.title} {words}"
        share = (
            ""
            if ratio.above is None or side != "undecided"
            else f" (in favour in {100 * ratio.above:.0f} % of samples)"
        )
        groups[side].append(text + share)
    for side, texts in groups.items():
        if texts:
            yield f"{side}: {', '.join(texts)}"


def check_items(document: ComparisonDocument) -> tuple[Item, ...]:
    """Return the checks that are not clear, each once with all designs that it doubts or fails, and what clears it."""
    groups: dict[tuple[str, str | None, str, str | None], list[Finding]] = {}
    for finding in document.warnings:
        if finding.severity != "note":
            key = (finding.code, finding.quantity, finding.severity, finding.technology)
            groups.setdefault(key, []).append(finding)
    many = len(document.technologies) > 1
    alike: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}  # what reads the same stands once
    for own in groups.values():
        worst = min(own, key=lambda finding: finding.margin or 0.0)
        names = ", ".join(dict.fromkeys(finding.architecture or "" for finding in own))
        more = "" if len({finding.value for finding in own}) == 1 else f" ({worst.architecture})"
        said = (worst.severity, worst.code, worst.message + more, remedy_sentence(worst.remedies))
        alike.setdefault(said, []).append((f"{names} on {worst.technology}" if many else names, worst.where))
    items = []
    for (mark, code, text, mended), every in alike.items():
        who, places = "; ".join(name for name, _ in every), ", ".join(dict.fromkeys(place for _, place in every))
        items.append(Item(mark, code, f"{who}: {text}", (f"{mended}  [{places}]".strip(),)))
    return tuple(sorted(items, key=lambda item: ORDER.index(item.mark)))


def remedy_sentence(remedies: Sequence[Remedy]) -> str:
    """Return what clears a check: ``clears from R_P 143 kΩ or up to 7 columns; no read voltage clears it``."""
    some = [_remedy(remedy) for remedy in remedies if remedy.value is not None]
    none = [remedy.knob if remedy.unit else f"number of {remedy.knob}" for remedy in remedies if remedy.value is None]
    parts = [f"clears {' or '.join(some)}"] if some else []
    if none:
        parts.append(f"no {' and no '.join(none)}{'' if some else ' alone'} clears it")
    return "; ".join(parts)


def _remedy(remedy: Remedy) -> str:
    bound = "from" if remedy.bound == "at_least" else "up to"
    if not remedy.unit:
        return f"{bound} {remedy.value:,.0f} {remedy.knob}"
    return f"{bound} {remedy.knob} {show_figure(remedy.value or 0.0, remedy.unit)}"


def note_text(note: Finding) -> str:
    """Return what a remark says, with what clears a check that is outranked."""
    mended = remedy_sentence(note.remedies)
    return f"{note.message}; {mended}" if mended else note.message


def notes_section(findings: Sequence[Finding]) -> Section:
    """Return the remarks, each once, or that there are none."""
    notes = dict.fromkeys(Item("", f.code, f"{note_text(f)}  [{f.where}]") for f in findings if f.severity == "note")
    return Section(f"Notes ({len(notes)})", items=tuple(notes)) if notes else Section(paragraphs=("No notes.",))
