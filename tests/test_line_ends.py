"""How bit lines end: which row tiles share a line and an amplifier, where a load hangs, what is installed and what is
in use."""

import numpy as np
import pytest

from imac_arch.circuit import layer_circuit
from imac_arch.components.roles import AMPLIFIER
from imac_arch.network import NetworkFile
from imac_arch.studies.closed_forms import exact_rows
from imac_arch.technology_files import load_technology
from tests.agreement import by_layer
from tests.golden import BINARY, HIDDEN, SHAPES, golden
from tests.hand import READ, amplifier, conductances
from tests.hand_lines import Tile, driver, subarray, supplied
from tests.helpers import approx, plain, resolved, run, technology
from tests.test_electrics import IDEAL, G, static

UNLOADED = {**IDEAL, "read.load_conductance": "0 S"}
CURRENT, TIED = {"read.joining": "current"}, {"read.joining": "voltage_tie"}
VIRTUAL = ("sot_mram_imec", "sot_mram_pillars", "stt_mram", "reram", "pcm", "fefet", "sram_cim")


def line_of(found, component):
    return next(line for line in found.bill.lines if line.component == component)


def biased(line):
    return [by_layer(units.instances if units.biased is None else units.biased) for units in line.units]


# 48 columns of 10, 4 and 2 subarrays in 5, 2 and 2 row tiles; 96, 64 and 14 columns are in use
@pytest.mark.parametrize(
    ("joining", "installed", "used"),
    [(TIED, (480, 192, 96), (480, 128, 28)), (CURRENT, (96, 96, 48), (96, 64, 14))],
)  # fmt: skip
def test_joining_decides_how_many_amplifiers_there_are(joining, installed, used):
    line = line_of(golden("imac", joining), "differential amplifier")
    assert by_layer(line.instances) == list(installed)
    assert biased(line) == [list(used)]
    gains = (30, 30, 10)
    power = [count * amplifier(gain)["power"] for count, gain in zip(used, gains, strict=True)]
    assert by_layer(line.units[0].power) == approx(power, rel=1e-12)
    area = [count * amplifier(30)["area"] for count in installed]
    assert by_layer(line.instances * line.units[0].cost.area) == approx(area, rel=1e-12)


def test_who_declares_which_joining():
    assert technology("sot_mram").read.joining == "voltage_tie"
    assert {load_technology(name).model.read.joining for name in VIRTUAL} == {"current"}


def test_megohm_cells_on_128_lines_pay_for_128_and_10_amplifiers():
    """82.7 mW when each of seven row tiles had its own, 22.8 mW by an independent re-computation with N a layer."""
    shared, apart = (
        run(tech="sot_mram_imec", overrides=joining, archs=["imac"])["imac"] for joining in (CURRENT, TIED)
    )
    assert np.ravel(line_of(shared, "differential amplifier").units[0].biased).tolist() == [128, 10]
    assert np.ravel(line_of(apart, "differential amplifier").units[0].biased).tolist() == [7 * 128, 2 * 10]
    saved = static(line_of(apart, "differential amplifier")) - static(line_of(shared, "differential amplifier"))
    assert saved == approx((6 * 128 * amplifier(30)["power"] + 10 * amplifier(10)["power"]), rel=1e-12)
    assert shared.metrics["power"].item() < 0.35 * apart.metrics["power"].item()


def test_drivers_are_installed_in_every_row_and_biased_in_those_in_use():
    line = line_of(golden("imac"), "row driver")
    used, installed = np.zeros(3), np.zeros(3)
    for layer, rows, bias, _, count in SHAPES:
        used[layer] += count * (rows + bias)
        installed[layer] += count * 32
    assert np.sum(biased(line), axis=0).tolist() == used.tolist() == [2 * 151, 2 * 49, 33]
    assert by_layer(line.instances) == installed.tolist() == [320, 128, 64]


def test_the_row_of_the_bias_takes_no_analog_buffer():
    """One tile of 31 inputs and the bias: of 32 buffers, 31 are biased at a share of what a line draws."""
    found = run("31-32-31-10", archs=["imac"])["imac"]
    line = line_of(found, "row driver")
    layer = 1  # 32 inputs and a bias on two tiles of 17 and 16 rows
    expected = 0.0
    for rows, bias in ((17, 0), (15, 1)):
        lost = subarray(rows, bias, 31, 31, *HIDDEN, load=READ.load_conductance)[2]
        lost *= supplied(rows, bias, *HIDDEN, load=READ.load_conductance)
        expected += (rows + bias) * driver(31, lost, rows + bias, rows / (rows + bias))["power"]
    shapes = [np.broadcast_to(units.power, (3, 1))[layer, 0] for units in line.units]
    assert sum(shapes) == approx(expected, rel=1e-12)


def explicit(fan_in, fan_out, mean, square, load, generator):
    """Mean power of the cells of one long line over all rows of the layer, by its exact moments."""
    mu, nu = np.full(fan_in + 1, mean), np.full(fan_in + 1, square)
    mu[-1] = nu[-1] = 1.0
    power = 0.0
    for _ in range(fan_out):
        plus = generator.random(fan_in + 1) < 0.5
        for line in (np.where(plus, *G), np.where(plus, *G[::-1])):
            second = np.sum(line * mu) ** 2 + np.sum(line**2 * (nu - mu**2))
            power += 0.8**2 * (np.sum(line * nu) - second / (line.sum() + load))
    return power


@pytest.mark.parametrize("load", [0.0, 1e-3, 0.1])
@pytest.mark.parametrize(("encoding", "mean", "square"), [("0/V", *BINARY), ("-V/+V", 2 * 0.1928 - 1, 1.0)])
@pytest.mark.parametrize("net", [(100, 40), (333, 70)])
def test_joined_lines_are_one_line_over_all_rows(load, encoding, mean, square, net):
    set_ = {"read.encoding": encoding, "read.load_conductance": f"{load} S", **IDEAL, **CURRENT}
    found = run("-".join(map(str, net)), overrides=set_, archs=["imac"])["imac"].bill.facts["ideal_power"].sum()
    assert float(found) == approx(explicit(*net, mean, square, load, np.random.default_rng(3)), rel=0.02)


def test_joined_lines_share_one_load_and_one_capacitance():
    """151, 49 and 33 rows on one load: the ratio is that of 5, 2 and 2 tiles, and the wires alone slow a line."""
    facts = golden("imac", {**CURRENT, "components.wire": "none"}).bill.facts
    on, off = conductances()
    tiles, tallest = np.array([5, 2, 2]), np.array([31, 25, 17])
    rows = tiles * tallest
    assert by_layer(facts["load_ratio"]) == approx(1e-3 / (rows * (on + off) / 2), rel=1e-12)
    held = tallest * technology().components["synapse"].capacitance.x + READ.load_capacitance / tiles
    lines = zip(rows, (2 * 96, 2 * 64, 2 * 14), strict=True)  # the slowest of them over all rows
    slow = [Tile(int(height), 48, 48, "averaging", 0.0).slow(count) for height, count in lines]
    tau = held * tiles / (rows * slow + 1e-3)
    assert by_layer(facts["settle"]) == approx(tau * np.log(2) * 7, rel=1e-9)


def test_splitting_a_joined_averaging_line_changes_its_ideal_power_by_nothing_but_tying_does():
    """Cut into more row tiles, a joined line stays one line; tied tiles each average for themselves."""
    net = "799-64"
    powers = {
        (joining, rows): float(
            run(net, overrides={**UNLOADED, "read.joining": joining, "subarray.rows": rows}, archs=["imac"])["imac"]
            .bill.facts["ideal_power"].sum()
        )
        for joining in ("current", "voltage_tie") for rows in ("80", "800")
    }  # fmt: skip
    assert powers["current", "80"] == approx(powers["current", "800"], rel=2e-3)
    assert powers["voltage_tie", "800"] == approx(powers["current", "800"], rel=1e-12)
    assert powers["voltage_tie", "80"] < 0.995 * powers["current", "80"]


@pytest.mark.parametrize("name", ["imac", "mixed_signal"])
def test_a_load_hangs_where_an_amplifier_is(name):
    """A converter's input draws nothing, nor does an ideal amplifier; a scenario may put the load on every line."""

    def power(load, **fields):
        over = {"read.load_conductance": load, **fields}
        return float(run(overrides=over, archs=[name])[name].bill.facts["ideal_power"].sum())

    loaded = power("1 mS") / power("0 S")
    assert (loaded > 1.02) is (name == "imac")
    assert (loaded == 1) is (name == "mixed_signal")
    assert power("1 mS", **{"components.amplifier": "none"}) == power("0 S")
    everywhere = {"read.load_at": "every_line", "components.amplifier": "none"}
    assert power("1 mS", **everywhere) / power("0 S", **everywhere) > 1.02


def test_a_virtual_ground_carries_no_load():
    low, high = (
        run(tech="sot_mram_imec", overrides={"read.load_conductance": load}, archs=["imac"])["imac"].bill.facts
        for load in ("0 S", "1 mS")
    )
    for name in low:
        assert by_layer(low[name], 2) == by_layer(high[name], 2), name


@pytest.mark.parametrize(("fields", "load"), [
    ({}, 1e-3), ({"components.amplifier": "none"}, 0.0), (CURRENT, 1e-3),
    ({"read.circuit": "virtual_ground"}, 0.0),
    ({"components.amplifier": "none", "read.load_at": "every_line"}, 1e-3),
])  # fmt: skip
def test_the_circuit_carries_the_load_of_the_bill(fields, load):
    """Whole layer: each line, or the node in which joined ones end."""
    inputs = resolved("60-8", fields={"subarray.rows": 32, **fields}).inputs
    layer = layer_circuit(inputs.case(), 0, np.ones((61, 8)))
    assert layer.g_load == load
    assert (layer.stage is None) is (inputs.case().optional(AMPLIFIER) is None)


def test_closed_forms_and_circuit_take_the_same_share_of_a_joined_line():
    """Two row tiles that are alike: the power of each is half of that of the joined layer, solved as one circuit."""
    full = {"mean": 1.0, "mean_square": 1.0}
    network = NetworkFile(layers=[63, 8], input=full, hidden=full, bias="row").network()
    weights = [np.tile(np.random.default_rng(5).choice([-1.0, 1.0], (32, 8)), (2, 1))]
    inputs = resolved(network, fields={"read.joining": "current", "components.row_driver": "none"}).inputs
    rows = exact_rows(inputs, 0, weights)
    layer = layer_circuit(inputs.case(), 0, weights[0])
    volts = np.full(64, 0.8)
    ends = volts @ layer.map()  # of the joined lines
    drained = float(np.sum(1e-3 * ends**2))  # what their one load takes
    # at full inputs everything that the sources give is lost in cells, wires and loads; without wires in the loads
    assert rows[0].power.exact == approx(rows[1].power.exact, rel=1e-9)
    assert 2 * rows[0].power.exact == approx(float(volts[0] * 1e-3 * ends.sum()), rel=1e-9)
    assert 2 * rows[0].power.exact > drained
    for row in rows:
        assert row.power.closed == approx(row.power.exact, rel=0.05)


def test_nothing_is_held_behind_the_last_layer():
    line = line_of(golden("imac", pipelined=True), "sample-and-hold")
    assert by_layer(line.instances) == [48, 48, 0]
    assert by_layer(line.actions) == [48, 32, 0]
    assert by_layer(line.delay)[2] == 0


def test_a_joined_layer_neglects_no_amplifier_and_a_tied_one_its_balancing_currents():
    listed = {
        joining: {n["what"] for n in plain("100-10", samples=0, overrides={"read.joining": joining})["neglected"]}
        for joining in ("current", "voltage_tie")
    }
    assert listed["voltage_tie"] - listed["current"] == {"current between tied amplifiers"}
    assert listed["current"] <= listed["voltage_tie"]
