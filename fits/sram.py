"""Fit the memory laws: ``python fits/sram.py CACTI.csv [--cell itrs-lstp] [--words] [--check LAW.yaml]``.

CACTI.csv holds runs of CACTI 7 with the columns node_nm, cell, size_bytes, word_bits, read_pJ, access_ns, leak_mW and
area_mm2. For each node log10 of each figure is fitted by a cubic in x = log10(size/32 kB), so that the largest
residual is the least possible (a linear programme). Printed are the rows of ``tech/laws/sram*.yaml``. With ``--words``
it prints instead what grows with the length of a word, ``y(256 bit)/y(64 bit) = 1 + share (256/64 - 1)``.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from fits.programmes import minimax_fit

Array = NDArray[np.float64]
DEGREE, REFERENCE, WORD = 3, 32768, "64"
# figure of the law: column of the table, and its unit in SI
FIGURES = {
    "read_energy": ("read_pJ", 1e-12), "area": ("area_mm2", 1e-6), "latency": ("access_ns", 1e-9),
    "leakage": ("leak_mW", 1e-3),
}  # fmt: skip
Fit = dict[float, dict[str, tuple[list[float], float]]]


def fit(lines: Iterable[Mapping[str, str]], cell: str) -> Fit:
    """Return by node [nm] and figure the coefficients, highest power first, and the largest residual in decades."""
    chosen = [line for line in lines if line["cell"] == cell and line["word_bits"] == WORD]
    found: Fit = {}
    for node in sorted({float(line["node_nm"]) for line in chosen}, reverse=True):
        rows = [line for line in chosen if float(line["node_nm"]) == node]
        x = np.log10([float(row["size_bytes"]) / REFERENCE for row in rows])
        figures = {}
        for name, (column, unit) in FIGURES.items():
            y = np.log10([float(row[column]) * unit for row in rows])
            coefficients, worst = minimax_fit(np.vander(x, DEGREE + 1), y)
            figures[name] = ([float(c) for c in coefficients], worst)
        found[node] = figures
    return found


def word_shares(lines: Iterable[Mapping[str, str]]) -> dict[str, list[float]]:
    """Return the share of each figure that grows with the length of the word, rising, of every pair of runs that differ
    in it alone."""
    runs = {tuple(line[key] for key in ("node_nm", "cell", "size_bytes", "word_bits")): line for line in lines}
    found: dict[str, list[float]] = {name: [] for name in FIGURES}
    for (*alike, word), wide in runs.items():
        usual = runs.get((*alike, WORD))
        if usual is None or word == WORD:
            continue
        for name, (column, _) in FIGURES.items():
            ratio = float(wide[column]) / float(usual[column])
            found[name].append((ratio - 1) / (float(word) / float(WORD) - 1))
    return {name: sorted(shares) for name, shares in found.items()}


def text(found: Fit) -> str:
    """Return the rows as they stand in a law."""
    lines = ["table:"]
    for node, figures in found.items():
        lines.append(f"  - node: {{value: {node:g} nm, source: cacti, status: simulated}}")
        for name, (coefficients, worst) in figures.items():
            numbers = [f"{{value: {c:.4f}, source: cacti, status: fitted}}" for c in coefficients]
            lines.append(f"    {name}: [{', '.join(numbers)}]  # largest residual {worst:.3f} decades")
    return "\n".join(lines) + "\n"


def spread(lines: Iterable[Mapping[str, str]], cell: str, found: Fit) -> str:
    """Return largest residual, standard deviation and 5th and 95th percentile of run over fit, by figure."""
    chosen = [line for line in lines if line["cell"] == cell and line["word_bits"] == WORD]
    told = []
    for name, (column, unit) in FIGURES.items():
        residuals = np.array(
            [
                np.log10(float(row[column]) * unit)
                - np.polyval(found[float(row["node_nm"])][name][0], np.log10(float(row["size_bytes"]) / REFERENCE))
                for row in chosen
            ]
        )
        low, high = 10 ** np.percentile(residuals, [5, 95])
        worst = np.max(np.abs(residuals))
        told.append(
            f"# {name}: largest residual {worst:.3f} decades, sd {np.std(residuals):.3f}, "
            f"5th to 95th percentile {low:.3f} to {high:.3f}"
        )
    return "\n".join(told) + "\n"


def disagreements(found: Fit, law: Mapping[str, object], tolerance: float = 2e-4) -> list[str]:
    """Return what a law file says otherwise than the fit."""
    wrong = []
    table = law["table"]
    assert isinstance(table, list)
    given = {float(str(row["node"]["value"]).split()[0]): row for row in table}
    for node, figures in found.items():
        for name, (coefficients, _) in figures.items():
            theirs = [float(q["value"]) for q in given[node][name]]
            if not np.allclose(coefficients, theirs, atol=tolerance):
                wrong.append(
                    f"{node:g} nm {name}: the fit gives {np.round(coefficients, 4).tolist()}, the law {theirs}"
                )
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Print the fit in the form of a law, or hold it against one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--cell", choices=("itrs-lstp", "itrs-hp"), default="itrs-lstp")
    parser.add_argument("--check", type=Path, metavar="LAW", help="exit 1 where this law says something else")
    parser.add_argument("--words", action="store_true", help="what grows with the length of a word")
    given = parser.parse_args(arguments)
    with given.table.open(newline="", encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    if given.words:
        for name, shares in word_shares(lines).items():
            print(f"{name}: median {np.median(shares):.3f}, from {shares[0]:.3f} to {shares[-1]:.3f}")
        return 0
    found = fit(lines, given.cell)
    print(spread(lines, given.cell, found) + text(found), end="")
    if given.check:
        from imac_arch.data.files import read_yaml

        wrong = disagreements(found, read_yaml(given.check).data)
        print("\n".join(wrong) or f"# {given.check} agrees", file=sys.stderr)
        return 1 if wrong else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
