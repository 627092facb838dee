"""What the field of a model says of itself: description, unit, default and usual range, each written once."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from imac_arch.data.quantity import In, Quantity

__all__ = ["admitted_words", "declaration", "default_text", "describe_field", "models", "usual_range", "usual_text"]


def declaration(field: FieldInfo) -> In | None:
    """Return what a field declares of its number, wherever the annotation holds it; None where it takes none."""
    stack: list[Any] = [field.annotation, *reversed(field.metadata)]
    while stack:
        part = stack.pop()
        if isinstance(part, In):
            return part
        if part is not Quantity and not (isinstance(part, type) and issubclass(part, BaseModel)):
            stack += reversed(get_args(part))
    return None


def describe_field(field: FieldInfo) -> str:
    """Return the one-line description of a model's field, empty where it has none."""
    own = (part.about for part in field.metadata if isinstance(part, In))
    return field.description or next(own, "")


def usual_text(field: FieldInfo) -> str:
    """Return the range of values that are common, as it is written: ``10 fJ .. 10 pJ``; empty where none is."""
    said = declaration(field)
    return said.usual if said else ""


def usual_range(model: type[BaseModel], name: str) -> tuple[float, float] | None:
    """Return the ends of the usual range of a model's field, in SI units; None where it has none.

    Raises:
        ValueError: the text is no range in the field's unit.
    """
    said = declaration(model.model_fields[name])
    try:
        return None if said is None else said.common
    except ValueError as error:
        raise ValueError(f"{model.__qualname__}.{name}: {error}") from None


def admitted_words(field: FieldInfo) -> tuple[str, ...]:
    """Return the words that a field admits: those of a choice, those in the place of a number, or true and false."""
    said = declaration(field) or next((part for part in field.metadata if hasattr(part, "words")), None)
    if said is not None:
        return tuple(said.words)
    stack, words = [field.annotation], []
    while stack:
        part = stack.pop()
        if get_origin(part) is Literal:
            words += [str(word) for word in get_args(part)]
        elif part is bool:
            words += ["true", "false"]
        else:
            stack += reversed([each for each in get_args(part) if each is not Ellipsis])
    return tuple(words)


def default_text(field: FieldInfo) -> str:
    """Return what stands where a field is left out, as a file would write it; empty where that is nothing."""
    default = field.default
    if field.is_required() or default is None or isinstance(default, (BaseModel, dict)):
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, Quantity):
        return default.written
    return ", ".join(map(str, default)) if isinstance(default, tuple) else str(default)


def models(annotation: Any) -> tuple[type[BaseModel], ...]:
    """Return the models that an annotation mentions."""
    if isinstance(annotation, type):
        return (annotation,) if issubclass(annotation, BaseModel) else ()
    return tuple(model for argument in get_args(annotation) for model in models(argument))
