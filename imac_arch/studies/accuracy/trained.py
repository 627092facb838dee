"""Training of a network for the crossbars of a technology: their levels, their read, their tiles."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from imac_arch.case import Case
from imac_arch.circuit import cell_values, line_values, tile_sizes
from imac_arch.data.arrays import Array
from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.data.progress import each
from imac_arch.line_ends import converted
from imac_arch.studies.accuracy.images import Images, fitting, read_images
from imac_arch.studies.accuracy.laws import Law
from imac_arch.studies.accuracy.nets import Net, write
from imac_arch.studies.accuracy.training import Recipe, train

__all__ = ["Training", "learnt_and_judged", "recipe_for", "trained_net", "trained_on"]


class Training(NamedTuple):
    """A network that is to be trained.

    Attributes:
        path: of the ``.npz`` file that its weights are written to.
        epochs: over all images.
        sigma: relative standard deviation of the conductances during training.
        force: whether a file that stands there is overwritten.
    """

    path: str
    epochs: int = 20
    sigma: float = 0.0
    force: bool = False


PARTS = 6  # of the images of a file, of which the last one is kept for judging
AVERAGING = "averaging"


def learnt_and_judged(path: str | Path, case: Case) -> tuple[Images, Images]:
    """Return images to train on and others to judge by: both sets of a folder of IDX files, or five sixths and the rest
    of an ``.npz`` file.

    Raises:
        ImacError: see :func:`imac_arch.studies.accuracy.images.read_images`.
    """
    inputs, classes = case.network.layers[0].fan_in, case.network.layers[-1].fan_out
    if Path(path).is_dir():
        learnt, judged = (fitting(read_images(path, training=part), inputs, classes) for part in (True, False))
        return learnt, judged
    whole = fitting(read_images(path), inputs, classes)
    cut = len(whole.y) * (PARTS - 1) // PARTS
    return whole.first(cut), Images(whole.x[cut:], whole.y[cut:], whole.name)


def recipe_for(case: Case, epochs: int, sigma: float, seed: int) -> Recipe:
    """Return how a network is trained for a technology.

    Args:
        case: network and technology; the medians are taken.
        epochs: over all images.
        sigma: relative standard deviation of the conductances during training.
        seed: of the start, the order of the images, and the noise.

    Raises:
        UsageError: an encoding or a count that training does not know.
    """
    read, synapse = case.technology.read, case.synapse
    if read.encoding != "0/V":
        raise UsageError(f"training knows inputs at 0 and V; the technology has read.encoding {read.encoding}")
    if epochs < 1 or not 0 <= sigma < 1:
        raise UsageError(f"training for {epochs} epochs with a sigma of {sigma:g}; needed are at least 1, and 0 to 1")
    layers = case.network.layers
    sizes = (layers[0].fan_in, *(layer.fan_out for layer in layers))
    levels = synapse.levels ** int(_one(synapse.columns_per_weight.x))
    if read.output != AVERAGING:
        return Recipe(sizes, levels, Law(), epochs, seed, sigma)
    plus, minus = (_one(g) for g in synapse.conductances(np.array([1.0]), read.voltage.x))
    own, mean = line_values(case).g_load, cell_values(case).mean
    load, other = own / mean, _one(converted(case).load(case)) / mean
    heights = tuple(tuple(tile_sizes(case, k)[0]) for k in range(len(layers)))
    law = Law(AVERAGING, heights, (plus - minus) / (plus + minus), load)
    return Recipe(sizes, levels, law, epochs, seed, sigma, (other, load) if load != other else ())


def trained_net(case: Case, recipe: Recipe, images: Images) -> Net:
    """Return a network, trained on images; says how far it is."""
    grey = _one(case.technology.read.input_bits.x) > 1
    net = Net((), (), recipe.law, recipe.levels, grey, "trained here")
    steps = train(recipe, net.shown(images.x), images.y)
    for _ in each("epochs", range(recipe.epochs)):
        found = next(steps)
        net = net._replace(weights=found.weights, gains=found.gains)
    return net


def _write_whole(place: Path, net: Net, command: str, seed: int) -> None:
    part = place.with_name(f".{place.stem}.part.npz")
    try:
        write(part, net, command, seed)
        part.replace(place)
    except OSError as error:
        raise InputOutputError(f"{place}: cannot be written ({error.strerror or error})") from None
    finally:
        part.unlink(missing_ok=True)


def trained_on(case: Case, training: Training, data: str | Path | None, seed: int, command: str) -> Images:
    """Train a network, write its weights, and return the images that it has not seen.

    Raises:
        ImacError: no images to train on, a technology that training does not know, or a path that cannot be written.
    """
    if data is None:
        raise UsageError("--train needs images: give --data, a folder of MNIST's IDX files or an .npz file of x and y")
    place = Path(training.path)
    if place.suffix != ".npz":
        raise UsageError(f"--train {place}: weights are written as .npz; name a file such as weights.npz")
    if place.exists() and not training.force:
        raise InputOutputError(f"{place} exists; use --force to overwrite it")
    learnt, judged = learnt_and_judged(data, case)
    net = trained_net(case, recipe_for(case, training.epochs, training.sigma, seed), learnt)
    _write_whole(place, net, command, seed)
    return judged


def _one(values: Array) -> float:
    return float(np.ravel(values)[0])
