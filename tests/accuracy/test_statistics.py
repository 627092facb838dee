"""Intervals and losses by hand, draws that come again, the cheap programming against the exact one."""

import numpy as np
import pytest
from scipy.stats import binomtest
from scipy.stats import t as student

import imac_arch
from imac_arch.components.laws import Limits
from imac_arch.document.accuracy import Share
from imac_arch.resolve import Request
from imac_arch.studies.accuracy.comparison import accuracy_of
from imac_arch.studies.accuracy.experiment import EFFECTS, Experiment
from imac_arch.studies.accuracy.images import Images
from imac_arch.studies.accuracy.judge import _row
from imac_arch.studies.accuracy.laws import chosen
from imac_arch.studies.accuracy.questions import Question
from imac_arch.studies.accuracy.statistics import drawn, one_chip, paired, score, spread
from imac_arch.studies.accuracy.verdict import accuracy_check
from imac_arch.studies.accuracy.waterfall import applying, waterfall
from tests.accuracy.bench import on_bench
from tests.helpers import approx, inputs

SMALL = "784-16-10"


def test_a_chip_and_its_loss_by_hand():
    hardware, _ = on_bench("sot_mram_imec", {}, SMALL, images=4)
    right = np.array([[1, 1, 0, 1], [1, 0, 0, 1]], dtype=bool)  # two chips, four images
    software = np.array([[1, 1, 1, 1]], dtype=bool)
    row = _row(
        "imac", drawn(right), drawn(software), None, 0.5, hardware, Images(np.zeros((4, 784)), np.zeros(4, int), "own")
    )
    assert row.value == 0.625
    assert (row.low, row.high) == one_chip(0.625, 0.5 * 0.25**2, 2, 4)  # variance of 3/4 and 2/4
    variance = (0.5**2 + 1 + 1) / 6 - (1.5 / 6) ** 2  # of 0, 1/2, 1, 0 and one half more each way
    assert row.loss.value == approx(0.375)
    reach = np.sqrt(1.6448536**2 * variance / 6 + 6.3137515**2 * 0.5 * 0.25**2 / 2)
    assert row.loss.high == approx(min(0.375 + reach, 1), rel=1e-6)
    assert row.loss.low == approx(max(0.375 - reach, -1), rel=1e-6)
    assert (row.images, row.programmings, row.software) == (4, 2, 1.0)


@pytest.mark.parametrize(("right", "images"), [(1000, 1000), (970, 1000), (3, 7), (0, 10)])
def test_without_variance_it_is_wilsons_interval(right, images):
    known = binomtest(right, images).proportion_ci(0.9, "wilson")
    assert one_chip(right / images, 0.0, 1, images) == approx((known.low, known.high), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("chips", [2, 5, 30])
def test_without_error_of_images_it_is_the_interval_of_one_more_chip(chips):
    low, high = one_chip(0.6, 0.01**2, chips, 10**9)
    reach = student.ppf(0.95, chips - 1) * 0.01 * np.sqrt(1 + 1 / chips)
    assert (low, high) == approx((0.6 - reach, 0.6 + reach), rel=2e-3)


def test_chips_layers_and_what_is_drawn_of_them_have_random_numbers_of_their_own():
    """One number of each; seeds, chips, layers and purposes that share one would go together."""
    drawn_of = {
        (seed, chip, layer, *what): Experiment(seed=seed).drawn(chip, layer, *what).standard_normal()
        for seed in (0, 1)
        for chip in range(3)
        for layer in range(3)
        for what in ((), (1,), (2,), (3,), (4,), (5,))
    }
    assert len(set(drawn_of.values())) == len(drawn_of) == 108


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 9, 29, 999])
def test_scores_are_students(freedom):
    assert score(freedom) == approx(student.ppf(0.95, freedom), rel=1e-3)


@pytest.mark.parametrize(("value", "sigma", "images"), [(0.97, 0.004, 500), (0.999, 0.0, 300), (0.5, 0.05, 200)])
def test_nine_of_ten_chips_lie_within_the_interval_of_others(value, sigma, images):
    """Chips and images are drawn; the accuracy of one more chip on all images there are is held against it."""
    generator, inside, draws = np.random.default_rng(0), 0, 3000
    for _ in range(draws):
        chips = np.clip(value + sigma * generator.standard_normal(6), 0, 1)
        shift = generator.binomial(images, value) / images - value  # the images are the same for all chips
        own = np.clip(chips[:5] + shift, 0, 1)
        low, high = one_chip(own.mean(), spread(own), 5, images)
        inside += low <= chips[5] <= high
    assert 0.87 < inside / draws < 0.97  # few errors come in steps


def test_differences_of_few_images_are_none():
    base = np.zeros((1, 1000), dtype=bool)
    for gained, certain in ((0, False), (1, False), (3, False), (6, True)):
        more = base.copy()
        more[0, :gained] = True
        found = paired(drawn(more), drawn(base))
        assert found.value == gained / 1000
        assert found.certain is certain
    chips = np.tile(base, (3, 1))
    chips[2, :100] = True  # one chip of three
    assert not paired(drawn(chips), drawn(base)).certain
    assert paired(drawn(chips), drawn(chips)) == paired(drawn(base), drawn(base))  # the same chips


@pytest.fixture(scope="module")
def design():
    return inputs(SMALL, "sot_mram")


def rows_of(design, **how):
    return accuracy_of(design, ["imac", "mixed_signal"], Experiment(**{"images": 200, "programmings": 3, **how}))


def test_a_seed_brings_the_same_accuracies_again(design):
    assert rows_of(design, seed=4) == rows_of(design, seed=4)
    assert rows_of(design, seed=4) != rows_of(design, seed=5)


def test_more_images_or_chips_do_not_change_what_is_drawn():
    few, _ = on_bench("sot_mram", {}, SMALL, Experiment(programmings=2), images=20)
    many, _ = on_bench("sot_mram", {}, SMALL, Experiment(programmings=3), images=60)
    few.shown = many.shown
    for k in range(2):
        assert many.programmed[k][0] == pytest.approx(few.programmed[k][0], abs=1e-15)
        ours, theirs = (h.analog(h.programmed[k], "nominal") for h in (few, many))
        assert theirs[:20] == pytest.approx(ours, abs=1e-12)
        assert many.converted(many.programmed[k])[:20] == pytest.approx(few.converted(few.programmed[k]), abs=1e-9)


@pytest.mark.parametrize(("technology", "least"), [("sot_mram_imec", 0.99), ("sot_mram", 0.9)])
def test_cheap_programmings_follow_the_exact_ones(technology, least):
    """The same draws: sums of all images and, where chips differ, their accuracies go together."""
    fields = {"components.synapse.variation": "20 %"}
    chips = {}
    for exact in (False, True):
        hardware, images = on_bench(technology, fields, SMALL, Experiment(programmings=8, exact=exact), images=400)
        chips[exact] = [hardware.analog(maps, "nominal") for maps in hardware.programmed]
    nominal = np.mean(chips[True], axis=0)
    cheap, exact = (np.ravel([sums - nominal for sums in chips[way]]) for way in (False, True))
    assert np.corrcoef(cheap, exact)[0, 1] > least
    right = [[np.mean(chosen(sums) == images.y) for sums in chips[way]] for way in (False, True)]
    assert np.abs(np.subtract(*right)).max() < 0.03
    assert np.corrcoef(*right)[0, 1] > least - 0.05


def test_stuck_cells_cost_and_none_cost_nothing(design):
    none, some, all_ = (rows_of(design, stuck=share)[0].value for share in (0.0, 0.02, 1.0))
    assert none >= some - 0.02
    assert all_ < 0.4 < none


def test_what_is_left_out_is_left_out(design):
    calm = rows_of(design, without=frozenset(EFFECTS))
    assert {row.programmings for row in calm} == {1}
    assert {row.sigma for row in calm} == {0.0}


@pytest.mark.accuracy
@pytest.mark.parametrize("architecture", ["imac", "mixed_signal"])
def test_a_waterfall_leads_from_software_to_the_design(architecture):
    asked = Experiment(images=300, programmings=2, stuck=0.01)
    steps = waterfall(Question(Request(SMALL, "sot_mram_imec", None, {}), architecture, asked))
    row = accuracy_of(inputs(SMALL, "sot_mram_imec"), [architecture], asked)[0]
    assert steps[0].value == row.software
    assert steps[-1].value == row.value
    own = {"imac": ["saturation", "neuron"], "mixed_signal": ["converter", "noise", "bits"]}[architecture]
    shared = ["wires", "drivers", "variation", "stuck", "gain", "offset"]  # no load on a virtual ground, no grey inputs
    assert [step.effect for step in steps[1:]] == [EFFECTS[name] for name in (*shared, *own)]
    assert all(step.change_low <= step.change <= step.change_high for step in steps)
    assert [step.counts for step in steps] == [step.change_low > 0 or step.change_high < 0 for step in steps]
    assert sum(step.change for step in steps) == approx(row.value - row.software, rel=1e-9, abs=1e-12)


@pytest.mark.accuracy
@pytest.mark.parametrize("architecture", ["imac", "mixed_signal"])
def test_loads_are_those_of_amplifiers_and_none_before_converters(architecture):
    hardware, _ = on_bench("sot_mram", {}, SMALL, Experiment())
    way = {"imac": "analog", "mixed_signal": "converted"}[architecture]
    assert ("loads" in applying(hardware, way)) == (architecture == "imac")


@pytest.mark.accuracy
def test_at_native_precision_digital_ones_compute_the_float_network_and_are_held_to_it():
    shown = {}
    for precision in ("equal", "native"):
        case = inputs(SMALL, "sot_mram", precision=precision)
        shown[precision] = accuracy_of(case, ["digital", "gpu"], Experiment(images=500))
    for row in shown["native"]:
        assert row.software == row.float
        assert abs(row.value - row.float) < 0.01
    for row, other in zip(shown["equal"], shown["native"], strict=True):
        assert row.software < row.float - 0.05  # binary weights
        assert row.value < other.value - 0.05


@pytest.mark.accuracy
def test_a_comparison_warns_about_what_is_lost():
    found = imac_arch.compare(SMALL, "sot_mram", arch=["imac", "digital"], samples=0,
                              overrides={"subarray.rows": "256", "subarray.cols": "32"})  # fmt: skip
    imac, digital = (row.accuracy for row in found.document.architectures)
    assert imac.loss.low > 0.1  # kilohm cells on large subarrays
    assert abs(digital.loss.value) < 0.02
    warning = next(w for w in found.document.warnings if w.code == "accuracy")
    assert (warning.severity, warning.architecture, warning.value) == ("fails", "imac", imac.value)
    law = inputs(SMALL, "sot_mram").laws.get(Limits, "limits")
    assert warning.limit == approx(imac.software - float(np.ravel(law.accuracy_loss.x)[0]))
    assert not [w for w in found.document.warnings if w.code == "accuracy" and w.architecture == "digital"]


@pytest.mark.accuracy
def test_a_sound_design_has_no_warning_and_options_turn_accuracy_off():
    sound = imac_arch.compare(SMALL, "sot_mram_imec", arch=["imac"], samples=0)
    assert sound.document.architectures[0].accuracy.loss.low < 0.01
    assert not [w for w in sound.document.warnings if w.code == "accuracy"]
    without = imac_arch.compare(SMALL, "sot_mram_imec", arch=["imac"], samples=0, accuracy="none")
    assert without.document.architectures[0].accuracy is None


@pytest.mark.parametrize(
    ("low", "status"), [(0.005, "clear"), (0.011, "doubtful"), (0.099, "doubtful"), (0.11, "fails")]
)
def test_the_lower_end_of_a_loss_decides_not_its_mean(low, status):
    """Limits of 1 and 10 points; the mean lies 20 points higher each time."""
    hardware, _ = on_bench("sot_mram_imec", {}, SMALL, images=4)
    right = np.ones((2, 4), dtype=bool)
    row = _row(
        "imac", drawn(right), drawn(right), None, 0.5, hardware, Images(np.zeros((4, 784)), np.zeros(4, int), "")
    )
    limits = hardware.case.laws.get(Limits, "limits")
    check = accuracy_check(row._replace(value=0.7, software=0.95, loss=Share(low + 0.2, low, low + 0.4)), limits)
    assert check.status == status
    assert (check.limit, check.hard_limit) == approx((0.94, 0.85), rel=1e-12)
    assert accuracy_check(row._replace(on_crossbars=False), limits) is None
