"""What inputs do at the ends of the lines, against the whole state; the order of elimination, against any other."""

import numpy as np
import pytest

from imac_arch.crossbar import CrossbarError, dominant_time_constant, pair_word_segments, solve
from imac_arch.crossbar.dissection import dissected
from imac_arch.crossbar.responses import responses
from tests.helpers import approx

READS = (("virtual_ground", 3.0, 0.0), ("averaging", 0.0, 1e-3), ("averaging", 0.0, 0.0))


@pytest.mark.parametrize(("read", "sense", "load"), READS)
@pytest.mark.parametrize("shape", [(1, 2), (5, 8), (33, 50), (40, 130)])
def test_the_ends_of_the_lines_are_those_of_the_whole_state(shape, read, sense, load):
    generator = np.random.default_rng(shape)
    g = 1 / generator.uniform(1e3, 1e5, shape)
    volts = generator.uniform(-1, 1, (7, shape[0]))
    lines = (pair_word_segments(9.0, shape[1] // 2), generator.uniform(1, 20, shape), 50.0, sense)
    seen = responses(g, *lines, read=read, g_load=load)
    state = solve(g, volts, *lines, read=read, g_load=load)
    ends = state.output_current if read == "virtual_ground" else state.output_voltage
    scales = g.max(), 1.0, g.max() if read == "virtual_ground" else 1.0
    for found, wanted, scale in zip(
        seen, (state.input_current, state.word_voltage[..., -1], ends), scales, strict=True
    ):
        assert volts @ found == approx(wanted, rel=1e-9, abs=1e-12 * scale)
    assert ((volts @ seen.drawn) * volts).sum(axis=-1) == approx(state.power_drawn, rel=1e-9, abs=1e-12 * g.max())


def test_open_segments_take_the_way_by_nodes():
    g, word = np.full((4, 6), 1e-4), np.full((4, 6), 5.0)
    word[1, 3] = np.inf
    seen, state = responses(g, word, 2.0), solve(g, np.eye(4), word, 2.0)
    assert state.path == "nodes"
    assert seen.drawn == approx(state.input_current)
    assert seen.output == approx(state.output_current)
    assert seen.far == approx(state.word_voltage[..., -1])


def test_a_line_that_nothing_holds_is_refused():
    with pytest.raises(CrossbarError, match="neither a cell nor a load"):
        responses(np.array([[1e-4, 0.0]]), 1.0, 1.0, read="averaging")


def fill(matrix):
    """Entries of the factor of a symmetric pattern in the order that it has."""
    size = len(matrix)
    below = [set(np.flatnonzero(matrix[k, k + 1 :]) + k + 1) for k in range(size)]
    for own in below:
        if own:
            below[min(own)] |= own - {min(own)}
    return sum(map(len, below))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (24, 48), (5, 40)])
def test_every_node_is_eliminated_once_and_the_factor_stays_small(shape):
    rows, cols = shape
    word, bit = np.arange(2 * rows * cols).reshape(2, *shape)
    order = dissected(word, bit, 2 * rows * cols)
    assert sorted(order) == list(range(2 * rows * cols))
    matrix = np.zeros((2 * rows * cols,) * 2, dtype=bool)
    for one, other in ((word, bit), (word[:, 1:], word[:, :-1]), (bit[1:], bit[:-1])):
        matrix[one.ravel(), other.ravel()] = matrix[other.ravel(), one.ravel()] = True
    found, plain = fill(matrix[order][:, order]), fill(matrix)
    assert found < plain / 2 if min(shape) >= 24 else found < 16 * rows * cols


def test_joined_nodes_and_ground_keep_their_place():
    word, bit = np.array([[-1, 0, 0, 1]]), np.array([[2, 3, 2, -1]])
    assert sorted(dissected(word, bit, 6)) == [0, 1, 2, 3, 4, 5]  # two of them are ends


def test_the_time_constant_is_that_of_the_dense_problem():
    rows, cols = 5, 6
    generator = np.random.default_rng(2)
    g = 1 / generator.uniform(1e3, 1e5, (rows, cols))
    c_word, c_bit, c_end = (generator.uniform(1e-15, 9e-15, size) for size in ((rows, cols), (rows, cols), cols))
    found = dominant_time_constant(g, 20.0, 30.0, 70.0, 40.0, c_word=c_word, c_bit=c_bit, c_end=c_end)
    size = rows * cols
    matrix = np.zeros((2 * size + cols + 1,) * 2)
    word, bit = np.arange(2 * size).reshape(2, rows, cols)
    end, ground = 2 * size + np.arange(cols), 2 * size + cols
    for one, other, y in (
        (word, bit, g), (word[:, 1:], word[:, :-1], 1 / 20), (word[:, 0], ground, 1 / 90), (bit[1:], bit[:-1], 1 / 30),
        (bit[-1], end, 1 / 30), (end, ground, 1 / 40),
    ):  # fmt: skip
        a, b, y = (each.ravel() for each in np.broadcast_arrays(one, other, y))
        for i, j, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
            np.add.at(matrix, (i, j), sign * y)
    charges = np.concatenate([c_word.ravel(), c_bit.ravel(), c_end])
    wanted = np.linalg.eigvals(np.linalg.solve(matrix[:-1, :-1], np.diag(charges))).real.max()
    assert float(found.time_constant) == approx(wanted, rel=1e-9)
