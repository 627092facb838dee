"""Converters by the model of Accelergy and CiMLoop."""

from typing import Annotated, Literal

import numpy as np

from imac_arch.components.adc import AdcLaw, Node, Rate, Real
from imac_arch.components.base import LAW_KIND, Context
from imac_arch.components.cost import Check, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import RATIO, In, Quantity, about

__all__ = ["AccelergyAdc"]


class AccelergyAdc(AdcLaw):
    """The converter model of Accelergy and CiMLoop, the 20th percentile of the survey in energy (arXiv 2404.06553).

    ``FOM_S = min(c0 - c1 ln f, d0 + d1 ceil(ENOB))``, ``SNDR = 6.0206 ENOB + 1.7609`` dB,
    ``E/pJ = exp(e0 + e1 ln t/nm - e2 ln ENOB) / (2 10^((FOM_S - SNDR)/10))``,
    ``A/um2 = exp(f0 + f1 ln t/nm + f2 ln f + f3 ln E/pJ) r^f4``, r being the residual of the energy, which ties the two
    as in the data.
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
    f_residual: Annotated[Real, about("exponent of the energy's residual in the area")]
    node_unit: Annotated[Node, about("node by which the fit normalizes nodes")]
    energy_unit: Annotated[
        Quantity, In("J", "energy by which the fit's logarithm of energy is normalized", gt=0, usual="1 aJ .. 1 J")
    ]
    area_unit: Annotated[
        Quantity,
        In("m^2", "area by which the fit's logarithm of area is normalized", gt=0, usual="0.001 um^2 .. 1 m^2"),
    ]
    max_rate: Annotated[Rate, about("highest conversion rate of the fitted data")]
    default_rate: Annotated[Rate, about("conversion rate where the component gives none")]
    min_enob: Annotated[Quantity, RATIO.said("fewest effective bits of the fitted data", "1 .. 24")]
    max_enob: Annotated[Quantity, RATIO.said("most effective bits of the fitted data", "1 .. 24")]

    def energy(self, enob: Array, rate: Array, node: Array) -> Array:
        """Return the energy of a conversion [J] for a rate [Hz] and a node [m]."""
        cap = self.fom_enob0.x + self.fom_enob1.x * np.ceil(enob)
        fom = np.minimum(self.fom_frequency0.x + self.fom_frequency1.x * np.log(rate), cap)
        enob = np.maximum(enob, 1e-3)  # far outside the law's range, where the check below makes the design invalid
        sndr = self.sndr1.x * enob + self.sndr0.x
        shape = np.exp(self.e0.x + self.e_node.x * np.log(node / self.node_unit.x) + self.e_enob.x * np.log(enob))
        energy: Array = self.energy_unit.x * shape / (2 * np.power(10.0, (fom - sndr) / 10))
        return energy

    def area(self, rate: Array, node: Array, energy: Array) -> Array:
        """Return the area [m^2] of a converter of an energy [J] a conversion."""
        by_node = self.f_node.x * np.log(node / self.node_unit.x)
        by_energy = self.f_energy.x * np.log(energy / self.energy_unit.x)
        area: Array = self.area_unit.x * np.exp(self.f0.x + by_node + self.f_rate.x * np.log(rate) + by_energy)
        return area

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, context: Context, scale: bool) -> UnitCost:
        """See the class; takes the node of the technology."""
        energy = self.energy(enob, rate, context.node)
        tied = np.power(self.residual_energy.x, self.f_residual.x)
        return self.costs(
            self.area(rate, context.node, energy) * tied,
            energy,
            1 / rate,
            Check("enob", enob, self.min_enob.x, self.max_enob.x, fatal=True, source=self.name),
            Check("rate", rate, 0.0, self.max_rate.x, "Hz", source=self.name),
        )
