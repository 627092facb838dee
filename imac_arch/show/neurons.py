"""A comparison of neurons as tables and as the sheet of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from imac_arch.data.units import format_value
from imac_arch.document.neurons import ClaimRow, NeuronFigure, NeuronRow, NeuronsDocument
from imac_arch.document.shapes import Figure, Interval, Quotient
from imac_arch.show.sentences import samples_text
from imac_arch.show.sheet import Cell, Row, Section, Sheet, Table
from imac_arch.show.values import ratio_cell
from imac_arch.show.verdict import notes_section

__all__ = ["claims_table", "neuron_ratio_table", "neurons_sheet", "neurons_table", "transfer_sentence"]

WORDS = {"area": ("larger", "smaller"), "latency": ("slower", "faster")}  # else more and less
# a neuron is far smaller than a subarray: how many printed units one SI unit has, and the printed unit
_SMALL = {"W*m^2": (1e18, "µW·µm²"), "W*m^2*s^2": (1e36, "µW·µm²·ns²")}


def neurons_sheet(document: NeuronsDocument) -> Sheet:
    """Return the neurons, their ratios, the transfer curve in words and the published claims."""
    node, given = format_value(document.node, "m"), document.conditions
    sentence = transfer_sentence(document)
    claims = claims_table(document)
    return Sheet(
        f"Sigmoid neurons beside that of {document.technology.name}, at {node} and at their own node",
        f"{samples_text(given.samples, given.seed)}; every neuron at 100 % duty cycle",
        (
            Section(table=neurons_table(document)),
            Section(table=neuron_ratio_table(document, [f for f in document.figures if f.headline])),
            *([Section(paragraphs=(sentence,))] if sentence else []),
            Section(table=Table(claims.heads[:-1], tuple(row[:-1] for row in claims.rows), claims.title, claims.left)),
            notes_section(document.warnings),
        ),
    )


def neurons_table(document: NeuronsDocument) -> Table:
    """Return every neuron with its figures."""
    heads = [f"{f.title} [{_SMALL[f.unit][1]}]" if f.unit in _SMALL else f.title for f in document.figures]
    rows: list[Row] = []
    for row in document.neurons:
        cells = [_cell(figure, row.metrics[figure.name]) for figure in document.figures]
        error = "—" if row.error is None else format_value(row.error, "", 2)
        rows.append((row.name, _node(row), *cells, error))
    return Table(("neuron", "node", *heads, "error"), tuple(rows), left=(0, 1), spans=False)


def _node(row: NeuronRow) -> str:
    return format_value(row.node, "m") + ("" if row.at == "one node" else " (own)")


def _cell(declared: NeuronFigure, figure: Figure) -> Cell:
    span = figure.span
    ends = (_written(declared.unit, span.low, 2), _written(declared.unit, span.high, 2)) if span else None
    return Cell(_written(declared.unit, figure.value, 3), ends)


def _written(unit: str, value: float | None, digits: int) -> str:
    if unit not in _SMALL or value is None:
        return format_value(value, unit, digits)
    return format_value(value * _SMALL[unit][0], "", digits)


def neuron_ratio_table(document: NeuronsDocument, figures: Sequence[NeuronFigure] = ()) -> Table:
    """Return the neurons beside the analog one, in words, in all figures or in some."""
    shown = figures or document.figures
    rows: list[Row] = [
        (row.name, format_value(row.node, "m"), *(_beside(row.ratios[f.name], f.name) for f in shown))
        for row in document.neurons
        if row.ratios
    ]
    node = format_value(document.node, "m")
    title = f"Against the analog neuron at {node}" + (" (90 % interval)" if document.conditions.samples else "")
    return Table(("neuron", "node", *(figure.title for figure in shown)), tuple(rows), title, left=(0, 1))


def _beside(ratio: Quotient, name: str) -> Cell:
    """Return a neuron over the analog one in words: ``6.0x more [1.9x, 15x]``, or undecided."""
    if not ratio.value:
        return Cell("—")
    ends = ratio.interval and Interval(1 / ratio.interval.high, 1 / ratio.interval.low if ratio.interval.low else inf)
    return ratio_cell(Quotient(1 / ratio.value, ends, None), WORDS.get(name, ("more", "less")))


def claims_table(document: NeuronsDocument) -> Table:
    """Return every published claim with its verdict."""
    rows = tuple(_claim(claim) for claim in document.claims)
    return Table(("claim", "published", "verdict", "why", "source"), rows, "Published claims", left=(0, 1, 2, 3, 4))


def _claim(claim: ClaimRow) -> Row:
    low, high = (format_value(end, "") for end in (claim.low, claim.high))
    published = f"{low}x" if low == high else f"{low} to {high}x"
    return claim.claim, published, claim.verdict, claim.why, Cell(claim.source.key, link=claim.source.link)


def transfer_sentence(document: NeuronsDocument) -> str:
    """Return how steep the analog neuron is and how far from a logistic; nothing where it has no devices."""
    curve = document.transfer
    if curve is None:
        return ""
    ends = curve.slope.span
    span = f" [{format_value(ends.low, '', 3)}, {format_value(ends.high, '', 3)}]" if ends else ""
    text = f"The output is V/(1 + exp(s x)) with s = {format_value(curve.slope.value, '', 3)}{span} per volt"
    vdd = format_value(curve.vdd, "V")
    return f"{text}; the circuit deviates from that curve by at most {curve.error * 100:.2g} % of {vdd}."
