"""Evaluations as one plain document: what ``--json`` prints, and all that a report is made from. No formula lives
here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.bill import Line, LineTotals
from imac_arch.components.base import Component, Law, each_quantity
from imac_arch.components.mtj import MtjPair
from imac_arch.components.sot_neuron import SotNeuron
from imac_arch.data.quantity import Array, Quantity
from imac_arch.evaluate import Evaluation, Inputs
from imac_arch.metrics import METRICS
from imac_arch.technology import Loaded, Source

__all__ = [
    "RATIO_METRICS",
    "Compared",
    "interval",
    "laws_behind",
    "layer_value",
    "one",
    "provenance",
    "technology_part",
    "unit_costs",
]  # fmt: skip

RATIO_METRICS = (
    "area", "power", "latency", "interval", "throughput", "energy", "pap", "pap_equal_throughput", "eap", "edp",
    "tops", "tops_per_watt", "tops_per_mm2",
)  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """Everything known about one technology in a comparison."""

    loaded: Loaded
    inputs: Inputs
    evaluations: Sequence[Evaluation]


def one(values: Array | None) -> float | None:
    """Return the value at the medians of the inputs as a plain number; None where it does not apply."""
    if values is None:
        return None
    array = np.asarray(values, dtype=float)
    number = float(array[..., 0].sum()) if array.ndim else float(array)
    return number if np.isfinite(number) else None


def interval(values: Array | None) -> dict[str, float | None] | None:
    """Return 5th percentile, median and 95th percentile over the samples."""
    if values is None:
        return None
    array = np.asarray(values, dtype=float).reshape(-1)
    drawn = array[1:] if array.size > 1 else array
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size:
        return {"low": None, "median": None, "high": None}
    low, median, high = (float(v) for v in np.percentile(drawn, [5, 50, 95]))
    return {"low": low, "median": median, "high": high}


def technology_part(compared: Compared, baseline: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of one technology: architectures, mapping, ratios, breakdown, components and neglected costs."""
    return {
        "architectures": [_architecture(e) for e in compared.evaluations],
        "mapping": _mapping(compared),
        "ratios": list(_ratios(compared.evaluations, baseline)),
        "breakdown": [row for e in compared.evaluations for row in _breakdown(e)],
        "components": [row for e in compared.evaluations for row in _components(e, compared)],
        "neglected": [row for e in compared.evaluations for row in _neglected(e, compared)],
    }


def _architecture(evaluation: Evaluation) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": evaluation.architecture,
        "technology": evaluation.technology,
        "title": ARCHITECTURES[evaluation.architecture].title,
        "summary": ARCHITECTURES[evaluation.architecture].summary,
        "bits": dict(evaluation.bill.bits),
    }
    row |= {name: one(value) for name, value in evaluation.metrics.items()}
    row["intervals"] = {name: interval(value) for name, value in evaluation.metrics.items()}
    declared = evaluation.declared
    row["declared"] = None if declared is None else {name: one(value) for name, value in declared.items()}
    row["settled"] = {name: one(value) for name, value in evaluation.settled.items()}
    return row


def _mapping(compared: Compared) -> list[dict[str, Any]]:
    crossbar = next((e for e in compared.evaluations if e.bill.subarrays is not None), None)
    if crossbar is None:
        return []
    from imac_arch.case import Case

    inputs = compared.inputs
    mapping = Case(inputs.network, inputs.technology, inputs.laws, None, np.ones(())).mapping
    layers = len(inputs.network.layers)

    def column(values: Array) -> list[float]:
        full = np.broadcast_to(np.asarray(values, dtype=float), np.broadcast_shapes(np.shape(values), (layers, 1)))
        return [float(v) for v in full[:, 0]]

    names = {
        "rows": mapping.total_rows, "cols": mapping.total_cols, "row_tiles": mapping.row_tiles,
        "col_tiles": mapping.col_tiles, "subarrays": mapping.subarrays, "subarray_rows": mapping.rows,
        "subarray_cols": mapping.cols,
    }  # fmt: skip
    columns = {name: [int(v) for v in column(values)] for name, values in names.items()}
    share = column(mapping.utilization)
    return [
        {"technology": crossbar.technology, "layer": i + 1}
        | {name: values[i] for name, values in columns.items()}
        | {"utilization": share[i]}
        for i in range(layers)
    ]


def _ratios(evaluations: Sequence[Evaluation], baseline: str) -> Iterable[dict[str, Any]]:
    against = next((e for e in evaluations if e.architecture == baseline), None)
    if against is None:
        return
    for evaluation in evaluations:
        if evaluation is against:
            continue
        for name in RATIO_METRICS:
            mine, theirs = evaluation.metrics[name], against.metrics[name]
            if mine is None or theirs is None:
                continue
            above, below = (theirs, mine) if METRICS[name].better == "lower" else (mine, theirs)
            with np.errstate(divide="ignore", invalid="ignore"):
                samples = interval(above / below)
            top, bottom = one(above), one(below)
            value = top / bottom if top is not None and bottom else None
            yield {
                "metric": name,
                "baseline": baseline,
                "architecture": evaluation.architecture,
                "technology": evaluation.technology,
                "value": value,
                **(samples or {}),
            }


def _breakdown(evaluation: Evaluation) -> Iterable[dict[str, Any]]:
    for part in evaluation.totals.lines:
        line = part.line
        layers = part.area.shape[0]
        for i in range(layers):
            yield {
                "technology": evaluation.technology,
                "architecture": evaluation.architecture,
                "layer": None if line.shared else i + 1,
                "component": line.component,
                "instances": _layer(line.instances, i, layers),
                "actions": _layer(line.actions, i, layers),
                **{
                    name: _layer(getattr(part, name), i, layers)
                    for name in ("area", "energy", "leakage_energy", "latency")
                },
            }


def _layer(values: Array, layer: int, layers: int) -> float:
    return float(layer_value(values, layer, layers).reshape(-1)[0])


def layer_value(values: Array, layer: int, layers: int) -> Array:
    """Return the values of one layer, (designs..., samples), of an array over (layers, designs..., samples)."""
    array = np.asarray(values, dtype=float)
    return array if array.ndim < 2 else array[layer if array.shape[0] == layers else 0]


def unit_costs(part: LineTotals) -> tuple[dict[str, float], int, int]:
    """Return the unit costs of a line in the layer with most instances, that layer, and how many layers there are."""
    layers, layer = part.area.shape[0], _busiest(part)
    names = ("area", "energy", "latency", "leakage", "power")
    return {name: _layer(getattr(part.line.cost, name), layer, layers) for name in names}, layer, layers


def _components(evaluation: Evaluation, compared: Compared) -> Iterable[dict[str, Any]]:
    seen = set()
    for part in evaluation.totals.lines:
        line = part.line
        if line.component in seen:
            continue
        seen.add(line.component)
        costs, busiest, _ = unit_costs(part)
        cost = line.cost
        yield {
            "technology": evaluation.technology,
            "architecture": evaluation.architecture,
            "component": line.component,
            "role": line.role,
            **costs,
            "layer": None if line.shared else busiest + 1,
            "law": cost.law,
            "scaled": list(dict.fromkeys(cost.scaled)),
            "source": _cited(line, compared),
        }


def _busiest(part: LineTotals) -> int:
    instances = np.asarray(part.line.instances, dtype=float)
    counts = instances.reshape(instances.shape[0], -1)[:, 0] if instances.ndim > 1 else np.zeros(1)
    return int(np.argmax(counts))


def _cited(line: Line, compared: Compared) -> list[str]:
    """Return the sources behind a component: those of its fields, and those of the laws that it was priced by."""
    role = line.role
    component = compared.inputs.board if role == "board" else compared.inputs.technology.components.get(role)
    by_name = compared.inputs.laws.by_name
    parts = [component, *(by_name[name] for name in laws_behind(line, by_name))]
    return sorted({key for part in parts for _, quantity in each_quantity(part) for key in quantity.source})


def laws_behind(line: Line, by_name: Mapping[str, Law]) -> list[str]:
    """Return the names of the laws that a line was priced by, sorted."""
    role, cost = line.role, line.cost
    used = {cost.law.split(",")[0], role, "scaling" if cost.scaled else ""} | {check.source for check in cost.checks}
    used |= {"logic"} if role == "mac" else {"wire"} if role == "synapse" else set()
    return sorted(used & set(by_name))


def _neglected(evaluation: Evaluation, compared: Compared) -> Iterable[dict[str, Any]]:
    architecture = ARCHITECTURES[evaluation.architecture]
    head = {"technology": evaluation.technology, "architecture": evaluation.architecture}
    for text in architecture.neglects:
        yield head | {"what": text, "note": "not modelled", "where": "model"}
    technology = compared.inputs.technology
    for role in architecture.roles if architecture.uses_technology else ():
        component = technology.components.get(role)
        if component is None:
            continue
        path = f"components.{role}"
        if component.neglected:
            yield head | {"what": role, "note": component.note or "bound to none", "where": path}
        for steps, quantity in each_quantity(component):
            if quantity.value == 0 and quantity.unit in ("m^2", "J", "s", "W"):
                field = ".".join(map(str, steps))
                yield head | {
                    "what": f"{role} {field}",
                    "note": quantity.note or "given as zero",
                    "where": f"{path}.{field}",
                }
        if isinstance(component, (MtjPair, SotNeuron)) and component.v_half is None:
            note = f"magnetoresistance taken at zero bias; set {path}.v_half to let it fall with voltage"
            of = "" if role == "synapse" else f" of the {role}"
            yield head | {"what": f"TMR{of} under bias", "note": note, "where": f"{path}.v_half"}
    if "amplifier" in architecture.roles and np.any(compared.inputs.case().mapping.row_tiles > 1):
        yield head | _JOININGS[technology.read.joining] | {"where": "read.joining"}
    if "synapse" in architecture.roles and compared.inputs.network.bias == "neuron":
        yield head | {"what": "bias", "note": "moved into the neuron at no cost", "where": "network.bias"}


_JOININGS = {
    "current": {
        "what": "one amplifier for joined row tiles",
        "note": "bit lines of row tiles that end in one node could share one; one for each row tile is counted",
    },
    "voltage_tie": {
        "what": "current between tied amplifiers",
        "note": "row tiles tied by voltage drive current into one another wherever their amplifiers differ",
    },
}


def provenance(
    parts: Iterable[tuple[str, Any, Mapping[str, Source], Loaded | None]],
) -> list[dict[str, Any]]:
    """Return every number that a comparison rests on, with unit, range, source and status."""
    rows = []
    for prefix, model, sources, loaded in parts:
        for path, quantity in each_quantity(model):
            dotted = ".".join([prefix, *map(str, path)]) if prefix else ".".join(map(str, path))
            rows.append(_number(dotted, quantity, sources) | {"where": loaded.place(path) if loaded else prefix})
    return rows


def _number(path: str, quantity: Quantity, sources: Mapping[str, Source]) -> dict[str, Any]:
    known = [sources[key] for key in quantity.source if key in sources]
    return {
        "path": path,
        "value": quantity.value,
        "unit": quantity.unit,
        "written": quantity.written,
        "range": list(quantity.range) if quantity.range else None,
        "dist": quantity.dist if quantity.range else None,
        "status": quantity.status or ("unstated" if quantity.source else "unsourced"),
        "sourced": quantity.sourced,
        "source": [
            {"key": key, "title": s.title, "link": s.link} for key, s in zip(quantity.source, known, strict=False)
        ],
        "note": quantity.note,
    }


def components_used(technology: Any, architectures: Sequence[str]) -> dict[str, Component]:
    """Return the components of the roles that the architectures use."""
    roles = {role for name in architectures for role in ARCHITECTURES[name].roles}
    return {role: part for role, part in technology.components.items() if role in roles}
