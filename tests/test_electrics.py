"""Power of whole layers against explicit cells: several tiles, both circuits, both encodings, any load."""

import itertools

import numpy as np
import pytest

from imac_arch.evaluate import evaluate
from imac_arch.network import NetworkFile
from imac_arch.wiring import wiring
from tests.helpers import BY_CURRENT, approx, inputs, run, technology

SYNAPSE = technology("sot_mram").components["synapse"]
G = np.array([1 / float(SYNAPSE.parallel), 1 / float(SYNAPSE.antiparallel(0.8))])
IDEAL = {"components.wire": "none", "mapping.order": "interleaved"}


def static(line):
    """Power of all units of a line while they are biased [W]."""
    return float(sum(np.sum(units.power) for units in line.units))


def split(total, parts):
    """Cut a number into parts that differ by at most one."""
    return [total // parts + (i < total % parts) for i in range(parts)]


def explicit(fan_in, fan_out, rows, cols, circuit, mean, square, load, voltage, generator):
    """Mean power of all cells, each line by its exact moments: the bias row is constant, inputs are independent."""
    tiles_down = -(-(fan_in + 1) // rows)
    heights = split(fan_in + 1, tiles_down)
    mu, nu = np.full(fan_in + 1, mean), np.full(fan_in + 1, square)
    mu[-1] = nu[-1] = 1.0
    power, start = 0.0, 0
    for height in heights:
        part = slice(start, start + height)
        start += height
        for _ in range(fan_out):
            plus = generator.random(height) < 0.5
            for line in (np.where(plus, *G), np.where(plus, *G[::-1])):
                drawn = np.sum(line * nu[part])
                if circuit == "averaging":
                    second = np.sum(line * mu[part]) ** 2 + np.sum(line**2 * (nu[part] - mu[part] ** 2))
                    drawn -= second / (line.sum() + load)
                power += voltage**2 * drawn
    return power


@pytest.mark.parametrize("circuit", ["virtual_ground", "averaging"])
@pytest.mark.parametrize("encoding", ["0/V", "-V/+V"])
@pytest.mark.parametrize("load", [0.0, 1e-3])
@pytest.mark.parametrize("net", [(31, 8), (100, 40), (333, 70)])
def test_a_layer_draws_what_its_cells_draw(circuit, encoding, load, net):
    fan_in, fan_out = net
    set_ = {"read.circuit": circuit, "read.encoding": encoding, "read.load_conductance": f"{load} S", **IDEAL}
    found = run(f"{fan_in}-{fan_out}", overrides=set_, archs=["imac"])["imac"].bill.facts["ideal_power"].sum()
    mean, square = (0.1928, 0.1928) if encoding == "0/V" else (2 * 0.1928 - 1, 1.0)
    expected = explicit(fan_in, fan_out, 32, 32, circuit, mean, square, load, 0.8, np.random.default_rng(3))
    assert float(found) == approx(expected, rel=0.02)


@pytest.mark.parametrize("load", ["0 S", "50 uS", "1 mS"])
@pytest.mark.parametrize("height", [1, 2, 3, 5])
def test_a_line_of_few_rows_draws_the_mean_over_all_weights(height, load):
    set_ = {
        "subarray.rows": str(height), "read.circuit": "averaging", "read.encoding": "0/V",
        "read.load_conductance": load, "read.load_at": "every_line", "components.row_driver": "none", **IDEAL,
    }  # fmt: skip
    network = NetworkFile(layers=(height, 1), bias="neuron").network()
    found = run(network, overrides=set_, archs=["imac"])["imac"]
    on, end = 0.1928, float(load.split()[0]) * {"S": 1, "uS": 1e-6, "mS": 1e-3}[load.split()[1]]
    drawn = []
    for cells in itertools.product(G, repeat=height):
        line = np.array(cells)
        second = (line.sum() * on) ** 2 + np.sum(line**2) * (on - on**2)
        drawn.append(0.8**2 * (line.sum() * on - second / (line.sum() + end)))
    expected = 2 * np.mean(drawn)
    assert float(found.bill.facts["ideal_power"].sum()) == approx(expected, rel=0.03, abs=1e-18)


# the wires of IMAC-Sim's smaller cell
IMAC_SIM = {"components.wire.word_segment": "108 nm", "components.wire.bit_segment": "135 nm"}


@pytest.mark.parametrize(("side", "watts"), [(32, 3.2), (64, 1.9), (128, 1.0), (256, 1.0)])
def test_published_crossbar_powers_of_imac_sim_at_the_fitted_resistance(side, watts):
    """One parameter, 6.5 kohm, was fitted; the ratios of sizes come from wires alone. The netlists have no drivers."""
    set_ = {
        "components.row_driver": "none", "mapping.order": "interleaved",
        "subarray.rows": str(side), "subarray.cols": str(side), "read.encoding": "-V/+V",
        "read.load_conductance": "0 S", **IMAC_SIM,
        "components.synapse.ra": f"{6.5e3 * np.pi / 4 * 50e-9 * 30e-9} ohm*m^2",
    }  # fmt: skip
    bill = run("400-120-84-10", overrides=set_, archs=["imac"])["imac"].bill
    crossbar = next(line for line in bill.lines if line.component == "crossbar")
    assert static(crossbar) == approx(watts, rel=0.07)


def lines_of(overrides):
    """Crossbar and row drivers of one tile, the sum of its static power, and what its drivers lose [W]."""
    overrides = {"mapping.order": "interleaved", **overrides}
    bill = run("31-32", overrides=overrides, archs=["mixed_signal"])["mixed_signal"].bill
    crossbar, driver = (
        next((static(line) for line in bill.lines if line.component == name), 0.0)
        for name in ("crossbar", "row driver")
    )
    return crossbar + driver, driver


def test_wires_shape_the_power_of_a_word_line():
    """tanh(x)/x of the ideal power, but for what bit lines add to it."""
    here, there = (lines_of({"components.row_driver": "none", **wires})[0] for wires in (IMAC_SIM, IDEAL))
    x = 32 * np.sqrt(9.24 * G.sum())
    assert here / there == approx(np.tanh(x) / x, rel=0.04)


def test_drivers_lower_the_power_of_a_line_and_lose_their_part_of_it():
    """Without wires a driver of 5 % draws 1/1.05 of the ideal power and loses 0.05/1.05 of that."""
    held = {"read.circuit": "virtual_ground", **IDEAL}
    bare, (driven, lost) = lines_of({**held, "components.row_driver": "none"})[0], lines_of(held)
    assert driven == approx(bare / 1.05, rel=1e-6)
    assert lost == approx(driven * 0.05 / 1.05, rel=1e-6)


@pytest.mark.parametrize("circuit", ["virtual_ground", "averaging"])
def test_lines_at_both_polarities_are_charged_by_their_mean_square(circuit):
    """Of a mean of 0.5, -V/+V has a mean of 0 and is charged all the same."""
    network = NetworkFile(
        layers=[31, 32], input={"mean": {"value": 0.5}, "mean_square": {"value": 0.5}}
    ).network()  # fmt: skip
    set_ = {"read.circuit": circuit, "read.encoding": "-V/+V"}
    bill = run(network, overrides=set_, archs=["imac"])["imac"].bill
    crossbar = next(line for line in bill.lines if line.component == "crossbar")
    c_word = float(np.ravel(wiring(inputs(network, overrides=set_).case()).c_pair)[0])
    energy = sum(float(np.sum(units.actions * units.cost.energy)) for units in crossbar.units)
    word = 31 * 32 * c_word * 0.8**2
    assert energy == approx(word, rel=1e-9) if circuit == "virtual_ground" else word < energy < 1.1 * word


def test_a_gated_array_is_warned_about_by_its_bit_lines():
    facts = run(tech="sram_cim", overrides=BY_CURRENT, archs=["imac"])["imac"].bill.facts
    assert float(facts["length"].max()) == 0
    assert np.ravel(facts["signal_share"])[0] == approx(0.52, rel=0.02)  # 113 rows; 0.47 at 128
    assert np.ravel(facts["signal_share_all_on"])[0] < 0.35


def test_a_signed_encoding_costs_between_2_and_6_times_the_power():
    for tech in ("sot_mram", "sot_mram_imec"):
        plain, signed = (
            float(
                run(tech=tech, overrides={"read.encoding": e}, archs=["imac"])["imac"].bill.facts["ideal_power"].sum()
            )
            for e in ("0/V", "-V/+V")
        )
        assert 2 < signed / plain < 6


@pytest.mark.parametrize("tech", ["sot_mram", "sot_mram_imec"])
def test_settling_slows_with_bits_and_rows_speed_up_nothing(tech):
    def settle(**set_):
        overrides = {path.replace("__", "."): value for path, value in set_.items()}
        return float(run(tech=tech, overrides=overrides, archs=["imac"])["imac"].bill.facts["settle"].max())

    assert settle(read__settle_bits="8") == approx(settle(read__settle_bits="5") * 9 / 6, rel=1e-12)
    slower, faster = (settle(read__load_capacitance=value) for value in ("5 fF", "1 fF"))
    assert slower == faster if tech == "sot_mram_imec" else slower > faster  # a virtual ground holds it
    assert settle(components__synapse__capacitance="1 fF") > settle(components__synapse__capacitance="0.1 fF")


def test_currents_of_the_zand_group_devices_lie_where_the_netlists_put_them():
    """370 to 540 MA/cm2 in a word line, 8 MA/cm2 in a junction, 1.3 to 10.6 mA a row."""
    facts = run(overrides=IMAC_SIM)["imac"].bill.facts
    assert 1.3e-3 < float(facts["line_current"].max()) < 10.6e-3
    assert 370e10 < float(facts["line_density"].max()) < 540e10
    assert float(np.max(facts["junction_density"])) == approx(8e10, rel=0.01)


def test_power_density_of_kilohm_cells():
    found = run()["imac"].metrics["power_density"]
    assert 10e6 < float(found.item()) < 22e6


@pytest.mark.parametrize("circuit", ["averaging", "virtual_ground"])
def test_gates_of_cells_are_a_line_that_settles_before_the_bit_line(circuit):
    """A word line of resistance R and capacitance C has Elmore's delay R C/2, each as long as it has columns; a bit
    line whose cells draw nothing from it knows nothing of how many there are."""
    over = {"components.synapse.gated": "true", "components.synapse.capacitance": "1 fF", "read.circuit": circuit}
    made = {cols: inputs("60-128", overrides={**over, "subarray.cols": str(cols)}) for cols in (32, 64, 128)}
    lines = wiring(made[32].case())
    delay = {
        cols: evaluate(given, ["imac"])[0].bill.facts["settle"].item() / (np.log(2) * 7) for cols, given in made.items()
    }  # of 6 bits, to half a step
    for few, many in ((32, 64), (64, 128)):
        expected = float(lines.r_word * lines.c_pair) * (many**2 - few**2) / 2
        assert delay[many] - delay[few] == approx(expected, rel=1e-6)
