"""Statistics of the MNIST images for ``tech/laws/inputs.yaml``: ``python fits/inputs.py FOLDER [--images t10k]``.

FOLDER holds the idx files of MNIST (``t10k-images-idx3-ubyte``, plain or ``.gz``). Printed are mean and mean square of
grey and of binary pixels (x > 0), and how far the mean of a row tile fluctuates: the mean square of the means of the
tiles into which the pixels are cut, less the square of the mean of all, over the variance of a pixel. Contiguous tiles
hold neighbours, row by row of the image; interleaved ones every n-th pixel. Independent pixels have ``1/height``.
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MAGIC, TILES = 0x803, (1, 2, 4, 7, 13, 25, 49, 98)


def read_images(folder: Path, name: str) -> Array:
    """Return the images of an idx file with values between 0 and 1, (images, pixels).

    Raises:
        ValueError: the file is missing, or no idx file of images.
    """
    for path, opened in (
        (folder / f"{name}-images-idx3-ubyte.gz", gzip.open),
        (folder / f"{name}-images-idx3-ubyte", open),
    ):
        if path.exists():
            with opened(path, "rb") as file:
                data = file.read()
            head = np.frombuffer(data[:16].ljust(16), ">u4")
            if head[0] != MAGIC or len(data) != 16 + int(np.prod(head[1:], dtype=np.int64)):
                raise ValueError(f"{path}: no idx file of images")
            return np.frombuffer(data[16:], np.uint8).reshape(int(head[1]), -1) / 255.0
    raise ValueError(f"{folder}: holds no {name}-images-idx3-ubyte or {name}-images-idx3-ubyte.gz")


def tile_variance(values: Array, tiles: int, *, interleaved: bool = False) -> float:
    """Return the variance of a tile's mean over that of a single value.

    Args:
        values: (images, pixels).
        tiles: into which the pixels are cut, as evenly as possible.
        interleaved: tile t takes the pixels t, t + tiles, ...
    """
    pixels = values.shape[1]
    sides = [pixels // tiles + (tile < pixels % tiles) for tile in range(tiles)]
    ends = np.cumsum([0, *sides]).tolist()
    parts = [slice(tile, None, tiles) for tile in range(tiles)]
    if not interleaved:
        parts = [slice(first, last) for first, last in pairwise(ends)]
    square = np.mean([np.mean(values[:, part].mean(axis=1) ** 2) for part in parts])
    mean = values.mean()
    return float((square - mean**2) / values.var())


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", default="t10k", help="t10k, the test set, or train")
    given = parser.parse_args(words)
    grey = read_images(given.folder, given.images)
    for title, values in (("grey", grey), ("binary", np.where(grey > 0, 1.0, 0.0))):
        print(f"{title}: mean {values.mean():.4f}, mean square {np.mean(values**2):.4f}")
        for tiles in reversed(TILES):
            contiguous, mixed = (tile_variance(values, tiles, interleaved=order) for order in (False, True))
            height = values.shape[1] / tiles
            row = f"  - {{rows: {height:.4g}, variance: {contiguous:.3f}}}"
            print(f"{row}  # interleaved {mixed:.3f}, independent {1 / height:.3f}")


if __name__ == "__main__":
    main()
