import shutil

import numpy as np
import pytest

from imac_arch.crossbar import Layer, Stage, Transient, netlist, outputs
from imac_arch.crossbar.ngspice import run_ngspice
from imac_arch.crossbar.settling import dominant_time_constant
from imac_arch.crossbar.stage import ACTIVATIONS
from imac_arch.crossbar.wires import CrossbarError, pair_word_segments
from imac_arch.data.errors import InputOutputError, UnknownName
from tests.helpers import approx

with_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
READS = [
    {"read": "virtual_ground"},
    {"read": "virtual_ground", "r_sense": 50.0},
    {"read": "averaging"},
    {"read": "averaging", "g_load": 1e-3},
]
CAPACITANCES = {"c_word": 0.2e-15, "c_bit": 0.4e-15, "c_end": 2e-15}


def cells(rows, cols, seed=0):
    return np.random.default_rng(seed).uniform(1e-5, 1e-4, (rows, cols))


def check(layers, volts):
    found, wanted = run_ngspice(netlist(layers, volts)).values, outputs(layers, volts)
    for name, value in wanted.items():
        assert found[name] == approx(value, rel=1e-6), name
    return found


@with_ngspice
@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(("rows", "cols"), [(1, 1), (1, 5), (5, 1), (8, 8), (32, 32)])
@pytest.mark.parametrize("wires", [(5.0, 3.0, 100.0), (0.0, 3.0, 0.0), (5.0, 0.0, 0.0), (0.0, 0.0, 0.0)])
def test_operating_point(read, rows, cols, wires):
    check([Layer(cells(rows, cols), *wires, **read)], np.linspace(0.1, 0.8, rows))


@with_ngspice
@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_network_with_neurons_between_its_layers(read, activation):
    gain = 20.0 if read["read"] == "averaging" else 1e4
    stage = Stage(gain, activation, swing=0.8, slope=2.0, threshold=0.05)
    layers = [
        Layer(cells(rows, 2 * columns, rows), pair_word_segments(5.0, columns), 4.0, 100.0, **read, stage=stage)
        for rows, columns in ((16, 8), (8, 4))
    ]
    found = check(layers, np.linspace(0, 0.8, 16))
    assert {f"v(x2_{c})" for c in range(4)} <= set(found)


@with_ngspice
@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("wires", [(50.0, 30.0, 100.0), (0.0, 3.0, 100.0), (5.0, 0.0, 0.0)])
def test_the_step_response_decays_with_the_dominant_time_constant(read, wires):
    g, volts = cells(8, 6), np.linspace(0.1, 0.8, 8)
    tau = float(dominant_time_constant(g, *wires, **CAPACITANCES, **read).time_constant)
    layers = [Layer(g, *wires, **read, **CAPACITANCES)]
    found = run_ngspice(netlist(layers, volts, transient=Transient(10 * tau, tau / 50)))
    off = np.abs(found.traces - list(outputs(layers, volts).values())).max(axis=1)
    early, late = (np.interp(at * tau, found.time, off) for at in (4, 7))
    assert 3 * tau / np.log(early / late) == approx(tau, rel=0.1)


@with_ngspice
def test_what_ngspice_says_is_passed_on():
    with pytest.raises(InputOutputError, match=r"ngspice failed: .*"):
        run_ngspice("* nothing\nR1 a\n.control\nop\nprint v(nowhere)\nquit\n.endc\n.end\n")


@with_ngspice
def test_it_does_not_wait_for_ever():
    layers = [Layer(cells(16, 16), 5.0, 3.0, **CAPACITANCES)]
    with pytest.raises(InputOutputError, match="did not finish"):
        run_ngspice(netlist(layers, np.ones(16), transient=Transient(1e-6, 1e-15)), timeout=0.2)


def test_without_ngspice_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(InputOutputError, match="apt-get install ngspice") as caught:
        run_ngspice("")
    assert caught.value.exit_code == 4


def test_wires_without_resistance_are_no_elements():
    text = netlist([Layer(cells(3, 2), 0.0, 0.0)], np.ones(3))
    assert "Rw" not in text
    assert "Rb" not in text
    assert text.count("Rc0_") == 6
    assert text == netlist([Layer(cells(3, 2), 0.0, 0.0)], np.ones(3))


@pytest.mark.parametrize(
    ("layers", "volts", "says"),
    [
        ([], [1.0], "at least one layer"),
        ([Layer(cells(2, 2), 1, 1)], [1.0], "inputs: shape"),
        ([Layer(cells(2, 2), 1, 1)] * 2, [1.0, 1.0], "layer 0 has no stage"),
        ([Layer(cells(2, 2), 1, 1, stage=Stage(1.0))] * 2, [1.0, 1.0], "layer 0 has 1 neurons, layer 1 2 word lines"),
        ([Layer(cells(2, 3), 1, 1, stage=Stage(1.0))], [1.0, 1.0], "pairs need an even number"),
        ([Layer(cells(2, 3)[None], 1, 1)], [1.0, 1.0], "a layer is"),
        ([Layer(cells(2, 2), 1, 1, c_bit=[1, 2, 3])], [1.0, 1.0], "c_bit: shape"),
        ([Layer(cells(2, 2), 1, 1, g_load=1.0)], [1.0, 1.0], "g_load"),
        ([Layer(cells(2, 2), 1, 1, r_sense=1.0, read="averaging")], [1.0, 1.0], "r_sense"),
    ],
)
def test_errors_say_what_is_wrong(layers, volts, says):
    with pytest.raises(CrossbarError, match=says):
        netlist(layers, volts)


def test_unknown_names():
    with pytest.raises(UnknownName, match="did you mean 'sigmoid'"):
        Stage(1.0, "sigmod")
    with pytest.raises(UnknownName, match="read circuit"):
        netlist([Layer(cells(2, 2), 1, 1, read="voltage")], [1.0, 1.0])
    with pytest.raises(CrossbarError, match="gain"):
        Stage(np.nan)
    with pytest.raises(CrossbarError, match="transient"):
        Transient(1.0, 2.0)
