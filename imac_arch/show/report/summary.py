"""The first screen of a report: headlines, summary, ratios, and what a scenario reproduces."""

from __future__ import annotations

from collections.abc import Mapping

from imac_arch.document.comparison import ComparisonDocument
from imac_arch.show.comparison import ratio_table, scenario_tables, subjects, summary_table
from imac_arch.show.report.html import Html, escape, heading, joined, paragraph, plot, table
from imac_arch.show.sheet import Table
from imac_arch.show.values import ratio_cell, show_metric

__all__ = ["cycles_section", "headlines", "plane_section", "results", "scenario_section"]

NOTHING = Html("")


def headlines(document: ComparisonDocument) -> Html:
    """Return the ratios of the subject that open the report."""
    titles = {metric.name: metric.title for metric in document.metrics if metric.headline}
    many, about = len(document.technologies) > 1, subjects(document)
    heads = []
    for ratio in document.ratios:
        if ratio.architecture in about and ratio.metric in titles and ratio.value is not None:
            cell, where = ratio_cell(ratio), f" on {ratio.technology}" if many else ""
            text = f"{titles[ratio.metric]}, {ratio.architecture}{where} against {ratio.baseline}"
            span = f"<span>90 % interval {escape(' to '.join(cell.ends))}</span>" if cell.ends else ""
            heads.append(f'<div class="head"><b>{escape(cell.value)}</b><span>{escape(text)}</span>{span}</div>')
    if not heads:
        return NOTHING
    count = len(document.warnings)
    link = f' <a href="#warnings">{count} warnings</a> state the limits of these figures.' if count else ""
    favours = escape(f"Above 1 favours {', '.join(sorted(about))}.")
    return Html('<div class="heads">\n' + "\n".join(heads) + f'\n</div>\n<p class="soft">{favours}{link}</p>')


def results(document: ComparisonDocument, drawn: Mapping[str, object]) -> Html:
    """Return the figures and tables of the summary."""
    captions = {
        "fig-pap": (
            "Power-area product of each architecture",
            "Power-area product, log scale, with 90 % intervals: lower is better, but it rewards slowness, so read it "
            "beside the throughput.",
        ),
        "fig-throughput": (
            "Throughput of each architecture",
            "Inferences per second, log scale, with 90 % intervals: higher is better.",
        ),
    }
    plots = joined(plot(name, *texts) for name, texts in captions.items() if name in drawn)
    buttons = " ".join(
        f'<button type="button" data-copy-table="summary" data-format="{kind}">Copy as {kind}</button>'
        for kind in ("CSV", "Markdown", "LaTeX")
    )
    summary = summary_table(document)
    named = Table(("metric", *summary.heads[1:]), summary.rows)
    parts = [
        Html(f'<div class="pair">\n{plots}\n</div>'),
        table(named, "Summary", name="summary"),
        Html(f"<p>{buttons}</p>"),
    ]
    ratios = ratio_table(document)
    if ratios is not None:
        parts.append(heading(f"Against {document.conditions.baseline}", 3))
        text = "Above 1 favours the architecture. Value at the medians of all inputs, 90 % interval of the ratio over "
        parts.append(paragraph(f"{text}shared draws.", soft=True))
        parts.append(table(Table(("metric", *ratios.heads[1:]), ratios.rows), "Ratios against the baseline"))
    return joined(parts)


def cycles_section(document: ComparisonDocument) -> Html:
    """Return settled beside declared timing: every metric of the summary that differs between the two."""
    tables = []
    for row in document.architectures:
        if row.declared is None:
            continue
        lines = []
        for metric in document.metrics:
            settled, declared = row.settled[metric.name].value, row.declared[metric.name].value
            if metric.summary and settled != declared:
                lines.append((metric.title, show_metric(metric, settled), show_metric(metric, declared)))
        name = f"{row.name} on {row.technology}"
        tables.append(table(Table((name, "settled", "declared"), tuple(lines)), f"Settled and declared, {name}"))
    if not tables:
        return NOTHING
    text = (
        "Settled: a layer is done when its lines and amplifiers have settled. Declared: the cycle time that the "
        f"technology states for the whole network. The other tables are {document.conditions.timing}."
    )
    pair = Html(f'<div class="pair">{joined(tables)}</div>')
    return joined([heading("Settled and declared", 3), paragraph(text, soft=True), pair])


def scenario_section(document: ComparisonDocument) -> Html:
    """Return the targets of a scenario and the result without each of its assumptions."""
    scenario = document.scenario
    if scenario is None:
        return NOTHING
    targets, without = scenario_tables(scenario)
    text = "What was published, the result under its assumptions, and the result by default. No number is fitted to it."
    return joined([
        heading(f"Scenario {scenario.name}", name="scenario"),
        paragraph(f"{scenario.title}. {text}"),
        table(targets, "Targets of the scenario"),
        heading("Ablation: the result without each assumption", 3),
        paragraph("The figures when one assumption is removed and all others stay.", soft=True),
        table(without, "Result without each assumption"),
    ])  # fmt: skip


def plane_section(drawn: Mapping[str, object]) -> Html:
    """Return power against area."""
    text = (
        "Each point is one architecture with its 90 % intervals; dotted lines join equal power-area products, two "
        "decades apart. Down and left is better. The table is the summary above."
    )
    label = "Power against area with lines of equal product"
    shown = plot("fig-plane", label, text) if "fig-plane" in drawn else NOTHING
    return joined([heading("Power and area", name="plane"), shown])
