"""Coded warnings: checks of a design that are not clear, and remarks, each with its figure and place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import Case
from imac_arch.components.base import Component
from imac_arch.components.cost import Check
from imac_arch.components.roles import DIGITAL_NEURON, NEURON, ROW_DRIVER
from imac_arch.data.arrays import Array, as_array
from imac_arch.data.errors import UsageError
from imac_arch.data.units import format_value
from imac_arch.document.judged import show_figure
from imac_arch.document.samples import at_medians, layers_at_medians
from imac_arch.document.shapes import CheckRow, Finding, Remedy
from imac_arch.evaluate import PHYSICS, Evaluation
from imac_arch.inputs import Inputs
from imac_arch.remedies import Key, Mended
from imac_arch.technology import PerActivation

__all__ = ["bounds", "findings", "offending", "refuse", "sentence"]

Place = Callable[[str], str]
NEURONS = (NEURON.name, DIGITAL_NEURON.name)
PLACES = {  # what is to blame, by code
    "ir_drop": "subarray.cols", "current_density": "components.wire", "drive": "components.row_driver",
    "read_disturb": "read.voltage", "load": "read.load_conductance", "adc_bits": "components.adc",
    "declared_cycle": "cycle",
}  # fmt: skip
ASIDE = {"ir_drop": ("signal_share_all_on", "with all inputs on")}  # a fact that is said beside the figure
OF_QUANTITY = {"mean current of a bit line": "read.circuit"}  # where a code has several


def refuse(evaluation: Evaluation) -> None:
    """Raise where a law is asked for a value that it does not cover; of sums that cannot be,
    :mod:`imac_arch.soundness` says more.

    Raises:
        UsageError: with component, quantity, value and allowed range.
    """
    for component, check in evaluation.refusals:
        if check.source != PHYSICS and _fails(check):
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


def findings(
    evaluations: Sequence[Evaluation],
    judged: Sequence[tuple[CheckRow, ...]],
    mended: Mended,
    inputs: Inputs,
    place: Place,
) -> list[Finding]:
    """Return the warnings of all architectures on one technology, each once: first the checks that are not clear.

    Args:
        evaluations: of the architectures.
        judged: the checks of each.
        mended: what clears them.
        inputs: of the evaluations.
        place: from a dotted path of the technology to its place in the file.
    """
    case = inputs.case()
    rows: list[Finding] = []
    for evaluation, checks in zip(evaluations, judged, strict=True):
        rows += _checks(evaluation, checks, mended.by_check, place)
    for evaluation in evaluations:
        rows += _driver(evaluation, case, place)
        rows += _cycle(evaluation, place)
        rows += _laws(evaluation)
        rows += _invalid(evaluation)
        rows += _activations(evaluation, inputs, place)
    rows += _ranks(evaluations)
    rows += _precision(evaluations)
    return list(dict.fromkeys(rows))


def _checks(
    evaluation: Evaluation, checks: Sequence[CheckRow], mended: Mapping[Key, tuple[Remedy, ...]], place: Place
) -> Iterator[Finding]:
    """Give every check of a design that is not clear."""
    for check in checks:
        if check.status == "clear" or check.status == "outranked":
            continue
        yield Finding(
            code=check.code,
            message=sentence(check) + _aside(evaluation, check),
            where=place(OF_QUANTITY.get(check.quantity, PLACES[check.code]))
            if check.code in PLACES
            else evaluation.architecture,
            severity=check.status,
            technology=evaluation.technology,
            architecture=evaluation.architecture,
            layer=check.layer,
            quantity=check.quantity,
            value=check.value,
            limit=check.limit,
            hard_limit=check.hard_limit,
            unit=check.unit,
            margin=check.margin,
            remedies=mended.get(Key(evaluation.architecture, check.code, check.quantity), ()),
        )


def _aside(evaluation: Evaluation, check: CheckRow) -> str:
    """Return a second figure that belongs to a check, in the same layer; nothing where the bill has none."""
    fact, words = ASIDE.get(check.code, ("", ""))
    if fact not in evaluation.bill.facts:
        return ""
    values = layers_at_medians(evaluation.bill.facts[fact])
    value = float(values[(check.layer or 1) - 1 if len(values) > 1 else 0])
    return "" if np.isclose(value, check.value, rtol=1e-3, atol=0) else f", {show_figure(value, check.unit)} {words}"


def sentence(check: CheckRow) -> str:
    """Return what a check found: the figure, how far it is beyond its limit, and where it fails."""
    most = check.bound == "at_most"
    value, limit = (show_figure(number, check.unit) for number in (check.value, check.limit))
    ends = f"limit {limit}" if most else f"needs {limit}"
    if check.hard_limit is not None:
        ends += f", fails {'from' if most else 'below'} {show_figure(check.hard_limit, check.unit)}"
    where = f" in layer {check.layer}" if check.layer else ""
    times = f", {format_value(1 / check.margin, '', 2)} times the limit" if most and check.margin > 0 else ""
    return f"{check.quantity} {value}{where}{times} ({ends})"


def _note(evaluation: Evaluation, code: str, message: str, where: str, **figures: Any) -> Finding:
    """Return a remark on one design, with its figures: ``quantity``, ``value``, ``limit``, ``unit``, ``margin``."""
    return Finding(code, message, where, "note", evaluation.technology, evaluation.architecture, **figures)


def _driver(evaluation: Evaluation, case: Case, place: Place) -> Iterator[Finding]:
    """Say that no row driver is counted, where no neuron is known to drive the lines in its place."""
    facts, roles = evaluation.bill.facts, ARCHITECTURES[evaluation.architecture].roles
    if "line_current" not in facts or case.role(ROW_DRIVER) is not None or NEURON.name in roles:
        return
    currents = layers_at_medians(facts["line_current"])
    most, layer = float(np.max(currents)), int(np.argmax(currents)) + 1 if len(currents) > 1 else None
    text = f"no row driver is counted: a word line draws up to {format_value(most, 'A')}; bind components.row_driver "
    text += "to count one"
    figures = {"layer": layer, "quantity": "current of a word line", "value": most, "unit": "A"}
    yield _note(evaluation, "drive", text, place("components.row_driver"), **figures)


def _first(values: Array) -> float:
    return float(layers_at_medians(values)[0])


def _cycle(evaluation: Evaluation, place: Place) -> Iterator[Finding]:
    """Say by how much a declared cycle that is not used is too short; one that is used is checked."""
    settled = evaluation.settled["interval"]
    if evaluation.bill.cycle is None or settled is None or evaluation.timing == "declared":
        return
    cycle = _first(evaluation.bill.cycle)
    factor = _first(settled) / cycle
    if factor > 1:
        text = f"the declared cycle of {format_value(cycle, 's')}, which is not used, is {factor:.2g} times shorter "
        text += f"than the settled latency of {format_value(factor * cycle, 's')}"
        figures = {"quantity": "settled latency", "value": factor * cycle, "limit": cycle, "unit": "s"}
        yield _note(evaluation, "declared_cycle", text, place("cycle"), **figures, margin=1 / factor)


def _laws(evaluation: Evaluation) -> Iterator[Finding]:
    """Warn where a law is extrapolated."""
    for component, check in evaluation.bill.all_checks:
        if check.fatal or check.code in PLACES or not _fails(check):  # what is a check of the design is said there
            continue
        text = f"{evaluation.architecture}, {component}: {_range(check)}"
        if check.code == "law_node":
            own, node = (format_value(v, "m") for v in (bounds(check)[0], offending(check)[0]))
            text = f"{evaluation.architecture}, {component}: {check.source} stays at its own {own} on a {node} "
            text += "technology; set components.adc.scale=true to scale it"
        yield _note(evaluation, check.code, text, check.source, **_figures(check))


def _figures(check: Check) -> dict[str, Any]:
    """Return the figures of a check of a law that fails: its value, the end of the range that it is beyond, and the
    factor by which it keeps it, None where either is not above 0."""
    value, layer = offending(check)
    low, high = bounds(check)
    limit = low if value < low else high
    kept = (value, low) if value < low else (high, value)
    margin = kept[0] / kept[1] if min(kept) > 0 else None
    return {"layer": layer, "quantity": check.quantity, "value": value, "limit": limit, "unit": check.unit,
            "margin": margin}  # fmt: skip


def _invalid(evaluation: Evaluation) -> Iterator[Finding]:
    """Warn of samples for which a law has no answer."""
    valid = np.ravel(evaluation.valid)
    if valid.all():
        return
    share = float(1 - np.mean(valid[1:]))
    text = f"{evaluation.architecture}: {share:.1%} of the samples are outside the range of "
    text += f"{', '.join(evaluation.outside)}; the intervals leave them out"
    figures = {"quantity": "samples without an answer", "value": share, "limit": 0.0, "unit": ""}
    yield _note(evaluation, "invalid_samples", text, evaluation.architecture, **figures)


def _activations(evaluation: Evaluation, inputs: Inputs, place: Place) -> Iterator[Finding]:
    """Warn where other activations are priced by a neuron that computes a sigmoid."""
    name = evaluation.architecture
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
                yield _note(evaluation, "activation", f"{text}as if they did too", place(path))


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
        technology = evaluations[0].technology
        text = f"on {technology} ranked by power-area product: {by_pap}; by energy-area product: {by_eap}; PAP rewards "
        yield Finding("rank_differs", f"{text}slowness, so read both", "ratios", technology=technology)


def _precision(evaluations: Sequence[Evaluation]) -> Iterator[Finding]:
    """Warn of architectures that compute with other bits than others do; a board computes with the type that it has,
    which the conditions name."""
    kinds = ("weight", "input", "activation")
    chips = [e for e in evaluations if ARCHITECTURES[e.architecture].uses_technology]
    bits = {e.architecture: tuple(at_medians(e.bill.bits[kind]) or 0.0 for kind in kinds) for e in chips}
    if len({tuple(map(math.ceil, triple)) for triple in bits.values()}) > 1:
        text = "; ".join(f"{name} {'/'.join(f'{b:.3g}' for b in triple)}" for name, triple in bits.items())
        text = f"bits of weight/input/activation differ: {text}"
        yield Finding("unequal_precision", text, "conditions", technology=evaluations[0].technology)
