"""Training for a technology from the command line: weights that are written, judged by images not trained on, kept."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import ImacError, InputOutputError, UsageError
from imac_arch.studies.accuracy import trained as place
from imac_arch.studies.accuracy.training import Recipe, _noise, train


@pytest.fixture
def blobs(tmp_path, monkeypatch):
    """Return a file of images of four classes, each with four of sixteen values on, but for some noise."""
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(5)
    y = np.arange(1200) % 4
    x = (np.repeat(np.eye(4), 4, axis=1)[y] + (generator.random((1200, 16)) < 0.05)) % 2
    np.savez("blobs.npz", x=x, y=y)
    return "blobs.npz"


@pytest.mark.parametrize("encoding", ["0/V", "-V/+V"])
@pytest.mark.parametrize("tech", ["sot_mram", "sot_mram_imec"])
def test_a_network_is_trained_for_the_read_of_a_technology(blobs, tech, encoding):
    asked = {"arch": "imac", "images": 200, "overrides": {"read.encoding": encoding}}
    found = imac_arch.accuracy("16-8-4", tech, blobs, train="w.npz", epochs=40, **asked)
    (row,) = found.document.accuracy
    assert row.software > 0.93
    assert row.value > 0.88
    assert row.images == 200  # of the sixth that was kept for judging
    arrays = np.load("w.npz", allow_pickle=False)
    assert arrays["W1"].shape == (17, 8)
    assert set(np.unique(arrays["W1"])) <= {-1, 1}
    again = imac_arch.accuracy("16-8-4", tech, blobs, weights="w.npz", **asked)
    assert again.document.accuracy[0].software > 0.9
    with pytest.raises(InputOutputError, match=r"w\.npz exists; use --force"):
        imac_arch.accuracy("16-8-4", tech, blobs, train="w.npz", **asked)
    before = arrays["W1"]
    imac_arch.accuracy("16-8-4", tech, blobs, train="w.npz", epochs=40, **asked, force=True)
    assert np.array_equal(np.load("w.npz")["W1"], before)  # the same seed


def test_training_for_variation_draws_other_weights(blobs):
    for name, sigma in (("plain.npz", 0.0), ("noisy.npz", 0.3)):
        imac_arch.accuracy(
            "16-8-4", "sot_mram_imec", blobs, train=name, epochs=1, train_sigma=sigma, arch="imac", images=10
        )
    assert not np.array_equal(np.load("plain.npz")["W1"], np.load("noisy.npz")["W1"])


@pytest.mark.parametrize(
    ("levels", "held"), [(2, {-1, 1}), ("3", {-1, 0, 1}), (5, {-1, -0.5, 0, 0.5, 1}), ("float", None)]
)
def test_weights_are_trained_for_the_levels_that_are_asked_for(blobs, levels, held):
    asked = {"arch": "imac", "images": 200}
    found = imac_arch.accuracy("16-8-4", "sot_mram_imec", blobs, train="w.npz", epochs=20, train_levels=levels, **asked)
    assert found.document.accuracy[0].software > 0.9
    arrays = np.load("w.npz", allow_pickle=False)
    stored = set(np.unique(arrays["W1"]))
    assert stored == held if held else len(stored) > 100
    assert (int(arrays["levels"]), np.abs(arrays["W2"]).max()) == (0 if levels == "float" else int(levels), 1)


def test_an_averaging_read_is_trained_for_as_many_levels_as_are_asked_for(blobs):
    imac_arch.accuracy("16-8-4", "sot_mram", blobs, train="w.npz", epochs=1, train_levels=257, arch="imac", images=10)
    assert len(np.unique(np.load("w.npz")["W1"])) > 50


def test_the_ends_of_what_levels_may_be_are_taken():
    assert [place.Training.of("w.npz", None, 0.0, False, given).levels for given in (2, "65536")] == [2, 2**16]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"data": None, "train": "w.npz"}, "--train needs images"),
        ({"train": "w.txt"}, "name a file such as weights.npz"),
        ({"train": "w.npz", "epochs": 0}, "at least 1"),
        ({"train": "w.npz", "train_sigma": -0.1}, "at least 1, and 0 to 1"),
        ({"train": "w.npz", "train_sigma": "much"}, "train_sigma"),
        ({"train": "w.npz", "epochs": 1.5}, "epochs"),
        ({"train": "w.npz", "train_levels": 1}, "--train-levels 1: write a count from 2 to 65,536, or float"),
        ({"train": "w.npz", "train_levels": "flaot"}, "--train-levels flaot: write a count"),
        ({"train": "w.npz", "train_levels": "float"}, "write --train-levels 257, which is as fine"),
        ({"train": "w.npz", "train_levels": "3" * 5000}, "write a count from 2 to 65,536"),
        ({"train": "w.npz", "train_levels": 2**16 + 1}, "--train-levels 65537: write a count"),
        ({"train": "w.npz", "train_levels": "\u0663"}, "write a count from 2 to 65,536"),
        ({"epochs": 0}, "--epochs is for --train, which is not given"),
        ({"train_levels": 3}, "--train-levels is for --train, which is not given"),
    ],
)
def test_training_that_cannot_be_is_refused_and_writes_nothing(blobs, tmp_path, options, says):
    with pytest.raises(UsageError, match=says):
        imac_arch.accuracy("16-8-4", "sot_mram", **{"data": blobs, "arch": "imac", **options})
    assert [path.name for path in tmp_path.iterdir()] == [blobs]


@pytest.mark.parametrize(
    ("path", "says"),
    [("file/w.npz", "Not a directory"), ("deep.npz", "is a folder"), (f"{'w' * 300}.npz", "File name too long"),
     ("blobs.npz", "is read by this command")],
)  # fmt: skip
def test_weights_that_cannot_be_written_are_refused_before_they_are_trained(blobs, tmp_path, monkeypatch, path, says):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "deep.npz").mkdir()
    before = (tmp_path / blobs).read_bytes()
    stopped_after(monkeypatch, 0)
    with pytest.raises(ImacError, match=says):
        imac_arch.accuracy("16-8-4", "sot_mram", blobs, train=path, arch="imac", force=True)
    assert (tmp_path / blobs).read_bytes() == before


def test_trained_weights_go_through_a_link_and_keep_the_mode_of_a_file(blobs, tmp_path):
    target = tmp_path / "real.npz"
    target.write_bytes(b"old")
    target.chmod(0o600)
    (tmp_path / "link.npz").symlink_to(target)
    trained(blobs, "link.npz", epochs=1, force=True)
    assert (tmp_path / "link.npz").is_symlink()
    assert np.load(target)["W1"].shape == (17, 8)
    assert target.stat().st_mode & 0o777 == 0o600


WORDS = ("16-8-4", "sot_mram_imec")


def trained(blobs, name, **options):
    return imac_arch.accuracy(*WORDS, blobs, train=name, arch="imac", images=50, **{"epochs": 6, **options})


def stopped_after(monkeypatch, epochs):
    """Interrupt training when it begins the epoch after some."""
    monkeypatch.setattr("imac_arch.studies.accuracy.trained.train", lambda *given: interrupted(epochs, train(*given)))


def interrupted(epochs, steps):
    for _ in range(epochs):
        yield next(steps)
    raise KeyboardInterrupt


@pytest.mark.parametrize("sigma", [0.0, 0.2])
def test_interrupted_training_goes_on_to_the_same_weights(blobs, monkeypatch, tmp_path, caplog, sigma):
    trained(blobs, "whole.npz", train_sigma=sigma)
    stopped_after(monkeypatch, 4)
    with pytest.raises(KeyboardInterrupt, match=r"after 4 of 6 epochs; .* goes on from parts\.unfinished\.npz"):
        trained(blobs, "parts.npz", train_sigma=sigma)
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [blobs, "parts.unfinished.npz", "whole.npz"]
    trained(blobs, "parts.npz", train_sigma=sigma)
    assert "goes on after 4 of 6 epochs, from parts.unfinished.npz" in caplog.text
    assert not Path("parts.unfinished.npz").exists()
    whole, parts = np.load("whole.npz"), np.load("parts.npz")
    assert all(np.array_equal(whole[name], parts[name]) for name in whole)


CHANGES = {
    "seed": ({"seed": 1}, "seed 0, now 1"), "epochs": ({"epochs": 7}, "epochs 6, now 7"),
    "sigma": ({"train_sigma": 0.1}, "sigma 0.0, now 0.1"),
    "read": ({"overrides": {"read.encoding": "-V/+V"}}, "symmetric False, now True"),
    "images": ({"data": "others.npz"}, "images '[0-9a-f]+', now"),
}  # fmt: skip


def test_only_the_same_training_goes_on(blobs, monkeypatch, tmp_path):
    with monkeypatch.context() as patched:
        stopped_after(patched, 1)
        with pytest.raises(KeyboardInterrupt):
            trained(blobs, "w.npz")
    np.savez("others.npz", x=1 - np.load(blobs)["x"], y=np.load(blobs)["y"])
    before = Path("w.unfinished.npz").read_bytes()
    for options, says in CHANGES.values():
        with pytest.raises(UsageError, match=rf"w\.unfinished\.npz: was begun with .*{says}.*--force"):
            trained(options.pop("data", blobs), "w.npz", **options)
    with monkeypatch.context() as patched:  # gains, rates and batches of a file of settings that was changed since
        patched.setattr(place, "settings_digest", lambda: "other")
        with pytest.raises(UsageError, match=r"was begun with settings .*, now 'other'"):
            trained(blobs, "w.npz")
    assert Path("w.unfinished.npz").read_bytes() == before
    assert not Path("w.npz").exists()
    trained(blobs, "w.npz", seed=1, force=True)
    assert int(np.load("w.npz")["seed"]) == 1
    assert not Path("w.unfinished.npz").exists()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 broken", {"epoch": 1}, {"about": "{}"}, {"about": "[", "digest": "0"}]
)
def test_a_broken_unfinished_training_is_refused(blobs, content):
    if isinstance(content, bytes):
        Path("w.unfinished.npz").write_bytes(content)
    else:
        np.savez("w.unfinished.npz", **content)
    with pytest.raises(UsageError, match=r"w\.unfinished\.npz"):
        trained(blobs, "w.npz")
    assert not Path("w.npz").exists()


def test_the_command_says_how_far_training_is(blobs, monkeypatch):
    stopped_after(monkeypatch, 2)
    words = ["accuracy", "--net", WORDS[0], "--tech", WORDS[1], "--data", blobs, "--train", "w.npz", "--epochs", "5"]
    done = CliRunner().invoke(app, [*words, "--no-progress"])
    assert done.exit_code == 130
    assert "interrupted after 2 of 5 epochs; the same command goes on from w.unfinished.npz" in done.stderr
    assert not done.stdout


def test_few_images_are_one_batch(tmp_path):
    generator = np.random.default_rng(1)
    y = np.arange(40) % 2
    x = np.repeat(y[:, None], 4, axis=1) * 0.8 + 0.1 * generator.random((40, 4))
    first, *_, last = train(Recipe((4, 3, 2), 3, epochs=60), x, y)
    assert last.loss < 0.5 * first.loss


def test_noise_in_training_is_that_of_both_cells():
    """Each cell is off by a share of its own conductance; the weight is their difference over its largest value."""
    sigma, contrast, generator = 0.1, 0.6, np.random.default_rng(3)
    stored = np.repeat(np.array([[-1.0], [0.0], [0.5]], dtype=np.float32), 40_000, axis=1)
    cells = [(1 + sign * contrast * stored) * (1 + sigma * generator.standard_normal(stored.shape)) for sign in (1, -1)]
    wanted = np.subtract(*cells) / (2 * contrast) - stored
    found = _noise(stored, sigma / contrast, contrast, generator)
    assert found.std(axis=1) == pytest.approx(wanted.std(axis=1), rel=0.02, abs=0)
