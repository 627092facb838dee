"""Amplifiers, neurons and virtual grounds of a chip, one effect at a time, against a nodal solve of every layer.

What is drawn is taken from the program, what it does is worked out in volts and amperes at every node.
"""

from itertools import pairwise

import numpy as np
import pytest

from imac_arch.components.inverter import output
from imac_arch.components.roles import NEURON
from imac_arch.studies.accuracy.experiment import EFFECTS, Experiment
from imac_arch.studies.accuracy.laws import chosen
from tests.accuracy.bench import on_bench, small
from tests.accuracy.nodal import dealt_out, halves, read_out

SIZES = {"subarray.rows": "8", "subarray.cols": "4"}
GAINED = ("amplifier", "front_end")
TIED, JOINED = {"read.joining": "voltage_tie"}, {"read.joining": "current"}
KILOHM = {"components.synapse.r_p": "30 kohm", "components.synapse.r_ap": "90 kohm"}
HOW = {
    "tied": ("sot_mram", TIED),
    "lines joined": ("sot_mram", JOINED),
    "one virtual ground": ("sot_mram_imec", KILOHM | JOINED),
    "virtual grounds tied": ("sot_mram_imec", KILOHM | TIED),
}
LARGE = {  # a neuron is read from its curve: to 1e-6 of its supply, which the next amplifier makes larger
    "gain": {"components.amplifier.gain_error": "10 %", "components.front_end.gain_error": "10 %"},
    "offset": {"components.amplifier.offset": "20 mV", "components.front_end.offset": "20 mV"},
    "saturation": {"components.amplifier.swing": "0.2"},
    "neuron": {
        "components.neuron.mismatch": "50 mV",
        "components.neuron.slope_variation": "20 %",
        "components.amplifier.gain": "6",
    },
    "": {},
}
ELECTRIC = {"loads", "wires", "drivers"}


class Circuit:
    """A layer of a network in volts and amperes."""

    def __init__(self, hardware, number):
        case, self.layer = hardware.case, hardware.layers[number]
        read = case.technology.read
        self.volts, self.averaging = float(read.voltage.x), read.circuit == "averaging"
        weights = hardware.net.weights[number]
        rows, columns = weights.shape
        self.heights = halves(rows, -(-rows // int(np.ravel(case.mapping.rows)[0])))
        self.widths = halves(columns, -(-columns // int(np.ravel(case.mapping.cols)[0])))
        self.order = dealt_out(self.heights, False)
        self.cells = np.stack(case.synapse.conductances(weights[self.order], read.voltage.x))
        self.word, self.bit = (float(np.ravel(r)[0]) for r in case.wire.segments(case.context)[:2])
        self.driver = float(np.ravel(self.layer.circuit.r_source)[0])
        self.tied, self.load = read.joining == "voltage_tie", float(read.load_conductance.x)

    def outputs(self, x, held=0.0):
        """Return what each amplifier of each column sees, in volts or amperes, (amplifiers, images, columns)."""
        drive = self.volts * np.concatenate([x, np.ones((len(x), 1))], axis=1)[:, self.order]
        kinds = {"averaging": self.averaging, "load": self.load if self.averaging else 0.0}
        if not self.tied:
            joined = self.averaging
            return read_out(self.cells, drive, self.heights, self.widths, self.word, self.bit, self.driver,
                            joined=joined, held=held, **kinds)[None]  # fmt: skip
        starts = np.cumsum([0, *self.heights])
        held = np.broadcast_to(held, (len(self.heights), self.cells.shape[2]))
        return np.stack([
            read_out(self.cells[:, a:b], drive[:, a:b], [b - a], self.widths, self.word, self.bit, self.driver,
                     held=held[t], **kinds)
            for t, (a, b) in enumerate(pairwise(starts))
        ])  # fmt: skip


def network(effect, how, images=50):
    technology, fields = HOW[how]
    generator = np.random.default_rng(11)
    weights = [generator.choice([-1.0, 1.0], (30, 6)), generator.choice([-1.0, 1.0], (7, 4))]
    x = generator.random((images, 29))
    without = frozenset(EFFECTS) - ELECTRIC - {effect}
    return small(technology, weights, x, Experiment(without=without), SIZES | fields | LARGE[effect])


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("effect", LARGE)
def test_an_effect_of_amplifiers_and_neurons_is_what_every_node_says(effect, how):
    hardware, chip = network(effect, how), 3
    case, own, x = hardware.case, hardware.amplified, hardware.x
    steep = float(np.ravel(case.role(NEURON).slope(case.context))[0])
    swing = 0.2 * 0.8 if effect == "saturation" else np.inf
    for k, gain in enumerate((6 if effect == "neuron" else 30, 10)):
        layer = Circuit(hardware, k)
        gains, offsets = own._amplifiers(chip, k)
        assert (gains != 1).any() == (effect == "gain")
        assert (offsets != 0).any() == (effect == "offset")
        seen = layer.outputs(x, 0.0 if layer.averaging else offsets)
        if layer.averaging:
            seen = seen + offsets[:, None]
        else:  # ohms: the gain over the conductance of a whole line
            rows = max(layer.heights) if layer.tied else sum(layer.heights)
            gain = gain / (rows * float(np.mean([1 / 30e3, 1 / 90e3])))
        volts = np.clip((gains[:, None] * gain * seen).mean(axis=0), -swing, swing)
        clipped = np.abs(volts) == swing
        x = 1 / (1 + np.exp(-steep * volts))
        if effect == "neuron" and not k:
            assert np.abs(volts).max() < 4 * 0.8  # beyond, the curve is taken to be level
            drawn = own.experiment.drawn(chip, k, 2).standard_normal((2, 6))
            moved = (volts - 0.05 * drawn[0]) * (1 + 0.2 * drawn[1])
            circuit = case.role(NEURON).circuit(case.context)
            x = output(-moved.reshape(-1, *(1,) * circuit.axes), circuit).reshape(moved.shape) / 0.8
        if effect == "saturation":
            assert 0.01 < clipped.mean() < 0.99
    found = hardware.analog(hardware.programmed[0], "given", chip) / steep
    scale = np.abs(volts).max()
    assert found / scale == pytest.approx(volts / scale, abs=1e-5 if effect == "neuron" else 1e-8)
    plain = network("", how)
    apart = np.abs(found - plain.analog(plain.programmed[0], "given", chip) / steep).max() / scale
    assert apart > 1e-2 if effect else apart == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("effect", ["gain", "offset"])
def test_virtual_grounds_before_converters_are_what_every_node_says(effect):
    hardware, chip = network(effect, "one virtual ground"), 2
    own, x = hardware.sampled, hardware.x
    unit = 1 / 30e3 - 1 / 90e3
    for k in range(2):
        layer = Circuit(hardware, k)
        layer.tied = True  # a converter reads each row tile by itself
        gains, offsets = own._grounds(chip, k)
        assert gains.shape == (len(layer.heights), layer.cells.shape[2])
        sums = (gains[:, None] * layer.outputs(x, offsets)).sum(axis=0) / (unit * layer.volts)
        x = 1 / (1 + np.exp(-hardware.net.gains[k] * sums))
    found = hardware.converted(hardware.programmed[0], chip)
    assert found == pytest.approx(sums, abs=1e-8 * np.abs(sums).max())
    plain = network("", "one virtual ground")
    assert np.abs(found - plain.converted(plain.programmed[0], chip)).max() > 1e-2


@pytest.mark.parametrize("way", ["sampled", "amplified"])
def test_errors_of_amplifiers_have_no_mean_and_the_deviation_that_is_declared(way):
    fields = {"read.front_end": "column", "components.front_end.offset": "2 mV"}
    fields |= {"components.amplifier.offset": "2 mV", **{f"components.{of}.gain_error": "3 %" for of in GAINED}}
    hardware = small("sot_mram_imec", [np.ones((3, 3000))], np.zeros((1, 2)), Experiment(), fields)
    own = getattr(hardware, way)
    gains, offsets = (own._grounds if way == "sampled" else own._amplifiers)(0, 0)
    assert gains.size >= 3000
    for drawn, mean, deviation in ((gains, 1, 0.03), (offsets, 0, 2e-3)):
        assert drawn.mean() == pytest.approx(mean, abs=0.06 * deviation)  # more than three standard errors
        assert drawn.std() == pytest.approx(deviation, rel=0.05, abs=0)
        assert (drawn > mean).mean() == pytest.approx(1 / 2, abs=0.03)
    assert abs(np.corrcoef(np.ravel(gains), np.ravel(offsets))[0, 1]) < 0.06


def test_one_virtual_ground_a_converter_serves_columns_alike():
    fields = {
        "read.front_end": "converter",
        "components.adc.columns_per_adc": "2",
        "components.front_end.offset": "1 mV",
    }
    generator = np.random.default_rng(1)
    weights = [generator.choice([-1.0, 1.0], (12, 5))]
    hardware = small("sot_mram_imec", weights, generator.random((2, 11)), Experiment(), SIZES | fields)
    gains, offsets = hardware.sampled._grounds(0, 0)
    for drawn in (gains, offsets):
        assert (drawn[:, [0, 2]] == drawn[:, [1, 3]]).all()
        assert len(np.unique(drawn)) == 2 * 3


def test_a_layer_of_images_with_offsets_and_gains():
    """784 inputs in 25 row tiles whose amplifiers are tied, kilohm cells, 50 images."""
    without = frozenset(EFFECTS) - ELECTRIC - {"gain", "offset"}
    hardware, _ = on_bench(
        "sot_mram", LARGE["gain"] | LARGE["offset"], "784-16-10", Experiment(None, without=without), 50
    )
    own, layer = hardware.amplified, Circuit(hardware, 0)
    gains, offsets = own._amplifiers(0, 0)
    wanted = (gains[:, None] * (layer.outputs(hardware.x) + offsets[:, None])).mean(axis=0) / layer.volts
    (linear, _), stage = own.maps(hardware.programmed[0], 0), own.behind(0)[0]
    found = stage.amplified(np.concatenate([hardware.x, np.ones((50, 1))], axis=1) @ linear, 1.0)
    scale = np.abs(wanted).max()
    assert found / scale == pytest.approx(wanted / scale, abs=1e-8)


def test_twice_the_swing_of_the_lines_saturates_an_output_layer_whose_gain_is_not_halved():
    """Inputs at -V and +V change lines by 2 V. Neurons take hidden amplifiers to half their gain, nothing does so with
    the last layer: classes that end at the rail alike cannot be told apart."""
    only = Experiment(images=300, without=frozenset(EFFECTS) - {"saturation"})
    right, alike = {}, {}
    for encoding, gain in (("0/V", "10"), ("-V/+V", "10"), ("-V/+V", "5")):
        fields = {"read.encoding": encoding, "components.amplifier.output_gain": gain}
        hardware, images = on_bench("sot_mram_imec", fields, experiment=only, images=300)
        sums = hardware.analog(hardware.programmed[0], "nominal")
        most = sums.max(axis=1, keepdims=True)
        right[encoding, gain] = np.mean(chosen(sums) == images.y)
        alike[encoding, gain] = np.mean((sums == most).sum(axis=1) > 1)
    assert right["-V/+V", "10"] < 0.85 < 0.96 < min(right["0/V", "10"], right["-V/+V", "5"])
    assert alike["-V/+V", "10"] > 0.3
    assert max(alike["0/V", "10"], alike["-V/+V", "5"]) < 0.02


@pytest.mark.parametrize(("technology", "half"), [("sot_mram_pillars", 0.03), ("stt_mram", 0.06)])
def test_offsets_of_virtual_grounds_cost_what_plain_arithmetic_says(technology, half):
    """The offset drives each column's whole conductance, half of it to either side: as many steps of a weight, by hand
    from weights and conductances alone, with random numbers of its own."""
    only = Experiment(images=400, programmings=12, without=frozenset(EFFECTS) - {"offset"})
    hardware, images = on_bench(technology, experiment=only, images=400)
    chips = [np.mean(chosen(hardware.analog(maps, "nominal", k)) == images.y) for k, maps in hardware.chips("analog")]
    net, case, generator, found = hardware.net, hardware.case, np.random.default_rng(7), []
    volts = case.technology.read.voltage.x
    step = np.subtract(*case.synapse.conductances(np.array([1.0]), volts)).item()
    whole = [sum(case.synapse.conductances(w, volts)).sum(axis=0) for w in net.weights]
    offset = float(np.ravel(case.technology.components["amplifier"].offset.x)[0])
    assert offset == 1e-3
    for _ in range(40):
        x = hardware.x
        for w, g, gain in zip(net.weights, whole, net.gains, strict=True):
            sums = gain * (x @ w[:-1] + w[-1] + generator.normal(0, offset / 2, len(g)) * g / (volts * step))
            x = 1 / (1 + np.exp(-sums))
        found.append(np.mean(chosen(sums) == images.y))
    assert len(set(chips)) > 6
    assert np.mean(chips) == pytest.approx(np.mean(found), abs=half)
    assert np.mean(found) < 0.95


def test_amplifiers_that_reach_nothing_give_nothing():
    only = Experiment(images=20, without=frozenset(EFFECTS) - {"saturation"})
    hardware, _ = on_bench("sot_mram_imec", {"components.amplifier.swing": "0"}, experiment=only, images=20)
    assert hardware.amplified.reach == 0
    assert not hardware.analog(hardware.programmed[0], "nominal").any()
    none = hardware.under(only._replace(without=frozenset(EFFECTS)))
    assert np.isinf(none.amplified.reach)
