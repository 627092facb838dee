"""What a scenario reproduces: its targets, which assumption carries them, and what the default says instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from imac_arch.components.base import Laws
from imac_arch.data.errors import ImacError
from imac_arch.document import one
from imac_arch.evaluate import evaluate, prepare
from imac_arch.network import Network
from imac_arch.studies.scenario import Scenario
from imac_arch.technology import load_board, load_technology

__all__ = ["reproduce"]


def reproduce(
    scenario: Scenario,
    document: Mapping[str, Any],
    network: Network,
    technology: str,
    architectures: Sequence[str],
    laws: Laws,
    *,
    explicit: Mapping[str, Any],
    gpu: str | None,
    options: Mapping[str, Any],
    timing: str | None,
) -> dict[str, Any]:
    """Return the targets of a scenario with what was reached, with each assumption taken back alone, and by default.

    Args:
        scenario: the scenario.
        document: the comparison that was made under it.
        network: the workload.
        technology: the first technology, by name or path.
        architectures: what was compared.
        laws: component laws.
        explicit: overrides that the user gave; they hold in every row.
        gpu: the board that was asked for explicitly.
        options: batch and pipelining.
        timing: what was asked for explicitly.
    """
    whole = range(len(scenario.assumptions))

    def under(kept: Sequence[int]) -> list[float | None]:
        assumptions = tuple(scenario.assumptions[i] for i in kept)
        partial = scenario.model_copy(update={"assumptions": assumptions})
        loaded = load_technology(technology, partial.fields(explicit))
        board = load_board(gpu or partial.gpu or "h100").model.board if "gpu" in architectures else None
        found = evaluate(
            prepare(network, loaded.model, laws, board), architectures, timing=timing or partial.timing, **options
        )
        return _outcome(scenario, {e.architecture: e.metrics for e in found})

    rows = document["architectures"]
    shown = {row["name"]: row for row in rows if row["technology"] == rows[0]["technology"]}
    printed = {name: {t.metric: np.asarray(row[t.metric]) for t in scenario.targets} for name, row in shown.items()}
    reached = _outcome(scenario, printed)
    default = under([])
    targets = []
    for target, value, other in zip(scenario.targets, reached, default, strict=True):
        holds = value is not None and (
            value >= target.value if target.kind == "at_least" else abs(value / target.value - 1) <= target.tolerance
        )
        targets.append({
            "claim": target.claim, "metric": target.metric, "architecture": target.architecture,
            "baseline": target.baseline,
            "published": target.value, "kind": target.kind, "value": value, "default": other, "holds": holds,
            "status": "reproduced under" if holds else "not reproduced", "source": scenario.sources[target.source].link,
        })  # fmt: skip
    without: list[dict[str, Any]] = []
    for i in whole:
        row: dict[str, Any] = {"assumption": scenario.assumptions[i].text, "without": None, "note": ""}
        try:
            row["without"] = under([j for j in whole if j != i])
        except ImacError as error:
            row["note"] = str(error)
        without.append(row)
    return {"name": scenario.name, "title": scenario.title, "targets": targets, "assumptions": without}


def _outcome(scenario: Scenario, metrics: Mapping[str, Mapping[str, Any]]) -> list[float | None]:
    """Return the figure of each target: baseline over architecture, or the metric itself; None where one is missing."""
    results: list[float | None] = []
    for target in scenario.targets:
        names = (target.architecture, target.baseline or "")
        mine, theirs = (one(metrics[name][target.metric]) if name in metrics else None for name in names)
        if target.baseline is None:
            results.append(mine)
        else:
            results.append(None if not mine or theirs is None else theirs / mine)
    return results
