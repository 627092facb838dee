"""What is shipped, whether a file is in order, and the JSON Schema of a technology."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from imac_arch.components.base import each_quantity
from imac_arch.errors import FileErrors, UnknownName
from imac_arch.files import read_yaml
from imac_arch.registry import FOLDERS, find, is_path, names
from imac_arch.scenario import load_scenario
from imac_arch.technology import Loaded, Technology, load_board, load_law, load_technology, wrong_kind

__all__ = ["catalog", "check", "schema_text"]

_LOADERS = {"technology": load_technology, "board": load_board, "law": load_law, "scenario": load_scenario}
_PLURAL = {"technology": "technologies", "board": "boards", "scenario": "scenarios", "law": "laws"}


def catalog() -> dict[str, list[tuple[str, str]]]:
    """Return the shipped files by kind: name and title."""
    return {
        plural: [(name, str(read_yaml(find(kind, name)).data.get("title", ""))) for name in names(kind)]
        for kind, plural in _PLURAL.items()
    }


def check(name: str) -> str:
    """Check one file of any kind, and return what stands in it.

    Raises:
        ImacError: everything that is wrong with the file.
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
        return f"{loaded.document.name}: in order; {kind} with {len(scenario.assumptions)} assumptions"
    numbers = [quantity for _, quantity in each_quantity(loaded.model)]
    bare = sum(not quantity.sourced for quantity in numbers)
    assumed = sum(quantity.status == "assumed" for quantity in numbers)
    counts = f"{len(numbers)} numbers, {assumed} of them assumed, {bare} without a source"
    return f"{loaded.document.name}: in order; {kind} with {counts}{_misnamed(loaded, name)}"


def _misnamed(loaded: Loaded, name: str) -> str:
    stem = Path(name).stem
    return f" (it calls itself {loaded.model.name!r}, its file {stem!r})" if loaded.model.name != stem else ""


def schema_text() -> str:
    """Return the JSON Schema of a technology file as text."""
    schema: dict[str, Any] = Technology.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "imac-arch technology"
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"
