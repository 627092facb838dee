"""Training for a technology from the command line: weights that are written, judged by images not trained on, kept."""

import numpy as np
import pytest

import imac_arch
from imac_arch.data.errors import InputOutputError, UsageError


@pytest.fixture
def blobs(tmp_path, monkeypatch):
    """Return a file of images of four classes, each with four of sixteen values on, but for some noise."""
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(5)
    y = np.arange(1200) % 4
    x = (np.repeat(np.eye(4), 4, axis=1)[y] + (generator.random((1200, 16)) < 0.05)) % 2
    np.savez("blobs.npz", x=x, y=y)
    return "blobs.npz"


@pytest.mark.parametrize("tech", ["sot_mram", "sot_mram_imec"])
def test_a_network_is_trained_for_the_read_of_a_technology(blobs, tech):
    found = imac_arch.accuracy("16-8-4", tech, blobs, train="w.npz", epochs=40, arch="imac", images=200)
    (row,) = found.document.accuracy
    assert row.software > 0.93
    assert row.value > 0.88
    assert row.images == 200  # of the sixth that was kept for judging
    arrays = np.load("w.npz", allow_pickle=False)
    assert arrays["W1"].shape == (17, 8)
    assert set(np.unique(arrays["W1"])) <= {-1, 1}
    again = imac_arch.accuracy("16-8-4", tech, blobs, weights="w.npz", arch="imac", images=200)
    assert again.document.accuracy[0].software > 0.9
    with pytest.raises(InputOutputError, match=r"w\.npz exists; use --force"):
        imac_arch.accuracy("16-8-4", tech, blobs, train="w.npz", arch="imac")
    before = arrays["W1"]
    imac_arch.accuracy("16-8-4", tech, blobs, train="w.npz", epochs=40, arch="imac", images=200, force=True)
    assert np.array_equal(np.load("w.npz")["W1"], before)  # the same seed


def test_training_for_variation_draws_other_weights(blobs):
    for name, sigma in (("plain.npz", 0.0), ("noisy.npz", 0.3)):
        imac_arch.accuracy(
            "16-8-4", "sot_mram_imec", blobs, train=name, epochs=1, train_sigma=sigma, arch="imac", images=10
        )
    assert not np.array_equal(np.load("plain.npz")["W1"], np.load("noisy.npz")["W1"])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"data": None, "train": "w.npz"}, "--train needs images"),
        ({"train": "w.txt"}, "name a file such as weights.npz"),
        ({"train": "w.npz", "epochs": 0}, "at least 1"),
        ({"train": "w.npz", "train_sigma": -0.1}, "at least 1, and 0 to 1"),
        ({"train": "w.npz", "overrides": {"read.encoding": "-V/+V"}}, "training knows inputs at 0 and V"),
    ],
)
def test_training_that_cannot_be_is_refused_and_writes_nothing(blobs, tmp_path, options, says):
    with pytest.raises(UsageError, match=says):
        imac_arch.accuracy("16-8-4", "sot_mram", **{"data": blobs, "arch": "imac", **options})
    assert [path.name for path in tmp_path.iterdir()] == [blobs]
