"""Digital sigmoid neurons built from a technology's own logic and memory: table, line segments, CORDIC."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Protocol

import numpy as np

from imac_arch.components.base import Priced, Setting, UnitCost
from imac_arch.quantity import Array, Count, In, Quantity

__all__ = ["CordicNeuron", "LutNeuron", "PwlNeuron", "sigmoid", "sigmoid_cordic", "sigmoid_lut", "sigmoid_pwl"]

GRID = 2001


class Digital(Protocol):
    """What a neuron asks of the role ``logic``."""

    def function(self, name: str, size: Array, setting: Setting) -> UnitCost:
        """Return the cost of a function of ``size`` bits."""

    def shift_add(self, size: Array, setting: Setting) -> UnitCost:
        """Return the cost of a shifter and an adder."""


class Memory(Protocol):
    """What a neuron asks of the role ``sram``."""

    def cost(self, setting: Setting, bits: Array) -> UnitCost:
        """Return the cost of a memory, ``energy`` being of reading one bit."""


def sigmoid(x: Array) -> Array:
    """Return ``1/(1 + exp(-x))``."""
    return np.asarray((1 + np.tanh(np.asarray(x) / 2)) / 2)


def sigmoid_lut(x: Array, bits: int, span: float) -> Array:
    """Return the sigmoid from a table of ``2^bits`` entries of ``bits`` bits over ``-span..span``."""
    step = 2 * span / 2**bits
    index = np.clip(np.floor((np.asarray(x) + span) / step), 0, 2**bits - 1)
    return _rounded(sigmoid(-span + (index + 0.5) * step), bits)


def sigmoid_pwl(x: Array, bits: int, span: float, segments: int) -> Array:
    """Return the sigmoid from straight lines between equally spaced points of ``-span..span``, rounded to ``bits``."""
    points = np.linspace(-span, span, segments + 1)
    return _rounded(np.interp(x, points, sigmoid(points)), bits)


def sigmoid_cordic(x: Array, bits: int, expansions: int, iterations: int) -> Array:
    """Return ``(1 + tanh(x/2))/2`` by hyperbolic CORDIC and a division, rounded to ``bits``.

    ``expansions`` steps with factors ``1 - 2^(i-2)`` for i = 0, -1, ... widen the range of convergence (Hu, Harber and
    Bass 1991); steps 4 and 13 are done twice, as convergence asks.
    """
    z = np.array(np.asarray(x, dtype=float) / 2)
    c, s = np.ones_like(z), np.zeros_like(z)
    factors = [1 - 2.0 ** (i - 2) for i in range(1 - expansions, 1)]
    steps = [k for i in range(1, iterations + 1) for k in ((i, i) if i in (4, 13) else (i,))]
    for factor in [*factors, *(2.0**-k for k in steps)]:
        turn = np.where(z >= 0, 1.0, -1.0)
        c, s = c + turn * factor * s, s + turn * factor * c
        z = z - turn * np.arctanh(factor)
    return _rounded((1 + s / c) / 2, bits)


def _rounded(y: Array, bits: int) -> Array:
    return np.asarray(np.round(y * 2**bits) / 2**bits)


class BuiltNeuron(Priced):
    """The base of neurons made of logic and memory. ``shared`` outputs are served by one unit in turn."""

    roles: ClassVar[tuple[str, ...]] = ("digital_neuron",)
    bits: Count
    span: Annotated[Quantity, In("", gt=0, plain=True)]
    shared: Count | None = None

    def approximation(self, x: Array) -> Array:
        """Return what the neuron computes for inputs x."""
        raise NotImplementedError  # each kind has its own

    @property
    def error(self) -> float:
        """Largest absolute error against the sigmoid within the span."""
        x = np.linspace(-self.span.value, self.span.value, GRID)
        return float(np.max(np.abs(self.approximation(x) - sigmoid(x))))


class LutNeuron(BuiltNeuron):
    """A table of every output, read once; symmetry halves it."""

    formula: ClassVar[str] = (
        "memory of 2^(bits-1) words of bits; E = bits e_read + bits e_register; t = t_read + t_register"
    )
    kind: Literal["lut_neuron"] = "lut_neuron"

    def approximation(self, x: Array) -> Array:
        """See the base."""
        return sigmoid_lut(x, int(self.bits.value), self.span.value)

    def cost(self, setting: Setting, what: str = "") -> UnitCost:
        """Return the cost of one unit; memory and registers carry their own scaling."""
        bits = self.bits.x
        memory: Memory = setting.part("sram", "a table neuron")
        logic: Digital = setting.part("logic", "a table neuron")
        table = memory.cost(setting, 2 ** (bits - 1) * bits)
        return _sum(
            "look-up table",
            [(table, 1.0, bits, 1.0), (logic.function("flip_flop", np.ones(()), setting), bits, bits, 1.0)],
        )


class PwlNeuron(BuiltNeuron):
    """Straight lines: comparators find the segment, one multiplier and one adder evaluate it."""

    formula: ClassVar[str] = (
        "segments/2 comparators, bits x bits multiplier, adder, registers of segments/2 slopes and offsets (symmetry); "
        "t = comparator + multiplier + adder + register"
    )
    kind: Literal["pwl_neuron"] = "pwl_neuron"
    segments: Count

    def approximation(self, x: Array) -> Array:
        """See the base."""
        return sigmoid_pwl(x, int(self.bits.value), self.span.value, int(self.segments.value))

    def cost(self, setting: Setting, what: str = "") -> UnitCost:
        """Return the cost of one unit; the registers of slopes and offsets hold still."""
        bits, half = self.bits.x, self.segments.x / 2
        logic: Digital = setting.part("logic", "a piecewise linear neuron")
        one = logic.function("flip_flop", np.ones(()), setting)
        return _sum(
            "piecewise linear",
            [
                (logic.function("comparator", bits, setting), half, half, 1.0),
                (logic.function("multiplier", bits**2, setting), 1.0, 1.0, 1.0),
                (logic.function("adder", 2 * bits, setting), 1.0, 1.0, 1.0),
                (one, 2 * half * bits, 0.0, 0.0),
                (one, 2 * bits, 2 * bits, 1.0),
            ],
        )


class CordicNeuron(BuiltNeuron):
    """Hyperbolic CORDIC and a linear one that divides, one step a cycle on one set of shifters and adders."""

    formula: ClassVar[str] = (
        "width = bits + guard; two shift-adds, one adder and three registers, expansions + iterations + repeats + bits "
        "cycles; t = cycles (shifter + adder + register)"
    )
    kind: Literal["cordic_neuron"] = "cordic_neuron"
    iterations: Count
    expansions: Count
    guard: Count

    def approximation(self, x: Array) -> Array:
        """See the base."""
        return sigmoid_cordic(x, int(self.bits.value), int(self.expansions.value), int(self.iterations.value))

    def cost(self, setting: Setting, what: str = "") -> UnitCost:
        """Return the cost of one unit; ``energy`` and ``latency`` of all cycles of one activation."""
        width = self.bits.x + self.guard.x
        logic: Digital = setting.part("logic", "a CORDIC neuron")
        repeats = np.where(self.iterations.x >= 4, 1.0, 0.0) + np.where(self.iterations.x >= 13, 1.0, 0.0)
        cycles = self.expansions.x + self.iterations.x + repeats + self.bits.x
        register = logic.function("flip_flop", np.ones(()), setting)
        return _sum(
            "CORDIC",
            [
                (logic.shift_add(width, setting), 2.0, 2 * cycles, cycles),
                (logic.function("adder", width, setting), 1.0, cycles, 0.0),
                (register, 3 * width, 3 * width * cycles, cycles),
            ],
        )


def _sum(law: str, parts: list[tuple[UnitCost, Any, Any, Any]]) -> UnitCost:
    """Add parts up: each with its instances, its actions and how often its delay stands on the path."""
    total = {
        "area": sum(np.asarray(cost.area * count) for cost, count, _, _ in parts),
        "energy": sum(np.asarray(cost.energy * actions) for cost, _, actions, _ in parts),
        "latency": sum(np.asarray(cost.latency * times) for cost, _, _, times in parts),
        "leakage": sum(np.asarray(cost.leakage * count) for cost, count, _, _ in parts),
    }
    figures = {name: np.asarray(value) for name, value in total.items()}
    checks = tuple(check for cost, *_ in parts for check in cost.checks)
    scaled = tuple(dict.fromkeys(text for cost, *_ in parts for text in cost.scaled))
    return UnitCost(**figures, law=law, checks=checks, scaled=scaled)
