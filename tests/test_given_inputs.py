"""The exact network for given input vectors of the first layer."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from imac_arch import compare
from imac_arch.cli import app
from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.show.report.render import render
from tests.helpers import approx

SYNAPSE = (
    "{kind: resistive_pair, r_on: 1 Mohm, r_off: 4 Mohm, device_levels: 2, weights: levels, cell_width: 54 nm, "
    "cell_height: 135 nm, cells_per_weight: 2, columns_per_weight: 1, capacitance: 1 fF, leakage: 0 W, variation: 1 %}"
)
OVER = {"components.synapse": SYNAPSE, "read.voltage": "0.5 V"}


def solved(net, images, tech="sot_mram", **options):
    given = {"exact": True, "samples": 0, "arch": "imac"} | options
    return compare(net, tech, inputs=images, **given).document


MADE = 0.05 * 1e6  # the driver: 5 % of a line of mean cells; the weights' three levels are 1.25, 0.5 and 1.25 uS
ROW, MEAN = 0.5**2 / (0.8e6 + MADE), 0.5**2 / (1e6 + MADE)  # W, of one weight of 1 and -1, and of a mean one


def test_images_that_are_all_zero_draw_the_bias_row_alone():
    """Its two megohm cells hang on V^2 at a virtual ground, behind a driver."""
    options = {"subarray": "16x8", "overrides": OVER, "weights": [np.ones((32, 1))]}
    rows = solved("31-1", np.zeros((3, 31)), "sot_mram_imec", **options).exact
    assert [(row.row_tile, row.rows) for row in rows] == [(0, 16), (1, 16)]
    without, bias = rows
    assert (without.power.exact, without.power.closed, without.power.error) == (0, 0, None)
    assert (without.far_share.exact, without.far_share.closed) == (1, 1)
    assert bias.power.exact == approx(ROW, rel=1e-3)
    assert bias.power.closed == approx(MEAN, rel=2e-3)


def test_each_input_that_is_on_draws_what_the_bias_does():
    """Equal cells at a virtual ground: power is the sum of squares of the rows, over images their mean."""
    images = np.zeros((2, 15))
    images[0, :4], images[1, :2] = 1.0, 0.5
    options = {"subarray": "16x8", "overrides": OVER, "weights": [np.ones((16, 1))]}
    (row,) = solved("15-1", images, "sot_mram_imec", **options).exact
    assert row.power.exact == approx(ROW * (1 + (4 + 2 * 0.25) / 2), rel=1e-3)
    assert row.power.closed == approx(MEAN * (1 + (4 + 2 * 0.25) / 2), rel=1e-3)


def test_equal_images_are_one_image_and_the_first_64_are_used():
    image = np.random.default_rng(2).random((1, 40)).round(1)
    one = solved("40-12", image, subarray="16x8")
    many = solved("40-12", np.concatenate([np.repeat(image, 64, axis=0), np.ones((6, 40))]), subarray="16x8")
    for a, b in zip(one.exact, many.exact, strict=True):
        for figure, other in zip(a[-4:], b[-4:], strict=True):
            assert (figure.exact, figure.closed) == (approx(other.exact), approx(other.closed))
    assert tuple(one.conditions.inputs) == (None, 1, 1)
    assert tuple(many.conditions.inputs) == (None, 64, 70)
    assert solved("40-12", np.ones((1, 40)), subarray="16x8").exact != one.exact


def test_power_over_images_is_the_mean_of_theirs():
    images = np.random.default_rng(3).random((2, 20))
    together, *apart = (solved("20-6", part).exact[0].power.exact for part in (images, images[:1], images[1:]))
    assert together == approx(sum(apart) / 2)


def test_closed_forms_know_the_statistics_of_these_inputs():
    generator = np.random.default_rng(4)
    shade = generator.random((64, 1))  # whole images are bright or dark: inputs that go together
    images = shade * generator.random((64, 63))
    (row,) = solved("63-32", images, subarray="64x64").exact
    drawn = compare("63-32", exact=True, samples=0, arch="imac", subarray="64x64").document.exact[0]
    assert abs(row.power.error) < 0.05
    assert abs(row.far_share.error) < 0.03  # also where many lines are hardly on
    assert abs(row.power.closed / drawn.power.closed - 1) > 0.1


def test_hidden_layers_stay_drawn_and_every_subarray_of_the_first_is_solved():
    document = solved("40-20-4", np.ones((2, 40)), subarray="16x8")
    first = [row for row in document.exact if row.layer == 1]
    assert [(r.row_tile, r.col_tile) for r in first] == [(i, j) for i in range(3) for j in range(3)]
    assert all(row.row_tile is None for row in document.exact if row.layer == 2)
    assert sum(row.count for row in document.exact if row.layer == 2) == document.mapping[1].subarrays
    assert "every subarray for its part of 2 given images" in render(document)


@pytest.mark.parametrize("weights", [None, np.random.default_rng(5).choice([-1.0, 1.0], (33, 4))])
def test_inputs_are_dealt_to_tiles_as_the_mapping_says(weights):
    """17 inputs in one row tile, 15 and the bias in the other: every second one, or neighbours."""
    dealt = np.array([*range(0, 30, 2), 30, 31, *range(1, 30, 2)])
    apart = np.zeros((1, 32))
    apart[0, dealt[:17]] = 1.0
    options = {"subarray": "17x8"}
    mixed = None if weights is None else [weights]
    near = None if weights is None else [weights[[*dealt, 32]]]
    interleaved = solved("32-4", apart, overrides={"mapping.order": "interleaved"}, weights=mixed, **options)
    contiguous = solved("32-4", apart[:, dealt], weights=near, **options)
    assert interleaved.exact == contiguous.exact
    assert interleaved.exact[0].power.exact > 3 * interleaved.exact[1].power.exact


def test_the_document_names_the_file_and_its_hash(tmp_path):
    path = tmp_path / "x.npz"
    images = np.random.default_rng(6).random((70, 8))
    np.savez(path, x=images, y=np.zeros(70))
    arguments = ["compare", "--net", "8-3", "--exact", "--inputs", str(path), "--samples", "0", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["conditions"]["inputs"] == {"file": path.name, "images": 64, "given": 70}  # it travels
    same = solved("8-3", images[:64], arch=None)
    assert document["hashes"]["inputs"] == same.hashes["inputs"]
    assert document["exact"][0]["power"]["exact"] == approx(same.exact[0].power.exact)
    plain = compare("8-3", exact=True, samples=0).document
    assert plain.conditions.inputs is None
    assert "inputs" not in plain.hashes


WRONG = {
    "name": ({"X": np.zeros((2, 8)), "labels": np.zeros(2)}, r"contains 'X', 'labels'; .* \(rename 'X'\?\)"),
    "no arrays": ({}, "contains no arrays"),
    "empty": ({"x": np.zeros((0, 8))}, r"shape \(0, 8\); expected \(images, 8\), at least one"),
    "one image": ({"x": np.zeros(8)}, r"shape \(8,\).*reshape\(1, -1\)"),
    "transposed": ({"x": np.zeros((8, 5))}, r"expected \(images, 8\).*transpose it"),
    "pictures": ({"x": np.zeros((3, 2, 4))}, r"reshape\(3, -1\)"),
    "bytes": ({"x": np.full((2, 8), 255)}, "x is 255 .*divide bytes by 255"),
    "negative": ({"x": np.full((2, 8), -0.1)}, "expected values between 0 and 1"),
    "nan": ({"x": np.full((2, 8), np.nan)}, "x is nan"),
    "texts": ({"x": np.full((2, 8), "a")}, "expected numbers"),
    "objects": ({"x": np.array([{}], dtype=object)}, "expected an .npz file"),
}


@pytest.mark.parametrize(("arrays", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(UsageError, match=rf"x\.npz: .*{message}"):
        solved("8-3", tmp_path / "x.npz")


def test_what_is_no_npz_is_refused(tmp_path):
    (tmp_path / "text.npz").write_text("hello")
    np.save(tmp_path / "x.npy", np.zeros((2, 8)))
    with pytest.raises(UsageError, match=r"expected an \.npz file"):
        solved("8-3", tmp_path / "text.npz")
    with pytest.raises(UsageError, match="one unnamed array"):
        solved("8-3", tmp_path / "x.npy")
    with pytest.raises(InputOutputError, match="no such file"):
        solved("8-3", tmp_path / "absent.npz")


def test_inputs_without_exact_are_refused():
    result = CliRunner().invoke(app, ["compare", "--net", "8-3", "--inputs", "x.npz"])
    assert result.exit_code == 2
    with pytest.raises(UsageError, match=r"inputs change no closed form.*--exact"):
        solved("8-3", np.zeros((1, 8)), exact=False)
