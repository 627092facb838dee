"""Transistors by node: currents per width, and a continuous drain-current model."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Literal

import numpy as np

from imac_arch.components.base import LAW_KIND, Law, Rows, Section
from imac_arch.components.cost import Check
from imac_arch.data.arrays import HALF, ONE, TWO, ZERO, Array, at_rest
from imac_arch.data.quantity import In, Quantity, about

__all__ = ["Curve", "Device", "Transistors", "drain_current"]

BEGUN, STEPS = 2, 6  # of Newton: 200,000 devices at random lay within 1e-15 V after 5
SHORT = np.full((), 1e-6)  # slopes of a step along which the charge is straight
# numpy takes half as long with an array that has no axes as with a number; values[...] makes one of a number
LEAST_DRAIN, QUARTER = np.full((), 1e-300), np.full((), 1 / 4)  # the logarithm of the least exists
FULL = (np.log(np.finfo(float).max) / 2)[...]  # its exponential is finite; the charge is it, long before
POSITIVE = In("", gt=0, plain=True)


class TransistorRow(Section):
    """On- and off-current per width at one node."""

    node: Annotated[Quantity, In("m", "technology node of the row", gt=0, usual="1 nm .. 1 um")]
    on_current: Annotated[Quantity, In("A/m", "on-current per transistor width", gt=0, usual="10 uA/um .. 5 mA/um")]
    off_current: Annotated[
        Quantity, In("A/m", "off-current per transistor width", gt=0, usual="0.01 pA/um .. 10 uA/um")
    ]


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

    def __init__(self, device: Device, strength: Array = ONE) -> None:
        """Take a device, and how many times its current flows (a width, a ratio)."""
        self.charge = Charge(device.slope, device.transition)
        self.strength = strength * device.scale
        self.per_gate, self.per_drain = (1 / device.slope)[...], (1 / device.saturation)[...]
        self.threshold = device.threshold * self.per_gate - self.charge.height
        # how far the source lies below the middle of source and drain, and the lowered threshold
        self.lowered = ((device.dibl + HALF) * device.saturation * self.per_gate)[...]
        self.sharpness, self.root = device.sharpness, (-1 / device.sharpness)[...]

    def scaled(self, gate: Array, drain: Array) -> tuple[Array, Array]:
        """Return gate voltage above the middle of source and drain, as :class:`Charge` counts it [slopes], and drain
        voltage [voltages of saturation], of voltages against the source."""
        return (gate - drain * HALF) * self.per_gate - self.threshold, drain * self.per_drain

    def current(self, gate: Array, drain: Array) -> Array:
        """Return the current [A/m] times the strength, at scaled voltages."""
        size = np.maximum(np.abs(drain), LEAST_DRAIN)
        charge, _, _ = self.charge.at(gate + self.lowered * size)
        share = np.exp(np.log1p(np.exp(self.sharpness * np.log(size))) * self.root)
        current: Array = self.strength * charge * (drain * share)
        return current

    def slopes(self, gate: Array, drain: Array) -> tuple[Array, Array, Array]:
        """Return the current, and its derivatives by scaled gate and by scaled drain voltage."""
        size = np.maximum(np.abs(drain), LEAST_DRAIN)
        charge, grown, bend = self.charge.at(gate + self.lowered * size)
        power = np.exp(self.sharpness * np.log(size))
        share = self.strength * np.exp(np.log1p(power) * self.root)
        saturated = drain * share
        by_gate = self.charge.rise(grown, bend) * saturated
        by_drain = charge * (share / (ONE + power)) + by_gate * np.copysign(self.lowered, drain)
        return charge * saturated, by_gate, by_drain


class Charge:
    """The charge at the source over the gate voltage above threshold, both in units of the slope.

    The gate voltage is counted from the middle of the thresholds of weak and of strong inversion, from each of which it
    lies a ``height``.
    """

    def __init__(self, slope: Array, transition: Array) -> None:
        """Take the subthreshold slope and the transition of the threshold [V]."""
        sharp = np.maximum(transition, slope / 1e6)  # without a transition there is a step of no height
        self.height, self.pace = (transition / (2 * slope))[...], (slope / (2 * sharp))[...]
        self.steep = (self.height * self.pace)[...]
        self.level, self.middle = (1 - self.steep)[...], (QUARTER - self.steep)[...]

    def at(self, over: Array) -> tuple[Array, Array, Array]:
        """Return the charge, the exponential of the voltage that its transition has raised, and how far that is."""
        bend = np.tanh(self.pace * over + self.middle)
        raised = over - self.height * bend
        grown = np.exp(np.minimum(raised, FULL))
        return np.maximum(np.log1p(grown), raised), grown, bend

    def rise(self, grown: Array, bend: Array) -> Array:
        """Return the derivative of the charge from what ``at`` returns."""
        rise: Array = (self.level + self.steep * bend * bend) * (grown / (ONE + grown))
        return rise


def drain_current(gate: Array, drain: Array, device: Device) -> Array:
    """Return the current per width [A/m] at gate and drain voltages against the source [V]; see ``Curve``."""
    curve = Curve(device)
    return curve.current(*curve.scaled(gate, drain))


class Transistors(Law):
    """On- and off-current per width, log-log interpolated between nodes, and drain-current parameters."""

    kind: Annotated[Literal["transistors"], LAW_KIND] = "transistors"
    swing: Annotated[Quantity, In("V", "subthreshold swing per decade", gt=0, usual="5 mV .. 200 mV")]
    transition: Annotated[
        Quantity, In("V", "width of the transition from weak to strong inversion", ge=0, usual="1 mV .. 500 mV")
    ]
    dibl: Annotated[Quantity, In("", "drain-induced barrier lowering", ge=0, plain=True, usual="0.001 .. 0.5")]
    saturation: Annotated[Quantity, In("V", "drain saturation voltage", gt=0, usual="10 mV .. 2 V")]
    sharpness: Annotated[
        Quantity, POSITIVE.said("exponent of the transition from the linear to the saturated region", "0.5 .. 10")
    ]
    p_ratio: Annotated[Quantity, POSITIVE.said("current of the p transistor over that of the n transistor", "0.1 .. 2")]
    table: Annotated[tuple[TransistorRow, ...], about("currents by node")]

    @cached_property
    def rows(self) -> Rows[TransistorRow]:
        """The table by node."""
        return Rows(self.table)

    def at(self, node: Array) -> tuple[Array, Array, Check]:
        """Return on-current and off-current per width [A/m] at a node, and the check of its range."""
        on, off = self.rows.remembered(lambda: self._currents(node), "currents", node)
        return on, off, self.rows.check(node, self.name)

    def _currents(self, node: Array) -> tuple[Array, Array]:
        return self.rows.at(node, "on_current"), self.rows.at(node, "off_current")

    def device(self, on: Array, off: Array, vdd: Array) -> Device:
        """Return the n transistor of the given on- and off-current per width [A/m] at a supply [V]; the p transistor
        is ``p_ratio`` times as strong.

        The threshold follows from their ratio and the swing, by Newton steps: the logarithm of the ratio rises by
        almost one a slope of threshold, for the off-current is exponential. They begin from an on-current that is
        linear; where a step is short it is the last one, so that those after which nothing moves may be left out.
        """
        slope, width = (self.swing.x / np.log(10.0))[...], self.transition.x
        charge = Charge(slope, width)
        axes = max(np.ndim(each) for each in (on, off, slope, width, vdd))
        gates = np.array([1.0, 0.0]).reshape(2, *(1,) * axes) * vdd  # of the transistor on and off
        wanted, threshold = np.log(on / off), vdd * HALF

        def between(threshold: Array) -> Array:
            return np.minimum(np.maximum(threshold, ZERO), vdd)

        for _ in range(BEGUN):
            threshold = between(slope * (wanted - np.log(np.maximum((vdd - threshold) / slope, TWO))) + width)
        for _ in range(STEPS):
            each = charge.at((gates - threshold) / slope + charge.height)
            ratio, fall = np.log(each[0]), charge.rise(*each[1:]) / each[0]
            step = (wanted - ratio[0] + ratio[1]) / (fall[1] - fall[0])
            moves = np.abs(step) > SHORT
            if at_rest(moves):
                break
            threshold = between(threshold + slope * (step * moves))
        threshold = between(threshold + slope * (step * ~moves))
        full = Device(
            ONE, threshold + self.dibl.x * vdd, slope, width, self.dibl.x, self.saturation.x, self.sharpness.x
        )
        return replace(full, scale=on / drain_current(vdd, vdd, full))
