"""How fast a crossbar with wires and capacitances settles.

With G the conductance matrix of all nodes and C their capacitances, an excitation decays by modes ``G v = C v/tau``.
The slowest is found exactly (sparse factorisation, Lanczos); nodes that are joined by wires without resistance are
one node. The Elmore estimate ``max(G^-1 C 1)`` is an upper bound of it, since ``G^-1 C`` has no negative entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imac_arch.crossbar.exact import load_conductance
from imac_arch.crossbar.solve import READS, Read
from imac_arch.crossbar.wires import Array, CrossbarError, Wires, checked, checked_conductance, checked_wires
from imac_arch.errors import UnknownName

__all__ = ["Settling", "dominant_time_constant"]


@dataclass(frozen=True)
class Settling:
    """How fast a stack of crossbars settles.

    Attributes:
        time_constant: of the slowest mode [s], (...).
        elmore: the largest Elmore delay of a node with all sources stepped together [s], (...); never below it.
    """

    time_constant: Array
    elmore: Array


def dominant_time_constant(
    conductance: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    *,
    c_word: ArrayLike,
    c_bit: ArrayLike,
    c_end: ArrayLike = 0.0,
    read: Read = "virtual_ground",
    g_load: ArrayLike = 0.0,
) -> Settling:
    """Return the slowest time constant of the RC network of a crossbar.

    Args:
        conductance: of the cells [S], (..., rows, cols).
        r_word: as in ``solve`` [ohm].
        r_bit: as in ``solve`` [ohm].
        r_source: as in ``solve`` [ohm].
        r_sense: as in ``solve`` [ohm].
        c_word: to ground at each word-line node [F], broadcasts to (..., rows, cols).
        c_bit: to ground at each bit-line node [F], broadcasts to (..., rows, cols).
        c_end: to ground where the bit line's last segment ends [F], broadcasts to (..., cols).
        read: "virtual_ground" or "averaging".
        g_load: as in ``solve`` [S].

    Raises:
        CrossbarError: a value that cannot be, or a bit line that nothing discharges.
        UnknownName: a read circuit that does not exist.
    """
    g = checked_conductance(conductance)
    *stack, rows, cols = g.shape
    wires = checked_wires(g.shape, r_word, r_bit, r_source, r_sense)
    if read not in READS:
        raise UnknownName("read circuit", read, READS)
    if read == "averaging" and wires.sense.any():
        raise CrossbarError("r_sense: the averaging read has none; give the load as g_load")
    if read == "virtual_ground" and np.any(g_load):
        raise CrossbarError("g_load: the virtual-ground read has none; give the termination as r_sense")
    load = load_conductance(g, g_load) if read == "averaging" else None
    shapes = {"c_word": (*stack, rows, cols), "c_bit": (*stack, rows, cols), "c_end": (*stack, cols)}
    capacitance = []
    for (name, shape), value in zip(shapes.items(), (c_word, c_bit, c_end), strict=True):
        array = checked(name, value, "F")
        try:
            capacitance.append(np.broadcast_to(array, shape))
        except ValueError as error:
            raise CrossbarError(f"{name}: shape {array.shape} does not broadcast to {shape}") from error
    found = np.empty((2, *stack))
    for k in np.ndindex(*stack):
        part = Wires(wires.word[k], wires.bit[k], wires.source[k], wires.sense[k])
        found[(slice(None), *k)] = _slowest(
            g[k], part, [values[k] for values in capacitance], None if load is None else load[k]
        )
    return Settling(found[0], found[1])


def _slowest(g: Array, wires: Wires, capacitance: list[Array], load: Array | None) -> tuple[float, float]:
    from scipy.sparse import diags
    from scipy.sparse.linalg import LinearOperator, eigsh, splu

    matrix, word, bit, end = _network(g, wires, load)
    size = matrix.shape[0]
    nodes = np.concatenate([word.ravel(), bit.ravel(), end])
    values = np.concatenate([values.ravel() for values in capacitance])
    c = np.bincount(nodes[nodes >= 0], weights=values[nodes >= 0], minlength=size)
    if not c.any():
        return 0.0, 0.0
    scale = 1.0 / np.sqrt(matrix.diagonal())  # wires and cells differ by many decades; a unit diagonal keeps digits
    factor = splu((diags(scale) @ matrix @ diags(scale)).tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0)
    elmore = float((scale * factor.solve(scale * c)).max())
    root = np.sqrt(c) * scale

    def apply(vector: Array) -> Array:
        moved: Array = root * factor.solve(root * vector.ravel())
        return moved

    if size <= 3:  # Lanczos needs a few dimensions
        dense = np.stack([apply(column) for column in np.eye(size)], axis=1)
        return float(np.linalg.eigvalsh(dense).max()), elmore
    operator = LinearOperator((size, size), matvec=apply, dtype=np.float64)
    value = eigsh(operator, k=1, which="LA", v0=np.sqrt(c) + np.sqrt(c).max(), return_eigenvectors=False)
    return float(value[0]), elmore


def _network(g: Array, wires: Wires, load: Array | None) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the sparse conductance matrix and the node number of every place; ground is -1."""
    from scipy.sparse import coo_array

    rows, cols = g.shape
    # Counting the resistances between a place and its line's driver (or end) numbers the nodes that remain.
    steps = np.cumsum(wires.left > 0, axis=1)
    word = np.where(steps > 0, np.arange(rows)[:, None] * cols + steps - 1, -1)
    whole = np.vstack([wires.bit, wires.sense[None]])[::-1]
    steps = np.cumsum((whole > 0) | ((load is not None) & (np.arange(rows + 1) == 0))[:, None], axis=0)
    numbered = np.where(steps > 0, rows * cols + np.arange(cols) * (rows + 1) + steps - 1, -1)
    end, bit = numbered[0], numbered[:0:-1]

    first, second, value = [word.ravel()], [bit.ravel()], [g.ravel()]
    for resistance, here, there in (
        (wires.left, word, np.hstack([np.full((rows, 1), -1), word[:, :-1]])),
        (wires.bit, bit, np.vstack([bit[1:], end])),
        (wires.sense, end, np.full(cols, -1)),
    ):
        some = (resistance > 0) & (here != there)
        first.append(here[some])
        second.append(there[some])
        value.append(1.0 / resistance[some])
    if load is not None:
        first.append(end)
        second.append(np.full(cols, -1))
        value.append(load)
    a, b, y = np.concatenate(first), np.concatenate(second), np.concatenate(value)
    used, packed = np.unique(np.concatenate([word.ravel(), bit.ravel(), end]), return_inverse=True)
    offset = int(used[0] == -1)
    lookup = dict(zip(used.tolist(), range(-offset, len(used) - offset), strict=True))
    a, b = (np.array([lookup.get(k, -1) for k in nodes.tolist()], dtype=np.int64) for nodes in (a, b))
    packed = packed - offset
    size = len(used) - offset
    at_a, at_b, both = a >= 0, b >= 0, (a >= 0) & (b >= 0)
    matrix = coo_array(
        (
            np.concatenate([y[at_a], y[at_b], -y[both], -y[both]]),
            (
                np.concatenate([a[at_a], b[at_b], a[both], b[both]]),
                np.concatenate([a[at_a], b[at_b], b[both], a[both]]),
            ),
        ),
        shape=(size, size),
    ).tocsc()
    inner = rows * cols
    return (
        matrix,
        packed[:inner].reshape(rows, cols),
        packed[inner : 2 * inner].reshape(rows, cols),
        packed[2 * inner :],
    )
