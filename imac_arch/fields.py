"""Every field that can stand in a file, as one record: path, kind, role, description, unit, default and usual range.

All of it is said where the field is declared; the hover of editors, the comments of ``tech new``, ``explain``, ``tech
keys`` and the finding of ``--set`` read it from here. A path is that of ``--set`` and of recordings:
``components.adc.bits``, ``laws.adc_survey.a0``; ``*`` stands for a key or a place in a list that the file gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from imac_arch.components.base import Component
from imac_arch.components.roles import BOARD, DIGITAL_NEURON, NEURON, ROLES
from imac_arch.data.fields import admitted_words, declaration, default_text, describe_field, models, usual_text
from imac_arch.data.leaves import is_number, written
from imac_arch.data.records import NamedTuple
from imac_arch.network import NetworkFile
from imac_arch.technology import KINDS, PER_ACTIVATION, Board, NeuronFile, PerActivation, Technology
from imac_arch.technology_files import Loaded, load_laws

__all__ = ["ANY", "Key", "each_key", "file_keys", "law_keys", "technology_keys"]

ANY = "*"  # the step of a path that the file gives


class Key(NamedTuple):
    """A field of a file.

    Attributes:
        path: ``components.adc.bits``, ``laws.adc_survey.a0``; in other files than those of technologies and laws from
            their top, ``board.peak``.
        file: kind of file: ``technology``, ``law``, ``board``, ``neuron``, ``network`` or ``scenario``.
        kind: component kind (``mtj_pair``), law kind (``adc_survey``), else that of the file.
        role: role of the component; empty for none.
        description: in one line.
        unit: SI unit; empty for counts, ratios, words and sections.
        default: what stands where it is left out, of a law its value; empty for nothing.
        usual: range of values that are common, ``10 fJ .. 10 pJ``; empty where none is stated.
        required: whether a file must have it.
        words: the words that it admits.
        section: whether it holds keys of its own.
    """

    path: str
    file: str
    kind: str
    role: str
    description: str
    unit: str
    default: str
    usual: str
    required: bool
    words: tuple[str, ...]
    section: bool


class _Owner(NamedTuple):
    """Where fields stand: what their paths begin with, the file and the kind that they belong to."""

    prefix: str
    file: str
    kind: str
    role: str = ""


def each_key(laws: Mapping[str, Loaded] | None = None) -> Iterator[Key]:
    """Give the record of every field of technologies, laws (as loaded, every shipped one by default), boards, neurons
    and networks."""
    yield from technology_keys()
    yield from law_keys(load_laws() if laws is None else laws)
    yield from file_keys(Board, "board")
    yield from file_keys(NeuronFile, "neuron")
    yield from file_keys(NetworkFile, "network")


def technology_keys() -> Iterator[Key]:
    """Give the record of every field of a technology; of a role those of each kind that fills it."""
    owner = _Owner("", "technology", "technology")
    for name, field in Technology.model_fields.items():
        if name != "components":
            yield from _field(name, field, owner, {})
            continue
        yield _record("components", field, owner, {})
        for role in ROLES:
            if role != BOARD.name:
                yield from _role(role)


def _role(role: str) -> Iterator[Key]:
    path = f"components.{role}"
    several = role in (NEURON.name, DIGITAL_NEURON.name)
    kinds = (*KINDS[role], *((PER_ACTIVATION,) if several else ()), "none")
    yield Key(path, "technology", "technology", role, ROLES[role].about, "", "", "", False, kinds, True)
    if several:
        owner = _Owner(f"{path}.", "technology", PER_ACTIVATION, role)
        yield _record("activations", PerActivation.model_fields["activations"], owner, {})
    for kind in KINDS[role]:
        yield from _section(Component.kinds[kind], _Owner(f"{path}.", "technology", kind, role), {})


def law_keys(laws: Mapping[str, Loaded]) -> Iterator[Key]:
    """Give the record of every field of laws, with their values as defaults."""
    for name, law in laws.items():
        owner = _Owner(f"laws.{name}.", "law", law.model.kind)
        yield from _section(type(law.model), owner, law.document.data)


def file_keys(model: type[BaseModel], file: str) -> Iterator[Key]:
    """Give the record of every field of one more kind of file."""
    yield from _section(model, _Owner("", file, file), {})


def _section(model: type[BaseModel], owner: _Owner, data: Mapping[str, Any]) -> Iterator[Key]:
    """Give the fields of a model and those of its parts.

    Args:
        model: what a file is validated by.
        owner: where it stands.
        data: plain data whose values are the defaults.
    """
    for name, field in model.model_fields.items():
        yield from _field(name, field, owner, data)


def _field(name: str, field: FieldInfo, owner: _Owner, data: Mapping[str, Any]) -> Iterator[Key]:
    yield _record(name, field, owner, data)
    own = data.get(name)
    parts, inside = models(field.annotation), own if isinstance(own, dict) and not is_number(own) else {}
    several = get_origin(field.annotation) in (tuple, dict)
    below = owner._replace(prefix=f"{owner.prefix}{name}.{f'{ANY}.' if several else ''}")
    if len(parts) > 1:  # a component of one of several kinds, in a file of its own
        for kind in dict.fromkeys((*KINDS[NEURON.name], *KINDS[DIGITAL_NEURON.name])):
            yield from _section(Component.kinds[kind], below._replace(kind=kind), {})
    for part in parts[:1] if len(parts) == 1 else ():
        if issubclass(part, Component):
            below = below._replace(kind=str(part.model_fields["kind"].default), role="".join(part.roles))
        yield from _section(part, below, {} if several else inside)
    if not parts and get_origin(field.annotation) is dict:
        for key in inside:
            yield _record(name, field, owner, data)._replace(path=f"{owner.prefix}{name}.{key}", section=False)


def _record(name: str, field: FieldInfo, owner: _Owner, data: Mapping[str, Any]) -> Key:
    said, own = declaration(field), data.get(name)
    section = bool(models(field.annotation)) or dict in (get_origin(field.annotation), *get_args(field.annotation))
    words = () if section else admitted_words(field)
    told = own is not None and not isinstance(own, list) and bool(said or words)  # no title or other text
    given = written(own) if told and not section else ""
    return Key(
        path=f"{owner.prefix}{name}",
        file=owner.file,
        kind=owner.kind,
        role=owner.role,
        description=describe_field(field),
        unit=said.unit if said else "",
        default=given or default_text(field),
        usual=usual_text(field),
        required=field.is_required(),
        words=words,
        section=section,
    )
