"""Row tiles joined by current or by voltage, against hand algebra and against ngspice."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from imac_arch.crossbar import Layer, Stage, netlist, outputs
from imac_arch.crossbar.exact import effective_conductance, effective_transfer
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.crossbar.partition import JOININGS, layer_map
from imac_arch.crossbar.wires import CrossbarError, pair_word_segments
from imac_arch.data.errors import UnknownName
from tests.helpers import approx

with_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
READS = [{}, {"r_sense": 50.0}, {"read": "averaging"}, {"read": "averaging", "g_load": 1e-3}]


def cells(rows, cols, seed=0):
    return np.random.default_rng(seed).uniform(1e-5, 1e-4, (rows, cols))


def test_one_tile_is_the_crossbar_itself():
    g = cells(6, 4)
    for joining in JOININGS:
        assert np.array_equal(layer_map(g, 5, 3, 100, 20, joining=joining), effective_conductance(g, 5, 3, 100, 20))
        found = layer_map(g, 5, 3, 100, read="averaging", g_load=1e-4, joining=joining)
        assert np.array_equal(found, effective_transfer(g, 5, 3, 100, 1e-4))


@pytest.mark.parametrize("read", READS)
def test_column_tiles_share_nothing(read):
    g = cells(6, 6)
    both = layer_map(g, 5, 3, 100, widths=[4, 2], **read)
    np.testing.assert_allclose(both[:, :4], layer_map(g[:, :4], 5, 3, 100, **read), rtol=1e-13)
    np.testing.assert_allclose(both[:, 4:], layer_map(g[:, 4:], 5, 3, 100, **read), rtol=1e-13)


def test_two_cells_on_one_node_by_hand():
    """Two tiles of one cell each: two resistors into a node with a load, or two dividers whose mean is taken."""
    g, r_word, r_bit, load = np.array([[1e-3], [4e-4]]), 200.0, 300.0, 5e-4
    branch = 1 / (1 / g[:, 0] + r_word + r_bit)
    joined = layer_map(g, r_word, r_bit, heights=[1, 1], read="averaging", g_load=load)
    assert joined[:, 0] == approx(branch / (branch.sum() + load), rel=1e-13)
    tied = layer_map(g, r_word, r_bit, heights=[1, 1], read="averaging", g_load=load, joining="voltage_tie")
    assert tied[:, 0] == approx(branch / (branch + load) / 2, rel=1e-13)
    sensed = layer_map(g, r_word, r_bit, 0.0, 1e3, heights=[1, 1])
    assert sensed[:, 0] == approx(branch / (1 + 1e3 * branch.sum()), rel=1e-13)
    grounded = layer_map(g, r_word, r_bit, heights=[1, 1])
    assert grounded[:, 0] == approx(branch, rel=1e-13)


def test_without_wires_joined_currents_are_the_layer_without_tiles():
    g, heights = cells(7, 4), [3, 2, 2]
    np.testing.assert_allclose(layer_map(g, 0, 0, heights=heights), g, rtol=1e-13)
    found = layer_map(g, 1e-9, 1e-9, heights=heights, read="averaging", g_load=1e-4)
    np.testing.assert_allclose(found, g / (g.sum(axis=0) + 1e-4), rtol=1e-6)
    tied = layer_map(g, 1e-9, 1e-9, heights=heights, read="averaging", joining="voltage_tie")
    np.testing.assert_allclose(tied[:3], g[:3] / g[:3].sum(axis=0) / 3, rtol=1e-6)
    assert tied.sum(axis=0) == approx(np.ones(4))


@with_ngspice
@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("joining", JOININGS)
def test_a_network_of_joined_tiles_in_ngspice(read, joining):
    gain = 20.0 if read.get("read") == "averaging" else 1e4
    stage = Stage(gain, swing=0.8, slope=2.0, threshold=0.05)
    cuts = ([6, 6, 5], [8, 8]), ([5, 4], [4, 4])
    layers = [
        Layer(
            cells(rows, 2 * columns, rows), pair_word_segments(50.0, columns), 40.0, 100.0,
            **read, stage=stage, heights=heights, widths=widths, joining=joining, bias=0.8,
        )
        for (rows, columns), (heights, widths) in zip(((17, 8), (9, 4)), cuts, strict=True)
    ]  # fmt: skip
    volts = np.linspace(0, 0.8, 16)
    found, wanted = run_ngspice(netlist(layers, volts)).values, outputs(layers, volts)
    assert {f"v(x2_{c})" for c in range(4)} <= set(wanted)
    for name, value in wanted.items():
        assert found[name] == approx(value, rel=1e-6), name
    other = [
        replace(layer, joining=JOININGS[joining == "current"])  # the other one
        for layer in layers
    ]
    assert outputs(other, volts)["v(x2_0)"] != approx(wanted["v(x2_0)"], rel=1e-4)


def test_errors_say_what_is_wrong():
    g = cells(4, 4)
    with pytest.raises(CrossbarError, match="heights: tiles of 2, 1 do not add up to 4"):
        layer_map(g, 1, 1, heights=[2, 1])
    with pytest.raises(CrossbarError, match="widths: tiles of 4, 0"):
        layer_map(g, 1, 1, widths=[4, 0])
    with pytest.raises(CrossbarError, match="a layer is"):
        layer_map(g[None], 1, 1)
    with pytest.raises(CrossbarError, match="r_sense"):
        layer_map(g, 1, 1, 0, 1, read="averaging")
    with pytest.raises(CrossbarError, match="g_load"):
        layer_map(g, 1, 1, g_load=1)
    with pytest.raises(UnknownName, match="joining"):
        layer_map(g, 1, 1, joining="curent")
    with pytest.raises(CrossbarError, match="voltage_tie ties amplifiers"):
        netlist([Layer(g, 1, 1, heights=[2, 2], joining="voltage_tie")], np.ones(4))
    with pytest.raises(CrossbarError, match="whole pairs"):
        netlist([Layer(g, 1, 1, widths=[1, 3], stage=Stage(1.0))], np.ones(4))
    with pytest.raises(CrossbarError, match="needed are 3 finite"):
        netlist([Layer(g, 1, 1, bias=1.0)], np.ones(4))
