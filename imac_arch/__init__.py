"""imac-arch: what an analog in-memory computer costs, how sure that is, and where every number comes from.

>>> from imac_arch import compare
>>> compare("784-128-10", "sot_mram", samples=0)
<Comparison 784-128-10 on sot_mram: imac fails, mixed_signal fails, digital works, gpu (h100) works>
"""

TYPE_CHECKING = False  # that of typing takes ten times as long as what is here, and an interrupt in it has a traceback

if TYPE_CHECKING:
    from imac_arch.api import (
        Accuracy,
        Catalog,
        Comparison,
        Difference,
        Explanation,
        FileCheck,
        Keys,
        Netlist,
        NetlistCheck,
        Neurons,
        Optimum,
        Sensitivity,
        Sweep,
        Validation,
        accuracy,
        catalog,
        check_file,
        compare,
        compare_neurons,
        diff,
        explain,
        keys,
        netlist,
        optimize,
        sensitivity,
        sweep,
        validate,
    )
    from imac_arch.data.errors import (
        FileErrors,
        ImacError,
        InfeasibleError,
        InputOutputError,
        UnknownName,
        UsageError,
    )

    __version__: str

__all__ = [
    "Accuracy",
    "Catalog",
    "Comparison",
    "Difference",
    "Explanation",
    "FileCheck",
    "FileErrors",
    "ImacError",
    "InfeasibleError",
    "InputOutputError",
    "Keys",
    "Netlist",
    "NetlistCheck",
    "Neurons",
    "Optimum",
    "Sensitivity",
    "Sweep",
    "UnknownName",
    "UsageError",
    "Validation",
    "__version__",
    "accuracy",
    "catalog",
    "check_file",
    "compare",
    "compare_neurons",
    "diff",
    "explain",
    "keys",
    "netlist",
    "optimize",
    "sensitivity",
    "sweep",
    "validate",
]
ERRORS = {"FileErrors", "ImacError", "InfeasibleError", "InputOutputError", "UnknownName", "UsageError"}


def __getattr__(name: str) -> object:
    """Load the library on first use, so that the command line starts at once."""
    if name == "__version__":
        from importlib.metadata import version

        return version("imac-arch")
    if name in ERRORS:
        from imac_arch.data import errors

        return getattr(errors, name)
    if name in __all__:
        from imac_arch import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
