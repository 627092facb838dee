"""Blocks of cells that are alike are joined once, and nothing else changes."""

import numpy as np
import pytest

from imac_arch.crossbar import exact
from imac_arch.crossbar.alike import alike
from imac_arch.crossbar.exact import bit_line_ends, effective_conductance, ports
from imac_arch.crossbar.wires import checked_wires


def weights(shape, levels, seed=0):
    """Conductances of pairs that hold weights of so many levels [S]."""
    held = np.random.default_rng(seed).integers(levels, size=(*shape[:-1], shape[-1] // 2))
    steps = np.linspace(1e-6, 4e-6, levels)
    return np.stack([steps[held], steps[::-1][held]], axis=-1).reshape(shape)


def known(g, r_word=2.0, r_bit=1.0, r_source=100.0):
    wires = checked_wires(g.shape, r_word, r_bit, r_source)
    return alike(g, wires.left, wires.below)


@pytest.mark.parametrize(
    ("shape", "levels"), [((20, 32, 64), 2), ((5, 31, 64), 2), ((2, 113, 40), 3), ((3, 45, 20), 7), ((64, 64), 2)]
)
def test_what_is_joined_once_is_what_is_joined_each_time(monkeypatch, shape, levels):
    g = weights(shape, levels)
    lines = {"r_word": 2.0, "r_bit": 1.0, "r_source": np.linspace(90, 110, shape[-2]) if levels == 3 else 100.0}
    quick = [*bit_line_ends(g, **lines), effective_conductance(g, **lines), *vars(ports(g, **lines)).values()]
    monkeypatch.setattr(exact, "alike", lambda *cells: None)
    plain = [*bit_line_ends(g, **lines), effective_conductance(g, **lines), *vars(ports(g, **lines)).values()]
    for one, other in zip(quick, plain, strict=True):
        np.testing.assert_array_equal(one, other)


def test_binary_weights_are_joined_to_blocks_of_four_by_four():
    g = weights((100, 32, 64), 2)
    found = known(g)
    assert found.joints == 4
    assert found.block.matrix.shape[2] < found.which.size / 10


def test_what_is_never_the_same_is_not_looked_for():
    g = weights((20, 32, 64), 2)
    varied = g * (1 + 0.05 * np.random.default_rng(1).standard_normal(g.shape))
    assert known(varied) is None
    assert known(g, r_source=np.linspace(90, 110, 32)) is None  # a driver for each row
    other = g.copy()
    other[7, 3, 5] *= 1.5  # a value that the first crossbar has not
    assert known(other) is None
    assert known(g[:1, :2, :2]) is None
