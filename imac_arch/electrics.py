"""The electrics of a network's subarrays: static power, settling, and what the lines must carry. One place for
both architectures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imac_arch.case import Case, Lines
from imac_arch.components.base import ZERO
from imac_arch.components.synapse import Synapse
from imac_arch.components.wire import Wire
from imac_arch.crossbar.lines import (
    attenuation,
    bit_line_power,
    far_column_share,
    ladder_length,
    settling_time,
    time_constant,
    word_line_input_resistance,
)
from imac_arch.data.quantity import Array

__all__ = ["Electrics", "electrics"]


@dataclass(frozen=True)
class Electrics:
    """Arrays over (layers, designs..., samples).

    Attributes:
        power: static power of all subarrays of the layer while biased [W].
        ideal_power: the same without wires [W].
        charge: energy that charges word and bit lines in one pass [J].
        settle: time in which the slowest line settles [s].
        input_resistance: of the widest word line [ohm].
        length: electrical length x of the widest word line.
        far_share: share of the input that reaches its last column.
        line_current: at the driven end of an active word line [A].
        line_density: that current over the section of the wire [A/m^2].
        junction_density: at full voltage across the most conductive cell [A/m^2]; 0 where no junction limits it.
        load_ratio: load conductance over that of the bit line.
    """

    power: Array
    ideal_power: Array
    charge: Array
    settle: Array
    input_resistance: Array
    length: Array
    far_share: Array
    line_current: Array
    line_density: Array
    junction_density: Array
    load_ratio: Array

    def facts(self) -> dict[str, Array]:
        """Return what warnings look at."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "power"}


def electrics(case: Case, lines: Lines) -> Electrics:
    """Return the electrics of a case for word lines of the given statistics, already encoded.

    Weights are random, every level as likely as the other: of binary ones half the cells are on, half off.
    """
    read, mapping = case.technology.read, case.mapping
    synapse = case.required("synapse", Synapse, "a crossbar")
    wire = case.role("wire", Wire)
    voltage = read.voltage.x
    cells = synapse.cells(voltage)
    g_cell, g_square, g_line = cells.mean, cells.square, cells.pair * synapse.line_share
    r_word, r_bit, c_word, c_bit = wire.segments(case.setting) if wire else (ZERO, ZERO, ZERO, ZERO)
    mean, mean_square = lines.mean, lines.mean_square
    c_pair = c_word + 2 * synapse.capacitance.x
    bit_swing = voltage * (mean if read.circuit == "averaging" else ZERO)
    power = ideal = charge = ZERO
    for tile in mapping.tiles:
        line = bit_line_power(
            read.circuit,
            tile.rows * g_cell,
            g_cell * (tile.inputs * mean_square + tile.bias),
            g_cell * (tile.inputs * mean + tile.bias),
            g_square * tile.inputs * (mean_square - mean**2),
            voltage,
            read.load_conductance.x,
        )
        both = 2 * tile.count * tile.cols * line
        ideal = ideal + both
        word_lines = tile.inputs * np.abs(mean) * tile.cols * c_pair * voltage**2
        bit_lines = 2 * tile.cols * (tile.rows * c_bit + read.load_capacitance.x) * bit_swing**2
        charge = charge + tile.count * (word_lines + bit_lines)
        power = power + both * attenuation(ladder_length(tile.cols, r_word, g_line))
    x = ladder_length(mapping.widest, r_word, g_line)
    with np.errstate(divide="ignore"):  # a line that carries no current has no end of resistance
        resistance = word_line_input_resistance(x, mapping.widest, g_line)
    bit_sum = mapping.tallest * g_cell
    tau = time_constant(
        mapping.tallest,
        mapping.widest,
        bit_sum,
        read.load_conductance.x,
        c_bit + synapse.capacitance.x,
        c_pair,
        read.load_capacitance.x,
        r_bit,
        r_word,
    )
    current = voltage / resistance
    return Electrics(
        power=power,
        ideal_power=ideal,
        charge=charge,
        settle=settling_time(tau, read.settle_bits.x),
        input_resistance=resistance,
        length=x,
        far_share=far_column_share(x),
        line_current=current,
        line_density=current / wire.section(case.setting) if wire else ZERO * current,
        junction_density=synapse.junction_density(voltage),
        load_ratio=read.load_conductance.x / bit_sum,
    )
