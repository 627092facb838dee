"""Laws that belong to no component: activity statistics, warning thresholds and published claims."""

from __future__ import annotations

from typing import Annotated, Literal

from imac_arch.components.base import LAW_KIND, Law, Section
from imac_arch.data.quantity import AnyQuantity, Count, In, Quantity, Ratio, about
from imac_arch.network import Activity

__all__ = ["ActivityLaw", "Claim", "Constants", "Limits", "NeuronClaims"]


class ActivityLaw(Law):
    """Statistics of grey-scale and binarized inputs and of hidden activations."""

    kind: Annotated[Literal["activity"], LAW_KIND] = "activity"
    grey: Annotated[Activity, about("grey-scale inputs")]
    binary: Annotated[Activity, about("inputs binarized at half scale")]
    hidden: Annotated[Activity, about("hidden sigmoid activations")]


class Claim(Section):
    """A published range of ratios, other neuron over analog neuron; for ``unknown`` rivals no figures are published."""

    text: Annotated[str, about("the claim in words")]
    metric: Annotated[Literal["power", "area", "pap"], about("metric that the claim compares")]
    low: Annotated[Ratio, about("lower end of the claimed ratio")]
    high: Annotated[Ratio, about("upper end of the claimed ratio")]
    rivals: Annotated[
        Literal["digital", "unknown"],
        about("what the analog neuron is compared with; 'unknown' where the paper does not say"),
    ]
    source: Annotated[str, about("key of the paper")]
    note: Annotated[str, about("remark on how the claim is read")] = ""


class NeuronClaims(Law):
    """Published claims on the analog neuron."""

    kind: Annotated[Literal["neuron_claims"], LAW_KIND] = "neuron_claims"
    claims: Annotated[tuple[Claim, ...], about("published claims on the analog neuron")]


class Limits(Law):
    """Thresholds of the coded warnings."""

    kind: Annotated[Literal["limits"], LAW_KIND] = "limits"
    line_length: Annotated[Ratio, about("word-line attenuation parameter x above which ir_drop is reported")]
    load_share: Annotated[Ratio, about("load over line conductance above which the averaging read is loaded")]
    wire_density: Annotated[Quantity, In("A/m^2", "electromigration limit of a line", gt=0)]
    junction_density: Annotated[Quantity, In("A/m^2", "read-disturb limit of a junction, as current density", gt=0)]
    junction_voltage: Annotated[Quantity, In("V", "read-disturb limit of a junction, as voltage", gt=0)]
    power_density: Annotated[Quantity, In("W/m^2", "power density that a package removes", gt=0)]
    break_even_batch: Annotated[Count, about("largest batch of the break-even search")]


class Constants(Law):
    """Constants that metrics require by the name of an argument: quantities of any unit."""

    kind: Annotated[Literal["constants"], LAW_KIND] = "constants"
    values: Annotated[dict[str, AnyQuantity], about("constants by name")] = {}
