"""How an evaluation is held against a bill by hand: line by line, and by its metrics."""

import numpy as np

from tests.helpers import approx

ROUND = 1e-12
ROLES = {
    "input register": "logic", "input DAC": "dac", "crossbar": "synapse", "row driver": "row_driver",
    "differential amplifier": "amplifier", "front end": "front_end", "analog neuron": "neuron",
    "sample-and-hold": "sample_hold", "ADC": "adc", "idle ADC": "adc",
    "shift-and-add": "logic", "accumulator register": "logic", "digital neuron": "digital_neuron",
    "activation register": "logic", "bus": "bus", "MAC array": "mac", "SRAM": "sram",
    **dict.fromkeys(("board", "host to first kernel", "kernel launches", "kernels"), "board"),
}  # fmt: skip


def by_layer(values, layers=3):
    return np.broadcast_to(np.asarray(values, float), (layers, 1)).ravel().tolist()


def lines_agree(evaluation, rows, uses=(1, 1, 1)):
    lines = evaluation.bill.lines
    assert by_layer(evaluation.bill.uses) == list(uses)
    assert [line.component for line in lines] == [row.name for row in rows]
    for line, row in zip(lines, rows, strict=True):
        layers = 1 if row.shared else 3
        readout = "readout" if evaluation.architecture == "imac" else "logic"
        assert line.role == ROLES.get(row.name, readout)
        assert by_layer(line.instances, layers) == list(row.instances), row.name
        assert by_layer(line.actions) == approx(list(row.actions), rel=ROUND), row.name
        assert by_layer(line.delay) == approx(list(row.delay), rel=ROUND), row.name
        assert by_layer(sum(u.busy for u in line.units)) == approx(list(row.busy), rel=ROUND), row.name
        assert line.shared == row.shared, row.name
        for key in ("area", "leakage", "power"):
            values = [u.power if key == "power" else u.instances * getattr(u.cost, key) for u in line.units]
            total = [sum(parts) for parts in zip(*(by_layer(value, layers) for value in values), strict=True)]
            assert total == approx(getattr(row, key), rel=ROUND), (row.name, key)
        energy = [sum(v) for v in zip(*(by_layer(u.actions * u.cost.energy) for u in line.units), strict=True)]
        assert energy == approx(row.energy, rel=ROUND), row.name
        if any(row.power):
            assert (line.window is None) == (row.window is None), row.name
            if row.window is not None:
                assert by_layer(line.window) == approx(list(row.window), rel=ROUND), row.name


def metrics_agree(evaluation, expected):
    for key, value in expected.items():
        assert evaluation.metrics[key].item() == approx(value, rel=ROUND), key
