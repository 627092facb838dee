"""The folder ``tech/`` is the registry of shipped files.

Technologies are the YAML files of ``tech/`` itself; its folders hold the other kinds of file.
"""

from __future__ import annotations

from pathlib import Path

from imac_arch.data.errors import InputOutputError, UnknownName

__all__ = ["data_folder", "find", "is_path", "names", "portable", "shown_name"]

FOLDERS = {"technology": "", "board": "boards", "law": "laws", "scenario": "scenarios", "neuron": "neurons"}


def data_folder() -> Path:
    """Return the folder of the shipped data: inside an installed wheel, else beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    return package / "tech" if (package / "tech").is_dir() else package.parent / "tech"


def names(kind: str) -> list[str]:
    """Return the names of all shipped files of a kind, sorted."""
    return sorted(path.stem for path in (data_folder() / FOLDERS[kind]).glob("*.yaml"))


def is_path(name: str) -> bool:
    """Return whether a name on the command line is a path: it contains a slash or ends in ``.yaml``."""
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))


def find(kind: str, name: str) -> Path:
    """Return the file of a name, or the path itself where a path is given.

    Raises:
        UnknownName: no shipped file has the name; the closest match is suggested.
        InputOutputError: a path that does not exist; a shipped file of that name is suggested.
    """
    if is_path(name):
        path = Path(name)
        if not _exists(path):
            hint = f" (a shipped {kind} has that name: write {path.stem!r})" if path.stem in names(kind) else ""
            raise InputOutputError(f"{name}: no such file{hint}")
        return path
    if name not in names(kind):
        others = [other for other in FOLDERS if name in names(other)]
        hint = f"{name!r} is a {others[0]}. " if others else ""
        raise UnknownName(kind, name, names(kind), f"{hint}A path ends in .yaml or contains a slash: ./{name}.yaml.")
    return data_folder() / FOLDERS[kind] / f"{name}.yaml"


def shown_name(path: str, kind: str, name: str) -> str:
    """Return the name of a file in messages: of a shipped file its path within ``tech/``, else the path given. It never
    shows the installation folder."""
    return path if is_path(name) else "/".join(part for part in ("tech", FOLDERS[kind], f"{name}.yaml") if part)


def portable(path: str) -> str:
    """Return a path as documents that travel show it: an absolute one from the working folder, or where it lies outside
    of that its name alone."""
    given = Path(path)
    if not given.is_absolute():
        return path
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
