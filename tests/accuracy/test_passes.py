"""Converters, bit planes, digital arithmetic and half precision, against values typed in or computed by hand."""

from itertools import pairwise

import numpy as np
import pytest

from imac_arch.studies.accuracy.experiment import EFFECTS, IMAGES, Experiment
from imac_arch.studies.accuracy.flaws import Curve, Levels
from imac_arch.studies.accuracy.laws import Law, chosen, logistic, outputs
from imac_arch.studies.accuracy.passes import Converter, Way, halved, integers, outputs_of, rounded
from tests.accuracy.bench import on_bench, small
from tests.helpers import approx

CALM = frozenset(EFFECTS) - {"loads", "converter", "bits"}
SIZES = {"subarray.rows": "16", "subarray.cols": "8"}


def given(converter, sums):
    """Return what a converter gives for sums, in their own units."""
    codes = sums.copy()
    converter.convert(codes)
    assert (codes == np.rint(codes)).all()
    return codes * converter.code


def test_a_converter_rounds_to_its_steps_and_clips_at_its_range():
    sums = np.array([0.0, 0.9, 1.1, -1.1, 2.9, 7.9, 8.4, 100.0, -100.0])
    rounded_to = given(Converter(3, 8, 1, False), sums)  # steps of 2*8/2^3 = 2, range -8 .. 8
    assert rounded_to.tolist() == [0, 0, 2, -2, 2, 8, 8, 8, -8]


def test_a_curve_is_straight_between_its_points_and_level_beyond_them():
    values = np.array([0.0, 0.3, -0.1, 0.7, 1.0])
    volts = np.array([-np.inf, -9.0, -2.0, -1.7, -1.3, -1.0, -0.4, 0.2, 0.8, 1.0, 1.9, 2.0, 2.1, 9.0, 1e30, np.inf])
    found = Curve(2.0, values, np.append(np.diff(values), 0.0)).at(volts)
    assert found == approx(np.interp(volts, [-2, -1, 0, 1, 2], values), rel=1e-12, abs=1e-15)


def test_a_converter_with_bits_to_spare_keeps_every_sum():
    """15 weights: sums of sevenths, which no binary fraction of the range is."""
    sums = np.arange(-7 * 16, 7 * 16 + 1) / 7
    kept = given(Converter(np.ceil(np.log2(16 * 7)) + 1, 16, 1, True, 1 / 7), sums)
    assert kept == approx(sums, rel=1e-14)
    lost = given(Converter(5, 16, 1, True, 1 / 7), sums)  # steps of a whole weight
    assert lost.tolist() == np.clip(np.rint(sums), -16, 16).tolist()


def test_a_sum_at_the_end_of_the_range_has_a_code():
    assert given(Converter(6, 32, 1, True, 1.0), np.array([-32.0, 32.0])).tolist() == [-32, 32]


@pytest.mark.parametrize(("technology", "rows"), [("sot_mram_imec", "128"), ("pcm", "64")])
def test_the_lossless_converter_of_a_technology_loses_nothing(technology, rows):
    lossless = Experiment(images=None, without=CALM)
    fields = {"components.adc.max_bits": "16", "subarray.rows": rows}
    hardware, _ = on_bench(technology, fields, "784-16-10", lossless, images=300)
    wanted = outputs(hardware.x, hardware.net.weights, hardware.net.gains, hardware.net.law)
    hidden = rounded(wanted[0], round(float(hardware.case.hidden_bits)))
    exact = hardware.net.gains[1] * (hidden @ hardware.net.weights[1][:-1] + hardware.net.weights[1][-1])
    assert hardware.converted(hardware.programmed[0]) == pytest.approx(exact, abs=1e-9)


def test_more_bits_are_never_worse_beyond_noise():
    found = []
    for bits in (2, 4, 6, 8, 10):
        hardware, images = on_bench(
            "sot_mram_imec", {"components.adc.bits": str(bits)}, "784-16-10", Experiment(without=CALM), images=IMAGES
        )
        found.append(np.mean(chosen(hardware.converted(hardware.programmed[0])) == images.y))
    noise = 3 * np.sqrt(found[-1] * (1 - found[-1]) / IMAGES)
    assert all(more > less - noise for less, more in pairwise(found))
    assert found[0] < 0.5 < found[-1]


def test_bit_planes_equal_whole_values_behind_a_lossless_converter():
    generator = np.random.default_rng(1)
    weights = [generator.choice([-1.0, 1.0], (40, 6)), generator.choice([-1.0, 1.0], (7, 4))]
    x = generator.integers(16, size=(20, 39)) / 15
    found = []
    for mode in ("bit_serial", "dac"):
        fields = SIZES | {"read.input_bits": "4", "read.input_mode": mode, "components.adc.max_bits": "16"}
        hardware = small("sot_mram_imec", weights, x, Experiment(without=CALM), fields)
        found.append(hardware.converted(hardware.programmed[0]))
    wanted = outputs(x, weights, [1.0, 1.0], Law())[0]
    exact = rounded(wanted, round(float(hardware.case.hidden_bits))) @ weights[1][:-1] + weights[1][-1]
    assert found[0] == pytest.approx(exact, abs=1e-9)
    assert found[1] == pytest.approx(found[0], abs=1e-9)


def test_hidden_values_whose_bits_do_not_count_are_not_rounded():
    """Behind converters that lose nothing, the sums are those of hidden values as they are."""
    without = Experiment(images=None, without=CALM | {"bits"})
    hardware, _ = on_bench("sot_mram_imec", {"components.adc.max_bits": "16"}, "784-16-10", without, images=100)
    wanted = outputs(hardware.x, hardware.net.weights, hardware.net.gains, hardware.net.law)[-1]
    gap = np.abs(hardware.converted(hardware.programmed[0]) - wanted).max()
    assert gap < 17 * hardware.net.gains[1] / 2**12


def test_slices_count_by_their_place():
    """Weights 1, 1/3 of three levels a column in two columns: 9 levels, places 3 and 1 of 4."""
    way = Way(False, 2, 3)
    assert outputs_of(np.array([[4.0, 8.0, 0.0, 1.0]]), way).tolist() == [[5.0, 0.25]]


def test_digital_arithmetic_by_hand():
    x = np.array([[0.3, 0.9]])
    weights = [np.array([[1.0], [-0.5], [0.25]]), np.array([[1.0, -1.0], [0.0, 0.5]])]
    sums = integers(x, weights, [2.0, 3.0], Law(), (0, 1, 2))
    hidden = np.rint(3 / (1 + np.exp(-2.0 * (0 - 0.5 + 0.25)))) / 3  # inputs 0 and 1, hidden values in thirds
    assert sums.tolist() == [[3 * hidden, 3 * (0.5 - hidden)]]
    whole = integers(x, weights, [2.0, 3.0], Law(), (2, 8, 8))  # weights of -1, 0, 1 times the largest
    first = logistic(2.0 * (np.rint(0.3 * 255) / 255 - 0.0 * np.rint(0.9 * 255) / 255 + 0.0))
    assert whole == approx(3 * (np.rint(first * 255) / 255 * np.array([[1, -1]]) + np.array([[0, 0]])), rel=1e-12)


def test_half_precision_is_that_of_ieee():
    x, weights = np.array([[0.1, 1.0]]), [np.array([[1 / 3], [0.2], [0.0]])]
    wanted = np.float32(np.float16(0.1)) * np.float32(np.float16(1 / 3)) + np.float32(np.float16(0.2))
    assert halved(x, weights, [1.0], Law())[0, 0] == approx(float(wanted), rel=1e-6)
    assert halved(x, weights, [1.0], Law())[0, 0] != approx(0.1 / 3 + 0.2, rel=1e-5)


NOISY = Experiment(without=frozenset(EFFECTS) - {"noise"})


def test_noise_of_a_converter_is_what_its_lost_bits_say():
    """8 rows at 4 bits: steps of one. Half a bit less than nominal doubles the error of rounding, 1/12 of a step."""
    weights = [np.ones((8, 6))]
    x = np.ones((4000, 7))
    fields = SIZES | {"subarray.rows": "8", "components.adc.bits": "4", "components.adc.enob_loss": "0.5"}
    hardware = small("sot_mram_imec", weights, x, NOISY, fields)
    found = hardware.converted(hardware.programmed[0], 1) - 8
    assert found.std() == approx(np.sqrt(1 / 12), rel=0.02)
    assert abs(found.mean()) < 0.01
    assert abs(np.corrcoef(found[:, 0], found[:, 1])[0, 1]) < 0.05
    other = hardware.converted(hardware.programmed[0], 2) - 8
    assert abs(np.corrcoef(found.ravel(), other.ravel())[0, 1]) < 0.05
    for bits, step in (("3", 2.0), ("6", 0.25)):  # the noise is in steps, which double with a bit less
        wider = small("sot_mram_imec", weights, x, NOISY, fields | {"components.adc.bits": bits})
        spread = (wider.converted(wider.programmed[0], 1) - 8).std()
        assert spread == approx(step * np.sqrt(1 / 12), rel=0.02)
    few = small("sot_mram_imec", weights, x[:10], NOISY, fields)
    assert few.converted(few.programmed[0], 1) == approx(found[:10] + 8, rel=1e-12)
    calm = small("sot_mram_imec", weights, x[:2], NOISY, fields | {"components.adc.enob_loss": "0"})
    assert calm.sampled.varies is False
    assert calm.converted(calm.programmed[0]) == approx(np.full((2, 6), 8.0), rel=1e-12)


def test_noise_stands_before_rounding_and_counts_in_every_phase():
    both = Experiment(without=frozenset(EFFECTS) - {"noise", "converter"})
    x = np.ones((4000, 7))
    fields = SIZES | {"subarray.rows": "8", "components.adc.bits": "4", "components.adc.enob_loss": "0.5"}
    once = small("sot_mram_imec", [np.ones((8, 6)) * 0 + [1, -1] * 3], x, both, fields)
    found = once.converted(once.programmed[0], 1)
    assert set(np.unique(np.rint(found) - found)) == {0.0}
    beyond = np.abs(found[:, 1] + 8)  # 8 is the end of the range: half of what is off is clipped
    assert 0.02 < np.mean(beyond == 1) < 0.06  # 0.5 of a step and more, of 0.289 steps: 4.2 % on one side
    bits = small("sot_mram_imec", [np.ones((8, 6))], x, NOISY, fields | {"read.input_bits": "2"})
    spread = (bits.converted(bits.programmed[0], 1) - 8).std()
    assert spread == approx(np.sqrt((1 / 9 + 4 / 9) / 12), rel=0.03)  # phases that count a third and two thirds


def test_a_converter_whose_range_is_half_of_all_rows_clips_beyond_and_is_finer_inside():
    held = np.repeat([[1.0, -1.0, 1.0, 0.0]], 16, axis=0) * np.where(np.arange(16)[:, None] < 5, 1, [1, 1, -1, 1])
    fields = {"subarray.rows": "16", "subarray.cols": "8", "components.adc.bits": "3"}
    only = Experiment(without=frozenset(EFFECTS) - {"converter"})
    sums = {}
    for scale in ("1", "0.5"):
        hardware = small("sot_mram_imec", [held], np.ones((1, 15)), only, fields | {"components.adc.full_scale": scale})
        sums[scale] = hardware.converted(hardware.programmed[0])[0].tolist()
    assert sums["1"] == approx([16, -16, -8, 0])  # steps of 4: -6 lies between -4 and -8
    assert sums["0.5"] == approx([8, -8, -6, 0])


@pytest.mark.parametrize("architecture", ["analog", "converted"])
def test_input_converters_round_to_their_bits_and_are_off_by_their_levels(architecture):
    generator = np.random.default_rng(4)
    x, weights = generator.random((30, 11)), [generator.choice([-1.0, 1.0], (12, 5))]
    only = Experiment(without=frozenset(EFFECTS) - {"dac"})
    fields = SIZES | {"read.input_bits": "3", "read.input_mode": "dac", "components.dac.level_error": "0"}

    def sums(error):
        hardware = small("sot_mram_imec", weights, x, only, fields | {"components.dac.level_error": error})
        maps = hardware.programmed[0]
        return hardware.analog(maps, "nominal", 1) if architecture == "analog" else hardware.converted(maps, 1)

    exact = np.rint(7 * x) / 7 @ weights[0][:-1] + weights[0][-1]
    assert sums("0") == approx(exact, rel=1e-12, abs=1e-12)
    off = (sums("0.5") - exact).std() * 7 / np.sqrt(11)
    assert 0.4 < off < 0.6


def test_each_input_converter_has_levels_of_its_own_that_stay():
    drawn = Levels.drawn(3, 2000, 0.5, np.random.default_rng(5))
    first, second = drawn.applied(np.full((2, 2000), 3 / 7))
    assert (first == second).all()
    assert first.mean() == approx(3 / 7, abs=0.005)
    assert first.std() == approx(0.5 / 7, rel=0.06)
    other = drawn.applied(np.full((1, 2000), 4 / 7))[0] - 4 / 7
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.1


def test_a_trimmed_gain_is_right_in_the_mean_square_of_the_sums_that_there_are():
    """By hand, layer by layer: the second layer sees what the sigmoids of the first one give in exact arithmetic."""
    generator = np.random.default_rng(6)
    weights, gains = [generator.choice([-1.0, 1.0], shape) for shape in ((41, 6), (7, 4))], [0.7, 1.3]
    wired = Experiment(without=frozenset(EFFECTS) - {"wires", "drivers"})
    fields = {"read.circuit": "virtual_ground", "subarray.rows": "64", "subarray.cols": "8"}
    hardware = small("sot_mram", weights, generator.random((30, 40)), wired, fields, gains)
    x = hardware.x
    for trim, linear, ideal, w, gain in zip(
        hardware.trims, hardware.nominal, hardware.ideal, weights, gains, strict=True
    ):
        drive = np.concatenate([x, np.ones((30, 1))], axis=1)
        wanted = gain * (drive @ w)
        seen = drive @ (linear[:, 0::2] - linear[:, 1::2])
        assert trim.trimmed == approx((seen * wanted).sum() / (seen * seen).sum(), rel=1e-10)
        assert trim.nominal * (drive @ (ideal[:, 0::2] - ideal[:, 1::2])) == approx(wanted, rel=1e-9, abs=1e-12)
        assert trim.trimmed > trim.nominal  # what the wires take is given back
        x = 1 / (1 + np.exp(-wanted))
