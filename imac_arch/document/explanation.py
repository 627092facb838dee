"""The documents of ``explain``, ``tech list`` and ``tech check``, record by record."""

from __future__ import annotations

from imac_arch.data.records import NamedTuple
from imac_arch.document.keys import KeyRow
from imac_arch.document.shapes import Figure, Finding, Number

__all__ = [
    "CatalogDocument",
    "CatalogRow",
    "Derived",
    "DerivedRow",
    "ExplainedCost",
    "ExplanationDocument",
    "FileCheckDocument",
    "LawPart",
    "LawRange",
    "PageRow",
    "SizeLimit",
    "SoundSize",
    "TechnologyDocument",
]


class LawPart(NamedTuple):
    """A law: its formula, what it describes, and its coefficients."""

    name: str
    title: str
    formula: str
    text: str
    note: str
    numbers: tuple[Number, ...]


class ExplainedCost(NamedTuple):
    """What one instance costs in an architecture, in the layer with most instances."""

    architecture: str
    component: str
    layer: int | None
    area: Figure
    action_energy: Figure
    latency: Figure
    leakage: Figure
    power: Figure
    instances: float | None
    law: str
    scaled: tuple[str, ...]


class LawRange(NamedTuple):
    """A quantity that a law depends on, the range that the law covers, and what happens outside."""

    law: str
    quantity: str
    value: float
    low: float | None
    high: float | None
    unit: str
    outside: str


class PageRow(NamedTuple):
    """A page on a warning, an architecture, a metric, an option or a term: what it is, its formula, facts by label, the
    numbers that it rests on, and the names of other pages."""

    what: str
    name: str
    title: str
    text: str
    formula: str
    facts: dict[str, str]
    numbers: tuple[Number, ...]
    see: tuple[str, ...]


class ExplanationDocument(NamedTuple):
    """A role of a technology, a law or a board, and the ``pages`` that bear its name; or such pages alone, then
    ``what`` is that of the first; or a field alone, ``what`` is ``field``. ``keys`` are its fields."""

    schema_version: str
    name: str
    what: str
    kind: str | None
    title: str
    text: str
    formula: str
    note: str
    technology: str | None
    network: str | None
    used_by: tuple[str, ...]
    kinds: tuple[str, ...]
    choices: dict[str, str | bool]
    numbers: tuple[Number, ...]
    laws: tuple[LawPart, ...]
    costs: tuple[ExplainedCost, ...]
    range: tuple[LawRange, ...]
    problems: tuple[str, ...]
    pages: tuple[PageRow, ...]
    keys: tuple[KeyRow, ...]


class CatalogRow(NamedTuple):
    """A file by its name; ``origin`` is ``shipped``, a folder of ``IMAC_ARCH_PATH``, or the package that it is from.
    ``hidden`` are the files of the same name that are not used."""

    kind: str
    name: str
    title: str
    origin: str
    hidden: tuple[str, ...]


class CatalogDocument(NamedTuple):
    """What is shipped."""

    schema_version: str
    files: tuple[CatalogRow, ...]


class DerivedRow(NamedTuple):
    """A figure that follows from a technology's numbers."""

    name: str
    title: str
    unit: str
    figure: Figure


class SizeLimit(NamedTuple):
    """A design check that is not clear at every size, and the sizes at which it is."""

    code: str
    quantity: str
    clear: tuple[int, ...]


class SoundSize(NamedTuple):
    """The largest full square subarray, in lines of a power of two, whose verdict is *works* in an architecture;
    ``by_size`` leaves out of account what no size clears. None where no size will do."""

    architecture: str
    lines: int | None
    by_size: int | None
    limits: tuple[SizeLimit, ...]


class Derived(NamedTuple):
    """What follows from a technology's numbers: figures of its cell and of a full subarray of its own size, the largest
    sound subarrays among the ``sizes`` that were looked at, and what could not be found."""

    rows: int
    cols: int
    figures: tuple[DerivedRow, ...]
    sizes: tuple[int, ...]
    sound: tuple[SoundSize, ...]
    problems: tuple[str, ...]


class TechnologyDocument(NamedTuple):
    """A technology in full, with all that it extends: as YAML, number by number, and what follows from it."""

    schema_version: str
    name: str
    title: str
    file: str
    yaml: str
    provenance: tuple[Number, ...]
    derived: Derived


class FileCheckDocument(NamedTuple):
    """A valid file: how many numbers, assumptions of a scenario, or numbers without a source it holds, and which are
    unusual; of a technology what follows from them."""

    schema_version: str
    file: str
    kind: str
    name: str
    numbers: int
    assumed: int
    unsourced: int
    assumptions: int
    note: str
    warnings: tuple[Finding, ...]
    derived: Derived | None
