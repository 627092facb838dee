import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imac_arch.crossbar.exact import effective_conductance, effective_transfer, ports
from imac_arch.crossbar.wires import CrossbarError, pair_word_segments
from imac_arch.data.errors import UsageError
from tests.crossbar.oracle import CASE_3X4, CASE_4X3, nodal, rational, truth_cases, wires_of
from tests.helpers import approx


def check_case(case):
    found = np.array(case["input_V"]) @ effective_conductance(case["conductance_S"], *wires_of(case))
    np.testing.assert_allclose(found, case["output_A"], rtol=1e-9)


@pytest.mark.parametrize("case", [CASE_3X4, CASE_4X3], ids=["3x4", "4x3"])
def test_the_typed_in_cases(case):
    check_case(case)


@pytest.mark.parametrize("case", truth_cases())
def test_truth(case):
    check_case(case)


def draw_crossbar(seed, rows, cols, decades, zero_cells, zero_wires):
    """Cells and wires over many decades, with zeros sprinkled in."""
    rng = np.random.default_rng(seed)

    def some(low, high, zeros):
        return 10 ** rng.uniform(low, high, (rows, cols)) * (rng.random((rows, cols)) >= zeros)

    return some(-6 - decades, -3, zero_cells), some(-1 - decades, 2 + decades, zero_wires), some(-1, 3, zero_wires)


shares = st.sampled_from([0.0, 0.3, 0.9, 1.0])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 5), st.integers(0, 4), shares, shares)
def test_against_rational_arithmetic(seed, rows, cols, decades, zero_cells, zero_wires):
    g, left, below = draw_crossbar(seed, rows, cols, decades, zero_cells, zero_wires)
    wanted = rational(g, left, below)
    np.testing.assert_allclose(effective_conductance(g, left, below), wanted, rtol=1e-9, atol=1e-14 * wanted.max())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 40), shares, shares)
def test_against_a_sparse_solve(seed, rows, cols, zero_cells, zero_wires):
    g, left, below = draw_crossbar(seed, rows, cols, 0, zero_cells, zero_wires)
    wanted = nodal(g, left, below)
    np.testing.assert_allclose(effective_conductance(g, left, below), wanted, rtol=1e-9, atol=1e-13 * wanted.max())


@pytest.mark.parametrize("shape", [(1, 1), (1, 70), (70, 1), (2, 129), (100, 10), (33, 65)])
def test_odd_shapes_against_a_sparse_solve(shape):
    g = np.random.default_rng(3).uniform(1e-5, 1e-3, shape)
    found = effective_conductance(g, 4.0, 3.0, 100.0, 50.0)
    left, below = np.full(shape, 4.0), np.full(shape, 3.0)
    left[:, 0] += 100.0
    below[-1] += 50.0
    np.testing.assert_allclose(found, nodal(g, left, below), rtol=1e-9)


def test_a_stack_is_the_same_as_one_by_one():
    rng = np.random.default_rng(4)
    g, r_word = rng.uniform(1e-6, 1e-4, (2, 3, 21, 13)), rng.uniform(0, 9, (3, 1, 13))
    found = effective_conductance(g, r_word, 2.0, 10.0, 5.0)
    for a, b in np.ndindex(2, 3):
        np.testing.assert_allclose(found[a, b], effective_conductance(g[a, b], r_word[b], 2.0, 10.0, 5.0), rtol=1e-13)


def test_an_empty_stack_gives_an_empty_stack():
    assert effective_conductance(np.ones((0, 4, 3)), 1.0, 1.0).shape == (0, 4, 3)


def test_without_wires_it_is_the_ideal_product():
    g = np.random.default_rng(5).uniform(0, 1e-4, (50, 30))
    np.testing.assert_array_equal(effective_conductance(g, 0, 0), g)
    np.testing.assert_allclose(effective_conductance(g, 1e-9, 1e-9), g, rtol=1e-9)


def test_one_row_with_ideal_bit_lines_is_a_ladder():
    cells, segment = [1e-3, 2e-3, 5e-4], 10.0
    seen = 0.0  # from the open end towards the driver: one more cell in parallel, one more segment in series
    for cell in reversed(cells):
        seen = 1 / (1 / (seen + cell) + segment)
    assert effective_conductance([cells], segment, 0).sum() == approx(seen, rel=1e-14)


def test_reciprocity():
    """Turned by 180 degrees with inputs and outputs swapped, the circuit is the same."""
    g = np.random.default_rng(6).uniform(1e-5, 1e-3, (19, 37))
    found = effective_conductance(g, 3.0, 7.0, 20.0, 90.0)
    turned = effective_conductance(g[::-1, ::-1].T, 7.0, 3.0, 90.0, 20.0)
    np.testing.assert_allclose(turned[::-1, ::-1].T, found, rtol=1e-11)


@pytest.mark.parametrize("which", range(4))
def test_more_resistance_never_gives_more_current(which):
    g = np.random.default_rng(7).uniform(1e-5, 1e-3, (12, 9))
    wires, outputs = [2.0, 3.0, 40.0, 50.0], []
    for factor in (0, 0.5, 1, 2, 10):
        changed = [r * factor if k == which else r for k, r in enumerate(wires)]
        outputs.append(effective_conductance(g, *changed).sum())  # all inputs at 1 V: total current
    assert np.all(np.diff(outputs) < 0)


def test_ports_are_reciprocal_passive_and_agree():
    g = np.random.default_rng(8).uniform(1e-5, 1e-3, (11, 6))
    found = ports(g, 2.0, 3.0, 10.0, 20.0)
    np.testing.assert_allclose(found.transfer.T, effective_conductance(g, 2.0, 3.0, 10.0, 20.0), rtol=1e-12)
    np.testing.assert_allclose(found.input, found.input.T, rtol=1e-10)
    np.testing.assert_allclose(found.output, found.output.T, rtol=1e-10)
    # everything that flows into the word lines with equal sources flows out of the bit lines
    np.testing.assert_allclose(found.input.sum(), found.transfer.sum(), rtol=1e-12)
    whole = np.block([[found.input, -found.transfer.T], [-found.transfer, found.output]])
    assert np.linalg.eigvalsh(whole).min() > -1e-15


def test_averaging_without_wires_is_the_weighted_mean():
    g = np.random.default_rng(9).uniform(0, 1e-4, (8, 5))
    np.testing.assert_allclose(effective_transfer(g, 0, 0, g_load=1e-4), g / (g.sum(axis=0) + 1e-4), rtol=1e-12)
    np.testing.assert_allclose(effective_transfer(g, 3, 2, 9).sum(axis=0), 1.0, rtol=1e-12)


def test_a_load_is_a_termination():
    g = np.random.default_rng(10).uniform(1e-5, 1e-4, (8, 5))
    currents = effective_conductance(g, 3, 2, 9, 1 / 2e-4)
    np.testing.assert_allclose(effective_transfer(g, 3, 2, 9, 2e-4) * 2e-4, currents, rtol=1e-12)


def test_a_pair_shares_its_word_line_node():
    np.testing.assert_array_equal(pair_word_segments(9.0, 3), [9, 0, 9, 0, 9, 0])
    assert pair_word_segments(np.ones((4, 1)), 3).shape == (4, 6)
    plus, minus = 1e-4, 3e-5
    merged = effective_conductance([[plus + minus]], 9.0, 0.0)
    split = effective_conductance([[plus, minus]], pair_word_segments(9.0, 1), 0.0)
    np.testing.assert_allclose(split.sum(), merged.sum(), rtol=1e-14)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([[-1e-6]], 1, 1), r"conductance: -1e-06 at index \(0, 0\)"),
        (([[np.nan]], 1, 1), "conductance: nan"),
        (([[np.inf]], 1, 1), "conductance: inf"),
        (([1e-6], 1, 1), r"conductance: shape \(1,\)"),
        ((np.ones((0, 3)), 1, 1), r"conductance: shape \(0, 3\)"),
        (([["a"]], 1, 1), "conductance: needed are numbers"),
        (([[1.0], [1.0, 2.0]], 1, 1), "conductance: needed are numbers"),
        ((np.ones((2, 3)), -1, 1), "r_word: -1.0"),
        ((np.ones((2, 3)), [1, 1], 1), r"r_word: shape \(2,\) does not broadcast to \(2, 3\)"),
        ((np.ones((2, 3)), 1, np.nan), "r_bit: nan"),
        ((np.ones((2, 3)), 1, 1, [1, 2, 3]), "r_source: shape"),
        ((np.ones((2, 3)), 1, 1, 1, -np.inf), "r_sense: -inf"),
    ],
)
def test_errors_say_what_is_wrong(arguments, says):
    with pytest.raises(CrossbarError, match=says) as caught:
        effective_conductance(*arguments)
    assert isinstance(caught.value, UsageError)
    assert isinstance(caught.value, ValueError)


def test_a_bit_line_without_cell_and_load_has_no_voltage():
    with pytest.raises(CrossbarError, match=r"bit line \(1,\) has neither"):
        effective_transfer([[1e-3, 0.0]], 1, 1)
    assert effective_transfer([[1e-3, 0.0]], 1, 1, g_load=1e-3)[0, 1] == 0
    with pytest.raises(CrossbarError, match="g_load: shape"):
        effective_transfer([[1e-3, 0.0]], 1, 1, g_load=[1, 2, 3])
