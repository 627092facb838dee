"""An evaluation never asks for the values of its arrays: it can run once on symbols and be replayed on numbers."""

from dataclasses import replace

import numpy as np
import pytest

from imac_arch.components.base import Laws
from imac_arch.data.walk import each_quantity, with_quantities
from imac_arch.evaluate import evaluate
from tests.duck import Duck, plain
from tests.helpers import ALL, approx, resolved

CASES = [
    {}, {"technology": "sot_mram_imec"}, {"technology": "reram"}, {"technology": "sram_cim"},
    {"technology": "sot_mram_pillars"}, {"pipelined": True, "batch": 7}, {"timing": "declared"}, {"samples": 20},
    {"tiles": "26x5,5x1"}, {"board": "v100"},
    {"axes": {"subarray.rows": [32, 64], "components.amplifier.settle_time": [1e-9, 2e-9, 5e-9]}},
    {"fields": {"read.input_mode": "dac", "read.input_bits": "4", "read.encoding": "-V/+V"}},
    {"fields": {"components.adc.law": "accelergy", "node": "22 nm", "vdd": "0.7 V"}},
    {"fields": {"components.adc.law": "in_array", "components.adc.scale": "true"}},
    {"fields": {"components.adc.law": "fixed", "components.sample_hold": "none", "components.wire": "none"}},
    {"fields": {"components.synapse.v_half": "0.5 V", "components.neuron.v_half": "0.5 V"}},
    {"fields": {"components.digital_neuron": {"kind": "lut_neuron", "bits": 8, "span": 8}}},
    {"fields": {"components.digital_neuron": {"kind": "pwl_neuron", "bits": 8, "span": 8}}},
    {"fields": {"components.digital_neuron": {"kind": "cordic_neuron", "bits": 8, "span": 8, "expansions": 2,
                                              "guard": 4}}},
    {"technology": "reram", "timing": "declared", "fields": {
        "read.mode": "static", "read.time": "20 ns", "read.drawn_from": "supply", "read.single_ended": "true",
        "read.slices": "analog", "read.input_mode": "pulse", "read.input_bits": 4, "read.pass_bits": 2,
        "pass_cycle": "9 ns"}},
    {"technology": "sram_cim", "fields": {"read.mode": "charge", "read.circuit": "averaging"}},
    {"technology": "sram_digital_cim"}, {"technology": "sram_digital_cim", "fields": {"laws.pitch.by": "scaling"}},
]  # fmt: skip


def symbolic(inputs):
    """The same inputs, every number of which refuses to be looked at."""

    def change(path, quantity):
        return quantity.at(Duck(quantity.x))

    return replace(
        inputs,
        network=with_quantities(inputs.network, change),
        technology=with_quantities(inputs.technology, change),
        laws=Laws({name: with_quantities(law, change) for name, law in inputs.laws.by_name.items()}),
        board=with_quantities(inputs.board, change),
        batch=Duck(inputs.batch),
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_evaluation_asks_for_no_value(case):
    inputs = resolved(**{"board": "h100", **case}).inputs
    ducks = symbolic(inputs)
    assert all(isinstance(quantity.x, Duck) for _, quantity in each_quantity(ducks.technology))
    with np.errstate(all="ignore"):
        own = (*ALL, "digital_cim") if "adder_tree" in inputs.technology.components else ALL
        symbols, numbers = evaluate(ducks, own), evaluate(inputs, own)
    for symbol, number in zip(symbols, numbers, strict=True):
        assert np.array_equal(plain(symbol.valid), number.valid)
        for name, value in number.metrics.items():
            if value is None:
                assert symbol.metrics[name] is None
                continue
            assert isinstance(symbol.metrics[name], Duck), (number.architecture, name)
            # tables whose numbers are symbols are interpolated term by term
            assert np.asarray(plain(symbol.metrics[name])) == approx(value, rel=1e-12, nan_ok=True), name
