"""Digital in-memory computing: products of bits in the array, trees of adders, no converter and no systolic array."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures.base import Architecture, names, registers
from imac_arch.architectures.outputs import activation_lines, readout_lines
from imac_arch.bill import Bill, Line, line
from imac_arch.case import EQUAL, Case
from imac_arch.components.roles import ADDER_TREE, BUS, DIGITAL_NEURON, LOGIC, AdderTree
from imac_arch.data.arrays import ONE, Array, over_layers
from imac_arch.data.records import NamedTuple

__all__ = ["ARCHITECTURE"]


class Words(NamedTuple):
    """Bits of weights, and by layer of inputs, of those that one pass takes, and the passes over them."""

    weight: Array
    inputs: Array
    taken: Array
    phases: Array


def bill(case: Case) -> Bill:
    """All weights are resident; a layer takes a pass for each part of its input bits and of its rows that share trees.

    A tree adds ``rows`` words in a pass. A layer of more inputs has ``depth`` words stored at each input of a tree,
    then further macros, whose sums are added digitally.
    """
    context, fan_in, fan_out, first = case.context, case.fan_in, case.fan_out, case.first
    tree, cycle = case.required(ADDER_TREE, "digital_cim"), case.technology.pass_cycle
    words = _words(case, tree)
    parts = np.ceil(fan_in / tree.rows.x)  # sums of a column, one after the other or in other macros
    above = np.ceil(parts / tree.depth.x)
    macros = above * np.ceil(fan_out / tree.cols.x)
    passes = words.phases * np.ceil(parts / above)
    used, sums = np.maximum(fan_in / parts, ONE), fan_out * parts * words.phases
    adders = tree.tree(context, used, words.weight, words.taken)
    accumulator, cell = tree.accumulator(context, words.weight, words.inputs), tree.storage(context)
    stored = macros * tree.rows.x * tree.depth.x * tree.cols.x * words.weight
    trees, time = macros * tree.cols.x, adders.latency + accumulator.latency
    lines = [*registers(case, "input register", first * fan_in * words.inputs, first)]
    lines += [
        line("storage", "adder_tree", cell, stored),
        line("adder tree", "adder_tree", adders, trees, sums, passes * time),
        line("shift-accumulator", "adder_tree", accumulator, trees, sums),
        *_joined(case, words, above),
        *activation_lines(case, ONE),
        *readout_lines(case),
    ]
    return Bill(
        lines=tuple(lines),
        macs=case.once[0] * case.network.macs,
        batch=case.batch,
        uses=case.uses,
        passes=case.uses,
        after=case.network.after,
        pipelined=case.pipelined,
        utilization=over_layers(fan_in * fan_out * words.weight) / over_layers(stored),
        cycle=None if cycle is None else over_layers(case.uses * passes) * cycle.x,
        bits={"weight": words.weight, "input": over_layers(first * words.inputs), "activation": _hidden(case, tree)},
        facts={"phases": words.phases, "passes": passes, "macros": macros},
    )


def _words(case: Case, tree: AdderTree) -> Words:
    """Return the bits of what is computed: at equal precision as many as the technology stores, where it says so."""
    given, weight = tree.input_bits.x, tree.weight_bits.x
    if case.precision == EQUAL:
        stored = case.stored_bits
        given, weight = case.technology.read.input_bits.x, weight if stored is None else stored
    inputs = case.first * given + (1 - case.first) * _hidden(case, tree)
    taken = np.minimum(tree.pass_bits.x, inputs)
    return Words(weight, inputs, taken, np.ceil(inputs / taken))


def _hidden(case: Case, tree: AdderTree) -> Array:
    return case.hidden_bits if case.precision == EQUAL else tree.input_bits.x


def _joined(case: Case, words: Words, above: Array) -> list[Line]:
    """Return the adders that join the sums of macros above one another."""
    logic = case.role(LOGIC)
    if logic is None:
        return []
    width = words.weight + words.inputs + np.ceil(np.log2(case.fan_in))
    adds = case.fan_out * (above - 1)
    adder = logic.function("adder", width, case.context)
    return [line("partial-sum adder", "logic", adder, adds, adds, np.ceil(np.log2(above)) * adder.latency)]


ARCHITECTURE = Architecture(
    name="digital_cim",
    title="digital in-memory",
    summary="bit products in the memory array, a tree of adders and a shift-accumulator for each output",
    roles=names(ADDER_TREE, LOGIC, DIGITAL_NEURON, BUS),
    neglects=(
        "write port of the array and loading of weights (a one-off before inference)",
        "clock tree, control and sequencing",
        "wiring area between macros",
        "bias additions, inside the accumulators",
    ),
    bill=bill,
    order=3,
    colour="#7a5195",
    inference="integers",
    on_request=True,
)
