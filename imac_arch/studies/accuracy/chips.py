"""What chips have beside their cells: amplifiers, neurons and converters, each with errors of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from imac_arch.case import Case
from imac_arch.circuit import neuron_slope
from imac_arch.components.roles import ADC, AMPLIFIER, DAC, FRONT_END
from imac_arch.data.arrays import Array, single
from imac_arch.studies.accuracy.crossbars import Crossbars
from imac_arch.studies.accuracy.experiment import Experiment
from imac_arch.studies.accuracy.flaws import STARTS, Behind, Curve, Levels, Noise, curve_of, figure, neuron_of
from imac_arch.studies.accuracy.passes import Converter, Reading

__all__ = ["AnalogChips", "ConvertedChips"]

FINE = 12  # bits of hidden values that come bit by bit where no bits are to count
AMPLIFIERS, NEURONS, INPUTS, NOISE, PLACES = range(1, 6)  # what random numbers are for


class AnalogChips:
    """Amplifiers, neurons and input converters of fully analog chips.

    Attributes:
        gain_error: relative standard deviation of an amplifier's gain.
        offset: standard deviation of its input [V].
        reach: largest output of an amplifier [V]; infinite where nothing limits it.
        threshold: standard deviation between neurons of the input at which the output is half [V].
        slope: relative standard deviation between neurons of their slope.
        input_bits: of the converters of the network's inputs; 0 where they need none.
        level_error: standard deviation of a level of theirs, in steps.
    """

    def __init__(self, case: Case, layers: Sequence[Crossbars], experiment: Experiment, volts: float) -> None:
        """Take a network on a technology; its amplifiers have errors unless they are neglected."""
        self.case, self.layers, self.experiment, self.volts = case, layers, experiment, volts
        unless, amplifier, neuron = experiment.unless, case.optional(AMPLIFIER), neuron_of(case, 0)
        self.gain_error = unless("gain", figure(amplifier, "gain_error"))
        self.offset = unless("offset", figure(amplifier, "offset"))
        limited = "saturation" not in experiment.without and getattr(amplifier, "reach", None) is not None
        self.reach = figure(amplifier, "reach") if limited else np.inf  # one that reaches 0 V gives nothing
        self.threshold = unless("neuron", figure(neuron, "mismatch"))
        self.slope = unless("neuron", figure(neuron, "slope_variation"))
        bits = round(figure(case.technology.read, "input_bits"))
        self.input_bits = int(unless("dac", bits)) if bits > 1 else 0
        self.level_error = figure(case.optional(DAC), "level_error") if self.input_bits else 0.0

    @property
    def varies(self) -> bool:
        """Whether chips differ."""
        return any((self.gain_error, self.offset, self.threshold, self.slope, self.level_error))

    @cached_property
    def curves(self) -> list[Curve | None]:
        """Transfer curve of the neurons of each layer; None for ideal ones."""
        ideal, hidden = "neuron" in self.experiment.without, range(len(self.layers) - 1)
        return [*(None if ideal else curve_of(self.case, k) for k in hidden), None]

    @cached_property
    def slopes(self) -> list[float]:
        """How steep the neurons of each layer are in their middle [1/V]."""
        return [neuron_slope(self.case, k) for k in range(len(self.layers))]

    def levels(self, chip: int) -> Levels | None:
        """Return the converters of a chip's inputs."""
        if not self.input_bits:
            return None
        inputs = self.case.network.layers[0].fan_in
        return Levels.drawn(self.input_bits, inputs, self.level_error, self.experiment.drawn(chip, 0, INPUTS))

    def _amplifiers(self, chip: int, layer: int) -> tuple[Array, Array]:
        """Return gains over the nominal one and offsets [V], (amplifiers of a column, columns)."""
        own = self.layers[layer]
        shape = (2, own.amplifiers, own.nominal.shape[1] // 2)
        gains, offsets = self.experiment.drawn(chip, layer, AMPLIFIERS).standard_normal(shape)
        return 1 + self.gain_error * gains, self.offset * offsets

    def maps(self, maps: Sequence[Array], chip: int) -> list[Array]:
        """Return what amplifiers of a chip see per volt, times their own gain over the nominal one."""
        if not self.gain_error:
            return list(maps)
        return [_by_tile(linear, layer, self._amplifiers(chip, k)[0])
                for k, (linear, layer) in enumerate(zip(maps, self.layers, strict=True))]  # fmt: skip

    @staticmethod
    def limited(stages: Sequence[Behind], given: float) -> list[Behind]:
        """Return what is behind each layer, with the limit of the last layer's amplifiers in what it gives.

        Args:
            stages: of a chip.
            given: gain of the technology's amplifiers over the gain in use. No neuron sets the gain of the last layer's
                amplifiers, so they have that of the technology.
        """
        *hidden, last = stages
        return [*hidden, last._replace(limit=last.limit / (given or 1.0))]

    def behind(self, chip: int) -> list[Behind]:
        """Return amplifiers and neurons of a chip, counted from 0, layer by layer, with the technology's gain."""
        found = []
        for k, (layer, curve, steep) in enumerate(zip(self.layers, self.curves, self.slopes, strict=True)):
            last = k == len(self.layers) - 1
            reach = np.inf if layer.circuit.stage is None else steep * self.reach
            stage = Behind(self._shift(chip, k), reach, curve, steep)
            if not last and (self.threshold or self.slope):
                outputs = self.case.network.layers[k].fan_out
                drawn = self.experiment.drawn(chip, k, NEURONS).standard_normal((2, outputs))
                stage = stage._replace(
                    thresholds=steep * self.threshold * drawn[0], slopes=np.maximum(1 + self.slope * drawn[1], 0)
                )
            found.append(stage)
        return found

    def _shift(self, chip: int, layer: int) -> Array | float:
        """Return what offsets add to what pairs give per volt, (columns,): tied amplifiers give their mean."""
        if not self.offset:
            return 0.0
        own, (gains, offsets) = self.layers[layer], self._amplifiers(chip, layer)
        if own.averaging:
            seen: Array = (gains * offsets).mean(axis=0) / self.volts
            return seen
        added = gains * own.shifted(offsets) / self.volts
        total: Array = added.sum(axis=0)
        return total


class ConvertedChips:
    """Virtual grounds and converters of mixed-signal chips.

    Attributes:
        gain_error: as of :class:`AnalogChips`, of the amplifiers that hold virtual grounds before converters.
        offset: likewise [V].
        noise: at the input of a converter, in steps.
        hidden: bits of hidden values; 0 where they are not rounded.
        level_error: standard deviation of a level of an input converter, in steps.
    """

    def __init__(self, case: Case, layers: Sequence[Crossbars], experiment: Experiment, volts: float) -> None:
        """Take a network on a technology; virtual grounds have errors unless their amplifiers are neglected."""
        self.case, self.layers, self.experiment, self.volts = case, layers, experiment, volts
        unless, adc = experiment.unless, case.required(ADC, "a converted crossbar")
        ground = None if layers[0].averaging else case.optional(FRONT_END)
        self.gain_error = unless("gain", figure(ground, "gain_error"))
        self.offset = unless("offset", figure(ground, "offset"))
        self.noise = unless("noise", float(np.sqrt((4 ** figure(adc, "enob_loss") - 1) / 12)))
        self.hidden = round(unless("bits", single(case.hidden_bits)))
        self.serial = case.technology.read.input_mode == "bit_serial"
        dac = case.optional(DAC) if case.technology.read.input_mode == "dac" else None
        self.level_error = unless("dac", figure(dac, "level_error"))
        self._rows: dict[int, Array] = {}
        self.converters = [self._converter(k) for k in range(len(layers))]

    @property
    def varies(self) -> bool:
        """Whether chips differ, or runs of the same one."""
        return any((self.gain_error, self.offset, self.noise, self.level_error))

    def _bits(self, layer: int) -> int:
        """Return the bits of the values on the word lines of a layer."""
        given = self.case.hidden_bits if layer else self.case.technology.read.input_bits.x
        return round(single(given)) if self.hidden or not layer else FINE

    def _converter(self, layer: int) -> Converter | None:
        case, rounds = self.case, "converter" not in self.experiment.without
        if not rounds and not self.noise:
            return None
        adc, rows = case.required(ADC, "a converted crossbar"), single(case.mapping.rows)
        own = round(single(case.hidden_bits if layer else case.technology.read.input_bits.x))
        odd = case.synapse.levels % 2 or case.synapse.levels == 2  # else half a step is a sum too
        largest = case.synapse.largest * (1.0 if self.serial else 2.0**own - 1)
        used = single(adc.used_bits(case.mapping.rows, case.context, np.asarray(largest)))
        whole = odd and not self.layers[0].averaging and (self.serial or self._bits(layer) == own)
        reach = rows * (figure(adc, "full_scale") or 1.0)
        unit = float(1 / largest) if whole else 0.0
        return Converter(used, reach, self._bits(layer), self.serial, unit, rounds)

    def _grounds(self, chip: int, layer: int) -> tuple[Array, Array]:
        """Return gains over the nominal one and offsets [V] of virtual grounds, (tiles, columns)."""
        own, columns = self.layers[layer], self.layers[layer].nominal.shape[1] // 2
        shared = 1
        if self.case.technology.read.front_end == "converter":
            adc = self.case.required(ADC, "a converted crossbar")
            shared = int(np.ravel(adc.shared_columns(self.case.mapping.cols, self.case.context))[0])
        drawn = self.experiment.drawn(chip, layer, AMPLIFIERS).standard_normal((2, len(own.tiles), columns))
        gains, offsets = drawn[..., np.arange(columns) // shared * shared]
        return 1 + self.gain_error * gains, self.offset * offsets

    def maps(self, maps: Sequence[Array], chip: int) -> list[Array]:
        """Return what converters of a chip see per volt, times the gain of their amplifiers over the nominal one."""
        if not self.gain_error:
            return list(maps)
        return [_by_tile(linear, layer, self._grounds(chip, k)[0])
                for k, (linear, layer) in enumerate(zip(maps, self.layers, strict=True))]  # fmt: skip

    def readings(self, chip: int, images: int) -> list[Reading]:
        """Return how the row tiles of each layer of a chip are read, for a number of images."""
        found = []
        for k, (layer, converter) in enumerate(zip(self.layers, self.converters, strict=True)):
            shift = levels = None
            if self.offset:
                gains, offsets = self._grounds(chip, k)
                shift = gains * layer.shifted(offsets) / (self.volts * layer.unit)
            if not self.serial and "dac" not in self.experiment.without:
                drawn = self.experiment.drawn(chip, k, INPUTS)
                inputs = self.case.network.layers[k].fan_in
                levels = Levels.drawn(self._bits(k), inputs, self.level_error, drawn)
            found.append(Reading(converter, shift, levels, self._noise(chip, k, images)))
        return found

    def _noise(self, chip: int, layer: int, images: int) -> Noise | None:
        """Return the noise of a layer's conversions; its row of numbers serves all chips."""
        converter, own = self.converters[layer], self.layers[layer]
        if converter is None or not self.noise:
            return None
        count = images * own.nominal.shape[1] // 2
        if layer not in self._rows or len(self._rows[layer]) < count + STARTS:
            row = self.experiment.drawn(0, layer, NOISE).standard_normal(count + STARTS)
            self._rows[layer] = row * (self.noise * converter.step)
        phases = converter.input_bits if converter.serial else 1
        starts = self.experiment.drawn(chip, layer, PLACES).integers(STARTS, size=(phases, len(own.tiles)))
        return Noise(self._rows[layer], starts)


def _by_tile(linear: Array, layer: Crossbars, gains: Array) -> Array:
    """Return what pairs give per volt, times gains of each row tile or of all alike, (tiles or 1, columns)."""
    if len(gains) == 1:
        return linear * gains
    heights = [rows.stop - rows.start for rows in layer.tiles]
    scaled: Array = linear * np.repeat(gains, heights, axis=0)
    return scaled
