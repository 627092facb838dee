"""Names that may stand on a command line, for the shell to complete and for ``--help`` to list.

A shell waits for every answer, so that names are read from file names and from the text of the modules that declare
them; importing these takes a second. A test holds both to be the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

__all__ = ["COMPLETE", "listed", "topics"]

PACKAGE = Path(__file__).resolve().parent.parent
ARCHITECTURE = re.compile(r'^ARCHITECTURE = Architecture\(\s+name="(\w+)"(?:.*?\border=(\d+))?', re.M | re.S)
METRIC = re.compile(r'^@metric\((?:.|\n)*?\)\ndef (\w+)|^_base\("(\w+)"', re.M)
ROLE = re.compile(r'^[A-Z_]+ = Role\("(\w+)"', re.M)
PAGES = re.compile(r"^(?:(\w+):|  ([\w.]+):)", re.M)
WORDS = {
    "read": ("averaging", "virtual_ground"), "timing": ("settled", "declared"), "precision": ("equal", "native"),
    "net": ("784-128-10",), "adc_bits": ("4", "6", "8"),
}  # fmt: skip
YAML, SAVED = (".yaml", ".yml"), (".yaml", ".yml", ".json", ".html")
ROOM = 59  # columns of a narrow screen beside the options of a command
Complete = Callable[[str], list[str]]
Source = Callable[[], Iterable[str]] | tuple[str, ...]


def architectures() -> list[str]:
    """Return the names of architectures in their order."""
    found = []
    for path in sorted((PACKAGE / "architectures").glob("*.py")):
        found += [(int(order or 0), name) for name, order in ARCHITECTURE.findall(path.read_text(encoding="utf-8"))]
    return [name for _, name in sorted(found)]


def reference() -> list[str]:
    """Return the architecture that ratios are against unless another is asked for."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "architectures").glob("*.py"))]
    return [ARCHITECTURE.findall(text)[0][0] for text in texts if "    reference=True" in text]


def metrics() -> list[str]:
    """Return the names of metrics."""
    text = (PACKAGE / "metrics.py").read_text(encoding="utf-8")
    return [derived or base for derived, base in METRIC.findall(text)]


def shipped(kind: str) -> list[str]:
    """Return the names of files of a kind, such as ``technology``."""
    from imac_arch.data.registry import names

    return names(kind)


def laws() -> list[str]:
    """Return the names of converter laws, as ``--adc-law`` takes them."""
    return [name.removeprefix("adc_") for name in shipped("law") if name.startswith("adc_")]


def topics() -> list[str]:
    """Return what ``explain`` knows: roles, laws, boards, warnings, metrics, architectures and options."""
    pages, place = [], ""
    for section, name in PAGES.findall((PACKAGE / "studies" / "pages.yaml").read_text(encoding="utf-8")):
        place = section or place
        pages += [name, name.rpartition(".")[2]] if name and place in ("warnings", "options", "terms") else []
    roles = ROLE.findall((PACKAGE / "components" / "roles.py").read_text(encoding="utf-8"))
    parts: tuple[Iterable[str], ...] = (roles, shipped("law"), shipped("board"), pages, metrics(), architectures())
    return sorted({name for part in parts for name in part})


def _files(suffixes: tuple[str, ...]) -> list[str]:
    """Return the files here that end so; those of other folders the shell knows, where nothing else fits."""
    return sorted(path.name for path in Path().iterdir() if path.suffix in suffixes and path.is_file())


def _designs() -> list[str]:
    names = architectures()
    return [*names, *(f"{name}@{technology}" for name in names for technology in shipped("technology"))]


_SOURCES: dict[str, Source] = {
    **WORDS,
    "tech": lambda: [*shipped("technology"), *_files(YAML)],
    "file": lambda: [*(name for kind in ("technology", "board", "law", "scenario") for name in shipped(kind)),
                     *_files(YAML)],
    "side": lambda: [*shipped("technology"), *_files(SAVED)],
    "gpu": lambda: [*shipped("board"), *_files(YAML)],
    "scenario": lambda: [*shipped("scenario"), *_files(YAML)],
    "arch": architectures,
    "baseline": _designs,
    "adc_law": laws,
    "metric": metrics,
    "topic": topics,
    "net": lambda: [*WORDS["net"], *_files(YAML)],
}  # fmt: skip


def _complete(source: Source) -> Complete:
    def complete(incomplete: str) -> list[str]:
        if "/" in incomplete:  # a path, which the shell completes itself
            return []
        return [name for name in (source() if callable(source) else source) if name.startswith(incomplete)]

    return complete


ACCURACIES = "accuracy_"  # begins the name of a scenario of accuracies alone
COMPLETE: dict[str, Complete] = {name: _complete(source) for name, source in _SOURCES.items()}


def listed(text: str) -> str:
    """Return a text of ``--help`` with the names that stand for its placeholders, as many as fit on its line."""
    kinds: dict[str, Callable[[], list[str]]] = {
        "architectures": architectures,
        "reference": reference,
        "laws": laws,
        "scenarios": lambda: [name for name in shipped("scenario") if not name.startswith(ACCURACIES)],
    }
    for word, names in kinds.items():
        if f"{{{word}}}" in text:
            text = text.replace(f"{{{word}}}", _fitting(names(), ROOM - len(text) + len(word) + 2))
    return text


def _fitting(names: list[str], room: int) -> str:
    """Return names in a row of at most ``room`` characters, with dots where some are left out."""
    text = ", ".join(names)
    if len(text) <= room:
        return text
    kept = list(names)
    while len(kept) > 1 and len(text) > room:
        kept.pop()
        text = ", ".join((*kept, "..."))
    return text
