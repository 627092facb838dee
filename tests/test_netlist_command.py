"""The command ``netlist`` from outside, its check by ngspice, and the files of weights and inputs."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from typer.testing import CliRunner

from imac_arch.cli import app
from imac_arch.data.errors import InfeasibleError, InputOutputError, UsageError
from imac_arch.network import parse_network
from imac_arch.studies.netlist import MARK, circuit
from imac_arch.weights import draw_inputs, random_weights, read_inputs, read_weights, sliced
from tests.helpers import approx

NGSPICE = shutil.which("ngspice")
with_ngspice = pytest.mark.skipif(NGSPICE is None, reason="ngspice is not installed: apt-get install ngspice")
SMALL = ["netlist", "--net", "16-8-4"]


def call(*words):
    result = CliRunner().invoke(app, [*words])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@with_ngspice
def test_the_example_of_the_help_runs_and_agrees(here):
    code, out, _ = call("netlist", "--help")
    example = re.search(r"Example:  imac-arch (netlist .*)", out)[1].split()
    assert code == 0
    assert len(out.rstrip().splitlines()) <= 55
    code, out, err = call(*example)
    assert code == 0, err
    assert "layer 2: 4 neurons" in out
    assert "NO" not in out
    assert (here / "reports" / "small.cir").read_text().startswith(MARK)


@with_ngspice
def test_ngspice_runs_the_file_as_it_is(here):
    assert call(*SMALL, "-o", "small.cir")[0] == 0
    done = subprocess.run([NGSPICE, "-n", "-b", "small.cir"], capture_output=True, text=True, check=True)
    assert "v(x2_3) = " in done.stdout
    assert np.loadtxt("transient.txt", skiprows=1).shape[1] == 2 * (8 + 4)


CASES = {
    "averaging": ["--net", "784-128-10", "--layer", "2", "--subarray-index", "4,0"],
    "virtual ground": ["--net", "784-128-10", "--layer", "2", "--subarray-index", "4,0", "--read", "virtual_ground"],
    "megohm": ["--net", "20-12-4", "--tech", "sot_mram_imec", "--layer", "1"],
    "no driver": ["--net", "20-12-4", "--layer", "2", "--set", "components.row_driver=none"],
    "bias in the neuron": ["--net", "net.yaml", "--layer", "1"],
    "a whole network, tiles joined by current": ["--net", "30-12-4", "--tiles", "4x3,2x2"],
    "tiles tied by voltage": ["--net", "30-12-4", "--tiles", "4x3,2x2", "--set", "read.joining=voltage_tie"],
    "virtual ground, tied": [
        "--net", "30-12-4", "--tiles", "4x3,2x2", "--read", "virtual_ground", "--set", "read.joining=voltage_tie",
    ],
    "other activations and encoding": ["--net", "12-6:tanh-5:relu-3:identity", "--set", "read.encoding=-V/+V"],
    "gated cells": [
        "--net", "20-12-4", "--tech", "sram_cim", "--layer", "1", "--read", "virtual_ground", "--set",
        "read.mode=settle",
    ],
    "32 x 32": ["--net", "784-128-10", "--layer", "1"],
}  # fmt: skip


@with_ngspice
@pytest.mark.parametrize("case", CASES)
def test_our_solution_is_that_of_ngspice(here, case):
    (here / "net.yaml").write_text("layers: [20, 12, 4]\nbias: neuron\n")
    code, out, err = call("netlist", *CASES[case], "--check")
    assert code == 0, out + err
    assert not out.startswith("*")  # the table alone
    limits = [line.split()[-1] for line in out.splitlines()[2:] if "slowest pole" not in line]
    assert set(limits) == {"yes"}
    assert ("settling to 6 bits" in out) == ("--layer" in CASES[case])


@with_ngspice
def test_a_broken_limit_is_exit_code_1(here, monkeypatch):
    """An ngspice that is given another first cell finds another power, and is believed."""
    (here / "ngspice").write_text(
        f"#!/bin/sh\nsed -i 's/^\\(Rc0_0_0 .* \\)[^ ]*$/\\11e3/' netlist.cir\nexec {NGSPICE} \"$@\"\n"
    )
    (here / "ngspice").chmod(0o755)
    monkeypatch.setenv("PATH", f"{here}:/usr/bin:/bin")
    code, out, err = call("netlist", "--net", "8-4", "--layer", "1", "--check")
    assert code == 1
    assert "NO" in out
    assert "ngspice differs by more than the limit: 8 bit-line voltages" in err


def test_without_ngspice_it_says_how_to_get_it(here, monkeypatch):
    monkeypatch.setenv("PATH", str(here))
    code, _, err = call(*SMALL, "--check")
    assert code == 4
    assert "apt-get install ngspice" in err


def test_output_files(here):
    code, out, err = call(*SMALL, "-o", "-")
    assert (code, err) == (0, "")
    assert out.startswith(MARK)
    assert call(*SMALL)[1] == out
    assert call(*SMALL, "--seed", "1")[1] != out
    for _ in range(2):  # a file of ours is overwritten
        code, shown, err = call(*SMALL, "-o", "a.cir")
        assert (code, shown) == (0, "")
        assert "wrote a.cir" in err
    assert (here / "a.cir").read_text() == out
    (here / "b.cir").write_text("* mine\n")
    assert call(*SMALL, "-o", "b.cir")[0] == 4
    assert (here / "b.cir").read_text() == "* mine\n"
    assert call(*SMALL, "-o", "b.cir", "--force", "-q")[::2] == (0, "")
    code, _, err = call(*SMALL, "-o", "a.html")
    assert code == 2
    assert "cir, net, sp, spice" in err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--layer", "3"], 2, "layer 3 is not in 16-8-4, which has layers 1 to 2"),
        (["--layer", "0"], 2, "layers 1 to 2"),
        (["--layer", "1", "--subarray-index", "1,0"], 2, "has 1 x 1: row tiles 0 to 0, column tiles 0 to 0"),
        (["--layer", "1", "--subarray-index", "0"], 2, "write row tile,column tile"),
        (["--layer", "1", "--subarray-index", "-1,0"], 2, "write row tile,column tile"),
        (["--subarray-index", "0,0"], 2, "needs --layer"),
        (["--seed", "-1"], 2, "seed -1"),
        (["--tiles", "18x1,1x1"], 3, "layer 1: 18 row tiles for 17 rows"),
        (["--tech", "sot_mrm"], 2, "did you mean"),
        (["--weights", "absent.npz"], 4, "absent.npz: no such file"),
        (["--net", "784-128-10"], 3, "203,540 cells are too many"),
        (["--net", "999999-999999"], 3, "are too many"),
        (["--set", "components.amplifier=none"], 2, "'amplifier'"),
        (["--set", "components.synapse.columns_per_weight=2"], 2, "slices of bits"),
    ],
)
def test_errors_say_what_is_wrong(here, words, code, says):
    got, out, err = call(*(SMALL[:1] if words[0] == "--net" else SMALL), *words)
    assert got == code, err
    assert says in " ".join(err.split())
    assert out == ""


def test_given_weights_and_inputs_are_the_ones_that_are_written(here):
    generator = np.random.default_rng(3)
    weights = [generator.uniform(-1, 1, shape) for shape in ((17, 8), (9, 4))]
    np.savez("w.npz", W1=weights[0], W2=weights[1])
    np.save("x.npy", np.linspace(0, 1, 16))
    text = circuit("16-8-4", weights="w.npz", inputs="x.npy").text()
    assert "random" not in text
    assert f"Vin0_15 x0_15 0 dc {0.8!r}" in text
    cells = {m[1]: 1 / float(m[2]) for m in re.finditer(r"^Rc(\S+) \S+ \S+ (\S+)$", text, re.MULTILINE)}
    assert len(cells) == 2 * (17 * 8 + 9 * 4)
    low, high = 1 / 25464.79, 1 / 8488.26
    for i, j in ((0, 0), (16, 7), (5, 3)):
        share = (weights[0][i, j] + 1) / 2
        assert cells[f"0_{i}_{2 * j}"] == approx(low + (high - low) * share, rel=1e-5)
        assert cells[f"0_{i}_{2 * j + 1}"] == approx(high - (high - low) * share, rel=1e-5)
    part = circuit("16-8-4", subarray="8x4", layer=1, subarray_index="2,1", weights="w.npz", inputs="x.npy")
    assert part.inputs == approx(0.8 * np.array([*np.linspace(0, 1, 16)[12:], 1.0]))  # 6 + 6 + 5 rows
    assert np.asarray(part.layers[0].conductance)[-1, 0] == approx(cells["0_16_8"])


NET = parse_network("4-3-2")
GOOD = {"W1": np.zeros((5, 3)), "W2": np.ones((4, 2))}


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"W1": np.zeros((5, 3))}, "contains 'W1'; expected W1, W2"),
        (GOOD | {"W3": np.zeros(2)}, "W3 match no layer of 4-3-2"),
        (GOOD | {"W1": np.zeros((4, 3))}, r"W1 has the shape (4, 3); expected (5, 3); the last row, the bias, is"),
        (GOOD | {"W2": np.zeros((2, 4))}, "expected (4, 2); transpose it"),
        (GOOD | {"W2": np.full((4, 2), np.nan)}, "W2 is nan at index (0, 0), and 7 more"),
        (GOOD | {"W1": np.full((5, 3), 1.5)}, "W1 is 1.5 at index (0, 0), and 14 more; expected values between -1"),
        (GOOD | {"W1": np.full((5, 3), "a")}, "W1 has dtype <U1; expected numbers"),
        ({"W1": np.zeros((9, 9)), "W2": np.full((4, 2), -2)}, "W2 is -2"),
        ({}, "contains no arrays"),
    ],
)
def test_wrong_weights_are_refused(tmp_path, arrays, says):
    np.savez(tmp_path / "w.npz", **arrays)
    with pytest.raises(UsageError, match=re.escape(says)):
        read_weights(tmp_path / "w.npz", NET)


def test_files_that_are_no_arrays(tmp_path):
    (tmp_path / "empty.npz").write_bytes(b"")
    (tmp_path / "text.npy").write_text("hello")
    np.save(tmp_path / "pickle.npy", np.array([{}], dtype=object), allow_pickle=True)
    for name in ("empty.npz", "text.npy", "pickle.npy"):
        with pytest.raises(UsageError, match="numbers"):
            read_weights(tmp_path / name, NET)
    with pytest.raises(InputOutputError, match="is a folder, not a file"):
        read_weights(tmp_path, NET)
    np.save(tmp_path / "one.npy", np.zeros((5, 2)))
    assert read_weights(tmp_path / "one.npy", parse_network("4-2"))[0].shape == (5, 2)
    with pytest.raises(UsageError, match="one unnamed array"):
        read_weights(tmp_path / "one.npy", NET)
    np.save(tmp_path / "x.npy", [0.0, 1.0, -0.1])
    with pytest.raises(UsageError, match=r"inputs is -0.1 at index \(2,\); expected values between 0 and 1"):
        read_inputs(tmp_path / "x.npy", 3)
    with pytest.raises(UsageError, match=r"expected \(4,\)"):
        read_inputs(tmp_path / "x.npy", 4)


def test_slices_of_bits_add_up_to_the_weight():
    assert np.array_equal(sliced(np.array([[0.3, -1.0]]), 2, 1), [[0.3, -1.0]])
    weights = np.linspace(-1, 1, 27)[None]
    held = sliced(weights, 3, 3).reshape(27, 3)
    assert set(held.ravel()) == {-1.0, 0.0, 1.0}
    assert held @ [9, 3, 1] / 13 == approx(weights[0])


def test_random_inputs_have_the_statistics_that_are_asked_for():
    drawn = draw_inputs(0.5, 0.4, 200_000, np.random.default_rng(0))
    assert drawn.mean() == pytest.approx(0.5, abs=0.01)
    assert (drawn**2).mean() == pytest.approx(0.4, abs=0.01)
    levels = random_weights(NET, 3, np.random.default_rng(0))[0]
    assert set(levels.ravel()) == {-1.0, 0.0, 1.0}
    with pytest.raises(UsageError, match="take too much memory"):
        random_weights(parse_network("100000-100000"), 2, np.random.default_rng(0))


def test_too_many_cells_are_infeasible_before_anything_is_drawn():
    with pytest.raises(InfeasibleError, match="choose a smaller subarray"):
        circuit("3000-3000", layer=1, subarray="2000x2000")


def test_compare_takes_the_same_tiles_and_weights(here):
    np.savez("w.npz", W1=np.ones((17, 8)), W2=-np.ones((9, 4)))
    words = ["compare", "--net", "16-8-4", "--arch", "imac", "--samples", "0", "--json", "--tiles", "2x2,auto"]
    code, out, err = call(*words, "--exact", "--weights", "w.npz")
    assert code == 0, err
    rows = json.loads(out)["exact"]
    assert [(row["layer"], row["rows"], row["cols"]) for row in rows] == [
        (1, 9, 4), (1, 9, 4), (1, 8, 4), (1, 8, 4), (2, 9, 4),
    ]  # fmt: skip
    assert call(*words, "--weights", "w.npz")[0] == 2
    code, _, err = call(*words[:-1], "2x9,1x1")
    assert code == 3
    assert "layer 1: 9 column tiles for 8 weight columns; use at most 8" in err


def test_only_small_subarrays_are_watched():
    assert circuit("784-128-10", layer=1).watched
    assert not circuit("784-128-10", layer=1, subarray="80x32").watched
    assert not circuit("16-8-4").watched
    assert "\ntran " in circuit("16-8-4").text()
    assert "\ntran " not in circuit("16-8-4").text(transient=False)


def test_the_neuron_is_as_steep_as_the_technology_says():
    """Output by output of ``SotNeuron`` at its own supply, whose sign the amplifier's inputs turn."""
    from imac_arch.components.inverter import output
    from tests.helpers import context, technology

    inverter = technology().components["neuron"].circuit(context())
    stage = circuit("16-8-4").layers[0].stage
    step = 1e-4
    falls = float(output(np.asarray(step), inverter) - output(np.asarray(-step), inverter))
    rises = float(stage.fire(np.asarray(step)) - stage.fire(np.asarray(-step)))
    assert rises == approx(-falls, rel=1e-3)
    figures = (
        "{kind: analog_neuron, power: 60 uW, area: 0.16 um^2, latency: 20 ps, leakage: 0 W, drive_current: 0.5 mA}"
    )
    plain = circuit("16-8-4", overrides={"components.neuron": figures}).layers[0].stage
    assert plain.slope == approx(4 * 3 / 0.8, rel=1e-6)
