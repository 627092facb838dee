"""What the lines of a layer's subarrays are made of, however they end and whatever flows on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imac_arch.case import Case
from imac_arch.components.cost import Cells
from imac_arch.components.roles import ROW_DRIVER
from imac_arch.crossbar.lines import ladder_length, word_line_input_resistance
from imac_arch.data.arrays import HALF, ONE, TWO, ZERO, Array, ndim
from imac_arch.data.records import NamedTuple
from imac_arch.passes import groups_of

__all__ = ["Wiring", "wiring"]


class Wiring(NamedTuple):
    """What the lines of a layer's subarrays are made of; arrays over (layers, *grid, samples).

    Attributes:
        cells: conductances of its cells.
        r_word: segment of a word line [ohm].
        r_bit: segment of a bit line [ohm].
        c_pair: at each weight of a word line, cells included [F].
        c_bit: wire of a bit-line segment [F].
        input_resistance: of the widest word line without its driver [ohm].
        source: on-resistance of its driver [ohm]; 0 where none is counted or the line carries no current.
        length: electrical length x of the widest word line.
        line_current: at the driven end of an active word line [A].
        line_density: that current over the section of the wire [A/m^2].
        junction_density: at full voltage across the most conductive cell [A/m^2]; 0 where no junction limits it.
        inputs: rows that carry inputs, for each shape of tile in turn, (shapes, layers, *grid, samples).
        rows: rows in use, likewise.
        cols: weight columns in use, likewise.
        counts: subarrays of the shape, likewise.
        heights: rows of the tallest and of the lower tiles, (2, layers, *grid, samples).
        widths: weight columns of the widest and of the narrower ones, (2, layers, *grid, samples).
        tallest: rows of the tallest tile.
        widest: weight columns of the widest tile.

    Rows and columns are those that one pass reads; the wire and the idle cells between them are their segments'. A
    column is a pair of bit lines: single-ended columns are counted two by two.
    """

    cells: Cells
    r_word: Array
    r_bit: Array
    c_pair: Array
    c_bit: Array
    input_resistance: Array
    source: Array
    length: Array
    line_current: Array
    line_density: Array
    junction_density: Array
    inputs: Array
    rows: Array
    cols: Array
    counts: Array
    heights: Array
    widths: Array
    tallest: Array
    widest: Array


def wiring(case: Case) -> Wiring:
    """Return what the lines of a case are made of.

    Weights are random, every level as likely as the other: of binary ones half the cells are on, half off.
    """
    read, mapping, synapse, wire = case.technology.read, case.mapping, case.synapse, case.wire
    voltage = read.voltage.x
    cells = synapse.cells(voltage)
    g_line = cells.pair * (synapse.line_share if read.conducts else 0.0)
    r_word, r_bit, c_word, c_bit = wire.segments(case.context) if wire else (ZERO, ZERO, ZERO, ZERO)
    c_pair, groups, own = c_word + 2 * synapse.capacitance.x, groups_of(case), synapse.capacitance.x
    tall: Sequence[Array] = mapping.heights
    wide: Sequence[Array] = mapping.widths
    if groups.rows is not ONE:
        tall = tuple(each / groups.rows for each in tall)
        r_bit, c_bit = r_bit * groups.rows, (c_bit + own) * groups.rows - own
    if groups.cols is not ONE:
        wide = tuple(each / groups.cols for each in wide)
        r_word, c_pair = r_word * groups.cols, c_pair * groups.cols
    if read.single_ended:
        wide = tuple(each * HALF for each in wide)
        r_word, c_pair = r_word * TWO, c_pair * TWO - 2 * own * groups.cols
    tallest, widest = tall[0], wide[0]
    x = ladder_length(widest, r_word, g_line)
    with np.errstate(divide="ignore"):  # a line that carries no current has no end of resistance
        resistance = word_line_input_resistance(x, widest, g_line)
    driver = case.optional(ROW_DRIVER)
    current = voltage / resistance
    heights, widths = _stacked(case, tall), _stacked(case, wide)
    high, broad = mapping.sides
    rows, cols = heights[high], widths[broad]
    bias = np.array([1.0 if tile.bias is ONE else 0.0 for tile in mapping.tiles]).reshape(-1, *(1,) * ndim(case.each))
    return Wiring(
        cells=cells,
        r_word=r_word,
        r_bit=r_bit,
        c_pair=c_pair,
        c_bit=c_bit,
        input_resistance=resistance,
        source=ZERO if driver is None or synapse.gated or not read.conducts else driver.loss.x * resistance,
        length=x,
        line_current=current,
        line_density=current / wire.section(case.context) if wire else np.zeros(()),
        junction_density=synapse.junction_density(voltage),
        inputs=rows - (bias if groups.rows is ONE else bias / groups.rows),
        rows=rows,
        cols=cols,
        counts=_stacked(case, [tile.count for tile in mapping.tiles]),
        heights=heights,
        widths=widths,
        tallest=tallest,
        widest=widest,
    )


def _stacked(case: Case, arrays: Sequence[Array]) -> Array:
    """Return arrays along an axis before those of layers, grid and samples."""
    if {np.shape(each) for each in arrays} == {np.shape(case.each)}:
        return np.stack(arrays)
    stacked: Array = np.stack(np.broadcast_arrays(*arrays, case.each))[:-1]
    return stacked
