"""Sets of labelled images by name: MNIST, fetched once where there is a network, and the digits of scikit-learn.

Both come by libraries of their own, the extras ``data`` and ``digits``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np

from imac_arch.components.base import Section, Source
from imac_arch.data.arrays import Array
from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.data.files import read_yaml
from imac_arch.data.progress import advance
from imac_arch.data.quantity import about
from imac_arch.data.records import NamedTuple
from imac_arch.data.registry import data_folder
from imac_arch.data.schema import validate
from imac_arch.studies.accuracy.settings import training_settings

__all__ = ["Fetched", "digits", "mnist_folder"]

CACHE = "imac-arch"  # folder of a user's cache
INSTALL = "pip install 'imac-arch[{}]'"


class Fetched(Section):
    """Where a set of images lies."""

    kind: Annotated[Literal["dataset"], about("kind of file")]
    title: Annotated[str, about("the set")]
    sources: Annotated[dict[str, Source], about("works that are cited, by key")]
    mirrors: Annotated[tuple[str, ...], about("addresses that its files follow, in the order in which they are tried")]
    files: Annotated[dict[str, str], about("md5 of each file, as it is fetched, by its name")]


def mnist_folder() -> Path:
    """Return a folder of MNIST's files, which is filled the first time that somebody asks for it.

    Raises:
        UsageError: the library that fetches them is not installed.
        InputOutputError: they cannot be fetched, or are not the published ones.
    """
    try:
        import pooch
    except ImportError:
        said = f"--data mnist is fetched by pooch, which is not installed ({INSTALL.format('data')})"
        raise UsageError(f"{said}; or give a folder of its four IDX files") from None
    pooch.get_logger().setLevel(logging.WARNING)
    folder = Path(pooch.os_cache(CACHE)) / "mnist"
    given = validate(Fetched, read_yaml(data_folder() / "datasets" / "mnist.yaml"))
    for name, md5 in given.files.items():
        failed = list(_failures(pooch, given.mirrors, name, md5, folder))
        if len(failed) == len(given.mirrors):
            raise InputOutputError(
                "MNIST cannot be fetched: " + "; ".join(failed) + "; give a folder of its four IDX files with --data"
            )
    return folder


def _failures(pooch: Any, mirrors: tuple[str, ...], name: str, md5: str, folder: Path) -> Iterator[str]:
    """Fetch a file from the first mirror that has it, unless it lies there, and give why others failed."""
    for mirror in mirrors:
        try:
            how = pooch.HTTPDownloader(progressbar=_Bar(f"bytes of {name}"))
            pooch.retrieve(f"{mirror}{name}", f"md5:{md5}", fname=name, path=folder, downloader=how)
        except (OSError, ValueError) as error:  # no network, a folder that cannot be written; another content
            yield f"{mirror}{name}: {_reason(error)}"
        else:
            return


def _reason(error: Exception) -> str:
    """Return the innermost reason of an error in one line: a library wraps that of a socket several times."""
    text = str(getattr(error, "strerror", None) or error).splitlines()[0]
    inner = getattr(error.args[0], "reason", None) if error.args else None
    return str(inner or text).rpartition(">: ")[2] or type(error).__name__


class _Bar:
    """What a download tells how far it is."""

    def __init__(self, what: str) -> None:
        self.what, self.total, self.done = what, 0, 0

    def update(self, count: int) -> None:
        """Take note of bytes that have come."""
        self.done += count
        advance(self.what, min(self.done, self.total), self.total)

    def reset(self) -> None:
        """Begin anew."""
        self.done = 0

    def close(self) -> None:
        """Do nothing: the next loop shows its own."""


class Digits(NamedTuple):
    """Images of 8x8 values between 0 and 1, (images, 64), and their classes."""

    x: Array
    y: np.ndarray


def digits(*, training: bool) -> Digits:
    """Return the digits of scikit-learn: all parts but the last to train on, and that to judge by.

    Raises:
        UsageError: the library is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        said = f"--data digits comes with scikit-learn, which is not installed ({INSTALL.format('digits')})"
        raise UsageError(said) from None
    x, y = load_digits(return_X_y=True)
    parts = round(training_settings().parts.value)
    cut = len(y) * (parts - 1) // parts
    part = slice(cut) if training else slice(cut, None)
    return Digits(x[part] / x.max(), y[part])
