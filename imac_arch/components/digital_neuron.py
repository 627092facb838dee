"""Digital sigmoid neurons composed of the technology's logic and memory: look-up table, piecewise linear, CORDIC."""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import UnitCost
from imac_arch.components.roles import LOGIC, SRAM
from imac_arch.data.arrays import ZERO, Array, as_array
from imac_arch.data.quantity import COUNT, In, Quantity, about

__all__ = ["CordicNeuron", "LutNeuron", "PwlNeuron", "sigmoid", "sigmoid_cordic", "sigmoid_lut", "sigmoid_pwl"]

GRID = 2001
WHOLE = 3  # bits of a CORDIC word that are no fraction: its sign, and two for values below 4
LONGEST = np.iinfo(np.int64).bits  # of a word that is computed bit by bit


def sigmoid(x: Array) -> Array:
    """Return ``1/(1 + exp(-x))``."""
    return as_array((1 + np.tanh(as_array(x) / 2)) / 2)


def sigmoid_lut(x: Array, bits: int, span: float) -> Array:
    """Return the sigmoid from a table of ``2^bits`` entries of ``bits`` bits over ``-span..span``."""
    return _rounded(sigmoid(_read(x, bits, span)), bits)


def sigmoid_pwl(x: Array, bits: int, span: float, segments: int) -> Array:
    """Return the sigmoid from straight lines between equally spaced points of ``-span..span``, bit by bit.

    Inputs, offsets and outputs have ``bits`` bits; slopes, at most 1/4, have ``bits`` bits of that quarter.
    """
    given = _read(x, bits, span)
    length = 2 * span / segments
    place = np.clip(np.floor((given + span) / length), 0, segments - 1)
    start = place * length - span
    low, high = sigmoid(start), sigmoid((place + 1) * length - span)
    slopes = _rounded((high - low) / length * 4, bits) / 4
    return _rounded(_rounded(low, bits) + slopes * (given - start), bits)


def sigmoid_cordic(x: Array, bits: int, span: float, expansions: int, iterations: int, guard: int) -> Array:
    """Return ``(1 + tanh(x/2))/2`` by hyperbolic CORDIC and a division, bit by bit in words of ``bits + guard`` bits.

    ``expansions`` steps with factors ``1 - 2^(i-2)`` for i = 0, -1, ... widen the range of convergence (Hu, Harber and
    Bass 1991); steps 4 and 13 are done twice, as convergence asks. A word has a sign and two bits above the point;
    shifts cut off what leaves the word. Words that would overflow 64 bits have fewer guard bits here.
    """
    above = expansions + int(np.ceil(np.log2(max(span, 1.0))))  # an expansion at most doubles
    point = min(bits + guard - WHOLE, LONGEST - 2 - above)
    one = 1 << point
    z = np.round(_read(x, bits, span) / 2 * one).astype(np.int64)
    c, s = np.full_like(z, one), np.zeros_like(z)
    wide = [2 - i for i in range(1 - expansions, 1)]
    narrow = [k for i in range(1, iterations + 1) for k in ((i, i) if i in (4, 13) else (i,))]
    for k, grows in [(k, True) for k in wide] + [(k, False) for k in narrow]:
        turn = np.where(z >= 0, 1, -1)
        part_c, part_s = ((v - (v >> k) if grows else v >> k) for v in (c, s))
        c, s = c + turn * part_s, s + turn * part_c
        z = z - turn * round(float(np.arctanh(1 - 2.0**-k if grows else 2.0**-k)) * one)
    quotient = np.zeros(z.shape)
    for k in range(1, bits + 1):
        turn = np.where(s >= 0, 1, -1)
        s, quotient = s - turn * (c >> k), quotient + turn * 2.0**-k
    return _rounded((1 + quotient) / 2, bits)


def _read(x: Array, bits: int, span: float) -> Array:
    """Return inputs as a word of ``bits`` bits gives them: the middles of ``2^bits`` steps over ``-span..span``."""
    step = 2 * span / 2**bits
    return as_array(-span + (np.clip(np.floor((as_array(x) + span) / step), 0, 2**bits - 1) + 1 / 2) * step)


def _rounded(y: Array, bits: int) -> Array:
    return as_array(np.round(y * 2**bits) / 2**bits)


class BuiltNeuron(Component):
    """Base of neurons composed of logic and memory. One unit serves ``shared`` outputs sequentially."""

    roles: ClassVar[tuple[str, ...]] = ("digital_neuron",)
    computes: ClassVar[tuple[str, ...]] = ("sigmoid",)
    bits: Annotated[Quantity, replace(COUNT, le=LONGEST).said("word length of input and output", "1 .. 64")]
    span: Annotated[
        Quantity,
        In("", "input range -span..span in which the sigmoid is approximated", gt=0, plain=True, usual="1 .. 64"),
    ]
    shared: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None,
        about("outputs that one unit serves in turn; one unit per output where absent"),
    ] = None

    @abstractmethod
    def approximation(self, x: Array) -> Array:
        """Return what the neuron computes for inputs x."""

    @property
    def error(self) -> float:
        """Largest absolute error against the sigmoid of the unrounded input within the span."""
        x = np.linspace(-self.span.value, self.span.value, GRID)
        return float(np.max(np.abs(self.approximation(x) - sigmoid(x))))


class LutNeuron(BuiltNeuron):
    """Look-up table with one entry per input code, halved by symmetry; one read per activation."""

    formula: ClassVar[str] = (
        "memory of 2^(bits-1) words of bits; E = bits e_read + bits e_register; t = t_read + t_register"
    )
    kind: Annotated[Literal["lut_neuron"], COMPONENT_KIND] = "lut_neuron"

    def approximation(self, x: Array) -> Array:
        """See the base."""
        return sigmoid_lut(x, int(self.bits.value), self.span.value)

    def cost(self, context: Context, what: str = "", bits: Array | None = None) -> UnitCost:
        """Return the cost of one unit; memory and registers carry their own scaling."""
        bits = self.bits.x if bits is None else bits
        memory = context.built_from(SRAM, "a table neuron")
        logic = context.built_from(LOGIC, "a table neuron")
        table = memory.cost(context, np.exp2(bits - 1) * bits)
        return _sum(
            "look-up table",
            [(table, 1.0, bits, 1.0), (logic.function("flip_flop", np.ones(()), context), bits, bits, 1.0)],
        )


class PwlNeuron(BuiltNeuron):
    """Piecewise linear: comparators select the segment, one multiplier and one adder evaluate it.

    Without ``segments`` there are ``2^(ceil(bits/2) + 1)``: over a span of 8 the error of the chords is then below one
    output step, ``(2 span/segments)^2/8 max|f''|`` being 0.77 of it.
    """

    formula: ClassVar[str] = (
        "segments/2 comparators, bits x bits multiplier, adder, registers of segments/2 slopes and offsets (symmetry); "
        "t = comparator + multiplier + adder + register"
    )
    kind: Annotated[Literal["pwl_neuron"], COMPONENT_KIND] = "pwl_neuron"
    segments: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 4096")] | None,
        about("line segments over the input range; 2^(ceil(bits/2) + 1) where absent"),
    ] = None

    def lines(self, bits: Array) -> Array:
        """Number of straight lines."""
        return np.exp2(np.ceil(bits / 2) + 1) if self.segments is None else self.segments.x

    def approximation(self, x: Array) -> Array:
        """See the base."""
        return sigmoid_pwl(x, int(self.bits.value), self.span.value, int(np.ravel(self.lines(self.bits.x))[0]))

    def cost(self, context: Context, what: str = "", bits: Array | None = None) -> UnitCost:
        """Return the cost of one unit; the registers of slopes and offsets hold still."""
        bits = self.bits.x if bits is None else bits
        half = self.lines(bits) / 2
        logic = context.built_from(LOGIC, "a piecewise linear neuron")
        one = logic.function("flip_flop", np.ones(()), context)
        return _sum(
            "piecewise linear",
            [
                (logic.function("comparator", bits, context), half, half, 1.0),
                (logic.function("multiplier", bits**2, context), 1.0, 1.0, 1.0),
                (logic.function("adder", 2 * bits, context), 1.0, 1.0, 1.0),
                (one, 2 * half * bits, 0.0, 0.0),
                (one, 2 * bits, 2 * bits, 1.0),
            ],
        )


class CordicNeuron(BuiltNeuron):
    """Hyperbolic CORDIC followed by a linear one for the division, one iteration per cycle on shared units.

    An expansion takes two cycles, since its factor ``1 - 2^-k`` is applied by two additions. ``iterations`` defaults
    to bits + 2.
    """

    formula: ClassVar[str] = (
        "width = bits + guard; two shift-adds, one adder and three registers, 2 expansions + iterations + repeats + "
        "bits cycles; t = cycles (shifter + adder + register)"
    )
    kind: Annotated[Literal["cordic_neuron"], COMPONENT_KIND] = "cordic_neuron"
    iterations: Annotated[
        Annotated[Quantity, COUNT.said(usual="1 .. 128")] | None, about("hyperbolic iterations; bits + 2 where absent")
    ] = None
    expansions: Annotated[
        Quantity,
        replace(COUNT, le=LONGEST / 2).said(
            "iterations with a negative index that extend the convergence range", "1 .. 20"
        ),
    ]
    guard: Annotated[Quantity, COUNT.said("guard bits beyond the word length", "1 .. 32")]

    def turns(self, bits: Array) -> Array:
        """Number of hyperbolic steps."""
        return bits + 2 if self.iterations is None else self.iterations.x

    def approximation(self, x: Array) -> Array:
        """See the base."""
        counts = (int(np.ravel(n)[0]) for n in (self.expansions.x, self.turns(self.bits.x), self.guard.x))
        return sigmoid_cordic(x, int(self.bits.value), self.span.value, *counts)

    def cost(self, context: Context, what: str = "", bits: Array | None = None) -> UnitCost:
        """Return the cost of one unit; ``energy`` and ``latency`` of all cycles of one activation."""
        bits = self.bits.x if bits is None else bits
        width, turns = bits + self.guard.x, self.turns(bits)
        logic = context.built_from(LOGIC, "a CORDIC neuron")
        repeats = np.where(turns >= 4, 1.0, 0.0) + np.where(turns >= 13, 1.0, 0.0)
        cycles = 2 * self.expansions.x + turns + repeats + bits
        register = logic.function("flip_flop", np.ones(()), context)
        return _sum(
            "CORDIC",
            [
                (logic.shift_add(width, context), 2.0, 2 * cycles, cycles),
                (logic.function("adder", width, context), 1.0, cycles, 0.0),
                (register, 3 * width, 3 * width * cycles, cycles),
            ],
        )


def _sum(law: str, parts: list[tuple[UnitCost, Any, Any, Any]]) -> UnitCost:
    """Add parts up: each with its instances, its actions and how often its delay stands on the path."""
    return UnitCost(
        area=_total(cost.area * count for cost, count, _, _ in parts),
        energy=_total(cost.energy * actions for cost, _, actions, _ in parts),
        latency=_total(cost.latency * times for cost, _, _, times in parts),
        leakage=_total(cost.leakage * count for cost, count, _, _ in parts),
        law=law,
        checks=tuple(check for cost, *_ in parts for check in cost.checks),
        scaled=tuple(number for cost, *_ in parts for number in cost.scaled),
    )


def _total(terms: Iterable[Array]) -> Array:
    return sum(terms, ZERO)
