"""The measuring of boards, on a made-up board whose law and clock are known."""

import json
import subprocess
import sys

import numpy as np
import pytest

from benchmarks import board as script
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

import board_device  # noqa: E402
import board_fit  # noqa: E402

TRUE = {
    "efficiency": 0.5, "bandwidth": 8 * 4e12, "l2_bandwidth": 8 * 8e12, "step": 2e-9, "graph_start": 9e-6,
    "graph_launch": 1.5e-6, "stream_start": 12e-6, "stream_launch": 6e-6,
}  # fmt: skip
IDLE, LAUNCHING, BUSY, LIMIT = 110.0, 180.0, 500.0, 700.0
KNOWN = {"probes": {"square_fp16_8192": 8e14, "copy_memory": 4e12, "copy_4MiB_in_graph": 6e12}}


class Meter:
    """The mean power of what the made-up board did in the window."""

    def __init__(self, owner):
        self.owner = owner

    def start(self):
        self.began, self.energy = self.owner.now, self.owner.energy

    def poll(self):
        pass

    def stop(self):
        elapsed = self.owner.now - self.began
        return {"watt": (self.owner.energy - self.energy) / elapsed, "samples": 1, "how": "made up"}


class MadeUp:
    """A board that follows the law exactly, or with noise, on a clock of its own."""

    def __init__(self, noise=0.0, tile=64, name="NVIDIA H200", power=True):
        self.now = self.energy = 0.0
        self.name, self.noise, self.draws = name, noise, np.random.default_rng(1)
        self.meter = Meter(self) if power else board_device.Blind()
        self.law = board_fit.with_numbers(board_fit.skeleton(self.raw(), "fp16", tile), TRUE)

    def raw(self):
        return {"device": self.describe(), **KNOWN}

    def describe(self):
        return {
            "name": self.name, "torch": "0.0", "cuda": "0.0", "driver": "0", "power_limit": LIMIT,
            "L2_cache_size": 50 << 20, "idle": {"context": {"watt": IDLE}},
        }  # fmt: skip

    def build(self, layers, batch, precision, mode):
        if precision == "int8":
            raise board_device.Skipped("this board has no integer product")
        launch = "graph" if "graph" in mode else "stream"
        law = self.law.model_copy(update={"launch": launch})
        total, busy = (float(v[0]) for v in board_fit.predict(law, "-".join(map(str, layers)), batch))

        def run():
            factor = float(np.exp(self.noise * self.draws.standard_normal()))
            self.now += total * factor
            self.energy += (LAUNCHING * (total - busy) + BUSY * busy) * factor

        return run

    def synchronise(self):
        pass

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        self.energy += seconds * IDLE

    def events(self, run, repeats):
        times = []
        for _ in range(repeats):
            start = self.now
            run()
            times.append(self.now - start)
        return times

    def probes(self):
        return dict(KNOWN["probes"])

    def kernels(self, run):
        return None

    def release(self):
        pass


def measured(tmp_path, device, *options):
    quick = ("--precisions", "fp16", "--seconds-per-point", "0.002", "--power-seconds", "0.3")
    assert script.main(["--out", str(tmp_path), *quick, *options], device) == 0
    return json.loads((tmp_path / "raw.json").read_text())


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return folder, measured(folder, MadeUp())


@pytest.fixture(scope="module")
def fitted(run):
    return board_fit.fit(run[1], "fp16", resamples=3)


def test_the_fit_recovers_the_law_that_made_the_times(fitted):
    assert fitted.parameters["tile"] == 64
    for name, value in TRUE.items():
        assert fitted.parameters[name] == pytest.approx(value, rel=0.03), name
    assert fitted.verdict()["worst"] < 0.01


def test_the_fit_recovers_the_power_that_was_drawn(fitted):
    assert fitted.power["launch_power"] == pytest.approx(LAUNCHING, rel=0.02)
    assert fitted.power["busy"] == pytest.approx(BUSY, rel=0.02)
    assert fitted.power["idle_context"] == IDLE


def test_a_few_spoilt_points_do_not_move_the_fit(run):
    data = json.loads(json.dumps(run[1]))
    for point in board_fit.points_of(data, "fp16")[5::12]:
        point["host"] *= 4
    found = board_fit.fit(data, "fp16", resamples=0)
    for name in ("graph_start", "stream_launch", "efficiency"):
        assert found.parameters[name] == pytest.approx(TRUE[name], rel=0.1), name
    assert found.verdict()["worst"] > 2


def test_another_law_than_the_measured_is_called_missed(fitted):
    rows = [{**r, "host": r["host"] * (2 if r["batch"] == 1 else 1)} for r in fitted.rows]
    text = board_fit.table(board_fit.Fit("fp16", fitted.parameters, {}, rows, {}))
    assert "MISSED" in text
    assert "MISSED" not in board_fit.table(fitted)
