"""What each effect costs: the accuracy with one effect more at a time, from exact arithmetic to the design."""

from __future__ import annotations

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.crossbar.exact import single_thread
from imac_arch.data.keeping import collected
from imac_arch.document.accuracy import Step
from imac_arch.studies.accuracy.comparison import images_for, net_for
from imac_arch.studies.accuracy.experiment import EFFECTS
from imac_arch.studies.accuracy.hardware import Hardware
from imac_arch.studies.accuracy.judge import classified_in_software, hardware_of, judged_chips
from imac_arch.studies.accuracy.questions import Question
from imac_arch.studies.accuracy.statistics import Chips, drawn, paired

__all__ = ["applying", "waterfall"]

ELECTRIC = frozenset({"loads", "wires", "drivers"})  # that change what is solved
READ = "read circuit and levels of the cells"


def applying(hardware: Hardware, way: str) -> list[str]:
    """Return the effects that there are in a design, in the order of a waterfall, as far as it is not without them.

    Args:
        hardware: without nothing that is asked about.
        way: ``analog`` or ``converted``.
    """
    wires = [layer.checked.wires for layer in hardware.layers]
    analog, own = way == "analog", hardware.amplified if way == "analog" else hardware.sampled
    there = {
        "loads": analog and any(layer.load.any() for layer in hardware.layers),
        "wires": any(each.word.any() or each.bit.any() for each in wires),
        "drivers": any(each.source.any() for each in wires),
        "variation": hardware.sigma,
        "stuck": hardware.stuck,
        "gain": own.gain_error,
        "offset": own.offset,
    }
    if analog:
        chip = hardware.amplified
        there |= {
            "dac": chip.input_bits,
            "saturation": np.isfinite(chip.reach),
            "neuron": any(chip.curves) or chip.threshold or chip.slope,
        }
    else:
        chips = hardware.sampled
        there |= {"dac": not chips.serial, "converter": True, "noise": chips.noise, "bits": chips.hidden}
    return [name for name in EFFECTS if there.get(name) and name not in hardware.experiment.without]


def waterfall(question: Question) -> list[Step]:
    """Return the accuracy with one effect more at a time, from exact arithmetic to the design.

    The same chips are drawn for every step, so that a change is paired by image and chip. Effects that a design has not
    are no steps.

    Raises:
        UsageError: there are no weights or no images for the network.
    """
    way, asked, inputs = ARCHITECTURES[question.architecture].inference or "", question.experiment, question.inputs
    case = inputs.at_medians().case()
    net, images = net_for(case, question.weights), images_for(case.network, question.data)
    shown = images.first(asked.images)
    effects = applying(hardware_of(inputs, images, net, asked), way)
    left, software = set(EFFECTS), drawn(classified_in_software(net, shown))
    steps = [_step(question, "stored weights, exact arithmetic", software, software)]
    last: list[tuple[Hardware, Chips]] = []

    def step(name: str) -> None:
        left.discard(name)
        experiment = asked._replace(without=asked.without | left)
        if not last or name in ELECTRIC:
            hardware = hardware_of(inputs, images, net, experiment)
        else:
            hardware = last[-1][0].under(experiment)
        before, chips = last[-1][1] if last else software, judged_chips(hardware, way, shown.y)[0][0]
        last.append((hardware, chips))
        if name or not np.array_equal(chips.by_image, software.by_image):  # most reads compute what arithmetic does
            steps.append(_step(question, EFFECTS.get(name, READ), chips, before))

    with single_thread():
        collected("effects", ["", *effects], step)
    return steps


def _step(question: Question, effect: str, chips: Chips, before: Chips) -> Step:
    change = paired(chips, before)
    return Step(question.architecture, effect, chips.value, *chips.interval, *change, change.certain)
