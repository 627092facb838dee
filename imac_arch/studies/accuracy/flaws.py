"""What amplifiers, neurons and input converters do beside what they are meant to, and its draws for each chip."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from imac_arch.case import Case
from imac_arch.components.base import Context
from imac_arch.components.roles import NEURON
from imac_arch.data.arrays import Array, single
from imac_arch.data.records import NamedTuple
from imac_arch.studies.accuracy.laws import logistic

__all__ = ["STARTS", "Behind", "Curve", "Levels", "Noise", "curve_of", "figure", "neuron_of"]

STARTS = 2**16
POINTS, SUPPLIES = 2**13, 4  # of a transfer curve: its intervals, and how far it reaches to either side
AT_ONCE = 2**14  # values of neurons that are found together, so that they stay in the cache
LEVELS = 2**10  # of a converter whose errors are drawn; one of more bits repeats them


@runtime_checkable
class Transferring(Protocol):
    """A neuron that knows its transfer curve."""

    def transfer(self, context: Context, inputs: Array) -> Array:
        """Return the output over the supply, rising with the voltages of the amplifier [V]."""


class Curve(NamedTuple):
    """A transfer curve between evenly spaced points.

    Attributes:
        reach: the first and the last point lie at minus and plus this input [V]; the curve is level beyond.
        values: output over the supply at the points.
        rises: from each point to the next, 0 at the last.
    """

    reach: float
    values: Array
    rises: Array

    def at(self, volts: Array) -> Array:
        """Return the output over the supply for inputs [V]."""
        most = len(self.values) - 1
        place: Array = volts + self.reach
        place *= most / (2 * self.reach)
        np.clip(place, 0, most, out=place)
        whole = np.floor(place)
        left = whole.astype(np.intp)
        place -= whole
        place *= np.take(self.rises, left, out=whole, mode="clip")
        place += np.take(self.values, left, out=whole, mode="clip")
        return place


class Behind(NamedTuple):
    """What stands behind the crossbars of a layer of one chip.

    Attributes:
        shift: that offsets of amplifiers add to what pairs give per volt, (columns,) or 0.
        limit: of an amplifier's output, in what the neuron sees; infinite without.
        curve: of the neurons; None for the logistic.
        steep: slope of the logistic that the curve is as steep as [1/V].
        thresholds: of the neurons, in what they see, (outputs,) or 0.
        slopes: of the neurons over that of all, (outputs,) or 1.
    """

    shift: Array | float = 0.0
    limit: float = np.inf
    curve: Curve | None = None
    steep: float = 1.0
    thresholds: Array | float = 0.0
    slopes: Array | float = 1.0

    def amplified(self, columns: Array, gain: float) -> Array:
        """Return what amplifiers give, in what the neuron sees, for what pairs give per volt, (images, columns)."""
        columns = columns + self.shift
        columns *= gain
        if np.isfinite(self.limit):
            np.clip(columns, -self.limit, self.limit, out=columns)
        return columns

    def fired(self, seen: Array) -> Array:
        """Return the outputs of the neurons over the supply, (images, outputs)."""
        found = np.empty_like(seen)
        step = max(1, AT_ONCE // seen.shape[1])
        for start in range(0, len(seen), step):
            images = slice(start, start + step)
            own = seen[images] - self.thresholds
            own *= self.slopes
            if self.curve is not None:
                own /= self.steep
            found[images] = logistic(own) if self.curve is None else self.curve.at(own)
        return found


class Levels(NamedTuple):
    """The levels of the input converters of a layer.

    Attributes:
        bits: of a converter.
        errors: of the levels, in steps, (inputs, levels); None for none.
    """

    bits: int
    errors: Array | None = None

    def applied(self, x: Array) -> Array:
        """Return the values between 0 and 1 that converters give for others, (images, inputs)."""
        most = 2**self.bits - 1
        codes = np.rint(x * most)
        if self.errors is None:
            exact: Array = codes / most
            return exact
        kept = codes.astype(np.intp) % self.errors.shape[1]
        off: Array = (codes + self.errors[np.arange(x.shape[1]), kept]) / most
        return off

    @classmethod
    def drawn(cls, bits: int, inputs: int, error: float, generator: np.random.Generator) -> Levels:
        """Return the converters of one chip, whose levels are off by a standard deviation of ``error`` steps."""
        if not error:
            return cls(bits)
        return cls(bits, error * generator.standard_normal((inputs, min(2**bits, LEVELS))))


class Noise(NamedTuple):
    """Noise of the conversions of a layer: pieces of one long row of random numbers, each from a place of its own.

    A number for each conversion would take longer than the network itself. The noise of an image is the same whatever
    images follow.

    Attributes:
        values: the row.
        starts: where the conversions of a row tile begin, (phases, tiles), below :data:`STARTS`.
    """

    values: Array
    starts: NDArray[np.int64]

    def at(self, phase: int, tile: int, shape: tuple[int, int]) -> Array:
        """Return the noise of the conversions of a row tile, (images, columns)."""
        start = int(self.starts[phase, tile])
        return self.values[start : start + shape[0] * shape[1]].reshape(shape)


def figure(component: object | None, name: str) -> float:
    """Return a figure that a component may have; 0 where it says nothing of it, which it lists as neglected."""
    quantity = getattr(component, name, None)
    return 0.0 if quantity is None else single(getattr(quantity, "x", quantity))


def neuron_of(case: Case, layer: int) -> object | None:
    """Return the neuron of a layer, counted from 0; None where it is neglected."""
    if NEURON.name not in case.technology.components:
        return None
    serving = (neuron for neuron, served in case.by_activation(NEURON) if np.ravel(served[layer])[0])
    return next(serving, None)


def curve_of(case: Case, layer: int) -> Curve | None:
    """Return the transfer curve of the neurons of a layer, counted from 0; None where it is unknown."""
    neuron = neuron_of(case, layer)
    if not isinstance(neuron, Transferring):
        return None
    reach = SUPPLIES * single(case.context.vdd)
    values = neuron.transfer(case.context, np.linspace(-reach, reach, POINTS + 1))
    return Curve(reach, values, np.append(np.diff(values), 0.0))
