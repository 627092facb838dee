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
from tests.helpers import approx

FOLLOWER = '''
"""An amplifier of given power."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity


class Follower(Component):
    """A source follower."""

    roles: ClassVar[tuple[str, ...]] = ("amplifier",)
    kind: Annotated[Literal["follower"], COMPONENT_KIND] = "follower"
    own: Annotated[Quantity, In("W", "static power")]

    def gain_at(self, last: Array) -> Array:
        """Return 1."""
        return 1 + 0 * last

    def ground(self, context: Context, last: Array, bits: Array, line: Array, current: Array) -> UnitCost:
        """Return a fixed power."""
        return self.cost(context, last, bits)

    def cost(self, context: Context, last: Array, bits: Array) -> UnitCost:
        """Return a fixed power."""
        return UnitCost(power=self.own.x, law="follower")
'''

FLAT = '''
"""A converter that costs the same whatever is asked of it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.adc import AdcLaw
from imac_arch.components.base import LAW_KIND, Context
from imac_arch.components.cost import UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity

DATA = """
kind: adc_flat
name: adc_flat
title: A flat converter
min_bits: {value: 1, status: assumed}
max_bits: {value: 12, status: assumed}
columns_per_adc: {value: 4, status: assumed}
residual_energy: {value: 1, range: [0.5, 2], status: assumed}
residual_area: {value: 1, status: assumed}
energy: {value: 2 pJ, status: assumed}
area: {value: 500 um^2, status: assumed}
time: {value: 3 ns, status: assumed}
"""


class FlatAdc(AdcLaw):
    """One energy, one area, one time."""

    data: ClassVar[str] = DATA
    kind: Annotated[Literal["adc_flat"], LAW_KIND] = "adc_flat"
    energy: Annotated[Quantity, In("J", "energy of a conversion")]
    area: Annotated[Quantity, In("m^2", "area")]
    time: Annotated[Quantity, In("s", "time of a conversion")]

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, context: Context, scale: bool) -> UnitCost:
        """Return the figures."""
        return self.costs(self.area.x, self.energy.x, self.time.x)
'''

FOLDED = '''
"""The analog network on a quarter of its subarrays, each of which works four times."""

from dataclasses import replace

from imac_arch.architectures import imac
from imac_arch.architectures.base import Architecture
from imac_arch.bill import Bill, Line
from imac_arch.case import Case

FOLDS = 4


def bill(case: Case) -> Bill:
    """Fold crossbar and row drivers."""
    plain = imac.bill(case)
    lines = tuple(folded(line) if line.role in ("synapse", "row_driver") else line for line in plain.lines)
    return replace(plain, lines=lines)


def folded(line: Line) -> Line:
    """Return a line of a quarter of the units, which take four times as long."""
    units = tuple(
        units._replace(
            instances=units.instances / FOLDS, biased=None if units.biased is None else units.biased / FOLDS
        )
        for units in line.units
    )
    return line._replace(units=units, delay=line.delay * FOLDS)


ARCHITECTURE = Architecture("folded", "folded", "subarrays in turn", imac.ARCHITECTURE.roles, (), bill)
'''

RECTIFIER = '''
"""An analog rectifier of given figures."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity


class Rectifier(Component):
    """A mirror that copies positive currents."""

    roles: ClassVar[tuple[str, ...]] = ("neuron",)
    kind: Annotated[Literal["rectifier"], COMPONENT_KIND] = "rectifier"
    computes: ClassVar[tuple[str, ...]] = ("relu",)
    cells: ClassVar[None] = None
    bias: Annotated[Quantity, In("A", "current of the mirror", gt=0)]

    def drive(self, context: Context) -> Array:
        """Return its bias."""
        return self.bias.x

    def slope(self, context: Context) -> None:
        """A rectifier has none."""

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """Return a fixed power."""
        return UnitCost(power=self.bias.x * context.vdd)
'''

RECTIFIED = """
kind: technology
name: rectified
title: relu neurons beside the sigmoid ones
extends: sot_mram
components:
  neuron:
    kind: per_activation
    activations:
      relu: {kind: rectifier, bias: {value: 5 uA, range: [2 uA, 10 uA], status: assumed, note: made up}}
      sigmoid: none
"""

METRICS = '''

@metric("energy per operation", "J/op")
def energy_per_op(energy: Array, ops: Array) -> Array:
    """Energy per operation [J/op]."""
    return energy / ops


@metric("energy bill of a life", "kJ")
def life_energy(power: Array, life: Array) -> Array:
    """Energy of a life [kJ]."""
    return power * life / 1e3
'''

CONSTANTS = """
kind: constants
name: constants
title: Constants of metrics
values: {life: {value: 1e8 s, status: assumed, note: made up}}
"""

COMMAND = '''
"""A command that lists architectures."""

import typer

from imac_arch.cli.base import Command, guarded


@guarded
def designs() -> None:
    """List the architectures."""
    from imac_arch.architectures import ARCHITECTURES

    typer.echo(" ".join(ARCHITECTURES))


COMMAND = Command("designs", 9, designs, "imac-arch designs")
'''

SCRIPT = """
import io
import json

import numpy as np
from rich.console import Console
from typer.testing import CliRunner

import imac_arch
from imac_arch.architectures import ARCHITECTURES
from imac_arch.cli import app
from imac_arch.components.adc import adc_laws
from imac_arch.data.registry import names
from imac_arch.evaluate import evaluate, evaluate_grid
from imac_arch.resolve import Request, resolve
from imac_arch.studies.catalog import catalog, check
from imac_arch.technology import KINDS
from imac_arch.technology_files import load_technology


def run(archs, samples=0, axes=None, net="784-128-10", tech="sot_mram", **fields):
    request = Request(net, tech, fields=fields, samples=samples, axes=axes or {})
    given = resolve(request).inputs
    return given, {e.architecture: e for e in (evaluate_grid if axes else evaluate)(given, archs)}


def line(evaluation, role):
    part = next(p for p in evaluation.totals.lines if p.line.role == role)
    unit = part.line.units[0].cost
    return {
        "area": float(part.area.sum(axis=0)[0]), "energy": float(part.energy.sum(axis=0)[0]),
        "latency": float(part.latency.sum(axis=0)[0]), "power": float(np.ravel(unit.power)[0]), "law": unit.law,
        "readings": part.line.readings, "instances": part.line.instances.ravel().tolist(),
    }


said = {"kinds": KINDS["amplifier"], "laws": adc_laws(), "architectures": list(ARCHITECTURES)}
said["catalog"] = [[row.name, row.title] for row in catalog().files if row.kind == "law"]
said["checked"] = check("adc_flat").numbers
said["technologies"] = [load_technology(name).model.name for name in names("technology")]
own = {"kind": "follower", "own": {"value": "7 uW", "status": "assumed"}}
given, found = run(["imac"], **{"components.amplifier": own})
said["amplifier"] = line(found["imac"], "amplifier")
given, found = run(["mixed_signal"], samples=9, **{"components.adc.law": "flat"})
said["adc"] = line(found["mixed_signal"], "adc")
said["spread"] = given.laws.by_name["adc_flat"].residual_energy.x.shape
said["valid"] = bool(found["mixed_signal"].valid.all())
given, found = run(["mixed_signal"], axes={"components.adc.law": ["survey", "flat"]})
said["by word"] = found["mixed_signal"].metrics["energy"].ravel().tolist()
given, found = run(["imac", "folded"])
for name in ("imac", "folded"):
    said[name] = {role: line(found[name], role) for role in ("synapse", "row_driver", "amplifier")}
    said[name]["metrics"] = {k: v.item() for k, v in found[name].metrics.items() if v is not None}
given, found = run(["imac"], tech="rectified", net="20-8:relu-4:relu")
said["neuron"] = line(found["imac"], "neuron")
both = imac_arch.compare("784-128-10", arch=["imac", "folded", "mixed_signal"], samples=9)
for kind in ("html", "csv", "md", "tex"):
    said[kind] = both.text(kind)
said["json"] = json.loads(both.text("json"))
both.to_terminal(Console(file=(shown := io.StringIO()), width=200))
said["terminal"] = shown.getvalue()
swept = imac_arch.sweep(over="subarray=32,64", arch="imac", metrics=["energy_per_op", "life_energy"])
said["sweep"] = swept.to_frame().iloc[0].to_dict()
said["command"] = CliRunner().invoke(app, ["designs"]).output
print(json.dumps(said, default=str))
"""


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
