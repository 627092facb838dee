"""Laws that belong to no component: what flows on the lines, and where a design leaves safe ground."""

from __future__ import annotations

from typing import Annotated, Literal

from imac_arch.components.base import Law, Part
from imac_arch.data.quantity import AnyQuantity, Count, In, Quantity, Ratio
from imac_arch.network import Activity

__all__ = ["ActivityLaw", "Claim", "Constants", "Limits", "NeuronClaims"]


class ActivityLaw(Law):
    """Statistics of grey and binarised inputs and of hidden activations."""

    kind: Literal["activity"] = "activity"
    grey: Activity
    binary: Activity
    hidden: Activity


class Claim(Part):
    """A published range of ratios, other neuron over the analog one; of ``unknown`` rivals no figures can be read."""

    text: str
    metric: Literal["power", "area", "pap"]
    low: Ratio
    high: Ratio
    rivals: Literal["digital", "unknown"]
    source: str
    note: str = ""


class NeuronClaims(Law):
    """What papers claim of the analog neuron."""

    kind: Literal["neuron_claims"] = "neuron_claims"
    claims: tuple[Claim, ...]


class Limits(Law):
    """Thresholds of the coded warnings."""

    kind: Literal["limits"] = "limits"
    line_length: Ratio
    load_share: Ratio
    wire_density: Annotated[Quantity, In("A/m^2", gt=0)]
    junction_density: Annotated[Quantity, In("A/m^2", gt=0)]
    junction_voltage: Annotated[Quantity, In("V", gt=0)]
    power_density: Annotated[Quantity, In("W/m^2", gt=0)]
    break_even_batch: Count


class Constants(Law):
    """What a metric may ask for by the name of an argument: quantities of any unit."""

    kind: Literal["constants"] = "constants"
    values: dict[str, AnyQuantity] = {}
