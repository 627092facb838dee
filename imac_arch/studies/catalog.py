"""The shipped files, the check of a file, and the JSON Schema of a technology."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imac_arch.components.base import Law, Section
from imac_arch.data.errors import FileErrors, ImacError, UnknownName
from imac_arch.data.files import digest, parse_text, read_yaml, yaml_text
from imac_arch.data.registry import FOLDERS, data_folder, find, holders, is_path, names, portable
from imac_arch.data.schema import validate
from imac_arch.data.walk import each_quantity
from imac_arch.document.explanation import CatalogDocument, CatalogRow, Derived, FileCheckDocument, TechnologyDocument
from imac_arch.document.provenance import Origin, listed, provenance, unusual
from imac_arch.document.shapes import SCHEMA_VERSION
from imac_arch.macro_files import load_macro
from imac_arch.packages import extended, origin
from imac_arch.paths import fields_on, without_laws
from imac_arch.studies.accuracy.datasets import Fetched
from imac_arch.studies.accuracy.settings import Ladders, TrainingSettings
from imac_arch.studies.knobs import OwnKnobs
from imac_arch.studies.scenario import Scenario, load_scenario
from imac_arch.studies.validate.law import load_macro_law
from imac_arch.technology_files import Loaded, load_board, load_law, load_neuron, load_technology, wrong_kind

__all__ = ["catalog", "check", "shown"]

_LOADERS = {
    "technology": load_technology,
    "board": load_board,
    "law": load_law,
    "scenario": load_scenario,
    "neuron": load_neuron,
    "macro": load_macro,
    "macros": load_macro,
}
SHIPPED, MACRO_LAW = "shipped", "macro_law"
_SETTINGS: dict[str, type[Section]] = {  # found by their place alone
    "training": TrainingSettings,
    "ladders": Ladders,
    "knobs": OwnKnobs,
    "dataset": Fetched,
}
KINDS = ("technology", "board", "scenario", "law", "neuron", "macro", "network")


def catalog() -> CatalogDocument:
    """Return the files that have a name, shipped or not, and the laws that kinds bring along."""
    laws = _embedded()
    rows = [
        CatalogRow(kind, name, laws[name], origin(name) or SHIPPED, ())
        if name in laws and kind == "law"
        else _row(kind, name)
        for kind in KINDS
        for name in sorted({*names(kind), *(laws if kind == "law" else ())})
    ]
    return CatalogDocument(SCHEMA_VERSION, tuple(rows))


def _row(kind: str, name: str) -> CatalogRow:
    used, *others = holders(kind, name)
    try:
        data = read_yaml(used.file(kind, name)).data
    except ImacError as error:  # of somebody else: the list is of all the others as well
        data = {"title": f"cannot be read: {error}".splitlines()[0]}
    title = data.get("title", "") if isinstance(data, dict) else ""
    place = SHIPPED if used.folder == data_folder() else portable(used.label)
    return CatalogRow(kind, name, str(title), place, tuple(portable(other.shown(kind, name)) for other in others))


def _embedded() -> dict[str, str]:
    """Return the titles of laws that bring their coefficients in code, by name; a file of that name comes first."""
    texts = {kind: law.data for kind, law in Law.kinds.items() if law.data and kind not in names("law")}
    return {kind: str(parse_text(text, f"law {kind}").data.get("title", "")) for kind, text in texts.items()}


def check(name: str) -> FileCheckDocument:
    """Check one file of any kind, and return a summary.

    Raises:
        ImacError: all errors in the file, reported together.
    """
    if is_path(name):
        document = read_yaml(find("technology", name))
        kind = document.data.get("kind", "technology") if isinstance(document.data, dict) else "technology"
        if not isinstance(kind, str) or kind not in (*_LOADERS, *_SETTINGS, MACRO_LAW):
            if not isinstance(kind, str) or kind not in Law.kinds:
                raise FileErrors([document.problem(wrong_kind(kind, [*_LOADERS, *Law.kinds]), ("kind",))])
            kind = "law"
    else:
        kind = next((k for k in FOLDERS if name in names(k)), "law" if name in _embedded() else "")
        if not kind:
            raise UnknownName("file", name, [n for k in FOLDERS for n in names(k)])
    loaded = _loaded(kind, name)
    numbers = [quantity for _, quantity in each_quantity(loaded.model)]
    assumptions: tuple[object, ...] = ()
    if kind == "scenario":
        scenario: Scenario = loaded.model
        assumptions = scenario.assumptions
    follows: Derived | None = None
    if kind == "technology":
        from imac_arch.studies.derived import derived  # nothing else here evaluates

        follows = derived(name)
    return FileCheckDocument(
        schema_version=SCHEMA_VERSION,
        file=loaded.document.name,
        kind=kind,
        name=getattr(loaded.model, "name", "") or Path(name).stem,
        numbers=len(numbers),
        assumed=sum(quantity.status == "assumed" for quantity in numbers),
        unsourced=sum(not quantity.sourced for quantity in numbers),
        assumptions=len(assumptions),
        note=_misnamed(loaded, name),
        warnings=unusual(listed([Origin("", loaded.model, loaded=loaded)])),
        derived=follows,
    )


def _loaded(kind: str, name: str) -> Loaded:
    if kind == MACRO_LAW:
        return load_macro_law(name).loaded
    if kind not in _SETTINGS:
        return _LOADERS[kind](name)
    document = read_yaml(Path(name))
    return Loaded(validate(_SETTINGS[kind], document), document, digest(document.data))


def _misnamed(loaded: Loaded, name: str) -> str:
    stem = Path(name).stem
    own = getattr(loaded.model, "name", "")
    return f"its name is {own!r}, its file {stem!r}" if own and own != stem else ""


@extended
def shown(name: str, overrides: Mapping[str, Any] | None = None) -> TechnologyDocument:
    """Return a technology with all inherited fields and overrides resolved, and what follows from it.

    Raises:
        ImacError: all errors in the file, reported together.
    """
    from imac_arch.studies.derived import derived  # nothing else here evaluates

    fields = fields_on(name, overrides)
    loaded = load_technology(name, without_laws(fields))
    technology, data = loaded.model, loaded.document.data
    return TechnologyDocument(
        schema_version=SCHEMA_VERSION,
        name=technology.name,
        title=technology.title,
        file=portable(loaded.document.name),
        yaml=yaml_text({key: value for key, value in data.items() if key != "extends"}),
        provenance=provenance(listed([Origin("", technology, technology.sources, loaded)])),
        derived=derived(name, fields),
    )
