"""Transistors by node: currents per width, and a continuous drain-current model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Literal

import numpy as np

from imac_arch.components.base import LAW_KIND, Check, Law, Rows, Section
from imac_arch.data.quantity import Array, In, Quantity, about

__all__ = ["Curve", "Device", "Transistors", "drain_current"]

STEPS = 8  # of Newton to the threshold: from half the supply, one more than any circuit of the tests takes
LEAST_RATIO = 1e-300  # whose logarithm exists
Positive = Annotated[Quantity, In("", gt=0, plain=True)]


class TransistorRow(Section):
    """On- and off-current per width at one node."""

    node: Annotated[Quantity, In("m", "technology node of the row", gt=0)]
    on_current: Annotated[Quantity, In("A/m", "on-current per transistor width", gt=0)]
    off_current: Annotated[Quantity, In("A/m", "off-current per transistor width", gt=0)]


@dataclass(frozen=True)
class Device:
    """A transistor type at one supply. Arrays broadcast over (designs..., samples).

    Attributes:
        scale: current per width at unit charge in saturation [A/m].
        threshold: at zero drain voltage [V].
        slope: n kT/q, the subthreshold swing over ln 10 [V].
        transition: threshold of strong inversion minus that of weak inversion [V].
        dibl: drain-induced barrier lowering, threshold shift per drain voltage.
        saturation: drain voltage at which the current saturates [V].
        sharpness: exponent of the transition from the linear to the saturated region.
    """

    scale: Array
    threshold: Array
    slope: Array
    transition: Array
    dibl: Array
    saturation: Array
    sharpness: Array


class Curve:
    """The current of a device with what does not depend on its voltages worked out once.

    ``I = k Q(V_gs - V_t + d V_ds) F(V_ds)`` with ``Q(v) = ln(1 + exp((v + w G(v))/s))``, ``G(v) = 1/(1 + exp(v/w +
    1/2))`` and ``F(v) = (v/v_s)/(1 + (v/v_s)^b)^(1/b)``: the charge and saturation functions of the virtual-source
    model (Khakifirooz, Nayfeh, Antoniadis, IEEE Trans. Electron Devices 56, 2009), there with w = 3.5 kT/q; w = 0 is
    the interpolation of the EKV model. Below zero drain voltage, source and drain change places.

    Left out: series resistance, velocity overshoot, gate and junction leakage, temperature. Between on- and off-current
    the law interpolates; a BSIM4 card of its own swing and barrier lowering lies within a tenth of it at half supply.
    """

    def __init__(self, device: Device, strength: Array | float = 1.0) -> None:
        """Take a device, and how many times its current flows (a width, a ratio)."""
        self.strength, self.dibl = strength * device.scale, device.dibl
        self.charge = Charge(device.slope, device.transition)
        self.offset = device.threshold / device.slope
        self.per_saturation = 1 / device.saturation
        self.barrier = device.dibl * device.saturation
        self.sharpness, self.root = device.sharpness, -1 / device.sharpness
        self.steepness = self.strength * self.charge.per_slope
        self.reverse = -1 - device.dibl

    def current(self, gate: Array, drain: Array) -> Array:
        """Return the current [A/m] times the strength, at gate and drain voltages against the source [V]."""
        ratio = drain * self.per_saturation
        size = np.maximum(np.abs(ratio), LEAST_RATIO)
        charge = self.charge.at(self._over(gate, drain, size))
        share = np.exp(np.log1p(np.exp(self.sharpness * np.log(size))) * self.root)
        return self.strength * charge * ratio * share

    def slopes(self, gate: Array, drain: Array) -> tuple[Array, Array, Array]:
        """Return the current, and its derivatives by gate and by drain voltage."""
        ratio = drain * self.per_saturation
        size = np.maximum(np.abs(ratio), LEAST_RATIO)
        charge, rise = self.charge.slopes(self._over(gate, drain, size))
        power = np.exp(self.sharpness * np.log(size))
        share = np.exp(np.log1p(power) * self.root)
        saturated, carried = ratio * share, self.strength * charge
        by_gate = self.steepness * rise * saturated
        by_drain = carried * (share / (1 + power) * self.per_saturation)
        by_drain = by_drain + by_gate * np.where(drain < 0, self.reverse, self.dibl)
        return carried * saturated, by_gate, by_drain

    def _over(self, gate: Array, drain: Array, size: Array) -> Array:
        """Return the gate voltage over the threshold at the end that is the source, in units of the slope."""
        return (gate - np.minimum(drain, 0) + self.barrier * size) * self.charge.per_slope - self.offset


class Charge:
    """The charge at the source over the gate voltage above threshold, both in units of the slope."""

    def __init__(self, slope: Array, transition: Array) -> None:
        """Take the subthreshold slope and the transition of the threshold [V]."""
        sharp = np.maximum(transition, slope / 1e6)  # without a transition there is a step of no height
        self.per_slope = 1 / slope
        self.height = transition / (2 * slope)
        self.pace = slope / (2 * sharp)
        self.steep = self.height * self.pace
        self.level = 1 - self.steep

    def at(self, over: Array) -> Array:
        """Return the charge."""
        raised = over + self.height * (1 - np.tanh(self.pace * over + 1 / 4))
        return np.maximum(raised, 0) + np.log1p(np.exp(-np.abs(raised)))

    def slopes(self, over: Array) -> tuple[Array, Array]:
        """Return the charge and its derivative."""
        bend = np.tanh(self.pace * over + 1 / 4)
        raised = over + self.height * (1 - bend)
        charge = np.maximum(raised, 0) + np.log1p(np.exp(-np.abs(raised)))
        return charge, (self.level + self.steep * bend * bend) * -np.expm1(-charge)


def drain_current(gate: Array, drain: Array, device: Device) -> Array:
    """Return the current per width [A/m] at gate and drain voltages against the source [V]; see ``Curve``."""
    return Curve(device).current(gate, drain)


class Transistors(Law):
    """On- and off-current per width, log-log interpolated between nodes, and drain-current parameters."""

    kind: Annotated[Literal["transistors"], LAW_KIND] = "transistors"
    swing: Annotated[Quantity, In("V", "subthreshold swing per decade", gt=0)]
    transition: Annotated[Quantity, In("V", "width of the transition from weak to strong inversion", ge=0)]
    dibl: Annotated[Quantity, In("", "drain-induced barrier lowering", ge=0, plain=True)]
    saturation: Annotated[Quantity, In("V", "drain saturation voltage", gt=0)]
    sharpness: Annotated[Positive, about("exponent of the transition from the linear to the saturated region")]
    p_ratio: Annotated[Positive, about("current of the p transistor over that of the n transistor")]
    table: Annotated[tuple[TransistorRow, ...], about("currents by node")]

    @cached_property
    def rows(self) -> Rows:
        """The table by node."""
        return Rows(self.table)

    def at(self, node: Array) -> tuple[Array, Array, Check]:
        """Return on-current and off-current per width [A/m] at a node, and the check of its range."""
        on, off = (self.rows.at(node, name) for name in ("on_current", "off_current"))
        return on, off, self.rows.check(node, self.name)

    def device(self, on: Array, off: Array, vdd: Array) -> Device:
        """Return the n transistor of the given on- and off-current per width [A/m] at a supply [V]; the p transistor
        is ``p_ratio`` times as strong.

        The threshold follows from their ratio and the swing, by Newton steps: the logarithm of the ratio rises by
        almost one a slope of threshold, for the off-current is exponential.
        """
        slope, width = self.swing.x / np.log(10.0), self.transition.x
        charge = Charge(slope, width)
        axes = max(np.ndim(each) for each in (on, off, slope, width, vdd))
        gates = np.array([1.0, 0.0]).reshape(2, *(1,) * axes) * vdd  # of the transistor on and off
        wanted, threshold = np.log(on / off), vdd / 2
        for _ in range(STEPS):
            each, rise = charge.slopes((gates - threshold) / slope)
            ratio, fall = np.log(each), rise / each
            step = (wanted - ratio[0] + ratio[1]) / (fall[1] - fall[0])
            threshold = np.clip(threshold + slope * step, 0, vdd)
        full = Device(
            np.ones(()), threshold + self.dibl.x * vdd, slope, width, self.dibl.x, self.saturation.x, self.sharpness.x
        )
        return replace(full, scale=on / drain_current(vdd, vdd, full))
