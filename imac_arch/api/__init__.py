"""The public functions: files and options in, results out. Each loads what it needs, and no more, on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imac_arch.api.comparing import Comparison, Neurons, compare, compare_neurons, diff
    from imac_arch.api.driving import Sensitivity, sensitivity
    from imac_arch.api.exploring import Sweep, sweep
    from imac_arch.api.judging import Accuracy, accuracy
    from imac_arch.api.looking import (
        Catalog,
        Explanation,
        FileCheck,
        Keys,
        Netlist,
        NetlistCheck,
        catalog,
        check_file,
        explain,
        keys,
        netlist,
    )
    from imac_arch.api.optimizing import Optimum, optimize
    from imac_arch.api.validating import Validation, validate
    from imac_arch.results.difference import Difference

__all__ = [
    "Accuracy", "Catalog", "Comparison", "Difference", "Explanation", "FileCheck", "Keys", "Netlist",
    "NetlistCheck", "Neurons", "Optimum", "Sensitivity", "Sweep", "Validation", "accuracy", "catalog", "check_file",
    "compare", "compare_neurons", "diff", "explain", "keys", "netlist", "optimize", "sensitivity", "sweep", "validate",
]  # fmt: skip
HOMES = {
    "imac_arch.api.comparing": ("Comparison", "Neurons", "compare", "compare_neurons", "diff"),
    "imac_arch.api.driving": ("Sensitivity", "sensitivity"),
    "imac_arch.api.exploring": ("Sweep", "sweep"),
    "imac_arch.api.judging": ("Accuracy", "accuracy"),
    "imac_arch.api.looking": (
        "Catalog", "Explanation", "FileCheck", "Keys", "Netlist", "NetlistCheck", "catalog", "check_file", "explain",
        "keys", "netlist",
    ),
    "imac_arch.api.optimizing": ("Optimum", "optimize"),
    "imac_arch.api.validating": ("Validation", "validate"),
    "imac_arch.results.difference": ("Difference",),
}  # fmt: skip
HOME = {name: home for home, names in HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name in HOME:
        return getattr(import_module(HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
