"""Labelled images that a network is judged by: shipped, a folder of IDX files, or an archive of arrays."""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.errors import InputOutputError, UsageError, nearest
from imac_arch.data.files import open_regular
from imac_arch.data.records import NamedTuple
from imac_arch.data.registry import data_folder
from imac_arch.weights import read_arrays

__all__ = ["Images", "fitting", "given_images", "named", "read_images", "shipped_images"]

SIDE, CROP = 28, slice(4, 24)  # of an MNIST image, and the part of it that 400 inputs see
BYTE = 2.0**8 - 1
MOST = 2**28  # bytes of a file when unpacked
MNIST, DIGITS = "mnist", "digits"  # sets that have a name
SHIPPED = ("datasets", "mnist.npz")
# of the unpacked files; Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits
MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


class Images(NamedTuple):
    """Labelled images.

    Attributes:
        x: values between 0 and 1, (images, inputs).
        y: classes, counted from 0, (images,).
        name: of the set.
    """

    x: Array
    y: np.ndarray
    name: str

    def first(self, count: int | None) -> Images:
        """Return the first images; all of them where None are asked for."""
        return self if count is None else Images(self.x[:count], self.y[:count], self.name)


def shipped_images() -> Images:
    """Return the first 2,000 images of the MNIST test set, (2000, 784)."""
    arrays = read_arrays(data_folder().joinpath(*SHIPPED))
    return Images(arrays["x"].reshape(len(arrays["y"]), -1) / BYTE, arrays["y"].astype(int), "MNIST test set")


def read_images(path: str | Path, *, training: bool = False) -> Images:
    """Return the images of a folder of MNIST's IDX files, gzipped or not, of an ``.npz`` file of ``x`` and ``y``, or of
    a set by its name, unless a file or folder bears it.

    Args:
        path: folder, file or name.
        training: whether to take the training set of a folder or of a name.

    Raises:
        InputOutputError: it is missing or cannot be read.
        UsageError: its content is not that; of a folder also where a file is not the published one.
    """
    if not str(path):
        raise UsageError(f"data: no path is given; name a folder, an .npz file, {MNIST} or {DIGITS}")
    file = Path(path)
    if named(path):
        from imac_arch.studies.accuracy.datasets import digits, mnist_folder

        if str(path) == DIGITS:
            return Images(*digits(training=training), "digits of scikit-learn")
        file = mnist_folder()
    elif not file.suffix and file.name == str(path) and _nothing_bears(file):
        near = nearest(str(path), (MNIST, DIGITS))
        meant = f"did you mean {near!r}?" if near else f"sets with a name are {MNIST} and {DIGITS}"
        raise InputOutputError(f"{path}: no such file or folder; {meant}")
    if file.is_dir():
        start = "train" if training else "t10k"
        x, y = _idx(file, f"{start}-images-idx3-ubyte"), _idx(file, f"{start}-labels-idx1-ubyte")
        return Images(x.reshape(len(x), -1) / BYTE, y.astype(int), f"MNIST {'training' if training else 'test'} set")
    arrays = read_arrays(file)
    if missing := [name for name in ("x", "y") if name not in arrays]:
        raise UsageError(f"{path}: has no array {missing[0]!r}; expected x, (images, inputs), and y, (images,)")
    return _checked(str(path), np.asarray(arrays["x"]), np.asarray(arrays["y"]), file.stem)


def _nothing_bears(file: Path) -> bool:
    try:
        os.lstat(file)
    except FileNotFoundError:
        return True
    except (OSError, ValueError):  # a name that the file system refuses: reading it says why
        return False
    return False


def given_images(given: Any) -> str | Images:
    """Return images that are given in Python, ``(x, y)`` or ``{"x": x, "y": y}``; the name or path of some as text.

    Raises:
        UsageError: they are neither.
    """
    if isinstance(given, str | PathLike):
        return fspath(given)
    both = (given.get("x"), given.get("y")) if isinstance(given, Mapping) else given
    if not isinstance(both, tuple | list) or len(both) != 2:
        text = "give a path, or a pair of arrays: images, (images, inputs), and their classes"
        raise UsageError(f"data: a {type(given).__name__} is not allowed; {text}")
    try:
        x, y = (np.asarray(each) for each in both)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UsageError(f"data: no arrays of numbers ({str(error).splitlines()[0]})") from None
    return _checked("data", x, y, "given images")


def named(given: str | Path | Images) -> bool:
    """Return whether images are those of a set that has a name."""
    return isinstance(given, str) and given in (MNIST, DIGITS) and not os.path.lexists(given)


def _checked(path: str, x: Array, y: np.ndarray, name: str) -> Images:
    if x.ndim != 2 or x.dtype.kind not in "iuf" or not x.size:
        hint = f": reshape({len(x)}, -1)" if x.ndim > 2 else ""
        raise UsageError(f"{path}: x has the shape {x.shape}; expected numbers, (images, inputs){hint}")
    if y.shape != (len(x),) or y.dtype.kind not in "iu" or y.min(initial=0) < 0:
        found = f"has the shape {y.shape}" if y.shape != (len(x),) else f"has dtype {y.dtype}"
        found = f"reaches down to {y.min()}" if y.shape == (len(x),) and y.dtype.kind in "iu" else found
        raise UsageError(f"{path}: y {found}; expected one class, a whole number from 0, for each of {len(x)} images")
    if len(x) < 2:
        raise UsageError(f"{path}: has one image; an accuracy needs at least 2")
    low, high = float(x.min()), float(x.max())
    if not (low >= 0 and high <= 1):  # nor what is not a number
        hint = f"; divide bytes by {BYTE:g}" if 1 < high <= BYTE and low >= 0 else ""
        raise UsageError(f"{path}: x reaches from {low:g} to {high:g}; expected values between 0 and 1{hint}")
    return Images(x.astype(float), y.astype(int), name)


def fitting(images: Images, inputs: int, classes: int) -> Images:
    """Return images for a network; those of 28x28 are cropped to their middle 20x20 for 400 inputs.

    Raises:
        UsageError: they do not fit.
    """
    x, have = images.x, images.x.shape[1]
    side = CROP.stop - CROP.start
    if have == SIDE * SIDE and inputs == side * side:
        x = x.reshape(-1, SIDE, SIDE)[:, CROP, CROP].reshape(len(x), -1)
    elif have != inputs:
        raise UsageError(f"{images.name} has images of {have} values; the network takes {inputs} inputs")
    if images.y.max(initial=0) >= classes:
        raise UsageError(f"{images.name} has {int(images.y.max()) + 1} classes; the network has {classes} outputs")
    return images._replace(x=x)


def _idx(folder: Path, name: str) -> np.ndarray:
    """Return an array of an IDX file whose content is the published one."""
    packed, plain = folder / f"{name}.gz", folder / name
    file = packed if packed.exists() else plain
    if not file.exists():
        raise InputOutputError(f"{folder}: has neither {plain.name} nor {packed.name}")
    with open_regular(file) as stream:
        try:
            source = gzip.GzipFile(fileobj=stream) if file == packed else stream
            content = source.read(MOST)
        except (OSError, EOFError, ValueError) as error:
            raise InputOutputError(f"{file}: cannot be unpacked ({error})") from None
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != MD5[name]:
        raise UsageError(f"{file}: is not the published file: its content has the md5 {found}, not {MD5[name]}")
    axes = content[3]
    sides = struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * axes).reshape(sides)
