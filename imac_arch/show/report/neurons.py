"""The report on neurons: one offline file in the form of the other reports."""

from __future__ import annotations

from collections.abc import Mapping

from imac_arch.data.units import format_value
from imac_arch.document.neurons import NeuronRow, NeuronsDocument, Transfer
from imac_arch.document.shapes import Figure
from imac_arch.show.neurons import claims_table, neuron_ratio_table, neurons_table, transfer_sentence
from imac_arch.show.report.html import (
    Html,
    details,
    escape,
    heading,
    items,
    joined,
    paragraph,
    plot,
    table,
    warnings_list,
    whole_page,
)
from imac_arch.show.report.plots import PALETTE, SYMBOLS, Plot, Point, bars, curves, layout, legend, log_axis, points
from imac_arch.show.report.sources import footer, numbers_section
from imac_arch.show.sheet import Table

__all__ = ["neuron_figures", "render_neurons"]

ANALOG, DIGITAL = PALETTE[0], PALETTE[2]
NOTHING = Html("")


def render_neurons(document: NeuronsDocument) -> str:
    """Return the report of a comparison of neurons, the same bytes for the same document."""
    drawn, given = neuron_figures(document), document.conditions
    parts = [
        _results(document, drawn),
        _against(document),
        _transfer(document),
        _claims(document),
        joined([heading("Warnings", name="warnings"), warnings_list(document.warnings)])
        if document.warnings
        else NOTHING,
        numbers_section(document.provenance),
    ]
    below = footer(
        document.generator, given.seed, given.samples, document.command, given.overrides, document.hashes
    )  # fmt: skip
    return whole_page(
        f"Sigmoid neurons, {document.technology.name}", _header(document), joined(p for p in parts if p), below,
        generator=document.generator, drawn=drawn,
    )  # fmt: skip


def _header(document: NeuronsDocument) -> Html:
    node = format_value(document.node, "m")
    text = (
        f"The analog neuron of {document.technology.title} and digital ones, all at {node} and each at its own node; "
        "every neuron at 100 % duty cycle."
    )
    links = {"main": "Results", "ratios": "Against the analog neuron", "claims": "Published claims"}
    links |= {"transfer": "Transfer curve"} if document.transfer else {}
    menu = "".join(
        f'<li><a href="#{name}">{escape(text)}</a></li>'
        for name, text in (links | {"provenance": "Every number"}).items()
    )
    return Html(
        f"<header>\n<h1>Sigmoid neurons beside that of {escape(document.technology.name)}</h1>\n{paragraph(text)}\n"
        f'</header>\n<nav aria-label="Sections"><ul>{menu}</ul></nav>'
    )


def _results(document: NeuronsDocument, drawn: Mapping[str, object]) -> Html:
    captions = {
        "fig-pap": (
            "Power-area product of each neuron",
            "Power-area product, log scale, with 90 % intervals: lower is better, but it rewards slowness; the table "
            "below has the product at an equal rate.",
        ),
        "fig-plane": (
            "Power against area of each neuron",
            "Power and area of one neuron with 90 % intervals. Down and left is better.",
        ),
    }
    plots = joined(plot(name, *texts) for name, texts in captions.items() if name in drawn)
    buttons = " ".join(
        f'<button type="button" data-copy-table="summary" data-format="{kind}">Copy as {kind}</button>'
        for kind in ("CSV", "Markdown", "LaTeX")
    )
    text = (
        "Every neuron is evaluated at 100 % duty cycle, one activation per latency: power is what flows all the time "
        "and the energy of an activation over its latency, energy that power times the latency, PAP the power-area "
        "product. At an equal rate the slower neuron is replicated, which multiplies its PAP by the square of its "
        "latency. The error is the largest deviation from the sigmoid as a share of full scale: of a digital neuron "
        "bit by bit, rounding of its input included; of the analog one against the logistic below, without noise and "
        "mismatch."
    )
    scaled = [f"{row.name}: {line}" for row in document.neurons for line in row.scaled]
    return joined([
        Html(f'<div class="pair">\n{plots}\n</div>'),
        table(neurons_table(document), "Neurons", name="summary"),
        Html(f"<p>{buttons}</p>"),
        paragraph(text, soft=True),
        details("Numbers scaled between nodes", items(scaled)) if scaled else NOTHING,
    ])  # fmt: skip


def _against(document: NeuronsDocument) -> Html:
    text = (
        f"As multiples of the analog neuron's figure at {format_value(document.node, 'm')}; above 1 favours the analog "
        "neuron. 90 % intervals over shared draws."
    )
    shown = table(neuron_ratio_table(document), "Ratios against the analog neuron")
    return joined([heading("Against the analog neuron", name="ratios"), paragraph(text, soft=True), shown])


def _transfer(document: NeuronsDocument) -> Html:
    curve = document.transfer
    if curve is None:
        return NOTHING
    caption = (
        "Output over input with the 90 % band of the uncertain devices, beside the logistic of equal slope at 0 V."
    )
    return joined([
        heading("Transfer curve of the analog neuron", name="transfer"),
        paragraph(transfer_sentence(document)),
        plot("fig-transfer", "Output of the analog neuron over its input", caption),
        details("Table: transfer curve", table(_curve(curve), "Transfer curve")),
    ])  # fmt: skip


def _curve(curve: Transfer) -> Table:
    """Return every second point of the transfer curve."""
    columns = (curve.input, curve.output, curve.low, curve.high, curve.logistic)
    rows = tuple(
        (f"{x:+.2f} V", f"{y:.3f} V", f"{low:.3f} to {high:.3f} V", f"{ideal:.3f} V")
        for x, y, low, high, ideal in zip(*(column[::2] for column in columns), strict=True)
    )
    return Table(("input", "output", "90 % interval", "logistic"), rows)


def _claims(document: NeuronsDocument) -> Html:
    claims = claims_table(document)
    rivals = tuple(
        (claim.claim, rival.name, format_value(rival.node, "m"), f"{format_value(rival.ratio.value, '')}x",
         rival.verdict, f"{rival.share_inside:.0%} of draws")
        for claim in document.claims
        for rival in claim.rivals
    )  # fmt: skip
    heads = ("claim", "neuron", "node", "ratio", "verdict", "inside in")
    title = "Each neuron against each claim"
    parts = [
        heading("Published claims", name="claims"),
        table(Table(claims.heads, claims.rows, left=(0, 1, 2)), "Published claims", long=(3, 4)),
    ]
    return joined([*parts, details(title, table(Table(heads, rivals, left=(0, 1, 4)), title)) if rivals else NOTHING])


def neuron_figures(document: NeuronsDocument) -> dict[str, Plot]:
    """Return the figures: power-area product, power against area, and the transfer curve of an analog neuron."""
    rows = [row for row in document.neurons if not _repeated(row, document)]
    heads = [f"{row.name}, {format_value(row.node, 'm')}" for row in rows]
    colours = [ANALOG if row.analog else DIGITAL for row in rows]
    products = [row.metrics["pap"] for row in rows]
    drawn = {"fig-pap": bars(products, heads, colours, 1e18, "power-area product [µW µm²]", lying=True)}
    shown = [
        Point(head, colour, SYMBOLS[k % len(SYMBOLS)], (row.metrics["area"].value or 0.0) * 1e12,
              (row.metrics["power"].value or 0.0) * 1e6, _ends(row.metrics["area"], 1e12),
              _ends(row.metrics["power"], 1e6))
        for k, (row, head, colour) in enumerate(zip(rows, heads, colours, strict=True))
    ]  # fmt: skip
    areas = [v for p in shown for v in (p.x, *p.x_ends)]
    powers = [v for p in shown for v in (p.y, *p.y_ends)]
    upward = log_axis("power [µW]", powers)
    if max(powers) < 100 * min(powers):
        upward |= {"dtick": "D2", "exponentformat": "none"}  # 1, 2 and 5 of every decade
    drawn["fig-plane"] = layout(
        points(shown, "µm²", "µW"), 110 + 34 * len(shown), legend=legend(), xaxis=log_axis("area [µm²]", areas),
        yaxis=upward,
    )  # fmt: skip
    curve = document.transfer
    if curve is not None:
        lines = {"inverter with divider": curve.output, "logistic of equal slope": curve.logistic}
        drawn["fig-transfer"] = curves(curve.input, (curve.low, curve.high), lines, "input [V]", "output [V]")
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _repeated(row: NeuronRow, document: NeuronsDocument) -> bool:
    """Whether a row is that of the technology's own neuron, the first, at another node."""
    return row.name == document.neurons[0].name and row.at != document.neurons[0].at


def _ends(figure: Figure, scale: float) -> tuple[float, float]:
    ends, value = figure.interval, figure.value or 0.0
    return (ends.low * scale, ends.high * scale) if ends else (value * scale, value * scale)
