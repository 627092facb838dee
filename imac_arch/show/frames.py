"""Results as pandas frames, for work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from imac_arch.show.sheet import Table, text_of

__all__ = ["frame", "record_frame", "table_frame"]

NUMBERS = {
    "value", "low", "high", "above", "ratio", "ratio_low", "ratio_high", "instances", "actions", "area", "energy",
    "leakage_energy", "latency", "works_in", "fails_in", "margin", "limit", "hard_limit", "software", "float", "loss",
    "loss_low", "loss_high", "other_gain", "sigma", "correlation", "measured",
}  # fmt: skip
WHOLE = "layer"


def frame(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Return rows as a frame; figures are floats, NaN where there is none, and a layer is a
    whole number or missing."""
    table = pd.DataFrame(rows, columns=list(heads))
    numbers = [name for name in NUMBERS if name in heads]
    table[numbers] = table[numbers].astype(float)
    if WHOLE in heads:
        table[WHOLE] = table[WHOLE].astype("Int64")
    return table


def record_frame(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return plain records as a frame, one row each."""
    return pd.DataFrame(rows)


def table_frame(table: Table) -> pd.DataFrame:
    """Return a table of text as a frame, its first column the index."""
    columns = {head: [text_of(row[place], table.spans) for row in table.rows] for place, head in enumerate(table.heads)}
    index = columns.pop(table.heads[0])
    return pd.DataFrame(columns, index=index)
