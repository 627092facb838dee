"""Architectures, one file each. A new one is a new file here that declares ``ARCHITECTURE``."""

import importlib
import pkgutil

from imac_arch.architectures.base import Architecture

__all__ = ["ARCHITECTURES", "Architecture"]

_modules = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__) if m.name != "base"]
_found = {module.ARCHITECTURE.name: module.ARCHITECTURE for module in _modules}
# the order of reports: analog first, the board last, anything new in between
_order = ("imac", "mixed_signal", "digital", *sorted(set(_found) - {"imac", "mixed_signal", "digital", "gpu"}), "gpu")
ARCHITECTURES: dict[str, Architecture] = {name: _found[name] for name in _order}
