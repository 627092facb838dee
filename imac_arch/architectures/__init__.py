"""Architectures, one file each. A new one is a new file here that declares ``ARCHITECTURE``; others are helpers."""

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from imac_arch.architectures.base import Architecture
from imac_arch.components.roles import ROLES

__all__ = ["ARCHITECTURES", "Architecture", "declared"]


def declared(modules: Iterable[ModuleType]) -> dict[str, Architecture]:
    """Return the architectures that modules declare, by name and in their order.

    Raises:
        TypeError: two modules declare one name, or an architecture requires a role that does not exist.
    """
    places: dict[str, str] = {}
    found: list[Architecture] = []
    for module in modules:
        architecture = getattr(module, "ARCHITECTURE", None)
        if architecture is None:
            continue
        name, unknown = architecture.name, [role for role in architecture.roles if role not in ROLES]
        if unknown:
            text = f"architecture {name!r} of {module.__name__}: unknown role {unknown[0]!r}"
            raise TypeError(f"{text}; roles: {', '.join(ROLES)}")
        if name in places:
            raise TypeError(f"architecture {name!r} is declared by two modules: {places[name]} and {module.__name__}")
        places[name] = module.__name__
        found.append(architecture)
    return {each.name: each for each in sorted(found, key=lambda a: (a.order, a.name))}


ARCHITECTURES = declared(importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__))
