"""Inputs of a row tile that go together: what it takes of the power of averaging lines, and how they are drawn."""

import gzip

import numpy as np
import pytest

from fits.inputs import read_images, tile_variance
from imac_arch.crossbar.modes import far_share
from imac_arch.electrics import electrics
from imac_arch.line_ends import converted
from imac_arch.network import NetworkFile
from imac_arch.weights import draw_inputs
from tests.helpers import approx, inputs, run

BARE = {"components.wire": "none", "components.row_driver": "none", "read.load_conductance": "0 S"}
APART = {"mapping.order": "interleaved"}


def ideal(net="784-128-10", **set_):
    facts = run(net, overrides={**BARE, **set_}, archs=["mixed_signal"])["mixed_signal"].bill.facts
    return np.ravel(facts["ideal_power"])


@pytest.mark.parametrize(("rows", "share"), [(800, 0.983), (197, 0.90), (32, 0.84)])
def test_neighbouring_pixels_take_power_from_averaging_lines(rows, share):
    """Measured on MNIST: 1.7 % on one line, 10 to 16 % on 4 to 25 row tiles; hidden layers are as before."""
    together, apart = (ideal(**{"subarray.rows": f"{rows}", **order}) for order in ({}, APART))
    assert together[0] / apart[0] == pytest.approx(share, abs=0.02)
    assert together[1] == approx(apart[1])


def test_no_pixel_is_alone_with_itself():
    case = inputs().case()
    heights = np.array([1.0, 2.0, 8.0, 31.36, 784.0, 5000.0])[:, None, None]
    beyond = case.excess(heights)
    assert beyond[0, 0] == 0
    assert np.all(beyond[:, 1] == 0)  # hidden activations
    assert beyond[3, 0, 0] == approx(0.186 - 1 / 31.36)
    assert np.all(beyond >= 0)


@pytest.mark.parametrize("rows", ["2", "32"])
def test_what_goes_together_in_the_taller_tiles_counts_at_the_far_end(rows):
    """Rows of a tile that are on together leave less to the last column than each alone."""
    case = inputs(overrides={"subarray.rows": rows}).case()
    tiles, apart = (electrics(each, converted(each)) for each in (
        case, inputs(overrides={"subarray.rows": rows, **APART}).case()
    ))  # fmt: skip
    mean, square = case.lines.mean, case.lines.mean_square
    beyond = case.excess(tiles.lines.wiring.tallest[None])[0]
    together = (mean**2 + beyond * (square - mean**2)) / square
    assert np.ravel(tiles.far_share) == approx(np.ravel(far_share(tiles.lines.reached, tiles.lines.modes, together)))
    assert abs(tiles.far_share[0, 0] / apart.far_share[0, 0] - 1) > 1e-3


def test_a_network_brings_its_own_or_is_independent():
    own = {"mean": {"value": 0.3}, "mean_square": {"value": 0.3}}
    tiles = [{"rows": {"value": 1}, "variance": {"value": 1}}, {"rows": {"value": 100}, "variance": {"value": 0.1}}]
    lone = NetworkFile(layers=[99, 10], input=own).network()
    close = NetworkFile(layers=[99, 10], input={**own, "tiles": tiles}).network()
    side = {"subarray.rows": "100"}
    assert ideal(lone, **side) == approx(ideal(lone, **side, **APART))
    assert ideal(close, **side)[0] < 0.95 * ideal(close, **side, **APART)[0]


@pytest.mark.parametrize("alike", [0.0, 0.15, 0.6])
def test_drawn_inputs_have_their_mean_and_correlation(alike):
    drawn = draw_inputs(0.2, 0.15, (40_000, 30), np.random.default_rng(0), alike)
    assert drawn.mean() == approx(0.2, rel=0.02)
    assert (drawn**2).mean() == approx(0.15, rel=0.02)
    assert drawn.mean(axis=1).var() / drawn.var() == approx(1 / 30 + alike * 29 / 30, rel=0.03)


def test_the_measurement_knows_neighbours_from_strangers(tmp_path):
    """Images of four equal quarters: the mean of a quarter varies as a pixel does, that of every fourth pixel less."""
    quarters = np.random.default_rng(1).integers(0, 2, (500, 4)) * 255
    pixels = np.repeat(quarters, 4, axis=1).astype(np.uint8)
    head = np.array([0x803, 500, 4, 4], ">u4").tobytes()
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + pixels.tobytes()))
    images = read_images(tmp_path, "t10k")
    assert images.shape == (500, 16)
    assert tile_variance(images, 4) == approx(1)
    assert tile_variance(images, 4, interleaved=True) == approx(0.25, rel=0.2)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"no images")
    for name, problem in (("train", "no idx file"), ("other", "holds no other")):
        with pytest.raises(ValueError, match=problem):
            read_images(tmp_path, name)
