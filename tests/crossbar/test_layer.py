"""A layer as one circuit: its methods, its tiles, and the forward pass over batches of inputs."""

from dataclasses import replace

import numpy as np
import pytest

from imac_arch.crossbar import (
    CrossbarError,
    ForwardPass,
    Layer,
    Stage,
    dominant_time_constant,
    outputs,
    pair_word_segments,
    step_settling_time,
)
from tests.crossbar.oracle import nodal
from tests.helpers import approx

LINES = {"r_word": 5.0, "r_bit": 3.0, "r_source": 100.0}
CHARGES = {"c_word": 0.2e-15, "c_bit": 0.4e-15, "c_end": 2e-15}
READS = [{}, {"r_sense": 50.0}, {"read": "averaging"}, {"read": "averaging", "g_load": 1e-3}]


def cells(rows, cols, seed=0):
    return np.random.default_rng(seed).uniform(1e-5, 1e-4, (rows, cols))


def test_the_drivers_are_part_of_what_a_layer_solves():
    """Against a plain nodal solve, whose first segments hold the driver."""
    g = cells(6, 4)
    layer = Layer(g, **LINES, r_sense=20.0)
    left, below = np.full(g.shape, 5.0), np.full(g.shape, 3.0)
    left[:, 0] += 100.0
    below[-1] += 20.0
    volts = np.linspace(0.1, 0.8, 6)
    expected = volts @ nodal(g, left, below)
    assert layer.solve(volts).output_current == approx(expected, rel=1e-10)
    assert volts @ layer.map() == approx(expected, rel=1e-10)


@pytest.mark.parametrize("read", READS)
def test_what_a_layer_settles_to_and_how_fast(read):
    g, volts = cells(6, 4), np.linspace(0.1, 0.8, 6)
    layer = Layer(g, **LINES, **CHARGES, **read)
    state = layer.solve(volts)
    settled = state.output_voltage if read.get("read") else state.output_current
    assert volts @ layer.map() == approx(settled, rel=1e-11)
    wanted = dominant_time_constant(g, *LINES.values(), **CHARGES, **read)
    assert layer.time_constant() == approx(float(wanted.time_constant), rel=1e-12)
    assert layer.time_constant() > replace(layer, r_source=0.0).time_constant()
    wanted = step_settling_time(g, volts, *LINES.values(), bits=6, **CHARGES, **read)
    assert layer.settling_time(volts, 6) == wanted


@pytest.mark.parametrize("read", READS)
def test_a_tile_is_its_part_of_the_layer(read):
    """Every value that differs from place to place goes with its place."""
    g = cells(7, 6)
    spread = np.random.default_rng(1).uniform(1, 2, (7, 6))
    layer = Layer(
        g, 5 * spread, 3 * spread, 100 * spread[:, 0], c_word=spread * 1e-16, c_bit=2e-16, c_end=spread[0] * 1e-15,
        stage=Stage(1.0), heights=[3, 4], widths=[4, 2], joining="voltage_tie", bias=0.8, **read,
    )  # fmt: skip
    rows, cols = slice(3, 7), slice(4, 6)
    tile = layer.tile(1, 1)
    charges = {"c_word": spread[rows, cols] * 1e-16, "c_bit": 2e-16, "c_end": spread[0, cols] * 1e-15}
    wires = 5 * spread[rows, cols], 3 * spread[rows, cols], 100 * spread[rows, 0]
    assert np.array_equal(tile.map(), Layer(g[rows, cols], *wires, **read).map())
    assert tile.map() / 2 == approx(layer.map()[rows, cols], rel=1e-12)  # two row tiles, whose mean is read
    slow = dominant_time_constant(g[rows, cols], *wires, **charges, **read)
    assert tile.time_constant() == approx(float(slow.time_constant), rel=1e-12)
    assert tile.checked().inputs == 4  # the bias row of a tile is an input like any other
    drive = layer.drive(np.linspace(0, 0.5, 6))
    assert drive[-1] == 0.8
    assert layer.settling_time(drive, 5) == layer.tile(1, 0).settling_time(drive[rows], 5)  # the largest tile


def test_what_is_no_crossbar_is_refused():
    layer = Layer(cells(4, 4), 1, 1, heights=[2, 2])
    with pytest.raises(CrossbarError, match="2 x 1 tiles is not one crossbar"):
        layer.solve(np.ones(4))
    with pytest.raises(CrossbarError, match="2 x 1 tiles is not one crossbar"):
        layer.time_constant()
    with pytest.raises(CrossbarError, match="tile 2,0: the layer has 2 x 1"):
        layer.tile(2, 0)


@pytest.mark.parametrize("read", READS)
def test_a_batch_is_each_of_its_inputs(read):
    gain = 20.0 if read.get("read") else 1e4
    layers = [
        Layer(
            cells(rows, 2 * columns, rows), pair_word_segments(5.0, columns), 4.0, 100.0,
            stage=Stage(gain, activation, swing=0.8, slope=2.0), bias=0.8, **read,
        )
        for rows, columns, activation in ((8, 5, "tanh"), (6, 3, "relu"))
    ]  # fmt: skip
    layers.append(Layer(cells(3, 4, 3), 5.0, 4.0, **read))  # its bit lines are the output
    batch = np.random.default_rng(0).uniform(0, 0.8, (2, 3, 7))
    states = ForwardPass.of(layers)(batch)
    assert [state.values.shape for state in states] == [(2, 3, 5), (2, 3, 3), (2, 3, 4)]
    assert states[-1].neurons is None
    for place in np.ndindex(2, 3):
        named = list(outputs(layers, batch[place]).values())
        together = [getattr(state, name) for state in states for name in ("ends", "amplified", "neurons")]
        flat = np.concatenate([values[place] for values in together if values is not None])
        assert flat == approx(named, rel=1e-12)


def test_inputs_that_do_not_fit():
    forward = ForwardPass.of([Layer(cells(3, 2), 1, 1)])
    with pytest.raises(CrossbarError, match="needed are 3 finite values"):
        forward(np.ones((5, 4)))
    with pytest.raises(CrossbarError, match="needed are 3 finite values"):
        forward([1.0, np.nan, 1.0])
    with pytest.raises(CrossbarError, match="one value a word line"):
        outputs([Layer(cells(3, 2), 1, 1)], np.ones((2, 3)))


@pytest.mark.parametrize(
    ("activation", "values"), [("linear", [-2, 2]), ("relu", [0, 2]), ("sigmoid", [0.119203, 0.880797]),
                               ("tanh", [-0.964028, 0.964028])],
)  # fmt: skip
def test_activations(activation, values):
    stage = Stage(10.0, activation, swing=0.5, slope=2.0, threshold=0.1)
    amplified = stage.amplify(np.array([[0.0, 0.09], [0.2, 0.09]]))
    assert amplified == approx(np.array([[-0.9], [1.1]]))
    assert stage.fire(amplified).ravel() == approx(0.5 * np.array(values), rel=1e-5)
