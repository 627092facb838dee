"""Ideal hardware is the software network; averaging without wires is its law."""

import numpy as np
import pytest

from imac_arch.studies.accuracy.crossbars import before_converters, crossbars, pairs
from imac_arch.studies.accuracy.hardware import Hardware
from imac_arch.studies.accuracy.laws import Law, chosen, effective, outputs
from tests.accuracy.bench import on_bench
from tests.helpers import approx


def software(hardware, weights=None, law=None):
    net = hardware.net
    return outputs(hardware.x, weights or net.weights, net.gains, law or net.law)[-1]


GROUND = [
    ("sot_mram_imec", {}, "784-128-10"),
    ("pcm", {}, "784-16-10"),
    ("reram", {}, "400-120-84-10"),
    ("fefet", {}, "784-16-10"),
    ("sot_mram_imec", {"mapping.order": "interleaved"}, "784-16-10"),
    ("sot_mram_imec", {"read.joining": "voltage_tie"}, "784-16-10"),
    ("reram", {"components.synapse.columns_per_weight": "2"}, "784-16-10"),
    ("sot_mram_imec", {"read.encoding": "-V/+V"}, "784-16-10"),
]


@pytest.mark.parametrize(("technology", "fields", "net"), GROUND)
def test_ideal_hardware_is_the_software_network_image_by_image(technology, fields, net):
    hardware, images = on_bench(technology, fields, net)
    assert len(images.y) == 2000
    wanted = software(hardware)
    for found in (hardware.analog(hardware.programmed[0], "nominal"), hardware.converted(hardware.programmed[0])):
        assert found == pytest.approx(wanted, abs=1e-11)
        assert np.array_equal(chosen(found), chosen(wanted))


def test_pillars_compute_with_the_levels_that_they_have():
    """Their levels are not quite even, so they are the software network of the levels that they hold."""
    hardware, _ = on_bench("sot_mram_pillars", {}, "784-16-10")
    synapse, volts = hardware.case.synapse, hardware.case.technology.read.voltage.x
    full = np.ptp(np.subtract(*synapse.conductances(np.array([-1.0, 1.0]), volts))) / 2
    held = [np.subtract(*synapse.conductances(w, volts)) / full for w in hardware.net.weights]
    assert max(np.abs(h - w).max() for h, w in zip(held, hardware.net.weights, strict=True)) < 0.01
    wanted = software(hardware, held)
    assert hardware.converted(hardware.programmed[0]) == pytest.approx(wanted, abs=1e-11)
    trimmed = hardware.analog(hardware.programmed[0], "nominal")  # one gain fits uneven levels nearly
    assert np.mean(chosen(trimmed) == chosen(wanted)) > 0.99


@pytest.mark.parametrize("net", ["784-16-10", "400-120-84-10"])
@pytest.mark.parametrize("loaded", [True, False])
def test_averaging_without_wires_is_its_law(net, loaded):
    hardware, _ = on_bench("sot_mram", {}, net)
    case = hardware.case
    plus, minus = (float(g[0]) for g in case.synapse.conductances(np.array([1.0]), case.technology.read.voltage.x))
    layers = hardware.layers if loaded else before_converters(case, hardware.layers)
    load = layers[0].load[0] / ((plus + minus) / 2)
    assert (load > 0) == loaded
    heights = tuple(tuple(t.stop - t.start for t in layer.tiles) for layer in layers)
    assert any(len(set(each)) > 1 for each in heights)  # uneven ones tell a tile's share from a row's
    law = Law("averaging", heights, (plus - minus) / (plus + minus), load)
    own = Hardware(case, hardware.net._replace(law=law), hardware.x, hardware.experiment, layers)
    wanted = software(own)
    for found in (own.analog(own.programmed[0], "nominal"), own.converted(own.programmed[0])):
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_the_averaging_law_is_the_divider_of_each_column():
    """By hand: V+ = sum g+ x/(sum g+ + Y) of each tile, the mean of both tiles, times what a lone weight 1 gives."""
    generator, a, load = np.random.default_rng(3), 0.4, 2.5
    weights, x, heights = generator.choice([-1.0, 1.0], (7, 4)), generator.random((5, 7)), (4, 3)
    lines = []
    for sign in (1, -1):
        g = 1 + sign * a * weights
        first, second = (x[:, t] @ g[t] / (g[t].sum(axis=0) + load) for t in (slice(0, 4), slice(4, 7)))
        lines.append((first + second) / 2)
    law, unit = Law("averaging", (heights,), a, load), 2 * a / (7 / 2 + load) / 2
    assert x @ effective(weights, heights, law) * unit == approx(lines[0] - lines[1], rel=1e-13)


def test_lines_that_are_one_line_are_one_tile():
    hardware, _ = on_bench("sot_mram", {"read.joining": "current"}, "784-16-10", images=50)
    layer = hardware.layers[0]
    assert layer.shared
    assert len(layer.tiles) > 1
    g = layer.nominal
    assert layer.ideal(g) == approx(g / (g.sum(axis=0) + layer.load), rel=1e-14)
    assert pairs(layer.ideal(g)).shape == (785, 16)


def test_a_plain_network_collapses_on_averaging_and_a_network_of_the_law_does_not():
    plain, images = on_bench("sot_mram_imec", {}, "784-128-10", images=1000)
    averaging, _ = on_bench("sot_mram", {}, "784-128-10", images=1000)
    layers = before_converters(averaging.case, crossbars(averaging.case, plain.net.weights))
    wrong = Hardware(averaging.case, plain.net, averaging.x, averaging.experiment, layers)
    right = [np.mean(chosen(h.analog(h.programmed[0], "nominal")) == images.y) for h in (wrong, averaging)]
    assert right[0] < 0.7
    assert right[1] > 0.94


def test_predictions_do_not_depend_on_how_many_images_or_in_which_order():
    few, _ = on_bench("sot_mram", {}, "784-16-10", images=40)
    many, _ = on_bench("sot_mram", {}, "784-16-10", images=400)
    for gain in ("nominal", "trimmed"):
        few.shown = many.shown
        alone = few.analog(few.programmed[0], gain)
        assert many.analog(many.programmed[0], gain)[:40] == pytest.approx(alone, abs=1e-12)
    back = Hardware(few.case, few.net, few.x[::-1].copy(), few.experiment, few.layers, many.shown)
    assert back.analog(back.programmed[0], "nominal")[::-1] == pytest.approx(
        few.analog(few.programmed[0], "nominal"), abs=1e-12
    )
    assert back.converted(back.programmed[0])[::-1] == pytest.approx(few.converted(few.programmed[0]), abs=1e-12)


def test_equal_sums_are_a_tie_whatever_rounding_makes_of_them():
    sums = np.array([[0.1 + 0.2, 0.3, 0.0], [0.3, 0.1 + 0.2, 0.0], [0.3, 0.3 + 1e-6, 0.0]])
    assert chosen(sums).tolist() == [0, 0, 1]
