"""A crossbar, or a small network of them, as a netlist that ngspice runs as it is; ``nodes.py`` says its names."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imac_arch.crossbar.layer import CheckedLayer, Layer, checked_chain, checked_inputs
from imac_arch.crossbar.nodes import amplifier_signals, end_signals, line_ends, loose_nodes, neuron_signals
from imac_arch.crossbar.stage import Stage
from imac_arch.crossbar.wires import Array, CrossbarError

__all__ = ["Transient", "netlist"]

# Tolerances of ngspice: an operating point to rounding error; a transient that keeps its time steps reasonable.
_EXACT = "reltol=1e-9 abstol=1e-18 vntol=1e-15 gmin=1e-18"
_TRANSIENT = ("reltol=1e-6", "vntol=1e-12", "abstol=1e-18")
_TIE = 1e-3  # ohm, between the amplifiers of row tiles; nothing draws current there, so any equal value ties alike

_Nodes = NDArray[np.object_]


@dataclass(frozen=True)
class Transient:
    """A step of all inputs from zero, watched until ``stop`` [s] with steps of at most ``step`` [s].

    Raises:
        CrossbarError: a step that is not above zero or longer than the whole.
    """

    stop: float
    step: float

    def __post_init__(self) -> None:
        if not 0 < self.step <= self.stop < np.inf:
            raise CrossbarError(f"transient: step {self.step} s and stop {self.stop} s; needed is 0 < step <= stop")


def netlist(
    layers: Sequence[Layer], inputs: ArrayLike, *, transient: Transient | None = None, title: str = "crossbar"
) -> str:
    """Return a netlist with an operating point and, where asked for, the step response.

    It prints the current of every source (negative where it delivers), every output, amplifier and neuron; with a
    transient it writes ``transient.txt`` with a pair of columns (time, value) per bit line of the last layer, then
    per neuron.

    Args:
        layers: from the inputs to the outputs; all but the last need a stage, whose neurons drive the next.
        inputs: [V], (inputs,), one per word line of the first layer, its bias not counted.
        transient: how long the step response is watched, or None for the operating point alone.
        title: the first line.

    Raises:
        CrossbarError: a value that cannot be, or layers that do not fit.
        UnknownName: a read circuit or joining that does not exist.
    """
    chain = checked_chain(layers)
    volts = checked_inputs(chain[0], inputs)
    if volts.ndim != 1:
        raise CrossbarError(f"inputs: shape {volts.shape}; a netlist has one value a word line")
    lines = [f"* {' '.join(title.split())}"]
    lines += [_source(f"Vin0_{i}", f"x0_{i}", volt, transient) for i, volt in enumerate(volts)]
    printed = [f"i(vin0_{i})" for i in range(len(volts))]
    watched: list[str] = []
    for k, (layer, crossbar) in enumerate(zip(layers, chain, strict=True)):
        if layer.bias is not None:
            lines.append(_source(f"Vbias{k}", f"x{k}_{crossbar.inputs}", layer.bias, transient))
            printed.append(f"i(vbias{k})")
        lines += _elements(k, crossbar)
        watched = [end for of_tile in end_signals(k, crossbar) for end in of_tile]
        printed += watched
        if layer.stage is not None:
            lines += _stage(k, layer.stage, end_signals(k, crossbar))
            neurons = neuron_signals(k, crossbar)
            printed += amplifier_signals(k, crossbar) + neurons
            watched = watched + neurons
    return "\n".join([*lines, *_control(printed, watched, transient), ""])


def _source(name: str, node: str, volt: float, transient: Transient | None) -> str:
    step = f" pwl(0 0 {_number(transient.step)} {_number(volt)})" if transient else ""
    return f"{name} {node} 0 dc {_number(volt)}{step}"


def _control(printed: Sequence[str], watched: Sequence[str], transient: Transient | None) -> Iterator[str]:
    """Give what ngspice is to do."""
    yield from (f".options {_EXACT}", ".control", "set numdgt=15", "set width=200", "op")
    yield from (f"print {name}" for name in printed)
    if transient:
        yield from (f"option {option}" for option in _TRANSIENT)
        yield f"tran {_number(transient.step)} {_number(transient.stop)} 0 {_number(transient.step)}"
        yield from ("set wr_vecnames", f"wrdata transient.txt {' '.join(watched)}")
    yield from ("quit", ".endc", ".end")


def _elements(k: int, layer: CheckedLayer) -> Iterator[str]:
    """Give the elements of the crossbars of layer ``k``, wires without resistance left out."""
    g, capacitances = layer.conductance, layer.capacitances
    word = yield from _word_lines(k, layer)
    ends = yield from _ends(k, layer)
    bit = yield from _bit_lines(k, layer, ends)
    yield from _far_ends(k, layer, word, bit, ends)
    if layer.wires.cut:
        for node in loose_nodes(k, layer, word, bit, ends):
            yield f"Rloose_{node} {node} 0 1"  # its voltage is undefined and no current flows: any will do
    for i, j in np.argwhere(g):
        here, there = word[i, j], bit[i, j]
        if layer.cell is None:
            yield f"Rc{k}_{i}_{j} {here} {there} {_number(1.0 / g[i, j])}"
        else:
            conducts = layer.cell.spice(f"v({here},{there})", float(g[i, j]), int(i), int(j))
            yield f"Bc{k}_{i}_{j} {here} {there} i=v({here},{there})*({conducts})"
    yield from _capacitors(f"Cw{k}", word, capacitances.word)
    yield from _capacitors(f"Cb{k}", bit, capacitances.bit)
    yield from _capacitors(f"Ce{k}", ends, np.broadcast_to(capacitances.end, ends.shape))


def _word_lines(k: int, layer: CheckedLayer) -> Generator[str, None, _Nodes]:
    """Give drivers and word lines, and return the node of each cell, (rows, cols)."""
    nodes: _Nodes = np.empty(layer.conductance.shape, dtype=object)
    wires = layer.wires
    if wires.vertical:  # source lines, from the top
        for j in range(nodes.shape[1]):
            here = yield from _wire(f"Rdrv{k}_{j}_0", f"x{k}_{j}", f"p{k}_{j}_0", wires.source[j])
            for i in range(len(nodes)):
                here = yield from _wire(f"Rw{k}_{i}_{j}", here, f"w{k}_{i}_{j}", wires.word[i, j])
                nodes[i, j] = here
        return nodes
    for t, part in enumerate(layer.col_tiles):
        for i in range(len(nodes)):
            here = yield from _wire(f"Rdrv{k}_{i}_{t}", f"x{k}_{i}", f"p{k}_{i}_{t}", wires.source[i])
            for j in range(part.start, part.stop):
                here = yield from _wire(f"Rw{k}_{i}_{j}", here, f"w{k}_{i}_{j}", wires.word[i, j])
                nodes[i, j] = here
    return nodes


def _far_ends(k: int, layer: CheckedLayer, word: _Nodes, bit: _Nodes, ends: _Nodes) -> Iterator[str]:
    """Give what connects the far ends of lines: to their source, and to the end of their bit line."""
    wires, names = layer.wires, line_ends(k, layer)
    for t, part in enumerate(layer.col_tiles):
        for i in np.flatnonzero(np.isfinite(wires.far_source)):
            last = word[-1, i] if wires.vertical else word[i, part.stop - 1]
            yield from _bridge(f"fw{k}_{i}_{t}", last, f"x{k}_{i}", wires.far_source[i])
    for r, part in enumerate(layer.row_tiles):
        for j in np.flatnonzero(np.isfinite(wires.far_sense)):
            own = r if layer.tied else 0
            end = ends[own, j] if layer.load is not None else f"z{names[own][j]}"
            yield from _bridge(f"fb{k}_{j}_{r}", bit[part.start, j], end, wires.far_sense[j])


def _ends(k: int, layer: CheckedLayer) -> Generator[str, None, _Nodes]:
    """Give terminations or loads, and return the node where each bit line ends, (1 or row tiles, cols)."""
    names = line_ends(k, layer)
    nodes: _Nodes = np.empty((len(names), len(names[0])), dtype=object)
    for r, of_tile in enumerate(names):
        for j, name in enumerate(of_tile):
            nodes[r, j] = f"o{name}"
            if layer.load is None:
                nodes[r, j] = yield from _wire(f"Rsense{name}", f"z{name}", f"o{name}", layer.wires.sense[j])
                yield f"Vo{name} z{name} 0 dc 0"
            elif layer.load[j]:
                yield f"Rload{name} o{name} 0 {_number(1.0 / layer.load[j])}"
    return nodes


def _bit_lines(k: int, layer: CheckedLayer, ends: _Nodes) -> Generator[str, None, _Nodes]:
    """Give the bit lines from their ends upwards, and return the node of each cell, (rows, cols)."""
    nodes: _Nodes = np.empty(layer.conductance.shape, dtype=object)
    for r, part in enumerate(layer.row_tiles):
        for j in range(nodes.shape[1]):
            here = ends[r if layer.tied else 0, j]
            for i in reversed(range(part.start, part.stop)):
                here = yield from _wire(f"Rb{k}_{i}_{j}", here, f"b{k}_{i}_{j}", layer.wires.bit[i, j])
                nodes[i, j] = here
    return nodes


def _stage(k: int, stage: Stage, ends: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give amplifiers and neurons; the amplifiers of row tiles are tied by equal resistors."""
    tied = len(ends) > 1
    for c in range(len(ends[0]) // 2):
        for r, names in enumerate(ends):
            name = f"{k}_{c}_{r}" if tied else f"{k}_{c}"
            yield f"Bamp{name} d{name} 0 v=({_number(stage.gain)})*({names[2 * c]}-{names[2 * c + 1]})"
            if tied:
                yield f"Rtie{name} d{name} d{k}_{c} {_number(_TIE)}"
        yield f"Bneuron{k}_{c} x{k + 1}_{c} 0 v={_neuron(stage, f'd{k}_{c}')}"


def _neuron(stage: Stage, node: str) -> str:
    """Return the neuron as an expression of ngspice in the voltage of ``node``."""
    x = f"({_number(stage.slope)})*(v({node})-({_number(stage.threshold)}))"
    shaped = {"linear": x, "relu": f"max({x},0)", "sigmoid": f"0.5*(1+tanh(0.5*({x})))", "tanh": f"tanh({x})"}
    return f"({_number(stage.swing)})*({shaped[stage.activation]})"


def _wire(name: str, here: str, there: str, resistance: float) -> Generator[str, None, str]:
    """Give the resistor and return where it leads: back to ``here`` where there is no resistance."""
    if not resistance:
        return here
    if resistance < np.inf:
        yield f"{name} {here} {there} {_number(resistance)}"
    return there


def _bridge(name: str, here: str, there: str, resistance: float) -> Iterator[str]:
    """Give what connects two nodes that both exist; without resistance a source of 0 V."""
    if resistance:
        yield f"R{name} {here} {there} {_number(resistance)}"
    elif here != there:
        yield f"V{name} {here} {there} dc 0"


def _capacitors(name: str, nodes: _Nodes, values: Array) -> Iterator[str]:
    for i, j in np.argwhere(values):
        yield f"{name}_{i}_{j} {nodes[i, j]} 0 {_number(values[i, j])}"


def _number(value: float) -> str:
    return repr(float(value))
