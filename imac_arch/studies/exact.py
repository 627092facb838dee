"""Rows of the crossbar studies as records of a document, converted in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imac_arch.data.quantity import Array
from imac_arch.document.crossbar import CheckRow, ExactFigure, ExactRow
from imac_arch.evaluate import Inputs
from imac_arch.studies.closed_forms import exact_rows

__all__ = ["check_row", "exact_study"]


def exact_study(inputs: Inputs, seed: int, weights: Sequence[Array] | None) -> tuple[ExactRow, ...]:
    """Return the closed forms of every subarray, or of one of each shape, beside the exact network.

    Args:
        inputs: network, technology and laws of the comparison.
        seed: of the random weights and inputs.
        weights: of each layer; None for random ones.

    Raises:
        InfeasibleError: subarrays too large to be solved here.
    """
    return tuple(_exact_row(row) for row in exact_rows(inputs, seed, weights))


def _exact_row(row: Mapping[str, Any]) -> ExactRow:
    def figure(name: str) -> ExactFigure:
        return ExactFigure(row["exact"][name], row["closed"][name], row["error"][name])

    return ExactRow(
        technology=row["technology"],
        layer=row["layer"],
        rows=row["rows"],
        cols=row["cols"],
        count=row["count"],
        row_tile=row.get("row_tile"),
        col_tile=row.get("col_tile"),
        power=figure("power"),
        far_share=figure("far_share"),
        time_constant=figure("time_constant"),
    )


def check_row(row: Mapping[str, Any]) -> CheckRow:
    """Return what a netlist was checked against."""
    return CheckRow(**row)
