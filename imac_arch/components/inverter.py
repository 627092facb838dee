"""A CMOS inverter with a feedback divider of two tunnel junctions: where it settles and what it draws."""

from dataclasses import dataclass

import numpy as np

from imac_arch.components.transistors import Curve, Device, drain_current
from imac_arch.data.arrays import ONE, ZERO, Array

__all__ = ["Inverter", "Settled", "output", "settle", "slope", "supply_power"]

STEPS = 7  # one more than the shipped technologies need for all digits; of 400,000 at random 1 in 1,000 needs more
THOROUGH = 14  # enough for every one of these
HALF, BEYOND = np.full((), 1 / 2), np.full((), 2 / 3)  # the second: where a bracket is cut
SIDE, ROUNDING = 3 / 10, 1e-9  # of a bracket: how far from its middle the search begins, what is even
NEWTONS = 6


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
        power: that supply and input deliver, all that the circuit turns into heat [W].
        off: most by which ``out`` may differ from where the currents sum to nothing [V].
    """

    out: Array
    up: Array
    away: Array
    power: Array
    off: Array


class _Balance:
    """What flows into the output, over the voltage across ``high``: gate and output follow from it without a search.

    Both transistors share the axis in front, the p transistor mirrored between the rails; what does not depend on the
    unknown is worked out once.
    """

    def __init__(self, node: Array, circuit: Inverter) -> None:
        axes = max(np.ndim(node), circuit.axes)
        is_p = np.array([False, True]).reshape(2, *(1,) * axes)
        sign = 1 - 2.0 * is_p
        self.node, self.vdd, self.conductance = node, circuit.vdd, (1 / circuit.low)[...]
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
        """Return voltages and currents at a voltage across ``high`` [V].

        What flows into the output falls by at least 1/(low + high) a volt, more so where ``high`` falls with its bias.
        """
        over, _ = self.divided(across)
        out = over + across
        currents = self.curve.current(self.start[0] + self.per[0] * over, self.start[1] + self.per[1] * out)
        down, up = currents[0], currents[1]
        away = over * self.conductance
        off = np.abs(up - down - away) * (self.low + self.high)
        return Settled(self.node + out, up, away, self.vdd * up - self.node * away, off)


def settle(v_in: Array, circuit: Inverter, steps: int = STEPS) -> Settled:
    """Return where the circuit settles for input voltages [V]: the currents at the output sum to nothing.

    The unknown is the voltage across ``high``, between the ends at which the output lies beyond both rails and the
    input; the current into the output falls with it. Newton steps; one that leaves the bracket, or is not half as long
    as the last but one, is replaced by a cut of the bracket, on the far side of its middle for the root mostly lies
    near the rail that the step overshot. The number of steps is fixed, so that arrays and single values take the same;
    ``off`` says what has not settled after them.
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
    for _ in range(steps):
        into, fall = balance.slopes(x)
        rises = into > ZERO
        far = old + np.equal(rises, was) * (far - old)  # np.where takes four times as long where it is a toss-up
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
    return settle(v_in, circuit, THOROUGH).out


def supply_power(v_in: Array, circuit: Inverter) -> Array:
    """Return the power [W] that supply and input together deliver: all that the circuit turns into heat."""
    return settle(v_in, circuit, THOROUGH).power


def slope(circuit: Inverter) -> Array:
    """Return the slope s [1/V] of the logistic ``VDD/(1 + exp(s V_in))`` that is as steep in the middle."""
    step = circuit.vdd / 1000
    rise = (output(step, circuit) - output(-step, circuit)) / (2 * step)
    return -4 * rise / circuit.vdd
