"""The verdict of a design whose accuracy is known: as in ``compare``, the accuracy is one more check, and outranks that
of the voltage along the wires."""

from __future__ import annotations

import numpy as np

from imac_arch.data.records import NamedTuple
from imac_arch.studies.sweep.run import Column

__all__ = ["Accuracy", "verdict_with"]


class Accuracy(NamedTuple):
    """The accuracy of a circuit and the check of it: NaN where it is not known, or the design computes in numbers.

    Attributes:
        value: share of the images.
        margin: of the check.
        severity: 0 where it is clear, 1 where the design is doubtful, 2 where it fails.
    """

    value: float = float("nan")
    margin: float = float("nan")
    severity: float = float("nan")


def verdict_with(verdict: Column, otherwise: Column, severity: Column) -> Column:
    """Return codes of verdicts where the accuracy is known.

    Args:
        verdict: by all other checks.
        otherwise: by all others but the one that a known accuracy outranks.
        severity: of the accuracy; NaN where it is not known.
    """
    return np.where(np.isnan(severity), verdict, np.maximum(otherwise, np.nan_to_num(severity))).astype(verdict.dtype)
