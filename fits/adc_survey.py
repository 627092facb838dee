"""Fit the survey laws of converters: ``python fits/adc_survey.py SURVEY.csv [--quantile 0.5] [--check LAW.yaml]``.

SURVEY.csv is the Murmann survey (github.com/bmurmann/ADC-survey) as a tidy table with the columns named in
``Row``. The in-memory range is kept: Nyquist converters of 3 to 10 effective bits, 10 MS/s to 5 GS/s, 65 nm and below,
since 2010, without placeholder rows. Fitted are, with u = log10(f/100 MS/s) and L = log10(node/32 nm),

    log10(E/pJ)   = a0 + a_enob ENOB + a_rate u + a_node L
    log10(A/um^2) = b0 + b_energy log10(E/pJ) + b_rate u + b_node L

Printed are coefficients and the 5th and 95th percentile of measured over fitted, as they stand in ``tech/laws``.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from fits.programmes import quantile_fit

Array = NDArray[np.float64]
ENERGY = ("a0", "a_enob", "a_rate", "a_node")
AREA = ("b0", "b_energy", "b_rate", "b_node")


@dataclass(frozen=True)
class Row:
    """One converter of the survey in the units of the fit."""

    year: float
    nyquist: bool
    enob: float
    rate: float
    node: float
    energy: float
    area: float | None


@dataclass(frozen=True)
class Fit:
    """Coefficients by name, and 5th and 95th percentile of measured over fitted."""

    coefficients: dict[str, float]
    residual_energy: tuple[float, float]
    residual_area: tuple[float, float]
    rows: int
    rows_area: int


def read(lines: Iterable[Mapping[str, str]]) -> list[Row]:
    """Return the usable converters: those with node, rate, power and signal-to-noise ratio, placeholders dropped."""
    found = []
    for line in lines:
        sndr, rate, power = (_number(line[key]) for key in ("SNDR_plot_dB", "fsnyq_Hz", "power_W"))
        node, merit = _number(line["technology_nm"]), _number(line["FOMS_hf_dB"])
        if sndr is None or rate is None or power is None or node is None or sndr <= 5 or not rate:
            continue
        energy = power / rate * 1e12
        if energy >= 1e9 or (merit is not None and merit <= 5):
            continue
        area = _number(line["area_mm2"])
        found.append(
            Row(
                float(line["year"]), "NQ" in line["type"].upper(), (sndr - 1.76) / 6.02, rate, node, energy,
                area * 1e6 if area else None,
            )
        )  # fmt: skip
    return found


def in_memory(rows: Iterable[Row]) -> list[Row]:
    """Return the converters in the range that in-memory computing uses."""
    return [
        row
        for row in rows
        if row.nyquist and 3 <= row.enob <= 10 and 1e7 <= row.rate <= 5e9 and row.node <= 65 and row.year >= 2010
    ]


def fit(rows: list[Row], quantile: float) -> Fit:
    """Return the quantile fit of energy and area."""
    energy, spread_energy = _fit(_features(rows, [row.enob for row in rows]), [row.energy for row in rows], quantile)
    sized = [row for row in rows if row.area]
    second = [float(np.log10(row.energy)) for row in sized]
    area, spread_area = _fit(_features(sized, second), [row.area or 0.0 for row in sized], quantile)
    names = dict(zip((*ENERGY, *AREA), (*energy, *area), strict=True))
    return Fit({name: float(value) for name, value in names.items()}, spread_energy, spread_area, len(rows), len(sized))


def accelergy(rows: Iterable[Row]) -> dict[str, tuple[int, float, float, float]]:
    """Return count, 5th percentile, median and 95th percentile of measured over Accelergy's law, for energy and area.

    Of the Nyquist converters that the law covers; the area law is given the measured energy.
    """
    from imac_arch.components.adc_accelergy import AccelergyAdc
    from imac_arch.technology_files import load_law

    law: AccelergyAdc = load_law("adc_accelergy").model
    energies, areas = [], []
    for row in rows:
        if not row.nyquist or row.enob < law.min_enob.value:
            continue
        node = np.asarray(row.node * 1e-9)
        energies.append(row.energy * 1e-12 / law.energy(np.asarray(row.enob), np.asarray(row.rate), node))
        if row.area:
            energy = np.asarray(row.energy * 1e-12)
            areas.append(row.area * 1e-12 / law.area(np.asarray(row.rate), node, energy))
    found = {"residual_energy": energies, "residual_area": areas}
    return {name: (len(v), *map(float, np.percentile(v, [5, 50, 95]))) for name, v in found.items()}


def _features(rows: list[Row], second: list[float]) -> Array:
    u = [float(np.log10(row.rate / 1e8)) for row in rows]
    node = [float(np.log10(row.node / 32)) for row in rows]
    return np.column_stack([np.ones(len(rows)), second, u, node])


def _fit(features: Array, values: list[float], quantile: float) -> tuple[Array, tuple[float, float]]:
    target = np.log10(values)
    found = quantile_fit(features, target, quantile)
    low, high = np.percentile(target - features @ found, [5, 95])
    return found, (float(10**low), float(10**high))


def _number(text: str) -> float | None:
    return float(text) if text.strip() else None


def disagreements(found: Fit, law: Mapping[str, Mapping[str, object]], tolerance: float = 1e-3) -> list[str]:
    """Return what a law file says otherwise than the fit, by more than ``tolerance`` (ranges: 2 %)."""
    wrong = []
    for name, value in found.coefficients.items():
        given = float(str(law[name]["value"]))
        if abs(given - value) > tolerance:
            wrong.append(f"{name}: the fit gives {value:.4f}, the law {given}")
    for name, limits in (("residual_energy", found.residual_energy), ("residual_area", found.residual_area)):
        given_limits = law[name]["range"]
        assert isinstance(given_limits, list)
        for mine, theirs in zip(limits, given_limits, strict=True):
            if abs(mine / float(theirs) - 1) > 0.02:
                wrong.append(f"{name}: the fit gives {mine:.3g}, the law {theirs}")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Print the fit in the form of a law, or hold it against one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("survey", type=Path)
    parser.add_argument("--quantile", type=float, default=0.5)
    parser.add_argument("--check", type=Path, metavar="LAW", help="exit 1 where this law says something else")
    parser.add_argument("--accelergy", action="store_true", help="print the residuals about Accelergy's law instead")
    given = parser.parse_args(arguments)
    with given.survey.open(newline="", encoding="utf-8") as stream:
        rows = read(csv.DictReader(stream))
    if given.accelergy:
        for name, (count, low, median, high) in accelergy(rows).items():
            print(f"{name}: {{value: 1, range: [{low:.3g}, {high:.3g}]}}  # {count} converters, median {median:.3g}")
        return 0
    found = fit(in_memory(rows), given.quantile)
    print(f"# {found.rows} converters, {found.rows_area} with area; quantile {given.quantile:g}")
    for name, value in found.coefficients.items():
        print(f"{name}: {{value: {value:.4f}, source: survey, status: fitted}}")
    for name, limits in (("residual_energy", found.residual_energy), ("residual_area", found.residual_area)):
        low, high = (f"{limit:.3g}" for limit in limits)
        print(f"{name}: {{value: 1, range: [{low}, {high}], source: survey, status: fitted}}")
    if given.check:
        from imac_arch.data.files import read_yaml

        wrong = disagreements(found, read_yaml(given.check).data)
        print("\n".join(wrong) or f"# {given.check} agrees", file=sys.stderr)
        return 1 if wrong else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
