"""What a contributor adds is one file, two at most: each is dropped into a copy of the package, and all that prices,
lists and shows things follows."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import imac_arch
from imac_arch.architectures import Architecture, declared, imac
from imac_arch.data.registry import data_folder, names
from tests.contributed import (
    COMMAND,
    CONSTANTS,
    FLAT,
    FOLDED,
    FOLLOWER,
    METRICS,
    RECTIFIED,
    RECTIFIER,
    SCRIPT,
)
from tests.helpers import approx


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What a process says that runs a copy of the package with all of these files."""
    home = tmp_path_factory.mktemp("package")
    skip = shutil.ignore_patterns("__pycache__", "assets")
    shutil.copytree(Path(imac_arch.__file__).parent, home / "imac_arch", ignore=skip)
    shutil.copytree(data_folder(), home / "tech")
    for assets in Path(imac_arch.__file__).parent.rglob("assets"):
        (home / "imac_arch" / assets.relative_to(Path(imac_arch.__file__).parent)).symlink_to(assets)
    (home / "imac_arch/components/follower.py").write_text(FOLLOWER)
    (home / "imac_arch/components/rectifier.py").write_text(RECTIFIER)
    (home / "imac_arch/cli/designs.py").write_text(COMMAND)
    (home / "tech/rectified.yaml").write_text(RECTIFIED)
    (home / "tech/laws/constants.yaml").write_text(CONSTANTS)
    with (home / "imac_arch/metrics.py").open("a") as file:
        file.write(METRICS)
    (home / "imac_arch/components/adc_flat.py").write_text(FLAT)
    (home / "imac_arch/architectures/folded.py").write_text(FOLDED)
    environment = {**os.environ, "PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT], cwd=home, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_shipped_technologies_stay_valid_beside_new_files(said):
    assert said["technologies"] == sorted([*names("technology"), "rectified"])


def test_a_kind_is_one_file(said):
    assert set(said["kinds"]) >= {"differential_amplifier", "follower"}
    amplifier = said["amplifier"]
    assert (amplifier["power"], amplifier["law"]) == (approx(7e-6), "follower")
    assert amplifier["readings"] == ["components.amplifier.own"]
    assert amplifier["instances"] == [25 * 128, 5 * 32]


def test_a_converter_law_is_one_file(said):
    assert "flat" in said["laws"]
    adc = said["adc"]
    assert adc["law"] == "adc_flat"
    assert adc["instances"] == [100 * 8, 5 * 8]  # 32 columns of a subarray, four to a converter
    assert adc["area"] == approx(840 * 500e-12)
    conversions = 25 * 128 * 1 + 5 * 10 * 4  # 1 and 4 phases
    assert adc["energy"] == approx(conversions * 2e-12)
    assert adc["latency"] == approx((1 + 4) * 4 * 3e-9)
    assert set(adc["readings"]) >= {"laws.adc_flat.energy", "laws.adc_flat.area", "laws.adc_flat.time"}
    assert not any(path.startswith("laws.adc_survey") for path in adc["readings"])
    assert said["spread"] == [10]  # its uncertain numbers are drawn like those of any law
    assert said["valid"]
    assert said["by word"][0] != said["by word"][1]


def test_a_law_that_brings_its_coefficients_is_listed_and_checked(said):
    assert ["adc_flat", "A flat converter"] in said["catalog"]
    assert said["catalog"] == sorted(said["catalog"])
    assert said["checked"] == 8


def module(name, **members):
    made = ModuleType(name)
    vars(made).update(members)
    return made


def test_a_helper_beside_architectures_is_none_of_them():
    own = module("package.own", ARCHITECTURE=Architecture("own", "own", "", ("adc",), (), imac.bill))
    assert list(declared([module("package.helper"), own])) == ["own"]


def test_two_architectures_of_one_name_are_refused():
    twin = module("package.twin", ARCHITECTURE=replace(imac.ARCHITECTURE, title="another"))
    with pytest.raises(
        TypeError, match=r"^architecture 'imac' is declared by two modules: .*\.imac and package\.twin$"
    ):
        declared([imac, twin])


def test_an_architecture_of_an_unknown_role_is_refused():
    wrong = module("package.wrong", ARCHITECTURE=replace(imac.ARCHITECTURE, name="wrong", roles=("adc", "sensor")))
    with pytest.raises(
        TypeError, match=r"^architecture 'wrong' of package.wrong: unknown role 'sensor'; roles: synaps"
    ):
        declared([wrong])


def test_an_architecture_is_one_file(said):
    shipped = ("imac", "mixed_signal", "digital", "folded", "gpu")
    assert [name for name in said["architectures"] if name in shipped] == list(shipped)
    plain, folded = said["imac"], said["folded"]
    for role in ("synapse", "row_driver"):
        assert folded[role]["area"] == approx(plain[role]["area"] / 4)
        assert folded[role]["latency"] == approx(plain[role]["latency"] * 4)
        assert folded[role]["instances"] == [count / 4 for count in plain[role]["instances"]]
    longer = 3 * sum(plain[role]["latency"] for role in ("synapse", "row_driver"))
    assert folded["metrics"]["latency"] == approx(plain["metrics"]["latency"] + longer)
    grown = folded["metrics"]["interval"] / plain["metrics"]["interval"]
    assert folded["amplifier"]["energy"] == approx(plain["amplifier"]["energy"] * grown)


def test_an_architecture_without_a_way_of_inference_is_shown_without_accuracy(said):
    """Beside those that have one, each with its own figures."""
    rows = {row["name"]: row for row in said["json"]["architectures"]}
    assert list(rows) == ["imac", "mixed_signal", "folded"]
    assert rows["folded"]["accuracy"]["value"] is None
    assert rows["folded"]["accuracy"]["reason"] == "the architecture declares no way of inference"
    for name in ("imac", "mixed_signal"):
        assert rows[name]["accuracy"]["architecture"] == name
        assert 0.5 < rows[name]["accuracy"]["value"] < 1


@pytest.mark.parametrize(("name", "title"), [("energy_per_op", "energy per operation"),
                                             ("life_energy", "energy bill of a life")])  # fmt: skip
def test_a_metric_is_one_function_and_everything_follows(said, name, title):
    document = said["json"]
    assert name in {row["name"] for row in document["metrics"]}
    assert all(row["metrics"][name]["value"] > 0 for row in document["architectures"])
    assert {(row["metric"], row["architecture"]) for row in document["ratios"]} >= {(name, "imac"), (name, "folded")}
    assert said["terminal"].count(title) == 2  # its value, and against the baseline
    for kind, word in (("html", title), ("csv", name), ("md", title), ("tex", title)):
        assert word in said[kind]
    assert said["sweep"][f"imac.{name}"] > 0


def test_a_metric_may_ask_for_a_constant_and_its_number_is_listed(said):
    imac = next(row["metrics"] for row in said["json"]["architectures"] if row["name"] == "imac")
    assert imac["life_energy"]["value"] == approx(imac["power"]["value"] * 1e8 / 1e3)
    assert [row["value"] for row in said["json"]["provenance"] if row["path"] == "laws.constants.values.life"] == [1e8]
    assert "made up" in said["html"]


def test_another_neuron_is_two_files(said):
    """Its kind, and a technology that has it beside the sigmoid one."""
    neuron = said["neuron"]
    assert neuron["power"] == approx(5e-6 * 0.8)
    assert neuron["readings"] == ["components.neuron.activations.relu.bias", "vdd"]
    assert neuron["instances"] == [8, 4]


def test_a_command_is_one_file(said):
    assert said["command"].split() == said["architectures"]
