"""Usual ranges: every quantity has one, every shipped number keeps it, and what is far beyond it is a slip."""

import numpy as np
import pytest

from imac_arch.data.errors import UsageError
from imac_arch.data.fields import declaration, usual_range
from imac_arch.data.registry import names
from imac_arch.data.slips import likely
from imac_arch.data.usual import ends, far, refused, remark
from imac_arch.data.walk import each_quantity
from imac_arch.evaluate import evaluate
from imac_arch.inputs import laid_out
from imac_arch.network import NetworkFile
from imac_arch.studies.scenario import load_scenario
from imac_arch.technology_files import load_board, load_law, load_neuron, load_technology
from tests.helpers import approx, inputs
from tests.test_descriptions import reachable

EXEMPT = {("Choice", "variations")}  # values of whatever field the choice is about
VOLTS, NODES, TMR, AREAS, LONG = (0.05, 5.0), (1e-9, 1e-6), (0.2, 10.0), (1e-15, 1e-6), (1e-15, 1e-4)


@pytest.mark.parametrize("model", reachable(), ids=lambda model: model.__qualname__)
def test_every_quantity_has_a_usual_range(model):
    told = {name for name, field in model.model_fields.items() if declaration(field) and usual_range(model, name)}
    numbers = {name for name, field in model.model_fields.items() if declaration(field)}
    assert numbers - told == {name for name in numbers if (model.__qualname__, name) in EXEMPT}


def shipped():
    for kind, load in (("technology", load_technology), ("board", load_board), ("neuron", load_neuron)):
        for name in names(kind):
            yield pytest.param(lambda load=load, name=name: load(name), id=name)
    for name in names("law"):
        yield pytest.param(lambda name=name: load_law(name), id=name)
    for name in names("scenario"):
        scenario = load_scenario(name).model
        yield pytest.param(lambda s=scenario: load_technology(s.technology, s.overrides), id=name)


@pytest.mark.parametrize("load", [*shipped()])
def test_every_shipped_number_is_within_its_usual_range(load):
    found = load().model
    for path, quantity in each_quantity(found):
        for value in (quantity.value, *(quantity.range or ())):
            assert not remark(value, quantity.written, quantity.declared.usual, quantity.unit), path


@pytest.mark.parametrize(
    ("value", "usual", "expected"),
    [
        (22.0, NODES, True), (1.1e-4, NODES, True), (0.9e-4, NODES, False), (0.9e-11, NODES, True),
        (1.1e-11, NODES, False), (0.0, NODES, False), (-9.0, (-1.0, 2.0), False), (-101.0, (-1.0, 2.0), True),
        (201.0, (-1.0, 2.0), True), (199.0, (-1.0, 2.0), False), (float("nan"), NODES, True),
    ],
)  # fmt: skip
def test_a_hundred_times_beyond_the_range_is_far(value, usual, expected):
    assert far(value, usual) is expected


def test_a_usual_range_is_read_in_the_unit_of_its_field():
    assert ends("10 fJ .. 10 pJ", "J") == approx((1e-14, 1e-11))
    for text in ("10 fJ", "10 pJ .. 10 fJ", "1 ns .. 2 ns", "1 fJ .. 2 fJ .. 3 fJ"):
        with pytest.raises(ValueError, match="usual"):
            ends(text, "J")


def test_zero_and_what_is_within_are_not_remarked_on():
    node = "1 nm .. 1 um"
    assert remark(0.0, "0 m", node, "m") == refused(0.0, "0 m", node, "m") == remark(1e-8, "10 nm", node, "m") == ""
    assert remark(1.0, "1 m", "", "m") == refused(1.0, "1 m", "", "m") == ""
    assert remark(1.0, "1 m", node, "m") == "1 m is above the usual range, 1 nm to 1 um; did you mean '1 nm'?"


@pytest.mark.parametrize(
    ("given", "unit", "usual", "meant"),
    [
        ("0.9 volts", "V", VOLTS, "0.9 V"), ("0,9 V", "V", VOLTS, "0.9 V"), (0.9, "V", VOLTS, "0.9 V"),
        (22, "m", NODES, "22 nm"), ("22 NM", "m", NODES, "22 nm"), ("300 mv", "V", VOLTS, "300 mV"),
        (180, "", TMR, "180 %"), ("180", "", TMR, "180 %"), ("180 percent", "", TMR, "180 %"),
        ("10 ohm", "ohm*m^2", None, "10 ohm*um^2"), ("60 um", "m^2", AREAS, "60 um^2"), (60, "m^2", AREAS, "60 um^2"),
        ("5k", "ohm", None, "5 kohm"), ("10 K", "ohm", None, "10 kohm"), ("1meg", "ohm", None, "1 Mohm"),
        ("0.2f", "F", None, "0.2 fF"), ("350 fj", "J", None, "350 fJ"), ("25 C", "K", None, "298.15 K"),
        ("25 °C", "K", None, "298.15 K"), ("1 nanoseconds", "s", None, "1 ns"), ("5 microns", "m", None, "5 um"),
        ("1,000 um^2", "m^2", AREAS, "1000 um^2"), ("1 ghz", "Hz", None, "1 GHz"), ("1 GS/s", "Hz", None, "1 GHz"),
        ("1Gsps", "Hz", None, "1 GHz"),
        ("1 GHz", "s", None, "1 ns"), ("1 kohm", "S", None, "1 mS"), ("900 GBps", "bit/s", None, "900 GB/s"),
        ("1e12 cycles", "", None, "1e12"), ("6 bits", "", None, "6"), ("125 TFLOP", "op/s", None, "125 TFLOPS"),
        ("2 ns", "J", None, ""), ("nan V", "V", VOLTS, ""), ("abc", "V", VOLTS, ""), ("1" * 99, "V", VOLTS, ""),
        (True, "V", VOLTS, ""), ("1.2.3 V", "V", VOLTS, ""), ("0 uS", "ohm", None, ""), ("5e-324 uS", "ohm", None, ""),
    ],
)  # fmt: skip
def test_what_was_meant_is_told_in_a_unit_of_the_dimension(given, unit, usual, meant):
    assert likely(given, unit, usual) == meant


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("node", "22 m", "did you mean '22 nm'"), ("vdd", "0.9 kV", "did you mean '0.9 V'"),
        ("components.wire.width", "27 mm", "did you mean '27 nm'"), ("subarray.rows", "1000000", "2 to 4096. Where"),
        ("components.synapse.ra", "10 ohm*m^2", "did you mean '10 ohm*um^2'"),
        ("components.front_end.area", "20 m^2", "did you mean '20 um^2'"),
        ("components.synapse.tmr", "20000", "did you mean"), ("components.mac.clock", "1 Hz", "did you mean '1 GHz'"),
    ],
)  # fmt: skip
def test_what_is_far_beyond_its_usual_range_is_refused_with_the_likely_slip(path, value, says):
    with pytest.raises(UsageError) as caught:
        load_technology("sot_mram", {path: value})
    assert f"--set {path}={value}: {path}" in str(caught.value)
    assert "the usual range" in str(caught.value) or path.endswith("tmr")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("node", "{value: 22 m, range: [20 m, 24 m]}"), ("vdd", "4.9 V"), ("vdd", "20 V"),
        ("components.bus.latency", "0 s"), ("components.synapse.leakage", "0 W"),
        ("components.amplifier.area", "{values: [{value: 1 m^2, range: [0.9 m^2, 1.1 m^2]}, "
         "{value: 1 m^2, range: [0.8 m^2, 1.2 m^2]}]}"),
    ],
)  # fmt: skip
def test_a_declared_range_a_zero_and_what_is_nearer_are_accepted(path, value):
    load_technology("sot_mram", {path: value})


def test_what_is_refused_for_another_reason_is_not_proposed_again():
    for path, value in (("components.adc.bits", "6.5"), ("components.row_driver.area_per_width", "-1 um")):
        with pytest.raises(UsageError) as caught:
            load_technology("sot_mram", {path: value})
        assert "is not allowed here" in str(caught.value)
        assert "did you mean" not in str(caught.value)


def test_a_sweep_leaves_out_what_a_file_would_be_refused_for():
    laid = laid_out(inputs(), {"vdd": [0.8, 900.0, 4.0], "components.synapse.leakage": [0.0, 1e-12]})
    assert [check.quantity for check in laid.slips] == ["vdd"]
    assert [check.quantity for check in laid_out(inputs(), {"subarray.rows": [1, 4096]}).slips] == []
    for found in evaluate(laid, ["mixed_signal", "digital"]):
        area = np.broadcast_to(found.masked().metrics["area"], (3, 2, 1))[..., 0]
        assert np.isnan(area[1]).all()
        assert np.isfinite(area[0]).all()
        assert any(check.quantity == "vdd" and "0.2 V .. 5 V" in check.source for _, check in found.refusals)


def test_a_network_file_is_held_to_it_too():
    assert usual_range(NetworkFile.model_fields["input"].annotation.__args__[0], "mean") == approx((1e-3, 1))
