"""The differential amplifier of a bit-line pair: bias power from gain, settling time and load, and the virtual ground
that it holds."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import Check, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import RATIO, SHARE, In, Quantity, about

__all__ = ["DifferentialAmplifier", "amplifier_power", "loop_settling"]

FLAWS = {
    "gain_error": ("gain error of amplifiers in the accuracy", "all amplify alike"),
    "offset": ("offset of amplifiers in the accuracy", "they have none"),
}


def amplifier_power(
    gain: Array, bits: Array, time: Array, load: Array, gm_over_id: Array, branches: Array, span: Array
) -> Array:
    """Static power of an amplifier that settles to ``bits`` bits within ``time``, in watts.

    ``GBW = gain ln(2^(b+1))/(2 pi t)``, ``gm = 2 pi GBW C_L``, ``P = n gm/(gm/I_D) V_span``.

    Args:
        gain: closed-loop gain.
        bits: bits to settle to.
        time: settling time [s].
        load: load capacitance [F].
        gm_over_id: transconductance efficiency [1/V].
        branches: branches that carry the bias current.
        span: supply span [V].
    """
    gm = gain * math.log(2) * (bits + 1) / time * load
    return branches * gm / gm_over_id * span


def loop_settling(time: Array, bits: Array, line: Array, factor: Array) -> Array:
    """Time in which an amplifier and the line that it holds at virtual ground settle together, in seconds.

    ``max(t, factor ln 2^(b+1) sqrt(tau_amp tau_line))`` with ``tau_amp = t/ln 2^(b+1)``: two poles around one loop,
    with a feedback capacitor that damps them. The amplifier alone is the limit of a line without capacitance.

    Args:
        time: settling time of the amplifier on its own [s].
        bits: bits to settle to.
        line: time constant of the line, its capacitance over the conductance of its cells [s].
        factor: over the geometric mean of both time constants.
    """
    constants = math.log(2) * (bits + 1)
    return np.maximum(time, factor * np.sqrt(constants * time * line))


class DifferentialAmplifier(Component):
    """A fully differential amplifier for a pair of bit lines, biased as long as they are read.

    With a virtual ground each of its outputs sinks the current of a line through its feedback resistor, from the
    supply.
    """

    roles: ClassVar[tuple[str, ...]] = ("amplifier", "front_end")
    formula: ClassVar[str] = (
        "GBW = gain ln(2^(b+1))/(2 pi t); gm = 2 pi GBW C_L; P = branches gm/(gm/I_D) span; at a virtual ground "
        "+ span E|I| of both lines, t -> max(t, loop_factor ln 2^(b+1) sqrt(tau_amp C_line/sum G))"
    )
    kind: Annotated[Literal["differential_amplifier"], COMPONENT_KIND] = "differential_amplifier"
    gain: Annotated[Quantity, RATIO.said("closed-loop gain in hidden layers", "0.5 .. 10000")]
    output_gain: Annotated[Quantity, RATIO.said("closed-loop gain in the output layer", "0.5 .. 10000")]
    settle_time: Annotated[Quantity, In("s", "time within which the output settles", gt=0, usual="5 ps .. 100 us")]
    load: Annotated[Quantity, In("F", "load capacitance at the output", gt=0, usual="0.05 fF .. 10 pF")]
    gm_over_id: Annotated[
        Quantity, In("1/V", "transconductance efficiency of the input pair", gt=0, usual="1 1/V .. 40 1/V")
    ]
    branches: Annotated[Quantity, RATIO.said("branches that carry the bias current", "1 .. 20")]
    span: Annotated[Quantity, In("V", "supply voltage across a branch", gt=0, usual="0.2 V .. 10 V")]
    area: Annotated[
        Quantity, In("m^2", "area of one amplifier with its feedback resistors", usual="0.01 um^2 .. 0.1 mm^2")
    ]
    loop_factor: Annotated[
        Quantity,
        RATIO.said(
            "settling of amplifier and line at virtual ground over ln 2^(b+1) sqrt(tau_amp tau_line)", "0.2 .. 10"
        ),
    ]
    output_current: Annotated[Quantity, In("A", "current that each output delivers", gt=0, usual="10 nA .. 100 mA")]
    gain_error: Annotated[
        Annotated[Quantity, SHARE.said(usual="0.01 % .. 20 %")] | None,
        about("relative standard deviation of the gain between amplifiers"),
    ] = None
    offset: Annotated[
        Annotated[Quantity, In("V", usual="1 uV .. 50 mV")] | None,
        about("standard deviation of the input offset between amplifiers"),
    ] = None
    swing: Annotated[
        Annotated[Quantity, SHARE.said(usual="0.1 .. 1")] | None,
        about("largest output to either side of zero over the span, where it saturates; 1 where absent"),
    ] = None

    @property
    def reach(self) -> Array:
        """Largest output to either side of zero [V]."""
        return self.span.x if self.swing is None else self.swing.x * self.span.x

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """What of its errors the file says nothing about."""
        return {name: text for name, text in FLAWS.items() if getattr(self, name) is None}

    def gain_at(self, last: Array) -> Array:
        """Return the closed-loop gain: of the output layer where ``last`` is 1, of hidden ones where it is 0."""
        return last * self.output_gain.x + (1 - last) * self.gain.x

    def cost(self, context: Context, last: Array, bits: Array) -> UnitCost:
        """Return the cost of one amplifier, settling to ``bits`` bits; ``last`` as in :meth:`gain_at`."""
        power = amplifier_power(
            self.gain_at(last),
            bits,
            self.settle_time.x,
            self.load.x,
            self.gm_over_id.x,
            self.branches.x,
            self.span.x,
        )
        return UnitCost(self.area.x, latency=self.settle_time.x, power=power, law="gain-bandwidth")

    def ground(self, context: Context, last: Array, bits: Array, line: Array, current: Array) -> UnitCost:
        """Return the cost of one amplifier that holds a pair of bit lines at virtual ground.

        Args:
            context: node, supply and laws.
            last: as in :meth:`gain_at`.
            bits: to settle to.
            line: time constant of a line [s], see :func:`loop_settling`.
            current: mean current of one line [A].
        """
        alone = self.cost(context, last, bits)
        return UnitCost(
            area=alone.area,
            latency=loop_settling(self.settle_time.x, bits, line, self.loop_factor.x),
            power=alone.power + 2 * self.span.x * current,
            law="gain-bandwidth, with its line in one loop",
            checks=(
                Check(
                    "mean current of a bit line",
                    current,
                    0.0,
                    self.output_current.x,
                    "A",
                    code="drive",
                    source="an amplifier's output",
                ),
            ),
        )
