"""Arrays of designs: each is itself, whatever its neighbours and however many samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imac_arch.data.arrays import in_order
from imac_arch.data.errors import ImacError
from imac_arch.data.units import parse
from imac_arch.data.walk import each_quantity
from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out
from imac_arch.network import parse_network
from imac_arch.technology_files import load_technology
from tests.helpers import ALL, approx, first, inputs, run, technology

UNITS = {".".join(map(str, path)): quantity.unit for path, quantity in each_quantity(technology())}
CROSSBARS = ("imac", "mixed_signal")


def swept(axes, base=None, net="784-128-10", samples=0, archs=CROSSBARS):
    laid = laid_out(inputs(net, overrides=base, samples=samples, gpu=None), axes)
    return {e.architecture: e for e in evaluate(laid, archs)}


RERAM = load_technology("reram").document.data["components"]["synapse"]
RESISTIVE = {
    key: {"value": value["value"], "status": "assumed", "note": "as in reram"} if isinstance(value, dict) else value
    for key, value in RERAM.items()
    if key != "programming"
}


@pytest.mark.parametrize(
    ("path", "values", "base"),
    [
        ("subarray.rows", (16, 32, 64), {}), ("subarray.cols", (16, 128), {}),
        ("components.adc.bits", (5, 6, 8), {"components.adc.bits": "6"}), ("read.settle_bits", (4, 6, 8), {}),
        ("read.voltage", ("0.4 V", "0.8 V"), {}), ("vdd", ("0.7 V", "0.8 V"), {}), ("node", ("14 nm", "32 nm"), {}),
        ("components.synapse.ra", ("10 ohm*um^2", "40 kohm*um^2"), {}), ("read.neuron_bits", (2, 6), {}),
        ("read.input_bits", (1, 8), {}), ("components.wire.width", ("27 nm", "54 nm"), {}),
        ("components.amplifier.gain", (10, 30), {}), ("components.synapse.columns_per_weight", (1, 2), {}),
        ("components.row_driver.loss", ("2 %", "5 %"), {}), ("cycle", ("1 ns", "2 ns"), {}),
        ("components.adc.enob_loss", (0.2, 1), {}), ("components.mac.clock", ("1 GHz", "2 GHz"), {}),
        ("components.neuron.fins", (5, 10), {}),
        ("components.neuron.gate_pitch", ("70 nm", "90 nm"), {}),
        ("components.neuron.ra", ("10 ohm*um^2", "20 ohm*um^2"), {}), ("components.logic.activity", (0.5, 1), {}),
        ("components.neuron.input_spread", ("0.2 V", "0.3 V"), {}), ("components.row_driver.analog_bias", (0.2, 1), {}),
        ("components.sample_hold.capacitance", ("5 fF", "9 fF"), {}), ("components.readout.bits", (4, 6), {}),
        ("components.synapse.device_levels", (2, 4, 8), {"components.synapse": RESISTIVE}),
        ("components.synapse.r_on", ("50 kohm", "100 kohm"), {"components.synapse": RESISTIVE}),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_a_design_in_an_array_is_the_design_that_a_file_would_give(path, values, base):
    """The axis must do all that the field does, so each point is held against the field set by its path."""
    numbers = [parse(str(v), UNITS.get(path, "ohm" if path.endswith("r_on") else "")) for v in values]
    archs = ("imac", "mixed_signal", "digital")
    found = swept({path: numbers}, base, archs=archs)
    for i, value in enumerate(values):
        alone = run(overrides={**base, path: str(value)}, archs=archs)
        for name in archs:
            for metric, expected in alone[name].metrics.items():
                if expected is None:
                    continue
                got = np.broadcast_to(found[name].metrics[metric], (len(values), 1))[i, 0]
                assert got == np.ravel(expected)[0], (name, metric, value)


def test_samples_of_a_design_in_an_array_are_those_of_the_design_alone():
    rows, bits = [32, 64, 128], [5, 6.5]
    found = swept({"subarray.rows": rows, "read.settle_bits": bits}, samples=40)
    for i, row in enumerate(rows):
        for j, bit in enumerate(bits):
            alone = swept({"subarray.rows": [row], "read.settle_bits": [bit]}, samples=40)
            for name in CROSSBARS:
                for metric in ("area", "energy", "latency", "power", "pap"):
                    many = np.broadcast_to(found[name].metrics[metric], (3, 2, 41))[i, j]
                    assert np.array_equal(many, np.broadcast_to(alone[name].metrics[metric], (1, 1, 41))[0, 0])


def test_an_unknown_axis_gets_the_nearest_path():
    with pytest.raises(ImacError, match=r"did you mean 'subarray\.rows'"):
        laid_out(inputs(), {"subaray.rows": [1, 2]})


def test_a_batch_axis_is_each_batch():
    batches = [1, 7, 4096]
    many = evaluate(laid_out(inputs(), {"batch": batches}), ALL)
    for i, batch in enumerate(batches):
        for found, alone in zip(many, evaluate(inputs(batch=batch), ALL), strict=True):
            for metric in ("interval", "energy", "latency", "power", "area"):
                got = np.broadcast_to(found.metrics[metric], (3, 1))[i, 0]
                assert got == np.ravel(alone.metrics[metric])[0], (found.architecture, metric, batch)


DESIGNS = st.fixed_dictionaries({
    "subarray.rows": st.integers(1, 1024).map(str), "subarray.cols": st.integers(1, 1024).map(str),
    "read.circuit": st.sampled_from(["averaging", "virtual_ground"]),
    "read.encoding": st.sampled_from(["0/V", "-V/+V"]),
    "read.input_mode": st.sampled_from(["bit_serial", "dac"]), "read.input_bits": st.integers(1, 8).map(str),
    "read.neuron_bits": st.integers(1, 6).map(str), "read.bias_window": st.sampled_from(["sampled", "phase", "always"]),
    "components.row_driver": st.sampled_from(["none", None]), "components.amplifier": st.sampled_from(["none", None]),
    "components.sample_hold": st.sampled_from(["none", None]), "components.wire": st.sampled_from(["none", None]),
    "components.adc.law": st.sampled_from(["survey", "accelergy", "in_array", "fixed"]),
    "components.adc.bits": st.integers(1, 11).map(str),
    "components.synapse.columns_per_weight": st.integers(1, 4).map(str),
})  # fmt: skip
NETS = st.lists(st.integers(1, 2000), min_size=2, max_size=5).map(lambda widths: "-".join(map(str, widths)))


@given(DESIGNS, NETS, st.booleans(), st.sampled_from([1, 3, 1000]))
def test_any_design_is_finite_non_negative_and_conserved(design, net, pipelined, batch):
    """No warning of arithmetic either: those are errors here."""
    set_ = {path: value for path, value in design.items() if value is not None}
    for found in run(net, overrides=set_, pipelined=pipelined, batch=batch).values():
        metrics = {name: first(value) for name, value in found.metrics.items() if value is not None}
        assert all(np.isfinite(v) and v >= 0 for v in metrics.values()), (found.architecture, metrics)
        assert 0 < metrics["utilization"] <= 1 + 1e-12
        parts = found.totals.lines
        for name in ("area", "latency"):
            assert sum(first(getattr(p, name)) for p in parts) == approx(metrics[name], rel=1e-12)
        energy = sum(first(p.energy) + first(p.leakage_energy) for p in parts)
        assert energy == approx(metrics["energy"], rel=1e-12)
        assert metrics["latency"] >= metrics["interval"] * (1 - 1e-12)
        for part in parts:
            for name in ("area", "energy", "leakage_energy", "latency"):
                assert np.all(getattr(part, name) >= 0), (found.architecture, part.line.component, name)


@given(DESIGNS, NETS)
def test_wires_never_add_to_the_power_of_the_cells(design, net):
    set_ = {path: value for path, value in design.items() if value is not None}

    def power(**ideal):
        bill = run(net, overrides={**set_, **ideal}, archs=["imac"])["imac"].bill
        crossbar = next(line for line in bill.lines if line.component == "crossbar")
        return sum(np.sum(units.power) for units in crossbar.units)

    assert 0 <= power() <= power(**{"components.wire": "none"}) * (1 + 1e-12)


def test_partitions_hold_in_every_design_that_can_have_them():
    network = parse_network("400-120-84-10").partitioned("16x8,8x8,8x1")
    laid = laid_out(inputs(network, samples=20), {"subarray.rows": [16, 32, 64]})
    for evaluation in evaluate(laid, CROSSBARS):
        alone = run(network, overrides={"subarray.rows": "64"}, samples=20, archs=CROSSBARS)[evaluation.architecture]
        for name in ("area", "power", "latency", "energy", "utilization", "subarrays"):
            found = np.broadcast_to(evaluation.metrics[name], (3, 21))
            assert np.isnan(found[0]).all(), name  # 401 rows on 16 tiles of 16
            assert np.isfinite(found[1:]).all(), name
            assert np.array_equal(found[2], np.broadcast_to(np.ravel(alone.metrics[name]), 21)), name
        assert evaluation.metrics["subarrays"][1, 0] == 16 * 8 + 8 * 8 + 8


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=4), st.data())
def test_a_piece_of_a_block_is_that_of_all_its_rows(axes, data):
    """Whatever axes a result does not depend on, which it is broadcast over."""
    own = tuple(length if depends else 1 for length, depends in axes)
    wide = np.broadcast_to(np.arange(float(np.prod(own))).reshape(own), [length for length, _ in axes])
    first = data.draw(st.integers(0, wide.size - 1))
    last = data.draw(st.integers(first + 1, wide.size))
    assert in_order(wide, first, last).tolist() == wide.ravel()[first:last].tolist()
