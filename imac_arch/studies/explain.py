"""What a component is: its law in words and symbols, its numbers, where they come from, and where they hold."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from imac_arch.architectures import ARCHITECTURES
from imac_arch.bill import LineTotals
from imac_arch.components.base import Check, Laws
from imac_arch.data.errors import ImacError, UnknownName
from imac_arch.data.registry import names
from imac_arch.document import interval, laws_behind, layer_value, one, provenance, unit_costs
from imac_arch.evaluate import Evaluation, evaluate, prepare
from imac_arch.findings import nominal
from imac_arch.network import Network
from imac_arch.technology import ROLES, Loaded, load_board, load_laws, load_technology

__all__ = ["explain"]

SCHEMA_VERSION = "1.0"


def explain(
    name: str,
    tech: str,
    network: Network,
    *,
    overrides: Mapping[str, Any] | None = None,
    gpu: str = "h100",
    samples: int = 500,
    seed: int = 0,
) -> dict[str, Any]:
    """Return what there is to know about a role of a technology, a law or a board.

    Args:
        name: a role (``adc``), a law (``adc_survey``) or a board (``h100``).
        tech: the technology, by name or path.
        network: the workload for which unit costs are shown.
        overrides: fields of the technology by their path.
        gpu: the board behind the role ``board``.
        samples: draws behind the 90 % intervals.
        seed: of the draws.

    Raises:
        UnknownName: nothing bears the name; the nearest one is proposed.
        ImacError: the technology is wrong.
    """
    loaded, laws = load_technology(tech, overrides), load_laws()
    if name in laws and name not in ROLES:  # a role of that name shows its law too
        return _law(name, laws)
    if name in names("board") or name == "board":
        gpu = gpu if name == "board" else name
        name = "board"
    elif name not in ROLES:
        known = sorted({*ROLES, *laws, *names("board"), "board"})
        raise UnknownName("component", name, known, "A role, a law or a board.")
    board = load_board(gpu)
    models = Laws({key: found.model for key, found in laws.items()})
    inputs = prepare(network, loaded.model, models, board.model.board, samples=samples, seed=seed)
    component = board.model.board if name == "board" else loaded.model.components.get(name)
    head: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "what": "board" if name == "board" else "role",
        "kind": getattr(component, "kind", None),
        "title": board.model.title if name == "board" else f"{name} of {loaded.model.title or loaded.model.name}",
        "text": "" if component is None else inspect.cleandoc(type(component).__doc__ or ""),
        "formula": getattr(component, "formula", ""),
        "note": getattr(component, "note", "") or ("" if component else "the technology does not fill this role"),
        "technology": loaded.model.name,
        "network": network.name,
        "used_by": [a.name for a in ARCHITECTURES.values() if name in a.roles],
        "kinds": list(ROLES.get(name, ())),
        "choices": _choices(component),
    }
    found: list[tuple[Evaluation, LineTotals]] = []
    problems = []
    for architecture in head["used_by"]:
        try:
            evaluation = evaluate(inputs, [architecture])[0]
        except ImacError as error:
            problems.append(f"{architecture}: {error}")
            continue
        found += [(evaluation, part) for part in evaluation.totals.lines if part.line.role == name]
    used = sorted({law for _, part in found for law in laws_behind(part.line, models.by_name)})
    own = (board.model.board, board.model.sources) if name == "board" else (component, loaded.model.sources)
    prefix = f"boards.{gpu}" if name == "board" else f"components.{name}"
    place = None if name == "board" else loaded
    numbers = [] if component is None else _numbers(prefix, *own, place)
    return {
        **head,
        "numbers": numbers,
        "laws": [_law_part(law, laws[law]) for law in used],
        "costs": [_cost(evaluation, part) for evaluation, part in _each_once(found)],
        "range": _checks(check for _, part in found for check in part.line.cost.checks),
        "problems": problems,
    }


def _law(name: str, laws: Mapping[str, Loaded]) -> dict[str, Any]:
    model = laws[name].model
    part = _law_part(name, laws[name])
    return {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "what": "law",
        "kind": model.kind,
        "title": model.title,
        "text": inspect.cleandoc(type(model).__doc__ or ""),
        "formula": "",
        "note": "",
        "technology": None,
        "network": None,
        "used_by": [],
        "kinds": [],
        "choices": {},
        "numbers": [],
        "laws": [part],
        "costs": [],
        "range": [],
        "problems": [],
    }


def _choices(component: Any) -> dict[str, Any]:
    """Return the fields that are no numbers: words and switches."""
    if component is None:
        return {}
    fields = {name: getattr(component, name) for name in type(component).model_fields if name not in ("kind", "note")}
    return {name: value for name, value in fields.items() if isinstance(value, str | bool)}


def _law_part(name: str, loaded: Loaded) -> dict[str, Any]:
    model = loaded.model
    return {
        "name": name,
        "title": model.title,
        "formula": model.formula,
        "text": inspect.cleandoc(type(model).__doc__ or ""),
        "note": model.note,
        "numbers": _numbers(f"laws.{name}", model, model.sources, loaded),
    }


def _numbers(prefix: str, model: Any, sources: Mapping[str, Any], loaded: Loaded | None) -> list[dict[str, Any]]:
    rows = provenance([(prefix, model, sources, None)])
    for row in rows:
        steps = tuple(int(s) if s.isdigit() else s for s in row["path"].split("."))
        if loaded is not None:
            row["where"] = loaded.place(steps if steps[0] == "components" else steps[2:])
    return rows


def _each_once(found: Iterable[tuple[Evaluation, LineTotals]]) -> list[tuple[Evaluation, LineTotals]]:
    seen: dict[tuple[str, str], tuple[Evaluation, LineTotals]] = {}
    for evaluation, part in found:
        seen.setdefault((evaluation.architecture, part.line.component), (evaluation, part))
    return list(seen.values())


def _cost(evaluation: Evaluation, part: LineTotals) -> dict[str, Any]:
    costs, layer, layers = unit_costs(part)
    drawn = {name: interval(layer_value(getattr(part.line.cost, name), layer, layers)) for name in costs}
    return {
        "architecture": evaluation.architecture,
        "component": part.line.component,
        "layer": None if part.line.shared else layer + 1,
        **costs,
        "intervals": drawn,
        "instances": one(part.line.instances),
        "law": part.line.cost.law,
        "scaled": list(dict.fromkeys(part.line.cost.scaled)),
    }


def _checks(checks: Iterable[Check]) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for check in checks:
        value = float(nominal(check.value)[0])
        rows.setdefault(
            (check.source, check.quantity),
            {
                "law": check.source, "quantity": check.quantity, "value": value, "low": check.low, "high": check.high,
                "unit": check.unit, "outside": "error" if check.fatal else f"warning {check.code}",
            },
        )  # fmt: skip
    return list(rows.values())
