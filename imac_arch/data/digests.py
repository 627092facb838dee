"""Files of arrays that say what they were written with, so that one that was changed is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from imac_arch.data.errors import UsageError

__all__ = ["DIGEST", "arrays_digest", "checked_digest"]

DIGEST = "digest"  # of the other arrays of a file


def arrays_digest(arrays: Mapping[str, Any]) -> str:
    """Return the SHA-256 of named arrays, whatever their order."""
    found = hashlib.sha256()
    for name in sorted(arrays):
        array = np.asarray(arrays[name])
        found.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        found.update(array.tobytes())
    return found.hexdigest()


def checked_digest(path: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """Return the arrays of a file, which are those that it was written with, as far as it says.

    Raises:
        UsageError: they are not.
    """
    given = arrays.get(DIGEST)
    if given is not None and str(given) != arrays_digest({k: array for k, array in arrays.items() if k != DIGEST}):
        text = "leave the digest out of a file that was changed on purpose"
        raise UsageError(f"{path}: its arrays are not those that it was written with, by its {DIGEST}; {text}")
    return arrays
