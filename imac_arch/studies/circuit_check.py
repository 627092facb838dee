"""A circuit as a netlist, and our exact solution of it beside that of ngspice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from imac_arch.crossbar.forward import outputs
from imac_arch.crossbar.layer import Layer
from imac_arch.crossbar.lines import settling_time
from imac_arch.crossbar.ngspice import SpiceResult, run_ngspice
from imac_arch.crossbar.spice import Transient, netlist
from imac_arch.data.arrays import Array
from imac_arch.data.text import visible
from imac_arch.document.crossbar import CheckRow

__all__ = ["MARK", "Circuit"]

MARK = "* imac-arch netlist"
WATCHED = 2**12  # cells of a subarray whose transient is checked: a minute, growing with more than their square
STEPS = 200  # of the transient; it is watched for twice the time in which it should settle
DIGITS = 3  # of its end, the same on every machine
EXACT, SETTLING = 1e-6, 1e-1  # allowed errors of the operating point and of the settling time


@dataclass(frozen=True)
class Circuit:
    """A netlist and what it was made from.

    Attributes:
        title: what it is, without the mark.
        notes: what a reader should know, a line each.
        layers: from the inputs to the outputs.
        inputs: of the first layer [V], (inputs,).
        bits: to which lines settle.
        whole: a whole network, not a single subarray.
    """

    title: str
    notes: tuple[str, ...]
    layers: tuple[Layer, ...]
    inputs: Array
    bits: float
    whole: bool

    def settling(self) -> float:
        """Return when the bit lines have settled after a step of all sources [s]; of a network the sum over layers,
        the first with its inputs, the others with its largest one on every word line."""
        first, *others = self.layers
        largest = float(np.abs(self.inputs).max(initial=0.0)) or 1.0
        steps = [first.settling_time(first.drive(self.inputs), self.bits)]
        steps += [layer.settling_time(np.full(np.shape(layer.conductance)[0], largest), self.bits) for layer in others]
        return math.fsum(steps)

    @property
    def watched(self) -> bool:
        """Whether a check watches the settling: of one subarray that is not too large."""
        return not self.whole and int(np.size(self.layers[0].conductance)) <= WATCHED

    def text(self, *, transient: bool = True) -> str:
        """Return the netlist.

        Args:
            transient: with the step response, where there is anything to charge.
        """
        stop = float(f"{2 * self.settling():.{DIGITS}g}") if transient else 0.0
        step = Transient(stop, stop / STEPS) if stop > 0 else None
        text = netlist(self.layers, self.inputs, transient=step, title=f"{MARK[2:]}: {visible(self.title)}")
        first, rest = text.split("\n", 1)
        return "\n".join([first, *(f"* {note}" for note in self.notes), rest])

    def check(self, *, timeout: float | None = None) -> list[CheckRow]:
        """Run the netlist through ngspice and return what it says beside our solution.

        The settling is compared with the transient where ``watched``.

        Args:
            timeout: how long to wait for ngspice [s]; None waits for ever.

        Raises:
            InputOutputError: ngspice is not there, does not finish or fails.
        """
        spice = run_ngspice(self.text(transient=self.watched), timeout=timeout)
        rows = [_row(*group, EXACT) for group in self._groups(spice.values)]
        return rows if self.whole else [*rows, *self._of_subarray(spice)]

    def _of_subarray(self, spice: SpiceResult) -> Iterator[CheckRow]:
        """Give the power and the settling of a single subarray."""
        layer = self.layers[0]
        state = layer.solve(self.inputs)
        drawn = -math.fsum(volt * spice.values[f"i(vin0_{i})"] for i, volt in enumerate(self.inputs))
        yield _row("power drawn", "W", [float(state.power_drawn)], [drawn], EXACT)
        ours = self.settling() if self.watched else 0.0
        if ours > 0:
            theirs = _settled(spice, state.output_voltage.shape[-1], self.bits)
            yield _row(f"settling to {self.bits:g} bits", "s", [ours], [theirs], SETTLING)
            largest = layer.linear(np.abs(self.inputs).max())
            pole = float(settling_time(np.asarray(largest.time_constant()), np.asarray(self.bits)))
            yield _row("the same, slowest pole alone", "s", [pole], [theirs], None)

    def _groups(self, theirs: Mapping[str, float]) -> Iterator[tuple[str, str, list[float], list[float]]]:
        """Give what is alike: what it is, its unit, our values and those of ngspice."""
        ours = outputs(self.layers, self.inputs)
        for k, layer in enumerate(self.layers):
            on = f"layer {k + 1}: " if self.whole else ""
            lines = ("bit-line currents", "A") if layer.read == "virtual_ground" else ("bit-line voltages", "V")
            kinds = (
                (f"i(vo{k}_", *lines), (f"v(o{k}_", *lines), (f"v(d{k}_", "amplifiers", "V"),
                (f"v(x{k + 1}_", "neurons", "V"),
            )  # fmt: skip
            for start, what, unit in kinds:
                names = [name for name in ours if name.startswith(start)]
                if names:
                    mine, other = ([side[name] for name in names] for side in (ours, theirs))
                    yield f"{on}{len(names)} {what}", unit, mine, other


def _settled(spice: SpiceResult, lines: int, bits: float) -> float:
    """Return when all bit lines have settled in the transient of ngspice [s]; infinite where they have not."""
    if spice.time is None or spice.traces is None:
        return float("inf")
    traces = spice.traces[:, :lines]
    off = np.abs(traces - traces[-1]).max(axis=1) / np.abs(traces[-1]).max()
    within = 2.0 ** -(bits + 1)
    last = int(np.flatnonzero(off > within)[-1])
    if last + 1 >= len(off):
        return float("inf")
    share = np.log(off[last] / within) / np.log(off[last] / max(off[last + 1], np.finfo(float).tiny))
    return float(spice.time[last] + share * (spice.time[last + 1] - spice.time[last]))


def _row(what: str, unit: str, ours: Sequence[float], theirs: Sequence[float], limit: float | None) -> CheckRow:
    mine, other = np.asarray(ours), np.asarray(theirs)
    full = float(np.abs(other).max()) or 1.0
    worst = int(np.argmax(np.abs(mine - other)))
    error = abs(float(mine[worst]) - float(other[worst])) / full if np.isfinite(other[worst]) else float("inf")
    return CheckRow(what, unit, float(mine[worst]), float(other[worst]), error, limit, limit is None or error <= limit)
