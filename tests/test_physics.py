"""Formulas against hand calculation, published figures and direct sums."""

import csv
import itertools

import numpy as np
import pytest

from imac_arch.api import compare
from imac_arch.components.adc import AdcLaw
from imac_arch.components.adc_accelergy import AccelergyAdc
from imac_arch.components.amplifier import amplifier_power
from imac_arch.components.base import Context
from imac_arch.components.junction import junction_area, junction_resistance, tmr_at
from imac_arch.components.scaling import Scaling
from imac_arch.components.systolic import cycles
from imac_arch.crossbar.lines import (
    attenuation,
    bit_line_power,
    ladder_length,
    settling_time,
    word_line_input_resistance,
)
from imac_arch.technology_files import load_technology
from tests import truth
from tests.helpers import approx, run

ACCELERGY = "adc_accelergy_reference_points.csv"
R_P, R_AP = 8488.26363157, 25464.7908947
ZERO = np.zeros(())


def test_junction_resistances_are_those_of_the_netlist():
    synapse = load_technology("sot_mram").model.components["synapse"]
    assert float(synapse.parallel) == approx(R_P, rel=1e-9)
    assert float(synapse.antiparallel(ZERO)) == approx(R_AP, rel=1e-9)
    assert junction_resistance(1e-11, junction_area(50e-9, 30e-9)) == approx(8488.26, abs=0.01)
    assert tmr_at(2.0, 0.5, 0.5) == 1.0


def test_the_megohm_technology_has_megohms():
    synapse = load_technology("sot_mram_imec").model.components["synapse"]
    assert float(synapse.parallel) == approx(6e6, rel=1e-3)
    assert float(synapse.antiparallel(ZERO)) == approx(15e6, rel=1e-3)


@pytest.mark.parametrize(("n", "share"), [(32, 0.689), (64, 0.404), (128, 0.205)])
def test_word_line_attenuation(n, share):
    x = ladder_length(n, 9.24, 1 / R_P + 1 / R_AP)
    assert float(attenuation(x)) == approx(share, abs=5e-4)
    assert float(word_line_input_resistance(x, n, 1 / R_P + 1 / R_AP)) == approx(
        np.sqrt(9.24 / (1 / R_P + 1 / R_AP)) / np.tanh(x), rel=1e-12
    )


def test_limits_of_the_line():
    assert float(attenuation(ZERO)) == 1.0
    assert 1 / np.sqrt(9.24 * (1 / R_P + 1 / R_AP)) == approx(26, abs=0.5)
    assert 1 / np.sqrt(9.24 * (1 / 6e6 + 1 / 15e6)) == approx(681, abs=1)


def test_wires_of_the_netlist(laws):
    lengths = {"components.wire.word_segment": "108 nm", "components.wire.bit_segment": "135 nm"}
    technology = load_technology("sot_mram", lengths).model
    wire, here = technology.components["wire"], technology.context(laws)
    r_word, r_bit, _, _ = wire.segments(here)
    assert float(wire.resistance_per_length(here)) * 1e-6 == approx(85.6, abs=0.05)
    assert (float(r_word), float(r_bit)) == approx((9.24, 11.55), abs=5e-3)
    assert float(wire.segments(here)[2]) == approx(0.048e-15, abs=5e-19)


def test_settling_of_a_megohm_line():
    assert float(settling_time(np.array(3.6e-9), np.array(6.0))) == approx(3.6e-9 * np.log(2**7), rel=1e-12)


def test_an_amplifier_needs_about_78_microwatt():
    power = amplifier_power(30, 6, 1e-9, 5e-15, 15, 2, 0.8)
    assert power == approx(77.6e-6, abs=5e-8)
    assert amplifier_power(30, 7, 1e-9, 5e-15, 15, 2, 0.8) > power


@pytest.mark.parametrize("circuit", ["virtual_ground", "averaging"])
@pytest.mark.parametrize("signed", [False, True])
def test_line_power_is_the_direct_sum_over_random_weights_and_every_input(circuit, signed):
    """Twelve random cells: the expectation over all 4096 inputs is enumerated, each circuit solved directly."""
    generator = np.random.default_rng(5)
    g = np.where(generator.random(12) < 0.5, 1 / R_P, 1 / R_AP)
    p, voltage, load = 0.2, 0.8, 3e-4
    power = 0.0
    for bits in itertools.product([0, 1], repeat=12):
        x = np.array(bits)
        weight = float(np.prod(np.where(x == 1, p, 1 - p)))
        v = voltage * (2 * x - 1 if signed else x)
        node = 0.0 if circuit == "virtual_ground" else (g @ v) / (g.sum() + load)
        power += weight * float(np.sum(v * g * (v - node)))
    mean, square = (2 * p - 1, 1.0) if signed else (p, p)
    found = bit_line_power(
        circuit, g.sum(), g.sum() * square, g.sum() * mean, (g**2).sum() * (square - mean**2), voltage, load
    )
    assert found == approx(power, rel=1e-12)


@pytest.mark.parametrize("circuit", ["virtual_ground", "averaging"])
def test_power_of_a_layer_is_the_direct_sum_over_balanced_weights(circuit, evaluated):
    """One 16 by 4 subarray with a bias row: the bill's crossbar power against a sum over random inputs, no wires."""
    over = {"read.circuit": circuit, "components.wire.resistivity": "0 ohm*m", "read.load_conductance": "0 S",
            "mapping.order": "interleaved"}  # fmt: skip
    power = evaluated("15-4", overrides=over, archs=["imac"])["imac"].bill.facts["ideal_power"].sum()
    generator = np.random.default_rng(1)
    g = np.array([1 / R_P, 1 / R_AP] * 8)
    total, count = 0.0, 40_000
    inputs = generator.random((count, 15)) < 0.1928
    x = 0.8 * np.column_stack([inputs, np.ones(count)])
    for _ in range(4):
        plus = generator.permutation(g)
        for line in (plus, 1 / R_P + 1 / R_AP - plus):
            node = 0.0 if circuit == "virtual_ground" else (x @ line / line.sum())[:, None]
            total += float(np.mean(np.sum(x * line * (x - node), axis=1)))
    assert float(power) == approx(total, rel=0.02)


def test_a_line_without_cells_and_load_draws_nothing():
    assert bit_line_power("averaging", ZERO, ZERO, ZERO, ZERO, 0.8, ZERO) == 0


def setting_at(node, laws):
    return Context(np.asarray(node), np.asarray(0.9), laws)


@pytest.mark.parametrize(
    ("law", "enob", "energy", "area"),
    [
        ("survey", 8, 8.13, 35_093), ("accelergy", 8, 1.714, 5_972), ("survey", 7.5, 5.80, 23_900),
        ("accelergy", 7.5, 1.03, 5_130), ("in_array", 8, 0.701, 2_085), ("fixed", 8, 1.67, 1_200),
    ],
)  # fmt: skip
def test_converter_laws_give_their_check_values(laws, law, enob, energy, area):
    found = laws.get(AdcLaw, f"adc_{law}").convert(
        np.asarray(8.0), np.asarray(enob), np.asarray(1e9), np.asarray(128.0), setting_at(32e-9, laws), False
    )
    assert float(found.energy) * 1e12 == approx(energy, rel=5e-3)
    assert float(found.area) * 1e12 == approx(area, rel=2e-3)


@pytest.mark.parametrize(
    ("enob", "rate", "node", "energy", "area"),
    [
        (4, 1e7, 130, 12.886, 19_118), (4, 2e9, 130, 12.886, 49_806), (5, 1e9, 65, 3.5481, 15_008),
        (6, 1e9, 45, 2.0219, 8_803.2), (7, 1e9, 32, 1.3122, 5_513.3), (8, 1e9, 22, 0.84724, 3_333.9),
        (9, 1e9, 14, 0.99278, 2_231.3), (10, 1e9, 7, 0.80078, 1_051.1),
    ],
)  # fmt: skip
def test_accelergy_law_at_points_of_the_published_model(laws, enob, rate, node, energy, area):
    """Energy [pJ] and area [um2] as the published model of CiMLoop returns them, at one point of every node."""
    found = laws.get(AccelergyAdc, "adc_accelergy").convert(
        ZERO, np.asarray(float(enob)), np.asarray(rate), ZERO, setting_at(node * 1e-9, laws), False
    )
    assert float(found.energy) * 1e12 == approx(energy, rel=1e-3)
    assert float(found.area) * 1e12 == approx(area, rel=1e-3)


@truth.needs(ACCELERGY)
def test_accelergy_law_reproduces_the_published_grid(laws):
    law = laws.get(AccelergyAdc, "adc_accelergy")
    rows = list(csv.DictReader(truth.file(ACCELERGY).read_text().splitlines()))
    assert len(rows) > 200
    names = {key.lower(): key for key in rows[0]}
    pick = lambda *words: next(k for low, k in names.items() if any(w in low for w in words))  # noqa: E731
    bits, rate, node = pick("enob"), pick("freq", "throughput", "f_hz", "hz"), pick("tech", "node")
    energy, area = pick("energy", "e_pj"), pick("area", "a_um")
    for row in rows:
        found = law.convert(
            np.asarray(0.0), np.asarray(float(row[bits])), np.asarray(float(row[rate])), ZERO,
            setting_at(float(row[node]) * 1e-9, laws), False,
        )  # fmt: skip
        if float(row[bits]) >= 4:
            assert float(found.energy) * 1e12 == approx(float(row[energy]), rel=1e-3)
            assert float(found.area) * 1e12 == approx(float(row[area]), rel=1e-3)


@pytest.mark.parametrize("law", ["survey", "accelergy", "in_array"])
def test_a_bit_more_never_costs_less(laws, law):
    bits = np.arange(5, 11, dtype=float)
    found = laws.get(AdcLaw, f"adc_{law}").convert(
        bits, bits - 0.5, np.asarray(1e9), np.asarray(64.0), setting_at(14e-9, laws), False
    )
    for values in (found.energy, found.area, found.latency * np.ones(6)):
        assert np.all(np.diff(values) >= 0)


def test_node_scaling_follows_the_table_and_closes(laws):
    law, reference = laws.get(Scaling, "scaling"), np.asarray(45e-9)
    assert law.energy(reference, np.asarray(32e-9)) == approx(0.5308)
    assert law.delay_and_area(reference, np.asarray(7e-9))[1] == approx(0.059)
    there, back = (law.delay_and_area(np.asarray(a), np.asarray(b))[0] for a, b in ((28e-9, 10e-9), (10e-9, 28e-9)))
    assert there * back == approx(1.0)
    nodes = np.array([7, 10, 14, 16, 20, 22, 28, 32, 45, 65]) * 1e-9
    for factors in (law.energy(reference, nodes), law.delay_and_area(reference, nodes)[1]):
        assert np.all(np.diff(factors) > 0)


def test_the_systolic_array_needs_6_9_microseconds(evaluated):
    total = cycles(np.array([784.0, 128.0]), np.array([128.0, 10.0]), 16, 16, 1, 16).sum()
    assert total == 49 * 8 * 17 + 8 * 1 * 17 + 2 * 48
    assert float(evaluated(archs=["digital"], precision="native")["digital"].metrics["latency"].item()) == approx(
        6.9e-6, abs=5e-8
    )


@pytest.mark.parametrize(("size", "area"), [(32, 3401.6), (64, 2628.0), (128, 2293.4), (256, 4968.9)])
def test_imac_sim_areas(evaluated, size, area):
    from imac_arch.studies.scenario import load_scenario

    scenario = load_scenario("imac_sim").model
    over = {**scenario.overrides, "subarray.rows": str(size), "subarray.cols": str(size)}
    found = evaluated(scenario.network, overrides=over, archs=["imac"])["imac"]
    assert float(found.metrics["area"].item()) * 1e12 == approx(area, abs=0.06)


def test_results_lie_where_independent_estimates_do(evaluated):
    """Wide brackets about estimates that were made without this code."""
    imac = evaluated()["imac"].metrics
    assert 50e-9 < imac["area"].item() < 150e-9
    assert 1.0 < imac["power"].item() < 2.0
    assert 1.8e-9 < imac["latency"].item() < 2.6e-9
    megohm = evaluated(tech="sot_mram_imec")["imac"].metrics
    assert 6e-9 < megohm["latency"].item() < 16e-9  # 3.9 ns with an ideal ground
    assert megohm["power"].item() == approx(22.8e-3, rel=0.3)
    for law, area, latency in (
        ("survey", 0.86, 77),
        ("accelergy", 0.22, 77),
        ("in_array", 2.45, 112),
        ("fixed", 0.024, 168),
    ):
        size = {"subarray.rows": "128", "subarray.cols": "128"}
        over = {**size, "components.adc.law": law, "components.adc.rate": "1 GHz"}  # the estimates' rate
        found = evaluated(overrides=over, archs=["mixed_signal"], precision="native")["mixed_signal"].metrics
        assert found["area"].item() * 1e6 == approx(area, rel=0.6 if law == "fixed" else 0.1)
        assert found["latency"].item() * 1e9 == approx(latency, rel=0.1)
    # five phases of eight columns at 4 ns, and what settles and adds between them
    serial = evaluated(archs=["mixed_signal"])["mixed_signal"].metrics
    assert 160e-9 < serial["latency"].item() < 170e-9
    digital = evaluated(archs=["digital"], precision="native")["digital"].metrics
    assert 88e-9 < digital["energy"].item() < 260e-9
    assert digital["area"].item() == approx(0.089e-6, rel=0.3)


# as independent estimates took them: wires of IMAC-Sim's smaller cell, independent inputs, lines that cost V I
EARLIER = {
    "components.wire.word_segment": "108 nm", "components.wire.bit_segment": "135 nm",
    "mapping.order": "interleaved", "read.line_energy": "line",
}  # fmt: skip


def figures(name, overrides, **options):
    found = run(overrides=overrides, archs=[name], **options)[name]
    return {metric: found.metrics[metric].item() for metric in ("power", "area", "latency", "energy")}


@pytest.mark.parametrize(("time", "share"), [("0.2 ns", 1.72 / 3.47), ("5 ns", 13 / 3.47)])
def test_time_of_amplifiers_moves_the_energy_as_an_independent_estimate_has_it(time, share):
    """All layers are biased while amplifiers settle; against 1 ns."""
    slow, usual = (
        figures("imac", {**EARLIER, "components.amplifier.settle_time": each})["energy"] for each in (time, "1 ns")
    )
    assert slow / usual == approx(share, rel=0.05)


def test_wires_of_the_drawn_cell_lower_the_energy_as_an_independent_estimate_has_it():
    """3.47 to 2.93 nJ: longer segments, so that less of the voltage arrives."""
    drawn = {key: value for key, value in EARLIER.items() if "segment" not in key}
    assert figures("imac", drawn)["energy"] / figures("imac", EARLIER)["energy"] == approx(2.93 / 3.47, rel=0.02)


def test_converters_at_1_ns_cost_what_an_independent_estimate_has():
    """44 mW, 0.585 mm2, 78 ns and 3.45 nJ with hidden activations of 8 bits, phase by phase, 45.7 ns with 4 bits; 23 nJ
    where converters that wait draw their full bias."""
    fast = {"components.adc.rate": "1 GHz", "components.adc.idle": "none"}
    found = figures("mixed_signal", fast, precision="native")
    assert found["latency"] == approx(78e-9, rel=0.02)
    assert found["area"] == approx(0.585e-6, rel=0.05)
    assert found["power"] == approx(44e-3, rel=0.12)
    assert found["energy"] == approx(3.45e-9, rel=0.12)
    assert figures("mixed_signal", fast)["latency"] == approx(45.7e-9, rel=0.02)
    waiting = figures("mixed_signal", {**fast, "components.adc.idle": "1"}, precision="native")
    assert waiting["energy"] == approx(23e-9, rel=0.02)


@pytest.mark.parametrize("precision", ["equal", "native"])
def test_a_wide_weight_port_takes_the_digital_accelerator_below_a_microsecond(precision):
    """0.5 to 0.9 us at 256 B a cycle."""
    found = figures("digital", {"components.mac.weight_port": "256 B"}, precision=precision)
    assert 0.5e-6 < found["latency"] < 0.9e-6


@pytest.mark.parametrize(
    ("tech", "least", "waiting"), [("sot_mram", 0.5, 0.8), ("sot_mram_imec", 0.85, 0.95), ("reram", 0.9, 0.95)]
)
def test_converters_may_draw_more_than_95_percent_of_a_mixed_signal_design(tech, least, waiting):
    """arXiv 2211.00590 says so of conventional designs: here where they wait at full bias and cells are of 100 kilohm
    and more."""
    for idle, bound in (("0.1", least), ("1", waiting)):
        options = {"arch": "mixed_signal", "baseline": "mixed_signal", "samples": 0, "accuracy": "none"}
        lines = compare("784-128-10", tech, overrides={"components.adc.idle": idle}, **options).document.breakdown
        share = sum(line.energy for line in lines if "ADC" in line.component) / sum(line.energy for line in lines)
        assert bound < share < bound + 0.1
