"""Files that break in odd ways, in names, kinds and members, end in a message of ours."""

import io
import json
import os
import zipfile

import numpy as np
import pytest

from imac_arch.api import compare
from imac_arch.data.errors import FileErrors, InputOutputError, UsageError
from imac_arch.data.extends import LEVELS
from imac_arch.network import parse_network
from imac_arch.studies.catalog import check
from imac_arch.technology_files import load_technology
from imac_arch.weights import read_weights
from tests.test_cli import call, here  # noqa: F401  # a fixture

SMALL = ("compare", "--net", "16-8-4", "--samples", "0")
LONG = "x" * 300


def test_the_number_to_blame_has_its_place_in_the_file(tmp_path):
    path = tmp_path / "high.yaml"
    path.write_text("name: high\nextends: sot_mram\ncomponents:\n  wire:\n    height: 10 um\n")
    with pytest.raises(UsageError, match=r"components\.wire\.height = 10 um \(high\.yaml:5\) is to blame"):
        compare("16-8-4", str(path), samples=0)


def test_the_check_of_a_file_names_the_number_to_blame(here):  # noqa: F811
    (here / "high.yaml").write_text("name: high\nextends: made_up\ncomponents:\n  wire:\n    height: 1.41 um\n")
    code, _, err = call("tech", "check", "high.yaml")
    assert code == 2
    assert "which cannot be: components.wire.height = 1.41 um (high.yaml:5) is to blame" in err


@pytest.mark.parametrize("base", ["[sot_mram]", "[]", "5", "{a: 1}", "''", "false"])
def test_what_a_file_extends_is_a_name(tmp_path, base):
    path = tmp_path / "own.yaml"
    path.write_text(f"name: own\nextends: {base}\n")
    with pytest.raises(FileErrors, match=r"own\.yaml:2:1: extends: it must be the name or path"):
        load_technology(str(path))


def test_what_a_file_extends_is_not_set(here):  # noqa: F811
    code, out, err = call("tech", "show", "sot_mram_pillars", "--set", "extends=reram")
    assert (code, out) == (2, "")
    assert "--tech" in err


def test_files_extend_one_another_a_few_times(tmp_path):
    for n in range(1000):
        (tmp_path / f"c{n}.yaml").write_text(f"name: c\nextends: ./c{n + 1}.yaml\n")
    (tmp_path / "c1000.yaml").write_text("name: c\nextends: sot_mram\n")
    with pytest.raises(FileErrors, match=f"more than {LEVELS} files extend one another"):
        load_technology(str(tmp_path / "c0.yaml"))
    assert load_technology(str(tmp_path / f"c{1000 - LEVELS + 2}.yaml")).model.vdd.value == 0.8


@pytest.mark.parametrize("kind", ["board", "neuron", "[a]", "{a: 1}", "scenario", "3", "~", "[]"])
def test_a_file_of_any_kind_is_checked(tmp_path, kind):
    path = tmp_path / "some.yaml"
    path.write_text(f"kind: {kind}\nname: x\n")
    with pytest.raises(FileErrors, match=r"some\.yaml"):
        check(str(path))


@pytest.mark.parametrize("words", [(*SMALL, "-o", f"{LONG}.html"), (*SMALL, "-o", f"{LONG}/a.html"),
                                   ("tech", "new", f"{LONG}.yaml")], ids=lambda words: words[0])  # fmt: skip
def test_a_name_that_is_too_long_is_an_input_output_error(here, words):  # noqa: F811
    code, out, err = call(*words)
    assert (code, out) == (4, "")
    assert "File name too long" in err


def test_a_folder_that_may_not_be_looked_into_is_an_input_output_error(here, monkeypatch):  # noqa: F811
    def refused(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.is_dir", refused)  # root may look into any
    code, out, err = call(*SMALL, "-o", "locked/x.html")
    assert (code, out) == (4, "")
    assert "Permission denied" in err


def archive(tmp_path, **members):
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w") as file:
        for name, raw in members.items():
            file.writestr(f"{name}.npy", raw)
    return path


def array(shape="(17, 8)", descr="'<f8'", blanks=0):
    head = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode() + b" " * blanks + b"\n"
    return b"\x93NUMPY\x02\x00" + len(head).to_bytes(4, "little") + head + bytes(17 * 64)


@pytest.mark.parametrize(
    "raw",
    [
        array("(99999999999, 999999)"), array("(17, 99999999999999999999999)"), array("(-1, 8)"), array("17"),
        array(descr="'|O'"), array(descr="[('a', '<f8')]"), array(descr="'<f999'"), array(blanks=20_000),
        array(descr="'<M8[s]'"), b"hello", b"", b"\x93NUMPY", b"\x93NUMPY\x09\x00" + bytes(100),
    ],
)  # fmt: skip
def test_broken_members_of_weights_are_refused(tmp_path, raw):
    for path in (archive(tmp_path, W1=raw, W2=array("(9, 4)")), tmp_path / "w.npy"):
        if path.suffix == ".npy":
            path.write_bytes(raw)
        with pytest.raises(UsageError, match=r"w\.np((?! object at).)*$"):
            read_weights(path, parse_network("16-8-4"))


@pytest.mark.parametrize(("offset", "value"), [(8, 1), (10, 99)], ids=["encrypted", "unknown compression"])
def test_archives_that_nobody_can_open_are_refused(tmp_path, offset, value):
    stream = io.BytesIO()
    np.savez(stream, W1=np.zeros((17, 8)), W2=np.zeros((9, 4)))
    raw, at = bytearray(stream.getvalue()), 0
    while (at := raw.find(b"PK\x01\x02", at)) >= 0:
        raw[at + offset] |= value
        at += 4
    (tmp_path / "w.npz").write_bytes(raw)
    with pytest.raises(UsageError, match=r"w\.npz"):
        read_weights(tmp_path / "w.npz", parse_network("16-8-4"))


def test_what_is_no_regular_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in ("/dev/zero", str(tmp_path / "pipe.yaml")):
        for options in ({"tech": path}, {"net": f"{path}"}, {"gpu": path}, {"exact": True, "weights": path}):
            with pytest.raises(InputOutputError, match="not a regular file"):
                compare(**{"net": "16-8-4", "samples": 0, **options})


def test_a_law_whose_numbers_have_several_sources_is_set(here):  # noqa: F811
    code, out, err = call(*SMALL, "--arch", "mixed_signal", "--json=brief", "--set", "laws.scaling.table.2.delay=0.5")
    assert code == 0, err
    assert any(row["path"].startswith("laws.scaling") for row in json.loads(out)["conditions"]["changed"])


def test_a_path_too_long_for_the_file_system_is_shortened(here):  # noqa: F811
    code, out, err = call("accuracy", "--net", "4-2", "--data", "1" * 5000)
    assert (code, out) == (4, "")
    assert err.startswith("error: 111")
    assert err.endswith("File name too long\n")
    assert len(err) < 1200
