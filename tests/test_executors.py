"""Blocks of designs by other processes: in their order, the same whoever computes them, and none lost with a worker."""

import os
import signal
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.data.progress import listening
from imac_arch.results import parquet
from imac_arch.studies.sweep import executors, study
from imac_arch.studies.sweep.executors import read_executor, spread
from tests.dying import dying

OVER = ["read.voltage=linspace(0.1 V, 0.3 V, 40)", "subarray=16,32,64", "read.circuit=averaging,virtual_ground"]


def swept(**more):
    return imac_arch.sweep(over=OVER, metrics=["energy", "area", "latency"], arch=["imac", "digital"], **more)


def held(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def squared(given, number):
    return given + number**2


class Breaking(ThreadPoolExecutor):
    """Breaks at some blocks, with the exception of its kind."""

    broken = []

    def submit(self, call, *given):
        future = super().submit(call, *given)
        if self.broken and self.broken[0][0] == given[-1]:
            error = self.broken.pop(0)[1]
            future = Future()
            future.set_exception(error)
        return future


# ---- in their order, and all of them ----


def test_blocks_come_in_their_order():
    done = []
    with ThreadPoolExecutor(4) as pool:
        assert list(spread(squared, 1, 300, pool, done.append)) == [1 + k**2 for k in range(300)]
    assert sorted(done) == list(range(300))


class KilledWorker(Exception):
    """As dask's, which is known by its name."""


@pytest.mark.parametrize("error", [BrokenProcessPool(), KilledWorker("x"), ConnectionError("gone")])
def test_what_a_pool_loses_is_asked_for_again(monkeypatch, error):
    monkeypatch.setattr(Breaking, "broken", [(2, error), (2, error), (7, error)])
    monkeypatch.setattr(executors, "_processes", lambda count: Breaking(count))
    assert list(spread(squared, 0, 9, ("processes", "2"), lambda number: None)) == [k**2 for k in range(9)]
    assert Breaking.broken == []


def test_it_is_given_up_where_nothing_is_ever_finished(monkeypatch):
    monkeypatch.setattr(Breaking, "broken", [(0, BrokenProcessPool())] * 9)
    monkeypatch.setattr(executors, "_processes", lambda count: Breaking(count))
    with pytest.raises(InputOutputError, match="workers end before they finish a block"):
        list(spread(squared, 0, 1, ("processes", "2"), lambda number: None))
    with pytest.raises(InputOutputError, match="goes on with what is there"):
        list(spread(squared, 0, 1, Breaking(1), lambda number: None))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_a_killed_process_loses_no_block(tmp_path):
    assert list(spread(dying, tmp_path, 8, ("processes", "2"), lambda number: None)) == list(range(8))
    assert (tmp_path / "once").exists()


def test_a_killed_worker_of_a_dask_cluster_loses_no_block(tmp_path):
    """A real cluster over loopback."""
    pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install 'imac-arch[dask]'")
    assert list(spread(dying, tmp_path, 8, ("dask", "2"), lambda number: None)) == list(range(8))
    assert (tmp_path / "once").exists()


def test_an_interrupt_ends_what_workers_do_at_once():
    def interrupted():
        with executors._processes(1) as pool:
            pool.submit(time.sleep, 600)
            raise KeyboardInterrupt

    begun = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.perf_counter() - begun < 60


# ---- the same, whoever computes it ----


def test_parts_and_summary_are_those_of_one_process(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'imac-arch[parquet]'")
    monkeypatch.setattr(parquet, "PART", 64)
    alone = swept()
    alone.to_parquet(tmp_path / "alone")
    told = []
    together = swept(executor="processes=2")
    with listening(lambda *step: told.append(step)):
        together.to_parquet(tmp_path / "together")
    assert held(tmp_path / "together") == held(tmp_path / "alone")
    assert together.document == alone.document
    assert (told[0], told[-1]) == (("designs", 0, 240), ("designs", 240, 240))


def test_summary_and_page_in_blocks_are_those_of_one_process(monkeypatch):
    alone = swept()
    monkeypatch.setattr(study, "BLOCK", 17)
    with ThreadPoolExecutor(2) as pool:
        together = swept(executor=pool)
        assert together.drawn == alone.drawn
        assert together.document == swept(executor=pool).document == alone.document


def test_frames_the_best_and_fronts_are_those_of_one_process(monkeypatch):
    alone = swept()
    monkeypatch.setattr(study, "BLOCK", 17)
    blocks = []
    with ThreadPoolExecutor(2) as pool:
        monkeypatch.setattr(
            pool, "submit", lambda *given: blocks.append(given[-1]) or ThreadPoolExecutor.submit(pool, *given)
        )
        together = swept(executor=pool)
        for asked in (
            lambda sweep: sweep.to_frame(),
            lambda sweep: sweep.best("energy", verdict="any").to_frame(),
            lambda sweep: sweep.pareto("energy", "area", verdict="any", ties=True),
        ):
            assert asked(together).equals(asked(alone))
            assert blocks == list(range(together.study.blocks))
            blocks.clear()


def test_fronts_joined_are_the_front_of_all(monkeypatch):
    """Designs that are alike in all metrics are counted wherever the blocks are cut."""
    made = imac_arch.sweep(
        over=["adc.bits=range(3,9)", "mac.clock=linspace(1 GHz, 2 GHz, 9)"], metrics=["area", "energy"]
    )
    fronts = []
    for size in (54, 1, 5, 17):
        monkeypatch.setattr(study, "BLOCK", size)
        kept = made.study.keepers()
        for number in range(made.study.blocks):
            kept.join(study._noted((made.study, size, study.Keepers), number))
        fronts.append((made.study.document(kept), repr(kept.front.sorted())))
    assert fronts == [fronts[0]] * 4
    assert any(row["alike"] > 1 for row in kept.front.sorted())


# ---- what cannot be ----


@pytest.mark.parametrize(("given", "says"), [
    ("proceses", "unknown executor 'proceses'; did you mean 'processes'"), ("", "unknown executor"),
    ("processes=0", "'0' workers are not allowed"), ("processes=many", "'many' workers are not allowed"),
    ("processes=", "'' workers"), ("processes=9999", "1 to 1024"), (4, "executor=4 is not allowed"),
    ("ray", "unknown executor 'ray'"),
])  # fmt: skip
def test_wrong_executors(given, says):
    with pytest.raises(UsageError, match=says):
        read_executor(given)


def test_workers_of_a_dask_cluster_keep_the_memory_that_they_free(monkeypatch):
    """Dask's own have it handed back at once, which takes half of their time; what a user says stays."""
    pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install 'imac-arch[dask]'")
    from dask import config

    before = config.get(executors.ENVIRON)
    for said in (None, "1000000"):
        if said is not None:
            monkeypatch.setenv(executors.TRIM, said)
        with executors._cluster("1") as pool:
            assert pool.submit(os.environ.get, executors.TRIM).result() == said
            assert pool.submit(os.environ.get, "OMP_NUM_THREADS").result() == "1"
    assert config.get(executors.ENVIRON) == before


def test_without_dask_an_executor_is_refused_with_what_helps(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'imac-arch\[dask\]'"):
        read_executor("dask")


def test_no_such_scheduler(tmp_path, monkeypatch):
    pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install 'imac-arch[dask]'")
    monkeypatch.setattr(executors, "PATIENCE", 1)
    for address in ("tcp://127.0.0.1:1", "nowhere://x:1", "http://x", "\x1b[31m", "host", "-", "tcp://:8786"):
        with pytest.raises(InputOutputError, match="no such scheduler"):
            read_executor(f"dask={address}")
    words = ["sweep", "--over", "subarray=16,32", "--executor", "dask=tcp://127.0.0.1:1", "-o", f"{tmp_path}/a/"]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, "no such scheduler" in done.output) == (4, True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_rows_is_not_written_by_workers():
    done = CliRunner().invoke(app, ["sweep", "--over", "subarray=16,32", "--executor", "processes", "-o", "x.csv"])
    assert (done.exit_code, "name a folder" in done.output) == (2, True)
