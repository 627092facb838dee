"""The analog-to-digital converter, and what every law that prices one says.

The laws differ twelve-fold in energy and thirty-fold in area, so the choice is a scenario, never a sampled
uncertainty; what is sampled is the residual spread inside a law. A law is a file ``adc_<name>.yaml`` of a kind that is
an :class:`AdcLaw`; a kind that brings its coefficients in ``data`` is a law of its own.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Component, Context, Law
from imac_arch.components.cost import Check, UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.arrays import ONE, Array
from imac_arch.data.errors import nearest
from imac_arch.data.quantity import COUNT, RATIO, In, Quantity, about
from imac_arch.data.recording import note_all
from imac_arch.data.registry import names

__all__ = ["Adc", "AdcLaw", "ComparatorLaw", "adc_laws", "at_own_node"]

PREFIX = "adc_"
Real = Annotated[Quantity, In("", ge=None, plain=True, usual="-1000 .. 1000")]
Node = Annotated[Quantity, In("m", gt=0, usual="1 nm .. 1 um")]
CountOrAll = Annotated[Quantity | str, In("", ge=1, plain=True, whole=True, words=("all",), usual="1 .. 4096")]
Rate = Annotated[Quantity, In("Hz", gt=0, usual="10 kHz .. 100 GHz")]


def adc_laws() -> tuple[str, ...]:
    """Return the names of the converter laws, without their common prefix, sorted."""
    known = {*names("law"), *(kind for kind, law in Law.kinds.items() if law.data)}
    return tuple(sorted(name.removeprefix(PREFIX) for name in known if name.startswith(PREFIX)))


class _LawName:
    """A field that holds the name of a converter law."""

    @property
    def words(self) -> tuple[str, ...]:
        """What the field admits."""
        return adc_laws()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"enum": list(adc_laws())}

    def check(self, given: Any) -> str:
        """Return the name; an error proposes the nearest one."""
        allowed = adc_laws()
        if given in allowed:
            return str(given)
        guess = nearest(str(given), allowed)
        hint = f"did you mean {guess!r}? " if guess else ""
        text = f"{given!r} is not allowed; {hint}allowed: {', '.join(allowed)}"
        raise PydanticCustomError("law", "{text}", {"text": text})


LawName = Annotated[str, _LawName()]


class AdcLaw(Law):
    """Base of the converter laws: range of resolution, column sharing and residual spread."""

    min_bits: Annotated[Quantity, COUNT.said("lowest resolution that the law covers", "1 .. 16")]
    max_bits: Annotated[Quantity, COUNT.said("highest resolution that the law covers", "1 .. 24")]
    columns_per_adc: Annotated[CountOrAll, about("weight columns that share one converter by default, or 'all'")]
    residual_energy: Annotated[
        Quantity,
        RATIO.said(
            "multiplicative residual of the energy fit; its range is the spread of published converters", "0.01 .. 1000"
        ),
    ]
    residual_area: Annotated[
        Quantity,
        RATIO.said(
            "multiplicative residual of the area fit; its range is the spread of published converters", "0.01 .. 1000"
        ),
    ]

    paced: ClassVar[bool] = True  # whether it converts at the rate that it is asked for

    @abstractmethod
    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, context: Context, scale: bool) -> UnitCost:
        """Return the cost of one converter; ``energy`` and ``latency`` are of one conversion."""

    @property
    def usual_rate(self) -> Array:
        """Conversions per second of a component that names no rate [Hz]; 1 where the law does not ask for one."""
        rate = getattr(self, "default_rate", None)
        return ONE if rate is None else rate.x

    def costs(self, area: Array, energy: Array, latency: Array, *checks: Check) -> UnitCost:
        """Return a unit cost with the residual spread of the law."""
        return UnitCost(
            area * self.residual_area.x, energy * self.residual_energy.x, latency, law=self.name, checks=checks
        )


def at_own_node(
    cost: UnitCost, node: Quantity, context: Context, scale: bool, name: str, supply: bool = True
) -> UnitCost:
    """Return the cost of a converter scaled to the technology, or at its own node with the check that says so."""
    if scale:
        return scaled(cost, node.x, context, f"adc ({name})", supply=supply)
    return cost.with_checks(Check("node", context.node, node.x, node.x, "m", code="law_node", source=name))


class ComparatorLaw(Law):
    """Converters of so few bits that they are ``2^b - 1`` comparators; a comparator by node and supply."""

    kind: Annotated[Literal["comparator"], LAW_KIND] = "comparator"
    reference: Annotated[Node, about("node of the figures below")]
    capacitance: Annotated[
        Quantity, In("F", "capacitance switched per comparison at that node", gt=0, usual="0.1 fF .. 10 pF")
    ]
    capacitance_node: Annotated[Real, about("exponent of the node in the capacitance")]
    area: Annotated[Quantity, In("m^2", "area of a comparator at that node", gt=0, usual="0.1 um^2 .. 0.1 mm^2")]
    area_node: Annotated[Real, about("exponent of the node in the area")]
    max_bits: Annotated[Quantity, COUNT.said("most bits of a converter that is made of comparators", "1 .. 8")]

    def below(self, law: AdcLaw) -> Array:
        """Return the bits below which a converter of a law is made of comparators; a law may reach further down."""
        return np.minimum(self.max_bits.x + 1, law.min_bits.x)

    def instead(self, cost: UnitCost, bits: Array, law: AdcLaw, context: Context) -> UnitCost:
        """Return the cost of a converter of ``bits`` bits where it is made of comparators, else ``cost``.

        ``cost`` is of the law's smallest converter then, which limits energy and area and gives the time.
        """
        node, count, below = context.node / self.reference.x, np.exp2(bits) - 1, self.below(law)
        area = count * self.area.x * np.power(node, self.area_node.x)
        energy = count * self.capacitance.x * np.power(node, self.capacitance_node.x) * context.vdd**2
        beyond = np.where(bits < below, 0.0, 1.0)  # where the law holds, and so do the checks of its own range
        checks = (check._replace(applies=beyond) if check.fatal else check for check in cost.checks)
        return cost._replace(
            area=np.where(bits < below, np.minimum(area, cost.area), cost.area),
            energy=np.where(bits < below, np.minimum(energy, cost.energy), cost.energy),
            checks=tuple(checks),
        )


class Adc(Component):
    """A converter shared by a group of weight columns; its differential input takes both bit lines of a pair.

    ``bits: auto`` is ``min(max_bits, ceil(log2 (rows largest)) + 1)``, ``largest`` being the product of the largest
    weight and input in steps, clipped to the law's range; fewer bits cost accuracy. One to three bits are ``2^b - 1``
    comparators, unless the law itself covers them.
    """

    roles: ClassVar[tuple[str, ...]] = ("adc",)
    kind: Annotated[Literal["adc"], COMPONENT_KIND] = "adc"
    law: Annotated[LawName, about("converter law that gives energy, area and latency")] = "survey"
    bits: Annotated[
        Quantity | str,
        In(
            "",
            "resolution of the converter; 'auto' for a lossless partial sum within max_bits",
            ge=1,
            plain=True,
            whole=True,
            words=("auto",),
            usual="1 .. 16",
        ),
    ] = "auto"
    enob_loss: Annotated[Quantity, RATIO.said("nominal resolution minus effective number of bits", "0.01 .. 5")]
    max_bits: Annotated[Quantity, COUNT.said("upper limit of the resolution that 'auto' chooses", "1 .. 20")]
    full_scale: Annotated[
        Annotated[Quantity, RATIO.said(usual="0.02 .. 1")] | None,
        about("end of the converter's range over the largest sum of a subarray's rows; 1 where absent"),
    ] = None
    columns_per_adc: Annotated[
        CountOrAll | None, about("weight columns that share one converter, or 'all'; the law's value where absent")
    ] = None
    rate: Annotated[Rate | None, about("conversion rate; the law's default where absent")] = None
    idle: Annotated[
        Quantity | str,
        In(
            "",
            "share of its active power that a converter draws while it waits; 'none' neglects it",
            le=1,
            plain=True,
            words=("none",),
            usual="0.01 % .. 1",
        ),
    ]
    scale: Annotated[bool, about("scale a published converter from its own node to the technology's")] = False

    def adc_law(self, context: Context) -> AdcLaw:
        """Return the law in force."""
        return context.laws.get(AdcLaw, f"adc_{self.law}")

    def comparators(self, context: Context) -> ComparatorLaw:
        """Return the law of the converters that are made of comparators."""
        return context.laws.get(ComparatorLaw, "comparator")

    def required_bits(self, rows: Array, largest: Array = ONE) -> Array:
        """Return the bits of a lossless sum over ``rows`` rows.

        ``largest`` is the largest product of a row, in steps of weight and input: 1 for binary ones.
        """
        bits: Array = np.ceil(np.log2(rows * largest)) + 1
        return bits

    def used_bits(self, rows: Array, context: Context, largest: Array = ONE) -> Array:
        """Return the bits of the converter for subarrays of ``rows`` rows; ``auto`` takes what is
        lossless, as far as ``max_bits`` and the law reach."""
        if isinstance(self.bits, Quantity):
            return self.bits.x
        law = self.adc_law(context)
        lossless = np.minimum(self.required_bits(rows, largest), self.max_bits.x)
        few = lossless < self.comparators(context).below(law)
        return np.where(few, lossless, np.minimum(np.maximum(lossless, law.min_bits.x), law.max_bits.x))

    def shared_columns(self, cols: Array, context: Context) -> Array:
        """Return how many of ``cols`` columns one converter serves in turn."""
        own: Quantity | str = self.columns_per_adc or self.adc_law(context).columns_per_adc
        return np.minimum(own.x, cols) if isinstance(own, Quantity) else cols

    def cost(self, context: Context, rows: Array, largest: Array = ONE) -> UnitCost:
        """Return the cost of one converter on subarrays of ``rows`` rows; ``largest`` as in ``required_bits``."""
        law = self.adc_law(context)
        bits = self.used_bits(rows, context, largest)
        rate = self.rate.x if self.rate is not None else law.usual_rate
        known = np.maximum(bits, law.min_bits.x)
        cost = law.convert(known, known - self.enob_loss.x, rate, rows, context, self.scale)
        few = self.comparators(context)
        fewest = np.where(bits < few.below(law), 1.0, law.min_bits.x)
        checks = [Check("bits", bits, fewest, law.max_bits.x, fatal=True, source=law.name)]
        if self.rate is not None and not law.paced:
            own = 1 / cost.latency
            checks.append(Check("rate", rate, own, own, "Hz", source=law.name))
        return few.instead(cost, bits, law, context).with_checks(*checks)

    def waiting(self, converting: UnitCost) -> UnitCost:
        """Return the static power of a converter while it waits: a share of its energy over its conversion time."""
        if not isinstance(self.idle, Quantity):
            return UnitCost()
        note_all(converting.recorded)
        return UnitCost(power=self.idle.x * converting.energy / converting.latency, law=converting.law)

    @property
    def omits(self) -> Mapping[str, tuple[str, str]]:
        """What a converter draws between conversions, where it is neglected by name."""
        if isinstance(self.idle, Quantity):
            return {}
        return {"idle": ("power of waiting converters", "they draw nothing between conversions")}
