"""A CMOS inverter with a feedback divider of two tunnel junctions: where it settles and what it draws."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from imac_arch.components.transistors import Curve, Device, drain_current
from imac_arch.data.arrays import HALF, ONE, TWO, ZERO, Array, at_rest

__all__ = ["Inverter", "Settled", "output", "settle", "slope", "supply_power"]

STEPS, ROUNDING = 7, 1e-6  # shipped ones take 3, 48,000 at random no more than 7; a share of the bracket
THOROUGH, NOTHING = 14, 1e-9
BEYOND = np.full((), 2 / 3)  # where a bracket is cut
TINY = np.full((), np.finfo(float).tiny)
NEWTONS, TANGENTS = 6, 2


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


class _Flow(NamedTuple):
    """What flows at a voltage across ``high``.

    Attributes:
        into: current into the output [A].
        fall: by how much it falls with the voltage [A/V].
        up: current of the p transistor [A].
        up_fall: by how much that falls with the voltage [A/V].
    """

    into: Array
    fall: Array
    up: Array
    up_fall: Array


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
        self.per = self.curve.per_gate / 2, self.curve.per_drain
        self.signed = sign * self.per[0], sign * self.per[1]
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

    def flow(self, across: Array) -> _Flow:
        """Return what flows.

        The gate lies above the middle of source and drain by half of what ``low`` takes more than ``high``.
        """
        over, rise = self.divided(across)
        gate = self.start[0] + self.signed[0] * (over - across)
        drain = self.start[1] + self.signed[1] * (over + across)
        current, by_gate, by_drain = self.curve.slopes(gate, drain)
        per_gate, per_drain = (rise - ONE) * self.per[0], (rise + ONE) * self.per[1]
        up, up_fall = current[1], by_gate[1] * per_gate + by_drain[1] * per_drain
        fall = by_gate[0] * per_gate + by_drain[0] * per_drain + up_fall + rise * self.conductance
        return _Flow(up - current[0] - over * self.conductance, fall, up, up_fall)

    def settled(self, across: Array, flow: _Flow, step: Array, off: Array) -> Settled:
        """Return voltages and currents a small step beyond a voltage across ``high`` [V]."""
        across = across + step
        over, _ = self.divided(across)
        up, away = flow.up - flow.up_fall * step, over * self.conductance
        return Settled(self.node + (over + across), up, away, self.vdd * up - self.node * away, off)


def _near(balance: _Balance, circuit: Inverter) -> Array:
    """Return the voltage across ``high`` [V] about where the circuit settles: the tangent to its output where that and
    the gate lie in the middle between the rails, bent so that it stays between them.

    Transistors of high thresholds hardly conduct there; they are taken to amplify by more than the divider takes.
    """
    middle, share, curve = circuit.vdd * HALF, balance.share, balance.curve
    current, by_gate, by_drain = curve.slopes(*curve.scaled(middle, middle))  # p is n mirrored: both see the same
    by_input = (by_gate[0] + by_gate[1]) * curve.per_gate
    by_output = (by_drain[0] + by_drain[1]) * curve.per_drain - by_input * HALF
    lost = by_output * (ONE + share) + balance.conductance * share
    gain = np.maximum(by_input * share, lost)
    apart = balance.node - middle
    along = (current[1] - current[0] - (gain / share + by_output) * apart) / (gain + lost)
    straight = ((ONE + share) * along + apart) / middle
    size = np.abs(straight)
    between = middle * straight / np.cbrt(ONE + size * size * size) - apart
    across: Array = between / (ONE + share)
    if circuit.half is not None:
        for _ in range(TANGENTS):
            over, rise = balance.divided(across)
            across = across - (across + over - between) / (ONE + rise)
    return across


def _cubic(now: _Flow, before: _Flow, step: Array, tangent: Array, taken: Array) -> Array:
    """Return the step [V] to the root of the cubic of voltage over current that has both values and both slopes.

    Args:
        now: what flows.
        before: what flowed before the last step.
        step: to the root of the tangent.
        tangent: that of before.
        taken: the last step.
    """
    ratio = now.into * before.into / (before.into * before.into + TINY)
    some = np.minimum(np.maximum(ratio, -HALF), HALF)
    left = ONE - some
    bent = (step + some * some * (tangent - taken * ((TWO + left) / left))) / (left * left)
    return np.where(np.equal(some, ratio), bent, step)  # the less is left, the better it is known


def settle(v_in: Array, circuit: Inverter, steps: int = STEPS, rounding: float = ROUNDING) -> Settled:
    """Return where the circuit settles for input voltages [V]: the currents at the output sum to nothing.

    The unknown is the voltage across ``high``, between the ends at which the output lies beyond both rails and the
    input; the current into the output falls with it. Newton steps, and from the second on cubic ones; one that leaves
    the bracket, or is not half as long as the last but one, is replaced by a cut of the bracket, on the far side of its
    middle for the root mostly lies near the rail that the step overshot. Where a Newton step is a share ``rounding`` of
    the bracket, the unknown stays and the step is taken along the tangents; so the number of steps is fixed, and those
    after which nothing moves may be left out: an array and its single values come out the same. ``off`` says what has
    not settled after them.
    """
    balance = _Balance(v_in + circuit.offset, circuit)
    node, most = balance.node, circuit.high / (circuit.high + circuit.low)
    old, far = np.minimum(-node, ZERO) * most, np.maximum(circuit.vdd - node, ZERO) * most
    before = last = far - old
    least = last * rounding
    was, x = np.array(True), _near(balance, circuit)  # at the low end the current flows in
    known: tuple[_Flow, Array, Array] | None = None
    for left in reversed(range(steps)):
        flow = balance.flow(x)
        tangent = flow.into / flow.fall
        moves = np.abs(tangent) > least
        if not left or at_rest(moves):
            break
        step = tangent if known is None else _cubic(flow, known[0], tangent, *known[1:])
        rises = flow.into > ZERO
        far = old + np.equal(rises, was) * (far - old)  # np.where takes four times as long where it is a toss-up
        old, was = x, rises
        room = far - x
        short = np.abs(step) <= np.minimum(np.abs(room), before * HALF + least)
        taken = np.where(short, step, room * BEYOND) * moves
        before, last, known = last, np.abs(taken), (flow, tangent, taken)
        x = x + taken
    return balance.settled(x, flow, tangent * ~moves, np.abs(flow.into) * (circuit.low + circuit.high) * moves)


def output(v_in: Array, circuit: Inverter) -> Array:
    """Return the output voltage [V] for input voltages [V]; the currents at the output sum to nothing."""
    return settle(v_in, circuit, THOROUGH, NOTHING).out


def supply_power(v_in: Array, circuit: Inverter) -> Array:
    """Return the power [W] that supply and input together deliver: all that the circuit turns into heat."""
    return settle(v_in, circuit, THOROUGH, NOTHING).power


def slope(circuit: Inverter) -> Array:
    """Return the slope s [1/V] of the logistic ``VDD/(1 + exp(s V_in))`` that is as steep in the middle."""
    step = circuit.vdd / 1000
    rise = (output(step, circuit) - output(-step, circuit)) / (2 * step)
    return -4 * rise / circuit.vdd
