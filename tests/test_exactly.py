"""Closed forms of the comparison against the exact network of its subarrays."""

import statistics

import numpy as np
import pytest

from imac_arch import compare
from imac_arch.data.errors import InfeasibleError, UsageError
from imac_arch.data.progress import listening
from imac_arch.data.units import format_value
from imac_arch.show.exact import exact_table
from imac_arch.show.report.render import render
from tests.helpers import approx


@pytest.fixture(scope="module")
def document():
    return compare("784-128-10", "sot_mram", exact=True, samples=0).document


def test_every_subarray_is_held_against_the_exact_network(document):
    rows = document.exact
    for layer, mapping in enumerate(document.mapping, 1):
        own = [row for row in rows if row.layer == layer]
        assert sum(row.count for row in own) == mapping.subarrays
        assert sum(row.count * row.rows * row.cols for row in own) == mapping.rows * mapping.cols
    for row in rows:
        assert row.power.error == approx(row.power.closed / row.power.exact - 1)


def test_the_closed_forms_are_those_of_the_exact_network_with_its_drivers(document):
    for row in document.exact:
        assert abs(row.power.error) < 0.03
        assert abs(row.far_share.error) < 0.03
        assert abs(row.signal_share.error) < 0.1  # the slope of one pair over 64 inputs
        assert abs(row.time_constant.error) < 0.15  # the slowest line is a matter of the draw


def test_a_large_subarray_says_how_far_it_is():
    heard = []
    with listening(lambda *step: heard.append(step)):
        (row,) = compare("127-128", subarray="128x128", exact=True, samples=0, accuracy="none").document.exact
    own = [step[1:] for step in heard if step[0] == "a subarray of 128 x 128 weights"]
    assert (row.rows, row.cols) == (128, 128)
    assert own == [(0, 2), (1, 2), (2, 2)]
    assert heard[-1] == ("exact subarrays", 128 * 128, 128 * 128)


def test_the_far_column_is_that_of_inputs_not_of_the_bias():
    """Of 8 rows one is the bias, whose line ends next to the ground of the bit lines and is hardly lifted."""
    given = np.ones((1, 7))
    (row,) = compare("7-40", "stt_mram", exact=True, samples=0, inputs=given, accuracy="none").document.exact[:1]
    assert abs(row.far_share.error) < 0.05


def test_a_megohm_line_is_held_by_its_virtual_ground():
    rows = compare("128-10", "sot_mram_imec", exact=True, samples=0).document.exact
    for row in rows:
        for figure in (row.power, row.far_share, row.signal_share, row.time_constant):
            assert abs(figure.error) < 0.01
    # megohm cells hang on the driver alone: 5 % of the line's resistance leave 1/1.05 of the voltage
    assert all(row.far_share.exact == approx(1 / 1.05, rel=1e-3) for row in rows)


def test_a_technology_without_a_circuit_is_named_and_the_others_are_solved():
    found = compare("12-4", ["sot_mram", "sram_cim"], exact=True, samples=0)
    assert {row.technology for row in found.document.exact} == {"sot_mram"}
    (left,) = found.document.not_solved
    assert left.technology == "sram_cim"
    assert "read.mode 'charge'" in left.reason
    (said,) = [note for section in found.sheet().sections for note in section.notes if "not solved" in note]
    assert said == f"sram_cim is not solved: {left.reason}"
    assert "sram_cim is not solved: " in found.page()
    with pytest.raises(UsageError, match=r"read\.mode 'charge'"):
        compare("12-4", "sram_cim", exact=True, samples=0)


SHIPPED = (
    "sot_mram", "sot_mram_imec", "sot_mram_pillars", "stt_mram", "reram", "pcm", "fefet", "sram_cim",
)  # fmt: skip


@pytest.mark.parametrize("read", ["virtual_ground", "averaging"])
@pytest.mark.parametrize("tech", SHIPPED)
def test_closed_forms_of_shipped_technologies(tech, read):
    """One tile of 64 x 64; a thousandth of a signal is what the draw of the weights makes it."""
    options = {"subarray": "64x64", "exact": True, "samples": 0, "arch": "imac"}
    apart = {"mapping.order": "interleaved", "read.mode": "settle"}
    (row,) = compare("63-64", tech, read=read, overrides=apart, **options).document.exact
    assert abs(row.power.error) < 0.08
    assert abs(row.far_share.error) < 0.08
    assert abs(row.signal_share.error) < 0.2 or max(row.signal_share.exact, row.signal_share.closed) < 1e-2
    assert abs(row.time_constant.error) < 0.12


def test_it_stands_in_the_report_and_nowhere_without_being_asked_for(document):
    assert "Closed forms against the exact network" in render(document)
    plain = compare("784-10", samples=0).document
    assert plain.exact is None
    assert "Closed forms against" not in render(plain)


def test_a_subarray_too_large_to_solve_is_infeasible():
    with pytest.raises(InfeasibleError, match="too large"):
        compare("9000-200", subarray="9000x9000", exact=True, samples=0)


def test_given_weights_are_solved_in_every_subarray(tmp_path):
    generator = np.random.default_rng(1)
    weights = [generator.uniform(-1, 1, shape) for shape in ((41, 20), (21, 4))]
    np.savez(tmp_path / "w.npz", W1=weights[0], W2=weights[1])
    options = {"subarray": "16x8", "exact": True, "samples": 0, "arch": "imac"}
    rows = compare("40-20-4", weights=tmp_path / "w.npz", **options).document.exact
    assert rows == compare("40-20-4", weights=weights, **options).document.exact
    assert [(r.layer, r.row_tile, r.col_tile) for r in rows] == [
        *((1, i, j) for i in range(3) for j in range(3)), (2, 0, 0), (2, 1, 0),
    ]  # fmt: skip
    assert [(r.rows, r.cols) for r in rows[:3]] == [(14, 7), (14, 7), (14, 6)]


def test_the_part_of_each_subarray_is_its_own():
    """Weights that let one subarray conduct more than the others show in that one alone."""
    weights = np.full((33, 16), -1.0)
    weights[17:, 8:] = 0.0  # 17 + 16 rows, 8 + 8 columns; a pair of middle levels is stiffer than none
    options = {"subarray": "17x8", "exact": True, "samples": 0, "arch": "imac", "overrides": {
        "components.synapse": "{kind: resistive_pair, r_on: 8 kohm, r_off: 80 kohm, device_levels: 3, weights: levels, "
        "cell_width: 54 nm, cell_height: 135 nm, cells_per_weight: 2, columns_per_weight: 1, capacitance: 1 fF, "
        "leakage: 0 W, variation: 1 %}",
    }}  # fmt: skip
    rows = compare("32-16", weights=[weights], **options).document.exact
    power = {(r.row_tile, r.col_tile): r.power.exact for r in rows}
    assert len(power) == 4
    assert power[1, 1] < 0.6 * power[1, 0]
    assert power[0, 0] == approx(power[0, 1], rel=0.2)
    far = {(r.row_tile, r.col_tile): r.far_share.exact for r in rows}
    assert far[1, 1] > max(far[0, 0], far[0, 1], far[1, 0])


def test_many_subarrays_share_a_line_with_their_spread():
    weights = [np.random.default_rng(0).choice([-1.0, 1.0], (785, 10))]
    document = compare("784-10", weights=weights, exact=True, samples=0, arch="imac").document
    assert len(document.exact) == 25
    lines = exact_table(document.exact).rows
    assert [line[2] for line in lines] == ["10 of 32x10", "15 of 31x10"]
    powers = [row.power.exact for row in document.exact if row.rows == 32]
    low, middle, high = (format_value(v, "W") for v in (min(powers), statistics.median(powers), max(powers)))
    assert {text.split()[1] for text in (low, middle, high)} == {"mW"}
    assert lines[0][3] == f"{low.split()[0]} … {middle.split()[0]} … {high}"
    assert "Every subarray with its part of the given weights" in render(document)
    assert document.hashes["weights"] != document.hashes["network"]


def test_weights_without_exact_are_refused():
    with pytest.raises(UsageError, match="weights change no closed form"):
        compare("4-2", weights=[np.zeros((5, 2))], samples=0)
    with pytest.raises(UsageError, match="W1 has the shape"):
        compare("4-2", weights=[np.zeros((4, 2))], exact=True, samples=0)
