"""The main job: files and options in, a Comparison out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.breakeven import batch_curve, break_even
from imac_arch.components.adc import ADC_LAWS
from imac_arch.components.base import Laws
from imac_arch.document import Compared, components_used, interval, one, provenance, technology_part
from imac_arch.errors import ImacError, UnknownName, UsageError
from imac_arch.evaluate import Evaluation, evaluate, prepare
from imac_arch.files import digest, read_yaml, write_text
from imac_arch.findings import Finding, findings, refuse
from imac_arch.metrics import METRICS
from imac_arch.network import Network, NetworkFile, parse_network
from imac_arch.registry import is_path
from imac_arch.scenario import Scenario, load_scenario
from imac_arch.schema import validate
from imac_arch.technology import Board, Loaded, Technology, load_board, load_laws, load_technology

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "compare"]

SCHEMA_VERSION = "1.0"
DEFAULT_SAMPLES = 2000


@dataclass(frozen=True, repr=False)
class Comparison:
    """Architectures side by side on one or more technologies.

    Attributes:
        document: everything there is to know, as plain data: what :meth:`to_json` writes.
        evaluations: the arrays behind it, by technology.
    """

    document: dict[str, Any]
    evaluations: Sequence[Sequence[Evaluation]]

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(a["name"] for a in self.document["architectures"]))
        techs = ", ".join(t["name"] for t in self.document["technologies"])
        return f"<Comparison {self.document['network']['name']} on {techs}: {names}>"

    def _repr_html_(self) -> str:
        return str(self.summary().to_html())

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame, one row per technology, architecture and metric, with value and interval in SI units."""
        from imac_arch.table import metrics_frame

        return metrics_frame(self.document)

    def summary(self) -> pd.DataFrame:
        """Return the summary table: metrics as rows, architectures as columns, values written for people."""
        from imac_arch.table import summary_frame

        return summary_frame(self.document)

    def to_json(self) -> str:
        """Return the JSON document."""
        return json.dumps(self.document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def to_html(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the report and return its path.

        Raises:
            InputOutputError: the path cannot be written, or a file stands there that is no report of ours.
        """
        from imac_arch.report.render import MARK, render

        write_text(Path(path), render(self.document), ours=MARK, force=force)
        return Path(path)


def compare(
    net: str | Path | Network,
    tech: str | Sequence[str] | None = None,
    *,
    arch: Sequence[str] | None = None,
    baseline: str | None = None,
    gpu: str | None = None,
    batch: int = 1,
    subarray: str | None = None,
    adc_bits: int | None = None,
    adc_law: str | None = None,
    read: str | None = None,
    pipelined: bool = False,
    timing: str | None = None,
    scenario: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    samples: int = DEFAULT_SAMPLES,
    seed: int = 0,
    command: str = "",
) -> Comparison:
    """Compare architectures for one network.

    Args:
        net: ``784-128-10``, the path of a YAML file, or a Network.
        tech: technologies by name or path; ``sot_mram`` by default.
        arch: architectures; all of them by default.
        baseline: what ratios are taken against; ``mixed_signal`` by default.
        gpu: the board by name or path; ``h100`` by default.
        batch: inferences at once.
        subarray: ``128x128``, rows by weight columns.
        adc_bits: bits of the converters.
        adc_law: ``survey``, ``accelergy``, ``in_array`` or ``fixed``.
        read: ``averaging`` or ``virtual_ground``.
        pipelined: layers of the analog architectures overlap.
        timing: ``settled`` or ``declared``.
        scenario: a named list of assumptions; explicit arguments win over it.
        overrides: any field of the technology by its dotted path.
        samples: draws of the uncertain quantities; 0 for none.
        seed: of the draws.
        command: the command line, for the report.

    Raises:
        ImacError: a wrong name, value, file or path; see :mod:`imac_arch.errors`.
    """
    plan = None if scenario is None else load_scenario(scenario)
    chosen: Scenario | None = plan.model if plan else None
    fields = _fields(chosen, subarray, adc_bits, adc_law, read, overrides)
    architectures = _architectures(arch, chosen, baseline)
    against = baseline or (chosen.baseline if chosen else "mixed_signal")
    if against not in ARCHITECTURES:
        raise UnknownName("architecture", against, ARCHITECTURES)
    if batch < 1:
        raise UsageError(f"batch {batch} is not allowed; it must be 1 or more")
    if samples < 0 or samples > 1_000_000:
        raise UsageError(f"{samples} samples are not allowed; 0 to 1,000,000 are")
    if seed < 0:
        raise UsageError(f"seed {seed} is not allowed; it must be 0 or more")
    pace = timing or (chosen.timing if chosen else "settled")
    if pace not in ("settled", "declared"):
        raise UnknownName("timing", pace, ("settled", "declared"))
    network = _network(net)
    names = [tech] if isinstance(tech, str) else list(tech or ())
    names = names or [chosen.technology if chosen else "sot_mram"]
    if len(set(names)) < len(names):
        raise UsageError(f"the same technology is given twice: {', '.join(names)}; name each once")
    board = load_board(gpu or (chosen.gpu if chosen else None) or "h100") if "gpu" in architectures else None
    loaded_laws = load_laws()
    laws = Laws({name: found.model for name, found in loaded_laws.items()})
    everything: list[Compared] = []
    for name in names:
        loaded = load_technology(name, fields)
        if any(c.loaded.model.name == loaded.model.name for c in everything):
            raise UsageError(f"two technologies are called {loaded.model.name!r}; give the copy a name of its own")
        inputs = prepare(network, loaded.model, laws, board.model.board if board else None, samples=samples, seed=seed)
        found = evaluate(inputs, architectures, batch=batch, pipelined=pipelined, timing=pace)
        for evaluation in found:
            refuse(evaluation)
        everything.append(Compared(loaded, inputs, found))

    document = _document(everything, network, board, loaded_laws, against, architectures)
    document["conditions"] |= {
        "batch": batch, "pipelined": pipelined, "timing": pace, "scenario": chosen.name if chosen else None,
        "seed": seed, "samples": samples, "overrides": {k: str(v) for k, v in (overrides or {}).items()},
    }  # fmt: skip
    document["command"] = command
    if chosen is not None:
        document["scenario"] = _scenario(chosen, document, net, names, architectures, samples, gpu)
    return Comparison(document, [c.evaluations for c in everything])


def _network(net: str | Path | Network) -> Network:
    if isinstance(net, Network):
        return net
    text = str(net)
    if isinstance(net, Path) or is_path(text):
        return validate(NetworkFile, read_yaml(Path(text))).network()
    return parse_network(text)


def _fields(
    scenario: Scenario | None,
    subarray: str | None,
    adc_bits: int | None,
    adc_law: str | None,
    read: str | None,
    overrides: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return all overrides by path: the scenario's first, then what is explicit."""
    explicit: dict[str, Any] = {}
    if subarray is not None:
        explicit |= _subarray(subarray)
    if adc_bits is not None:
        explicit["components.adc.bits"] = str(adc_bits)
    if adc_law is not None:
        if adc_law not in ADC_LAWS:
            raise UnknownName("ADC law", adc_law, ADC_LAWS)
        explicit["components.adc.law"] = adc_law
    if read is not None:
        if read not in ("averaging", "virtual_ground"):
            raise UnknownName("read circuit", read, ("averaging", "virtual_ground"))
        explicit["read.circuit"] = read
    for path in overrides or {}:
        if path in explicit:
            raise UsageError(f"{path} is set twice, by --set and by its own option; keep one of the two")
    explicit |= dict(overrides or {})
    fields = dict(scenario.overrides) if scenario else {}
    for path in explicit:
        # an explicit path under a scenario's, or above it, replaces it or is applied after it
        fields.pop(path, None)
        for other in [p for p in fields if p.startswith(f"{path}.")]:
            del fields[other]
    return fields | explicit


def _subarray(text: str) -> dict[str, str]:
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) != 2 or not all(p.strip().isdigit() and int(p) > 0 for p in parts):
        raise UsageError(f"subarray {text!r} is not allowed; write rows x columns, both 1 or more, such as 128x128")
    return {"subarray.rows": parts[0].strip(), "subarray.cols": parts[1].strip()}


def _architectures(arch: Sequence[str] | None, scenario: Scenario | None, baseline: str | None) -> list[str]:
    names = list(arch) if arch else list(scenario.architectures) if scenario else list(ARCHITECTURES)
    for name in names:
        if name not in ARCHITECTURES:
            raise UnknownName("architecture", name, ARCHITECTURES)
    if baseline in ARCHITECTURES and baseline not in names:
        names.append(str(baseline))
    return [name for name in ARCHITECTURES if name in names]


def _document(
    everything: Sequence[Compared],
    network: Network,
    board: Loaded | None,
    laws: Mapping[str, Loaded],
    baseline: str,
    architectures: Sequence[str],
) -> dict[str, Any]:
    first = everything[0]
    read, subarray = first.loaded.model.read, first.loaded.model.subarray
    adc = first.loaded.model.components.get("adc")
    parts = [technology_part(c, baseline) for c in everything]
    joined = {key: [row for part in parts for row in part[key]] for key in parts[0]}
    numbers = _provenance(everything, network, board, laws, architectures)
    warnings = [finding for c in everything for finding in findings(c.evaluations, c.inputs, _place(c.loaded))]
    warnings = list(dict.fromkeys(warnings)) + _unsourced(numbers)
    curve: list[dict[str, Any]] = []
    even: list[dict[str, Any]] = []
    if board is not None:
        for compared in everything:
            curve = curve or batch_curve(compared.inputs)
            even += break_even(compared.inputs, compared.evaluations)
    return {
        "schema_version": SCHEMA_VERSION,
        "generator": {"name": "imac-arch", "version": metadata.version("imac-arch")},
        "command": "",
        "network": {
            "name": network.name,
            "layers": [layer.model_dump() for layer in network.layers],
            "bias": network.bias,
            "macs": network.macs,
            "ops": network.ops,
        },
        "technologies": [_technology(c.loaded) for c in everything],
        "board": None if board is None else _board(board),
        "conditions": {
            "subarray": {"rows": int(subarray.rows.value), "cols": int(subarray.cols.value)},
            "read": read.circuit,
            "encoding": read.encoding,
            "bias_window": read.bias_window,
            "adc_law": getattr(adc, "law", None),
            "bits": {e.architecture: dict(e.bill.bits) for e in first.evaluations},
            "gpu": None if board is None else board.model.name,
            "baseline": baseline,
            "per_technology": [_conditions(c.loaded.model) for c in everything],
        },
        "metrics": [
            {"name": m.name, "title": m.title, "unit": m.unit, "better": m.better, "scale": m.scale}
            for m in METRICS.values()
        ],
        **joined,
        "adc_scenarios": [row for c in everything for row in _adc_scenarios(c)],
        "batch_curve": curve,
        "break_even": even,
        "provenance": numbers,
        "warnings": [{"code": f.code, "message": f.message, "where": f.where} for f in warnings],
        "hashes": {
            "network": digest(network.model_dump(mode="json", exclude={"input", "hidden"})),
            **{c.loaded.model.name: c.loaded.hash for c in everything},
            **({board.model.name: board.hash} if board else {}),
            "laws": digest({name: found.hash for name, found in sorted(laws.items())}),
        },
    }


def _technology(loaded: Loaded) -> dict[str, Any]:
    model: Technology = loaded.model
    cycle = None if model.cycle is None else model.cycle.value
    return {
        "name": model.name, "title": model.title, "node": model.node.value, "vdd": model.vdd.value, "cycle": cycle,
        "hash": loaded.hash,
    }  # fmt: skip


def _conditions(model: Technology) -> dict[str, Any]:
    return {
        "technology": model.name,
        "subarray": {"rows": int(model.subarray.rows.value), "cols": int(model.subarray.cols.value)},
        "read": model.read.circuit,
        "encoding": model.read.encoding,
        "bias_window": model.read.bias_window,
        "input_mode": model.read.input_mode,
        "adc_law": getattr(model.components.get("adc"), "law", None),
        "settle_bits": model.read.settle_bits.value,
        "joining": model.read.joining,
        "row_driver": not model.components["row_driver"].neglected if "row_driver" in model.components else None,
        "amplifier": not model.components["amplifier"].neglected if "amplifier" in model.components else None,
    }


def _board(loaded: Loaded) -> dict[str, Any]:
    model: Board = loaded.model
    return {
        "name": model.name,
        "title": model.title,
        "status": model.status,
        "launch": model.board.launch,
        "hash": loaded.hash,
    }


def _place(loaded: Loaded) -> Any:
    return lambda dotted: loaded.place(tuple(dotted.split(".")))


def _provenance(
    everything: Sequence[Compared],
    network: Network,
    board: Loaded | None,
    laws: Mapping[str, Loaded],
    architectures: Sequence[str],
) -> list[dict[str, Any]]:
    parts: list[tuple[str, Any, Any, Loaded | None]] = []
    many = len(everything) > 1
    for compared in everything:
        model: Technology = compared.loaded.model
        used = components_used(model, architectures)
        trimmed = model.model_copy(update={"components": used})
        parts.append((model.name if many else "", trimmed, model.sources, compared.loaded))
    for name, law in laws.items():
        parts.append((f"laws.{name}", law.model, law.model.sources, law))
    if board is not None:
        parts.append((f"boards.{board.model.name}", board.model.board, board.model.sources, None))
    if network.input or network.hidden:
        parts.append(("network", network, {}, None))
    return provenance(parts)


def _unsourced(numbers: Sequence[Mapping[str, Any]]) -> list[Finding]:
    bare = [row for row in numbers if not row["sourced"]]
    if not bare:
        return []
    names = ", ".join(row["path"] for row in bare[:5]) + (", ..." if len(bare) > 5 else "")
    count = f"{len(bare)} number{'s' if len(bare) > 1 else ''}"
    text = f"{count} without a source: {names}; give a source, or status: assumed with a range"
    return [Finding("unsourced", text, str(bare[0]["where"]))]


def _adc_scenarios(compared: Compared) -> list[dict[str, Any]]:
    """Return the mixed-signal architecture under each converter law, beside the fully analog one."""
    mixed = next((e for e in compared.evaluations if e.architecture == "mixed_signal"), None)
    if mixed is None:
        return []
    analog = next((e for e in compared.evaluations if e.architecture == "imac"), None)
    rows = []
    for law in ADC_LAWS:
        row: dict[str, Any] = {
            "technology": mixed.technology,
            "law": law,
            "title": compared.inputs.laws.by_name[f"adc_{law}"].title,
        }
        try:
            found = evaluate(
                compared.inputs.with_law(law=law), ["mixed_signal"],
                batch=mixed.bill.batch, pipelined=mixed.bill.pipelined,
            )[0]  # fmt: skip
            refuse(found)
        except ImacError as error:
            rows.append(row | {"error": str(error)})
            continue
        for name in ("area", "power", "latency", "energy", "pap", "eap"):
            row[name] = one(found.metrics[name])
            row[f"{name}_interval"] = interval(found.metrics[name])
            if analog is not None:
                mine, theirs = analog.metrics[name], found.metrics[name]
                if mine is not None and theirs is not None:
                    with np.errstate(divide="ignore", invalid="ignore"):
                        row[f"{name}_ratio"] = interval(theirs / mine)
        rows.append(row)
    return rows


def _scenario(
    scenario: Scenario,
    document: Mapping[str, Any],
    net: Any,
    names: Sequence[str],
    architectures: Sequence[str],
    samples: int,
    gpu: str | None,
) -> dict[str, Any]:
    """Return what the scenario assumes, which assumptions carry its result, and what the default says instead."""

    def values(drop: int | None, everything: bool = False) -> dict[str, Any]:
        kept = [a for i, a in enumerate(scenario.assumptions) if i != drop and not everything]
        partial = scenario.model_copy(update={"assumptions": tuple(kept)})
        loaded = load_technology(names[0], partial.overrides)
        board = load_board(gpu or partial.gpu or "h100") if "gpu" in architectures else None
        laws = Laws({name: found.model for name, found in load_laws().items()})
        inputs = prepare(_network(net), loaded.model, laws, board.model.board if board else None)
        found = evaluate(inputs, architectures, timing=partial.timing)
        return {e.architecture: e.metrics for e in found}

    def outcome(metrics: Mapping[str, Any]) -> list[float | None]:
        results: list[float | None] = []
        for target in scenario.targets:
            mine = one(metrics[target.architecture][target.metric]) if target.architecture in metrics else None
            theirs = 1.0
            if target.baseline is not None:
                theirs = one(metrics[target.baseline][target.metric]) if target.baseline in metrics else None  # type: ignore[assignment]
            results.append(None if not mine or theirs is None else (theirs / mine if target.baseline else mine))
        return results

    shown = {
        row["name"]: row
        for row in document["architectures"]
        if row["technology"] == document["architectures"][0]["technology"]
    }
    reached = outcome(
        {name: {t.metric: np.asarray(row[t.metric]) for t in scenario.targets} for name, row in shown.items()}
    )
    default = outcome(values(None, everything=True))
    targets = []
    for target, value, other in zip(scenario.targets, reached, default, strict=True):
        holds = value is not None and (
            value >= target.value if target.kind == "at_least" else abs(value / target.value - 1) <= target.tolerance
        )
        targets.append({
            "claim": target.claim, "metric": target.metric, "architecture": target.architecture, "baseline":
            target.baseline,
            "published": target.value, "kind": target.kind, "value": value, "default": other, "holds": holds,
            "status": "reproduced under" if holds else "not reproduced", "source": scenario.sources[target.source].link,
        })  # fmt: skip
    without: list[dict[str, Any]] = []
    for i, assumption in enumerate(scenario.assumptions):
        try:
            changed = outcome(values(i))
        except ImacError as error:
            without.append({"assumption": assumption.text, "without": None, "note": str(error)})
            continue
        without.append({"assumption": assumption.text, "without": changed, "note": ""})
    return {"name": scenario.name, "title": scenario.title, "targets": targets, "assumptions": without}
