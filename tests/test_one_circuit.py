"""``compare --exact`` and ``netlist`` solve one circuit: cells, wires and drivers."""

import numpy as np
import pytest

from imac_arch.network import NetworkFile
from imac_arch.studies.closed_forms import exact_rows
from imac_arch.studies.netlist import export
from tests.crossbar.oracle import nodal
from tests.helpers import approx, resolved

# Inputs that are always at full scale leave nothing to chance: both commands drive the same voltages.
FULL = {"mean": 1.0, "mean_square": 1.0}
PRINTED = 6e-9  # exact figures have nine digits
WEIGHTS = [np.random.default_rng(seed).uniform(-1, 1, shape) for seed, shape in enumerate(((20, 9), (10, 4)))]


def prepared(read, driver=True, **more):
    network = NetworkFile(layers=[19, 9, 4], input=FULL, hidden=FULL).network()
    fields = {"read.circuit": read, "subarray.rows": 11, "subarray.cols": 5}
    fields |= ({} if driver else {"components.row_driver": "none"}) | more
    return resolved(network, fields=fields).inputs


@pytest.mark.parametrize("read", ["averaging", "virtual_ground"])
def test_exact_and_netlist_solve_the_same_subarrays(read):
    inputs = prepared(read)
    rows = exact_rows(inputs, 0, WEIGHTS)
    assert [(row.layer, row.row_tile, row.col_tile) for row in rows] == [
        (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1), (2, 0, 0),
    ]  # fmt: skip
    for row in rows:
        fan_in = (19, 9)[row.layer - 1]
        circuit = export(
            inputs, layer=row.layer, subarray=(row.row_tile, row.col_tile), weights=WEIGHTS, values=np.ones(fan_in)
        )
        layer, volts = circuit.layers[0], circuit.inputs
        assert np.shape(layer.conductance) == (row.rows, 2 * row.cols)
        state = layer.solve(volts)
        assert row.power.exact == approx(float(state.power_drawn), rel=PRINTED)
        of_inputs = row.rows - (row.row_tile == (1, 0)[row.layer - 1])  # the bias is the last line of the last tile
        reached = (state.word_voltage[:, -1] / volts)[:of_inputs]
        assert row.far_share.exact == approx(np.mean(reached), rel=PRINTED)
        assert row.time_constant.exact == approx(layer.time_constant(), rel=PRINTED)


def test_the_power_is_that_of_a_plain_nodal_solve_with_its_driver():
    """The oracle knows wires alone: the driver of the exported circuit is added to the first segment of each row."""
    inputs = prepared("virtual_ground")
    row = exact_rows(inputs, 0, WEIGHTS)[-1]
    circuit = export(inputs, layer=2, weights=WEIGHTS, values=np.ones(9))
    layer = circuit.layers[0]
    g = np.asarray(layer.conductance)
    left, below = np.array(np.broadcast_to(layer.r_word, g.shape)), np.full(g.shape, layer.r_bit)
    assert layer.r_source > 0
    left[:, 0] += layer.r_source
    # into 0 V every ampere that a source delivers leaves by a bit line
    currents = circuit.inputs @ nodal(g, left, below)
    assert row.power.exact == approx(circuit.inputs[0] * currents.sum(), rel=PRINTED)


@pytest.mark.parametrize("read", ["averaging", "virtual_ground"])
def test_the_driver_is_part_of_the_figures(read):
    """A driver takes its share of 5 %; without it the exact figures are those of the wires alone."""
    for row, bare in zip(*(exact_rows(prepared(read, driver), 0, WEIGHTS) for driver in (True, False)), strict=True):
        assert 0.94 < row.power.exact / bare.power.exact < 0.98
        assert 0.94 < row.far_share.exact / bare.far_share.exact < 0.98
        assert row.time_constant.exact > bare.time_constant.exact
        for name in ("power", "far_share", "time_constant"):
            of_both = [getattr(each, name) for each in (row, bare)]
            driven, without = (figure.closed / figure.exact for figure in of_both)
            assert driven == approx(without, rel=0.03), name  # the closed forms know the driver too


def test_subarrays_of_a_layer_have_its_drivers():
    """Nine columns on subarrays of five: the narrow tile's driver is that of the wide one, as the bill has it."""
    inputs = prepared("averaging")
    wide, narrow = (
        export(inputs, layer=1, subarray=(0, col), weights=WEIGHTS, values=np.ones(19)).layers[0] for col in (0, 1)
    )
    whole = export(inputs, weights=WEIGHTS, values=np.ones(19)).layers[0]
    assert np.shape(wide.conductance)[1] > np.shape(narrow.conductance)[1]
    assert wide.r_source == narrow.r_source == whole.r_source


@pytest.mark.parametrize("read", ["averaging", "virtual_ground"])
def test_cells_under_bias_are_solved_as_they_are(read):
    """With ``v_half`` every cell has the magnetoresistance of its own voltage, in both commands."""
    signs = [np.sign(weights) for weights in WEIGHTS]
    biased = prepared(read, **{"components.synapse.v_half": "0.5 V"})
    rows, fixed = exact_rows(biased, 0, signs), exact_rows(prepared(read), 0, signs)
    for row, other in zip(rows, fixed, strict=True):
        fan_in = (19, 9)[row.layer - 1]
        circuit = export(
            biased, layer=row.layer, subarray=(row.row_tile, row.col_tile), weights=signs, values=np.ones(fan_in)
        )
        layer, volts = circuit.layers[0], circuit.inputs
        state = layer.solve(volts)
        low, high = np.min(layer.conductance), np.max(layer.conductance)
        assert layer.cell.tmr == approx(high / low - 1, rel=1e-12)  # the file's, at no voltage
        law = (1 + layer.cell.tmr / (1 + (state.cell_voltage / 0.5) ** 2)) / high
        antiparallel = np.asarray(layer.conductance) < (low + high) / 2
        assert (state.cell_voltage / state.cell_current)[antiparallel] == approx(law[antiparallel], rel=1e-9)
        assert row.power.exact == approx(float(state.power_drawn), rel=PRINTED)
        assert row.power.exact > other.power.exact * 1.02  # some of the high resistance is gone
        assert row.time_constant.exact < other.time_constant.exact
