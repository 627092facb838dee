"""What a report says: the document as rows of text for the templates. No layout here, no formulas either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imac_arch.data.units import format_like, format_value
from imac_arch.show.report.tiles import draw_tiles
from imac_arch.show.tables import (
    EXACT,
    RATIOS,
    SUMMARY,
    columns,
    exact_lines,
    heading,
    programming_lines,
    show_metric,
    show_ratio,
)

__all__ = ["facts"]

_UNITS = {"area": "m^2", "energy": "J", "latency": "s", "leakage": "W", "power": "W", "leakage_energy": "J"}


def facts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that the templates print."""
    metrics = {m["name"]: m for m in document["metrics"]}
    rows = columns(document)
    return {
        "heads": [heading(document, row) for row in rows],
        "summary": [_summary(name, metrics, rows) for name in SUMMARY],
        "cycles": _cycles(document, metrics),
        "headlines": _headlines(document),
        "ratios": _ratios(document, metrics),
        "sentence": _sentence(document, rows),
        "breakdown": _breakdown(document, rows),
        "components": [_component(row, len(document["technologies"]) > 1) for row in document["components"]],
        "tiles": [
            {**row, "drawing": draw_tiles(row), "share": f"{row['utilization']:.1%}"} for row in document["mapping"]
        ],
        "curve": [_curve(row) for row in document["batch_curve"]],
        "break_even": [_break_even(document, row) for row in document["break_even"]],
        "programming": programming_lines(document),
        "laws": [_law(row) for row in document["adc_scenarios"]],
        "exact_heads": list(EXACT),
        "exact": exact_lines(document),
        "scenario": _scenario(document.get("scenario")),
        "numbers": [_number(row) for row in document["provenance"]],
        "unsourced": sum(not row["sourced"] for row in document["provenance"]),
        "statuses": _statuses(document["provenance"]),
        "neglected": _neglected(document["neglected"]),
    }


def _summary(name: str, metrics: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    metric = metrics[name]
    cells = []
    for row in rows:
        limits = row["intervals"][name] or {}
        span = ""
        if limits.get("low") is not None and limits["low"] != limits["high"]:
            span = " to ".join(show_metric(name, metric["unit"], limits[end]) for end in ("low", "high"))
        cells.append({"value": show_metric(name, metric["unit"], row[name]), "span": span})
    return {"title": metric["title"], "cells": cells}


def _cycles(document: Mapping[str, Any], metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for row in document["architectures"]:
        if row["declared"] is None:
            continue
        lines = []
        for name in ("latency", "throughput", "energy", "power", "pap", "eap"):
            unit = metrics[name]["unit"]
            pair = [show_metric(name, unit, row[which][name]) for which in ("settled", "declared")]
            lines.append([metrics[name]["title"], *pair])
        found.append({"name": f"{row['name']} on {row['technology']}", "rows": lines})
    return found


def _headlines(document: Mapping[str, Any]) -> list[dict[str, str]]:
    titles = {"energy": "energy", "latency": "speed", "area": "area", "pap": "power-area product"}
    found = {(r["technology"], r["architecture"], r["metric"]): r for r in document["ratios"]}
    many = len(document["technologies"]) > 1
    rows = []
    for technology in document["technologies"]:
        for name, title in titles.items():
            ratio = found.get((technology["name"], "imac", name))
            if ratio is None or ratio["value"] is None:
                continue
            span = f"{format_value(ratio['low'], '', 2)} to {format_value(ratio['high'], '', 2)}"
            where = f" on {technology['name']}" if many else ""
            text = f"{title}, imac{where} against {ratio['baseline']}"
            rows.append({"value": f"{format_value(ratio['value'], '')}x", "span": span, "text": text})
    return rows


def _ratios(document: Mapping[str, Any], metrics: Mapping[str, Any]) -> dict[str, Any] | None:
    if not document["ratios"]:
        return None
    baseline = document["conditions"]["baseline"]
    rows = [row for row in document["architectures"] if row["name"] != baseline]
    found = {(r["technology"], r["architecture"], r["metric"]): r for r in document["ratios"]}
    many = len(document["technologies"]) > 1
    heads = [f"{r['name']} ({r['technology']})" if many else r["name"] for r in rows]
    lines = [
        [metrics[name]["title"], *(show_ratio(found.get((r["technology"], r["name"], name))) for r in rows)]
        for name in RATIOS
    ]
    return {"heads": heads, "rows": lines}


def _sentence(document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    network = document["network"]
    names = ", ".join(dict.fromkeys(str(row["title"]) for row in rows))
    widths = "-".join([str(network["layers"][0]["fan_in"]), *(str(layer["fan_out"]) for layer in network["layers"])])
    return (
        f"One inference of a {widths} perceptron ({network['macs']:,} multiply-accumulates) by {names}; "
        "from input bits registered at the edge to the winning class, the same for all."
    )


def _breakdown(document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    tables = []
    for row in rows:
        lines = []
        for part in document["breakdown"]:
            if (part["technology"], part["architecture"]) != (row["technology"], row["name"]):
                continue
            cells = [format_value(part[name], _UNITS[name]) for name in ("area", "energy", "leakage_energy", "latency")]
            layer = "shared" if part["layer"] is None else str(part["layer"])
            lines.append([part["component"], layer, format_value(part["instances"], "", 4), *cells])
        totals = [
            format_value(row["area"], "m^2"), format_value(row["energy_active"], "J"),
            format_value(None if row["energy"] is None else row["energy"] - row["energy_active"], "J"),  # type: ignore[arg-type]
            format_value(row["latency"], "s"),
        ]  # fmt: skip
        tables.append({"name": heading(document, row), "rows": lines, "totals": totals})
    return tables


def _component(row: Mapping[str, Any], many: bool) -> list[str]:
    costs = [format_value(row[name], _UNITS[name]) for name in ("area", "energy", "latency", "leakage", "power")]
    law = row["law"] + ("; " + "; ".join(row["scaled"]) if row["scaled"] else "")
    where = f"{row['architecture']} ({row['technology']})" if many else row["architecture"]
    return [where, row["component"], *costs, law, ", ".join(row["source"]) or "assumed"]


def _curve(row: Mapping[str, Any]) -> list[str]:
    cells = [f"{row['batch']:,}"]
    for name, unit in (("interval", "s"), ("energy", "J")):
        span = f"{format_value(row[f'{name}_low'], unit)} to {format_value(row[f'{name}_high'], unit)}"
        cells += [format_value(row[name], unit), span]
    return cells


def _break_even(document: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    what = "needs less time per inference" if row["metric"] == "throughput" else "needs less energy per inference"
    when = f"from batch {row['batch']:,} on" if row["batch"] else f"never (looked at up to batch {row['largest']:,})"
    on = f" on {row['technology']}" if len(document["technologies"]) > 1 else ""
    share = f"{row['probability'] * 100:.3g} % of samples"
    return f"The GPU {what} than {row['architecture']}{on}: {when}; at some batch in {share}."


def _law(row: Mapping[str, Any]) -> dict[str, Any]:
    head = [row["technology"], row["law"], row["title"]]
    if "error" in row:
        return {"cells": head, "error": row["error"]}
    units = {"area": "m^2", "energy": "J", "latency": "s"}
    cells = [format_value(row[name], unit) for name, unit in units.items()] + [show_metric("pap", "W*m^2", row["pap"])]
    for name in ("area", "energy", "latency", "pap"):
        ratio = row.get(f"{name}_ratio")
        cells.append("—" if ratio is None else show_ratio({"value": ratio["median"], **ratio}))
    return {"cells": head + cells, "error": ""}


def _scenario(scenario: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not scenario:
        return None
    units = ["m^2" if t["metric"] == "area" and t["baseline"] is None else "" for t in scenario["targets"]]
    targets = []
    for target, unit in zip(scenario["targets"], units, strict=True):
        sign = "at least " if target["kind"] == "at_least" else ""
        values = [format_value(target[k], unit, 4) for k in ("published", "value", "default")]
        targets.append([target["claim"], sign + values[0], values[1], values[2], target["status"], target["source"]])
    without = []
    for row in scenario["assumptions"]:
        values = row["without"] or [None] * len(units)
        cells = [format_value(v, unit, 4) for v, unit in zip(values, units, strict=True)]
        without.append([row["assumption"] + (f" ({row['note']})" if row["note"] else ""), *cells])
    heads = [
        f"{t['metric']} of {t['baseline']} over {t['architecture']}" if t["baseline"] else t["metric"]
        for t in scenario["targets"]
    ]
    return {
        "name": scenario["name"],
        "title": scenario["title"],
        "targets": targets,
        "heads": heads,
        "without": without,
    }


def _number(row: Mapping[str, Any]) -> dict[str, Any]:
    span = "—" if not row["range"] else " to ".join(format_like(row["written"], v, row["unit"]) for v in row["range"])
    return {
        "path": row["path"],
        "value": row["written"] or format_value(row["value"], row["unit"]),
        "range": span,
        "status": row["status"],
        "source": row["source"],
        "note": row["note"],
        "where": row["where"],
        "bare": not row["sourced"],
    }


def _statuses(numbers: Sequence[Mapping[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for row in numbers:
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items(), key=lambda item: -item[1]))


def _neglected(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(f"{row['architecture']} ({row['technology']})", []).append(row)
    return [{"name": name, "rows": found} for name, found in grouped.items()]
