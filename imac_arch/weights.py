"""Weights and inputs of a network: read from files, or random."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from imac_arch.data.digests import DIGEST, checked_digest
from imac_arch.data.errors import InputOutputError, UsageError, nearest
from imac_arch.data.files import open_regular
from imac_arch.data.quantity import Array
from imac_arch.data.records import NamedTuple
from imac_arch.network import Network

__all__ = [
    "IMAGES", "Images", "draw_inputs", "fingerprint", "given_images", "given_weights", "random_levels",
    "random_weights", "read_arrays", "read_inputs", "read_weights", "sliced", "weight_shapes",
]  # fmt: skip

MOST = 2 * 10**7  # weights of a network; more need gigabytes
MOST_BYTES = 2**28  # of the arrays in a file, once they are unpacked
IMAGES = 64  # input vectors that a crossbar is solved for; more of a file are left out
BYTE = 255  # the largest one
ZIP = b"PK\x03\x04"  # what an .npz file begins with
KEY = "x"  # of the array of images in a file
# of a trained network, beside its weights
ASIDE = ("gain", "levels", "rows", "seed", "command", "contrast", "load", "symmetric", "note", DIGEST)


class Images(NamedTuple):
    """Input vectors of a network.

    Attributes:
        values: normalised, each between 0 and 1, (images, inputs); the first ones of the file.
        file: that they are from, as given; None for arrays.
        given: images in it.
    """

    values: Array
    file: str | None
    given: int


def weight_shapes(network: Network) -> list[tuple[int, int]]:
    """Return (rows, outputs) of each layer, the bias as its last row where the network gives it one."""
    return [(layer.fan_in + network.bias_rows, layer.fan_out) for layer in network.layers]


def read_weights(path: str | Path, network: Network) -> tuple[Array, ...]:
    """Read the weights of a network, each between -1 and 1.

    Args:
        path: an ``.npz`` file with the arrays W1, W2, ... or, for one layer, an ``.npy`` file. Each has the shape
            (inputs and bias, outputs), the bias last.
        network: the network of the weights.

    Returns:
        One array for each layer.

    Raises:
        InputOutputError: the file is missing or cannot be read.
        UsageError: its content is not that; all errors, reported together.
    """
    return _checked(str(path), checked_digest(str(path), read_arrays(path)), network)


def given_weights(weights: str | Path | Sequence[Any] | Mapping[str, Any], network: Network) -> tuple[Array, ...]:
    """Return the weights of a network from a file, or from arrays in order or by name (``W1``, ...), checked as
    :func:`read_weights` does."""
    if isinstance(weights, str | Path):
        return read_weights(weights, network)
    if isinstance(weights, Mapping):
        named = {str(name): _array(str(name), array) for name, array in weights.items()}
    elif isinstance(weights, list | tuple):
        named = {f"W{number}": _array(f"W{number}", array) for number, array in enumerate(weights, 1)}
    else:
        raise UsageError(
            f"weights: a {type(weights).__name__} is not allowed; give a file, or a list of one array a layer"
        )
    return _checked("weights", named, network)


def _array(name: str, given: Any) -> Any:
    """Return what was given as an array; rows of several lengths are none."""
    try:
        return np.asarray(given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name}: not an array of numbers ({str(error).splitlines()[0]})") from None


def _checked(path: str, arrays: dict[str, Any], network: Network) -> tuple[Array, ...]:
    _refuse_many(network)
    shapes = weight_shapes(network)
    names = [f"W{number}" for number in range(1, len(shapes) + 1)]
    if set(arrays) == {""} and len(shapes) == 1:
        arrays = {"W1": arrays[""]}
    problems = []
    if missing := [name for name in names if name not in arrays]:
        present = ", ".join(repr(name) for name in arrays if name) or ("one unnamed array" if arrays else "no arrays")
        problems.append(f"contains {present}; expected {', '.join(names)}, one array per layer of {network.name}")
    if not missing and (more := sorted(set(arrays) - {*names, *ASIDE})):
        problems.append(f"{', '.join(more)} match no layer of {network.name}; expected {', '.join(names)}")
    weights = []
    for name, shape in zip(names, shapes, strict=True):
        if name in arrays:
            problem = _wrong(name, arrays[name], shape, -1.0, network.bias_rows)
            problems += [problem] if problem else []
            weights.append(arrays[name])
    if problems:
        raise UsageError("\n".join(f"{path}: {problem}" for problem in problems))
    return tuple(np.asarray(array, dtype=float) for array in weights)


def read_inputs(path: str | Path, count: int) -> Array:
    """Read normalised inputs, each between 0 and 1, from an ``.npy`` file of shape (inputs,).

    Raises:
        InputOutputError: the file is missing or cannot be read.
        UsageError: its content is not that.
    """
    arrays = read_arrays(path)
    if len(arrays) != 1:
        raise UsageError(f"{path}: contains {len(arrays)} arrays; expected one of {count} inputs")
    name, array = next(iter(arrays.items()))
    if problem := _wrong(name or "inputs", array, (count,), 0.0, 0):
        raise UsageError(f"{path}: {problem}")
    return np.asarray(array, dtype=float)


def given_images(images: str | Path | Any, network: Network) -> Images:
    """Return input vectors of a network's first layer from a file or an array, the first :data:`IMAGES` of them.

    Args:
        images: an ``.npz`` file with the array ``x``, or the array: (images, inputs), each between 0 and 1. What else
            the file holds, such as labels, is not used.
        network: the network that they are inputs of.

    Raises:
        InputOutputError: the file is missing or cannot be read.
        UsageError: its content is not that.
    """
    file = str(images) if isinstance(images, str | Path) else None
    array = _array("inputs", images) if file is None else _named(file, read_arrays(file, f"{KEY}=...", ".npz"))
    count = network.layers[0].fan_in
    rows = array.shape[0] if array.ndim else 1
    if array.dtype.kind in "iuf" and (array.shape[1:] != (count,) or not rows):
        problem = f"{KEY} has the shape {array.shape}; expected (images, {count}), at least one image"
    else:
        first = array[:IMAGES] if array.ndim else array
        problem = _wrong(KEY, first, (min(rows, IMAGES), count), 0.0, 0)
    if problem:
        raise UsageError(f"{file or 'inputs'}: {problem}{_hint(array, count)}")
    return Images(np.asarray(array[:IMAGES], dtype=float), file, rows)


def _named(file: str, arrays: dict[str, Any]) -> Any:
    """Return the array of images of a file; the error of a wrong name proposes the nearest one."""
    if KEY in arrays:
        return arrays[KEY]
    wanted = f"expected one array {KEY!r} of shape (images, inputs), as numpy.savez(file, {KEY}=...) writes"
    if set(arrays) == {""}:
        raise UsageError(f"{file}: contains one unnamed array, as an .npy file does; {wanted}")
    guess = next(iter(arrays)) if len(arrays) == 1 else nearest(KEY, arrays)
    present = ", ".join(map(repr, arrays)) or "no arrays"
    raise UsageError(f"{file}: contains {present}; {wanted}" + (f" (rename {guess!r}?)" if guess else ""))


def _hint(array: Any, count: int) -> str:
    """Return what makes an array of images right, where that is plain; else nothing."""
    if array.shape == (count,):
        return "; one image is one row: reshape(1, -1)"
    if array.size and array.ndim > 2 and array.size // array.shape[0] == count:
        return f"; each image as one row of {count}: reshape({array.shape[0]}, -1)"
    if array.ndim == 2 and array.shape[0] == count != array.shape[1]:
        return "; transpose it"
    if array.dtype.kind in "iuf" and array.size and array.min() >= 0 and 1 < array.max() <= BYTE:
        return f"; divide bytes by {BYTE}"
    return ""


def random_weights(network: Network, levels: int, generator: np.random.Generator) -> tuple[Array, ...]:
    """Return random weights of a network, uniform over ``levels`` evenly spaced levels.

    Raises:
        UsageError: more weights than are read or drawn.
    """
    _refuse_many(network)
    return tuple(random_levels(shape, levels, generator) for shape in weight_shapes(network))


def _refuse_many(network: Network) -> None:
    count = sum(rows * cols for rows, cols in weight_shapes(network))
    if count > MOST:
        raise UsageError(
            f"{network.name}: {count:,} weights, one by one, take too much memory; at most {MOST:,} are allowed"
        )


def random_levels(shape: tuple[int, ...], levels: int, generator: np.random.Generator) -> Array:
    """Return an array of this shape, uniform over ``levels`` evenly spaced levels from -1 to 1."""
    values: Array = generator.integers(levels, size=shape) / (levels - 1)
    values *= 2
    values -= 1
    return values


def fingerprint(weights: Sequence[Array]) -> str:
    """Return the SHA-256 of weights as they would stand in JSON."""
    found = hashlib.sha256()
    for k, array in enumerate(weights):
        for i, row in enumerate(array):  # all of them as text would be several times as long
            start = "," if i else ",[" if k else "[["
            found.update((start + json.dumps(row.tolist(), separators=(",", ":"))).encode())
        found.update(b"]")
    found.update(b"]")
    return found.hexdigest()


def sliced(weights: Array, levels: int, slices: int) -> Array:
    """Return the values of each weight column, (rows, outputs*slices), most significant slice first.

    With one slice that is the weight itself. With more, the weight is rounded to the nearest of ``levels**slices``
    values, and slice k has ``levels**(slices - 1 - k)`` times the significance of the last one.
    """
    if slices == 1:
        return weights
    steps = np.rint((weights + 1) / 2 * (levels**slices - 1)).astype(np.int64)
    places = levels ** np.arange(slices - 1, -1, -1)
    digits = steps[..., None] // places % levels
    columns: Array = digits / (levels - 1) * 2.0 - 1.0
    return columns.reshape(weights.shape[0], -1)


def draw_inputs(
    mean: float, mean_square: float, shape: int | Sequence[int], generator: np.random.Generator, alike: float = 0.0
) -> Array:
    """Return random two-valued inputs with a given mean and mean square: zero, or one value between 0 and 1.

    Args:
        mean: of the inputs.
        mean_square: of the inputs.
        shape: (..., inputs).
        generator: of random numbers.
        alike: correlation of any two inputs along the last axis, whose chance to be on is then a beta variate.
    """
    level, chance = (mean_square / mean, mean**2 / mean_square) if mean > 0 else (0.0, 0.0)
    if not alike or not 0 < chance < 1:
        return np.where(generator.random(shape) < chance, level, 0.0)
    pull = 1 / alike - 1
    sides = (shape,) if isinstance(shape, int) else tuple(shape)
    chances = generator.beta(chance * pull, (1 - chance) * pull, (*sides[:-1], 1))
    return np.where(generator.random(shape) < chances, level, 0.0)


def read_arrays(path: str | Path, example: str = "W1=..., W2=...", kind: str = ".npz or .npy") -> dict[str, Any]:
    """Return the arrays of an ``.npz`` or ``.npy`` file by name; the array of the latter is unnamed.

    Raises:
        InputOutputError: the file is missing or cannot be read.
        UsageError: it is no such file, or holds objects.
    """
    needed = f"expected an {kind} file of numbers, as numpy.savez(file, {example}) writes"
    with open_regular(Path(path)) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers of old versions
        try:
            if size := _too_long(stream):
                raise UsageError(
                    f"{path}: its arrays take {size / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:,.0f} MB are read"
                )
            loaded = np.load(stream, allow_pickle=False)
            arrays = dict(loaded) if isinstance(loaded, np.lib.npyio.NpzFile) else {"": loaded}
        except UsageError:
            raise
        except OSError as error:
            raise InputOutputError(f"{path}: cannot be read ({error.strerror or error})") from None
        except Exception as error:  # a broken archive fails in a dozen ways, of three libraries
            reason = "not one, or it holds objects" if "pickle" in str(error) else f"{error}".strip().partition("\n")[0]
            reason = "it is broken" if not reason or "<" in reason else reason  # of what Python calls an open file
            raise UsageError(f"{path}: {needed} ({reason})") from None
    if other := [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]:
        raise UsageError(f"{path}: {needed}; {', '.join(other)}: no array")
    return arrays


def _too_long(stream: BinaryIO) -> int:
    """Return the length of the arrays of a file as it declares it, unpacked [B], or 0 where they are to be read.

    No more than is declared is unpacked, so a small file that unpacks to a large one is known beforehand.
    """
    packed = stream.read(len(ZIP)) == ZIP
    stream.seek(0)
    size = os.fstat(stream.fileno()).st_size
    if packed:
        with zipfile.ZipFile(stream) as archive:
            size = max(size, sum(member.file_size for member in archive.infolist()))
        stream.seek(0)
    return size if size > MOST_BYTES else 0


def _wrong(name: str, array: Any, shape: tuple[int, ...], low: float, bias: int) -> str:
    """Return the error of an array, empty where it is valid."""
    if array.dtype.kind not in "iuf":
        return f"{name} has dtype {array.dtype}; expected numbers"
    if array.shape != shape:
        hint = ""
        if array.shape == shape[::-1]:
            hint = "; transpose it"
        elif bias and array.shape == (shape[0] - 1, *shape[1:]):
            hint = "; the last row, the bias, is missing"
        return f"{name} has the shape {array.shape}; expected {shape}{hint}"
    wrong = ~((array >= low) & (array <= 1))
    if wrong.any():
        place = tuple(int(k) for k in np.argwhere(wrong)[0])
        many = f", and {int(wrong.sum()) - 1} more" if wrong.sum() > 1 else ""
        return f"{name} is {array[place]} at index {place}{many}; expected values between {low:g} and 1{_scaled(array)}"
    return ""


def _scaled(array: Any) -> str:
    """Return by what values are divided to be within -1 and 1; nothing where one of them is not finite."""
    most = float(np.max(np.abs(array)))
    return f"; divide by {most:.6g}, the largest magnitude, to bring them there" if 1 < most < np.inf else ""
