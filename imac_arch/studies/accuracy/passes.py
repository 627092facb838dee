"""Inference through the hardware of each architecture, a batch of images at a time.

Fully analog: lines, amplifiers with one gain per layer, neurons; hidden values stay analog. Mixed-signal: each row
tile's differential output is converted, in each phase of bit-serial inputs, and added up digitally; neurons are
digital. A digital accelerator computes with integers; a graphics board with half-precision numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple
from imac_arch.studies.accuracy.crossbars import Crossbars
from imac_arch.studies.accuracy.flaws import Behind, Levels, Noise
from imac_arch.studies.accuracy.laws import TIE, Law, Lines, effective, logistic

__all__ = [
    "Converter", "Reading", "Trim", "Way", "analog", "converted", "encoded", "halved", "integers", "outputs_of",
    "rounded", "trims",
]  # fmt: skip

AT_ONCE = 2**15  # partial sums that are converted together, so that they stay in the cache


class Trim(NamedTuple):
    """Gain of a layer's amplifiers.

    Attributes:
        nominal: from differential output per volt to what the neuron sees, from the law of the read without wires.
        trimmed: the same, set once for the nominal cells with wires, so that outputs are right in the mean square.
        given: that of the technology's amplifier, seen by a neuron of the technology's slope; 0 where none is given.
    """

    nominal: float
    trimmed: float
    given: float = 0.0


class Way(NamedTuple):
    """How values stand on lines and weights in columns.

    Attributes:
        symmetric: whether a value of 0 is minus the read voltage.
        slices: weight columns per weight, the most significant first.
        levels: of a column.
    """

    symmetric: bool
    slices: int
    levels: int


class Converter(NamedTuple):
    """The conversion of a layer's partial sums.

    Attributes:
        bits: of a converter.
        rows: whose sum at full input and weight is the end of its range, which is included: those of a subarray, or a
            share of them.
        input_bits: of the values on the word lines.
        serial: whether they come bit by bit, with a conversion for each; else all at once.
        unit: that every sum is a multiple of, which a step never falls short of; 0 for sums of any value.
        rounds: whether it rounds and clips.
    """

    bits: float
    rows: float
    input_bits: int
    serial: bool
    unit: float = 0.0
    rounds: bool = True

    @property
    def step(self) -> float:
        """What the lowest bit stands for, in units of a full weight and input."""
        return 2 * self.rows / 2**self.bits

    @property
    def code(self) -> float:
        """What a code counts for, in the same units: a step, or what every sum is a multiple of."""
        return max(self.step, self.unit) if self.rounds else 1.0

    def convert(self, sums: Array) -> None:
        """Replace partial sums, in units of a full weight and input, by the codes that the converter gives."""
        if not self.rounds:
            return
        most = 2 ** (self.bits - 1)
        sums /= self.code
        np.rint(sums, out=sums)
        np.clip(sums, -most, most, out=sums)


class Reading(NamedTuple):
    """How the row tiles of a layer of one chip are read before their sums are added up digitally.

    Attributes:
        converter: None converts without error.
        shift: that offsets of virtual grounds add to the sums of each row tile, in units of a full weight and input,
            (tiles, columns); None for none.
        levels: of input converters; None for none.
        noise: at the input of converters, in units of a full weight and input; None for none.
    """

    converter: Converter | None = None
    shift: Array | None = None
    levels: Levels | None = None
    noise: Noise | None = None


def rounded(values: Array, bits: int) -> Array:
    """Return values between 0 and 1, each at the nearest of ``2^bits`` levels."""
    most = 2**bits - 1
    nearest: Array = values * most
    np.round(nearest, TIE, out=nearest)  # a sigmoid of 0 stands in the middle of two
    np.rint(nearest, out=nearest)
    nearest /= most
    return nearest


def outputs_of(columns: Array, way: Way) -> Array:
    """Return what weight columns give, bit slices added by their significance, (images, outputs)."""
    if way.slices == 1:
        return columns
    places = float(way.levels) ** np.arange(way.slices - 1, -1, -1)
    joined: Array = columns.reshape(*columns.shape[:-1], -1, way.slices) @ (places / places.sum())
    return joined


def encoded(x: Array, layer: Crossbars, symmetric: bool) -> Array:
    """Return what the word lines carry relative to the read voltage, in the order of the layer's rows.

    Args:
        x: values between 0 and 1, (images, inputs).
        layer: whose word lines they are, the bias as the last of them.
        symmetric: whether a value of 0 is minus the read voltage.
    """
    shown = 2 * x - 1 if symmetric else x
    shown = np.concatenate([shown, np.ones((len(x), layer.order.size - x.shape[1]))], axis=1)
    return shown[:, layer.order] if layer.dealt else shown


def trims(
    layers: Sequence[Crossbars],
    maps: Sequence[tuple[Array, Array]],
    wanted: Sequence[Array],
    drive: Lines,
    way: Way,
) -> list[Trim]:
    """Return the gain of each layer, found on images by least squares, layer by layer.

    Args:
        layers: of the network.
        maps: what pairs give per volt with the nominal cells, without wires and with them.
        wanted: what the neurons of each layer see in exact arithmetic, (images, outputs) for each.
        drive: what the images put on the lines of the first layer.
        way: how values and weights stand on lines and in columns.
    """
    found = []
    for k, (both, sums) in enumerate(zip(maps, wanted, strict=True)):
        if k:
            drive = Lines.of(encoded(logistic(wanted[k - 1]), layers[k], way.symmetric))
        own = []
        for linear in both:
            seen = outputs_of(drive.seen(linear), way)
            power = float((seen * seen).sum())
            own.append(float((seen * sums).sum()) / power if power else 0.0)
        found.append(Trim(*own))
    return found


def analog(
    seen: Array,
    layers: Sequence[Crossbars],
    maps: Sequence[Array],
    gains: Sequence[float],
    behind: Sequence[Behind],
    way: Way,
) -> Array:
    """Return the last layer's sums of a fully analog network, (images, classes).

    Args:
        seen: what each pair of bit lines of the first layer gives per volt, (images, columns); no gain changes it.
        layers: of the network.
        maps: what each pair of bit lines gives per volt on each word line, of each layer.
        gains: of the amplifiers.
        behind: amplifiers and neurons of each layer.
        way: how values and weights stand on lines and in columns.
    """
    total = outputs_of(behind[0].amplified(seen, gains[0]), way)
    for before, layer, linear, gain, stage in zip(behind, layers[1:], maps[1:], gains[1:], behind[1:], strict=False):
        seen = encoded(before.fired(total), layer, way.symmetric) @ linear
        total = outputs_of(stage.amplified(seen, gain), way)
    return total


def converted(
    x: Array,
    layers: Sequence[Crossbars],
    maps: Sequence[Array],
    gains: Sequence[float],
    readings: Sequence[Reading],
    hidden_bits: int,
    way: Way,
    drive: Lines | None = None,
) -> Array:
    """Return the last layer's sums of a mixed-signal network; arguments as of :func:`analog`.

    Args:
        x: images, (images, inputs).
        layers: of the network.
        maps: of each layer.
        gains: from sums in units of a full weight and input to what the neuron sees.
        readings: of each layer.
        hidden_bits: of a digital neuron's output; 0 does not round.
        way: as of :func:`analog`.
        drive: what images put on the lines of the first layer where nothing is done to them.
    """
    total = x
    for layer, linear, gain, reading in zip(layers, maps, gains, readings, strict=True):
        total = gain * _summed(_phases(x, layer, reading, way, drive), layer, linear, reading, way)
        x, drive = rounded(logistic(total), hidden_bits) if hidden_bits else logistic(total), None
    return total


def _phases(
    x: Array, layer: Crossbars, reading: Reading, way: Way, drive: Lines | None
) -> Iterator[tuple[Lines, float]]:
    """Give what word lines carry in each phase, and what it counts; the bias in each, as their shares add up to 1."""
    converter = reading.converter
    if converter is not None and converter.serial and converter.input_bits > 1:
        most = 2**converter.input_bits - 1
        whole = np.rint(x * most).astype(np.int64)
        for k in range(converter.input_bits):
            yield Lines.of(encoded((whole >> k & 1).astype(float), layer, way.symmetric)), 2**k / most
    elif reading.levels is not None:
        yield Lines.of(encoded(reading.levels.applied(x), layer, way.symmetric)), 1.0
    else:
        yield Lines.of(encoded(x, layer, way.symmetric)) if drive is None else drive, 1.0


def _summed(
    phases: Iterable[tuple[Lines, float]], layer: Crossbars, linear: Array, reading: Reading, way: Way
) -> Array:
    """Return the sums over row tiles, each converted, in units of a full weight and input."""
    scaled, total = linear / layer.unit, np.zeros(())
    code, step = 1.0 if reading.converter is None else reading.converter.code, max(1, AT_ONCE // linear.shape[1])
    for phase, (lines, share) in enumerate(phases):
        count, maps = len(lines.values), scaled[lines.driven]
        if not phase:
            total = np.empty((count, linear.shape[1]))
        for start in range(0, count, step):
            images = slice(start, min(count, start + step))
            codes = _codes(lines, layer.tiles, maps, reading, phase, images)
            codes *= share * code
            if phase:
                total[images] += codes
            else:
                total[images] = codes
    return outputs_of(total, way)


def _codes(lines: Lines, tiles: Sequence[slice], maps: Array, reading: Reading, phase: int, images: slice) -> Array:
    """Return the sums over row tiles of what their converters give for some images, (images, columns)."""
    shape = len(lines.values), maps.shape[1]
    total = np.zeros((images.stop - images.start, shape[1]))
    sums = np.empty_like(total)
    for tile, rows in enumerate(lines.cut(tiles)):
        np.matmul(lines.values[images, rows], maps[rows], out=sums)
        if reading.shift is not None:
            sums += reading.shift[tile]
        if reading.noise is not None:
            sums += reading.noise.at(phase, tile, shape)[images]
        if reading.converter is not None:
            reading.converter.convert(sums)
        total += sums
    return total


def integers(x: Array, weights: Sequence[Array], gains: Sequence[float], law: Law, bits: tuple[int, int, int]) -> Array:
    """Return the last layer's sums of a digital accelerator.

    Args:
        x: images, (images, inputs).
        weights: of each layer.
        gains: of each layer.
        law: of the read that the network was trained for.
        bits: of weights, 0 for those that are stored as they are; of inputs; of hidden values.
    """
    total = x
    for k, (stored, gain) in enumerate(zip(weights, gains, strict=True)):
        x = rounded(x, bits[1] if k == 0 else bits[2])
        used = effective(stored, law.tiles(k, len(stored)), law)
        if bits[0]:
            most = float(np.abs(used).max()) or 1.0
            steps = 2 ** (bits[0] - 1) - 1
            used = np.rint(used / most * steps) / steps * most
        total = gain * (Lines.of(law.lines(x)).seen(used[:-1]) + used[-1])
        x = logistic(total)
    return total


def halved(x: Array, weights: Sequence[Array], gains: Sequence[float], law: Law) -> Array:
    """Return the last layer's sums with weights and values in half precision, sums in single precision."""
    total = x
    for k, (stored, gain) in enumerate(zip(weights, gains, strict=True)):
        used = effective(stored, law.tiles(k, len(stored)), law).astype(np.float16).astype(np.float32)
        lines = Lines.of(law.lines(x))
        total = gain * (_half(lines.values) @ used[lines.driven] + used[-1])
        x = logistic(total)
    return total


def _half(values: Array) -> NDArray[np.float32]:
    """Return values between -1 and 1 at half precision, as single precision; whole ones are what they are."""
    if (np.rint(values) == values).all():
        return values.astype(np.float32)  # a tenth of the time
    return values.astype(np.float16).astype(np.float32)
