"""The closed forms of a comparison held against the exact network: power, attenuation and settling of every subarray.

For each shape of tile one subarray is filled with random binary weights and solved for random inputs of the statistics
that the comparison uses; what the closed forms say of the same tile stands beside, with their error.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from imac_arch.case import Case
from imac_arch.components.synapse import Synapse
from imac_arch.components.wire import Wire
from imac_arch.crossbar.lines import attenuation, bit_line_power, far_column_share, ladder_length, time_constant
from imac_arch.crossbar.settling import dominant_time_constant
from imac_arch.crossbar.solve import solve
from imac_arch.crossbar.wires import pair_word_segments
from imac_arch.errors import InfeasibleError
from imac_arch.evaluate import Inputs
from imac_arch.quantity import Array

__all__ = ["exact_rows"]

INPUTS = 64
MOST = 2**19  # cells of one subarray; beyond, the solution takes minutes


def exact_rows(inputs: Inputs, seed: int) -> list[dict[str, Any]]:
    """Return one row per layer and shape of tile, at the medians of the inputs.

    Args:
        inputs: network, technology and laws of the comparison.
        seed: of the random weights and inputs.

    Raises:
        InfeasibleError: subarrays too large to be solved here.
    """
    middle = inputs.nominal()
    case = Case(middle.network, middle.technology, middle.laws, None, np.ones(()))
    generator = np.random.default_rng([seed, INPUTS])
    flow = case.lines
    rows = []
    for tile in case.mapping.tiles:
        for layer in range(len(middle.network.layers)):
            names = ("inputs", "bias", "cols", "count")
            found, bias, cols, count = (int(_at(getattr(tile, name), layer)) for name in names)
            if count == 0:
                continue
            if (found + bias) * cols * 2 > MOST:
                raise InfeasibleError(
                    f"layer {layer + 1}: a tile of {found + bias} x {cols} is too large to be solved exactly"
                )
            mean, square = _at(flow.mean, layer), _at(flow.mean_square, layer)
            rows.append(
                {
                    "technology": middle.technology.name,
                    "layer": layer + 1,
                    "rows": found + bias,
                    "cols": cols,
                    "count": count,
                }
                | _held(case, found, bias, cols, mean, square, generator)
            )
    return sorted(rows, key=lambda row: (row["layer"], -row["rows"], -row["cols"]))


def _at(values: Array, layer: int) -> float:
    flat = np.asarray(values, dtype=float).reshape(-1)
    return float(flat[layer] if flat.size > 1 else flat[0])


def _held(
    case: Case, inputs: int, bias: int, cols: int, mean: float, square: float, generator: np.random.Generator
) -> dict[str, Any]:
    """Return exact and closed figures of one tile: power [W], share of the far column, time constant [s]."""
    read = case.technology.read
    synapse = case.required("synapse", Synapse, "a crossbar")
    wire = case.role("wire", Wire)
    voltage, load = float(read.voltage.x), float(read.load_conductance.x)
    r_word, r_bit, c_word, c_bit = (float(v) for v in wire.segments(case.setting)) if wire else (0.0,) * 4
    r_word *= synapse.line_share
    rows = inputs + bias
    cells = synapse.cells(read.voltage.x)

    weights = generator.integers(synapse.levels, size=(rows, cols)) / (synapse.levels - 1) * 2 - 1
    pair = np.stack(synapse.conductances(weights, read.voltage.x), axis=-1).reshape(rows, 2 * cols)
    # two values, 0 and one other, have any mean and mean square that values between 0 and 1 can have
    level, chance = (square / mean, mean**2 / square) if mean > 0 else (0.0, 0.0)
    values = np.where(generator.random((INPUTS, inputs)) < chance, level, 0.0)
    if read.encoding != "0/V":
        values = 2 * values - 1
    volts = voltage * np.concatenate([values, np.ones((INPUTS, bias))], axis=1)
    segments = pair_word_segments(r_word, cols)
    at_end = load if read.circuit == "averaging" else 0.0
    state = solve(pair, volts, segments, r_bit, read=read.circuit, g_load=at_end)
    driven = np.abs(volts) > 0
    far = float(np.mean(np.abs(state.word_voltage[..., -1][driven] / volts[driven]))) if driven.any() else 1.0

    device = float(synapse.capacitance.x)
    end = float(read.load_capacitance.x)
    on_words = np.tile([c_word + 2 * device, 0.0], cols)
    slow = dominant_time_constant(
        pair, segments, r_bit, c_word=on_words, c_bit=c_bit + device, c_end=end, read=read.circuit, g_load=at_end
    )
    tau = float(slow.time_constant)

    shown = volts / voltage
    x = ladder_length(np.asarray(cols), np.asarray(r_word), np.asarray(cells.pair))
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
                np.asarray(c_bit + device), np.asarray(c_word + 2 * device), np.asarray(end),
                np.asarray(r_bit), np.asarray(r_word),
            )
        ),
    }  # fmt: skip
    exact = {"power": float(np.mean(state.power_drawn)), "far_share": far, "time_constant": tau}
    error = {name: closed[name] / exact[name] - 1 if exact[name] else None for name in exact}
    return {"exact": exact, "closed": closed, "error": error}
