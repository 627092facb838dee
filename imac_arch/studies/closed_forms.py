"""The closed forms of a comparison beside the exact network: power, attenuation and settling of every subarray.

For each shape of tile one subarray is filled with random weights and solved for random inputs of the statistics that
the comparison uses; with given weights every subarray is, with its own part of them. The circuit is the one that
``netlist`` writes, drivers included. What the closed forms say of the same tile stands beside, with their error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from imac_arch.case import Case
from imac_arch.circuit import (
    Block,
    activity,
    blocks,
    cell_values,
    column_weights,
    encoded_rows,
    layer_circuit,
    line_values,
    sharing_tiles,
    tile_shapes,
)
from imac_arch.crossbar.layer import Layer
from imac_arch.crossbar.lines import attenuation, bit_line_power, far_column_share, ladder_length, time_constant
from imac_arch.data.arrays import Array
from imac_arch.data.errors import InfeasibleError
from imac_arch.document.crossbar import ExactFigure, ExactRow
from imac_arch.inputs import Inputs
from imac_arch.weights import draw_inputs, random_levels

__all__ = ["exact_rows"]

INPUTS = 64
MOST = 2**19  # cells of one subarray; beyond, the solution takes minutes


def exact_rows(inputs: Inputs, seed: int, weights: Sequence[Array] | None = None) -> list[ExactRow]:
    """Return one row per layer and shape of tile, or with weights per subarray, at the medians of the inputs.

    Args:
        inputs: network, technology and laws of the comparison.
        seed: of the random weights and inputs.
        weights: of each layer, between -1 and 1, (rows, outputs).

    Raises:
        InfeasibleError: subarrays too large to be solved here.
        UsageError: the technology has no synapse.
    """
    case = inputs.case()
    generator = np.random.default_rng([seed, INPUTS])
    if weights is not None:
        return list(_given(case, weights, generator))
    return sorted(_random(case, generator), key=lambda row: (row.layer, -row.rows, -row.cols))


def _random(case: Case, generator: np.random.Generator) -> Iterator[ExactRow]:
    """Give a row for every shape of tile, whose weights are random."""
    levels = case.synapse.levels
    for shape in tile_shapes(case):
        _refuse_size(shape.layer, shape.block)
        columns = random_levels((shape.rows, shape.cols), levels, generator)
        figures = _figures(case, shape.layer, columns, shape.block, generator)
        yield ExactRow(case.technology.name, shape.layer + 1, shape.rows, shape.cols, shape.count, None, None, *figures)


def _given(case: Case, weights: Sequence[Array], generator: np.random.Generator) -> Iterator[ExactRow]:
    """Give a row for every subarray with its part of the weights."""
    for layer, whole in enumerate(weights):
        columns = column_weights(case, whole)
        for block in blocks(case, layer):
            _refuse_size(layer, block)
            figures = _figures(case, layer, columns, block, generator)
            yield ExactRow(case.technology.name, layer + 1, *block.shape, 1, block.row_tile, block.col_tile, *figures)


def _refuse_size(layer: int, block: Block) -> None:
    rows, cols = block.shape
    if rows * cols * 2 > MOST:
        raise InfeasibleError(f"layer {layer + 1}: a tile of {rows} x {cols} is too large to be solved exactly")


def _figures(
    case: Case, layer: int, columns: Array, block: Block, generator: np.random.Generator
) -> Iterator[ExactFigure]:
    """Give power, share of the far column and time constant of a subarray.

    Args:
        case: the comparison.
        layer: counted from 0.
        columns: what the weight columns of the layer hold, (rows, cols).
        block: the subarray.
        generator: of the inputs.
    """
    drawn = draw_inputs(*activity(case, layer), (INPUTS, block.shape[0] - block.bias), generator)
    shown = encoded_rows(case, drawn, block.bias)
    exact = _exact(layer_circuit(case, layer, columns, block), cell_values(case).voltage * shown)
    for solved, closed in zip(exact, _closed(case, sharing_tiles(case, layer), block, shown), strict=True):
        yield ExactFigure(solved, closed, closed / solved - 1 if solved else None)


def _exact(layer: Layer, volts: Array) -> tuple[float, float, float]:
    """Return mean power [W], mean share of the far column and slowest time constant [s] of the solved circuit.

    Args:
        layer: the subarray.
        volts: of its word lines [V], (inputs, rows).
    """
    state = layer.solve(volts)
    driven = np.abs(volts) > 0
    far = float(np.mean(np.abs(state.word_voltage[..., -1][driven] / volts[driven]))) if driven.any() else 1.0
    return float(np.mean(state.power_drawn)), far, layer.linear(np.abs(volts).max()).time_constant()


def _closed(case: Case, sharing: int, block: Block, shown: Array) -> tuple[float, float, float]:
    """Return the same three figures by the closed forms of the comparison.

    Args:
        case: the comparison.
        sharing: row tiles that share one line.
        block: the subarray.
        shown: what its word lines carry relative to the read voltage, (inputs, rows), the bias last.
    """
    lines, cells = line_values(case, sharing), cell_values(case)
    rows, cols = block.shape
    count = rows - block.bias
    mean, square = (float((shown[:, :count] ** k).mean()) if count else 0.0 for k in (1, 2))
    power = bit_line_power(
        case.technology.read.circuit,
        np.asarray(rows * cells.mean),
        np.asarray(cells.mean * (count * square + block.bias)),
        np.asarray(cells.mean * (count * mean + block.bias)),
        np.asarray(cells.square * count * (square - mean**2)),
        np.asarray(cells.voltage),
        np.asarray(lines.g_load),
    )
    x = ladder_length(np.asarray(cols), np.asarray(lines.r_word), np.asarray(cells.pair))
    sums = (rows, cols, rows * cells.mean, lines.g_load)
    values = (lines.c_bit, lines.c_word, lines.c_end, lines.r_bit, lines.r_word)
    tau = time_constant(*(np.asarray(value) for value in (*sums, *values)))
    return float(2 * cols * power * attenuation(x)), float(far_column_share(x)), float(tau)
