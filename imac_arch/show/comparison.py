"""A comparison as tables and as the sheet of the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from imac_arch.data.units import format_value
from imac_arch.document.comparison import ArchitectureRow, ComparisonDocument, Ratio
from imac_arch.document.shapes import MetricRow
from imac_arch.document.studied import Reproduction, TargetRow
from imac_arch.show.accuracy import accuracy_lines, unknown_accuracies
from imac_arch.show.choices import choice_section
from imac_arch.show.drives import DRIVES, drive_items
from imac_arch.show.exact import exact_table, images_text, not_solved
from imac_arch.show.ranking import ranking_table
from imac_arch.show.sentences import (
    break_even_lines,
    columns,
    conditions_line,
    heading,
    judged_baseline,
    judged_beside,
    programming_lines,
    scenario_banner,
    scenario_lines,
    workload_line,
)
from imac_arch.show.sheet import FAILS, Cell, Row, Section, Sheet, Table
from imac_arch.show.values import metric_cell, ratio_cell, ratio_words, show_metric
from imac_arch.show.verdict import best_line, check_items, notes_section, standing_items, together_lines, verdict_items

__all__ = ["comparison_sheet", "ratio_table", "scenario_tables", "subjects", "summary_table"]

WRAP = 70  # width of an assumption on the terminal
WIDEST = 8  # designs that stand side by side on the terminal
WIDE = "Every metric of each design, and its ratios, stand in the report, in --json and in csv."
BESIDE = "In parentheses: the same design under this project's defaults."
FAILING = "† a figure of a design that fails: it does not do what the figure is for."


def comparison_sheet(document: ComparisonDocument) -> Sheet:
    """Return the summary, the ratios, what was asked for beside, and the warnings."""
    return Sheet(workload_line(document), conditions_line(document), tuple(_sections(document)))


def _sections(document: ComparisonDocument) -> Iterator[Section]:
    if document.scenario is not None:
        yield Section(scenario_banner(document))
    yield Section("Verdict", items=verdict_items(document))
    standing, best = standing_items(document), best_line(document)
    if standing or best:
        title = f"Against {document.conditions.baseline}" if standing else "Who is ahead"
        yield Section(title, (best,) if best else (), items=standing)
    if document.drives:
        yield Section(DRIVES, items=drive_items(document))
    checks = check_items(document)
    if checks:
        yield Section("Why, and what would change it", together_lines(document), items=checks)
    notes: tuple[str, ...] = (FAILING,) if any(row.verdict == FAILS for row in document.architectures) else ()
    beside_of = (BESIDE,) if document.scenario is not None else ()
    ranking = ranking_table(document) if len(document.technologies) > 1 else None
    if ranking is not None:
        yield Section(table=ranking, notes=notes)
    notes += tuple(f"No accuracy: {reason}." for reason in unknown_accuracies(document.architectures))
    wide = len(columns(document)) > WIDEST
    yield Section(notes=(WIDE,)) if wide else Section(table=summary_table(document), notes=notes + beside_of)
    ratios = None if wide else ratio_table(document)
    if ratios is not None:
        yield Section(table=ratios, notes=beside_of)
    beside = choice_section(document)
    if beside is not None:
        yield beside
    if document.scenario is not None:
        reached, without = scenario_tables(document.scenario)
        yield Section(table=reached, notes=scenario_lines(document.scenario))
        yield Section(table=without)
    if document.exact:
        given = document.conditions.weights == "given"
        what = "every subarray of the given weights" if given else "one subarray of random weights"
        if document.conditions.inputs:
            what += f"; every subarray of layer 1 with {images_text(document.conditions.inputs)}"
        table = exact_table(document.exact)
        skip = 0 if len(document.technologies) > 1 else 1
        rows = tuple(row[skip:] for row in table.rows)
        title = f"Closed forms against the exact network, {what}"
        yield Section(table=Table(table.heads[skip:], rows, title), notes=not_solved(document))
    about = [row for row in document.break_even if row.architecture in subjects(document)]
    lines = (*break_even_lines(document, about), *programming_lines(document))
    if lines:
        yield Section(paragraphs=lines)
    yield notes_section(document.warnings)


def subjects(document: ComparisonDocument) -> set[str]:
    """Return the architectures that headlines are about."""
    return {row.name for row in document.architectures if row.subject}


def summary_table(document: ComparisonDocument) -> Table:
    """Return the metrics that people read as rows, architectures as columns."""
    shown = columns(document)
    rows: list[Row] = [("verdict", *(row.verdict for row in shown))]
    if any(row.accuracy is not None and row.accuracy.value is not None for row in shown):
        rows += accuracy_lines([row.accuracy for row in shown])
    rows += [
        (
            metric.title,
            *(
                metric_cell(metric, row.metrics[metric.name], mark=FAILS if row.verdict == FAILS else "")._replace(
                    beside=_default(row, metric)
                )
                for row in shown
            ),
        )
        for metric in document.metrics
        if metric.summary
    ]
    return Table(("", *(heading(document, row) for row in shown)), tuple(rows), spans=False, turns=True)


def ratio_table(document: ComparisonDocument) -> Table | None:
    """Return the ratios of the summary's metrics against the baseline; None where nothing stands beside it."""
    if not document.ratios:
        return None
    shown = judged_beside(document)
    rows: list[Row] = []
    for metric in document.metrics:
        if metric.summary and metric.ratio:
            rows.append((metric.title, *(_ratio(own.get(metric.name), metric) for _, own in shown)))
    said = " (90 % interval; undecided where it contains 1)" if document.conditions.samples else ""
    title = f"Against {judged_baseline(document)}{said}"
    return Table(("", *(head for head, _ in shown)), tuple(rows), title, turns=True)


def _default(row: ArchitectureRow, metric: MetricRow) -> str:
    """Return what a design has under this project's defaults, empty but in a scenario."""
    return "" if row.by_default is None else show_metric(metric, row.by_default.get(metric.name))


def _ratio(ratio: Ratio | None, metric: MetricRow) -> Cell:
    cell = ratio_cell(ratio, metric.words)
    default = None if ratio is None else ratio.by_default
    return cell if default is None else cell._replace(beside=ratio_words(default, metric.words))


def scenario_tables(scenario: Reproduction) -> tuple[Table, Table]:
    """Return the targets of a scenario, and the result without each assumption."""
    targets = tuple(_target(target) for target in scenario.targets)
    reached = Table(
        ("claim", "published", "under its assumptions", "by default", "verdict", "source"),
        targets,
        f"Scenario {scenario.name} on {scenario.network}: published, under its assumptions, and by default",
        left=(0, 4, 5),
    )
    without = []
    for row in scenario.assumptions:
        values = row.without or (None,) * len(scenario.targets)
        cells = (format_value(v, t.unit, 4) for v, t in zip(values, scenario.targets, strict=True))
        without.append((row.assumption + (f" ({row.note})" if row.note else ""), *cells))
    heads = tuple(
        f"{t.metric} of {t.baseline} over {t.architecture}" if t.baseline else t.metric for t in scenario.targets
    )
    title = "Ablation: the result without each assumption"
    return reached, Table(("without", *heads), tuple(without), title, wrap=WRAP)


def _target(target: TargetRow) -> Row:
    sign = "" if target.kind == "about" else f"{target.kind.replace('_', ' ')} "
    values = [format_value(v, target.unit, 4) for v in (target.published, target.value, target.default)]
    return target.claim, sign + values[0], values[1], values[2], target.status, Cell(target.source, link=target.source)
