"""The closed forms of a comparison beside the exact network: power, far column, signal and settling of every subarray.

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
    tile_shapes,
)
from imac_arch.crossbar.layer import Layer
from imac_arch.crossbar.modes import (
    Lines,
    drawn_by,
    far_share,
    line_conductance,
    line_modes,
    line_power,
    own_answer,
    reached_by,
    signal_share,
    slow_cell,
    time_constant,
)
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
    count = block.shape[0] - block.bias
    drawn = draw_inputs(*activity(case, layer), (INPUTS, count), generator, _likeness(case, layer, count))
    shown = encoded_rows(case, drawn, block.bias)
    circuit = layer_circuit(case, layer, columns, block)
    exact = _exact(circuit, cell_values(case).voltage * shown, count)
    for solved, closed in zip(exact, _closed(case, circuit, block, shown), strict=True):
        yield ExactFigure(solved, closed, closed / solved - 1 if solved else None)


def _likeness(case: Case, layer: int, inputs: int) -> float:
    """Return the correlation of any two of the inputs of a row tile of a layer, counted from 0."""
    beyond = case.grid.at_median(case.excess(np.asarray(float(inputs))) * case.each, layer) or 0.0
    return beyond / (1 - 1 / inputs) if inputs > 1 else 0.0


def _exact(layer: Layer, volts: Array, inputs: int) -> tuple[float, float, float, float]:
    """Return what the solved circuit shows: mean power [W], mean share of the far column, slope of the last pair's
    output over that without wires, and the slowest time constant [s].

    Args:
        layer: the subarray.
        volts: of its word lines [V], (inputs, rows).
        inputs: word lines that carry inputs; the others carry the bias.
    """
    state = layer.solve(volts)
    driven = np.abs(volts) > 0
    far = float(np.mean(np.abs(state.word_voltage[..., -1][driven] / volts[driven]))) if driven.any() else 1.0
    linear = layer.linear(np.abs(volts).max())
    return float(np.mean(state.power_drawn)), far, _slope(linear, inputs), linear.time_constant()


def _slope(layer: Layer, rows: int) -> float:
    """Return the slope of the last pair's differential output over that without wires, the mean over all inputs.

    Args:
        layer: the subarray.
        rows: the first ones, which carry inputs that are independent of one another.
    """
    cells = np.asarray(layer.conductance)[:, -2:]
    ideal = cells if layer.read == "virtual_ground" else cells / (cells.sum(axis=0) + layer.g_load)
    wanted, found = (pair[:rows, -2] - pair[:rows, -1] for pair in (ideal, layer.map()))
    return float(wanted @ found / (wanted @ wanted)) if wanted.any() else 1.0


def _closed(case: Case, circuit: Layer, block: Block, shown: Array) -> tuple[float, float, float, float]:
    """Return the same figures by the closed forms of the comparison, which know the cells' mean and variance alone.

    Args:
        case: the comparison.
        circuit: of the subarray, for its lines and what ends them.
        block: the subarray.
        shown: what its word lines carry relative to the read voltage, (inputs, rows), the bias last.
    """
    made, cells, (rows, cols) = line_values(case), cell_values(case), block.shape
    end = np.inf if circuit.read == "virtual_ground" else circuit.g_load
    numbers = (cols, rows, made.r_word, made.r_bit, cells.mean, circuit.r_source, end)
    lines = Lines(*(np.asarray(number, dtype=float) for number in numbers))
    modes = line_modes(lines)
    reached = reached_by(lines, modes.factor)
    count = rows - block.bias
    mean, square = (float((shown[:, :count] ** k).mean()) if count else 0.0 for k in (1, 2))
    common, random = ((count * mean + block.bias) / rows) ** 2, count * (square - mean**2) / rows
    fixed = (count * square + block.bias) / rows - common - random
    drawn = line_conductance(modes, drawn_by(lines, modes.factor))
    excess = float((shown.mean(axis=-1) ** 2).mean()) - common - random / rows
    held = lines.rows * lines.g_cell
    own = own_answer(np.asarray(cells.square / cells.mean**2 - 1), lines.rows, held / (held + lines.end))
    figures = (common, fixed, random, excess, own)
    power = cells.voltage**2 * line_power(drawn, lines.rows, *(np.asarray(figure) for figure in figures))
    slow = slow_cell(*(np.asarray(v) for v in (cells.mean, cells.square, cells.least, float(rows), 2.0 * cols)))
    c_word, c_bit, c_end = (np.asarray(charge) for charge in (made.c_word, made.c_bit, circuit.c_end))
    tau = time_constant(lines, slow, c_word, c_bit, c_end)
    sums = shown[:, :count].sum(axis=-1)
    pairs = float((sums**2).mean() - count * square) / (count * (count - 1)) if count > 1 else mean**2
    together = np.asarray(pairs / square if square else 0.0)
    return (
        float(power),
        float(far_share(reached, modes, together)),
        float(signal_share(lines, modes, reached)),
        float(tau),
    )
