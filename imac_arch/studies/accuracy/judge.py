"""The accuracy of every architecture on labelled images: mean over programmings, with what is uncertain about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import EQUAL
from imac_arch.crossbar.exact import single_thread
from imac_arch.data.arrays import Array, single
from imac_arch.data.errors import UsageError
from imac_arch.data.keeping import collected, interrupted, until_interrupted
from imac_arch.data.records import NamedTuple
from imac_arch.document.accuracy import AccuracyRow, Control
from imac_arch.inputs import Inputs
from imac_arch.studies.accuracy.crossbars import before_converters, crossbars
from imac_arch.studies.accuracy.experiment import EFFECTS, FULL, GAINS, IMAGES, QUICK, Experiment
from imac_arch.studies.accuracy.hardware import Hardware
from imac_arch.studies.accuracy.images import Images
from imac_arch.studies.accuracy.laws import chosen, outputs
from imac_arch.studies.accuracy.nets import Net
from imac_arch.studies.accuracy.passes import halved, integers
from imac_arch.studies.accuracy.statistics import Chips, Right, drawn, paired
from imac_arch.studies.accuracy.variate import controlled

__all__ = [
    "CROSSBARS", "EFFECTS", "FULL", "GAINS", "IMAGES", "QUICK", "Experiment", "Hardware", "Judged", "accuracy_rows",
    "classified_in_software", "hardware_of", "judged_chips",
]  # fmt: skip

CROSSBARS = ("analog", "converted")
NATIVE_BITS = (8, 8, 8)  # of a digital accelerator that has bits of its own


class Judged(NamedTuple):
    """The accuracy of an architecture, by image and by chip too."""

    row: AccuracyRow
    chips: Chips


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
    shown = images.first(experiment.images)
    hardware = hardware_of(inputs, images, net, experiment)
    ideal = _right(hardware.software[-1], shown.y)
    plain = None if floating is None else classified_in_software(floating, shown)
    rows: list[Judged] = []

    def done() -> str:
        return f"{len(rows)} of {len(architectures)} architectures" if rows else ""

    # products of small matrices are no work for two threads
    with single_thread(), until_interrupted(done, whole=False):
        for name in architectures:
            if not interrupted():
                rows += _accuracy(name, hardware, ideal, plain, floating, shown)
    return rows


def hardware_of(inputs: Inputs, images: Images, net: Net, experiment: Experiment) -> Hardware:
    """Return a network on the crossbars of a technology, at the medians."""
    case, shown = inputs.at_medians().case(), net.shown(images.first(experiment.images).x)
    layers = crossbars(case, net.weights, experiment.without)
    usual = None if experiment.images == IMAGES else net.shown(images.first(IMAGES).x)
    return Hardware(case, net, shown, experiment, layers, usual)


def classified_in_software(net: Net, shown: Images) -> Right:
    """Return whether the stored weights classify each image correctly in exact arithmetic, (1, images)."""
    return _right(outputs(net.shown(shown.x), net.weights, net.gains, net.law)[-1], shown.y)


def _accuracy(
    name: str, hardware: Hardware, ideal: Right, plain: Right | None, floating: Net | None, shown: Images
) -> list[Judged]:
    """Return the accuracy of an architecture; nothing where no way of inference fits it."""
    case, way, otherwise, control = hardware.case, ARCHITECTURES[name].inference, None, None
    if way is None:
        return []
    if way in CROSSBARS:
        rules = _rules(hardware.experiment.gain) if way == "analog" else (hardware.experiment.gain,)
        (chips, control), *beside = judged_chips(hardware, way, shown.y, rules)
        otherwise = beside[0][0].value if beside else None
    else:
        chips = drawn(_right(_in_numbers(hardware, way, floating, shown.x), shown.y))
    native = way in ("integers", "half") and case.precision != EQUAL and plain is not None
    software = plain if native and plain is not None else ideal
    row = _row(name, chips, drawn(software), plain, otherwise, hardware, shown)
    return [Judged(row._replace(control=control), chips)]


def _rules(gain: str) -> tuple[str, str]:
    """Return a rule of gain, and the one whose accuracy stands beside."""
    nominal, trimmed, _ = GAINS
    return gain, nominal if gain == trimmed else trimmed


def judged_chips(
    hardware: Hardware, way: str, y: NDArray[np.int64], rules: Sequence[str] = ()
) -> list[tuple[Chips, Control | None]]:
    """Return how accurate the chips of a crossbar are, by rules of gain, and how cheap programmings were corrected.

    Args:
        hardware: the chips.
        way: ``analog`` or ``converted``; converters know no rules.
        y: classes of the images.
        rules: of gain of amplifiers; that of the experiment where none are given. The first decides whether cheap
            programmings count.

    Raises:
        UsageError: a gain that the technology does not give.
    """
    rules = rules or (hardware.experiment.gain,)
    if way == "converted":
        hardware = _sampled(hardware)
    elif GAINS[-1] in rules and not all(trim.given for trim in hardware.trims):
        raise UsageError(f"gain: {hardware.case.technology.name} gives no amplifier; choose nominal or trimmed")

    def chosen_right(chip: tuple[int, list[Array]]) -> Right:
        number, maps = chip
        if way == "converted":
            return _right(hardware.converted(maps, number), y)
        return np.concatenate([_right(sums, y) for sums in hardware.analogs(maps, rules, number)])

    def right(chips: Sequence[tuple[int, list[Array]]]) -> list[Right]:
        """Return which images chips classify correctly, by rule, (chips, images)."""
        return list(np.stack(collected("classifications", chips, chosen_right, threads=True), axis=1))

    if not (hardware.experiment.controls and hardware.varies):
        return [(drawn(found), None) for found in right(hardware.chips(way))]
    solved = list(enumerate(hardware.solved))
    cheap = [] if interrupted() else hardware.chips(way)
    exact = right(solved)
    quick = right(cheap) if len(cheap) > len(exact[0]) == len(solved) else exact
    if interrupted() and len(quick[0]) <= len(solved):  # too few to be corrected
        return [(drawn(found), None) for found in exact]

    @cache
    def others() -> list[Right]:
        return [] if interrupted() else right(list(enumerate(hardware.others_solved, len(solved))))

    def beyond(rule: int) -> list[Right]:
        return others()[rule : rule + 1]

    judged: list[tuple[Chips, Control | None]] = []
    for rule, (own, cheaper) in enumerate(zip(exact, quick, strict=True)):
        judged.append(controlled(own, cheaper, partial(beyond, rule), judged[0][1] if judged else None))
    return judged


def _sampled(hardware: Hardware) -> Hardware:
    """Return the crossbars as converters see them: without the loads of amplifiers, each row tile for itself."""
    first = hardware.layers[0]
    if not first.averaging:
        return hardware
    bare = before_converters(hardware.case, hardware.layers, hardware.experiment.without)
    if not first.shared and bare[0].load[0] == first.load[0]:
        return hardware
    sampled = Hardware(hardware.case, hardware.net, hardware.x, hardware.experiment, bare)
    sampled.drive = hardware.drive
    return sampled


def _in_numbers(hardware: Hardware, way: str, floating: Net | None, x: Array) -> Array:
    """Return the sums of a digital accelerator or a board: at equal precision of the technology's weights, else of
    weights that are not quantised."""
    case, net = hardware.case, hardware.net
    own = case.precision == EQUAL or floating is None
    used = net if own else floating
    assert used is not None
    seen = hardware.x if used is net else used.shown(x)
    if way == "half":
        return halved(seen, used.weights, used.gains, used.law)
    hidden, given = (round(single(bits)) for bits in (case.hidden_bits, case.technology.read.input_bits.x))
    bits = (0, given if not net.grey else max(given, 1), hidden) if own else NATIVE_BITS
    return integers(seen, used.weights, used.gains, used.law, bits)


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
