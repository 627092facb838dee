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

from imac_arch.crossbar.dissection import dissected
from imac_arch.crossbar.reads import Read, checked_load
from imac_arch.crossbar.solution import solve
from imac_arch.crossbar.wires import (
    Array,
    Capacitances,
    CrossbarError,
    Wires,
    checked_capacitances,
    checked_conductance,
    checked_wires,
)

__all__ = ["Settling", "dominant_time_constant", "step_settling_time"]


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
    r_far_source: ArrayLike = np.inf,
    r_far_sense: ArrayLike = np.inf,
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
        r_far_source: as in ``solve``, above 0 [ohm].
        r_far_sense: as in ``solve``, above 0 [ohm].

    Raises:
        CrossbarError: a value that cannot be, or a bit line that nothing discharges.
        UnknownName: a read circuit that does not exist.
    """
    g = checked_conductance(conductance)
    wires = _checked_wires(g, r_word, r_bit, r_source, r_sense, r_far_source, r_far_sense)
    load = checked_load(g, wires, read, g_load)
    capacitance = checked_capacitances(g.shape, c_word, c_bit, c_end)
    stack = g.shape[:-2]
    times = np.empty((2, *stack))
    for k in np.ndindex(*stack):
        part = wires[k]
        charged = Capacitances(capacitance.word[k], capacitance.bit[k], capacitance.end[k])
        circuit = _Circuit(g[k], part, charged, None if load is None else load[k])
        times[(slice(None), *k)] = circuit.slowest()
    return Settling(times[0], times[1])


def step_settling_time(
    conductance: ArrayLike,
    inputs: ArrayLike,
    r_word: ArrayLike,
    r_bit: ArrayLike,
    r_source: ArrayLike = 0.0,
    r_sense: ArrayLike = 0.0,
    *,
    bits: float,
    c_word: ArrayLike,
    c_bit: ArrayLike,
    c_end: ArrayLike = 0.0,
    read: Read = "virtual_ground",
    g_load: ArrayLike = 0.0,
    r_far_source: ArrayLike = np.inf,
    r_far_sense: ArrayLike = np.inf,
) -> float:
    """Return when the outputs of a crossbar have settled after all sources step from zero to the inputs [s].

    From then on every output, current or voltage, is within half a step of ``bits`` bits of its final value, where the
    full scale is the largest final value. What is left of the state decays by ``exp(-t C^-1 G)``, projected on the
    Krylov space of ``G^-1 C``, which the slow part of the response leaves last.

    Args:
        conductance: of the cells [S], (rows, cols).
        inputs: what the sources step to [V], (rows,).
        r_word: as in ``solve`` [ohm].
        r_bit: as in ``solve`` [ohm].
        r_source: as in ``solve`` [ohm].
        r_sense: as in ``solve`` [ohm].
        bits: to settle to.
        c_word: as in ``dominant_time_constant`` [F].
        c_bit: as in ``dominant_time_constant`` [F].
        c_end: as in ``dominant_time_constant`` [F].
        read: "virtual_ground" or "averaging".
        g_load: as in ``solve`` [S].
        r_far_source: as in ``solve``, above 0 [ohm].
        r_far_sense: as in ``solve``, above 0 [ohm].

    Raises:
        CrossbarError: a value that cannot be, or more than one crossbar.
        UnknownName: a read circuit that does not exist.
    """
    g = checked_conductance(conductance)
    if g.ndim != 2:
        raise CrossbarError(f"conductance: shape {g.shape}; a step response needs (rows, cols)")
    wires = _checked_wires(g, r_word, r_bit, r_source, r_sense, r_far_source, r_far_sense)
    load = checked_load(g, wires, read, g_load)
    capacitance = checked_capacitances(g.shape, c_word, c_bit, c_end)
    far: dict[str, Any] = {"r_far_source": r_far_source, "r_far_sense": r_far_sense}
    final = solve(g, inputs, r_word, r_bit, r_source, r_sense, read=read, g_load=g_load, **far)
    circuit = _Circuit(g, wires, capacitance, load)
    state = np.zeros(len(circuit.c))
    for nodes, values in (
        (circuit.word, final.word_voltage), (circuit.bit, final.bit_voltage), (circuit.end, final.output_voltage)
    ):  # fmt: skip
        state[nodes[nodes >= 0]] = values[nodes >= 0]
    settled = final.output_current if load is None else final.output_voltage
    return _settled(*circuit.decay(state), 2.0 ** -(bits + 1) * float(np.abs(settled).max()))


def _checked_wires(g: Array, *resistances: ArrayLike) -> Wires:
    """Return wires without open segments, whose far ends are no shorts."""
    wires = checked_wires(g.shape, *resistances, plain=True)
    if not (wires.far_source.all() and wires.far_sense.all()):
        raise CrossbarError("r_far_source, r_far_sense: 0; settling needs values above 0 ohm")
    return wires


def _settled(tau: Array, parts: Array, within: float) -> float:
    """Return the last time at which any sum of ``parts * exp(-t/tau)`` exceeds ``within`` [s].

    Args:
        tau: time constants [s], (modes,).
        parts: (outputs, modes).
        within: what counts as settled.
    """
    if not len(tau):
        return 0.0
    first, last = tau.max() * np.finfo(np.float64).eps, tau.max() * 2.0 * np.log(np.abs(parts).sum() / within + 2.0)
    for _ in range(3):  # each pass looks closer at the last crossing
        times = np.linspace(first, last, 400)
        off = np.abs(parts @ np.exp(-times / tau[:, None])).max(axis=0) > within
        if not off.any():
            return 0.0
        at = int(np.flatnonzero(off)[-1])
        first, last = times[at], times[min(at + 1, len(times) - 1)]
    return float(last)


class _Circuit:
    """The RC network of one crossbar, its conductance matrix factorised."""

    def __init__(self, g: Array, wires: Wires, capacitance: Capacitances, load: Array | None) -> None:
        from scipy.sparse import diags
        from scipy.sparse.linalg import splu

        self.g, self.wires, self.load = g, wires, load
        matrix, self.word, self.bit, self.end = _network(g, wires, load)
        nodes = np.concatenate([self.word.ravel(), self.bit.ravel(), self.end])
        values = np.concatenate([capacitance.word.ravel(), capacitance.bit.ravel(), capacitance.end])
        counted = np.bincount(nodes[nodes >= 0], weights=values[nodes >= 0], minlength=matrix.shape[0])
        self.c: Array = counted.astype(np.float64)
        # wires and cells differ by many decades; a unit diagonal keeps digits
        self.scale = 1.0 / np.sqrt(matrix.diagonal())
        self.order = dissected(self.word, self.bit, len(self.c))
        if matrix.shape[0]:
            scaled = (diags(self.scale) @ matrix @ diags(self.scale))[self.order][:, self.order].tocsc()
            symmetric = {"SymmetricMode": True}
            self.factor = splu(scaled, permc_spec="NATURAL", diag_pivot_thresh=0.0, relax=_RELAX, options=symmetric)

    def inverse(self, vector: Array) -> Array:
        """Return the voltages that currents into the nodes make, both along the first axis."""
        if not len(self.order):
            return vector
        scale = self.scale.reshape(-1, *(1,) * (vector.ndim - 1))
        solved: Array = np.empty_like(vector)
        solved[self.order] = self.factor.solve((scale * vector)[self.order])
        voltages: Array = scale * solved
        return voltages

    def slowest(self) -> tuple[float, float]:
        """Return the slowest time constant and the largest Elmore delay [s]."""
        from scipy.sparse.linalg import LinearOperator, eigsh

        if not self.c.any():
            return 0.0, 0.0
        size, elmore, root = len(self.c), float(self.inverse(self.c).max()), np.sqrt(self.c)

        def apply(vector: Array) -> Array:
            moved: Array = root * self.inverse(root * vector.ravel())
            return moved

        if size <= 3:  # Lanczos needs a few dimensions
            dense = np.stack([apply(column) for column in np.eye(size)], axis=1)
            return float(np.linalg.eigvalsh(dense).max()), elmore
        operator = LinearOperator((size, size), matvec=apply, dtype=np.float64)
        value = eigsh(operator, k=1, which="LA", v0=root + root.max(), tol=_SLOWEST, return_eigenvectors=False)
        return float(value[0]), elmore

    def decay(self, state: Array) -> tuple[Array, Array]:
        """Return how the outputs approach their end: time constants [s], (modes,), and parts, (outputs, modes)."""
        root = np.sqrt(self.c)
        start = root * state
        norm = float(np.linalg.norm(start))
        if not norm:
            return np.zeros(0), np.zeros((len(self.end), 0))
        basis, seen, matrix = np.empty((_MODES, len(root))), [], np.zeros((_MODES, _MODES))
        basis[0] = start / norm
        for k in range(_MODES):
            voltage = self.inverse(root * basis[k])
            seen.append(self.outputs(voltage))
            rest = root * voltage
            for _ in range(2):  # the second time takes out what rounding left
                known = basis[: k + 1]
                parts = known @ rest
                matrix[: k + 1, k] += parts
                rest = rest - parts @ known
            length = float(np.linalg.norm(rest))
            if k + 1 == _MODES or length <= np.abs(matrix[: k + 1, : k + 1]).max() * np.finfo(np.float64).eps:
                break
            matrix[k + 1, k] = length
            basis[k + 1] = rest / length
        count = len(seen)
        small = matrix[:count, :count]
        tau, modes = np.linalg.eigh((small + small.T) / 2)
        keep = tau > tau.max() * np.finfo(np.float64).eps * count
        parts = np.stack(seen, axis=1) @ (modes * (modes[0] * norm / np.where(keep, tau, 1.0)))
        return tau[keep], parts[:, keep]

    def outputs(self, voltage: Array) -> Array:
        """Return what is read at the ends of the bit lines, of voltages of the nodes."""
        at = np.append(voltage, 0.0)  # the last one is ground, which is -1
        sense, last = self.wires.sense, self.wires.bit[-1]
        if self.load is not None:
            return np.asarray(at[self.end])
        direct = (self.g * at[self.word]).sum(axis=0)  # where neither wire nor termination has a resistance
        down = np.divide(at[self.bit[-1]], last, out=direct, where=last > 0)
        read: Array = np.divide(at[self.end], sense, out=down, where=sense > 0)
        far: Array = (at[self.bit[0]] - at[self.end]) / self.wires.far_sense
        return read + far


_SLOWEST = 1e-10  # what the slowest time constant may be off, at most, relative to it
_RELAX = 8  # columns of the factor that are taken together though some of their entries are zero
_MODES = 60  # of the projected step response; the outputs of a crossbar need far fewer


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
        (wires.far_source, word[:, -1], np.full(rows, -1)),
        (wires.far_sense, bit[0], end),
    ):
        some = (resistance > 0) & np.isfinite(resistance) & (here != there)
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
    lookup = np.full(used[-1] + 2, -1)  # its last entry is that of ground, -1
    lookup[used[offset:]] = np.arange(len(used) - offset)
    a, b, packed = lookup[a], lookup[b], packed - offset
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
