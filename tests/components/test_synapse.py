"""Cells and levels of every kind of synapse, what writing them takes, and what a gated cell spares the word line."""

import itertools
import math

import numpy as np
import pytest

from imac_arch.components.synapse import Synapse
from imac_arch.data.errors import FileErrors
from imac_arch.data.registry import names
from imac_arch.technology_files import load_technology
from tests.helpers import BY_CURRENT, approx, first, inputs, run, technology

ALL = names("technology")


@pytest.mark.parametrize("name", ALL)
def test_weights_rise_with_their_level_and_mirror_their_sign(name):
    synapse = technology(name).components["synapse"]
    assert isinstance(synapse, Synapse)
    difference = [float(np.ravel(p - m)[0]) for p, m in synapse.states(np.asarray(0.1))]
    assert all(a < b for a, b in itertools.pairwise(difference))
    assert difference == approx([-d for d in reversed(difference)])


@pytest.mark.parametrize("name", ALL)
def test_statistics_are_those_of_cells_drawn_at_random(name):
    """An independent count: write every level once on a large column and measure it."""
    synapse, volt = technology(name).components["synapse"], np.asarray(0.1)
    weights = np.linspace(-1, 1, synapse.levels)
    plus, minus = synapse.conductances(weights, volt)
    cells = synapse.cells(volt)
    both = np.concatenate([plus, minus])
    assert float(cells.mean) == approx(both.mean(), rel=1e-12)
    assert float(cells.square) == approx((both**2).mean(), rel=1e-12)
    assert float(cells.pair) == approx((plus + minus).mean(), rel=1e-12)


def test_a_binary_pair_is_the_hand_calculation():
    synapse = technology().components["synapse"]
    plus, minus = synapse.conductances(np.array([-1.0, 0.0, 1.0]), np.asarray(0.8))
    high, low = 1 / 8488.26363157, 1 / 25464.7908947
    assert plus == approx([low, (low + high) / 2, high], rel=1e-9)
    assert minus == approx(plus[::-1], rel=1e-12)
    assert synapse.weight_bits == 1


@pytest.mark.parametrize(("zero", "resistance"), [("both_ap", 25464.79), ("both_p", 8488.26)])
def test_a_ternary_zero_is_the_choice_of_the_file(zero, resistance):
    overrides = {"components.synapse.weights": "ternary", "components.synapse.zero": zero}
    synapse = load_technology("sot_mram", overrides).model.components["synapse"]
    plus, minus = synapse.conductances(np.zeros(1), np.asarray(0.8))
    assert plus == approx(minus)
    assert 1 / plus[0] == approx(resistance, rel=1e-6)
    assert synapse.weight_bits == approx(math.log2(3))


def test_four_pillars_make_nine_weights_a_pair():
    synapse = technology("sot_mram_pillars").components["synapse"]
    assert synapse.levels == 9
    plus, minus = synapse.conductances(np.array([-1, -0.75, 0, 0.25, 1]), np.asarray(0.2))
    assert plus * 1e6 == approx([37.84, 37.84, 37.84, 47.57, 76.95])
    assert minus * 1e6 == approx([76.95, 67.41, 37.84, 37.84, 37.84])


def test_levels_lie_evenly_between_the_two_resistances():
    synapse = technology("reram").components["synapse"]
    plus, _ = synapse.conductances(np.array([0, 1 / 3, 2 / 3, 1]), np.asarray(0.2))
    assert np.diff(plus) == approx((1 / 100e3 - 1 / 10e6) / 3)
    assert synapse.levels == 7


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [("r_off", "50 kohm", "r_off must exceed r_on"), ("device_levels", "1", "2 to 256 levels, not 1")],
)
def test_cells_that_hold_nothing_are_refused(path, value, message):
    with pytest.raises(FileErrors, match=message):
        load_technology("reram", {f"components.synapse.{path}": value})


def test_levels_that_do_not_rise_are_refused():
    with pytest.raises(FileErrors, match="levels that rise"):
        load_technology("sot_mram_pillars", {"components.synapse.conductance": "[2 uS, 1 uS]"})


def test_loading_is_cells_times_pulses():
    synapse = technology("pcm").components["synapse"]
    load = synapse.programming.load(np.asarray(1000.0))
    assert float(load.energy) == approx(1000 * 10 * 20e-12)
    assert float(load.time) == approx(math.ceil(1000 / 32) * 10 * 150e-9)
    assert float(load.loads) == approx(1e6 / 10)


def test_a_network_counts_its_cells_once_each():
    """784-128-10 with a bias row: 2 (785 128 + 129 10) junctions, as the netlists of its authors count them."""
    from imac_arch.studies.programming import programming

    rows = {r.architecture: r for r in programming(inputs(), ["imac", "mixed_signal", "digital"])}
    assert set(rows) == {"imac", "mixed_signal"}
    assert rows["mixed_signal"].synapse_cells == 203_540
    assert rows["mixed_signal"].energy.value == approx(203_540 * 1.001 * 350e-15)


def test_without_a_word_on_writing_nothing_is_made_up():
    from imac_arch.studies.programming import programming

    found = inputs(overrides={"components.synapse.programming": "null"})
    assert next(programming(found, ["mixed_signal"])).energy.value is None


def test_a_gated_cell_spares_the_word_line_its_current():
    gated, open_ = (
        run(tech="sram_cim", overrides={**BY_CURRENT, "components.synapse.gated": word}, archs=("imac",))["imac"]
        for word in ("true", "false")
    )
    assert gated.bill.facts["far_share"] == pytest.approx(1, abs=1e-15)
    assert np.all(gated.bill.facts["line_current"] == 0)
    assert float(np.ravel(open_.bill.facts["far_share"])[0]) < 0.5
    area = {name: first(sum(p.area for p in e.totals.lines if p.line.role == "row_driver"))
            for name, e in (("gated", gated), ("open", open_))}  # fmt: skip
    assert area["gated"] < area["open"]


def test_slices_multiply_columns_and_bits_and_add_their_sums_up():
    one, two = (
        run(tech="reram", overrides={"components.synapse.columns_per_weight": n}, archs=("mixed_signal",))[
            "mixed_signal"
        ]
        for n in ("1", "2")
    )
    assert two.bill.bits["weight"] == approx(2 * math.log2(7))
    adds = [
        sum(first(p.line.actions) for p in e.totals.lines if p.line.component == "shift-and-add") for e in (one, two)
    ]
    passes = sum(n * t * p for n, t, p in ((128, 7, 1), (10, 2, 4)))  # outputs, row tiles of 785 and 129 rows, phases
    assert adds[0] == passes - 138
    assert adds[1] == 2 * passes - 138


def test_larger_weights_and_inputs_ask_for_more_converter_bits():
    adc = technology().components["adc"]
    rows = np.asarray(8.0)
    assert [float(adc.required_bits(rows, k)) for k in (1, 4, 4 * 3)] == [4, 6, 8]


@pytest.mark.parametrize("name", ALL)
def test_each_technology_carries_a_network(name):
    found = run(tech=name, samples=20, archs=("imac", "mixed_signal"))
    for evaluation in found.values():
        for metric in ("power", "area", "latency", "energy"):
            values = evaluation.metrics[metric]
            assert np.all(np.isfinite(values))
            assert np.all(values > 0)
