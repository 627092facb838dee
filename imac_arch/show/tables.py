"""A comparison as tables: tidy frames for work, and a summary for people."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imac_arch.data.units import format_value

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "EXACT",
    "RATIOS",
    "SUMMARY",
    "columns",
    "conditions_line",
    "exact_lines",
    "export",
    "heading",
    "metrics_frame",
    "neuron_cells",
    "neuron_claim",
    "neuron_heads",
    "neurons_export",
    "programming_lines",
    "show_metric",
    "show_ratio",
    "summary_frame",
    "transfer_sentence",
]  # fmt: skip

SUMMARY = (
    "power", "area", "pap", "throughput", "latency", "energy", "eap", "tops_per_watt", "tops_per_mm2", "utilization",
    "power_density",
)  # fmt: skip
RATIOS = ("power", "area", "pap", "throughput", "latency", "energy", "eap", "pap_equal_throughput")


def columns(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the architectures as columns; a board that is the same for every technology stands once."""
    rows = document["architectures"]
    return [row for row in rows if row["name"] != "gpu"] + [row for row in rows if row["name"] == "gpu"][:1]


def heading(document: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return how a column is called: the architecture, and what it runs on where that is not the same for all."""
    if row["name"] == "gpu":
        board = document.get("board") or {}
        return f"gpu ({board.get('name', '')})"
    many = len(document["technologies"]) > 1
    return f"{row['name']} ({row['technology']})" if many else str(row["name"])


def conditions_line(document: Mapping[str, Any]) -> str:
    """Return every condition that moves the result, in one line."""
    given = document["conditions"]
    texts = []
    for part in given["per_technology"]:
        size = part["subarray"]
        text = f"{size['rows']}x{size['cols']} subarrays, {part['read']} read, "
        text += f"{part['encoding']}, {part['bias_window']} bias"
        text += f", {part['adc_law']} ADC" if part["adc_law"] else ""
        texts.append(f"{part['technology']}: {text}" if len(given["per_technology"]) > 1 else text)
    bits = "; ".join(
        f"{name} {'/'.join(f'{b[k]:.3g}' for k in ('weight', 'input', 'activation'))}"
        for name, b in given["bits"].items()
    )
    pace = f"{given['timing']} timing, {'pipelined' if given['pipelined'] else 'unpipelined'}, batch {given['batch']}"
    board = f"GPU {given['gpu']} ({document['board']['status']}), " if given["gpu"] else ""
    scenario = f"scenario {given['scenario']}; " if given["scenario"] else ""
    draws = f"{given['samples']:,} samples, seed {given['seed']}"
    return f"{scenario}{'; '.join(texts)}; {pace}; {board}{draws}; bits of weight/input/activation: {bits}"


def programming_lines(document: Mapping[str, Any]) -> list[str]:
    """Return one sentence a technology on writing the network into its cells, which no inference pays for."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in document["programming"]:
        found.setdefault(row["technology"], row)
    lines = []
    for name, row in found.items():
        cells = f"{int(row['synapse_cells'] + row['neuron_cells']):,} cells"
        on = f" on {name}" if len(found) > 1 else ""
        if row["energy"] is None:
            lines.append(f"Loading the network{on} once writes {cells}; the technology does not say at what cost.")
            continue
        spent = " and ".join(format_value(row[key], unit) for key, unit in (("energy", "J"), ("time", "s")))
        wear = f"a cell lasts about {row['loads']:.0e} loads"
        lines.append(f"Loading the network{on} once writes {cells}: {spent}, no part of an inference; {wear}.")
    return lines


NEURON_FIGURES = ("power", "area", "latency", "energy", "pap", "pap_equal_throughput")


_PAP_UNITS = {"pap": (1e18, "µW·µm²"), "pap_equal_throughput": (1e36, "µW·µm²·ns²")}


def neuron_heads(document: Mapping[str, Any]) -> list[str]:
    """Return the heads of a table of neurons."""
    titles = {figure["name"]: figure["title"] for figure in document["figures"]}
    named = [
        f"{titles[name]} [{_PAP_UNITS[name][1]}]" if name in _PAP_UNITS else titles[name] for name in NEURON_FIGURES
    ]
    return ["neuron", "node", *named, "error"]


def neuron_cells(row: Mapping[str, Any], spans: bool = True) -> list[str]:
    """Return one neuron as text: each figure, with its 90 % interval where asked for."""
    units = {"power": "W", "area": "m^2", "latency": "s", "energy": "J"}
    cells = [row["name"], f"{format_value(row['node'], 'm')}{'' if row['at'] == 'one node' else ' (own)'}"]
    for name in NEURON_FIGURES:
        low, high = row["intervals"][name] or (None, None)
        text = _neuron_figure(name, units, row[name])
        if spans and low is not None and high is not None and low < high:
            text += f" [{_neuron_figure(name, units, low, 2)}, {_neuron_figure(name, units, high, 2)}]"
        cells.append(text)
    return [*cells, "—" if row["error"] is None else format_value(row["error"], "", 2)]


def _neuron_figure(name: str, units: Mapping[str, str], value: float, digits: int = 3) -> str:
    if name in units:
        return format_value(value, units[name], digits)
    return format_value(value * _PAP_UNITS[name][0], "", digits)


def transfer_sentence(document: Mapping[str, Any]) -> str:
    """Return how steep the analog neuron is and how far from a logistic; nothing where it has no devices."""
    curve = document["transfer"]
    if curve is None:
        return ""
    low, high = (format_value(v, "", 3) for v in curve["slope_interval"] or [curve["slope"]] * 2)
    span = f" [{low}, {high}]" if low != high else ""
    text = f"The output is V/(1 + exp(s x)) with s = {format_value(curve['slope'], '', 3)}{span} per volt"
    vdd = format_value(curve["vdd"], "V")
    return f"{text}; the circuit leaves that curve by at most {curve['error'] * 100:.2g} % of {vdd}."


def neuron_claim(claim: Mapping[str, Any]) -> list[str]:
    """Return one published claim as text: claim, published, verdict, why, source."""
    low, high = (format_value(claim[end], "") for end in ("low", "high"))
    published = f"{low}x" if low == high else f"{low} to {high}x"
    return [claim["claim"], published, claim["verdict"], claim["why"], claim["source"]["key"]]


EXACT = (
    "technology", "layer", "subarrays", "power", "closed form", "far column", "closed form", "time constant",
    "closed form",
)  # fmt: skip


def exact_lines(document: Mapping[str, Any]) -> list[list[str]]:
    """Return the exact check as text, under the heads ``EXACT``; each closed form with its error.

    Where a layer has more than a few subarrays of given weights, those of one shape share a line, with the smallest,
    the median and the largest of each exact figure and of each error.
    """
    rows = document.get("exact", [])
    layers: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        layers.setdefault((row["technology"], row["layer"]), []).append(row)
    found = []
    for (technology, layer), own in layers.items():
        if "row_tile" not in own[0]:
            found += [_exact_line(row, f"{row['count']} of {row['rows']}x{row['cols']}") for row in own]
        elif len(own) <= FEW:
            for row in own:
                place = f"{row['row_tile']},{row['col_tile']} {row['rows']}x{row['cols']}"
                found.append(_exact_line(row, place))
        else:
            shapes: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
            for row in own:
                shapes.setdefault((row["rows"], row["cols"]), []).append(row)
            for (height, width), alike in shapes.items():
                cells = [technology, str(layer), f"{len(alike)} of {height}x{width}"]
                for name, unit in EXACT_FIGURES:
                    exact, closed = ([row[kind][name] for row in alike] for kind in ("exact", "closed"))
                    errors = [row["error"][name] * 100 for row in alike if row["error"][name] is not None]
                    off = f" ({_spread(errors, '{:+.3g} %'.format)})" if errors else ""
                    write = functools.partial(format_value, unit=unit)
                    cells += [_spread(exact, write), write(statistics.median(closed)) + off]
                found.append(cells)
    return found


EXACT_FIGURES = (("power", "W"), ("far_share", ""), ("time_constant", "s"))
FEW = 8  # subarrays of a layer that have a line each


def _spread(values: Sequence[float], write: Callable[[float], str]) -> str:
    """Write the smallest, the median and the largest of some values, a common unit once: ``1.2 … 1.3 … 1.5 mW``."""
    shown = [write(value) for value in (min(values), statistics.median(values), max(values))]
    units = {text.partition(" ")[2] for text in shown}
    if len(set(shown)) == 1:
        return shown[0]
    return " … ".join([*(text.partition(" ")[0] if len(units) == 1 else text for text in shown[:2]), shown[2]])


def _exact_line(row: Mapping[str, Any], which: str) -> list[str]:
    cells = [row["technology"], str(row["layer"]), which]
    for name, unit in EXACT_FIGURES:
        error = row["error"][name]
        off = "" if error is None else f" ({error * 100:+.3g} %)"
        cells += [format_value(row["exact"][name], unit), format_value(row["closed"][name], unit) + off]
    return cells


def show_metric(name: str, unit: str, value: float | None) -> str:
    """Write a metric for people; products of power or energy and area in units of mm²."""
    if value is None:
        return "—"
    if name == "utilization":
        return format_value(value * 100, "%")
    if unit.endswith("*m^2"):
        return f"{format_value(value * 1e6, unit.removesuffix('*m^2'))}·mm²"
    if unit == "W/m^2":
        return f"{format_value(value / 1e6, 'W')}/mm²"
    if unit.startswith("Top/s"):
        return f"{format_value(value * 1e12, 'op/s')}{unit.removeprefix('Top/s').replace('mm2', 'mm²')}"
    if unit == "1/s":
        return f"{format_value(value, '')} /s" if value < 1e3 else f"{format_value(value, '/s')}"
    return format_value(value, unit)


def show_ratio(row: Mapping[str, Any] | None) -> str:
    """Write a ratio with its interval: ``34.9x [28.9, 36.8]``."""
    if row is None or row["value"] is None:
        return "—"
    if row["low"] is None:
        return f"{format_value(row['value'], '')}x"
    return f"{format_value(row['value'], '')}x [{format_value(row['low'], '', 2)}, {format_value(row['high'], '', 2)}]"


def metrics_frame(document: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row per technology, architecture and metric, in SI units (``tops*`` as printed)."""
    import pandas as pd

    units = {m["name"]: m["unit"] for m in document["metrics"]}
    rows = [
        {
            "network": document["network"]["name"],
            "technology": row["technology"],
            "architecture": row["name"],
            "metric": name,
            "unit": unit,
            "value": row[name],
            **(row["intervals"][name] or {"low": None, "median": None, "high": None}),
        }
        for row in document["architectures"]
        for name, unit in units.items()
    ]
    frame = pd.DataFrame(rows)
    numbers = ["value", "low", "median", "high"]
    frame[numbers] = frame[numbers].astype(float)
    return frame


def summary_frame(document: Mapping[str, Any]) -> pd.DataFrame:
    """Return the summary: metrics as rows, architectures as columns, values as text."""
    import pandas as pd

    units = {m["name"]: (m["title"], m["unit"]) for m in document["metrics"]}
    data = {
        heading(document, row): {units[name][0]: show_metric(name, units[name][1], row[name]) for name in SUMMARY}
        for row in columns(document)
    }
    return pd.DataFrame(data)


def export(document: Mapping[str, Any], suffix: str) -> str:
    """Return the metrics as ``csv`` (tidy, SI units), or the summary as ``md`` or ``tex``."""
    if suffix == "csv":
        return str(metrics_frame(document).to_csv(index=False, lineterminator="\n"))
    frame = summary_frame(document)
    heads = ["", *map(str, frame.columns)]
    rows = [[str(name), *map(str, cells)] for name, cells in zip(frame.index, frame.to_numpy(), strict=True)]
    return _markdown(heads, rows) if suffix == "md" else _latex(heads, rows)


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _latex(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    end = " \\\\\n"
    head, *body = (" & ".join(map(_tex, line)) + end for line in (heads, *rows))
    columns = "l" + "r" * (len(heads) - 1)
    parts = (f"\\begin{{tabular}}{{{columns}}}\n\\hline\n", head, "\\hline\n", *body, "\\hline\n\\end{tabular}\n")
    return "".join(parts)


def neurons_export(document: Mapping[str, Any], suffix: str) -> str:
    """Return neurons as ``csv`` (tidy, SI units), or as a table in ``md`` or ``tex``."""
    if suffix == "csv":
        lines = ["neuron,node,at,figure,unit,value,low,high"]
        units = {figure["name"]: figure["unit"] for figure in document["figures"]}
        for row in document["neurons"]:
            for name in NEURON_FIGURES:
                numbers = [row[name], *(row["intervals"][name] or (None, None))]
                shown = ",".join("" if v is None else repr(float(v)) for v in numbers)
                lines.append(f"{row['name']},{row['node']!r},{row['at']},{name},{units[name]},{shown}")
        return "\n".join(lines) + "\n"
    heads, rows = neuron_heads(document), [neuron_cells(row) for row in document["neurons"]]
    return _markdown(heads, rows) if suffix == "md" else _latex(heads, rows)


def _tex(text: str) -> str:
    for old, new in (
        ("\\", "/"),
        ("_", "\\_"),
        ("%", "\\%"),
        ("&", "\\&"),
        ("#", "\\#"),
        ("$", "\\$"),
        ("²", "$^2$"),
        ("µ", "$\\mu$"),
        ("·", "$\\cdot$"),
        ("—", "---"),
    ):
        text = text.replace(old, new)
    return text
