"""A network on the crossbars of a technology, chip by chip: what is drawn of its cells, amplifiers and neurons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from imac_arch.case import Case
from imac_arch.circuit import neuron_slope
from imac_arch.data.arrays import Array, single
from imac_arch.data.keeping import collected
from imac_arch.studies.accuracy.chips import AnalogChips, ConvertedChips
from imac_arch.studies.accuracy.crossbars import Crossbars, pairs
from imac_arch.studies.accuracy.experiment import Experiment
from imac_arch.studies.accuracy.laws import Lines, totals
from imac_arch.studies.accuracy.nets import Net
from imac_arch.studies.accuracy.passes import Trim, Way, analog, converted, encoded, trims

__all__ = ["Hardware"]


class Hardware:
    """A network on the crossbars of a technology, at the medians of its quantities.

    Attributes:
        case: network and technology.
        net: the trained network.
        x: its inputs, (images, inputs).
        experiment: how it is looked at.
        layers: the crossbars of each layer.
        shown: inputs that amplifiers are set on, however many are classified; all of them where None are given.
    """

    def __init__(
        self,
        case: Case,
        net: Net,
        x: Array,
        experiment: Experiment,
        layers: list[Crossbars],
        shown: Array | None = None,
    ) -> None:
        """Take a network on a technology; nothing is solved before it is asked for."""
        self.case, self.net, self.x, self.experiment, self.layers = case, net, x, experiment, layers
        self.shown = x if shown is None else shown
        read, synapse = case.technology.read, case.synapse
        self.way = Way(read.encoding != "0/V", int(single(synapse.columns_per_weight.x)), synapse.levels)
        self.volts = single(read.voltage.x)
        self.sigma = experiment.unless("variation", single(synapse.variation.x))
        self.stuck = experiment.unless("stuck", experiment.stuck)

    def under(self, experiment: Experiment) -> Hardware:
        """Return the same crossbars looked at in another way, with what is solved of them."""
        other = Hardware(self.case, self.net, self.x, experiment, self.layers, self.shown)
        programmings = [each._replace(without=frozenset()) for each in (self.experiment, experiment)]
        alike = (self.sigma, self.stuck, programmings[0]) == (other.sigma, other.stuck, programmings[1])
        kept = ("nominal", "ideal", "trims", *(("programmed", "solved", "others_solved") if alike else ()))
        vars(other).update({name: vars(self)[name] for name in kept if name in vars(self)})
        return other

    @cached_property
    def nominal(self) -> list[Array]:
        """What each bit line reads per volt on each word line with its cells as they were meant, of each layer."""
        return [layer.exact(layer.nominal) for layer in self.layers]

    @cached_property
    def ideal(self) -> list[Array]:
        """The same without wires and drivers."""
        return [layer.ideal(layer.nominal) for layer in self.layers]

    @cached_property
    def software(self) -> list[Array]:
        """What the neurons of each layer see in exact arithmetic, (images, outputs) for each."""
        return totals(self.x, self.net.weights, self.net.gains, self.net.law)

    @cached_property
    def trims(self) -> list[Trim]:
        """The gain of each layer's amplifiers."""
        net, alike = self.net, self.shown is self.x
        maps = [(pairs(ideal), pairs(wired)) for ideal, wired in zip(self.ideal, self.nominal, strict=True)]
        wanted = self.software if alike else totals(self.shown, net.weights, net.gains, net.law)
        found = trims(self.layers, maps, wanted, self.drive if alike else self._driven(self.shown), self.way)
        return [trim._replace(given=self._given(k)) for k, trim in enumerate(found)]

    def _given(self, layer: int) -> float:
        """Return the gain of the technology's own amplifiers and neurons, in the units of :class:`Trim`."""
        stage, amplifiers = self.layers[layer].circuit.stage, 1
        if stage is None:
            return 0.0
        if not self.layers[layer].averaging:  # currents of tiles add up, their amplifiers' outputs have a mean
            amplifiers = self.layers[layer].amplifiers
        return neuron_slope(self.case, layer) * stage.gain * self.volts / amplifiers

    @property
    def varies(self) -> bool:
        """Whether one programming differs from another."""
        return bool(self.sigma or self.stuck)

    @cached_property
    def programmed(self) -> list[list[Array]]:
        """What the pairs of bit lines give per volt on each word line, of each layer for each programming."""
        if not self.varies:
            return [[pairs(lines) for lines in self.nominal]]
        return self._programmings("programmings", range(self.experiment.programmings), self.experiment.exact)

    @cached_property
    def solved(self) -> list[list[Array]]:
        """The first programmings, each solved anew: those that correct the cheap ones."""
        return self._programmings("exact programmings", range(self.experiment.control), True)

    @cached_property
    def others_solved(self) -> list[list[Array]]:
        """The programmings beyond those, each solved anew."""
        others = range(self.experiment.control, self.experiment.programmings)
        return self._programmings("exact programmings", others, True)

    def _programmings(self, what: str, numbers: range, exact: bool) -> list[list[Array]]:
        if not exact:
            _ = self.nominal, self.ideal  # found once, before several threads ask for them
        return collected(what, numbers, lambda number: self._programming(number, exact), threads=True)

    def _programming(self, number: int, exact: bool) -> list[Array]:
        maps = []
        for k, layer in enumerate(self.layers):
            g = layer.programmed(self.sigma, self.stuck, self.experiment.drawn(number, k))
            if exact or not layer.wired:
                maps.append(pairs(layer.exact(g)))
            else:
                lines = layer.ideal(g)  # in place: what takes time here is memory
                lines /= self.ideal[k]
                lines *= self.nominal[k]
                maps.append(pairs(lines))
        return maps

    @cached_property
    def amplified(self) -> AnalogChips:
        """What fully analog chips have beside their cells."""
        return AnalogChips(self.case, self.layers, self.experiment, self.volts)

    @cached_property
    def sampled(self) -> ConvertedChips:
        """What mixed-signal chips have beside their cells."""
        return ConvertedChips(self.case, self.layers, self.experiment, self.volts)

    def chips(self, way: str) -> list[tuple[int, list[Array]]]:
        """Return the chips, each with its number and what is programmed of it: one where nothing differs."""
        own = self.amplified if way == "analog" else self.sampled
        cells = self.programmed
        if not self.varies and own.varies:
            cells = cells * self.experiment.programmings
        return list(enumerate(cells))

    @cached_property
    def drive(self) -> Lines:
        """What the images put on the word lines of the first layer."""
        return self._driven(self.x)

    def _driven(self, x: Array) -> Lines:
        return Lines.of(encoded(x, self.layers[0], self.way.symmetric))

    def analog(self, maps: Sequence[Array], gain: str, chip: int = 0) -> Array:
        """Return the sums of the last layer, (images, classes), with amplifiers and analog neurons."""
        return self.analogs(maps, [gain], chip)[0]

    def analogs(self, maps: Sequence[Array], rules: Sequence[str], chip: int = 0) -> list[Array]:
        """Return the same for several rules of gain, which no cell sees."""
        own, trims, levels = self.amplified, self.trims, self.amplified.levels(chip)
        maps, drive = own.maps(maps, chip), self.drive
        if levels is not None:
            drive = self._driven(levels.applied(self.x))
        seen, stages, found = drive.seen(maps[0]), own.behind(chip), []
        for rule in rules:
            gains = [getattr(trim, rule) for trim in trims]
            behind = own.limited(stages, trims[-1].given / gains[-1] if gains[-1] else 0.0)
            found.append(analog(seen, self.layers, maps, gains, behind, self.way))
        return found

    def converted(self, maps: Sequence[Array], chip: int = 0) -> Array:
        """Return the same with converters and digital neurons."""
        own = self.sampled
        return converted(
            self.x,
            self.layers,
            own.maps(maps, chip),
            self.net.gains,
            own.readings(chip, len(self.x)),
            own.hidden,
            self.way,
            self.drive,
        )
