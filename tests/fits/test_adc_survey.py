"""The fit behind the survey laws: known coefficients come back, and the shipped ones come out of the survey."""

import csv

import numpy as np
import pytest
from scipy.stats import spearmanr

from fits import adc_rate
from fits.adc_survey import Row, accelergy, fit, in_memory, main, read, tied
from fits.programmes import quantile_fit
from imac_arch.components.adc import AdcLaw
from imac_arch.inputs import draw
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
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-6)


def test_outliers_do_not_move_the_median():
    found = fit(made_up(spread=0.02), 0.5).coefficients
    assert found["a_enob"] == pytest.approx(0.3, abs=0.01)


def test_an_area_that_follows_the_energy_does_so_residual_or_not():
    assert fit(made_up(spread=0.02), 0.5).coefficients["b_residual"] == pytest.approx(1.1, abs=1e-6)


def test_what_is_left_of_the_area_is_uncorrelated_with_the_energy():
    """Areas by hand: slope (-1 0 + 0 1 + 1 1)/(1 + 1) = 0.5, and 0.5, 1, 0.5 decades are left."""
    slope, (low, high) = tied(np.array([-1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0]))
    assert slope == approx(0.5)
    assert high == approx(10**0.95)  # between the second and the third of the three
    assert low == 1  # all are above the law, whose own value belongs to the range


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
    slope, spreads = found
    assert slope == approx(law.f_residual.value, rel=1e-3)
    for name, (_, *limits) in spreads.items():
        assert limits == approx(list(getattr(law, name).range), rel=0.01), name


@truth.needs(SURVEY)
@pytest.mark.parametrize("name", ["survey", "survey_best"])
def test_draws_of_energy_and_area_hang_together_as_the_survey_s_do(name):
    """Rank correlation of what a converter needs over what the law says, in energy and in area."""
    with truth.file(SURVEY).open() as stream:
        sized = [row for row in in_memory(read(csv.DictReader(stream))) if row.area]
    law = all_laws().get(AdcLaw, f"adc_{name}")

    def over(law, enob, rate, node):
        cost = law.convert(enob, enob, rate, np.asarray(64.0), context(node), False)
        return cost.energy, cost.area

    values = [np.array([getattr(row, key) for row in sized]) for key in ("enob", "rate", "node")]
    energy, area = over(law, values[0], values[1], values[2] * 1e-9)
    measured = spearmanr([r.energy for r in sized] / energy, [r.area for r in sized] / area).statistic
    drawn = spearmanr(*(v[1:] for v in over(draw(law, "laws", 0, 4000), 8.0, np.asarray(1e9), np.asarray(14e-9))))
    assert drawn.statistic == approx(measured, abs=0.1)
    assert measured > 0.5


def test_a_converter_as_the_model_says_has_no_residual():
    law = all_laws().get(AdcLaw, "adc_accelergy")
    at = (np.asarray(1e9), np.asarray(32e-9))
    energy = law.energy(np.asarray(8.0), *at)
    row = Row(2015, True, 8.0, 1e9, 32.0, float(energy) * 1e12, float(law.area(*at, energy)) * 1e12)
    for _, *percentiles in accelergy([row])[1].values():
        assert percentiles == approx([1, 1])


MACROS = "macros_calibration.csv"
PASSES = [
    {"B_ADC": "4", "N_ADC": "128", "cols": "512", "T_core_ns": "315.8", "use_latency": "1"},  # 4 columns in turn
    {"B_ADC": "8", "N_ADC": "256", "cols": "256", "T_core_ns": "50", "use_latency": "1"},
    {"B_ADC": "0", "N_ADC": "64", "cols": "64", "T_core_ns": "3.58", "use_latency": "1"},  # digital
    {"B_ADC": "3", "N_ADC": "1", "cols": "64", "T_core_ns": "0.85", "use_latency": "0"},  # time of a single column
]


def test_a_converter_takes_its_share_of_a_pass():
    assert adc_rate.times(PASSES) == approx([78.95, 50])


@truth.needs(MACROS)
def test_the_rate_of_the_laws_is_that_of_published_macros(capsys):
    assert adc_rate.main([str(truth.file(MACROS))]) == 0
    said = capsys.readouterr().out
    assert said.startswith("35 points; 4.38 ns a column and converter, half between 1.4 and 79\n")
    for name in ("survey", "survey_best", "accelergy"):
        rate = all_laws().get(AdcLaw, f"adc_{name}").default_rate
        assert rate.value == approx(1 / 4.38e-9, rel=0.1)
        assert rate.range == approx((0.1e9, 1e9))
