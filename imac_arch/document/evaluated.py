"""Evaluations as rows of the document: architectures, mapping, ratios, breakdown and unit costs. No formula lives
here; all that reads an evaluation, a bill or its lines for a document does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.bill import Line, LineTotals
from imac_arch.case import Case
from imac_arch.components.base import Law, each_quantity
from imac_arch.data.quantity import Array
from imac_arch.document.comparison import ArchitectureRow, BreakdownRow, ComponentRow, MappingRow, Ratio
from imac_arch.document.samples import at_medians, figures
from imac_arch.document.shapes import Bits
from imac_arch.evaluate import Evaluation, Inputs
from imac_arch.metrics import METRICS
from imac_arch.technology import Loaded

__all__ = [
    "Compared",
    "architecture_row",
    "bits_of",
    "breakdown_rows",
    "component_rows",
    "laws_behind",
    "layer_value",
    "mapping_rows",
    "ratio_arrays",
    "ratio_rows",
    "unit_costs",
]


@dataclass(frozen=True, slots=True)
class Compared:
    """One technology of a comparison: its file, the inputs of its evaluations, and the evaluations."""

    loaded: Loaded
    inputs: Inputs
    evaluations: Sequence[Evaluation]


def bits_of(evaluation: Evaluation) -> Bits:
    """Return the bits that an architecture computes with."""
    return Bits(**{name: float(value) for name, value in evaluation.bill.bits.items()})


def architecture_row(evaluation: Evaluation) -> ArchitectureRow:
    """Return the metrics of an architecture, settled and declared ones beside those asked for."""
    architecture, declared = ARCHITECTURES[evaluation.architecture], evaluation.declared
    metrics = figures(evaluation.metrics)
    return ArchitectureRow(
        name=evaluation.architecture,
        technology=evaluation.technology,
        title=architecture.title,
        summary=architecture.summary,
        subject=architecture.subject,
        on_board=not architecture.uses_technology,
        bits=bits_of(evaluation),
        metrics=metrics,
        settled=metrics if evaluation.settled is evaluation.metrics else figures(evaluation.settled),
        declared=metrics if declared is evaluation.metrics else None if declared is None else figures(declared),
    )


def mapping_rows(compared: Compared) -> Iterator[MappingRow]:
    """Give the layers on their subarrays, where an architecture has a crossbar."""
    crossbar = next((e for e in compared.evaluations if e.bill.subarrays is not None), None)
    if crossbar is None:
        return
    inputs = compared.inputs
    mapping = Case(inputs.network, inputs.technology, inputs.laws, None, np.ones(())).mapping
    layers = len(inputs.network.layers)

    def column(values: Array) -> Array:
        array = np.asarray(values, dtype=float)
        return np.broadcast_to(array, np.broadcast_shapes(array.shape, (layers, 1)))[:, 0]

    counts = {
        "rows": mapping.total_rows, "cols": mapping.total_cols, "row_tiles": mapping.row_tiles,
        "col_tiles": mapping.col_tiles, "subarrays": mapping.subarrays, "subarray_rows": mapping.rows,
        "subarray_cols": mapping.cols,
    }  # fmt: skip
    columns = {name: column(values) for name, values in counts.items()}
    share = column(mapping.utilization)
    for i in range(layers):
        whole = {name: int(values[i]) for name, values in columns.items()}
        yield MappingRow(technology=crossbar.technology, layer=i + 1, utilization=float(share[i]), **whole)


def ratio_arrays(
    mine: Mapping[str, Array | None], theirs: Mapping[str, Array | None]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return numerators and denominators of every metric with ratios, so that above 1 favours ``mine``."""
    above, below = {}, {}
    for name, metric in METRICS.items():
        own, other = mine[name], theirs[name]
        if metric.ratio and own is not None and other is not None:
            above[name], below[name] = (other, own) if metric.better == "lower" else (own, other)
    return above, below


def ratio_rows(evaluations: Sequence[Evaluation], baseline: str) -> Iterator[Ratio]:
    """Give every ratio against the baseline; its value is the quotient of the printed values."""
    against = next((e for e in evaluations if e.architecture == baseline), None)
    for evaluation in evaluations if against is not None else ():
        if against is None or evaluation is against:
            continue
        above, below = ratio_arrays(evaluation.metrics, against.metrics)
        with np.errstate(divide="ignore", invalid="ignore"):
            samples = figures({name: np.asarray(above[name] / below[name]) for name in above})
        for name, shown in samples.items():
            top, bottom = at_medians(above[name]), at_medians(below[name])
            value = top / bottom if top is not None and bottom else None
            yield Ratio(value, shown.interval, name, baseline, evaluation.architecture, evaluation.technology)


def breakdown_rows(evaluation: Evaluation) -> Iterator[BreakdownRow]:
    """Give what each component adds in each layer, energies with leakage."""
    for part in evaluation.totals.lines:
        line, layers = part.line, part.area.shape[0]
        for i in range(layers):
            leakage = _layer(part.leakage_energy, i, layers)
            yield BreakdownRow(
                technology=evaluation.technology,
                architecture=evaluation.architecture,
                layer=None if line.shared else i + 1,
                component=line.component,
                instances=_layer(line.instances, i, layers),
                actions=_layer(line.actions, i, layers),
                area=_layer(part.area, i, layers),
                energy=_layer(part.energy, i, layers) + leakage,
                leakage_energy=leakage,
                latency=_layer(part.latency, i, layers),
            )


def _layer(values: Array, layer: int, layers: int) -> float:
    return float(layer_value(values, layer, layers).reshape(-1)[0])


def layer_value(values: Array, layer: int, layers: int) -> Array:
    """Return the values of one layer, (designs..., samples), of an array over (layers, designs..., samples)."""
    array = np.asarray(values, dtype=float)
    return array if array.ndim < 2 else array[layer if array.shape[0] == layers else 0]


def unit_costs(part: LineTotals) -> tuple[dict[str, Array], int]:
    """Return the unit costs of a line in the layer with most instances, (designs..., samples), and that layer."""
    instances = np.asarray(part.line.instances, dtype=float)
    counts = instances.reshape(instances.shape[0], -1)[:, 0] if instances.ndim > 1 else np.zeros(1)
    layers, layer = part.area.shape[0], int(np.argmax(counts))
    cost = part.line.cost
    costs = {
        "area": cost.area, "action_energy": cost.energy, "latency": cost.latency, "leakage": cost.leakage,
        "power": cost.power,
    }  # fmt: skip
    return {name: layer_value(values, layer, layers) for name, values in costs.items()}, layer


def component_rows(evaluation: Evaluation, inputs: Inputs) -> Iterator[ComponentRow]:
    """Give the unit costs of every component, each once."""
    seen = set()
    for part in evaluation.totals.lines:
        line = part.line
        if line.component in seen:
            continue
        seen.add(line.component)
        costs, busiest = unit_costs(part)
        yield ComponentRow(
            technology=evaluation.technology,
            architecture=evaluation.architecture,
            component=line.component,
            role=line.role,
            layer=None if line.shared else busiest + 1,
            law=line.cost.law,
            scaled=tuple(dict.fromkeys(line.cost.scaled)),
            source=tuple(_cited(line, inputs)),
            **{name: float(values.reshape(-1)[0]) for name, values in costs.items()},
        )


def _cited(line: Line, inputs: Inputs) -> list[str]:
    """Return the sources behind a component: those of its fields, and those of the laws that it was priced by."""
    role = line.role
    component = inputs.board if role == "board" else inputs.technology.components.get(role)
    by_name = inputs.laws.by_name
    parts = [component, *(by_name[name] for name in laws_behind(line, by_name))]
    return sorted({key for part in parts for _, quantity in each_quantity(part) for key in quantity.source})


def laws_behind(line: Line, by_name: Mapping[str, Law]) -> list[str]:
    """Return the names of the laws that a line was priced by, sorted."""
    role, cost = line.role, line.cost
    used = {cost.law.split(",")[0], role, "scaling" if cost.scaled else ""} | {check.source for check in cost.checks}
    used |= {"logic"} if role == "mac" else {"wire"} if role == "synapse" else set()
    return sorted(used & set(by_name))
