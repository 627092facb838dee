"""Transistors by node: currents per width, and a continuous drain-current model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np

from imac_arch.components.base import LAW_KIND, Check, Law, Part
from imac_arch.data.quantity import Array, In, Quantity, about

__all__ = ["Device", "Transistors", "drain_current"]

STEPS = 16
Positive = Annotated[Quantity, In("", gt=0, plain=True)]


class TransistorRow(Part):
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


def drain_current(gate: Array, drain: Array, device: Device) -> Array:
    """Return the current per width [A/m] at gate and drain voltages against the source [V].

    ``I = k Q(V_gs - V_t + d V_ds) F(V_ds)`` with ``Q(v) = ln(1 + exp((v + w G(v))/s))``, ``G(v) = 1/(1 + exp(v/w +
    1/2))`` and ``F(v) = (v/v_s)/(1 + (v/v_s)^b)^(1/b)``: the charge and saturation functions of the virtual-source
    model (Khakifirooz, Nayfeh, Antoniadis, IEEE Trans. Electron Devices 56, 2009), there with w = 3.5 kT/q; w = 0 is
    the interpolation of the EKV model. Below zero drain voltage, source and drain change places.

    Left out: series resistance, velocity overshoot, gate and junction leakage, temperature. Between on- and off-current
    the law interpolates; a BSIM4 card of its own swing and barrier lowering lies within a tenth of it at half supply.
    """
    back = drain < 0
    gate, drain = np.where(back, gate - drain, gate), np.abs(drain)
    charge = _charge(gate - device.threshold + device.dibl * drain, device.slope, device.transition)
    ratio = drain / device.saturation
    current = device.scale * charge * ratio / (1 + ratio**device.sharpness) ** (1 / device.sharpness)
    return np.where(back, -current, current)


def _charge(over: Array, slope: Array, transition: Array) -> Array:
    """Return the charge at the source for a gate voltage over the threshold [V], in units of its slope."""
    sharp = np.maximum(transition, slope / 1e6)  # without a transition there is a step of no height
    weak = (1 - np.tanh((over / sharp + 1 / 2) / 2)) / 2
    return np.asarray(np.logaddexp(0, (over + transition * weak) / slope))


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

    def at(self, node: Array) -> tuple[Array, Array, Check]:
        """Return on-current and off-current per width [A/m] at a node, and the check of its range."""
        rows = sorted(self.table, key=lambda row: row.node.value)
        nodes = [row.node.value for row in rows]
        on, off = (
            np.exp(np.interp(np.log(node), np.log(nodes), np.log([getattr(row, name).value for row in rows])))
            for name in ("on_current", "off_current")
        )
        return on, off, Check("node", node, min(nodes), max(nodes), "m", source=self.name)

    def device(self, on: Array, off: Array, vdd: Array) -> Device:
        """Return the n transistor of the given on- and off-current per width [A/m] at a supply [V]; the p transistor
        is ``p_ratio`` times as strong.

        The threshold follows from their ratio and the swing. The logarithm of the ratio rises by almost one a slope of
        threshold, for the off-current is exponential, so the error shrinks some tenfold a step.
        """
        slope = self.swing.x / np.log(10.0)
        width = self.transition.x
        shape = np.broadcast_shapes(*map(np.shape, (on, off, slope, width, vdd)))
        saturated, wanted = vdd / 2 + np.zeros(shape), np.log(on / off)
        for _ in range(STEPS):
            found = np.log(_charge(vdd - saturated, slope, width)) - np.log(_charge(-saturated, slope, width))
            saturated = np.clip(saturated + slope * (wanted - found), 0, vdd)
        full = Device(
            np.ones(()), saturated + self.dibl.x * vdd, slope, width, self.dibl.x, self.saturation.x, self.sharpness.x
        )
        return replace(full, scale=on / drain_current(vdd, vdd, full))
