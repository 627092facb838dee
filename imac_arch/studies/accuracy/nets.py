"""Trained networks: the shipped ones, and which of them fits a technology."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from imac_arch.case import Case
from imac_arch.circuit import tile_sizes
from imac_arch.data.arrays import Array, single
from imac_arch.data.digests import DIGEST, arrays_digest, checked_digest
from imac_arch.data.errors import UsageError
from imac_arch.data.records import NamedTuple
from imac_arch.data.registry import data_folder
from imac_arch.mapping import even
from imac_arch.network import Network
from imac_arch.studies.accuracy.laws import FLOAT, Law, quantised
from imac_arch.weights import given_weights, read_arrays

__all__ = ["GREY", "Known", "Net", "Weights", "file_name", "float_net", "given_net", "shipped_net", "write"]

Weights = str | Path | Sequence[Any] | Mapping[str, Any]
FOLDER, GREY, BINARY = "nets", "grey", "1bit"
AVERAGING, SYMMETRIC = "averaging", "symmetric"
GAIN, NOTE, AVERAGED = "gain", "note", ("rows", "contrast", "load")  # beside the weights of a file
ZERO = "0/V"  # encoding of inputs that is not symmetric


class Net(NamedTuple):
    """A trained network.

    Attributes:
        weights: stored, of each layer, between -1 and 1, (inputs + 1, outputs), the bias last.
        gains: of each layer: a sigmoid sees ``gain (sum w x + w_bias)``.
        law: of the read that it was trained for.
        levels: of a weight; 0 for weights that are not quantised.
        grey: whether inputs are grey values; else their first bit, whether they are above 0.
        name: of its file.
        note: what its file says of it.
    """

    weights: tuple[Array, ...]
    gains: tuple[float, ...]
    law: Law
    levels: int
    grey: bool
    name: str
    note: str = ""

    def shown(self, x: Array) -> Array:
        """Return images as its inputs."""
        return x if self.grey else (x > 0).astype(float)


class Known(NamedTuple):
    """What a network of some sizes is trained for.

    Attributes:
        grey: whether inputs are grey values.
        levels: of a weight; 0 for weights that are not quantised.
        rows: of a tile that is read by averaging; None for a virtual ground.
        symmetric: whether an input of 0 is minus the read voltage.
    """

    grey: bool
    levels: int
    rows: int | None = None
    symmetric: bool = False


def file_name(sizes: Sequence[int], known: Known) -> str:
    """Return the name of the file of a network."""
    parts = ["-".join(map(str, sizes)), GREY if known.grey else BINARY, str(known.levels or "float")]
    parts += [] if known.rows is None else [f"{AVERAGING}{known.rows}"]
    return "_".join([*parts, SYMMETRIC] if known.symmetric else parts)


def write(path: Path | BinaryIO, net: Net, command: str, seed: int) -> None:
    """Write a network with what made it, as an ``.npz`` file without objects."""
    small = np.int8 if net.levels in (2, 3) else np.float16
    rows = net.law.heights[0][0] if net.law.heights else 0
    arrays: dict[str, Any] = {f"W{k}": w.astype(small) for k, w in enumerate(net.weights, 1)}
    arrays |= {"gain": np.array(net.gains), "levels": net.levels, "rows": rows, "seed": seed, "command": command}
    arrays |= {"contrast": net.law.contrast, "load": net.law.load, SYMMETRIC: net.law.symmetric}
    arrays[DIGEST] = arrays_digest(arrays)
    np.savez_compressed(path, **arrays)


def shipped_net(case: Case) -> Net | None:
    """Return the shipped network that fits a technology best; None where none of these sizes is shipped.

    The read counts before the encoding of inputs, inputs of one bit before levels, levels that the cells hold before
    the nearest, levels before the rows of a tile.
    """
    sizes = _sizes(case.network)
    read, synapse = case.technology.read, case.synapse
    slices = int(single(synapse.columns_per_weight.x))
    levels, grey = synapse.levels**slices, single(read.input_bits.x) > 1
    rows = max(tile_sizes(case, 0)[0]) if read.output == AVERAGING else None

    def far(known: Known) -> tuple[bool, bool, bool, bool, float, float]:
        away = abs(np.log2((known.rows or 1) / (rows or 1)))
        apart = abs(np.log2(max(known.levels, 1) / levels)) if known.levels else np.inf
        unheld = known.levels == FLOAT or bool((levels - 1) % (known.levels - 1))
        other = known.symmetric != (read.encoding != ZERO)
        return (known.rows is None) != (rows is None), other, known.grey != grey, unheld, apart, away

    found = min(_known(sizes), key=far, default=None)
    return None if found is None else _load(sizes, found)


def float_net(network: Network, grey: bool) -> Net | None:
    """Return the shipped network of these sizes whose weights are not quantised; None where there is none."""
    sizes = _sizes(network)
    ours = [known for known in _known(sizes) if known.levels == FLOAT]
    found = min(ours, key=lambda known: known.grey != grey, default=None)
    return None if found is None else _load(sizes, found)


def given_net(weights: Weights, case: Case) -> Net:
    """Return the network of a user's weights; its gains are those of its file, else such as it would be trained with.

    Raises:
        ImacError: see :func:`imac_arch.weights.given_weights`; gains of another number.
    """
    stored = case.network
    checked = given_weights(weights, stored)
    name = Path(weights).name if isinstance(weights, str | Path) else "weights"
    aside: Mapping[str, Any] = read_arrays(weights) if isinstance(weights, str | Path) else {}
    aside = weights if isinstance(weights, Mapping) else aside
    levels = case.synapse.levels ** int(single(case.synapse.columns_per_weight.x))
    where, sizes = str(weights) if isinstance(weights, str | Path) else name, _sizes(stored)
    symmetric, note = (np.asarray(aside.get(key, default)) for key, default in ((SYMMETRIC, False), (NOTE, "")))
    if symmetric.size != 1 or symmetric.dtype.kind not in "biu":
        raise UsageError(f"{where}: {SYMMETRIC} must be true or false, whether inputs were shown at -V and +V")
    if note.size != 1 or note.dtype.kind != "U":
        raise UsageError(f"{where}: {NOTE} must be one text")
    if GAIN in aside:
        gains = _numbers(where, aside, GAIN, len(checked))
    else:
        from imac_arch.studies.accuracy.training import gains_for  # reads a file that nobody else needs

        gains = gains_for(sizes, levels, bool(symmetric))
    if min(gains) <= 0:
        raise UsageError(f"{where}: {GAIN} is {min(gains):g}; expected positive numbers, one per layer")
    rows, contrast, load = (_numbers(where, aside, key, 1)[0] if key in aside else 0.0 for key in AVERAGED)
    if rows < 0 or rows % 1 or not 0 <= contrast < 1 or load < 0:
        text = "a whole number of rows, a contrast below 1 and a load of at least 0"
        raise UsageError(f"{where}: {', '.join(AVERAGED)} are {rows:g}, {contrast:g}, {load:g}; expected {text}")
    grey = single(case.technology.read.input_bits.x) > 1
    law = _law(sizes, int(rows), contrast, load) if rows else Law()
    return Net(checked, gains, law._replace(symmetric=bool(symmetric)), levels, grey, name, str(note))


def _numbers(where: str, arrays: Mapping[str, Any], key: str, count: int) -> tuple[float, ...]:
    found = np.ravel(np.asarray(arrays[key]))
    if found.dtype.kind not in "iuf" or len(found) != count or not np.all(np.isfinite(found)):
        raise UsageError(f"{where}: {key} must be {count} finite number{'s, one per layer' * (count > 1)}")
    return tuple(found.astype(float).tolist())


def _law(sizes: Sequence[int], rows: int, contrast: float, load: float) -> Law:
    heights = tuple(tuple(even(size + 1, -(-(size + 1) // rows))) for size in sizes[:-1])
    return Law(AVERAGING, heights, contrast, load)


def _names(count: int) -> list[str]:
    return [f"W{k}" for k in range(1, count + 1)]


def _sizes(network: Network) -> tuple[int, ...]:
    return (network.layers[0].fan_in, *(layer.fan_out for layer in network.layers))


def _known(sizes: Sequence[int]) -> list[Known]:
    """Return what is shipped for these sizes."""
    found = []
    for path in sorted((data_folder() / FOLDER).glob(f"{'-'.join(map(str, sizes))}_*.npz")):
        _, inputs, levels, *rest = path.stem.split("_")
        rows = [int(part.removeprefix(AVERAGING)) for part in rest if part.startswith(AVERAGING)]
        count = FLOAT if levels == "float" else int(levels)
        found.append(Known(inputs == GREY, count, rows[0] if rows else None, SYMMETRIC in rest))
    return found


def _load(sizes: Sequence[int], known: Known) -> Net:
    name = file_name(sizes, known)
    place = data_folder() / FOLDER / f"{name}.npz"
    arrays = checked_digest(str(place), read_arrays(place))
    stored = tuple(quantised(np.asarray(arrays[key], dtype=float), known.levels) for key in _names(len(sizes) - 1))
    law = Law() if known.rows is None else _law(sizes, known.rows, float(arrays["contrast"]), float(arrays["load"]))
    law = law._replace(symmetric=known.symmetric)
    return Net(stored, tuple(np.ravel(arrays[GAIN]).tolist()), law, known.levels, known.grey, name)
