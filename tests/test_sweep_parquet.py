"""Parts of a sweep: whole or not there, gone on with, and never those of another one."""

import json
import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import imac_arch
from benchmarks import kills
from imac_arch.cli import app
from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.data.progress import listening
from imac_arch.results import parquet
from imac_arch.studies.sweep import run
from tests.fuzz.judge import _failing
from tests.helpers import ROOT

OVER = ["read.voltage=linspace(0.1 V, 0.3 V, 40)", "subarray=16,32,64", "read.circuit=averaging,virtual_ground"]


@pytest.fixture
def small(monkeypatch):
    """Parts of 64 designs, and tables of 16."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'imac-arch[parquet]'")
    monkeypatch.setattr(run, "TABLE", 16)
    monkeypatch.setattr(parquet, "PART", 64)


def swept(*over, **more):
    return imac_arch.sweep(over=list(over or OVER), metrics=["energy"], arch=["imac", "digital"], **more)


def held(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_parts_hold_every_design_and_what_they_follow_from(small, tmp_path):
    found = swept()
    found.to_parquet(tmp_path / "a")
    assert [*held(tmp_path / "a")] == ["_sweep.json", *(f"part-{k:05d}.parquet" for k in range(4))]
    read = pd.read_parquet(tmp_path / "a")
    frame = found.to_frame()
    assert list(read) == list(frame)
    for name in frame:
        assert list(map(repr, read[name].tolist())) == list(map(repr, frame[name].tolist()))
    said = json.loads((tmp_path / "a" / "_sweep.json").read_text())
    assert (said["rows"], said["complete"]) == (240, True)
    assert said["hashes"]["sot_mram"]
    assert [(axis["name"], axis["unit"], axis["values"][0]) for axis in said["axes"]] == [
        ("read.circuit", "", "averaging"), ("read.voltage", "V", "100 mV"), ("subarray", "", "16"),
    ]  # fmt: skip
    assert said["units"] == {"read.voltage": "V", "imac.energy": "J", "digital.energy": "J"}


def test_texts_and_numbers_are_those_of_pyarrow(small):
    import pyarrow

    texts = ["", "µm", "plain", "10 kΩ", "≤ 2"]
    assert parquet._texts(texts, pyarrow).equals(pyarrow.array(texts, pyarrow.string()))
    numbers = pyarrow.array([0.5, 1.5, 2.5, 3.5])
    assert parquet._array([0.5, 1.5, 2.5, 3.5], pyarrow.float64(), pyarrow).equals(numbers)
    assert parquet._numbers(numbers.slice(1, 2)).tolist() == [1.5, 2.5]


def test_columns_of_few_values_are_numbered_and_others_split(small, tmp_path):
    """On a grid a metric has as many values as the axes that it depends on."""
    import pyarrow.parquet

    path = swept("read.voltage=linspace(0.1 V, 0.3 V, 9000)", "subarray=16").to_parquet(tmp_path / "a")
    group = pyarrow.parquet.ParquetFile(path / "part-00000.parquet").metadata.row_group(0)
    columns = [group.column(k) for k in range(group.num_columns)]
    split = {each.path_in_schema for each in columns if "BYTE_STREAM_SPLIT" in each.encodings}
    assert "imac.energy" in split
    assert split.isdisjoint({"read.voltage", "subarray.rows", "digital.energy", "imac.verdict"})
    told = {each.path_in_schema for each in columns if each.is_stats_set}
    assert {"read.voltage", "imac.verdict"} <= told
    assert "imac.energy" not in told


def test_an_interrupted_sweep_ends_with_the_same_files(small, tmp_path):
    found = swept()
    found.to_parquet(tmp_path / "whole")

    def stop(what, done, total):
        if done > 80:
            raise KeyboardInterrupt

    told = f"with 1 of 4 parts in {tmp_path / 'cut'}; the same command goes on with them"
    with pytest.raises(KeyboardInterrupt, match=f"^{re.escape(told)}$"), listening(stop):
        swept().to_parquet(tmp_path / "cut")
    assert [*held(tmp_path / "cut")] == ["_sweep.json", "part-00000.parquet"]
    gone = f"{parquet._machine()}.4194999"
    for left in (f".part-00001.parquet.{gone}", f"._sweep.json.{gone}", ".part-00002.parquet.elsewhere.1"):
        (tmp_path / "cut" / left).write_bytes(b"left by a process that was killed")
    (tmp_path / "cut" / "part-00003.parquet").write_bytes(b"half")
    again = swept()
    again.to_parquet(tmp_path / "cut")
    assert held(tmp_path / "cut") == held(tmp_path / "whole")
    assert again.document == found.document


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_kills_at_any_moment_leave_whole_parts_and_the_same_files_in_the_end():
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'imac-arch[parquet]'")
    assert kills.tried(20, seed=1) >= 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_commands_at_once_in_one_folder_leave_it_whole(small, tmp_path):
    found = swept()
    whole = held(found.to_parquet(tmp_path / "whole"))
    children = []
    for _ in range(3):
        if not (child := os.fork()):
            code = 1
            try:
                parquet.write_folder(found.study, tmp_path / "a")
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 3
    assert held(tmp_path / "a") == whole


class Told:
    """A listener that tells steps done before from others."""

    def __init__(self):
        self.computed, self.skipped = [], []

    def __call__(self, what, done, total):
        self.computed.append(done)

    def skip(self, what, done, total):
        self.skipped.append(done)


def test_finished_parts_are_read(small, tmp_path, monkeypatch):
    found = swept()
    found.to_parquet(tmp_path / "a")
    monkeypatch.setattr(run.Runner, "_grid", None)
    again, told = swept(), Told()
    with listening(told):
        again.to_parquet(tmp_path / "a")
    assert again.document == found.document
    assert (len(told.skipped), told.computed) == (4, [])


@pytest.mark.parametrize("executor", [None, "processes=2"])
def test_parts_that_are_there_are_told_from_those_that_are_computed(small, tmp_path, executor):
    swept().to_parquet(tmp_path / "a")
    (tmp_path / "a" / "part-00001.parquet").unlink()
    told = Told()
    with listening(told):
        swept(executor=executor).to_parquet(tmp_path / "a")
    assert len(told.skipped) == 3
    assert any(told.computed)


@pytest.mark.parametrize("foreign", ["designs.parquet", "notes.txt", "part-00099.parquet"])
def test_what_readers_would_take_for_designs_is_refused(small, tmp_path, foreign):
    found = swept()
    found.to_parquet(tmp_path / "a")
    (tmp_path / "a" / ".hidden").write_text("left out by readers")
    before = held(tmp_path / "a")
    found.to_parquet(tmp_path / "a")
    assert held(tmp_path / "a") == before
    (tmp_path / "a" / foreign).write_bytes(b"not ours")
    before = held(tmp_path / "a")
    for sweep, force in ((found, False), (found, True), (swept("subarray=16,32"), True)):
        if force and sweep is not found and parquet.OURS.fullmatch(foreign):
            continue  # a part of whatever number is removed with those of the other sweep
        with pytest.raises(InputOutputError, match=rf"not of this sweep \({re.escape(foreign)}\).*move it away"):
            sweep.to_parquet(tmp_path / "a", force=force)
        assert held(tmp_path / "a") == before


def test_pandas_is_not_loaded_to_write_and_to_read_parts(tmp_path):
    """It takes a quarter of a second, and an interrupt that comes meanwhile is lost in pyarrow."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'imac-arch[parquet]'")
    code = (
        "import sys, imac_arch\n"
        "found = imac_arch.sweep('4-2', over=['subarray=16,32', 'read.circuit=averaging,virtual_ground'])\n"
        "for _ in range(2): found.to_parquet('designs')\n"
        "print(*{'pandas', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True
    )
    assert done.stdout == b"pyarrow\n"


def test_another_sweep_stays_unless_forced(small, tmp_path):
    swept().to_parquet(tmp_path / "a")
    before = held(tmp_path / "a")
    other = swept("subarray=16,32")
    with pytest.raises(InputOutputError, match=r"holds another sweep.*stays as it is"):
        other.to_parquet(tmp_path / "a")
    assert held(tmp_path / "a") == before
    other.to_parquet(tmp_path / "a", force=True)
    assert [*held(tmp_path / "a")] == ["_sweep.json", "part-00000.parquet"]
    fewer, more = (imac_arch.sweep(over=OVER, arch="digital", sample=count).study for count in (20, 30))
    assert fewer.fingerprint != more.fingerprint


def test_a_sweep_goes_on_wherever_it_and_its_files_are_moved(small, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "PART", 4)
    monkeypatch.setattr(run, "TABLE", 2)

    def swept_in(here, path=".", read="0.2 V", layers="[64, 16, 10]"):
        here.mkdir(exist_ok=True)
        monkeypatch.chdir(here)
        Path("own.yaml").write_text(f"name: own\nextends: reram\nread: {{voltage: {read}}}\n")
        Path("other.yaml").write_text("name: other\nextends: reram\nread: {voltage: 0.1 V}\n")
        Path("net.yaml").write_text(f"layers: {layers}\n")
        over = [f"tech={path}/own.yaml,{path}/other.yaml", f"net={path}/net.yaml,64-10", "subarray=16,32"]
        imac_arch.sweep(over=over, metrics=["energy"], arch="imac").to_parquet("designs")
        single = {"over": ["subarray=16,32"], "metrics": ["energy"], "arch": "imac"}
        imac_arch.sweep("64-10", f"{path}/own.yaml", **single).to_parquet("single")  # another sweep would be refused
        return held(here / "designs")

    before = swept_in(tmp_path / "first")
    (tmp_path / "first").rename(tmp_path / "second")
    (tmp_path / "second" / "designs" / "part-00001.parquet").unlink()
    assert swept_in(tmp_path / "second", tmp_path / "second") == before
    for changed in ({"read": "0.3 V"}, {"layers": "[64, 17, 10]"}):
        with pytest.raises(InputOutputError, match="holds another sweep"):
            swept_in(tmp_path / "second", **changed)


def test_a_folder_of_something_else_stays(small, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    for force in (False, True):
        with pytest.raises(InputOutputError, match="is not empty and holds no sweep"):
            swept().to_parquet(tmp_path, force=force)
    assert held(tmp_path) == {"mine.txt": b"mine"}


def test_a_full_disk_keeps_what_is_whole(small, tmp_path, monkeypatch):
    whole = os.replace
    calls = []

    def full(source, target):
        calls.append(target)
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        whole(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputOutputError, match=r"No space left on device.*goes on with what is there"):
        swept().to_parquet(tmp_path / "a")
    assert [*held(tmp_path / "a")] == ["_sweep.json", "part-00000.parquet"]


@pytest.mark.parametrize("size", [100, 4000, 8000])
def test_a_disk_that_is_full_at_some_byte_leaves_nothing_half_written(small, tmp_path, size):
    whole = held(swept().to_parquet(tmp_path / "whole"))
    with _failing(("size", size)), pytest.raises(InputOutputError, match=r"cannot be written.*goes on with what is"):
        swept().to_parquet(tmp_path / "a")
    there = held(tmp_path / "a")
    assert set(there) <= set(whole)
    assert all(there[name] == whole[name] for name in there if name.startswith("part"))
    assert held(swept().to_parquet(tmp_path / "a")) == whole


def test_memory_does_not_grow_with_the_designs(tmp_path, monkeypatch):
    """Parts that are done leave nothing; 10^7 designs are in benchmarks/store.py."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'imac-arch[parquet]'")
    monkeypatch.setattr(run, "TABLE", 2**9)
    monkeypatch.setattr(parquet, "PART", 2**10)
    over, peaks = ["mac.clock=linspace(1 GHz, 2 GHz, 400)"], []
    for rows in (2**10, 2**10, 2**13):  # the first time what is loaded counts too
        found = imac_arch.sweep(over=over, sample=rows, arch="digital", metrics=["energy"])
        next(found.study.tables(0, 1))
        tracemalloc.start()
        found.to_parquet(tmp_path / f"{len(peaks)}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] - peaks[1] < 8 * 2**13  # one column of numbers, of eleven


def test_what_is_no_folder_stays(small, tmp_path):
    path = tmp_path / "mine"
    path.write_text("mine")
    with pytest.raises(InputOutputError, match="is no folder, and stays as it is"):
        swept().to_parquet(path)
    assert path.read_text() == "mine"


def test_the_command_writes_a_folder(small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["sweep", "--over", "subarray=16,32", "--arch", "imac"]
    assert CliRunner().invoke(app, [*words, "-o", "a/"]).exit_code == 0
    assert len(pd.read_parquet(tmp_path / "a")) == 2
    done = CliRunner().invoke(app, ["sweep", "--over", "subarray=16,64", "--arch", "imac", "-o", "a/"])
    assert (done.exit_code, "holds another sweep (imac-arch" in done.output) == (4, True)


def test_without_pyarrow_a_folder_is_refused_with_what_helps(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'imac-arch\[parquet\]'"):
        swept("subarray=16,32").to_parquet(tmp_path / "a")
    done = CliRunner().invoke(app, ["sweep", "--over", "subarray=16,32", "-o", "x.parquet"])
    assert (done.exit_code, "name a folder" in done.output) == (2, True)
