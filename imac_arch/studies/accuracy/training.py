"""Training of networks for the levels and the read of a crossbar, by straight-through gradients.

The forward pass uses the stored levels and the law of the read; the gradient passes the rounding unchanged, on to
latent weights that are kept between -1 and 1. Source of the method: M. Courbariaux, Y. Bengio and J.-P. David,
BinaryConnect, arXiv:1511.00363; optimiser: D. P. Kingma and J. Ba, Adam, arXiv:1412.6980.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.studies.accuracy.laws import FLOAT, Law, logistic, quantised

__all__ = ["Recipe", "Trained", "gains_for", "train"]

BATCH, RATE, FLOAT_RATE = 100, 1e-2, 3 / 1000
DECAY = (1 - 1e-1, 1 - 1e-3, 1e-8)  # of Adam
# c of a gain c/sqrt(rows) for hidden layers and the last one: with few levels every weight is large, so that sums are
HIDDEN, LAST = {2: 6, 3: 10}, {2: 8, 3: 8}
MANY = (20, 16)  # of more levels


class Recipe(NamedTuple):
    """How a network is trained.

    Attributes:
        sizes: of the layers, the inputs first.
        levels: of a weight; 0 for weights that are not quantised.
        law: of the read that computes with them.
        epochs: over all images.
        seed: of the start, the order of the images, and the noise.
        sigma: relative standard deviation of the conductances during training, new in each batch.
        loads: at the ends of averaging lines, see :class:`Law`, one after the other from batch to batch, so that the
            network computes with each of them; the law's own where none are given.
    """

    sizes: tuple[int, ...]
    levels: int = FLOAT
    law: Law = Law()  # frozen
    epochs: int = 20
    seed: int = 0
    sigma: float = 0.0
    loads: tuple[float, ...] = ()


class Trained(NamedTuple):
    """A network after an epoch.

    Attributes:
        weights: stored, of each layer, between -1 and 1, (inputs + 1, outputs), the bias last.
        gains: of each layer.
        epoch: how many are done.
        loss: mean cross-entropy of the epoch.
    """

    weights: tuple[Array, ...]
    gains: tuple[float, ...]
    epoch: int
    loss: float


def gains_for(sizes: Sequence[int], levels: int) -> tuple[float, ...]:
    """Return the gain of each layer that a network is trained with; weights that are not quantised need none."""
    if levels == FLOAT:
        return (1.0,) * (len(sizes) - 1)
    last = len(sizes) - 2
    inner, outer = (HIDDEN.get(levels, MANY[0]), LAST.get(levels, MANY[1]))
    return tuple((outer if k == last else inner) / np.sqrt(sizes[k] + 1) for k in range(last + 1))


def train(recipe: Recipe, x: Array, y: Array) -> Iterator[Trained]:
    """Train a network, giving it after each epoch.

    Args:
        recipe: how.
        x: images, each value between 0 and 1, (images, inputs).
        y: their classes, counted from 0, (images,).
    """
    generator = np.random.default_rng(recipe.seed)
    gains = gains_for(recipe.sizes, recipe.levels)
    x, y = np.asarray(x, dtype=np.float32), np.asarray(y)
    latents = [_start(rows, cols, recipe.levels, generator) for rows, cols in _shapes(recipe.sizes)]
    highest, bound = (FLOAT_RATE, np.inf) if recipe.levels == FLOAT else (RATE, 1.0)
    moments = [[np.zeros_like(w) for w in latents] for _ in range(2)]
    steps = recipe.epochs * (len(x) // BATCH)
    done = 0
    for epoch in range(recipe.epochs):
        order, loss = generator.permutation(len(x)), 0.0
        for start in range(0, len(x) - BATCH + 1, BATCH):
            picked = order[start : start + BATCH]
            if recipe.loads:
                recipe = recipe._replace(law=recipe.law._replace(load=recipe.loads[done % len(recipe.loads)]))
            found, slopes = _slopes(latents, gains, recipe, x[picked], y[picked], generator)
            loss += found * BATCH / len(x)
            rate = highest * (1 + np.cos(np.pi * done / steps)) / 2
            done += 1
            for k, slope in enumerate(slopes):
                _step(latents[k], slope, moments[0][k], moments[1][k], rate, done)
                np.clip(latents[k], -bound, bound, out=latents[k])
        yield Trained(*_stored(latents, gains, recipe.levels), epoch + 1, loss)


def _shapes(sizes: Sequence[int]) -> list[tuple[int, int]]:
    return [(inputs + 1, outputs) for inputs, outputs in pairwise(sizes)]


def _start(rows: int, cols: int, levels: int, generator: np.random.Generator) -> Array:
    """Return latent weights to begin with; those of no levels after X. Glorot and Y. Bengio, AISTATS 2010."""
    if levels == FLOAT:
        start: Array = (generator.standard_normal((rows, cols)) * np.sqrt(2 / (rows - 1 + cols))).astype(np.float32)
        return start
    even: Array = generator.uniform(-0.5, 0.5, (rows, cols)).astype(np.float32)
    return even


def _stored(
    latents: Sequence[Array], gains: Sequence[float], levels: int
) -> tuple[tuple[Array, ...], tuple[float, ...]]:
    """Return weights between -1 and 1 with the gains that belong to them."""
    if levels != FLOAT:
        return tuple(quantised(w, levels).astype(float) for w in latents), tuple(gains)
    largest = [float(np.abs(w).max()) for w in latents]
    scaled = tuple(w.astype(float) / most for w, most in zip(latents, largest, strict=True))
    return scaled, tuple(gain * most for gain, most in zip(gains, largest, strict=True))


def _slopes(
    latents: Sequence[Array], gains: Sequence[float], recipe: Recipe, x: Array, y: Array, generator: np.random.Generator
) -> tuple[float, list[Array]]:
    """Return the mean cross-entropy of a batch, and its gradient by the latent weights."""
    seen, used, scales = [x], [], []
    for k, latent in enumerate(latents):
        stored = quantised(latent, recipe.levels)
        if recipe.sigma:  # of both cells of a weight, each about the mean conductance
            noise = np.float32(recipe.sigma / recipe.law.contrast / np.sqrt(2))
            stored = stored + noise * generator.standard_normal(stored.shape, dtype=np.float32)
        weights, scale = _centred(stored, recipe.law, k)
        total = np.float32(gains[k]) * (seen[-1] @ weights[:-1] + weights[-1])
        used.append(weights)
        scales.append(scale)
        seen.append(total if k == len(latents) - 1 else logistic(total).astype(np.float32))
    logits = seen[-1] - seen[-1].max(axis=1, keepdims=True)
    chance = np.exp(logits)
    chance /= chance.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = float(-np.log(np.maximum(chance[rows, y], 1e-30)).mean())
    back = chance
    back[rows, y] -= 1
    back /= len(y)
    slopes: list[Array] = []
    for k in reversed(range(len(latents))):
        back = back * np.float32(gains[k])
        slope = np.concatenate([seen[k].T @ back, back.sum(axis=0, keepdims=True)])
        slopes.append(_uncentred(slope, scales[k], recipe.law, k))
        if k:
            back = (back @ used[k][:-1].T) * seen[k] * (1 - seen[k])
    return loss, slopes[::-1]


def _centred(stored: Array, law: Law, layer: int) -> tuple[Array, list[Array]]:
    """Return effective weights, and by how much each column of a tile is scaled."""
    if law.read == "virtual_ground":
        return stored, []
    heights, parts, scales, start = law.tiles(layer, len(stored)), [], [], 0
    middle = len(stored) / len(heights) + law.load
    for height in heights:
        part = stored[start : start + height]
        mean = part.sum(axis=0) / np.float32(height + law.load)
        scale = np.float32(middle / (height + law.load)) / (1 - (np.float32(law.contrast) * mean) ** 2)
        parts.append((part - mean) * scale)
        scales.append(scale)
        start += height
    return np.concatenate(parts), scales


def _uncentred(slope: Array, scales: Sequence[Array], law: Law, layer: int) -> Array:
    """Return the gradient by stored weights from that by effective ones; that of the scale is left out."""
    if law.read == "virtual_ground":
        return slope
    parts, start = [], 0
    for height, scale in zip(law.tiles(layer, len(slope)), scales, strict=True):
        part = slope[start : start + height] * scale
        parts.append(part - part.sum(axis=0) / np.float32(height + law.load))
        start += height
    return np.concatenate(parts)


def _step(latent: Array, slope: Array, first: Array, second: Array, rate: float, done: int) -> None:
    """Move latent weights by one step of Adam."""
    keep, keep_square, tiny = DECAY
    first *= keep
    first += (1 - keep) * slope
    second *= keep_square
    second += (1 - keep_square) * slope * slope
    ahead, spread = first / (1 - keep**done), second / (1 - keep_square**done)
    latent -= np.float32(rate) * ahead / (np.sqrt(spread) + np.float32(tiny))
