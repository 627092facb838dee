"""imac-arch: what an analog in-memory computer costs, how sure that is, and where every number comes from.

>>> from imac_arch import compare
>>> compare("784-128-10", "sot_mram", samples=0)
<Comparison 784-128-10 on sot_mram: imac, mixed_signal, digital, gpu>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imac_arch.api import Comparison, compare

__all__ = ["Comparison", "__version__", "compare"]


def __getattr__(name: str) -> Any:
    """Load the library on first use, so that the command line starts at once."""
    if name in ("Comparison", "compare"):
        from imac_arch import api

        return getattr(api, name)
    if name == "__version__":
        from importlib.metadata import version

        return version("imac-arch")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
