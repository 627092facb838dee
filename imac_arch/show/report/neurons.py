"""The report on neurons: one offline file in the form of the other reports."""

from __future__ import annotations

from collections.abc import Sequence

from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.document.neurons import NeuronRow, NeuronsDocument, Transfer
from imac_arch.document.shapes import Figure, Generator
from imac_arch.show.neurons import claims_table, neuron_ratio_table, neurons_table, transfer_sentence
from imac_arch.show.report.html import page
from imac_arch.show.report.plots import PALETTE, SYMBOLS, Plot, Point, bars, curves, layout, legend, log_axis, points
from imac_arch.show.report.sources import Numbers, numbers
from imac_arch.show.sheet import Table

__all__ = ["NeuronsReport", "neuron_figures", "render_neurons"]

ANALOG, DIGITAL = PALETTE[0], PALETTE[2]


class NeuronsReport(NamedTuple):
    """What ``neurons.html.j2`` shows, from top to bottom; None or empty where there is nothing to show."""

    generator: Generator
    title: str
    document: NeuronsDocument
    node: str
    neurons: Table
    scaled: tuple[str, ...]
    ratios: Table
    transfer: str
    curve: Table | None
    claims: Table
    rivals: Table
    numbers: Numbers


def render_neurons(document: NeuronsDocument) -> str:
    """Return the report of a comparison of neurons, the same bytes for the same document."""
    view = NeuronsReport(
        generator=document.generator,
        title=f"Sigmoid neurons, {document.technology.name}",
        document=document,
        node=format_value(document.node, "m"),
        neurons=neurons_table(document),
        scaled=tuple(f"{row.name}: {line}" for row in document.neurons for line in row.scaled),
        ratios=neuron_ratio_table(document),
        transfer=transfer_sentence(document),
        curve=_curve(document.transfer) if document.transfer else None,
        claims=claims_table(document),
        rivals=_rivals(document),
        numbers=numbers(document.provenance),
    )
    return page("neurons.html.j2", view, neuron_figures(document), document)


def _curve(curve: Transfer) -> Table:
    """Return every second point of the transfer curve."""
    columns: tuple[Sequence[float], ...] = (curve.input, curve.output, curve.logistic)
    lines = [[f"{x:+.2f} V", f"{y:.3f} V", f"{ideal:.3f} V"] for x, y, ideal in zip(*columns, strict=True)]
    heads = ["input", "output", "logistic"]
    if curve.low is not None and curve.high is not None:
        heads.insert(2, "90 % interval")
        for line, low, high in zip(lines, curve.low, curve.high, strict=True):
            line.insert(2, f"{low:.3f} to {high:.3f} V")
    return Table(tuple(heads), tuple(map(tuple, lines[::2])))


def _share(part: float | None) -> str:
    return "—" if part is None else f"{part:.0%} of draws"


def _rivals(document: NeuronsDocument) -> Table:
    """Return every digital neuron beside every claim."""
    rows = tuple(
        (claim.claim, rival.name, format_value(rival.node, "m"), f"{format_value(rival.ratio.value, '')}x",
         rival.verdict, _share(rival.share_inside))
        for claim in document.claims
        for rival in claim.rivals
    )  # fmt: skip
    heads = ("claim", "neuron", "node", "ratio", "verdict", "inside in")
    return Table(heads, rows, "Each neuron against each claim", left=(0, 1, 4))


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
        band = None if curve.low is None or curve.high is None else (curve.low, curve.high)
        drawn["fig-transfer"] = curves(curve.input, band, lines, "input [V]", "output [V]")
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _repeated(row: NeuronRow, document: NeuronsDocument) -> bool:
    """Whether a row is that of the technology's own neuron, the first, at another node."""
    return row.name == document.neurons[0].name and row.at != document.neurons[0].at


def _ends(figure: Figure, scale: float) -> tuple[float, float]:
    ends, value = figure.interval, figure.value or 0.0
    return (ends.low * scale, ends.high * scale) if ends else (value * scale, value * scale)
