"""A comparison as one offline HTML file, the same bytes for the same document."""

from __future__ import annotations

from imac_arch.document.comparison import ComparisonDocument
from imac_arch.show.report.details import (
    adc_section,
    batch_section,
    breakdown_section,
    components_section,
    exact_section,
    neglected_section,
    tiles_section,
)
from imac_arch.show.report.figures import figures
from imac_arch.show.report.html import MARK, Html, escape, heading, joined, paragraph, warnings_list, whole_page
from imac_arch.show.report.sources import footer, numbers_section
from imac_arch.show.report.summary import cycles_section, headlines, plane_section, results, scenario_section
from imac_arch.show.sentences import conditions_line

__all__ = ["MARK", "render"]


def render(document: ComparisonDocument) -> str:
    """Return the report of a document.

    Nothing in it depends on when, where or by whom it is made, and a browser fetches nothing for it.
    """
    drawn = figures(document)
    given = document.conditions
    parts = [
        headlines(document),
        results(document, drawn),
        cycles_section(document),
        scenario_section(document),
        plane_section(drawn),
        breakdown_section(document, drawn),
        components_section(document),
        tiles_section(document),
        exact_section(document),
        batch_section(document, drawn),
        adc_section(document, drawn),
        heading("Warnings", name="warnings"),
        warnings_list(document.warnings),
        neglected_section(document),
        numbers_section(document.provenance),
    ]
    names = [technology.name for technology in document.technologies]
    below = footer(
        document.generator, given.seed, given.samples, document.command, given.overrides, document.hashes
    )  # fmt: skip
    return whole_page(
        f"{document.network.name} on {', '.join(names)}", _header(document), joined(p for p in parts if p), below,
        generator=document.generator, drawn=drawn,
    )  # fmt: skip


def _header(document: ComparisonDocument) -> Html:
    names = " and ".join(technology.name for technology in document.technologies)
    links = {
        "main": "Results", "scenario": "Scenario" if document.scenario else "", "plane": "Power and area",
        "breakdown": "Breakdown", "components": "Components", "tiles": "Tiles" if document.mapping else "",
        "exact": "Closed forms" if document.exact else "", "batch": "GPU batch" if document.batch_curve else "",
        "adc": "Converter laws" if document.adc_scenarios else "", "warnings": f"Warnings ({len(document.warnings)})",
        "neglected": "Neglected", "provenance": "Every number",
    }  # fmt: skip
    menu = "".join(f'<li><a href="#{name}">{escape(text)}</a></li>\n' for name, text in links.items() if text)
    return Html(
        f"<header>\n<h1>{escape(document.network.name)} on {escape(names)}</h1>\n{paragraph(_sentence(document))}\n"
        f"{paragraph(f'{conditions_line(document)}.', soft=True)}\n</header>\n"
        f'<nav aria-label="Sections"><ul>\n{menu}</ul></nav>'
    )


def _sentence(document: ComparisonDocument) -> str:
    network = document.network
    titles = ", ".join(dict.fromkeys(row.title for row in document.architectures))
    widths = "-".join([str(network.layers[0].fan_in), *(str(layer.fan_out) for layer in network.layers)])
    return (
        f"One inference of a {widths} perceptron ({network.macs:,} multiply-accumulates) by {titles}; "
        "from input bits registered at the edge to the winning class, the same for all."
    )
