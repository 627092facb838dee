"""Fit the survey laws of converters: ``python fits/adc_survey.py SURVEY.csv [--quantile 0.5] [--check LAW.yaml]``.

SURVEY.csv is the Murmann survey (github.com/bmurmann/ADC-survey) as a tidy table with the columns named in
``Row``. The in-memory range is kept: Nyquist converters of 3 to 10 effective bits, 10 MS/s to 5 GS/s, 65 nm and below,
since 2010, without placeholder rows. Fitted are, with u = log10(f/100 MS/s) and L = log10(node/32 nm),

    log10(E/pJ)   = a0 + a_enob ENOB + a_rate u + a_node L
    log10(A/um^2) = b0 + b_energy log10(E/pJ) + b_rate u + b_node L

and, with r the measured over the fitted energy, the slope ``b_residual`` of the area over log10 r by least squares, so
that what is left of the area is uncorrelated with r and both can be drawn apart. Printed are coefficients and the 5th
and 95th percentile of measured over fitted, as they stand in ``tech/laws``.
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


Spread = tuple[float, float]


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
    measured, areas = (np.log10([getattr(row, name) for row in sized]) for name in ("energy", "area"))
    area = quantile_fit(_features(sized, list(measured)), areas, quantile)
    fitted = _features(sized, [row.enob for row in sized]) @ energy
    slope, spread_area = tied(measured - fitted, areas - _features(sized, list(fitted)) @ area)
    names = dict(zip((*ENERGY, *AREA), (*energy, *area), strict=True)) | {"b_residual": slope}
    return Fit({name: float(value) for name, value in names.items()}, spread_energy, spread_area, len(rows), len(sized))


def tied(energy: Array, area: Array) -> tuple[float, Spread]:
    """Return the slope of residual areas over residual energies, both log10 and about a law at its fitted energy, and
    5th and 95th percentile of what is left of the areas; a range of values around 1, so at most 1 at its low end."""
    away = energy - energy.mean()
    slope = float(away @ area / (away @ away or 1.0))  # energies that are all as fitted say nothing of it
    low, high = np.percentile(area - slope * energy, [5, 95])
    return slope, (min(float(10**low), 1.0), float(10**high))


def accelergy(rows: Iterable[Row]) -> tuple[float, dict[str, tuple[int, float, float]]]:
    """Return how the area follows the residual of the energy, and count, 5th and 95th percentile of measured over
    Accelergy's law for energy and area, of the Nyquist converters that the law covers."""
    from imac_arch.components.adc_accelergy import AccelergyAdc
    from imac_arch.technology_files import load_law

    law: AccelergyAdc = load_law("adc_accelergy").model
    energies, residuals, areas = [], [], []
    for row in rows:
        if not row.nyquist or row.enob < law.min_enob.value:
            continue
        node = np.asarray(row.node * 1e-9)
        energy = law.energy(np.asarray(row.enob), np.asarray(row.rate), node)
        energies.append(row.energy * 1e-12 / float(energy))
        if row.area:
            residuals.append(energies[-1])
            areas.append(row.area * 1e-12 / float(law.area(np.asarray(row.rate), node, energy)))
    low, high = map(float, np.percentile(energies, [5, 95]))
    slope, spread = tied(np.log10(residuals), np.log10(areas))
    return slope, {"residual_energy": (len(energies), low, high), "residual_area": (len(areas), *spread)}


def _features(rows: list[Row], second: list[float]) -> Array:
    u = [float(np.log10(row.rate / 1e8)) for row in rows]
    node = [float(np.log10(row.node / 32)) for row in rows]
    return np.column_stack([np.ones(len(rows)), second, u, node])


def _fit(features: Array, values: list[float], quantile: float) -> tuple[Array, Spread]:
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
        slope, spreads = accelergy(rows)
        print(f"f_residual: {{value: {slope:.4f}, source: survey, status: fitted}}")
        for name, (count, low, high) in spreads.items():
            print(f"{name}: {{value: 1, range: [{low:.3g}, {high:.3g}]}}  # {count} converters")
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
