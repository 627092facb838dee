"""The accuracy of every architecture on labelled images: mean over programmings, with what is uncertain about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import EQUAL, Case
from imac_arch.components.roles import ADC
from imac_arch.crossbar.exact import single_thread
from imac_arch.data.arrays import Array
from imac_arch.data.keeping import collected, interrupted, until_interrupted
from imac_arch.document.accuracy import AccuracyRow, Control
from imac_arch.inputs import Inputs
from imac_arch.studies.accuracy.crossbars import Crossbars, before_converters, crossbars, pairs
from imac_arch.studies.accuracy.images import Images
from imac_arch.studies.accuracy.laws import chosen, outputs
from imac_arch.studies.accuracy.nets import Net
from imac_arch.studies.accuracy.passes import Converter, Trim, Way, analog, converted, halved, integers, trims
from imac_arch.studies.accuracy.statistics import Chips, Right, drawn, paired
from imac_arch.studies.accuracy.variate import controlled

__all__ = [
    "CROSSBARS", "EFFECTS", "FULL", "GAINS", "IMAGES", "QUICK", "Experiment", "Hardware", "Judged", "accuracy_rows",
]  # fmt: skip

IMAGES = 1000  # that are classified where nobody says how many
EFFECTS = ("wires", "variation", "converter", "bits")  # that can be left out
GAINS = ("nominal", "trimmed")
CROSSBARS = ("analog", "converted")
FINE = 12  # bits of hidden values that come bit by bit where no bits are to count
NATIVE_BITS = (8, 8, 8)  # of a digital accelerator that has bits of its own


class Experiment(NamedTuple):
    """How an accuracy is found.

    Attributes:
        images: how many are classified; None is all of them.
        programmings: drawn of the conductances.
        exact: whether each programming is solved anew; else the wires' shares of the nominal cells are taken.
        gain: how the gain of amplifiers is set.
        without: effects that are left out.
        seed: of the programmings.
        stuck: share of cells that hold the least or the largest conductance, whatever they should.
        control: how many programmings are solved anew beside the cheap ones, to correct these; 0 for none.
    """

    images: int | None = IMAGES
    programmings: int = 10
    exact: bool = False
    gain: str = GAINS[0]
    without: frozenset[str] = frozenset()
    seed: int = 0
    stuck: float = 0.0
    control: int = 0

    @property
    def controls(self) -> bool:
        """Whether exact programmings correct cheap ones."""
        return 0 < self.control < self.programmings and not self.exact and "wires" not in self.without


class Judged(NamedTuple):
    """The accuracy of an architecture, by image and by chip too."""

    row: AccuracyRow
    chips: Chips


QUICK = Experiment()
FULL = Experiment(images=None, programmings=30, exact=True)


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
        self.way = Way(read.encoding != "0/V", int(_one(synapse.columns_per_weight.x)), synapse.levels)
        self.sigma = 0.0 if "variation" in experiment.without else _one(synapse.variation.x)

    @cached_property
    def nominal(self) -> list[Array]:
        """What each bit line reads per volt on each word line with its cells as they were meant, of each layer."""
        return [self._map(layer, layer.nominal) for layer in self.layers]

    @cached_property
    def ideal(self) -> list[Array]:
        """The same without wires."""
        return [layer.ideal(layer.nominal) for layer in self.layers]

    @cached_property
    def trims(self) -> list[Trim]:
        """The gain of each layer's amplifiers."""
        net = self.net
        maps = [(pairs(ideal), pairs(wired)) for ideal, wired in zip(self.ideal, self.nominal, strict=True)]
        return trims(self.layers, maps, net.weights, net.gains, net.law, self.shown, self.way)

    @cached_property
    def programmed(self) -> list[list[Array]]:
        """What the pairs of bit lines give per volt on each word line, of each layer for each programming."""
        wanted = self.experiment
        if not self.varies:
            return [[pairs(lines) for lines in self.nominal]]
        return collected("programmings", range(wanted.programmings), lambda k: self._programming(k, wanted.exact))

    @property
    def varies(self) -> bool:
        """Whether one programming differs from another."""
        return bool(self.sigma or self.experiment.stuck)

    @cached_property
    def solved(self) -> list[list[Array]]:
        """The first programmings, each solved anew: those that correct the cheap ones."""
        return collected("exact programmings", range(self.experiment.control), lambda k: self._programming(k, True))

    @cached_property
    def others_solved(self) -> list[list[Array]]:
        """The programmings beyond those, each solved anew."""
        others = range(self.experiment.control, self.experiment.programmings)
        return collected("exact programmings", others, lambda k: self._programming(k, True))

    def _programming(self, number: int, exact: bool) -> list[Array]:
        maps = []
        for k, layer in enumerate(self.layers):
            generator = np.random.default_rng([self.experiment.seed, number, k])
            g = layer.programmed(self.sigma, self.experiment.stuck, generator)
            if exact or "wires" in self.experiment.without:
                maps.append(pairs(self._map(layer, g)))
            else:
                maps.append(pairs(self.nominal[k] * (layer.ideal(g) / self.ideal[k])))
        return maps

    def _map(self, layer: Crossbars, conductance: Array) -> Array:
        return layer.ideal(conductance) if "wires" in self.experiment.without else layer.exact(conductance)

    def analog(self, maps: Sequence[Array], gain: str) -> Array:
        """Return the sums of the last layer, (images, classes), with amplifiers and analog neurons."""
        gains = [getattr(trim, gain) for trim in self.trims]
        return analog(self.x, self.layers, maps, gains, self.way)

    def converted(self, maps: Sequence[Array]) -> Array:
        """Return the same with converters and digital neurons."""
        hidden = 0 if "bits" in self.experiment.without else round(_one(self.case.hidden_bits))
        return converted(
            self.x, self.layers, maps, self.net.gains, self._converters(hidden), hidden, self.way
        )  # fmt: skip

    def _converters(self, hidden: int) -> list[Converter | None]:
        case = self.case
        if "converter" in self.experiment.without:
            return [None] * len(self.layers)
        read, adc = case.technology.read, case.required(ADC, "a converted crossbar")
        serial, rows = read.input_mode == "bit_serial", _one(case.mapping.rows)
        found: list[Converter | None] = []
        odd = case.synapse.levels % 2 or case.synapse.levels == 2  # else half a step is a sum too
        whole = odd and not self.layers[0].averaging
        for k in range(len(self.layers)):
            own = round(_one(read.input_bits.x if k == 0 else case.hidden_bits))
            bits = own if hidden or k == 0 else FINE
            largest = case.synapse.largest * (1.0 if serial else 2.0**own - 1)
            used = _one(adc.used_bits(case.mapping.rows, case.context, np.asarray(largest)))
            unit = float(1 / largest) if whole and (serial or bits == own) else 0.0
            found.append(Converter(used, rows, bits, serial, unit))
        return found


def accuracy_rows(
    inputs: Inputs, architectures: Sequence[str], images: Images, net: Net, floating: Net | None, experiment: Experiment
) -> list[Judged]:
    """Return the accuracy of architectures on one technology.

    Args:
        inputs: network, technology, laws and board; the medians are taken.
        architectures: names.
        images: that fit the network.
        net: trained network.
        floating: the same sizes with weights that are not quantised; None where there is none.
        experiment: how.

    Raises:
        ImacError: a technology without synapse or converter.
    """
    case, shown = inputs.at_medians().case(), images.first(experiment.images)
    set_on = net.shown(images.first(IMAGES).x)
    hardware = Hardware(case, net, net.shown(shown.x), experiment, crossbars(case, net.weights), set_on)
    ideal = _right(outputs(hardware.x, net.weights, net.gains, net.law)[-1], shown.y)
    plain = None if floating is None else _right(
        outputs(floating.shown(shown.x), floating.weights, floating.gains, floating.law)[-1], shown.y
    )  # fmt: skip
    rows: list[Judged] = []
    done = lambda: f"{len(rows)} of {len(architectures)} architectures" if rows else ""  # noqa: E731
    # products of small matrices are no work for two threads
    with single_thread(), until_interrupted(done, whole=False):
        for name in architectures:
            if not interrupted():
                rows += _accuracy(name, hardware, ideal, plain, floating, shown)
    return rows


def _accuracy(
    name: str, hardware: Hardware, ideal: Right, plain: Right | None, floating: Net | None, shown: Images
) -> list[Judged]:
    """Return the accuracy of an architecture; nothing where no way of inference fits it."""
    case = hardware.case
    way, otherwise = ARCHITECTURES[name].inference, None
    if way is None:
        return []
    control = None
    if way == "analog":
        chips, control, otherwise = _analog(hardware, shown.y)
    elif way == "converted":
        chips, control = _converted(hardware, shown.y)
    else:
        chips = drawn(_right(_in_numbers(hardware, way, floating, shown.x), shown.y))
    native = way in ("integers", "half") and case.precision != EQUAL and plain is not None
    software = plain if native and plain is not None else ideal
    row = _row(name, chips, drawn(software), plain, otherwise, hardware, shown)
    return [Judged(row._replace(control=control), chips)]


def _analog(hardware: Hardware, y: NDArray[np.int64]) -> tuple[Chips, Control | None, float]:
    """Return the chips by the gain asked for, and the accuracy by the other one."""
    gain = hardware.experiment.gain
    other = GAINS[1 - GAINS.index(gain)]
    chips, control = _chips(hardware, lambda maps: _right(hardware.analog(maps, gain), y))
    return chips, control, _chips(hardware, lambda maps: _right(hardware.analog(maps, other), y), control)[0].value


def _converted(hardware: Hardware, y: NDArray[np.int64]) -> tuple[Chips, Control | None]:
    first = hardware.layers[0]
    if first.averaging:
        bare = before_converters(hardware.case, hardware.layers)
        if first.shared or bare[0].load[0] != first.load[0]:
            hardware = Hardware(hardware.case, hardware.net, hardware.x, hardware.experiment, bare)
    return _chips(hardware, lambda maps: _right(hardware.converted(maps), y))


def _chips(
    hardware: Hardware, right: Callable[[list[Array]], Right], like: Control | None = None
) -> tuple[Chips, Control | None]:
    """Return the chips of the programmings that are asked for; ``like`` as of :func:`controlled`."""
    if hardware.experiment.controls and hardware.varies:
        solved = hardware.solved
        if not interrupted():
            return controlled(solved, hardware.programmed, lambda: hardware.others_solved, right, like)
        return drawn(np.concatenate([right(maps) for maps in solved])), None
    return drawn(np.concatenate([right(maps) for maps in hardware.programmed])), None


def _in_numbers(hardware: Hardware, way: str, floating: Net | None, x: Array) -> Array:
    """Return the sums of a digital accelerator or a board: at equal precision of the technology's weights, else of
    weights that are not quantised."""
    case, net = hardware.case, hardware.net
    own = case.precision == EQUAL or floating is None
    used = net if own else floating
    assert used is not None
    if way == "half":
        return halved(used.shown(x), used.weights, used.gains, used.law)
    hidden, given = round(_one(case.hidden_bits)), round(_one(case.technology.read.input_bits.x))
    bits = (0, given if not net.grey else max(given, 1), hidden) if own else NATIVE_BITS
    return integers(used.shown(x), used.weights, used.gains, used.law, bits)


def _right(sums: Array, y: NDArray[np.int64]) -> Right:
    """Return whether each image is classified correctly, (1, images)."""
    right: Right = (chosen(sums) == y)[None]
    return right


def _row(
    name: str,
    chips: Chips,
    software: Chips,
    plain: Right | None,
    otherwise: float | None,
    hardware: Hardware,
    images: Images,
) -> AccuracyRow:
    low, high = chips.interval
    crossbar = ARCHITECTURES[name].inference in CROSSBARS
    return AccuracyRow(
        technology=hardware.case.technology.name if ARCHITECTURES[name].uses_technology else None,
        architecture=name,
        value=chips.value,
        low=low,
        high=high,
        software=software.value,
        float=None if plain is None else float(plain.mean()),
        loss=paired(software, chips),
        gain=hardware.experiment.gain if ARCHITECTURES[name].inference == "analog" else None,
        otherwise=otherwise,
        images=len(images.y),
        data=images.name,
        programmings=chips.by_chip.size,
        sigma=hardware.sigma if crossbar else 0.0,
        weights=hardware.net.name,
        note="",
        on_crossbars=crossbar,
        reason="",
        control=None,
    )


def _one(values: Array) -> float:
    return float(np.ravel(values)[0])
