"""What a crossbar is made of, checked once: cell conductances and the resistance of every wire segment.

The circuit, with ``rows`` word lines and ``cols`` bit lines: word line ``i`` is driven from the left through
``r_source`` and one segment ``r_word`` into cell ``(i, 0)``, one more segment between neighbouring cells, its right
end open. Bit line ``j`` runs down: one segment ``r_bit`` between neighbouring cells, one more after the bottom cell,
then ``r_sense`` into virtual ground, its top end open. A line that is driven or sensed from its far end too has
``r_far_source`` from its last cell to its source, or ``r_far_sense`` from its top cell to its end.

A resistance of 0 is a short, an infinite one is open.

Where cells are fed by source lines instead (``supply``), these run beside the bit lines: ``columns.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imac_arch.data.errors import UnknownName, UsageError

__all__ = [
    "SUPPLIES",
    "Array",
    "Capacitances",
    "CrossbarError",
    "Supply",
    "Wires",
    "checked",
    "checked_capacitances",
    "checked_conductance",
    "checked_wires",
    "pair_word_segments",
]

Array = NDArray[np.float64]
Supply = Literal["word_line", "source_line"]
SUPPLIES = ("word_line", "source_line")


class CrossbarError(UsageError, ValueError):
    """A crossbar that cannot be: a negative, endless or misshapen value, or a node whose voltage is undefined."""


@dataclass(frozen=True)
class Wires:
    """Resistances of every segment [ohm], all of them broadcast to their full shape.

    Attributes:
        word: (..., rows, cols), the segment to the left of each cell, without the driver.
        bit: (..., rows, cols), the segment below each cell, without the sense resistance.
        source: (..., rows), driver of each word line.
        sense: (..., cols), termination of each bit line.
        far_source: (..., rows), from the last cell of a word line to its source, infinite where that end is open.
        far_sense: (..., cols), from the top cell of a bit line to its end, likewise.
        vertical: whether source lines parallel to the bit lines feed the cells; ``word`` is then the segment above
            each cell, and drivers are (..., cols).
    """

    word: Array
    bit: Array
    source: Array
    sense: Array
    far_source: Array
    far_sense: Array
    vertical: bool = False

    @cached_property
    def plain(self) -> bool:
        """Whether no segment is open and the far end of every line is."""
        return not (self.cut or self.looped)

    @cached_property
    def cut(self) -> bool:
        """Whether any segment, driver or termination is open."""
        return not all(np.isfinite(values).all() for values in (self.word, self.bit, self.source, self.sense))

    @cached_property
    def looped(self) -> bool:
        """Whether any line is fed from its far end."""
        return bool(self.far_source.min(initial=np.inf) < np.inf or self.far_sense.min(initial=np.inf) < np.inf)

    def reshaped(self, stack: tuple[int, ...]) -> Wires:
        """Return the same wires with other leading axes, as many crossbars as before."""
        return self._with([values.reshape(*stack, *values.shape[values.ndim - own :]) for values, own in self._axes])

    def stretched(self, stack: tuple[int, ...]) -> Wires:
        """Return the wires of as many crossbars as ``stack`` (...) has, to which they broadcast, in one row."""
        count = int(np.prod(stack, dtype=np.int64))
        parts = []
        for values, own in self._axes:
            shape = values.shape[values.ndim - own :]
            parts.append(np.broadcast_to(values, (*stack, *shape)).reshape(count, *shape))
        return self._with(parts)

    def __getitem__(self, index: slice | tuple[int, ...]) -> Wires:
        """Return the wires of some crossbars of the stack."""
        return self._with([values[index] for values, _ in self._axes])

    def _with(self, parts: list[Array]) -> Wires:
        word, bit, source, sense, far_source, far_sense = parts
        return Wires(word, bit, source, sense, far_source, far_sense, self.vertical)

    @property
    def _axes(self) -> tuple[tuple[Array, int], ...]:
        """All resistances with the number of axes that are no stack."""
        return (
            (self.word, 2), (self.bit, 2), (self.source, 1), (self.sense, 1),
            (self.far_source, 1), (self.far_sense, 1),
        )  # fmt: skip

    @cached_property
    def left(self) -> Array:
        """The resistance [ohm] between each cell and the one before it on its word or source line, (..., rows, cols).

        The driver's stands before the first.
        """
        whole = self.word.copy()
        whole[..., 0, :] += self.source if self.vertical else 0.0
        whole[..., :, 0] += 0.0 if self.vertical else self.source
        return whole

    @cached_property
    def below(self) -> Array:
        """The resistance [ohm] below each cell, the termination's in the last row, (..., rows, cols)."""
        whole = self.bit.copy()
        whole[..., -1, :] += self.sense
        return whole


@dataclass(frozen=True)
class Capacitances:
    """Capacitances to ground of every node [F], all of them broadcast to their full shape.

    Attributes:
        word: of the word-line nodes, (..., rows, cols).
        bit: of the bit-line nodes, (..., rows, cols).
        end: where the bit lines end, (..., cols).
    """

    word: Array
    bit: Array
    end: Array


def checked(name: str, value: ArrayLike, unit: str, *, endless: bool = False) -> Array:
    """Return ``value`` as float64 array.

    Args:
        name: for the error.
        value: to check.
        unit: for the error.
        endless: whether infinity is a value too.

    Raises:
        CrossbarError: a value that is not a number, negative or not finite, with its place.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CrossbarError(f"{name}: needed are numbers in {unit}; {error}") from error
    least, most = (float(array), float(array)) if array.ndim == 0 else (array.min(initial=0.0), array.max(initial=0.0))
    if not (least >= 0 and (endless or most < np.inf)):  # of a value that is no number neither holds
        wrong = ~((array >= 0) & (np.isfinite(array) | endless))
        place = tuple(int(k) for k in np.argwhere(wrong)[0])
        where = f" at index {place}" if place else ""
        kind = "value" if endless else "finite value"
        raise CrossbarError(f"{name}: {array[place]}{where}; needed is a {kind} of 0 {unit} or more")
    return array


def checked_conductance(conductance: ArrayLike) -> Array:
    """Return the cells' conductances [S], shape (..., rows, cols).

    Raises:
        CrossbarError: fewer than two dimensions, no row or column, or a value that cannot be.
    """
    array = checked("conductance", conductance, "S")
    if array.ndim < 2 or not all(array.shape[-2:]):
        raise CrossbarError(
            f"conductance: shape {array.shape}; needed is (..., rows, cols) with at least one row and one column"
        )
    return array


def checked_wires(
    shape: tuple[int, ...],
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    r_far_source: ArrayLike = np.inf,
    r_far_sense: ArrayLike = np.inf,
    *,
    plain: bool = False,
    supply: Supply = "word_line",
) -> Wires:
    """Return the wires of crossbars of ``shape`` (..., rows, cols).

    Args:
        shape: that of the conductances.
        r_word: segment of a word line [ohm]; broadcasts to (..., rows, cols), so (cols,) is one value per column.
        r_bit: segment of a bit line [ohm]; broadcasts to (..., rows, cols), so (rows, 1) is one value per row.
        r_source: driver [ohm]; broadcasts to (..., rows).
        r_sense: termination of a bit line [ohm]; broadcasts to (..., cols).
        r_far_source: from the last cell of a word line to its source [ohm]; broadcasts to (..., rows).
        r_far_sense: from the top cell of a bit line to its end [ohm]; broadcasts to (..., cols).
        plain: whether open segments are refused.
        supply: what feeds the cells: "word_line" or "source_line", where drivers broadcast to (..., cols).

    Raises:
        CrossbarError: a negative or misshapen value, or an infinite one where it is refused.
        UnknownName: a supply that does not exist.
    """
    if supply not in SUPPLIES:
        raise UnknownName("supply", supply, SUPPLIES)
    *stack, rows, cols = shape
    vertical = supply == "source_line"
    cells, words, bits = (*stack, rows, cols), (*stack, cols if vertical else rows), (*stack, cols)
    return Wires(
        _spread("r_word", r_word, "ohm", cells, not plain),
        _spread("r_bit", r_bit, "ohm", cells, not plain),
        _spread("r_source", r_source, "ohm", words, not plain),
        _spread("r_sense", r_sense, "ohm", bits, not plain),
        _spread("r_far_source", r_far_source, "ohm", words, True),
        _spread("r_far_sense", r_far_sense, "ohm", bits, True),
        vertical,
    )


def checked_capacitances(shape: tuple[int, ...], c_word: ArrayLike, c_bit: ArrayLike, c_end: ArrayLike) -> Capacitances:
    """Return the capacitances of crossbars of ``shape`` (..., rows, cols).

    Args:
        shape: that of the conductances.
        c_word: at each word-line node [F]; broadcasts to (..., rows, cols).
        c_bit: at each bit-line node [F]; broadcasts to (..., rows, cols).
        c_end: where a bit line ends [F]; broadcasts to (..., cols).

    Raises:
        CrossbarError: a negative, endless or misshapen value.
    """
    *stack, rows, cols = shape
    return Capacitances(
        _spread("c_word", c_word, "F", (*stack, rows, cols)),
        _spread("c_bit", c_bit, "F", (*stack, rows, cols)),
        _spread("c_end", c_end, "F", (*stack, cols)),
    )


def _spread(name: str, value: ArrayLike, unit: str, shape: tuple[int, ...], endless: bool = False) -> Array:
    array = checked(name, value, unit, endless=endless)
    if array.ndim == 0:  # np.broadcast_to takes ten times as long, which shows where small crossbars are solved
        every = np.ndarray(shape, array.dtype, array, 0, (0,) * len(shape))
        every.flags.writeable = False
        return every
    try:
        return np.broadcast_to(array, shape)
    except ValueError as error:
        raise CrossbarError(f"{name}: shape {array.shape} does not broadcast to {shape}") from error


def pair_word_segments(r_word: ArrayLike, weights: int) -> Array:
    """Return the word segments [ohm] of a crossbar of differential pairs, shape (..., 2*weights).

    The + and the - bit line of a weight tap the word line at one place, so there is one segment per weight: it lies
    before the + column, and the segment between the two columns of a pair is zero. Columns alternate: +, -, +, - ...

    Args:
        r_word: segment per weight [ohm], broadcasts to (..., weights).
        weights: weights per row, half the bit lines.
    """
    segment = checked("r_word", r_word, "ohm")
    per_weight = np.broadcast_to(segment, np.broadcast_shapes(segment.shape, (weights,)))
    return np.stack([per_weight, np.zeros_like(per_weight)], axis=-1).reshape(*per_weight.shape[:-1], 2 * weights)
