"""Sets of images by name: fetched once and checked, or of a library; what is said where neither can be had."""

import gzip
import hashlib
import logging
import struct
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.data.files import read_yaml
from imac_arch.data.progress import listening
from imac_arch.data.schema import validate
from imac_arch.studies.accuracy import datasets, images
from imac_arch.studies.accuracy.images import read_images
from tests.conftest import ROOT

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    asked = []

    def log_message(self, *words):
        self.asked.append(self.path)


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """Serve small files of MNIST's names on this machine, and let the set be fetched from there, to an own cache."""
    pytest.importorskip("pooch", reason="pooch is not installed")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    served, generator, packed = tmp_path / "served", np.random.default_rng(2), {}
    served.mkdir()
    for name in FILES:
        shape = (40, 28, 28) if "images" in name else (40,)
        content = idx(generator.integers(256 if "images" in name else 10, size=shape, dtype=np.uint8))
        monkeypatch.setitem(images.MD5, name, md5(content))
        (served / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
        packed[f"{name}.gz"] = md5((served / f"{name}.gz").read_bytes())
    Quiet.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(served)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/"
    given = datasets.Fetched.model_validate(
        {"kind": "dataset", "title": "x", "sources": {}, "mirrors": ["http://127.0.0.1:9/", address], "files": packed}
    )
    monkeypatch.setattr(datasets, "validate", lambda *_: given)
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_set_is_fetched_once_and_checked(mirror, tmp_path):
    steps = []
    with listening(lambda *step: steps.append(step)):
        first = read_images("mnist")
    assert first.x.shape == (40, 784)
    assert first.name == "MNIST test set"
    assert sorted(Quiet.asked) == sorted(f"/{name}.gz" for name in FILES)
    assert {what for what, _, _ in steps} == {f"bytes of {name}.gz" for name in FILES}
    assert all(done <= total for _, done, total in steps)
    again = read_images("mnist", training=True)
    assert len(Quiet.asked) == 4
    assert not np.array_equal(first.x, again.x)
    kept = tmp_path / "cache" / "imac-arch" / "mnist"
    assert sorted(path.name for path in kept.iterdir()) == sorted(f"{name}.gz" for name in FILES)
    (kept / f"{FILES[2]}.gz").write_bytes(b"spoilt")
    assert np.array_equal(read_images("mnist").x, first.x)  # fetched again
    assert len(Quiet.asked) == 5


def test_another_content_is_refused_with_its_md5(mirror):
    name = f"{FILES[3]}.gz"
    (mirror / name).write_bytes(b"another")
    with pytest.raises(InputOutputError, match=rf"(?s)MNIST cannot be fetched: .*{name}.*{md5(b'another')}"):
        read_images("mnist")


def test_without_a_network_the_error_says_what_to_do(mirror, monkeypatch):
    for name in FILES:
        (mirror / f"{name}.gz").unlink()
    done = CliRunner().invoke(app, ["accuracy", "--data", "mnist", "--no-progress"])
    said = " ".join(done.output.split())
    assert done.exit_code == 4
    assert "MNIST cannot be fetched: http://127.0.0.1:9/train-images-idx3-ubyte.gz" in said
    assert "refused" in said
    assert "404" in said
    assert "give a folder of its four IDX files with --data" in said
    assert logging.getLogger().handlers is not None


def test_a_folder_of_that_name_comes_first(mirror):
    import os

    os.mkdir("mnist")
    with pytest.raises(InputOutputError, match="mnist: has neither"):
        read_images("mnist")
    assert not Quiet.asked


@pytest.mark.parametrize(("name", "library", "extra"), [("mnist", "pooch", "data"), ("digits", "sklearn", "digits")])
def test_a_set_whose_library_is_missing_names_the_extra(tmp_path, monkeypatch, name, library, extra):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, library, None)
    for module in [m for m in sys.modules if m.startswith(f"{library}.")]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(UsageError, match=rf"not installed \(pip install 'imac-arch\[{extra}\]'\)"):
        read_images(name)
    done = CliRunner().invoke(app, ["accuracy", "--net", "64-8-10", "--data", name, "--train", "w.npz"])
    assert done.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_network_is_trained_on_digits_and_judged_by_others(tmp_path, monkeypatch):
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    monkeypatch.chdir(tmp_path)
    asked = {"arch": "digital", "overrides": {"read.input_bits": 4}, "images": 2000}
    found = imac_arch.accuracy("64-32-10", "sot_mram_imec", "digits", train="w.npz", epochs=30, **asked)
    (row,) = found.document.accuracy
    assert row.software > 0.85
    assert row.images == 300
    assert row.data == "digits of scikit-learn"
    again = imac_arch.accuracy("64-32-10", "sot_mram_imec", "digits", weights="w.npz", **asked)
    assert again.document.accuracy[0].value == row.value
    assert read_images("digits", training=True).x.shape == (1497, 64)
    assert read_images("digits").x.max() == 1


def test_where_mnist_is_fetched_from_is_data():
    given = validate(datasets.Fetched, read_yaml(ROOT / "tech" / "datasets" / "mnist.yaml"))
    assert sorted(given.files) == sorted(f"{name}.gz" for name in FILES)
    assert set(images.MD5) == set(FILES)
    assert all(len(md5) == 32 for md5 in given.files.values())
    assert all(address.startswith("https://") and address.endswith("/") for address in given.mirrors)
