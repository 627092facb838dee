"""The crossbars of a network as circuits: what each column holds, conductances, drivers, wires, loads, capacitances.

Whoever solves, exports or simulates a crossbar of a technology builds it here, by :func:`layer_circuit`. Everything is
taken at the medians of its quantity. Rows and columns are those of the mapping: the bias is the last row of a layer,
and larger tiles come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from imac_arch.case import Case
from imac_arch.components.roles import AMPLIFIER, NEURON, ROW_DRIVER
from imac_arch.crossbar.layer import Layer
from imac_arch.crossbar.lines import ladder_length, word_line_input_resistance
from imac_arch.crossbar.stage import Stage
from imac_arch.crossbar.wires import pair_word_segments
from imac_arch.data.arrays import ZERO, Array
from imac_arch.line_ends import amplified, tiles_of_a_line
from imac_arch.mapping import even
from imac_arch.weights import sliced

__all__ = [
    "Block",
    "CellValues",
    "LineValues",
    "TileShape",
    "activity",
    "block_at",
    "blocks",
    "cell_count",
    "cell_values",
    "column_weights",
    "encoded_rows",
    "layer_circuit",
    "line_values",
    "pair_conductances",
    "sharing_tiles",
    "subarray_count",
    "tile_shapes",
    "tile_sizes",
    "word_line_voltages",
]


@dataclass(frozen=True, slots=True)
class LineValues:
    """What the lines of a crossbar are made of.

    Attributes:
        r_word: segment of a word line, one a weight [ohm].
        r_bit: segment of a bit line [ohm].
        c_word: at each weight of a word line, its cells included [F].
        c_bit: at each cell of a bit line, the cell included [F].
        c_end: where a bit line ends [F].
        g_load: of the amplifier there, or of one that joined lines share [S]; 0 where none is.
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


@dataclass(frozen=True, slots=True)
class CellValues:
    """The cells of a crossbar of random weights at the read voltage.

    Attributes:
        mean: of a cell's conductance [S].
        square: mean of its square [S^2].
        pair: what one weight loads a word line with [S].
        least: smallest conductance of a cell [S].
        voltage: of a word line at full scale [V].
    """

    mean: float
    square: float
    pair: float
    least: float
    voltage: float


@dataclass(frozen=True, slots=True)
class Block:
    """One subarray of a layer.

    Attributes:
        row_tile: its place among the row tiles, counted from 0.
        col_tile: its place among the column tiles, counted from 0.
        rows: of the layer that it holds.
        cols: weight columns of the layer that it holds.
        bias: how many of its rows, the last ones, carry the bias.
    """

    row_tile: int
    col_tile: int
    rows: slice
    cols: slice
    bias: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and weight columns in use."""
        return self.rows.stop - self.rows.start, self.cols.stop - self.cols.start


@dataclass(frozen=True, slots=True)
class TileShape:
    """Subarrays of a layer that are of one shape.

    Attributes:
        layer: counted from 0.
        rows: in use, the bias included.
        cols: weight columns in use.
        bias: how many of the rows, the last ones, carry the bias.
        count: of such subarrays.
    """

    layer: int
    rows: int
    cols: int
    bias: int
    count: int

    @property
    def block(self) -> Block:
        """A subarray of this shape that stands alone, whose columns begin at 0."""
        return Block(0, 0, slice(0, self.rows), slice(0, self.cols), self.bias)


def line_values(case: Case, sharing: int = 1) -> LineValues:
    """Return the lines of a case's crossbars, of which ``sharing`` have load and capacitance of their end together."""
    read, synapse, wire = case.technology.read, case.synapse, case.wire
    segments = wire.segments(case.context) if wire and read.conducts else (ZERO,) * 4  # lines of charge are ideal sums
    r_word, r_bit, c_word, c_bit = (_at_median(case, value) for value in segments)
    device = _at_median(case, synapse.capacitance.x)
    ends = (read.load_capacitance.x, amplified(case).load(case))
    c_end, g_load = (_at_median(case, value) / sharing for value in ends)
    return LineValues(r_word * synapse.line_share, r_bit, c_word + 2 * device, c_bit + device, c_end, g_load)


def cell_values(case: Case) -> CellValues:
    """Return the cells of a case's crossbars."""
    voltage = case.technology.read.voltage.x
    cells = case.synapse.cells(voltage)
    return CellValues(
        *(_at_median(case, value) for value in (cells.mean, cells.square, cells.pair, cells.least, voltage))
    )


def cell_count(case: Case) -> int:
    """Return the cells of all layers, two a weight column and row."""
    mapping, layers = case.mapping, range(len(case.network.layers))
    return 2 * int(sum(_at_median(case, mapping.total_rows * mapping.total_cols, layer) for layer in layers))


def subarray_count(case: Case) -> int:
    """Return the subarrays of all layers."""
    layers = range(len(case.network.layers))
    return int(sum(_at_median(case, case.mapping.subarrays, layer) for layer in layers))


def activity(case: Case, layer: int) -> tuple[float, float]:
    """Return mean and mean square of the normalised inputs of a layer, counted from 0, before they are encoded."""
    return _at_median(case, case.lines.mean, layer), _at_median(case, case.lines.mean_square, layer)


def tile_sizes(case: Case, layer: int) -> tuple[list[int], list[int]]:
    """Return the rows of each row tile and the weight columns of each column tile of a layer, counted from 0."""
    mapping = case.mapping
    rows, row_tiles, cols, col_tiles = (
        int(_at_median(case, values, layer))
        for values in (mapping.total_rows, mapping.row_tiles, mapping.total_cols, mapping.col_tiles)
    )
    return even(rows, row_tiles), even(cols, col_tiles)


def tile_shapes(case: Case) -> Iterator[TileShape]:
    """Give every shape of subarray that a network takes, with its layer and its count."""
    for tile in case.mapping.tiles:
        for layer in range(len(case.network.layers)):
            rows, cols, bias, count = (
                int(_at_median(case, values, layer)) for values in (tile.rows, tile.cols, tile.bias, tile.count)
            )
            if count:
                yield TileShape(layer, rows, cols, bias, count)


def block_at(case: Case, layer: int, row_tile: int, col_tile: int) -> Block:
    """Return a subarray of a layer; layer and tiles are counted from 0, and the tiles must exist."""
    heights, widths = tile_sizes(case, layer)
    top, left = sum(heights[:row_tile]), sum(widths[:col_tile])
    rows, cols = slice(top, top + heights[row_tile]), slice(left, left + widths[col_tile])
    return Block(row_tile, col_tile, rows, cols, case.network.bias_rows if row_tile == len(heights) - 1 else 0)


def blocks(case: Case, layer: int) -> Iterator[Block]:
    """Give the subarrays of a layer, counted from 0, row tile by row tile."""
    heights, widths = tile_sizes(case, layer)
    for r, c in product(range(len(heights)), range(len(widths))):
        yield block_at(case, layer, r, c)


def column_weights(case: Case, weights: Array) -> Array:
    """Return what the weight columns of a layer hold, between -1 and 1, (rows, weight columns).

    Args:
        case: its synapse says how many columns a weight takes.
        weights: of the layer, between -1 and 1, (rows, outputs).
    """
    synapse = case.synapse
    return sliced(weights, synapse.levels, int(_at_median(case, synapse.columns_per_weight.x)))


def pair_conductances(case: Case, columns: Array) -> Array:
    """Return the conductances of what weight columns hold [S], (rows, 2*columns): +, -, +, - ...

    They are those at the read voltage, or at none where the synapse says how they depend on it.
    """
    voltage = case.technology.read.voltage.x
    pairs = np.stack(case.synapse.conductances(columns, 0 * voltage if case.synapse.bias else voltage), axis=-1)
    return np.asarray(pairs).reshape(*columns.shape[:-1], 2 * columns.shape[-1])


def encoded_rows(case: Case, values: Array, bias: int) -> Array:
    """Return what the word lines carry relative to the read voltage, (..., inputs + bias), the bias last.

    Args:
        case: its read circuit says how values are encoded.
        values: normalised inputs between 0 and 1, (..., inputs).
        bias: rows that carry the bias.
    """
    encoded = values if case.technology.read.encoding == "0/V" else 2 * values - 1
    return np.concatenate([encoded, np.ones((*values.shape[:-1], bias))], axis=-1)


def word_line_voltages(case: Case, values: Array, bias: int) -> Array:
    """Return the voltages of word lines [V], (..., inputs + bias); arguments as in :func:`encoded_rows`."""
    return _at_median(case, case.technology.read.voltage.x) * encoded_rows(case, values, bias)


def sharing_tiles(case: Case, layer: int) -> int:
    """Return how many row tiles of a layer, counted from 0, share one line and what ends it."""
    return int(_at_median(case, tiles_of_a_line(case, amplified(case)), layer))


def layer_circuit(case: Case, layer: int, columns: Array, block: Block | None = None) -> Layer:
    """Return a layer, or one of its subarrays, with drivers, wires, capacitances, amplifiers and neurons.

    A layer has its bias as a source of its own; of a subarray every row is an input. A subarray whose lines are joined
    to those of other row tiles carries an equal share of what ends them, for its neighbours are taken to be like it.

    Args:
        case: network and technology.
        layer: counted from 0.
        columns: what the weight columns of the whole layer hold, see :func:`column_weights`.
        block: the subarray; None for the whole layer.

    Raises:
        UsageError: the technology has no synapse.
    """
    read, (heights, widths) = case.technology.read, tile_sizes(case, layer)
    whole = block is None
    lines = line_values(case, 1 if whole else sharing_tiles(case, layer))
    driver = _driver(case, lines, max(widths))  # of the layer: the bill gives all its subarrays equal drivers
    part = columns if block is None else columns[block.rows, block.cols]
    if block is not None:
        heights, widths = [part.shape[0]], [part.shape[1]]
    return Layer(
        pair_conductances(case, part),
        pair_word_segments(lines.r_word, part.shape[1]),
        lines.r_bit,
        driver,
        read=read.output,
        g_load=lines.g_load,
        c_word=lines.on_words(part.shape[1]),
        c_bit=lines.c_bit,
        c_end=lines.c_end,
        stage=_stage(case, layer, heights),
        heights=heights,
        widths=[2 * width for width in widths],
        joining=read.joining,
        bias=_at_median(case, read.voltage.x) if whole and case.network.bias_rows else None,
        cell=case.synapse.bias,
    )


def _driver(case: Case, lines: LineValues, widest: int) -> float:
    """Return the on-resistance of the drivers [ohm]: their share of the input resistance of the widest word line."""
    driver = case.role(ROW_DRIVER)
    g_line = cell_values(case).pair * case.synapse.line_share
    if driver is None or not g_line or not case.technology.read.conducts:
        return 0.0
    count, r_word, g = np.asarray(float(widest)), np.asarray(lines.r_word), np.asarray(g_line)
    resistance = word_line_input_resistance(ladder_length(count, r_word, g), count, g)
    return _at_median(case, driver.loss.x) * float(resistance)


def _stage(case: Case, layer: int, heights: list[int]) -> Stage | None:
    """Return amplifier and neuron of a layer; None where the amplifier is neglected.

    The amplifier of a virtual ground has the gain over the conductance of a whole bit line as its transresistance, so
    that it amplifies like that of the averaging read. The neuron is ``V/(1 + exp(-s V_in))``, as steep in its middle as
    the inverter with its divider is; where the technology gives a neuron by its figures alone, the inverter has
    infinite gain and the synapse's resistances, ``s = 4 (R_H/R_L)/VDD``. The sign that the inverter turns is made up
    for by the order of the amplifier's inputs. Other activations have the same slope in their middle.
    """
    read, amplifier = case.technology.read, case.optional(AMPLIFIER)
    if amplifier is None:
        return None
    last = np.asarray(float(layer == len(case.network.layers) - 1))
    gain, swing = _at_median(case, amplifier.gain_at(last)), _at_median(case, read.voltage.x)
    if read.output == "virtual_ground":
        rows = max(heights) if read.joining == "voltage_tie" else sum(heights)
        gain /= rows * cell_values(case).mean
    steep = neuron_slope(case, layer)
    name = case.network.layers[layer].activation
    if name == "tanh" or (name == "sigmoid" and read.encoding != "0/V"):
        return Stage(gain, "tanh", swing, steep / 2)
    if name == "sigmoid":
        return Stage(gain, "sigmoid", swing, steep)
    return Stage(gain, "relu" if name == "relu" else "linear", swing, steep / 4)


def neuron_slope(case: Case, layer: int) -> float:
    """Return how steep the neurons of a layer are in their middle [1/V]."""
    neurons = case.by_activation(NEURON) if NEURON.name in case.technology.components else []
    for neuron, served in neurons:
        own = neuron.slope(case.context)
        if own is not None and served[layer].item():
            return _at_median(case, own)
    ends = np.ravel(case.synapse.conductances(np.array([-1.0, 1.0]), case.technology.read.voltage.x))
    return 4 * float(ends.max() / ends.min()) / _at_median(case, case.context.vdd)


def _at_median(case: Case, values: Array, layer: int | None = None) -> float:
    """Return one number at the medians of the uncertain inputs, of a layer counted from 0 where one is named."""
    number = case.grid.at_median(values, layer)
    return float("nan") if number is None else number
