"""A recorded evaluation is the evaluation, to the last bit, however it is cut into blocks."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from imac_arch.checks import checks, severity
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out, listed
from imac_arch.program.ranges import Range, decided, range_of
from imac_arch.program.recorded import REFUSED, record
from imac_arch.program.replay import Program
from imac_arch.program.single import Single
from imac_arch.program.symbols import Symbols
from imac_arch.program.tape import Tape
from tests.helpers import ALL, inputs

AXES = {
    "subarray.rows": [16.0, 32, 64, 200], "components.synapse.ra": [5e-12, 5e-11, 5e-8],
    "read.voltage": [0.1, 0.2, 0.5],
}  # fmt: skip
CASES = [
    ({}, AXES),
    ({}, {"vdd": [0.7, 0.8], "components.amplifier.settle_time": [1e-9, 2e-9], "batch": [1.0, 7, 4096]}),
    ({"tech": "reram"}, {"subarray.cols": [16.0, 128], "components.adc.bits": [2.0, 5, 8], "node": [14e-9, 22e-9]}),
    ({"tech": "sram_cim"}, {"subarray.cols": [16.0, 128], "read.settle_bits": [4.0, 6.5]}),
    (
        {"tech": "sot_mram_pillars"},
        {"components.synapse.conductance.3": [4e-5, 5e-5], "components.wire.width": [2e-8, 5e-8]},
    ),
    ({"pipelined": True, "net": "400-120-84-10"}, {"subarray.rows": [16.0, 64], "batch": [1.0, 3]}),
    ({"timing": "declared"}, {"cycle": [1e-9, 1e-6], "read.voltage": [0.1, 0.5]}),
    ({"tiles": "26x5,5x1"}, {"subarray.rows": [8.0, 32, 64]}),
    ({"overrides": {"components.adc.law": "accelergy"}}, {"components.adc.bits": [1.0, 3, 12], "node": [7e-9, 4.5e-8]}),
    ({"overrides": {"components.adc.law": "in_array"}}, {"components.adc.bits": [2.0, 5], "subarray.rows": [16.0, 64]}),
    ({"overrides": {"read.circuit": "virtual_ground", "read.encoding": "-V/+V"}}, {"read.voltage": [0.05, 0.3, 0.8]}),
    ({}, {"components.neuron.fins": [5.0, 10], "components.neuron.ra": [1e-11, 2e-11]}),
    ({}, {"board.tdp": [300.0, 700.0], "laws.inputs.hidden.mean": [0.45, 0.5]}),
]  # fmt: skip


def recorded(base, axes, archs=ALL, together=False):
    return record(base, archs, {p: (0 if together else k, v) for k, (p, v) in enumerate(axes.items())})


def arrays(axes):
    return {path: np.array(values, dtype=float) for path, values in axes.items()}


def same(results, laid, archs=ALL):
    """Hold results against one evaluation of all designs at once."""
    case = laid.case()
    for evaluation in evaluate(laid, archs):
        name, shown = evaluation.architecture, evaluation.masked()
        verdict = np.where(evaluation.valid, severity(checks(evaluation, case), laid.grid), REFUSED)
        margins = {}  # the least of a code, where several checks bear it
        for check in checks(evaluation, case):
            least = np.where(evaluation.valid, np.min(laid.grid.layered(check.margin), axis=0), np.nan)
            key = f"margin_{check.code}"
            margins[key] = np.minimum(margins.get(key, np.inf), least)
        for key, value in {**shown.metrics, **margins, "verdict": verdict}.items():
            if value is not None:
                expected = np.broadcast_to(value, (*laid.grid.shape, 1))[..., 0]
                got = np.broadcast_to(results[f"{name}.{key}"], laid.grid.shape)
                assert np.array_equal(got, expected, equal_nan=True), (name, key)
        refused = np.broadcast_to(results[f"{name}.reason"], laid.grid.shape) > 0
        assert np.array_equal(~refused, np.broadcast_to(evaluation.valid, (*laid.grid.shape, 1))[..., 0]), name


@pytest.mark.parametrize(("options", "axes"), CASES, ids=str)
def test_a_program_is_the_evaluation_to_the_last_bit(options, axes):
    base = inputs(**{"gpu": "h100", **options})
    with np.errstate(all="ignore"):
        same(recorded(base, axes).program(arrays(axes)), laid_out(base, axes))


DESIGNS = st.lists(
    st.tuples(st.integers(1, 600), st.integers(1, 600), st.integers(1, 10), st.floats(1e-12, 1e-7),
              st.floats(0.01, 1.0)), min_size=1, max_size=40,
)  # fmt: skip
RANDOM = ("subarray.rows", "subarray.cols", "components.adc.bits", "components.synapse.ra", "read.voltage")
KEPT = {}


@settings(max_examples=25)
@given(DESIGNS)
def test_random_designs_are_the_evaluation_to_the_last_bit(designs):
    columns = {path: [float(row[k]) for row in designs] for k, path in enumerate(RANDOM)}
    base = KEPT.setdefault("inputs", inputs(overrides={"components.adc.bits": "5"}))
    ends = dict(zip(RANDOM, ([1.0, 600.0], [1.0, 600.0], [1.0, 10.0], [1e-12, 1e-7], [0.01, 1.0]), strict=True))
    if "recorded" not in KEPT:
        KEPT["recorded"] = recorded(base, ends, together=True)
    with np.errstate(all="ignore"):
        laid = listed(base, columns)
        case = laid.case()
        results = KEPT["recorded"].program(arrays(columns))
        for evaluation in evaluate(laid, ALL):
            for key, value in evaluation.metrics.items():
                if value is not None:
                    expected = np.broadcast_to(value, (len(designs), 1))[:, 0]
                    got = np.broadcast_to(results[f"{evaluation.architecture}.{key}"], len(designs))
                    known = ~np.isnan(got)  # a number far beyond what is usual is refused here alone
                    assert np.array_equal(got[known], expected[known]), (evaluation.architecture, key)
            grades = np.broadcast_to(severity(checks(evaluation, case), laid.grid), (len(designs), 1))[:, 0]
            got = np.broadcast_to(results[f"{evaluation.architecture}.verdict"], len(designs))
            assert np.array_equal(got[got < REFUSED], grades[got < REFUSED]), evaluation.architecture


@pytest.mark.parametrize("block", [1, 2, 3, 5, 7, 9, 12, 36, 1000])
def test_blocks_of_any_size_give_the_same(block):
    made = recorded(inputs(), AXES).program
    whole, shape = made(arrays(AXES)), (4, 3, 3)
    seen = np.zeros(shape, dtype=int)
    for places, results in made.blocks(arrays(AXES), block):
        assert np.prod([place.stop - place.start for place in places]) <= block
        seen[places] += 1
        for name, values in results.items():
            expected = np.broadcast_to(whole[name], shape)[places]
            assert np.array_equal(np.broadcast_to(values, expected.shape), expected, equal_nan=True), name
    assert np.all(seen == 1)


def test_blocks_follow_one_another_with_the_last_axis_first():
    made = recorded(inputs(), AXES, ["imac"]).program
    numbers, before = np.arange(36).reshape(4, 3, 3), -1
    for places, _ in made.blocks(arrays(AXES), 5):
        rows = numbers[places].ravel().tolist()
        assert rows == list(range(before + 1, before + 1 + len(rows)))
        before = rows[-1]
    assert before == 35


def test_one_design_at_a_time_is_the_same():
    axes = {"subarray.rows": [16.0, 32, 200], "vdd": [0.7, 0.8], "read.voltage": [0.1, 0.9]}
    made = recorded(inputs(gpu="h100"), axes).program
    whole, single, shape = made(arrays(axes)), Single(made), (3, 2, 2)
    for at in np.ndindex(shape):
        for name, value in single({path: own[k] for (path, own), k in zip(axes.items(), at, strict=True)}).items():
            expected = np.broadcast_to(whole[name], shape)[at]
            assert np.array_equal(value, expected, equal_nan=True), name
    with pytest.raises(ValueError, match=r"vdd is beyond 0\.7 \.\. 0\.8"):
        single({"subarray.rows": 16.0, "vdd": 0.9, "read.voltage": 0.1})


@pytest.mark.parametrize("axes", [{}, {"subarray.rows": [16.0, 64, 200], "components.synapse.ra": [5e-12, 5e-10]}])
def test_samples_are_one_more_axis(axes):
    drawn = inputs(tech="sot_mram", gpu="h100", samples=20)
    made = recorded(drawn, axes)
    results = made.program({**arrays(axes), **made.drawn})
    with np.errstate(all="ignore"):
        for evaluation in evaluate(laid_out(drawn, axes) if axes else drawn, ALL):
            for key, value in evaluation.masked().metrics.items():
                if value is not None:
                    shape = (*(len(values) for values in axes.values()), 21)
                    got = np.broadcast_to(results[f"{evaluation.architecture}.{key}"], shape)
                    assert np.array_equal(got, np.broadcast_to(value, shape), equal_nan=True), key
    assert len(made.drawn) > 50


def test_reasons_say_why_a_design_cannot_be():
    base = inputs(tiles="26x5,5x1")
    made = recorded(base, {"subarray.rows": [8.0, 32]}, ["imac"])
    results = made.program({"subarray.rows": np.array([8.0, 32])})
    first, second = results["imac.reason"].astype(int)
    assert second == 0
    assert made.reasons["imac"][first - 1] == "row tiles of mapping: beyond tiles"
    assert results["imac.verdict"][0] == REFUSED
    assert np.isnan(results["imac.area"][0])


def test_the_first_refusal_is_the_reason():
    axes = {"subarray.rows": [8.0, 32], "components.adc.bits": [5.0, 16]}
    made = recorded(inputs(tiles="26x5,5x1", overrides={"components.adc.bits": "5"}), axes, ["mixed_signal"])
    codes = made.program(arrays(axes))["mixed_signal.reason"].astype(int)
    tiles, bits = "row tiles of mapping: beyond tiles", "enob of ADC: beyond adc_survey"
    assert [("", *made.reasons["mixed_signal"])[code] for code in codes.ravel()] == [tiles, tiles, "", bits]


def test_numbers_beyond_those_that_were_recorded_are_refused():
    made = recorded(inputs(), {"subarray.rows": [16.0, 64]}, ["imac"]).program
    for beyond in ([8.0, 16], [16.0, 65], [16.0, np.nan]):
        with pytest.raises(ValueError, match=r"subarray\.rows is beyond 16 \.\. 64"):
            made({"subarray.rows": np.array(beyond)})


def test_tiles_that_cannot_be_are_no_part_of_a_program():
    """Ten outputs fit into one tile of any of these sizes; what only wider ones would need is left out."""
    free = ({"subarray.cols": [least, 128.0], "read.voltage": [0.1, 0.2]} for least in (10.0, 4.0))
    few, more = (len(recorded(inputs(), each, ["imac"]).program.operations) for each in free)
    assert few < more


def test_what_cannot_be_recorded_is_refused():
    with pytest.raises(UnknownName, match=r"did you mean 'subarray\.rows'"):
        recorded(inputs(), {"subaray.rows": [1.0, 2.0]})
    with pytest.raises(UsageError, match="0 is not allowed; it must be 1 or more"):
        recorded(inputs(), {"subarray.rows": [0.0, 2.0]})


# ---- the tape and its symbols ----


def test_a_tape_holds_each_operation_once_and_none_of_constants():
    tape = Tape()
    a, b = tape.free("a", 0), tape.free("b", 1)
    assert tape.apply(np.add, 1.0, 2) == 3.0
    assert tape.apply(np.add, a, b) is tape.apply(np.add, b, a)
    assert tape.apply(np.subtract, a, b) is not tape.apply(np.subtract, b, a)
    assert tape.apply(np.multiply, a, 1) is a
    assert tape.apply(np.add, a, 0.0) is not a  # which makes 0 of -0
    assert tape.apply(np.multiply, a, 0.0) is not a
    assert tape.apply(np.logical_and, tape.apply(np.less, a, b), False) is False
    assert tape.select(True, a, b) is a
    assert tape.apply(np.add, a, b).axes == 3
    assert tape.apply(np.maximum, 0.0, a) is not tape.apply(np.maximum, -0.0, a)
    count = len(tape.operations)
    tape.apply(np.add, a, b)
    assert len(tape.operations) == count


def test_zeros_of_both_signs_stay_apart_as_constants():
    tape = Tape()
    a = tape.free("a", 0)
    made = Program(tape, {name: tape.apply(np.maximum, a, own) for name, own in (("minus", -0.0), ("plus", 0.0))})
    found = made({"a": np.array([-1.0, -2.0, -3.0])})
    assert np.signbit(found["minus"]).all()
    assert not np.signbit(found["plus"]).any()


def test_what_is_known_of_two_numbers_where_one_is_not_less():
    tape = Tape()
    a, b = tape.free("a", 0, 5.0, 10.0), tape.free("b", 1, 0.0, 20.0)
    least = tape.select(tape.apply(np.less, a, b), a, b)
    assert least.range[:2] == (0.0, 10.0)


def test_what_may_be_no_number_is_not_left_out():
    tape = Tape()
    a = tape.free("a", 0, 0.0, 1.0)
    assert np.isnan(Program(tape, {"q": tape.apply(np.divide, 0.0, a)})({"a": np.zeros(1)})["q"]).all()
    below, above = Range(-np.inf, 0.0), Range(0.0, np.inf)
    for ends in ((below, above), (above, below)):
        assert range_of(np.add, ends, False).undefined
    assert not range_of(np.add, (below, below), False).undefined


CURVES = (np.exp, np.exp2, np.expm1, np.tanh, np.sqrt, np.absolute, np.negative, np.square, np.ceil, np.floor, np.log,
          np.log2, np.log1p, np.reciprocal, np.arcsin, np.sin, np.positive)  # fmt: skip
PAIRS = (np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.power)
VALUES = st.floats() | st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 3.0, 1e-320, 1e200, np.inf]) | st.integers(-9, 9)

SOME = st.lists(VALUES, min_size=1, max_size=4)


@settings(max_examples=400)
@given(st.sampled_from(CURVES + PAIRS), SOME, SOME, st.booleans())
def test_what_a_function_gives_lies_in_its_range(function, first, second, same):
    given_ = [np.array(each, dtype=float) for each in ((first, second) if function in PAIRS else (first,))]
    if same and len(given_) > 1:
        given_[1] = given_[0]
    ranges = tuple(
        Range(
            float(np.nanmin(own, initial=np.inf)), float(np.nanmax(own, initial=-np.inf)), bool(np.isnan(own).any()),
            bool(np.any((own == 0) & np.signbit(own))), bool(np.all(own == np.floor(own))),
        )
        for own in given_
    )  # fmt: skip
    assume(all(own.low <= own.high for own in ranges))
    with np.errstate(all="ignore"):
        found = (function(*given_) if same else function(*np.meshgrid(*given_))).ravel()
    own = range_of(function, ranges, same)
    real = found[~np.isnan(found)]
    assert own.undefined or len(real) == len(found)
    assert np.all((real >= own.low) & (real <= own.high))
    assert own.negative_zero or not np.any((real == 0) & np.signbit(real))
    assert not own.whole or np.all(real == np.floor(real))
    if function in PAIRS[:2]:
        for compared in (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal):
            told = decided(compared, *ranges)
            assert told is None or np.all(compared(*(given_ if same else np.meshgrid(*given_))) == told)


UNARY = (np.exp, np.log1p, np.sqrt, np.abs, np.negative, np.floor, np.ceil, np.tanh, np.square, np.cbrt)
BINARY = (np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.power)
NUMBERS = st.lists(st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 3.7, 1e-30, 1e300, np.inf, np.nan]), min_size=3,
                   max_size=3)  # fmt: skip
STEPS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=25)


FINITE = st.lists(st.sampled_from([0.0, 1.0, -1.0, 0.5, 3.7, -2.0, 17.0, 1e-30, 1e300]), min_size=3, max_size=3)


@settings(max_examples=200)
@given(STEPS, NUMBERS | FINITE, NUMBERS | FINITE, st.booleans())
def test_any_straight_line_is_what_numpy_makes_of_it(steps, first, second, ranged):
    """Also of infinite numbers and of none, of the sign of zero, and where it is known between what numbers lie."""

    def line(a, b):
        known = [a, b, 1.0, 0.0, 2.0]
        for what, i, j in steps:
            x, y = known[i % len(known)], known[j % len(known)]
            if what < len(UNARY):
                known.append(UNARY[what](x))
            elif what < len(UNARY) + len(BINARY):
                known.append(BINARY[what - len(UNARY)](x, y))
            elif what == len(UNARY) + len(BINARY):
                known.append(x - np.floor(np.divide(x, y)) * y)
            else:
                known.append(np.where(np.asarray(x) < y if isinstance(x, float) else x < y, x, y))
        return known[-1]

    tape = Tape()
    with np.errstate(all="ignore"):
        ends = [(min(own), max(own)) if ranged and np.isfinite(own).all() else () for own in (first, second)]
        result = line(*(Symbols(tape, tape.free(name, axis, *ends[axis])) for axis, name in enumerate("ab")))
        expected = line(np.array(first).reshape(3, 1), np.array(second).reshape(1, 3))
        held = result.values.item() if isinstance(result, Symbols) else float(result)
        made = Program(tape, {"line": held}, 2)
        found = made({"a": np.array(first), "b": np.array(second)})["line"]
    got, wanted = np.broadcast_to(found, (3, 3)), np.broadcast_to(expected, (3, 3))
    assert np.array_equal(got, wanted, equal_nan=True)
    real = ~np.isnan(wanted)
    assert np.array_equal(np.signbit(got)[real], np.signbit(wanted)[real])
    single = Single(made)
    alone = np.array([[single({"a": a, "b": b})["line"] for b in second] for a in first])
    assert np.array_equal(alone, wanted, equal_nan=True)


def test_symbols_have_shapes_and_hide_their_values():
    tape = Tape()
    symbols = Symbols(tape, [[tape.free(f"{i}{j}", 0) for j in range(3)] for i in range(2)])
    assert (symbols.shape, symbols.ndim, symbols.size, np.ndim(symbols), len(symbols)) == ((2, 3), 2, 6, 2, 2)
    assert symbols.T.shape == (3, 2)
    assert np.stack([symbols, symbols]).shape == (2, 2, 3)
    assert symbols.sum(axis=0).shape == np.max(symbols, axis=0).shape == (3,)
    assert symbols.reshape(3, 2)[0].shape == (2,)
    for ask in (bool, float, list, lambda s: np.asarray(s), lambda s: 1 in s):
        with pytest.raises(TypeError, match="asks for the values"):
            ask(symbols)
    values = {f"{i}{j}": np.array([float(10 * i + j)]) for i, j in product(range(2), range(3))}
    total = Program(tape, {"sum": np.sum(symbols).values.item()})
    assert total(values)["sum"].tolist() == [36.0]
    for axis, expected in ((0, [5.0, 6.0, 7.0]), (1, [1.0, 11.0]), (None, 6.0)):
        means = np.atleast_1d(symbols.mean(axis=axis).values)
        made = Program(tape, {f"{k}": mean for k, mean in enumerate(means)})(values)
        assert np.concatenate([made[f"{k}"] for k in range(len(means))]).tolist() == np.atleast_1d(expected).tolist()
