"""Technologies, boards and laws: files in, frozen models out. Every quantity has a source, and every citation
resolves."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, field_validator, model_validator

import imac_arch.components  # noqa: F401  # makes every kind known
from imac_arch.components.base import (
    COMPONENT_KIND,
    Component,
    Context,
    Law,
    Laws,
    Section,
    Source,
    each_quantity,
    with_quantities,
)
from imac_arch.components.gpu import GpuBoard
from imac_arch.components.roles import DIGITAL_NEURON, NEURON, ROLES, Role
from imac_arch.data.errors import FileErrors, Problem, UsageError, nearest
from imac_arch.data.extends import read_extended
from imac_arch.data.files import Document, digest, parse_text, read_yaml
from imac_arch.data.quantity import Count, In, Quantity, about
from imac_arch.data.registry import find, names, shown_name
from imac_arch.data.schema import validate
from imac_arch.network import Activation

__all__ = [
    "Board",
    "NeuronFile",
    "Read",
    "Source",
    "Technology",
    "load_board",
    "load_laws",
    "load_neuron",
    "load_technology",
    "named",
    "override",
]

P = TypeVar("P")
M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
if TYPE_CHECKING:
    AnyComponent = Component
else:
    AnyComponent = Annotated[reduce(or_, Component.kinds.values()), Field(discriminator="kind")]


class PerActivation(Component):
    """A role that is filled anew for each activation, for networks whose layers differ in theirs."""

    kind: Annotated[Literal["per_activation"], COMPONENT_KIND] = "per_activation"
    activations: Annotated[dict[Activation, AnyComponent], about("component of each activation of the network")]


PER_ACTIVATION = "per_activation"
if TYPE_CHECKING:
    RoleComponent = Component
else:
    RoleComponent = Annotated[AnyComponent | PerActivation, Field(discriminator="kind")]

_COMPONENTS = sorted(Component.kinds.items())
KINDS: dict[str, tuple[str, ...]] = {
    role: tuple(kind for kind, component in _COMPONENTS if role in component.roles) for role in ROLES
}


class Subarray(Section):
    """The smallest crossbar with its own drivers; ``cols`` counts weight columns."""

    rows: Annotated[Count, about("word lines, the bias row included")]
    cols: Annotated[Count, about("weight columns, each a + and a - bit line")]


class Read(Section):
    """How the crossbar is read, and with which bits.

    ``joining``: the bit lines of a layer's row tiles end in one sense node (``current``), or each tile has amplifiers
    whose outputs are tied (``voltage_tie``). It changes what the exact network computes, not the count of amplifiers.
    """

    circuit: Annotated[Literal["averaging", "virtual_ground"], about("termination of the bit lines: load or 0 V")]
    encoding: Annotated[Literal["0/V", "-V/+V"], about("voltages that stand for inputs 0 and 1")] = "0/V"
    voltage: Annotated[Quantity, In("V", "read voltage of a full-scale input", gt=0)]
    input_mode: Annotated[Literal["bit_serial", "dac"], about("how inputs of several bits are applied")] = "bit_serial"
    input_bits: Annotated[Count, about("word length of the network's inputs")]
    hidden_bits: Annotated[Count, about("word length of digital hidden activations")]
    neuron_bits: Annotated[Count, about("equivalent resolution of analog hidden activations")]
    bias_window: Annotated[Literal["sampled", "phase", "always"], about("when the crossbar is biased")] = "sampled"
    joining: Annotated[Literal["current", "voltage_tie"], about("how the row tiles of a layer are joined")] = "current"
    settle_bits: Annotated[Quantity, In("", "resolution to which lines and amplifiers settle", gt=0, plain=True)]
    load_conductance: Annotated[Quantity, In("S", "load conductance of a bit line in the averaging read")]
    load_capacitance: Annotated[Quantity, In("F", "capacitance of the read circuit on a bit line")]

    @model_validator(mode="after")
    def _settled(self) -> Read:
        if self.neuron_bits.value > self.settle_bits.value:
            text = f"{self.neuron_bits.value:g} bits of an analog neuron need lines that settle to as many"
            raise ValueError(f"{text}; settle_bits is {self.settle_bits.value:g}")
        return self


class Technology(Section):
    """A technology file: the node, how the crossbar is read, and what fills each role."""

    kind: Annotated[Literal["technology"], about("file kind: a technology")] = "technology"
    name: Annotated[str, about("name of the technology")]
    title: Annotated[str, about("one-line title")] = ""
    extends: Annotated[str | None, about("technology, by name or path, that this file extends")] = None
    node: Annotated[Quantity, In("m", "technology node", gt=0)]
    vdd: Annotated[Quantity, In("V", "supply voltage", gt=0)]
    sources: Annotated[dict[str, Source], about("sources by key, cited by the numbers")] = {}
    subarray: Annotated[Subarray, about("size of a subarray")]
    read: Annotated[Read, about("read circuit, encoding and resolutions")]
    components: Annotated[dict[str, RoleComponent], about("component of each role; 'none' neglects a role")]
    cycle: Annotated[
        Annotated[Quantity, In("s", gt=0)] | None,
        about("cycle time that the papers declare, used by --timing declared"),
    ] = None

    @field_validator("components", mode="before")
    @classmethod
    def _kinds(cls, given: Any) -> Any:
        """Let ``role: none`` stand for ``{kind: none}``."""
        if not isinstance(given, dict):
            return given
        # unknown roles are reported with the rest of the file
        return {
            role: {"kind": "none"} if fields in ("none", None) or role not in ROLES else fields
            for role, fields in given.items()
        }

    def fills(self, role: Role[P]) -> Component | None:
        """Return what the file binds a role to; None where that is ``none``.

        Raises:
            UsageError: the technology does not fill the role.
        """
        component = self.components.get(role.name)
        if component is None:
            raise UsageError(
                f"technology {self.name!r} has no role {role.name!r}, which the architecture requires; "
                f"add components.{role.name} (kinds: {', '.join(KINDS[role.name])}, or 'none' to neglect it)"
            )
        return None if component.neglected else component

    def context(self, laws: Laws, ndim: int = 0) -> Context:
        """Return what surrounds the components, for arrays over ``ndim`` design axes."""
        return Context(self.node, self.vdd, laws, self.components, ndim)


class Board(Section):
    """A graphics board's file."""

    kind: Annotated[Literal["board"], about("file kind: a GPU board")] = "board"
    name: Annotated[str, about("name of the board")]
    title: Annotated[str, about("one-line title")]
    status: Annotated[Literal["modelled", "measured"], about("modelled from data sheets, or measured")] = "modelled"
    node: Annotated[Quantity, In("m", "process node of the die", gt=0)]
    sources: Annotated[dict[str, Source], about("sources by key, cited by the numbers")] = {}
    board: Annotated[GpuBoard, about("the board's figures")]


class NeuronFile(Section):
    """A neuron's file: what stands beside the analog neuron of a technology, at a node of its own."""

    kind: Annotated[Literal["neuron"], about("file kind: a neuron")] = "neuron"
    name: Annotated[str, about("name of the neuron")]
    title: Annotated[str, about("one-line title")]
    node: Annotated[Quantity, In("m", "node at which the neuron is evaluated", gt=0)]
    sources: Annotated[dict[str, Source], about("sources by key, cited by the numbers")] = {}
    neuron: Annotated[AnyComponent, about("the neuron's component kind and figures")]


@dataclass(frozen=True)
class Loaded:
    """A model with the document it came from and the hash of its content."""

    model: Any
    document: Document
    hash: str

    def place(self, path: Path) -> str:
        """Return ``file:line`` of a path, or the file alone; of an absolute file only its name, for reports travel."""
        problem = self.document.problem("", path)
        file = problem.file if not PurePath(problem.file).is_absolute() else PurePath(problem.file).name
        return f"{file}:{problem.line}" if problem.line else file


def load_technology(name: str, overrides: Mapping[str, Any] | None = None) -> Loaded:
    """Load a technology by name or path, with fields replaced by their path.

    Raises:
        ImacError: the file is absent, unreadable or wrong; a path is unknown.
    """
    document = read_extended("technology", name)
    if overrides:
        document = override(document, overrides)
    problems = _misplaced(document)
    try:
        technology = validate(Technology, document, Component.kinds)
    except FileErrors as error:
        known = {problem.path for problem in problems}
        problems += [problem for problem in error.problems if problem.path not in known]
        raise _from_options(problems, overrides or {}) from None
    if problems:
        raise _from_options(problems, overrides or {})
    _cited(technology, technology.sources, document)
    if overrides:
        technology = _marked(technology, overrides)
    return Loaded(named(technology, ""), document, digest(document.data))


def load_board(name: str) -> Loaded:
    """Load a graphics board by name or path."""
    document = read_yaml(find("board", name))
    document.name = shown_name(document.name, "board", name)
    board = validate(Board, document, Component.kinds)
    _cited(board, board.sources, document)
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
    _cited(neuron, neuron.sources, document)
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
    if kind not in Law.kinds:
        raise FileErrors([document.problem(wrong_kind(kind, Law.kinds), ("kind",))])
    law = validate(Law.kinds[kind], document)
    _cited(law, law.sources, document)
    return Loaded(named(law, f"laws.{law.name}."), document, digest(document.data))


def load_laws() -> dict[str, Loaded]:
    """Load every shipped law, and those that kinds bring along."""
    embedded = (kind for kind, law in Law.kinds.items() if law.data)
    return {name: load_law(name) for name in sorted({*names("law"), *embedded})}


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


def _cited(model: Any, sources: Mapping[str, Source], document: Document) -> None:
    """Check that every citation resolves."""
    problems: list[Problem] = []
    for path, quantity in each_quantity(model):
        for key in quantity.source:
            if key not in sources:
                guess = nearest(key, sources)
                hint = f"did you mean {guess!r}? " if guess else ""
                message = f"source {key!r} is not in 'sources'; {hint}listed: {', '.join(sources) or 'none'}"
                problems.append(document.problem(message, (*path, "source")))
    if problems:
        raise FileErrors(problems)


def override(document: Document, overrides: Mapping[str, Any]) -> Document:
    """Return a document in which the values at dotted paths are replaced; a text is read as YAML.

    Raises:
        UsageError: a path does not lead through the file.
    """
    data = copy.deepcopy(document.data)
    for dotted, given in overrides.items():
        steps = dotted.split(".")
        here = data
        for i, step in enumerate(steps[:-1]):
            if not isinstance(here, dict) or step not in here:
                raise UsageError(_lost(dotted, steps, i, here))
            if here[step] in ("none", None):
                here[step] = {}
            here = here[step]
        if not isinstance(here, dict):
            raise UsageError(_lost(dotted, steps, len(steps) - 1, here))
        value = parse_text(given, f"--set {dotted}").data if isinstance(given, str) and given.strip() else given
        here[steps[-1]] = copy.deepcopy(value)
    known = document.forgetting([tuple(dotted.split(".")) for dotted in overrides])
    return Document(data, known.places, known.lines, known.name, known.below)


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
        return [document.problem(f"missing key 'kind'; allowed here: {', '.join(allowed)}", at)]
    if kind in allowed or kind not in Component.kinds:
        return []
    text = f"a {kind!r} cannot fill the role {role!r}; allowed: {', '.join(allowed)}"
    return [document.problem(text, (*at, "kind"))]


def _from_options(found: Sequence[Problem], overrides: Mapping[str, Any]) -> FileErrors:
    """Name the option, not the file, as the place of a problem that an option caused: at its path, or inside it where
    the part as a whole no longer holds together."""
    given = {tuple(option.split(".")): option for option in overrides}
    problems = []
    for problem in found:
        path = tuple(map(str, problem.path))
        causes = [o for o in given if path[: len(o)] == o] or [o for o in given if path and o[: len(path)] == path]
        option = given.get(max(causes, key=len, default=()))
        problems.append(
            problem if option is None else Problem(problem.message, problem.path, f"--set {option}={overrides[option]}")
        )
    return FileErrors(problems)


def _lost(dotted: str, steps: list[str], at: int, here: Any) -> str:
    known = list(here) if isinstance(here, dict) else []
    guess = nearest(steps[at], known)
    found = ".".join([*steps[:at], guess, *steps[at + 1 :]]) if guess else ""
    text = f"--set {dotted}: there is no {'.'.join(steps[: at + 1])!r} in the technology"
    if found:
        text += f"; did you mean {found!r}?"
    return text + (f" Allowed there: {', '.join(map(str, known))}." if known else "")


def _marked(technology: Technology, overrides: Mapping[str, Any]) -> Technology:
    """Mark overridden numbers as the user's own assumption."""
    paths = {tuple(dotted.split(".")) for dotted in overrides}

    def mark(path: Path, quantity: Quantity) -> Quantity:
        if tuple(map(str, path)) not in paths or quantity.source:
            return quantity
        return replace(quantity, status=quantity.status or "assumed", note=quantity.note or "set by the user")

    return with_quantities(technology, mark)
