"""The analog sigmoid neuron from its devices: a CMOS inverter with a feedback divider of two tunnel junctions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from imac_arch.components.base import COMPONENT_KIND, Check, Component, Context, UnitCost
from imac_arch.components.scaling import Scaling
from imac_arch.components.transistors import Curve, Device, Transistors, drain_current
from imac_arch.data.quantity import Array, Count, In, Quantity, about

__all__ = ["Inverter", "SotNeuron", "output", "slope", "supply_power"]

LEAST = 100  # on- over off-current of what still is a switch
POINTS = 7  # of the input distribution
STEPS = 12  # of the root finder, where none of a million circuits was further than 1e-12 of the supply off
NEWTONS = 6
BEYOND, ROUNDING = 3 / 5, 1e-9
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

    def share(self, across: Array) -> Array:
        """Return the voltage over ``low`` over the voltage ``across`` ``high`` [V].

        With ``half``, the resistance of ``high`` falls from its value at zero bias: ``TMR(V) = TMR/(1 + (V/half)^2)``.
        """
        if self.half is None:
            return self.low / self.high
        return 1 - (self.high - self.low) / (self.high + self.low * (across / self.half) ** 2)

    def gate(self, node: Array, out: Array) -> Array:
        """Return the voltage of the gate [V] between the shifted input ``node`` and the output.

        The voltage x over ``high`` solves ``x + x share(x) = out - node``, by Newton steps from the divider at zero
        bias; the left side grows with x.
        """
        over = out - node
        x = over * self.high / (self.high + self.low)
        if self.half is None:
            return out - x
        for _ in range(NEWTONS):
            share = self.share(x)
            rise = 1 + share + 2 * (1 - share) * (x / self.half) ** 2 / (self.high / self.low + (x / self.half) ** 2)
            x = x - (x + x * share - over) / rise
        return out - x

    @property
    def axes(self) -> int:
        """How many axes the arrays have together."""
        own = [value for name, value in vars(self).items() if name != "device" and value is not None]
        return max(np.ndim(values) for values in (*own, *vars(self.device).values()))

    def pulled(self, node: Array, out: Array) -> tuple[Array, Array, Array]:
        """Return current of the p and of the n transistor and from the output into the divider [A]."""
        gate = self.gate(node, out)
        curve = Curve(self.device, self.width)
        up = self.p_ratio * curve.current(self.vdd - gate, self.vdd - out)
        return up, curve.current(gate, out), (gate - node) / self.low


@dataclass(frozen=True)
class Settled:
    """Where a circuit settles; voltages [V] and currents [A] of the same shape.

    Attributes:
        out: voltage of the output.
        up: current of the p transistor.
        away: current from the output into the divider.
    """

    out: Array
    up: Array
    away: Array


class _Balance:
    """What flows into the output, over the voltage across ``high``: gate and output follow from it without a search.

    Both transistors share the axis in front, the p transistor mirrored between the rails; what does not depend on the
    unknown is worked out once.
    """

    def __init__(self, node: Array, circuit: Inverter) -> None:
        axes = max(np.ndim(node), circuit.axes)
        is_p = np.array([False, True]).reshape(2, *(1,) * axes)
        self.node, self.circuit = node, circuit
        self.rail, self.sign = is_p * circuit.vdd, 1 - 2.0 * is_p
        self.curve = Curve(circuit.device, circuit.width * np.where(is_p, circuit.p_ratio, 1.0))
        self.conductance = 1 / circuit.low
        self.fixed = circuit.low / circuit.high
        if circuit.half is not None:
            self.squared, self.fall = circuit.low / circuit.half**2, circuit.high - circuit.low

    def gate(self, across: Array) -> tuple[Array, Array]:
        """Return the voltage over ``low`` [V] and its derivative by that over ``high``."""
        if self.circuit.half is None:
            return across * self.fixed, self.fixed
        square = across * across * self.squared
        total = self.circuit.high + square
        lost = self.fall / total
        share = 1 - lost
        return across * share, share + 2 * lost * square / total

    def slopes(self, across: Array) -> tuple[Array, Array]:
        """Return the current that flows into the output [A] and by how much it falls with the voltage [A/V]."""
        over, rise = self.gate(across)
        gate = self.node + over
        out = gate + across
        current, by_gate, by_out = self.curve.slopes(self.rail + self.sign * gate, self.rail + self.sign * out)
        into = current[1] - current[0] - over * self.conductance
        by_out = by_out[0] + by_out[1]
        return into, (by_gate[0] + by_gate[1] + by_out + self.conductance) * rise + by_out

    def settled(self, across: Array) -> Settled:
        """Return voltages and currents at a voltage across ``high`` [V]."""
        over, _ = self.gate(across)
        gate = self.node + over
        out = gate + across
        up = self.curve.current(self.rail + self.sign * gate, self.rail + self.sign * out)[1]
        return Settled(out, up, over * self.conductance)


def settle(v_in: Array, circuit: Inverter) -> Settled:
    """Return where the circuit settles for input voltages [V]: the currents at the output sum to nothing.

    The unknown is the voltage across ``high``, between the ends at which the output lies beyond both rails and the
    input; the current into the output falls with it. Newton steps; one that leaves the bracket, or is not half as long
    as the last but one, is replaced by a cut of the bracket, on the far side of its middle for the root mostly lies
    near the rail that the step overshot. The number of steps is fixed, so that arrays and single values take the same.
    """
    node = v_in + circuit.offset
    balance = _Balance(node, circuit)
    most = circuit.high / (circuit.high + circuit.low)
    low = np.minimum(-node, 0.0) * most + 0 * balance.curve.strength[0]
    high = np.maximum(circuit.vdd - node, 0.0) * most
    before = last = high - low
    least = last * ROUNDING
    x = (low + high) / 2
    into, fall = balance.slopes(x)
    rises = into > 0
    far = np.where(rises, high, low)
    for _ in range(STEPS):
        step, room = into / fall, far - x
        short = np.abs(step) <= np.minimum(np.abs(room), before / 2 + least)
        step = np.where(short, step, room * BEYOND)
        before, last = last, np.abs(step)
        old, x = x, x + step
        into, fall = balance.slopes(x)
        was, rises = rises, into > 0
        far = np.where(rises == was, far, old)
    return balance.settled(x)


def output(v_in: Array, circuit: Inverter) -> Array:
    """Return the output voltage [V] for input voltages [V]; the currents at the output sum to nothing."""
    return settle(v_in, circuit).out


def supply_power(v_in: Array, circuit: Inverter) -> Array:
    """Return the power [W] that supply and input together deliver: all that the circuit turns into heat."""
    at = settle(v_in, circuit)
    return circuit.vdd * at.up - (v_in + circuit.offset) * at.away


def slope(circuit: Inverter) -> Array:
    """Return the slope s [1/V] of the logistic ``VDD/(1 + exp(s V_in))`` that is as steep in the middle."""
    step = circuit.vdd / 1000
    rise = (output(step, circuit) - output(-step, circuit)) / (2 * step)
    return -4 * rise / circuit.vdd


class SotNeuron(Component):
    """Inverter and divider draw static current; power is the mean over normally distributed inputs.

    It is not scaled to the technology's node: fins and currents are given. Without ``v_half`` the zero-bias
    magnetoresistance is used, as in the published netlists, which is listed as neglected.

    Source of the circuit: iCAS-Lab/IMAC-Sim, neuron.sp; doi:10.1145/3526241.3530376.
    """

    roles: ClassVar[tuple[str, ...]] = ("neuron",)
    computes: ClassVar[tuple[str, ...]] = ("sigmoid",)
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

    def circuit(self, context: Context) -> Inverter:
        """Return the circuit at the supply of a technology.

        On- and off-current are those at the nominal supply of the neuron's own node, wherever it is used.
        """
        law = context.laws.get(Transistors, "transistors")
        nominal = context.laws.get(Scaling, "scaling").nominal(self.node.x)
        device = law.device(self.on_current.x, self.off_current.x, nominal)
        high, half = self.r_low * (1 + self.tmr.x), None if self.v_half is None else self.v_half.x
        offset = self.offset.x * context.vdd
        strength = law.p_ratio.x * self.p_share
        return Inverter(device, self.fins_width, strength, context.vdd, self.r_low, high, offset, half)

    def inputs(self, circuit: Inverter) -> Array:
        """Return equally likely input voltages [V], an axis in front of all others, within the amplifier's rails."""
        scores = np.array([NormalDist().inv_cdf((k + 1 / 2) / POINTS) for k in range(POINTS)])
        spread = self.input_spread.x
        front = scores.reshape(-1, *(1,) * max(circuit.axes, spread.ndim))
        return np.clip(front * spread, -circuit.vdd, circuit.vdd)

    def drive(self, context: Context) -> Array:
        """See the base."""
        return _delivered(self.circuit(context))

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """Return the cost of one neuron."""
        circuit = self.circuit(context)
        power = supply_power(self.inputs(circuit), circuit).mean(axis=0)
        both = 1 + self.p_share
        fins = both * self.fins.x * self.fin_pitch.x * self.gate_pitch.x * self.layout.x
        side_by_side = circuit.low * circuit.high / (circuit.low + circuit.high)
        charge = side_by_side * both * self.fins_width * self.gate_capacitance.x * np.log(2.0) * (self.bits.x + 1)
        own = self.node.x
        check = Check("node", context.node, own, own, "m", code="law_node", source="neuron")
        return UnitCost(
            area=fins + self.cells.x * self.cell_area.x,
            latency=charge + self.load.x * context.vdd / (2 * _delivered(circuit)),
            power=power,
            law="inverter with divider",
            checks=(check,),
        )


def _delivered(circuit: Inverter) -> Array:
    """Return the current of all n fins at the full supply [A]."""
    return circuit.width * drain_current(circuit.vdd, circuit.vdd, circuit.device)
