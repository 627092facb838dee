"""One effect at a time against a nodal solve of the whole layer that shares no code with the program's crossbars."""

import numpy as np
import pytest

from imac_arch.studies.accuracy.crossbars import before_converters, pairs
from imac_arch.studies.accuracy.experiment import Experiment
from imac_arch.studies.accuracy.passes import encoded, outputs_of
from tests.accuracy.bench import on_bench, small
from tests.accuracy.nodal import dealt_out, halves, read_out

WIRED = Experiment(images=None, without=frozenset({"variation"}))
SIZES = {"subarray.rows": "8", "subarray.cols": "4"}
NO_DRIVER = {"components.row_driver": "none"}
THICK = {"components.wire.width": "1 um", "components.wire.thickness": "1 um"}
GROUND, AVERAGING = {"read.circuit": "virtual_ground"}, {"read.circuit": "averaging"}
KILOHM = {"components.synapse.r_p": "3 kohm", "components.synapse.r_ap": "9 kohm"}
INTERLEAVED = {"mapping.order": "interleaved"}


def nodal_of(hardware, layer, x, weights):
    """Return what an independent solve says of a layer's outputs per volt, its values typed in from the technology."""
    case, circuit = hardware.case, layer.circuit
    read, synapse = case.technology.read, case.synapse
    rows, slices = weights.shape[0], int(synapse.columns_per_weight.x)
    heights = halves(rows, -(-rows // int(np.ravel(case.mapping.rows)[0])))
    columns = weights.shape[1] * slices
    widths = halves(columns, -(-columns // int(np.ravel(case.mapping.cols)[0])))
    order = dealt_out(heights, case.technology.mapping.order == "interleaved")
    held = weights[order]
    if slices > 1:  # digits of a weight, most significant first
        base = synapse.levels
        steps = np.rint((held + 1) / 2 * (base**slices - 1)).astype(int)
        digits = [steps // base**place % base for place in reversed(range(slices))]
        held = np.stack(digits, axis=-1).reshape(rows, -1) / (base - 1) * 2 - 1
    conductances = np.stack(synapse.conductances(held, read.voltage.x))
    segments = case.wire.segments(case.context)
    word, bit = (float(np.ravel(r)[0]) for r in segments[:2])
    drive = 2 * x - 1 if read.encoding == "-V/+V" else x
    drive = np.concatenate([drive, np.ones((len(x), 1))], axis=1)[:, order]
    found = read_out(
        conductances, drive, heights, widths, word, bit, float(np.ravel(circuit.r_source)[0]),
        averaging=read.circuit == "averaging", load=float(layer.load[0]), joined=layer.shared,
    )  # fmt: skip
    if slices == 1:
        return found
    worth = [synapse.levels**place for place in reversed(range(slices))]
    return sum(found[:, k::slices] * part for k, part in enumerate(worth)) / sum(worth)


def maps_of(hardware, layer, linear, x):
    return outputs_of(encoded(x, layer, hardware.way.symmetric) @ linear, hardware.way)


CASES = {
    "wires": ("sot_mram", GROUND | NO_DRIVER),
    "driver": ("sot_mram", GROUND | THICK),
    "both": ("sot_mram", GROUND),
    "load": ("sot_mram", AVERAGING | NO_DRIVER | THICK),
    "amplifiers tied": ("sot_mram", AVERAGING),
    "lines joined": ("sot_mram", AVERAGING | {"read.joining": "current"}),
    "lines joined, dealt in turn": ("sot_mram", AVERAGING | {"read.joining": "current"} | INTERLEAVED),
    "dealt in turn": ("sot_mram", GROUND | INTERLEAVED),
    "bit slices": ("reram", {"components.synapse.columns_per_weight": "2"}),
    "minus V to V": ("sot_mram", GROUND | {"read.encoding": "-V/+V"}),
    "minus V to V, averaging": ("sot_mram", AVERAGING | {"read.encoding": "-V/+V"} | INTERLEAVED),
    "megohm cells": ("sot_mram_imec", {}),
    "kilohm cells": ("sot_mram_imec", KILOHM),
    "pillars": ("sot_mram_pillars", {}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_is_what_every_node_says(name):
    technology, fields = CASES[name]
    generator = np.random.default_rng(7)
    levels = np.linspace(-1, 1, 9) if technology in ("reram", "sot_mram_pillars") else np.array([-1.0, 1.0])
    weights = [generator.choice(levels, (30, 7)), generator.choice(levels, (8, 4))]
    x = generator.random((12, 29))
    hardware = small(technology, weights, x, WIRED, SIZES | fields)
    for k, layer in enumerate(hardware.layers):
        inputs = x if not k else generator.random((12, 7))
        assert len(layer.tiles) == [4, 1][k]
        wanted = nodal_of(hardware, layer, inputs, weights[k])
        found = maps_of(hardware, layer, pairs(hardware.nominal[k]), inputs)
        scale = np.abs(wanted).max()
        assert found / scale == pytest.approx(wanted / scale, abs=1e-8)
        bare = maps_of(hardware, layer, pairs(hardware.ideal[k]), inputs)
        apart = np.abs(bare - wanted).max() / scale
        assert apart < 1e-3 if name == "load" else apart > 1e-4


def test_lines_before_converters_end_open():
    """Converters put no load on averaging lines, and read each row tile by itself even where amplifiers join them."""
    generator = np.random.default_rng(8)
    weights, x = [generator.choice([-1.0, 1.0], (30, 6))], generator.random((5, 29))
    hardware = small("sot_mram", weights, x, WIRED, SIZES | AVERAGING | {"read.joining": "current"})
    bare = before_converters(hardware.case, hardware.layers)
    assert not bare[0].shared
    assert not bare[0].load.any()
    wanted = nodal_of(hardware, bare[0], x, weights[0])
    found = maps_of(hardware, bare[0], pairs(bare[0].exact(bare[0].nominal)), x)
    assert found == pytest.approx(wanted, abs=1e-9)


def test_a_shipped_layer_on_images():
    """784 inputs on 32x32 subarrays, kilohm cells, 50 images, row tiles tied by their amplifiers."""
    hardware, _ = on_bench("sot_mram", {}, "784-16-10", WIRED, images=50)
    layer = hardware.layers[0]
    wanted = nodal_of(hardware, layer, hardware.x, hardware.net.weights[0])
    found = maps_of(hardware, layer, pairs(hardware.nominal[0]), hardware.x)
    scale = np.abs(wanted).max()
    assert found / scale == pytest.approx(wanted / scale, abs=1e-8)


def test_a_programming_is_a_layer_of_other_cells():
    """Solved anew it is the exact map of its own conductances; a stuck cell holds an end of the range."""
    generator = np.random.default_rng(9)
    weights, x = [generator.choice([-1.0, 1.0], (12, 4))], generator.random((3, 11))
    hardware = small("sot_mram", weights, x, Experiment(exact=True, programmings=2, stuck=0.25), SIZES | GROUND)
    layer = hardware.layers[0]
    programmed = layer.programmed(0.1, 0.25, np.random.default_rng([0, 0, 0]))
    ends = np.isin(programmed, (layer.nominal.min(), layer.nominal.max()))
    assert 0.1 < ends.mean() < 0.45
    hardware.sigma = 0.1
    assert hardware.programmed[0][0] == pytest.approx(pairs(layer.exact(programmed)), abs=1e-15)
    assert hardware.programmed[1][0] != pytest.approx(hardware.programmed[0][0], abs=1e-9)


def test_all_cells_stuck_hold_nothing_but_ends():
    hardware = small("sot_mram_imec", [np.array([[1.0, -1.0]] * 4)], np.zeros((1, 3)))
    layer = hardware.layers[0]
    found = layer.programmed(0.3, 1.0, np.random.default_rng(0))
    assert set(np.unique(found)) == {layer.nominal.min(), layer.nominal.max()}
    large = small("sot_mram_imec", [np.ones((101, 20))], np.zeros((1, 100))).layers[0]
    highest = large.programmed(0.0, 1.0, np.random.default_rng(0)) == large.nominal.max()
    assert highest.mean() == pytest.approx(1 / 2, abs=0.03)  # each end as often, of 4,040 cells
    assert layer.programmed(0.0, 0.0, np.random.default_rng(0)) == pytest.approx(layer.nominal, abs=0)
    assert layer.programmed(50.0, 0.0, np.random.default_rng(0)).min() == pytest.approx(
        layer.nominal.min() / 20, abs=1e-20
    )


def test_crossbars_that_are_looked_at_again_keep_programmings_of_the_same_cells_only():
    weights = [np.ones((21, 5)), np.ones((6, 3))]
    hardware = small("sot_mram_imec", weights, np.ones((2, 20)), Experiment(programmings=2, stuck=0.5))
    cells = hardware.programmed
    again = hardware.under(hardware.experiment._replace(without=frozenset({"offset"})))
    assert again.programmed is cells
    for other in (
        {"without": frozenset({"stuck"})},
        {"without": frozenset({"variation"})},
        {"stuck": 0.1},
        {"seed": 1},
    ):
        changed = hardware.under(hardware.experiment._replace(**other))
        assert np.abs(changed.programmed[0][0] - cells[0][0]).max() > 0
        assert changed.nominal is hardware.nominal
