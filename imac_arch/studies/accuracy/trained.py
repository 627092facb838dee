"""Training of a network for the crossbars of a technology: their levels, their read, their tiles.

After each epoch, what training goes on from lies beside the file of weights that it is to write. Interrupted, the same
training goes on from there, and comes to the same weights as one that nobody interrupted.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from imac_arch import given as plain
from imac_arch.case import Case
from imac_arch.circuit import cell_values, line_values, tile_sizes
from imac_arch.data.arrays import single
from imac_arch.data.digests import DIGEST, arrays_digest, checked_digest
from imac_arch.data.errors import InputOutputError, UsageError
from imac_arch.data.log import logger
from imac_arch.data.progress import advance
from imac_arch.data.records import NamedTuple
from imac_arch.data.written import refuse_early, same_file, write_bytes
from imac_arch.line_ends import converted
from imac_arch.studies.accuracy.images import Images, fitting, named, read_images
from imac_arch.studies.accuracy.laws import FLOAT, Law
from imac_arch.studies.accuracy.nets import Net, write
from imac_arch.studies.accuracy.settings import settings_digest, training_settings
from imac_arch.studies.accuracy.training import Recipe, State, train
from imac_arch.weights import read_arrays

__all__ = ["Training", "learnt_and_judged", "recipe_for", "trained_net", "trained_on"]

AVERAGING, SYMMETRIC = "averaging", "-V/+V"
UNROUNDED, FINE = "float", 257  # what levels may be instead of a count, and a count that is as fine
MOST = 2**16  # levels of a weight
UNFINISHED = ".unfinished.npz"
LAYERS = ("latents", "first", "second")  # arrays of a state, one per layer
_log = logger(__name__)


class Training(NamedTuple):
    """A network that is to be trained.

    Attributes:
        path: of the ``.npz`` file that its weights are written to.
        epochs: over all images; those of ``tech/accuracy/training.yaml`` where None is given.
        sigma: relative standard deviation of the conductances during training.
        force: whether a file that stands there is overwritten, and training of other settings forgotten.
        levels: of a weight, 0 for weights that are not rounded; those of the technology's cells where None is given.
    """

    path: str
    epochs: int | None = None
    sigma: float = 0.0
    force: bool = False
    levels: int | None = None

    @classmethod
    def of(
        cls, path: str | Path | None, epochs: int | None, sigma: float, force: bool, levels: object = None
    ) -> Training | None:
        """Return the same of what somebody gives in Python; None where no file is named.

        Raises:
            UsageError: an argument of another type, or one of a training that is not asked for.
        """
        if path is None:
            asked = {"--train-sigma": sigma, "--train-levels": levels, "--epochs": epochs is not None}
            if name := next((name for name, given in asked.items() if given), None):
                raise UsageError(f"{name} is for --train, which is not given; add --train weights.npz")
            return None
        whole = plain.optional(plain.whole, "epochs", epochs)
        relative, forced = plain.real("train_sigma", sigma), plain.flag("force", force)
        return cls(plain.name("train", path), whole, relative, forced, _levels(levels))


def _levels(given: object) -> int | None:
    """Return how many levels a weight is trained for, as somebody gives them; None where nobody does.

    Raises:
        UsageError: neither a count of at least 2 nor ``float``.
    """
    if given is None:
        return None
    text = str(given)
    if text == UNROUNDED:
        return FLOAT
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MOST)) or not 2 <= int(text) <= MOST:
        raise UsageError(f"--train-levels {text[:40]}: write a count from 2 to {MOST:,}, or {UNROUNDED}")
    return int(text)


def learnt_and_judged(given: str | Path | Images, case: Case) -> tuple[Images, Images]:
    """Return images to train on and others to judge by: both sets of a folder of IDX files or of a name, or all parts
    of an ``.npz`` file or of arrays but the last one, and that.

    Raises:
        ImacError: see :func:`imac_arch.studies.accuracy.images.read_images`.
    """
    inputs, classes = case.network.layers[0].fan_in, case.network.layers[-1].fan_out
    if not isinstance(given, Images) and (named(given) or Path(given).is_dir()):
        learnt, judged = (fitting(read_images(given, training=part), inputs, classes) for part in (True, False))
        return learnt, judged
    whole = fitting(given if isinstance(given, Images) else read_images(given), inputs, classes)
    parts = round(training_settings().parts.value)
    cut = len(whole.y) * (parts - 1) // parts
    return whole.first(cut), Images(whole.x[cut:], whole.y[cut:], whole.name)


def recipe_for(case: Case, epochs: int | None, sigma: float, seed: int, levels: int | None = None) -> Recipe:
    """Return how a network is trained for a technology.

    Args:
        case: network and technology; the medians are taken.
        epochs: over all images; as many as are usual where None is given.
        sigma: relative standard deviation of the conductances during training.
        seed: of the start, the order of the images, and the noise.
        levels: of a weight, 0 for weights that are not rounded; those of the cells where None is given.

    Raises:
        UsageError: a count or share that cannot be; weights without bounds for a read that averages.
    """
    read, synapse = case.technology.read, case.synapse
    epochs = round(training_settings().epochs.value) if epochs is None else epochs
    if epochs < 1 or not 0 <= sigma < 1:
        raise UsageError(f"training for {epochs} epochs with a sigma of {sigma:g}; needed are at least 1, and 0 to 1")
    layers = case.network.layers
    sizes = (layers[0].fan_in, *(layer.fan_out for layer in layers))
    if levels is None:
        levels = synapse.levels ** int(single(synapse.columns_per_weight.x))
    plus, minus = (single(g) for g in synapse.conductances(np.array([1.0]), read.voltage.x))
    law = Law(contrast=(plus - minus) / (plus + minus), symmetric=read.encoding == SYMMETRIC)
    if read.output != AVERAGING:
        return Recipe(sizes, levels, law, epochs, seed, sigma)
    if levels == FLOAT:
        raise UsageError(
            f"--train-levels {UNROUNDED}: such weights have no bounds, an averaging read knows weights as shares of "
            f"the cells' range; write --train-levels {FINE}, which is as fine, or --read virtual_ground"
        )
    own, mean = line_values(case).g_load, cell_values(case).mean
    load, other = own / mean, single(converted(case).load(case)) / mean
    heights = tuple(tuple(tile_sizes(case, k)[0]) for k in range(len(layers)))
    law = law._replace(read=AVERAGING, heights=heights, load=load)
    return Recipe(sizes, levels, law, epochs, seed, sigma, (other, load) if load != other else ())


def trained_net(case: Case, recipe: Recipe, images: Images, keep: Path | None = None, force: bool = False) -> Net:
    """Return a network, trained on images; says how far it is.

    Args:
        case: network and technology.
        recipe: how it is trained.
        images: that it is trained on.
        keep: file of what training goes on from, which is written after each epoch; None for none.
        force: whether such a file of another training is overwritten.

    Raises:
        UsageError: the file belongs to another training, or is no such file.
    """
    grey = single(case.technology.read.input_bits.x) > 1
    net = Net((), (), recipe.law, recipe.levels, grey, "trained here")
    x, total = net.shown(images.x), recipe.epochs
    about = {**_said(recipe), "images": arrays_digest({"x": x, "y": images.y}), "settings": settings_digest()}
    begun = None if keep is None or not os.path.lexists(keep) else _read_state(keep, about, force)
    done = 0 if begun is None else begun.epoch
    if begun is not None:
        _log.warning("training goes on after %d of %d epochs, from %s", done, total, keep)
    advance("epochs", done, total)
    try:
        for found in train(recipe, x, images.y, begun):
            net, done = net._replace(weights=found.weights, gains=found.gains), found.state.epoch
            if keep is not None and done < total:
                _write_state(keep, found.state, about)
            advance("epochs", done, total)
    except KeyboardInterrupt:
        if keep is None or not done:
            raise
        raise KeyboardInterrupt(f"after {done} of {total} epochs; the same command goes on from {keep}") from None
    return net


def _said(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain data."""
    law = recipe.law
    said = {**recipe._asdict(), **law._asdict()}
    del said["law"]
    plain: dict[str, Any] = json.loads(json.dumps(said))
    return plain


def _write_state(file: Path, state: State, about: dict[str, Any]) -> None:
    """Write what training goes on from, whole or not at all."""
    arrays: dict[str, Any] = {f"{name}{k}": w for name in LAYERS for k, w in enumerate(getattr(state, name))}
    arrays |= {"epoch": np.array(state.epoch), "drawn": np.array(json.dumps(state.drawn))}
    arrays["about"] = np.array(json.dumps(about))
    arrays[DIGEST] = np.array(arrays_digest(arrays))
    _write_whole(file, lambda part: np.savez(part, **arrays))


def _read_state(file: Path, about: dict[str, Any], force: bool) -> State | None:
    """Return what training goes on from; None where it belongs to another training and may be forgotten.

    Raises:
        UsageError: it may not, or the file is none of ours.
    """
    arrays = checked_digest(str(file), read_arrays(file))
    try:
        other, count = json.loads(str(arrays["about"])), len(about["sizes"]) - 1
        changed = [f"{key} {other[key]!r}, now {value!r}" for key, value in about.items() if other[key] != value]
        if changed:
            if force:
                return None
            text = f"was begun with {'; '.join(changed)}"
            raise UsageError(f"{file}: {text}; give the same, name another file, or use --force to begin anew")
        latents, first, second = (tuple(arrays[f"{name}{k}"] for k in range(count)) for name in LAYERS)
        return State(int(arrays["epoch"]), latents, first, second, json.loads(str(arrays["drawn"])))
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(f"{file}: is no unfinished training ({error}); remove it to begin anew") from None


def _write_whole(file: Path, write_to: Callable[[BinaryIO], None]) -> None:
    stream = io.BytesIO()
    write_to(stream)
    write_bytes(file, stream.getvalue(), force=True)


def _checked_file(training: Training, data: str | Path | Images) -> Path:
    """Return where weights are to be written; images are not written over, whatever is forced.

    Raises:
        ImacError: that cannot be, or something stands there.
    """
    file = Path(training.path)
    if file.suffix != ".npz":
        raise UsageError(f"--train {file}: weights are written as .npz; name a file such as weights.npz")
    if os.path.lexists(file) and not training.force:
        raise InputOutputError(f"{file} exists; use --force to overwrite it")
    if not isinstance(data, Images) and same_file(file, Path(data)):
        raise InputOutputError(f"--train {file} is read by this command, and stays as it is; write to another file")
    refuse_early(file, force=True)
    return file


def trained_on(case: Case, training: Training, data: str | Path | Images | None, seed: int, command: str) -> Images:
    """Train a network, write its weights, and return the images that it has not seen.

    Raises:
        ImacError: no images to train on, a technology that training does not know, or a path that cannot be written.
        KeyboardInterrupt: after some epochs, from which the same call goes on.
    """
    if data is None:
        raise UsageError(
            "--train needs images: give --data mnist, digits, a folder of MNIST's IDX files or an .npz file of x and y"
        )
    file = _checked_file(training, data)
    keep = file.with_name(file.stem + UNFINISHED)
    recipe = recipe_for(case, training.epochs, training.sigma, seed, training.levels)
    learnt, judged = learnt_and_judged(data, case)
    net = trained_net(case, recipe, learnt, keep, training.force)
    _write_whole(file, lambda part: write(part, net, command, seed))
    keep.unlink(missing_ok=True)
    return judged
