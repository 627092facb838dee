"""The shipped files, the check of a file, and the JSON Schema of a technology."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from imac_arch.components.base import each_quantity
from imac_arch.data.errors import FileErrors, UnknownName
from imac_arch.data.files import read_text, read_yaml, yaml_text
from imac_arch.data.registry import FOLDERS, find, is_path, names
from imac_arch.studies.scenario import load_scenario
from imac_arch.technology import Loaded, Technology, load_board, load_law, load_neuron, load_technology, wrong_kind

__all__ = ["catalog", "check", "resolved_text", "schema_text", "template_text"]

_LOADERS = {
    "technology": load_technology,
    "board": load_board,
    "law": load_law,
    "scenario": load_scenario,
    "neuron": load_neuron,
}
PART, TEMPLATE = "Part", "made_up"
SCHEMA_LINE = "# yaml-language-server: $schema=technology.schema.json\n"
_PLURAL = {"technology": "technologies", "board": "boards", "scenario": "scenarios", "law": "laws", "neuron": "neurons"}


def catalog() -> dict[str, list[tuple[str, str]]]:
    """Return the shipped files by kind: name and title."""
    return {
        plural: [(name, str(read_yaml(find(kind, name)).data.get("title", ""))) for name in names(kind)]
        for kind, plural in _PLURAL.items()
    }


def check(name: str) -> str:
    """Check one file of any kind, and return a one-line summary.

    Raises:
        ImacError: all errors in the file, reported together.
    """
    if is_path(name):
        document = read_yaml(find("technology", name))
        kind = document.data.get("kind", "technology") if isinstance(document.data, dict) else "technology"
        if kind not in _LOADERS:
            from imac_arch.components.base import Law

            if kind not in Law.kinds:
                raise FileErrors([document.problem(wrong_kind(kind, [*_LOADERS, *Law.kinds]), ("kind",))])
            kind = "law"
    else:
        kind = next((k for k in FOLDERS if name in names(k)), "")
        if not kind:
            raise UnknownName("file", name, [n for k in FOLDERS for n in names(k)])
    loaded: Loaded = _LOADERS[kind](name)
    if kind == "scenario":
        scenario = loaded.model
        load_technology(scenario.technology, scenario.overrides)
        return f"{loaded.document.name}: valid; {kind} with {len(scenario.assumptions)} assumptions"
    numbers = [quantity for _, quantity in each_quantity(loaded.model)]
    bare = sum(not quantity.sourced for quantity in numbers)
    assumed = sum(quantity.status == "assumed" for quantity in numbers)
    counts = f"{len(numbers)} numbers, {assumed} of them assumed, {bare} without a source"
    return f"{loaded.document.name}: valid; {kind} with {counts}{_misnamed(loaded, name)}"


def _misnamed(loaded: Loaded, name: str) -> str:
    stem = Path(name).stem
    return f" (its name is {loaded.model.name!r}, its file {stem!r})" if loaded.model.name != stem else ""


def resolved_text(name: str, overrides: dict[str, str] | None = None) -> str:
    """Return a technology as YAML with all inherited fields and overrides resolved.

    Raises:
        ImacError: all errors in the file, reported together.
    """
    data = load_technology(name, overrides).document.data
    return yaml_text({key: value for key, value in data.items() if key != "extends"})


def template_text(name: str, base: str | None = None) -> str:
    """Return the text of a new technology of the given name: a template, or a few lines that extend ``base``.

    Raises:
        ImacError: the base is missing or invalid.
    """
    if base is None:
        text = read_text(find("technology", TEMPLATE))
        return text.replace(f"name: {TEMPLATE}", f"name: {name}", 1).replace(SCHEMA_LINE, "", 1)
    load_technology(base)
    return (
        f"# Fields not given here are inherited from {base}.\nkind: technology\nname: {name}\n"
        f"title: {name}, based on {base}\nextends: {base}\n\n"
        "sources: {}\n\nread: {}\n\ncomponents: {}\n"
    )


def _partial(definitions: dict[str, Any]) -> dict[str, Any]:
    """Return copies of the definitions without required keys: a file that extends another may leave out any of them."""
    return {f"{name}{PART}": _renamed(definition) for name, definition in definitions.items()}


def _renamed(part: Any) -> Any:
    if isinstance(part, dict):
        kept = {key: _renamed(value) for key, value in part.items() if key != "required" or "value" in value}
        if "$ref" in kept:
            kept["$ref"] += PART
        if "mapping" in kept:  # of a discriminator: kind to definition
            kept["mapping"] = {kind: f"{ref}{PART}" for kind, ref in part["mapping"].items()}
        return kept
    return [_renamed(item) for item in part] if isinstance(part, list) else part


def _shared(part: Any, numbers: dict[str, Any]) -> Any:
    """Return a schema in which equal forms of a number are shared definitions, collected in ``numbers``."""
    if isinstance(part, list):
        return [_shared(item, numbers) for item in part]
    if not isinstance(part, dict):
        return part
    if "oneOf" in part:  # several kinds may accept the same empty mapping
        part = {("anyOf" if key == "oneOf" else key): value for key, value in part.items()}
    if any("range" in option.get("properties", {}) for option in part.get("anyOf", ()) if isinstance(option, dict)):
        form = {"anyOf": part["anyOf"]}
        name = next((n for n, known in numbers.items() if known == form), f"Number{len(numbers) + 1}")
        numbers[name] = form
        rest = {key: value for key, value in part.items() if key != "anyOf"}
        return {**rest, "$ref": f"#/$defs/{name}"}
    return {key: _shared(value, numbers) for key, value in part.items()}


def schema_text() -> str:
    """Return the JSON Schema of a technology file as text."""
    schema: dict[str, Any] = Technology.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "imac-arch technology"
    keys = ("properties", "required", "additionalProperties", "type")
    whole = {key: schema.pop(key) for key in keys}
    schema["if"] = {"type": "object", "required": ["extends"]}
    schema["then"] = {**_renamed(whole), "required": ["name", "extends"]}
    schema["else"] = whole
    schema["$defs"] |= _partial(schema["$defs"])
    numbers: dict[str, Any] = {}
    schema = _shared(schema, numbers)
    schema["$defs"] |= numbers
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"
