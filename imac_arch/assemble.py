"""A whole comparison as one document: the parts of each technology, and what belongs to all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import numpy as np

from imac_arch.components.adc import ADC_LAWS
from imac_arch.components.base import each_quantity
from imac_arch.data.errors import ImacError
from imac_arch.data.files import digest
from imac_arch.document import Compared, components_used, interval, one, provenance, technology_part
from imac_arch.evaluate import evaluate
from imac_arch.findings import Finding, findings, refuse
from imac_arch.metrics import METRICS
from imac_arch.network import Network
from imac_arch.studies.break_even import batch_curve, break_even, followers
from imac_arch.studies.programming import programming_rows
from imac_arch.technology import Board, Loaded, Technology

__all__ = ["assemble"]

SCHEMA_VERSION = "1.0"


def assemble(
    everything: Sequence[Compared],
    network: Network,
    board: Loaded | None,
    laws: Mapping[str, Loaded],
    baseline: str,
    architectures: Sequence[str],
) -> dict[str, Any]:
    """Return the document of a comparison; :func:`imac_arch.compare` adds the conditions of the run.

    Args:
        everything: what is known about each technology.
        network: the workload.
        board: the graphics board; None where none is compared.
        laws: every law.
        baseline: the architecture that ratios are taken against.
        architectures: what is compared.
    """
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
    others: list[dict[str, Any]] = []
    if board is not None:
        for compared in everything:
            curve = curve or batch_curve(compared.inputs)
            even += break_even(compared.inputs, compared.evaluations)
            others += followers(compared.inputs, compared.evaluations)
    return {
        "schema_version": SCHEMA_VERSION,
        "generator": {"name": "imac-arch", "version": metadata.version("imac-arch")},
        "command": "",
        "network": {
            "name": network.name,
            "layers": [layer.model_dump(exclude_none=True) for layer in network.layers],
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
        "programming": [row for c in everything for row in programming_rows(c.inputs, architectures)],
        "adc_scenarios": [row for c in everything for row in _adc_scenarios(c)],
        "batch_curve": curve,
        "batch_followers": others,
        "break_even": even,
        "provenance": numbers,
        "warnings": [{"code": f.code, "message": f.message, "where": f.where} for f in warnings],
        "hashes": {
            "network": _network_hash(network),
            **{c.loaded.model.name: c.loaded.hash for c in everything},
            **({f"boards/{board.model.name}": board.hash} if board else {}),
            "laws": digest({name: found.hash for name, found in sorted(laws.items())}),
        },
    }


def _network_hash(network: Network) -> str:
    numbers = {".".join(map(str, path)): (q.value, q.range, q.dist) for path, q in each_quantity(network)}
    return digest([network.model_dump(mode="json", exclude={"input", "hidden"}, exclude_none=True), numbers])


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
        "row_driver": not model.components["row_driver"].neglected if "row_driver" in model.components else None,
        "amplifier": not model.components["amplifier"].neglected if "amplifier" in model.components else None,
    }


def _board(loaded: Loaded) -> dict[str, Any]:
    model: Board = loaded.model
    return {
        "name": model.name,
        "title": model.title,
        "status": model.status,
        "run": model.sources["run"].title if model.status == "measured" and "run" in model.sources else None,
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
