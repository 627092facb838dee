"""How an accuracy is found, and the effects that it can be found without."""

from __future__ import annotations

import numpy as np

from imac_arch.data.records import NamedTuple

__all__ = ["EFFECTS", "FULL", "GAINS", "IMAGES", "QUICK", "SET_BY", "SOLVED_BY", "Experiment"]

IMAGES = 1000  # that are classified where nobody says how many
EFFECTS = {  # that can be left out, in the order in which a waterfall adds them
    "loads": "loads of the lines",
    "wires": "wires",
    "drivers": "row drivers",
    "variation": "variation of cells",
    "stuck": "stuck cells",
    "dac": "input converters",
    "gain": "gain errors of amplifiers",
    "offset": "offsets of amplifiers",
    "saturation": "saturation of amplifiers",
    "neuron": "transfer and mismatch of neurons",
    "converter": "rounding and range of converters",
    "noise": "noise of converters",
    "bits": "bits of hidden values",
}
SET_BY = {  # the fields and options that an effect follows from, the shortest names that settings know
    "loads": "read.load_conductance",
    "wires": "subarray, the resistances of the cells, wire.width",
    "drivers": "row_driver.loss",
    "variation": "synapse.variation",
    "stuck": "--stuck",
    "dac": "read.input_bits, dac.level_error",
    "gain": "amplifier.gain_error, front_end.gain_error",
    "offset": "amplifier.offset, front_end.offset, read.voltage",
    "saturation": "amplifier.swing, amplifier.span, and amplifier.output_gain of the last layer",
    "neuron": "neuron.mismatch, neuron.slope_variation",
    "converter": "adc.bits, adc.full_scale",
    "noise": "adc.bits, adc.enob_loss",
    "bits": "read.hidden_bits",
}
SOLVED_BY = {  # the knobs of --solve that set what an effect follows from; of the others none does
    "wires": ("r_p", "subarray", "wire"),
    "variation": ("sigma",),
    "converter": ("adc_bits",),
    "noise": ("adc_bits",),
}
GAINS = ("nominal", "trimmed", "given")


class Experiment(NamedTuple):
    """How an accuracy is found.

    Attributes:
        images: how many are classified; None is all of them.
        programmings: chips, each with its own cells, amplifiers and neurons.
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
        wired = not self.without.issuperset(("wires", "drivers"))
        return 0 < self.control < self.programmings and not self.exact and wired

    def unless(self, effect: str, value: float) -> float:
        """Return a figure, or 0 where the effect that it stands for is left out."""
        return 0.0 if effect in self.without else value

    def drawn(self, chip: int, layer: int, *what: int) -> np.random.Generator:
        """Return the random numbers of a layer of a chip; those of its cells have no ``what``."""
        return np.random.default_rng([self.seed, chip, layer, *what])


QUICK = Experiment()
FULL = Experiment(images=None, programmings=30, exact=True)
