"""The analog sigmoid neuron from its devices: a CMOS inverter with a feedback divider of two tunnel junctions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from imac_arch.components.base import COMPONENT_KIND, Check, Neuron, Setting, UnitCost
from imac_arch.components.scaling import Scaling
from imac_arch.components.transistors import Device, Transistors, drain_current
from imac_arch.data.quantity import Array, Count, In, Quantity, about

__all__ = ["Inverter", "SotNeuron", "output", "slope", "supply_power"]

LEAST = 100  # on- over off-current of what still is a switch
POINTS = 7  # of the input distribution
HALVINGS, POLISHES = 8, 5
NEWTONS = 6
Length = Annotated[Quantity, In("m", gt=0)]


@dataclass(frozen=True)
class Inverter:
    """The circuit. The input reaches the gate through ``low``, the output through ``high``; arrays broadcast.

    Attributes:
        device: the n transistor; the p transistor is ``p_ratio`` times as strong.
        width: of all n fins together [m].
        p_ratio: strength of the p transistor.
        vdd: supply [V].
        low: resistance between input and gate, a parallel junction [ohm].
        high: resistance between output and gate, an antiparallel junction at zero bias [ohm].
        offset: added to the input [V].
        half: voltage at which the magnetoresistance of ``high`` has halved [V]; None where it stays.
    """

    device: Device
    width: Array
    p_ratio: Array
    vdd: Array
    low: Array
    high: Array
    offset: Array
    half: Array | None = None

    def gate(self, node: Array, out: Array) -> Array:
        """Return the voltage of the gate [V] between the shifted input ``node`` and the output.

        With ``TMR(V) = TMR/(1 + (V/half)^2)`` the voltage x over ``high`` solves ``x + x (1 + u^2)/(1 + TMR + u^2) =
        |out - node|``, u = x/half, by Newton steps from the divider at zero bias; the left side grows with x.
        """
        if self.half is None:
            return np.asarray((node * self.high + out * self.low) / (self.high + self.low))
        over, tmr = np.abs(out - node), self.high / self.low - 1
        x = over * self.high / (self.high + self.low)
        for _ in range(NEWTONS):
            square = (x / self.half) ** 2
            share = (1 + square) / (1 + tmr + square)
            rise = 1 + share + 2 * tmr * square / (1 + tmr + square) ** 2
            x = x - (x + x * share - over) / rise
        return np.asarray(out - np.sign(out - node) * x)

    @property
    def axes(self) -> int:
        """How many axes the arrays have together."""
        own = [value for name, value in vars(self).items() if name != "device" and value is not None]
        return max(np.ndim(values) for values in (*own, *vars(self.device).values()))

    def pulled(self, node: Array, out: Array) -> tuple[Array, Array, Array]:
        """Return current of the p and of the n transistor and from the output into the divider [A]."""
        gate = self.gate(node, out)
        up = self.width * self.p_ratio * drain_current(self.vdd - gate, self.vdd - out, self.device)
        down = self.width * drain_current(gate, out, self.device)
        return up, down, (gate - node) / self.low


def output(v_in: Array, circuit: Inverter) -> Array:
    """Return the output voltage [V] for input voltages [V]; the currents at the output sum to nothing.

    Bisection between the rails that the divider can reach, then Illinois steps; the current falls with the output.
    """
    node = v_in + circuit.offset
    low, high = np.minimum(node, 0.0) + 0 * circuit.width, np.maximum(node, circuit.vdd) + 0 * circuit.width

    def into(out: Array) -> Array:
        up, down, away = circuit.pulled(node, out)
        return np.asarray(up - down - away)

    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rises = into(middle) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    f_low, f_high = into(low), into(high)
    for _ in range(POLISHES):
        fall = f_low - f_high
        cut = low + (high - low) * np.where(fall > 0, f_low / np.where(fall > 0, fall, 1.0), 1 / 2)
        found = into(cut)
        rises = found > 0
        # the end that stays counts half, so that both ends move
        f_low, f_high = np.where(rises, found, f_low / 2), np.where(rises, f_high / 2, found)
        low, high = np.where(rises, cut, low), np.where(rises, high, cut)
        last = cut
    return np.asarray(last)


def supply_power(v_in: Array, circuit: Inverter) -> Array:
    """Return the power [W] that supply and input together deliver: all that the circuit turns into heat."""
    out = output(v_in, circuit)
    up, _, away = circuit.pulled(v_in + circuit.offset, out)
    return np.asarray(circuit.vdd * up - (v_in + circuit.offset) * away)


def slope(circuit: Inverter) -> Array:
    """Return the slope s [1/V] of the logistic ``VDD/(1 + exp(s V_in))`` that is as steep in the middle."""
    step = circuit.vdd / 1000
    rise = (output(step, circuit) - output(-step, circuit)) / (2 * step)
    return np.asarray(-4 * rise / circuit.vdd)


class SotNeuron(Neuron):
    """Inverter and divider draw static current; power is the mean over normally distributed inputs.

    It is not scaled to the technology's node: fins and currents are given. Without ``v_half`` the zero-bias
    magnetoresistance is used, as in the published netlists, which is listed as neglected.

    Source of the circuit: iCAS-Lab/IMAC-Sim, neuron.sp; doi:10.1145/3526241.3530376.
    """

    formula: ClassVar[str] = (
        "I_p(gate, out) - I_n(gate, out) = (out - in)/(R_P + R_AP); P = mean of VDD I_p + in (in - out)/(R_P + R_AP); "
        "area = (fins + p_fins) fin_pitch gate_pitch layout + cells cell_area; "
        "t = R_P||R_AP C_gate ln 2^(b+1) + C_load VDD/(2 I_on)"
    )
    kind: Annotated[Literal["sot_neuron"], COMPONENT_KIND] = "sot_neuron"
    ra: Annotated[Quantity, In("ohm*m^2", "resistance-area product of the junctions in the parallel state", gt=0)]
    tmr: Annotated[Quantity, In("", "tunnelling magnetoresistance at zero bias", gt=0)]
    v_half: Annotated[
        Annotated[Quantity, In("V", gt=0)] | None,
        about("bias at which the magnetoresistance has halved; neglected where absent"),
    ] = None
    length: Annotated[Length, about("major axis of the elliptical junctions")]
    width: Annotated[Length, about("minor axis of the elliptical junctions")]
    node: Annotated[Length, about("node of the transistors")]
    on_current: Annotated[Quantity, In("A/m", "on-current per transistor width", gt=0)]
    off_current: Annotated[Quantity, In("A/m", "off-current per transistor width", gt=0)]
    fins: Annotated[Count, about("fins of the n transistor")]
    p_fins: Annotated[Count | None, about("fins of the p transistor; as many as n fins where absent")] = None
    fin_height: Annotated[Length, about("height of a fin")]
    fin_width: Annotated[Length, about("width of a fin")]
    fin_pitch: Annotated[Length, about("distance between fins")]
    gate_pitch: Annotated[Length, about("contacted gate pitch")]
    layout: Annotated[Quantity, In("", "layout overhead over fins times pitches", ge=1, plain=True)]
    cells: Annotated[Count, about("magnetic cells of the divider")]
    cell_area: Annotated[Quantity, In("m^2", "area of one magnetic cell of the divider", gt=0)]
    gate_capacitance: Annotated[Quantity, In("F/m", "gate capacitance per transistor width", gt=0)]
    load: Annotated[Quantity, In("F", "capacitance at the output", gt=0)]
    bits: Annotated[Quantity, In("", "resolution to which the output settles", gt=0, plain=True)]
    offset: Annotated[
        Quantity,
        In("", "offset added to the input, as a share of the supply", ge=0, le=1, plain=True),
    ]
    input_spread: Annotated[Quantity, In("V", "standard deviation of the input voltage", gt=0)]

    @model_validator(mode="after")
    def _switches(self) -> SotNeuron:
        if self.on_current.value < LEAST * self.off_current.value:
            found = f"{self.on_current.written} against {self.off_current.written}"
            raise ValueError(f"on_current must be at least {LEAST} times off_current, not {found}")
        return self

    @property
    def r_low(self) -> Array:
        """Resistance of the parallel junction [ohm]."""
        return self.ra.x / (math.pi / 4 * self.length.x * self.width.x)

    @property
    def fins_width(self) -> Array:
        """Effective width of all n fins [m]."""
        return self.fins.x * (2 * self.fin_height.x + self.fin_width.x)

    @property
    def p_share(self) -> Array:
        """Number of p fins over that of n fins; 1 where ``p_fins`` is left out."""
        return np.ones(()) if self.p_fins is None else self.p_fins.x / self.fins.x

    def circuit(self, setting: Setting) -> Inverter:
        """Return the circuit at the supply of a technology.

        On- and off-current are those at the nominal supply of the neuron's own node, wherever it is used.
        """
        law = setting.laws.get(Transistors, "transistors")
        nominal = setting.laws.get(Scaling, "scaling").nominal(self.node.x)
        device = law.device(self.on_current.x, self.off_current.x, nominal)
        high, half = self.r_low * (1 + self.tmr.x), None if self.v_half is None else self.v_half.x
        offset = self.offset.x * setting.vdd
        strength = law.p_ratio.x * self.p_share
        return Inverter(device, self.fins_width, strength, setting.vdd, self.r_low, high, offset, half)

    def inputs(self, circuit: Inverter) -> Array:
        """Return equally likely input voltages [V], an axis in front of all others, within the amplifier's rails."""
        scores = np.array([NormalDist().inv_cdf((k + 1 / 2) / POINTS) for k in range(POINTS)])
        spread = self.input_spread.x
        front = scores.reshape(-1, *(1,) * max(circuit.axes, spread.ndim))
        return np.clip(front * spread, -circuit.vdd, circuit.vdd)

    def drive(self, setting: Setting) -> Array:
        """See the base."""
        return _delivered(self.circuit(setting))

    def cost(self, setting: Setting, what: str = "") -> UnitCost:
        """Return the cost of one neuron."""
        circuit = self.circuit(setting)
        power = supply_power(self.inputs(circuit), circuit).mean(axis=0)
        both = 1 + self.p_share
        fins = both * self.fins.x * self.fin_pitch.x * self.gate_pitch.x * self.layout.x
        side_by_side = circuit.low * circuit.high / (circuit.low + circuit.high)
        charge = side_by_side * both * self.fins_width * self.gate_capacitance.x * np.log(2.0) * (self.bits.x + 1)
        own = self.node.value
        check = Check("node", setting.node, own, own, "m", code="law_node", source="neuron")
        return UnitCost(
            area=fins + self.cells.x * self.cell_area.x,
            latency=charge + self.load.x * setting.vdd / (2 * _delivered(circuit)),
            power=power,
            law="inverter with divider",
            checks=(check,),
        )


def _delivered(circuit: Inverter) -> Array:
    """Return the current of all n fins at the full supply [A]."""
    return np.asarray(circuit.width * drain_current(circuit.vdd, circuit.vdd, circuit.device))
