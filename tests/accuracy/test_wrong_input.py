"""Wrong weights, images, names and numbers: what is said, and the exit code."""

import gzip
import hashlib
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import ImacError, UsageError
from imac_arch.data.registry import data_folder
from imac_arch.studies.accuracy import images as place
from imac_arch.studies.accuracy import nets
from imac_arch.studies.accuracy.images import fitting, read_images, shipped_images
from imac_arch.studies.accuracy.laws import Law
from imac_arch.studies.accuracy.nets import Net, write
from tests.accuracy.bench import case_of, every_image

RUNNER = CliRunner()
X = np.random.default_rng(0).random((20, 4))
Y = np.arange(20) % 2
W = {"W1": np.ones((5, 3)), "W2": -np.ones((4, 2))}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("w.npz", **W)
    np.savez("d.npz", x=X, y=Y)
    return tmp_path


def said(*words, command="accuracy", weights="w.npz", data="d.npz", net="4-3-2"):
    given = [command, "--net", net, "--tech", "sot_mram_imec", "--no-progress"]
    given += [*(["--weights", weights] if weights else []), *(["--data", data] if data else [])]
    result = RUNNER.invoke(app, [*given, *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.usefixtures("here")
def test_what_is_right_is_done():
    code, output = said("--programmings", "2")
    assert code == 0
    assert "20 images" in output


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("given", "meant"), [("mnst", "did you mean 'mnist'?"), ("cifar", "mnist and digits")])
def test_a_set_of_images_that_has_no_such_name_is_told_the_nearest(given, meant):
    code, output = said(data=given)
    assert code == 4
    assert f"{given}: no such file or folder" in output
    assert meant in output


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("--tech pcm --study ra-tmr", "ra-tmr varies the tunnelling magnetoresistance; components.synapse.tmr: 'tmr'"),
        ("--tech pcm --solve tmr --target 0.9", "tmr varies the tunnelling magnetoresistance; components.synapse.tmr"),
        ("--tech sot_mram_pillars --study r-low-r-high", "r-low-r-high is for cells with two resistances"),
    ],
)
def test_a_question_that_the_cells_do_not_allow_is_refused_before_anything_is_trained(question, message):
    trained = ["--data", "d.npz", "--train", "trained.npz", "--epochs", "1"]
    result = RUNNER.invoke(app, ["accuracy", "--net", "4-3-2", *question.split(), *trained])
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert not list(Path().glob("trained*"))


FILES = {
    "transposed": (W | {"W1": W["W1"].T}, "transpose it"),
    "large": (W | {"W1": 3 * W["W1"]}, "divide by 3"),
    "missing layer": ({"W1": W["W1"]}, "expected W1, W2"),
    "objects": (W | {"W1": np.array([[None]])}, "objects"),
    "negative gain": (W | {"gain": [1.0, -1.0]}, "gain is -1"),
    "one gain": (W | {"gain": [1.0]}, "gain must be 2"),
    "word of symmetry": (W | {"symmetric": "yes"}, "symmetric must be true or false"),
    "two symmetries": (W | {"symmetric": [True, False]}, "symmetric must be true or false"),
    "note of numbers": (W | {"note": np.zeros((2, 2))}, "note must be one text"),
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", FILES)
def test_wrong_weights(name):
    arrays, wanted = FILES[name]
    np.savez("own.npz", **arrays)
    for command in (("accuracy",), ("compare", "--accuracy", "quick"))[: 1 + (name == "transposed")]:
        code, output = said(*command[1:], command=command[0], weights="own.npz")
        assert code == 2
        assert wanted in output
        assert "own.npz" in output


@pytest.mark.parametrize("count", [399, 64, 785])
def test_images_are_cropped_for_400_inputs_and_no_others(count):
    with pytest.raises(UsageError, match=f"has images of 784 values; the network takes {count} inputs"):
        fitting(every_image(), count, 10)
    assert fitting(every_image(), 400, 10).x.shape == (2000, 400)


@pytest.mark.usefixtures("here")
def test_a_pickled_file_is_refused_and_not_run():
    class Trap:
        def __reduce__(self):
            return open, ("sprung", "w")

    for name in ("p.npz", "p.npy"):
        with open(name, "wb") as file:
            pickle.dump(Trap(), file)
        code, output = said(weights=name)
        assert code == 2
        assert "objects" in output
        code, output = said(data=name)
        assert code == 2
    assert not Path("sprung").exists()


@pytest.mark.usefixtures("here")
def test_a_file_of_ours_that_was_changed_is_refused():
    """Its digest says so; one without a digest is somebody's own, and one whose bytes are damaged is broken."""
    net = Net((np.array([[1.0, -1.0]] * 5),), (0.5,), Law(), 2, False, "own")
    write(Path("ours.npz"), net, "a command", 0)
    assert said(weights="ours.npz", net="4-2")[0] == 0
    arrays = dict(np.load("ours.npz"))
    arrays["W1"][0, 0] = -1
    np.savez("changed.npz", **arrays)
    for command in (["accuracy"], ["compare", "--accuracy", "quick"], ["compare", "--exact"]):
        code, output = said(*command[1:], command=command[0], weights="changed.npz", net="4-2", data=None)
        assert code == 2
        assert "changed.npz: its arrays are not those that it was written with, by its digest" in output
    del arrays["digest"]
    np.savez("own.npz", **arrays)
    assert said(weights="own.npz", net="4-2")[0] == 0
    content = bytearray(Path("ours.npz").read_bytes())
    content[60] ^= 255
    Path("ours.npz").write_bytes(content)
    code, output = said(weights="ours.npz", net="4-2")
    assert code == 2
    assert "ours.npz: expected an .npz or .npy file of numbers" in output


def test_a_shipped_file_that_was_changed_is_refused(tmp_path, monkeypatch):
    for path in (data_folder() / "nets").glob("784-16-10_1bit_2*.npz"):
        with np.load(path) as file:
            arrays = dict(file)
        arrays["W2"] = -arrays["W2"]
        (tmp_path / "nets").mkdir(exist_ok=True)
        np.savez(tmp_path / "nets" / path.name, **arrays)
    monkeypatch.setattr(nets, "data_folder", lambda: tmp_path)
    with pytest.raises(UsageError, match=r"784-16-10_1bit_2_symmetric\.npz: its arrays are not those"):
        nets.shipped_net(case_of("sot_mram_imec", {"read.encoding": "-V/+V"}, "784-16-10"))


def test_a_folder_without_the_set_to_train_on_says_which_file(here):
    folder = here / "mnist"
    folder.mkdir()
    (folder / "t10k-images-idx3-ubyte").write_bytes(b"")
    code, output = said("--train", "t.npz", data="mnist", net="784-16-10", weights=None)
    assert code == 4
    assert "mnist: has neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz" in output
    assert not Path("t.npz").exists()


IMAGES = {
    "bytes": ({"x": X * 255, "y": Y}, "divide bytes by 255"),
    "negative": ({"x": X - 0.5, "y": Y}, "expected values between 0 and 1"),
    "no number": ({"x": np.where(X > 0.9, np.nan, X), "y": Y}, "nan"),
    "narrow": ({"x": X[:, :3], "y": Y}, "the network takes 4 inputs"),
    "classes": ({"x": X, "y": Y + 5}, "the network has 2 outputs"),
    "few classes": ({"x": X, "y": Y[:5]}, "y has the shape (5,)"),
    "fractions": ({"x": X, "y": Y.astype(float)}, "y has dtype float64"),
    "below": ({"x": X, "y": Y - 1}, "y reaches down to -1"),
    "words": ({"x": X, "y": Y.astype(str)}, "y has dtype"),
    "no classes": ({"x": X}, "has no array 'y'"),
    "cube": ({"x": X.reshape(20, 2, 2), "y": Y}, "(images, inputs)"),
    "none": ({"x": X[:0], "y": Y[:0]}, "(images, inputs)"),
    "one": ({"x": X[:1], "y": Y[:1]}, "at least 2"),
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", IMAGES)
def test_wrong_images(name):
    arrays, wanted = IMAGES[name]
    np.savez("own.npz", **arrays)
    code, output = said(data="own.npz")
    assert code == 2
    assert wanted in output


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def test_a_folder_of_idx_files_gzipped_or_not(here, monkeypatch):
    generator = np.random.default_rng(1)
    x, y = generator.integers(256, size=(30, 28, 28), dtype=np.uint8), np.arange(30, dtype=np.uint8) % 10
    names = {"t10k-images-idx3-ubyte": idx(x), "t10k-labels-idx1-ubyte": idx(y)}
    folder = here / "mnist"
    folder.mkdir()
    code, output = said(data="mnist")
    assert code == 4
    assert "t10k-images-idx3-ubyte" in output
    (folder / "t10k-images-idx3-ubyte").write_bytes(names["t10k-images-idx3-ubyte"])
    code, output = said(data="mnist")
    found = hashlib.md5(names["t10k-images-idx3-ubyte"], usedforsecurity=False).hexdigest()
    assert code == 2
    assert found in output
    assert place.MD5["t10k-images-idx3-ubyte"] in output
    for name, content in names.items():
        monkeypatch.setitem(place.MD5, name, hashlib.md5(content, usedforsecurity=False).hexdigest())
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(names["t10k-labels-idx1-ubyte"]))
    images = read_images(folder)
    assert np.array_equal(images.x * 255, x.reshape(30, 784))
    assert np.array_equal(images.y, y)
    assert fitting(images, 400, 10).x[3] * 255 == pytest.approx(np.ravel(x[3, 4:24, 4:24]), abs=1e-12)
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(names["t10k-labels-idx1-ubyte"])[:-9])
    code, output = said(data="mnist")
    assert code == 4
    assert "cannot be unpacked" in output


def test_the_shipped_images_are_what_their_readme_says():
    images = shipped_images()
    assert images.x.shape == (2000, 784)
    assert images.y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]  # as everybody knows the first ten
    assert np.bincount(images.y).tolist() == [175, 234, 219, 207, 217, 179, 178, 205, 192, 194]


WORDS = [
    ("--study sgima", "did you mean 'sigma'"), ("--solve rp --target .9", "did you mean 'r_p'"),
    ("--solve tiles", "needs a --target"), ("--target 0.9", "belongs to --solve"),
    ("--solve sigma --target 2", "between 0 and 1"), ("--solve sigma --target nan", "between 0 and 1"),
    ("--without wire", "did you mean 'wires'"), ("--gain trim", "did you mean 'trimmed'"),
    ("--images 1", "at least 2"), ("--programmings 0", "1 to 1,000"), ("--programmings 100000", "1 to 1,000"),
    ("--stuck 2", "between 0 and 1"), ("--stuck nan", "between 0 and 1"), ("--seed -1", "0 or more"),
    ("--set components.synapse.tmmr=3", "did you mean 'tmr'"),
    ("--set components.synapse.variation=7ohm", "resistance"),
    ("--arch gpuu", "did you mean 'gpu'"), ("--read foo", "virtual_ground"),
    ("--arch gpu --solve sigma --target 0.5", "changes nothing on gpu"),
    ("--arch imac --study adc-bits", "ask for mixed_signal"),
]  # fmt: skip


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("words", "wanted"), WORDS, ids=[words for words, _ in WORDS])
def test_wrong_names_and_numbers(words, wanted):
    code, output = said(*words.split())
    assert code == 2
    assert wanted in output


@pytest.mark.usefixtures("here")
def test_missing_files_are_input_and_output():
    assert said(weights="none.npz")[0] == 4
    assert said(data="nowhere")[0] == 4
    with pytest.raises(UsageError, match="no path is given"):
        imac_arch.accuracy("784-16-10", data="")
    assert said("--accuracy", "quick", command="compare", data="nowhere")[0] == 4


@pytest.mark.usefixtures("here")
def test_a_target_that_nothing_reaches_names_the_best():
    code, output = said("--programmings", "2", "--solve", "sigma", "--target", "0.999")
    assert code == 1
    sentence = "no value that was tried keeps 99.9 % on imac; the best accuracy was 50.0 % ["
    assert output.count(sentence) == 2  # the answer, and why the exit code is not 0
    assert "error: --target 0.999: Variation of a cell" in output
    assert said("--programmings", "2", "--solve", "sigma", "--target", "0.001")[0] == 0


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("text", "reason"), [
    ("layers: [4, {width: 3, activation: relu}, 2]", "relu"), ("layers: [4, 3, 2]\nbias: neuron", "bias"),
])  # fmt: skip
def test_networks_that_are_not_computed_have_no_accuracy_but_a_reason(text, reason):
    with open("own.yaml", "w") as file:
        file.write(text)
    rows = imac_arch.accuracy("own.yaml", "sot_mram_imec", "d.npz", weights="w.npz").document.accuracy
    assert all(row.value is None and reason in row.reason for row in rows)


def test_a_network_without_weights_has_no_accuracy_but_a_reason():
    document = imac_arch.accuracy("44-3-2").document
    assert all(row.value is None and "no weights for 44-3-2" in row.reason for row in document.accuracy)
    assert not document.waterfall
    with pytest.raises(ImacError, match="no weights for 44-3-2"):
        imac_arch.accuracy("44-3-2", study="sigma")


@pytest.mark.parametrize("given", [
    {"stuck": "x"}, {"stuck": None}, {"study": 3}, {"solve": 3, "target": 0.9}, {"solve": "sigma", "target": "x"},
    {"images": 2.5}, {"images": True}, {"programmings": 1.5}, {"seed": -1}, {"without": ["wires", 3]}, {"gain": 3},
    {"weights": 3}, {"data": 3}, {"exact": "yes"}, {"arch": []}, {"arch": 3}, {"weights": [[1]]},
    {"tech": "pcm", "solve": "tmr", "target": 0.9},
], ids=str)  # fmt: skip
def test_wrong_arguments_in_python_are_our_errors(given):
    with pytest.raises(ImacError):
        imac_arch.accuracy("784-16-10", **{"images": 20, "programmings": 1, **given})


def test_every_kind_of_cell_can_be_asked_for_its_resistance():
    found = imac_arch.accuracy(
        "784-16-10", "sot_mram_pillars", images=50, programmings=1, solve="r_p", target=0.5
    ).document.answer
    assert found.value is not None
    assert found.architecture == "imac"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--net", "64-10", "--data", "digts"], 4, "digts"),
        (["--net", "784-16-10", "--train-sigma", "0.1"], 2, "--train-sigma is for --train"),
        (["--net", "784-16-10", "--epochs", "3"], 2, "--epochs is for --train"),
    ],
)
def test_what_is_given_is_never_passed_over(words, code, said):
    done = CliRunner().invoke(app, ["accuracy", *words])
    assert (done.exit_code, said in done.stderr) == (code, True), done.output
