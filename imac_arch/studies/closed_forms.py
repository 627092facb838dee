"""The closed forms of a comparison held against the exact network: power, attenuation and settling of every subarray.

For each shape of tile one subarray is filled with random weights and solved for random inputs of the statistics that
the comparison uses; with given weights every subarray is, with its own part of them. What the closed forms say of the
same tile stands beside, with their error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from imac_arch.case import Case
from imac_arch.circuit import blocks, held, line_values, pairs
from imac_arch.components.synapse import Synapse
from imac_arch.crossbar.lines import attenuation, bit_line_power, far_column_share, ladder_length, time_constant
from imac_arch.crossbar.settling import dominant_time_constant
from imac_arch.crossbar.solve import solve
from imac_arch.crossbar.wires import pair_word_segments
from imac_arch.data.errors import InfeasibleError
from imac_arch.data.quantity import Array
from imac_arch.evaluate import Inputs
from imac_arch.weights import draw_inputs

__all__ = ["exact_rows"]

INPUTS = 64
MOST = 2**19  # cells of one subarray; beyond, the solution takes minutes


def exact_rows(inputs: Inputs, seed: int, weights: Sequence[Array] | None = None) -> list[dict[str, Any]]:
    """Return one row per layer and shape of tile, or with weights per subarray, at the medians of the inputs.

    Args:
        inputs: network, technology and laws of the comparison.
        seed: of the random weights and inputs.
        weights: of each layer, between -1 and 1, (rows, outputs).

    Raises:
        InfeasibleError: subarrays too large to be solved here.
    """
    case = inputs.nominal().case()
    generator = np.random.default_rng([seed, INPUTS])
    synapse = case.required("synapse", Synapse, "a crossbar")
    if weights is not None:
        return list(_each(case, weights, generator))
    rows = []
    for tile in case.mapping.tiles:
        for layer in range(len(case.network.layers)):
            names = ("inputs", "bias", "cols", "count")
            found, bias, cols, count = (int(_at(getattr(tile, name), layer)) for name in names)
            if count == 0:
                continue
            _refuse(layer, found + bias, cols)
            columns = generator.integers(synapse.levels, size=(found + bias, cols)) / (synapse.levels - 1) * 2 - 1
            head = _head(case, layer, found + bias, cols, count)
            rows.append(head | _held(case, layer, columns, bias, generator))
    return sorted(rows, key=lambda row: (row["layer"], -row["rows"], -row["cols"]))


def _each(case: Case, weights: Sequence[Array], generator: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Give a row for every subarray."""
    for layer, whole in enumerate(weights):
        columns = held(case, whole)
        for block in blocks(case, layer):
            part = columns[block.rows, block.cols]
            rows, cols = part.shape
            _refuse(layer, rows, cols)
            bias = case.network.bias_rows if block.rows.stop == len(columns) else 0
            head = _head(case, layer, rows, cols, 1) | {"row_tile": block.row_tile, "col_tile": block.col_tile}
            yield head | _held(case, layer, part, bias, generator)


def _refuse(layer: int, rows: int, cols: int) -> None:
    if rows * cols * 2 > MOST:
        raise InfeasibleError(f"layer {layer + 1}: a tile of {rows} x {cols} is too large to be solved exactly")


def _head(case: Case, layer: int, rows: int, cols: int, count: int) -> dict[str, Any]:
    return {"technology": case.technology.name, "layer": layer + 1, "rows": rows, "cols": cols, "count": count}


def _at(values: Array, layer: int) -> float:
    flat = np.asarray(values, dtype=float).reshape(-1)
    return float(flat[layer] if flat.size > 1 else flat[0])


def _held(case: Case, layer: int, columns: Array, bias: int, generator: np.random.Generator) -> dict[str, Any]:
    """Return exact and closed figures of one tile: power [W], share of the far column, time constant [s].

    Args:
        case: the comparison.
        layer: counted from 0.
        columns: what the weight columns of the tile hold, (rows, cols).
        bias: rows of the tile, its last ones, that carry the bias.
        generator: of the inputs.
    """
    read = case.technology.read
    synapse = case.required("synapse", Synapse, "a crossbar")
    lines = line_values(case)
    voltage, load = float(read.voltage.x), float(read.load_conductance.x)
    rows, cols = columns.shape
    inputs = rows - bias
    cells = synapse.cells(read.voltage.x)
    pair = pairs(case, columns)
    values = draw_inputs(_at(case.lines.mean, layer), _at(case.lines.mean_square, layer), (INPUTS, inputs), generator)
    if read.encoding != "0/V":
        values = 2 * values - 1
    volts = voltage * np.concatenate([values, np.ones((INPUTS, bias))], axis=1)
    segments = pair_word_segments(lines.r_word, cols)
    state = solve(pair, volts, segments, lines.r_bit, read=read.circuit, g_load=lines.g_load)
    driven = np.abs(volts) > 0
    far = float(np.mean(np.abs(state.word_voltage[..., -1][driven] / volts[driven]))) if driven.any() else 1.0

    slow = dominant_time_constant(
        pair, segments, lines.r_bit, c_word=lines.on_words(cols), c_bit=lines.c_bit, c_end=lines.c_end,
        read=read.circuit, g_load=lines.g_load,
    )  # fmt: skip
    tau = float(slow.time_constant)

    shown = volts / voltage
    x = ladder_length(np.asarray(cols), np.asarray(lines.r_word), np.asarray(cells.pair))
    g_cell, g_square = float(cells.mean), float(cells.square)
    mu, nu = shown[:, :inputs].mean() if inputs else 0.0, (shown[:, :inputs] ** 2).mean() if inputs else 0.0
    line = bit_line_power(
        read.circuit,
        np.asarray(rows * g_cell),
        np.asarray(g_cell * (inputs * nu + bias)),
        np.asarray(g_cell * (inputs * mu + bias)),
        np.asarray(g_square * inputs * (nu - mu**2)),
        np.asarray(voltage),
        np.asarray(load),
    )
    closed = {
        "power": float(2 * cols * line * attenuation(x)),
        "far_share": float(far_column_share(x)),
        "time_constant": float(
            time_constant(
                np.asarray(rows), np.asarray(cols), np.asarray(rows * g_cell), np.asarray(load),
                np.asarray(lines.c_bit), np.asarray(lines.c_word), np.asarray(lines.c_end),
                np.asarray(lines.r_bit), np.asarray(lines.r_word),
            )
        ),
    }  # fmt: skip
    exact = {"power": float(np.mean(state.power_drawn)), "far_share": far, "time_constant": tau}
    error = {name: closed[name] / exact[name] - 1 if exact[name] else None for name in exact}
    return {"exact": exact, "closed": closed, "error": error}
