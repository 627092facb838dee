"""What is called how in a netlist, for who writes it and for who computes the same values.

Word line ``i`` of layer ``k`` is driven at node ``x<k>_<i>``, behind its driver in column tile ``t`` lies
``p<k>_<i>_<t>``, its cells are at ``w<k>_<i>_<j>``, those of bit line ``j`` at ``b<k>_<i>_<j>``, its end is
``o<k>_<j>``; the amplifier of weight column ``c`` gives ``d<k>_<c>`` and its neuron ``x<k+1>_<c>``, which drives the
next layer. Where row tiles keep their amplifiers (``voltage_tie``), ends and amplifiers bear the number of the row
tile too, ``o<k>_<j>_<r>`` and ``d<k>_<c>_<r>``, and ``d<k>_<c>`` is where they are tied. A wire without resistance is
no element: both of its ends are one node.
"""

from __future__ import annotations

from imac_arch.crossbar.layer import CheckedLayer

__all__ = ["amplifier_signals", "end_signals", "line_ends", "neuron_signals"]


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
