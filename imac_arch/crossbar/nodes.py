"""What is called how in a netlist, for who writes it and for who computes the same values.

Word line ``i`` of layer ``k`` is driven at node ``x<k>_<i>``, behind its driver in column tile ``t`` lies
``p<k>_<i>_<t>``, its cells are at ``w<k>_<i>_<j>``, those of bit line ``j`` at ``b<k>_<i>_<j>``, its end is
``o<k>_<j>``; the amplifier of weight column ``c`` gives ``d<k>_<c>`` and its neuron ``x<k+1>_<c>``, which drives the
next layer. Where row tiles keep their amplifiers (``voltage_tie``), ends and amplifiers bear the number of the row
tile too, ``o<k>_<j>_<r>`` and ``d<k>_<c>_<r>``, and ``d<k>_<c>`` is where they are tied. A wire without resistance is
no element: both of its ends are one node. Source lines are driven at ``x<k>_<j>`` and end where word lines would.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from imac_arch.crossbar.layer import CheckedLayer

__all__ = ["amplifier_signals", "end_signals", "line_ends", "loose_nodes", "neuron_signals"]

_Nodes = NDArray[np.object_]


def line_ends(k: int, layer: CheckedLayer) -> list[list[str]]:
    """Return the name of the end of each bit line of layer ``k``, once, or for each row tile that keeps its own."""
    cols = range(layer.conductance.shape[1])
    if not layer.tied:
        return [[f"{k}_{j}" for j in cols]]
    return [[f"{k}_{j}_{r}" for j in cols] for r in range(len(layer.row_tiles))]


def end_signals(k: int, layer: CheckedLayer) -> list[list[str]]:
    """Return what is read at the end of each bit line: a current into virtual ground or a voltage."""
    form = "i(vo{})" if layer.load is None else "v(o{})"
    return [[form.format(end) for end in ends] for ends in line_ends(k, layer)]


def amplifier_signals(k: int, layer: CheckedLayer) -> list[str]:
    """Return the outputs of the amplifiers of layer ``k``."""
    return [f"v(d{k}_{c})" for c in range(layer.conductance.shape[1] // 2)]


def neuron_signals(k: int, layer: CheckedLayer) -> list[str]:
    """Return the outputs of the neurons of layer ``k``."""
    return [f"v(x{k + 1}_{c})" for c in range(layer.conductance.shape[1] // 2)]


def loose_nodes(k: int, layer: CheckedLayer, word: _Nodes, bit: _Nodes, ends: _Nodes) -> list[str]:
    """Return one node of each part of the crossbars of layer ``k`` that is connected to no source and to no ground.

    Args:
        k: the layer.
        layer: its crossbars.
        word: nodes of the cells on word lines, (rows, cols).
        bit: nodes of the cells on bit lines, (rows, cols).
        ends: where bit lines end, (1 or row tiles, cols).
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for here, there in _connected(k, layer, word, bit, ends):
        parent[root(here)] = root(there)
    nodes = {root(str(node)): str(node) for node in np.concatenate([word.ravel(), bit.ravel(), ends.ravel()])}
    held = root("0")
    return sorted(node for top, node in nodes.items() if top != held)


def _connected(k: int, layer: CheckedLayer, word: _Nodes, bit: _Nodes, ends: _Nodes) -> Iterator[tuple[str, str]]:
    """Give pairs of nodes that are connected; sources and loads are connected to ground."""
    wires, cols = layer.wires, word.shape[1]
    if wires.vertical:
        for i, j in np.argwhere(np.isfinite(wires.left)):
            yield word[i, j], word[i - 1, j] if i else "0"
        yield from ((word[-1, j], "0") for j in np.flatnonzero(np.isfinite(wires.far_source)))
    for part in () if wires.vertical else layer.col_tiles:
        for i, j in np.argwhere(np.isfinite(wires.word[:, part])):
            first = j == 0
            if not first or np.isfinite(wires.source[i]):
                yield word[i, part.start + j], "0" if first else word[i, part.start + j - 1]
        for i in np.flatnonzero(np.isfinite(wires.far_source)):
            yield word[i, part.stop - 1], "0"
    for r, part in enumerate(layer.row_tiles):
        own = ends[r if layer.tied else 0]
        for i, j in np.argwhere(np.isfinite(wires.bit[part])):
            last = part.start + i + 1 == part.stop
            yield bit[part.start + i, j], own[j] if last else bit[part.start + i + 1, j]
        for j in np.flatnonzero(np.isfinite(wires.far_sense)):
            yield bit[part.start, j], "0" if layer.load is None else own[j]
        for j in range(cols):
            if np.isfinite(wires.sense[j]) if layer.load is None else layer.load[j] > 0:
                yield own[j], "0"
    for i, j in np.argwhere(layer.conductance):
        yield word[i, j], bit[i, j]
