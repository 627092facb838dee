"""What supplies give to analog word lines, against random values on random cells."""

import numpy as np
import pytest
from scipy import stats

from imac_arch.data.arrays import ZERO
from imac_arch.supply import mean_distance, supply_share, swing
from tests.agreement import by_layer
from tests.golden import HIDDEN, golden
from tests.helpers import approx, plain, run
from tests.test_electrics import IDEAL, G, static
from tests.test_line_ends import line_of

ROWS, COUNT = 31, 4000


def values(mean, square, shape, generator):
    """Values between 0 and 1 with this mean and mean square: bits, or of a beta distribution."""
    variance = square - mean**2
    if variance == mean * (1 - mean):
        return (generator.random(shape) < mean).astype(float)
    count = mean * (1 - mean) / variance - 1
    return stats.beta(mean * count, (1 - mean) * count).rvs(shape, random_state=generator)


@pytest.mark.parametrize("mean", [0.05, 0.1928, 0.5, 0.9])
@pytest.mark.parametrize("level", [0.0, 0.1, 0.5, 0.95, 1.0])
def test_the_distance_of_bits_and_of_constants_is_exact(mean, level):
    bits, same = mean_distance(mean, mean, level), mean_distance(mean, mean**2, level)
    assert float(bits) == approx((1 - mean) * level + mean * (1 - level))
    assert float(same) == approx(abs(mean - level))


@pytest.mark.parametrize(("mean", "square"), [(0.5, 0.4), (0.5, 1 / 3), (0.1325, 0.1140), (0.3, 0.25), (0.7, 0.6)])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.7, 1.0])
def test_the_distance_of_values_between_is_that_of_a_beta_distribution(mean, square, share):
    """What lies above a level, to 12 %."""
    level = share * mean
    drawn = values(mean, square, 400_000, np.random.default_rng(1))
    found = (float(mean_distance(mean, square, level)) + mean - level) / 2
    assert found == approx(np.maximum(drawn - level, 0).mean(), rel=0.12)


def test_the_swing_of_lines():
    assert float(swing(*map(np.asarray, (0.3, 0.2)), "0/V")) == 0.3
    assert float(swing(*map(np.asarray, (0.3, 0.3)), "-V/+V")) == approx(1.0)  # a bit is at either end
    assert float(swing(*map(np.asarray, (0.5, 0.25)), "-V/+V")) == 0  # a constant in the middle


@pytest.mark.parametrize("circuit", ["averaging", "virtual_ground"])
@pytest.mark.parametrize("encoding", ["0/V", "-V/+V"])
@pytest.mark.parametrize("load", [0.0, 1e-3])
@pytest.mark.parametrize(("mean", "square"), [HIDDEN, (0.1325, 0.1140), (0.1928, 0.1928)])
def test_supplies_give_what_flows_out_of_them(circuit, encoding, load, mean, square):
    """31 inputs and a bias on random columns; VDD is 1.5 times the read voltage. Of what a line gives back nothing
    returns."""
    if circuit == "virtual_ground" and load:
        return
    generator = np.random.default_rng(4)
    x = np.column_stack([values(mean, square, (COUNT, ROWS), generator), np.ones(COUNT)])
    signed = encoding == "-V/+V"
    v = 2 * x - 1 if signed else x
    g = np.where(generator.random((ROWS + 1, 16)) < 0.5, *G)
    ends = np.zeros((COUNT, 16)) if circuit == "virtual_ground" else v @ g / (g.sum(axis=0) + load)
    current = v * g.sum(axis=1) - np.einsum("ij,kj->ki", g, ends)  # of each line at 1 V
    taken = np.mean(np.sum(v * current, axis=1))
    given = np.abs(current) if signed else np.maximum(current, 0)
    given[:, :ROWS] *= 1.0 if signed else 1.5
    cells = np.asarray(g.mean() if circuit == "averaging" else 0.0)
    share = supply_share(
        encoding, *map(np.asarray, (float(ROWS), 1.0, mean, square)), cells if circuit == "averaging" else ZERO,
        np.asarray(load), np.asarray(1.5),
    )  # fmt: skip
    assert float(share) * taken == approx(np.mean(np.sum(given, axis=1)), rel=0.06)


def test_bits_at_the_supply_cost_what_they_take():
    """With VDD as read voltage and bits on the lines, both ways of counting agree."""
    for encoding in ("0/V", "-V/+V"):
        share = supply_share(
            encoding, *map(np.asarray, (31.0, 1.0, 0.2, 0.2, 5e-5, 1e-3, 1.0)),
        )  # fmt: skip
        assert float(share) == approx(1.0, rel=1e-12)


def test_lines_that_nothing_leaves_draw_nothing():
    """All inputs on, as is the bias, and no load: no current flows, and the share is that of none."""
    share = supply_share("0/V", *map(np.asarray, (31.0, 1.0, 1.0, 1.0, 5e-5, 0.0, 1.0)))
    assert float(share) == 1.0


def crossbar(found):
    return [float(p) for p in by_layer(sum(u.power for u in line_of(found, "crossbar").units))]


def test_hidden_activations_of_a_fully_analog_network_draw_from_the_supply():
    """Inputs are bits and stay; each layer of activations between 0 and 1 takes more than its cells do."""
    supply, line = (golden("imac", {"read.line_energy": rule}) for rule in ("supply", "line"))
    more = [a / b for a, b in zip(crossbar(supply), crossbar(line), strict=True)]
    assert more[0] == 1
    assert all(1.1 < share < 1.3 for share in more[1:])
    assert by_layer(supply.bill.facts["ideal_power"]) == by_layer(line.bill.facts["ideal_power"])


def test_a_lower_read_voltage_does_not_lower_the_supply():
    """At half the read voltage currents halve; analog lines take them from the same supply, bits from a rail of their
    own."""
    full, half = (
        crossbar(golden("imac", {"read.voltage": volt, "read.circuit": "virtual_ground"}))
        for volt in ("0.8 V", "0.4 V")
    )
    assert half[0] / full[0] == approx(1 / 4)
    # 48 inputs of mean 0.5 give VDD 0.5, the bias row V; the cells take 0.4 and 1
    for count, (a, b) in zip((48, 32), zip(full[1:], half[1:], strict=True), strict=True):
        assert b / a == approx((count * 0.5 * 0.4 * 0.8 + 0.4**2) / (count * 0.5 * 0.8**2 + 0.8**2), rel=2e-3)


def test_analog_lines_are_charged_from_the_supply():
    """At half the supply's voltage the charge falls through twice of it; bits are switched from a rail of their own."""
    charges = []
    for rule in ("supply", "line"):
        found = golden("imac", {"read.voltage": "0.4 V", "read.circuit": "virtual_ground", "read.line_energy": rule})
        charges.append(by_layer(sum(u.actions * u.cost.energy for u in line_of(found, "crossbar").units)))
    assert [a / b for a, b in zip(*charges, strict=True)] == approx([1, 2, 2])


def test_bit_serial_lines_carry_bits_and_converters_analog_values():
    """A hidden bit is on half the time; behind a converter a line of two bits draws from the supply."""
    for mode, changes in (("bit_serial", False), ("dac", True)):
        with_, without = (
            crossbar(golden("mixed_signal", {"read.input_mode": mode, "read.line_energy": rule}))
            for rule in ("supply", "line")
        )
        assert (with_ != without) is changes
        assert with_[0] == without[0]  # inputs of one bit


def test_a_rail_of_the_read_voltage_is_neglected_by_name():
    listed = {(n["architecture"], n["what"]) for n in plain("100-10", samples=0)["neglected"]}
    for name in ("imac", "mixed_signal"):
        assert (name, "regulator of the read voltage, from which 1-bit word lines are switched") in listed


def test_signed_lines_swing_at_every_input():
    """A bit at -V or +V charges its line whatever it is; at 0/V only where it is on."""

    def charges(encoding):
        found = run("31-8", overrides={"read.encoding": encoding, **IDEAL}, archs=["imac"])["imac"]
        driver = line_of(found, "row driver")
        return np.ravel(driver.actions)[0], static(driver)

    assert charges("0/V")[0] == approx(31 * 0.1928)
    assert charges("-V/+V")[0] == approx(31)
