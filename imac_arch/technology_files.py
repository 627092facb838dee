"""Technologies, boards, neurons and laws from their files. Every quantity has a source, and every citation resolves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from imac_arch.components.base import Component, Law, instead_of
from imac_arch.components.roles import DIGITAL_NEURON, NEURON, ROLES
from imac_arch.data.errors import FileErrors, Problem, UnknownName, UsageError, nearest
from imac_arch.data.extends import read_extended
from imac_arch.data.files import Document, digest, parse_text, read_yaml
from imac_arch.data.registry import find, names, portable, shown_name
from imac_arch.data.schema import validate
from imac_arch.data.walk import each_quantity
from imac_arch.overrides import from_options, marked, override
from imac_arch.technology import KINDS, PER_ACTIVATION, Board, NeuronFile, Technology

__all__ = [
    "LAWS", "Loaded", "changed_laws", "load_board", "load_law", "load_laws", "load_neuron", "load_technology", "named",
    "wrong_kind",
]  # fmt: skip

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
LAWS = "laws."  # what the paths of laws begin with


@dataclass(frozen=True)
class Loaded:
    """A model with the document it came from and the hash of its content; ``before`` is the plain data before fields
    were replaced, None where none were."""

    model: Any
    document: Document
    hash: str
    before: Any = None

    def place(self, path: Path) -> str:
        """Return ``file:line`` of a path, or the file alone, as reports show it."""
        problem = self.document.problem("", path)
        file = portable(problem.file)
        return f"{file}:{problem.line}" if problem.line else file

    def said(self, path: Path) -> str:
        """Return the place of a path, and who inherits what is said there: ``tech/b.yaml:66, inherited by a``."""
        inherited = self.document.problem("", path).file != self.document.name
        ours = self.before is not None and _at(self.before, path) != _at(self.document.data, path)  # an option set it
        return self.place(path) + (f", inherited by {self.model.name}" if inherited and not ours else "")


def _at(data: Any, path: Path) -> Any:
    """Return what plain data has at a path; None for nothing."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def load_technology(name: str, overrides: Mapping[str, Any] | None = None) -> Loaded:
    """Load a technology by name or path, with fields replaced by their path.

    Raises:
        ImacError: the file is absent, unreadable or wrong; a path is unknown.
    """
    document, before = read_extended("technology", name, instead=instead_of), None
    if overrides:
        if "extends" in overrides:
            raise UsageError("--set extends: it counts in a file alone; name another technology with --tech")
        before, document = document.data, override(document, overrides)
    problems = _misplaced(document)
    try:
        technology = validate(Technology, document, Component.kinds)
    except FileErrors as error:
        # of a component of a wrong kind, what its other keys should be is not known
        known = {problem.path[:-1] if problem.path[-1:] == ("kind",) else problem.path for problem in problems}
        problems += [p for p in error.problems if not any(p.path[: len(path)] == path for path in known)]
        raise from_options(problems, overrides or {}) from None
    if problems:
        raise from_options(problems, overrides or {})
    _cited(technology, document, overrides)
    if overrides:
        technology = marked(technology, overrides)
    return Loaded(named(technology, ""), document, digest(document.data), before)


def load_board(name: str) -> Loaded:
    """Load a graphics board by name or path."""
    document = read_yaml(find("board", name))
    document.name = shown_name(document.name, "board", name)
    board = validate(Board, document, Component.kinds)
    _cited(board, document)
    return Loaded(named(board, ""), document, digest(document.data))


def load_neuron(name: str, overrides: Mapping[str, Any] | None = None) -> Loaded:
    """Load a neuron by name or path, with fields replaced by their path."""
    document = read_yaml(find("neuron", name))
    document.name = shown_name(document.name, "neuron", name)
    if overrides:
        document = override(document, overrides)
    neuron = validate(NeuronFile, document, Component.kinds)
    if not {DIGITAL_NEURON.name, NEURON.name} & set(neuron.neuron.roles):
        kinds = (*KINDS[NEURON.name], *KINDS[DIGITAL_NEURON.name])
        found = type(neuron.neuron).__name__
        text = f"a {found} is no neuron; allowed kinds: {', '.join(kinds)}"
        raise FileErrors([document.problem(text, ("neuron", "kind"))])
    _cited(neuron, document)
    return Loaded(named(neuron, f"neurons.{neuron.name}."), document, digest(document.data))


def load_law(name: str) -> Loaded:
    """Load one law by name or path, or one that a kind brings along."""
    embedded = Law.kinds[name].data if name in Law.kinds else ""
    if embedded and name not in names("law"):
        document = parse_text(embedded, f"law {name}")
    else:
        document = read_yaml(find("law", name))
        document.name = shown_name(document.name, "law", name)
    kind = document.data.get("kind") if isinstance(document.data, dict) else None
    if not isinstance(kind, str) or kind not in Law.kinds:
        raise FileErrors([document.problem(wrong_kind(kind, Law.kinds), ("kind",))])
    law = validate(Law.kinds[kind], document)
    _cited(law, document)
    return Loaded(named(law, f"laws.{law.name}."), document, digest(document.data))


def load_laws() -> dict[str, Loaded]:
    """Load every shipped law, and those that kinds bring along."""
    embedded = (kind for kind, law in Law.kinds.items() if law.data)
    return {name: load_law(name) for name in sorted({*names("law"), *embedded})}


def changed_laws(laws: Mapping[str, Loaded], fields: Mapping[str, Any]) -> Mapping[str, Loaded]:
    """Return laws in which the fields at ``laws.NAME...`` are replaced; other paths are not of laws.

    Raises:
        ImacError: an unknown law or field, or a value that it does not admit.
    """
    own: dict[str, dict[str, Any]] = {}
    for path, given in fields.items():
        if path.startswith(LAWS):
            name = path.split(".")[1]
            if name not in laws:
                raise UnknownName("law", name, laws)
            own.setdefault(name, {})[path] = given
    return {**laws, **{name: _changed_law(laws[name], f"{LAWS}{name}.", part) for name, part in own.items()}}


def _changed_law(law: Loaded, prefix: str, fields: Mapping[str, Any]) -> Loaded:
    document = override(law.document, fields, prefix)
    try:
        model = validate(type(law.model), document)
    except FileErrors as error:
        raise from_options(error.problems, fields, prefix) from None
    _cited(model, document, fields, prefix)
    model = named(marked(model, fields, prefix), prefix)
    return Loaded(model, document, digest(document.data), law.document.data)


def named(model: M, prefix: str) -> M:
    """Give every quantity of a fresh model the path that recordings call it by, and return the model."""
    for path, quantity in each_quantity(model):
        object.__setattr__(quantity, "path", prefix + ".".join(map(str, path)))
    return model


def wrong_kind(kind: Any, allowed: Iterable[str]) -> str:
    """Return what is said of a file whose kind does not exist."""
    known = list(allowed)
    guess = nearest(str(kind), known)
    hint = f"did you mean {guess!r}? " if guess else ""
    return f"unknown kind {kind!r}; {hint}allowed: {', '.join(known)}"


def _cited(model: Any, document: Document, overrides: Mapping[str, Any] | None = None, prefix: str = "") -> None:
    """Check that every citation resolves; ``overrides`` and ``prefix`` as for :func:`from_options`."""
    sources = model.sources
    problems: list[Problem] = []
    cited: list[tuple[Path, Sequence[str]]] = [(path, quantity.source) for path, quantity in each_quantity(model)]
    cited += [(("claims", place), (claim.source,)) for place, claim in enumerate(getattr(model, "claims", ()))]
    for path, keys in cited:
        for key in keys:
            if key not in sources:
                guess = nearest(key, sources)
                hint = f"did you mean {guess!r}? " if guess else ""
                message = f"source {key!r} is not in 'sources'; {hint}listed: {', '.join(sources) or 'none'}"
                problems.append(document.problem(message, (*path, "source")))
    if problems:
        raise from_options(problems, overrides or {}, prefix)


def _misplaced(document: Document) -> list[Problem]:
    """Return unknown roles, and components of a kind that cannot fill theirs."""
    given = document.data.get("components") if isinstance(document.data, dict) else None
    problems = []
    for role, fields in given.items() if isinstance(given, dict) else ():
        if role not in ROLES:
            guess = nearest(role, ROLES)
            hint = f"did you mean {guess!r}? " if guess else ""
            text = f"unknown role {role!r}; {hint}allowed: {', '.join(ROLES)}"
            problems.append(document.problem(text, ("components", role)))
            continue
        if not isinstance(fields, dict):
            continue
        parts = fields.get("activations") if fields.get("kind") == PER_ACTIVATION else None
        inner = parts.items() if isinstance(parts, dict) and role in (NEURON.name, DIGITAL_NEURON.name) else ()
        at = ("components", role)
        problems += _wrong_kind(document, role, fields, at, whole=True)
        for activation, part in inner:
            if isinstance(part, dict):
                problems += _wrong_kind(document, role, part, (*at, "activations", activation), whole=False)
    return problems


def _wrong_kind(document: Document, role: str, fields: Mapping[str, Any], at: Path, whole: bool) -> list[Problem]:
    """Return what is wrong with the kind of one component."""
    kind = fields.get("kind")
    allowed = (*KINDS[role], "none")
    if whole and role in (NEURON.name, DIGITAL_NEURON.name):
        allowed += (PER_ACTIVATION,)
    if kind is None:
        glued = next((str(key) for key in fields if ":" in str(key)), "")
        hint = f"; a space is missing after the colon of {glued!r}" if glued else ""
        return [document.problem(f"missing key 'kind'; allowed here: {', '.join(allowed)}{hint}", at)]
    if kind in allowed:
        return []
    guess = nearest(str(kind), allowed)
    hint = f"did you mean {guess!r}? " if guess else ""
    known = isinstance(kind, str) and kind in Component.kinds
    text = f"{kind!r} cannot fill the role {role!r}" if known else f"unknown kind {kind!r}"
    text += f"; {hint}allowed: {', '.join(allowed)}"
    return [document.problem(text, (*at, "kind"))]
