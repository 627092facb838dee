"""What a component is: its law in words and symbols, its numbers, where they come from, and where they hold; and the
pages on warnings, architectures, metrics and options."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from imac_arch.architectures import ARCHITECTURES
from imac_arch.bill import LineTotals
from imac_arch.components.base import Component
from imac_arch.components.cost import Check
from imac_arch.components.roles import BOARD, ROLES
from imac_arch.data.errors import ImacError, UnknownName
from imac_arch.data.registry import names
from imac_arch.document.evaluated import scaled_texts, typical, unit_costs
from imac_arch.document.explanation import ExplainedCost, ExplanationDocument, LawPart, LawRange
from imac_arch.document.provenance import Origin, listed, provenance
from imac_arch.document.samples import figure, layers_at_medians, without_samples
from imac_arch.document.shapes import SCHEMA_VERSION
from imac_arch.evaluate import Evaluation, evaluate
from imac_arch.fields import Key, file_keys, law_keys, technology_keys
from imac_arch.findings import bounds, offending
from imac_arch.inputs import Inputs
from imac_arch.network import Network
from imac_arch.paths import fields_on, find_path
from imac_arch.resolve import Request, resolve
from imac_arch.soundness import senseless
from imac_arch.studies.keys import key_rows, matching_keys
from imac_arch.studies.pages import page_names, pages
from imac_arch.technology import KINDS, Board, PerActivation
from imac_arch.technology_files import Loaded, changed_laws, load_laws

__all__ = ["explain"]

KNOWN = "A role, law, board, architecture, metric, warning, option (docs/explain.md) or field (imac-arch tech keys)."
Line = tuple[Evaluation, LineTotals]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is explained: a role of a technology, or a board; ``component`` is None where the role is not filled."""

    name: str
    title: str
    component: Component | None
    origin: Origin


def explain(
    name: str,
    tech: str,
    network: Network,
    *,
    overrides: Mapping[str, object] | None = None,
    gpu: str = "h100",
    samples: int = 500,
    seed: int = 0,
) -> ExplanationDocument:
    """Return what there is to know about a role of a technology, a law or a board, or about a warning, an architecture,
    a metric or an option.

    Args:
        name: a role (``adc``), a law (``adc_survey``), a board (``h100``), a warning (``ir_drop``), an architecture
            (``imac``), a metric (``eap``) or an option (``encoding``).
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
    fields = fields_on(tech, overrides)
    laws = changed_laws(load_laws(), fields)
    found = pages(name, laws["limits"])
    if name in laws and name not in ROLES:  # a role of that name shows its law too
        keys = key_rows(law_keys({name: laws[name]}))
        return _law(name, laws)._replace(pages=found, keys=tuple(keys))
    if name in names("board") or name == BOARD.name:
        gpu = gpu if name == BOARD.name else name
        name = BOARD.name
    elif name not in ROLES:
        if found:
            return _bare(found[0].name, found[0].what, found[0].title)._replace(pages=found)
        if (field := _field(name, tech)) is not None:
            return field
        known = sorted({*ROLES, *laws, *names("board"), *page_names()})
        raise UnknownName("name", name, known, KNOWN)
    request = Request(network, tech, board=gpu, fields=fields, samples=samples, seed=seed)
    resolved = resolve(request, laws)
    board = resolved.files.board
    subject = _role(name, resolved.files.technology)
    if name == BOARD.name and board is not None:
        subject = _board(gpu, board)
    document = _explained(subject, resolved.inputs, laws, network.name)._replace(pages=found)
    return document if samples else without_samples(document)


def _board(name: str, loaded: Loaded) -> _Subject:
    origin = Origin(f"boards.{name}", loaded.model.board, loaded.model.sources)
    return _Subject(BOARD.name, loaded.model.title, loaded.model.board, origin)


def _role(name: str, loaded: Loaded) -> _Subject:
    component, title = loaded.model.components.get(name), f"{name} of {loaded.model.title or loaded.model.name}"
    above = ("components", name)
    return _Subject(name, title, component, Origin(".".join(above), component, loaded.model.sources, loaded, above))


def _explained(subject: _Subject, inputs: Inputs, laws: Mapping[str, Loaded], network: str) -> ExplanationDocument:
    used_by = [a.name for a in ARCHITECTURES.values() if subject.name in a.roles]
    lines, problems = _lines(subject.name, used_by, inputs)
    component = subject.component
    costs = [units.cost for _, part in lines for units in part.line.units]
    used = sorted({law for cost in costs for law in cost.laws})
    return ExplanationDocument(
        schema_version=SCHEMA_VERSION,
        name=subject.name,
        what="board" if subject.name == BOARD.name else "role",
        kind=getattr(component, "kind", None),
        title=subject.title,
        text=ROLES[subject.name].about if component is None else inspect.cleandoc(type(component).__doc__ or ""),
        formula=_formula(component),
        note=getattr(component, "note", "") or ("" if component else "the technology does not fill this role"),
        technology=inputs.technology.name,
        network=network,
        used_by=tuple(used_by),
        kinds=KINDS.get(subject.name, ()),
        choices=_choices(component),
        numbers=() if component is None else provenance(listed([subject.origin])),
        laws=tuple(_law_part(law, laws[law]) for law in used),
        costs=tuple(_costs(lines)),
        range=_ranges(check for _, part in lines for check in part.line.checks),
        problems=tuple(problems),
        pages=(),
        keys=tuple(key_rows(_own_keys(subject))),
    )


def _own_keys(subject: _Subject) -> Iterator[Key]:
    """Give the fields of the kind that fills a role, or of a board."""
    kind = getattr(subject.component, "kind", None)
    keys = file_keys(Board, BOARD.name) if subject.name == BOARD.name else technology_keys()
    return (key for key in keys if key.role == subject.name and key.kind == kind)


def _field(name: str, tech: str) -> ExplanationDocument | None:
    """Return an explanation of a field, by its path or an ending of it; None where there is none."""
    try:
        path = find_path(name, [tech])
    except UnknownName:
        return None
    keys = tuple(row for row in matching_keys(path).keys if row.path == path)
    return _bare(path, "field", keys[0].description)._replace(keys=keys) if keys else None


def _lines(role: str, architectures: Iterable[str], inputs: Inputs) -> tuple[list[Line], list[str]]:
    """Return the lines that a role fills in every architecture, and why some architectures have none."""
    lines: list[Line] = []
    problems = []
    for architecture in architectures:
        try:
            evaluation = evaluate(inputs, [architecture])[0]
        except ImacError as error:
            problems.append(f"{architecture}: {error}")
            continue
        if (nonsense := senseless(evaluation, inputs)) is not None:
            problems.append(f"{architecture}: {nonsense}")
            continue
        lines += [(evaluation, part) for part in evaluation.totals.lines if part.line.role == role]
    return lines, problems


def _law(name: str, laws: Mapping[str, Loaded]) -> ExplanationDocument:
    model = laws[name].model
    bare = _bare(name, "law", model.title)
    text = inspect.cleandoc(type(model).__doc__ or "")
    return bare._replace(kind=model.kind, text=text, laws=(_law_part(name, laws[name]),))


def _bare(name: str, what: str, title: str) -> ExplanationDocument:
    """Return an explanation of which only the name is known."""
    return ExplanationDocument(
        schema_version=SCHEMA_VERSION, name=name, what=what, kind=None, title=title, text="", formula="", note="",
        technology=None, network=None, used_by=(), kinds=(), choices={}, numbers=(), laws=(), costs=(), range=(),
        problems=(), pages=(), keys=(),
    )  # fmt: skip


def _formula(component: Component | None) -> str:
    """Return the formula; of a role that is filled for each activation the kind and the formula of each part."""
    if not isinstance(component, PerActivation):
        return getattr(component, "formula", "")
    return "; ".join(
        f"{name}: {part.kind}" + (f" ({part.formula})" if part.formula else "")  # type: ignore[attr-defined]  # a kind
        for name, part in component.activations.items()
    )


def _choices(component: Component | None) -> dict[str, str | bool]:
    """Return the fields that are no numbers: words and switches; those of a part below its activation."""
    if component is None:
        return {}
    if isinstance(component, PerActivation):
        parts = {name: _choices(part) for name, part in component.activations.items()}
        return {f"{name}.{field}": value for name, part in parts.items() for field, value in part.items()}
    fields = {name: getattr(component, name) for name in type(component).model_fields if name not in ("kind", "note")}
    return {name: value for name, value in fields.items() if isinstance(value, str | bool)}


def _law_part(name: str, loaded: Loaded) -> LawPart:
    model = loaded.model
    return LawPart(
        name=name,
        title=model.title,
        formula=model.formula,
        text=inspect.cleandoc(type(model).__doc__ or ""),
        note=model.note,
        numbers=provenance(listed([Origin(f"laws.{name}", model, model.sources, loaded)])),
    )


def _costs(lines: Iterable[Line]) -> Iterator[ExplainedCost]:
    """Give what one instance costs, each component of an architecture once."""
    seen = set()
    for evaluation, part in lines:
        line, key = part.line, (evaluation.architecture, part.line.component)
        if key in seen:
            continue
        seen.add(key)
        (units, layer), (costs, _) = typical(part), unit_costs(part)
        yield ExplainedCost(
            architecture=evaluation.architecture,
            component=line.component,
            layer=None if line.shared else layer + 1,
            instances=float(layers_at_medians(line.instances).sum()),
            law=units.cost.law,
            scaled=scaled_texts(units.cost),
            **{name: figure(values) for name, values in costs.items()},
        )


def _ranges(checks: Iterable[Check]) -> tuple[LawRange, ...]:
    rows: dict[tuple[str, str], LawRange] = {}
    for check in checks:
        outside = "error" if check.fatal else f"warning {check.code}"
        value = offending(check)[0]
        row = LawRange(check.source, check.quantity, value, *bounds(check), check.unit, outside)
        rows.setdefault((check.source, check.quantity), row)
    return tuple(rows.values())
