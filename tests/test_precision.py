"""Equal precision: whatever is digital computes with the bits that the technology stores, unless told otherwise."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch import compare
from imac_arch.cli import app
from imac_arch.data.errors import UnknownName, UsageError
from imac_arch.evaluate import evaluate_grid
from imac_arch.studies.scenario import load_scenario
from tests.helpers import ALL, approx, first, plain, resolved, run

NET = "784-128-10"


def bits(document):
    return {name: tuple(each.values()) for name, each in document["conditions"]["bits"].items()}


def codes(document):
    return [warning["code"] for warning in document["warnings"]]


def test_all_on_chip_architectures_compute_with_the_same_bits_by_default():
    found = plain(NET, samples=0)
    assert found["conditions"]["precision"] == "equal"
    assert bits(found) == {**dict.fromkeys(ALL[:3], (1, 1, 4)), "gpu": (16, 16, 16)}
    assert "unequal_precision" not in codes(found)
    assert found["board"]["number_format"] == "fp16"


def test_native_precision_gives_each_its_own_bits_and_says_that_they_differ():
    found = plain(NET, samples=0, precision="native")
    assert found["conditions"]["precision"] == "native"
    own = {"imac": (1, 1, 4), "mixed_signal": (1, 1, 8), "digital": (8, 8, 8)}
    assert bits(found) == {**own, "gpu": (16, 16, 16)}
    (text,) = (w["message"] for w in found["warnings"] if w["code"] == "unequal_precision")
    assert all(f"{name} {'/'.join(map(str, each))}" in text for name, each in own.items())
    assert "gpu" not in text  # it has no choice; the conditions name its format


def test_bits_of_the_technology_are_those_of_everything():
    over = {"read.input_bits": "2", "read.neuron_bits": "3", "components.synapse.weights": "ternary"}
    found = plain(NET, samples=0, overrides=over, arch=["mixed_signal", "digital"])
    assert bits(found)["digital"] == (2, 2, 3)
    assert bits(found)["mixed_signal"] == (approx(np.log2(3)), 2, 3)
    assert "unequal_precision" not in codes(found)  # log2 3 bits take two


def test_precision_is_a_word_axis():
    axes = {"precision": ["equal", "native"], "components.adc.columns_per_adc": [4, 8]}
    base = {"components.adc.columns_per_adc": "8"}
    asked = resolved(NET, fields=base, axes=axes).inputs
    digital, mixed = evaluate_grid(asked, ["digital", "mixed_signal"])
    for place, word in enumerate(axes["precision"]):
        for k, columns in enumerate(axes["components.adc.columns_per_adc"]):
            over = {"components.adc.columns_per_adc": str(columns)}
            alone = run(overrides=over, precision=word, archs=["digital", "mixed_signal"])
            assert digital.metrics["energy"][place, k, 0] == first(alone["digital"].metrics["energy"])
            assert mixed.metrics["latency"][place, k, 0] == first(alone["mixed_signal"].metrics["latency"])


def test_a_sweep_refuses_it_too():
    for study, more in ((imac_arch.sweep, {}), (imac_arch.optimize, {"minimize": "energy"})):
        given = {"over": ["mac.weight_bits=4,8"], "arch": "digital", **more}
        with pytest.raises(UsageError, match=r"^axis 'components.mac.weight_bits' counts at native precision alone"):
            study(NET, **given).document  # noqa: B018
        assert study(NET, **given, precision="native").document.architectures
        assert study(NET, **{**given, "over": [*given["over"], "precision=equal,native"]}).document.architectures


def test_an_axis_that_would_move_nothing_is_refused():
    axes = {"read.hidden_bits": [4, 8]}
    with pytest.raises(
        UsageError, match=r"^axis 'read.hidden_bits' counts at native precision alone; ask for precision"
    ):
        resolved(NET, axes=axes)
    (native,) = evaluate_grid(resolved(NET, axes=axes, precision="native").inputs, ["mixed_signal"])
    assert native.metrics["latency"][0, 0] < native.metrics["latency"][1, 0]
    both = {"precision": ["equal", "native"], **axes}
    (surface,) = evaluate_grid(resolved(NET, axes=both).inputs, ["mixed_signal"])
    assert surface.metrics["latency"][0, 0] == surface.metrics["latency"][0, 1] == surface.metrics["latency"][1, 0]


def test_a_wrong_word_is_refused():
    with pytest.raises(UnknownName, match="equal, native"):
        compare(NET, precision="native8", samples=0)


@pytest.mark.parametrize("name", ["amin2022", "zand2020"])
def test_scenarios_of_papers_state_their_native_precision(name):
    assert load_scenario(name).model.precision == "native"
    own, asked = (plain(scenario=name, samples=0, precision=word)["conditions"] for word in (None, "equal"))
    assert (own["precision"], asked["precision"]) == ("native", "equal")
    assert own["bits"]["mixed_signal"]["activation"] == 8
    assert asked["bits"]["mixed_signal"]["activation"] == 4


def test_the_command_line_asks_for_it_and_says_which(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    asked = ["compare", "--net", NET, "--samples", "0", "-q"]
    for extra, word, own in (([], "equal", "digital 1/1/4"), (["--precision", "native"], "native", "digital 8/8/8")):
        done = CliRunner().invoke(app, [*asked, "-o", "x.html", *extra])
        shown = " ".join(done.stdout.split())
        assert done.exit_code == 0
        assert f"{word} precision" in shown
        assert own in shown
        assert "GPU h100 (modelled, fp16)" in shown
    printed = CliRunner().invoke(app, [*asked, "--json", "--precision", "native"]).stdout
    assert json.loads(printed)["conditions"]["precision"] == "native"
    assert CliRunner().invoke(app, [*asked, "--precision", "8"]).exit_code == 2


@pytest.mark.parametrize("path", ["read.hidden_bits", "components.mac.weight_bits", "components.mac.activation_bits"])
def test_bits_that_were_set_and_do_not_count_are_said(path):
    equal, native = (plain(NET, samples=0, overrides={path: "5"}, precision=word) for word in ("equal", "native"))
    (warning,) = (w for w in equal["warnings"] if w["code"] == "unread")
    assert warning["message"] == f"{path} was set, but no figure here depends on it; it counts at native precision"
    assert "unread" not in codes(native)
