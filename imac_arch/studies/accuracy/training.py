"""Training of networks for the levels and the read of a crossbar, by straight-through gradients.

The forward pass uses the stored levels and the law of the read; the gradient passes the rounding unchanged, on to
latent weights that are kept between -1 and 1. Source of the method: M. Courbariaux, Y. Bengio and J.-P. David,
BinaryConnect, arXiv:1511.00363; optimiser: D. P. Kingma and J. Ba, Adam, arXiv:1412.6980.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from imac_arch.data.arrays import Array
from imac_arch.data.records import NamedTuple
from imac_arch.studies.accuracy.laws import FLOAT, Law, logistic, quantised
from imac_arch.studies.accuracy.settings import training_settings

__all__ = ["Recipe", "State", "Trained", "gains_for", "train"]


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


class State(NamedTuple):
    """What training goes on from after an epoch.

    Attributes:
        epoch: how many are done.
        latents: weights before they are rounded, of each layer.
        first: mean gradients, of each layer.
        second: their mean squares.
        drawn: state of the generator of random numbers.
    """

    epoch: int
    latents: tuple[Array, ...]
    first: tuple[Array, ...]
    second: tuple[Array, ...]
    drawn: dict[str, Any]


class Trained(NamedTuple):
    """A network after an epoch.

    Attributes:
        weights: stored, of each layer, between -1 and 1, (inputs + 1, outputs), the bias last.
        gains: of each layer.
        loss: mean cross-entropy of the epoch.
        state: that training goes on from; its arrays change when it does.
    """

    weights: tuple[Array, ...]
    gains: tuple[float, ...]
    loss: float
    state: State


def gains_for(sizes: Sequence[int], levels: int, symmetric: bool = False) -> tuple[float, ...]:
    """Return the gain of each layer that a network is trained with; weights that are not quantised need none, and half
    of it does where lines carry ``2 x - 1``."""
    if levels == FLOAT:
        return (1.0,) * (len(sizes) - 1)
    rules, last = training_settings().gains, len(sizes) - 2
    rule = max((rule for rule in rules if rule.levels.value <= levels), key=lambda rule: rule.levels.value)
    shares = [(rule.last if k == last else rule.hidden).value / (1 + symmetric) for k in range(last + 1)]
    return tuple(share / float(np.sqrt(rows + 1)) for share, rows in zip(shares, sizes, strict=False))


def train(recipe: Recipe, x: Array, y: Array, begun: State | None = None) -> Iterator[Trained]:
    """Train a network, giving it after each epoch.

    Args:
        recipe: how.
        x: images, each value between 0 and 1, (images, inputs).
        y: their classes, counted from 0, (images,).
        begun: what to go on from, of the same recipe and images; the beginning where None is given.
    """
    given = training_settings()
    generator = np.random.default_rng(recipe.seed)
    gains = gains_for(recipe.sizes, recipe.levels, recipe.law.symmetric)
    x, y = recipe.law.lines(np.asarray(x, dtype=np.float32)), np.asarray(y)
    if begun is None:
        latents = [_start(rows, cols, recipe.levels, generator) for rows, cols in _shapes(recipe.sizes)]
        first, second = ([np.zeros_like(w) for w in latents] for _ in range(2))
    else:
        latents, first, second = ([np.array(w) for w in part] for part in (begun.latents, begun.first, begun.second))
        generator.bit_generator.state = begun.drawn
    highest, bound = (given.rate_float, np.inf) if recipe.levels == FLOAT else (given.rate, 1.0)
    size = min(round(given.batch.value), len(x))
    batches = len(x) // size
    for epoch in range(0 if begun is None else begun.epoch, recipe.epochs):
        order, loss = generator.permutation(len(x)), 0.0
        for batch in range(batches):
            done = epoch * batches + batch
            picked = order[batch * size : (batch + 1) * size]
            law = recipe.law._replace(load=recipe.loads[done % len(recipe.loads)]) if recipe.loads else recipe.law
            found, slopes = _slopes(latents, gains, recipe._replace(law=law), x[picked], y[picked], generator)
            loss += found / batches
            rate = highest.value * (1 + np.cos(np.pi * done / (recipe.epochs * batches))) / 2
            for k, slope in enumerate(slopes):
                _step(latents[k], slope, first[k], second[k], rate, done + 1)
                np.clip(latents[k], -bound, bound, out=latents[k])
        state = State(epoch + 1, tuple(latents), tuple(first), tuple(second), dict(generator.bit_generator.state))
        yield Trained(*_stored(latents, gains, recipe.levels), loss, state)


def _shapes(sizes: Sequence[int]) -> list[tuple[int, int]]:
    return [(inputs + 1, outputs) for inputs, outputs in pairwise(sizes)]


def _start(rows: int, cols: int, levels: int, generator: np.random.Generator) -> Array:
    """Return latent weights to begin with; those of no levels after X. Glorot and Y. Bengio, AISTATS 2010."""
    if levels == FLOAT:
        start: Array = (generator.standard_normal((rows, cols)) * np.sqrt(2 / (rows - 1 + cols))).astype(np.float32)
        return start
    reach = training_settings().start.value
    even: Array = generator.uniform(-reach, reach, (rows, cols)).astype(np.float32)
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
    """Return the mean cross-entropy of a batch, and its gradient by the latent weights; ``x`` is on the word lines."""
    law = recipe.law
    drive, shown, used, scales = [x], [x], [], []
    for k, latent in enumerate(latents):
        stored = quantised(latent, recipe.levels)
        if recipe.sigma:
            stored = stored + _noise(stored, recipe.sigma / law.contrast, law.contrast, generator)
        weights, scale = _centred(stored, law, k)
        total = np.float32(gains[k]) * (drive[-1] @ weights[:-1] + weights[-1])
        used.append(weights)
        scales.append(scale)
        shown.append(total if k == len(latents) - 1 else logistic(total).astype(np.float32))
        drive.append(law.lines(shown[-1]))
    logits = shown[-1] - shown[-1].max(axis=1, keepdims=True)
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
        slope = np.concatenate([drive[k].T @ back, back.sum(axis=0, keepdims=True)])
        slopes.append(_uncentred(slope, scales[k], recipe.law, k))
        if k:
            back = (back @ used[k][:-1].T) * shown[k] * (1 - shown[k]) * np.float32(1 + law.symmetric)
    return loss, slopes[::-1]


def _noise(stored: Array, relative: float, contrast: float, generator: np.random.Generator) -> Array:
    """Return what both cells of a weight add to it, each off by a share of its own conductance ``G (1 +- a w)``."""
    spread: Any = np.float32(relative) * np.sqrt((1 + np.square(np.float32(contrast) * stored)) / 2)
    added: Array = spread * generator.standard_normal(stored.shape, dtype=np.float32)
    return added


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
    given = training_settings()
    keep, keep_square, tiny = given.keep.value, given.keep_square.value, given.tiny.value
    first *= keep
    first += (1 - keep) * slope
    second *= keep_square
    second += (1 - keep_square) * slope * slope
    ahead, spread = first / (1 - keep**done), second / (1 - keep_square**done)
    latent -= np.float32(rate) * ahead / (np.sqrt(spread) + np.float32(tiny))
