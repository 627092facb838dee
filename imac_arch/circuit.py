"""The crossbars of a network as circuits: what each column holds, conductances, wires, loads and capacitances.

Everything is taken at the medians of its quantity. Rows and columns are those of the mapping: the bias is the last
row of a layer, and larger tiles come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from imac_arch.case import Case
from imac_arch.components.amplifier import DifferentialAmplifier
from imac_arch.components.row_driver import RowDriver
from imac_arch.components.sot_neuron import SotNeuron, slope
from imac_arch.components.synapse import Synapse
from imac_arch.components.wire import Wire
from imac_arch.crossbar.lines import ladder_length, word_line_input_resistance
from imac_arch.crossbar.netlist import Layer, Stage
from imac_arch.crossbar.wires import pair_word_segments
from imac_arch.data.quantity import Array
from imac_arch.mapping import even
from imac_arch.weights import sliced

__all__ = ["Block", "LineValues", "blocks", "held", "layer_circuit", "line_values", "pairs", "tile_sizes", "volts"]


@dataclass(frozen=True)
class LineValues:
    """What the lines of a crossbar are made of.

    Attributes:
        r_word: segment of a word line, one a weight [ohm].
        r_bit: segment of a bit line [ohm].
        c_word: at each weight of a word line, its cells included [F].
        c_bit: at each cell of a bit line, the cell included [F].
        c_end: where a bit line ends [F].
        g_load: there, of the averaging read [S].
    """

    r_word: float
    r_bit: float
    c_word: float
    c_bit: float
    c_end: float
    g_load: float

    def on_words(self, cols: int) -> Array:
        """Return the capacitance at the word-line nodes of ``cols`` pairs of bit lines [F], (2*cols,)."""
        return np.tile([self.c_word, 0.0], cols)


@dataclass(frozen=True)
class Block:
    """One subarray: its place among the tiles of its layer, and which rows and weight columns it holds."""

    row_tile: int
    col_tile: int
    rows: slice
    cols: slice


def line_values(case: Case) -> LineValues:
    """Return the lines of a case's crossbars."""
    read, synapse = case.technology.read, case.required("synapse", Synapse, "a crossbar")
    wire = case.role("wire", Wire)
    r_word, r_bit, c_word, c_bit = (float(v) for v in wire.segments(case.setting)) if wire else (0.0,) * 4
    device = float(synapse.capacitance.x)
    load = float(read.load_conductance.x) if read.circuit == "averaging" else 0.0
    r_word *= synapse.line_share
    return LineValues(r_word, r_bit, c_word + 2 * device, c_bit + device, float(read.load_capacitance.x), load)


def tile_sizes(case: Case, layer: int) -> tuple[list[int], list[int]]:
    """Return the rows of each row tile and the weight columns of each column tile of a layer, counted from 0."""
    mapping = case.mapping

    def at(values: Array) -> int:
        flat = np.asarray(values, dtype=float).reshape(-1)
        return int(flat[layer] if flat.size > 1 else flat[0])

    return (
        even(at(mapping.total_rows), at(mapping.row_tiles)),
        even(at(mapping.total_cols), at(mapping.col_tiles)),
    )


def blocks(case: Case, layer: int) -> Iterator[Block]:
    """Give the subarrays of a layer, counted from 0."""
    heights, widths = tile_sizes(case, layer)
    rows, cols = (np.cumsum([0, *sizes]).tolist() for sizes in (heights, widths))
    for r, (top, bottom) in enumerate(pairwise(rows)):
        for c, (left, right) in enumerate(pairwise(cols)):
            yield Block(r, c, slice(top, bottom), slice(left, right))


def held(case: Case, weights: Array) -> Array:
    """Return what the weight columns of a layer hold, between -1 and 1, (rows, weight columns).

    Args:
        case: its synapse says how many columns a weight takes.
        weights: of the layer, between -1 and 1, (rows, outputs).
    """
    synapse = case.required("synapse", Synapse, "a crossbar")
    return sliced(weights, synapse.levels, int(synapse.columns_per_weight.value))


def pairs(case: Case, columns: Array) -> Array:
    """Return the conductances of what weight columns hold [S], (rows, 2*columns): +, -, +, - ..."""
    synapse = case.required("synapse", Synapse, "a crossbar")
    found = np.stack(synapse.conductances(columns, case.technology.read.voltage.x), axis=-1)
    return np.asarray(found).reshape(*columns.shape[:-1], 2 * columns.shape[-1])


def volts(case: Case, values: Array) -> Array:
    """Return the voltages of the word lines of a layer [V], (..., rows), the bias last where there is one.

    Args:
        case: its read circuit says how values are encoded.
        values: normalised inputs between 0 and 1, (..., inputs).
    """
    read = case.technology.read
    shown = values if read.encoding == "0/V" else 2 * values - 1
    bias = np.ones((*values.shape[:-1], case.network.bias_rows))
    return float(read.voltage.x) * np.concatenate([shown, bias], axis=-1)


def layer_circuit(case: Case, layer: int, columns: Array, block: Block | None = None) -> Layer:
    """Return a layer, or one of its subarrays, with drivers, wires, capacitances, amplifiers and neurons.

    A layer has its bias as a source of its own; of a subarray every row is an input.

    Args:
        case: network and technology.
        layer: counted from 0.
        columns: what the weight columns of the whole layer hold, see :func:`held`.
        block: the subarray; None for the whole layer.
    """
    read, (heights, widths) = case.technology.read, tile_sizes(case, layer)
    lines, whole = line_values(case), block is None
    part = columns if block is None else columns[block.rows, block.cols]
    if block is not None:
        heights, widths = [part.shape[0]], [part.shape[1]]
    return Layer(
        pairs(case, part),
        pair_word_segments(lines.r_word, part.shape[1]),
        lines.r_bit,
        _driver(case, lines, max(widths)),
        read=read.circuit,
        g_load=lines.g_load,
        c_word=lines.on_words(part.shape[1]),
        c_bit=lines.c_bit,
        c_end=lines.c_end,
        stage=_stage(case, layer, heights),
        heights=heights,
        widths=[2 * width for width in widths],
        joining=read.joining,
        bias=float(read.voltage.x) if whole and case.network.bias_rows else None,
    )


def _driver(case: Case, lines: LineValues, widest: int) -> float:
    """Return the on-resistance of the drivers [ohm]: their share of the input resistance of the widest word line."""
    driver = case.technology.components.get("row_driver")
    synapse = case.required("synapse", Synapse, "a crossbar")
    g_line = float(synapse.cells(case.technology.read.voltage.x).pair) * synapse.line_share
    if not isinstance(driver, RowDriver) or not g_line:
        return 0.0
    count = np.asarray(widest)
    x = ladder_length(count, np.asarray(lines.r_word), np.asarray(g_line))
    return float(driver.loss.x * word_line_input_resistance(x, count, np.asarray(g_line)))


def _stage(case: Case, layer: int, heights: list[int]) -> Stage | None:
    """Return amplifier and neuron of a layer; None where the amplifier is neglected.

    The amplifier of a virtual ground has the gain over the conductance of a whole bit line as its transresistance, so
    that it amplifies like that of the averaging read. The neuron is ``V/(1 + exp(-s V_in))``, as steep in its middle as
    the inverter with its divider is; where the technology gives a neuron by its figures alone, the inverter has
    infinite gain and the synapse's resistances, ``s = 4 (R_H/R_L)/VDD``. The sign that the inverter turns is made up
    for by the order of the amplifier's inputs. Other activations have the same slope in their middle.
    """
    technology = case.technology
    read = technology.read
    amplifier = technology.components.get("amplifier")
    if not isinstance(amplifier, DifferentialAmplifier):
        return None
    synapse = case.required("synapse", Synapse, "a crossbar")
    gain = float((amplifier.output_gain if layer == len(case.network.layers) - 1 else amplifier.gain).x)
    if read.circuit == "virtual_ground":
        rows = max(heights) if read.joining == "voltage_tie" else sum(heights)
        gain /= rows * float(synapse.cells(read.voltage.x).mean)
    neuron = technology.components.get("neuron")
    if isinstance(neuron, SotNeuron):
        steep = float(slope(neuron.circuit(case.setting)))
    else:
        ends = np.ravel(synapse.conductances(np.array([-1.0, 1.0]), read.voltage.x))
        steep = 4 * float(ends.max() / ends.min()) / float(technology.vdd.x)
    name = case.network.layers[layer].activation
    if name == "tanh" or (name == "sigmoid" and read.encoding != "0/V"):
        return Stage(gain, "tanh", float(read.voltage.x), steep / 2)
    if name == "sigmoid":
        return Stage(gain, "sigmoid", float(read.voltage.x), steep)
    return Stage(gain, "relu" if name == "relu" else "linear", float(read.voltage.x), steep / 4)
