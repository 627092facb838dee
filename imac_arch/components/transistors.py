"""Transistors by node: currents per width, and a smooth drain current between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from imac_arch.components.base import Check, Law, Part
from imac_arch.quantity import Array, In, Quantity

__all__ = ["Device", "Transistors", "drain_current"]

HALVINGS = 50
Positive = Annotated[Quantity, In("", gt=0, plain=True)]


class TransistorRow(Part):
    """On- and off-current per width at one node."""

    node: Annotated[Quantity, In("m", gt=0)]
    on_current: Annotated[Quantity, In("A/m", gt=0)]
    off_current: Annotated[Quantity, In("A/m", gt=0)]


@dataclass(frozen=True)
class Device:
    """One kind of transistor at one supply. Arrays broadcast over (designs..., samples).

    Attributes:
        scale: current per width at unit charge in saturation [A/m].
        threshold: at zero drain voltage [V].
        slope: n kT/q, the subthreshold swing over ln 10 [V].
        dibl: fall of the threshold with the drain voltage.
        saturation: drain voltage at which the current saturates [V].
        sharpness: exponent of the passage from the linear to the saturated region.
    """

    scale: Array
    threshold: Array
    slope: Array
    dibl: Array
    saturation: Array
    sharpness: Array


def drain_current(gate: Array, drain: Array, device: Device) -> Array:
    """Return the current per width [A/m] at gate and drain voltages against the source [V].

    ``I = k ln(1 + exp((V_gs - V_t + d V_ds)/s)) F(V_ds)`` with ``F(v) = (v/v_s)/(1 + (v/v_s)^b)^(1/b)``: the charge and
    saturation functions of the virtual-source model (Khakifirooz et al. 2009) without series resistance. Below zero
    drain voltage, source and drain change places.
    """
    back = drain < 0
    gate, drain = np.where(back, gate - drain, gate), np.abs(drain)
    charge = np.logaddexp(0, (gate - device.threshold + device.dibl * drain) / device.slope)
    ratio = drain / device.saturation
    current = device.scale * charge * ratio / (1 + ratio**device.sharpness) ** (1 / device.sharpness)
    return np.where(back, -current, current)


class Transistors(Law):
    """On- and off-current per width, log-log interpolated between nodes, and the shape of the current between them."""

    kind: Literal["transistors"] = "transistors"
    swing: Annotated[Quantity, In("V", gt=0)]
    dibl: Annotated[Quantity, In("", ge=0, plain=True)]
    saturation: Annotated[Quantity, In("V", gt=0)]
    sharpness: Positive
    p_ratio: Positive
    table: tuple[TransistorRow, ...]

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

        The threshold follows from their ratio and the swing, by bisection.
        """
        slope = self.swing.x / np.log(10.0)
        low, high = np.zeros(np.broadcast_shapes(np.shape(on), np.shape(slope), np.shape(vdd))), vdd + 0 * slope
        wanted = np.log(on / off)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            found = np.log(np.logaddexp(0, (vdd - middle) / slope)) - np.log(np.logaddexp(0, -middle / slope))
            low, high = np.where(found < wanted, middle, low), np.where(found < wanted, high, middle)
        saturated = (low + high) / 2
        full = Device(
            np.ones(()), saturated + self.dibl.x * vdd, slope, self.dibl.x, self.saturation.x, self.sharpness.x
        )
        scale = on / drain_current(vdd, vdd, full)
        return Device(scale, full.threshold, slope, full.dibl, full.saturation, full.sharpness)
