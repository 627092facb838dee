"""Validation of plain data by a Pydantic model, with every error at its line and column."""

from __future__ import annotations

import re
import types
from collections.abc import Collection, Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from imac_arch.data.errors import FileErrors, Problem, nearest
from imac_arch.data.files import Document

__all__ = ["validate"]

M = TypeVar("M", bound=BaseModel)
Loc = tuple[str | int, ...]
KIND = ("kind",)
EVERY = {"kind", "name", "title", "note", "sources", "source", "extends"}  # keys that files of many kinds have
SHORT = 60  # characters of what was found that are shown


def validate(model: type[M], document: Document, tags: Mapping[str, type[BaseModel]] | None = None) -> M:
    """Validate a document and return its model.

    Args:
        model: the Pydantic model of the file.
        document: plain data with positions.
        tags: the classes selected by ``kind``.

    Raises:
        FileErrors: all errors, reported together.
    """
    if not isinstance(document.data, dict):
        raise FileErrors(
            [document.problem(f"the file must be a mapping of keys to values, not a {type(document.data).__name__}")]
        )
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        _another_file(error.errors(), model, document)
        problems = [p for e in error.errors() for p in _problems(e, model, document, tags or {})]
        raise FileErrors(list(dict.fromkeys(problems))) from None


def _another_file(errors: list[Any], model: type[BaseModel], document: Document) -> None:
    """Raise one error where the file is of another kind altogether, of which every key would be wrong."""
    known, given = model.model_fields, document.data
    allowed = [
        e["ctx"]["expected"].replace("'", "") for e in errors if e["type"] == "literal_error" and e["loc"] == KIND
    ]
    if not allowed or 2 * len(known.keys() & given.keys()) > len(given) + len(known.keys() & EVERY & given.keys()):
        return
    text = f"this file is of kind {given[KIND[0]]!r}; a file of kind {allowed[0]!r} is needed here"
    raise FileErrors([document.problem(text, KIND)])


def _problems(
    error: Any, model: type[BaseModel], document: Document, tags: Mapping[str, type[BaseModel]]
) -> list[Problem]:
    loc: Loc = error["loc"]
    path = _in_data(loc, document.data)
    if error["type"] == "quantity":
        return [document.problem(text, (*path, *at)) for at, text in error["ctx"]["problems"]]
    return [document.problem(_message(error, loc, model, tags, document.data), path)]


def _message(error: Any, loc: Loc, model: type[BaseModel], tags: Mapping[str, type[BaseModel]], data: Any) -> str:
    kind, given = error["type"], error.get("input")
    key = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        allowed = _keys(model, loc[:-1], tags)
        place = _elsewhere(key, model, loc[:-1], tags, data)
        return f"{place}allowed: {', '.join(allowed)}" if place else "unknown key " + _guess(key, allowed)
    if kind == "missing":
        return f"missing key {key!r}"
    if kind == "literal_error":
        allowed = [a for a in error["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ") if a]
        return f"{given!r} is not allowed; " + _guess(str(given), allowed, bare=True)
    if kind == "union_tag_invalid":
        tag = error["ctx"]["tag"]
        return "unknown kind " + _guess(str(tag), sorted(tags))
    if kind == "union_tag_not_found":
        return f"missing key 'kind'; allowed: {', '.join(sorted(tags))}"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in ("model_type", "model_attributes_type"):
        return _no_mapping(given, _keys(model, loc, tags))
    if kind in ("tuple_type", "list_type"):
        numbers = re.findall(r"[0-9.]+", given) if isinstance(given, str) and len(given) < SHORT else []
        return f"{given!r} is not a list" + (f"; did you mean [{', '.join(numbers)}]?" if len(numbers) > 1 else "")
    if kind == "dict_type":
        return f"{given!r} is not a mapping of keys to values"
    text = str(error["msg"])
    if kind in ("law", "quantity"):  # says what was found
        return text
    return f"{text[:1].lower()}{text[1:]}, not {given!r}" if given is not None and len(repr(given)) < SHORT else text


def _elsewhere(key: str, model: type[BaseModel], loc: Loc, tags: Mapping[str, type[BaseModel]], data: Any) -> str:
    """Return what is said of a key that has its place elsewhere: in another kind, or in another section."""
    own = str(loc[-1]) if loc else ""
    if own in tags:
        roles = set(getattr(tags[own], "roles", ()))
        others = [name for name, kind in tags.items() if key in kind.model_fields and roles & set(_roles(kind))]
        if others:
            return f"{key!r} is a key of kind {' or '.join(map(repr, sorted(others)))}, this is {own!r}; "
    here = _model(model, loc, tags)
    found = [f"{name}.{key}" for name in (here.model_fields if here else ()) if key in _fields(here, name)]
    found += [f"{name}.{key}" for name in model.model_fields if loc and key in _fields(model, name)]
    if not loc:  # what stands there by name, such as the roles
        found += [f"{name}.{key}" for name, part in data.items() if isinstance(part, dict) and key in part]
    return f"unknown key {key!r} here; did you mean {found[0]!r}? " if found else ""


def _roles(kind: type[BaseModel]) -> tuple[str, ...]:
    return getattr(kind, "roles", ())


def _fields(model: type[BaseModel] | None, name: str) -> Collection[str]:
    """Return the keys of the section that a field of a model is."""
    field = None if model is None else model.model_fields.get(name)
    section = None if field is None else _bare(field.annotation)
    return section.model_fields if isinstance(section, type) and issubclass(section, BaseModel) else ()


def _no_mapping(given: Any, keys: list[str]) -> str:
    """Return what is said of a text or a list where a mapping of keys is needed; ``128x128`` has a number for each of
    the first keys."""
    numbers = re.findall(r"[0-9]+", str(given))
    keys = keys[: len(numbers)] if len(numbers) > 1 else keys
    values = numbers if len(numbers) == len(keys) else ["..."] * len(keys)
    form = ", ".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
    return f"{given!r} is not a mapping of keys to values; write {{{form}}}"


def _guess(name: str, allowed: list[str], bare: bool = False) -> str:
    guess = nearest(name, allowed)
    head = "" if bare else f"{name!r}; "
    return head + (f"did you mean {guess!r}? " if guess else "") + f"allowed: {', '.join(allowed)}"


def _in_data(loc: Loc, data: Any) -> Loc:
    """Return the location without the tags of discriminated unions, which are not keys of the file."""
    path: list[str | int] = []
    here = data
    for i, step in enumerate(loc):
        last = i == len(loc) - 1
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            if last and not (isinstance(here, dict) and here.get("kind") == step):
                path.append(step)
            continue
        path.append(step)
    return tuple(path)


def _keys(model: type[BaseModel], loc: Loc, tags: Mapping[str, type[BaseModel]]) -> list[str]:
    """Return the keys allowed at ``loc``."""
    here = _model(model, loc, tags)
    return [] if here is None else list(here.model_fields)


def _model(model: type[BaseModel], loc: Loc, tags: Mapping[str, type[BaseModel]]) -> type[BaseModel] | None:
    """Return the model of the section at ``loc``."""
    here: Any = model
    for step in loc:
        if isinstance(here, type) and issubclass(here, BaseModel) and step in here.model_fields:
            here = here.model_fields[str(step)].annotation
        elif step in tags:
            here = tags[str(step)]
        else:
            arguments = [a for a in get_args(_bare(here)) if a is not Ellipsis]
            here = arguments[-1] if arguments else None
        here = _bare(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """Return an annotation without ``Annotated`` and ``| None``."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        left = [a for a in get_args(annotation) if a is not type(None)]
        return _bare(left[0]) if len(left) == 1 else annotation
    return annotation
