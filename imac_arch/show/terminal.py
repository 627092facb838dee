"""A comparison on the terminal: the same facts as the report's first screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from imac_arch.data.units import format_value
from imac_arch.show.tables import (
    EXACT,
    RATIOS,
    SUMMARY,
    columns,
    conditions_line,
    exact_lines,
    heading,
    neuron_cells,
    neuron_claim,
    neuron_heads,
    programming_lines,
    show_metric,
    show_ratio,
    transfer_sentence,
)

__all__ = ["print_check", "print_comparison", "print_explanation", "print_neurons"]


def print_comparison(document: Mapping[str, Any], console: Console) -> None:
    """Print the summary table, the headline ratios and the warnings."""
    network = document["network"]
    head = f"{network['name']}: {network['macs']:,} multiply-accumulates, {network['ops']:,} operations an inference"
    parts: list[Any] = [
        Text(head, style="bold"),
        Text(conditions_line(document), style="dim"),
        Text(),
        _summary(document),
    ]
    ratios = _ratios(document)
    if ratios is not None:
        parts += [Text(), ratios]
    if document.get("scenario"):
        parts += _scenario(document["scenario"])
    parts += _exact(document)
    parts += _break_even(document)
    parts += [Text(line) for line in programming_lines(document)]
    parts += _warnings(document["warnings"])
    console.print(Group(*parts), soft_wrap=False)


def _table(title: str, heads: Sequence[str], first: str = "") -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(first, no_wrap=True)
    for head in heads:
        table.add_column(head, justify="right", overflow="fold")
    return table


def _summary(document: Mapping[str, Any]) -> Table:
    rows = columns(document)
    units = {m["name"]: (m["title"], m["unit"]) for m in document["metrics"]}
    table = _table("", [heading(document, row) for row in rows])
    for name in SUMMARY:
        title, unit = units[name]
        table.add_row(title, *(show_metric(name, unit, row[name]) for row in rows))
    return table


def _ratios(document: Mapping[str, Any]) -> Table | None:
    ratios = document["ratios"]
    if not ratios:
        return None
    rows = [row for row in document["architectures"] if row["name"] != document["conditions"]["baseline"]]
    found = {(r["technology"], r["architecture"], r["metric"]): r for r in ratios}
    title = f"Against {document['conditions']['baseline']}: above 1 favours the architecture (90 % interval)"
    many = len(document["technologies"]) > 1
    table = _table(title, [f"{r['name']} ({r['technology']})" if many else r["name"] for r in rows])
    titles = {m["name"]: m["title"] for m in document["metrics"]}
    for name in RATIOS:
        cells = [show_ratio(found.get((row["technology"], row["name"], name))) for row in rows]
        table.add_row(titles[name], *cells)
    return table


def _scenario(scenario: Mapping[str, Any]) -> list[Any]:
    targets = scenario["targets"]
    table = _table(
        f"Scenario {scenario['name']}: published, under its assumptions, and by default",
        ["published", "here", "default", ""],
    )
    for target in targets:
        sign = ">= " if target["kind"] == "at_least" else ""
        unit = "m^2" if target["metric"] == "area" and target["baseline"] is None else ""
        shown = [format_value(target[k], unit, 4) for k in ("published", "value", "default")]
        table.add_row(target["claim"], sign + shown[0], shown[1], shown[2], target["status"])
    heads = [f"{t['metric']}/{t['baseline']}" if t["baseline"] else t["metric"] for t in targets]
    without = _table("Which assumption carries it: the result without", heads)
    without.columns[0].no_wrap = False
    without.columns[0].max_width = 70
    units = ["m^2" if t["metric"] == "area" and t["baseline"] is None else "" for t in targets]
    for row in scenario["assumptions"]:
        values = row["without"] or [None] * len(targets)
        without.add_row(row["assumption"], *(format_value(v, u, 4) for v, u in zip(values, units, strict=True)))
    return [Text(), table, Text(), without]


def _exact(document: Mapping[str, Any]) -> list[Any]:
    if not document.get("exact"):
        return []
    heads = EXACT if len(document["technologies"]) > 1 else EXACT[1:]
    given = document["conditions"]["weights"] == "given"
    what = "every subarray of the given weights" if given else "one subarray of random weights"
    table = _table(f"Closed forms against the exact network, {what}", heads[1:], heads[0])
    for cells in exact_lines(document):
        table.add_row(*cells[len(EXACT) - len(heads) :])
    return [Text(), table]


def print_check(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print what an exact solution is held against, with its errors and limits."""
    table = _table("Exact solution against ngspice", ("ours", "ngspice", "error", "limit", "ok"), "what")
    for row in rows:
        figures = (format_value(row[name], row["unit"], 6) for name in ("ours", "ngspice"))
        limit = "—" if row["limit"] is None else f"{row['limit']:.0e}"
        verdict = "" if row["limit"] is None else "yes" if row["ok"] else "NO"
        table.add_row(row["what"], *figures, f"{row['error']:.1e}", limit, verdict)
    console.print(table)


def _break_even(document: Mapping[str, Any]) -> list[Any]:
    lines = []
    for row in document["break_even"]:
        if row["architecture"] != "imac":
            continue
        what = "speed" if row["metric"] == "throughput" else "energy"
        when = f"from batch {row['batch']:,} on" if row["batch"] else f"never, up to batch {row['largest']:,}"
        on = f" on {row['technology']}" if len(document["technologies"]) > 1 else ""
        text = f"The GPU overtakes imac{on} in {what} per inference {when}"
        lines.append(Text(f"{text}; at some batch in {row['probability'] * 100:.3g} % of samples."))
    return [Text(), *lines] if lines else []


def _warnings(warnings: Sequence[Mapping[str, Any]]) -> list[Any]:
    if not warnings:
        return [Text("\nNo warnings.")]
    lines: list[Any] = [Text(f"\nWarnings ({len(warnings)})", style="bold")]
    for warning in warnings:
        text = Text.assemble((f"{warning['code']}  ", "yellow"), warning["message"], (f"  [{warning['where']}]", "dim"))
        lines.append(Padding(text, (0, 0, 0, 2)))
    return lines


def print_explanation(found: Mapping[str, Any], console: Console) -> None:
    """Print a component: its law, what one costs, its numbers with their sources, and where they hold."""
    parts: list[Any] = [Text(f"{found['name']}: {found['title']}", style="bold")]
    facts = [f"kind {found['kind']}" if found["kind"] else "", f"used by {', '.join(found['used_by'])}"]
    others = [kind for kind in found["kinds"] if kind != found["kind"]]
    facts = [facts[0], facts[1] if found["used_by"] else "", f"other kinds: {', '.join(others)}" if others else ""]
    parts += [Text("; ".join(fact for fact in facts if fact), style="dim"), Text(found["text"].replace("``", ""))]
    if found["choices"]:
        parts.append(Text("set to: " + ", ".join(f"{key} {value}" for key, value in found["choices"].items())))
    parts += [Text(text) for text in (found["formula"], found["note"], *found["problems"]) if text]
    if found["costs"]:
        parts += [Text(), _unit_costs(found)]
    if found["range"]:
        table = _table("Where it holds", ["here", "from", "to", "outside"], "law and quantity")
        for row in found["range"]:
            cells = [format_value(row[key], row["unit"]) for key in ("value", "low", "high")]
            table.add_row(f"{row['law']}: {row['quantity']}", *cells, row["outside"])
        parts += [Text(), table]
    if found["numbers"]:
        parts += [Text(), _numbers_table("Its numbers", found["numbers"])]
    for law in found["laws"]:
        parts += [Text(), Text(f"Law {law['name']}: {law['title']}", style="bold")]
        parts += [Text(text) for text in (law["formula"], law["text"].replace("``", ""), law["note"]) if text]
        parts.append(_numbers_table("", law["numbers"]))
    numbers = [row for part in (found, *found["laws"]) for row in part["numbers"]]
    sources = {s["key"]: s for row in numbers for s in row["source"]}
    if sources:
        parts += [Text(), Text("Sources", style="bold")]
        lines = [f"{key}: {s['title']}  {s['link']}" for key, s in sorted(sources.items())]
        parts += [Padding(Text(line), (0, 0, 0, 2)) for line in lines]
    console.print(Group(*parts), soft_wrap=False)


def _unit_costs(found: Mapping[str, Any]) -> Table:
    units = {"area": "m^2", "energy": "J", "latency": "s", "leakage": "W", "power": "W"}
    title = f"What one costs for {found['network']} on {found['technology']} (90 % interval)"
    table = _table(title, ["area", "energy of an action", "latency", "leakage", "static power"], "")
    for row in found["costs"]:
        cells = []
        for name, unit in units.items():
            span = row["intervals"][name] or {}
            low, high = span.get("low"), span.get("high")
            text = ""
            if low is not None and high is not None and low < high:
                text = f" [{format_value(low, unit, 2)}, {format_value(high, unit, 2)}]"
            cells.append(format_value(row[name], unit) + text)
        table.add_row(f"{row['component']} ({row['architecture']})", *cells)
        for text in row["scaled"]:
            table.add_row(Text(f"  carried: {text}", style="dim"))
    return table


def _numbers_table(title: str, numbers: Sequence[Mapping[str, Any]]) -> Table:
    table = _table(title, ["value", "90 % range", "status", "source"], "")
    for column in table.columns[3:]:
        column.justify = "left"
    for row in numbers:
        span = " to ".join(format_value(v, row["unit"]) for v in row["range"]) if row["range"] else ""
        source = ", ".join(s["key"] for s in row["source"])
        value = row["written"] or format_value(row["value"], row["unit"])
        table.add_row(row["path"], value, span, row["status"], "; ".join(t for t in (source, row["note"]) if t))
    return table


def print_neurons(document: Mapping[str, Any], console: Console) -> None:
    """Print neurons, their ratios and the published claims."""
    node = format_value(document["node"], "m")
    head = f"Sigmoid neurons beside that of {document['technology']['name']}, at {node} and at their own node"
    given = document["conditions"]
    draws = f"{given['samples']:,} samples, seed {given['seed']}; every neuron works without pause"
    heads = neuron_heads(document)
    table = _table("", heads[1:], heads[0])
    for row in document["neurons"]:
        table.add_row(*neuron_cells(row, spans=False))
    parts: list[Any] = [Text(head, style="bold"), Text(draws, style="dim"), Text(), table, Text()]
    ratios = _table(f"Times the analog neuron at {node} (90 % interval)", ["node", "power", "area", "PAP"], "neuron")
    for row in document["neurons"]:
        if row["ratios"]:
            cells = [show_ratio(row["ratios"][name]) for name in ("power", "area", "pap")]
            ratios.add_row(row["name"], format_value(row["node"], "m"), *cells)
    claims = _table("Published claims", ["published", "verdict", "why"], "claim")
    for column in claims.columns[2:]:
        column.justify = "left"
    for claim in document["claims"]:
        claims.add_row(*neuron_claim(claim)[:4])
    sentence = transfer_sentence(document)
    parts += [ratios, Text(), *([Text(sentence), Text()] if sentence else []), claims, *_warnings(document["warnings"])]
    console.print(Group(*parts), soft_wrap=False)
