"""The report on neurons: one offline file in the form of the other reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imac_arch.data.units import format_like, format_value
from imac_arch.show.report.figures import COLOURS, bars, curve_figure, log_axis, scatter_figure
from imac_arch.show.report.render import page
from imac_arch.show.tables import neuron_cells, neuron_claim, neuron_heads, transfer_sentence

__all__ = ["neuron_figures", "render_neurons"]


def render_neurons(document: Mapping[str, Any]) -> str:
    """Return the report of a comparison of neurons, the same bytes for the same document."""
    figures = neuron_figures(document)
    return page(
        "neurons.html.j2",
        figures,
        document=document,
        figures=figures,
        node=format_value(document["node"], "m"),
        heads=neuron_heads(document),
        rows=[[_split(cell) for cell in neuron_cells(row)] for row in document["neurons"]],
        ratio_heads=["neuron", "node", "power", "area", "latency", "energy", "PAP", "PAP, equal rate"],
        ratios=[[_split(cell) for cell in _ratios(row)] for row in document["neurons"] if row["ratios"]],
        claims=[neuron_claim(claim) for claim in document["claims"]],
        rivals=[[c["claim"], *_rival(r)] for c in document["claims"] for r in c["rivals"]],
        curve=document["transfer"],
        transfer=transfer_sentence(document),
        curve_rows=_curve_rows(document["transfer"]),
        carried=[f"{row['name']}: {text}" for row in document["neurons"] for text in row["scaled"]],
        numbers=[_number(row) for row in document["provenance"]],
        unsourced=sum(not row["sourced"] for row in document["provenance"]),
    )


def neuron_figures(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures: power-area product, power against area, and the transfer curve of an analog neuron."""
    rows = [row for row in document["neurons"] if row["name"] != "analog" or row["at"] == "one node"]
    heads = [f"{row['name']}, {format_value(row['node'], 'm')}" for row in rows]
    colours = [COLOURS["imac"] if row["analog"] else COLOURS["digital"] for row in rows]
    found = {
        "fig-pap": bars(
            [_ended(row) for row in rows], heads, colours, "pap", 1e12 * 1e6, "power-area product [µW µm²]", down=True
        )
    }
    points = [
        {
            "head": head, "colour": colour, "x": row["area"] * 1e12, "y": row["power"] * 1e6,
            "x_limits": _span(row, "area", 1e12), "y_limits": _span(row, "power", 1e6),
        }
        for row, head, colour in zip(rows, heads, colours, strict=True)
    ]  # fmt: skip
    areas, powers = ([p[axis] for p in points] + [v for p in points for v in p[f"{axis}_limits"]] for axis in "xy")
    axes = {"xaxis": log_axis("area [µm²]", areas), "yaxis": log_axis("power [µW]", powers)}
    if max(powers) < 100 * min(powers):
        axes["yaxis"] |= {"dtick": "D2", "exponentformat": "none"}  # 1, 2 and 5 of every decade
    found["fig-plane"] = scatter_figure(points, "µm²", "µW", **axes)
    curve = document["transfer"]
    if curve is not None:
        lines = {"inverter with divider": curve["output"], "logistic, as steep in the middle": curve["logistic"]}
        band = (curve["low"], curve["high"])
        found["fig-transfer"] = curve_figure(curve["input"], band, lines, "input [V]", "output [V]")
    return {name: figure for name, figure in found.items() if figure is not None}


def _ended(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row whose intervals have named ends, as those of architectures have."""
    ends = {
        name: dict(zip(("low", "high"), limits or (None, None), strict=True))
        for name, limits in row["intervals"].items()
    }
    return {**row, "intervals": ends}


def _curve_rows(curve: Mapping[str, Any] | None) -> list[list[str]]:
    """Return every second point of the transfer curve as text."""
    if curve is None:
        return []
    columns = [curve[name][::2] for name in ("input", "output", "low", "high", "logistic")]
    return [
        [f"{x:+.2f} V", f"{y:.3f} V", f"{low:.3f} to {high:.3f} V", f"{ideal:.3f} V"]
        for x, y, low, high, ideal in zip(*columns, strict=True)
    ]


def _split(cell: str) -> dict[str, str]:
    """Return a value and its interval apart, for the interval stands below."""
    value, _, span = cell.partition(" [")
    return {"value": value, "span": span.removesuffix("]").replace(", ", " to ", 1) if span else ""}


def _span(row: Mapping[str, Any], name: str, scale: float) -> Sequence[float]:
    return [end * scale for end in row["intervals"][name] or [row[name]] * 2]


def _ratios(row: Mapping[str, Any]) -> list[str]:
    cells = []
    for name in ("power", "area", "latency", "energy", "pap", "pap_equal_throughput"):
        ratio = row["ratios"][name]
        span = "" if ratio.get("low") is None else f" [{_short(ratio['low'])}, {_short(ratio['high'])}]"
        cells.append(f"{format_value(ratio['value'], '')}x{span}")
    return [row["name"], format_value(row["node"], "m"), *cells]


def _short(value: float) -> str:
    return format_value(value, "", 2)


def _rival(row: Mapping[str, Any]) -> list[str]:
    inside = f"{row['share_inside']:.0%} of draws"
    return [row["name"], format_value(row["node"], "m"), f"{format_value(row['ratio'], '')}x", row["verdict"], inside]


def _number(row: Mapping[str, Any]) -> dict[str, Any]:
    span = "—" if not row["range"] else " to ".join(format_like(row["written"], v, row["unit"]) for v in row["range"])
    return {**row, "shown": row["written"] or format_value(row["value"], row["unit"]), "span": span}
