"""Sigmoid neurons side by side: the analog one of a technology and digital ones, at one node and at their own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any

import numpy as np

from imac_arch.components.base import Check, Laws, Neuron, Setting, UnitCost
from imac_arch.components.laws import NeuronClaims
from imac_arch.components.scaling import Scaling
from imac_arch.components.sot_neuron import SotNeuron, output, slope
from imac_arch.data.errors import UsageError
from imac_arch.data.quantity import Array
from imac_arch.data.registry import names
from imac_arch.data.units import UnitError, format_value, parse
from imac_arch.document import interval, one, provenance
from imac_arch.evaluate import draw
from imac_arch.findings import nominal
from imac_arch.studies.claims import judged
from imac_arch.technology import Loaded, Technology, load_laws, load_neuron, load_technology

__all__ = ["FIGURES", "compare_neurons"]

SCHEMA_VERSION = "1.1"
ANALOG = "analog"
MOST_BITS = 16
CURVE = 33  # points of a transfer curve
FIGURES = {
    "power": ("power", "W"),
    "area": ("area", "m^2"),
    "latency": ("latency", "s"),
    "energy": ("energy", "J"),
    "pap": ("PAP", "W*m^2"),
    "pap_equal_throughput": ("PAP, equal rate", "W*m^2*s^2"),
}


@dataclass(frozen=True)
class _Neuron:
    """One neuron at one node, drawn."""

    name: str
    title: str
    kind: str
    analog: bool
    where: str
    setting: Setting
    cost: UnitCost
    error: float | None
    bits: float | None = None

    @property
    def figures(self) -> dict[str, Array]:
        """Figures of a unit that works without pause: what flows all the time, and its energy over its latency."""
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
) -> dict[str, Any]:
    """Compare the analog neuron of a technology with every neuron that has a file.

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
        A plain document, SI units: ``neurons``, one row a neuron and node with its 90 % intervals, each
        ``[low, high]``; ``claims``, the published ratios with *inside*, *outside* or *not testable*; ``transfer``, the
        curve of a neuron that is given by its devices; ``provenance`` of every number. A neuron works without pause:
        its power is what flows all the time and the energy of an activation over its latency.

    Raises:
        ImacError: a wrong file, node or option.
    """
    if samples < 0:
        raise UsageError(f"samples must be 0 or more, not {samples}")
    if bits is not None and not 2 <= bits <= MOST_BITS:
        raise UsageError(f"bits of a digital neuron are between 2 and {MOST_BITS}, not {bits}")
    loaded, laws = load_technology(tech, overrides), load_laws()
    given = Laws({key: found.model for key, found in laws.items()})
    drawn = Laws({name: draw(law, f"laws.{name}", seed, samples) for name, law in given.by_name.items()})
    technology = draw(loaded.model, "technology", seed, samples)
    common = _node(node) if node is not None else float(loaded.model.node.value)
    files = [_load(name, bits) for name in (*names("neuron"), *extra)]
    found = _analog(technology, drawn, common)
    for file in files:
        model = draw(file.model, f"neurons.{file.model.name}", seed, samples)
        for where, at in _nodes(common, float(model.node.value)):
            if isinstance(model.neuron, Neuron) and not _same(at, float(model.node.value)):
                continue  # the figures of an analog neuron hold at its own node alone
            setting = _setting(technology, drawn, at)
            found.append(_built(model, where, setting))
    curve = _transfer(technology, drawn, common)
    if curve is not None:
        found = [replace(n, error=curve["error"]) if n.name == ANALOG and n.where == "one node" else n for n in found]
    rows = [_row(neuron, found[0]) for neuron in found]
    numbers = _provenance(loaded, laws, files)
    return {
        "schema_version": SCHEMA_VERSION,
        "generator": {"name": "imac-arch", "version": metadata.version("imac-arch")},
        "command": command,
        "technology": {"name": loaded.model.name, "title": loaded.model.title, "hash": loaded.hash},
        "node": common,
        "conditions": {"samples": samples, "seed": seed, "bits": bits, "overrides": dict(overrides or {})},
        "figures": [{"name": name, "title": title, "unit": unit} for name, (title, unit) in FIGURES.items()],
        "neurons": rows,
        "claims": _claims(found, given),
        "transfer": curve,
        "warnings": _warnings(found),
        "provenance": numbers,
        "hashes": {loaded.model.name: loaded.hash, **{f"neurons/{f.model.name}": f.hash for f in files}},
    }


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


def _setting(technology: Technology, laws: Laws, node: float) -> Setting:
    """Return what surrounds a neuron: the technology's supply at its own node, the nominal one at any other."""
    at = np.asarray(node)
    own = _same(node, float(technology.node.value))
    vdd = technology.vdd.x if own else laws.get(Scaling, "scaling").nominal(at)
    return Setting(at, vdd, laws, technology.components)


def _analog(technology: Technology, laws: Laws, common: float) -> list[_Neuron]:
    neuron = technology.components.get("neuron")
    if not isinstance(neuron, Neuron):
        raise UsageError(f"technology {technology.name!r} has no neuron to compare; bind components.neuron")
    found = []
    for where, at in _nodes(common, float(technology.node.value)):
        setting = _setting(technology, laws, at)
        cost = neuron.cost(setting)
        kind = str(getattr(neuron, "kind", ""))
        title = f"analog neuron of {technology.name}"
        if not cost.checks:  # given figures hold at the technology's node
            own = float(technology.node.value)
            held = Check("node", setting.node, own, own, "m", code="law_node", source=technology.name)
            cost = replace(cost, checks=(held,))
        found.append(_Neuron(ANALOG, title, kind, True, where, setting, cost, None))
    return found


def _transfer(technology: Technology, laws: Laws, node: float) -> dict[str, Any] | None:
    """Return the curve of the technology's neuron, beside the logistic as steep in the middle; None of given figures.

    ``error`` is the largest distance between the two, as a share of the supply.
    """
    neuron = technology.components.get("neuron")
    if not isinstance(neuron, SotNeuron):
        return None
    setting = _setting(technology, laws, node)
    circuit = neuron.circuit(setting)
    vdd, steep = float(np.ravel(setting.vdd)[0]), slope(circuit)
    inputs = np.linspace(-vdd, vdd, CURVE)
    curves = output(inputs.reshape(-1, *(1,) * np.ndim(steep)), circuit).reshape(CURVE, -1)
    ideal = vdd / (1 + np.exp(float(np.ravel(steep)[0]) * inputs))
    limits = [_limits(row) or [float(row[0])] * 2 for row in curves]
    return {
        "node": node,
        "vdd": vdd,
        "input": inputs.tolist(),
        "output": curves[:, 0].tolist(),
        "low": [low for low, _ in limits],
        "high": [high for _, high in limits],
        "logistic": ideal.tolist(),
        "slope": one(steep),
        "slope_interval": _limits(steep),
        "error": float(np.max(np.abs(curves[:, 0] - ideal)) / vdd),
    }


def _limits(values: Array) -> list[float] | None:
    """Return the 90 % interval, ``[low, high]``."""
    found = interval(values) or {}
    low, high = found.get("low"), found.get("high")
    return None if low is None or high is None else [low, high]


def _built(file: Any, where: str, setting: Setting) -> _Neuron:
    cost = file.neuron.cost(setting, file.name)
    error = getattr(file.neuron, "error", None)
    analog = isinstance(file.neuron, Neuron)
    bits = getattr(file.neuron, "bits", None)
    word = None if bits is None else float(bits.value)
    return _Neuron(file.name, file.title, file.neuron.kind, analog, where, setting, cost, error, word)


def _row(neuron: _Neuron, against: _Neuron) -> dict[str, Any]:
    figures, base = neuron.figures, against.figures
    ratios: dict[str, Any] = {}
    if neuron is not against:
        for name in ("power", "area", "latency", "energy", "pap", "pap_equal_throughput"):
            ratio = figures[name] / base[name]
            ratios[name] = {"value": one(ratio), **(interval(ratio) or {})}
    return {
        "name": neuron.name,
        "title": neuron.title,
        "kind": neuron.kind,
        "analog": neuron.analog,
        "bits": neuron.bits,
        "node": float(neuron.setting.node),
        "vdd": one(neuron.setting.vdd),
        "at": neuron.where,
        **{name: one(values) for name, values in figures.items()},
        "intervals": {name: _limits(values) for name, values in figures.items()},
        "error": neuron.error,
        "ratios": ratios,
        "law": neuron.cost.law,
        "scaled": list(dict.fromkeys(neuron.cost.scaled)),
    }


def _claims(found: Sequence[_Neuron], laws: Laws) -> list[dict[str, Any]]:
    law = laws.get(NeuronClaims, "neuron_claims")
    digital = [(n.name, float(n.setting.node), n.where, n.figures) for n in found if not n.analog]
    return [judged(claim, law.sources[claim.source], found[0].figures, digital) for claim in law.claims]


def _warnings(found: Sequence[_Neuron]) -> list[dict[str, Any]]:
    texts = {}
    for neuron in found:
        for check in neuron.cost.checks:
            if not np.any(nominal(check.outside)):
                continue
            value, low, high = (format_value(v, check.unit) for v in (one(check.value) or 0.0, check.low, check.high))
            head = f"{neuron.name} at {format_value(float(neuron.setting.node), 'm')}: {check.quantity} {value}"
            text = f"{head} is outside the range of {check.source}, {low} to {high}"
            texts[text] = {"code": check.code, "message": text, "where": check.source}
    return list(texts.values())


def _provenance(loaded: Loaded, laws: Mapping[str, Loaded], files: Sequence[Loaded]) -> list[dict[str, Any]]:
    roles = ("neuron", "logic", "sram")
    used = {role: part for role, part in loaded.model.components.items() if role in roles}
    trimmed = {"components": used, "node": loaded.model.node, "vdd": loaded.model.vdd}
    parts: list[tuple[str, Any, Any, Loaded | None]] = [("", trimmed, loaded.model.sources, loaded)]
    parts += [(f"neurons.{f.model.name}", f.model, f.model.sources, f) for f in files]
    for name in ("logic", "sram", "scaling", "transistors", "neuron_claims"):
        parts.append((f"laws.{name}", laws[name].model, laws[name].model.sources, laws[name]))
    return provenance(parts)
