"""Sigmoid neurons side by side: the analog one of a technology and digital ones, at one node and at their own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from imac_arch.components.base import Component, Context, Laws
from imac_arch.components.cost import Check, UnitCost
from imac_arch.components.inverter import output, slope
from imac_arch.components.laws import NeuronClaims
from imac_arch.components.roles import NEURON
from imac_arch.components.scaling import Scaling
from imac_arch.components.sot_neuron import SotNeuron
from imac_arch.data.arrays import Array, single
from imac_arch.data.errors import UsageError
from imac_arch.data.recording import recording
from imac_arch.data.registry import names
from imac_arch.data.units import UnitError, format_value, parse
from imac_arch.document.build import generator
from imac_arch.document.evaluated import scaled_texts
from imac_arch.document.neurons import (
    ClaimRow,
    NeuronConditions,
    NeuronFigure,
    NeuronRow,
    NeuronsDocument,
    NeuronTechnology,
    Transfer,
)
from imac_arch.document.provenance import Listed, Origin, listed, provenance, unusual
from imac_arch.document.samples import at_medians, figure, figures, interval, layers_at_medians, quotients
from imac_arch.document.shapes import SCHEMA_VERSION, Finding, Interval
from imac_arch.findings import bounds, offending
from imac_arch.inputs import draw
from imac_arch.network import parse_network
from imac_arch.paths import fields_on
from imac_arch.resolve import Request, Resolved, resolve
from imac_arch.soundness import Senseless, most_unusual
from imac_arch.studies.claims import Contender, judged
from imac_arch.technology import NeuronFile, PerActivation, Technology
from imac_arch.technology_files import Loaded, load_neuron

if TYPE_CHECKING:
    from imac_arch.components.roles import Neuron

__all__ = ["FIGURES", "compare_neurons"]

ANALOG = "analog"
MOST_BITS = 16
MOST_SAMPLES = 2 * 10**4  # all neurons are drawn together, with some 12 kB a sample
CURVE = 33  # points of a transfer curve
FIGURES = {
    "power": ("power", "W"),
    "area": ("area", "m^2"),
    "latency": ("latency", "s"),
    "energy": ("energy", "J"),
    "pap": ("PAP", "W*m^2"),
    "pap_equal_throughput": ("PAP, equal rate", "W*m^2*s^2"),
}


HEADLINES = ("power", "area", "pap")


@dataclass(frozen=True)
class _Neuron:
    """One neuron at one node, drawn."""

    name: str
    title: str
    kind: str
    analog: bool
    where: str
    context: Context
    cost: UnitCost
    error: float | None
    bits: float | None = None

    @property
    def figures(self) -> dict[str, Array]:
        """Figures of a unit at 100 % duty cycle: what flows all the time, and its energy over its latency."""
        power = self.cost.power + self.cost.leakage + self.cost.energy / self.cost.latency
        energy = power * self.cost.latency
        pap = power * self.cost.area
        return {
            "power": power, "area": self.cost.area, "latency": self.cost.latency, "energy": energy, "pap": pap,
            "pap_equal_throughput": pap * self.cost.latency**2,
        }  # fmt: skip


def compare_neurons(
    tech: str = "sot_mram",
    *,
    node: str | None = None,
    bits: int | None = None,
    extra: Sequence[str] = (),
    overrides: Mapping[str, Any] | None = None,
    samples: int = 2000,
    seed: int = 0,
    command: str = "",
) -> NeuronsDocument:
    """Return the analog neuron of a technology beside every neuron that has a file.

    Args:
        tech: the technology, by name or path; it fills the roles ``neuron``, ``logic`` and ``sram``.
        node: the one node for all, such as ``14 nm``; by default that of the technology.
        bits: of the digital neurons; by default what their files say.
        extra: paths of more neuron files.
        overrides: fields of the technology by their path.
        samples: draws behind the intervals, shared by all neurons.
        seed: of the draws.
        command: the command line, for the report's footer.

    Returns:
        The document. At 100 % duty cycle: power is what flows all the time and the energy of an activation a latency.

    Raises:
        ImacError: a wrong file, node or option.
    """
    _refuse(bits, samples)
    # a neuron is compared by itself, whatever network it serves
    overrides = fields_on(tech, overrides)
    resolved = resolve(Request(parse_network("1-1"), tech, fields=overrides, samples=samples, seed=seed))
    technology, drawn, loaded = resolved.inputs.technology, resolved.inputs.laws, resolved.files.technology
    common = _node(node) if node is not None else float(loaded.model.node.value)
    files = [_load(name, bits) for name in (*names("neuron"), *extra)]
    models = [draw(file.model, f"neurons.{file.model.name}", seed, samples) for file in files]
    with recording() as readings:
        found = _analog(technology, drawn, common)
        found += [neuron for model in models for neuron in _everywhere(model, technology, drawn, common)]
        curve = _transfer(technology, drawn, common)
        claims = _claims(_sound(found, resolved, overrides), drawn)
    numbers = _numbers(loaded, resolved.files.laws, files, frozenset(readings))
    if curve is not None:
        found = [replace(n, error=curve.error) if n.name == ANALOG and n.where == "one node" else n for n in found]
    return NeuronsDocument(
        schema_version=SCHEMA_VERSION,
        generator=generator(),
        command=command,
        technology=NeuronTechnology(loaded.model.name, loaded.model.title, loaded.hash),
        node=common,
        conditions=NeuronConditions(samples, seed, bits, {k: str(v) for k, v in overrides.items()}),
        figures=tuple(NeuronFigure(name, title, unit, name in HEADLINES) for name, (title, unit) in FIGURES.items()),
        neurons=tuple(_row(neuron, found[0]) for neuron in found),
        claims=claims,
        transfer=curve,
        warnings=_warnings(found) + unusual(numbers, overrides),
        provenance=provenance(numbers),
        hashes={loaded.model.name: loaded.hash, **{f"neurons/{f.model.name}": f.hash for f in files}},
    )


def _sound(found: list[_Neuron], resolved: Resolved, given: Mapping[str, Any]) -> list[_Neuron]:
    """Return neurons whose figures can all be."""
    for neuron in found:
        for name, values in neuron.figures.items():
            value = float(layers_at_medians(values)[0])
            if not 0 < value < math.inf:
                said = f"neuron {neuron.name}: {Senseless('', FIGURES[name][0], value, FIGURES[name][1])}"
                blamed = most_unusual(neuron.cost.readings, resolved.inputs, resolved.files.technology, given)
                raise UsageError(said + blamed)
    return found


def _refuse(bits: int | None, samples: int) -> None:
    if bits is not None and not 2 <= bits <= MOST_BITS:
        raise UsageError(f"bits of a digital neuron are between 2 and {MOST_BITS}, not {bits}")
    if isinstance(samples, int) and samples > MOST_SAMPLES:
        raise UsageError(
            f"{samples:,} samples of all neurons take too much memory; at most {MOST_SAMPLES:,} are allowed"
        )


def _everywhere(model: NeuronFile, technology: Technology, laws: Laws, common: float) -> Iterator[_Neuron]:
    """Give a neuron at the common node and at its own; the figures of an analog one hold at its own node alone."""
    own = float(model.node.value)
    for where, at in _nodes(common, own):
        if NEURON.name not in model.neuron.roles or _same(at, own):
            yield _built(model, where, _context(technology, laws, at))


def _node(text: str) -> float:
    try:
        node = parse(text, "m")
    except UnitError as error:
        raise UsageError(f"--node {text!r}: {error}") from None
    if not node > 0:
        raise UsageError(f"--node {text!r}: a node is greater than 0, such as 14 nm")
    return node


def _nodes(common: float, own: float) -> list[tuple[str, float]]:
    """Return the nodes at which a neuron is shown; once where its own node is that of all."""
    return [("one node", common)] + ([] if _same(common, own) else [("own node", own)])


def _same(node: float, other: float) -> bool:
    return math.isclose(node, other)  # relative: nodes are far smaller than numpy's absolute tolerance


def _load(name: str, bits: int | None) -> Loaded:
    loaded = load_neuron(name)
    if bits is None or not hasattr(loaded.model.neuron, "bits"):
        return loaded
    return load_neuron(name, {"neuron.bits": {"value": bits, "status": "assumed", "note": "set by --bits"}})


def _context(technology: Technology, laws: Laws, node: float) -> Context:
    """Return what surrounds a neuron: the technology's supply at its own node, the nominal one at any other."""
    at = np.asarray(node)
    own = _same(node, float(technology.node.value))
    vdd = technology.vdd.x if own else laws.get(Scaling, "scaling").nominal(at)
    return Context(at, vdd, laws, technology.components)


def _sigmoid(technology: Technology) -> Component | None:
    """Return the analog neuron of a technology: where each activation has its own, that of the sigmoid."""
    component = technology.components.get(NEURON.name)
    return component.activations.get("sigmoid") if isinstance(component, PerActivation) else component


def _absent(technology: Technology) -> str:
    """Return why a technology has no neuron to compare."""
    component = technology.components.get(NEURON.name)
    if not isinstance(component, PerActivation):
        return f"technology {technology.name!r} has no neuron to compare; bind components.neuron"
    have = ", ".join(name for name, part in component.activations.items() if not part.neglected) or "none"
    text = f"technology {technology.name!r} has no sigmoid neuron to compare; its neurons compute: {have}"
    return f"{text}; bind components.neuron.activations.sigmoid"


def _analog(technology: Technology, laws: Laws, common: float) -> list[_Neuron]:
    component = _sigmoid(technology)
    if component is None or NEURON.name not in component.roles:
        raise UsageError(_absent(technology))
    neuron = cast("Neuron", component)  # held to the protocol when its kind became known
    found = []
    for where, at in _nodes(common, float(technology.node.value)):
        context = _context(technology, laws, at)
        cost = neuron.cost(context)
        kind = str(getattr(component, "kind", ""))
        title = f"analog neuron of {technology.name}"
        if not cost.checks:  # given figures hold at the technology's node
            own = technology.node.x
            cost = cost.with_checks(Check("node", context.node, own, own, "m", code="law_node", source=technology.name))
        found.append(_Neuron(ANALOG, title, kind, True, where, context, cost, None))
    return found


def _transfer(technology: Technology, laws: Laws, node: float) -> Transfer | None:
    """Return the curve of the technology's neuron, beside the logistic as steep in the middle; None of given figures.

    ``error`` is the largest distance between the two, as a share of the supply.
    """
    neuron = _sigmoid(technology)
    if not isinstance(neuron, SotNeuron):
        return None
    context = _context(technology, laws, node)
    circuit = neuron.circuit(context)
    vdd, steep = single(context.vdd), slope(circuit)
    inputs = np.linspace(-vdd, vdd, CURVE)
    curves = output(inputs.reshape(-1, *(1,) * np.ndim(steep)), circuit).reshape(CURVE, -1)
    ideal = vdd / (1 + np.exp(single(steep) * inputs))
    bands = [interval(row) or Interval(*[float(row[0])] * 3) for row in curves]
    return Transfer(
        node=node,
        vdd=vdd,
        input=tuple(inputs.tolist()),
        output=tuple(curves[:, 0].tolist()),
        low=tuple(band.low for band in bands),
        high=tuple(band.high for band in bands),
        logistic=tuple(ideal.tolist()),
        slope=figure(steep),
        error=float(np.max(np.abs(curves[:, 0] - ideal)) / vdd),
    )


def _built(file: NeuronFile, where: str, context: Context) -> _Neuron:
    unit: Any = file.neuron  # its kind fills the role of a neuron, which is all that loading asks of it
    bits = getattr(unit, "bits", None)
    word = None if bits is None else float(bits.value)
    cost, analog = unit.cost(context, file.name), NEURON.name in unit.roles
    return _Neuron(file.name, file.title, unit.kind, analog, where, context, cost, getattr(unit, "error", None), word)


def _row(neuron: _Neuron, against: _Neuron) -> NeuronRow:
    own, base = neuron.figures, against.figures
    ratios = {} if neuron is against else {name: own[name] / base[name] for name in FIGURES}
    return NeuronRow(
        name=neuron.name,
        title=neuron.title,
        kind=neuron.kind,
        analog=neuron.analog,
        bits=neuron.bits,
        node=float(neuron.context.node),
        vdd=at_medians(neuron.context.vdd),
        at=neuron.where,
        metrics=figures(own),
        ratios=quotients(ratios),
        error=neuron.error,
        law=neuron.cost.law,
        scaled=scaled_texts(neuron.cost),
    )


def _claims(found: Sequence[_Neuron], laws: Laws) -> tuple[ClaimRow, ...]:
    law = laws.get(NeuronClaims, "neuron_claims")
    digital = [Contender(n.name, float(n.context.node), n.where, n.figures) for n in found if not n.analog]
    return tuple(judged(claim, law.sources[claim.source], found[0].figures, digital) for claim in law.claims)


def _warnings(found: Sequence[_Neuron]) -> tuple[Finding, ...]:
    rows = []
    for neuron in found:
        for check in neuron.cost.checks:
            if not np.any(layers_at_medians(check.outside)):
                continue
            value, low, high = (format_value(v, check.unit) for v in (offending(check)[0], *bounds(check)))
            head = f"{neuron.name} at {format_value(float(neuron.context.node), 'm')}: {check.quantity} {value}"
            text = f"{head} is outside the range of {check.source}, {low} to {high}"
            rows.append(Finding(check.code, text, check.source))
    return tuple(dict.fromkeys(rows))


def _numbers(loaded: Loaded, laws: Mapping[str, Loaded], files: Sequence[Loaded], read: frozenset[str]) -> list[Listed]:
    """Return the numbers that were read, and all of the neurons' own files."""
    origins = [Origin("", loaded.model, loaded.model.sources, loaded, read=read)]
    origins += [Origin(f"neurons.{f.model.name}", f.model, f.model.sources, f) for f in files]
    origins += [Origin(f"laws.{name}", law.model, law.model.sources, law, read=read) for name, law in laws.items()]
    return listed(origins)
