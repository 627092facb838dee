"""What holds bit lines at virtual ground: an amplifier for each pair of lines, in one loop with them."""

from __future__ import annotations

import math

import numpy as np

from imac_arch.case import Case
from imac_arch.components.cost import UnitCost
from imac_arch.components.roles import Amplifier
from imac_arch.data.arrays import Array
from imac_arch.data.recording import recording
from imac_arch.electrics import Electrics
from imac_arch.passes import groups_of

__all__ = ["ground_cost", "line_current", "line_time", "rails"]


def rails(case: Case) -> Array:
    """Return how many supplies an amplifier of signed lines stands between: 2 for -V/+V, else 1."""
    return np.asarray(2.0 if case.technology.read.encoding == "-V/+V" else 1.0)


def line_time(case: Case, tiles: Electrics, sharing: Array) -> Array:
    """Return capacitance over conductance of a bit line that ``sharing`` row tiles form together [s]."""
    mapping, lines = case.mapping, tiles.lines
    rows = np.where(sharing > 1, mapping.total_rows, mapping.tallest) / groups_of(case).rows
    capacitance = rows * (lines.c_bit + case.synapse.capacitance.x) + case.technology.read.load_capacitance.x
    return capacitance / (rows * lines.cells.mean)


def line_current(case: Case, tiles: Electrics, sharing: Array, *, bitwise: bool = False) -> Array:
    """Return the mean of the magnitude of the current of a bit line that ``sharing`` row tiles form together [A].

    Lines at 0/V carry ``E[I]``; those at -V/+V ``sqrt(E[I]^2 + 2/pi Var[I])``, which is exact for a normal distribution
    around 0 and for one far from it. Wires and drivers take the share of it that they take of what sources give.

    Args:
        case: the case.
        tiles: electrics of its subarrays.
        sharing: row tiles whose lines end in one node.
        bitwise: whether word lines carry one bit of a value at a time.
    """
    mapping, cells, encoding = case.mapping, tiles.lines.cells, case.technology.read.encoding
    values = (case.lines.bitwise() if bitwise else case.lines).encoded(encoding)
    share = sharing / mapping.row_tiles / groups_of(case).rows
    inputs, bias = case.fan_in * share, case.network.bias_rows * share
    current = cells.mean * (inputs * values.mean + bias)
    if encoding != "0/V":
        square = cells.square * (inputs * values.mean_square + bias)
        variance = square - cells.mean**2 * (inputs * values.mean**2 + bias)
        current = np.sqrt(current**2 + 2 / math.pi * variance)
    return case.technology.read.voltage.x * current * tiles.total("drawn_power") / tiles.total("ideal_power")


def ground_cost(
    case: Case, amplifier: Amplifier, tiles: Electrics, last: Array, sharing: Array, *, bitwise: bool = False
) -> UnitCost:
    """Return the cost of one amplifier that holds its bit lines at virtual ground; arguments as in
    :func:`line_current`, ``last`` is 1 for layers whose gain is that of outputs."""
    with recording() as readings:
        tiles.note()
        time, current = line_time(case, tiles, sharing), line_current(case, tiles, sharing, bitwise=bitwise)
        cost = amplifier.ground(case.context, last, case.technology.read.settle_bits.x, time, current)
    return cost._replace(power=cost.power * rails(case), recorded=readings)
