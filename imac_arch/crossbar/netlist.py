"""A crossbar, or a small network of them, as a netlist that ngspice runs as it is.

Names: word line ``i`` of layer ``k`` is driven at node ``x<k>_<i>``, behind its driver in column tile ``t`` lies
``p<k>_<i>_<t>``, its cells are at ``w<k>_<i>_<j>``, those of bit line ``j`` at ``b<k>_<i>_<j>``, its end is
``o<k>_<j>``; the amplifier of weight column ``c`` gives ``d<k>_<c>`` and its neuron ``x<k+1>_<c>``, which drives the
next layer. Where row tiles keep their amplifiers (``voltage_tie``), ends and amplifiers bear the number of the row
tile too, ``o<k>_<j>_<r>`` and ``d<k>_<c>_<r>``, and ``d<k>_<c>`` is where they are tied. A wire without resistance is
no element: both of its ends are one node.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imac_arch.crossbar.exact import load_conductance
from imac_arch.crossbar.partition import JOININGS, Joining, layer_map, spans
from imac_arch.crossbar.solve import READS, Read
from imac_arch.crossbar.wires import Array, CrossbarError, Wires, checked, checked_conductance, checked_wires
from imac_arch.data.errors import UnknownName

__all__ = ["ACTIVATIONS", "Activation", "Layer", "Stage", "Transient", "netlist", "outputs"]

Activation = Literal["linear", "relu", "sigmoid", "tanh"]
ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh")

# Tolerances of ngspice: an operating point to rounding error; a transient that keeps its time steps reasonable.
_EXACT = "reltol=1e-9 abstol=1e-18 vntol=1e-15 gmin=1e-18"
_TRANSIENT = ("reltol=1e-6", "vntol=1e-12", "abstol=1e-18")
_TIE = 1e-3  # ohm, between the amplifiers of row tiles; nothing draws current there, so any equal value ties alike


@dataclass(frozen=True)
class Stage:
    """Differential amplifiers and neurons at the end of a layer, as behavioural sources.

    The amplifier of weight column c gives ``gain`` times the difference of bit lines 2c and 2c+1: of their voltages,
    or of their currents with a virtual ground (then ``gain`` is in ohm). The neuron gives ``swing`` times the
    activation of ``slope*(amplified - threshold)``.

    Attributes:
        gain: of the amplifier, a plain number or [ohm].
        activation: "linear", "relu" (never below zero), "sigmoid" (0 to 1) or "tanh" (-1 to 1).
        swing: of the neuron's output [V].
        slope: of the activation [1/V].
        threshold: of the activation [V].
    """

    gain: float
    activation: Activation = "sigmoid"
    swing: float = 1.0
    slope: float = 1.0
    threshold: float = 0.0

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            raise UnknownName("activation", self.activation, ACTIVATIONS)
        for name in ("gain", "swing", "slope", "threshold"):
            if not np.isfinite(getattr(self, name)):
                raise CrossbarError(f"{name}: {getattr(self, name)}; needed is a finite number")

    def amplify(self, ends: Array) -> Array:
        """Return the amplified differences [V] of pairs of bit lines (..., 2*columns)."""
        return self.gain * (ends[..., 0::2] - ends[..., 1::2])

    def fire(self, amplified: Array) -> Array:
        """Return what the neurons give [V]."""
        x = self.slope * (amplified - self.threshold)
        shaped = {
            "linear": x,
            "relu": np.maximum(x, 0.0),
            "sigmoid": 0.5 * (1.0 + np.tanh(0.5 * x)),
            "tanh": np.tanh(x),
        }
        return self.swing * shaped[self.activation]

    def expression(self, node: str) -> str:
        """Return the neuron as an expression of ngspice in the voltage of ``node``."""
        x = f"({_number(self.slope)})*(v({node})-({_number(self.threshold)}))"
        shaped = {"linear": x, "relu": f"max({x},0)", "sigmoid": f"0.5*(1+tanh(0.5*({x})))", "tanh": f"tanh({x})"}
        return f"({_number(self.swing)})*({shaped[self.activation]})"


@dataclass(frozen=True)
class Layer:
    """The crossbars of a layer with their wires, their read circuit and what follows.

    The fields are the arguments of ``solve`` and, for a layer cut into tiles, of ``partition.layer_map``.

    Attributes:
        conductance: (rows, cols) [S]; with a ``stage`` the columns alternate +, -, +, - ...
        r_word: segment of a word line [ohm].
        r_bit: segment of a bit line [ohm].
        r_source: driver [ohm].
        r_sense: termination with a virtual ground [ohm].
        read: "virtual_ground" or "averaging".
        g_load: load of the averaging read [S].
        c_word: at each word-line node [F].
        c_bit: at each bit-line node [F].
        c_end: where the bit line ends [F].
        stage: amplifiers and neurons, or None where the bit lines are the output.
        heights: word lines of each row tile; one tile where none are given.
        widths: bit lines of each column tile, likewise; even numbers with a ``stage``.
        joining: of row tiles, "current" or "voltage_tie", which needs a ``stage``.
        bias: voltage of a last word line beside the inputs [V], or None.
    """

    conductance: ArrayLike
    r_word: ArrayLike
    r_bit: ArrayLike
    r_source: ArrayLike = 0.0
    r_sense: ArrayLike = 0.0
    read: Read = "virtual_ground"
    g_load: ArrayLike = 0.0
    c_word: ArrayLike = 0.0
    c_bit: ArrayLike = 0.0
    c_end: ArrayLike = 0.0
    stage: Stage | None = None
    heights: Sequence[int] = ()
    widths: Sequence[int] = ()
    joining: Joining = "current"
    bias: float | None = None


@dataclass(frozen=True)
class Transient:
    """A step of all inputs from zero, watched until ``stop`` [s] with steps of at most ``step`` [s]."""

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
        inputs: [V], one per word line of the first layer.
        transient: how long the step response is watched, or None for the operating point alone.
        title: the first line.

    Raises:
        CrossbarError: a value that cannot be, or layers that do not fit.
        UnknownName: a read circuit that does not exist.
    """
    crossbars = [_checked_layer(layer) for layer in layers]
    volts = _checked_chain(layers, crossbars, inputs)
    lines = [f"* {' '.join(title.split())}"]

    def source(name: str, node: str, volt: float) -> str:
        step = f" pwl(0 0 {_number(transient.step)} {_number(volt)})" if transient else ""
        return f"{name} {node} 0 dc {_number(volt)}{step}"

    lines += [source(f"Vin0_{i}", f"x0_{i}", volt) for i, volt in enumerate(volts)]
    shown = [f"i(vin0_{i})" for i in range(len(volts))]
    ends: list[str] = []
    for k, (layer, crossbar) in enumerate(zip(layers, crossbars, strict=True)):
        rows = crossbar.g.shape[0]
        if layer.bias is not None:
            lines.append(source(f"Vbias{k}", f"x{k}_{rows - 1}", layer.bias))
            shown.append(f"i(vbias{k})")
        lines += crossbar.elements(k)
        ends = [end for of_tile in crossbar.ends(k) for end in of_tile]
        shown += ends
        if layer.stage is not None:
            lines += _stage(k, layer.stage, crossbar.ends(k))
            columns = crossbar.g.shape[1] // 2
            neurons = [f"v(x{k + 1}_{c})" for c in range(columns)]
            shown += [f"v(d{k}_{c})" for c in range(columns)] + neurons
            ends += neurons
    lines += [f".options {_EXACT}", ".control", "set numdgt=15", "set width=200", "op"]
    lines += [f"print {name}" for name in shown]
    if transient:
        lines += [f"option {option}" for option in _TRANSIENT]
        lines += [f"tran {_number(transient.step)} {_number(transient.stop)} 0 {_number(transient.step)}"]
        lines += ["set wr_vecnames", f"wrdata transient.txt {' '.join(ends)}"]
    return "\n".join([*lines, "quit", ".endc", ".end", ""])


def outputs(layers: Sequence[Layer], inputs: ArrayLike) -> dict[str, float]:
    """Return what ngspice should print at the operating point, by the same names, from the exact crossbars.

    Raises:
        CrossbarError: a value that cannot be, or layers that do not fit.
        UnknownName: a read circuit that does not exist.
    """
    crossbars = [_checked_layer(layer) for layer in layers]
    values: Array = _checked_chain(layers, crossbars, inputs)
    found: dict[str, float] = {}
    for k, (layer, crossbar) in enumerate(zip(layers, crossbars, strict=True)):
        if layer.bias is not None:
            values = np.append(values, layer.bias)
        ends = values @ layer_map(
            layer.conductance, layer.r_word, layer.r_bit, layer.r_source, layer.r_sense,
            heights=layer.heights, widths=layer.widths, read=layer.read, g_load=layer.g_load, joining=layer.joining,
        )  # fmt: skip
        names = crossbar.ends(k)
        if len(names) == 1:
            found |= dict(zip(names[0], ends.tolist(), strict=True))
        if layer.stage is not None:
            amplified = layer.stage.amplify(ends)
            values = layer.stage.fire(amplified)
            found |= {f"v(d{k}_{c})": float(v) for c, v in enumerate(amplified)}
            found |= {f"v(x{k + 1}_{c})": float(v) for c, v in enumerate(values)}
    return found


@dataclass(frozen=True)
class _Crossbar:
    """A layer, checked; ``load`` is None with a virtual ground."""

    g: Array
    wires: Wires
    load: Array | None
    c_word: Array
    c_bit: Array
    c_end: Array
    down: list[slice]
    across: list[slice]
    tied: bool

    def places(self, k: int) -> list[list[str]]:
        """Return what the end of each bit line is called, once, or for each row tile that keeps its own."""
        cols = range(self.g.shape[1])
        if not self.tied:
            return [[f"{k}_{j}" for j in cols]]
        return [[f"{k}_{j}_{r}" for j in cols] for r in range(len(self.down))]

    def ends(self, k: int) -> list[list[str]]:
        """Return what is read at the end of each bit line: a current into virtual ground or a voltage."""
        form = "i(vo{})" if self.load is None else "v(o{})"
        return [[form.format(place) for place in places] for places in self.places(k)]

    def elements(self, k: int) -> Iterator[str]:
        """Give the elements of the crossbar, wires without resistance left out."""
        rows, cols = self.g.shape
        word, bit = np.empty((rows, cols), dtype=object), np.empty((rows, cols), dtype=object)
        for t, part in enumerate(self.across):
            for i in range(rows):
                here = yield from _wire(f"Rdrv{k}_{i}_{t}", f"x{k}_{i}", f"p{k}_{i}_{t}", self.wires.source[i])
                for j in range(part.start, part.stop):
                    here = yield from _wire(f"Rw{k}_{i}_{j}", here, f"w{k}_{i}_{j}", self.wires.word[i, j])
                    word[i, j] = here
        ends = np.empty((len(self.places(k)), cols), dtype=object)
        for r, places in enumerate(self.places(k)):
            for j, place in enumerate(places):
                ends[r, j] = f"o{place}"
                if self.load is None:
                    ends[r, j] = yield from _wire(f"Rsense{place}", f"z{place}", f"o{place}", self.wires.sense[j])
                    yield f"Vo{place} z{place} 0 dc 0"
                elif self.load[j]:
                    yield f"Rload{place} o{place} 0 {_number(1.0 / self.load[j])}"
        for r, part in enumerate(self.down):
            for j in range(cols):
                here = ends[r if self.tied else 0, j]
                for i in reversed(range(part.start, part.stop)):
                    here = yield from _wire(f"Rb{k}_{i}_{j}", here, f"b{k}_{i}_{j}", self.wires.bit[i, j])
                    bit[i, j] = here
        for i, j in np.argwhere(self.g):
            yield f"Rc{k}_{i}_{j} {word[i, j]} {bit[i, j]} {_number(1.0 / self.g[i, j])}"
        yield from _capacitors(f"Cw{k}", word, self.c_word)
        yield from _capacitors(f"Cb{k}", bit, self.c_bit)
        yield from _capacitors(f"Ce{k}", ends, np.broadcast_to(self.c_end, ends.shape))


def _stage(k: int, stage: Stage, ends: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give amplifiers and neurons; the amplifiers of row tiles are tied by equal resistors."""
    tied = len(ends) > 1
    for c in range(len(ends[0]) // 2):
        for r, names in enumerate(ends):
            name = f"{k}_{c}_{r}" if tied else f"{k}_{c}"
            yield f"Bamp{name} d{name} 0 v=({_number(stage.gain)})*({names[2 * c]}-{names[2 * c + 1]})"
            if tied:
                yield f"Rtie{name} d{name} d{k}_{c} {_number(_TIE)}"
        yield f"Bneuron{k}_{c} x{k + 1}_{c} 0 v={stage.expression(f'd{k}_{c}')}"


def _wire(name: str, here: str, there: str, resistance: float) -> Generator[str, None, str]:
    """Give the resistor and return where it leads: back to ``here`` where there is no resistance."""
    if not resistance:
        return here
    yield f"{name} {here} {there} {_number(resistance)}"
    return there


def _capacitors(name: str, nodes: NDArray[np.object_], values: Array) -> Iterator[str]:
    for i, j in np.argwhere(values):
        yield f"{name}_{i}_{j} {nodes[i, j]} 0 {_number(values[i, j])}"


def _number(value: float) -> str:
    return repr(float(value))


def _checked_layer(layer: Layer) -> _Crossbar:
    g = checked_conductance(layer.conductance)
    if g.ndim != 2:
        raise CrossbarError(f"conductance: shape {g.shape}; a netlist needs (rows, cols)")
    wires = checked_wires(g.shape, layer.r_word, layer.r_bit, layer.r_source, layer.r_sense)
    if layer.read not in READS:
        raise UnknownName("read circuit", layer.read, READS)
    averaging = layer.read == "averaging"
    if averaging and wires.sense.any():
        raise CrossbarError("r_sense: the averaging read has none; give the load as g_load")
    if not averaging and np.any(layer.g_load):
        raise CrossbarError("g_load: the virtual-ground read has none; give the termination as r_sense")
    if layer.stage is not None and g.shape[1] % 2:
        raise CrossbarError(f"conductance: {g.shape[1]} bit lines; pairs need an even number")
    if layer.joining not in JOININGS:
        raise UnknownName("joining", layer.joining, JOININGS)
    down, across = spans("heights", layer.heights, g.shape[0]), spans("widths", layer.widths, g.shape[1])
    tied = layer.joining == "voltage_tie" and len(down) > 1
    if tied and layer.stage is None:
        raise CrossbarError("joining: voltage_tie ties amplifiers; the layer has no stage")
    if layer.stage is not None and any((part.stop - part.start) % 2 for part in across):
        raise CrossbarError(f"widths: {tuple(layer.widths)}; a tile holds whole pairs of bit lines")
    if layer.bias is not None and not np.isfinite(layer.bias):
        raise CrossbarError(f"bias: {layer.bias}; needed is a finite value in V")
    spread = []
    for name, shape in (("c_word", g.shape), ("c_bit", g.shape), ("c_end", g.shape[1:])):
        array = checked(name, getattr(layer, name), "F")
        try:
            spread.append(np.broadcast_to(array, shape))
        except ValueError as error:
            raise CrossbarError(f"{name}: shape {array.shape} does not broadcast to {shape}") from error
    load = load_conductance(g, layer.g_load) if averaging else None
    c_word, c_bit, c_end = spread
    return _Crossbar(g, wires, load, c_word, c_bit, c_end, down, across, tied)


def _checked_chain(layers: Sequence[Layer], crossbars: Sequence[_Crossbar], inputs: ArrayLike) -> Array:
    if not layers:
        raise CrossbarError("a netlist needs at least one layer")
    for k, (layer, here, there) in enumerate(zip(layers, crossbars, crossbars[1:], strict=False)):
        if layer.stage is None:
            raise CrossbarError(f"layer {k} has no stage to drive layer {k + 1}")
        neurons, lines = here.g.shape[1] // 2, _driven(layers[k + 1], there)
        if here.g.shape[1] != 2 * lines:
            raise CrossbarError(f"layer {k} has {neurons} neurons, layer {k + 1} {lines} word lines")
    volts = np.asarray(inputs, dtype=np.float64)
    count = _driven(layers[0], crossbars[0])
    if volts.shape != (count,) or not np.isfinite(volts).all():
        raise CrossbarError(f"inputs: shape {volts.shape}; needed are {count} finite values in V")
    return volts


def _driven(layer: Layer, crossbar: _Crossbar) -> int:
    """Return how many word lines carry inputs."""
    return int(crossbar.g.shape[0]) - (layer.bias is not None)
