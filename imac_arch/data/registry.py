"""Files by name: those that are shipped, those of the folders in ``IMAC_ARCH_PATH``, and those of installed packages.

Each of these folders is laid out like ``tech/``: technologies are its YAML files, its folders hold the other kinds of
file. A name is looked for in this order, and what comes first has it: a shipped name means the same everywhere.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from imac_arch.data.errors import InputOutputError, UnknownName
from imac_arch.data.log import logger
from imac_arch.data.records import NamedTuple

__all__ = [
    "VARIABLE",
    "Library",
    "data_folder",
    "find",
    "holders",
    "is_path",
    "libraries",
    "names",
    "portable",
    "shown_name",
    "use",
]  # fmt: skip

VARIABLE = "IMAC_ARCH_PATH"
FOLDERS = {
    "technology": "", "board": "boards", "law": "laws", "scenario": "scenarios", "neuron": "neurons", "macro": "macros",
}  # fmt: skip
NETWORKS = {"network": "nets"}
SHIPPED = "tech"
_log = logger(__name__)
_packages: list[Library] = []


class Library(NamedTuple):
    """A folder of files, and what messages call it: ``tech``, the folder as it was given, or a package."""

    label: str
    folder: Path

    def file(self, kind: str, name: str) -> Path:
        """Return where the file of a name would lie."""
        return self.folder / _folder(kind) / f"{name}.yaml"

    def shown(self, kind: str, name: str) -> str:
        """Return what messages call the file of a name."""
        return "/".join(part for part in (self.label, _folder(kind), f"{name}.yaml") if part)


@cache
def data_folder() -> Path:
    """Return the folder of the shipped data: inside an installed wheel, else beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    return package / "tech" if (package / "tech").is_dir() else package.parent / "tech"


def use(library: Library) -> None:
    """Look for names in one more folder, after all others."""
    _packages.append(library)


def libraries() -> list[Library]:
    """Return the folders in which names are looked for, in this order."""
    given = os.environ.get(VARIABLE, "")
    own = [Library(text.rstrip("/") or text, Path(text)) for text in given.split(os.pathsep) if text.strip()]
    return [Library(SHIPPED, data_folder()), *(library for library in own if _there(library.label)), *_packages]


@cache
def _there(folder: str) -> bool:
    """Whether a folder is there; one that is not is said once."""
    there = os.path.isdir(folder)
    if not there:
        _log.warning("%s: %s is no folder, and is left out", VARIABLE, folder)
    return there


def names(kind: str, *, shipped: bool = False) -> list[str]:
    """Return the names of all files of a kind, or of those that are shipped, sorted."""
    looked = libraries()[:1] if shipped else libraries()
    return sorted({path.stem for library in looked for path in (library.folder / _folder(kind)).glob("*.yaml")})


def is_path(name: str) -> bool:
    """Return whether a name on the command line is a path: it contains a slash or ends in ``.yaml``."""
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))


def find(kind: str, name: str) -> Path:
    """Return the file of a name, or the path itself where a path is given.

    Raises:
        UnknownName: no file has the name; the closest match is suggested.
        InputOutputError: a path that does not exist; a shipped file of that name is suggested.
    """
    if is_path(name):
        path = Path(name)
        if not _exists(path):
            hint = f" (a shipped {kind} has that name: write {path.stem!r})" if path.stem in names(kind) else ""
            raise InputOutputError(f"{name}: no such file{hint}")
        return path
    found = holders(kind, name)
    if not found:
        others = [other for other in FOLDERS if name in names(other)]
        hint = f"{name!r} is a {others[0]}. " if others else ""
        raise UnknownName(kind, name, names(kind), f"{hint}A path ends in .yaml or contains a slash: ./{name}.yaml.")
    for hidden in found[1:]:
        _hidden(found[0].shown(kind, name), hidden.shown(kind, name))
    return found[0].file(kind, name)


def holders(kind: str, name: str) -> list[Library]:
    """Return the folders that have a file of a name; the first one is used, the others are hidden by it."""
    if not name or Path(name).name != name:
        return []
    return [library for library in libraries() if _exists(library.file(kind, name))]


@cache
def _hidden(used: str, hidden: str) -> None:
    """Say once that a file has a name that is taken."""
    _log.warning("%s is used; %s bears the same name and is not: give its path, or another name", used, hidden)


def shown_name(path: str, kind: str, name: str) -> str:
    """Return the name of a file in messages: of a named one its path within ``tech/`` or the other folder that has it,
    else the path given. It never shows the installation folder."""
    if is_path(name):
        return path
    found = holders(kind, name)
    return found[0].shown(kind, name) if found else path


def _folder(kind: str) -> str:
    return NETWORKS.get(kind) or FOLDERS[kind]


def portable(path: str) -> str:
    """Return a path as documents that travel show it: an absolute one from the working folder, or where it lies outside
    of that its name alone."""
    if not os.path.isabs(path):
        return path
    given = Path(path)
    try:
        here = Path.cwd()
    except OSError:  # it is gone
        return given.name
    return str(given.relative_to(here)) if given.is_relative_to(here) and given != here else given.name


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is invalid for the file system
        return False
