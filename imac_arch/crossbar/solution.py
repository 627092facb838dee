"""Every voltage and current of a crossbar for given inputs.

There are three ways to the same state, and the solution says which one was taken. For few inputs of a weakly coupled
crossbar Chebyshev's iteration sweeps over its lines (``drops.py``), where the sweeps are known to be few. Otherwise
blocks are joined as for the effective conductance and then taken apart again from the top: what drives a whole gives
what drives its parts. Crossbars with open segments, lines that are fed from both ends, or wires that cut cells off are
eliminated node by node (``mesh.py``). Either way the state is checked against Kirchhoff's laws (``laws.py``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from imac_arch.crossbar.cell import Conducts
from imac_arch.crossbar.chords import settled
from imac_arch.crossbar.columns import column_state
from imac_arch.crossbar.drops import ROUNDING, Wiring, steps_needed, sweep
from imac_arch.crossbar.laws import KIRCHHOFF, State, checked_laws, from_right
from imac_arch.crossbar.mesh import needed
from imac_arch.crossbar.reads import Read, checked_load
from imac_arch.crossbar.state import eliminated, meshed
from imac_arch.crossbar.wires import Array, CrossbarError, Supply, Wires, checked_conductance, checked_wires
from imac_arch.data.log import logger

__all__ = ["PATHS", "Path", "Solution", "solve"]

Path = Literal["sweeps", "blocks", "nodes"]
PATHS: tuple[Path, ...] = ("sweeps", "blocks", "nodes")
_log = logger(__name__)
_TOGETHER = 1 << 16  # cells whose conductances settle together: more would leave the cache
_SWEEPS = 64  # sweeps over all lines, times inputs, that take about as long as the elimination


@dataclass(frozen=True)
class Solution:
    """The state of a stack of crossbars, (stack..., inputs...) before the axes that are named here.

    Attributes:
        word_voltage: of every node on the word lines [V], (..., rows, cols); not a number where nothing holds it.
        bit_voltage: of every node on the bit lines [V], (..., rows, cols); likewise.
        cell_current: through every cell, from word line to bit line [A], (..., rows, cols).
        input_current: out of every source [A], (..., rows).
        output_current: out of every bit line into its termination or load [A], (..., cols).
        output_voltage: where the last segment of the bit line ends [V], (..., cols).
        power_drawn: delivered by the sources [W], (...).
        power_dissipated: in cells, wires, drivers and terminations [W], (...).
        residual: the largest violation of Kirchhoff's laws, as a voltage relative to the largest source, (...).
        far_input_current: the part of ``input_current`` that enters at the far end of the word line [A], (..., rows).
        far_output_current: the part of ``output_current`` that leaves at the top of the bit line [A], (..., cols).
        path: how it was found: "sweeps", "blocks" or "nodes".
        bound: of "sweeps": no output (current, or voltage with the averaging read) is further from its exact value
            [A or V], (..., cols); of the others, which are exact to rounding, not a number.
        solves: linear crossbars that were solved one after the other; 1 without ``cell``.
        supply: what feeds the cells. With source lines these are the word lines, whose axis of sources is (..., cols).
    """

    word_voltage: Array
    bit_voltage: Array
    cell_current: Array
    input_current: Array
    output_current: Array
    output_voltage: Array
    power_drawn: Array
    power_dissipated: Array
    residual: Array
    far_input_current: Array
    far_output_current: Array
    path: Path
    bound: Array
    solves: int = 1
    supply: Supply = "word_line"

    @property
    def cell_voltage(self) -> Array:
        """Across every cell [V], (..., rows, cols)."""
        return self.word_voltage - self.bit_voltage

    @property
    def word_current(self) -> Array:
        """Through the segment between every cell and the one before it, away from the driver [A], (..., rows, cols)."""
        if self.supply == "source_line":
            below = np.cumsum(self.cell_current[..., ::-1, :], axis=-2)[..., ::-1, :]
            return np.asarray(below - self.far_input_current[..., None, :])
        return from_right(self.cell_current) - self.far_input_current[..., None]

    @property
    def bit_current(self) -> Array:
        """Through the bit-line segment below every cell, towards the termination [A], (..., rows, cols)."""
        return np.cumsum(self.cell_current, axis=-2) - self.far_output_current[..., None, :]


def solve(
    conductance: ArrayLike,
    inputs: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    *,
    read: Read = "virtual_ground",
    g_load: ArrayLike = 0.0,
    r_far_source: ArrayLike = np.inf,
    r_far_sense: ArrayLike = np.inf,
    supply: Supply = "word_line",
    cell: Conducts | None = None,
    tolerance: float = 0.0,
) -> Solution:
    """Return all node voltages and branch currents of crossbars with wire resistance.

    Args:
        conductance: of the cells [S], (stack..., rows, cols); with ``cell`` at zero voltage.
        inputs: source voltages [V], (stack..., inputs..., rows), of either sign; of source lines (..., cols).
        r_word: segment of a word line [ohm], broadcasts to (stack..., rows, cols); 0 is a short, infinity is open.
        r_bit: segment of a bit line [ohm], broadcasts to (stack..., rows, cols).
        r_source: driver [ohm], broadcasts to (stack..., rows); of source lines (stack..., cols).
        r_sense: from the end of a bit line to virtual ground [ohm], broadcasts to (stack..., cols); zero for
            "averaging".
        read: "virtual_ground", or "averaging": the bit line ends at ``g_load`` to ground and its voltage is the output.
        g_load: load of a bit line [S], broadcasts to (stack..., cols), for "averaging" only; 0 leaves it floating.
        r_far_source: from the last cell of a word line to its source [ohm], broadcasts to (stack..., rows): the last
            segment and the second driver of lines that are driven from both ends.
        r_far_sense: from the top cell of a bit line to its end [ohm], broadcasts to (stack..., cols), likewise.
        supply: what feeds the cells: "word_line", or "source_line" beside each bit line (``columns.py``).
        cell: ``cell(voltage, conductance)`` gives the conductances I/V of cells under voltages [V] from those at zero
            voltage [S], all of them (..., rows, cols); see ``Cell`` and ``TunnelJunction``. None: they stay.
        tolerance: how far outputs may be off where sweeps are used, relative to the largest; 0 is to rounding.

    Raises:
        CrossbarError: a value that cannot be, shapes that do not agree, a bit line whose voltage is undefined, cells
            that do not settle, or a solution that violates Kirchhoff's laws by more than 1e-9.
        UnknownName: a read circuit that does not exist.
    """
    g = checked_conductance(conductance)
    *stack, rows, cols = g.shape
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense, r_far_source, r_far_sense, supply=supply)
    volts = _checked_inputs(inputs, (*stack,), cols if wires.vertical else rows)
    load = checked_load(g, wires, read, g_load)
    if not 0 <= tolerance < 1:
        raise CrossbarError(f"tolerance: {tolerance}; needed is a number from 0 to below 1")
    beside = (*stack, *(1 for _ in volts.shape[len(stack) : -1]))  # the stack as seen beside its inputs
    if len(beside) > len(stack):
        g, wires = g.reshape(*beside, rows, cols), wires.reshaped(beside)
        load = None if load is None else load.reshape(*beside, cols)
    if cell is None:
        return _linear(g, wires, volts, load, tolerance)
    if stack or volts.ndim == 1:
        return _settled(g, wires, volts, load, cell)
    flat, step = volts.reshape(-1, volts.shape[-1]), max(1, _TOGETHER // g.size)
    parts = [flat[start : start + step] for start in range(0, max(len(flat), 1), step)]
    one = wires.reshaped((1,))
    own = None if load is None else load.reshape(1, cols)
    return _merged([_settled(g.reshape(1, rows, cols), one, part, own, cell) for part in parts], volts.shape[:-1])


def _settled(g: Array, wires: Wires, volts: Array, load: Array | None, cell: Conducts) -> Solution:
    """Return the solution of crossbars whose conductances depend on voltage."""

    def chord(now: Array) -> tuple[Solution, Array]:
        found = _linear(now, wires, volts, load, 0.0)
        return found, found.cell_voltage

    found, solves = settled(chord, g, volts, cell)
    return replace(found, solves=solves)


def _merged(parts: Sequence[Solution], many: tuple[int, ...]) -> Solution:
    """Return solutions of some inputs each, (inputs, ...), as one of all of them, (many..., ...)."""

    def together(name: str) -> Array:
        whole = np.concatenate([getattr(part, name) for part in parts])
        return whole.reshape(*many, *whole.shape[1:])

    arrays = {f.name: together(f.name) for f in fields(Solution) if f.name not in ("path", "solves", "supply")}
    path = max((part.path for part in parts), key=PATHS.index)
    return Solution(**arrays, path=path, solves=max(part.solves for part in parts), supply=parts[0].supply)


def _linear(g: Array, wires: Wires, volts: Array, load: Array | None, tolerance: float) -> Solution:
    """Return the solution of crossbars whose conductances are known; all stacks as long as that of ``volts``."""
    state: State | None = None
    bound: Array | None = None
    path: Path = "sweeps"
    if wires.vertical:
        state, path = column_state(g, wires, volts, load), "nodes"
    elif needed(g, wires):
        state, path = meshed(g, wires, volts, load), "nodes"
    else:
        wanted = max(tolerance, ROUNDING)
        wiring = Wiring(wires.left, wires.below)
        coupled = wiring.coupling(g)
        apart = math.prod(n for n, own in zip(volts.shape[:-1], g.shape[:-2], strict=True) if own == 1)
        if steps_needed(coupled, wanted) * apart <= _SWEEPS:
            found = sweep(g, wiring, volts, load, coupled, wanted)
            state, bound = found if found is not None else (None, None)
    if state is None:
        state, path = eliminated(g, wires, volts, load), "blocks"
    # sweeps that end early have a bound of their own
    laws = checked_laws(g, wires, volts, load, state, KIRCHHOFF if bound is None or not tolerance else np.inf)
    if bound is None:
        bound = np.full(state.ends.shape, np.nan)
    _log.debug("crossbars of %s conductances solved by %s", "x".join(map(str, g.shape)), path)
    return Solution(*laws, path=path, bound=bound, supply="source_line" if wires.vertical else "word_line")


def _checked_inputs(inputs: ArrayLike, stack: tuple[int, ...], rows: int) -> Array:
    try:
        volts = np.asarray(inputs, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CrossbarError(f"inputs: needed are numbers in V; {error}") from error
    if volts.shape[-1:] != (rows,) or volts.shape[: len(stack)] != stack or volts.ndim < len(stack) + 1:
        wanted = ", ".join([*(str(s) for s in stack), "...", str(rows)])
        raise CrossbarError(f"inputs: shape {volts.shape}; needed is ({wanted}), one voltage per source")
    if not np.isfinite(volts).all():
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(volts))[0])
        raise CrossbarError(f"inputs: {volts[place]} at index {place}; needed is a finite value in V")
    return volts
