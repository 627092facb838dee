"""A network that lives in Python, as ``torch.nn.Sequential`` of linear layers and activations, by its shape alone.

Nothing is imported: a layer is known by the name of its class or of one that it inherits from, and a linear one by its
``weight``, (outputs, inputs), and ``bias``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, cast

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.errors import UsageError
from imac_arch.data.records import NamedTuple
from imac_arch.given import Net
from imac_arch.network import USUAL, Layer, Network
from imac_arch.network_files import load_network

__all__ = ["Live", "is_live", "live_network", "network_and_weights"]

CONTAINER, LINEAR = "Sequential", "Linear"
ACTIVATIONS = {"Sigmoid": "sigmoid", "Tanh": "tanh", "ReLU": "relu"}
IDLE = ("Flatten", "Identity", "Dropout")  # change nothing where a network classifies
LAST = ("Sigmoid", "Softmax", "LogSoftmax")  # after the last layer: the largest output stays the largest one
KNOWN = (LINEAR, *ACTIVATIONS, *IDLE, *LAST[1:])


class Live(NamedTuple):
    """A network with its weights.

    Attributes:
        network: its layers.
        weights: ``W1`` ..., each between -1 and 1, (inputs + 1, outputs), the bias last; and ``gain``, one per layer.
        note: by how much weights were divided.
    """

    network: Network
    weights: dict[str, Array]
    note: str


def is_live(net: object) -> bool:
    """Return whether a network is a container of layers."""
    return CONTAINER in _classes(net)


def network_and_weights(net: Net | Network | object, weights: Any) -> tuple[Network, Any]:
    """Return a network, given in any way, and its weights, where it brings some in the place of others.

    Raises:
        ImacError: a network that cannot be read, or weights beside those that it has.
    """
    if not is_live(net):
        return load_network(cast(Net, net)), weights
    if weights is not None:
        raise UsageError("weights are given beside a network that has its own; leave them out, or give its sizes alone")
    live = live_network(net)
    return live.network, {**live.weights, "note": live.note}


def live_network(net: Any) -> Live:
    """Return a container of linear layers and activations as a network with weights of crossbars.

    Each layer is divided by its largest weight or bias, which cells hold as their largest weight, and its gain is
    multiplied by that, so that it computes the same.

    Raises:
        UsageError: a layer of another kind or at another place, or weights that are no numbers.
    """
    layers: list[tuple[str, Array]] = []
    activations: list[str] = []
    for where, layer in _leaves(net, "net"):
        classes = _classes(layer)
        kind = next((name for name in KNOWN if name in classes), None)
        if kind is None:
            allowed = f"{LINEAR}, {', '.join(ACTIVATIONS)}, and {', '.join((*IDLE, *LAST[1:]))}"
            raise UsageError(f"{where} is a {classes[0]}, which no crossbar computes; allowed are {allowed}")
        if kind in IDLE:
            continue
        if kind == LINEAR:
            if len(activations) < len(layers):
                raise UsageError(f"{where}, a {LINEAR}, follows another one; join both, or add an activation between")
            layers.append((where, _array(where, layer)))
        elif not layers or len(activations) == len(layers):
            raise UsageError(f"{where}, a {kind}, does not follow a {LINEAR} layer")
        else:
            activations.append(kind)
    return _built(layers, activations)


def _built(layers: list[tuple[str, Array]], activations: list[str]) -> Live:
    if not layers:
        raise UsageError(f"net has no {LINEAR} layer")
    hidden, after = activations[: len(layers) - 1], activations[len(layers) - 1 :]
    for (where, _), kind in zip(layers, hidden, strict=False):
        if kind not in ACTIVATIONS:
            raise UsageError(f"{where} is followed by a {kind}, which the last layer alone may be")
    if after and after[0] not in LAST:
        allowed = ", ".join(LAST)
        raise UsageError(
            f"{layers[-1][0]}, the last layer, is followed by a {after[0]}; allowed are {allowed} or nothing"
        )
    weights: dict[str, Array] = {}
    gains, said = [], []
    for number, (_, whole) in enumerate(layers, 1):
        most = float(np.abs(whole).max()) or 1.0
        weights[f"W{number}"] = whole / most
        gains.append(most)
        said.append(f"{most:.3g}")
    for (_, before), (where, behind) in pairwise(layers):
        if before.shape[1] != behind.shape[0] - 1:
            raise UsageError(f"{where} takes {behind.shape[0] - 1} inputs; the layer before it gives {before.shape[1]}")
    shapes = [whole.shape for _, whole in layers]
    names = [ACTIVATIONS[kind] for kind in hidden] + [USUAL]
    built = tuple(
        Layer.model_validate({"fan_in": rows - 1, "fan_out": cols, "activation": name})
        for (rows, cols), name in zip(shapes, names, strict=True)
    )
    widths = [str(shapes[0][0] - 1)]
    widths += [f"{cols}{'' if name == USUAL else f':{name}'}" for (_, cols), name in zip(shapes, names, strict=True)]
    note = f"layers divided by {', '.join(said)}, their largest weights, and gains multiplied by the same"
    return Live(Network(name="-".join(widths), layers=built), weights | {"gain": np.array(gains)}, note)


def _leaves(net: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Give each layer with where it stands, those of containers inside in their place."""
    if not isinstance(net, Iterable):
        raise UsageError(f"{where}, a {_classes(net)[0]}, cannot be gone through layer by layer")
    for number, layer in enumerate(net):
        place = f"{where}[{number}]"
        if is_live(layer):
            yield from _leaves(layer, place)
        else:
            yield place, layer


def _array(where: str, layer: Any) -> Array:
    """Return the weights of a linear layer with its bias, zeros where it has none, as the last row."""
    found: list[Array] = []
    for name, axes in (("weight", 2), ("bias", 1)):
        given = getattr(layer, name, None)
        if given is None and name == "bias":
            return np.concatenate([found[0].T, np.zeros((1, len(found[0])))])
        for step in ("detach", "cpu", "double"):  # of a tensor that is trained, elsewhere, of few bits
            given = getattr(given, step)() if hasattr(given, step) else given
        try:
            array = np.asarray(given, dtype=float)
        except (TypeError, ValueError, RuntimeError) as error:
            raise UsageError(f"{where}.{name} is no array of numbers ({str(error).splitlines()[0]})") from None
        if array.ndim != axes or not array.size or not np.isfinite(array).all():
            shape = "(outputs, inputs)" if axes > 1 else "(outputs,)"
            raise UsageError(f"{where}.{name} has the shape {array.shape}; expected finite numbers, {shape}")
        found.append(array)
    if len(found[1]) != len(found[0]):
        raise UsageError(f"{where}.bias has {len(found[1])} values; its weight has {len(found[0])} outputs")
    return np.concatenate([found[0].T, found[1][None]])


def _classes(given: object) -> list[str]:
    return [each.__name__ for each in type(given).__mro__]
