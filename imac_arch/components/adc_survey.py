"""Converters by a fit of the Murmann survey."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from imac_arch.components.adc import AdcLaw, Node, Rate, Real
from imac_arch.components.base import Check, Context, UnitCost
from imac_arch.data.arrays import Array
from imac_arch.data.quantity import In, Quantity, Ratio

__all__ = ["SurveyAdc"]


class SurveyAdc(AdcLaw):
    """Quantile fit of the Murmann survey in the in-memory range.

    ``log10 E/pJ = a0 + aN ENOB + au u + aL L``, ``log10 A/um2 = b0 + bE log10 E/pJ + bu u + bL L`` with ``u =
    log10(f/100 MS/s)`` and ``L = log10(node/32 nm)``.
    """

    kind: Literal["adc_survey"] = "adc_survey"
    a0: Real
    a_enob: Real
    a_rate: Real
    a_node: Real
    b0: Real
    b_energy: Real
    b_rate: Real
    b_node: Real
    reference_rate: Rate
    reference_node: Node
    energy_unit: Annotated[Quantity, In("J", gt=0)]
    area_unit: Annotated[Quantity, In("m^2", gt=0)]
    min_rate: Rate
    max_rate: Rate
    min_node: Node
    max_node: Node
    default_rate: Rate
    min_enob: Ratio
    max_enob: Ratio

    def convert(self, bits: Array, enob: Array, rate: Array, rows: Array, context: Context, scale: bool) -> UnitCost:
        """See the class; takes the node of the technology."""
        u = np.log10(rate / self.reference_rate.x)
        node = np.log10(context.node / self.reference_node.x)
        log_energy = self.a0.x + self.a_enob.x * enob + self.a_rate.x * u + self.a_node.x * node
        log_area = self.b0.x + self.b_energy.x * log_energy + self.b_rate.x * u + self.b_node.x * node
        return self.costs(
            self.area_unit.x * np.power(10.0, log_area),
            self.energy_unit.x * np.power(10.0, log_energy),
            1 / rate,
            Check("enob", enob, self.min_enob.x, self.max_enob.x, fatal=True, source=self.name),
            Check("rate", rate, self.min_rate.x, self.max_rate.x, "Hz", source=self.name),
            Check("node", context.node, self.min_node.x, self.max_node.x, "m", source=self.name),
        )
