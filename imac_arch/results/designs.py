"""The designs of a sweep as frames and as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from imac_arch.data.written import SEAL
from imac_arch.document.build import generator
from imac_arch.show.escapes import csv_field
from imac_arch.studies.sweep.run import Table

__all__ = ["csv_parts", "table_frame"]


def table_frame(table: Table) -> pd.DataFrame:
    """Return a table as a frame, codes as their labels, the number of a row as its index."""
    columns = {}
    for name, values in table.columns.items():
        labels = table.labels.get(name)
        columns[name] = values if labels is None else np.array(labels, dtype=object)[values]
    return pd.DataFrame(columns, index=pd.RangeIndex(table.start, table.start + table.rows))


def csv_parts(tables: Iterable[Table]) -> Iterator[str]:
    """Give tables as comma-separated values, one design a row; the first row has a mark in the last column."""
    made = generator()
    for table in tables:
        frame = table_frame(table)
        for name in table.labels:
            frame[name] = frame[name].map(csv_field)
        frame.columns = [csv_field(name) for name in frame.columns]
        marks = [""] * len(frame)
        if table.start == 0:
            marks[0] = f"{made.name} {made.version} {SEAL}"
        frame["generator"] = marks
        yield frame.to_csv(index=False, header=table.start == 0, lineterminator="\n")
