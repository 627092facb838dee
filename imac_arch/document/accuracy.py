"""Records of the accuracy of a network on labelled images."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["AccuracyRow", "Share"]

Real = float


class Share(NamedTuple):
    """A share of images with its 90 % interval."""

    value: Real
    low: Real
    high: Real


class AccuracyRow(NamedTuple):
    """The share of images that a design classifies correctly.

    Attributes:
        technology: its name; None of a board, which no technology changes.
        architecture: its name.
        value: mean over programmings; None where it is not known, see ``reason``.
        low: of the 90 % interval of one chip: spread of programmings and binomial error of the images together.
        high: of the same interval.
        software: of the same weights and inputs in exact arithmetic.
        float: of the shipped network of these sizes whose weights are not quantised; None where there is none.
        loss: software less this design, paired by image; its interval is of the mean.
        gain: how the gain of amplifiers is set, ``nominal`` or ``trimmed``; None without amplifiers.
        otherwise: the value with the other rule of gain.
        images: how many were classified.
        data: the set they are from.
        programmings: how many were drawn; 1 where nothing varies.
        sigma: relative standard deviation of a cell's conductance.
        weights: the network's file.
        note: how the network differs from what the design asks for, empty where it does not.
        reason: why there is no value; empty where there is one.
    """

    technology: str | None
    architecture: str
    value: Real | None
    low: Real | None
    high: Real | None
    software: Real | None
    float: Real | None
    loss: Share | None
    gain: str | None
    otherwise: Real | None
    images: int
    data: str
    programmings: int
    sigma: Real
    weights: str
    note: str
    reason: str
