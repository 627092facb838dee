"""Find the conversion rate of published macros: ``python fits/adc_rate.py MACROS.csv``.

MACROS.csv is a table of published in-memory macros, one operating point a row, as in the UIUC benchmarking database
(github.com/UIUC-IMC/UIUC-IMC-Benchmarking, MIT): ``B_ADC`` bits of the converters (0 for none), ``cols`` columns,
``N_ADC`` converters, ``T_core_ns`` time of one pass over all columns, ``use_latency`` 1 where that time is of the whole
pass. A converter that serves ``cols/N_ADC`` columns takes at most ``T_core N_ADC/cols`` for one of them: lines settle
and multi-bit inputs arrive in the same time, so the rate is that of a column in use, not the converter's limit.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path


def times(rows: Iterable[Mapping[str, str]]) -> list[float]:
    """Return the time of each operating point for a column and converter [ns]."""
    return [
        float(row["T_core_ns"]) * float(row["N_ADC"]) / float(row["cols"])
        for row in rows
        if float(row["B_ADC"]) > 0 and float(row["use_latency"]) > 0
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print count, median and quartiles, and the rate of the median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("macros", type=Path)
    with parser.parse_args(arguments).macros.open(newline="", encoding="utf-8") as stream:
        found = times(csv.DictReader(stream))
    low, median, high = statistics.quantiles(found, n=4)
    print(f"{len(found)} points; {median:.3g} ns a column and converter, half between {low:.2g} and {high:.2g}")
    print(f"rate: {1 / median:.2g} GHz")
    return 0


if __name__ == "__main__":
    sys.exit(main())
