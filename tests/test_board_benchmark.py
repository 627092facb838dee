"""The measuring of boards, on a made-up board whose law and clock are known."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest
from rich.console import Console

from benchmarks import board as script
from imac_arch.api import compare
from imac_arch.data.registry import names
from imac_arch.data.walk import each_quantity
from imac_arch.show.sentences import conditions_line
from imac_arch.technology_files import load_board
from tests.helpers import ROOT, approx, first
from tests.helpers import run as evaluated

sys.path.insert(0, str(ROOT / "benchmarks"))

import board_device
import board_file
import board_fit
import board_plot

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
        assert fitted.parameters[name] == approx(value, rel=0.03), name
    assert fitted.verdict()["worst"] < 0.01


def test_the_fit_recovers_the_power_that_was_drawn(fitted):
    assert fitted.power["launch_power"] == approx(LAUNCHING, rel=0.02)
    assert fitted.power["busy"] == approx(BUSY, rel=0.02)
    assert fitted.power["idle_context"] == IDLE


def test_a_few_spoilt_points_do_not_move_the_fit(run):
    data = json.loads(json.dumps(run[1]))
    for point in board_fit.points_of(data, "fp16")[5::12]:
        point["host"] *= 4
    found = board_fit.fit(data, "fp16", resamples=0)
    for name in ("graph_start", "stream_launch", "efficiency"):
        assert found.parameters[name] == approx(TRUE[name], rel=0.1), name
    assert found.verdict()["worst"] > 2


def test_another_law_than_the_measured_is_called_missed(fitted):
    rows = [{**r, "host": r["host"] * (2 if r["batch"] == 1 else 1)} for r in fitted.rows]
    text = board_fit.table(board_fit.Fit("fp16", fitted.parameters, {}, rows, {}))
    assert "MISSED" in text
    assert "MISSED" not in board_fit.table(fitted)


def test_noise_on_the_clock_leaves_the_targets_met(tmp_path):
    found = board_fit.fit(measured(tmp_path, MadeUp(noise=0.05)), "fp16", resamples=0)
    assert all(found.verdict()[name] <= limit for name, limit in board_fit.TARGETS.items())


def test_the_board_file_is_in_order_and_says_that_it_was_measured(run):
    folder, _ = run
    path = folder / "h200_fp16.yaml"
    check = [sys.executable, "-m", "imac_arch", "tech", "check", str(path)]
    done = subprocess.run(check, capture_output=True, text=True)
    assert (done.returncode, "0 without a source" in done.stdout) == (0, True), done.stdout + done.stderr
    loaded = load_board(str(path)).model
    assert (loaded.status, loaded.board.timing, loaded.board.launch) == ("measured", "overlapped", "stream")
    assert loaded.board.l2.value == 8 * (50 << 20)
    assert loaded.board.stream_launch.value == approx(TRUE["stream_launch"], rel=0.03)
    assert loaded.board.stream_launch.range[0] <= TRUE["stream_launch"] <= loaded.board.stream_launch.range[1]
    assert {q.status for _, q in each_quantity(loaded.board)} <= {"measured", "fitted", "published"}
    for text in ("NVIDIA H200", "driver 0", "CUDA 0.0", "PyTorch 0.0", "points, law"):
        assert text in loaded.sources["run"].title


def test_the_board_file_gives_the_times_that_were_measured(run):
    """Through the whole package: the file's latency at batch 1 is the median of the passes."""
    folder, data = run
    point = next(p for p in data["points"] if (p["net"], p["batch"], p["mode"]) == ("784-128-10", 1, "eager"))
    found = evaluated(archs=["gpu"], net="784-128-10", gpu=str(folder / "h200_fp16.yaml"))["gpu"]
    assert first(found.metrics["latency"]) == approx(point["host"], rel=0.01)


def test_raw_results_hold_every_point_or_its_reason(tmp_path):
    data = measured(tmp_path, MadeUp(), "--precisions", "fp16", "int8")
    plan = script.Plan()
    both = len(plan.nets) * (2 * len(plan.batches) + 2 * len(plan.compile_batches))
    assert len(data["points"]) == 2 * both
    for point in data["points"]:
        assert ("host" in point) != ("skipped" in point)
    assert {p["skipped"] for p in data["points"] if p["precision"] == "int8"} == {"this board has no integer product"}
    lines = (tmp_path / "raw.csv").read_text().splitlines()
    assert len(lines) == 1 + len(data["points"])


def test_a_run_out_of_time_keeps_what_it_has(tmp_path):
    data = measured(tmp_path, MadeUp(), "--max-seconds", "1")
    done = [p for p in data["points"] if "host" in p]
    assert 0 < len(done) < len(data["points"])
    assert any("time of the run" in p.get("skipped", "") for p in data["points"])


def test_a_point_that_breaks_does_not_take_the_others_along(tmp_path):
    device = MadeUp()
    build = device.build

    def broken(layers, batch, precision, mode):
        if batch == 64:
            raise RuntimeError("illegal instruction")
        return build(layers, batch, precision, mode)

    device.build = broken
    data = measured(tmp_path, device)
    assert {p["skipped"] for p in data["points"] if p["batch"] == 64} == {"RuntimeError: illegal instruction"}
    assert all("host" in p for p in data["points"] if p["batch"] != 64)


@pytest.mark.parametrize(
    ("device", "says"),
    [(MadeUp(power=False), "power was not measured"), (MadeUp(name="Rage 128"), "no shipped board is a 'Rage 128'")],
)
def test_what_a_board_file_lacks_is_said(tmp_path, capsys, device, says):
    measured(tmp_path, device)
    assert says in capsys.readouterr().out
    assert not list(tmp_path.glob("*.yaml"))


def test_old_results_are_fitted_again(run, tmp_path, capsys):
    assert script.main(["--fit", str(run[0] / "raw.json"), "--out", str(tmp_path / "new")]) == 0
    assert "target 25 %, met" in capsys.readouterr().out
    assert (tmp_path / "new" / "h200_fp16.yaml").exists()


@pytest.mark.parametrize(
    ("content", "code", "says"), [(None, 4, "No such file"), ("not json", 2, "no result"), ("{}", 2, "no result")]
)
def test_results_that_are_none_are_refused(tmp_path, capsys, content, code, says):
    path = tmp_path / "raw.json"
    if content is not None:
        path.write_text(content)
    assert script.main(["--fit", str(path), "--out", str(tmp_path)]) == code
    assert says in capsys.readouterr().err


def test_too_few_points_are_no_fit(run):
    data = {**run[1], "points": run[1]["points"][:5]}
    with pytest.raises(board_fit.Unfit, match="needs 6 of each"):
        board_fit.fit(data, "fp16")


@pytest.mark.parametrize(("net", "says"), [("784-x", "784-x"), ("784", "no net")])
def test_a_net_that_is_none_is_refused(tmp_path, capsys, net, says):
    assert script.main(["--out", str(tmp_path), "--nets", net], MadeUp()) == 2
    assert says in capsys.readouterr().err


def without(tmp_path, torch):
    """Run the script in a Python whose PyTorch is what the text says."""
    (tmp_path / "torch.py").write_text(torch)
    call = [sys.executable, str(ROOT / "benchmarks" / "board.py"), "--out", str(tmp_path / "out")]
    return subprocess.run(call, capture_output=True, text=True, env={"PYTHONPATH": str(tmp_path), "PATH": ""})


@pytest.mark.parametrize(
    ("torch", "says"),
    [
        ("raise ImportError('none')", "PyTorch is not installed"),
        ("import types\n__version__ = '1.0'\ncuda = types.SimpleNamespace(is_available=lambda: False)", "no CUDA"),
    ],
)
def test_without_torch_or_a_board_the_script_says_how_to_get_them(tmp_path, torch, says):
    done = without(tmp_path, torch)
    assert done.returncode == 4
    assert says in done.stderr
    assert "pip install torch" in done.stderr
    assert "Traceback" not in done.stderr


def test_measuring_imports_nothing_of_the_project():
    code = "import sys; sys.path.insert(0, 'benchmarks'); import board, board_torch; print([m for m in sys.modules if "
    code += "m.split('.')[0] in ('imac_arch', 'pydantic', 'scipy', 'numpy', 'yaml')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_a_figure_shows_the_points_of_a_run(run, tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "figure.svg"
    board_plot.draw(run[1], path)
    text = path.read_text()
    assert text.startswith("<?xml")
    assert "<!-- batch -->" in text


def test_the_worth_of_stages_comes_first():
    order = list(script.stages(script.Plan()))
    assert order[:2] == [("fp16", "eager"), ("fp16", "graph")]
    assert len(order) == 12
    assert all("compiled" in mode for _, mode in order[6:])


@pytest.mark.parametrize(("predicted", "measured_", "expected"), [(1.0, 1.0, 0.0), (1.25, 1.0, 0.25), (1.0, 2.0, 1.0)])
def test_errors_count_whichever_way_they_go(predicted, measured_, expected):
    assert board_fit.off(predicted, measured_) == approx(expected)


def test_a_measured_board_is_known_by_its_name():
    assert board_file.like("NVIDIA H200").name == "h200"
    assert board_file.like("NVIDIA GeForce GTX 1080 Ti").name == "gtx_1080_ti"
    assert set(board_file.LIKE.values()) <= set(names("board"))
    assert board_file.slug("NVIDIA GeForce RTX 4090") == "geforce_rtx_4090"


@pytest.mark.parametrize("measured_", [False, True])
def test_a_comparison_says_whether_its_board_was_measured(run, measured_, tmp_path):
    gpu = str(run[0] / "h200_fp16.yaml") if measured_ else "h200"
    found = compare("784-16-10", gpu=gpu, samples=0)
    word = "measured" if measured_ else "modelled"
    assert f"({word}, fp16)" in conditions_line(found.document)
    out = io.StringIO()
    found.to_terminal(Console(file=out, width=400))
    assert f"({word}, fp16)" in " ".join(out.getvalue().split())
    path = tmp_path / "report.html"
    found.to_html(path)
    text = path.read_text()
    assert ("no measurement of it stands behind these lines" in text) is not measured_
    assert ("by benchmarks/board.py; 72 points" in text) is measured_
    statuses = {row.status for row in found.document.provenance if row.path.startswith("boards.")}
    assert ("fitted" in statuses and "measured" in statuses) is measured_
