"""Results as pandas frames, for work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from imac_arch.show.files import Field
from imac_arch.show.sheet import Table, text_of

__all__ = ["frame", "record_frame", "table_frame"]

NUMBERS = ("value", "low", "high")


def frame(heads: Sequence[str], rows: Iterable[Sequence[Field]]) -> pd.DataFrame:
    """Return rows as a frame; figures are floats, NaN where there is none."""
    table = pd.DataFrame(rows, columns=list(heads))
    numbers = [name for name in NUMBERS if name in heads]
    table[numbers] = table[numbers].astype(float)
    return table


def record_frame(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return plain records as a frame, one row each."""
    return pd.DataFrame(rows)


def table_frame(table: Table) -> pd.DataFrame:
    """Return a table of text as a frame, its first column the index."""
    columns = {head: [text_of(row[place], table.spans) for row in table.rows] for place, head in enumerate(table.heads)}
    index = columns.pop(table.heads[0])
    return pd.DataFrame(columns, index=index)
