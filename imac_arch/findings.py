"""Coded warnings: each names a figure, a place and what would mend it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imac_arch.components.base import Check, Neuron
from imac_arch.components.laws import Limits
from imac_arch.components.mtj import MtjPair
from imac_arch.components.synapse import Synapse
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import Array
from imac_arch.data.units import format_value
from imac_arch.evaluate import Evaluation, Inputs

__all__ = ["Finding", "findings", "refuse"]

Place = Callable[[str], str]


@dataclass(frozen=True)
class Finding:
    """A coded warning."""

    code: str
    message: str
    where: str


def nominal(values: Array | NDArray[np.bool_]) -> Array:
    """Return the values at the medians of the inputs, by layer: shape (layers,) or (1,)."""
    array = np.asarray(values, dtype=float)
    return array[..., 0].reshape(-1) if array.ndim else array.reshape(1)


def refuse(evaluation: Evaluation) -> None:
    """Raise where a law is asked for a value that it does not cover.

    Raises:
        UsageError: with component, quantity, value and allowed range.
    """
    for component, check in evaluation.bill.checks:
        if check.fatal and bool(np.any(nominal(check.outside))):
            raise UsageError(f"{component}: {_range(check)}; choose another law or value")


def _range(check: Check) -> str:
    value = float(nominal(check.value)[0])
    low, high = (format_value(v, check.unit) for v in (check.low, check.high))
    allowed = low if check.low == check.high else f"{low} to {high}"
    return f"{check.quantity} {format_value(value, check.unit)} is outside the range of {check.source}, {allowed}"


def findings(evaluations: Sequence[Evaluation], inputs: Inputs, place: Place) -> list[Finding]:
    """Return the warnings of all architectures on one technology, each once."""
    limits = inputs.laws.get(Limits, "limits")
    found: list[Finding] = []
    crossbar = next((e for e in evaluations if "length" in e.bill.facts), None)
    if crossbar is not None:
        found += _electrics(crossbar, inputs, limits, place)
    for evaluation in evaluations:
        found += _own(evaluation, inputs, limits, place)
    found += _ranks(evaluations) + _precision(evaluations)
    return list(dict.fromkeys(found))


def _electrics(evaluation: Evaluation, inputs: Inputs, limits: Limits, place: Place) -> list[Finding]:
    facts = {name: nominal(values) for name, values in evaluation.bill.facts.items()}
    technology, found = inputs.technology, []
    worst, most = int(np.argmax(facts["length"])), limits.line_length.value
    if facts["length"][worst] > most:
        found.append(
            Finding(
                "ir_drop",
                f"this array passes {facts['far_share'][worst]:.1%} of the input to its far column (word line x = "
                f"{facts['length'][worst]:.2f} in layer {worst + 1}, limit {most:g}): the product is "
                "not the one that was stored; use smaller subarrays or higher resistances",
                place("subarray.cols"),
            )
        )
    current = float(np.max(facts["line_current"]))
    if technology.components["row_driver"].neglected:
        neuron = technology.components.get("neuron")
        reach = ""
        if isinstance(neuron, Neuron):
            has = np.ravel(neuron.drive(technology.setting(inputs.laws)))
            ends = dict.fromkeys(format_value(float(c), "A") for c in np.percentile(has, [5, 95]))
            reach = f" against {' to '.join(ends)} of the neuron"
        found.append(
            Finding(
                "drive",
                f"no row driver is counted: a word line draws up to {format_value(current, 'A')}{reach}; bind "
                "components.row_driver to count one",
                place("components.row_driver"),
            )
        )
    density = float(np.max(facts["line_density"]))
    if density > limits.wire_density.value:
        found.append(
            Finding(
                "current_density",
                f"word lines carry {_density(density)}, {density / limits.wire_density.value:.2g} times the "
                f"{_density(limits.wire_density.value)} that copper survives (electromigration)",
                place("components.wire"),
            )
        )
    junction = float(np.max(facts["junction_density"]))
    voltage, synapse = technology.read.voltage.value, technology.components["synapse"]
    allowed = synapse.max_read_voltage if isinstance(synapse, Synapse) else None
    if allowed is None and isinstance(synapse, MtjPair):
        allowed = limits.junction_voltage
    beyond = []
    if allowed is not None and voltage > allowed.value:
        beyond.append(f"at {format_value(voltage, 'V')} (limit {format_value(allowed.value, 'V')})")
    if junction > limits.junction_density.value:
        beyond.append(f"at up to {_density(junction)} (limit {_density(limits.junction_density.value)})")
    if beyond:
        text = f"cells are read {' and '.join(beyond)}: reading may switch them"
        found.append(Finding("read_disturb", text, place("read.voltage")))
    load = float(np.max(facts["load_ratio"]))
    if technology.read.circuit == "averaging" and load > limits.load_share.value:
        found.append(
            Finding(
                "load",
                f"the load conducts {load:.0%} of what its bit line does (limit {limits.load_share.value:.0%}): "
                "the average is pulled towards zero",
                place("read.load_conductance"),
            )
        )
    return found


def _density(value: float) -> str:
    return f"{value / 1e10:.3g} MA/cm²"


def _own(evaluation: Evaluation, inputs: Inputs, limits: Limits, place: Place) -> list[Finding]:
    found = []
    name = evaluation.architecture
    density = evaluation.metrics["power_density"]
    if density is not None and float(nominal(density)[0]) > limits.power_density.value:
        found.append(
            Finding(
                "heat",
                f"{name}: {float(nominal(density)[0]) / 1e6:.3g} W/mm², limit {limits.power_density.value / 1e6:g}: "
                "more heat than a package removes if it runs without pause",
                name,
            )
        )
    if evaluation.declared is not None and evaluation.bill.cycle is not None:
        settled, cycle = evaluation.settled["interval"], float(nominal(evaluation.bill.cycle)[0])
        factor = float(nominal(settled)[0]) / cycle if settled is not None else 1.0
        if factor > 1:
            found.append(
                Finding(
                    "declared_cycle",
                    f"the declared cycle of {format_value(cycle, 's')} is {factor:.2g} times shorter than the settled "
                    f"latency of {format_value(factor * cycle, 's')}",
                    place("cycle"),
                )
            )
    for component, check in evaluation.bill.checks:
        if not check.fatal and bool(np.any(nominal(check.outside))):
            text = f"{name}, {component}: {_range(check)}"
            if check.code == "law_node":
                own, node = (format_value(v, "m") for v in (check.low, float(nominal(check.value)[0])))
                text = f"{name}, {component}: {check.source} stays at its own {own} on a {node} technology"
                text += "; set components.adc.scale=true to carry it"
            found.append(Finding(check.code, text, check.source))
    facts = evaluation.bill.facts
    if "adc_bits" in facts:
        each = np.broadcast_arrays(nominal(facts["adc_bits"]), nominal(facts["required_bits"]))
        worst = int(np.argmax(each[1] - each[0]))
        bits, need = (float(values[worst]) for values in each)
        if bits < need:
            found.append(
                Finding(
                    "adc_bits",
                    f"{bits:g} converter bits where {need:g} keep the sum whole: this costs accuracy",
                    place("components.adc"),
                )
            )
    activations = {layer.activation for layer in inputs.network.layers} - {"sigmoid"}
    if name == "imac" and activations:
        text = (
            f"imac: the analog neuron computes a sigmoid; {', '.join(sorted(activations))} is priced as if it were one"
        )
        found.append(Finding("activation", text, "network"))
    return found


def _ranks(evaluations: Sequence[Evaluation]) -> list[Finding]:
    def order(metric: str) -> list[str]:
        values = {e.architecture: e.metrics[metric] for e in evaluations}
        return sorted(values, key=lambda name: float(nominal(v)[0]) if (v := values[name]) is not None else 0.0)

    by_pap, by_eap = order("pap"), order("eap")
    if by_pap == by_eap:
        return []
    return [
        Finding(
            "rank_differs",
            f"by power-area product the order is {' < '.join(by_pap)}, by energy-area product {' < '.join(by_eap)}: "
            "PAP rewards slowness, so read both",
            "ratios",
        )
    ]


def _precision(evaluations: Sequence[Evaluation]) -> list[Finding]:
    bits = {e.architecture: tuple(e.bill.bits[k] for k in ("weight", "input", "activation")) for e in evaluations}
    if len(set(bits.values())) < 2:
        return []
    text = "; ".join(f"{name} {'/'.join(f'{b:.3g}' for b in triple)}" for name, triple in bits.items())
    return [Finding("unequal_precision", f"bits of weight/input/activation differ: {text}", "conditions")]
