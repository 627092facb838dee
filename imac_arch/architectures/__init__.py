"""Architectures, one file each. A new one is a new file here that declares ``ARCHITECTURE``."""

import importlib
import pkgutil

from imac_arch.architectures.base import Architecture

__all__ = ["ARCHITECTURES", "Architecture"]

_modules = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__) if m.name != "base"]
_declared = sorted((module.ARCHITECTURE for module in _modules), key=lambda a: (a.order, a.name))
ARCHITECTURES: dict[str, Architecture] = {architecture.name: architecture for architecture in _declared}
