"""A folder is the registry: what stands in ``tech/`` is what there is.

Technologies are the YAML files of ``tech/`` itself; ``boards/``, ``laws/`` and ``scenarios/`` hold the other kinds.
"""

from __future__ import annotations

from pathlib import Path

from imac_arch.data.errors import InputOutputError, UnknownName

__all__ = ["data_folder", "find", "is_path", "names", "shown_name"]

FOLDERS = {"technology": "", "board": "boards", "law": "laws", "scenario": "scenarios", "neuron": "neurons"}


def data_folder() -> Path:
    """Return the folder of the shipped data: inside an installed wheel, else beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    return package / "tech" if (package / "tech").is_dir() else package.parent / "tech"


def names(kind: str) -> list[str]:
    """Return the names of all shipped files of a kind, sorted."""
    return sorted(path.stem for path in (data_folder() / FOLDERS[kind]).glob("*.yaml"))


def is_path(name: str) -> bool:
    """Tell whether a name on the command line is meant as a path: it holds a slash or ends in ``.yaml``."""
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))


def find(kind: str, name: str) -> Path:
    """Return the file of a name, or the path itself where a path is given.

    Raises:
        UnknownName: no shipped file has the name; the nearest one is proposed.
        InputOutputError: a path that does not exist; a shipped file of that name is proposed.
    """
    if is_path(name):
        path = Path(name)
        if not _exists(path):
            hint = f" (a shipped {kind} has that name: write {path.stem!r})" if path.stem in names(kind) else ""
            raise InputOutputError(f"{name}: no such file{hint}")
        return path
    if name not in names(kind):
        raise UnknownName(kind, name, names(kind), f"A path ends in .yaml or holds a slash: ./{name}.yaml.")
    return data_folder() / FOLDERS[kind] / f"{name}.yaml"


def shown_name(path: str, kind: str, name: str) -> str:
    """Name a shipped file by its place in ``tech/``, a user's file by the path given: never by where it is
    installed."""
    return path if is_path(name) else "/".join(part for part in ("tech", FOLDERS[kind], f"{name}.yaml") if part)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that the file system cannot even look for
        return False
