"""What the figures of an architecture leave out."""

from __future__ import annotations

from collections.abc import Iterator

from imac_arch.architectures import ARCHITECTURES
from imac_arch.components.base import Component
from imac_arch.components.roles import AMPLIFIER, FRONT_END, SYNAPSE
from imac_arch.data.walk import each_quantity
from imac_arch.document.comparison import NeglectedRow
from imac_arch.document.samples import layers_at_medians
from imac_arch.inputs import Inputs
from imac_arch.technology import PerActivation

__all__ = ["neglected_rows"]

COSTS = ("m^2", "J", "s", "W")
TIED = (
    "current between tied amplifiers",
    "row tiles tied by voltage drive current into one another wherever their amplifiers differ",
)


def neglected_rows(name: str, inputs: Inputs) -> Iterator[NeglectedRow]:
    """Give every cost that an architecture leaves out on a technology, with the place that would count it."""
    architecture, technology = ARCHITECTURES[name], inputs.technology

    def row(what: str, note: str, where: str) -> NeglectedRow:
        return NeglectedRow(technology.name, name, what, note, where)

    for text in architecture.neglects:
        yield row(text, "not modelled", "model")
    for role in architecture.roles if architecture.uses_technology else ():
        component = technology.components.get(role)
        if component is not None and (role != FRONT_END.name or technology.read.circuit == "virtual_ground"):
            yield from (row(*texts) for part in _parts(role, component, inputs) for texts in _of_component(*part))
    tiles = layers_at_medians(inputs.case().mapping.row_tiles) if AMPLIFIER.name in architecture.roles else ()
    if technology.read.joining == "voltage_tie" and any(count > 1 for count in tiles):
        yield row(*TIED, "read.joining")
    if SYNAPSE.name in architecture.roles and inputs.network.bias == "neuron":
        yield row("bias", "moved into the neuron at no cost", "network.bias")


def _parts(role: str, component: Component, inputs: Inputs) -> Iterator[tuple[str, str, Component]]:
    """Give name, place and component of a role: itself, or that of each activation in the network."""
    path = f"components.{role}"
    if not isinstance(component, PerActivation):
        yield role, path, component
        return
    used = {layer.activation for layer in inputs.network.layers}
    for activation, part in component.activations.items():
        if activation in used:
            yield f"{role} ({activation})", f"{path}.activations.{activation}", part


def _of_component(name: str, path: str, component: Component) -> Iterator[tuple[str, str, str]]:
    """Give what a component leaves out: itself, costs of zero, and the fall of its magnetoresistance."""
    if component.neglected:
        yield name, component.note or "bound to none", path
    for steps, quantity in each_quantity(component):
        if quantity.value == 0 and quantity.unit in COSTS:
            field = ".".join(map(str, steps))
            yield f"{name} {field}", quantity.note or "given as zero", f"{path}.{field}"
    for field, (what, note) in component.omits.items():
        of = "" if name == SYNAPSE.name else f" of the {name.replace('_', ' ')}"
        yield f"{what}{of}", f"{note}; set {path}.{field} to include it", f"{path}.{field}"
