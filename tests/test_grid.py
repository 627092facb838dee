"""Design axes: the grid knows them, every axis is the field set by its path, and no design is taken for another."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.quantity import Quantity
from imac_arch.evaluate import evaluate, evaluate_grid
from imac_arch.grid import Axis, Grid
from imac_arch.inputs import laid_out
from tests.helpers import ALL, approx, inputs

CROSSBARS = ("imac", "mixed_signal")
COUNTS = ("subarrays", "utilization")


# ---- the grid itself ----


def test_shape_points_and_arrays_of_a_grid():
    grid = Grid.of({"subarray.rows": [16, 32, 64], "read.circuit": ["averaging", "virtual_ground"], "vdd": [0.7, 0.8]})
    assert (grid.shape, grid.ndim) == ((3, 2, 2), 3)
    assert (grid.numbers.shape, grid.words.shape) == ((3, 2), (2,))
    assert [axis.path for axis in grid.numbers.axes] == ["subarray.rows", "vdd"]
    assert [axis.path for axis in grid.words.axes] == ["read.circuit"]
    points = list(grid.points())
    assert len(points) == 12
    assert points[1] == {"subarray.rows": 16, "read.circuit": "averaging", "vdd": 0.8}
    assert points[-1] == {"subarray.rows": 64, "read.circuit": "virtual_ground", "vdd": 0.8}
    assert grid.along("subarray.rows").shape == (3, 1, 1, 1)
    assert grid.along("vdd").shape == (2, 1)
    assert grid.along("vdd").ravel().tolist() == [0.7, 0.8]
    assert grid.along("subarray.rows").dtype == float
    assert grid.by_layer([5, 6]).shape == (2, 1, 1, 1, 1)
    assert grid.by_layer([5, 6]).ravel().tolist() == [5, 6]
    assert grid.by_layer([5, 6]).dtype == float
    empty = Grid()
    assert (empty.shape, empty.ndim, list(empty.points())) == ((), 0, [{}])
    assert empty.by_layer([5, 6]).shape == (2, 1)


def test_an_array_gets_a_layer_axis_where_it_has_none():
    grid = Grid.of({"vdd": [0.7, 0.8]})
    assert grid.layered(np.zeros((2, 5))).shape == (1, 2, 5)
    assert grid.layered(np.zeros(())).shape == (1, 1, 1)
    whole = np.zeros((3, 2, 5))
    assert grid.layered(whole) is whole


def test_one_number_at_the_medians():
    grid = Grid.of({"vdd": [0.7, 0.8], "node": [14e-9, 22e-9, 32e-9]})
    values = np.arange(2 * 3 * 4, dtype=float).reshape(2, 3, 4)
    assert grid.at_median(values, design=(1, 2)) == 20.0  # sample 0 of the last design
    layers = np.arange(5 * 2 * 3 * 4, dtype=float).reshape(5, 2, 3, 4)
    assert grid.at_median(layers, 4, (1, 0)) == 4 * 24 + 12
    assert grid.at_median(np.full((1, 3, 1), 7.0), design=(1, 2)) == 7.0  # what an axis does not change broadcasts
    assert grid.at_median(np.array([[[1.0]], [[2.0]]]), 1, (1, 2)) is not None
    assert grid.at_median(np.asarray(3.0), design=(0, 0)) == 3.0
    assert grid.at_median(None, design=(0, 0)) is None
    assert grid.at_median(np.asarray(np.nan), design=(0, 0)) is None
    assert grid.at_median(np.asarray(np.inf), design=(0, 0)) is None
    assert Grid().at_median(np.array([5.0, 9.0])) == 5.0
    assert Grid().at_median(np.array([[5.0, 9.0], [6.0, 8.0]]), 1) == 6.0


def test_designs_are_never_added_up():
    """An array of several designs is no number until one of them is named."""
    grid = Grid.of({"vdd": [0.7, 0.8]})
    values = np.array([[1.0], [2.0]])
    with pytest.raises(ValueError, match=r"a grid of shape \(2,\) needs an index for each axis, not \(\)"):
        grid.at_median(values)
    with pytest.raises(ValueError, match="needs an index for each axis"):
        grid.at_median(values, design=(0, 0))
    with pytest.raises(ValueError, match=r"shape \(2, 1\) has more axes than 1"):
        Grid().at_median(values)  # an array with an axis that the grid does not have
    with pytest.raises(ValueError, match=r"shape \(1, 2, 1\) has more axes than 2"):
        Grid().at_median(values[None], 0)


@pytest.mark.parametrize(
    ("axes", "says"),
    [
        ({"vdd": []}, "axis 'vdd' has no value; an axis has values of one kind, numbers or words"),
        ({"vdd": [0.7, "0.8 V"]}, "axis 'vdd' has numbers and words"),
        ({"vdd": [0.7, float("nan")]}, "its numbers must be finite"),
        ({"vdd": [float("inf")]}, "its numbers must be finite"),
    ],
)
def test_wrong_axes(axes, says):
    with pytest.raises(UsageError, match=says):
        Grid.of(axes)


def test_an_axis_twice_is_refused():
    with pytest.raises(UsageError, match="two axes vary vdd; an axis has a field of its own"):
        Grid((Axis("vdd", (0.7,)), Axis("node", (14e-9,)), Axis("vdd", (0.8,))))
    with pytest.raises(UsageError, match=r"^two axes vary node, vdd; an axis has a field of its own$"):
        Grid((*(Axis("vdd", (v,)) for v in (0.7, 0.8, 0.9)), *(Axis("node", (n,)) for n in (1e-8, 2e-8))))


@pytest.mark.parametrize(
    ("axes", "error", "says"),
    [
        ({"subaray.rows": [1, 2]}, UnknownName, r"^unknown number 'subaray\.rows'; did you mean 'subarray\.rows'"),
        ({"laws.adc_survey.a00": [1]}, UnknownName, r"did you mean 'laws\.adc_survey\.a0'"),
        ({"bord.peak": [1e12]}, UnknownName, r"did you mean 'board\.peak'"),
        ({"batsh": [2]}, UnknownName, "did you mean 'batch'"),
        ({"subarray.rows": [32, 0]}, UsageError, r"axis 'subarray\.rows': 0 is not allowed; it must be 1 or more"),
        ({"subarray.rows": [32, 32.5]}, UsageError, r"axis 'subarray\.rows': 32\.5 is not allowed; .* an integer"),
        ({"components.row_driver.loss": [0.05, 1.5]}, UsageError, r"1\.5 is not allowed; it must be 1 or less"),
        ({"components.row_driver.loss": [0]}, UsageError, r"0 is not allowed; it must be greater than 0"),
        ({"vdd": [0.8, 0]}, UsageError, r"axis 'vdd': 0 is not allowed; it must be greater than 0"),
        ({"components.amplifier.area": [-1e-12]}, UsageError, r"-1e-12 is not allowed; it must be 0 or more"),
        ({"batch": [1, 0]}, UsageError, r"axis 'batch': 0 is not allowed; it must be 1 or more"),
        ({"batch": [1.5]}, UsageError, r"axis 'batch': 1\.5 is not allowed; it must be an integer"),
        ({"read.circuit": ["averaging"]}, UsageError, r"axis 'read\.circuit' holds words"),
    ],
)
def test_axes_that_no_field_takes(axes, error, says):
    with pytest.raises(error, match=says):
        laid_out(inputs(), axes)


def test_an_axis_reaches_beyond_the_range_of_an_uncertain_number():
    """The range says where it lies, not where it may lie: half of its low end and below are values like any other."""
    value = 100.0
    own = {"components.neuron.on_current": "{value: 950 uA/um, range: [595 uA/um, 1500 uA/um]}"}
    laid = laid_out(inputs(overrides=own), {"components.neuron.on_current": [value]})
    alone = inputs(overrides={"components.neuron.on_current": f"{value!r} A/m"})
    (many,), (one,) = (evaluate(given, ["imac"]) for given in (laid, alone))
    assert many.metrics["latency"].item() == one.metrics["latency"].item()


def test_axes_are_laid_out_once():
    with pytest.raises(UsageError, match=r"^these inputs have design axes already; lay out all axes at once$"):
        laid_out(laid_out(inputs(), {"vdd": [0.7, 0.8]}), {"node": [14e-9]})


@pytest.mark.parametrize("pipelined", [False, True])
def test_architectures_are_given_what_was_asked_for(pipelined):
    given = laid_out(inputs("16-8", pipelined=pipelined), {"batch": [2, 3]})
    case = given.case()
    assert case.pipelined is pipelined
    assert (case.network, case.technology, case.laws) == (given.network, given.technology, given.laws)
    assert (case.board, case.grid) == (given.board, given.grid)
    assert case.batch.ravel().tolist() == [2, 3]


def test_medians_of_drawn_numbers_stand_first_in_each_design():
    given = inputs(samples=2)
    load = given.technology.components["amplifier"].load
    drawn = given.with_component("amplifier", load=load.at(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])))
    assert drawn.at_medians().technology.components["amplifier"].load.x.tolist() == [[1.0], [4.0]]
    one = given.with_component("amplifier", load=load.at(np.array([[1.0], [4.0]])))
    assert one.at_medians().technology.components["amplifier"].load.x.tolist() == [[1.0], [4.0]]
    assert drawn.at_medians().samples == 0
    assert drawn.at_medians().board.peak.x.ndim == 0


def test_a_number_that_no_file_declared_takes_any_value():
    bare = inputs().with_component("amplifier", load=Quantity(5e-15, "F", path="components.amplifier.load"))
    laid = laid_out(bare, {"components.amplifier.load": [-1.0, 0.0]})
    assert laid.technology.components["amplifier"].load.x.ravel().tolist() == [-1.0, 0.0]


def test_words_need_the_grid_of_a_request():
    worded = inputs(axes={"read.circuit": ["averaging", "virtual_ground"]})
    with pytest.raises(UsageError, match=r"^read\.circuit: words make designs .* use evaluate_grid$"):
        evaluate(worded, ["imac"])
    twice = {"read.circuit": ["averaging", "virtual_ground"], "read.input_mode": ["bit_serial", "dac"]}
    with pytest.raises(UsageError, match=r"^read\.circuit, read\.input_mode: words make designs"):
        evaluate(inputs(axes=twice), ["imac"])


# ---- what an axis does ----


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


# ---- designs that cannot be ----


def test_converter_bits_outside_their_law_are_refused_and_leave_their_neighbours_alone():
    """The survey holds for 4 to 10 bits and 3 to 10 effective ones, half a bit less; fewer bits are comparators."""
    bits = [2, 3, 4, 8, 10, 11]
    laid = laid_out(inputs(overrides={"components.adc.bits": "8"}, samples=4), {"components.adc.bits": bits})
    (found,) = evaluate(laid, ["mixed_signal"])
    valid = np.broadcast_to(found.valid, (6, 5))
    assert valid[:, 0].tolist() == [True, True, True, True, True, False]
    reasons = {(name, check.quantity, check.source) for name, check in found.refusals if np.any(check.outside)}
    assert ("ADC", "bits", "adc_survey") in reasons
    assert ("ADC", "enob", "adc_survey") in reasons
    for i, own in enumerate(bits):
        alone = evaluate(inputs(overrides={"components.adc.bits": str(own)}, samples=4), ["mixed_signal"])[0]
        for name, values in alone.metrics.items():
            assert np.array_equal(number(found, name, (i,), 5), np.broadcast_to(values, 5)), (own, name)
    imac = evaluate(laid, ["imac"])[0]
    assert imac.valid.all()  # a converter is none of its business


def test_tiles_that_do_not_fit_are_refused_and_leave_their_neighbours_alone():
    given = inputs("784-128-10", tiles="16x8,8x1")
    (found,) = evaluate(laid_out(given, {"subarray.rows": [32, 49, 50, 128]}), ["imac"])
    assert np.broadcast_to(found.valid, (4, 1))[:, 0].tolist() == [False, False, True, True]  # 785 rows on 16 tiles
    refused = [(name, check.quantity, check.code) for name, check in found.refusals if np.any(check.outside)]
    assert refused == [("mapping", "row tiles", "infeasible")]
    for i, rows in ((2, 50), (3, 128)):
        alone = evaluate(inputs("784-128-10", tiles="16x8,8x1", overrides={"subarray.rows": str(rows)}), ["imac"])[0]
        for name, values in alone.metrics.items():
            assert number(found, name, (i,))[0] == values.item(), (rows, name)


def test_more_bits_than_lines_settle_to_are_refused():
    laid = laid_out(inputs(), {"read.neuron_bits": [1, 6, 7]})
    (found,) = evaluate(laid, ["imac"])
    assert np.broadcast_to(found.valid, (3, 1))[:, 0].tolist() == [True, True, False]
    assert [c.quantity for _, c in found.refusals if np.any(c.outside)] == ["bits of an analog neuron"]


def test_a_surface_says_where_its_designs_are_valid():
    axes = {"components.adc.law": ["accelergy", "in_array"], "components.adc.bits": [4, 8]}
    given = inputs(overrides={"components.adc.bits": "8"}, axes=axes)
    (surface,) = evaluate_grid(given, ["mixed_signal"])
    assert surface.valid[..., 0].tolist() == [[False, True], [True, True]]  # the in-array law starts at one bit
    assert list(surface.parts) == [("accelergy",), ("in_array",)]
    assert surface.valid.dtype == bool


def test_an_axis_over_a_table_of_a_law_moves_what_rests_on_it():
    """Twice the on-current at 14 nm: drivers, and so their area, of half the width."""
    laid = laid_out(inputs(overrides={"components.row_driver.min_width": "1 nm"}), {
        "laws.transistors.table.6.on_current": [595.045, 1190.09]})  # fmt: skip
    (found,) = evaluate(laid, ["imac"])
    line = next(part for part in found.totals.lines if part.line.role == "row_driver")
    area = np.broadcast_to(line.area.sum(axis=0), (2, 1))[:, 0]
    assert area[0] == approx(2 * area[1], rel=1e-12)


def test_a_bound_of_a_field_may_be_taken():
    laid = laid_out(inputs(), {"components.row_driver.loss": [0.5, 1.0], "subarray.rows": [1, 2]})
    assert laid.grid.shape == (2, 2)


def test_drawn_statistics_of_a_network_go_back_to_their_medians(tmp_path):
    path = tmp_path / "n.yaml"
    statistics = "hidden: {mean: 0.5, mean_square: {value: 0.4, range: [0.3, 0.5], dist: uniform}}"
    path.write_text(f"layers: [20, 5]\n{statistics}\n")
    for samples in (1, 2, 7):
        given = inputs(str(path), samples=samples, gpu=None)
        assert given.network.hidden.mean_square.x.shape == (samples + 1,)
        medians = given.at_medians()
        assert medians.network.hidden.mean_square.x.tolist() == 0.4
        assert medians.technology.components["amplifier"].load.x.tolist() == 5e-15
        assert medians.board is None
        assert medians.grid == given.grid


def test_a_surface_bears_the_name_of_its_architecture():
    given = inputs(axes={"read.circuit": ["averaging", "virtual_ground"]})
    surfaces = evaluate_grid(given, ["digital", "imac"])
    assert [surface.architecture for surface in surfaces] == ["digital", "imac"]
    assert surfaces[0].metrics["subarrays"] is None
    assert surfaces[1].parts[("averaging",)].architecture == "imac"
    assert surfaces[1].parts[("averaging",)].technology == "sot_mram"


def test_unknown_architectures_and_cycles_that_are_not_declared():
    with pytest.raises(UnknownName, match=r"^unknown architecture 'imca'; did you mean 'imac'"):
        evaluate(inputs(), ["imca"])
    with pytest.raises(UsageError, match=r"technology 'sot_mram' declares no cycle; add 'cycle: 1 ns' or use"):
        evaluate(inputs(overrides={"cycle": None}, timing="declared"), ["imac"])
    with pytest.raises(UsageError, match=r"applies to none of: mixed_signal, digital; use --timing"):
        evaluate(inputs(timing="declared"), ["mixed_signal", "digital"])
    declared, settled = (evaluate(inputs(timing=t), ["imac"])[0] for t in ("declared", "settled"))
    assert declared.metrics is declared.declared
    assert declared.totals.interval.item() == 1e-9
    assert settled.metrics is settled.settled
    assert settled.totals.interval.item() > 1e-9


def test_words_and_switches_of_a_component_can_be_changed():
    given = inputs()
    changed = given.with_component("adc", law="in_array")
    assert changed.technology.components["adc"].law == "in_array"
    assert given.technology.components["adc"].law == "survey"
    assert changed.technology.components["dac"] is given.technology.components["dac"]
    alone = evaluate(inputs(overrides={"components.adc.law": "in_array"}), ["mixed_signal"])[0]
    assert evaluate(changed, ["mixed_signal"])[0].metrics["energy"].item() == alone.metrics["energy"].item()


@pytest.mark.parametrize("path", ["read.circuit", "components.adc.law", "cycle.value"])
def test_a_field_without_a_number_says_so(path):
    with pytest.raises(UsageError, match=r"axis '[a-z.]+' holds words in this technology|unknown number"):
        laid_out(inputs(), {path: [1e6, 1e7]})


LEFT_OUT = {
    "components.adc.rate": ([1e8, 1e9], "Hz"), "components.adc.bits": ([2, 6, 8], ""),
    "components.adc.columns_per_adc": ([4, 8, 16], ""), "components.synapse.v_half": ([0.5, 1.0], "V"),
}  # fmt: skip


@pytest.mark.parametrize("path", LEFT_OUT)
@pytest.mark.parametrize("samples", [0, 7])
def test_an_axis_gives_a_number_to_a_field_that_is_left_out_or_holds_a_word(path, samples):
    values, unit = LEFT_OUT[path]
    found = evaluate(laid_out(inputs(samples=samples), {path: values}), ["imac", "mixed_signal"])
    for i, value in enumerate(values):
        alone = evaluate(inputs(samples=samples, overrides={path: f"{value:g} {unit}"}), ["imac", "mixed_signal"])
        for here, there in zip(found, alone, strict=True):
            for name, expected in there.metrics.items():
                assert np.array_equal(number(here, name, (i,), samples + 1), np.broadcast_to(expected, samples + 1))
    assert path in found[0].readings + found[1].readings


def test_an_axis_of_a_field_that_is_left_out_takes_what_the_field_takes():
    with pytest.raises(UsageError, match=r"'components.adc.columns_per_adc': 0.5 is not allowed; it must be 1 or more"):
        laid_out(inputs(), {"components.adc.columns_per_adc": [0.5, 1]})


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"samples": 1.5}, "1.5 samples are not allowed"), ({"samples": True}, "True samples are not allowed"),
        ({"seed": 0.5}, "seed 0.5 is not allowed"), ({"batch": True}, "batch True is not allowed"),
        ({"pipelined": "yes"}, "pipelined 'yes' is not allowed"),
    ],
)  # fmt: skip
def test_requests_that_mean_nothing_are_refused(options, says):
    with pytest.raises(UsageError, match=says):
        inputs("16-8-4", **options)
