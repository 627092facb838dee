"""Digital in-memory computing: bit products in the array, a tree of adders and a shift-accumulator for each output."""

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import Check, UnitCost
from imac_arch.components.pitch import PitchLaw
from imac_arch.components.scaling import scaled
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import COUNT, RATIO, In, Quantity, about

__all__ = ["AdderTree", "full_adders"]

CAPACITANCE = In("F", gt=0)
AREA = In("m^2")


def full_adders(words: Array, bits: Array) -> Array:
    """Full adders of a binary tree that adds ``words`` words of ``bits`` bits, whose sums grow by a bit a level:
    ``sum over levels l of N/2^l (w + l - 1) = (N - 1)(w + 1) - log2 N``."""
    count: Array = (words - 1) * (bits + 1) - np.log2(words)
    return count


class AdderTree(Component):
    """The trees of one macro, with the storage cells and bit products before them and the accumulators behind.

    Each of ``rows`` inputs has ``depth`` stored words, of which one is in use; a NAND or NOR of each of its bits with
    each input bit of the pass is a product. Products of several input bits are added up to a word before the tree. Sums
    of passes are shifted and added in one accumulator an output. Capacitances and areas are those of the law ``pitch``
    at its reference node and go with the pitch of published memory cells, or its square; delays go with the scaling
    table.
    """

    roles: ClassVar[tuple[str, ...]] = ("adder_tree",)
    formula: ClassVar[str] = (
        "full adders = (N - 1)(w + p) - log2 N + N w (p - 1); E of a pass and output = activity VDD^2 k "
        "(adder_capacitance full adders + product_capacitance N w p + register_capacitance (w + b + log2 N)), k = "
        "pitch(node)/pitch(28 nm); t = adder_delay (w + p + 2 log2 N + b); area = cell_factor cell(node) rows depth "
        "w + k^2 (adder_area full adders + product_area N w p + register_area (w + b + log2 N)); w weight, b input, "
        "p pass bits"
    )
    kind: Annotated[Literal["adder_tree"], COMPONENT_KIND] = "adder_tree"
    rows: Annotated[Quantity, COUNT.said("words that a tree adds at once", "2 .. 4096")]
    cols: Annotated[Quantity, COUNT.said("outputs of a macro, each with its tree", "1 .. 4096")]
    depth: Annotated[Quantity, COUNT.said("words stored at each input of a tree, of which one is in use", "1 .. 1024")]
    weight_bits: Annotated[Quantity, COUNT.said("word length of weights at native precision", "1 .. 64")]
    input_bits: Annotated[Quantity, COUNT.said("word length of inputs and activations at native precision", "1 .. 64")]
    pass_bits: Annotated[Quantity, COUNT.said("input bits that a pass multiplies at once", "1 .. 16")]
    adder_capacitance: Annotated[
        Quantity, CAPACITANCE.said("switched by a full adder of the tree in a pass", "0.05 fF .. 100 fF")
    ]
    product_capacitance: Annotated[
        Quantity, CAPACITANCE.said("switched by a bit product and its input line in a pass", "0.01 fF .. 100 fF")
    ]
    register_capacitance: Annotated[
        Quantity, CAPACITANCE.said("switched by a bit of a shift-accumulator in a pass", "0.1 fF .. 1 pF")
    ]
    activity: Annotated[Quantity, RATIO.said("toggle rate relative to that of the capacitances above", "0.01 .. 2")]
    cell_factor: Annotated[
        Quantity, RATIO.said("area of a storage cell over that of a published cell of six transistors", "0.5 .. 20")
    ]
    cell_area: Annotated[
        Annotated[Quantity, In("m^2", gt=0, usual="0.005 um^2 .. 100 um^2")] | None,
        about("area of a storage cell; cell_factor times that of the law pitch where absent"),
    ] = None
    adder_area: Annotated[Quantity, AREA.said("area of a full adder", "0.01 um^2 .. 1000 um^2")]
    product_area: Annotated[Quantity, AREA.said("area of a bit product", "0.001 um^2 .. 1000 um^2")]
    register_area: Annotated[Quantity, AREA.said("area of a bit of a shift-accumulator", "0.01 um^2 .. 1000 um^2")]
    adder_delay: Annotated[Quantity, In("s", "delay of a full adder", gt=0, usual="0.1 ps .. 10 ns")]
    cell_leakage: Annotated[Quantity, In("W", "static power of a stored bit", usual="0.01 fW .. 100 nW")]
    adder_leakage: Annotated[Quantity, In("W", "static power of a full adder", usual="0.1 fW .. 1 uW")]

    def tree(self, context: Context, words: Array, weight: Array, taken: Array) -> UnitCost:
        """Return the cost of the bit products and the tree of one output.

        Args:
            context: node, supply and laws.
            words: that are in use, of ``rows`` that are built.
            weight: bits of a weight.
            taken: input bits of a pass.
        """
        law = context.laws.get(PitchLaw, "pitch")
        built = self._adders(self.rows.x, weight, np.max(taken, axis=0, keepdims=True))
        products = self.rows.x * weight * np.max(taken, axis=0, keepdims=True)
        used = self.adder_capacitance.x * self._adders(words, weight, taken)
        used = used + self.product_capacitance.x * words * weight * taken
        small = self._shrunk(context, law)
        depth = weight + taken + 2 * np.log2(self.rows.x)
        cost = UnitCost(
            area=(self.adder_area.x * built + self.product_area.x * products) * small,
            energy=self.activity.x * law.factor(context) * used * context.vdd**2,
            leakage=self.adder_leakage.x * built,
            law="full adders of a tree",
            checks=(law.check(context),),
        )
        return self._timed(cost, depth, context, law)

    def accumulator(self, context: Context, weight: Array, bits: Array) -> UnitCost:
        """Return the cost of the shift-accumulator of one output, for weights of ``weight`` and inputs of ``bits``
        bits."""
        law = context.laws.get(PitchLaw, "pitch")
        width = weight + bits + np.log2(self.rows.x)
        widest = np.max(width, axis=0, keepdims=True)
        cost = UnitCost(
            area=self.register_area.x * widest * self._shrunk(context, law),
            energy=self.activity.x * law.factor(context) * self.register_capacitance.x * width * context.vdd**2,
            leakage=self.adder_leakage.x * widest,
            law="bits of a register and an adder",
        )
        return self._timed(cost, bits, context, law)

    def storage(self, context: Context) -> UnitCost:
        """Return the cost of one stored bit."""
        law = context.laws.get(PitchLaw, "pitch")
        area = law.area(context) * self.cell_factor.x if self.cell_area is None else self.cell_area.x
        return UnitCost(area, leakage=self.cell_leakage.x, law="published cells by node")

    def _adders(self, words: Array, weight: Array, taken: Array) -> Array:
        return full_adders(words, weight + taken - 1) + words * weight * (taken - 1)

    @staticmethod
    def _shrunk(context: Context, law: PitchLaw) -> Array:
        """Return what areas at the law's reference node are multiplied by."""
        return law.area(context) / law.rows.at(law.reference.x, "cell")

    def _timed(self, cost: UnitCost, depth: Array, context: Context, law: PitchLaw) -> UnitCost:
        """Return a cost with the delay of ``depth`` full adders, scaled from the law's reference node."""
        time = scaled(UnitCost(latency=self.adder_delay.x), law.reference.x, context, "full adder")
        checks: tuple[Check, ...] = (*cost.checks, *time.checks)
        return cost._replace(latency=time.latency * depth, checks=checks, scaled=time.scaled)
