"""What an architecture is given: network, technology and board as arrays, and the knobs of the design."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

import numpy as np

from imac_arch.components.base import Component, Context, Laws, Rows
from imac_arch.components.cost import Check
from imac_arch.components.laws import ActivityLaw
from imac_arch.components.roles import SYNAPSE, WIRE, Board, Role, Synapse, Wire
from imac_arch.data.arrays import ONE, ZERO, Array
from imac_arch.data.errors import UsageError
from imac_arch.data.recording import recorded_property
from imac_arch.grid import Grid
from imac_arch.mapping import Mapping, tile
from imac_arch.network import Network, TileVariance
from imac_arch.technology import PerActivation, Technology

__all__ = ["EQUAL", "NATIVE", "NATIVE_BITS", "PRECISIONS", "Case", "LineStatistics"]

P = TypeVar("P")
PRECISIONS = ("equal", "native")
EQUAL, NATIVE = PRECISIONS
# bits that count at native precision alone
NATIVE_BITS = ("read.hidden_bits", "components.mac.weight_bits", "components.mac.activation_bits")


@dataclass(frozen=True)
class LineStatistics:
    """Mean and mean square of the normalised voltage on the word lines of each layer; arrays (layers, ...)."""

    mean: Array
    mean_square: Array

    def encoded(self, encoding: str) -> LineStatistics:
        """Return the statistics after encoding: ``-V/+V`` maps a value x to 2x - 1."""
        if encoding == "0/V":
            return self
        return LineStatistics(2 * self.mean - 1, 4 * self.mean_square - 4 * self.mean + 1)

    def bitwise(self) -> LineStatistics:
        """Return the statistics of one bit of a value: on with the probability of its mean, and its own square."""
        return LineStatistics(self.mean, self.mean)


def _of_tiles(tiles: Rows[TileVariance], height: Array) -> Array:
    """Return the variance of the mean of a contiguous tile over that of one value."""
    return tiles.at(height, "variance") if tiles.rows else 1 / height


@dataclass(frozen=True)
class Case:
    """One network on one technology, for one design or an array of designs.

    Attributes:
        network: the workload.
        technology: its quantities hold arrays over (*grid, samples).
        laws: component laws, likewise.
        board: the graphics board, likewise; None where none is compared.
        batch: inferences at once.
        pipelined: whether layers overlap.
        grid: the design axes, numbers only.
        precision: ``equal``: whatever is digital computes with the bits that the technology stores; ``native``: with
            its own.
    """

    network: Network
    technology: Technology
    laws: Laws
    board: Board | None
    batch: Array
    pipelined: bool = False
    grid: Grid = Grid()  # noqa: RUF009  # frozen
    precision: str = EQUAL

    @cached_property
    def fan_in(self) -> Array:
        """Inputs of each layer."""
        return self.grid.by_layer(self.network.fan_in)

    @cached_property
    def fan_out(self) -> Array:
        """Outputs of each layer."""
        return self.grid.by_layer(self.network.fan_out)

    @cached_property
    def uses(self) -> Array:
        """How often each layer is used in one inference; ``ONE`` where each is used once."""
        uses = [layer.uses for layer in self.network.layers]
        return ONE if set(uses) == {1} else self.grid.by_layer(uses)

    @cached_property
    def first(self) -> Array:
        """1 for the first layer, else 0."""
        return self.grid.by_layer([1.0] + [0.0] * (len(self.network.layers) - 1))

    @cached_property
    def last(self) -> Array:
        """1 for the last layer, else 0."""
        return self.grid.by_layer([0.0] * (len(self.network.layers) - 1) + [1.0])

    @cached_property
    def each(self) -> Array:
        """1 for each layer."""
        return self.grid.by_layer([1] * len(self.network.layers))

    @cached_property
    def once(self) -> Array:
        """1 for what belongs to no layer."""
        return self.grid.by_layer([1])

    @cached_property
    def context(self) -> Context:
        """What surrounds the components."""
        return self.technology.context(self.laws, self.grid.ndim)

    def role(self, role: Role[P]) -> P | None:
        """Return what fills a role; None where it is neglected.

        Raises:
            UsageError: the technology does not fill the role, or fills it by activation.
        """
        component = self.technology.fills(role)
        if isinstance(component, PerActivation):
            raise UsageError(f"role {role.name!r} of {self.technology.name!r} is filled per activation, not as a whole")
        return cast("P | None", component)  # held to the protocol when its kind became known

    def optional(self, role: Role[P]) -> P | None:
        """Return what fills a role; None where it is neglected or the technology does not name it."""
        return self.role(role) if role.name in self.technology.components else None

    def required(self, role: Role[P], architecture: str) -> P:
        """Return what fills a role that must be filled.

        Raises:
            UsageError: the role is neglected or missing.
        """
        component = self.role(role)
        if component is None:
            raise UsageError(
                f"{architecture} requires role {role.name!r}, which is neglected in {self.technology.name!r}"
            )
        return component

    def by_activation(self, role: Role[P]) -> list[tuple[P, Array]]:
        """Return what fills a role, each with 1 for the layers that it serves and 0 for the others.

        Raises:
            UsageError: the technology does not fill the role, or not for an activation of the network.
        """
        component = self.technology.fills(role)
        if component is None:
            return []
        if not isinstance(component, PerActivation):
            return [(cast(P, component), self.each)]
        served: list[tuple[P, Array]] = []
        activations = [layer.activation for layer in self.network.layers]
        for activation in dict.fromkeys(activations):
            part: Component | None = component.activations.get(activation)
            if part is None:
                have = ", ".join(component.activations)
                raise UsageError(f"role {role.name!r} of {self.technology.name!r} has no {activation!r}; it has {have}")
            if not part.neglected:
                mask = self.grid.by_layer([float(name == activation) for name in activations])
                served.append((cast(P, part), mask))
        return served

    def named_by_activation(self, role: Role[P], name: str) -> list[tuple[str, P, Array]]:
        """Return the parts of :meth:`by_activation` with the name of their line: ``name``, and the activation where the
        role is filled anew for each."""
        component = self.technology.fills(role)
        parts = self.by_activation(role)
        if not isinstance(component, PerActivation):
            return [(name, part, served) for part, served in parts]
        used = dict.fromkeys(layer.activation for layer in self.network.layers)
        names = [f"{name} ({each})" for each in used if not component.activations[each].neglected]
        return [(found, part, served) for found, (part, served) in zip(names, parts, strict=True)]

    @property
    def hidden_bits(self) -> Array:
        """Bits of a hidden activation between digital layers of crossbars; at equal precision those of an analog
        one."""
        read = self.technology.read
        return read.neuron_bits.x if self.precision == EQUAL else read.hidden_bits.x

    @property
    def neuron_bits(self) -> Array | None:
        """Bits that a digital neuron is asked for; None at native precision, where it has those of its own."""
        return self.hidden_bits if self.precision == EQUAL else None

    @property
    def stored_bits(self) -> Array | None:
        """Whole bits that a weight takes as the technology stores it; None where it has no synapse."""
        synapse = self.optional(SYNAPSE)
        return None if synapse is None else np.ceil(synapse.weight_bits)

    @cached_property
    def synapse(self) -> Synapse:
        """What fills the role synapse."""
        return self.required(SYNAPSE, "a crossbar")

    @cached_property
    def wire(self) -> Wire | None:
        """What fills the role wire; None where it is neglected."""
        return self.role(WIRE)

    @recorded_property
    def mapping(self) -> Mapping:
        """The network on the technology's subarrays."""
        subarray, tiles = self.technology.subarray, self.network.tiles
        return tile(
            self.fan_in,
            self.fan_out,
            subarray.rows.x,
            subarray.cols.x,
            columns_per_weight=self.synapse.columns_per_weight.x,
            bias_rows=self.network.bias_rows,
            row_tiles=self.grid.by_layer([np.nan if n is None else n for n, _ in tiles]),
            col_tiles=self.grid.by_layer([np.nan if n is None else n for _, n in tiles]),
        )

    @property
    def rules(self) -> tuple[Check, ...]:
        """What the statistics of the inputs must keep to one another, as is demanded of a file."""
        mean, square = self.lines.mean, self.lines.mean_square
        return (Check("mean square of the inputs", square, mean**2, mean, fatal=True, source="values between 0 and 1"),)

    def excess(self, height: Array) -> Array:
        """Return the variance of the mean of ``height`` inputs of a row tile beyond that of independent ones, over the
        variance of one input; hidden activations are taken as independent."""
        if self.technology.mapping.order == "interleaved":
            return ZERO
        law, height = self.laws.get(ActivityLaw, "inputs"), np.maximum(height, 1)
        if self.network.input is not None:
            share = _of_tiles(Rows(self.network.input.tiles, "rows"), height)
        else:
            binary, grey = _of_tiles(law.binary_tiles, height), _of_tiles(law.grey_tiles, height)
            share = np.where(self.technology.read.input_bits.x == 1, binary, grey)
        return self.first * np.maximum(share - 1 / height, 0)

    @recorded_property
    def lines(self) -> LineStatistics:
        """Statistics of the values on the word lines, before encoding."""
        law = self.laws.get(ActivityLaw, "inputs")
        binary = self.technology.read.input_bits.x == 1
        given, hidden = self.network.input, self.network.hidden or law.hidden

        def mixed(name: str) -> Array:
            usual = np.where(binary, getattr(law.binary, name).x, getattr(law.grey, name).x)
            first: Array = usual if given is None else getattr(given, name).x
            later: Array = getattr(hidden, name).x
            return self.first * first + (1 - self.first) * later

        return LineStatistics(mixed("mean"), mixed("mean_square"))
