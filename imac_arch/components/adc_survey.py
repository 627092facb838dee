"""Converters by a fit of the Murmann survey."""

from typing import Annotated, Literal

import numpy as np

from imac_arch.components.adc import AdcLaw, Node, Rate, Real
from imac_arch.components.base import LAW_KIND, Context
from imac_arch.components.cost import Check, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import RATIO, In, Quantity, about

__all__ = ["SurveyAdc"]


class SurveyAdc(AdcLaw):
    """Quantile regression of the Murmann survey over the range used in in-memory computing.

    ``log10 E/pJ = a0 + aN ENOB + au u + aL L``, ``log10 A/um2 = b0 + bE log10 E/pJ + br log10 r + bu u + bL L`` with
    ``u = log10(f/100 MS/s)``, ``L = log10(node/32 nm)`` and r the residual of the energy, which ties the two as in the
    data.
    """

    kind: Annotated[Literal["adc_survey"], LAW_KIND] = "adc_survey"
    a0: Annotated[Real, about("intercept of log10 energy")]
    a_enob: Annotated[Real, about("slope of log10 energy over effective bits")]
    a_rate: Annotated[Real, about("slope of log10 energy over log10 relative conversion rate")]
    a_node: Annotated[Real, about("slope of log10 energy over log10 relative node")]
    b0: Annotated[Real, about("intercept of log10 area")]
    b_energy: Annotated[Real, about("slope of log10 area over log10 energy")]
    b_residual: Annotated[Real, about("slope of log10 area over log10 of the energy's residual")]
    b_rate: Annotated[Real, about("slope of log10 area over log10 relative conversion rate")]
    b_node: Annotated[Real, about("slope of log10 area over log10 relative node")]
    reference_rate: Annotated[Rate, about("conversion rate to which rates are relative")]
    reference_node: Annotated[Node, about("node to which nodes are relative")]
    energy_unit: Annotated[
        Quantity, In("J", "energy by which the fit's logarithm of energy is normalized", gt=0, usual="1 aJ .. 1 J")
    ]
    area_unit: Annotated[
        Quantity,
        In("m^2", "area by which the fit's logarithm of area is normalized", gt=0, usual="0.001 um^2 .. 1 m^2"),
    ]
    min_rate: Annotated[Rate, about("lowest conversion rate of the fitted data")]
    max_rate: Annotated[Rate, about("highest conversion rate of the fitted data")]
    min_node: Annotated[Node, about("smallest node of the fitted data")]
    max_node: Annotated[Node, about("largest node of the fitted data")]
    default_rate: Annotated[Rate, about("conversion rate where the component gives none")]
    min_enob: Annotated[Quantity, RATIO.said("fewest effective bits of the fitted data", "1 .. 24")]
    max_enob: Annotated[Quantity, RATIO.said("most effective bits of the fitted data", "1 .. 24")]

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, context: Context, scale: bool) -> UnitCost:
        """See the class; takes the node of the technology."""
        u = np.log10(rate / self.reference_rate.x)
        node = np.log10(context.node / self.reference_node.x)
        log_energy = self.a0.x + self.a_enob.x * enob + self.a_rate.x * u + self.a_node.x * node
        log_area = self.b0.x + self.b_energy.x * log_energy + self.b_rate.x * u + self.b_node.x * node
        log_area = log_area + self.b_residual.x * np.log10(self.residual_energy.x)
        return self.costs(
            self.area_unit.x * np.power(10.0, log_area),
            self.energy_unit.x * np.power(10.0, log_energy),
            1 / rate,
            Check("enob", enob, self.min_enob.x, self.max_enob.x, fatal=True, source=self.name),
            Check("rate", rate, self.min_rate.x, self.max_rate.x, "Hz", source=self.name),
            Check("node", context.node, self.min_node.x, self.max_node.x, "m", source=self.name),
        )
