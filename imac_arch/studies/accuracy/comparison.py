"""The accuracy of a comparison: weights and images at hand, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from imac_arch.architectures import ARCHITECTURES
from imac_arch.case import Case
from imac_arch.circuit import tile_sizes
from imac_arch.data.arrays import single
from imac_arch.data.errors import UsageError
from imac_arch.data.keeping import interrupted
from imac_arch.document.accuracy import AccuracyRow
from imac_arch.inputs import Inputs
from imac_arch.network import Network
from imac_arch.passes import not_summed
from imac_arch.studies.accuracy.images import Images, fitting, read_images, shipped_images
from imac_arch.studies.accuracy.judge import CROSSBARS, Experiment, Judged, accuracy_rows
from imac_arch.studies.accuracy.laws import quantised
from imac_arch.studies.accuracy.nets import Net, Weights, float_net, given_net, shipped_net
from imac_arch.studies.accuracy.statistics import Chips

__all__ = ["accuracy_of", "images_for", "judged", "net_for"]

SIGMOID = "sigmoid"
ROUNDED = 1e-3  # of weights in files of few bytes
STOPPED = "interrupted before it was found"
NO_WAY = "the architecture declares no way of inference"
NOTHING = Chips(np.zeros(0), np.zeros(0), 0.0, 0)  # is classified


def accuracy_of(
    inputs: Inputs,
    architectures: Sequence[str],
    experiment: Experiment,
    weights: Weights | None = None,
    data: str | Path | Images | None = None,
) -> list[AccuracyRow]:
    """Return the accuracy of architectures on a technology; arguments as of :func:`judged`."""
    return [each.row for each in judged(inputs, architectures, experiment, weights, data)]


def judged(
    inputs: Inputs,
    architectures: Sequence[str],
    experiment: Experiment,
    weights: Weights | None = None,
    data: str | Path | Images | None = None,
) -> list[Judged]:
    """Return the accuracy of architectures on a technology, by image and by chip too; without
    weights or images for the network, why not.

    Args:
        inputs: network, technology, laws and board; the medians are taken.
        architectures: names.
        experiment: how.
        weights: file or arrays; the shipped ones that fit best where None are given.
        data: folder of IDX files, ``.npz`` file, or images; the shipped images where None is given.

    Raises:
        ImacError: weights or data that are given and do not fit.
    """
    case = inputs.at_medians().case()
    reason, net, images = "", None, None
    try:
        net, images = net_for(case, weights), images_for(case.network, data)
    except _Missing as missing:
        reason = str(missing)
        if data is not None:
            images_for(case.network, data)  # what is given is checked, whatever else is missing
    if net is None or images is None:
        return [Judged(_unknown(case, name, reason), NOTHING) for name in architectures]
    note = _differences(case, net) if weights is None else _given_differences(case, net)
    floating = float_net(case.network, net.grey)
    reasons = _reasons(case, architectures)
    computed = [name for name, reason in reasons.items() if not reason]
    rows = accuracy_rows(inputs, computed, images, net, floating, experiment) if computed else []
    found = {each.row.architecture: each._replace(row=_with_note(each.row, note, experiment)) for each in rows}
    return [
        found[name] if name in found else Judged(_unknown(case, name, reasons[name] or STOPPED), NOTHING)
        for name in architectures
    ]


def _reasons(case: Case, architectures: Sequence[str]) -> dict[str, str]:
    """Return why the accuracy of each architecture cannot be computed, empty where it can."""
    unlike = not_summed(case)
    ways = {name: ARCHITECTURES[name].inference for name in architectures}
    return {name: NO_WAY if way is None else unlike if way in CROSSBARS else "" for name, way in ways.items()}


def _with_note(row: AccuracyRow, note: str, experiment: Experiment) -> AccuracyRow:
    """Return a row with what a reader must know of the network, and of an interrupt that left fewer programmings."""
    wanted = experiment.programmings
    left = interrupted() and 1 < row.programmings < wanted
    text = f"interrupted after {row.programmings} of {wanted} programmings" * left
    return row._replace(note="; ".join(filter(None, (note, text))))


class _Missing(Exception):
    """What an accuracy needs and nobody gave."""


def net_for(case: Case, weights: Weights | None) -> Net:
    """Return the user's network, or the shipped one that fits a technology best."""
    if other := [layer for layer in case.network.layers[:-1] if layer.activation != SIGMOID]:
        raise _Missing(f"activation {other[0].activation!r} is not computed; hidden layers need {SIGMOID!r}")
    if not case.network.bias_rows:
        raise _Missing("only networks with the bias as a row of the crossbar are computed")
    if np.isnan([case.mapping.row_tiles, case.mapping.col_tiles]).any():
        raise _Missing("the layers do not fit the subarrays that are asked for")
    if weights is not None:
        return given_net(weights, case)
    net = shipped_net(case)
    if net is None:
        raise _Missing(f"no weights for {case.network.name}; give some with --weights")
    return net


def images_for(network: Network, data: str | Path | Images | None) -> Images:
    """Return labelled images for a network: of a folder or file, or the shipped ones."""
    inputs, classes = network.layers[0].fan_in, network.layers[-1].fan_out
    if data is not None:
        return fitting(data if isinstance(data, Images) else read_images(data), inputs, classes)
    try:
        return fitting(shipped_images(), inputs, classes)
    except UsageError as error:
        raise _Missing(f"no images for {inputs} inputs and {classes} classes; give some with --data") from error


def _differences(case: Case, net: Net) -> str:
    """Return how the shipped network differs from what a technology asks for, empty where it does not."""
    read, synapse = case.technology.read, case.synapse
    levels = synapse.levels ** int(np.ravel(synapse.columns_per_weight.x)[0])
    said = []
    if net.levels != levels:
        said.append(f"weights of {net.levels or 'no'} levels where cells hold {levels}")
    if net.grey != (single(read.input_bits.x) > 1):
        said.append(f"trained on {'grey' if net.grey else '1-bit'} inputs")
    if net.law.read != read.output:
        said.append(f"trained for {net.law.read}, read by {read.circuit}")
    elif net.law.heights:
        own = tuple(tuple(tile_sizes(case, k)[0]) for k in range(len(case.network.layers)))
        unlike = [k for k, heights in enumerate(net.law.heights) if own[k] != heights]
        if unlike:
            trained, used = net.law.heights[unlike[0]], own[unlike[0]]
            layer = f" in layer {unlike[0] + 1}" if unlike[0] else ""
            said.append(f"trained for tiles of {trained[0]} rows{layer}, tiles have {used[0]}")
    if net.law.symmetric != (read.encoding != "0/V"):
        said.append(f"trained for inputs at {'-V and +V' if net.law.symmetric else '0 and V'}")
    return "; ".join(said)


def _given_differences(case: Case, net: Net) -> str:
    """Return how a network of the user differs from what a technology asks for, empty where it does not."""
    read, said = case.technology.read, [net.note] if net.note else []
    if any(np.abs(quantised(w, net.levels) - w).max() > ROUNDED for w in net.weights):
        said.append(f"weights between the {net.levels} levels that cells hold, stored as they are")
    if not net.grey:
        said.append("inputs shown as 1 bit, whether they are above 0")
    if net.law.read != read.output:
        said.append(f"taken as trained for {net.law.read}, read by {read.circuit}")
    if net.law.symmetric != (read.encoding != "0/V"):
        said.append(f"taken as trained for inputs at {'-V and +V' if net.law.symmetric else '0 and V'}")
    return "; ".join(said)


def _unknown(case: Case, name: str, reason: str) -> AccuracyRow:
    technology = case.technology.name if ARCHITECTURES[name].uses_technology else None
    none = dict.fromkeys(("value", "low", "high", "software", "float", "loss", "gain", "otherwise"))
    return AccuracyRow(
        technology=technology, architecture=name, images=0, data="", programmings=0, sigma=0.0, weights="", note="",
        on_crossbars=ARCHITECTURES[name].inference in CROSSBARS,
        reason=reason, control=None, **none,
    )  # fmt: skip
