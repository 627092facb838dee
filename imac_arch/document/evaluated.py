"""Evaluations as rows of the document: architectures, mapping, ratios, breakdown and unit costs. No formula lives
here; all that reads an evaluation, a bill or its lines for a document does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.bill import Line, LineTotals, Units
from imac_arch.components.cost import ScaledNumber, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import Quantity
from imac_arch.data.records import NamedTuple
from imac_arch.data.units import format_value
from imac_arch.data.walk import each_quantity
from imac_arch.document.accuracy import AccuracyRow
from imac_arch.document.comparison import ArchitectureRow, BreakdownRow, ComponentRow, MappingRow, Ratio
from imac_arch.document.judged import verdict_of
from imac_arch.document.samples import ONE_DESIGN, at_medians, figures, quotients
from imac_arch.document.shapes import Bits, CheckRow, Finding, Setting
from imac_arch.evaluate import Evaluation
from imac_arch.inputs import Inputs
from imac_arch.metrics import METRICS
from imac_arch.technology_files import Loaded

__all__ = [
    "Compared",
    "architecture_row",
    "bits_of",
    "breakdown_rows",
    "component_rows",
    "mapping_rows",
    "ratio_arrays",
    "ratio_rows",
    "scaled_texts",
    "typical",
    "unit_costs",
]


class Compared(NamedTuple):
    """One technology of a comparison: its file, the inputs of its evaluations, the evaluations, the checks of each, in
    which shares of the samples it works and fails, what clears all of them, their accuracy, their warnings, and the
    paths of all numbers that these and the studies beside them read."""

    loaded: Loaded
    inputs: Inputs
    evaluations: Sequence[Evaluation]
    checks: Sequence[tuple[CheckRow, ...]]
    shares: Sequence[tuple[float, float]]
    together: Sequence[tuple[Setting, ...]]
    accuracy: Sequence[AccuracyRow | None]
    warnings: tuple[Finding, ...] = ()
    readings: frozenset[str] = frozenset()


def bits_of(evaluation: Evaluation) -> Bits:
    """Return the bits that an architecture computes with."""
    return Bits(**{name: at_medians(value) or 0.0 for name, value in evaluation.bill.bits.items()})


def architecture_row(
    evaluation: Evaluation,
    checks: tuple[CheckRow, ...],
    shares: tuple[float, float],
    together: tuple[Setting, ...],
    accuracy: AccuracyRow | None = None,
) -> ArchitectureRow:
    """Return verdict and metrics of an architecture, settled and declared ones beside those asked for."""
    architecture, declared = ARCHITECTURES[evaluation.architecture], evaluation.declared
    metrics = figures(evaluation.metrics)
    return ArchitectureRow(
        name=evaluation.architecture,
        technology=evaluation.technology,
        verdict=verdict_of(checks),
        checks=checks,
        works_in=shares[0],
        fails_in=shares[1],
        clears_with=together,
        accuracy=accuracy,
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
    case = compared.inputs.case()
    mapping = case.mapping
    counts = {
        "rows": mapping.total_rows, "cols": mapping.total_cols, "row_tiles": mapping.row_tiles,
        "col_tiles": mapping.col_tiles, "subarrays": mapping.subarrays, "subarray_rows": mapping.rows,
        "subarray_cols": mapping.cols,
    }  # fmt: skip
    for layer in range(len(case.network.layers)):
        whole = {name: int(_at(values, layer)) for name, values in counts.items()}
        utilization = _at(mapping.utilization, layer)
        yield MappingRow(technology=crossbar.technology, layer=layer + 1, utilization=utilization, **whole)


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


def ratio_rows(evaluations: Sequence[Evaluation], against: Evaluation) -> Iterator[Ratio]:
    """Give every ratio against the baseline; its value is the quotient of the printed values."""
    for evaluation in evaluations:
        if evaluation is against:
            continue
        above, below = ratio_arrays(evaluation.metrics, against.metrics)
        with np.errstate(divide="ignore", invalid="ignore"):
            samples = quotients({name: above[name] / below[name] for name in above})
        for name, shown in samples.items():
            top, bottom = at_medians(above[name]), at_medians(below[name])
            value = top / bottom if top is not None and bottom else None
            yield Ratio(
                value=value, interval=shown.interval, above=shown.above, metric=name, baseline=against.architecture,
                baseline_technology=against.technology, architecture=evaluation.architecture,
                technology=evaluation.technology,
            )  # fmt: skip


def breakdown_rows(evaluation: Evaluation) -> Iterator[BreakdownRow]:
    """Give what each component adds in each layer, energies with leakage; what all layers share has a row of its own.

    A component that is nowhere installed and never acts has no row.
    """
    layers = range(len(evaluation.bill.after))
    for part in evaluation.totals.lines:
        line = part.line
        if not any(_at(line.instances, layer) or _at(line.actions, layer) for layer in layers):
            continue
        instances, actions = line.instances, line.actions
        if line.shared:
            leakage = _at(part.leakage_energy, 0)
            yield _breakdown(evaluation, line, None, _at(instances, 0), 0.0, _at(part.area, 0), leakage, leakage, 0.0)
        for layer in layers:
            leakage = 0.0 if line.shared else _at(part.leakage_energy, layer)
            energy, latency = _at(part.energy, layer), _at(part.latency, layer)
            installed, area = (0.0, 0.0) if line.shared else (_at(instances, layer), _at(part.area, layer))
            if line.shared and not (energy or latency or _at(actions, layer)):
                continue
            acting = _at(actions * evaluation.bill.uses, layer)
            yield _breakdown(evaluation, line, layer, installed, acting, area, energy + leakage, leakage, latency)


def _breakdown(
    evaluation: Evaluation,
    line: Line,
    layer: int | None,
    instances: float,
    actions: float,
    area: float,
    energy: float,
    leakage_energy: float,
    latency: float,
) -> BreakdownRow:
    return BreakdownRow(
        technology=evaluation.technology,
        architecture=evaluation.architecture,
        layer=None if layer is None else layer + 1,
        component=line.component,
        instances=instances,
        actions=actions,
        area=area,
        energy=energy,
        leakage_energy=leakage_energy,
        latency=latency,
    )


def _at(values: Array, layer: int) -> float:
    """Return the value of a layer, counted from 0, at the medians of the inputs."""
    number = ONE_DESIGN.at_median(values, layer)
    return float("nan") if number is None else number


def typical(part: LineTotals) -> tuple[Units, int]:
    """Return the units of which a line has most in one layer, and that layer, counted from 0."""
    layers = range(1 if part.line.shared else part.energy.shape[0])
    choices = [(units, layer) for units in part.line.units for layer in layers]
    return max(choices, key=lambda choice: _at(choice[0].instances, choice[1]))


def unit_costs(part: LineTotals) -> tuple[dict[str, Array], int]:
    """Return the costs of one unit, of the kind and in the layer with most instances, (samples,), and that layer."""
    units, layer = typical(part)
    cost = units.cost
    costs = {
        "area": cost.area, "action_energy": cost.energy, "latency": cost.latency, "leakage": cost.leakage,
        "power": cost.power,
    }  # fmt: skip
    return {name: _of_layer(values, layer) for name, values in costs.items()}, layer


def _of_layer(values: Array, layer: int) -> Array:
    """Return the values of a layer, (samples,), of an array over (layers, samples), or of one without layers."""
    array = np.asarray(values, dtype=float)
    if array.ndim > 2:
        raise ValueError(f"an array of shape {array.shape} holds several designs")
    return array if array.ndim < 2 else array[layer if array.shape[0] > 1 else 0]


def component_rows(evaluation: Evaluation, inputs: Inputs) -> Iterator[ComponentRow]:
    """Give the unit costs of every component, each once."""
    quantities = _by_path(inputs)
    for part in evaluation.totals.lines:
        line = part.line
        costs, layer = unit_costs(part)
        units, _ = typical(part)
        if not _at(units.instances, layer):
            continue
        keys = {key for path in line.readings if path in quantities for key in quantities[path].source}
        yield ComponentRow(
            technology=evaluation.technology,
            architecture=evaluation.architecture,
            component=line.component,
            role=line.role,
            layer=None if line.shared else layer + 1,
            law=units.cost.law,
            laws=units.cost.laws,
            scaled=scaled_texts(units.cost),
            source=tuple(sorted(keys)),
            **{name: at_medians(values) or 0.0 for name, values in costs.items()},
        )


def _by_path(inputs: Inputs) -> dict[str, Quantity]:
    """Return every quantity of the inputs by the path that recordings call it by."""
    models = (inputs.technology, inputs.network, inputs.board, *inputs.laws.by_name.values())
    return {quantity.path: quantity for model in models for _, quantity in each_quantity(model)}


def scaled_texts(cost: UnitCost) -> tuple[str, ...]:
    """Return a sentence for each number that was scaled from another node, or to another supply than its own."""
    texts = (_scaled(number) for number in cost.scaled)
    return tuple(dict.fromkeys(text for text in texts if text))


def _scaled(number: ScaledNumber) -> str:
    start, end, vdd, share, area, energy, delay = (
        ONE_DESIGN.at_median(getattr(number, name), layer=0) or 0.0
        for name in ("start", "end", "vdd", "share", "area", "energy", "delay")
    )
    at_nominal = np.isclose(share, 1.0)
    if start == end and at_nominal:
        return ""
    supply = "" if at_nominal else f" at {format_value(vdd, 'V')}"
    nodes = f"{format_value(start, 'm')} to {format_value(end, 'm')}{supply}"
    return f"{number.what}: {nodes}, area x{area:.3g}, energy x{energy:.3g}, delay x{delay:.3g}"
