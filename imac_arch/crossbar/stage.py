"""What follows the crossbars of a layer: differential amplifiers and neurons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from imac_arch.crossbar.wires import Array, CrossbarError
from imac_arch.data.errors import UnknownName

__all__ = ["ACTIVATIONS", "Activation", "Stage"]

Activation = Literal["linear", "relu", "sigmoid", "tanh"]
ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh")


@dataclass(frozen=True)
class Stage:
    """Differential amplifiers and neurons at the end of a layer, as behavioural sources.

    The amplifier of weight column c gives ``gain`` times the difference of bit lines 2c and 2c+1: of their voltages,
    or of their currents with a virtual ground (then ``gain`` is in ohm). The neuron gives ``swing`` times the
    activation of ``slope*(amplified - threshold)``.

    Attributes:
        gain: of the amplifier, a plain number or [ohm].
        activation: "linear", "relu" (never below zero), "sigmoid" (0 to 1) or "tanh" (-1 to 1).
        swing: of the neuron's output [V].
        slope: of the activation [1/V].
        threshold: of the activation [V].

    Raises:
        CrossbarError: a value that is not finite.
        UnknownName: an activation that does not exist.
    """

    gain: float
    activation: Activation = "sigmoid"
    swing: float = 1.0
    slope: float = 1.0
    threshold: float = 0.0

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            raise UnknownName("activation", self.activation, ACTIVATIONS)
        for name in ("gain", "swing", "slope", "threshold"):
            if not np.isfinite(getattr(self, name)):
                raise CrossbarError(f"{name}: {getattr(self, name)}; needed is a finite number")

    def amplify(self, ends: Array) -> Array:
        """Return the amplified differences [V], (..., columns), of pairs of bit lines (..., 2*columns)."""
        return self.gain * (ends[..., 0::2] - ends[..., 1::2])

    def fire(self, amplified: Array) -> Array:
        """Return the outputs of the neurons [V], of the shape of ``amplified`` [V]."""
        x = self.slope * (amplified - self.threshold)
        if self.activation == "relu":
            x = np.maximum(x, 0.0)
        elif self.activation == "sigmoid":
            x = 0.5 * (1.0 + np.tanh(0.5 * x))  # exp(-x) itself would overflow
        elif self.activation == "tanh":
            x = np.tanh(x)
        return self.swing * x
