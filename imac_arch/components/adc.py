"""The analog-to-digital converter and its selectable cost laws.

The laws differ twelve-fold in energy and thirty-fold in area, so the choice of a law is a scenario, not a sampled
uncertainty; only the residual spread within a law is sampled.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from imac_arch.components.base import COMPONENT_KIND, LAW_KIND, Check, Component, Law, Setting, UnitCost
from imac_arch.components.scaling import scaled
from imac_arch.data.quantity import Array, Count, In, Quantity, Ratio, about

__all__ = ["ADC_LAWS", "AccelergyAdc", "Adc", "AdcLaw", "FixedAdc", "InArrayAdc", "SurveyAdc"]

ADC_LAWS = ("survey", "survey_best", "accelergy", "in_array", "fixed")
Real = Annotated[Quantity, In("", ge=None, plain=True)]
Node = Annotated[Quantity, In("m", gt=0)]
CountOrAll = Annotated[Quantity | str, In("", ge=1, plain=True, whole=True, words=("all",))]
Rate = Annotated[Quantity, In("Hz", gt=0)]


class AdcLaw(Law):
    """Base of the converter laws: range of resolution, column sharing and residual spread."""

    min_bits: Annotated[Count, about("lowest resolution that the law covers")]
    max_bits: Annotated[Count, about("highest resolution that the law covers")]
    columns_per_adc: Annotated[CountOrAll, about("weight columns that share one converter by default, or 'all'")]
    residual_energy: Annotated[
        Ratio, about("multiplicative residual of the energy fit; its range is the spread of published converters")
    ]
    residual_area: Annotated[
        Ratio, about("multiplicative residual of the area fit; its range is the spread of published converters")
    ]

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, setting: Setting, scale: bool) -> UnitCost:
        """Return the cost of one converter; ``energy`` and ``latency`` are of one conversion."""
        raise NotImplementedError  # each law below gives its own formula

    def _cost(self, area: Array, energy: Array, latency: Array, *checks: Check) -> UnitCost:
        return UnitCost(
            area * self.residual_area.x, energy * self.residual_energy.x, latency, law=self.name, checks=checks
        )


class SurveyAdc(AdcLaw):
    """Quantile regression of the Murmann survey over the range used in in-memory computing.

    ``log10 E/pJ = a0 + aN ENOB + au u + aL L``, ``log10 A/um2 = b0 + bE log10 E/pJ + bu u + bL L`` with ``u =
    log10(f/100 MS/s)`` and ``L = log10(node/32 nm)``.
    """

    kind: Annotated[Literal["adc_survey"], LAW_KIND] = "adc_survey"
    a0: Annotated[Real, about("intercept of log10 energy")]
    a_enob: Annotated[Real, about("slope of log10 energy over effective bits")]
    a_rate: Annotated[Real, about("slope of log10 energy over log10 relative conversion rate")]
    a_node: Annotated[Real, about("slope of log10 energy over log10 relative node")]
    b0: Annotated[Real, about("intercept of log10 area")]
    b_energy: Annotated[Real, about("slope of log10 area over log10 energy")]
    b_rate: Annotated[Real, about("slope of log10 area over log10 relative conversion rate")]
    b_node: Annotated[Real, about("slope of log10 area over log10 relative node")]
    reference_rate: Annotated[Rate, about("conversion rate to which rates are relative")]
    reference_node: Annotated[Node, about("node to which nodes are relative")]
    energy_unit: Annotated[Quantity, In("J", "energy by which the fit's logarithm of energy is normalized", gt=0)]
    area_unit: Annotated[Quantity, In("m^2", "area by which the fit's logarithm of area is normalized", gt=0)]
    min_rate: Annotated[Rate, about("lowest conversion rate of the fitted data")]
    max_rate: Annotated[Rate, about("highest conversion rate of the fitted data")]
    min_node: Annotated[Node, about("smallest node of the fitted data")]
    max_node: Annotated[Node, about("largest node of the fitted data")]
    default_rate: Annotated[Rate, about("conversion rate where the component gives none")]
    min_enob: Annotated[Ratio, about("fewest effective bits of the fitted data")]
    max_enob: Annotated[Ratio, about("most effective bits of the fitted data")]

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, setting: Setting, scale: bool) -> UnitCost:
        """See the class; takes the node of the technology."""
        u = np.log10(rate / self.reference_rate.x)
        node = np.log10(setting.node / self.reference_node.x)
        log_energy = self.a0.x + self.a_enob.x * enob + self.a_rate.x * u + self.a_node.x * node
        log_area = self.b0.x + self.b_energy.x * log_energy + self.b_rate.x * u + self.b_node.x * node
        return self._cost(
            self.area_unit.x * np.power(10.0, log_area),
            self.energy_unit.x * np.power(10.0, log_energy),
            1 / rate,
            Check("enob", enob, self.min_enob.value, self.max_enob.value, fatal=True, source=self.name),
            Check("rate", rate, self.min_rate.value, self.max_rate.value, "Hz", source=self.name),
            Check("node", setting.node, self.min_node.value, self.max_node.value, "m", source=self.name),
        )


class AccelergyAdc(AdcLaw):
    """The converter model of Accelergy and CiMLoop, the 20th percentile of the survey in energy (arXiv 2404.06553).

    ``FOM_S = min(c0 - c1 ln f, d0 + d1 ceil(ENOB))``, ``SNDR = 6.0206 ENOB + 1.7609`` dB,
    ``E/pJ = exp(e0 + e1 ln t/nm - e2 ln ENOB) / (2 10^((FOM_S - SNDR)/10))``,
    ``A/um2 = exp(f0 + f1 ln t/nm + f2 ln f + f3 ln E/pJ)``.
    """

    kind: Annotated[Literal["adc_accelergy"], LAW_KIND] = "adc_accelergy"
    fom_frequency0: Annotated[Real, about("intercept of the high-speed bound on the Schreier figure of merit [dB]")]
    fom_frequency1: Annotated[Real, about("slope of the high-speed bound over ln rate [dB]")]
    fom_enob0: Annotated[Real, about("intercept of the resolution bound on the Schreier figure of merit [dB]")]
    fom_enob1: Annotated[Real, about("slope of the resolution bound over effective bits [dB]")]
    sndr0: Annotated[Real, about("SNDR of an ideal converter at zero effective bits [dB]")]
    sndr1: Annotated[Real, about("SNDR per effective bit [dB]")]
    e0: Annotated[Real, about("intercept of ln energy")]
    e_node: Annotated[Real, about("exponent of the node in the energy")]
    e_enob: Annotated[Real, about("exponent of the effective bits in the energy")]
    f0: Annotated[Real, about("intercept of ln area")]
    f_node: Annotated[Real, about("exponent of the node in the area")]
    f_rate: Annotated[Real, about("exponent of the conversion rate in the area")]
    f_energy: Annotated[Real, about("exponent of the energy in the area")]
    node_unit: Annotated[Node, about("node by which the fit normalizes nodes")]
    energy_unit: Annotated[Quantity, In("J", "energy by which the fit's logarithm of energy is normalized", gt=0)]
    area_unit: Annotated[Quantity, In("m^2", "area by which the fit's logarithm of area is normalized", gt=0)]
    max_rate: Annotated[Rate, about("highest conversion rate of the fitted data")]
    default_rate: Annotated[Rate, about("conversion rate where the component gives none")]
    min_enob: Annotated[Ratio, about("fewest effective bits of the fitted data")]
    max_enob: Annotated[Ratio, about("most effective bits of the fitted data")]

    def energy(self, enob: Array, rate: Array, node: Array) -> Array:
        """Return the energy of a conversion [J] for a rate [Hz] and a node [m]."""
        cap = self.fom_enob0.x + self.fom_enob1.x * np.ceil(enob)
        fom = np.minimum(self.fom_frequency0.x + self.fom_frequency1.x * np.log(rate), cap)
        enob = np.maximum(enob, 1e-3)  # far outside the law's range, where a number is needed and no warning
        sndr = self.sndr1.x * enob + self.sndr0.x
        shape = np.exp(self.e0.x + self.e_node.x * np.log(node / self.node_unit.x) + self.e_enob.x * np.log(enob))
        return np.asarray(self.energy_unit.x * shape / (2 * 10 ** ((fom - sndr) / 10)))

    def area(self, rate: Array, node: Array, energy: Array) -> Array:
        """Return the area [m^2] of a converter of an energy [J] a conversion."""
        by_node = self.f_node.x * np.log(node / self.node_unit.x)
        by_energy = self.f_energy.x * np.log(energy / self.energy_unit.x)
        return np.asarray(self.area_unit.x * np.exp(self.f0.x + by_node + self.f_rate.x * np.log(rate) + by_energy))

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, setting: Setting, scale: bool) -> UnitCost:
        """See the class; takes the node of the technology."""
        energy = self.energy(enob, rate, setting.node)
        return self._cost(
            self.area(rate, setting.node, energy),
            energy,
            1 / rate,
            Check("enob", enob, self.min_enob.value, self.max_enob.value, fatal=True, source=self.name),
            Check("rate", rate, 0.0, self.max_rate.value, "Hz", source=self.name),
        )


class InArrayAdc(AdcLaw):
    """Column-pitch converter of ZigZag-IMC, validated on seven chips at 28 nm.

    ``E = (e1 B + e2 4^B) V^2``, ``A = 2^B 10^(a0 + a1 B)``, ``t = B (t0 + t1 rows)``.
    """

    kind: Annotated[Literal["adc_in_array"], LAW_KIND] = "adc_in_array"
    e1: Annotated[Quantity, In("F", "capacitance switched per bit", gt=0)]
    e2: Annotated[Quantity, In("F", "capacitance switched per conversion, multiplied by 4^bits", gt=0)]
    a0: Annotated[Real, about("intercept of log10 area per level")]
    a1: Annotated[Real, about("slope of log10 area per level over bits")]
    area_unit: Annotated[Quantity, In("m^2", "area by which the fit's logarithm of area is normalized", gt=0)]
    t0: Annotated[Quantity, In("s", "conversion time per bit, independent of the rows", gt=0)]
    t1: Annotated[Quantity, In("s", "conversion time per bit and row", gt=0)]
    node: Annotated[Node, about("node of the validated converters")]

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, setting: Setting, scale: bool) -> UnitCost:
        """See the class; takes the bits themselves and stays at its own node unless ``scale``."""
        energy = (self.e1.x * bits + self.e2.x * 4**bits) * setting.vdd**2
        area = self.area_unit.x * 2**bits * 10 ** (self.a0.x + self.a1.x * bits)
        cost = self._cost(area, energy, bits * (self.t0.x + self.t1.x * rows))
        return _carried(cost, self.node, setting, scale, self.name, supply=False)


class FixedAdc(AdcLaw):
    """A single published converter: the 8-bit converter of ISAAC at 32 nm."""

    kind: Annotated[Literal["adc_fixed"], LAW_KIND] = "adc_fixed"
    energy: Annotated[Quantity, In("J", "energy of one conversion", gt=0)]
    area: Annotated[Quantity, In("m^2", "area of the published converter", gt=0)]
    default_rate: Annotated[Rate, about("conversion rate of the published converter")]
    node: Annotated[Node, about("node of the published converter")]

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, setting: Setting, scale: bool) -> UnitCost:
        """See the class; stays at its own node unless ``scale``."""
        cost = self._cost(self.area.x, self.energy.x, 1 / self.default_rate.x)
        return _carried(cost, self.node, setting, scale, self.name)


def _carried(cost: UnitCost, node: Quantity, setting: Setting, scale: bool, name: str, supply: bool = True) -> UnitCost:
    if scale:
        return scaled(cost, node.x, setting, f"adc ({name})", supply=supply)
    own = Check("node", setting.node, node.value, node.value, "m", code="law_node", source=name)
    return UnitCost(
        cost.area, cost.energy, cost.latency, cost.leakage, cost.power, cost.law, (*cost.checks, own), cost.scaled
    )


class Adc(Component):
    """A converter shared by a group of weight columns; its differential input takes both bit lines of a pair.

    ``bits: auto`` is ``min(max_bits, ceil(log2 (rows largest)) + 1)``, ``largest`` being the product of the largest
    weight and input in steps, clipped to the law's range; fewer bits cost accuracy.
    """

    roles: ClassVar[tuple[str, ...]] = ("adc",)
    kind: Annotated[Literal["adc"], COMPONENT_KIND] = "adc"
    law: Annotated[
        Literal["survey", "survey_best", "accelergy", "in_array", "fixed"],
        about("converter law that gives energy, area and latency"),
    ] = "survey"
    bits: Annotated[
        Quantity | str,
        In(
            "",
            "resolution of the converter; 'auto' for a lossless partial sum within max_bits",
            ge=1,
            plain=True,
            whole=True,
            words=("auto",),
        ),
    ] = "auto"
    enob_loss: Annotated[Ratio, about("nominal resolution minus effective number of bits")]
    max_bits: Annotated[Count, about("upper limit of the resolution that 'auto' chooses")]
    columns_per_adc: Annotated[
        CountOrAll | None, about("weight columns that share one converter, or 'all'; the law's value where absent")
    ] = None
    rate: Annotated[Rate | None, about("conversion rate; the law's default where absent")] = None
    scale: Annotated[bool, about("scale a published converter from its own node to the technology's")] = False

    def adc_law(self, setting: Setting) -> AdcLaw:
        """Return the law in force."""
        return setting.laws.get(AdcLaw, f"adc_{self.law}")

    def required_bits(self, rows: Array, largest: Array | float = 1.0) -> Array:
        """Return the bits that keep a sum over ``rows`` rows, as far as a column needs them.

        ``largest`` is the largest product of a row, in steps of weight and input: 1 for binary ones.
        """
        return np.asarray(np.minimum(np.ceil(np.log2(rows * largest)) + 1, self.max_bits.x))

    def used_bits(self, rows: Array, setting: Setting, largest: Array | float = 1.0) -> Array:
        """Return the bits of the converter for subarrays of ``rows`` rows; ``auto`` stays where the law holds."""
        if isinstance(self.bits, Quantity):
            return self.bits.x
        law = self.adc_law(setting)
        return np.asarray(np.clip(self.required_bits(rows, largest), law.min_bits.value, law.max_bits.value))

    def shared_columns(self, cols: Array, setting: Setting) -> Array:
        """Return how many of ``cols`` columns one converter serves in turn."""
        own: Quantity | str = self.columns_per_adc or self.adc_law(setting).columns_per_adc
        return np.asarray(np.minimum(own.x, cols)) if isinstance(own, Quantity) else cols

    def cost(self, setting: Setting, rows: Array, largest: Array | float = 1.0) -> UnitCost:
        """Return the cost of one converter on subarrays of ``rows`` rows; ``largest`` as in ``required_bits``."""
        law = self.adc_law(setting)
        bits = self.used_bits(rows, setting, largest)
        fallback = getattr(law, "default_rate", None)
        rate = self.rate.x if self.rate is not None else fallback.x if fallback is not None else np.ones(())
        cost = law.convert(bits, bits - self.enob_loss.x, rate, rows, setting, self.scale)
        limit = Check("bits", bits, law.min_bits.value, law.max_bits.value, fatal=True, source=law.name)
        return UnitCost(
            cost.area, cost.energy, cost.latency, cost.leakage, cost.power, cost.law, (*cost.checks, limit), cost.scaled
        )
