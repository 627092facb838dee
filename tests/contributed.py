"""What contributors may add, as the texts of their files, and a process that uses all of it at once."""

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
