"""The fit behind the survey laws: known coefficients come back, and the shipped ones come out of the survey."""

import csv

import numpy as np
import pytest

from fits.adc_survey import Row, accelergy, fit, in_memory, main, read
from fits.programmes import quantile_fit
from imac_arch.components.adc import AdcLaw
from tests import truth
from tests.helpers import ROOT, all_laws, approx, context

SURVEY = "adc_survey.csv"


def test_the_median_of_a_constant_is_the_median():
    values = np.array([1.0, 5.0, 2.0, 9.0, 3.0])
    assert quantile_fit(np.ones((5, 1)), values, 0.5) == approx([3.0])


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_a_share_of_the_targets_lies_below(quantile):
    generator = np.random.default_rng(1)
    features = np.column_stack([np.ones(400), generator.normal(size=(400, 2))])
    target = features @ [1.0, -2.0, 0.5] + generator.normal(size=400)
    below = np.mean(target < features @ quantile_fit(features, target, quantile) - 1e-9)
    assert below == pytest.approx(quantile, abs=0.01)


def made_up(count=120, spread=0.0):
    """Converters that follow known coefficients."""
    generator = np.random.default_rng(2)
    rows = []
    for _ in range(count):
        enob, rate, node = generator.uniform(3, 10), 10 ** generator.uniform(7, 9.6), generator.uniform(5, 65)
        u, scale = np.log10(rate / 1e8), np.log10(node / 32)
        energy = -1.5 + 0.3 * enob + 0.2 * u + 0.9 * scale + spread * generator.standard_cauchy()
        area = 3.0 + 1.1 * energy + 0.4 * u + 0.6 * scale
        rows.append(Row(2015, True, enob, rate, node, 10**energy, 10**area))
    return rows


@pytest.mark.parametrize("quantile", [0.1, 0.5])
def test_known_coefficients_come_back(quantile):
    found = fit(made_up(), quantile).coefficients
    expected = {
        "a0": -1.5, "a_enob": 0.3, "a_rate": 0.2, "a_node": 0.9, "b0": 3.0, "b_energy": 1.1, "b_rate": 0.4,
        "b_node": 0.6,
    }  # fmt: skip
    assert found == pytest.approx(expected, abs=1e-6)


def test_outliers_do_not_move_the_median():
    found = fit(made_up(spread=0.02), 0.5).coefficients
    assert found["a_enob"] == pytest.approx(0.3, abs=0.01)


LINE = {
    "year": "2015", "type": "NQ", "technology_nm": "28", "SNDR_plot_dB": "50", "fsnyq_Hz": "1e9", "power_W": "0.005",
    "area_mm2": "0.01", "FOMS_hf_dB": "160",
}  # fmt: skip


def test_units_of_a_converter():
    (row,) = read([LINE])
    assert row.energy == approx(5.0)
    assert row.enob == approx((50 - 1.76) / 6.02)
    assert row.area == approx(1e4)


@pytest.mark.parametrize(
    "change", [{"SNDR_plot_dB": "1"}, {"power_W": ""}, {"technology_nm": ""}, {"power_W": "1e7"}, {"FOMS_hf_dB": "1"}]
)
def test_placeholders_are_dropped(change):
    assert read([LINE | change]) == []


@pytest.mark.parametrize(
    "change", [{"type": "OS"}, {"year": "2009"}, {"technology_nm": "90"}, {"fsnyq_Hz": "6e9"}, {"SNDR_plot_dB": "70"}]
)
def test_what_lies_outside_the_range_is_left_out(change):
    assert len(in_memory(read([LINE]))) == 1
    assert in_memory(read([LINE | change])) == []


@truth.needs(SURVEY)
@pytest.mark.parametrize(("law", "quantile"), [("adc_survey", "0.5"), ("adc_survey_best", "0.1")])
def test_the_shipped_laws_come_out_of_the_survey(law, quantile, capsys):
    path = ROOT / "tech/laws" / f"{law}.yaml"
    assert main([str(truth.file(SURVEY)), "--quantile", quantile, "--check", str(path)]) == 0
    assert "92 converters, 90 with area" in capsys.readouterr().out


@truth.needs(SURVEY)
def test_a_law_that_says_something_else_is_found_out():
    assert main([str(truth.file(SURVEY)), "--check", str(ROOT / "tech/laws/adc_survey_best.yaml")]) == 1
    with truth.file(SURVEY).open() as stream:
        assert len(read(csv.DictReader(stream))) == 697


def test_the_best_decile_is_cheaper_wherever_the_law_holds():
    enobs, rates, nodes = np.linspace(3, 10, 15), np.logspace(7, np.log10(5e9), 9), np.linspace(5e-9, 65e-9, 7)
    enob, rate, node = np.meshgrid(enobs, rates, nodes)
    laws = [all_laws().get(AdcLaw, f"adc_{name}") for name in ("survey", "survey_best")]
    median, best = (law.convert(enob, enob, rate, np.asarray(64.0), context(node), False) for law in laws)
    assert np.all(best.energy < median.energy)
    assert np.all(best.area < median.area)


@truth.needs(SURVEY)
def test_accelergys_residuals_are_those_of_the_survey():
    with truth.file(SURVEY).open() as stream:
        found = accelergy(read(csv.DictReader(stream)))
    law = all_laws().get(AdcLaw, "adc_accelergy")
    for name, (_, low, _, high) in found.items():
        assert (low, high) == approx(getattr(law, name).range, rel=0.01), name


def test_a_converter_as_the_model_says_has_no_residual():
    law = all_laws().get(AdcLaw, "adc_accelergy")
    at = (np.asarray(1e9), np.asarray(32e-9))
    energy = law.energy(np.asarray(8.0), *at)
    row = Row(2015, True, 8.0, 1e9, 32.0, float(energy) * 1e12, float(law.area(*at, energy)) * 1e12)
    for _, *percentiles in accelergy([row]).values():
        assert percentiles == approx([1, 1, 1])
