"""A comparison as one offline HTML file, the same bytes for the same document."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.document.comparison import ComparisonDocument, NeglectedRow
from imac_arch.document.shapes import Finding, Generator
from imac_arch.show.accuracy import accuracy_details, accuracy_notes, how_found
from imac_arch.show.choices import Shown, choices
from imac_arch.show.comparison import scenario_tables, subjects
from imac_arch.show.drives import drive_items
from imac_arch.show.exact import exact_table, images_text, not_solved
from imac_arch.show.ranking import ranking_table
from imac_arch.show.report.answer import Answer, answer
from imac_arch.show.report.details import Batch, Bill, Layer, batch, bills, components, layers, neglected
from imac_arch.show.report.figures import figures
from imac_arch.show.report.html import page
from imac_arch.show.report.name import design_key
from imac_arch.show.report.sources import Numbers, numbers
from imac_arch.show.report.summary import Headline, cycles, headlines, ratios, summary
from imac_arch.show.sentences import (
    columns,
    conditions_line,
    judged_baseline,
    programming_lines,
    scenario_banner,
    scenario_lines,
    variant,
)
from imac_arch.show.sheet import Item, Table
from imac_arch.show.verdict import best_line, check_items, note_text, together_lines, verdict_items

__all__ = ["Report", "render"]


class Report(NamedTuple):
    """What ``report.html.j2`` shows, from top to bottom; None or empty where there is nothing to show."""

    generator: Generator
    design: str
    title: str
    variant: str
    banner: str
    document: ComparisonDocument
    technologies: tuple[str, ...]
    sentence: str
    conditions: str
    baseline: str
    subjects: tuple[str, ...]
    verdicts: tuple[Item, ...]
    best: str
    together: tuple[str, ...]
    headlines: tuple[Headline, ...]
    answer: Answer
    drives: tuple[Item, ...]
    ranking: Table | None
    summary: Table
    ratios: Table | None
    cycles: tuple[Table, ...]
    scenario: tuple[Table, Table] | None
    scenario_lines: tuple[str, ...]
    accuracy: Table | None
    accuracy_how: str
    accuracy_notes: tuple[str, ...]
    bills: tuple[Bill, ...]
    components: Table
    layers: tuple[Layer, ...]
    programming: tuple[str, ...]
    exact: Table | None
    not_solved: tuple[str, ...]
    images: str
    batch: Batch | None
    choices: tuple[Shown, ...]
    checks: tuple[Item, ...]
    notes: tuple[Finding, ...]
    neglected: dict[str, tuple[NeglectedRow, ...]]
    numbers: Numbers


def render(document: ComparisonDocument) -> str:
    """Return the report of a document.

    Nothing in it depends on when, where or by whom it is made, and a browser fetches nothing for it.
    """
    return page("report.html.j2", _report(document), figures(document), document)


def _report(document: ComparisonDocument) -> Report:
    judged = [row.accuracy for row in columns(document) if row.accuracy is not None]
    names, changed = tuple(technology.name for technology in document.technologies), variant(document)
    return Report(
        generator=document.generator,
        design=design_key(document),
        title=f"{document.network.name} on {', '.join(names)}" + (f" with {changed}" if changed else ""),
        variant=changed,
        banner=scenario_banner(document),
        document=document,
        technologies=names,
        sentence=_sentence(document),
        conditions=conditions_line(document),
        baseline=judged_baseline(document),
        subjects=tuple(sorted(subjects(document))),
        verdicts=verdict_items(document),
        best=best_line(document),
        together=together_lines(document),
        headlines=headlines(document),
        answer=answer(document),
        drives=drive_items(document),
        ranking=ranking_table(document, spans=True),
        summary=summary(document),
        ratios=ratios(document),
        cycles=cycles(document),
        scenario=scenario_tables(document.scenario) if document.scenario else None,
        scenario_lines=scenario_lines(document.scenario) if document.scenario else (),
        accuracy=accuracy_details(judged) if judged else None,
        accuracy_how=how_found(judged),
        accuracy_notes=accuracy_notes(judged),
        bills=bills(document),
        components=components(document),
        layers=layers(document),
        programming=programming_lines(document),
        exact=exact_table(document.exact) if document.exact else None,
        not_solved=not_solved(document),
        images=images_text(document.conditions.inputs) if document.conditions.inputs else "",
        batch=batch(document),
        choices=choices(document),
        checks=check_items(document),
        notes=tuple(
            finding._replace(message=note_text(finding))
            for finding in dict.fromkeys(document.warnings)
            if finding.severity == "note"
        ),
        neglected=neglected(document),
        numbers=numbers(document.provenance),
    )


def _sentence(document: ComparisonDocument) -> str:
    network = document.network
    titles = ", ".join(dict.fromkeys(row.title for row in document.architectures))
    widths = "-".join([str(network.layers[0].fan_in), *(str(layer.fan_out) for layer in network.layers)])
    return (
        f"One inference of a {widths} perceptron ({network.macs:,} multiply-accumulates) by {titles}; "
        "from input bits registered at the edge to the winning class, the same for all."
    )
