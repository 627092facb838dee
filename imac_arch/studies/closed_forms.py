"""The closed forms of a comparison beside the exact network: power, far column, signal and settling of every subarray.

For each shape of tile one subarray is filled with random weights and solved for random inputs of the statistics that
the comparison uses; with given weights every subarray is, with its own part of them, and with given inputs every one of
the first layer, for its own part of them. The circuit is the one that
``netlist`` writes, drivers included. What the closed forms say of the same tile stands beside, with their error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

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
    tile_sizes,
)
from imac_arch.crossbar.layer import Layer
from imac_arch.crossbar.modes import (
    Lines,
    drawn_by,
    excitation,
    far_share,
    line_modes,
    line_power,
    own_answer,
    reached_by,
    signal_share,
    slow_cell,
    time_constant,
)
from imac_arch.crossbar.responses import Responses, responses
from imac_arch.crossbar.tiles import too_long
from imac_arch.data.arrays import Array
from imac_arch.data.errors import InfeasibleError
from imac_arch.data.progress import advance, each
from imac_arch.document.crossbar import ExactFigure, ExactRow
from imac_arch.inputs import Inputs
from imac_arch.mapping import dealt
from imac_arch.passes import refuse_no_circuit
from imac_arch.weights import IMAGES, draw_inputs, random_levels

__all__ = ["exact_rows"]

SOLVED = "exact subarrays"
DIGITS = 9  # of a figure: those beyond may change with the number of threads
LARGE = 2**14  # weights of a subarray from which its own steps are told, for each takes seconds
MOST = 2**19  # cells of one subarray; beyond, the solution takes minutes


def exact_rows(
    inputs: Inputs, seed: int, weights: Sequence[Array] | None = None, images: Array | None = None
) -> list[ExactRow]:
    """Return one row per layer and shape of tile, or with weights per subarray, at the medians of the inputs.

    With images there is one per subarray in the first layer.

    Args:
        inputs: network, technology and laws of the comparison.
        seed: of the random weights and inputs.
        weights: of each layer, between -1 and 1, (rows, outputs).
        images: normalised inputs of the first layer, (images, inputs); drawn where None are given.

    Raises:
        InfeasibleError: subarrays too large to be solved here.
        UsageError: the technology has no synapse.
    """
    case = inputs.case()
    refuse_no_circuit(case, "--exact solves")
    generator = np.random.default_rng([seed, IMAGES])
    if weights is not None:
        layers = enumerate(column_weights(case, whole) for whole in weights)
        return [row for k, columns in layers for row in _tiles(case, k, columns, None if k else images, generator)]
    first = () if images is None else _tiles(case, 0, None, images, generator)
    rest = _random(case, generator, 0 if images is None else 1)
    return [*first, *sorted(rest, key=lambda row: (row.layer, -row.rows, -row.cols))]


def _random(case: Case, generator: np.random.Generator, start: int) -> Iterator[ExactRow]:
    """Give a row for every shape of tile of the layers from ``start``, whose weights are random."""
    levels = case.synapse.levels
    shapes = [shape for shape in tile_shapes(case) if shape.layer >= start]
    for shape in each(SOLVED, shapes, [shape.rows * shape.cols for shape in shapes]):
        _refuse_size(shape.layer, shape.block)
        columns = random_levels((shape.rows, shape.cols), levels, generator)
        figures = _figures(case, shape.layer, columns, shape.block, generator)
        yield ExactRow(case.technology.name, shape.layer + 1, shape.rows, shape.cols, shape.count, None, None, *figures)


def _tiles(
    case: Case, layer: int, columns: Array | None, images: Array | None, generator: np.random.Generator
) -> Iterator[ExactRow]:
    """Give a row for every subarray of a layer with its part of the weights and of the images; what is None is random.

    Args:
        case: the comparison.
        layer: counted from 0.
        columns: what its weight columns hold, (rows, cols), the bias last.
        images: its inputs, (images, inputs).
        generator: of what is random.
    """
    order = _order(case, layer)
    columns = None if columns is None else columns[order]
    images = None if images is None else images[:, order[: images.shape[1]]]
    every = list(blocks(case, layer))
    for block in each(f"{SOLVED} of layer {layer + 1}", every, [prod(block.shape) for block in every]):
        _refuse_size(layer, block)
        count, part, held = block.shape[0] - block.bias, block, columns
        if held is None:
            held = random_levels(block.shape, case.synapse.levels, generator)
            part = replace(block, rows=slice(0, block.shape[0]), cols=slice(0, block.shape[1]))
        own = None if images is None else images[:, block.rows.start : block.rows.start + count]
        figures = _figures(case, layer, held, part, generator, own)
        yield ExactRow(case.technology.name, layer + 1, *block.shape, 1, block.row_tile, block.col_tile, *figures)


def _order(case: Case, layer: int) -> list[int]:
    """Return which row of a layer's weights each row of its tiles holds, tile by tile, the bias last."""
    heights, bias = tile_sizes(case, layer)[0], case.network.bias_rows
    total = sum(heights)
    if case.technology.mapping.order != "interleaved":
        return list(range(total))
    order: list[int] = dealt(heights, bias).tolist()
    return order


def _refuse_size(layer: int, block: Block) -> None:
    rows, cols = block.shape
    if rows * cols * 2 > MOST:
        raise InfeasibleError(
            f"layer {layer + 1}: a tile of {rows:,} x {cols:,} weights is too large to be solved exactly, at most "
            f"{MOST // 2:,} weights are; --subarray 128x128 cuts it"
        )
    if problem := too_long(rows, 2 * cols):
        raise InfeasibleError(f"layer {layer + 1}: {problem}")


def _figures(
    case: Case, layer: int, columns: Array, block: Block, generator: np.random.Generator, values: Array | None = None
) -> Iterator[ExactFigure]:
    """Give power, share of the far column and time constant of a subarray.

    Args:
        case: the comparison.
        layer: counted from 0.
        columns: what the weight columns of the layer hold, (rows, cols).
        block: the subarray.
        generator: of the inputs.
        values: of the subarray's inputs, (images, inputs); drawn where None are given.
    """
    count = block.shape[0] - block.bias
    if values is None:
        values = draw_inputs(*activity(case, layer), (IMAGES, count), generator, _likeness(case, layer, count))
    shown = encoded_rows(case, values, block.bias)
    circuit = layer_circuit(case, layer, columns, block)
    exact = _exact(circuit, cell_values(case).voltage * shown, count)
    for pair in zip(exact, _closed(case, circuit, block, shown), strict=True):
        solved, closed = (float(f"{value:.{DIGITS}g}") for value in pair)
        yield ExactFigure(solved, closed, closed / solved - 1 if solved else None)


def _likeness(case: Case, layer: int, inputs: int) -> float:
    """Return the correlation of any two of the inputs of a row tile of a layer, counted from 0."""
    beyond = case.grid.at_median(case.excess(np.asarray(float(inputs))) * case.each, layer) or 0.0
    return beyond / (1 - 1 / inputs) if inputs > 1 else 0.0


def _exact(layer: Layer, volts: Array, inputs: int) -> tuple[float, float, float, float]:
    """Return what the solved circuit shows: mean power [W], the far column's share (of the voltage, lines that carry
    inputs weighted by the square of theirs, so that a line that is hardly on counts hardly), slope of the last pair's
    output over that without wires, and the slowest time constant [s].

    Args:
        layer: the subarray.
        volts: of its word lines [V], (inputs, rows).
        inputs: word lines that carry inputs; the others carry the bias, which is no input and lies where lines end.
    """
    linear = layer.linear(np.abs(volts).max())
    rows, lines = np.shape(linear.conductance)

    def told(done: int) -> None:
        if rows * lines >= 2 * LARGE:
            advance(f"a subarray of {rows} x {lines // 2} weights", done, 2)

    told(0)
    seen = responses(
        linear.conductance, linear.r_word, linear.r_bit, linear.r_source, linear.r_sense, read=linear.read,
        g_load=linear.g_load,
    )  # fmt: skip
    if layer.cell is None:
        power, last = float(((volts @ seen.drawn) * volts).sum()) / len(volts), volts @ seen.far
    else:
        state = layer.solve(volts)
        power, last = float(np.mean(state.power_drawn)), state.word_voltage[..., -1]
    used = slice(0, inputs or None)
    driven = float((volts[:, used] ** 2).sum())
    far = abs(float((last * volts)[:, used].sum())) / driven if driven else 1.0
    told(1)
    figures = power, far, _slope(linear, seen, inputs), linear.time_constant()
    told(2)
    return figures


def _slope(layer: Layer, seen: Responses, rows: int) -> float:
    """Return the slope of the last pair's differential output over that without wires, the mean over all inputs.

    Args:
        layer: the subarray.
        seen: what its inputs do.
        rows: the first ones, which carry inputs that are independent of one another.
    """
    cells = np.asarray(layer.conductance)[:, -2:]
    ideal = cells if layer.read == "virtual_ground" else cells / (cells.sum(axis=0) + layer.g_load)
    wanted, found = (pair[:rows, -2] - pair[:rows, -1] for pair in (ideal, seen.output))
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
    drawn = drawn_by(lines, modes.factor)
    reached = reached_by(lines, modes.factor, drawn)
    count = rows - block.bias
    mean, square = (float((shown[:, :count] ** k).mean()) if count else 0.0 for k in (1, 2))
    random = count * (square - mean**2)
    common = rows * float((shown.mean(axis=-1) ** 2).mean()) - random / rows
    held = lines.rows * lines.g_cell
    own = own_answer(np.asarray(cells.square / cells.mean**2 - 1), lines.rows, held / (held + lines.end))
    sums = count * square + block.bias, common, random * own
    excited = excitation(modes, *(cells.voltage**2 * np.asarray(each) for each in sums))
    power, _ = line_power(drawn, excited, lines.r_source)
    slow = slow_cell(*(np.asarray(v) for v in (cells.mean, cells.square, cells.least, float(rows), 2.0 * cols)))
    c_word, c_bit, c_end = (np.asarray(charge) for charge in (made.c_word, made.c_bit, circuit.c_end))
    tau = time_constant(lines, slow, c_word, c_bit, c_end)
    inputs = shown[:, :count].sum(axis=-1)
    pairs = float((inputs**2).mean() - count * square) / (count * (count - 1)) if count > 1 else mean**2
    together = np.asarray(pairs / square if square else 0.0)
    return (
        float(power),
        float(far_share(reached, modes, together)) if shown[:, : count or None].any() else 1.0,
        float(signal_share(lines, modes, reached)),
        float(tau),
    )
