"""How a technology fills roles: one component for each activation, or none; what cannot fill a role is refused."""

from dataclasses import replace

import numpy as np
import pytest

from imac_arch import compare
from imac_arch.checks import checks
from imac_arch.data.errors import FileErrors, UsageError
from imac_arch.evaluate import evaluate
from imac_arch.technology import KINDS, PerActivation
from imac_arch.technology_files import load_technology
from tests.helpers import approx, first, inputs, nameless, run

GIVEN = {"power": "10 uW", "area": "2 um^2", "latency": "3 ns", "leakage": "1 nW", "drive_current": "1 mA"}


def field(value):
    return {"value": value, "status": "assumed", "note": "of a test"}


def analog(activation, **changes):
    figures = {name: field(value) for name, value in {**GIVEN, **changes}.items()}
    return {"kind": "analog_neuron", **figures, "computes": [activation]}


def table(activation, **changes):
    figures = {"area": "100 um^2", "energy": "1 pJ", "latency": "1 ns", "leakage": "1 uW", "shared": "4", **changes}
    return {"kind": "table", **{k: field(v) for k, v in figures.items()}, "computes": [activation]}


BOTH = {
    "components.neuron": {
        "kind": "per_activation", "activations": {"sigmoid": analog("sigmoid"), "relu": analog("relu", power="1 uW")},
    },
    "components.digital_neuron": {
        "kind": "per_activation",
        "activations": {"sigmoid": table("sigmoid"), "relu": table("relu", area="5 um^2", shared="8")},
    },
}  # fmt: skip
NET = "100-33:relu-20:sigmoid-10:relu"


def lines(evaluation, role):
    return [line for line in evaluation.bill.lines if line.role == role]


def counts(values):
    return np.broadcast_to(values, (3, 1)).ravel().tolist()


def test_neurons_by_activation_stand_side_by_side_in_every_architecture():
    found = run(NET, overrides=BOTH, archs=("imac", "mixed_signal", "digital"))
    relu, sigmoid = lines(found["imac"], "neuron")  # in the order in which the network asks for them
    assert counts(relu.instances) == [33, 0, 10]
    assert counts(sigmoid.instances) == [0, 20, 0]
    assert float(relu.units[0].cost.power) == 1e-6
    assert counts(relu.delay) == [3e-9, 0, 3e-9]
    assert counts(sigmoid.delay) == [0, 3e-9, 0]

    relu, sigmoid = lines(found["mixed_signal"], "digital_neuron")
    assert counts(relu.instances) == [5, 0, 2]  # eight outputs a unit
    assert counts(sigmoid.instances) == [0, 5, 0]  # four
    assert counts(relu.actions) == [33, 0, 10]
    assert counts(sigmoid.actions) == [0, 20, 0]

    relu, sigmoid = lines(found["digital"], "digital_neuron")
    assert (float(np.ravel(relu.instances)[0]), float(np.ravel(sigmoid.instances)[0])) == (16, 16)  # at each column
    assert counts(relu.actions) == [33, 0, 10]
    assert counts(sigmoid.actions) == [0, 20, 0]
    assert counts(relu.delay) == [1e-9, 0, 1e-9]


def test_a_line_is_driven_by_the_neurons_of_the_layer_before():
    stronger = analog("relu", drive_current="2 mA")
    part = {"kind": "per_activation", "activations": {"sigmoid": analog("sigmoid"), "relu": stronger}}
    given = inputs(NET, overrides={**BOTH, "components.neuron": part, "components.row_driver": "none"})
    rows = checks(evaluate(given, ["imac"])[0], given.case())
    limits = next(row.limit for row in rows if row.quantity == "current of a word line").ravel()
    assert limits / limits[2] == approx([2, 2, 1])  # the first layer by neurons as its own


@pytest.mark.parametrize("nothing", ["none", None, {"kind": "none"}, {"kind": "none", "note": "no need of one"}])
def test_an_activation_may_be_neglected_and_is_listed_so(nothing):
    part = {"kind": "per_activation", "activations": {"sigmoid": nothing, "relu": analog("relu", leakage="0 W")}}
    given = {"overrides": {"components.neuron": part}, "arch": "imac", "baseline": "imac", "samples": 0}
    document = compare("20-8:relu-4", "sot_mram", **given).document
    rows = {row.what: (row.note, row.where) for row in document.neglected}
    note = nothing["note"] if isinstance(nothing, dict) and "note" in nothing else "bound to none"
    path = "components.neuron.activations"
    assert rows["neuron (sigmoid)"] == (note, f"{path}.sigmoid")
    assert rows["neuron (relu) leakage"] == ("of a test", f"{path}.relu.leakage")
    assert "neuron" not in rows
    assert {row.component for row in document.breakdown if "neuron" in row.component} == {"analog neuron (relu)"}
    assert not [row for row in document.warnings if row.code == "activation"]
    unused = compare("20-8:relu-4:relu", "sot_mram", **given).document
    assert "neuron (sigmoid)" not in {row.what for row in unused.neglected}


def test_the_shared_magnetoresistance_of_a_part_is_listed_with_its_activation():
    """What a part omits stands at its own place."""
    shipped = load_technology("sot_mram").document.data["components"]["neuron"]
    part = {"kind": "per_activation", "activations": {"sigmoid": shipped, "relu": "none"}}
    whole, parts = (
        compare("20-8:sigmoid-4", "sot_mram", arch="imac", baseline="imac", samples=0, overrides=over).document
        for over in ({}, {"components.neuron": part})
    )
    of = [[row for row in d.neglected if row.where.startswith("components.neuron")] for d in (whole, parts)]
    assert len(of[0]) == len(of[1])
    assert all(row.where.startswith("components.neuron.activations.sigmoid.") for row in of[1])


def test_a_kind_that_does_not_exist_is_refused_inside_an_activation():
    part = {"kind": "per_activation", "activations": {"sigmoid": "nothing"}}
    with pytest.raises(FileErrors, match=r"components\.neuron\.activations\.sigmoid"):
        load_technology("sot_mram", {"components.neuron": part})


@pytest.mark.parametrize(
    ("architecture", "name"),
    [("imac", "analog neuron"), ("mixed_signal", "digital neuron"), ("digital", "digital neuron")],
)
def test_parts_by_activation_bear_their_activation_in_every_table(architecture, name):
    document = compare(NET, "sot_mram", arch=architecture, baseline=architecture, overrides=BOTH, samples=0).document
    wanted = {f"{name} (relu)", f"{name} (sigmoid)"}
    for rows in (document.breakdown, document.components):
        assert {row.component for row in rows if row.component.startswith(name)} == wanted
    plain = compare(NET, "sot_mram", arch=architecture, baseline=architecture, samples=0).document
    assert {row.component for row in plain.breakdown if row.component.startswith(name)} == {name}


def test_per_activation_with_one_activation_is_the_component_alone():
    alone = {role: BOTH[role]["activations"]["sigmoid"] for role in BOTH}
    one, many = (run("100-32-10", overrides=o, archs=("imac", "mixed_signal", "digital")) for o in (alone, BOTH))
    for name, evaluation in one.items():
        for metric, value in evaluation.metrics.items():
            assert value is None or value.item() == many[name].metrics[metric].item(), (name, metric)


def test_the_numbers_of_an_activation_are_recorded_where_it_is_used():
    found = run("100-33:relu-10:relu", overrides=BOTH, archs=("imac",))["imac"]
    paths = {path for path in found.readings if path.startswith("components.neuron.")}
    assert paths == {f"components.neuron.activations.relu.{name}" for name in GIVEN if name != "drive_current"}


def test_a_role_that_serves_all_layers_is_not_filled_per_activation():
    given = inputs("100-32-10")
    components = {**given.technology.components, "amplifier": PerActivation(activations={})}
    wrong = replace(given, technology=given.technology.model_copy(update={"components": components}))
    said = "^role 'amplifier' of 'sot_mram' is filled per activation, not as a whole$"
    with pytest.raises(UsageError, match=said):
        evaluate(wrong, ["imac"])


def test_a_neglected_activation_has_no_line():
    over = {**BOTH, "components.neuron": {"kind": "per_activation", "activations": {
        "sigmoid": analog("sigmoid"), "relu": {"kind": "none"}}}}  # fmt: skip
    (sigmoid,) = lines(run(NET, overrides=over, archs=("imac",))["imac"], "neuron")
    assert counts(sigmoid.instances) == [0, 20, 0]


@pytest.mark.parametrize(
    ("architecture", "role"), [("imac", "neuron"), ("mixed_signal", "digital_neuron"), ("digital", "digital_neuron")]
)
def test_an_activation_that_is_missing_is_named(architecture, role):
    with pytest.raises(UsageError, match=f"role '{role}' of 'sot_mram' has no 'tanh'; it has sigmoid, relu"):
        run("100-32:tanh-10", overrides=BOTH, archs=(architecture,))


def allowed(role):
    return ", ".join((*KINDS[role], "none"))


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("components.amplifier", {"kind": "per_activation", "activations": {"sigmoid": {"kind": "bus"}}},
         "'per_activation' cannot fill the role 'amplifier'; allowed: " + allowed("amplifier")),
        ("components.neuron", {"kind": "per_activation", "activations": {"sigmoid": table("sigmoid")}},
         "'table' cannot fill the role 'neuron'; allowed: " + allowed("neuron")),
        ("components.neuron", {"kind": "per_activation", "activations": {"relu": GIVEN}},
         "missing key 'kind'; allowed here: " + allowed("neuron")),
        ("components.amplifier", {"gain": field(3)},
         "missing key 'kind'; allowed here: " + allowed("amplifier")),
        ("components.neuron", {"power": field("1 W")},
         f"missing key 'kind'; allowed here: {allowed('neuron')}, per_activation"),
        ("components.adc", {"kind": "bus"}, "'bus' cannot fill the role 'adc'; allowed: " + allowed("adc")),
        ("components.sensor", {"kind": "bus"}, "unknown role 'sensor'; "),
    ],
    ids=nameless,
)  # fmt: skip
def test_a_component_that_cannot_fill_its_role_is_refused_with_what_can(path, fields, says):
    with pytest.raises(FileErrors) as caught:
        load_technology("sot_mram", {path: fields})
    assert says in str(caught.value)
    assert path in str(caught.value)


@pytest.mark.parametrize(
    ("role", "architecture"), [("mac", "digital"), ("logic", "digital"), ("sram", "digital"), ("adc", "mixed_signal"),
                               ("synapse", "imac")]
)  # fmt: skip
def test_a_role_that_must_be_filled_cannot_be_neglected(role, architecture):
    who = "a crossbar" if role == "synapse" else architecture
    with pytest.raises(UsageError, match=f"^{who} requires role '{role}', which is neglected in 'sot_mram'$"):
        run(overrides={f"components.{role}": "none"}, archs=(architecture,))


NEGLECTED = {
    "imac": ["row_driver", "amplifier", "neuron", "readout", "logic", "sample_hold", "dac"],
    "mixed_signal": ["row_driver", "sample_hold", "logic", "digital_neuron", "bus"],
    "digital": ["digital_neuron"],
}


@pytest.mark.parametrize(("architecture", "role"), [(a, r) for a, roles in NEGLECTED.items() for r in roles])
def test_a_neglected_role_leaves_no_line(architecture, role):
    options = {"archs": (architecture,), "pipelined": True}
    with_, without = (run(overrides=over, **options)[architecture] for over in (None, {f"components.{role}": "none"}))
    assert lines(with_, role)
    assert not lines(without, role)
    assert first(without.metrics["area"]) <= first(with_.metrics["area"])


def test_inputs_need_no_converter_where_the_file_names_none():
    given = inputs("16-8-4", gpu=None)
    components = {role: part for role, part in given.technology.components.items() if role != "dac"}
    without = replace(given, technology=given.technology.model_copy(update={"components": components}))
    neglected = inputs("16-8-4", gpu=None, overrides={"components.dac": "none"})
    (one,), (two,) = (evaluate(each, ["imac"]) for each in (without, neglected))
    assert not lines(one, "dac")
    assert one.metrics["energy"].item() == two.metrics["energy"].item()


def test_line_switches_stand_at_every_line():
    switch = {"kind": "table", **{k: field(v) for k, v in {
        "area": "0.56 um^2", "energy": "0 J", "latency": "0 s", "leakage": "1 nW"}.items()}}  # fmt: skip
    for name, evaluation in run(overrides={"components.line_switch": switch}, archs=("imac", "mixed_signal")).items():
        (line,) = lines(evaluation, "line_switch")
        assert line.component == "line switch"
        assert np.ravel(line.instances).tolist() == [100 * 64, 5 * 64], name  # 25 x 4 and 5 x 1 subarrays of 32 x 32
        assert float(line.units[0].cost.area) == approx(0.56e-12)
