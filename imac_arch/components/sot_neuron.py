"""The analog sigmoid neuron from its devices: a CMOS inverter with a feedback divider of two tunnel junctions."""

from collections.abc import Mapping
from statistics import NormalDist
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from imac_arch.components.base import COMPONENT_KIND, Component, Context
from imac_arch.components.cost import NO_LIMIT, Check, UnitCost
from imac_arch.components.inverter import Inverter, output, settle, slope
from imac_arch.components.junction import BIAS_OMITTED, Junction
from imac_arch.components.mismatch import SPREAD, Mismatch, SlopeVariation, spread_omitted
from imac_arch.components.scaling import Scaling
from imac_arch.components.transistors import Transistors, drain_current
from imac_arch.data.arrays import ONE, Array
from imac_arch.data.quantity import COUNT, In, Quantity, about

__all__ = ["SotNeuron"]

INSIDE = 1e-6  # of the supply: where a threshold has come to a rail
LEAST, POINTS = 100, 7  # on- over off-current of what still is a switch; points of the input distribution
SCORES = np.array([NormalDist().inv_cdf((k + 1 / 2) / POINTS) for k in range(POINTS)])
UNSETTLED = 1e-6  # of the supply: how far off the output of a circuit may be
Length = Annotated[Quantity, In("m", gt=0, usual="1 nm .. 1 um")]
Current = Annotated[Quantity, In("A/m", gt=0, usual="0.01 pA/um .. 5 mA/um")]
Fins = Annotated[Quantity, COUNT.said(usual="1 .. 1000")]


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
    fins: Annotated[Fins, about("fins of the n transistor")]
    p_fins: Annotated[Fins | None, about("fins of the p transistor; as many as n fins where absent")] = None
    fin_height: Annotated[Length, about("height of a fin")]
    fin_width: Annotated[Length, about("width of a fin")]
    fin_pitch: Annotated[Length, about("distance between fins")]
    gate_pitch: Annotated[Length, about("contacted gate pitch")]
    layout: Annotated[Quantity, In("", "layout overhead over fins times pitches", ge=1, plain=True, usual="1 .. 20")]
    cells: Annotated[Quantity, COUNT.said("magnetic cells of the divider", "1 .. 100")]
    cell_area: Annotated[Quantity, In("m^2", "area of one cell of the divider", gt=0, usual="0.0001 um^2 .. 100 um^2")]
    gate_capacitance: Annotated[Quantity, In("F/m", "gate capacitance per width", gt=0, usual="0.05 fF/um .. 20 fF/um")]
    load: Annotated[Quantity, In("F", "capacitance at the output", gt=0, usual="0.05 fF .. 10 pF")]
    bits: Annotated[Quantity, In("", "resolution to which the output settles", gt=0, plain=True, usual="1 .. 16")]
    offset: Annotated[
        Quantity, In("", "input offset as a share of the supply", ge=0, le=1, plain=True, usual="0.01 .. 1")
    ]
    input_spread: Annotated[Quantity, In("V", "standard deviation of the input voltage", gt=0, usual="1 mV .. 5 V")]
    mismatch: Mismatch = None
    slope_variation: SlopeVariation = None

    @model_validator(mode="after")
    def _switches(self) -> "SotNeuron":
        if self.on_current and self.off_current and self.on_current.value < LEAST * self.off_current.value:
            found = f"{self.on_current.written} against {self.off_current.written}"
            raise ValueError(f"on_current must be at least {LEAST} times off_current, not {found}")
        return self

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """See the base."""
        bias = {} if self.v_half is not None else {"v_half": BIAS_OMITTED}
        return bias | spread_omitted(self.mismatch, self.slope_variation)

    @property
    def fins_width(self) -> Array:
        """Effective width of all n fins [m]."""
        return self.fins.x * (2 * self.fin_height.x + self.fin_width.x)

    @property
    def p_share(self) -> Array:
        """Number of p fins over that of n fins; 1 where ``p_fins`` is left out."""
        return ONE if self.p_fins is None else self.p_fins.x / self.fins.x

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
        given = SCORES.reshape(-1, *(1,) * max(circuit.axes, spread.ndim)) * spread
        return np.minimum(np.maximum(given, -circuit.vdd), circuit.vdd)

    def slope(self, context: Context) -> Array | None:
        """See the role."""
        return slope(self.circuit(context))

    def transfer(self, context: Context, inputs: Array) -> Array:
        """Return the output over the supply for the voltages of an amplifier [V], of single values.

        Like :meth:`slope` it rises: the order of the amplifier's inputs makes up for the sign of the inverter.
        """
        circuit = self.circuit(context)
        out = output(-inputs.reshape(-1, *(1,) * circuit.axes), circuit)
        risen: Array = np.reshape(out / circuit.vdd, inputs.shape)
        return risen

    def drive(self, context: Context) -> Array:
        """See the base."""
        return _delivered(self.circuit(context))

    def cost(self, context: Context, what: str = "") -> UnitCost:
        """Return the cost of one neuron."""
        circuit = self.circuit(context)
        power, off = self._power(circuit, context)
        both, low, high = 1 + self.p_share, circuit.low, circuit.high
        fins = both * self.fins.x * self.fin_pitch.x * self.gate_pitch.x * self.layout.x
        driven = both * self.fins_width * self.gate_capacitance.x * low * high / (low + high)
        own = Check("node", context.node, self.node.x, self.node.x, "m", code="law_node", source="neuron")
        on, leak, known = self.currents(context.laws.get(Transistors, "transistors"))
        weak = f"less than {LEAST} times off_current is no switch"
        switch = Check("on_current", on, LEAST * leak, NO_LIMIT, "A/m", fatal=True, source="neuron", text=weak)
        return UnitCost(
            area=fins + self.cells.x * self.cell_area.x,
            latency=driven * np.log(2.0) * (self.bits.x + 1) + self.load.x * context.vdd / (2 * _delivered(circuit)),
            power=power,
            law="inverter with divider",
            checks=(own, known, switch, _reached(circuit), _found(off, circuit), *self.ordered),
        )

    def _power(self, circuit: Inverter, context: Context) -> tuple[Array, Array]:
        """Return the mean power over the inputs [W], and how far off the output may be at the worst of them [V].

        Both are kept for single values, of which they take the most time.
        """
        device, law = circuit.device, context.laws.get(Transistors, "transistors")
        numbers = (part.x for name, part in vars(self).items() if isinstance(part, Quantity) and name not in SPREAD)
        of = (device.threshold, device.scale, context.vdd, law.p_ratio.x, *numbers)

        def make() -> tuple[Array, Array]:
            at = settle(self.inputs(circuit), circuit)
            return at.power.mean(axis=0), at.off.max(axis=0)

        return law.rows.remembered(make, "power", *of)


def _reached(circuit: Inverter) -> Check:
    """Return the check that a threshold between the rails gives the ratio of on- to off-current."""
    threshold, vdd = circuit.device.threshold - circuit.device.dibl * circuit.vdd, circuit.vdd
    text = "no threshold between the rails gives the ratio of on_current to off_current"
    inside = vdd * INSIDE, vdd * (1 - INSIDE)
    return Check("threshold", threshold, *inside, "V", fatal=True, source="transistors", text=text)


def _found(off: Array, circuit: Inverter) -> Check:
    """Return the check that the search for the output has come to its end."""
    text = "the output at which the currents balance was not found"
    return Check("output", off, 0.0, UNSETTLED * circuit.vdd, "V", fatal=True, source="neuron", text=text)


def _delivered(circuit: Inverter) -> Array:
    """Return the current of all n fins at the full supply [A]."""
    return circuit.width * drain_current(circuit.vdd, circuit.vdd, circuit.device)
