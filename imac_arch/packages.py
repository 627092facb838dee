"""What installed packages bring along: component kinds and laws, and folders of files that are laid out like ``tech/``.

A package names them as entry points, of the group ``imac_arch.components`` a module that declares kinds, of
``imac_arch.technologies`` a folder that is a package. To look for packages takes time, so they are looked for where
something is not found among what is shipped, or where everything is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from imac_arch.components.base import Component, Law
from imac_arch.data.errors import UsageError
from imac_arch.data.log import logger
from imac_arch.data.registry import Library, use
from imac_arch.technology import admit

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["COMPONENTS", "TECHNOLOGIES", "extended", "load", "origin"]

COMPONENTS, TECHNOLOGIES = "imac_arch.components", "imac_arch.technologies"
P = ParamSpec("P")
R = TypeVar("R")
_log = logger(__name__)
_looked = False
_origins: dict[str, str] = {}


def origin(kind: str) -> str | None:
    """Return the package that declares a kind; None of our own kinds."""
    return _origins.get(kind)


def extended(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function again with what installed packages bring along, where a name or a kind was wrong without."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except UsageError:
            if not load():
                raise
        return function(*args, **kwargs)

    return run


def load() -> bool:
    """Make known what installed packages bring along, once; return whether that is anything new.

    A package that cannot be loaded, or whose kinds are taken, is left out with a warning.
    """
    global _looked
    if _looked:
        return False
    _looked = True
    from importlib.metadata import entry_points  # takes longer than many a command

    modules = [entry for entry in _sorted(entry_points(group=COMPONENTS)) if _loaded(entry)]
    if modules:
        admit()
    folders = [
        library for entry in _sorted(entry_points(group=TECHNOLOGIES)) if (library := _library(entry)) is not None
    ]
    for library in folders:
        use(library)
    return bool(modules or folders)


def _sorted(entries: object) -> list[EntryPoint]:
    return sorted(entries, key=lambda entry: (_package(entry), entry.name))  # type: ignore[call-overload,no-any-return]


def _package(entry: EntryPoint) -> str:
    """Return the name of the package of an entry point."""
    return entry.dist.name if entry.dist is not None else entry.name


def _loaded(entry: EntryPoint) -> bool:
    """Import a module of kinds; whatever is wrong with it is the package's fault, and leaves its kinds out."""
    kinds: tuple[dict[str, type], ...] = (Component.kinds, Law.kinds)
    before = [dict(known) for known in kinds]
    try:
        entry.load()
        for known, old in zip(kinds, before, strict=True):
            for name in known.keys() - old.keys():
                known[name].model_rebuild(force=True)  # type: ignore[attr-defined]
                _origins[name] = _package(entry)
    except Exception as error:
        for known, old in zip(kinds, before, strict=True):
            for name in known.keys() - old.keys():
                del known[name]
        _log.warning("package %s: its kinds are left out, %s cannot be loaded: %s", _package(entry), entry.value, error)
        return False
    _log.info("package %s: kinds of %s", _package(entry), entry.value)
    return True


def _library(entry: EntryPoint) -> Library | None:
    """Return the folder of an entry point, without importing it."""
    from importlib.util import find_spec

    try:
        spec = find_spec(entry.value)
    except Exception as error:  # of the package above it, which is imported
        _log.warning("package %s: its files are left out: %s", _package(entry), error)
        return None
    folders = [] if spec is None else list(spec.submodule_search_locations or [])
    if not folders:
        _log.warning("package %s: its files are left out: %s is no folder", _package(entry), entry.value)
        return None
    _log.info("package %s: files of %s", _package(entry), entry.value)
    return Library(_package(entry), Path(folders[0]))
