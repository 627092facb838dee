"""Design axes: the grid knows them, every axis is the field set by its path, and no design is taken for another."""

import numpy as np
import pytest

from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.data.quantity import Quantity
from imac_arch.evaluate import evaluate, evaluate_grid
from imac_arch.grid import Axis, Grid
from imac_arch.inputs import laid_out
from tests.helpers import approx, inputs
from tests.test_axes import number

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
        ([0.7, 0.8], r"^axes.*write \{'subarray\.rows': \[64, 128\]\}"),
        ({"vdd": 0.7}, r"^axes\['vdd'\].*write a list of numbers in SI units"),
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
