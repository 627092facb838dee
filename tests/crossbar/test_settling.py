import numpy as np
import pytest

from imac_arch.crossbar.settling import dominant_time_constant, step_settling_time
from imac_arch.crossbar.wires import CrossbarError
from imac_arch.data.errors import UnknownName
from tests.helpers import approx

ONE = {"c_word": 0.0, "c_bit": 1e-12}


def test_one_cell_is_one_rc():
    found = dominant_time_constant([[1e-3]], 0, 0, **ONE, read="averaging")
    assert found.time_constant == approx(1e-9, rel=1e-12)
    assert found.elmore == approx(1e-9, rel=1e-12)
    found = dominant_time_constant([[1e-3]], 100, 50, 200, **ONE, read="averaging", g_load=1e-3)
    inside = 1 / (1 / 1300 + 1 / 1050)
    assert found.time_constant == approx(inside * 1e-12, rel=1e-12)


def test_ends_that_are_tied_never_move():
    assert dominant_time_constant([[1e-3]], 0, 0, **ONE).time_constant == 0
    assert dominant_time_constant([[1e-3]], 0, 5, c_word=1.0, c_bit=0.0).elmore == 0


def test_a_line_without_wires_is_its_capacitance_over_its_conductance():
    """128 rows of a megohm or so, 0.4 fF a cell, 2 fF of load: some nanoseconds."""
    g = np.full((128, 3), 1 / 7.9e6)
    found = dominant_time_constant(g, 0, 0, c_word=0, c_bit=0.4e-15, c_end=2e-15, read="averaging")
    assert found.time_constant == approx((128 * 0.4e-15 + 2e-15) / (128 / 7.9e6), rel=1e-9)


def dense(g, left, below, read):
    """The conductance matrix by hand, and the currents that a volt on each word line sends into it."""
    rows, cols = g.shape
    size = rows * cols
    matrix = np.zeros((2 * size + 1, 2 * size + 1))  # the last is ground; a floating end hangs on nothing

    def connect(a, b, y):
        for p, q in ((a, b), (b, a)):
            matrix[p, p] += y
            matrix[p, q] -= y

    fed = np.zeros((2 * size, rows))
    for i in range(rows):
        fed[i * cols, i] = 1 / left[i, 0]
        for j in range(cols):
            here = i * cols + j
            connect(here, size + here, g[i, j])
            connect(here, here - 1 if j else 2 * size, 1 / left[i, j])
            if i + 1 < rows:
                connect(size + here, size + here + cols, 1 / below[i, j])
            elif read == "virtual_ground":
                connect(size + here, 2 * size, 1 / below[i, j])
    return matrix[:-1, :-1], fed


def drawn():
    rng = np.random.default_rng(1)
    shape = (3, 4)
    return rng.uniform(1e-4, 1e-3, shape), *(rng.uniform(1, 2, shape) * unit for unit in (10, 10, 1e-15, 1e-15))


@pytest.mark.parametrize("read", ["averaging", "virtual_ground"])
def test_against_dense_algebra(read):
    g, left, below, c_word, c_bit = drawn()
    times = np.linalg.inv(dense(g, left, below, read)[0]) * np.concatenate([c_word.ravel(), c_bit.ravel()])
    found = dominant_time_constant(g, left, below, c_word=c_word, c_bit=c_bit, read=read)
    assert found.time_constant == approx(np.linalg.eigvals(times).real.max(), rel=1e-10)
    assert found.elmore == approx(times.sum(axis=1).max(), rel=1e-10)


def test_a_step_into_one_cell_settles_by_the_logarithm():
    found = step_settling_time([[1e-3]], [0.3], 0, 0, bits=6, **ONE, read="averaging")
    assert found == approx(1e-9 * np.log(2**7), rel=1e-4)
    assert step_settling_time([[1e-3]], [0.3], 0, 0, bits=6, **ONE) == 0
    assert step_settling_time([[1e-3]], [0.0], 0, 5, bits=6, **ONE) == 0


@pytest.mark.parametrize("bits", [2, 6, 10])
@pytest.mark.parametrize("read", ["averaging", "virtual_ground"])
def test_a_step_against_the_exponential_of_the_dense_matrix(read, bits):
    g, left, below, c_word, c_bit = drawn()
    volts = np.array([0.2, 0.8, 0.5])
    matrix, fed = dense(g, left, below, read)
    final = np.linalg.solve(matrix, fed @ volts)
    rates, modes = np.linalg.eig(matrix / np.concatenate([c_word.ravel(), c_bit.ravel()])[:, None])
    last = slice(-4, None)
    times = np.linspace(0, 20 / rates.real.min(), 200_001)
    share = np.linalg.solve(modes, final)
    off = np.abs((modes[last] * share) @ np.exp(-np.outer(rates, times))) / (
        below[-1][:, None] if read == "virtual_ground" else 1.0
    )
    full = np.abs(final[last] / (below[-1] if read == "virtual_ground" else 1.0)).max()
    wanted = times[np.flatnonzero(off.max(axis=0) > full * 2.0 ** -(bits + 1))[-1]]
    found = step_settling_time(g, volts, left, below, bits=bits, c_word=c_word, c_bit=c_bit, read=read)
    assert found == approx(wanted, rel=1e-3)


def test_the_elmore_delay_is_an_upper_bound_and_stacks_work():
    g = np.random.default_rng(2).uniform(1e-5, 1e-3, (2, 2, 20, 10))
    found = dominant_time_constant(g, 9.0, 9.0, 100.0, c_word=1e-16, c_bit=4e-16, read="averaging", g_load=1e-4)
    assert found.time_constant.shape == found.elmore.shape == (2, 2)
    assert np.all(found.time_constant <= found.elmore)
    one = dominant_time_constant(g[1, 0], 9.0, 9.0, 100.0, c_word=1e-16, c_bit=4e-16, read="averaging", g_load=1e-4)
    assert one.time_constant == approx(found.time_constant[1, 0], rel=1e-9)


def test_more_wire_is_slower():
    g = np.random.default_rng(3).uniform(1e-5, 1e-3, (16, 16))
    slow = [
        float(dominant_time_constant(g, r, r, c_word=1e-16, c_bit=4e-16, read="averaging").time_constant)
        for r in (0, 1, 10, 100)
    ]
    assert np.all(np.diff(slow) > 0)


def test_errors_say_what_is_wrong():
    with pytest.raises(CrossbarError, match="neither a cell nor a load"):
        dominant_time_constant([[0.0]], 1, 1, **ONE, read="averaging")
    with pytest.raises(CrossbarError, match="c_bit: -1"):
        dominant_time_constant([[1.0]], 1, 1, c_word=0, c_bit=-1)
    with pytest.raises(CrossbarError, match="c_word: shape"):
        dominant_time_constant([[1.0]], 1, 1, c_word=[1, 2], c_bit=1)
    with pytest.raises(CrossbarError, match="g_load"):
        dominant_time_constant([[1.0]], 1, 1, **ONE, g_load=1.0)
    with pytest.raises(CrossbarError, match="r_sense"):
        dominant_time_constant([[1.0]], 1, 1, 0, 1, **ONE, read="averaging")
    with pytest.raises(UnknownName, match="read circuit"):
        dominant_time_constant([[1.0]], 1, 1, **ONE, read="current")
