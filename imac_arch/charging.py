"""Reads in which no current flows for long: cells that charge a capacitor, or bit lines that cells discharge.

All functions return arrays over (shapes, layers, *grid, samples), or fewer axes, SI units.
"""

from __future__ import annotations

import numpy as np

from imac_arch.case import Case, LineStatistics
from imac_arch.crossbar.lines import settling_time
from imac_arch.data.arrays import HALF, TWO, Array
from imac_arch.supply import swing
from imac_arch.wiring import Wiring

__all__ = ["pass_energy", "pass_time"]


def pass_time(case: Case, made: Wiring, c_end: Array) -> Array:
    """Return the time from the inputs of a pass to its sample [s]: ``read.time`` where it is given.

    A capacitor settles behind its cell, and along both lines; a line is discharged by its swing at the current of cells
    of which half conduct, after its word line has settled.
    """
    read, synapse = case.technology.read, case.synapse
    if read.time is not None:
        return case.each * read.time.x
    tau = made.r_word * made.c_pair * made.widest**2 / 2
    line = made.tallest * (made.c_bit + synapse.capacitance.x) + c_end
    if read.mode == "charge":
        tau = tau + synapse.charged(case.context) / made.cells.mean + made.r_bit * line * made.tallest / 2
        return case.each * settling_time(tau, read.settle_bits.x)
    current = made.tallest * made.cells.mean * read.voltage.x
    return case.each * (settling_time(tau, read.settle_bits.x) + line * _swing(case) / current)


def pass_energy(case: Case, made: Wiring, values: LineStatistics, c_end: Array) -> Array:
    """Return the energy of one pass of a subarray [J], for each shape of tile in turn.

    ``charge``: ``C V^2`` of each cell of a row times the mean of the row's input, and the bit lines to their mean
    voltage. ``discharge``: what the supply gives back to lines that fell. Half of the cells pull, for weights are
    random, so a line's mean swing is half its full scale times the mean of the inputs.
    """
    read, synapse = case.technology.read, case.synapse
    squared, swings = read.voltage.x * read.voltage.x, swing(values.mean, values.mean_square, read.encoding)
    bias = made.rows - made.inputs
    active = made.inputs * swings + bias
    lines = TWO * made.cols
    level = HALF * active / np.maximum(made.rows, np.finfo(float).tiny)
    words = made.inputs * swings * made.cols * made.c_pair * squared
    if read.mode != "charge" and synapse.read_capacitance is not None:
        words = words + lines * active * synapse.read_capacitance.x * squared
    wire = made.rows * made.c_bit + c_end
    if read.mode == "charge":
        cells = lines * active * synapse.charged(case.context) * squared
        return words + cells + lines * wire * read.voltage.x * _swing(case) * level
    return words + lines * (wire + made.rows * synapse.capacitance.x) * case.context.vdd * _swing(case) * level


def _swing(case: Case) -> Array:
    read = case.technology.read
    return read.voltage.x if read.swing is None else read.swing.x
