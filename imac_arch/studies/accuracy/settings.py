"""How networks are trained and which values studies try, as data: ``tech/accuracy``."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from imac_arch.components.base import Section, Source
from imac_arch.data.files import Document, digest, read_yaml
from imac_arch.data.quantity import COUNT, RATIO, Quantity, Status, about
from imac_arch.data.registry import data_folder
from imac_arch.data.schema import validate

__all__ = ["GainRule", "Ladder", "Ladders", "TrainingSettings", "ladders", "settings_digest", "training_settings"]


class GainRule(Section):
    """Gain of layers whose weights have so many levels, or more where no rule has more."""

    levels: Annotated[Quantity, COUNT.said("least levels of a weight that the rule is for", "2 .. 1000")]
    hidden: Annotated[Quantity, RATIO.said("c of the gain c/sqrt(rows) of hidden layers", "0.1 .. 100")]
    last: Annotated[Quantity, RATIO.said("the same of the last layer", "0.1 .. 100")]


class TrainingSettings(Section):
    """How networks are trained."""

    kind: Annotated[Literal["training"], about("kind of file")]
    title: Annotated[str, about("what the file says")]
    sources: Annotated[dict[str, Source], about("works that are cited, by key")]
    epochs: Annotated[Quantity, COUNT.said("passes over all images, where nobody says how many", "1 .. 1000")]
    batch: Annotated[Quantity, COUNT.said("images of a step", "1 .. 10000")]
    rate: Annotated[Quantity, RATIO.said("step at the beginning, of weights with levels", "1e-5 .. 1")]
    rate_float: Annotated[Quantity, RATIO.said("the same of weights without", "1e-5 .. 1")]
    keep: Annotated[Quantity, RATIO.said("share of the mean gradient that is kept from step to step", "0.1 .. 1")]
    keep_square: Annotated[Quantity, RATIO.said("the same of its mean square", "0.1 .. 1")]
    tiny: Annotated[Quantity, RATIO.said("is added to the root of the mean square", "1e-12 .. 1e-3")]
    start: Annotated[Quantity, RATIO.said("largest magnitude of latent weights at the beginning", "0.01 .. 1")]
    gains: Annotated[tuple[GainRule, ...], about("gain of a layer by levels of its weights, ascending")]
    parts: Annotated[Quantity, COUNT.said("equal parts of a set, of which the last is not trained on", "2 .. 100")]


class Ladder(Section):
    """Values of a knob that are tried."""

    values: Annotated[tuple[str, ...], about("from harmless to harmful, as a file writes them")]
    status: Annotated[Status, about("how they were chosen")]
    source: Annotated[str, about("key of the work that they are of")] = ""
    note: Annotated[str, about("why these")]


class Ladders(Section):
    """Values that studies and questions try."""

    kind: Annotated[Literal["ladders"], about("kind of file")]
    title: Annotated[str, about("what the file says")]
    sources: Annotated[dict[str, Source], about("works that are cited, by key")]
    ladders: Annotated[dict[str, Ladder], about("by knob")]


@cache
def ladders() -> dict[str, tuple[str, ...]]:
    """Return the values that are tried of each knob."""
    given = validate(Ladders, _document("ladders"))
    return {name: ladder.values for name, ladder in given.ladders.items()}


@cache
def training_settings() -> TrainingSettings:
    """Return how networks are trained."""
    return validate(TrainingSettings, _document("training"))


def settings_digest() -> str:
    """Return a hash of how networks are trained."""
    return digest(_document("training").data)


@cache
def _document(name: str) -> Document:
    return read_yaml(data_folder() / "accuracy" / f"{name}.yaml")
