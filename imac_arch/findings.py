"""Coded warnings: each names a figure, a place and what would mend it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import Case
from imac_arch.components.base import Component
from imac_arch.components.cost import Check
from imac_arch.components.laws import Limits
from imac_arch.components.roles import DIGITAL_NEURON, NEURON, ROW_DRIVER
from imac_arch.data.arrays import Array, as_array
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import Quantity
from imac_arch.data.units import format_value
from imac_arch.document.samples import at_medians, layers_at_medians
from imac_arch.document.shapes import Finding
from imac_arch.evaluate import Evaluation
from imac_arch.inputs import Inputs
from imac_arch.technology import PerActivation

__all__ = ["bounds", "findings", "offending", "refuse"]

Place = Callable[[str], str]
Facts = Mapping[str, Array]  # at the medians of the inputs, by layer
NEURONS = (NEURON.name, DIGITAL_NEURON.name)


def refuse(evaluation: Evaluation) -> None:
    """Raise where a law is asked for a value that it does not cover.

    Raises:
        UsageError: with component, quantity, value and allowed range.
    """
    for component, check in evaluation.refusals:
        if _fails(check):
            raise UsageError(f"{component}: {_range(check)}; choose another law or value")


def _fails(check: Check) -> bool:
    return bool(np.any(layers_at_medians(check.outside)))


def offending(check: Check) -> tuple[float, int | None]:
    """Return the value of the first layer in which a check fails, and that layer from 1; where none fails the value of
    the first layer, and None where all layers have the same."""
    values, outside = np.broadcast_arrays(layers_at_medians(check.value), layers_at_medians(check.outside))
    layer = int(np.argmax(outside))
    return float(values[layer]), layer + 1 if len(values) > 1 and np.any(values != values[0]) else None


def bounds(check: Check) -> tuple[float, float]:
    """Return the allowed range of a check at the medians of the inputs, in the first layer in which it fails."""
    ends = np.broadcast_arrays(
        *(layers_at_medians(as_array(end)) for end in (check.low, check.high)), layers_at_medians(check.outside)
    )
    layer = int(np.argmax(ends[2]))
    return float(ends[0][layer]), float(ends[1][layer])


def _range(check: Check) -> str:
    value, layer = offending(check)
    low, high = (format_value(v, check.unit) for v in bounds(check))
    allowed = low if low == high else f"{low} to {high}"
    what = f"{check.quantity} {format_value(value, check.unit)}" + (f" in layer {layer}" if layer else "")
    if check.text:
        return f"{what}: {check.text}"
    return f"{what} is outside the range of {check.source}, {allowed}"


def findings(evaluations: Sequence[Evaluation], inputs: Inputs, place: Place) -> list[Finding]:
    """Return the warnings of all architectures on one technology, each once.

    Args:
        evaluations: of the architectures.
        inputs: of the evaluations.
        place: from a dotted path of the technology to its place in the file.
    """
    limits = inputs.laws.get(Limits, "limits")
    rows: list[Finding] = []
    crossbar = next((e for e in evaluations if "length" in e.bill.facts), None)
    if crossbar is not None:
        facts = {name: layers_at_medians(values) for name, values in crossbar.bill.facts.items()}
        case = inputs.case()
        rows += _lines(facts, case, limits, place)
        rows += _cells(facts, case, limits, place)
    for evaluation in evaluations:
        rows += _heat(evaluation, limits)
        rows += _cycle(evaluation, place)
        rows += _laws(evaluation)
        rows += _invalid(evaluation)
        rows += _resolution(evaluation, place)
        rows += _activations(evaluation.architecture, inputs, place)
    rows += _ranks(evaluations)
    rows += _precision(evaluations)
    return list(dict.fromkeys(rows))


def _lines(facts: Facts, case: Case, limits: Limits, place: Place) -> Iterator[Finding]:
    """Warn of attenuation, current and missing drivers of word lines."""
    worst, most = int(np.argmax(facts["length"])), _number(limits.line_length)
    if facts["length"][worst] > most:
        yield Finding(
            "ir_drop",
            f"the far column receives {facts['far_share'][worst]:.1%} of the input (word line x = "
            f"{facts['length'][worst]:.2f} in layer {worst + 1}, limit {most:g}): the matrix-vector product deviates "
            "from the programmed weights (IR drop); use smaller subarrays or higher resistances",
            place("subarray.cols"),
        )
    current = float(np.max(facts["line_current"]))
    if case.role(ROW_DRIVER) is None:
        reach = ""
        for neuron, _ in case.by_activation(NEURON) if NEURON.name in case.technology.components else ():
            drive = np.ravel(neuron.drive(case.context))
            ends = dict.fromkeys(format_value(float(c), "A") for c in np.percentile(drive, [5, 95]))
            reach = f" against {' to '.join(ends)} of the neuron"
        yield Finding(
            "drive",
            f"no row driver is counted: a word line draws up to {format_value(current, 'A')}{reach}; bind "
            "components.row_driver to count one",
            place("components.row_driver"),
        )
    density, allowed = float(np.max(facts["line_density"])), _number(limits.wire_density)
    if density > allowed:
        text = f"word lines carry {_density(density)}, {density / allowed:.2g} times the electromigration limit of "
        yield Finding("current_density", f"{text}copper, {_density(allowed)}", place("components.wire"))


def _cells(facts: Facts, case: Case, limits: Limits, place: Place) -> Iterator[Finding]:
    """Warn of read disturb, and of a load that attenuates the bit lines."""
    junction = float(np.max(facts["junction_density"]))
    read = case.technology.read
    voltage, limit = _number(read.voltage), case.synapse.max_read_voltage
    if limit is None and junction > 0:
        limit = limits.junction_voltage
    beyond = []
    if limit is not None and voltage > _number(limit):
        beyond.append(f"at {format_value(voltage, 'V')} (limit {format_value(_number(limit), 'V')})")
    if junction > _number(limits.junction_density):
        beyond.append(f"at up to {_density(junction)} (limit {_density(_number(limits.junction_density))})")
    if beyond:
        text = f"cells are read {' and '.join(beyond)}: risk of read disturb"
        yield Finding("read_disturb", text, place("read.voltage"))
    load, share = float(np.max(facts["load_ratio"])), _number(limits.load_share)
    if read.circuit == "averaging" and load > share:
        text = f"the load conductance is {load:.0%} of that of its bit line (limit {share:.0%}): it attenuates the "
        yield Finding("load", f"{text}averaged voltage", place("read.load_conductance"))


def _density(value: float) -> str:
    return f"{value / 1e10:.3g} MA/cm²"


def _number(quantity: Quantity) -> float:
    """Return a number at the medians of the inputs."""
    return at_medians(quantity.x) or 0.0


def _first(values: Array) -> float:
    return float(layers_at_medians(values)[0])


def _heat(evaluation: Evaluation, limits: Limits) -> Iterator[Finding]:
    density, name = evaluation.metrics["power_density"], evaluation.architecture
    if density is not None and _first(density) > _number(limits.power_density):
        yield Finding(
            "heat",
            f"{name}: {_first(density) / 1e6:.3g} W/mm² at 100 % duty cycle, above the "
            f"{_number(limits.power_density) / 1e6:g} W/mm² that a package dissipates",
            name,
        )


def _cycle(evaluation: Evaluation, place: Place) -> Iterator[Finding]:
    settled = evaluation.settled["interval"]
    if evaluation.bill.cycle is None or settled is None:
        return
    cycle = _first(evaluation.bill.cycle)
    factor = _first(settled) / cycle
    if factor > 1:
        yield Finding(
            "declared_cycle",
            f"the declared cycle of {format_value(cycle, 's')} is {factor:.2g} times shorter than the settled "
            f"latency of {format_value(factor * cycle, 's')}",
            place("cycle"),
        )


def _laws(evaluation: Evaluation) -> Iterator[Finding]:
    """Warn where a law is extrapolated."""
    for component, check in evaluation.bill.all_checks:
        if check.fatal or not _fails(check):
            continue
        text = f"{evaluation.architecture}, {component}: {_range(check)}"
        if check.code == "law_node":
            own, node = (format_value(v, "m") for v in (bounds(check)[0], offending(check)[0]))
            text = f"{evaluation.architecture}, {component}: {check.source} stays at its own {own} on a {node} "
            text += "technology; set components.adc.scale=true to scale it"
        yield Finding(check.code, text, check.source)


def _invalid(evaluation: Evaluation) -> Iterator[Finding]:
    """Warn of samples for which a law has no answer."""
    valid = np.ravel(evaluation.valid)
    if valid.all():
        return
    fails = dict.fromkeys(
        f"{check.quantity} of {check.source}" for _, check in evaluation.refusals if np.any(check.outside)
    )
    text = f"{evaluation.architecture}: {1 - np.mean(valid[1:]):.1%} of the samples are outside the range of "
    yield Finding("invalid_samples", f"{text}{', '.join(fails)}; the intervals leave them out", evaluation.architecture)


def _resolution(evaluation: Evaluation, place: Place) -> Iterator[Finding]:
    """Warn where a converter has fewer bits than its partial sums."""
    facts = evaluation.bill.facts
    if "adc_bits" not in facts:
        return
    bits, needed = np.broadcast_arrays(
        layers_at_medians(facts["adc_bits"]), layers_at_medians(facts["required_bits"])
    )  # fmt: skip
    worst = int(np.argmax(needed - bits))
    if bits[worst] < needed[worst]:
        text = f"ADC resolution {bits[worst]:g} b is below the {needed[worst]:g} b needed for a lossless partial sum: "
        yield Finding("adc_bits", f"{text}this costs accuracy", place("components.adc"))


def _activations(name: str, inputs: Inputs, place: Place) -> Iterator[Finding]:
    """Warn where other activations are priced by a neuron that computes a sigmoid."""
    used: set[str] = {layer.activation for layer in inputs.network.layers}
    for role in NEURONS:
        component = inputs.technology.components.get(role)
        if role not in ARCHITECTURES[name].roles or component is None or component.neglected:
            continue
        for title, path, part, asked in _priced(role, component, used):
            able = getattr(part, "computes", ())
            others = sorted(asked.difference(able))
            if others and not part.neglected:
                text = f"{name}: the {title} computes {', '.join(able)}; layers of {', '.join(others)} are priced "
                yield Finding("activation", f"{text}as if they did too", place(path))


def _priced(role: str, component: Component, used: set[str]) -> Iterator[tuple[str, str, Component, set[str]]]:
    """Give title, place and component of a role, or of its parts, with the activations that each is asked for."""
    title, path = role.replace("_", " "), f"components.{role}"
    if not isinstance(component, PerActivation):
        yield title, path, component, used
        return
    for activation, part in component.activations.items():
        yield f"{title} of {activation}", f"{path}.activations.{activation}", part, used & {activation}


def _ranks(evaluations: Sequence[Evaluation]) -> Iterator[Finding]:
    def order(metric: str) -> str:
        values = {e.architecture: e.metrics[metric] for e in evaluations}
        return " < ".join(sorted(values, key=lambda n: _first(v) if (v := values[n]) is not None else 0.0))

    by_pap, by_eap = order("pap"), order("eap")
    if by_pap != by_eap:
        text = f"ranked by power-area product: {by_pap}; by energy-area product: {by_eap}; PAP rewards slowness, so "
        yield Finding("rank_differs", f"{text}read both", "ratios")


def _precision(evaluations: Sequence[Evaluation]) -> Iterator[Finding]:
    """Warn of architectures that compute with other bits than others do; a board computes with the type that it has,
    which the conditions name."""
    kinds = ("weight", "input", "activation")
    chips = [e for e in evaluations if ARCHITECTURES[e.architecture].uses_technology]
    bits = {e.architecture: tuple(at_medians(e.bill.bits[kind]) or 0.0 for kind in kinds) for e in chips}
    if len({tuple(map(math.ceil, triple)) for triple in bits.values()}) > 1:
        text = "; ".join(f"{name} {'/'.join(f'{b:.3g}' for b in triple)}" for name, triple in bits.items())
        yield Finding("unequal_precision", f"bits of weight/input/activation differ: {text}", "conditions")
