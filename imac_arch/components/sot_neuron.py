"""The analog sigmoid neuron from its devices: a CMOS inverter with a feedback divider of two tunnel junctions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import NO_LIMIT, Check, UnitCost
from imac_arch.components.junction import BIAS_OMITTED, Junction
from imac_arch.components.scaling import Scaling
from imac_arch.components.transistors import ONE, ZERO, Curve, Device, Transistors, drain_current
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import Count, In, Quantity, about

__all__ = ["Inverter", "SotNeuron", "output", "slope", "supply_power"]

INSIDE = 1e-6  # of the supply: where a threshold has come to a rail
LEAST = 100  # on- over off-current of what still is a switch
POINTS = 7  # of the input distribution
SCORES = np.array([NormalDist().inv_cdf((k + 1 / 2) / POINTS) for k in range(POINTS)])
STEPS = 10  # after which one of 200,000 circuits at random was further off than 1e-9 V, and by 15 uV
HALF, BEYOND = np.full((), 1 / 2), np.full((), 3 / 5)  # the second: where a bracket is cut
SIDE, ROUNDING = 1 / 10, 1e-9  # of a bracket: how far from its middle the search begins, what is even
NEWTONS = 6
Length = Annotated[Quantity, In("m", gt=0)]
Current = Annotated[Quantity, In("A/m", gt=0)]


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
        out - node``, u = x/half, by Newton steps from the divider at zero bias; the left side grows with x.
        """
        over = out - node
        x = over * self.high / (self.high + self.low)
        if self.half is None:
            return out - x
        for _ in range(NEWTONS):
            square = (x / self.half) ** 2
            total = self.high / self.low + square
            lost = (self.high / self.low - 1) / total
            x = x - (x * (2 - lost) - over) / (2 - lost + 2 * lost * square / total)
        return out - x

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
        sign = 1 - 2.0 * is_p
        self.node, self.conductance = node, (1 / circuit.low)[...]
        self.curve = Curve(circuit.device, circuit.width * np.where(is_p, circuit.p_ratio, 1.0))
        self.start = self.curve.scaled(*(is_p * circuit.vdd + sign * node,) * 2)
        self.per = sign * self.curve.per_gate, sign * self.curve.per_drain
        self.low, self.high, self.half = circuit.low, circuit.high, circuit.half
        self.share = (circuit.low / circuit.high)[...]
        if circuit.half is not None:
            self.square = (circuit.low / circuit.half**2)[...]
            self.twice = (2 * (circuit.high - circuit.low))[...]

    def divided(self, across: Array) -> tuple[Array, Array]:
        """Return the voltage over ``low`` [V] and its derivative by that over ``high``.

        With ``half``, the resistance of ``high`` falls from its value at zero bias: ``TMR(V) = TMR/(1 + (V/half)^2)``.
        """
        if self.half is None:
            return across * self.share, self.share
        square = across * across * self.square
        per_total = ONE / (self.high + square)
        share = (self.low + square) * per_total
        return across * share, share + self.twice * (square * per_total * per_total)

    def slopes(self, across: Array) -> tuple[Array, Array]:
        """Return the current that flows into the output [A] and by how much it falls with the voltage [A/V]."""
        over, rise = self.divided(across)
        gate, drain = self.start[0] + self.per[0] * over, self.start[1] + self.per[1] * (over + across)
        current, by_gate, by_drain = self.curve.slopes(gate, drain)
        by_out = (by_drain[0] + by_drain[1]) * self.curve.per_drain
        by_over = (by_gate[0] + by_gate[1]) * self.curve.per_gate + by_out + self.conductance
        return current[1] - current[0] - over * self.conductance, by_over * rise + by_out

    def settled(self, across: Array) -> Settled:
        """Return voltages and currents at a voltage across ``high`` [V]."""
        over, _ = self.divided(across)
        out = over + across
        up = self.curve.current(self.start[0] + self.per[0] * over, self.start[1] + self.per[1] * out)[1]
        return Settled(self.node + out, up, over * self.conductance)


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
    low = np.minimum(-node, 0.0) * most
    high = np.maximum(circuit.vdd - node, 0.0) * most
    before = last = high - low
    least = last * ROUNDING
    middle = (low + high) / 2
    ideal = (circuit.vdd / 2 - node) * (circuit.high / circuit.low)  # of an inverter of endless gain
    x = middle + np.minimum(np.maximum(ideal - middle, -SIDE * last), SIDE * last)
    old, far, was = low, high, np.array(True)  # at the low end the current flows in
    for _ in range(STEPS):
        into, fall = balance.slopes(x)
        rises = into > ZERO
        far = np.where(np.equal(rises, was), far, old)
        old, was = x, rises
        room = far - x
        step = into / fall
        short = np.abs(step) <= np.minimum(np.abs(room), before * HALF + least)
        step = np.where(short, step, room * BEYOND)
        before, last = last, np.abs(step)
        x = x + step
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


class SotNeuron(Junction, Component):
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
    node: Annotated[Length, about("node of the transistors")]
    on_current: Annotated[Current | None, about("on-current per transistor width, else the library's")] = None
    off_current: Annotated[Current | None, about("off-current per transistor width, else the library's")] = None
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
        if self.on_current and self.off_current and self.on_current.value < LEAST * self.off_current.value:
            found = f"{self.on_current.written} against {self.off_current.written}"
            raise ValueError(f"on_current must be at least {LEAST} times off_current, not {found}")
        return self

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """See the base."""
        return {} if self.v_half is not None else {"v_half": BIAS_OMITTED}

    @property
    def fins_width(self) -> Array:
        """Effective width of all n fins [m]."""
        return self.fins.x * (2 * self.fin_height.x + self.fin_width.x)

    @property
    def p_share(self) -> Array:
        """Number of p fins over that of n fins; 1 where ``p_fins`` is left out."""
        return np.ones(()) if self.p_fins is None else self.p_fins.x / self.fins.x

    def currents(self, law: Transistors) -> tuple[Array, Array, Check]:
        """Return on- and off-current per width [A/m], and the check that the library holds them."""
        on, off, check = law.at(self.node.x)
        own, leak = self.on_current, self.off_current
        return on if own is None else own.x, off if leak is None else leak.x, check

    def circuit(self, context: Context) -> Inverter:
        """Return the circuit at the supply of a technology.

        On- and off-current are at the nominal supply of the neuron's own node: of the drivers' library, or its own.
        """
        law, scaling = context.laws.get(Transistors, "transistors"), context.laws.get(Scaling, "scaling")
        node, (on, off, _) = self.node.x, self.currents(law)
        nominal = scaling.rows.remembered(lambda: scaling.nominal(node), "nominal", node)
        device = law.rows.remembered(lambda: law.device(on, off, nominal), "device", on, off, nominal)
        low, high = self.parallel, self.unbiased
        half = None if self.v_half is None else self.v_half.x
        offset, strength = self.offset.x * context.vdd, law.p_ratio.x * self.p_share
        return Inverter(device, self.fins_width, strength, context.vdd, low, high, offset, half)

    def inputs(self, circuit: Inverter) -> Array:
        """Return equally likely input voltages [V], an axis in front of all others, within the amplifier's rails."""
        spread = self.input_spread.x
        return np.clip(SCORES.reshape(-1, *(1,) * max(circuit.axes, spread.ndim)) * spread, -circuit.vdd, circuit.vdd)

    def slope(self, context: Context) -> Array | None:
        """See the role."""
        return slope(self.circuit(context))

    def drive(self, context: Context) -> Array:
        """See the base."""
        return _delivered(self.circuit(context))

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """Return the cost of one neuron."""
        circuit = self.circuit(context)
        power = self._power(circuit, context)
        both, low, high = 1 + self.p_share, circuit.low, circuit.high
        fins = both * self.fins.x * self.fin_pitch.x * self.gate_pitch.x * self.layout.x
        driven = both * self.fins_width * self.gate_capacitance.x * low * high / (low + high)
        own = Check("node", context.node, self.node.x, self.node.x, "m", code="law_node", source="neuron")
        on, off, known = self.currents(context.laws.get(Transistors, "transistors"))
        weak = f"less than {LEAST} times off_current is no switch"
        switch = Check("on_current", on, LEAST * off, NO_LIMIT, "A/m", fatal=True, source="neuron", text=weak)
        return UnitCost(
            area=fins + self.cells.x * self.cell_area.x,
            latency=driven * np.log(2.0) * (self.bits.x + 1) + self.load.x * context.vdd / (2 * _delivered(circuit)),
            power=power,
            law="inverter with divider",
            checks=(own, known, switch, _reached(circuit), *self.ordered),
        )

    def _power(self, circuit: Inverter, context: Context) -> Array:
        """Return the mean power over the inputs [W]; kept for single values, of which it takes the most time."""
        device, law = circuit.device, context.laws.get(Transistors, "transistors")
        numbers = (part.x for part in vars(self).values() if isinstance(part, Quantity))
        of = (device.threshold, device.scale, context.vdd, law.p_ratio.x, *numbers)
        return law.rows.remembered(lambda: supply_power(self.inputs(circuit), circuit).mean(axis=0), "power", *of)


def _reached(circuit: Inverter) -> Check:
    """Return the check that a threshold between the rails gives the ratio of on- to off-current."""
    threshold, vdd = circuit.device.threshold - circuit.device.dibl * circuit.vdd, circuit.vdd
    text = "no threshold between the rails gives the ratio of on_current to off_current"
    inside = vdd * INSIDE, vdd * (1 - INSIDE)
    return Check("threshold", threshold, *inside, "V", fatal=True, source="transistors", text=text)


def _delivered(circuit: Inverter) -> Array:
    """Return the current of all n fins at the full supply [A]."""
    return circuit.width * drain_current(circuit.vdd, circuit.vdd, circuit.device)
