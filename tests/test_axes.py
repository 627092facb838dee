"""What an axis does: every point of a grid is its design alone, whatever the axis lies over."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imac_arch.evaluate import evaluate, evaluate_grid
from imac_arch.inputs import laid_out
from tests.helpers import ALL, approx, inputs

CROSSBARS = ("imac", "mixed_signal")
COUNTS = ("subarrays", "utilization")


def number(evaluation, name, design, samples=1):
    """Metrics of one design of an evaluation or a surface."""
    values = evaluation.metrics[name]
    if values is None:
        return None
    return np.broadcast_to(values, (*evaluation.grid.shape, samples))[design]


def points_agree(given, axes, single, archs, samples=1, rel=1e-12):
    """Every point of a grid is held against its evaluation alone, given by ``single``."""
    surfaces = evaluate_grid(given, archs)
    for surface in surfaces:
        assert surface.grid.shape == tuple(len(values) for values in axes.values())
        assert [axis.path for axis in surface.grid.axes] == list(axes)
        assert surface.valid.shape == (*surface.grid.shape, samples)
    for design in np.ndindex(*(len(values) for values in axes.values())):
        point = {path: values[i] for (path, values), i in zip(axes.items(), design, strict=True)}
        for surface, alone in zip(surfaces, evaluate(single(point), archs), strict=True):
            assert np.array_equal(surface.valid[design], np.broadcast_to(alone.valid, samples)), point
            for name, expected in alone.metrics.items():
                values = number(surface, name, design, samples)
                if expected is None:
                    assert values is None or np.isnan(values).all(), (name, point)
                    continue
                wanted = np.broadcast_to(expected, samples)
                if name in COUNTS:
                    assert np.array_equal(values, wanted, equal_nan=True), (surface.architecture, name, point)
                else:
                    assert np.allclose(values, wanted, rtol=rel, atol=0, equal_nan=True), (name, point)


def test_an_axis_over_a_number_of_a_law_moves_what_rests_on_it():
    """Energy of the survey is 10^a0: a tenth more of a0 is 10^0.1 of each converter's dynamic energy."""
    laid = laid_out(inputs(), {"laws.adc_survey.a0": [-1.6127, -1.5127]})
    (found,) = evaluate(laid, ["mixed_signal"])
    line = next(part for part in found.totals.lines if part.line.role == "adc")
    energy = np.broadcast_to(line.energy.sum(axis=0), (2, 1))
    assert energy[1, 0] / energy[0, 0] == approx(10**0.1, rel=1e-12)
    alone = evaluate(inputs(), ["mixed_signal"])[0]
    assert number(found, "energy", (0,))[0] == alone.metrics["energy"].item()


def test_an_axis_over_a_number_of_the_board():
    """A compute-bound kernel is as fast as the peak; a small network does not care."""
    laid = laid_out(inputs("4000-4000-4000", batch=4096), {"board.peak": [5e14, 1e15]})
    (found,) = evaluate(laid, ["gpu"])
    kernels = next(part for part in found.totals.lines if part.line.component == "kernels")
    slow, fast = np.broadcast_to(kernels.latency.sum(axis=0), (2, 1))[:, 0]
    assert slow / fast == approx(2, rel=1e-12)
    assert slow == approx(2 * 2 * 4096 * 4000**2 / (5e14 * 0.3), rel=1e-12)


def test_an_axis_over_a_statistic_of_the_network(tmp_path):
    path = tmp_path / "n.yaml"
    path.write_text("layers: [100, 32, 10]\nhidden: {mean: 0.5, mean_square: 0.4}\n")
    file = tmp_path / "other.yaml"
    file.write_text("layers: [100, 32, 10]\nhidden: {mean: 0.5, mean_square: 0.3}\n")
    laid = laid_out(inputs(str(path)), {"network.hidden.mean_square": [0.4, 0.3]})
    for found, one, other in zip(
        evaluate(laid, CROSSBARS), *(evaluate(inputs(str(p)), CROSSBARS) for p in (path, file)), strict=True
    ):
        assert number(found, "energy", (0,))[0] == one.metrics["energy"].item()
        assert number(found, "energy", (1,))[0] == other.metrics["energy"].item()
    assert number(evaluate(laid, ["imac"])[0], "energy", (0,)) != number(evaluate(laid, ["imac"])[0], "energy", (1,))


@pytest.mark.parametrize(
    ("path", "values", "which", "bits"),
    [
        ("read.input_bits", [1, 4, 8], "input", [1, 4, 8]), ("read.neuron_bits", [2, 6], "activation", [2, 6]),
        ("components.synapse.columns_per_weight", [1, 2, 3], "weight", [1, 2, 3]),
    ],
)  # fmt: skip
def test_bits_of_a_bill_follow_an_axis(path, values, which, bits):
    (found,) = evaluate(laid_out(inputs(), {path: values}), ["mixed_signal"])
    got = np.broadcast_to(found.bill.bits[which], (len(values), 1))[:, 0]
    assert got.tolist() == bits
    for name, other in found.bill.bits.items():
        if name != which:
            assert np.unique(other).size == 1


def test_medians_keep_an_axis_laid_on_an_uncertain_number():
    """The load of an amplifier has a range: an axis replaces its draws, and both survive the way to the medians."""
    axes = {"components.amplifier.load": [2e-15, 5e-15, 9e-15], "components.readout.bits": [4, 6]}
    laid = laid_out(inputs(samples=25), axes)
    load = laid.technology.components["amplifier"].load
    assert load.x.shape == (3, 1, 1)
    medians = laid.at_medians()
    assert medians.samples == 0
    assert medians.technology.components["amplifier"].load.x.ravel().tolist() == axes["components.amplifier.load"]
    assert medians.technology.components["readout"].bits.x.shape == (2, 1)
    assert medians.technology.components["neuron"].load.x.shape == ()  # what was drawn keeps its median alone
    assert medians.laws.by_name["adc_survey"].residual_energy.x.shape == ()
    assert medians.board.idle_context.x.shape == ()
    for many, few in zip(evaluate(laid, ALL), evaluate(medians, ALL), strict=True):
        for name, values in many.metrics.items():
            if values is not None:
                wide = np.broadcast_to(values, (3, 2, 26))[..., 0]
                assert np.array_equal(wide, np.broadcast_to(few.metrics[name], (3, 2, 1))[..., 0]), name


def test_medians_reach_the_words_of_a_grid():
    given = inputs(samples=9, axes={"read.circuit": ["averaging", "virtual_ground"], "vdd": [0.7, 0.8]})
    medians = given.at_medians()
    assert {variant.samples for variant in medians.variants.values()} == {0}
    for many, few in zip(evaluate_grid(given, CROSSBARS), evaluate_grid(medians, CROSSBARS), strict=True):
        assert np.array_equal(many.metrics["energy"][..., :1], few.metrics["energy"])


def test_words_of_every_kind_are_each_their_own_evaluation():
    axes = {
        "read.circuit": ["averaging", "virtual_ground"], "subarray.rows": [32, 64],
        "components.adc.law": ["survey", "in_array"], "read.encoding": ["0/V", "-V/+V"],
        "technology": ["sot_mram", "reram"],
    }  # fmt: skip
    points_agree(
        inputs(axes=axes),
        axes,
        lambda point: inputs(
            tech=point["technology"],
            overrides={path: str(value) for path, value in point.items() if path != "technology"},
        ),
        CROSSBARS,
        rel=0,
    )


def test_words_of_a_request_board_and_timing():
    axes = {"board": ["h100", "v100"], "timing": ["settled", "declared"], "batch": [1, 64]}
    points_agree(
        inputs(axes=axes, gpu=None),
        axes,
        lambda point: inputs(gpu=point["board"], timing=point["timing"], batch=int(point["batch"])),
        ("imac", "gpu"),
        rel=0,
    )


def test_a_declared_cycle_is_counted_for_each_design():
    axes = {"components.mac.cols": [4, 16], "components.mac.rows": [8, 32]}
    declared = {"pass_cycle": "2 ns"}
    points_agree(
        inputs(axes=axes, overrides=declared, timing="declared"),
        axes,
        lambda point: inputs(overrides={**declared, **{k: str(v) for k, v in point.items()}}, timing="declared"),
        ("digital",),
    )


AXES = {
    "subarray.rows": st.integers(1, 300), "subarray.cols": st.integers(1, 300),
    "read.input_bits": st.integers(1, 8), "read.neuron_bits": st.integers(1, 6),
    "components.synapse.columns_per_weight": st.integers(1, 3),
    "components.amplifier.load": st.sampled_from([2e-15, 5e-15, 8e-15]),
    "components.mac.rows": st.integers(1, 64), "components.mac.cols": st.integers(1, 64),
    "components.digital_neuron.shared": st.integers(1, 16),
    "node": st.sampled_from([14e-9, 22e-9, 45e-9]), "vdd": st.sampled_from([0.7, 0.8]),
    "batch": st.sampled_from([1, 3, 1000]),
    "read.circuit": st.sampled_from(["averaging", "virtual_ground"]),
    "read.input_mode": st.sampled_from(["bit_serial", "dac"]),
    "read.bias_window": st.sampled_from(["sampled", "phase", "always"]),
    "components.adc.law": st.sampled_from(["survey", "accelergy", "in_array", "fixed"]),
}  # fmt: skip
WIDTHS = st.lists(st.integers(1, 400), min_size=2, max_size=4)
UNIT = {"node": " m", "vdd": " V", "components.amplifier.load": " F"}


@st.composite
def grids(draw):
    paths = draw(st.lists(st.sampled_from(sorted(AXES)), min_size=1, max_size=3, unique=True))
    return {path: draw(st.lists(AXES[path], min_size=1, max_size=2, unique=True)) for path in paths}


@settings(max_examples=40)
@given(grids(), WIDTHS, st.booleans())
def test_every_point_of_a_random_grid_is_its_design_alone(axes, widths, pipelined):
    net = "-".join(map(str, widths))

    def alone(point):
        batch = int(point.get("batch", 1))
        fields = {p: f"{v!r}{UNIT.get(p, '')}" if not isinstance(v, str) else v for p, v in point.items()}
        fields.pop("batch", None)
        return inputs(net, overrides=fields, batch=batch, pipelined=pipelined)

    points_agree(inputs(net, axes=axes, pipelined=pipelined), axes, alone, ALL)


@settings(max_examples=15)
@given(grids(), WIDTHS)
def test_the_order_of_axes_changes_nothing_but_the_order(axes, widths):
    net, paths = "-".join(map(str, widths)), list(axes)
    plain = evaluate_grid(inputs(net, axes=axes, samples=3), ALL)
    for order in itertools.permutations(range(len(paths))):
        turned = evaluate_grid(inputs(net, axes={paths[i]: axes[paths[i]] for i in order}, samples=3), ALL)
        for here, there in zip(plain, turned, strict=True):
            assert [axis.path for axis in there.grid.axes] == [paths[i] for i in order]
            assert np.array_equal(here.valid.transpose(*order, len(order)), there.valid)
            for name, values in here.metrics.items():
                if values is not None:
                    moved = values.transpose(*order, len(order))
                    assert np.array_equal(moved, there.metrics[name], equal_nan=True), name
