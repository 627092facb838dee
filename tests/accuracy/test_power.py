"""Power of the crossbars that images are judged by: what ``compare --exact --weights`` says of the same ones."""

import numpy as np
import pytest

import imac_arch
from imac_arch.crossbar.exact import ports
from imac_arch.data import threads
from imac_arch.studies.accuracy.crossbars import Crossbars
from imac_arch.studies.accuracy.experiment import Experiment
from imac_arch.studies.accuracy.judge import accuracy_rows
from tests.accuracy.bench import case_of, every_image, on_bench, small
from tests.helpers import approx, inputs

NET, SIZES = "40-20-4", {"subarray.rows": "16", "subarray.cols": "8"}
KILOHM = {"components.synapse.r_p": "30 kohm", "components.synapse.r_ap": "90 kohm"}


def drawn_by(layer, rows, cols, drive):
    """Return the mean power that sources deliver to one subarray as an accuracy has it, for drives in volts [W]."""
    wires = layer.checked.wires
    seen = ports(layer.nominal[rows, cols], wires.word[rows, cols], wires.bit[rows, cols], wires.source[rows])
    admittance = seen.input
    if layer.averaging:
        held = seen.output + np.diag(layer.load[cols])
        admittance = admittance - seen.transfer.T @ np.linalg.solve(held, seen.transfer)
    return float(np.einsum("ki,ij,kj->k", drive, admittance, drive).mean())


@pytest.mark.parametrize(("technology", "fields"), [
    ("sot_mram", {"read.joining": "voltage_tie"}), ("sot_mram_imec", KILOHM),
    ("sot_mram", {"mapping.order": "interleaved"}),
])  # fmt: skip
def test_power_from_the_true_weights_is_that_of_exact_comparisons(technology, fields):
    generator = np.random.default_rng(3)
    weights = [generator.choice([-1.0, 1.0], (41, 20)), generator.choice([-1.0, 1.0], (21, 4))]
    x = generator.integers(0, 2, (30, 40)).astype(float)
    fields = {"read.joining": "voltage_tie", **fields, **SIZES}
    layer = small(technology, weights, x, fields=fields, gains=[1.0, 1.0], experiment=Experiment()).layers[0]
    volts = case_of(technology, fields, NET).technology.read.voltage.x.item()
    drive = volts * np.concatenate([x, np.ones((30, 1))], axis=1)[:, layer.order]
    found = {
        (i, j): drawn_by(layer, rows, cols, drive[:, rows])
        for i, rows in enumerate(layer.tiles)
        for j, cols in enumerate(layer.checked.col_tiles)
    }
    options = {"exact": True, "samples": 0, "arch": "imac", "overrides": fields, "accuracy": "none"}
    exact = imac_arch.compare(NET, technology, weights=weights, inputs=x, **options).document.exact
    said = {(row.row_tile, row.col_tile): row.power.exact for row in exact if row.layer == 1}
    assert said == approx(found, rel=1e-8)
    assert len(set(found.values())) == 9


def test_threads_change_no_prediction_and_no_figure(monkeypatch):
    """Logits to the last bit, whichever thread worked on a chip; so every share of images and every interval."""
    sums, rows = [], []
    experiment = Experiment(images=60, programmings=5)
    for count in (1, 2, 3):
        monkeypatch.setattr(threads, "processors", lambda count=count: count)
        hardware, _ = on_bench("sot_mram", SIZES, "784-16-10", experiment, images=60)
        assert len(hardware.programmed) == 5
        sums.append([hardware.analog(maps, "trimmed", k) for k, maps in hardware.chips("analog")])
        sums[-1] += [hardware.converted(maps, k) for k, maps in hardware.chips("converted")]
        given = inputs("784-16-10", "sot_mram", SIZES)
        rows.append(accuracy_rows(given, ["imac", "mixed_signal"], every_image(), hardware.net, None, experiment))
    for other in sums[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(sums[0], other, strict=True))
    assert [each.row for each in rows[1]] == [each.row for each in rows[0]] == [each.row for each in rows[2]]


@pytest.mark.parametrize("technology", ["sot_mram", "sot_mram_imec"])
def test_the_order_in_which_subarrays_are_solved_changes_no_sum(technology, monkeypatch):
    """All at once, one at a time and backwards: sums to 1e-12."""
    sums, alike = [], Crossbars._alike
    for at_once, backwards in ((2**14, False), (1, False), (2**14, True)):
        hardware, _ = on_bench(technology, SIZES, "784-16-10", Experiment(programmings=1), images=40)
        monkeypatch.setattr("imac_arch.crossbar.exact._AT_ONCE", at_once)
        if backwards:
            monkeypatch.setattr(Crossbars, "_alike", lambda layer: [pieces[::-1] for pieces in alike(layer)[::-1]])
        sums.append(hardware.analog(hardware.programmed[0], "nominal"))
        monkeypatch.undo()
    for other in sums[1:]:
        assert other == pytest.approx(sums[0], abs=1e-12)
