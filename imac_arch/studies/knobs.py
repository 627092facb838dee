"""What a designer of each architecture is free to choose, as data: ``tech/optimum/knobs.yaml``."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from imac_arch.components.base import Section, Source
from imac_arch.data.files import read_yaml
from imac_arch.data.quantity import Status, about
from imac_arch.data.registry import data_folder
from imac_arch.data.schema import validate
from imac_arch.inputs import Inputs

__all__ = ["OwnKnob", "OwnKnobs", "own_knobs"]

COMPONENTS = "components"


class OwnKnob(Section):
    """A field that a designer is free to choose."""

    name: Annotated[str, about("path of the field")]
    title: Annotated[str, about("what is chosen")]
    role: Annotated[str, about("role that a technology must fill for the knob to be there")]
    values: Annotated[tuple[str, ...], about("choices, as a file writes them")]
    status: Annotated[Status, about("how they were chosen")]
    source: Annotated[tuple[str, ...], about("keys of the works that they rest on")] = ()
    note: Annotated[str, about("why these")]


class OwnKnobs(Section):
    """The knobs of all architectures."""

    kind: Annotated[Literal["knobs"], about("kind of file")]
    title: Annotated[str, about("what the file says")]
    sources: Annotated[dict[str, Source], about("works that are cited, by key")]
    knobs: Annotated[tuple[OwnKnob, ...], about("knobs, each with its choices")]


@cache
def _every() -> tuple[OwnKnob, ...]:
    return validate(OwnKnobs, read_yaml(data_folder() / "optimum" / "knobs.yaml")).knobs


def own_knobs(inputs: Inputs) -> tuple[OwnKnob, ...]:
    """Return the knobs that a technology has: those whose role is filled by a kind with such a field."""
    return tuple(knob for knob in _every() if _there(inputs, knob))


def _there(inputs: Inputs, knob: OwnKnob) -> bool:
    component = inputs.technology.components.get(knob.role)
    if component is None or component.neglected:
        return False
    top, *_, field = knob.name.split(".")
    return top != COMPONENTS or field in type(component).model_fields
